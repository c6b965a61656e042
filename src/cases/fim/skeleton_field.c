/* SPDX-License-Identifier: EUPL-1.2 */
/* One data field as a field of a form. */
#include "cases/field.h"
#include "cases/fim/skeleton_build.h"
#include "cases/load.h"
#include "cases/media.h"

enum { LONG_TEXT = 256, INLINE_VALUES = 30, MAX_SIZE_MB = 20, MAX_FILES = 20 };

typedef struct Writing {
    Builder *b;
    const XdfElement *field;
    const char *indent; /* of the properties */
    Buf *out;
    bool marked; /* by our own export */
    XdfMark mark;
} Writing;

#define note(w, line, ...) \
    skeleton_note((w)->b, (line), skeleton_called((w)->b, (w)->field), __VA_ARGS__)

static void line(Writing *w, const char *key, const char *value)
{
    buf_addf(w->out, "%s%s: %s\n", w->indent, key, value);
}

static void text_line(Writing *w, const char *key, Str text)
{
    buf_add_c(w->out, w->indent);
    skeleton_text(w->out, key, text);
}

/* A FEEL expression in YAML's single quotes. */
static void feel_line(Writing *w, const char *key, Str expression)
{
    buf_addf(w->out, "%s%s: '%.*s'\n", w->indent, key,
             STR_ARG(str_replace(w->b->arena, expression, STR("'"), STR("''"))));
}

static bool number_of(Writing *w, Str text, Str *out)
{
    bool too_many;

    text = str_replace(w->b->arena, str_trim(text), STR(","), STR("."));
    return field_decimal(w->b->arena, text, 9, out, &too_many);
}

/* The constant of a catalogue ("inhalt") as FEEL; false when it does not fit the type. */
static bool literal(Writing *w, Str content, Str *out)
{
    const XdfElement *field = w->field;
    Arena *arena = w->b->arena;
    Buf quoted = buf_in(arena);
    Date date;

    if (str_is(field->art, "select")) {
        bool known = false;
        for (size_t i = 0; i < field->value_count && !known; i++)
            known = str_eq(field->values[i].code, content);
        json_write_string(&quoted, content);
        *out = buf_str(&quoted);
        return known;
    }
    if (str_is(field->type, "bool")) {
        bool yes = str_eq_nocase(content, STR("true")) || str_is(content, "1") ||
                   str_eq_nocase(content, STR("ja"));
        *out = yes ? STR("true") : STR("false");
        return yes || str_eq_nocase(content, STR("false")) || str_is(content, "0") ||
               str_eq_nocase(content, STR("nein"));
    }
    if (str_starts_with(field->type, "num"))
        return number_of(w, content, out);
    if (str_is(field->type, "date")) {
        *out = str_printf(arena, "@\"%.*s\"", STR_ARG(content));
        return date_parse_iso(content, &date);
    }
    if (str_is(field->type, "time") && w->marked) {
        *out = str_printf(arena, "@\"%.*s\"", STR_ARG(content));
        return true;
    }
    if (!str_starts_with(field->type, "text"))
        return false;
    json_write_string(&quoted, content);
    *out = buf_str(&quoted);
    return true;
}

static void write_bound(Writing *w, const char *key, Str bound)
{
    Date date;
    Str number;

    if (!bound.len)
        return;
    if (str_starts_with(w->field->type, "num") && number_of(w, bound, &number))
        line(w, key, str_cstr(w->b->arena, number));
    else if (str_is(w->field->type, "date") && date_parse_iso(str_trim(bound), &date))
        feel_line(w, key, str_printf(w->b->arena, "@\"%.*s\"", STR_ARG(str_trim(bound))));
    else
        note(w, w->field->precision_line, "the bound \"%.*s\" is no value of the type %.*s",
             STR_ARG(bound), STR_ARG(w->field->type));
}

static int64_t length_of(Writing *w, Str text)
{
    int64_t value = 0;

    if (text.len && (!str_to_i64(str_trim(text), &value) || value < 0 || value > 100000)) {
        note(w, w->field->precision_line, "the length \"%.*s\" is no number up to 100000",
             STR_ARG(text));
        return 0;
    }
    return value;
}

