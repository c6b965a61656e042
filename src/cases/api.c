/* SPDX-License-Identifier: EUPL-1.2 */
/* The API for applications: the same data as the form, the same checks, a number and a status
 * address. docs/api.md */
#include "cases/api_problem.h"
#include "cases/api_upload.h"
#include "cases/case.h"
#include "cases/cases.h"
#include "cases/process.h"
#include "cases/schema.h"
#include "cases/staff_api.h"
#include "core/crypto.h"
#include "core/page/out.h"

enum { KEY_MAX = 200 };

/* An application with files: three of 20 MB in Base64 fit the server's bound for a body. */
static const NodeLimits API_LIMITS = {64u << 20, 32, 100000};

/* --- Errors ----------------------------------------------------------------------------------- */

static bool refuse_fields(Request *req, Response *res, const FormState *state)
{
    Node *errors = node_list(req->arena);

    for (size_t i = 0; i < state->error_count; i++)
        api_problem_add(req->arena, errors, state->errors[i].path, state->errors[i].rule,
                        state->errors[i].message);
    return api_problem_refuse(req, res, errors);
}

static bool refuse_upload(Request *req, Response *res, const Err *why)
{
    Node *errors = node_list(req->arena);

    api_problem_add(req->arena, errors, str_c(why->field), STR("upload"),
                    str_printf(req->arena, "%s", why->message));
    return api_problem_refuse(req, res, errors);
}

/* --- Applying ------------------------------------------------------------------------------------
 */

typedef struct Applying {
    Request *req;
    const Package *package;
    const Procedure *procedure;
    Node *data;
    Str key;
    ApiUploads uploads;
    FormState state;
    SubmitOrder order;
    Case made;
} Applying;

static bool read_body(Request *req, Response *res, Applying *a, bool *answered)
{
    Err why = {0};
    Str type = req->content_type;

    *answered = true;
    if (!str_eq_nocase(str_trim(str_cut(&type, ';')), STR("application/json")))
        return api_problem_send(req, res, 415, "Bitte senden Sie den Antrag als application/json.",
                                NULL);
    if (a->key.ptr && (a->key.len == 0 || a->key.len > KEY_MAX))
        return api_problem_send(req, res, 400, "Der Idempotency-Key hat 1 bis 200 Zeichen.", NULL);
    a->data = node_parse_json(req->arena, req->body, NULL, &API_LIMITS, &why);
    if (!a->data && why.kind == ERR_TOO_LARGE)
        return api_problem_send(req, res, 413, "Der Antrag ist zu groß.", NULL);
    if (!a->data || a->data->kind != NODE_MAP) {
        Node *errors = node_list(req->arena);
        api_problem_add(req->arena, errors, STR(""), STR("json"),
                        str_c(a->data ? "the body is no JSON object" : err_text(&why, req->arena)));
        return api_problem_send(req, res, 400, "Der Antrag ist kein lesbares JSON.", errors);
    }
    *answered = false;
    return true;
}

static bool evaluate(Applying *a, Err *err)
{
    Request *req = a->req;
    const FeelValue *lookups;
    FeelEnv env = {.now = req->now, .today = req->today};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        case_lookups(tx, a->package, a->procedure, a->data, req->today, req->arena, &lookups, err);
    tx_end(tx);
    FormInput input = {
        .package = a->package,
        .form = a->procedure->form,
        .data = a->data,
        .extra = ok ? lookups : NULL,
        .env = &env,
        .lang = req->lang,
        .strict = true,
    };
    return ok && form_evaluate(&input, req->arena, &a->state, err);
}

static void prepare(Applying *a)
{
    Request *req = a->req;

    a->order = (SubmitOrder){
        .package = a->package,
        .procedure = a->procedure,
        .data = a->state.data,
        .lang = req->lang,
        .channel = STR("api"),
        .idempotency_key = a->key,
        .base_url = request_absolute_url(req, STR("")),
        .today = req->today,
    };
    case_submit_prepare(&a->order, req->arena);
}

static bool write_case(Tx *tx, void *context, Err *err)
{
    Applying *a = context;
    Request *req = a->req;
    Str owner = str_printf(req->arena, "api/%.*s", STR_ARG(crypto_token(req->arena, 16)));
    for (size_t i = 0; i < a->uploads.count; i++)
        if (!file_put(tx, req->tenant, &a->uploads.items[i].info, a->uploads.items[i].bytes, owner,
                      err))
            return false;
    if (!case_submit(tx, req->tenant, &a->order, req->arena, &a->made, err))
        return false;
    /* The case refers to them now. */
    for (size_t i = 0; i < a->uploads.count; i++)
        if (!file_drop_owner(tx, str_c(a->uploads.items[i].info.sha256), owner, err))
            return false;
    return true;
}

static bool answer_created(Request *req, Response *res, const Case *made)
{
    Arena *arena = req->arena;
    Node *node = node_map(arena);
    Str url =
        request_absolute_url(req, str_printf(arena, "/status/%.*s", STR_ARG(made->status_token)));

    node_set(arena, node, STR("caseNumber"), node_string(arena, made->number));
    node_set(arena, node, STR("statusUrl"), node_string(arena, url));
    response_header(res, "Location", url);
    return respond_json(res, 201, node, arena);
}

