/* SPDX-License-Identifier: EUPL-1.2 */
/* A table of a package as DMN XML: an input of the model for each column, one decision. */
#include "feel/dmn_model.h"

typedef struct Writer {
    Arena *arena;
    const FeelTable *table;
    const Node *yaml;
    Buf items; /* item definitions for what is no simple type */
    Buf out;
    Err *err;
} Writer;

static void open_tag(Buf *out, const char *indent, const char *tag)
{
    buf_addf(out, "%s<%s", indent, tag);
}

static void attribute(Buf *out, const char *name, Str value)
{
    if (str_empty(value))
        return;
    buf_addf(out, " %s=\"", name);
    xml_escape(out, value);
    buf_add_char(out, '"');
}

static void text_element(Buf *out, const char *indent, const char *tag, Str text)
{
    buf_addf(out, "%s<%s><text>", indent, tag);
    xml_escape(out, text);
    buf_addf(out, "</text></%s>\n", tag);
}

/* --- Types -------------------------------------------------------------------------------------
 */

static bool write_item(Writer *w, Str name, const FeelType *type);

/* The reference to a type; types with parts get an item definition named after `what`. */
static bool type_ref(Writer *w, const FeelType *type, Str what, Str *out)
{
    *out = STR_NONE;
    if (!type || type->kind == FEEL_ANY || type->kind == FEEL_NULL)
        return true;
    if (type->kind == FEEL_RANGE || type->kind == FEEL_FUNCTION)
        return err_at(w->err, w->table->file, w->table->line, 0,
                      "\"%.*s\" is a %.*s, which no typeRef of DMN can say", STR_ARG(what),
                      STR_ARG(feel_type_name(w->arena, type)));
    if (type->kind != FEEL_LIST && !(type->kind == FEEL_CONTEXT && type->field_count)) {
        *out = type->kind == FEEL_CONTEXT ? STR("context")
                                          : feel_type_name(w->arena, feel_type(type->kind));
        return true;
    }
    *out = str_printf(w->arena, "t %.*s", STR_ARG(what));
    return write_item(w, *out, type);
}

static bool write_item(Writer *w, Str name, const FeelType *type)
{
    Buf own = buf_in(w->arena);
    Str ref;

    open_tag(&own, "  ", "itemDefinition");
    attribute(&own, "name", name);
    if (type->kind == FEEL_LIST) {
        if (!type_ref(w, type->item ? type->item : feel_type(FEEL_ANY),
                      str_printf(w->arena, "%.*s item", STR_ARG(name)), &ref))
            return false;
        buf_addf(&own, " isCollection=\"true\">\n    <typeRef>%.*s</typeRef>\n",
                 STR_ARG(ref.ptr ? ref : STR("Any")));
    } else {
        buf_add_c(&own, ">\n");
        for (size_t i = 0; i < type->field_count; i++) {
            Str inner =
                str_printf(w->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(type->fields[i].name));
            if (!type_ref(w, type->fields[i].type, inner, &ref))
                return false;
            open_tag(&own, "    ", "itemComponent");
            attribute(&own, "name", type->fields[i].name);
            buf_addf(&own, "><typeRef>%.*s</typeRef></itemComponent>\n",
                     STR_ARG(ref.ptr ? ref : STR("Any")));
        }
    }
    buf_add_c(&own, "  </itemDefinition>\n");
    buf_add(&w->items, buf_str(&own));
    return true;
}

/* --- Clauses -------------------------------------------------------------------------------------
 */

/* A value as FEEL writes it. */
static void write_literal(Arena *arena, Buf *out, FeelValue value)
{
    Str text = feel_to_text(arena, &value);

    if (value.kind >= FEEL_DATE && value.kind <= FEEL_MONTHS_DURATION) {
        buf_addf(out, "@\"%.*s\"", STR_ARG(text));
    } else if (value.kind == FEEL_STRING) {
        const FeelValue *items = &value;
        FeelValue list = value_list(items, 1);
        Str quoted = feel_to_text(arena, &list);
        buf_add(out, str_slice(quoted, 1, quoted.len - 1));
    } else {
        buf_add(out, text);
    }
}

static Str literals(Arena *arena, const FeelValue *values, size_t count)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_c(&out, ", ");
        write_literal(arena, &out, values[i]);
    }
    return buf_str(&out);
}

