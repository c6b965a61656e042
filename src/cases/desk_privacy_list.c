/* SPDX-License-Identifier: EUPL-1.2 */
/* What the town keeps of people, why and how long: the record of processing (Art. 30 GDPR), from
 * what the processes and the engines say. */
#include "base/csv.h"
#include "base/vec.h"
#include "cases/desk.h"
#include "cases/former.h"
#include "cases/retention.h"
#include "core/store/rows.h"
#include "core/work/period.h"

typedef struct KeptList {
    KeptView *items;
    size_t count, capacity;
} KeptList;

/* --- Cases
 * ---------------------------------------------------------------------------------------
 */

typedef struct CaseCount {
    Str service, procedure, state;
    int64_t erased, held;
} CaseCount;
typedef struct CaseCounts {
    CaseCount *items;
    size_t count;
} CaseCounts;

static bool count_cases(Tx *tx, Arena *arena, CaseCounts *out, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT c.service, c.procedure_id, c.state, COUNT(e.id), COUNT(h.case_id) FROM "
                 "cases c LEFT JOIN case_erasure e ON e.case_id = c.id LEFT JOIN case_held h ON "
                 "h.case_id = c.id WHERE c.id IN (SELECT case_id FROM case_erasure UNION SELECT "
                 "case_id FROM case_held) GROUP BY c.service, c.procedure_id, c.state");

    return ROWS_LIST(rows, arena, &out->items, &out->count, err,
                     (CaseCount){.service = row_text(rows, 0),
                                 .procedure = row_text(rows, 1),
                                 .state = row_text(rows, 2),
                                 .erased = row_int(rows, 3),
                                 .held = row_int(rows, 4)});
}

static KeptView of_state(const Package *package, const Procedure *procedure, const State *state,
                         const char *since, const CaseCounts *counts, Arena *arena)
{
    KeptView view = {
        .name = str_printf(arena, "case/%.*s/%.*s/%.*s", STR_ARG(package->id),
                           STR_ARG(procedure->id), STR_ARG(state->id)),
        .label = str_printf(arena, "%.*s: %.*s%s", STR_ARG(text_in(procedure->name, STR("de"))),
                            STR_ARG(text_in(state->label, STR("de"))), since),
        .data = STR("Antrag mit allen Ständen, Unterlagen, Prüfhinweise, Notizen, Briefe"),
        .people = STR("Antragstellende und wen der Antrag sonst nennt"),
        .purpose = STR("Über den Antrag entscheiden und die Entscheidung nachweisen"),
        .basis = str_printf(arena, "Art. 6 Abs. 1 Buchst. e DSGVO; die Leistung „%.*s“ sagt es",
                            STR_ARG(package->id)),
        .period = state->retention,
        .how_long = str_printf(arena, "%.*s nach dem Abschluss",
                               STR_ARG(period_words(state->retention, arena))),
        .held_why = STR("wird noch gebraucht, siehe unten"),
        .is_case = true};

    for (size_t i = 0; i < counts->count; i++)
        if (str_eq(counts->items[i].service, package->id) &&
            str_eq(counts->items[i].procedure, procedure->id) &&
            str_eq(counts->items[i].state, state->id)) {
            view.erased = counts->items[i].erased;
            view.held = counts->items[i].held;
        }
    return view;
}

static bool is_listed(const KeptList *list, Str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, name))
            return true;
    return false;
}

static void list_states(const Package *package, const char *since, const CaseCounts *counts,
                        Arena *arena, KeptList *out)
{
    for (size_t k = 0; k < package->procedure_count; k++) {
        const Procedure *procedure = &package->procedures[k];
        const Process *process = procedure->process;

        for (size_t s = 0; process && s < process->state_count; s++) {
            if (!process->states[s].final)
                continue;
            KeptView view = of_state(package, procedure, &process->states[s], since, counts, arena);

            if (!is_listed(out, view.name)) /* by a later version */
                VEC_PUSH(arena, out, view);
        }
    }
}

/* Is there a case that ended so? */
static bool any_ended(Tx *tx, const Package *package, const Procedure *procedure,
                      const State *state, bool *out, Err *err)
{
    int64_t there = 0;
    bool ok = tx_query_int(tx, err, &there,
                           "SELECT CASE WHEN EXISTS (SELECT 1 FROM case_desk WHERE office = '*' "
                           "AND service = $1 AND state = $2 AND open = 0 AND procedure_id = $3) "
                           "THEN 1 ELSE 0 END",
                           P_TEXT(package->id), P_TEXT(state->id), P_TEXT(procedure->id));

    *out = there != 0;
    return ok;
}

/* How cases ended by an earlier version of a service, when the version of today knows no such end.
 */
static bool list_earlier(Tx *tx, const Package *package, const CaseCounts *counts, Arena *arena,
                         KeptList *out, Err *err)
{
    for (size_t k = 0; k < package->procedure_count; k++) {
        const Procedure *procedure = &package->procedures[k];
        const Process *process = procedure->process;

        for (size_t s = 0; process && s < process->state_count; s++) {
            const State *state = &process->states[s];
            KeptView view = of_state(package, procedure, state,
                                     " (in einer früheren Fassung der Leistung)", counts, arena);
            bool kept;

            if (!state->final || is_listed(out, view.name))
                continue;
            if (!any_ended(tx, package, procedure, state, &kept, err))
                return false;
            if (kept)
                VEC_PUSH(arena, out, view);
        }
    }
    return true;
}

