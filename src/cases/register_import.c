/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_import.h"

#include "base/csv.h"
#include "base/vec.h"
#include "cases/form.h"
#include "core/crypto.h"
#include "core/page/out.h"
#include "pay/mandate.h"

enum { GROUP = 250, KEY_MAX = 200 };

/* --- One line ----------------------------------------------------------------------------------
 */

typedef struct Mistake {
    Str field, message, remedy;
} Mistake;

typedef struct Line {
    int number;
    Str key, hash;       /* hash: of all that the line says */
    const Node *raw;     /* as it stands in the file, by type */
    const Node *data;    /* of the register's fields */
    const Node *columns; /* and what the line says beside them */
    Date from, until;
    Str reason;
    struct {
        Mistake *items;
        size_t count, capacity;
    } mistakes;
    /* What writing made of it. */
    ImportOutcome outcome;
    int64_t entry;
} Line;

typedef struct Group {
    const struct Import *import;
    Arena *arena;
    Line *lines;
    size_t count;
    bool any;        /* some line is to be written */
    bool taken_back; /* of a preview: written, and given up again */
} Group;

typedef struct Seen { /* keys of this file, by hash */
    Str *keys;
    size_t capacity, count;
} Seen;

typedef struct Import {
    const ImportOrder *order;
    Arena *arena;
    ImportSummary *summary;
    Csv csv;
    ImportColumn columns[IMPORT_COLUMNS];
    size_t column_count;
    Seen seen;
} Import;

static void mistake(Line *line, Arena *arena, Str field, Str message, Str remedy)
{
    VEC_PUSH(arena, &line->mistakes, (Mistake){field, message, remedy});
}

static bool seen_grow(Seen *seen, Arena *arena)
{
    Seen grown = {.capacity = seen->capacity ? seen->capacity * 2 : 1024, .count = seen->count};

    grown.keys = arena_array(arena, Str, grown.capacity);
    for (size_t i = 0; i < seen->capacity; i++) {
        size_t at = str_hash(seen->keys[i]) & (grown.capacity - 1);

        if (!seen->keys[i].ptr)
            continue;
        while (grown.keys[at].ptr)
            at = (at + 1) & (grown.capacity - 1);
        grown.keys[at] = seen->keys[i];
    }
    *seen = grown;
    return true;
}

/* True when the key was there before. */
static bool seen_before(Seen *seen, Str key, Arena *arena)
{
    if (seen->count * 2 >= seen->capacity)
        seen_grow(seen, arena);
    size_t at = str_hash(key) & (seen->capacity - 1);

    for (; seen->keys[at].ptr; at = (at + 1) & (seen->capacity - 1))
        if (str_eq(seen->keys[at], key))
            return true;
    seen->keys[at] = str_copy(arena, key);
    seen->count++;
    return false;
}

static void read_day(Line *line, Arena *arena, const ImportColumn *column, Str cell, Date *out)
{
    if (!date_parse_german(cell, out) || out->year < 1000)
        mistake(line, arena, column->heading,
                str_printf(arena, "„%.*s“ ist kein Tag.", STR_ARG(cell)),
                STR("Schreiben Sie den Tag so: 1.3.2027 oder 2027-03-01."));
}

static Str key_of_fields(const RegisterSpec *spec, const Node *data, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < spec->key_count; i++) {
        Str text = register_text(spec, spec->key[i], node_get_str(data, spec->key[i]), arena);

        if (!text.ptr)
            return STR_NONE;
        buf_addf(&out, "%s%.*s", i ? "|" : "", STR_ARG(text));
    }
    return out.len ? buf_str(&out) : STR_NONE;
}

static Str hash_of(const Line *line, Arena *arena)
{
    Buf out = buf_in(arena);

    node_write_json_canonical(line->raw, &out);
    buf_addf(&out, "|%04d-%02d-%02d|%04d-%02d-%02d|%.*s", line->from.year, line->from.month,
             line->from.day, line->until.year, line->until.month, line->until.day,
             STR_ARG(line->reason));
    return crypto_sha256_hex(arena, buf_str(&out));
}

