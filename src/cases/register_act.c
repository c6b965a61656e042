/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_act.h"

#include "core/store/event.h"

#include <assert.h>
#include <stdio.h>

static const char *const WORDS[ACT_KINDS] = {"new", "changed", "wrong", "span", "period"};

const char *register_act_word(ActKind kind)
{
    return WORDS[kind];
}

bool register_act_kind(Str word, ActKind *out)
{
    for (int i = 0; i < ACT_KINDS; i++)
        if (str_is(word, WORDS[i])) {
            *out = (ActKind)i;
            return true;
        }
    return false;
}

bool register_act_basis(Tx *tx, Str register_id, int64_t entry_id, int64_t *out, Err *err)
{
    return tx_query_int(tx, err, out,
                        "SELECT MAX(row_id) FROM register_entry WHERE entry_id = $1 AND "
                        "register = $2",
                        P_INT(entry_id), P_TEXT(register_id));
}

/* --- Doing ------------------------------------------------------------------------------------ */

/* The stretches of today's knowledge, by valid time. */
static bool read_line(Tx *tx, const RegisterChange *change, int64_t id, Arena *arena,
                      RegisterEntry **out, size_t *count, Err *err)
{
    RegisterEntry *rows;
    size_t all, kept = 0;

    if (!register_history(tx, id, arena, &rows, &all, err))
        return false;
    for (size_t i = 0; i < all; i++)
        if (!rows[i].superseded)
            rows[kept++] = rows[i];
    for (size_t i = 1; i < kept; i++)
        for (size_t k = i; k > 0 && date_compare(rows[k].from, rows[k - 1].from) < 0; k--) {
            RegisterEntry swapped = rows[k];

            rows[k] = rows[k - 1];
            rows[k - 1] = swapped;
        }
    *out = rows;
    *count = kept;
    return kept > 0 ||
           err_set(err, ERR_NOT_FOUND, "Im Register „%.*s“ gibt es diesen Eintrag nicht.",
                   STR_ARG(change->spec->id));
}

/* A value that was never right is put right wherever the same wrong one stands around the day, not
 * where the entry said something else before or afterwards. */
static bool apply_wrong(Tx *tx, const RegisterChange *change, const RegisterAct *act, Arena *arena,
                        Err *err)
{
    RegisterEntry *line;
    size_t count, at = 0;

    if (!read_line(tx, change, act->entry_id, arena, &line, &count, err))
        return false;
    while (at + 1 < count && date_compare(line[at + 1].from, act->from) <= 0)
        at++;
    for (size_t i = 0; i < act->values->count; i++) {
        Str field = act->values->keys[i];
        const Node *wrong = node_get_str(line[at].data, field);
        size_t first = at, last = at;
        Node *one = node_map(arena);

        while (first > 0 && node_same_value(node_get_str(line[first - 1].data, field), wrong))
            first--;
        while (last + 1 < count && node_same_value(node_get_str(line[last + 1].data, field), wrong))
            last++;
        node_set(arena, one, field, node_clone(arena, act->values->items[i]));
        if (!register_correct(tx, change, act->entry_id, one, line[first].from, line[last].until,
                              arena, err))
            return false;
    }
    return true;
}

static bool same_day(Date a, Date b)
{
    return date_absent(a) ? date_absent(b) : !date_absent(b) && date_compare(a, b) == 0;
}

static RegisterPeriod period_of(const RegisterAct *act)
{
    return (RegisterPeriod){act->from, act->until, act->end_reason};
}

static bool apply_period(Tx *tx, const RegisterChange *change, const RegisterAct *act, Arena *arena,
                         Err *err)
{
    RegisterPeriod period = period_of(act);
    RegisterEntry head;

    if (!register_by_id(tx, change->spec->id, act->entry_id, arena, &head, err))
        return false;
    if (same_day(head.begins, act->from) && same_day(head.until, register_last_day(act->until)) &&
        str_eq(head.reason.ptr ? head.reason : STR(""),
               act->end_reason.ptr ? act->end_reason : STR("")))
        return err_set(err, ERR_CONFLICT, "Beginn und Ende sind schon so eingetragen.");
    return register_move(tx, change, act->entry_id, &period, arena, err);
}

