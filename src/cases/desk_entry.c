/* SPDX-License-Identifier: EUPL-1.2 */
/* One entry of a register: what holds, what held on a day as known on another, and how we came to
 * know it. */
#include "base/vec.h"
#include "cases/desk_register.h"
#include "cases/desk_register.html.h"
#include "cases/desk_register_hand.h"
#include "core/http/request.h"

typedef struct EntryLoad {
    Request *req;
    DeskRegister reg;
    RegisterEntry *rows; /* all, by record time */
    size_t row_count;
    RegisterAct *acts; /* by hand, that are done */
    size_t act_count;
} EntryLoad;

size_t desk_entry_facts(const DeskRegister *reg, const Node *data, Arena *arena, FactView **out,
                        bool *hidden)
{
    const RegisterSpec *spec = reg->spec;
    size_t count = 0;

    *out = arena_array(arena, FactView, spec->field_count);
    *hidden = false;
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        Str value = desk_register_value(field, data, arena);

        if (str_empty(value))
            continue;
        if (desk_register_shows(reg, field))
            (*out)[count++] = (FactView){.label = desk_register_label(field), .value = value};
        else
            *hidden = *hidden || !field->internal;
    }
    return count;
}

static void fill_facts(const EntryLoad *load, const RegisterEntry *entry, EntryPage *page)
{
    bool hidden;

    page->fact_count =
        desk_entry_facts(&load->reg, entry->data, load->req->arena, &page->facts, &hidden);
}

/* Field by field; `*hidden` when a field differs that the caller does not see. */
static size_t differences(const EntryLoad *load, const Node *before, const Node *now,
                          EntryChange **out, bool *hidden)
{
    const RegisterSpec *spec = load->reg.spec;
    size_t count = 0;

    *out = arena_array(load->req->arena, EntryChange, spec->field_count);
    *hidden = false;
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        Str old = desk_register_value(field, before, load->req->arena);
        Str value = desk_register_value(field, now, load->req->arena);

        if (str_eq(old, value))
            continue;
        if (desk_register_shows(&load->reg, field))
            (*out)[count++] = (EntryChange){desk_register_label(field), old, value};
        else
            *hidden = *hidden || !field->internal;
    }
    return count;
}

/* --- How we came to know it ------------------------------------------------------------------- */

static bool known_at(const RegisterEntry *row, Timestamp at)
{
    return row->recorded <= at && (!row->superseded || row->superseded > at);
}

/* What was known, just before a moment, of the day on which a stretch begins; or of the nearest
 * day. NULL: the entry was new. */
static const RegisterEntry *known_before(const EntryLoad *load, const RegisterEntry *row)
{
    const RegisterEntry *nearest = NULL;

    for (size_t i = 0; i < load->row_count; i++) {
        const RegisterEntry *other = &load->rows[i];

        if (!known_at(other, row->recorded - 1))
            continue;
        if (date_compare(other->from, row->from) <= 0 &&
            (!nearest || date_compare(other->from, nearest->from) > 0 ||
             date_compare(nearest->from, row->from) > 0))
            nearest = other;
        else if (!nearest)
            nearest = other;
    }
    return nearest;
}

static Str valid_text(const RegisterEntry *row, Arena *arena)
{
    Str from = date_long(arena, row->from, STR("de"));

    if (date_absent(row->until))
        return str_printf(arena, "Gilt ab %.*s", STR_ARG(from));
    return str_printf(arena, "Gilt vom %.*s bis %.*s", STR_ARG(from),
                      STR_ARG(date_long(arena, row->until, STR("de"))));
}

/* The last row known at a moment: the entry's end as known then. */
static const RegisterEntry *last_known(const EntryLoad *load, Timestamp at)
{
    const RegisterEntry *last = NULL;

    for (size_t i = 0; i < load->row_count; i++)
        if (known_at(&load->rows[i], at) &&
            (!last || date_compare(load->rows[i].from, last->from) > 0))
            last = &load->rows[i];
    return last;
}

static bool same_day(Date a, Date b)
{
    return date_absent(a) ? date_absent(b) : !date_absent(b) && date_compare(a, b) == 0;
}

