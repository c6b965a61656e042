/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

#include "base/percent.h"
#include "base/utf8.h"

static bool segments_valid(Str path)
{
    size_t start = 1;

    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/')
            continue;
        Str segment = str_slice(path, start, i);
        bool trailing = i == path.len;
        if ((segment.len == 0 && !trailing) || str_is(segment, ".") || str_is(segment, ".."))
            return false;
        start = i + 1;
    }
    return true;
}

bool path_parse(Arena *arena, Str raw, Str *out, Err *err)
{
    bool escaped = false;
    bool plain = true;

    if (raw.len == 0 || raw.ptr[0] != '/')
        return err_set(err, ERR_INPUT, "the request target does not begin with \"/\"");
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c == '%')
            escaped = true;
        else if (c < 0x20 || c == 0x7f || c == '\\')
            return err_set(err, ERR_INPUT, "the path holds a forbidden character");
        else if (c >= 0x80)
            plain = false;
    }
    Str path = raw;
    if (escaped) {
        if (!percent_decode(arena, raw, false, &path))
            return err_set(err, ERR_INPUT, "the path holds a broken %% escape");
        /* An encoded slash would make a segment out of a value. */
        size_t slashes = 0;
        for (size_t i = 0; i < raw.len; i++)
            slashes += raw.ptr[i] == '/';
        for (size_t i = 0; i < path.len; i++) {
            unsigned char c = (unsigned char)path.ptr[i];
            if (c == '/')
                slashes--;
            if (c < 0x20 || c == 0x7f || c == '\\')
                return err_set(err, ERR_INPUT, "the path holds a forbidden character");
        }
        if (slashes != 0)
            return err_set(err, ERR_INPUT, "the path holds an encoded slash");
    }
    if ((escaped || !plain) && !utf8_valid(path))
        return err_set(err, ERR_INPUT, "the path is not UTF-8");
    if (!segments_valid(path))
        return err_set(err, ERR_INPUT, "the path holds an empty or relative segment");
    *out = path;
    return true;
}
