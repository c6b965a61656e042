/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of an account, for who manages the staff. */
#include "core/page/frame.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "ident/desk_key.html.h"
#include "ident/internal.h"
#include "ident/views.h"

enum { PER_MINUTE = 600 };

static bool staff_id_of(const Request *req, int64_t *id, Err *err)
{
    return (str_to_i64(request_param(req, "id"), id) && *id > 0) ||
           err_set(err, ERR_NOT_FOUND, "Dieses Konto gibt es nicht.");
}

static bool chosen(const Request *req, const char *permission)
{
    Str *values;
    size_t count = request_form_all(req, "rechte", &values);

    for (size_t i = 0; i < count; i++)
        if (str_is(values[i], permission))
            return true;
    return false;
}

static void fill_fields(Request *req, KeyPage *page)
{
    size_t count = 0;

    while (KEY_SCOPES[count].permission)
        count++;
    OptionView *options = arena_array(req->arena, OptionView, count);
    for (size_t i = 0; i < count; i++)
        options[i] = (OptionView){.value = str_c(KEY_SCOPES[i].permission),
                                  .label = str_c(KEY_SCOPES[i].label),
                                  .selected = chosen(req, KEY_SCOPES[i].permission)};
    Str rate = request_form(req, "anfragen");
    FieldView fields[] = {
        {.label = STR("Name"),
         .name = STR("name"),
         .hint = STR("Zum Beispiel: Dokumentenablage"),
         .value = request_form(req, "name"),
         .max_length = 80,
         .width = FIELD_MEDIUM},
        {.label = STR("Was darf das Programm?"),
         .name = STR("rechte"),
         .hint = STR("Nie mehr, als dieses Konto darf."),
         .options = options,
         .option_count = count},
        {.label = STR("Anfragen in der Minute"),
         .name = STR("anfragen"),
         .value = rate.ptr ? rate : str_printf(req->arena, "%d", PER_MINUTE),
         .inputmode = "numeric",
         .width = FIELD_SHORT},
        {.label = STR("Gilt bis"),
         .name = STR("bis"),
         .hint = STR("Zum Beispiel: 31.12.2027"),
         .value = request_form(req, "bis"),
         .optional = true,
         .width = FIELD_SHORT},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fields[i].id = fields[i].name;
        if (page->error.len && str_eq(page->error_field, fields[i].name))
            fields[i].error = page->error;
        page->fields[i] = fields[i];
    }
}

static Str scope_words(Arena *arena, Str scopes)
{
    Buf words = buf_in(arena);

    while (scopes.ptr) {
        Str one = str_trim(str_cut(&scopes, ','));
        for (const KeyScope *scope = KEY_SCOPES; scope->permission; scope++)
            if (str_is(one, scope->permission))
                buf_addf(&words, "%s%s", words.len ? ", " : "", scope->label);
    }
    return buf_str(&words);
}

static bool show(Request *req, Response *res, KeyPage *page, Err *err)
{
    Out out = out_for(req);
    ApiKey *keys;
    Tx *tx;

    if (!staff_id_of(req, &page->staff_id, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    StaffRow staff;
    bool ok = staff_row_by_id(tx, page->staff_id, req->arena, &staff, err) &&
              api_key_list(tx, page->staff_id, req->arena, &keys, &page->count, err);
    tx_end(tx);
    if (!ok)
        return false;
    page->name = staff.staff.name;
    page->keys = keys;
    for (size_t i = 0; i < page->count; i++)
        keys[i].scopes = scope_words(req->arena, keys[i].scopes);
    fill_fields(req, page);
    page_desk_keys(&out, page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Schlüssel für Programme"),
                                  .active = STR("/desk/personal")},
                     out_html(&out));
}

bool desk_key_page(Request *req, Response *res, Err *err)
{
    KeyPage page = {0};

    if (str_is(request_query(req, "getan"), "gesperrt"))
        page.notice = STR("Der Schlüssel ist gesperrt. Er gilt ab sofort nicht mehr.");
    return show(req, res, &page, err);
}

typedef struct Change {
    Request *req;
    ApiKey key;
    Str token;
} Change;

static bool write_add(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    StaffRow row;

    return staff_row_by_id(tx, change->key.staff_id, change->req->arena, &row, err) &&
           api_key_add(tx, &change->key, request_actor(change->req), change->req->arena,
                       &change->token, err);
}

static bool read_key(Request *req, ApiKey *key, Err *err)
{
    Buf scopes = buf_in(req->arena);
    Str until = str_trim(request_form(req, "bis"));

    for (const KeyScope *scope = KEY_SCOPES; scope->permission; scope++)
        if (chosen(req, scope->permission))
            buf_addf(&scopes, "%s%s", scopes.len ? ", " : "", scope->permission);
    key->name = str_trim(request_form(req, "name"));
    key->scopes = buf_str(&scopes);
    str_to_i64(str_trim(request_form(req, "anfragen")), &key->per_minute);
    if (str_empty(until))
        return true;
    if (!date_parse_german(until, &key->expires) || date_compare(key->expires, req->today) < 0)
        return err_field(err, "bis",
                         "Bitte geben Sie einen Tag von heute an, zum Beispiel "
                         "31.12.2027.");
    return true;
}

bool desk_key_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};
    KeyPage page = {0};

    if (!staff_id_of(req, &change.key.staff_id, err))
        return false;
    if (read_key(req, &change.key, err) && db_write(req->tenant->db, write_add, &change, err)) {
        req->form_count = 0; /* the form below is for the next one */
        page.token = change.token;
        return show(req, res, &page, err);
    }
    page.error_field = str_printf(req->arena, "%s", err->field);
    res->status = 422;
    return problem_take(req, err, &page.error) && show(req, res, &page, err);
}

static bool write_revoke(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return api_key_revoke(tx, change->key.staff_id, change->key.id, request_actor(change->req),
                          err);
}

bool desk_key_revoke_post(Request *req, Response *res, Err *err)
{
    Change change = {.req = req};

    if (!staff_id_of(req, &change.key.staff_id, err))
        return false;
    if (!str_to_i64(request_param(req, "schluessel"), &change.key.id))
        return err_set(err, ERR_NOT_FOUND, "Diesen Schlüssel gibt es nicht.");
    return db_write(req->tenant->db, write_revoke, &change, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/personal/%lld/schluessel?getan=gesperrt",
                                       (long long)change.key.staff_id));
}