static Str remedy_of(const FormError *error, Str cell, Arena *arena)
{
    if (str_is(error->rule, "required"))
        return STR("Tragen Sie den Wert ein.");
    if (!str_is(error->rule, "option"))
        return STR("Berichtigen Sie den Wert und lesen Sie die Datei noch einmal ein.");
    Str near = error->field ? import_near(error->field, cell, arena) : STR_NONE;

    return near.ptr ? str_printf(arena, "Meinen Sie %.*s?", STR_ARG(near))
                    : STR("Schreiben Sie einen Wert oder eine Bezeichnung aus der Liste des "
                          "Feldes.");
}

static void form_mistake(Line *line, const FormError *error, const Node *raw, Arena *arena)
{
    Str cell = error->field ? node_text(node_get_str(raw, error->field->id)) : STR_NONE;
    Str message = str_is(error->rule, "option") && cell.ptr
                      ? str_printf(arena, "„%.*s“ steht nicht in der Liste.", STR_ARG(cell))
                      : error->message;

    mistake(line, arena, error->field ? text_in(error->field->label, STR("de")) : error->path,
            message, remedy_of(error, cell, arena));
}

/* Without the columns that are not kept. */
static const Node *fields_alone(const RegisterSpec *spec, const Node *data, Arena *arena)
{
    Node *out = node_map(arena);

    for (size_t i = 0; i < spec->field_count; i++) {
        const Node *value = node_get_str(data, spec->fields[i]->id);

        if (value)
            node_add(arena, out, spec->fields[i]->id, (Node *)value);
    }
    return out;
}

/* What the fields of the register demand, and what they compute. */
static bool check_data(const Import *import, Line *line, const Node *raw, Arena *arena, Err *err)
{
    FeelEnv env = {.today = import->order->today,
                   .now = timestamp_of_berlin_day(import->order->today)};
    FormInput input = {.package = import->order->package,
                       .form = import->order->spec->form,
                       .data = raw,
                       .env = &env,
                       .lang = STR("de")};
    FormState state;

    if (!form_evaluate(&input, arena, &state, err))
        return false;
    for (size_t i = 0; i < state.error_count; i++) {
        const FormField *field = state.errors[i].field;

        if (field && field->internal && state.error_count > 1)
            continue; /* follows from the others */
        form_mistake(line, &state.errors[i], raw, arena);
    }
    line->columns = state.data;
    line->data = fields_alone(import->order->spec, state.data, arena);
    return true;
}

static bool read_cells(Import *import, Line *line, const Str *cells, size_t count, Arena *arena,
                       Err *err)
{
    Node *raw = node_map(arena);

    for (size_t i = 0; i < count && i < import->column_count; i++) {
        const ImportColumn *column = &import->columns[i];
        Str cell = str_trim(cells[i]);

        if (cell.len == 0)
            continue;
        switch (column->kind) {
        case COLUMN_FIELD:
            node_add(arena, raw, column->field->id, import_value(column->field, cell, arena));
            break;
        case COLUMN_KEY: line->key = cell; break;
        case COLUMN_FROM: read_day(line, arena, column, cell, &line->from); break;
        case COLUMN_UNTIL: read_day(line, arena, column, cell, &line->until); break;
        case COLUMN_REASON: line->reason = cell; break;
        case COLUMN_UNUSED: break;
        }
    }
    line->raw = raw;
    return check_data(import, line, raw, arena, err);
}

