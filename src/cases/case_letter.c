/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters and receipts. What they say is fixed when they are ordered, in a snapshot beside the
 * document's row; the PDF is made from it outside the transaction: a letter's by an effect, a
 * receipt's when it is first asked for. */
#include "cases/case_store.h"
#include "cases/run_store.h"
#include "core/folder.h"
#include "core/mailbox.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/work/work.h"
#include "post/letter.h"

/* --- Snapshots --------------------------------------------------------------------------- */

static Node *text_list(Arena *arena, const Str *items, size_t count)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < count; i++)
        node_append(arena, list, node_string(arena, items[i]));
    return list;
}

static void add_line(Arena *arena, Node *list, const char *what, Str value)
{
    if (!str_empty(value))
        node_append(arena, list,
                    node_string(arena, str_printf(arena, "%s%.*s", what, STR_ARG(value))));
}

/* How the office is reached: the letter's information block. */
static Node *contact_lines(Arena *arena, const Node *office)
{
    Node *list = node_list(arena);

    add_line(arena, list, "", text_in(node_get(office, "name"), STR("de")));
    add_line(arena, list, "", node_get_text(office, "street"));
    add_line(arena, list, "", text_in(node_get(office, "room"), STR("de")));
    add_line(arena, list, "Telefon ", node_get_text(office, "phone"));
    add_line(arena, list, "", node_get_text(office, "email"));
    return list;
}

/* The head of letters from the tenant's settings `letter`, `arms` and `offices`. */
Node *case_letter_head(CaseWork *work, Str office)
{
    const Node *settings = work->tenant->settings;
    const Node *letter = node_get(settings, "letter");
    const Node *desk = node_get_str(node_get(settings, "offices"), office);
    Str town = node_get_text(letter, "town");
    Node *head = node_map(work->arena);

    node_set(work->arena, head, STR("town"),
             node_string(work->arena, town.ptr ? town : tenant_title(work->tenant)));
    node_set(work->arena, head, STR("office"),
             node_string(work->arena, text_in(node_get(desk, "name"), STR("de"))));
    node_set(work->arena, head, STR("sender_line"),
             node_string(work->arena, node_get_text(letter, "sender_line")));
    node_set(work->arena, head, STR("contact"), contact_lines(work->arena, desk));
    if (node_get(letter, "footer"))
        node_set(work->arena, head, STR("footer"),
                 node_clone(work->arena, node_get(letter, "footer")));
    node_set(work->arena, head, STR("arms"),
             node_string(work->arena, tenant_setting(work->tenant, "arms")));
    return head;
}

static Node *snapshot(CaseWork *work, Str office, Str lang, Str subject, Str body)
{
    Node *out = node_map(work->arena);
    Str lines[CASE_ADDRESS_LINES];
    size_t count = work->recipient_count;

    if (count)
        memcpy(lines, work->recipient, sizeof lines);
    else
        count = case_recipient(work->process->form, work->c->data, work->arena, lines);
    node_set(work->arena, out, STR("head"), case_letter_head(work, office));
    node_set(work->arena, out, STR("lang"), node_string(work->arena, lang));
    node_set(work->arena, out, STR("subject"), node_string(work->arena, subject));
    node_set(work->arena, out, STR("recipient"), text_list(work->arena, lines, count));
    node_set(work->arena, out, STR("date"),
             node_string(work->arena, date_iso(work->arena, work->today)));
    node_set(work->arena, out, STR("sign"), node_string(work->arena, work->c->number));
    node_set(work->arena, out, STR("body"), node_string(work->arena, body));
    return out;
}

/* The GiroCode of the last charge that is not paid: needs the town's account (`money`). */
Node *case_letter_giro(CaseWork *work, const FeelValue *charges)
{
    for (size_t i = feel_list_count(charges); i-- > 0;) {
        const FeelValue *charge = feel_list_at(charges, i);
        int64_t cents;

        if (!feel_to_cents(feel_context_get(charge, STR("open")), &cents) || cents <= 0 ||
            !feel_is_null(feel_context_get(charge, STR("mandate"))))
            continue; /* paid, or collected */
        if (str_empty(tenant_setting(work->tenant, "money.iban")))
            return NULL;
        Node *giro = node_map(work->arena);
        Str payee = tenant_setting(work->tenant, "money.creditor");
        Str bic = tenant_setting(work->tenant, "money.bic");
        Str reference =
            feel_to_text(work->arena, feel_context_get(charge, STR("payment_reference")));

        node_set(work->arena, giro, STR("name"),
                 node_string(work->arena, payee.ptr ? payee : tenant_title(work->tenant)));
        node_set(work->arena, giro, STR("iban"),
                 node_string(work->arena,
                             str_replace(work->arena, tenant_setting(work->tenant, "money.iban"),
                                         STR(" "), STR(""))));
        node_set(work->arena, giro, STR("bic"), node_string(work->arena, bic.ptr ? bic : STR("")));
        node_set(work->arena, giro, STR("cents"), node_int(work->arena, cents));
        node_set(work->arena, giro, STR("reference"), node_string(work->arena, reference));
        return giro;
    }
    return NULL;
}

