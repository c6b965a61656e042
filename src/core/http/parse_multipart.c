/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

#include "base/utf8.h"
#include "base/vec.h"

enum { BOUNDARY_MAX = 70 }; /* RFC 2046, section 5.1.1 */

typedef struct Part {
    Str name;
    Str file_name; /* STR_NONE: a plain field */
    Str content;
} Part;

static bool starts_with_crlf(Str s)
{
    return s.len >= 2 && s.ptr[0] == '\r' && s.ptr[1] == '\n';
}

/* The value of name="…" in a Content-Disposition. Browsers write %22 for a quote, other senders
 * \"; a backslash before anything else is itself, since file names from Windows hold it. */
static bool quoted_cut(Arena *arena, Str *rest, Str *out)
{
    Str s = *rest;
    char *text = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    size_t i = 1;

    if (s.len < 2 || s.ptr[0] != '"')
        return false;
    for (; i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == '"')
            i++;
        if (s.len - i >= 3 && memcmp(s.ptr + i, "%22", 3) == 0) {
            text[len++] = '"';
            i += 2;
        } else {
            text[len++] = s.ptr[i];
        }
    }
    if (i == s.len)
        return false;
    *out = (Str){text, len};
    *rest = str_slice(s, i + 1, s.len);
    return true;
}

static Str without_folders(Str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\')
            return str_slice(name, i, name.len);
    return name;
}

static bool text_without_control(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20)
            return false;
    return utf8_valid_text(s);
}

static bool disposition_parse(Arena *arena, Str value, Part *part, Err *err)
{
    Str rest = value;
    Str kind = str_trim(str_cut(&rest, ';'));

    if (!str_eq_nocase(kind, STR("form-data")))
        return err_set(err, ERR_INPUT, "a part's Content-Disposition is not form-data");
    while (rest.ptr && str_trim(rest).len) {
        Str text;
        rest = str_trim(rest);
        Str name = str_cut(&rest, '=');
        if (!rest.ptr || !quoted_cut(arena, &rest, &text))
            return err_set(err, ERR_INPUT, "a part's Content-Disposition is malformed");
        rest = str_trim(rest);
        if (rest.len && rest.ptr[0] != ';')
            return err_set(err, ERR_INPUT, "a part's Content-Disposition is malformed");
        rest = rest.len ? str_slice(rest, 1, rest.len) : STR_NONE;
        Str *slot = str_eq_nocase(name, STR("name"))       ? &part->name
                    : str_eq_nocase(name, STR("filename")) ? &part->file_name
                                                           : NULL;
        if (!slot)
            return err_set(err, ERR_INPUT, "a part's Content-Disposition has an unknown parameter");
        if (slot->ptr)
            return err_set(err, ERR_INPUT, "a part's Content-Disposition names itself twice");
        *slot = text;
    }
    if (!part->name.ptr || part->name.len == 0)
        return err_set(err, ERR_INPUT, "a part has no name");
    if (part->name.len > FIELD_NAME_MAX || part->file_name.len > MULTIPART_MAX_FILE_NAME)
        return err_set(err, ERR_TOO_LARGE, "the name of a field or file is too long");
    if (!text_without_control(part->name) || !text_without_control(part->file_name))
        return err_set(err, ERR_INPUT, "the name of a field or file is not UTF-8 text");
    if (part->file_name.ptr)
        part->file_name = without_folders(part->file_name);
    return true;
}

/* One line of a part's header. */
static bool part_header_parse(Arena *arena, Str line, Part *part, Err *err)
{
    Str value = line;
    Str name = str_cut(&value, ':');

    if (!value.ptr || name.len == 0 || str_find_char(name, ' ') >= 0)
        return err_set(err, ERR_INPUT, "a part's header is malformed");
    value = str_trim(value);
    if (str_eq_nocase(name, STR("Content-Disposition"))) {
        if (part->name.ptr)
            return err_set(err, ERR_INPUT, "a part has two Content-Dispositions");
        return disposition_parse(arena, value, part, err);
    }
    if (str_eq_nocase(name, STR("Content-Transfer-Encoding")) &&
        !str_eq_nocase(value, STR("binary")) && !str_eq_nocase(value, STR("8bit")) &&
        !str_eq_nocase(value, STR("7bit")))
        return err_set(err, ERR_INPUT, "a part has an encoding that forms do not use");
    return true; /* Content-Type: what a file is, its bytes tell (files.h) */
}