static bool write_input(Writer *w, const TableInput *input, const Node *node)
{
    Str ref, label = node_get_text(node, "label");
    bool listed = node_get(node, "values") != NULL;

    if (!type_ref(w, node_get(node, "type") ? input->type : NULL, input->text, &ref))
        return false;
    open_tag(&w->out, "      ", "input");
    attribute(&w->out, "label", label);
    buf_add_c(&w->out, ">\n        <inputExpression");
    attribute(&w->out, "typeRef", ref);
    buf_add_c(&w->out, "><text>");
    xml_escape(&w->out, input->text);
    buf_add_c(&w->out, "</text></inputExpression>\n");
    if (listed)
        text_element(&w->out, "        ", "inputValues",
                     literals(w->arena, input->allowed, input->allowed_count));
    else if (input->whole)
        text_element(&w->out, "        ", "inputValues", STR(DMN_WHOLE));
    buf_add_c(&w->out, "      </input>\n");
    return true;
}

static Str cell(const Node *node, const char *when_empty)
{
    if (node->kind == NODE_BOOL)
        return node->boolean ? STR("true") : STR("false");
    Str text = node_text(node);
    return text.ptr ? text : str_c(when_empty);
}

static bool write_output(Writer *w, const TableOutput *output, const Node *node)
{
    const Node *otherwise = node_get(node, "default");
    Str ref, what = str_empty(output->name) ? w->table->name : output->name;

    if (!type_ref(w, node_get(node, "type") ? output->type : NULL, what, &ref))
        return false;
    open_tag(&w->out, "      ", "output");
    attribute(&w->out, "name", output->name);
    attribute(&w->out, "label", output->label);
    attribute(&w->out, "typeRef", ref);
    if (output->value_count == 0 && !otherwise) {
        buf_add_c(&w->out, "/>\n");
        return true;
    }
    buf_add_c(&w->out, ">\n");
    if (output->value_count)
        text_element(&w->out, "        ", "outputValues",
                     literals(w->arena, output->values, output->value_count));
    if (otherwise)
        text_element(&w->out, "        ", "defaultOutputEntry", cell(otherwise, "null"));
    buf_add_c(&w->out, "      </output>\n");
    return true;
}

static void write_rule(Writer *w, const Node *rule, bool remarks)
{
    size_t inputs = w->table->input_count, cells = inputs + w->table->output_count;

    buf_add_c(&w->out, "      <rule>\n");
    for (size_t i = 0; i < cells; i++)
        text_element(&w->out, "        ", i < inputs ? "inputEntry" : "outputEntry",
                     cell(rule->items[i], i < inputs ? "-" : "null"));
    if (remarks)
        text_element(&w->out, "        ", "annotationEntry",
                     rule->count > cells ? cell(rule->items[cells], "") : STR(""));
    buf_add_c(&w->out, "      </rule>\n");
}

/* --- The model
 * --------------------------------------------------------------------------------------- */

static const struct {
    const char *policy;
    const char *aggregation;
} POLICIES[] = {
    [FEEL_HIT_UNIQUE] = {"UNIQUE", NULL},         [FEEL_HIT_ANY] = {"ANY", NULL},
    [FEEL_HIT_PRIORITY] = {"PRIORITY", NULL},     [FEEL_HIT_FIRST] = {"FIRST", NULL},
    [FEEL_HIT_RULE_ORDER] = {"RULE ORDER", NULL}, [FEEL_HIT_OUTPUT_ORDER] = {"OUTPUT ORDER", NULL},
    [FEEL_HIT_COLLECT] = {"COLLECT", NULL},       [FEEL_HIT_SUM] = {"COLLECT", "SUM"},
    [FEEL_HIT_MIN] = {"COLLECT", "MIN"},          [FEEL_HIT_MAX] = {"COLLECT", "MAX"},
    [FEEL_HIT_COUNT] = {"COLLECT", "COUNT"},
};

static bool has_remarks(const Writer *w)
{
    const Node *rules = node_get(w->yaml, "rules");

    for (size_t i = 0; i < rules->count; i++)
        if (rules->items[i]->count > w->table->input_count + w->table->output_count)
            return true;
    return false;
}