static bool api_apply(Request *req, Response *res, Err *err)
{
    Applying a = {.req = req, .key = request_header(req, "Idempotency-Key")};
    bool answered;

    a.package = tenant_package(req->tenant, request_param(req, "service"), err);
    if (!a.package)
        return false;
    a.procedure = package_procedure(a.package, request_param(req, "procedure"));
    if (!a.procedure || a.procedure->office.ptr)
        return err_set(err, ERR_NOT_FOUND, "the service has no such procedure");
    if (!read_body(req, res, &a, &answered) || answered)
        return answered;
    if (!api_take_uploads(req->tenant, a.procedure->form, a.data, req->lang, req->arena, &a.uploads,
                          err))
        return err->field[0] ? refuse_upload(req, res, err) : false;
    if (!evaluate(&a, err))
        return false;
    if (a.state.error_count > 0)
        return refuse_fields(req, res, &a.state);
    prepare(&a);
    return db_write(req->tenant->db, write_case, &a, err) && answer_created(req, res, &a.made);
}

/* --- Reading
 * --------------------------------------------------------------------------------------- */

static bool read_case(Request *req, Case *c, const Package **package, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = case_by_status_token(tx, request_param(req, "token"), req->arena, c, err);
    tx_end(tx);
    return ok && (*package = tenant_package_version(req->tenant, c->version, err));
}

static bool api_status(Request *req, Response *res, Err *err)
{
    Arena *arena = req->arena;
    const Package *package;
    Case c;

    if (!read_case(req, &c, &package, err))
        return false;
    const Procedure *procedure = package_procedure(package, c.procedure);
    const State *state = process_state(procedure->process, c.state);
    Node *node = node_map(arena);
    node_set(arena, node, STR("caseNumber"), node_string(arena, c.number));
    node_set(arena, node, STR("service"), node_string(arena, c.service));
    node_set(arena, node, STR("procedure"), node_string(arena, c.procedure));
    node_set(arena, node, STR("state"), node_string(arena, c.state));
    node_set(arena, node, STR("message"), node_string(arena, text_in(state->citizen, req->lang)));
    node_set(arena, node, STR("submitted"), node_string(arena, timestamp_iso(arena, c.submitted)));
    node_set(arena, node, STR("final"), node_bool(arena, state->final));
    return respond_json(res, 200, node, arena);
}

static bool api_document(Request *req, Response *res, Err *err)
{
    const Package *const *packages;
    OpenApiInput input = {
        .title = tenant_title(req->tenant),
        .server = request_absolute_url(req, STR("")),
        .lang = req->lang,
        .today = req->today,
    };

    (void)err;
    input.count = tenant_packages(req->tenant, &packages);
    input.packages = packages;
    return respond_json(res, 200, openapi_document(&input, req->arena), req->arena);
}

static const Route ROUTES[] = {
    {"GET", "/api/openapi.json", api_document, ACCESS_PUBLIC, NULL, ROUTE_API},
    {"POST", "/api/v1/services/:service/:procedure/applications", api_apply, ACCESS_PUBLIC, NULL,
     ROUTE_API | ROUTE_UPLOAD},
    {"GET", "/api/v1/status/:token", api_status, ACCESS_PUBLIC, NULL, ROUTE_API},
    {"GET", "/api/v1/cases", staff_api_cases, ACCESS_STAFF, "case.read", ROUTE_API},
    {"GET", "/api/v1/cases/:id", staff_api_case, ACCESS_STAFF, "case.read", ROUTE_API},
    {"GET", "/api/v1/cases/:id/documents/:dokument", staff_api_document, ACCESS_STAFF, "case.read",
     ROUTE_API},
    {"POST", "/api/v1/cases/:id/actions/:aktion", staff_api_act, ACCESS_STAFF, "case.decide",
     ROUTE_API},
    {"POST", "/api/v1/cases/:id/tasks/:aufgabe", staff_api_task, ACCESS_STAFF, "case.decide",
     ROUTE_API},
    {"POST", "/api/v1/cases/:id/notes", staff_api_note, ACCESS_STAFF, "case.decide", ROUTE_API},
    {"PUT", "/api/v1/cases/:id/assignee", staff_api_assign, ACCESS_STAFF, "case.read", ROUTE_API},
    {"GET", "/api/v1/registers", staff_api_registers, ACCESS_STAFF, "case.read", ROUTE_API},
    {"GET", "/api/v1/registers/:register", staff_api_register, ACCESS_STAFF, "case.read",
     ROUTE_API},
    {"GET", "/api/v1/registers/:register/:eintrag", staff_api_entry, ACCESS_STAFF, "case.read",
     ROUTE_API},
    {"POST", "/api/v1/registers/:register", staff_api_entry_add, ACCESS_STAFF, "register.correct",
     ROUTE_API},
    {"POST", "/api/v1/registers/:register/:eintrag/corrections", staff_api_entry_correct,
     ACCESS_STAFF, "register.correct", ROUTE_API},
    {"POST", "/api/v1/registers/:register/:eintrag/period", staff_api_entry_period, ACCESS_STAFF,
     "register.correct", ROUTE_API},
    {0},
};

const Engine API_ENGINE = {
    .name = "api",
    .routes = ROUTES,
};