/* Header and content of the part that `*rest` begins with; `end` is CR LF "--" boundary. */
static bool part_cut(Arena *arena, Str *rest, Str end, Part *part, Err *err)
{
    Str s = *rest;
    Str window = str_slice(s, 0, MULTIPART_MAX_HEADER);
    ptrdiff_t blank = str_find(window, STR("\r\n\r\n"));

    *part = (Part){0};
    if (blank < 0)
        return err_set(err, s.len > MULTIPART_MAX_HEADER ? ERR_TOO_LARGE : ERR_INPUT,
                       "the header of a part does not end within %d bytes", MULTIPART_MAX_HEADER);
    Str header = str_slice(s, 0, (size_t)blank + 2);
    while (header.len) {
        ptrdiff_t line_end = str_find(header, STR("\r\n"));
        if (!part_header_parse(arena, str_slice(header, 0, (size_t)line_end), part, err))
            return false;
        header = str_slice(header, (size_t)line_end + 2, header.len);
    }
    if (!part->name.ptr)
        return err_set(err, ERR_INPUT, "a part has no Content-Disposition");
    /* From the blank line on: an empty content is directly followed by the boundary. */
    s = str_slice(s, (size_t)blank + 4, s.len);
    const char *stop = memmem(s.ptr, s.len, end.ptr, end.len);
    if (!stop)
        return err_set(err, ERR_INPUT, "the form ends in the middle of a part");
    part->content = str_slice(s, 0, (size_t)(stop - s.ptr));
    *rest = str_slice(s, part->content.len + end.len, s.len);
    return true;
}

static bool part_keep(Arena *arena, const Part *part, FieldList *fields, UploadList *uploads,
                      Err *err)
{
    if (part->file_name.ptr) {
        if (part->file_name.len == 0 && part->content.len == 0)
            return true;
        if (uploads->count == MULTIPART_MAX_FILES)
            return err_set(err, ERR_TOO_LARGE, "more than %d files", MULTIPART_MAX_FILES);
        VEC_PUSH(arena, uploads,
                 (Upload){.field = part->name, .name = part->file_name, .bytes = part->content});
        return true;
    }
    if (part->content.len > MULTIPART_MAX_VALUE)
        return err_set(err, ERR_TOO_LARGE, "the field \"%.*s\" is longer than %d bytes",
                       STR_ARG(part->name), MULTIPART_MAX_VALUE);
    if (!utf8_valid_text(part->content))
        return err_set(err, ERR_INPUT, "the field \"%.*s\" is not UTF-8 text", STR_ARG(part->name));
    VEC_PUSH(arena, fields,
             (Field){.name = part->name, .value = text_line_ends(arena, part->content)});
    return true;
}

bool multipart_parse(Arena *arena, Str boundary, Str body, FieldList *fields, UploadList *uploads,
                     Err *err)
{
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX || !utf8_valid_text(boundary))
        return err_set(err, ERR_INPUT, "the form's boundary is missing or malformed");
    Str end = str_printf(arena, "\r\n--%.*s", STR_ARG(boundary));
    Str begin = str_slice(end, 2, end.len);
    Str rest = body;

    if (rest.len < begin.len || memcmp(rest.ptr, begin.ptr, begin.len) != 0)
        return err_set(err, ERR_INPUT, "the form does not begin with its boundary");
    rest = str_slice(rest, begin.len, rest.len);
    for (size_t parts = 0;; parts++) {
        Part part;
        if (rest.len >= 2 && rest.ptr[0] == '-' && rest.ptr[1] == '-')
            break;
        if (!starts_with_crlf(rest))
            return err_set(err, ERR_INPUT, "a boundary is not followed by a line end");
        if (parts == MULTIPART_MAX_PARTS)
            return err_set(err, ERR_TOO_LARGE, "more than %d parts", MULTIPART_MAX_PARTS);
        rest = str_slice(rest, 2, rest.len);
        if (!part_cut(arena, &rest, end, &part, err) ||
            !part_keep(arena, &part, fields, uploads, err))
            return false;
    }
    rest = str_slice(rest, 2, rest.len);
    if (rest.len != 0 && !str_is(rest, "\r\n"))
        return err_set(err, ERR_INPUT, "bytes follow the end of the form");
    return true;
}
