/* SPDX-License-Identifier: EUPL-1.2 */
/* The same events for whoever would rather fetch them: GET /api/v1/events?after=N. */
#include "hooks/hook.h"

#include "core/http/known.h"

enum { PAGE = 100, PAGE_MAX = 1000 };

static bool number(const Request *req, const char *name, int64_t otherwise, int64_t least,
                   int64_t most, int64_t *out, Err *err)
{
    Str text = request_query(req, name);

    *out = otherwise;
    if (!text.ptr || (str_to_i64(text, out) && *out >= least && *out <= most))
        return true;
    return err_field(err, name, "%s must be a whole number from %lld to %lld", name,
                     (long long)least, (long long)most);
}

/* A position that this town has not reached yet comes from other data, for example from before a
 * backup was put back: whoever waited for it would miss what happens until then. */
static bool check_position(Tx *tx, int64_t after, Err *err)
{
    int64_t newest = 0;

    return tx_query_int(tx, err, &newest, "SELECT MAX(id) FROM event") &&
           (after <= newest ||
            err_field(err, "after",
                      "after lies behind the last event, which is %lld; the position comes from "
                      "other data: take up from there, and read anew what was kept since",
                      (long long)newest));
}

bool hook_api_events(Request *req, Response *res, Err *err)
{
    static const char *const NAMES[] = {"after", "limit", "types", NULL};
    Str types = request_query(req, "types");
    Node *events = NULL, *answer = node_map(req->arena);
    int64_t after, limit, last = 0;

    if (!query_known(req, NAMES, err) || !number(req, "after", 0, 0, INT64_MAX, &after, err) ||
        !number(req, "limit", PAGE, 1, PAGE_MAX, &limit, err))
        return false;
    if (!hook_types_valid(types))
        return err_field(err, "types", "types must be like case.*,charge.paid");
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    bool ok =
        check_position(tx, after, err) &&
        cloud_events(tx, req->tenant, after, types, (size_t)limit, req->arena, &events, &last, err);
    tx_end(tx);
    if (!ok)
        return false;
    node_set(req->arena, answer, STR("events"), events);
    node_set(req->arena, answer, STR("next"), node_int(req->arena, last));
    return respond_json(res, 200, answer, req->arena);
}
