/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes from the network into types: once, at the edge, with limits. Nothing in here knows
 * the server; every function is a fuzz target (tests/fuzz). Errors are ERR_INPUT or
 * ERR_TOO_LARGE. */
#pragma once

#include "core/http/request.h"

typedef struct FieldList {
    Field *items;
    size_t count, capacity;
} FieldList;

typedef struct UploadList {
    Upload *items;
    size_t count, capacity;
} UploadList;

/* The path of a request target, decoded. Refused: what does not begin with "/", bad escapes,
 * an encoded "/", "\", control characters, invalid UTF-8, and the segments "", "." and ".."
 * (but for a single trailing "/"). The result may be `raw` itself. */
bool path_parse(Arena *arena, Str raw, Str *out, Err *err);

/* application/x-www-form-urlencoded, also of a query. Names and values are text (utf8_valid_text);
 * line ends become "\n". Values without escapes point into `body`. */
bool urlencoded_parse(Arena *arena, Str body, size_t max_fields, FieldList *out, Err *err);
enum { FIELDS_MAX_QUERY = 100, FIELDS_MAX_FORM = 4000, FIELD_NAME_MAX = 200 };

/* multipart/form-data (RFC 7578), strictly: no preamble, CRLF line ends, every part with
 * Content-Disposition: form-data and a name. Files point into `body`; an empty file without a
 * name (nothing was chosen) is left out. */
bool multipart_parse(Arena *arena, Str boundary, Str body, FieldList *fields, UploadList *uploads,
                     Err *err);
enum {
    MULTIPART_MAX_PARTS = 4000,
    MULTIPART_MAX_FILES = 100,
    MULTIPART_MAX_HEADER = 2048,  /* bytes of one part's header */
    MULTIPART_MAX_VALUE = 262144, /* bytes of one field that is not a file */
    MULTIPART_MAX_FILE_NAME = 255,
};

/* A Cookie header; malformed pairs are left out, as the next server's cookies are none of our
 * business. */
void cookies_parse(Arena *arena, Str header, FieldList *out);
/* A header of the form "type; name=value; name="quoted"". `type` comes out in lower case. */
typedef struct MediaType {
    Str type;
    Str boundary;
    Str charset;
} MediaType;
bool media_type_parse(Arena *arena, Str header, MediaType *out, Err *err);
/* The best of "de" and "en" for an Accept-Language header: "de" when nothing fits. */
Str language_choose(Str accept_language);
/* Does an Accept-Encoding header allow gzip? */
bool accepts_gzip(Str accept_encoding);

/* Line ends of a text field: CR LF and CR become LF. */
Str text_line_ends(Arena *arena, Str text);