static Str event_title(const EntryLoad *load, Timestamp at)
{
    Arena *arena = load->req->arena;
    const RegisterEntry *before = last_known(load, at - 1);
    const RegisterEntry *now = last_known(load, at);

    if (!before)
        return STR("Eingetragen");
    Str begins =
        now && !same_day(before->begins, now->begins)
            ? str_printf(arena, "Beginn: %.*s", STR_ARG(date_long(arena, now->begins, STR("de"))))
            : STR("");
    const char *join = begins.len ? "; " : "";

    if (!now || same_day(before->until, now->until))
        return begins.len ? begins : STR("Geändert");
    if (date_absent(now->until))
        return str_printf(arena, "%.*s%sKein Ende mehr", STR_ARG(begins), join);
    return str_printf(arena, "%.*s%sEnde: %.*s%s%.*s", STR_ARG(begins), join,
                      STR_ARG(date_long(arena, now->until, STR("de"))),
                      str_empty(now->reason) ? "" : ", ", STR_ARG(now->reason));
}

/* Who wrote by hand, and why; with two people, who proposed it. */
static void tell_act(const EntryLoad *load, Tx *tx, const RegisterEntry *row, EntryEvent *event)
{
    Arena *arena = load->req->arena;

    for (size_t i = 0; row->act_id && i < load->act_count; i++) {
        const RegisterAct *act = &load->acts[i];

        if (act->id != row->act_id)
            continue;
        event->why = act->reason.ptr ? act->reason : STR("Der Grund ist gelöscht.");
        event->how = act->decided_by == act->by
                         ? STR("Von Hand eingetragen")
                         : str_printf(arena, "Von Hand eingetragen, vorgeschlagen von %.*s",
                                      STR_ARG(desk_staff_name(tx, act->by, arena)));
    }
}

static void add_stretch(const EntryLoad *load, const RegisterEntry *row, EntryEvent *event)
{
    const RegisterEntry *before = known_before(load, row);
    EntryStretch stretch = {.valid = valid_text(row, load->req->arena)};
    bool hidden = false;

    if (before)
        stretch.change_count =
            differences(load, before->data, row->data, &stretch.changes, &hidden);
    if (hidden)
        stretch.note = STR("Auch Angaben, die Sie nicht sehen dürfen, sind geändert.");
    if (!before || stretch.change_count || hidden)
        event->stretches[event->stretch_count++] = stretch;
}

/* Newest first. Rows that were replaced in the moment in which they were made say nothing. */
static void fill_events(EntryLoad *load, Tx *tx, EntryPage *page)
{
    Arena *arena = load->req->arena;

    page->events = arena_array(arena, EntryEvent, load->row_count);
    for (size_t i = load->row_count; i-- > 0;) {
        const RegisterEntry *row = &load->rows[i];
        bool last_of_moment =
            i + 1 == load->row_count || load->rows[i + 1].recorded != row->recorded;
        EntryEvent *event = &page->events[page->event_count];

        if (row->superseded == row->recorded && !last_of_moment)
            continue;
        if (i + 1 < load->row_count && !last_of_moment && page->event_count > 0)
            event = &page->events[page->event_count - 1];
        else
            page->event_count++;
        if (!event->when.ptr) {
            *event =
                (EntryEvent){.when = timestamp_long(arena, row->recorded, STR("de")),
                             .who = desk_actor_name(tx, row->actor, arena),
                             .title = event_title(load, row->recorded),
                             .case_path = row->case_id ? str_printf(arena, "/desk/vorgaenge/%lld",
                                                                    (long long)row->case_id)
                                                       : STR_NONE,
                             .stretches = arena_array(arena, EntryStretch, load->row_count)};
            tell_act(load, tx, row, event);
        }
        if (row->superseded != row->recorded)
            add_stretch(load, row, event);
    }
    for (size_t i = 0; i < page->event_count; i++) { /* by valid time */
        EntryEvent *event = &page->events[i];

        for (size_t k = 0; k < event->stretch_count / 2; k++) {
            EntryStretch swapped = event->stretches[k];

            event->stretches[k] = event->stretches[event->stretch_count - 1 - k];
            event->stretches[event->stretch_count - 1 - k] = swapped;
        }
    }
}

/* --- On a day, as known on another ------------------------------------------------------------ */

