/* SPDX-License-Identifier: EUPL-1.2 */
/* Later letters about a charge of a run, a dunning above all, to somebody who never had a case: the
 * register knows the address, and the letters lie with those of the run. */
#include "cases/run_store.h"
#include "core/store/file.h"

typedef struct Noticed {
    RunPass pass;
    RunItem item;
} Noticed;

/* The run that charged it last, and for whom. */
static bool find_run(Tx *tx, Str subject, Arena *arena, RunRow *row, Str *key, Err *err)
{
    int64_t charge = 0, run = 0;

    str_to_i64(str_slice(subject, strlen("charge/"), subject.len), &charge);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT i.run_id, i.key FROM run_item i JOIN run r ON r.id = i.run_id "
                          "WHERE i.charge_id = $1 AND r.undoes IS NULL ORDER BY i.run_id DESC "
                          "LIMIT 1",
                          P_INT(charge));

    if (rows && rows_next(rows, err)) {
        run = row_int(rows, 0);
        *key = row_text(rows, 1);
        rows_end(rows);
    }
    if (!rows || err->kind != ERR_NONE)
        return false;
    return run ? run_by_id(tx, run, arena, row, err)
               : err_set(err, ERR_NOT_FOUND, "Kein Lauf hat %.*s gemacht.", STR_ARG(subject));
}

/* Everything the register has of the group, ended too: who has no dog any more may still owe. */
static bool find_entries(Tx *tx, const RunPass *pass, Str field, bool first_is_null, Arena *arena,
                         RunGroup *group, Err *err)
{
    Str key = group->key;
    RegisterCondition condition = {.field = field, .values = &key, .count = 1};
    RegisterEntry *found;
    size_t count = 0;

    if (field.len == 0 || !register_find(tx, pass->run->spec, &condition, 1, true, pass->row.today,
                                         arena, &found, &count, err))
        return field.len == 0;
    RegisterEntry *all = arena_array(arena, RegisterEntry, group->count + count);

    for (size_t i = 0; i < group->count; i++)
        all[i] = group->entries[i];
    for (size_t i = 0; i < count; i++)
        if (!first_is_null || node_is_null(node_get_str(found[i].data, pass->run->group[0])))
            all[group->count++] = found[i];
    group->entries = all;
    return true;
}

bool run_person_now(RunPass *pass, Tx *tx, Str key, Arena *arena, RunItem *out, Err *err)
{
    const Run *run = pass->run;
    RunGroup group = {.key = key};

    if (!find_entries(tx, pass, run->group[0], false, arena, &group, err) ||
        !find_entries(tx, pass, run->group[1], true, arena, &group, err))
        return false;
    if (group.count == 0)
        return err_set(err, ERR_NOT_FOUND, "Im Register steht nichts mehr von %.*s.", STR_ARG(key));
    return run_item_address(pass, tx, &group, arena, out, err) &&
           ((out->outcome != RUN_LEFT_OUT && out->line_count >= 3) ||
            err_set(err, ERR_NOT_FOUND, "Die Anschrift zu %.*s ist nicht vollständig.",
                    STR_ARG(key)));
}

static bool find_person(Tx *tx, Tenant *tenant, Str subject, Arena *arena, Noticed *n, Err *err)
{
    RunRow row;
    Str key;

    *n = (Noticed){0};
    if (!find_run(tx, subject, arena, &row, &key, err))
        return false;
    row.today = date_in_berlin(tx_now(tx));
    if (!run_pass_begin(&n->pass, tenant, &row, arena, err))
        return false;
    return n->pass.run->letter ? run_person_now(&n->pass, tx, key, arena, &n->item, err)
                               : err_set(err, ERR_NOT_FOUND, "Dieser Lauf schreibt niemandem.");
}

bool run_notice_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                        Err *err)
{
    Noticed n;

    if (!find_person(tx, tenant, subject, arena, &n, err))
        return false;
    out->count = n.item.line_count;
    memcpy(out->lines, n.item.lines, sizeof n.item.lines);
    return true;
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static Node *snapshot(Tenant *tenant, const SubjectLetter *letter, const Noticed *n, Arena *arena)
{
    CaseWork work = {.tenant = tenant, .arena = arena};
    Node *out = node_map(arena), *lines = node_list(arena);

    for (size_t i = 0; i < n->item.line_count; i++)
        node_append(arena, lines, node_string(arena, n->item.lines[i]));
    node_add(arena, out, STR("head"), case_letter_head(&work, letter->office));
    node_add(arena, out, STR("lang"), node_string(arena, STR("de")));
    node_add(arena, out, STR("subject"), node_string(arena, letter->title));
    node_add(arena, out, STR("recipient"), lines);
    node_add(arena, out, STR("date"), node_string(arena, date_iso(arena, n->pass.row.today)));
    node_add(arena, out, STR("body"), node_string(arena, letter->body));
    if (letter->giro)
        node_add(arena, out, STR("giro"), node_clone(arena, letter->giro));
    return out;
}

#define RUN_LETTER "run-letter/"
#define LETTERS_OF "run/%lld/briefe" /* who the PDFs belong to */

bool run_notice_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                     Err *err)
{
    Noticed n;
    int64_t position = 0, later = 0, id = 0;

    if (!find_person(tx, tenant, letter->subject, arena, &n, err) ||
        !tx_query_int(tx, err, &position, "SELECT MAX(position) FROM run_item WHERE run_id = $1",
                      P_INT(n.pass.row.id)) ||
        !tx_query_int(tx, err, &later, "SELECT MAX(position) FROM run_letter WHERE run_id = $1",
                      P_INT(n.pass.row.id)))
        return false;
    position =
        (later > position ? later : position) + 1; /* behind the items: no letter of theirs */
    if (!tx_insert(
            tx, err, &id,
            "INSERT INTO run_letter (run_id, position, key, title, sort, citizen_id, "
            "snapshot, size, created_at, later) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 1)",
            P_INT(n.pass.row.id), P_INT(position), P_TEXT(n.item.key), P_TEXT(letter->title),
            P_TEXT(n.item.sort), P_INT(n.item.citizen_id),
            P_TEXT(node_json(snapshot(tenant, letter, &n, arena), arena)), P_INT(tx_now(tx))))
        return false;
    Node *payload = node_map(arena);

    node_set(arena, payload, STR("letter"), node_int(arena, id));
    EffectOrder order = {.kind = "run-letter",
                         .key = str_printf(arena, RUN_LETTER "%lld", (long long)id),
                         .subject = run_subject(n.pass.row.id, arena),
                         .payload = payload};

    *name = order.key;
    return effect_order(tx, &order, err);
}

