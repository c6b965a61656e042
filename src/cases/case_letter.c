/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters and receipts. What they say is fixed when they are ordered, in a snapshot beside the
 * document's row, from which case_letter_make.c makes the PDF. */
#include "cases/case_store.h"
#include "cases/run_store.h"
#include "core/mailbox.h"
#include "core/page/out.h"
#include "core/work/work.h"

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

/* The GiroCode of the last charge of which something is to be transferred: needs the town's account
 * (`money`). */
Node *case_letter_giro(CaseWork *work, const FeelValue *charges)
{
    for (size_t i = feel_list_count(charges); i-- > 0;) {
        const FeelValue *charge = feel_list_at(charges, i);
        int64_t cents;

        if (!feel_to_cents(feel_context_get(charge, STR("transfer")), &cents) || cents <= 0)
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

#define DOCUMENT "document/"

/* A letter's row, and the effect that makes its PDF; `*name` (may be NULL) is the effect's key. */
static bool order_document(CaseWork *work, Str title, const Node *shot, Str *name, Err *err)
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
                         .key = str_printf(work->arena, DOCUMENT "%lld", (long long)id),
                         .subject = case_subject(work->c, work->arena),
                         .payload = payload};

    if (name)
        *name = order.key;
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
            !order_document(work, draft.subject, draft.snapshot, NULL, err))
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
    return order_document(work, subject, snapshot(work, office, work->c->lang, subject, body), NULL,
                          err);
}

/* --- Letters that other rooms order (core/mailbox.h) --------------------------------------------
 */

/* The case that the subject names, with its package. */
static bool subject_work(Tx *tx, Tenant *tenant, Str subject, Arena *arena, CaseWork *work, Case *c,
                         Err *err)
{
    int64_t id;

    if (!str_starts_with(subject, "case/") || !str_to_i64(str_slice(subject, 5, subject.len), &id))
        return err_set(err, ERR_NOT_FOUND, "„%.*s“ ist kein Vorgang.", STR_ARG(subject));
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
           err_set(err, ERR_NOT_FOUND, "Die Anschrift im Vorgang %.*s ist nicht vollständig.",
                   STR_ARG(c.number));
}

bool case_letter_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                      Err *err)
{
    CaseWork work;
    Case c;

    if (str_starts_with(letter->subject, "charge/"))
        return run_notice_send(tx, tenant, letter, arena, name, err);
    if (!subject_work(tx, tenant, letter->subject, arena, &work, &c, err))
        return false;
    Node *shot = snapshot(&work, letter->office, STR("de"), letter->title, letter->body);

    if (letter->giro)
        node_set(arena, shot, STR("giro"), node_clone(arena, letter->giro));
    return order_document(&work, letter->title, shot, name, err);
}

bool case_letter_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err)
{
    int64_t id = 0, gone = 0;

    if (!str_starts_with(name, DOCUMENT))
        return run_notice_take_back(tx, name, arena, taken, err);
    str_to_i64(str_slice(name, strlen(DOCUMENT), name.len), &id);
    /* With its PDF it lies in the mailbox. */
    if (!tx_exec_count(tx, err, &gone,
                       "DELETE FROM case_document WHERE id = $1 AND kind = 'letter' AND "
                       "sha256 IS NULL",
                       P_INT(id)))
        return false;
    *taken = gone > 0;
    return !*taken || effect_cancel(tx, name, NULL, err);
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
