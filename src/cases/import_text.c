/* SPDX-License-Identifier: EUPL-1.2 */
/* A stranger's table: characters, separators, headings and words as office programs write them. */
#include "base/utf8.h"
#include "base/vec.h"
#include "cases/form.h"
#include "cases/register_import.h"
#include "core/page/out.h"
#include "pay/sepa_text.h"

/* --- Characters --------------------------------------------------------------------------------
 */

/* What Windows-1252 has between 0x80 and 0x9F; 0: nothing. */
static const uint16_t WINDOWS[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static bool from_windows(Str bytes, Str lang, Arena *arena, Str *text, Err *err)
{
    Buf out = buf_in(arena);
    int line = 1;

    buf_reserve(&out, bytes.len + bytes.len / 8);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        uint32_t point = c >= 0x80 && c < 0xA0 ? WINDOWS[c - 0x80] : c;
        char utf8[4];

        line += c == '\n';
        if (point == 0)
            return err_set_in(err, ERR_INPUT, lang,
                              "Zeile %d: Die Datei ist weder in UTF-8 noch in Windows-1252 "
                              "geschrieben. Speichern Sie sie als „CSV UTF-8“.",
                              line);
        buf_add(&out, (Str){utf8, utf8_encode(point, utf8)});
    }
    *text = out.len ? buf_str(&out) : STR("");
    return true;
}

bool import_decode(Str bytes, Str lang, Arena *arena, Str *text, Str *encoding, Err *err)
{
    if (bytes.len >= 2 &&
        (memcmp(bytes.ptr, "\xFF\xFE", 2) == 0 || memcmp(bytes.ptr, "\xFE\xFF", 2) == 0))
        return err_set_in(
            err, ERR_INPUT, lang,
            "Die Datei ist in UTF-16 geschrieben. Speichern Sie sie als „CSV UTF-8“.");
    *encoding = STR("UTF-8");
    *text = bytes;
    if (!utf8_valid(bytes)) {
        *encoding = STR("Windows-1252");
        if (!from_windows(bytes, lang, arena, text, err))
            return false;
    }
    if (str_find_char(*text, 0) >= 0)
        return err_set_in(err, ERR_INPUT, lang,
                          "Die Datei ist keine Tabelle in CSV, sondern etwas anderes "
                          "(sie enthält Nullbytes).");
    return true;
}

char import_separator(Str text)
{
    size_t semicolons = 0, commas = 0, tabs = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len && (quoted || text.ptr[i] != '\n'); i++) {
        quoted ^= text.ptr[i] == '"';
        if (quoted)
            continue;
        semicolons += text.ptr[i] == ';';
        commas += text.ptr[i] == ',';
        tabs += text.ptr[i] == '\t';
    }
    if (tabs > semicolons && tabs > commas)
        return '\t';
    return commas > semicolons ? ',' : ';';
}