/* The same bytes may be another letter's too. */
static bool drop_pdf(Tx *tx, int64_t run, Str sha256, Arena *arena, Err *err)
{
    int64_t others = 0;

    return tx_query_int(tx, err, &others,
                        "SELECT COUNT(*) FROM run_letter WHERE run_id = $1 AND sha256 = $2",
                        P_INT(run), P_TEXT(sha256)) &&
           (others > 0 ||
            file_drop_owner(tx, sha256, str_printf(arena, LETTERS_OF, (long long)run), err));
}

bool run_notice_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err)
{
    int64_t id = 0, run = 0;
    Str sha256 = STR_NONE;

    *taken = false;
    if (!str_starts_with(name, RUN_LETTER))
        return true;
    str_to_i64(str_slice(name, strlen(RUN_LETTER), name.len), &id);
    /* By post it leaves in a print file; else its PDF lies in the mailbox. */
    Rows *rows = tx_query(tx, arena, err,
                          "DELETE FROM run_letter WHERE id = $1 AND later = 1 AND printed IS NULL "
                          "AND (sha256 IS NULL OR citizen_id = 0) RETURNING run_id, sha256",
                          P_INT(id));

    if (rows && rows_next(rows, err)) {
        *taken = true;
        run = row_int(rows, 0);
        sha256 = row_text(rows, 1);
        rows_end(rows);
    }
    if (!rows || err->kind != ERR_NONE)
        return false;
    return !*taken || (effect_cancel(tx, name, NULL, err) &&
                       (!sha256.ptr || drop_pdf(tx, run, sha256, arena, err)));
}

/* --- The PDF -----------------------------------------------------------------------------------
 */

typedef struct Making {
    Tenant *tenant;
    int64_t id, run, position;
    Str snapshot, sha256, pdf;
    FileInfo info;
    Arena *arena;
} Making;

static bool read_letter(Making *m, Err *err)
{
    Tx *tx = db_read(m->tenant->db, err);

    if (!tx)
        return false;
    Rows *rows = tx_query(tx, m->arena, err,
                          "SELECT run_id, position, snapshot, sha256 FROM run_letter WHERE id = $1",
                          P_INT(m->id));

    bool found = rows && rows_next(rows, err);

    if (found) {
        m->run = row_int(rows, 0);
        m->position = row_int(rows, 1);
        m->snapshot = row_text(rows, 2);
        m->sha256 = row_text(rows, 3);
        rows_end(rows);
    }
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

static bool store(Tx *tx, void *context, Err *err)
{
    const Making *m = context;
    int64_t changed = 0;

    return tx_exec_count(tx, err, &changed,
                         "UPDATE run_letter SET sha256 = $2, size = $3 WHERE id = $1 AND "
                         "sha256 IS NULL AND snapshot = $4",
                         P_INT(m->id), P_TEXT(str_c(m->info.sha256)), P_INT(m->info.size),
                         P_TEXT(m->snapshot)) &&
           (changed == 0 || file_put(tx, m->tenant, &m->info, m->pdf,
                                     str_printf(m->arena, LETTERS_OF, (long long)m->run), err));
}

bool effect_run_letter(EffectRun *run, Err *err)
{
    Making m = {
        .tenant = run->tenant, .id = node_get_i64(run->payload, "letter", 0), .arena = run->arena};

    if (!read_letter(&m, err))
        return false;
    if (m.sha256.ptr || !m.snapshot.ptr) /* made, or taken back */
        return true;
    Node *shot = node_parse_json(run->arena, m.snapshot, NULL, &NODE_LIMITS_PACKAGE, err);
    Str name = str_printf(run->arena, "%06lld.pdf", (long long)m.position);

    return shot && letter_from_snapshot(run->tenant, shot, run->arena, &m.pdf, err) &&
           file_prepare(run->tenant, m.pdf, name, NULL, run->arena, &m.info, err) &&
           db_write(run->tenant->db, store, &m, err);
}
