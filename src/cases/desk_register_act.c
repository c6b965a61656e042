/* SPDX-License-Identifier: EUPL-1.2 */
/* What somebody wants to write into a register and another person must approve. */
#include "cases/desk_register_hand.h"

#include "base/utf8.h"
#include "cases/desk_register_hand.html.h"
#include "core/http/request.h"

ActLink desk_act_link(const DeskRegister *reg, Tx *tx, const RegisterAct *act, Arena *arena)
{
    RegisterEntry head;
    Err err = {0};
    bool there =
        act->entry_id && register_by_id(tx, reg->spec->id, act->entry_id, arena, &head, &err);

    return (ActLink){
        .path =
            str_printf(arena, "%.*s/berichtigungen/%lld", STR_ARG(reg->path), (long long)act->id),
        .what = hand_what(act, arena),
        .title = there ? head.title : reg->name,
        .who = str_printf(arena, "%.*s, %.*s", STR_ARG(desk_staff_name(tx, act->by, arena)),
                          STR_ARG(timestamp_long(arena, act->at, STR("de"))))};
}

Str desk_act_notice(Str done)
{
    return str_is(done, "eingetragen")       ? STR("Es ist eingetragen.")
           : str_is(done, "vorgeschlagen")   ? STR("Es ist vorgeschlagen. Eine andere Person muss "
                                                     "zustimmen.")
           : str_is(done, "zurueckgenommen") ? STR("Der Vorschlag ist zurückgenommen.")
           : str_is(done, "zurueckgegeben")  ? STR("Der Vorschlag ist zurückgegeben.")
                                             : STR_NONE;
}

static bool find(Request *req, Tx *tx, Hand *hand, RegisterAct *act, Err *err)
{
    int64_t id = 0;

    *hand = (Hand){.req = req};
    str_to_i64(request_param(req, "berichtigung"), &id);
    if (!desk_register(req, &hand->reg, err))
        return false;
    if (!desk_register_may(req, &hand->reg, "register.correct"))
        return err_set(err, ERR_FORBIDDEN, "In diesem Register dürfen Sie nichts berichtigen.");
    return register_act_by_id(tx, hand->reg.spec->id, id, req->arena, act, err);
}

static Str answer_of(const RegisterAct *act)
{
    return act->answer.len ? act->answer : STR("(ohne Worte)");
}

static Str outcome_of(Tx *tx, Arena *arena, const RegisterAct *act)
{
    Str who = desk_staff_name(tx, act->decided_by, arena);
    Str when = timestamp_long(arena, act->decided_at, STR("de"));

    if (str_is(act->status, "done"))
        return str_printf(arena, "%.*s hat zugestimmt, %.*s. Es ist eingetragen.", STR_ARG(who),
                          STR_ARG(when));
    if (str_is(act->status, "withdrawn"))
        return STR("Der Vorschlag ist zurückgenommen.");
    return str_printf(arena, "%.*s hat den Vorschlag zurückgegeben: %.*s", STR_ARG(who),
                      STR_ARG(answer_of(act)));
}

static Str act_path(const Hand *hand, int64_t id)
{
    return str_printf(hand->req->arena, "%.*s/berichtigungen/%lld", STR_ARG(hand->reg.path),
                      (long long)id);
}

/* The form on which it was made. */
static Str resume_path(const Hand *hand, const RegisterAct *act)
{
    Arena *arena = hand->req->arena;
    long long id = act->id, entry = act->entry_id;

    if (act->kind == ACT_NEW)
        return str_printf(arena, "%.*s/neu?aus=%lld", STR_ARG(hand->reg.path), id);
    return str_printf(arena, "%.*s/%lld/%s?aus=%lld", STR_ARG(hand->reg.path), entry,
                      act->kind == ACT_PERIOD ? "zeitraum" : "berichtigen", id);
}

/* Where it goes on, and what it goes on from. */
static bool load_series(Tx *tx, const Hand *hand, const RegisterAct *act, ActPage *page, Err *err)
{
    RegisterAct before;
    Err none = {0};
    int64_t next = 0;

    page->droppable = str_is(act->status, "returned") && act->by == hand->req->session.staff_id;
    if (page->droppable && register_act_resumable(act, act->by, &none))
        page->resume_path = resume_path(hand, act);
    if (!tx_query_int(tx, err, &next, "SELECT MAX(id) FROM register_act WHERE follows = $1",
                      P_INT(act->id)))
        return false;
    if (next)
        page->next_path = act_path(hand, next);
    if (!act->follows)
        return true;
    if (register_act_by_id(tx, hand->reg.spec->id, act->follows, hand->req->arena, &before, err)) {
        page->before_path = act_path(hand, before.id);
        page->before = answer_of(&before);
        return true;
    }
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err); /* its time was over */
    return true;
}