/* What a precision says that this type cannot have. */
static void note_misfits(Writing *w)
{
    const XdfElement *field = w->field;
    bool label = str_is(field->art, "label"), choice = str_is(field->art, "select");
    bool text = str_starts_with(field->type, "text") && !label && !choice;
    const struct {
        const char *what;
        Str value;
    } misfits[] = {{"the shortest length", text ? STR_NONE : field->min_length},
                   {"the greatest length", text ? STR_NONE : field->max_length},
                   {"the pattern", text ? STR_NONE : field->pattern},
                   {"the smallest value", label ? field->min_value : STR_NONE},
                   {"the greatest value", label ? field->max_value : STR_NONE},
                   {"the precision", field->precision_rest}};

    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++)
        if (misfits[i].value.len)
            note(w, field->precision_line, "%s \"%.*s\" does not go with %s of the type %.*s",
                 misfits[i].what, STR_ARG(misfits[i].value),
                 label    ? "a note"
                 : choice ? "a choice"
                          : "a field",
                 STR_ARG(field->type));
}

static void write_text(Writing *w)
{
    const XdfElement *field = w->field;
    int64_t least = length_of(w, field->min_length), most = length_of(w, field->max_length);
    bool is_long = w->marked ? str_is(w->mark.type, "longtext") : most >= LONG_TEXT;
    const char *why;
    int at;

    line(w, "type", is_long ? "longtext" : "text");
    if (most && least > most) {
        note(w, field->precision_line,
             "the lengths %lld to %lld fit no text: the first is left out", (long long)least,
             (long long)most);
        least = 0;
    }
    if (least > 1 || (least && w->marked))
        buf_addf(w->out, "%smin_length: %lld\n", w->indent, (long long)least);
    if (most)
        buf_addf(w->out, "%smax_length: %lld\n", w->indent, (long long)most);
    if (!field->pattern.len)
        return;
    if (is_long) {
        note(w, field->precision_line, "a long text has no pattern: \"%.*s\" is left out",
             STR_ARG(field->pattern));
    } else if (load_pattern_valid(field->pattern, &why, &at)) {
        buf_addf(w->out, "%spattern: ", w->indent);
        json_write_string(w->out, field->pattern);
        buf_add_char(w->out, '\n');
    } else {
        note(w, field->precision_line,
             "the pattern \"%.*s\" is no regular expression (%s at character %d) and is left out",
             STR_ARG(field->pattern), why, at);
    }
}

/* --- Choices -------------------------------------------------------------------------------------
 */

