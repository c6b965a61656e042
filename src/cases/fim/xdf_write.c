/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/xdf_write.h"

#include "base/vec.h"
#include "base/xml.h"
#include "cases/field.h"
#include "cases/fim/xdf.h"
#include "cases/load.h"
#include "core/page/out.h"

typedef struct Ids {
    Str *items;
    size_t count, capacity;
} Ids;

typedef struct Writer {
    const Package *package;
    Str now;
    Str id; /* of the schema */
    Arena *arena;
    Buf *out;
    int level;
    Ids ids;
} Writer;

static void indent(Writer *w)
{
    for (int i = 0; i < w->level; i++)
        buf_add_c(w->out, "  ");
}

static void begin(Writer *w, const char *name)
{
    indent(w);
    buf_addf(w->out, "<xdf:%s>\n", name);
    w->level++;
}

static void end(Writer *w, const char *name)
{
    w->level--;
    indent(w);
    buf_addf(w->out, "</xdf:%s>\n", name);
}

static void leaf(Writer *w, const char *name, Str text)
{
    indent(w);
    buf_addf(w->out, "<xdf:%s>", name);
    xml_escape(w->out, text);
    buf_addf(w->out, "</xdf:%s>\n", name);
}

static void leaf_if(Writer *w, const char *name, Str text)
{
    if (text.len)
        leaf(w, name, text);
}

/* A code stands in no namespace; its list is named with its version. */
static void code(Writer *w, const char *name, const char *value)
{
    static const struct {
        const char *element, *list, *version;
    } LISTS[] = {
        {"freigabestatus", "xprozess:codeliste:status", "2020-03-19"},
        {"schemaelementart", "fim:codeliste:xdatenfelder.schemaelementart", "1.0"},
        {"feldart", "fim:codeliste:xdatenfelder.feldart", "2.0"},
        {"datentyp", "fim:codeliste:xdatenfelder.datentyp", "2.0"},
        {"vorbefuellung", "fim:codeliste:xdatenfelder.vorbefuellung", "1.0"},
        {"typ", "fim:codeliste:xdatenfelder.regeltyp", "1.0"},
        {"ableitungsmodifikationenStruktur",
         "fim:codeliste:xdatenfelder.ableitungsmodifikationenStruktur", "1.0"},
        {"ableitungsmodifikationenRepraesentation",
         "fim:codeliste:xdatenfelder.ableitungsmodifikationenRepraesentation", "1.0"},
    };

    indent(w);
    buf_addf(w->out, "<xdf:%s", name);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (strcmp(name, LISTS[i].element) == 0)
            buf_addf(w->out, " listURI=\"urn:xoev-de:%s\" listVersionID=\"%s\"", LISTS[i].list,
                     LISTS[i].version);
    buf_addf(w->out, "><code>%s</code></xdf:%s>\n", value, name);
}

/* In one line. */
static Str german(const Writer *w, const Node *text)
{
    return text ? xdf_line(w->arena, text_in(text, STR("de"))) : STR_NONE;
}

/* With its paragraphs; `more` follows as another one. */
static Str german_long(const Writer *w, const Node *text, const Node *more)
{
    Str first = text ? xdf_paragraphs(w->arena, text_in(text, STR("de"))) : STR_NONE;
    Str second = more ? xdf_paragraphs(w->arena, text_in(more, STR("de"))) : STR_NONE;

    return first.len && second.len
               ? str_printf(w->arena, "%.*s\n\n%.*s", STR_ARG(first), STR_ARG(second))
           : first.len ? first
                       : second;
}

/* The element's id of the catalogue, or one from the number range 99 that no other has. */
static Str id_of(Writer *w, char letter, Str fim, Str path)
{
    uint64_t number = str_hash(path) % 1000000000;

    if (fim.len)
        return fim;
    for (;;) {
        Str id = str_printf(w->arena, "%c99%09llu", letter, (unsigned long long)number);
        bool used = false;
        for (size_t i = 0; i < w->ids.count && !used; i++)
            used = str_eq(w->ids.items[i], id);
        if (!used) {
            VEC_PUSH(w->arena, &w->ids, id);
            return id;
        }
        number = (number + 1) % 1000000000;
    }
}

typedef struct Head { /* what every element begins with */
    Str id, name, description;
    const Node *legal;
} Head;

static void identity(Writer *w, Str id)
{
    begin(w, "identifikation");
    leaf(w, "id", id);
    leaf(w, "version", STR("1.0.0"));
    end(w, "identifikation");
}

