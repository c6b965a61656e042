/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists, and what a program does with a case. */
#include "cases/staff_api.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "cases/api_problem.h"
#include "cases/case_json.h"
#include "cases/desk_act.h"
#include "cases/desk_work.h"
#include "core/http/known.h"

enum { LIMIT = 50, LIMIT_MAX = 200 };

/* --- Reading -------------------------------------------------------------------------------------
 */

static Node *row_node(Arena *arena, const Case *c)
{
    Node *node = node_map(arena);

    node_set(arena, node, STR("id"), node_int(arena, c->id));
    case_json_brief(c, arena, node);
    staff_api_set_date(arena, node, "deadline", c->deadline);
    if (c->assigned_to)
        node_set(arena, node, STR("assignedTo"), node_int(arena, c->assigned_to));
    node_set(arena, node, STR("closed"), node_bool(arena, c->closed));
    return node;
}

static bool read_limit(const Request *req, int64_t *limit, Err *err)
{
    Str text = request_query(req, "limit");

    *limit = LIMIT;
    if (!text.ptr || (str_to_i64(text, limit) && *limit > 0 && *limit <= LIMIT_MAX))
        return true;
    return err_field(err, "limit", "limit must be a whole number from 1 to %d", LIMIT_MAX);
}

static bool check_slips(const ListFilter *filter, Err *err)
{
    const ListSlip *first = filter->slips;

    return filter->slip_count == 0 ||
           err_field(err, first->name, "\"%.*s\" is not known here; known are %.*s",
                     STR_ARG(first->value), STR_ARG(first->known));
}

static bool list_cases(Request *req, Tx *tx, int64_t limit, Node *answer, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    ListFilter filter;
    ListScope scope;
    ListWalk walk;

    if (!list_filter_read(req, tx, &scope, &filter, err) || !check_slips(&filter, err) ||
        !list_walk(tx, req, &filter, &scope, (size_t)limit, &walk, err))
        return false;
    for (size_t i = 0; i < walk.count; i++) {
        Case c;
        if (!case_by_id(tx, walk.ids[i], arena, &c, err))
            return false;
        node_append(arena, list, row_node(arena, &c));
    }
    node_set(arena, answer, STR("cases"), list);
    node_set(arena, answer, STR("total"), node_int(arena, walk.total));
    node_set(arena, answer, STR("totalIsLeast"), node_bool(arena, walk.capped));
    node_set_text(arena, answer, "next", walk.next);
    return true;
}

