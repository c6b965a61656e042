/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_proposal.h"
#include "cases/golden.h"
#include "cases/publish.h"
#include "core/work/work.h"

bool golden_mails(Golden *golden, Tx *tx, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count,
                        "SELECT COUNT(*) FROM effect WHERE kind = 'mail' AND status = 'done' AND "
                        "subject = $1",
                        P_TEXT(case_subject(&golden->c, golden->arena)));
}

/* --- The input ---------------------------------------------------------------------------------
 */

static bool evaluate(Golden *golden, const Node *data, Err *err)
{
    FeelEnv env = {.today = golden->today,
                   .now = timestamp_of_berlin_day(golden->today) + 12 * 3600 * 1000};
    FormInput input = {.package = golden->package,
                       .form = golden->procedure->form,
                       .data = data,
                       .env = &env,
                       .lang = golden->lang,
                       .strict = true};
    Tx *tx = db_read(golden->tenant->db, err);
    bool ok = tx && case_lookups(tx, golden->package, golden->procedure, data, golden->today,
                                 golden->arena, &input.extra, err);

    if (tx)
        tx_end(tx);
    return ok && form_evaluate(&input, golden->arena, &golden->form, err);
}

static bool write_submit(Tx *tx, void *context, Err *err)
{
    Golden *golden = context;
    SubmitOrder order = {.package = golden->package,
                         .procedure = golden->procedure,
                         .data = golden->form.data,
                         .lang = golden->lang,
                         .channel = STR("portal"),
                         .today = golden->today};

    return case_submit(tx, golden->tenant, &order, golden->arena, &golden->c, err);
}

/* Run what was ordered and what the day brings, and read the case as it is now. */
static bool settle(Golden *golden, Err *err)
{
    worker_pretend(golden->tenant, timestamp_of_berlin_day(golden->today) + 12 * 3600 * 1000);
    if (!golden_take_orders(golden, err) || !worker_drain(golden->tenant, err))
        return false;
    Tx *tx = db_read(golden->tenant->db, err);
    bool ok = tx && case_by_id(tx, golden->c.id, golden->arena, &golden->c, err);

    if (tx)
        tx_end(tx);
    return ok;
}

static bool submit(Golden *golden, Err *err)
{
    const Node *expected = node_path(golden->example, STR("expect.errors"));
    Node *data;

    if (!golden_uploads(golden, node_get(golden->example, "input"), &data, err) ||
        !evaluate(golden, data, err))
        return false;
    if (golden->form.error_count > 0) {
        if (!expected)
            golden_differs(golden, STR("input"), STR("no errors"), "%.*s: %.*s",
                           STR_ARG(golden->form.errors[0].path),
                           STR_ARG(golden->form.errors[0].message));
        return true;
    }
    return db_write(golden->tenant->db, write_submit, golden, err) && settle(golden, err);
}

/* --- Steps ---------------------------------------------------------------------------------------
 */

typedef struct StepRun {
    Golden *golden;
    const Node *step;
    Node *changes; /* of an answer, with real files */
} StepRun;

static bool ids_of(Tx *tx, Golden *golden, const Node *rules, int64_t **ids, size_t *count,
                   Err *err)
{
    Finding *findings;
    size_t all;

    *count = 0;
    if (!case_findings(tx, golden->c.id, golden->arena, &findings, &all, err))
        return false;
    *ids = arena_array(golden->arena, int64_t, all);
    for (size_t i = 0; i < all; i++)
        for (size_t k = 0; rules && k < rules->count; k++)
            if (str_eq(findings[i].rule, node_text(rules->items[k])) &&
                str_is(findings[i].status, "open"))
                (*ids)[(*count)++] = findings[i].id;
    return true;
}

static bool do_ask(Tx *tx, StepRun *run, Err *err)
{
    Golden *golden = run->golden;
    int64_t *ids;
    size_t count;
    Date until = {0};

    date_parse_iso(node_get_text(run->step, "until"), &until);
    return ids_of(tx, golden, node_get(run->step, "ask"), &ids, &count, err) &&
           case_ask(tx, golden->tenant, golden->package, &golden->c, ids, count,
                    node_get_text(run->step, "note"), until, STR("staff/0"), golden->today,
                    golden->arena, err);
}