static void csv_value(Buf *out, Str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static Str codes_path(const Writing *w, Str name)
{
    return str_printf(w->b->arena, "codes/%.*s.csv", STR_ARG(name));
}

static bool has_file(const Builder *b, Str path)
{
    for (size_t i = 0; i < b->files.count; i++)
        if (str_eq(b->files.items[i].path, path))
            return true;
    return false;
}

/* Fields with the same list share its file. */
static void write_codes(Writing *w, Str wish, const XdfValue *values, size_t count)
{
    Buf out = buf_in(w->b->arena);
    Str name = wish;
    bool there = false;

    buf_add_c(&out, "value,de,en,de-leicht\n");
    for (size_t i = 0; i < count; i++) {
        csv_value(&out, values[i].code);
        buf_add_char(&out, ',');
        csv_value(&out, values[i].name.len ? values[i].name : values[i].code);
        buf_add_c(&out, ",,\n");
    }
    for (size_t i = 0; i < w->b->files.count && !there; i++)
        if (str_starts_with(w->b->files.items[i].path, "codes/") &&
            str_eq(w->b->files.items[i].bytes, buf_str(&out))) {
            Str path = w->b->files.items[i].path;
            name = str_slice(path, strlen("codes/"), path.len - strlen(".csv"));
            there = true;
        }
    for (int n = 2; !there && has_file(w->b, codes_path(w, name)); n++)
        name = str_printf(w->b->arena, "%.*s_%d", STR_ARG(wish), n);
    if (!there)
        skeleton_file(w->b, codes_path(w, name), buf_str(&out));
    buf_addf(w->out, "%scodes: %.*s\n", w->indent, STR_ARG(name));
}

static void write_options(Writing *w, const XdfValue *values, size_t count)
{
    buf_addf(w->out, "%soptions:\n", w->indent);
    for (size_t i = 0; i < count; i++) {
        buf_addf(w->out, "%s  - {value: ", w->indent);
        json_write_string(w->out, values[i].code);
        buf_add_c(w->out, ", label: {de: ");
        json_write_string(w->out, values[i].name.len ? values[i].name : values[i].code);
        buf_add_c(w->out, "}}\n");
    }
}

static const CodeSource *source_of(const Writing *w)
{
    Str wanted = w->field->code_list;

    for (size_t i = 0; i < w->b->code_count && wanted.ptr; i++)
        if (str_eq(w->b->codes[i].uri, wanted))
            return &w->b->codes[i];
    for (size_t i = 0; i < w->b->code_count && wanted.ptr; i++) {
        Str uri = w->b->codes[i].uri;
        if (!str_starts_with(uri, str_cstr(w->b->arena, wanted)) || uri.ptr[wanted.len] != '_')
            continue;
        note(w, w->field->code_list_line, "no version of the code list is named: %.*s is taken",
             STR_ARG(uri));
        return &w->b->codes[i];
    }
    return NULL;
}

/* The column that the document names, if the list has it; else the list's own. */
static Str column_of(Writing *w, const CodeSource *source, Str named, Str own)
{
    if (!named.len)
        return own;
    if (genericode_has_column(source, named))
        return named;
    note(w, w->field->code_list_line,
         "the code list %.*s has no column \"%.*s\": \"%.*s\" is taken", STR_ARG(source->uri),
         STR_ARG(named), STR_ARG(own));
    return own;
}

static XdfValue *list_values(Writing *w, const CodeSource *source, size_t *count)
{
    Str code = column_of(w, source, w->field->code_column, source->code_column);
    Str name = column_of(w, source, w->field->name_column, source->name_column);

    if (w->field->value_count)
        note(w, w->field->code_list_line,
             "the document has values of its own, which the code list replaces");
    return genericode_values(w->b->arena, source, code, name, count);
}

static void write_choice(Writing *w)
{
    const XdfElement *field = w->field;
    const CodeSource *source = source_of(w);
    size_t count = field->value_count;
    const XdfValue *values = source ? list_values(w, source, &count) : field->values;

    if (!count) {
        line(w, "type", "text");
        if (field->code_list.len)
            note(w, field->code_list_line,
                 "the values of the code list %.*s are not in the document: import again with "
                 "--codes and its genericode file%s; for now it is a text",
                 STR_ARG(field->code_list),
                 field->code_column.len
                     ? str_cstr(w->b->arena, str_printf(w->b->arena, " (columns %.*s, %.*s)",
                                                        STR_ARG(field->code_column),
                                                        STR_ARG(field->name_column)))
                     : "");
        else
            note(w, field->line,
                 "there are neither values nor a code list to choose from: for now it is a text");
        return;
    }
    bool several = w->marked ? str_is(w->mark.type, "choices") : field->most != 1;
    line(w, "type", several ? "choices" : "choice");
    if (count <= INLINE_VALUES && !source)
        write_options(w, values, count);
    else
        write_codes(w, skeleton_id(w->b->arena, field->label), values, count);
}

/* --- Files ---------------------------------------------------------------------------------------
 */

/* The standard counts bytes. A few hundred of them are meant as megabytes: no file is so small. */
static void write_size(Writing *w, int64_t size)
{
    const XdfElement *field = w->field;

    if (size <= 1000) {
        note(w, field->max_size_line, "the largest size %lld is taken as megabytes, not bytes",
             (long long)size);
        size *= 1000000;
    }
    if (size > MAX_SIZE_MB * 1000000LL) {
        note(w, field->max_size_line, "files have %d MB at most", MAX_SIZE_MB);
        size = MAX_SIZE_MB * 1000000LL;
    }
    if (size % 1000000 == 0)
        buf_addf(w->out, "%smax_size: %lld MB\n", w->indent, (long long)(size / 1000000));
    else
        buf_addf(w->out, "%smax_size: %lld kB\n", w->indent, (long long)((size + 999) / 1000));
}

static void write_file(Writing *w)
{
    const XdfElement *field = w->field;
    int64_t size = 0;
    size_t known = 0;

    line(w, "type", "upload");
    buf_addf(w->out, "%saccept: [", w->indent);
    for (size_t i = 0; i < field->media_count; i++) {
        const char *name = media_name(field->media[i].type);
        if (name)
            buf_addf(w->out, "%s%s", known++ ? ", " : "", name);
        else
            note(w, field->media[i].line, "forms take no files of the type %.*s",
                 STR_ARG(field->media[i].type));
    }
    if (!known) {
        buf_add_c(w->out, "pdf, jpg, png");
        note(w, field->line,
             "no type of file is named that a form takes: pdf, jpg and png for now");
    }
    buf_add_c(w->out, "]\n");
    bool given = field->max_size.len && str_to_i64(field->max_size, &size) && size > 0;
    if (field->max_size.len && !given)
        note(w, field->max_size_line, "the largest size \"%.*s\" is no number: 5 MB for now",
             STR_ARG(field->max_size));
    write_size(w, given ? size : 5000000);
    if (field->most == XDF_MANY || field->most > MAX_FILES)
        note(w, field->line, "a form takes %d files at most", MAX_FILES);
    if (field->most != 1)
        buf_addf(w->out, "%smax_files: %d\n", w->indent,
                 field->most != XDF_MANY && field->most < MAX_FILES ? field->most : MAX_FILES);
}

/* --- All types -----------------------------------------------------------------------------------
 */

static void write_datetime(Writing *w)
{
    note(w, w->field->line, "a form asks for the day and the time apart: two fields in a group");
    line(w, "type", "group");
    buf_addf(w->out,
             "%sfields:\n%s  - {id: datum, type: date, label: {de: Tag}, required: %s}\n"
             "%s  - {id: uhrzeit, type: time, label: {de: Uhrzeit}, required: %s}\n",
             w->indent, w->indent, w->field->least ? "true" : "false", w->indent,
             w->field->least ? "true" : "false");
}

/* Types that the standard lacks: our export has written them as another, with what that needs. */
static bool write_marked(Writing *w)
{
    static const char *const ours[] = {"partial_date", "email",  "phone",
                                       "iban",         "tax_id", "consent"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (str_is(w->mark.type, ours[i])) {
            line(w, "type", ours[i]);
            return true;
        }
    return false;
}

static bool write_type(Writing *w)
{
    static const struct {
        const char *type, *ours;
    } TYPES[] = {{"date", "date"},   {"time", "time"},       {"bool", "yes_no"},
                 {"num", "decimal"}, {"num_int", "integer"}, {"num_currency", "money"}};
    Str type = w->field->type;

    if (w->marked && write_marked(w))
        return true;
    if (str_is(w->field->art, "select")) {
        write_choice(w);
    } else if (str_starts_with(type, "text")) {
        write_text(w);
    } else if (str_is(type, "file")) {
        write_file(w);
    } else if (str_is(type, "datetime")) {
        write_datetime(w);
    } else if (str_is(type, "obj")) {
        skeleton_left_out(w->b, w->field, "a fixed object cannot be asked for and is left out");
        return false;
    }
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (!str_is(w->field->art, "select") && str_is(type, TYPES[i].type))
            line(w, "type", TYPES[i].ours);
    note_misfits(w);
    write_bound(w, "min", w->field->min_value);
    write_bound(w, "max", w->field->max_value);
    return true;
}

/* A constant: the value before somebody types, or one that nobody can change. */
static void write_content(Writing *w)
{
    const XdfElement *field = w->field;
    bool locked = str_is(field->art, "locked");
    Str value;

    if (!field->content.len)
        return;
    if (!literal(w, field->content, &value))
        note(w, field->content_line,
             "the content \"%.*s\" is no value of this field and is left out",
             STR_ARG(field->content));
    else
        feel_line(w, locked ? "compute" : "default", value);
}

bool skeleton_field(Builder *b, const XdfElement *field, Str id, const char *indent, Buf *out)
{
    Writing w = {
        .b = b, .field = field, .indent = arena_printf(b->arena, "%s  ", indent), .out = out};
    w.marked = skeleton_mark(field, &w.mark);

    if (str_is(field->art, "hidden")) {
        skeleton_left_out(b, field,
                          "a hidden field is filled by a program: give it under `values` of the "
                          "process");
        return false;
    }
    buf_addf(out, "%s- id: %.*s\n", indent, STR_ARG(id));
    if (str_is(field->art, "label")) {
        note_misfits(&w);
        line(&w, "type", w.marked ? str_cstr(b->arena, w.mark.type) : "note");
        skeleton_fim(field, w.indent, out);
        text_line(&w, "text", field->content.len ? field->content : field->label);
        skeleton_rules(b, field, w.indent, out);
        return true;
    }
    bool locked = str_is(field->art, "locked");
    if (locked && !field->content.len && !skeleton_has_rule(field, "Berechnung"))
        note(&w, field->line, "nobody can fill this locked field, for it has no content");
    skeleton_fim(field, w.indent, out);
    text_line(&w, "label", field->label);
    if (field->help.len)
        text_line(&w, "hint", field->help);
    if (!write_type(&w))
        return false;
    if (field->least > 0 && !locked && !str_is(field->type, "datetime"))
        line(&w, "required", "true");
    write_content(&w);
    skeleton_rules(b, field, w.indent, out);
    b->fields++;
    return true;
}
