/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches as multipart/mixed (RFC 2046) of application/http, with change sets inside. */
#include "city/http/batch.h"

#include "base/vec.h"
#include "core/http/parse.h"

enum { BOUNDARY_MAX = 70 };

static const char BATCH_BOUNDARY[] = "batch-answer", SET_BOUNDARY[] = "set-answer";

/* --- Lines ---------------------------------------------------------------------------------------
 */

/* The next line without its end; false behind the last. */
static bool next_line(Str *rest, Str *line)
{
    if (!rest->ptr)
        return false;
    *line = str_cut(rest, '\n');
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

/* "<1>" is the id 1. */
static Str without_brackets(Str id)
{
    bool both = id.len >= 2 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>';

    return both ? str_slice(id, 1, id.len - 1) : id;
}

typedef struct Head {
    Str type, id;
} Head;

/* The lines up to the empty one. */
static Head read_head(Str *rest)
{
    Head out = {.type = STR(""), .id = STR_NONE};
    Str line;

    while (next_line(rest, &line) && line.len) {
        Str value = line, name = str_trim(str_cut(&value, ':'));
        if (str_eq_nocase(name, STR("Content-Type")) && value.ptr)
            out.type = str_trim(value);
        if (str_eq_nocase(name, STR("Content-ID")) && value.ptr)
            out.id = without_brackets(str_trim(value));
    }
    return out;
}

/* "--boundary" and perhaps "--" behind it, which ends the whole. */
static bool is_delimiter(Str line, Str boundary, bool *last)
{
    if (!str_starts_with(line, "--") || !str_eq(str_slice(line, 2, 2 + boundary.len), boundary))
        return false;
    Str behind = str_trim(str_slice(line, 2 + boundary.len, line.len));
    *last = str_is(behind, "--");
    return *last || behind.len == 0;
}

/* What stands before the next delimiter; `*rest` stands behind it. */
static bool next_body(Str *rest, Str boundary, Str *body, bool *last)
{
    const char *from = rest->ptr;
    size_t length = 0;
    Str line;

    while (next_line(rest, &line)) {
        if (is_delimiter(line, boundary, last)) {
            *body = (Str){from, length};
            return true;
        }
        length = (size_t)(line.ptr + line.len - from); /* the last end of line is the delimiter's */
    }
    return false;
}

/* --- Reading -------------------------------------------------------------------------------------
 */

/* "POST /v1.1/Things HTTP/1.1", headers, an empty line, the body. */
static bool read_request(Str text, BatchPart *out)
{
    Str line;

    if (!next_line(&text, &line))
        return false;
    out->method = str_trim(str_cut(&line, ' '));
    out->url = str_trim(str_cut(&line, ' '));
    Head head = read_head(&text);
    out->type = head.type.len ? head.type : STR("application/json");
    if (!out->id.ptr)
        out->id = head.id;
    out->body = text.ptr ? str_trim(text) : STR("");
    return out->method.len && out->url.len;
}

static bool add_part(Arena *arena, Batch *batch, Str set, Str text, Err *err);

/* All parts between the delimiters; `set`: those of this change set. */
static bool read_parts(Arena *arena, Batch *batch, Str set, Str boundary, Str text, Err *err)
{
    Str body;
    bool last = false;

    if (!boundary.len || boundary.len > BOUNDARY_MAX)
        return err_set(err, ERR_INPUT, "multipart/mixed names no boundary");
    if (!next_body(&text, boundary, &body, &last))
        return err_set(err, ERR_INPUT, "the boundary \"%.*s\" does not stand in the body",
                       STR_ARG(boundary));
    while (!last) {
        if (!next_body(&text, boundary, &body, &last))
            return err_set(err, ERR_INPUT, "the body ends before \"--%.*s--\"", STR_ARG(boundary));
        if (!add_part(arena, batch, set, body, err))
            return false;
    }
    return true;
}

static bool add_part(Arena *arena, Batch *batch, Str set, Str text, Err *err)
{
    Head head = read_head(&text);
    BatchPart part = {.id = head.id, .set = set};
    Err ignored = {0};
    MediaType type;

    if (!text.ptr)
        text = STR("");
    if (!media_type_parse(arena, head.type, &type, &ignored))
        type = (MediaType){.type = STR("")};
    if (str_is(type.type, "multipart/mixed") && !set.ptr)
        return read_parts(arena, batch, str_printf(arena, "%zu", batch->count), type.boundary, text,
                          err);
    if (batch->count == BATCH_MAX)
        return err_set(err, ERR_TOO_LARGE, "a batch has at most %d requests", BATCH_MAX);
    if (!str_is(type.type, "application/http") || !read_request(text, &part))
        return err_set(err, ERR_INPUT,
                       "part %zu is no request (Content-Type: application/http, then \"POST "
                       "/v1.1/Things HTTP/1.1\")",
                       batch->count + 1);
    VEC_PUSH(arena, batch, part);
    return true;
}

bool batch_read_mixed(Arena *arena, Str boundary, Str body, Batch *out, Err *err)
{
    return read_parts(arena, out, STR_NONE, boundary, body, err);
}

/* --- Writing -------------------------------------------------------------------------------------
 */

static void write_answer(Buf *out, const BatchPart *part)
{
    int status = batch_status(part);
    Str location = batch_location(part);

    buf_add_c(out, "Content-Type: application/http\r\n");
    if (part->id.ptr)
        buf_addf(out, "Content-ID: %.*s\r\n", STR_ARG(part->id));
    buf_addf(out, "\r\nHTTP/1.1 %d %s\r\n", status, status < 400 ? "OK" : "Error");
    if (location.ptr)
        buf_addf(out, "Location: %.*s\r\n", STR_ARG(location));
    if (part->res.body.len)
        buf_addf(out, "Content-Type: %.*s\r\n", STR_ARG(part->res.type));
    buf_add_c(out, "\r\n");
    buf_add(out, part->res.body);
    buf_add_c(out, "\r\n");
}

static bool in_one_set(const Batch *batch, size_t a, size_t b)
{
    return b < batch->count && batch->items[b].set.ptr &&
           str_eq(batch->items[a].set, batch->items[b].set);
}

Str batch_write_mixed(Arena *arena, const Batch *batch, Str *type)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < batch->count; i++) {
        const BatchPart *part = &batch->items[i];
        bool begins = part->set.ptr && (i == 0 || !in_one_set(batch, i, i - 1));
        if (!part->set.ptr || begins)
            buf_addf(&out, "--%s\r\n", BATCH_BOUNDARY);
        if (begins)
            buf_addf(&out, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n", SET_BOUNDARY);
        if (part->set.ptr)
            buf_addf(&out, "--%s\r\n", SET_BOUNDARY);
        write_answer(&out, part);
        if (part->set.ptr && !in_one_set(batch, i, i + 1))
            buf_addf(&out, "--%s--\r\n", SET_BOUNDARY);
    }
    buf_addf(&out, "--%s--\r\n", BATCH_BOUNDARY);
    *type = str_printf(arena, "multipart/mixed; boundary=%s", BATCH_BOUNDARY);
    return buf_str(&out);
}
