/* SPDX-License-Identifier: EUPL-1.2 */
/* What our own export says of its fields, so that it comes back whole: names, types and rules. */
#include "cases/field.h"
#include "cases/fim/skeleton_build.h"
#include "cases/load.h"

static const struct {
    const char *name, *key;
} RULES[] = {
    {"Sichtbarkeit", "visible"}, {"Pflicht", "required"}, {"Berechnung", "compute"},
    {"Vorgabe", "default"},      {"Untergrenze", "min"},  {"Obergrenze", "max"},
};

bool skeleton_mark(const XdfElement *element, XdfMark *out)
{
    FieldType type;

    if (!xdf_marked(element->description, out))
        return false;
    if (element->kind == XDF_GROUP)
        return out->page || str_is(out->type, "group");
    if (out->page || !field_type_from_name(out->type, &type))
        return false;
    switch (type) {
    case FIELD_INTEGER: return str_is(element->type, "num_int");
    case FIELD_DECIMAL: return str_is(element->type, "num");
    case FIELD_MONEY: return str_is(element->type, "num_currency");
    case FIELD_DATE: return str_is(element->type, "date");
    case FIELD_TIME: return str_is(element->type, "time");
    case FIELD_YES_NO:
    case FIELD_CONSENT: return str_is(element->type, "bool");
    case FIELD_UPLOAD: return str_is(element->type, "file");
    case FIELD_CHOICE:
    case FIELD_CHOICES: return str_is(element->art, "select") && element->value_count > 0;
    case FIELD_HEADING:
    case FIELD_NOTE: return str_is(element->art, "label");
    case FIELD_GROUP: return false;
    default: return str_is(element->type, "text") && !str_is(element->art, "select");
    }
}

static bool ours(const XdfElement *element, const XdfRule *rule, Str *words, Str *feel)
{
    XdfMark mark;
    int64_t at = str_find(rule->text, STR(XDF_IN_FEEL));

    if (at < 0 || !xdf_provisional(rule->id) || !skeleton_mark(element, &mark))
        return false;
    *words = str_trim(str_slice(rule->text, 0, (size_t)at));
    *feel = str_trim(str_slice(rule->text, (size_t)at + sizeof XDF_IN_FEEL - 1, rule->text.len));
    return feel->len > 0;
}

static const char *key_of(const XdfRule *rule)
{
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (str_is(rule->name, RULES[i].name))
            return RULES[i].key;
    return NULL;
}

/* An expression in YAML's single quotes. */
static Str quoted(Builder *b, Str feel)
{
    return str_printf(b->arena, "'%.*s'",
                      STR_ARG(str_replace(b->arena, feel, STR("'"), STR("''"))));
}

bool skeleton_rule(Builder *b, const XdfElement *element, const XdfRule *rule, const char *indent,
                   Buf *out)
{
    const char *key = key_of(rule);
    Str words, feel;

    if (!ours(element, rule, &words, &feel) || (!key && !str_is(rule->name, "Prüfung")))
        return false;
    for (size_t i = 0; i < b->unknown_count; i++)
        if (str_find(feel, b->unknown[i]) >= 0)
            return false;
    if (!out)
        return true;
    b->restored++;
    if (key && str_is(feel, "true") && strcmp(key, "required") == 0)
        buf_addf(out, "%srequired: true\n", indent);
    else if (key)
        buf_addf(out, "%s%s: %.*s\n", indent, key, STR_ARG(quoted(b, feel)));
    else
        buf_addf(out, "%s  - rule: %.*s\n%s    ", indent, STR_ARG(quoted(b, feel)), indent);
    if (!key)
        skeleton_text(out, "message", words);
    return true;
}

void skeleton_rules(Builder *b, const XdfElement *element, const char *indent, Buf *out)
{
    Buf checks = buf_in(b->arena);

    for (size_t i = 0; i < element->rule_count; i++)
        skeleton_rule(b, element, &element->rules[i], indent,
                      str_is(element->rules[i].name, "Prüfung") ? &checks : out);
    if (checks.len)
        buf_addf(out, "%svalidate:\n%.*s", indent, STR_ARG(buf_str(&checks)));
}

bool skeleton_has_rule(const XdfElement *element, const char *name)
{
    Str words, feel;

    for (size_t i = 0; i < element->rule_count; i++)
        if (str_is(element->rules[i].name, name) &&
            ours(element, &element->rules[i], &words, &feel))
            return true;
    return false;
}