static void head(Writer *w, const Head *head)
{
    identity(w, head->id);
    leaf(w, "name", head->name);
    leaf_if(w, "beschreibung", head->description);
    for (size_t i = 0; head->legal && i < head->legal->count; i++)
        leaf(w, "bezug", german(w, head->legal->items[i]));
    code(w, "freigabestatus", "2"); /* in Bearbeitung */
    if (xdf_provisional(head->id))
        leaf(w, "versionshinweis",
             STR("Vorläufige Kennung; das Element steht nicht im Katalog des FIM."));
    leaf(w, "letzteAenderung", w->now);
}

static void labels(Writer *w, Str label, Str help)
{
    leaf(w, "bezeichnungEingabe", label);
    leaf(w, "bezeichnungAusgabe", label);
    code(w, "schemaelementart", "RNG");
    leaf_if(w, "hilfetextEingabe", help);
}

/* --- Values that a document can hold as such
 * ----------------------------------------------------- */

/* '@"2026-01-01"', '@"08:00"': the text between the quotes. */
static bool moment_literal(Str feel, Str *out)
{
    feel = str_trim(feel);
    if (!str_starts_with(feel, "@\"") || !str_ends_with(feel, "\"") || feel.len < 4)
        return false;
    *out = str_slice(feel, 2, feel.len - 1);
    for (size_t i = 0; i < out->len; i++)
        if (out->ptr[i] == '"')
            return false;
    return true;
}

static bool bound_literal(const Node *bound, Str *out)
{
    *out = bound ? bound->text : STR_NONE;
    if (!bound || bound->kind == NODE_NUMBER)
        return bound != NULL;
    return bound->kind == NODE_STRING && moment_literal(bound->text, out);
}

/* The default as the content of a field; false when there is one that only FEEL can say. */
static bool default_literal(const FormField *field, Str *out)
{
    Str feel = str_trim(node_get_text(field->source, "default"));
    bool number = feel.len > 0;

    *out = feel;
    if (!feel.len || str_is(feel, "true") || str_is(feel, "false"))
        return true;
    if (field->type == FIELD_DATE || field->type == FIELD_TIME)
        return moment_literal(feel, out);
    for (size_t i = 0; i < feel.len; i++)
        number = number && ((feel.ptr[i] >= '0' && feel.ptr[i] <= '9') || feel.ptr[i] == '.');
    if (number)
        return true;
    if (feel.len < 2 || feel.ptr[0] != '"' || feel.ptr[feel.len - 1] != '"')
        return false;
    *out = str_slice(feel, 1, feel.len - 1);
    for (size_t i = 0; i < out->len; i++)
        if (out->ptr[i] == '"' || out->ptr[i] == '\\' || out->ptr[i] == '\n')
            return false;
    return out->len > 0 && str_eq(*out, str_trim(*out));
}

/* --- Rules -------------------------------------------------------------------------------------
 */

static void rule(Writer *w, Str path, const char *name, const char *type, Str text, Str feel)
{
    feel = xdf_line(w->arena, feel);
    Str id_path = str_printf(w->arena, "%.*s/%s/%.*s", STR_ARG(path), name, STR_ARG(feel));

    if (!feel.len)
        return;
    begin(w, "regel");
    identity(w, id_of(w, 'R', STR_NONE, id_path));
    leaf(w, "name", str_c(name));
    leaf(w, "freitextRegel",
         str_printf(w->arena, "%.*s%s" XDF_IN_FEEL "%.*s", STR_ARG(text), text.len ? " " : "",
                    STR_ARG(feel)));
    leaf(w, "letzteAenderung", w->now);
    code(w, "typ", type);
    end(w, "regel");
}

static void bound_rule(Writer *w, const FormField *field, const char *key, const char *name,
                       Str text)
{
    const Node *bound = node_get(field->source, key);
    Str literal;

    if (bound && bound->kind == NODE_STRING && !bound_literal(bound, &literal))
        rule(w, field->path, name, "V", text, bound->text);
}

static void rules_of(Writer *w, const FormField *field)
{
    const Node *checks = node_get(field->source, "validate");
    const Node *required = node_get(field->source, "required");
    Str literal;

    rule(w, field->path, "Sichtbarkeit", "K", STR("Wird nur unter dieser Bedingung abgefragt."),
         node_get_text(field->source, "visible"));
    if (required && required->kind == NODE_STRING)
        rule(w, field->path, "Pflicht", "M", STR("Ist unter dieser Bedingung anzugeben."),
             required->text);
    else if (field->required_always && field->visible)
        rule(w, field->path, "Pflicht", "M", STR("Ist anzugeben, wenn danach gefragt wird."),
             STR("true"));
    rule(w, field->path, "Berechnung", "B", STR("Wird berechnet."),
         node_get_text(field->source, "compute"));
    if (!default_literal(field, &literal))
        rule(w, field->path, "Vorgabe", "B", STR("Ist vorbelegt."),
             node_get_text(field->source, "default"));
    bound_rule(w, field, "min", "Untergrenze", STR("Ist mindestens dieser Wert."));
    bound_rule(w, field, "max", "Obergrenze", STR("Ist höchstens dieser Wert."));
    for (size_t i = 0; checks && i < checks->count; i++)
        rule(w, field->path, "Prüfung", "V", german(w, node_get(checks->items[i], "message")),
             node_get_text(checks->items[i], "rule"));
}