bool import_told_separator(Str text, char *separator, size_t *length)
{
    size_t mark = str_starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
    Str rest = str_slice(text, mark, text.len);
    Str first = str_cut(&rest, '\n');
    Str line = str_trim(first);

    if (line.len > 1 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"')
        line = str_slice(line, 1, line.len - 1);
    /* A tab behind the sign of equality is trimmed away. */
    bool tab = str_eq_nocase(line, STR("sep=")) && str_find_char(first, '\t') >= 0;

    if (!tab && (line.len != 5 || !str_eq_nocase(str_slice(line, 0, 4), STR("sep="))))
        return false;
    *separator = tab ? '\t' : line.ptr[4];
    *length = mark + first.len + (rest.ptr ? 1 : 0);
    return *separator == ';' || *separator == ',' || *separator == '\t';
}

/* --- Headings ----------------------------------------------------------------------------------
 */

static bool is_one_of(Str heading, const char *const *words)
{
    for (; *words; words++)
        if (str_eq_nocase(heading, str_c(*words)))
            return true;
    return false;
}

static ImportColumn column_of(const RegisterSpec *spec, Str heading)
{
    static const char *const KEY[] = {"schluessel", "schlüssel", NULL};
    static const char *const FROM[] = {"from", "gueltig_ab", "gültig ab", NULL};
    static const char *const UNTIL[] = {"until", "gueltig_bis", "gültig bis", NULL};
    static const char *const REASON[] = {"reason", "grund", NULL};
    ImportColumn column = {.heading = heading};

    for (size_t i = 0; i < spec->form->field_count; i++) {
        const FormField *field = spec->form->fields[i];

        if (str_eq_nocase(heading, field->id) ||
            str_eq_nocase(heading, text_in(field->label, STR("de")))) {
            column.kind = COLUMN_FIELD;
            column.field = field;
            return column;
        }
    }
    column.kind = is_one_of(heading, KEY)      ? COLUMN_KEY
                  : is_one_of(heading, FROM)   ? COLUMN_FROM
                  : is_one_of(heading, UNTIL)  ? COLUMN_UNTIL
                  : is_one_of(heading, REASON) ? COLUMN_REASON
                                               : COLUMN_UNUSED;
    return column;
}

static bool same_column(const ImportColumn *a, const ImportColumn *b)
{
    return a->kind == b->kind && a->kind != COLUMN_UNUSED && a->field == b->field;
}

/* A required field that nothing fills needs a column. */
static bool check_missing(const RegisterSpec *spec, const ImportColumn *columns, size_t count,
                          Str lang, Err *err)
{
    for (size_t i = 0; i < spec->form->field_count; i++) {
        const FormField *field = spec->form->fields[i];
        bool there = !field->required_always || field->default_value || field->compute;

        for (size_t k = 0; k < count && !there; k++)
            there = columns[k].field == field;
        if (!there) {
            Str label = text_in(field->label, STR("de"));

            return err_set_in(
                err, ERR_INPUT, lang,
                "Der Tabelle fehlt die Spalte „%.*s“ (oder „%.*s“). Die Spalten stehen "
                "in der ersten Zeile.",
                STR_ARG(field->id), STR_ARG(label));
        }
    }
    return true;
}

bool import_columns(const RegisterSpec *spec, const Str *headings, size_t count, Str lang,
                    ImportColumn *columns, Arena *arena, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        columns[i] = column_of(spec, str_copy(arena, str_trim(headings[i])));
        for (size_t k = 0; k < i; k++)
            if (same_column(&columns[i], &columns[k]))
                return err_set_in(err, ERR_INPUT, lang,
                                  "Die Spalten %zu („%.*s“) und %zu („%.*s“) bedeuten dasselbe. "
                                  "Entfernen Sie eine davon.",
                                  k + 1, STR_ARG(columns[k].heading), i + 1,
                                  STR_ARG(columns[i].heading));
    }
    return check_missing(spec, columns, count, lang, err);
}

/* --- Cells -------------------------------------------------------------------------------------
 */

static Node *yes_or_no(Str cell, Arena *arena)
{
    static const char *const YES[] = {"ja", "j", "1", "true", "wahr", "x", "yes", "y", NULL};
    static const char *const NO[] = {"nein", "n", "0", "false", "falsch", "no", "-", NULL};

    if (is_one_of(cell, YES))
        return node_bool(arena, true);
    return is_one_of(cell, NO) ? node_bool(arena, false) : node_string(arena, cell);
}

static Node *choice(const FormField *field, Str cell, Arena *arena)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq_nocase(field->options[i].value, cell))
            return node_string(arena, field->options[i].value);
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq_nocase(text_in(field->options[i].label, STR("de")), cell))
            return node_string(arena, field->options[i].value);
    return node_string(arena, cell);
}

static Node *choices(const FormField *field, Str cell, Arena *arena)
{
    Node *list = node_list(arena);
    Str rest = cell;

    while (rest.ptr) {
        Str item = str_trim(str_cut(&rest, ','));

        if (item.len)
            node_append(arena, list, choice(field, item, arena));
    }
    return list;
}

Node *import_value(const FormField *field, Str cell, Arena *arena)
{
    switch (field->type) {
    case FIELD_YES_NO:
    case FIELD_CONSENT: return yes_or_no(cell, arena);
    case FIELD_CHOICE: return choice(field, cell, arena);
    case FIELD_CHOICES: return choices(field, cell, arena);
    default: return form_value_from_text(field, cell, arena);
    }
}

Str import_near(const FormField *field, Str cell, Arena *arena)
{
    enum { MOST = 3 };
    Str wanted = name_key(arena, cell);
    Buf out = buf_in(arena);
    int count = 0;

    for (size_t i = 0; i < field->option_count && count < MOST && wanted.len; i++) {
        Str label = text_in(field->options[i].label, STR("de"));
        Str key = name_key(arena, label);

        if (str_find(key, wanted) < 0 && (key.len < 4 || str_find(wanted, key) < 0))
            continue;
        buf_addf(&out, "%s„%.*s“", count++ ? ", " : "", STR_ARG(label));
    }
    return count ? buf_str(&out) : STR_NONE;
}