/* Which parts could be written anew, what was, by whom and when. */
static void note_edits(CaseWork *work, const LetterEdits *edits, Node *shot)
{
    Arena *arena = work->arena;
    bool changed = false;

    for (size_t i = 0; i < edits->count; i++)
        changed = changed || edits->items[i].changed;
    if (edits->count)
        node_set(arena, shot, STR("edits"), letter_edits_node(edits, arena));
    if (!changed)
        return;
    node_set(arena, shot, STR("edited_by"), node_string(arena, work->editor));
    node_set(arena, shot, STR("edited_at"),
             node_string(arena, timestamp_iso(arena, tx_now(work->tx))));
}

bool case_write_letter(CaseWork *work, const LetterTemplate *letter, const LetterText *text,
                       const FeelValue *context, const FeelValue *charges, LetterDraft *out,
                       Err *err)
{
    LetterEdits edits = {.changes = work->edits, .letter = work->letters};

    context = feel_context_put(work->arena, context, STR("charges"), charges);
    out->lang = text->lang;
    if (!text_render(text->subject, text->lang, context, &work->env, TEXT_PLAIN, work->arena,
                     &out->subject, err) ||
        !text_render_edited(text->body, text->lang, context, &work->env, TEXT_MARKDOWN, &edits,
                            work->arena, &out->body, err))
        return err->kind == ERR_INTERNAL ? err_context(err, "letter %.*s", STR_ARG(letter->id))
                                         : false;
    Node *shot = snapshot(work, letter->office, text->lang, out->subject, out->body);
    Node *giro = letter->giro ? case_letter_giro(work, charges) : NULL;

    node_set(work->arena, shot, STR("template"), node_string(work->arena, letter->id));
    if (giro)
        node_set(work->arena, shot, STR("giro"), giro);
    note_edits(work, &edits, shot);
    out->snapshot = shot;
    return true;
}

/* --- Ordering -------------------------------------------------------------------------------- */

/* A letter's row, and the effect that makes its PDF. */
static bool order_document(CaseWork *work, Str title, const Node *shot, Err *err)
{
    int64_t id = 0;
    Node *payload = node_map(work->arena);

    if (!tx_insert(work->tx, err, &id,
                   "INSERT INTO case_document (case_id, kind, title, type, size, created_at, "
                   "for_citizen, snapshot, protected_office) VALUES ($1, 'letter', $2, "
                   "'application/pdf', 0, $3, 1, $4, $5)",
                   P_INT(work->c->id), P_TEXT(title), P_INT(tx_now(work->tx)),
                   P_TEXT(node_json(shot, work->arena)), P_TEXT(work->protected_office)))
        return false;
    node_set(work->arena, payload, STR("document"), node_int(work->arena, id));
    if (work->announce.ptr)
        node_set(work->arena, payload, STR("announce"), node_string(work->arena, work->announce));
    EffectOrder order = {.kind = "letter",
                         .key = str_printf(work->arena, "document/%lld", (long long)id),
                         .subject = case_subject(work->c, work->arena),
                         .payload = payload};

    return effect_order(work->tx, &order, err);
}

bool case_order_letter(CaseWork *work, const LetterTemplate *letter, const FeelValue *context,
                       const FeelValue *charges, Err *err)
{
    for (size_t i = 0; i < letter->text_count; i++) {
        LetterDraft draft;

        if (i > 0 && !str_eq(letter->texts[i].lang, work->c->lang))
            continue;
        if (!case_write_letter(work, letter, &letter->texts[i], context, charges, &draft, err) ||
            !order_document(work, draft.subject, draft.snapshot, err))
            return false;
        work->letters++;
    }
    return true;
}

Node *case_plain_snapshot(CaseWork *work, Str office, Str subject, Str body)
{
    return snapshot(work, office, work->c->lang, subject, body);
}

bool case_order_plain_letter(CaseWork *work, Str office, Str subject, Str body, Err *err)
{
    return order_document(work, subject, snapshot(work, office, work->c->lang, subject, body), err);
}

/* --- Letters that other rooms order (core/mailbox.h) --------------------------------------------
 */

