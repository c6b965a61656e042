/* SPDX-License-Identifier: EUPL-1.2 */
/* Submission: everything that an application means, in one transaction. */
#include "cases/case_link.h"
#include "core/crypto.h"
#include "core/store/file.h"

/* What makes two orders the same: procedure and data. */
static Str order_hash(const SubmitOrder *order, Arena *arena)
{
    Buf text = buf_in(arena);

    buf_addf(&text, "%.*s/%.*s\n", STR_ARG(order->package->id), STR_ARG(order->procedure->id));
    node_write_json_canonical(order->data, &text);
    return crypto_sha256_hex(arena, buf_str(&text));
}

/* --- Uploads ------------------------------------------------------------------------------ */

typedef bool (*UploadFn)(CaseWork *work, Str path, const Node *file, void *context, Err *err);

static bool walk_uploads(CaseWork *work, const FormField *field, const Node *value, Str path,
                         UploadFn fn, void *context, Err *err)
{
    if (node_is_null(value))
        return true;
    if (field->type == FIELD_UPLOAD) {
        for (size_t i = 0; i < value->count; i++)
            if (!fn(work, path, value->items[i], context, err))
                return false;
        return true;
    }
    if (field->type != FIELD_GROUP)
        return true;
    size_t items = field->repeats ? value->count : 1;

    for (size_t i = 0; i < items; i++) {
        const Node *item = field->repeats ? node_at(value, i) : value;

        for (size_t k = 0; k < field->field_count; k++) {
            const FormField *inside = field->fields[k];

            if (inside->type != FIELD_UPLOAD && inside->type != FIELD_GROUP)
                continue;
            Str inside_path = field->repeats ? str_printf(work->arena, "%.*s[%zu].%.*s",
                                                          STR_ARG(path), i, STR_ARG(inside->id))
                                             : str_printf(work->arena, "%.*s.%.*s", STR_ARG(path),
                                                          STR_ARG(inside->id));

            if (!walk_uploads(work, inside, node_get_str(item, inside->id), inside_path, fn,
                              context, err))
                return false;
        }
    }
    return true;
}

static bool keep_upload(CaseWork *work, Str path, const Node *file, void *context, Err *err)
{
    const Str *draft = context;
    Str sha256 = node_get_text(file, "sha256");
    Str owner = case_subject(work->c, work->arena);
    int64_t known = 0;

    if (!tx_query_int(work->tx, err, &known,
                      "SELECT COUNT(*) FROM case_document WHERE case_id = $1 AND sha256 = $2 AND "
                      "path = $3",
                      P_INT(work->c->id), P_TEXT(sha256), P_TEXT(path)))
        return false;
    if (known > 0)
        return true;
    if (!file_add_owner(work->tx, sha256, owner, err))
        return false;
    if (draft->ptr && !file_drop_owner(work->tx, sha256,
                                       str_printf(work->arena, "draft/%.*s", STR_ARG(*draft)), err))
        return false;
    return tx_exec(work->tx, err,
                   "INSERT INTO case_document (case_id, kind, title, sha256, type, size, path, "
                   "created_at, for_citizen) VALUES ($1, 'upload', $2, $3, $4, $5, $6, $7, 0)",
                   P_INT(work->c->id), P_TEXT(node_get_text(file, "name")), P_TEXT(sha256),
                   P_TEXT(node_get_text(file, "type")), P_INT(node_get_i64(file, "size", 0)),
                   P_TEXT(path), P_INT(tx_now(work->tx)));
}

bool case_keep_uploads(CaseWork *work, Str draft_token, Err *err)
{
    const Form *form = work->process->form;

    for (size_t i = 0; i < form->field_count; i++)
        if (!walk_uploads(work, form->fields[i], node_get_str(work->c->data, form->fields[i]->id),
                          form->fields[i]->id, keep_upload, &draft_token, err))
            return false;
    return true;
}

/* --- The row ------------------------------------------------------------------------------------
 */

bool case_write_data(CaseWork *work, Str actor, Err *err)
{
    return tx_exec(work->tx, err,
                   "INSERT INTO case_data (case_id, version, at, actor, data) "
                   "VALUES ($1, $2, $3, $4, $5)",
                   P_INT(work->c->id), P_INT(work->c->data_version), P_INT(tx_now(work->tx)),
                   P_TEXT(actor),
                   P_TEXT(work->parts ? work->parts->json : node_json(work->c->data, work->arena)));
}