static void check_key(Import *import, Line *line, Arena *arena)
{
    if (!line->key.ptr)
        line->key = key_of_fields(import->order->spec, line->data, arena);
    line->hash = hash_of(line, arena);
    if (!line->key.ptr)
        line->key = str_printf(arena, "#%.*s", STR_ARG(line->hash));
    if (line->key.len > KEY_MAX)
        mistake(line, arena, STR("schluessel"), STR("Der Schlüssel der Zeile ist zu lang."),
                STR("Nehmen Sie einen Schlüssel mit höchstens 200 Zeichen."));
    else if (seen_before(&import->seen, line->key, import->arena))
        mistake(line, arena, STR("schluessel"),
                line->key.ptr[0] == '#'
                    ? STR("Dieselbe Zeile stand schon weiter oben in der Datei.")
                    : str_printf(arena,
                                 "Der Schlüssel „%.*s“ stand schon weiter oben in der "
                                 "Datei.",
                                 STR_ARG(line->key)),
                STR("Sind es zwei verschiedene, geben Sie jeder Zeile einen eigenen Wert in einer "
                    "Spalte „schluessel“. Sonst streichen Sie die Zeile."));
}

static bool is_living(const Import *import, const Line *line)
{
    return date_absent(line->until) || date_compare(line->until, import->order->today) >= 0;
}

/* The same tag on two dogs is a slip in the old list. */
static void check_unique(Import *import, Line *line, Arena *arena)
{
    const RegisterSpec *spec = import->order->spec;

    for (size_t i = 0; i < spec->unique_count && is_living(import, line); i++) {
        Str field = spec->unique[i];
        Str text = register_text(spec, field, node_get_str(line->data, field), arena);

        if (text.ptr && seen_before(&import->seen,
                                    str_printf(arena, "\1%.*s|%.*s", STR_ARG(field), STR_ARG(text)),
                                    import->arena))
            mistake(
                line, arena, field,
                str_printf(arena, "„%.*s“ stand schon weiter oben in der Datei.", STR_ARG(text)),
                STR("Jeder Wert darf nur einmal vorkommen. Prüfen Sie beide Zeilen."));
    }
}

static bool read_line(Import *import, Line *line, const Str *cells, size_t count, Arena *arena,
                      Err *err)
{
    if (count > import->column_count)
        mistake(line, arena, STR_NONE,
                str_printf(arena, "Die Zeile hat %zu Werte, die Überschrift nur %zu.", count,
                           import->column_count),
                STR("Setzen Sie Werte, in denen das Trennzeichen vorkommt, in "
                    "Anführungszeichen."));
    if (!read_cells(import, line, cells, count, arena, err))
        return false;
    check_key(import, line, arena);
    check_unique(import, line, arena);
    if (date_absent(line->from))
        line->from = import->order->today;
    if (!date_absent(line->until) && date_compare(line->until, line->from) < 0)
        mistake(line, arena, STR("until"), STR("Das Ende liegt vor dem Beginn."),
                STR("Prüfen Sie beide Tage."));
    return true;
}

/* --- Writing a group ---------------------------------------------------------------------------
 */

static bool add_line(Tx *tx, const Group *group, Line *line, Err *err)
{
    const ImportOrder *order = group->import->order;
    RegisterChange change = {.spec = order->spec,
                             .package = order->package,
                             .actor = order->actor,
                             .today = order->today};

    if (!register_add(tx, &change, line->data, line->from, group->arena, &line->entry, err))
        return false;
    if (!date_absent(line->until) &&
        !register_end(tx, &change, line->entry, line->until, line->reason, group->arena, err))
        return false;
    return tx_exec(tx, err,
                   "INSERT INTO register_import (register, line_key, hash, entry_id) "
                   "VALUES ($1, $2, $3, $4)",
                   P_TEXT(order->spec->id), P_TEXT(line->key), P_TEXT(line->hash),
                   P_INT(line->entry));
}

/* --- The mandate that a line brings -------------------------------------------------------------
 */

static Str told(const Group *group, const Line *line, RegisterMandate part)
{
    Str field = group->import->order->spec->mandate[part];

    return field.ptr ? node_text(node_get_str(line->columns, field)) : STR_NONE;
}

