/* SPDX-License-Identifier: EUPL-1.2 */
#include "portal/portal.h"
#include "core/folder.h"
#include "core/http/request.h"
#include "core/page/out.h"
#include "core/tenant.h"
#include "portal/town_page.html.h"
#include "post/markdown.h"

enum { PAGE_MAX_BYTES = 1 << 20, ARMS_MAX_BYTES = 4 << 20, NAME_MAX_BYTES = 60 };

/* The page in the visitor's language, else the German one; `*lang` is NULL when it fits. */
static bool read_page(Request *req, Str name, Str *text, const char **lang, Err *err)
{
    const Tenant *tenant = req->tenant;
    char *path;

    *lang = NULL;
    if (!str_is(req->lang, "de")) {
        path = arena_printf(req->arena, "%.*s/pages/%.*s.%.*s.md", STR_ARG(tenant->folder),
                            STR_ARG(name), STR_ARG(req->lang));
        if (folder_read_file(path, PAGE_MAX_BYTES, req->arena, text, err))
            return true;
        if (err->kind != ERR_NOT_FOUND)
            return false;
        *lang = "de";
    }
    path = arena_printf(req->arena, "%.*s/pages/%.*s.md", STR_ARG(tenant->folder), STR_ARG(name));
    return folder_read_file(path, PAGE_MAX_BYTES, req->arena, text, err);
}

/* GET /seite/:name */
static bool show_page(Request *req, Response *res, Err *err)
{
    Str name = request_param(req, "name");
    Str text;
    const char *lang;

    if (!str_is_name(name, NAME_MAX_BYTES))
        return err_set(err, ERR_NOT_FOUND, "Eine Seite „%.*s“ gibt es nicht.", STR_ARG(name));
    if (!read_page(req, name, &text, &lang, err))
        return false;
    TownPage page = town_page_parse(req->arena, text);
    Buf body = buf_in(req->arena);
    markdown_to_html(&body, page.markdown, req->base);
    Out out = out_for(req);
    page_town_page(&out, page.title, lang, (Html){buf_str(&body)});
    PageFrame frame = {.area = AREA_PORTAL, .title = page.title, .active = req->path};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /wappen.png: the file that the setting "arms" names. */
static bool show_arms(Request *req, Response *res, Err *err)
{
    Str file = tenant_setting(req->tenant, "arms");
    Str bytes;

    if (str_empty(file) || str_find_char(file, '/') >= 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Kommune zeigt kein Wappen.");
    char *path = arena_printf(req->arena, "%.*s/%.*s", STR_ARG(req->tenant->folder), STR_ARG(file));
    if (!folder_read_file(path, ARMS_MAX_BYTES, req->arena, &bytes, err))
        return false;
    response_header(res, "Cache-Control", STR("public, max-age=86400"));
    return respond_bytes(res, req->arena, STR("image/png"), bytes, STR_NONE);
}

static const Route ROUTES[] = {
    {"GET", "/seite/:name", show_page, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/wappen.png", show_arms, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {0},
};

const Engine PORTAL_ENGINE = {.name = "portal", .routes = ROUTES};