static bool apply_new(Tx *tx, const RegisterChange *change, RegisterAct *act, Arena *arena,
                      Err *err)
{
    RegisterPeriod period = period_of(act);

    return register_add_period(tx, change, act->values, &period, arena, &act->entry_id, err);
}

/* The place is told too, for programs. */
static bool outdated(Err *err)
{
    err_set(err, ERR_CONFLICT,
            "Der Eintrag hat sich inzwischen geändert. Öffnen Sie ihn neu und prüfen Sie, ob die "
            "Berichtigung noch stimmt.");
    snprintf(err->field, sizeof err->field, "basis");
    return false;
}

bool register_act_apply(Tx *tx, const RegisterChange *change, RegisterAct *act, Arena *arena,
                        Err *err)
{
    int64_t basis;

    if (act->kind == ACT_NEW)
        return apply_new(tx, change, act, arena, err);
    if (!register_act_basis(tx, change->spec->id, act->entry_id, &basis, err))
        return false;
    if (basis != act->basis)
        return outdated(err);
    if (act->kind != ACT_PERIOD && (!act->values || act->values->count == 0))
        return err_set(err, ERR_CONFLICT, "Es ist nichts geändert.");
    switch (act->kind) {
    case ACT_CHANGED:
        return register_change(tx, change, act->entry_id, act->values, act->from, arena, err);
    case ACT_WRONG: return apply_wrong(tx, change, act, arena, err);
    case ACT_SPAN:
        return register_correct(tx, change, act->entry_id, act->values, act->from, act->until,
                                arena, err);
    case ACT_PERIOD: return apply_period(tx, change, act, arena, err);
    case ACT_NEW: break;
    }
    assert(false); /* an act of another kind */
    return false;
}

/* --- Keeping ---------------------------------------------------------------------------------- */

static bool tell(Tx *tx, const char *type, Str register_id, const RegisterAct *act, Str actor,
                 Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("act"), node_int(arena, act->id));
    node_set(arena, data, STR("kind"), node_string(arena, str_c(WORDS[act->kind])));
    node_set(arena, data, STR("entry"), node_int(arena, act->entry_id));
    if (act->follows)
        node_set(arena, data, STR("follows"), node_int(arena, act->follows));
    bool ok = event_add(tx, type, str_printf(arena, "register/%.*s", STR_ARG(register_id)), actor,
                        data, err);

    arena_destroy(arena);
    return ok;
}

static Param date_param(Date date, Arena *arena)
{
    return date_absent(date) ? P_NULL : P_TEXT(date_iso(arena, date));
}

static bool insert(Tx *tx, const RegisterChange *change, RegisterAct *act, Arena *arena, Err *err)
{
    return tx_insert(tx, err, &act->id,
                     "INSERT INTO register_act (register, entry_id, basis, kind, data, valid_from, "
                     "valid_to, end_reason, reason, status, created_by, created_at, seen, follows) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12, $13)",
                     P_TEXT(change->spec->id), P_INT(act->entry_id), P_INT(act->basis),
                     P_TEXT(str_c(WORDS[act->kind])),
                     act->values ? P_TEXT(node_json(act->values, arena)) : P_NULL,
                     date_param(act->from, arena), date_param(act->until, arena),
                     act->end_reason.ptr ? P_TEXT(act->end_reason) : P_NULL, P_TEXT(act->reason),
                     P_INT(act->by), P_INT(tx_now(tx)), date_param(act->seen, arena),
                     P_INT(act->follows));
}

/* What was proposed stands in the register now, or never will: its copy goes. Its author may take
 * up again what was returned. */
