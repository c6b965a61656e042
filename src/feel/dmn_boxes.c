/* SPDX-License-Identifier: EUPL-1.2 */
/* Boxed expressions as XML writes them (DMN 1.5, 7.3 and 10.2.2). */
#include "feel/dmn_model.h"

#include "base/vec.h"

typedef struct PartList {
    BoxPart *items;
    size_t count;
    size_t capacity;
} PartList;

static Box *read_box(DmnModel *model, const XmlElement *element, Err *err);

static void *fail(const XmlElement *at, Err *err, const char *what)
{
    err_at(err, at->file, at->line, at->column, "<%.*s> %s", STR_ARG(at->name), what);
    return NULL;
}

static Str type_attribute(DmnModel *model, const XmlElement *element)
{
    return dmn_read_type_ref(model, element, xml_attribute(element, "typeRef"));
}

static bool is_expression(const XmlElement *element)
{
    static const char *const names[] = {
        "literalExpression", "context",     "invocation", "list", "relation", "functionDefinition",
        "decisionTable",     "conditional", "filter",     "for",  "some",     "every"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (xml_is(element, names[i]))
            return true;
    return false;
}

/* The first expression among the children, and the one after `after`. */
static const XmlElement *expression_in(const XmlElement *parent, const XmlElement *after)
{
    const XmlElement *at = after ? after->next : parent->first;

    while (at && !(str_eq(at->space, parent->space) && is_expression(at)))
        at = at->next;
    return at;
}

bool dmn_read_expression(DmnModel *model, const XmlElement *parent, Box **out, Err *err)
{
    const XmlElement *at = expression_in(parent, NULL);

    *out = NULL;
    if (!at)
        return true;
    if (expression_in(parent, at))
        return fail(expression_in(parent, at), err, "is a second expression where one is expected");
    *out = read_box(model, at, err);
    return *out != NULL;
}

static bool need_expression(DmnModel *model, const XmlElement *parent, Box **out, Err *err)
{
    if (!dmn_read_expression(model, parent, out, err))
        return false;
    return *out || fail(parent, err, "holds no expression") != NULL;
}

/* <in>, <return> and the like: one expression each. */
static bool read_operand(DmnModel *model, const XmlElement *element, const char *name, Box **out,
                         Err *err)
{
    const XmlElement *child = xml_child(element, name);

    if (!child)
        return err_at(err, element->file, element->line, element->column, "<%.*s> needs <%s>",
                      STR_ARG(element->name), name);
    return need_expression(model, child, out, err);
}

bool dmn_read_parameters(DmnModel *model, const XmlElement *element, const char *name,
                         BoxPart **out, size_t *count, Err *err)
{
    PartList list = {0};

    if (xml_count(element, name) > DMN_MAX_ENTRIES)
        return fail(element, err, "has more than 1,000 parameters or columns; part it") != NULL;
    for (const XmlElement *at = xml_child(element, name); at; at = xml_next(at, name)) {
        BoxPart part = {.name = dmn_name(model->arena, xml_attribute(at, "name")),
                        .type_ref = type_attribute(model, at),
                        .place = dmn_place(at)};
        if (str_empty(part.name))
            return fail(at, err, "needs a name: add name=\"...\"") != NULL;
        VEC_PUSH(model->arena, &list, part);
    }
    *out = list.items;
    *count = list.count;
    return true;
}

/* --- The kinds -------------------------------------------------------------------------------- */

static bool read_literal(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    Str language = str_trim(xml_attribute(element, "expressionLanguage"));

    (void)model;
    if (!str_empty(language) && !dmn_is_feel_space(language))
        return fail(element, err, "is in a language that is not supported; only FEEL is") != NULL;
    if (xml_child(element, "importedValues"))
        return fail(element, err, "imports values, which is not supported; write the expression") !=
               NULL;
    box->text = dmn_read_text(element);
    if (!box->text.text.ptr)
        return fail(element, err, "needs <text> with an expression") != NULL;
    return true;
}

static bool entry_twice(const PartList *list, Str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (name.ptr && str_eq(list->items[i].name, name))
            return true;
    return false;
}

static bool read_context(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    PartList list = {0};

    if (xml_count(element, "contextEntry") > DMN_MAX_ENTRIES)
        return fail(element, err, "has more than 1,000 entries; part it") != NULL;
    for (const XmlElement *at = xml_child(element, "contextEntry"); at;
         at = xml_next(at, "contextEntry")) {
        const XmlElement *variable = xml_child(at, "variable");
        BoxPart part = {.place = dmn_place(at)};
        if (variable) {
            part.name = dmn_name(model->arena, xml_attribute(variable, "name"));
            part.type_ref = type_attribute(model, variable);
            if (str_empty(part.name))
                return fail(variable, err, "needs a name: add name=\"...\"") != NULL;
        } else if (xml_next(at, "contextEntry")) {
            return fail(at, err, "needs a <variable>; only the last, the result, has none") != NULL;
        }
        if (entry_twice(&list, part.name))
            return fail(at, err, "has the name of an entry before it") != NULL;
        if (!need_expression(model, at, &part.box, err))
            return false;
        VEC_PUSH(model->arena, &list, part);
    }
    box->parts = list.items;
    box->part_count = list.count;
    return true;
}

static bool read_invocation(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    PartList list = {0};

    if (xml_count(element, "binding") > DMN_MAX_ENTRIES)
        return fail(element, err, "has more than 1,000 bindings") != NULL;
    if (!need_expression(model, element, &box->first, err))
        return false;
    for (const XmlElement *at = xml_child(element, "binding"); at; at = xml_next(at, "binding")) {
        const XmlElement *parameter = xml_child(at, "parameter");
        BoxPart part = {.place = dmn_place(at)};
        if (parameter)
            part.name = dmn_name(model->arena, xml_attribute(parameter, "name"));
        if (str_empty(part.name))
            return fail(at, err, "needs a <parameter> with a name") != NULL;
        if (!dmn_read_expression(model, at, &part.box, err))
            return false;
        VEC_PUSH(model->arena, &list, part);
    }
    box->parts = list.items;
    box->part_count = list.count;
    return true;
}

static bool read_items(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    PartList list = {0};

    for (const XmlElement *at = expression_in(element, NULL); at; at = expression_in(element, at)) {
        BoxPart part = {.place = dmn_place(at), .box = read_box(model, at, err)};
        if (!part.box)
            return false;
        VEC_PUSH(model->arena, &list, part);
    }
    box->parts = list.items;
    box->part_count = list.count;
    return true;
}

static bool read_row(DmnModel *model, const XmlElement *row, Box *box, Err *err)
{
    Box **cells = box->cells + box->row_count++ * box->part_count;
    size_t count = 0;

    for (const XmlElement *at = expression_in(row, NULL); at; at = expression_in(row, at)) {
        if (count < box->part_count && !(cells[count] = read_box(model, at, err)))
            return false;
        count++;
    }
    if (count != box->part_count)
        return fail(row, err, "needs one expression for each column of the relation") != NULL;
    return true;
}

static bool read_relation(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    size_t rows = xml_count(element, "row");

    if (!dmn_read_parameters(model, element, "column", &box->parts, &box->part_count, err))
        return false;
    box->cells = arena_array(model->arena, Box *, rows * box->part_count);
    for (const XmlElement *at = xml_child(element, "row"); at; at = xml_next(at, "row"))
        if (!read_row(model, at, box, err))
            return false;
    return true;
}

static bool read_function(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    Str kind = str_trim(xml_attribute(element, "kind"));

    box->foreign =
        str_is(kind, "Java") || str_is(kind, "PMML") || str_is(kind, "J") || str_is(kind, "P");
    return dmn_read_parameters(model, element, "formalParameter", &box->parts, &box->part_count,
                               err) &&
           dmn_read_expression(model, element, &box->first, err);
}

Box *dmn_read_function(DmnModel *model, const XmlElement *element, Err *err)
{
    Box *box = arena_new(model->arena, Box);

    box->kind = BOX_FUNCTION;
    box->place = dmn_place(element);
    box->type_ref = type_attribute(model, element);
    return read_function(model, element, box, err) ? box : NULL;
}

static bool read_repetition(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    box->variable = dmn_name(model->arena, xml_attribute(element, "iteratorVariable"));
    if (str_empty(box->variable))
        return fail(element, err, "needs a variable: add iteratorVariable=\"...\"") != NULL;
    return read_operand(model, element, "in", &box->first, err) &&
           read_operand(model, element, box->kind == BOX_FOR ? "return" : "satisfies", &box->second,
                        err);
}

static bool read_conditional(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    return read_operand(model, element, "if", &box->first, err) &&
           read_operand(model, element, "then", &box->second, err) &&
           read_operand(model, element, "else", &box->third, err);
}

static bool read_filter(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    if (!read_operand(model, element, "in", &box->first, err) ||
        !read_operand(model, element, "match", &box->second, err))
        return false;
    box->second->is_item_test = box->second->kind == BOX_LITERAL;
    return true;
}

static bool read_decision_table(DmnModel *model, const XmlElement *element, Box *box, Err *err)
{
    box->source = dmn_read_table(model, element, err);
    return box->source != NULL;
}

static Box *read_box(DmnModel *model, const XmlElement *element, Err *err)
{
    static const struct {
        const char *name;
        BoxKind kind;
        bool (*read)(DmnModel *, const XmlElement *, Box *, Err *);
    } kinds[] = {
        {"literalExpression", BOX_LITERAL, read_literal},
        {"context", BOX_CONTEXT, read_context},
        {"invocation", BOX_INVOCATION, read_invocation},
        {"list", BOX_LIST, read_items},
        {"relation", BOX_RELATION, read_relation},
        {"functionDefinition", BOX_FUNCTION, read_function},
        {"decisionTable", BOX_TABLE, read_decision_table},
        {"conditional", BOX_CONDITIONAL, read_conditional},
        {"filter", BOX_FILTER, read_filter},
        {"for", BOX_FOR, read_repetition},
        {"some", BOX_SOME, read_repetition},
        {"every", BOX_EVERY, read_repetition},
    };
    Box *box = arena_new(model->arena, Box);

    box->place = dmn_place(element);
    box->type_ref = type_attribute(model, element);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!xml_is(element, kinds[i].name))
            continue;
        box->kind = kinds[i].kind;
        return kinds[i].read(model, element, box, err) ? box : NULL;
    }
    return fail(element, err, "is no boxed expression");
}