static bool has_mandate(const Group *group, const Line *line)
{
    return group->import->order->spec->mandate && !str_empty(told(group, line, MANDATE_IBAN));
}

static MandateOrder mandate_of(const Group *group, const Line *line, Date *last_use)
{
    MandateOrder order = {.payer = told(group, line, MANDATE_PAYER),
                          .holder = told(group, line, MANDATE_HOLDER),
                          .iban = told(group, line, MANDATE_IBAN),
                          .bic = told(group, line, MANDATE_BIC),
                          .email = told(group, line, MANDATE_EMAIL),
                          .reference = told(group, line, MANDATE_REFERENCE),
                          .subject = str_printf(group->arena, "register/%.*s",
                                                STR_ARG(group->import->order->spec->id)),
                          .actor = group->import->order->actor};

    *last_use = (Date){0};
    date_parse_iso(told(group, line, MANDATE_SIGNED), &order.signed_on);
    date_parse_iso(told(group, line, MANDATE_LAST_USED), last_use);
    return order;
}

/* Which column is meant by the field that mandate_check() names. */
static Str column_named(const Group *group, const char *field)
{
    static const struct {
        const char *field;
        RegisterMandate part;
    } PARTS[] = {{"kontoinhaber", MANDATE_HOLDER},
                 {"iban", MANDATE_IBAN},
                 {"bic", MANDATE_BIC},
                 {"unterschrieben", MANDATE_SIGNED},
                 {"zuletzt", MANDATE_LAST_USED},
                 {"mandatsreferenz", MANDATE_REFERENCE}};

    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (strcmp(PARTS[i].field, field) == 0)
            return group->import->order->spec->mandate[PARTS[i].part];
    return STR_NONE;
}

/* Before anything of the line is written. False only when the database failed. */
static bool check_mandate(Tx *tx, const Group *group, Line *line, Err *err)
{
    Date last_use;

    if (!has_mandate(group, line))
        return true;
    MandateOrder order = mandate_of(group, line, &last_use);

    if (mandate_check(tx, &order, last_use, group->arena, err))
        return true;
    if (err->kind != ERR_INPUT)
        return false;
    Str column = column_named(group, err->field);

    mistake(line, group->arena, column, str_copy(group->arena, str_c(err->message)),
            strcmp(err->field, "zuletzt") == 0
                ? STR("Tragen Sie ein, wann zuletzt damit abgebucht wurde, oder lassen Sie das "
                      "Mandat weg.")
                : STR("Berichtigen Sie das Mandat oder lassen Sie es weg."));
    err_clear(err);
    return true;
}

/* Nobody living in the register has it. False only when the database failed. */
static bool check_free(Tx *tx, const Group *group, Line *line, Err *err)
{
    const ImportOrder *order = group->import->order;

    for (size_t i = 0; i < order->spec->unique_count && is_living(group->import, line); i++) {
        Str field = order->spec->unique[i];
        Str text = register_text(order->spec, field, node_get_str(line->data, field), group->arena);
        RegisterCondition condition = {.field = field, .values = &text, .count = 1};
        RegisterEntry *found;
        size_t count = 0;

        if (!text.ptr)
            continue;
        if (!register_find(tx, order->spec, &condition, 1, false, order->today, group->arena,
                           &found, &count, err))
            return false;
        if (count)
            mistake(line, group->arena, field,
                    str_printf(group->arena, "„%.*s“ hat im Register schon: %.*s.", STR_ARG(text),
                               STR_ARG(found[0].title)),
                    STR("Prüfen Sie, ob es derselbe Eintrag ist."));
    }
    return true;
}

static bool put_mandate(Tx *tx, const Group *group, const Line *line, Err *err)
{
    Date last_use;
    Mandate mandate;

    if (!has_mandate(group, line))
        return true;
    MandateOrder order = mandate_of(group, line, &last_use);

    return mandate_put(tx, &order, group->arena, &mandate, err) &&
           (date_absent(last_use) || mandate_used(tx, mandate.id, last_use, err));
}