static bool finish(Tx *tx, RegisterAct *act, const char *status, int64_t staff_id, Str answer,
                   Err *err)
{
    act->status = str_c(status);
    return tx_exec(tx, err,
                   "UPDATE register_act SET status = $2, decided_by = $3, decided_at = $4, "
                   "answer = $5, entry_id = $6, data = CASE WHEN $2 = 'returned' THEN data END "
                   "WHERE id = $1",
                   P_INT(act->id), P_TEXT(act->status), P_INT(staff_id), P_INT(tx_now(tx)),
                   answer.ptr ? P_TEXT(answer) : P_NULL, P_INT(act->entry_id));
}

/* Who looked at a proposal looked at the entry that it became. */
static bool note_looks(Tx *tx, const RegisterAct *act, Err *err)
{
    return act->kind != ACT_NEW ||
           tx_exec(tx, err, "UPDATE register_access SET entry_id = $2 WHERE act_id = $1",
                   P_INT(act->id), P_INT(act->entry_id));
}

static bool carry_out(Tx *tx, const RegisterChange *change, RegisterAct *act, int64_t staff_id,
                      Arena *arena, Err *err)
{
    RegisterChange of_act = *change;

    of_act.act_id = act->id;
    return register_act_apply(tx, &of_act, act, arena, err) &&
           finish(tx, act, "done", staff_id, STR_NONE, err) && note_looks(tx, act, err) &&
           tell(tx, "register.corrected", change->spec->id, act, change->actor, err);
}

bool register_act_resumable(const RegisterAct *act, int64_t staff_id, Err *err)
{
    if (act->by != staff_id)
        return err_set(err, ERR_FORBIDDEN, "Wieder aufnehmen kann ihn, wer ihn vorgeschlagen hat.");
    if (str_is(act->status, "returned") && (act->values || act->kind == ACT_PERIOD))
        return true;
    return err_set(err, ERR_CONFLICT,
                   "Diesen Vorschlag können Sie nicht mehr aufnehmen: Er ist schon neu "
                   "vorgeschlagen, oder seine Angaben sind gelöscht.");
}

/* The copy goes, and looks at it are looks at what is proposed now. */
static bool take_up(Tx *tx, const RegisterChange *change, const RegisterAct *act, Arena *arena,
                    Err *err)
{
    RegisterAct before;

    return !act->follows ||
           (register_act_by_id(tx, change->spec->id, act->follows, arena, &before, err) &&
            register_act_resumable(&before, act->by, err) &&
            tx_exec(tx, err,
                    "UPDATE register_act SET data = NULL, status = 'resumed' WHERE id = $1",
                    P_INT(before.id)) &&
            tx_exec(tx, err, "UPDATE register_access SET act_id = $2 WHERE act_id = $1",
                    P_INT(before.id), P_INT(act->id)));
}

bool register_act_order(Tx *tx, const RegisterChange *change, RegisterAct *act, bool second,
                        Arena *arena, Err *err)
{
    if (!insert(tx, change, act, arena, err) || !take_up(tx, change, act, arena, err))
        return false;
    if (second)
        return tell(tx, "register.proposed", change->spec->id, act, change->actor, err);
    return carry_out(tx, change, act, act->by, arena, err);
}

static bool still_open(const RegisterAct *act, bool own, Err *err)
{
    return str_is(act->status, "open") || (own && str_is(act->status, "returned")) ||
           err_set(err, ERR_CONFLICT, "Darüber ist inzwischen entschieden.");
}

bool register_act_approve(Tx *tx, const RegisterChange *change, RegisterAct *act, int64_t staff_id,
                          Arena *arena, Err *err)
{
    if (!still_open(act, false, err))
        return false;
    if (act->by == staff_id)
        return err_set(err, ERR_FORBIDDEN, "Eine andere Person muss zustimmen.");
    return carry_out(tx, change, act, staff_id, arena, err);
}

bool register_act_return(Tx *tx, Str register_id, RegisterAct *act, int64_t staff_id, Str answer,
                         Str actor, Err *err)
{
    bool own = act->by == staff_id;

    return still_open(act, own, err) &&
           finish(tx, act, own ? "withdrawn" : "returned", staff_id, own ? STR_NONE : answer,
                  err) &&
           tell(tx, own ? "register.withdrawn" : "register.returned", register_id, act, actor, err);
}
