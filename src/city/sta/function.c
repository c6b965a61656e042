/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/function.h"

static const StaFunction *const TABLES[] = {STA_TEXT_FUNCTIONS, STA_NUMBER_FUNCTIONS,
                                            STA_TIME_FUNCTIONS, STA_GEO_FUNCTIONS};

const StaFunction *sta_function(Str name)
{
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++)
        for (const StaFunction *f = TABLES[i]; f->name; f++)
            if (str_eq_nocase(name, str_c(f->name)))
                return f;
    return NULL;
}

bool sta_function_takes(StaType parameter, StaType given)
{
    if (given == STA_ANY || given == STA_NULL || given == parameter)
        return true;
    switch (parameter) {
    case STA_NUMBER: return given == STA_WHOLE;
    case STA_TIME: return given == STA_INSTANT || given == STA_INTERVAL || given == STA_DATE;
    case STA_INTERVAL: return given == STA_TIME;
    case STA_GEOMETRY: return given == STA_JSON;
    default: return false;
    }
}

Str sta_function_signature(Arena *arena, const StaFunction *function)
{
    Buf out = buf_in(arena);

    buf_addf(&out, "%s(", function->name);
    for (size_t i = 0; i < function->most; i++) {
        const char *type = sta_type_name(function->parameters[i]);
        const char *bare = strchr(type, ' '); /* without "a", "an" */
        buf_addf(&out, "%s%s%s%s", i >= function->least ? "[" : "", i ? ", " : "",
                 bare ? bare + 1 : type, i >= function->least ? "]" : "");
    }
    buf_add_char(&out, ')');
    return buf_str(&out);
}
