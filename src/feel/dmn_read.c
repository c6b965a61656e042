/* SPDX-License-Identifier: EUPL-1.2 */
/* <definitions>: imports, item definitions and the elements of the requirements graph
 * (DMN 1.5, chapter 6 and 7.3). */
#include "feel/dmn_model.h"

#include "base/vec.h"

/* The namespaces of 1.1 to 1.6 differ in their date only. */
bool dmn_is_model_space(Str space)
{
    return (str_starts_with(space, "http://www.omg.org/spec/DMN/") ||
            str_starts_with(space, "https://www.omg.org/spec/DMN/")) &&
           (str_ends_with(space, "/MODEL/") || str_ends_with(space, "/dmn.xsd"));
}

bool dmn_is_feel_space(Str space)
{
    return str_is(space, "feel") || str_starts_with(space, "http://www.omg.org/spec/FEEL/") ||
           ((str_starts_with(space, "http://www.omg.org/spec/DMN/") ||
             str_starts_with(space, "https://www.omg.org/spec/DMN/")) &&
            str_ends_with(space, "/FEEL/"));
}

Str dmn_name(Arena *arena, Str raw)
{
    Str trimmed = str_trim(raw);
    Buf out = buf_in(arena);

    if (!raw.ptr)
        return STR_NONE;
    buf_reserve(&out, trimmed.len + 1);
    for (size_t i = 0; i < trimmed.len; i++) {
        char c = trimmed.ptr[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            buf_add_char(&out, c);
        else if (out.ptr[out.len - 1] != ' ')
            buf_add_char(&out, ' ');
    }
    return buf_str(&out);
}

Source dmn_place(const XmlElement *element)
{
    return (Source){element->file, element->line, element->column};
}

DmnText dmn_read_text(const XmlElement *element)
{
    const XmlElement *text = element ? xml_child(element, "text") : NULL;

    if (!text)
        return (DmnText){STR_NONE, {0}};
    return (DmnText){text->text, {text->file, text->text_line, text->text_column}};
}

/* --- Type references ------------------------------------------------------------------------ */

Str dmn_read_type_ref(DmnModel *model, const XmlElement *at, Str raw)
{
    Str name = dmn_name(model->arena, raw);
    ptrdiff_t colon = str_find_char(name, ':');

    if (str_empty(name))
        return STR_NONE;
    if (colon <= 0)
        return name;
    Str space = xml_space_of(at, str_slice(name, 0, (size_t)colon));
    Str local = str_slice(name, (size_t)colon + 1, name.len);
    if (dmn_is_feel_space(space) || (!space.ptr && str_starts_with(name, "feel:")))
        return local;
    return space.ptr ? str_printf(model->arena, "{%.*s}%.*s", STR_ARG(space), STR_ARG(local))
                     : name;
}

/* As an attribute (variables, components of 1.1) or as an element (item definitions). */
static Str type_ref_of(DmnModel *model, const XmlElement *element)
{
    const XmlElement *child = xml_child(element, "typeRef");
    Str attribute = xml_attribute(element, "typeRef");

    return dmn_read_type_ref(model, child ? child : element, child ? child->text : attribute);
}

static bool is_true(Str text)
{
    Str trimmed = str_trim(text);

    return str_is(trimmed, "true") || str_is(trimmed, "1");
}

static bool need_name(DmnModel *model, const XmlElement *element, Str *out, Err *err)
{
    *out = dmn_name(model->arena, xml_attribute(element, "name"));
    if (str_empty(*out))
        return err_at(err, element->file, element->line, element->column,
                      "<%.*s> needs a name: add name=\"...\"", STR_ARG(element->name));
    return true;
}

/* --- Item definitions ------------------------------------------------------------------------- */

static bool read_item(DmnModel *model, const XmlElement *element, DmnItem *item, Err *err)
{
    const XmlElement *function = xml_child(element, "functionItem");
    size_t count = 0;

    item->place = dmn_place(element);
    item->type_ref = type_ref_of(model, element);
    item->collection = is_true(xml_attribute(element, "isCollection"));
    item->allowed = dmn_read_text(xml_child(element, "allowedValues"));
    item->constraint = dmn_read_text(xml_child(element, "typeConstraint"));
    if (!need_name(model, element, &item->name, err))
        return false;
    if (function) {
        item->function = true;
        item->type_ref =
            dmn_read_type_ref(model, function, xml_attribute(function, "outputTypeRef"));
        return dmn_read_parameters(model, function, "parameters", &item->parameters,
                                   &item->parameter_count, err);
    }
    if (xml_count(element, "itemComponent") > DMN_MAX_ITEMS)
        return err_at(err, element->file, element->line, element->column,
                      "a type has at most %d components", DMN_MAX_ITEMS);
    item->component_count = xml_count(element, "itemComponent");
    item->components = arena_array(model->arena, DmnItem, item->component_count);
    for (const XmlElement *at = xml_child(element, "itemComponent"); at;
         at = xml_next(at, "itemComponent"))
        if (!read_item(model, at, &item->components[count++], err))
            return false;
    return true;
}

/* --- Elements ------------------------------------------------------------------------------------
 */

static bool read_reference(DmnModel *model, const XmlElement *element, DmnReferences *list,
                           Err *err)
{
    DmnReference reference = {.href = str_trim(xml_attribute(element, "href")),
                              .place = dmn_place(element)};

    if (str_empty(reference.href))
        return err_at(err, element->file, element->line, element->column,
                      "<%.*s> needs an href to what it means", STR_ARG(element->name));
    if (list->count == DMN_MAX_REQUIRED)
        return err_at(err, element->file, element->line, element->column,
                      "an element requires at most %d others", DMN_MAX_REQUIRED);
    VEC_PUSH(model->arena, list, reference);
    return true;
}

/* Children of <informationRequirement> and <knowledgeRequirement>. */
static bool read_requirements(DmnModel *model, const XmlElement *element, DmnReferences *list,
                              Err *err)
{
    static const char *const kinds[] = {"requiredInput", "requiredDecision", "requiredKnowledge"};

    for (const XmlElement *at = element->first; at; at = at->next) {
        if (!xml_is(at, "informationRequirement") && !xml_is(at, "knowledgeRequirement"))
            continue;
        for (size_t i = 0; i < 3; i++) {
            const XmlElement *required = xml_child(at, kinds[i]);
            if (required && !read_reference(model, required, list, err))
                return false;
        }
    }
    return true;
}

static bool read_references(DmnModel *model, const XmlElement *element, const char *name,
                            DmnReferences *list, Err *err)
{
    for (const XmlElement *at = xml_child(element, name); at; at = xml_next(at, name))
        if (!read_reference(model, at, list, err))
            return false;
    return true;
}

static bool read_service(DmnModel *model, const XmlElement *xml, DmnElement *element, Err *err)
{
    return read_references(model, xml, "outputDecision", &element->outputs, err) &&
           read_references(model, xml, "encapsulatedDecision", &element->encapsulated, err) &&
           read_references(model, xml, "inputDecision", &element->input_decisions, err) &&
           read_references(model, xml, "inputData", &element->input_data, err);
}

static bool read_logic(DmnModel *model, const XmlElement *xml, DmnElement *element, Err *err)
{
    if (element->kind == DMN_DECISION)
        return dmn_read_expression(model, xml, &element->logic, err);
    const XmlElement *logic = xml_child(xml, "encapsulatedLogic");
    if (element->kind != DMN_KNOWLEDGE || !logic)
        return true;
    element->logic = dmn_read_function(model, logic, err);
    return element->logic != NULL;
}

static bool read_element(DmnModel *model, DmnFile *file, const XmlElement *xml, DmnKind kind,
                         Err *err)
{
    DmnElement *element = arena_new(model->arena, DmnElement);
    const XmlElement *variable = xml_child(xml, "variable");

    element->kind = kind;
    element->file = file;
    element->id = str_trim(xml_attribute(xml, "id"));
    element->label = str_trim(xml_attribute(xml, "label"));
    const XmlElement *description = xml_child(xml, "description");
    element->description = description ? str_trim(description->text) : STR_NONE;
    element->place = dmn_place(xml);
    if (!need_name(model, xml, &element->name, err))
        return false;
    element->variable = element->name;
    if (variable) {
        Str name = dmn_name(model->arena, xml_attribute(variable, "name"));
        element->variable = str_empty(name) ? element->name : name;
        element->type_ref = type_ref_of(model, variable);
    }
    if (file->element_count == DMN_MAX_ELEMENTS)
        return err_at(err, xml->file, xml->line, xml->column,
                      "a model has at most %d inputs and decisions; part it", DMN_MAX_ELEMENTS);
    element->number = model->elements.count;
    VEC_PUSH(model->arena, &model->elements, element);
    file->elements[file->element_count++] = element;
    return read_requirements(model, xml, &element->required, err) &&
           read_service(model, xml, element, err) && read_logic(model, xml, element, err);
}

/* --- The file
 * --------------------------------------------------------------------------------------- */

static bool read_import(DmnModel *model, const XmlElement *element, DmnImport *import, Err *err)
{
    Str type = str_trim(xml_attribute(element, "importType"));

    import->name = dmn_name(model->arena, xml_attribute(element, "name"));
    import->space = str_trim(xml_attribute(element, "namespace"));
    import->location = str_trim(xml_attribute(element, "locationURI"));
    import->is_model = str_find(type, STR("XMLSchema")) < 0 && str_find(type, STR("PMML")) < 0;
    import->place = dmn_place(element);
    if (!import->name.ptr)
        import->name = STR("");
    if (str_empty(import->space) && import->is_model)
        return err_at(err, element->file, element->line, element->column,
                      "<import> needs the namespace of the model it imports");
    return true;
}

/* Elements without a meaning for evaluation. */
static bool is_passive(const XmlElement *element)
{
    static const char *const names[] = {
        "description",      "extensionElements",   "knowledgeSource", "performanceIndicator",
        "organizationUnit", "elementCollection",   "group",           "textAnnotation",
        "association",      "authorityRequirement"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (xml_is(element, names[i]))
            return true;
    return false;
}

static bool read_part(DmnModel *model, DmnFile *file, const XmlElement *at, Err *err)
{
    static const struct {
        const char *name;
        DmnKind kind;
    } kinds[] = {{"inputData", DMN_INPUT},
                 {"decision", DMN_DECISION},
                 {"businessKnowledgeModel", DMN_KNOWLEDGE},
                 {"decisionService", DMN_SERVICE}};

    for (size_t i = 0; i < 4; i++)
        if (xml_is(at, kinds[i].name))
            return read_element(model, file, at, kinds[i].kind, err);
    if (xml_is(at, "import"))
        return read_import(model, at, &file->imports[file->import_count++], err);
    if (xml_is(at, "itemDefinition"))
        return read_item(model, at, &file->items[file->item_count++], err);
    if (!is_passive(at)) {
        Source place = dmn_place(at);
        dmn_problem(model, &place, false, "<%.*s> is no element of a DMN model; it has no effect",
                    STR_ARG(at->name));
    }
    return true;
}

/* Some tools declare DMN's namespace under a prefix and then write the elements without. */
static bool declares_dmn(const XmlElement *root)
{
    for (const XmlPrefix *at = root->prefixes; at; at = at->outer)
        if (dmn_is_model_space(at->space))
            return true;
    return false;
}

static bool check_root(const XmlElement *root, Err *err)
{
    if (!xml_is(root, "definitions") || !declares_dmn(root))
        return err_at(err, root->file, root->line, root->column,
                      "this is no DMN model: <definitions> in a namespace of DMN 1.1 to 1.5 is "
                      "expected, not <%.*s> in \"%.*s\"",
                      STR_ARG(root->name), STR_ARG(root->space));
    Str language = str_trim(xml_attribute(root, "expressionLanguage"));
    if (!str_empty(language) && !dmn_is_feel_space(language))
        return err_at(err, root->file, root->line, root->column,
                      "the expression language \"%.*s\" is not supported; only FEEL is",
                      STR_ARG(language));
    return true;
}

/* What is there twice can be meant only once. */
static void tell_doubles(DmnModel *model, const DmnFile *file)
{
    for (size_t i = 0; i < file->element_count; i++) {
        const DmnElement *later = file->elements[i];
        for (size_t k = 0; k < i; k++) {
            const DmnElement *first = file->elements[k];
            if (later->id.len && str_eq(later->id, first->id))
                dmn_problem(model, &later->place, false,
                            "the id \"%.*s\" stands on line %d already; references mean that one",
                            STR_ARG(later->id), first->place.line);
            else if (str_eq(later->name, first->name))
                dmn_problem(model, &later->place, false,
                            "\"%.*s\" stands on line %d already; its name means that one",
                            STR_ARG(later->name), first->place.line);
            else
                continue;
            break;
        }
    }
}

DmnFile *dmn_read_file(DmnModel *model, const DmnSource *source, Err *err)
{
    DmnFile *file = arena_new(model->arena, DmnFile);
    const XmlElement *root = xml_read(model->arena, source->xml, source->file, err);
    size_t children = 0;

    if (!root || !check_root(root, err))
        return NULL;
    if (xml_count(root, "itemDefinition") > DMN_MAX_ITEMS ||
        xml_count(root, "import") > DMN_MAX_IMPORTS) {
        err_at(err, root->file, root->line, root->column,
               "a model has at most %d types and %d imports; part it", DMN_MAX_ITEMS,
               DMN_MAX_IMPORTS);
        return NULL;
    }
    for (const XmlElement *at = root->first; at; at = at->next)
        children++;
    file->model = model;
    file->path = root->file;
    file->space = str_trim(xml_attribute(root, "namespace"));
    file->name = dmn_name(model->arena, xml_attribute(root, "name"));
    file->imports = arena_array(model->arena, DmnImport, xml_count(root, "import"));
    file->items = arena_array(model->arena, DmnItem, xml_count(root, "itemDefinition"));
    file->elements = arena_array(model->arena, DmnElement *, children);
    for (const XmlElement *at = root->first; at; at = at->next)
        if (str_eq(at->space, root->space) && !read_part(model, file, at, err))
            return NULL;
    tell_doubles(model, file);
    VEC_PUSH(model->arena, &model->files, file);
    return file;
}
