/* SPDX-License-Identifier: EUPL-1.2 */
/* The PDF of a letter or a receipt, made from its snapshot outside of the transaction: a letter's
 * by an effect, a receipt's when it is first asked for. */
#include "cases/case_store.h"
#include "core/folder.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/work/work.h"
#include "post/letter.h"

static size_t read_texts(const Node *list, Str *out, size_t limit)
{
    size_t count = 0;

    for (size_t i = 0; list && i < list->count && count < limit; i++)
        out[count++] = node_text(list->items[i]);
    return count;
}

/* The arms lie in the tenant's folder; a letter goes without them when the file is missing. */
static Str read_arms(Tenant *tenant, Str name, Arena *arena)
{
    Str bytes = STR("");
    Err err;

    if (!str_empty(name) && str_find_char(name, '/') < 0)
        folder_read_file(arena_printf(arena, "%.*s/%.*s", STR_ARG(tenant->folder), STR_ARG(name)),
                         4 * 1024 * 1024, arena, &bytes, &err);
    return bytes;
}

static bool render(Tenant *tenant, const Node *shot, Arena *arena, Str *pdf, Err *err)
{
    const Node *head_node = node_get(shot, "head");
    const Node *giro_node = node_get(shot, "giro");
    LetterHead head = {.town = node_get_text(head_node, "town"),
                       .office = node_get_text(head_node, "office"),
                       .sender_line = node_get_text(head_node, "sender_line"),
                       .arms_png = read_arms(tenant, node_get_text(head_node, "arms"), arena)};
    Letter letter = {.lang = node_get_text(shot, "lang"),
                     .subject = node_get_text(shot, "subject"),
                     .our_sign = node_get_text(shot, "sign"),
                     .body = node_get_text(shot, "body"),
                     .author = head.town};
    GiroCode giro;

    head.contact_count = read_texts(node_get(head_node, "contact"), head.contact, 12);
    head.footer_count = read_texts(node_get(head_node, "footer"), head.footer, 4);
    letter.recipient_count = read_texts(node_get(shot, "recipient"), letter.recipient, 6);
    date_parse_iso(node_get_text(shot, "date"), &letter.date);
    if (giro_node) {
        giro = (GiroCode){.name = node_get_text(giro_node, "name"),
                          .iban = node_get_text(giro_node, "iban"),
                          .bic = node_get_text(giro_node, "bic"),
                          .cents = node_get_i64(giro_node, "cents", 0),
                          .reference = node_get_text(giro_node, "reference")};
        letter.giro = &giro;
    }
    return letter_render(&head, &letter, arena, pdf, err);
}

static Str recipient_text(Arena *arena, const Node *lines)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; lines && i < lines->count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(node_text(lines->items[i])));
    return out.len ? buf_str(&out) : STR("");
}

#define HEAD "Eine Angabe im Briefkopf ist zu lang oder lässt sich nicht drucken."
#define GIRO "Sein GiroCode lässt sich nicht zeichnen. Vielleicht ist das Konto falsch eingestellt."

/* What is wrong with a letter, by the part that post/ names. */
static const struct {
    const char *part, *german;
} WRONG[] = {
    {"subject", "Der Betreff des Briefs ist zu lang oder fehlt."},
    {"body", "Sein Text ist zu lang oder hat Zeichen, die sich nicht drucken lassen."},
    {"pages", "Er hat zu viele Seiten."},
    {"row", "Die Zeile einer Tabelle ist höher als eine Seite."},
    {"arms", "Das Wappen ist kein lesbares Bild im Format PNG oder zu groß."},
    {"town", HEAD},
    {"office", HEAD},
    {"sender_line", HEAD},
    {"our_sign", HEAD},
    {"author", HEAD},
    {"contact", HEAD},
    {"footer", HEAD},
    {"giro", GIRO},
    {"name", GIRO},
    {"iban", GIRO},
    {"bic", GIRO},
    {"cents", GIRO},
    {"reference", GIRO},
};

static bool refuse(const Node *shot, Arena *arena, Err *err)
{
    Str subject = node_get_text(shot, "subject");
    Str to = recipient_text(arena, node_get(shot, "recipient"));
    const char *why = "Bitte geben Sie das der Betreuung des Programms weiter.";

    if (err->kind != ERR_INPUT)
        return false;
    if (strcmp(err->field, "recipient") == 0)
        return err_set(err, ERR_INPUT,
                       "Name und Anschrift sind zu lang für das Anschriftfeld des Briefs: %.*s. "
                       "Bitte lassen Sie sie berichtigen.",
                       (int)(to.len < 800 ? to.len : 800), to.ptr);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (strcmp(err->field, WRONG[i].part) == 0)
            why = WRONG[i].german;
    return err_set(err, ERR_INPUT, "Der Brief „%.*s“ kann so nicht gedruckt werden. %s",
                   (int)(subject.len < 400 ? subject.len : 400), subject.ptr, why);
}

bool letter_from_snapshot(Tenant *tenant, const Node *shot, Arena *arena, Str *pdf, Err *err)
{
    return render(tenant, shot, arena, pdf, err) || refuse(shot, arena, err);
}

bool case_letter_check(Tenant *tenant, const Node *shot, Arena *arena, Err *err)
{
    Str pdf;

    return letter_from_snapshot(tenant, shot, arena, &pdf, err);
}