static bool write_line(Tx *tx, const Group *group, Line *line, Err *err)
{
    Rows *rows = tx_query(tx, group->arena, err,
                          "SELECT hash, entry_id FROM register_import WHERE register = $1 AND "
                          "line_key = $2",
                          P_TEXT(group->import->order->spec->id), P_TEXT(line->key));

    if (!rows)
        return false;
    err_clear(err);
    bool known = rows_next(rows, err);

    if (known) {
        line->entry = row_int(rows, 1);
        line->outcome = str_eq(row_text(rows, 0), line->hash) ? IMPORT_KNOWN : IMPORT_DIFFERENT;
    }
    rows_end(rows);
    if (known || err->kind != ERR_NONE)
        return err->kind == ERR_NONE;
    line->outcome = IMPORT_ADDED;
    if (!check_mandate(tx, group, line, err) || !check_free(tx, group, line, err) ||
        line->mistakes.count)
        return err->kind == ERR_NONE;
    if (add_line(tx, group, line, err))
        return put_mandate(tx, group, line, err);
    if (err->kind != ERR_CONFLICT)
        return false;
    /* Nothing was written: register_add() refuses before it does. */
    mistake(line, group->arena, STR_NONE, str_copy(group->arena, str_c(err->message)),
            STR("Prüfen Sie, ob es den Eintrag schon gibt."));
    err_clear(err);
    return true;
}

static bool write_group(Tx *tx, void *context, Err *err)
{
    Group *group = context;

    for (size_t i = 0; i < group->count; i++)
        if (group->lines[i].mistakes.count == 0 && !write_line(tx, group, &group->lines[i], err))
            return false;
    if (!group->import->order->preview)
        return true;
    group->taken_back = true;
    return err_set(err, ERR_CONFLICT, "a preview writes nothing");
}

/* --- Telling -----------------------------------------------------------------------------------
 */

static void tell(const Import *import, const ImportLine *line)
{
    if (import->order->tell)
        import->order->tell(import->order->context, line);
}

static void tell_line(const Import *import, const Line *line)
{
    ImportLine told = {.line = line->number, .key = line->key, .outcome = IMPORT_WRONG};

    for (size_t i = 0; i < line->mistakes.count; i++) {
        told.field = line->mistakes.items[i].field;
        told.message = line->mistakes.items[i].message;
        told.remedy = line->mistakes.items[i].remedy;
        tell(import, &told);
    }
    import->summary->counts[line->mistakes.count ? IMPORT_WRONG : line->outcome]++;
    if (line->mistakes.count)
        return;
    told.outcome = line->outcome;
    told.entry = import->order->preview && line->outcome == IMPORT_ADDED ? 0 : line->entry;
    if (line->outcome == IMPORT_DIFFERENT) {
        told.message = STR("Diese Zeile wurde schon mit anderem Inhalt eingelesen; der Eintrag "
                           "bleibt, wie er ist.");
        told.remedy = STR("Ändern Sie den Eintrag mit einem Vorgang.");
    }
    tell(import, &told);
}

/* --- The file ----------------------------------------------------------------------------------
 */

/* What the reader says about a broken line, for people. */
static bool csv_fault(const Csv *csv, Err *err)
{
    return err_set(err, ERR_INPUT,
                   "Zeile %d kann nicht gelesen werden: Ein Anführungszeichen steht mitten in "
                   "einem Wert oder ist nicht geschlossen, oder die Zeile hat zu viele Werte. "
                   "Setzen Sie den ganzen Wert in Anführungszeichen und verdoppeln Sie die darin.",
                   csv->line);
}

