/* SPDX-License-Identifier: EUPL-1.2 */
/* Once-only: what a register already knows of a signed-in citizen's own entries need not be typed
 * again. Own are the living entries whose `owner` is the address that was proven by signing in; the
 * page says where values come from and of when, and that they were taken is noted. */
#include "cases/own_register.h"
#include "cases/portal_form.h"
#include "cases/portal_form.html.h"
#include "cases/register_look.h"

bool prefill_show(Request *req, const Draft *draft, const FormPage *page, Str action, Html *out,
                  Err *err)
{
    const Prefill *prefill = page->prefill;
    RegisterEntry *entries = NULL;
    size_t count = 0;
    Out part = out_for(req);
    PrefillView view = {.action = action};

    *out = (Html){STR("")};
    if (!prefill)
        return true;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = own_entries_of(req, tx, prefill->spec, false, &entries, &count, err);

    tx_end(tx);
    if (!ok)
        return false;
    const Node *taken = node_get_str(draft->prefilled, page->id);

    if (taken) {
        view.taken = node_get_text(taken, "title");
        view.taken_on =
            date_long(req->arena, date_in_berlin(node_get_i64(taken, "at", 0)), req->lang);
    }
    view.register_name = portal_text(req, prefill->spec->name);
    view.day = date_long(req->arena, req->today, req->lang);
    view.entries = arena_array(req->arena, OptionView, count);
    for (size_t i = 0; i < count; i++)
        view.entries[view.entry_count++] =
            (OptionView){.value = str_printf(req->arena, "%lld", (long long)entries[i].id),
                         .label = entries[i].title};
    if (taken || view.entry_count)
        page_portal_prefill(&part, &view);
    *out = out_html(&part);
    return true;
}

/* --- Taking ------------------------------------------------------------------------------------
 */

typedef struct Taking {
    Request *req;
    const FormPage *page;
    const RegisterEntry *entry;
    const FeelValue *context;
} Taking;

static bool put_values(const Taking *taking, Node *data, Err *err)
{
    const Prefill *prefill = taking->page->prefill;
    Arena *arena = taking->req->arena;
    FeelEnv env = {.today = taking->req->today, .now = taking->req->now};

    for (size_t i = 0; i < prefill->count; i++) {
        const FeelValue *value = feel_eval(prefill->values[i], taking->context, &env, arena, err);

        if (!value)
            return false;
        if (!node_path_set(arena, data, prefill->paths[i], feel_to_node(arena, value)))
            return err_set(err, ERR_INTERNAL, "prefill: no place for %.*s",
                           STR_ARG(prefill->paths[i]));
    }
    return true;
}

static bool take(Tx *tx, const Draft *draft, Node *data, void *context, Err *err)
{
    const Taking *taking = context;
    const RegisterEntry *entry = taking->entry;
    const RegisterSpec *spec = taking->page->prefill->spec;
    Arena *arena = taking->req->arena;
    Node *source = node_map(arena);

    node_set(arena, source, STR("register"), node_string(arena, spec->id));
    node_set(arena, source, STR("entry"), node_int(arena, entry->id));
    node_set(arena, source, STR("title"), node_string(arena, entry->title));
    node_set(arena, source, STR("at"), node_int(arena, tx_now(tx)));
    return put_values(taking, data, err) &&
           draft_note_prefill(tx, draft, taking->page->id, source, arena, err) &&
           register_look_note(
               tx,
               &(RegisterLook){0, spec->id, entry->id, STR("In einen eigenen Antrag übernommen")},
               err);
}

bool prefill_take(Request *req, const Draft *draft, const FormPage *page, Err *err)
{
    RegisterEntry *entries = NULL;
    size_t count = 0;
    int64_t id = 0;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    str_to_i64(request_form(req, "eintrag"), &id);
    bool ok = own_entries_of(req, tx, page->prefill->spec, false, &entries, &count, err);

    tx_end(tx);
    if (!ok)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].id != id)
            continue;
        Taking taking = {.req = req,
                         .page = page,
                         .entry = &entries[i],
                         .context =
                             feel_context_put(req->arena, draft->package->constants, STR("e"),
                                              feel_from_node(req->arena, entries[i].data,
                                                             page->prefill->entry_type))};

        return draft_change(req->tenant, draft, page->id, take, &taking, req->arena, err);
    }
    return err_set(err, ERR_INPUT, "%.*s",
                   STR_ARG(tr(req->lang, "Bitte wählen Sie einen Eintrag aus.")));
}
