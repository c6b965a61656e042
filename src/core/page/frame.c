/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/frame.h"
#include "core/http/request.h"
#include "core/page/frame.html.h"
#include "core/tenant.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>

/* A link is shown only where something answers. */
typedef enum FrameRoute {
    ROUTE_SERVICES,
    ROUTE_APPLICATIONS,
    ROUTE_MAILBOX,
    ROUTE_CITIZEN_SIGN_IN,
    ROUTE_CITIZEN_SIGN_OUT,
    ROUTE_STAFF_ACCOUNT,
    ROUTE_STAFF_SIGN_OUT,
    ROUTE_SEARCH,
    ROUTE_TOWN_PAGE,
    ROUTE_OPEN_DATA,
    ROUTE_ARMS,
    ROUTE_COUNT,
} FrameRoute;

static const struct {
    const char *method;
    const char *pattern;
} FRAME_ROUTES[ROUTE_COUNT] = {
    [ROUTE_SERVICES] = {"GET", "/dienste"},
    [ROUTE_APPLICATIONS] = {"GET", "/antraege"},
    [ROUTE_MAILBOX] = {"GET", "/postfach"},
    [ROUTE_CITIZEN_SIGN_IN] = {"GET", "/anmelden"},
    [ROUTE_CITIZEN_SIGN_OUT] = {"POST", "/abmelden"},
    [ROUTE_STAFF_ACCOUNT] = {"GET", "/desk/konto"},
    [ROUTE_STAFF_SIGN_OUT] = {"POST", "/desk/abmelden"},
    [ROUTE_SEARCH] = {"GET", "/desk/suche"},
    [ROUTE_TOWN_PAGE] = {"GET", "/seite/:name"},
    [ROUTE_OPEN_DATA] = {"GET", "/daten"},
    [ROUTE_ARMS] = {"GET", "/wappen.png"},
};

static bool answered[ROUTE_COUNT];

static bool is_answered(const char *method, const char *pattern)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++) {
        for (const Route *route = engines[i]->routes; route && route->method; route++) {
            if (strcmp(route->pattern, pattern) == 0 && strcmp(route->method, method) == 0)
                return true;
        }
    }
    return false;
}

static void look_at_routes(void)
{
    for (int i = 0; i < ROUTE_COUNT; i++)
        answered[i] = is_answered(FRAME_ROUTES[i].method, FRAME_ROUTES[i].pattern);
}

/* The engines are the same as long as the program runs. */
static bool route_exists(FrameRoute route)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, look_at_routes);
    return answered[route];
}

static void add_link(FrameLinks *links, FrameLink link)
{
    assert(links->count < FRAME_LINKS_MAX);
    links->items[links->count++] = link;
}

static bool is_active(const PageFrame *page, Str path)
{
    Str active = page->active;

    return active.len &&
           (str_eq(active, path) || (active.len > path.len && active.ptr[path.len] == '/' &&
                                     str_eq(str_slice(active, 0, path.len), path)));
}

static void add_page(const Request *req, const PageFrame *page, FrameLinks *links, FrameRoute route,
                     const char *label)
{
    const char *path = FRAME_ROUTES[route].pattern;

    if (route_exists(route))
        add_link(links, (FrameLink){.path = str_c(path),
                                    .label = tr(req->lang, label),
                                    .active = is_active(page, str_c(path))});
}

/* The same page in another language: its path and query with "lang" changed. A page that
 * answered a POST cannot be asked for again; its language switch leads to the start. */
static Str path_in_language(const Request *req, const char *lang)
{
    Buf path = buf_in(req->arena);
    bool safe = str_is(req->method, "GET") || str_is(req->method, "HEAD");

    buf_add(&path, safe ? req->path : STR("/"));
    buf_addf(&path, "?lang=%s", lang);
    for (size_t i = 0; safe && i < req->query_count; i++) {
        if (!str_is(req->query[i].name, "lang"))
            buf_addf(&path, "&%s=%s", url_part(req->arena, req->query[i].name),
                     url_part(req->arena, req->query[i].value));
    }
    return buf_str(&path);
}

/* Each language is named in itself. */
static void add_languages(const Request *req, FrameLinks *links)
{
    static const struct {
        const char *lang;
        const char *html;
        const char *name;
    } LANGUAGES[] = {
        {"de", "de", "Deutsch"},
        {"en", "en", "English"},
        {"de-leicht", "de-simple", "Leichte Sprache"},
    };

    for (size_t i = 0; i < sizeof LANGUAGES / sizeof *LANGUAGES; i++)
        add_link(links, (FrameLink){.path = path_in_language(req, LANGUAGES[i].lang),
                                    .label = str_c(LANGUAGES[i].name),
                                    .active = str_is(req->lang, LANGUAGES[i].lang),
                                    .lang = LANGUAGES[i].html});
}

