/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing into a register for programs: the same checks, the same second person as at the desk. */
#include "cases/api_problem.h"
#include "cases/desk_register_hand.h"
#include "cases/staff_api.h"

#include <string.h>

static Str entry_path(const Hand *hand)
{
    return str_printf(hand->req->arena, "/api/v1/registers/%.*s/%lld", STR_ARG(hand->reg.spec->id),
                      (long long)hand->head.id);
}

static bool read_day(const Node *body, const char *key, Date *out, Err *err)
{
    const Node *value = node_get(body, key);

    if (node_is_null(value))
        return true;
    if (value->kind != NODE_STRING || !date_parse_iso(value->text, out))
        return err_field(err, key, "\"%s\" must be a day such as \"2027-03-01\"", key);
    return true;
}

static bool read_text(const Node *body, const char *key, Str *out, Err *err)
{
    const Node *value = node_get(body, key);

    *out = STR_NONE;
    if (node_is_null(value))
        return true;
    if (value->kind != NODE_STRING)
        return err_field(err, key, "\"%s\" must be a text", key);
    *out = str_trim(value->text);
    return true;
}

/* A word that looks like a yes must never write. */
static bool read_yes(const Node *body, const char *key, bool *out, Err *err)
{
    const Node *value = node_get(body, key);

    *out = !node_is_null(value) && value->kind == NODE_BOOL && value->boolean;
    return node_is_null(value) || value->kind == NODE_BOOL ||
           err_field(err, key, "\"%s\" must be true or false", key);
}

/* What the caller looked at: `version` of the answer that gives the entry. Without it a change that
 * came in between would be overwritten unseen. */
static bool read_basis(Hand *hand, const Node *body, Err *err)
{
    const Node *value = node_get(body, "basis");

    if (hand->fresh)
        return !value || err_field(err, "basis", "a new entry rests on none: leave \"basis\" out");
    if (node_is_null(value) || value->kind != NODE_NUMBER ||
        !str_to_i64(value->text, &hand->act.basis))
        return staff_api_no_basis(err, "entry", entry_path(hand));
    return true;
}

/* Fields that the account may not write are as unknown as those that are not there. */
static bool take_values(Hand *hand, const Node *values, Err *err)
{
    if (hand->period)
        return !values || err_field(err, "values", "only the days are changed here");
    if (!values || values->kind != NODE_MAP)
        return err_field(err, "values",
                         "\"values\" must be a JSON object of the register's fields");
    for (size_t i = 0; i < values->count; i++) {
        bool known = false;

        for (size_t k = 0; k < hand->field_count; k++)
            known = known || str_eq(hand->fields[k]->id, values->keys[i]);
        if (!known)
            return err_field(
                err, arena_printf(hand->req->arena, "values.%.*s", STR_ARG(values->keys[i])),
                "the register has no such field that you may write");
        node_set(hand->req->arena, hand->data, values->keys[i],
                 node_clone(hand->req->arena, values->items[i]));
    }
    return true;
}

static bool read_body(Hand *hand, bool *preview, Err *err)
{
    Request *req = hand->req;
    static const char *const KNOWN[] = {"kind",      "values", "basis",   "from", "until",
                                        "endReason", "reason", "preview", NULL};
    const Node *body = staff_api_body(req, KNOWN, err);
    Str kind;

    if (!body || !read_basis(hand, body, err) || !read_text(body, "kind", &kind, err) ||
        !read_day(body, "from", &hand->act.from, err) ||
        !read_day(body, "until", &hand->act.until, err) ||
        !read_text(body, "endReason", &hand->act.end_reason, err) ||
        !read_text(body, "reason", &hand->act.reason, err))
        return false;
    if (!hand->fresh && !hand->period &&
        (!register_act_kind(kind, &hand->act.kind) || hand->act.kind == ACT_NEW ||
         hand->act.kind == ACT_PERIOD))
        return err_field(err, "kind", "\"kind\" is changed, wrong or span");
    return read_yes(body, "preview", preview, err) &&
           take_values(hand, node_get(body, "values"), err);
}

