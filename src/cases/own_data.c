/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/own_data.h"

#include "cases/case_json.h"
#include "cases/case_word.h"
#include "cases/own_looks.h"
#include "cases/own_register.h"
#include "cases/portal_status.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/rows.h"

static bool add_versions(Tx *tx, const Case *c, Node *node, Arena *arena, Err *err)
{
    Node *list = node_list(arena);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT at, data FROM case_data WHERE case_id = $1 ORDER BY version",
                          P_INT(c->id));

    while (rows && rows_next(rows, err)) {
        Node *one = node_map(arena);
        Node *data = node_parse_json(arena, row_text(rows, 1), NULL, &NODE_LIMITS_PACKAGE, err);
        if (!data)
            return false;
        node_set_text(arena, one, "at", timestamp_iso(arena, row_int(rows, 0)));
        node_set(arena, one, STR("data"), data);
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("versions"), list);
    return rows && err->kind == ERR_NONE;
}

static bool add_documents(Request *req, Tx *tx, const Case *c, Node *node, Err *err)
{
    Node *list = node_list(req->arena);
    Document *documents;
    size_t count;

    if (!case_documents(tx, c->id, req->arena, &documents, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const Document *document = &documents[i];
        bool theirs = document->for_citizen || str_is(document->kind, "receipt") ||
                      str_is(document->kind, "upload");
        if (!theirs)
            continue;
        Node *one = case_json_document(document, req->arena);

        if (document->released)
            node_set_text(req->arena, one, "released",
                          timestamp_iso(req->arena, document->released));
        node_set_text(req->arena, one, "note", document->release_note);
        if (document->read)
            node_set_text(req->arena, one, "opened", timestamp_iso(req->arena, document->read));
        node_append(req->arena, list, one);
    }
    node_set(req->arena, node, STR("documents"), list);
    return true;
}

/* What the applicant wrote along with their answers. */
static bool add_explanations(Tx *tx, const Case *c, Node *node, Arena *arena, Err *err)
{
    Node *list = node_list(arena);
    Event *events;
    size_t count;
    Str words;

    if (!event_list(tx, str_printf(arena, "case/%lld", (long long)c->id), arena, &events, &count,
                    err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_is(events[i].type, "case.answered"))
            continue;
        if (!case_word_of(tx, &events[i], "explanation", arena, &words, err))
            return false;
        if (str_empty(words))
            continue;
        Node *one = node_map(arena);
        node_set_text(arena, one, "at", timestamp_iso(arena, events[i].at));
        node_set_text(arena, one, "text", words);
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("explanations"), list);
    return true;
}

static bool add_charges(Tx *tx, const Case *c, Node *node, Arena *arena, Err *err)
{
    Node *list = node_list(arena);
    Charge *charges;
    size_t count;

    if (!pay_charges_of(tx, str_printf(arena, "case/%lld", (long long)c->id), arena, &charges,
                        &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *one = case_json_charge(&charges[i], arena);

        node_set_text(arena, one, "debtor", charges[i].debtor);
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("charges"), list);
    return true;
}

static void add_looks(Request *req, Tx *tx, const CaseAccess *looks, size_t count, Node *node)
{
    Node *list = node_list(req->arena);

    for (size_t i = 0; i < count; i++) {
        Node *one = node_map(req->arena);
        node_set_text(req->arena, one, "at", timestamp_iso(req->arena, looks[i].at));
        node_set_text(req->arena, one, "by", own_look_office(req, tx, looks[i].staff_id));
        node_set_text(req->arena, one, "purpose", own_look_purpose(req, looks[i].purpose));
        node_append(req->arena, list, one);
    }
    node_set(req->arena, node, STR("accesses"), list);
}

static bool add_case_looks(Request *req, Tx *tx, const Case *c, Node *node, Err *err)
{
    CaseAccess *looks;
    size_t count;

    if (!case_accesses(tx, c->id, req->arena, &looks, &count, err))
        return false;
    add_looks(req, tx, looks, count, node);
    return true;
}

static bool case_node(Request *req, Tx *tx, const Case *c, Node **out, Err *err)
{
    Arena *arena = req->arena;
    Node *node = node_map(arena);

    case_json_head(c, arena, node);
    *out = node;
    return add_versions(tx, c, node, arena, err) && add_explanations(tx, c, node, arena, err) &&
           add_documents(req, tx, c, node, err) && add_charges(tx, c, node, arena, err) &&
           add_case_looks(req, tx, c, node, err);
}

static bool send(Request *req, Response *res, Node *data, const char *name)
{
    Buf out = buf_in(req->arena);

    node_write_json_pretty(data, &out);
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    return respond_bytes(res, req->arena, STR("application/json"), buf_str(&out), str_c(name));
}

bool own_data_case(Request *req, Response *res, Err *err)
{
    OpenCase open;
    Node *node;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = open_case_read(req, tx, &open, err) && case_node(req, tx, &open.c, &node, err);
    tx_end(tx);
    return ok &&
           send(req, res, node, arena_printf(req->arena, "%.*s.json", STR_ARG(open.c.number)));
}

static bool read_ids(Request *req, Tx *tx, int64_t **ids, size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, req->arena, err, "SELECT id FROM cases WHERE citizen_id = $1 ORDER BY id",
                 P_INT(req->session.citizen_id));

    return ROWS_LIST(rows, req->arena, ids, count, err, row_int(rows, 0));
}

/* What stands in the registers about the person: each entry with who looked at it. */
static bool add_entries(Request *req, Tx *tx, Node *all, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    OwnEntry *entries;
    size_t count;

    if (!own_entries(req, tx, &entries, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const RegisterEntry *entry = &entries[i].entry;
        Node *one = node_map(arena);

        node_set_text(arena, one, "register", entries[i].spec->id);
        node_set_text(arena, one, "title", entry->title);
        node_set_text(arena, one, "from", date_iso(arena, entry->begins));
        if (!date_absent(entry->until))
            node_set_text(arena, one, "until", date_iso(arena, entry->until));
        node_set(arena, one, STR("data"), node_clone(arena, entry->data));
        add_looks(req, tx, entries[i].looks, entries[i].look_count, one);
        node_append(arena, list, one);
    }
    node_set(arena, all, STR("registerEntries"), list);
    return true;
}

bool own_data_all(Request *req, Response *res, Err *err)
{
    Arena *arena = req->arena;
    int64_t *ids;
    Node *all = node_map(arena), *cases = node_list(arena);
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = read_ids(req, tx, &ids, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        Node *node = NULL;
        Case c;
        ok = case_by_id(tx, ids[i], arena, &c, err) && case_node(req, tx, &c, &node, err);
        if (ok)
            node_append(arena, cases, node);
    }
    ok = ok && add_entries(req, tx, all, err);
    tx_end(tx);
    if (!ok)
        return false;
    node_set_text(arena, all, "town", tenant_title(req->tenant));
    node_set_text(arena, all, "email", req->session.email);
    node_set_text(arena, all, "made", timestamp_iso(arena, req->now));
    node_set(arena, all, STR("cases"), cases);
    return send(req, res, all, "meine-daten.json");
}