static bool load(Request *req, Hand *hand, RegisterAct *act, ActPage *page, RegisterEntry *head,
                 Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    *head = (RegisterEntry){0};
    bool ok = find(req, tx, hand, act, err) &&
              (!act->entry_id ||
               register_by_id(tx, hand->reg.spec->id, act->entry_id, req->arena, head, err));

    if (ok) {
        page->by = desk_staff_name(tx, act->by, req->arena);
        page->open = str_is(act->status, "open");
        if (!page->open)
            page->outcome = outcome_of(tx, req->arena, act);
        ok = load_series(tx, hand, act, page, err);
    }
    tx_end(tx);
    return ok;
}

/* What would change now; that it cannot any more is told, not an error. */
static bool preview(Hand *hand, const RegisterAct *act, ActPage *page, Err *err)
{
    if (!page->open)
        return true;
    if (hand_try_act(hand, act, err)) {
        page->tried = hand;
        if (!page->entry_title.ptr)
            page->entry_title = hand->title;
        return true;
    }
    Str problem;

    if (!problem_take(hand->req, err, &problem))
        return false;
    if (!page->problem.ptr)
        page->problem = problem;
    return true;
}

static bool note_look(Request *req, const Hand *hand, const RegisterAct *act,
                      const RegisterEntry *head, Err *err)
{
    const char *purpose = "Vorschlag zum Registereintrag angesehen";

    return head->id ? desk_register_note_look(req, &hand->reg, head, purpose, err)
                    : desk_register_note_act(req, &hand->reg, act->id, purpose, err);
}

static bool show(Request *req, Response *res, Str problem, Err *err)
{
    ActPage page = {.problem = problem};
    Out out = out_for(req);
    RegisterEntry head;
    RegisterAct act;
    Hand hand;

    if (!load(req, &hand, &act, &page, &head, err) || !note_look(req, &hand, &act, &head, err))
        return false;
    page.title =
        act.kind == ACT_NEW ? STR("Vorschlag: neuer Eintrag") : STR("Vorschlag: Berichtigung");
    page.entry_title = head.title;
    if (!preview(&hand, &act, &page, err))
        return false;
    page.register_name = hand.reg.name;
    page.register_path = hand.reg.path;
    page.entry_path =
        head.id ? str_printf(req->arena, "%.*s/%lld", STR_ARG(hand.reg.path), (long long)head.id)
                : STR_NONE;
    page.path = req->path;
    page.at = timestamp_long(req->arena, act.at, STR("de"));
    page.reason = act.reason.ptr ? act.reason : STR("Der Grund ist gelöscht.");
    page.what = hand_what(&act, req->arena);
    page.mine = act.by == req->session.staff_id;
    if (problem.ptr)
        res->status = 409;
    page_desk_act(&out, &page);
    return desk_register_send(req, res, page.title, &out);
}

bool desk_act_page(Request *req, Response *res, Err *err)
{
    return show(req, res, STR_NONE, err);
}

typedef struct Verdict {
    Request *req;
    bool approve;
    Str answer;
    RegisterAct act;
    Str register_path;
} Verdict;

static bool decide(Tx *tx, void *context, Err *err)
{
    Verdict *verdict = context;
    Request *req = verdict->req;
    Hand hand;

    if (!find(req, tx, &hand, &verdict->act, err))
        return false;
    RegisterChange change = hand_change(&hand);

    verdict->register_path = hand.reg.path;
    if (verdict->approve)
        return register_act_approve(tx, &change, &verdict->act, req->session.staff_id, req->arena,
                                    err);
    if (utf8_blank(verdict->answer) && verdict->act.by != req->session.staff_id)
        return err_set(err, ERR_INPUT, "Bitte schreiben Sie, warum Sie ihn zurückgeben.");
    return register_act_return(tx, hand.reg.spec->id, &verdict->act, req->session.staff_id,
                               verdict->answer, change.actor, err);
}

bool desk_act_post(Request *req, Response *res, Err *err)
{
    Verdict verdict = {.req = req,
                       .approve = !str_empty(request_form(req, "zustimmen")),
                       .answer = str_trim(request_form(req, "grund"))};

    if (verdict.answer.len > 4000)
        return show(req, res, STR("Ihr Grund ist zu lang."), err);
    if (db_write(req->tenant->db, decide, &verdict, err)) {
        const char *done = verdict.approve                           ? "eingetragen"
                           : str_is(verdict.act.status, "withdrawn") ? "zurueckgenommen"
                                                                     : "zurueckgegeben";
        Str path = verdict.act.entry_id
                       ? str_printf(req->arena, "%.*s/%lld", STR_ARG(verdict.register_path),
                                    (long long)verdict.act.entry_id)
                       : verdict.register_path;

        return respond_redirect(req, res,
                                str_printf(req->arena, "%.*s?getan=%s", STR_ARG(path), done));
    }
    Str problem;

    return problem_take(req, err, &problem) && show(req, res, problem, err);
}
