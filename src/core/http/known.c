/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/known.h"

static bool is_one_of(Str name, const char *const *known)
{
    for (; *known; known++)
        if (str_is(name, *known))
            return true;
    return false;
}

const char *names_joined(const char *const *names, Arena *arena)
{
    Buf all = buf_in(arena);

    for (; *names; names++)
        buf_addf(&all, "%s%s", all.len ? ", " : "", *names);
    buf_add_char(&all, '\0');
    return all.ptr;
}

bool name_known(Str name, const char *const *known, Arena *arena, Err *err)
{
    return is_one_of(name, known) ||
           err_field(err, str_cstr(arena, name), "this is not known here; known are %s",
                     names_joined(known, arena));
}

bool query_known(const Request *req, const char *const *known, Err *err)
{
    for (size_t i = 0; i < req->query_count; i++) {
        Str name = req->query[i].name;

        if (!name_known(name, known, req->arena, err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (str_eq(req->query[k].name, name))
                return err_field(err, str_cstr(req->arena, name),
                                 "this stands in the address twice; only one of them would count");
    }
    return true;
}