static bool insert_case(CaseWork *work, const SubmitOrder *order, Err *err)
{
    const Case *c = work->c;

    return tx_insert(
        work->tx, err, &work->c->id,
        "INSERT INTO cases (number, service, procedure_id, version, state, closed, status_token, "
        "citizen_id, applicant, email, lang, channel, submitted_at, submitted_on, deadline, "
        "assigned_to, data_version, vars, idempotency_key, draft_token, order_hash, "
        "base_url) VALUES "
        "($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 1, '{}', $15, $16, "
        "$17, $18)",
        P_TEXT(c->number), P_TEXT(c->service), P_TEXT(c->procedure), P_TEXT(c->version),
        P_TEXT(work->process->states[0].id), P_TEXT(c->status_token), P_INT(c->citizen_id),
        P_TEXT(c->applicant), P_TEXT(c->email), P_TEXT(c->lang), P_TEXT(c->channel),
        P_INT(c->submitted), P_TEXT(date_iso(work->arena, c->submitted_on)),
        date_absent(c->deadline) ? P_NULL : P_TEXT(date_iso(work->arena, c->deadline)),
        P_TEXT(order->idempotency_key), P_TEXT(order->draft_token), P_TEXT(work->parts->hash),
        P_TEXT(c->base_url));
}

static bool fill_case(CaseWork *work, const SubmitOrder *order, Err *err)
{
    Case *c = work->c;
    const struct SubmitParts *parts = work->parts;

    c->version = order->package->version;
    c->status_token = crypto_token(work->arena, 32);
    c->citizen_id = order->citizen_id;
    c->applicant = parts->applicant;
    c->email = parts->email.ptr ? parts->email : order->email;
    c->lang = order->lang.ptr ? order->lang : STR("de");
    c->channel = order->channel.ptr ? order->channel : STR("portal");
    c->base_url = order->base_url;
    c->submitted = tx_now(work->tx);
    c->submitted_on = order->today;
    c->data_version = 1;
    c->vars = node_map(work->arena);
    if (work->process->deadline_days > 0)
        c->deadline = deadline_after(order->today, work->process->deadline_days,
                                     work->process->deadline_working_days,
                                     tenant_setting(work->tenant, "state"));
    return case_number_next(work->tx, c->service, order->today.year, work->arena, &c->number, err);
}

/* The confirmation mail and the receipt. */
static bool order_receipts(CaseWork *work, const FeelValue *context, Err *err)
{
    if (!case_add_receipt(work, err))
        return false;
    if (work->process->receipt_mail)
        return case_order_letter_mail(work, work->process->receipt_mail, STR("submitted"), context,
                                      err);
    return case_order_notice(work, NOTICE_SUBMITTED, STR("submitted"), err);
}

static bool make_case(CaseWork *work, const SubmitOrder *order, Err *err)
{
    const FeelValue *context;

    work->no_tasks = work->no_findings = true;
    if (!fill_case(work, order, err) || !insert_case(work, order, err) ||
        !case_write_data(work, STR("citizen"), err) ||
        !case_keep_uploads(work, order->draft_token, err) ||
        !case_enter(work, &work->process->states[0], "case.submitted", STR("citizen"), err) ||
        !case_work_context(work, CONTEXT_REVIEW, &context, err) ||
        !case_make_tasks(work, context, err) || !case_context_refresh(work, &context, err) ||
        !case_find(work, context, NULL, err) || !case_index_desk(work, err) ||
        !case_count_received(work, err) || !case_index_keys(work, err))
        return false;
    return order_receipts(work, context, err);
}

void case_submit_prepare(SubmitOrder *order, Arena *arena)
{
    const Form *form = order->procedure->process ? order->procedure->process->form : NULL;
    struct SubmitParts *parts = arena_new(arena, struct SubmitParts);

    if (!form)
        return; /* case_submit() tells what is wrong with the package */
    parts->hash = order_hash(order, arena);
    parts->json = node_json(order->data, arena);
    parts->applicant = case_applicant_name(form, order->data, arena);
    parts->email = case_applicant_email(form, order->data);
    parts->data = feel_from_node(arena, order->data, form->type);
    order->parts = parts;
}

static bool submit(Tx *tx, Tenant *tenant, const SubmitOrder *order, Arena *arena, Case *out,
                   Err *err)
{
    CaseWork work;

    *out = (Case){
        .service = order->package->id, .procedure = order->procedure->id, .data = order->data};
    if (!case_work(&work, tx, tenant, order->package, out, order->today, arena, err))
        return false;
    work.parts = order->parts;
    return make_case(&work, order, err);
}

bool case_submit(Tx *tx, Tenant *tenant, const SubmitOrder *order, Arena *arena, Case *out,
                 Err *err)
{
    SubmitOrder whole = *order;
    Str before = STR_NONE;

    if (!whole.parts)
        case_submit_prepare(&whole, arena);

    if (order->idempotency_key.ptr || order->draft_token.ptr) {
        if (!case_by_key(tx, order->idempotency_key, order->draft_token, arena, out, &before, err))
            return false;
        if (out->id &&
            (order->draft_token.ptr || (whole.parts && str_eq(before, whole.parts->hash))))
            return true;
        if (out->id)
            return err_set(err, ERR_CONFLICT,
                           "Mit diesem Idempotency-Key wurde schon ein anderer Antrag gestellt.");
    }
    return submit(tx, tenant, &whole, arena, out, err);
}
