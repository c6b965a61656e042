/* SPDX-License-Identifier: EUPL-1.2 */
/* The filter of the work list, between the address and what it means. */
#include "cases/desk.h"

#include "base/percent.h"
#include "base/utf8.h"
#include "base/vec.h"

static bool has(const Str *items, size_t count, Str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(items[i], item))
            return true;
    return false;
}

/* --- What the caller may see -------------------------------------------------------------------
 */

size_t list_offices(const Request *req, const char *permission, Str **out)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    size_t most = 1;
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        most += packages[i]->office_count;
    *out = arena_array(req->arena, Str, most);
    if (ident_may(req->session.staff, permission, STR("*"), STR_NONE))
        (*out)[found++] = STR("*");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->office_count; k++) {
            Str office = packages[i]->offices[k];

            if (!has(*out, found, office) &&
                ident_may(req->session.staff, permission, office, packages[i]->id))
                (*out)[found++] = office;
        }
    return found;
}

bool list_office_asked(Str asked, const Str *offices, size_t count, Str *out, Err *err)
{
    *out = !str_empty(asked) ? asked : count ? offices[0] : STR_NONE;
    return str_empty(asked) || has(offices, count, asked) ||
           err_set(err, ERR_NOT_FOUND,
                   "Dieses Amt gibt es nicht, oder Sie sind dafür nicht freigeschaltet.");
}

/* Does the office take part in the service's cases? "*" is every office. */
static bool takes_part(const Package *package, Str office)
{
    return str_is(office, "*") || has(package->offices, package->office_count, office);
}

static void find_services(Request *req, Str office, ListScope *scope)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    scope->services = arena_array(req->arena, Str, count);
    scope->service_count = 0;
    scope->every_service = true;
    for (size_t i = 0; i < count; i++) {
        bool may = ident_may(req->session.staff, "case.read", office, packages[i]->id);
        if (may && takes_part(packages[i], office))
            scope->services[scope->service_count++] = packages[i]->id;
        scope->every_service &= may;
    }
}

/* --- Reading -------------------------------------------------------------------------------------
 */

typedef struct Words { /* where the values come from: the request, or an address that was kept */
    const Field *items;
    size_t count;
    Arena *arena;
    struct {
        ListSlip *items;
        size_t count, capacity;
    } slips;
} Words;

static Str slip(Words *words, const char *name, Str value, Str known)
{
    VEC_PUSH(words->arena, &words->slips, (ListSlip){name, value, known});
    return STR_NONE;
}

static Str word(Words *words, const char *name)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_is(words->items[i].name, name)) {
            Str value = str_trim(words->items[i].value);

            if (value.len > 200)
                return slip(words, name, STR("…"), STR("at most 200 bytes"));
            return str_empty(value) ? STR_NONE : value;
        }
    return STR_NONE;
}

static Str joined(Arena *arena, const Str *items, size_t count)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(items[i]));
    return buf_str(&out);
}

/* The value when it is one of the words of `allowed`, parted by ", ". */
static Str one_word(Words *words, const char *name, Str value, const char *allowed)
{
    for (Str rest = str_c(allowed); value.ptr && rest.ptr;)
        if (str_eq(value, str_trim(str_cut(&rest, ','))))
            return value;
    return value.ptr ? slip(words, name, value, str_c(allowed)) : STR_NONE;
}

static Str one_of(Words *words, const char *name, const char *allowed)
{
    return one_word(words, name, word(words, name), allowed);
}

static Str one_of_those(Words *words, const char *name, const Str *items, size_t count)
{
    Str value = word(words, name);

    return !value.ptr || has(items, count, value)
               ? value
               : slip(words, name, value, joined(words->arena, items, count));
}

static Date day(Words *words, const char *name)
{
    Date date = {0};
    Str text = word(words, name);

    if (text.ptr && !date_parse_iso(text, &date) && !date_parse_german(text, &date)) {
        slip(words, name, text, STR("days such as 2027-03-31"));
        return (Date){0};
    }
    return date;
}

/* Somebody who has or had an account. */
static bool assignee(Words *words, Tx *tx, Str *out, Err *err)
{
    static const char *const KNOWN = "ich, niemand, team", *const PERSON = "ids of accounts";
    Str value = word(words, "wer");
    Staff staff;
    int64_t id;

    if (!str_to_i64(value, &id)) {
        *out = one_word(words, "wer", value, KNOWN);
        return true;
    }
    *out = value;
    if (ident_staff_by_id(tx, id, words->arena, &staff, err))
        return true;
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    *out = slip(words, "wer", value, str_printf(words->arena, "%s, %s", KNOWN, PERSON));
    return true;
}

