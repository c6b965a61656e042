/* SPDX-License-Identifier: EUPL-1.2 */
/* The filter of the work list, between the address and what it means. */
#include "cases/desk.h"

#include "base/utf8.h"
#include "core/http/percent.h"

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

static void find_services(Request *req, Str office, ListScope *scope)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    scope->services = arena_array(req->arena, Str, count);
    scope->service_count = 0;
    scope->every_service = true;
    for (size_t i = 0; i < count; i++) {
        if (ident_may(req->session.staff, "case.read", office, packages[i]->id))
            scope->services[scope->service_count++] = packages[i]->id;
        else
            scope->every_service = false;
    }
}

/* --- Reading -------------------------------------------------------------------------------------
 */

typedef struct Words { /* where the values come from: the request, or an address that was kept */
    const Field *items;
    size_t count;
} Words;

static Str word(const Words *words, const char *name)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_is(words->items[i].name, name)) {
            Str value = str_trim(words->items[i].value);

            return str_empty(value) || value.len > 200 ? STR_NONE : value;
        }
    return STR_NONE;
}

static Str one_of(Str value, const char *const *allowed)
{
    for (size_t i = 0; allowed[i]; i++)
        if (str_is(value, allowed[i]))
            return value;
    return STR_NONE;
}

static Date day(const Words *words, const char *name)
{
    Date date = {0};
    Str text = word(words, name);

    return date_parse_iso(text, &date) || date_parse_german(text, &date) ? date : (Date){0};
}

static Str assignee(Str value)
{
    int64_t id;

    if (str_to_i64(value, &id) && id > 0)
        return value;
    return one_of(value, (const char *const[]){"ich", "niemand", "team", NULL});
}

static bool fill(Request *req, Tx *tx, const Words *words, ListScope *scope, ListFilter *filter,
                 Err *err)
{
    static const char *const VIEWS[] = {"zutun",        "offen",         "meine",
                                        "ueberfaellig", "abgeschlossen", NULL};
    Str office = word(words, "amt");

    scope->office_count = list_offices(req, "case.read", &scope->offices);
    *filter = (ListFilter){.view = one_of(word(words, "ansicht"), VIEWS)};
    if (!filter->view.ptr)
        filter->view = STR("zutun");
    filter->office = has(scope->offices, scope->office_count, office) ? office
                     : scope->office_count                            ? scope->offices[0]
                                                                      : STR("-");
    find_services(req, filter->office, scope);
    filter->service = word(words, "leistung");
    if (filter->service.ptr && !has(scope->services, scope->service_count, filter->service))
        filter->service = STR_NONE;
    if (filter->service.ptr || scope->service_count == 1) {
        filter->procedure = word(words, "verfahren");
        filter->state = word(words, "stand");
        filter->task = word(words, "aufgabe");
    }
    filter->assignee = assignee(word(words, "wer"));
    filter->due =
        one_of(word(words, "frist"), (const char *const[]){"ueberfaellig", "woche", "keine", NULL});
    filter->waiting = str_is(word(words, "wartet"), "ja");
    filter->findings = str_is(word(words, "hinweise"), "ja");
    filter->from = day(words, "von");
    filter->to = day(words, "bis");
    filter->channel =
        one_of(word(words, "kanal"), (const char *const[]){"portal", "api", "desk", NULL});
    filter->lang =
        one_of(word(words, "sprache"), (const char *const[]){"de", "en", "de-leicht", NULL});
    filter->sort = one_of(word(words, "sortierung"),
                          (const char *const[]){"frist", "eingang", "geaendert", NULL});
    filter->search = word(words, "suche");
    filter->after = word(words, "nach");
    return ident_deputised(tx, req->session.staff_id, req->today, req->arena, &scope->deputised,
                           &scope->deputised_count, err);
}

bool list_filter_read(Request *req, Tx *tx, ListScope *scope, ListFilter *out, Err *err)
{
    return fill(req, tx, &(Words){req->query, req->query_count}, scope, out, err);
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
    return fill(req, tx, &(Words){fields, count}, scope, out, err);
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