static bool read_headings(Import *import, Err *err)
{
    Str headings[IMPORT_COLUMNS];
    size_t count;

    if (!csv_next(&import->csv, import->arena, headings, IMPORT_COLUMNS, &count, err))
        return csv_fault(&import->csv, err);
    if (count == 0)
        return err_set(err, ERR_INPUT, "Die Datei ist leer.");
    import->column_count = count;
    if (!import_columns(import->order->spec, headings, count, import->columns, import->arena, err))
        return false;
    import->summary->unused = arena_array(import->arena, Str, count);
    for (size_t i = 0; i < count; i++)
        if (import->columns[i].kind == COLUMN_UNUSED && import->columns[i].heading.len)
            import->summary->unused[import->summary->unused_count++] = import->columns[i].heading;
    return true;
}

static bool blank(const Str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_trim(cells[i]).len)
            return false;
    return true;
}

/* The next lines; none at the end. */
static bool read_group(Import *import, Group *group, Err *err)
{
    Str cells[IMPORT_COLUMNS];
    size_t count = 1;

    *group = (Group){.import = import, .arena = group->arena};
    arena_reset(group->arena);
    group->lines = arena_array(group->arena, Line, GROUP);
    while (group->count < GROUP) {
        if (!csv_next(&import->csv, group->arena, cells, IMPORT_COLUMNS, &count, err))
            return csv_fault(&import->csv, err);
        if (count == 0)
            break;
        if (blank(cells, count))
            continue;
        Line *line = &group->lines[group->count++];

        line->number = import->csv.line;
        if (!read_line(import, line, cells, count, group->arena, err))
            return err_context(err, "line %d", line->number);
        group->any = group->any || line->mistakes.count == 0;
    }
    return true;
}

static bool finish_group(Import *import, Group *group, WriteJob *job)
{
    if (job && !db_write_end(job) && !group->taken_back)
        return false;
    for (size_t i = 0; i < group->count; i++)
        tell_line(import, &group->lines[i]);
    import->summary->lines += (int64_t)group->count;
    return true;
}

/* While one group is written the next is read. */
static bool run_groups(Import *import, Group groups[2], Err *err)
{
    const ImportOrder *order = import->order;
    Err write_err = {0};
    WriteJob *job = NULL;
    bool ok = true;
    int now = 0;

    groups[1].count = 0;
    for (;; now = 1 - now) {
        ok = read_group(import, &groups[now], err);
        if (!finish_group(import, &groups[1 - now], job)) {
            *err = write_err;
            return false;
        }
        job = NULL;
        if (!ok || groups[now].count == 0)
            return ok;
        if (order->progress && !order->progress(order->context, (int64_t)import->csv.at,
                                                (int64_t)import->csv.text.len))
            return err_set(err, ERR_CONFLICT, "Das Einlesen wurde angehalten.");
        err_clear(&write_err);
        if (groups[now].any)
            job = db_write_begin(order->tenant->db, write_group, &groups[now], &write_err);
    }
}

bool register_import(const ImportOrder *order, Arena *arena, ImportSummary *out, Err *err)
{
    Import *import = arena_new(arena, Import);
    Group groups[2] = {{.arena = arena_create(1024 * 1024)}, {.arena = arena_create(1024 * 1024)}};
    Str text;

    *out = (ImportSummary){0};
    import->order = order;
    import->arena = arena;
    import->summary = out;
    bool ok = import_decode(order->bytes, arena, &text, &out->encoding, err);

    if (ok) {
        char separator;
        size_t told = 0;

        if (!import_told_separator(text, &separator, &told))
            separator = import_separator(text);

        out->separator = separator == ';'   ? STR("Semikolon")
                         : separator == ',' ? STR("Komma")
                                            : STR("Tabulator");
        import->csv = csv_read_with(str_slice(text, told, text.len), separator);
        import->csv.next_line += told > 0;
        ok = read_headings(import, err) && run_groups(import, groups, err);
    }
    arena_destroy(groups[0].arena);
    arena_destroy(groups[1].arena);
    return ok;
}