static bool list_cases(Tx *tx, Tenant *tenant, Arena *arena, KeptList *out, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages), former_count;
    FormerPackage *former;
    const Package **earlier;
    size_t earlier_count;
    CaseCounts counts = {0};

    if (!count_cases(tx, arena, &counts, err) ||
        !former_packages(tx, tenant, arena, &former, &former_count, err) ||
        !earlier_packages(tx, tenant, arena, &earlier, &earlier_count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        list_states(packages[i], "", &counts, arena, out);
    for (size_t i = 0; i < earlier_count; i++)
        if (!list_earlier(tx, earlier[i], &counts, arena, out, err))
            return false;
    for (size_t i = 0; i < former_count; i++)
        if (former[i].cases)
            list_states(former[i].package, " (wird nicht mehr angeboten)", &counts, arena, out);
    return true;
}

/* --- The rest
 * -----------------------------------------------------------------------------------
 */

static KeptView of_rule(const KeepRule *rule, Arena *arena)
{
    const Keep *keep = &rule->keep;

    return (KeptView){
        .name = str_c(keep->name),
        .label = str_c(keep->label),
        .data = str_c(keep->data),
        .people = str_c(keep->people),
        .purpose = str_c(keep->purpose),
        .basis = str_c(keep->basis),
        .period = rule->period,
        .how_long =
            str_printf(arena, "%.*s %s", STR_ARG(period_words(rule->period, arena)), keep->counted),
        .held_why = keep->held_why ? str_c(keep->held_why) : STR_NONE,
        .of_town = rule->of_town,
        .settable = keep->least != NULL,
        .erased = rule->erased,
        .held = rule->held,
        .ran = rule->ran,
        .more = rule->more,
        .problem = rule->problem};
}

bool privacy_list(Tx *tx, Tenant *tenant, Arena *arena, KeptView **out, size_t *count, Err *err)
{
    KeptList list = {0};
    KeepRule *rules;
    size_t rule_count;

    if (!list_cases(tx, tenant, arena, &list, err) ||
        !keep_rules(tx, tenant, arena, &rules, &rule_count, err))
        return false;
    for (size_t i = 0; i < rule_count; i++)
        VEC_PUSH(arena, &list, of_rule(&rules[i], arena));
    *out = list.items;
    *count = list.count;
    return true;
}

/* --- As a file
 * ----------------------------------------------------------------------------------
 */

static bool read_list(Request *req, KeptView **out, size_t *count, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = privacy_list(tx, req->tenant, req->arena, out, count, err);
    tx_end(tx);
    return ok;
}

bool desk_privacy_csv(Request *req, Response *res, Err *err)
{
    Buf out = buf_in(req->arena);
    KeptView *list;
    size_t count;

    if (!read_list(req, &list, &count, err))
        return false;
    const Str headings[] = {
        STR("Name"),      STR("Was"),   STR("Betroffene"), STR("Daten"),    STR("Zweck"),
        STR("Grundlage"), STR("Frist"), STR("gezählt"),    STR("gelöscht"), STR("zurückgehalten")};

    buf_add_c(&out, "\xEF\xBB\xBF");
    csv_add_row_with(&out, ';', headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < count; i++) {
        const KeptView *row = &list[i];
        const Str cells[] = {row->name,
                             row->label,
                             row->people,
                             row->data,
                             row->purpose,
                             row->basis,
                             row->period,
                             row->how_long,
                             str_printf(req->arena, "%lld", (long long)row->erased),
                             str_printf(req->arena, "%lld", (long long)row->held)};

        csv_add_row_with(&out, ';', cells, sizeof cells / sizeof *cells);
    }
    return respond_bytes(res, req->arena, STR("text/csv; charset=utf-8"), buf_str(&out),
                         STR("verzeichnis.csv"));
}

bool desk_privacy_json(Request *req, Response *res, Err *err)
{
    Arena *arena = req->arena;
    Node *answer = node_map(arena), *kinds = node_list(arena);
    Buf out = buf_in(arena);
    KeptView *list;
    size_t count;

    if (!read_list(req, &list, &count, err))
        return false;
    node_set_text(arena, answer, "town", tenant_title(req->tenant));
    node_set_text(arena, answer, "made", timestamp_iso(arena, req->now));
    for (size_t i = 0; i < count; i++) {
        Node *one = node_map(arena);
        node_set_text(arena, one, "name", list[i].name);
        node_set_text(arena, one, "label", list[i].label);
        node_set_text(arena, one, "dataSubjects", list[i].people);
        node_set_text(arena, one, "data", list[i].data);
        node_set_text(arena, one, "purpose", list[i].purpose);
        node_set_text(arena, one, "legalBasis", list[i].basis);
        node_set_text(arena, one, "retention", list[i].period);
        node_set_text(arena, one, "counted", list[i].how_long);
        node_set(arena, one, STR("erased"), node_int(arena, list[i].erased));
        node_set(arena, one, STR("held"), node_int(arena, list[i].held));
        node_append(arena, kinds, one);
    }
    node_set(arena, answer, STR("processing"), kinds);
    node_write_json_pretty(answer, &out);
    return respond_bytes(res, arena, STR("application/json"), buf_str(&out),
                         STR("verzeichnis.json"));
}
