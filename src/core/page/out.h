/* SPDX-License-Identifier: EUPL-1.2 */
/* Out: where a page template writes. Escaping follows from the place in the HTML and from
 * the C type of the value: Str, const char * and integers are escaped; Html is written as
 * it is and is the only type that is. The template compiler picks the function. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

typedef struct Request Request;

/* HTML that was made by a template or a trusted writer. */
typedef struct Html {
    Str str;
} Html;

/* Where in a page the tokens of its forms go, for one that is kept and sent many times. */
typedef struct TokenPlaces {
    const Buf *buf; /* of the page */
    size_t *items;
    size_t count, capacity;
} TokenPlaces;

typedef struct Out {
    Buf *buf;
    Str lang;
    Str base;            /* prefix of links within the tenant */
    Str csrf;            /* for {% csrf %} */
    TokenPlaces *places; /* tokens are left out, and their places noted here; or NULL */
    Request *req;
} Out;

/* An Out for a request, writing into a fresh buffer of its arena. */
Out out_for(Request *req);
Html out_html(Out *out);

void out_text(Out *out, Str s); /* between tags */
void out_attr(Out *out, Str s); /* inside "…" */
void out_url(Out *out, Str s);  /* href, src, action: relative, http(s), mailto, tel; else "#" */
void out_url_part(Out *out, Str s); /* further inside a link: percent-encoded */
void out_raw(Out *out, Html html);
void out_int(Out *out, int64_t value);
void out_text_c(Out *out, const char *s);
void out_attr_c(Out *out, const char *s);
void out_url_c(Out *out, const char *s);
void out_url_part_c(Out *out, const char *s);
/* The page with the request's token where it goes. */
void out_with_tokens(Out *out, Html page, const TokenPlaces *places);
/* The hidden field of {% csrf %}; asks the request for the token when none is set. */
void out_csrf(Out *out);
/* {{ url_of(path) }}: the same path within the tenant. */
Str out_path(const Out *out, Str path);
/* {{ url("/vorgang/%lld", id) }}: a link within the tenant. Text from outside that becomes
 * part of a path goes through url_part() first. */
Str out_link(Out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Percent-encoded for one segment of a path or one value of a query. */
const char *url_part(Arena *arena, Str s);

/* --- Languages --------------------------------------------------------------------- */

/* The translation of a German text, or the text itself. The German text is the key;
 * web/translations/{en,de-leicht}.yaml hold the others; a test reports missing ones. */
Str tr(Str lang, const char *german);
/* Marks a text in a table that tr() gets later, so that its translations are looked after. */
#define N_(german) german
/* As printf, with a translated format (same conversions in every language; checked by a test). */
Str trf(Arena *arena, Str lang, const char *german, ...) __attribute__((format(printf, 3, 4)));
/* err_set() and err_field() in the language of who will read it: pages say German, commands say
 * STR("en"); STR_NONE is German. They return false. */
bool err_set_in(Err *err, ErrKind kind, Str lang, const char *german, ...)
    __attribute__((format(printf, 4, 5)));
bool err_field_in(Err *err, const char *field, Str lang, const char *german, ...)
    __attribute__((format(printf, 4, 5)));
#ifdef __clang_analyzer__
/* What the static analyser cannot see from here. */
#define err_set_in(...) (err_set_in(__VA_ARGS__), false)
#define err_field_in(...) (err_field_in(__VA_ARGS__), false)
#endif
/* Text of a package or setting: a plain string, or a map by language (falls back to de). */
typedef struct Node Node;
Str text_in(const Node *text, Str lang);

/* --- The frame ----------------------------------------------------------------------- */

typedef enum Area {
    AREA_PORTAL,
    AREA_DESK,
    AREA_PLAIN, /* sign-in, errors */
} Area;

typedef struct PageFrame {
    Area area;
    Str title;           /* of the window: "Hund anmelden – Musterstadt" is made from it */
    Str active;          /* path of the active navigation entry, or one below it */
    bool wide;           /* desk lists */
    bool wall;           /* for a display that nobody operates: no head, no foot, loaded anew
                            by wall.js */
    bool dark;           /* dark whatever the system says */
    Str description;     /* meta */
    int refresh_seconds; /* above 0: without JavaScript the page is asked for again */
    const char *script;  /* the page's own, an asset: "twin.js"; the map's, too, where it has one */
    bool map;            /* it shows a map */
    bool embedded;       /* for a frame of other sites: without head and foot */
} PageFrame;

typedef struct Response Response;
/* Put the content into the frame (head, navigation, foot) and answer with it. */
bool page_send(Request *req, Response *res, const PageFrame *frame, Html content);
/* The path of an asset with its fingerprint: asset_path("kern.css"). */
Str asset_path(const char *name);