bool staff_api_cases(Request *req, Response *res, Err *err)
{
    static const char *const NAMES[] = {"ansicht", "amt",  "leistung", "verfahren", "stand",
                                        "aufgabe", "wer",  "frist",    "wartet",    "hinweise",
                                        "von",     "bis",  "kanal",    "sprache",   "sortierung",
                                        "suche",   "nach", "limit",    NULL};
    Node *answer = node_map(req->arena);
    int64_t limit;
    Tx *tx;

    if (!query_known(req, NAMES, err) || !read_limit(req, &limit, err) ||
        !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = list_cases(req, tx, limit, answer, err);
    tx_end(tx);
    return ok && respond_json(res, 200, answer, req->arena);
}

/* The case after whatever was done, and note that it was read. */
static bool answer_case(Request *req, Response *res, Err *err)
{
    DeskCase desk;
    Node *node;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = desk_case(req, tx, &desk, err) && staff_api_case_node(req, tx, &desk, &node, err);
    tx_end(tx);
    return ok && desk_note_access(req, &desk.c, "über die Schnittstelle gelesen", err) &&
           respond_json(res, 200, node, req->arena);
}

bool staff_api_case(Request *req, Response *res, Err *err)
{
    return answer_case(req, res, err);
}

bool staff_api_document(Request *req, Response *res, Err *err)
{
    return desk_document_page(req, res, err);
}

/* --- Doing
 * -----------------------------------------------------------------------------------------
 */

/* The works of the pages read forms: a value of the body as a field of one. */
static bool body_as_form(Request *req, const char *key, const char *field, Err *err)
{
    const Node *body = staff_api_body(req, (const char *const[]){key, NULL}, err);
    const Node *value = body ? node_get(body, key) : NULL;

    if (!body)
        return false;
    if (node_is_null(value) || (value->kind != NODE_STRING && value->kind != NODE_NUMBER))
        return err_field(err, key, "\"%s\" is missing", key);
    if (!utf8_valid_text(node_text(value)))
        return err_field(err, key, "\"%s\" holds a control character", key);
    req->form = arena_new(req->arena, Field);
    *req->form = (Field){str_c(field), node_text(value)};
    req->form_count = 1;
    return true;
}

static bool do_work(Request *req, Response *res, WorkFn run, Err *err)
{
    Work work = {.req = req, .run = run};

    return desk_work_write(&work, err) && answer_case(req, res, err);
}

bool staff_api_task(Request *req, Response *res, Err *err)
{
    return body_as_form(req, "result", "ergebnis", err) && do_work(req, res, desk_work_task, err);
}

bool staff_api_note(Request *req, Response *res, Err *err)
{
    return body_as_form(req, "text", "text", err) && do_work(req, res, desk_add_note, err);
}

/* 0: nobody. */
bool staff_api_assign(Request *req, Response *res, Err *err)
{
    return body_as_form(req, "staff", "konto", err) && do_work(req, res, desk_assign_case, err);
}

/* --- Deciding
 * ----------------------------------------------------------------------------------------
 */

static bool refuse(Request *req, Response *res, const FormState *state)
{
    Node *errors = node_list(req->arena);

    for (size_t i = 0; i < state->error_count; i++)
        api_problem_add(req->arena, errors,
                        str_printf(req->arena, "entry.%.*s", STR_ARG(state->errors[i].path)),
                        state->errors[i].rule, state->errors[i].message);
    return api_problem_refuse(req, res, errors);
}

/* As the page asks for a tick: a box would stand in the letter. */
static bool refuse_signs(Request *req, Response *res, Str signs)
{
    Node *errors = node_list(req->arena);

    api_problem_add(req->arena, errors, STR("acceptUnprintable"), STR("unprintable"),
                    str_printf(req->arena,
                               "%.*s Auf dem Papier steht an seiner Stelle ein Kasten. Lassen Sie "
                               "die Schreibweise berichtigen, oder senden Sie "
                               "\"acceptUnprintable\": true, wenn der Brief so hinausgehen soll.",
                               STR_ARG(signs)));
    return api_problem_refuse(req, res, errors);
}

static Str case_path(const Acting *acting)
{
    return str_printf(acting->req->arena, "/api/v1/cases/%.*s", STR_ARG(acting->desk.c.number));
}

static bool prepare(Request *req, Acting *acting, FormState *state, bool *seen, Err *err)
{
    static const char *const KNOWN[] = {"entry", "basis", "acceptUnprintable", NULL};
    const Node *body = staff_api_body(req, KNOWN, err);
    const Node *entry = body ? node_get(body, "entry") : NULL;
    Tx *tx;

    *state = (FormState){0};
    if (!body)
        return false;
    const Node *accept = node_get(body, "acceptUnprintable");

    if (entry && entry->kind != NODE_MAP)
        return err_field(err, "entry", "\"entry\" must be a JSON object");
    if (accept && accept->kind != NODE_BOOL)
        return err_field(err, "acceptUnprintable", "\"acceptUnprintable\" must be true or false");
    *seen = accept && accept->boolean;
    *acting = (Acting){.req = req,
                       .id = request_param(req, "aktion"),
                       .basis = node_get_text(body, "basis"),
                       .strict = true,
                       .entry = entry ? (Node *)entry : node_map(req->arena)};
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = acting_find(acting, tx, err) &&
              (!str_empty(acting->basis) || staff_api_no_basis(err, "case", case_path(acting))) &&
              (!acting->action->entry || acting_evaluate(acting, tx, state, err));
    tx_end(tx);
    return ok && (acting->action->entry || acting->entry->count == 0 ||
                  err_field(err, "entry", "nothing is entered for this decision"));
}

bool staff_api_act(Request *req, Response *res, Err *err)
{
    Acting acting;
    FormState state;
    bool seen = false;

    if (!prepare(req, &acting, &state, &seen, err))
        return false;
    if (state.error_count)
        return refuse(req, res, &state);
    if (!acting_try(&acting, err))
        return false;
    Str signs = acting_signs(&acting);

    if (signs.ptr && !seen)
        return refuse_signs(req, res, signs);
    if (!acting_commit(&acting, err))
        return acting.outdated && staff_api_moved_on(err, "case", acting.basis, case_path(&acting));
    if (!answer_case(req, res, err))
        return false;
    /* Two people decide: what was done is a proposal. */
    res->status = acting.needs_second ? 202 : 200;
    return true;
}