/* The case that the subject names, with its package. */
static bool subject_work(Tx *tx, Tenant *tenant, Str subject, Arena *arena, CaseWork *work, Case *c,
                         Err *err)
{
    int64_t id;

    if (!str_starts_with(subject, "case/") || !str_to_i64(str_slice(subject, 5, subject.len), &id))
        return err_set(err, ERR_NOT_FOUND, "%.*s is no case", STR_ARG(subject));
    if (!case_by_id(tx, id, arena, c, err))
        return false;
    const Package *package = tenant_package_version(tenant, c->version, err);

    return package &&
           case_work(work, tx, tenant, package, c, date_in_berlin(tx_now(tx)), arena, err);
}

bool case_letter_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                         Err *err)
{
    CaseWork work;
    Case c;

    if (str_starts_with(subject, "charge/"))
        return run_notice_address(tx, tenant, subject, arena, out, err);
    if (!subject_work(tx, tenant, subject, arena, &work, &c, err))
        return false;
    out->count = case_recipient(work.process->form, work.c->data, arena, out->lines);
    return out->count >= 3 || /* name, street, town */
           err_set(err, ERR_NOT_FOUND, "%.*s has no complete address", STR_ARG(subject));
}

bool case_letter_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Err *err)
{
    CaseWork work;
    Case c;

    if (str_starts_with(letter->subject, "charge/"))
        return run_notice_send(tx, tenant, letter, arena, err);
    if (!subject_work(tx, tenant, letter->subject, arena, &work, &c, err))
        return false;
    Node *shot = snapshot(&work, letter->office, STR("de"), letter->title, letter->body);

    if (letter->giro)
        node_set(arena, shot, STR("giro"), node_clone(arena, letter->giro));
    return order_document(&work, letter->title, shot, err);
}

bool case_add_receipt(CaseWork *work, Err *err)
{
    Str title =
        trf(work->arena, work->c->lang, "Eingangsbestätigung %.*s", STR_ARG(work->c->number));

    return tx_exec(work->tx, err,
                   "INSERT INTO case_document (case_id, kind, title, type, size, created_at, "
                   "for_citizen, snapshot) VALUES ($1, 'receipt', $2, 'application/pdf', 0, $3, 1, "
                   "'{\"version\":1}')",
                   P_INT(work->c->id), P_TEXT(title), P_INT(tx_now(work->tx)));
}

/* --- Making the PDF -----------------------------------------------------------------------------
 */

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

bool letter_from_snapshot(Tenant *tenant, const Node *shot, Arena *arena, Str *pdf, Err *err)
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

bool case_letter_check(Tenant *tenant, const Node *shot, Arena *arena, Err *err)
{
    Str pdf;
    Str subject = node_get_text(shot, "subject");
    Str to = recipient_text(arena, node_get(shot, "recipient"));

    if (letter_from_snapshot(tenant, shot, arena, &pdf, err))
        return true;
    if (err->kind != ERR_INPUT)
        return false;
    if (strcmp(err->field, "recipient") == 0)
        return err_set(err, ERR_INPUT,
                       "Name und Anschrift sind zu lang für das Anschriftfeld des Briefs: %.*s. "
                       "Bitte lassen Sie sie berichtigen.",
                       (int)(to.len < 800 ? to.len : 800), to.ptr);
    if (strcmp(err->field, "subject") == 0)
        return err_set(err, ERR_INPUT, "Der Betreff des Briefs ist zu lang.");
    Str why = str_copy(arena, str_c(err->message));
    return err_set(err, ERR_INPUT, "Der Brief „%.*s“ kann so nicht gedruckt werden (%.*s).",
                   STR_ARG(subject), STR_ARG(why));
}

/* --- Effects
 * ---------------------------------------------------------------------------------------- */

typedef struct DocumentRow {
    int64_t id, case_id;
    Str sha256, title, snapshot;
} DocumentRow;

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
        err_set(err, ERR_INTERNAL, "document %lld is gone", (long long)id);
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
    int64_t made = 0;

    if (!tx_query_int(tx, err, &made,
                      "SELECT COUNT(*) FROM case_document WHERE id = $1 AND sha256 IS NOT NULL",
                      P_INT(store->row->id)))
        return false;
    if (made)
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
                       err))
        return false;
    if (row.sha256.ptr)
        return true;
    Node *shot = node_parse_json(run->arena, row.snapshot, NULL, &NODE_LIMITS_PACKAGE, err);

    return shot && make_document(run->tenant, run->arena, &row, shot,
                                 node_get_text(run->payload, "announce"), err);
}

/* --- Receipts -------------------------------------------------------------------------------- */

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
