/* SPDX-License-Identifier: EUPL-1.2 */
/* One line of the file: its cells as the values of fields, and what is wrong with them. */
#include "cases/import_row.h"
#include "base/vec.h"
#include "cases/form.h"
#include "core/page/out.h"

Str import_label(const RegisterSpec *spec, Str field)
{
    for (size_t i = 0; i < spec->form->field_count; i++)
        if (str_eq(spec->form->fields[i]->id, field))
            return text_in(spec->form->fields[i]->label, STR("de"));
    return field;
}

void import_mistake(ImportRow *line, Arena *arena, Str field, Str message, Str remedy)
{
    VEC_PUSH(arena, &line->mistakes, (ImportMistake){field, message, remedy});
}

static void read_day(const Import *import, ImportRow *line, Arena *arena,
                     const ImportColumn *column, Str cell, Date *out)
{
    if (!date_parse_german(cell, out) || out->year < 1000)
        import_mistake(line, arena, column->heading,
                       trf(arena, import->lang, "„%.*s“ ist kein Tag.", STR_ARG(cell)),
                       tr(import->lang, "Schreiben Sie den Tag so: 1.3.2027 oder 2027-03-01."));
}

static Str remedy_of(const FormError *error, Str cell, Str lang, Arena *arena)
{
    if (str_is(error->rule, "required"))
        return tr(lang, "Tragen Sie den Wert ein.");
    if (!str_is(error->rule, "option"))
        return tr(lang, "Berichtigen Sie den Wert und lesen Sie die Datei noch einmal ein.");
    Str near = error->field ? import_near(error->field, cell, arena) : STR_NONE;

    return near.ptr ? trf(arena, lang, "Meinen Sie %.*s?", STR_ARG(near))
                    : tr(lang, "Schreiben Sie einen Wert oder eine Bezeichnung aus der Liste des "
                               "Feldes.");
}

static void form_mistake(const Import *import, ImportRow *line, const FormError *error,
                         const Node *raw, Arena *arena)
{
    Str cell = error->field ? node_text(node_get_str(raw, error->field->id)) : STR_NONE;
    Str message = str_is(error->rule, "option") && cell.ptr
                      ? trf(arena, import->lang, "„%.*s“ steht nicht in der Liste.", STR_ARG(cell))
                      : error->message;

    import_mistake(line, arena,
                   error->field ? text_in(error->field->label, STR("de")) : error->path, message,
                   remedy_of(error, cell, import->lang, arena));
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
static bool check_data(const Import *import, ImportRow *line, const Node *raw, Arena *arena,
                       Err *err)
{
    FeelEnv env = {.today = import->order->today,
                   .now = timestamp_of_berlin_day(import->order->today)};
    FormInput input = {.package = import->order->package,
                       .form = import->order->spec->form,
                       .data = raw,
                       .env = &env,
                       .lang = import->lang};
    FormState state;

    if (!form_evaluate(&input, arena, &state, err))
        return false;
    for (size_t i = 0; i < state.error_count; i++) {
        const FormField *field = state.errors[i].field;

        if (field && field->internal && state.error_count > 1)
            continue; /* follows from the others */
        form_mistake(import, line, &state.errors[i], raw, arena);
    }
    line->columns = state.data;
    line->data = fields_alone(import->order->spec, state.data, arena);
    return true;
}

static bool read_cells(Import *import, ImportRow *line, const Str *cells, size_t count,
                       Arena *arena, Err *err)
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
        case COLUMN_FROM: read_day(import, line, arena, column, cell, &line->from); break;
        case COLUMN_UNTIL: read_day(import, line, arena, column, cell, &line->until); break;
        case COLUMN_REASON: line->reason = cell; break;
        case COLUMN_UNUSED: break;
        }
    }
    line->raw = raw;
    return check_data(import, line, raw, arena, err);
}

bool import_row_read(Import *import, ImportRow *line, const Str *cells, size_t count, Arena *arena,
                     Err *err)
{
    if (count > import->column_count)
        import_mistake(line, arena, STR_NONE,
                       trf(arena, import->lang, "Die Zeile hat %zu Werte, die Überschrift nur %zu.",
                           count, import->column_count),
                       tr(import->lang, "Setzen Sie Werte, in denen das Trennzeichen vorkommt, in "
                                        "Anführungszeichen."));
    if (!read_cells(import, line, cells, count, arena, err))
        return false;
    import_key_check(import, line, arena);
    import_unique_check(import, line, arena);
    if (date_absent(line->from))
        line->from = import->order->today;
    if (!date_absent(line->until) && date_compare(line->until, line->from) < 0)
        import_mistake(line, arena, STR("gültig bis"),
                       tr(import->lang, "Das Ende liegt vor dem Beginn."),
                       tr(import->lang, "Prüfen Sie beide Tage."));
    return true;
}