/* --- Effects
 * ---------------------------------------------------------------------------------------- */

typedef struct DocumentRow {
    int64_t id, case_id;
    Str sha256, title, snapshot;
} DocumentRow;

/* ERR_NOT_FOUND: there is none any more. */
static bool read_document(Tenant *tenant, int64_t id, Arena *arena, DocumentRow *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT case_id, sha256, title, snapshot FROM case_document "
                          "WHERE id = $1",
                          P_INT(id));
    bool found = rows && rows_next(rows, err);

    if (found)
        *out = (DocumentRow){id, row_int(rows, 0), row_text(rows, 1), row_text(rows, 2),
                             row_text(rows, 3)};
    tx_end(tx);
    if (!found && err->kind == ERR_NONE)
        err_set(err, ERR_NOT_FOUND, "Diesen Brief gibt es nicht mehr.");
    return found;
}

typedef struct StoreDocument {
    Tenant *tenant;
    const DocumentRow *row;
    FileInfo info;
    Str pdf;
    Str announce; /* key of the mail that tells of it, or STR_NONE */
    Arena *arena;
} StoreDocument;

/* The letters of one action share a key, so that one mail tells of all. */
static bool announce(Tx *tx, const StoreDocument *store, Err *err)
{
    Case c;
    CaseWork work = {.tx = tx, .tenant = store->tenant, .c = &c, .arena = store->arena};

    return !store->announce.ptr || (case_by_id(tx, store->row->case_id, store->arena, &c, err) &&
                                    case_order_notice(&work, NOTICE_POST, store->announce, err));
}

static bool store_document(Tx *tx, void *context, Err *err)
{
    const StoreDocument *store = context;
    Str owner = str_printf(store->arena, "case/%lld", (long long)store->row->case_id);
    Node *data = node_map(store->arena);
    int64_t wanted = 0;

    if (!tx_query_int(tx, err, &wanted,
                      "SELECT COUNT(*) FROM case_document WHERE id = $1 AND sha256 IS NULL AND "
                      "snapshot = $2",
                      P_INT(store->row->id), P_TEXT(store->row->snapshot)))
        return false;
    if (!wanted) /* somebody else made it, or it was taken back */
        return true;
    node_set(store->arena, data, STR("document"), node_int(store->arena, store->row->id));
    node_set(store->arena, data, STR("sha256"),
             node_string(store->arena, str_c(store->info.sha256)));
    return file_put(tx, store->tenant, &store->info, store->pdf, owner, err) &&
           tx_exec(tx, err, "UPDATE case_document SET sha256 = $2, size = $3 WHERE id = $1",
                   P_INT(store->row->id), P_TEXT(str_c(store->info.sha256)),
                   P_INT(store->info.size)) &&
           event_add(tx, "case.document", owner, STR("system"), data, err) &&
           announce(tx, store, err);
}

/* Make the PDF of a document and put it into the case. Done once; a second try finds it done. */
static bool make_document(Tenant *tenant, Arena *arena, const DocumentRow *row, const Node *shot,
                          Str announced, Err *err)
{
    StoreDocument store = {.tenant = tenant, .row = row, .announce = announced, .arena = arena};
    Str name = str_printf(arena, "%.*s.pdf", STR_ARG(row->title));

    if (!letter_from_snapshot(tenant, shot, arena, &store.pdf, err) ||
        !file_prepare(tenant, store.pdf, str_replace(arena, name, STR("/"), STR("-")), NULL, arena,
                      &store.info, err))
        return false;
    return db_write(tenant->db, store_document, &store, err);
}

bool effect_letter(EffectRun *run, Err *err)
{
    DocumentRow row;

    if (!read_document(run->tenant, node_get_i64(run->payload, "document", 0), run->arena, &row,
                       err)) {
        if (err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err); /* it was taken back */
        return true;
    }
    if (row.sha256.ptr)
        return true;
    Node *shot = node_parse_json(run->arena, row.snapshot, NULL, &NODE_LIMITS_PACKAGE, err);

    return shot && make_document(run->tenant, run->arena, &row, shot,
                                 node_get_text(run->payload, "announce"), err);
}

/* Only few applicants ever open their receipt, so it is made when somebody first does. From then
 * on it stays as it was. */
static bool make_receipt(Tenant *tenant, int64_t case_id, int64_t id, Arena *arena, Str *pdf,
                         Err *err)
{
    DocumentRow row;
    Node *shot;
    Tx *tx;

    if (!receipt_snapshot(tenant, case_id, arena, &shot, err) ||
        !read_document(tenant, id, arena, &row, err) ||
        !make_document(tenant, arena, &row, shot, STR_NONE, err))
        return false;
    /* Somebody else may have been faster: everybody sees the one that is kept. */
    if (!read_document(tenant, id, arena, &row, err) || !(tx = db_read(tenant->db, err)))
        return false;
    bool ok = file_read(tx, tenant, row.sha256, arena, pdf, err);

    tx_end(tx);
    return ok;
}

bool case_document_bytes(Tenant *tenant, int64_t case_id, const Document *document, Arena *arena,
                         Str *bytes, Err *err)
{
    if (!document->sha256.ptr)
        return make_receipt(tenant, case_id, document->id, arena, bytes, err);
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = file_read(tx, tenant, document->sha256, arena, bytes, err);

    tx_end(tx);
    return ok;
}
