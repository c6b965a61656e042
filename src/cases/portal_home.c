/* SPDX-License-Identifier: EUPL-1.2 */
/* The home page and the list of services with its search. */
#include "base/vec.h"
#include "cases/portal_service.h"
#include "cases/portal_service.html.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

enum { HOME_SERVICES = 8, MAX_WORDS = 8 };

/* Lower case as ICU folds it: "Straße" and "STRASSE" are one. */
static Str folded(Arena *arena, Str text)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0, bytes = 0;
    size_t room = text.len * 3 + 1;
    UChar *wide = arena_alloc(arena, room * sizeof *wide);
    UChar *low = arena_alloc(arena, room * sizeof *low);
    char *out = arena_alloc(arena, room * 3);

    u_strFromUTF8(wide, (int32_t)room, &length, text.ptr ? text.ptr : "", (int32_t)text.len,
                  &status);
    length = u_strFoldCase(low, (int32_t)room, wide, length, U_FOLD_CASE_DEFAULT, &status);
    u_strToUTF8(out, (int32_t)room * 3, &bytes, low, length, &status);
    return U_FAILURE(status) ? text : (Str){out, (size_t)bytes};
}

static void add_text(Buf *all, const Node *text)
{
    if (text && text->kind == NODE_MAP)
        for (size_t i = 0; i < text->count; i++) {
            buf_add(all, node_text(text->items[i]));
            buf_add_char(all, ' ');
        }
    else if (text)
        buf_add(all, node_text(text));
    buf_add_char(all, ' ');
}

/* Everything that somebody might type to find this procedure. */
static Str search_text(Arena *arena, const Package *package, const Procedure *procedure)
{
    Buf all = buf_in(arena);

    add_text(&all, package->name);
    add_text(&all, procedure->name);
    add_text(&all, procedure->summary);
    for (size_t i = 0; i < package->synonym_count; i++) {
        buf_add(&all, package->synonyms[i]);
        buf_add_char(&all, ' ');
    }
    for (size_t i = 0; i < package->topic_count; i++) {
        buf_add(&all, package->topics[i]);
        buf_add_char(&all, ' ');
    }
    return folded(arena, buf_str(&all));
}

/* Every word must occur somewhere. */
static bool matches(Arena *arena, const Package *package, const Procedure *procedure, Str words)
{
    Str text = search_text(arena, package, procedure);
    Str rest = folded(arena, str_trim(words));

    for (int i = 0; rest.ptr && i < MAX_WORDS; i++) {
        Str word = str_trim(str_cut(&rest, ' '));
        if (word.len && str_find(text, word) < 0)
            return false;
    }
    return true;
}

static bool has_topic(const Package *package, Str topic)
{
    for (size_t i = 0; i < package->topic_count; i++)
        if (str_eq(package->topics[i], topic))
            return true;
    return false;
}

static void add_procedure(Request *req, ServicesView *view, const Package *package,
                          const Procedure *procedure)
{
    ServiceView service = {.name = portal_text(req, procedure->name),
                           .summary = portal_text(req, procedure->summary),
                           .path = str_printf(req->arena, "/dienste/%.*s/%.*s",
                                              STR_ARG(package->id), STR_ARG(procedure->id))};

    VEC_PUSH(req->arena, view, service);
}

static void add_topic(Request *req, ServicesView *view, Str name, size_t count)
{
    for (size_t i = 0; i < view->topic_count; i++)
        if (str_eq(view->topics[i].name, name)) {
            view->topics[i].count += count;
            return;
        }
    TopicView *grown = arena_array(req->arena, TopicView, view->topic_count + 1);
    if (view->topic_count)
        memcpy(grown, view->topics, view->topic_count * sizeof *grown);
    grown[view->topic_count++] = (TopicView){name, count};
    view->topics = grown;
}

/* What people begin themselves. */
static size_t portal_procedures(const Package *package)
{
    size_t count = 0;

    for (size_t i = 0; i < package->procedure_count; i++)
        count += !package->procedures[i].office.ptr;
    return count;
}

static bool add_looks(Request *req, ServicesView *view, Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    view->looks = arena_array(req->arena, ServiceView, count);
    for (size_t i = 0; i < count; i++) {
        PortalEntry entry = {.path = STR_NONE};
        if (engines[i]->portal_entry && !engines[i]->portal_entry(req, &entry, err))
            return false;
        if (entry.path.len)
            view->looks[view->look_count++] =
                (ServiceView){.name = entry.name, .summary = entry.summary, .path = entry.path};
    }
    return true;
}

bool portal_home(Request *req, Response *res, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    ServicesView view = {0};
    Str town = tenant_title(req->tenant);

    if (!add_looks(req, &view, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < packages[i]->procedure_count && view.count < HOME_SERVICES; k++)
            if (!packages[i]->procedures[k].office.ptr)
                add_procedure(req, &view, packages[i], &packages[i]->procedures[k]);
        for (size_t k = 0; k < packages[i]->topic_count; k++)
            add_topic(req, &view, packages[i]->topics[k], portal_procedures(packages[i]));
    }
    Out out = out_for(req);
    page_portal_home(&out, town, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Was möchten Sie erledigen?"),
                       .active = STR("/")};
    return page_send(req, res, &frame, out_html(&out));
}

bool portal_services(Request *req, Response *res, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    Str words = request_query(req, "suche"), topic = request_query(req, "thema");
    ServicesView view = {.words = words};

    (void)err;
    view.title = !str_empty(topic) ? topic
                 : !str_empty(words)
                     ? trf(req->arena, req->lang, "Suche nach „%.*s“", STR_ARG(words))
                     : tr(req->lang, "Dienste");
    for (size_t i = 0; i < count; i++) {
        if (!str_empty(topic) && !has_topic(packages[i], topic))
            continue;
        for (size_t k = 0; k < packages[i]->procedure_count; k++)
            if (!packages[i]->procedures[k].office.ptr &&
                matches(req->arena, packages[i], &packages[i]->procedures[k], words))
                add_procedure(req, &view, packages[i], &packages[i]->procedures[k]);
    }
    Out out = out_for(req);
    page_portal_services(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL, .title = view.title, .active = STR("/dienste")};
    return page_send(req, res, &frame, out_html(&out));
}
