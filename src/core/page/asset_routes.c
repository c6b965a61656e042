/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/request.h"
#include "core/page/assets.h"

/* "gzip" as a whole word of the list, not refused by q=0. */
static bool accepts_gzip(Str accepted)
{
    while (accepted.ptr) {
        Str item = str_trim(str_cut(&accepted, ','));
        Str name = str_trim(str_cut(&item, ';'));
        Str quality = str_trim(item);
        if (str_eq_nocase(name, STR("gzip")))
            return !str_is(quality, "q=0") && !str_starts_with(quality, "q=0.0");
    }
    return false;
}

static bool serve(Request *req, Response *res, Err *err)
{
    const Asset *asset = asset_by_path(req->path);

    if (!asset)
        return err_set(err, ERR_NOT_FOUND, "no such file: %.*s", STR_ARG(req->path));
    response_header(res, "Cache-Control", STR("public, max-age=31536000, immutable"));
    response_header(res, "ETag", str_c(asset->etag));
    response_header(res, "Vary", STR("Accept-Encoding"));
    if (str_is(request_header(req, "If-None-Match"), asset->etag)) {
        res->status = 304;
        return true;
    }
    bool packed = asset->gzip.ptr && accepts_gzip(request_header(req, "Accept-Encoding"));
    if (packed)
        response_header(res, "Content-Encoding", STR("gzip"));
    res->type = str_c(asset->type);
    res->body = packed ? asset->gzip : asset->bytes;
    return true;
}

const Route ASSET_ROUTES[] = {
    {.method = "GET",
     .pattern = "/assets/:file",
     .handler = serve,
     .access = ACCESS_GLOBAL,
     .flags = ROUTE_FAST},
    {0},
};