static bool write_table(Writer *w)
{
    const FeelTable *t = w->table;
    const Node *inputs = node_get(w->yaml, "inputs"), *outputs = node_get(w->yaml, "outputs");
    const Node *rules = node_get(w->yaml, "rules");
    bool remarks = has_remarks(w);

    buf_addf(&w->out, "    <decisionTable hitPolicy=\"%s\"", POLICIES[t->hit].policy);
    if (POLICIES[t->hit].aggregation)
        buf_addf(&w->out, " aggregation=\"%s\"", POLICIES[t->hit].aggregation);
    buf_add_c(&w->out, ">\n");
    for (size_t i = 0; i < t->input_count; i++)
        if (!write_input(w, &t->inputs[i], inputs->items[i]))
            return false;
    for (size_t i = 0; i < t->output_count; i++)
        if (!write_output(w, &t->outputs[i], outputs->items[i]))
            return false;
    if (remarks)
        buf_add_c(&w->out, "      <annotation name=\"remark\"/>\n");
    for (size_t i = 0; i < t->rule_count; i++)
        write_rule(w, rules->items[i], remarks);
    buf_add_c(&w->out, "    </decisionTable>\n");
    return true;
}

static bool write_decision(Writer *w)
{
    Str name = w->table->name, description = node_get_text(w->yaml, "description");

    open_tag(&w->out, "  ", "decision");
    attribute(&w->out, "id", STR("decision"));
    attribute(&w->out, "name", name);
    attribute(&w->out, "label", node_get_text(w->yaml, "label"));
    buf_add_c(&w->out, ">\n");
    if (!str_empty(description)) {
        buf_add_c(&w->out, "    <description>");
        xml_escape(&w->out, description);
        buf_add_c(&w->out, "</description>\n");
    }
    open_tag(&w->out, "    ", "variable");
    attribute(&w->out, "name", name);
    buf_add_c(&w->out, "/>\n");
    for (size_t i = 0; i < w->table->input_count; i++)
        buf_addf(&w->out,
                 "    <informationRequirement><requiredInput href=\"#input_%zu\"/>"
                 "</informationRequirement>\n",
                 i + 1);
    if (!write_table(w))
        return false;
    buf_add_c(&w->out, "  </decision>\n");
    return true;
}

static bool write_inputs(Writer *w)
{
    const Node *inputs = node_get(w->yaml, "inputs");

    for (size_t i = 0; i < w->table->input_count; i++) {
        const TableInput *input = &w->table->inputs[i];
        Str ref;
        for (size_t j = 0; j < i; j++)
            if (str_eq(w->table->inputs[j].text, input->text))
                return err_at(w->err, inputs->items[i]->file, inputs->items[i]->line,
                              inputs->items[i]->column,
                              "two columns for \"%.*s\" cannot both be inputs of a DMN model",
                              STR_ARG(input->text));
        Buf before = w->items;
        if (!type_ref(w, node_get(inputs->items[i], "type") ? input->type : NULL, input->text,
                      &ref))
            return false;
        w->items = before; /* the column writes the same definition again */
        open_tag(&w->out, "  ", "inputData");
        buf_addf(&w->out, " id=\"input_%zu\"", i + 1);
        attribute(&w->out, "name", input->text);
        buf_add_c(&w->out, "><variable");
        attribute(&w->out, "name", input->text);
        attribute(&w->out, "typeRef", ref);
        buf_add_c(&w->out, "/></inputData>\n");
    }
    return true;
}

bool dmn_from_yaml(Arena *arena, const Node *yaml, Str *xml, Err *err)
{
    const FeelTable *table = feel_table_from_yaml(arena, yaml, NULL, err);
    Writer w = {.arena = arena,
                .table = table,
                .yaml = yaml,
                .items = buf_in(arena),
                .out = buf_in(arena),
                .err = err};
    Buf all = buf_in(arena);

    if (!table || !write_inputs(&w) || !write_decision(&w))
        return false;
    buf_add_c(&all, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\""
                    " id=\"model\"");
    attribute(&all, "name", table->name);
    attribute(&all, "namespace", str_printf(arena, "urn:rathaus:table:%.*s", STR_ARG(table->name)));
    buf_add_c(&all, ">\n");
    buf_add(&all, buf_str(&w.items));
    buf_add(&all, buf_str(&w.out));
    buf_add_c(&all, "</definitions>\n");
    *xml = buf_str(&all);
    return true;
}
