/* SPDX-License-Identifier: EUPL-1.2 */
/* Decision tables as XML writes them (DMN 1.5, chapter 8). */
#include "feel/dmn_model.h"

static bool fail(const XmlElement *at, Err *err, const char *what)
{
    return err_at(err, at->file, at->line, at->column, "<%.*s> %s", STR_ARG(at->name), what);
}

static bool read_hit(const XmlElement *element, FeelHit *out, Err *err)
{
    static const struct {
        const char *policy;
        const char *aggregation;
        FeelHit hit;
    } policies[] = {
        {"UNIQUE", "", FEEL_HIT_UNIQUE},         {"ANY", "", FEEL_HIT_ANY},
        {"PRIORITY", "", FEEL_HIT_PRIORITY},     {"FIRST", "", FEEL_HIT_FIRST},
        {"RULE ORDER", "", FEEL_HIT_RULE_ORDER}, {"OUTPUT ORDER", "", FEEL_HIT_OUTPUT_ORDER},
        {"COLLECT", "", FEEL_HIT_COLLECT},       {"COLLECT", "SUM", FEEL_HIT_SUM},
        {"COLLECT", "MIN", FEEL_HIT_MIN},        {"COLLECT", "MAX", FEEL_HIT_MAX},
        {"COLLECT", "COUNT", FEEL_HIT_COUNT},
    };
    Str policy = str_trim(xml_attribute(element, "hitPolicy"));
    Str aggregation = str_trim(xml_attribute(element, "aggregation"));

    if (str_empty(policy))
        policy = STR("UNIQUE");
    /* Without "collect" an aggregation has no meaning and is ignored. */
    if (!str_is(policy, "COLLECT"))
        aggregation = STR("");
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (str_is(policy, policies[i].policy) &&
            str_eq(aggregation, str_c(policies[i].aggregation))) {
            *out = policies[i].hit;
            return true;
        }
    }
    return err_at(err, element->file, element->line, element->column,
                  "the hit policy \"%.*s\" with aggregation \"%.*s\" is none of DMN's",
                  STR_ARG(policy), STR_ARG(aggregation));
}

static DmnText read_cell(const XmlElement *element, const char *when_empty)
{
    DmnText text = dmn_read_text(element);

    if (!text.text.ptr)
        text.place = dmn_place(element);
    if (str_empty(str_trim(text.text)))
        text.text = str_c(when_empty);
    return text;
}

static bool read_input(DmnModel *model, const XmlElement *element, DmnClause *input, Err *err)
{
    const XmlElement *expression = xml_child(element, "inputExpression");

    input->place = dmn_place(element);
    if (!expression)
        return fail(element, err, "needs an <inputExpression>");
    input->label = str_trim(xml_attribute(element, "label"));
    input->type_ref = dmn_read_type_ref(model, expression, xml_attribute(expression, "typeRef"));
    input->expression = read_cell(expression, "null");
    input->values = dmn_read_text(xml_child(element, "inputValues"));
    return true;
}

static void read_output(DmnModel *model, const XmlElement *element, DmnClause *output)
{
    const XmlElement *otherwise = xml_child(element, "defaultOutputEntry");

    output->place = dmn_place(element);
    output->name = dmn_name(model->arena, xml_attribute(element, "name"));
    output->label = str_trim(xml_attribute(element, "label"));
    output->type_ref = dmn_read_type_ref(model, element, xml_attribute(element, "typeRef"));
    output->values = dmn_read_text(xml_child(element, "outputValues"));
    output->otherwise = dmn_read_text(otherwise);
}

static bool read_cells(DmnModel *model, const XmlElement *rule, const char *name, size_t wanted,
                       const char *when_empty, DmnText **out, Err *err)
{
    size_t at = 0;

    if (xml_count(rule, name) != wanted)
        return err_at(err, rule->file, rule->line, rule->column,
                      "this rule has %zu <%s>, but the table has %zu such columns",
                      xml_count(rule, name), name, wanted);
    *out = arena_array(model->arena, DmnText, wanted);
    for (const XmlElement *cell = xml_child(rule, name); cell; cell = xml_next(cell, name))
        (*out)[at++] = read_cell(cell, when_empty);
    return true;
}

static bool read_rule(DmnModel *model, const XmlElement *element, const DmnTable *table,
                      DmnRule *rule, Err *err)
{
    const XmlElement *description = xml_child(element, "description");

    rule->place = dmn_place(element);
    rule->description = description ? str_trim(description->text) : STR_NONE;
    rule->annotations = arena_array(model->arena, Str, xml_count(element, "annotationEntry"));
    for (const XmlElement *at = xml_child(element, "annotationEntry"); at;
         at = xml_next(at, "annotationEntry"))
        rule->annotations[rule->annotation_count++] = str_trim(dmn_read_text(at).text);
    return read_cells(model, element, "inputEntry", table->input_count, "-", &rule->inputs, err) &&
           read_cells(model, element, "outputEntry", table->output_count, "null", &rule->outputs,
                      err);
}

static bool read_columns(DmnModel *model, const XmlElement *element, DmnTable *table, Err *err)
{
    table->inputs = arena_array(model->arena, DmnClause, xml_count(element, "input"));
    table->outputs = arena_array(model->arena, DmnClause, xml_count(element, "output"));
    table->annotations = arena_array(model->arena, Str, xml_count(element, "annotation"));
    for (const XmlElement *at = xml_child(element, "input"); at; at = xml_next(at, "input"))
        if (!read_input(model, at, &table->inputs[table->input_count++], err))
            return false;
    for (const XmlElement *at = xml_child(element, "output"); at; at = xml_next(at, "output"))
        read_output(model, at, &table->outputs[table->output_count++]);
    for (const XmlElement *at = xml_child(element, "annotation"); at;
         at = xml_next(at, "annotation"))
        table->annotations[table->annotation_count++] =
            dmn_name(model->arena, xml_attribute(at, "name"));
    if (table->output_count == 0)
        return fail(element, err, "needs at least one <output>");
    for (size_t i = 0; table->output_count > 1 && i < table->output_count; i++)
        if (str_empty(table->outputs[i].name))
            return err_at(err, table->outputs[i].place.file, table->outputs[i].place.line,
                          table->outputs[i].place.column,
                          "of several outputs each needs a name: add name=\"...\"");
    return true;
}

DmnTable *dmn_read_table(DmnModel *model, const XmlElement *element, Err *err)
{
    DmnTable *table = arena_new(model->arena, DmnTable);

    table->output_label = str_trim(xml_attribute(element, "outputLabel"));
    if (!read_hit(element, &table->hit, err) || !read_columns(model, element, table, err))
        return NULL;
    table->rules = arena_array(model->arena, DmnRule, xml_count(element, "rule"));
    for (const XmlElement *at = xml_child(element, "rule"); at; at = xml_next(at, "rule"))
        if (!read_rule(model, at, table, &table->rules[table->rule_count++], err))
            return NULL;
    return table;
}