static bool refuse(Hand *hand, Response *res)
{
    Arena *arena = hand->req->arena;
    Node *errors = node_list(arena);

    for (size_t i = 0; i < hand->errors.count; i++) {
        const HandError *error = &hand->errors.items[i];
        api_problem_add(arena, errors,
                        error->own ? error->field
                                   : str_printf(arena, "values.%.*s", STR_ARG(error->field)),
                        error->rule, error->message);
    }
    return api_problem_refuse(hand->req, res, errors);
}

static Node *change_node(Arena *arena, const EntryChange *change)
{
    Node *node = node_map(arena);

    node_set_text(arena, node, "label", change->label);
    node_set_text(arena, node, "before", change->before);
    node_set_text(arena, node, "now", change->now);
    return node;
}

/* What the register would say, in words, as the desk shows it. */
static bool answer_preview(const Hand *hand, Response *res)
{
    Arena *arena = hand->req->arena;
    Node *answer = node_map(arena), *stretches = node_list(arena);
    const EntryEvent *event = hand->event_count ? &hand->events[0] : NULL;

    node_set_text(arena, answer, "what", event ? event->title : STR(""));
    for (size_t i = 0; event && i < event->stretch_count; i++) {
        Node *stretch = node_map(arena), *changes = node_list(arena);

        node_set_text(arena, stretch, "valid", event->stretches[i].valid);
        for (size_t k = 0; k < event->stretches[i].change_count; k++)
            node_append(arena, changes, change_node(arena, &event->stretches[i].changes[k]));
        node_set(arena, stretch, STR("changes"), changes);
        node_append(arena, stretches, stretch);
    }
    node_set(arena, answer, STR("stretches"), stretches);
    node_set(arena, answer, STR("twoPeople"), node_bool(arena, hand->second));
    return respond_json(res, 200, answer, arena);
}

/* What changed in between is told with the place and what to do. */
static bool conflict(const Hand *hand, Err *err)
{
    if (err->kind != ERR_CONFLICT || strcmp(err->field, "basis") != 0)
        return false;
    return staff_api_moved_on(err, "entry",
                              str_printf(hand->req->arena, "%lld", (long long)hand->act.basis),
                              entry_path(hand));
}

static bool write_hand(Request *req, Response *res, bool fresh, bool period, Err *err)
{
    Hand hand;
    bool preview = false;

    /* Whatever the answer is, it tells of what stands there: mistakes, conflicts, a preview. */
    if (!hand_open(req, fresh, period, (Date){0}, 0, &hand, err) ||
        !read_body(&hand, &preview, err) ||
        (!fresh && !desk_register_note_look(req, &hand.reg, &hand.head,
                                            "über die Schnittstelle gelesen", err)) ||
        !hand_check(&hand, err))
        return false;
    if (hand.errors.count)
        return refuse(&hand, res);
    if (!hand_try(&hand, err))
        return conflict(&hand, err);
    if (preview)
        return answer_preview(&hand, res);
    if (!hand_commit(&hand, err))
        return conflict(&hand, err);
    if (!hand.second)
        return staff_api_entry_answer(req, res, fresh ? 201 : 200, hand.act.entry_id, fresh, err);
    Node *answer = node_map(req->arena);

    node_set(req->arena, answer, STR("proposal"), node_int(req->arena, hand.act.id));
    return respond_json(res, 202, answer, req->arena);
}

bool staff_api_entry_add(Request *req, Response *res, Err *err)
{
    return write_hand(req, res, true, false, err);
}

bool staff_api_entry_correct(Request *req, Response *res, Err *err)
{
    return write_hand(req, res, false, false, err);
}

bool staff_api_entry_period(Request *req, Response *res, Err *err)
{
    return write_hand(req, res, false, true, err);
}