/* --- Fields ------------------------------------------------------------------------------------
 */

static const char *data_type(const FormField *field)
{
    switch (field->type) {
    case FIELD_INTEGER: return "num_int";
    case FIELD_DECIMAL: return "num";
    case FIELD_MONEY: return "num_currency";
    case FIELD_DATE: return "date";
    case FIELD_TIME: return "time";
    case FIELD_YES_NO:
    case FIELD_CONSENT: return "bool";
    case FIELD_UPLOAD: return "file";
    default: return "text";
    }
}

static const char *kind_of(const FormField *field)
{
    if (field->compute)
        return "locked";
    switch (field->type) {
    case FIELD_CHOICE:
    case FIELD_CHOICES: return "select";
    case FIELD_HEADING:
    case FIELD_NOTE: return "label";
    default: return "input";
    }
}

/* What a schema can say of types that the standard does not have. */
static Str pattern_of(const FormField *field)
{
    switch (field->type) {
    case FIELD_PARTIAL_DATE: return STR("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?");
    case FIELD_EMAIL: return STR("[^@ ]+@[^@ ]+");
    case FIELD_IBAN: return STR("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}");
    case FIELD_TAX_ID: return STR("[1-9][0-9]{10}");
    default: return field->pattern;
    }
}

static void attribute(Writer *w, const char *name, Str value)
{
    buf_addf(w->out, " %s=\"", name);
    xml_escape(w->out, value);
    buf_add_char(w->out, '"');
}

static void bound(Writer *w, const FormField *field, const char *key, const char *name)
{
    Str value;

    if (bound_literal(node_get(field->source, key), &value))
        attribute(w, name, value);
}

static void precision(Writer *w, const FormField *field)
{
    size_t before = w->out->len;

    indent(w);
    buf_add_c(w->out, "<xdf:praezisierung");
    size_t bare = w->out->len;
    if (field->min_length)
        attribute(w, "minLength", str_printf(w->arena, "%lld", (long long)field->min_length));
    if (field->max_length)
        attribute(w, "maxLength", str_printf(w->arena, "%lld", (long long)field->max_length));
    bound(w, field, "min", "minValue");
    bound(w, field, "max", "maxValue");
    if (pattern_of(field).len)
        attribute(w, "pattern", pattern_of(field));
    if (w->out->len == bare)
        w->out->len = before;
    else
        buf_add_c(w->out, "/>\n");
}

static void values(Writer *w, const FormField *field)
{
    begin(w, "werte");
    for (size_t i = 0; i < field->option_count; i++) {
        begin(w, "wert");
        leaf(w, "code", field->options[i].value);
        leaf(w, "name", german(w, field->options[i].label));
        end(w, "wert");
    }
    end(w, "werte");
}

static void data_field(Writer *w, const FormField *field)
{
    bool text = field->type == FIELD_HEADING || field->type == FIELD_NOTE;
    Str label = text ? str_copy(w->arena, field->id) : german(w, field->label);
    Str content;

    begin(w, "datenfeld");
    head(w, &(Head){.id = id_of(w, 'F', field->fim, field->path),
                    .name = label,
                    .description =
                        xdf_mark(w->arena, false, field->id, str_c(field_type_name(field->type)))});
    labels(w, label, german_long(w, field->hint, field->help));
    code(w, "feldart", kind_of(field));
    code(w, "datentyp", data_type(field));
    precision(w, field);
    if (text)
        leaf(w, "inhalt", german_long(w, field->text, NULL));
    else if (default_literal(field, &content))
        leaf_if(w, "inhalt", content);
    code(w, "vorbefuellung", "keine");
    if (field->option_count)
        values(w, field);
    rules_of(w, field);
    if (field->type == FIELD_UPLOAD) {
        leaf(w, "maxSize", str_printf(w->arena, "%lld", (long long)field->max_size));
        for (const char **type = field->accept; type && *type; type++)
            leaf(w, "mediaType", str_c(*type));
    }
    end(w, "datenfeld");
}