static bool do_dismiss(Tx *tx, StepRun *run, Err *err)
{
    Golden *golden = run->golden;
    int64_t *ids;
    size_t count;
    Str reason = node_get_text(run->step, "reason");

    if (!ids_of(tx, golden, node_get(run->step, "dismiss"), &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!case_finding_dismiss(tx, &golden->c, ids[i], reason.ptr ? reason : STR("Beispiel"),
                                  STR("staff/0"), err))
            return false;
    return count > 0 || err_set(err, ERR_INPUT, "no such finding is open");
}

static bool do_complete(Tx *tx, StepRun *run, Err *err)
{
    Golden *golden = run->golden;
    Task *tasks;
    size_t count;

    if (!case_tasks(tx, golden->c.id, golden->arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done && str_eq(tasks[i].task, node_get_text(run->step, "complete")))
            return case_task_complete(tx, golden->tenant, golden->package, &golden->c, tasks[i].id,
                                      node_get_text(run->step, "result"), STR("staff/0"),
                                      golden->today, golden->arena, err);
    return err_set(err, ERR_INPUT, "no such task is open");
}

static bool do_propose(Tx *tx, StepRun *run, Err *err)
{
    Golden *golden = run->golden;
    int64_t id;
    ProposeOrder order = {.action = node_get_text(run->step, "propose"),
                          .entry = node_get(run->step, "entry"),
                          .edits = node_get(run->step, "edits"),
                          .staff_id = 1};

    return case_propose(tx, golden->tenant, golden->package, &golden->c, &order, golden->today,
                        golden->arena, &id, err);
}

/* By another person than who proposed. */
static bool do_approve(Tx *tx, StepRun *run, Err *err)
{
    Golden *golden = run->golden;
    Proposal open;

    if (!case_proposal_open(tx, golden->c.id, golden->arena, &open, err))
        return false;
    if (!open.id || !str_eq(open.action, node_get_text(run->step, "approve")))
        return err_set(err, ERR_INPUT, "no such proposal is open");
    return case_proposal_approve(tx, golden->tenant, golden->package, &golden->c, open.id, 2,
                                 golden->today, golden->arena, err);
}

static bool write_step(Tx *tx, void *context, Err *err)
{
    StepRun *run = context;
    Golden *golden = run->golden;
    FormState state = {0};

    if (node_get(run->step, "ask"))
        return do_ask(tx, run, err);
    if (node_get(run->step, "dismiss"))
        return do_dismiss(tx, run, err);
    if (node_get(run->step, "complete"))
        return do_complete(tx, run, err);
    if (node_get(run->step, "wait"))
        return true;
    if (node_get(run->step, "answer"))
        return case_answer(tx, golden->tenant, golden->package, &golden->c, run->changes,
                           node_get_text(run->step, "explanation"), golden->today, golden->arena,
                           &state, err);
    if (node_get(run->step, "propose"))
        return do_propose(tx, run, err);
    if (node_get(run->step, "approve"))
        return do_approve(tx, run, err);
    if (node_get(run->step, "action")) {
        ActOrder order = {.action = node_get_text(run->step, "action"),
                          .entry = node_get(run->step, "entry"),
                          .edits = node_get(run->step, "edits"),
                          .actor = STR("staff/0")};

        return case_act_order(tx, golden->tenant, golden->package, &golden->c, &order,
                              golden->today, golden->arena, err);
    }
    return err_set(err, ERR_INPUT,
                   "a step is one of action, propose, approve, ask, answer, complete, dismiss, "
                   "wait");
}

static bool remember(Golden *golden, Err *err)
{
    Tx *tx = db_read(golden->tenant->db, err);
    bool ok =
        tx &&
        tx_query_int(tx, err, &golden->document_before,
                     "SELECT MAX(id) FROM case_document WHERE case_id = $1", P_INT(golden->c.id)) &&
        golden_mails(golden, tx, &golden->mails_before, err);

    if (tx)
        tx_end(tx);
    return ok;
}

/* `refused: "part of the message"`; the state's id counts as part of it. */
static void compare_refusal(Golden *golden, const Node *refused, bool done, const Err *problem,
                            Str path)
{
    Str text = str_printf(golden->arena, "%s (%.*s)", problem->message, STR_ARG(golden->c.state));

    if (done && refused)
        golden_differs(golden, path, node_text(refused), "it was not refused");
    else if (!done && !refused)
        golden_differs(golden, path, STR("done"), "refused: %s%s%s", problem->field,
                       problem->field[0] ? ": " : "", problem->message);
    else if (!done && str_find(text, node_text(refused)) < 0)
        golden_differs(golden, path, node_text(refused), "refused: %s", problem->message);
}

static bool run_step(Golden *golden, const Node *step, Str path, Err *err)
{
    StepRun run = {.golden = golden, .step = step};
    Err problem = {0};
    Case before;

    date_parse_iso(node_get_text(step, node_get(step, "wait") ? "wait" : "today"), &golden->today);
    if (node_get(step, "answer") &&
        !golden_uploads(golden, node_get(step, "answer"), &run.changes, err))
        return false;
    if (!remember(golden, err) || !settle(golden, err))
        return false;
    before = golden->c;
    bool done = db_write(golden->tenant->db, write_step, &run, &problem);

    if (!done)
        golden->c = before;
    if (problem.kind == ERR_INTERNAL) {
        *err = problem;
        return false;
    }
    compare_refusal(golden, node_get(step, "refused"), done, &problem, path);
    return settle(golden, err) &&
           golden_compare(golden, node_get(step, "expect"),
                          str_printf(golden->arena, "%.*s.expect", STR_ARG(path)), err);
}

/* --- One example
 * ------------------------------------------------------------------------------------- */

static bool replay(Golden *golden, Err *err)
{
    const Node *steps = node_get(golden->example, "steps");

    if (node_get(golden->example, "run"))
        return golden_annual(golden, err);
    if (!golden_given(golden, err) || !submit(golden, err) ||
        !golden_compare(golden, node_get(golden->example, "expect"), STR("expect"), err))
        return false;
    for (size_t i = 0; golden->c.id && steps && i < steps->count; i++)
        if (!run_step(golden, steps->items[i], str_printf(golden->arena, "steps[%zu]", i), err))
            return err_context(err, "steps[%zu]", i);
    return true;
}

static bool prepare(Golden *golden, const PackageFile *files, size_t count, Err *err)
{
    Problems problems = {.arena = golden->arena};
    Str lang = node_get_text(golden->example, "lang");

    files = golden_files(files, &count, golden->example, golden->arena);
    if (!package_publish(golden->tenant, files, count, &problems, err))
        return err->kind == ERR_INPUT && problems.count
                   ? err_set(err, ERR_INPUT, "%.*s:%d: %.*s", STR_ARG(problems.items[0].file),
                             problems.items[0].line, STR_ARG(problems.items[0].message))
                   : false;
    golden->package =
        tenant_package_version(golden->tenant, package_version(files, count, golden->arena), err);
    if (!golden->package)
        return false;
    golden->procedure =
        package_procedure(golden->package, node_get_text(golden->example, "procedure"));
    golden->lang = lang.ptr ? lang : STR("de");
    if (!golden->procedure && !node_get(golden->example, "run"))
        return err_set(err, ERR_INPUT, "`procedure` must name a procedure of the package");
    if (!date_parse_iso(node_get_text(golden->example, "today"), &golden->today))
        return err_set(err, ERR_INPUT, "`today` is missing: write a date");
    return true;
}

static bool run_in(Tenant *tenant, const PackageFile *files, size_t count, const Node *example,
                   Arena *arena, GoldenResult *result, Err *err)
{
    Golden golden = {.tenant = tenant, .example = example, .arena = arena, .result = result};

    return prepare(&golden, files, count, err) && replay(&golden, err);
}

bool golden_run(App *app, const PackageFile *files, size_t count, const PackageFile *example,
                Arena *arena, GoldenResult *result, Err *err)
{
    Node *yaml = node_parse_yaml(arena, example->bytes, str_cstr(arena, example->path),
                                 &NODE_LIMITS_PACKAGE, err);
    Str name = str_printf(arena, "example-%llx", (unsigned long long)str_hash(example->path));

    *result = (GoldenResult){.file = example->path, .name = node_get_text(yaml, "name")};
    if (!yaml || !tenant_create(app, name, golden_tenant_folder(app, arena), err))
        return false;
    Tenant *tenant = tenant_acquire(app, name, err);

    if (!tenant)
        return false;
    bool ok = run_in(tenant, files, count, yaml, arena, result, err);

    tenant_release(tenant);
    return ok;
}
