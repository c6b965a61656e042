/* SPDX-License-Identifier: EUPL-1.2 */
/* The receipt: what was submitted, page by page, as a letter to the applicant. */
#include "cases/case_store.h"
#include "core/page/out.h"
#include "post/markdown.h"

typedef struct Receipt {
    Buf body;
    Str lang;
    Arena *arena;
} Receipt;

static void write_row(Receipt *receipt, Str label, Str value)
{
    buf_add(&receipt->body, STR("| "));
    markdown_escape(&receipt->body, label);
    buf_add(&receipt->body, STR(" | "));
    markdown_escape(&receipt->body, value);
    buf_add(&receipt->body, STR(" |\n"));
}

/* "Hund 2: Chipnummer" for fields of groups. */
static Str row_label(Receipt *receipt, Str prefix, const FormField *field)
{
    Str label = text_in(field->label, receipt->lang);

    if (str_empty(prefix))
        return label;
    return str_printf(receipt->arena, "%.*s: %.*s", STR_ARG(prefix), STR_ARG(label));
}

static void write_field(Receipt *receipt, const FormField *field, const Node *value, Str prefix)
{
    if (node_is_null(value) || field->type == FIELD_HEADING || field->type == FIELD_NOTE)
        return;
    if (field->type != FIELD_GROUP) {
        write_row(receipt, row_label(receipt, prefix, field),
                  form_value_to_text(field, value, receipt->lang, receipt->arena));
        return;
    }
    size_t items = field->repeats ? value->count : 1;

    for (size_t i = 0; i < items; i++) {
        const Node *item = field->repeats ? value->items[i] : value;
        Str inside = prefix;

        if (field->repeats)
            inside =
                str_printf(receipt->arena, "%.*s %zu",
                           STR_ARG(text_in(field->item_label ? field->item_label : field->label,
                                           receipt->lang)),
                           i + 1);
        for (size_t k = 0; k < field->field_count; k++)
            write_field(receipt, field->fields[k], node_get_str(item, field->fields[k]->id),
                        inside);
    }
}

static void write_page(Receipt *receipt, const FormPage *page, const Node *data)
{
    size_t before = receipt->body.len;

    buf_add(&receipt->body, STR("\n## "));
    markdown_escape(&receipt->body, text_in(page->title, receipt->lang));
    buf_add(&receipt->body, STR("\n\n"));
    write_row(receipt, tr(receipt->lang, "Angabe"), tr(receipt->lang, "Ihre Antwort"));
    buf_add(&receipt->body, STR("|---|---|\n"));
    size_t empty = receipt->body.len;

    for (size_t i = 0; i < page->field_count; i++)
        write_field(receipt, page->fields[i], node_get_str(data, page->fields[i]->id), STR(""));
    if (receipt->body.len == empty)
        receipt->body.len = before;
}

static Str receipt_body(CaseWork *work)
{
    const Case *c = work->c;
    Receipt receipt = {.body = buf_in(work->arena), .lang = c->lang, .arena = work->arena};
    const Form *form = work->process->form;

    buf_add(&receipt.body,
            trf(work->arena, c->lang, "wir haben Ihren Antrag „%.*s“ am %.*s erhalten.",
                STR_ARG(text_in(work->procedure->name, c->lang)),
                STR_ARG(timestamp_long(work->arena, c->submitted, c->lang))));
    buf_add(&receipt.body, STR("\n\n"));
    buf_add(&receipt.body,
            trf(work->arena, c->lang, "Ihre Vorgangsnummer ist %.*s.", STR_ARG(c->number)));
    buf_add_char(&receipt.body, '\n');
    for (size_t i = 0; i < form->page_count; i++)
        write_page(&receipt, &form->pages[i], c->data);
    return buf_str(&receipt.body);
}

/* The data as they were submitted (version 1). */
static bool read_submitted(Tx *tx, Case *c, Arena *arena, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT data FROM case_data WHERE case_id = $1 AND version = 1",
                 P_INT(c->id));

    if (!rows || !rows_next(rows, err))
        return err->kind != ERR_NONE ? false : err_set(err, ERR_INTERNAL, "case without data");
    c->data = node_parse_json(arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err);
    rows_end(rows);
    return c->data != NULL;
}

bool receipt_snapshot(Tenant *tenant, int64_t case_id, Arena *arena, Node **out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    Case *c = arena_new(arena, Case);
    CaseWork work;
    bool ok = tx && case_by_id(tx, case_id, arena, c, err) && read_submitted(tx, c, arena, err);
    const Package *package = ok ? tenant_package_version(tenant, c->version, err) : NULL;

    if (package && case_work(&work, tx, tenant, package, c, c->submitted_on, arena, err)) {
        Str office = package->office_count ? package->offices[0] : STR_NONE;
        Str subject = trf(arena, c->lang, "Eingangsbestätigung %.*s", STR_ARG(c->number));

        *out = case_plain_snapshot(&work, office, subject, receipt_body(&work));
        ok = true;
    } else {
        ok = false;
    }
    if (tx)
        tx_end(tx);
    return ok;
}
