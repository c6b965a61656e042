/* SPDX-License-Identifier: EUPL-1.2 */
/* A register's entries as a file, as they are filtered, at one state of knowledge however long the
 * download takes. Sensitive fields only for who sees them; every export is noted. */
#include "cases/desk_register.h"
#include "core/http/request.h"

enum { PIECE_ROWS = 200 };

typedef struct Export {
    DeskRegister reg;
    RegisterAsked asked;
    const FormField **fields;
    size_t field_count;
    bool json;
    bool begun, ended;
} Export;

typedef struct ExportNote {
    const Request *req;
    const DeskRegister *reg;
    const RegisterAsked *asked;
    Str form;
} ExportNote;

static bool note_export(Tx *tx, void *context, Err *err)
{
    const ExportNote *note = context;

    return tx_exec(tx, err,
                   "INSERT INTO register_export (at, staff_id, register, form, asked, sensitive) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   P_INT(tx_now(tx)), P_INT(note->req->session.staff_id),
                   P_TEXT(note->reg->spec->id), P_TEXT(note->form), P_TEXT(note->asked->words),
                   P_INT(note->reg->sensitive));
}

bool desk_register_note_export(Request *req, const DeskRegister *reg, const char *form,
                               const RegisterAsked *asked, Err *err)
{
    return db_write(req->tenant->db, note_export, &(ExportNote){req, reg, asked, str_c(form)}, err);
}

/* --- CSV ----------------------------------------------------------------------------------------
 */

/* Office programs take a text that begins like a formula for one; telephone numbers and negative
 * numbers are none. */
static bool like_formula(Str text)
{
    if (text.len == 0 || !strchr("=+-@\t\r", text.ptr[0]))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!strchr("0123456789 ,./()-", text.ptr[i]))
            return true;
    return text.ptr[0] == '=' || text.ptr[0] == '@';
}

static void csv_cell(Buf *out, Str text, bool first)
{
    if (!first)
        buf_add_char(out, ';');
    bool plain = true;

    for (size_t i = 0; i < text.len && plain; i++)
        plain = !strchr(";\"\r\n\t", text.ptr[i]);
    if (plain && !like_formula(text)) {
        buf_add(out, text);
        return;
    }
    buf_add_c(out, like_formula(text) ? "\"'" : "\"");
    buf_add(out, str_replace(out->arena, text, STR("\""), STR("\"\"")));
    buf_add_char(out, '"');
}

static void csv_head(const Export *export, Buf *out)
{
    buf_add_c(out, "\xEF\xBB\xBF"
                   "Nummer;Eintrag;gültig ab;gültig bis;grund");
    for (size_t i = 0; i < export->field_count; i++)
        csv_cell(out, desk_register_label(export->fields[i]), false);
    buf_add_c(out, "\r\n");
}