static void portal_links(const Request *req, const PageFrame *page, FrameView *view)
{
    add_languages(req, &view->languages);
    add_page(req, page, &view->navigation, ROUTE_SERVICES, N_("Dienste"));
    if (req->session.citizen_id) {
        add_page(req, page, &view->navigation, ROUTE_APPLICATIONS, N_("Meine Anträge"));
        add_page(req, page, &view->navigation, ROUTE_MAILBOX, N_("Postfach"));
        if (route_exists(ROUTE_CITIZEN_SIGN_OUT))
            view->sign_out = STR("/abmelden");
        view->user = req->session.name.len ? req->session.name : req->session.email;
    } else {
        add_page(req, page, &view->account, ROUTE_CITIZEN_SIGN_IN, N_("Anmelden"));
    }
}

/* The engines' entries for which this member of staff has the permission. */
static void desk_navigation(const Request *req, const PageFrame *page, FrameLinks *links)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);
    const Engine *sessions = NULL;

    for (size_t i = 0; i < count; i++) {
        if (engines[i]->session_may)
            sessions = engines[i];
    }
    for (size_t i = 0; i < count; i++) {
        for (const NavItem *item = engines[i]->navigation; item && item->path; item++) {
            bool allowed =
                !item->permission || (sessions && sessions->session_may(req, item->permission));
            if (allowed && links->count < FRAME_LINKS_MAX)
                add_link(links, (FrameLink){.path = str_c(item->path),
                                            .label = tr(req->lang, item->label),
                                            .active = is_active(page, str_c(item->path))});
        }
    }
}

static void desk_links(const Request *req, const PageFrame *page, FrameView *view)
{
    if (!req->session.staff_id)
        return;
    desk_navigation(req, page, &view->navigation);
    view->user = req->session.name;
    if (route_exists(ROUTE_STAFF_ACCOUNT))
        view->user_path = STR("/desk/konto");
    if (route_exists(ROUTE_STAFF_SIGN_OUT))
        view->sign_out = STR("/desk/abmelden");
    if (route_exists(ROUTE_SEARCH) && request_may(req, "case.read"))
        view->search = STR("/desk/suche");
}

/* What the law asks for on every page (DDG §5, BITV §4, §7). */
static void footer_links(const Request *req, const PageFrame *page, FrameLinks *links)
{
    static const struct {
        const char *path;
        const char *label;
    } PAGES[] = {
        {"/seite/impressum", N_("Impressum")},
        {"/seite/datenschutz", N_("Datenschutz")},
        {"/seite/barrierefreiheit", N_("Barrierefreiheit")},
        {"/seite/leichte-sprache", N_("Leichte Sprache")},
        {"/seite/gebaerdensprache", N_("Gebärdensprache")},
    };

    for (size_t i = 0; route_exists(ROUTE_TOWN_PAGE) && i < sizeof PAGES / sizeof *PAGES; i++)
        add_link(links, (FrameLink){.path = str_c(PAGES[i].path),
                                    .label = tr(req->lang, PAGES[i].label),
                                    .active = is_active(page, str_c(PAGES[i].path))});
    if (route_exists(ROUTE_OPEN_DATA))
        add_link(links, (FrameLink){.path = STR("/daten"),
                                    .label = tr(req->lang, "Offene Daten"),
                                    .active = is_active(page, STR("/daten"))});
}

static const char *html_language(Str lang)
{
    if (str_is(lang, "en"))
        return "en";
    return str_is(lang, "de-leicht") ? "de-simple" : "de";
}

/* The setting "colours.primary" when it is "#" and six hexadecimal digits. */
static Str town_colour(const Tenant *tenant)
{
    Str colour = tenant_setting(tenant, "colours.primary");

    if (colour.len != 7 || colour.ptr[0] != '#')
        return STR_NONE;
    for (size_t i = 1; i < colour.len; i++) {
        if (!isxdigit((unsigned char)colour.ptr[i]))
            return STR_NONE;
    }
    return colour;
}

bool page_send(Request *req, Response *res, const PageFrame *frame, Html content)
{
    Out out = out_for(req);
    FrameView *view = arena_new(req->arena, FrameView);

    view->page = frame;
    view->town = tenant_title(req->tenant);
    view->title = str_empty(frame->title) ? view->town
                                          : str_printf(req->arena, "%.*s – %.*s",
                                                       STR_ARG(frame->title), STR_ARG(view->town));
    view->official = trf(req->arena, req->lang, "Offizielle Website – %.*s", STR_ARG(view->town));
    view->html_lang = html_language(req->lang);
    view->has_arms = tenant_setting(req->tenant, "arms").len && route_exists(ROUTE_ARMS);
    view->colour = town_colour(req->tenant);
    view->content = content;
    if (frame->area == AREA_DESK)
        desk_links(req, frame, view);
    else
        portal_links(req, frame, view);
    footer_links(req, frame, &view->footer);
    buf_reserve(out.buf, content.str.len + 8192);
    page_frame(&out, view);
    res->framed = frame->embedded;
    return respond_html(res, out_html(&out).str);
}