/* Names that mean something within a service only. */
static Str within(Words *words, const char *name, bool service)
{
    Str value = word(words, name);

    return service || !value.ptr ? value
                                 : slip(words, name, value, STR("any, together with leistung"));
}

static bool fill(Request *req, Tx *tx, Words *words, ListScope *scope, ListFilter *filter, Err *err)
{
    scope->office_count = list_offices(req, "case.read", &scope->offices);
    *filter = (ListFilter){
        .view = one_of(words, "ansicht", "zutun, offen, meine, ueberfaellig, abgeschlossen")};
    if (!filter->view.ptr)
        filter->view = STR("zutun");
    filter->office = one_of_those(words, "amt", scope->offices, scope->office_count);
    if (!filter->office.ptr)
        filter->office = scope->office_count ? scope->offices[0] : STR("-");
    find_services(req, filter->office, scope);
    filter->service = one_of_those(words, "leistung", scope->services, scope->service_count);
    bool service = filter->service.ptr || scope->service_count == 1;
    filter->procedure = within(words, "verfahren", service);
    filter->state = within(words, "stand", service);
    filter->task = within(words, "aufgabe", service);
    if (!assignee(words, tx, &filter->assignee, err))
        return false;
    filter->due = one_of(words, "frist", "ueberfaellig, woche, keine");
    filter->waiting = one_of(words, "wartet", "ja").ptr;
    filter->findings = one_of(words, "hinweise", "ja").ptr;
    filter->from = day(words, "von");
    filter->to = day(words, "bis");
    filter->channel = one_of(words, "kanal", "portal, api, desk");
    filter->lang = one_of(words, "sprache", "de, en, de-leicht");
    filter->sort = one_of(words, "sortierung", "frist, eingang, geaendert");
    filter->search = word(words, "suche");
    filter->after = word(words, "nach");
    if (filter->after.ptr && !list_after_holds(filter))
        filter->after = slip(words, "nach", filter->after, STR("the `next` of the answer before"));
    filter->slips = words->slips.items;
    filter->slip_count = words->slips.count;
    return ident_deputised(tx, req->session.staff_id, req->today, req->arena, &scope->deputised,
                           &scope->deputised_count, err);
}

bool list_filter_read(Request *req, Tx *tx, ListScope *scope, ListFilter *out, Err *err)
{
    Words words = {.items = req->query, .count = req->query_count, .arena = req->arena};

    return fill(req, tx, &words, scope, out, err);
}

bool list_filter_parse(Request *req, Tx *tx, Str query, ListScope *scope, ListFilter *out, Err *err)
{
    Field fields[24];
    size_t count = 0;

    for (Str rest = query; rest.ptr && count < sizeof fields / sizeof *fields;) {
        Str value = str_cut(&rest, '&');
        Str name = str_cut(&value, '=');

        fields[count].name = name;
        if (value.ptr && percent_decode(req->arena, value, true, &fields[count].value) &&
            utf8_valid(fields[count].value))
            count++;
    }
    Words words = {.items = fields, .count = count, .arena = req->arena};

    return fill(req, tx, &words, scope, out, err);
}

/* --- Writing -------------------------------------------------------------------------------------
 */

static void add_query(const Request *req, Buf *out, const char *name, Str value)
{
    if (value.ptr)
        buf_addf(out, "%s%s=%s", out->len ? "&" : "", name, url_part(req->arena, value));
}

static void add_date(const Request *req, Buf *out, const char *name, Date date)
{
    if (!date_absent(date))
        add_query(req, out, name, date_iso(req->arena, date));
}

Str desk_list_query(const Request *req, const ListFilter *filter)
{
    Buf out = buf_in(req->arena);

    add_query(req, &out, "ansicht", filter->view);
    add_query(req, &out, "amt", filter->office);
    add_query(req, &out, "leistung", filter->service);
    add_query(req, &out, "verfahren", filter->procedure);
    add_query(req, &out, "stand", filter->state);
    add_query(req, &out, "aufgabe", filter->task);
    add_query(req, &out, "wer", filter->assignee);
    add_query(req, &out, "frist", filter->due);
    add_query(req, &out, "wartet", filter->waiting ? STR("ja") : STR_NONE);
    add_query(req, &out, "hinweise", filter->findings ? STR("ja") : STR_NONE);
    add_date(req, &out, "von", filter->from);
    add_date(req, &out, "bis", filter->to);
    add_query(req, &out, "kanal", filter->channel);
    add_query(req, &out, "sprache", filter->lang);
    add_query(req, &out, "sortierung", filter->sort);
    add_query(req, &out, "suche", filter->search);
    return buf_str(&out);
}