static Str number_of(Writer *w, const FormField *field)
{
    bool conditional = field->visible != NULL;
    int least = field->type == FIELD_GROUP ? !conditional : field->required_always && !conditional;
    int most = 1;

    if (field->repeats) {
        least = conditional ? 0 : field->repeat_min;
        most = field->repeat_max;
    } else if (field->type == FIELD_UPLOAD) {
        most = field->max_files;
    } else if (field->type == FIELD_CHOICES) {
        most = (int)field->option_count;
    }
    return str_printf(w->arena, "%d:%d", least, most);
}

static void fields(Writer *w, FormField *const *list, size_t count);

static void structure(Writer *w, const FormField *field)
{
    begin(w, "struktur");
    leaf(w, "anzahl", number_of(w, field));
    begin(w, "enthaelt");
    if (field->type == FIELD_GROUP) {
        begin(w, "datenfeldgruppe");
        head(w, &(Head){.id = id_of(w, 'G', field->fim, field->path),
                        .name = german(w, field->label),
                        .description = xdf_mark(w->arena, false, field->id, STR("group"))});
        labels(w, german(w, field->label), german_long(w, field->hint, field->help));
        rules_of(w, field);
        fields(w, field->fields, field->field_count);
        end(w, "datenfeldgruppe");
    } else {
        data_field(w, field);
    }
    end(w, "enthaelt");
    end(w, "struktur");
}

static void fields(Writer *w, FormField *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        structure(w, list[i]);
}

/* A page that only holds one group of the same name is that group. */
static bool only_a_group(const Writer *w, const FormPage *page)
{
    return page->field_count == 1 && page->fields[0]->type == FIELD_GROUP && !page->visible &&
           !page->intro && str_eq(german(w, page->title), german(w, page->fields[0]->label));
}

static void page_group(Writer *w, const FormPage *page)
{
    if (only_a_group(w, page)) {
        structure(w, page->fields[0]);
        return;
    }
    Str path = str_printf(w->arena, "page/%.*s", STR_ARG(page->id));
    begin(w, "struktur");
    leaf(w, "anzahl", page->visible ? STR("0:1") : STR("1:1"));
    begin(w, "enthaelt");
    begin(w, "datenfeldgruppe");
    head(w, &(Head){.id = id_of(w, 'G', page->fim, path),
                    .name = german(w, page->title),
                    .description = xdf_mark(w->arena, true, page->id, STR_NONE)});
    labels(w, german(w, page->title), german_long(w, page->intro, NULL));
    rule(w, path, "Sichtbarkeit", "K", STR("Wird nur unter dieser Bedingung abgefragt."),
         node_get_text(page->source, "visible"));
    fields(w, page->fields, page->field_count);
    end(w, "datenfeldgruppe");
    end(w, "enthaelt");
    end(w, "struktur");
}

static void schema(Writer *w, const Procedure *procedure)
{
    const Form *form = procedure->form;

    begin(w, "stammdatenschema");

    head(w, &(Head){.id = w->id,
                    .name = german(w, procedure->name),
                    .description = german(w, procedure->summary),
                    .legal = procedure->legal});
    leaf(w, "bezeichnung", german(w, procedure->name));
    code(w, "ableitungsmodifikationenStruktur", "3");
    code(w, "ableitungsmodifikationenRepraesentation", "1");
    begin(w, "dokumentsteckbrief");
    leaf(w, "id", str_printf(w->arena, "D%.*s", STR_ARG(str_slice(w->id, 1, w->id.len))));
    end(w, "dokumentsteckbrief");
    for (size_t i = 0; i < form->page_count; i++)
        page_group(w, &form->pages[i]);
    end(w, "stammdatenschema");
}

Str xdf_write(const Package *package, const Procedure *procedure, Timestamp now, Arena *arena)
{
    Buf out = buf_in(arena);
    Writer w = {.package = package, .now = timestamp_iso(arena, now), .arena = arena, .out = &out};
    Str path = str_printf(arena, "%.*s/%.*s", STR_ARG(package->id), STR_ARG(procedure->id));

    w.id = id_of(&w, 'S', procedure->form->fim, path);
    Str message = str_printf(arena, "%.*s %.*s", STR_ARG(w.now), STR_ARG(w.id));

    buf_add_c(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf=\"" XDF_SPACE_3 "\">\n");
    w.level = 1;
    begin(&w, "header");
    leaf(&w, "nachrichtID", str_printf(arena, "%016llX", (unsigned long long)str_hash(message)));
    leaf(&w, "erstellungszeitpunkt", w.now);
    end(&w, "header");
    schema(&w, procedure);
    buf_add_c(&out, "</xdf:xdatenfelder.stammdatenschema.0102>\n");
    return buf_str(&out);
}