static void csv_row(const Export *export, const RegisterEntry *entry, Buf *out)
{
    Arena *arena = out->arena;
    Date from = export->asked.query.at ? entry->from : entry->begins;

    buf_addf(out, "%lld", (long long)entry->id);
    csv_cell(out, entry->title, false);
    csv_cell(out, date_iso(arena, from), false);
    csv_cell(out, date_absent(entry->until) ? STR("") : date_iso(arena, entry->until), false);
    csv_cell(out, entry->reason, false);
    for (size_t i = 0; i < export->field_count; i++) {
        const FormField *field = export->fields[i];
        const Node *value = node_get_str(entry->data, field->id);
        bool iso = field->type == FIELD_DATE || field->type == FIELD_PARTIAL_DATE;

        csv_cell(out, iso ? node_text(value) : desk_register_value(field, entry->data, arena),
                 false);
    }
    buf_add_c(out, "\r\n");
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static void json_head(const Export *export, Buf *out)
{
    buf_add_c(out, "{\"register\":");
    json_write_string(out, export->reg.spec->id);
    buf_add_c(out, ",\"filter\":");
    json_write_string(out, export->asked.words);
    buf_add_c(out, ",\"knownAt\":");
    json_write_string(out, timestamp_iso(out->arena, export->asked.query.at
                                                         ? export->asked.query.known_at
                                                         : export->asked.query.heads_at));
    buf_add_c(out, ",\"entries\":[");
}

static void json_row(const Export *export, const RegisterEntry *entry, Buf *out)
{
    Arena *arena = out->arena;
    Node *node = node_map(arena);
    Node *data = node_map(arena);
    Date from = export->asked.query.at ? entry->from : entry->begins;

    node_add(arena, node, STR("id"), node_int(arena, entry->id));
    node_add(arena, node, STR("title"), node_string(arena, entry->title));
    node_add(arena, node, STR("from"), node_string(arena, date_iso(arena, from)));
    node_add(arena, node, STR("until"),
             date_absent(entry->until) ? node_null(arena)
                                       : node_string(arena, date_iso(arena, entry->until)));
    node_add(arena, node, STR("reason"),
             entry->reason.ptr ? node_string(arena, entry->reason) : node_null(arena));
    for (size_t i = 0; i < export->field_count; i++) {
        const Node *value = node_get_str(entry->data, export->fields[i]->id);

        if (!node_is_null(value))
            node_add(arena, data, export->fields[i]->id, node_clone(arena, value));
    }
    node_add(arena, node, STR("data"), data);
    node_write_json(node, out);
}

/* --- Piece by piece -----------------------------------------------------------------------------
 */

static bool export_piece(Request *req, Buf *out, void *context, Err *err)
{
    Export *export = context;
    RegisterEntry *entries;
    size_t count;

    if (export->ended)
        return true;
    if (!export->begun) {
        export->json ? json_head(export, out) : csv_head(export, out);
    }
    Tx *tx = db_read(req->tenant->db, err);
    bool ok =
        tx && register_select(tx, &export->asked.query, out->arena, &entries, NULL, &count, err);

    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (export->json) {
            buf_add_c(out, export->begun || i ? ",\n" : "\n");
            json_row(export, &entries[i], out);
        } else {
            csv_row(export, &entries[i], out);
        }
    }
    export->begun = true;
    export->ended = count < PIECE_ROWS;
    if (count)
        export->asked.query.after_row = entries[count - 1].row;
    if (export->ended && export->json)
        buf_add_c(out, "\n]}\n");
    return true;
}

static bool export_begin(Request *req, Response *res, bool json, Err *err)
{
    Export *export = arena_new(req->arena, Export);

    if (!desk_register(req, &export->reg, err))
        return false;
    if (!desk_register_may(req, &export->reg, "register.export"))
        return err_set(err, ERR_FORBIDDEN, "Sie dürfen dieses Register nicht ausgeben.");
    export->json = json;
    desk_register_asked(req, &export->reg, &export->asked);
    if (export->asked.problem.len)
        return err_set(err, ERR_INPUT, "%.*s", STR_ARG(export->asked.problem));
    export->asked.query.sort = REGISTER_BY_AGE;
    export->asked.query.limit = PIECE_ROWS;
    export->asked.query.heads_at = req->now;
    export->fields = arena_array(req->arena, const FormField *, export->reg.spec->field_count);
    for (size_t i = 0; i < export->reg.spec->field_count; i++)
        if (desk_register_shows(&export->reg, export->reg.spec->fields[i]))
            export->fields[export->field_count++] = export->reg.spec->fields[i];
    if (!desk_register_note_export(req, &export->reg, json ? "json" : "csv", &export->asked, err))
        return false;
    Str name = str_printf(req->arena, "%.*s-%.*s.%s", STR_ARG(export->reg.spec->id),
                          STR_ARG(date_iso(req->arena, req->today)), json ? "json" : "csv");

    return respond_pieces(res, req->arena,
                          json ? STR("application/json") : STR("text/csv; charset=utf-8"), name,
                          export_piece, export);
}

bool desk_register_export_csv(Request *req, Response *res, Err *err)
{
    return export_begin(req, res, false, err);
}

bool desk_register_export_json(Request *req, Response *res, Err *err)
{
    return export_begin(req, res, true, err);
}