static Str at_text(const RegisterAsked *asked, const Request *req)
{
    Date known = req->today;

    date_parse_iso(asked->known_on, &known);
    return str_printf(req->arena, "Am %.*s, nach dem Stand vom %.*s",
                      STR_ARG(date_long(req->arena, asked->query.valid_on, STR("de"))),
                      STR_ARG(date_long(req->arena, known, STR("de"))));
}

static bool fill_at(const EntryLoad *load, Tx *tx, const RegisterAsked *asked,
                    const RegisterEntry *head, EntryPage *page, Err *err)
{
    RegisterEntry entry;
    bool hidden;

    page->at = at_text(asked, load->req);
    if (!register_at(tx, load->reg.spec->id, head->id, asked->query.valid_on, asked->query.known_at,
                     load->req->arena, &entry, err)) {
        page->at_nothing = err->kind == ERR_NOT_FOUND;
        return page->at_nothing;
    }
    fill_facts(load, &entry, page);
    page->difference_count = differences(load, entry.data, head->data, &page->differences, &hidden);
    return true;
}

/* --- The page ----------------------------------------------------------------------------------
 */

static bool load_history(EntryLoad *load, Tx *tx, int64_t id, Err *err)
{
    return register_history(tx, id, load->req->arena, &load->rows, &load->row_count, err) &&
           register_act_done(tx, id, load->req->arena, &load->acts, &load->act_count, err);
}

bool desk_entry_events(Request *req, const DeskRegister *reg, Tx *tx, int64_t id,
                       EntryEvent **events, size_t *count, Err *err)
{
    EntryLoad load = {.req = req, .reg = *reg};
    EntryPage page = {0};

    if (!load_history(&load, tx, id, err))
        return false;
    fill_events(&load, tx, &page);
    *events = page.events;
    *count = page.event_count;
    return true;
}

/* What waits for a second person. */
static bool load_waiting(const EntryLoad *load, Tx *tx, int64_t id, EntryPage *page, Err *err)
{
    Arena *arena = load->req->arena;
    RegisterAct *acts;
    size_t count;

    if (!register_act_waiting(tx, load->reg.spec->id, id, arena, &acts, &count, err))
        return false;
    page->waiting = arena_array(arena, ActLink, count);
    for (size_t i = 0; i < count; i++)
        page->waiting[page->waiting_count++] = desk_act_link(&load->reg, tx, &acts[i], arena);
    return true;
}

static bool load_entry(EntryLoad *load, Tx *tx, const RegisterAsked *asked, RegisterEntry *head,
                       EntryPage *page, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(load->req, "eintrag"), &id);
    if (!register_by_id(tx, load->reg.spec->id, id, load->req->arena, head, err) ||
        !load_history(load, tx, id, err) || !load_waiting(load, tx, id, page, err))
        return false;
    if (!desk_run_letters(tx, &load->reg, head, load->req->arena, &page->letters, err))
        return false;
    fill_events(load, tx, page);
    if (asked->query.at)
        return fill_at(load, tx, asked, head, page, err);
    fill_facts(load, head, page);
    return true;
}

bool desk_entry_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    EntryLoad load = {.req = req};
    EntryPage page = {0};
    RegisterAsked asked;
    RegisterEntry head;
    Tx *tx = desk_register(req, &load.reg, err) ? db_read(req->tenant->db, err) : NULL;

    if (!tx)
        return false;
    desk_register_asked(req, &load.reg, &asked);
    bool ok = load_entry(&load, tx, &asked, &head, &page, err);

    tx_end(tx);
    if (!ok || !desk_register_note_look(req, &load.reg, &head, "Registereintrag angesehen", err))
        return false;
    page.title = head.title;
    page.life = desk_register_life(head.begins, head.until, req->arena);
    page.ended = !date_absent(head.until);
    page.reason = head.reason;
    page.register_name = load.reg.name;
    page.register_path = load.reg.path;
    page.path = str_printf(req->arena, "%.*s/%lld", STR_ARG(load.reg.path), (long long)head.id);
    page.valid_on = asked.valid_on;
    page.known_on = asked.known_on;
    page.problem = asked.problem;
    page.may_correct = desk_register_may(req, &load.reg, "register.correct");
    page.notice = desk_act_notice(request_query(req, "getan"));
    page_desk_entry(&out, &page);
    return desk_register_send(req, res, page.title, &out);
}
