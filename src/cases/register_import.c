/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_import.h"
#include "cases/import_row.h"
#include "core/page/out.h"

static void tell(const Import *import, const ImportLine *line)
{
    if (import->order->tell)
        import->order->tell(import->order->context, line);
}

static void tell_line(const Import *import, const ImportRow *line)
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
        told.message =
            tr(import->lang, "Diese Zeile wurde schon mit anderem Inhalt eingelesen; der "
                             "Eintrag bleibt, wie er ist.");
        told.remedy = tr(import->lang, "Ändern Sie den Eintrag mit einem Vorgang.");
    }
    tell(import, &told);
}

/* What the reader says about a broken line, for people. */
static bool csv_fault(const Import *import, Err *err)
{
    return err_set_in(
        err, ERR_INPUT, import->lang,
        "Zeile %d kann nicht gelesen werden: Ein Anführungszeichen steht mitten in "
        "einem Wert oder ist nicht geschlossen, oder die Zeile hat zu viele Werte. "
        "Setzen Sie den ganzen Wert in Anführungszeichen und verdoppeln Sie die darin.",
        import->csv.line);
}

static bool read_headings(Import *import, Err *err)
{
    Str headings[IMPORT_COLUMNS];
    size_t count;

    if (!csv_next(&import->csv, import->arena, headings, IMPORT_COLUMNS, &count, err))
        return csv_fault(import, err);
    if (count == 0)
        return err_set_in(err, ERR_INPUT, import->lang, "Die Datei ist leer.");
    import->column_count = count;
    if (!import_columns(import->order->spec, headings, count, import->lang, import->columns,
                        import->arena, err))
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
static bool read_group(Import *import, ImportGroup *group, Err *err)
{
    Str cells[IMPORT_COLUMNS];
    size_t count = 1;

    *group = (ImportGroup){.import = import, .arena = group->arena};
    arena_reset(group->arena);
    group->lines = arena_array(group->arena, ImportRow, IMPORT_GROUP);
    while (group->count < IMPORT_GROUP) {
        if (!csv_next(&import->csv, group->arena, cells, IMPORT_COLUMNS, &count, err))
            return csv_fault(import, err);
        if (count == 0)
            break;
        if (blank(cells, count))
            continue;
        ImportRow *line = &group->lines[group->count++];

        line->number = import->csv.line;
        if (!import_row_read(import, line, cells, count, group->arena, err))
            return err_context(err, "Zeile %d", line->number);
        group->any = group->any || line->mistakes.count == 0;
    }
    return true;
}

static bool finish_group(Import *import, ImportGroup *group, WriteJob *job)
{
    if (job && !db_write_end(job) && !group->taken_back)
        return false;
    for (size_t i = 0; i < group->count; i++)
        tell_line(import, &group->lines[i]);
    import->summary->lines += (int64_t)group->count;
    return true;
}

/* While one group is written the next is read. */
static bool run_groups(Import *import, ImportGroup groups[2], Err *err)
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
            return err_set_in(err, ERR_CONFLICT, import->lang, "Das Einlesen wurde angehalten.");
        err_clear(&write_err);
        if (groups[now].any)
            job = db_write_begin(order->tenant->db, import_group_write, &groups[now], &write_err);
    }
}

bool register_import(const ImportOrder *order, Arena *arena, ImportSummary *out, Err *err)
{
    Import *import = arena_new(arena, Import);
    ImportGroup groups[2] = {{.arena = arena_create(1024 * 1024)},
                             {.arena = arena_create(1024 * 1024)}};
    Str text;

    *out = (ImportSummary){0};
    import->order = order;
    import->lang = order->lang.ptr ? order->lang : STR("de");
    import->arena = arena;
    import->summary = out;
    bool ok = import_decode(order->bytes, import->lang, arena, &text, &out->encoding, err);

    if (ok) {
        char separator;
        size_t told = 0;

        if (!import_told_separator(text, &separator, &told))
            separator = import_separator(text);

        out->separator = separator == ';'   ? tr(import->lang, "Semikolon")
                         : separator == ',' ? tr(import->lang, "Komma")
                                            : tr(import->lang, "Tabulator");
        import->csv = csv_read_with(str_slice(text, told, text.len), separator);
        import->csv.next_line += told > 0;
        ok = read_headings(import, err) && run_groups(import, groups, err);
    }
    import_keys_free(&import->seen);
    arena_destroy(groups[0].arena);
    arena_destroy(groups[1].arena);
    return ok;
}
