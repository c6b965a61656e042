/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/views.h"

#include "ident/internal.h"

void field_fail(FieldView *field, FieldError *errors, size_t *count, Str text)
{
    field->error = text;
    errors[(*count)++] = (FieldError){.id = field->id, .message = text};
}

Str back_target(Str weiter, const char *otherwise)
{
    bool inside = weiter.len > 0 && weiter.len < 500 && weiter.ptr[0] == '/' &&
                  (weiter.len == 1 || (weiter.ptr[1] != '/' && weiter.ptr[1] != '\\'));

    for (size_t i = 0; inside && i < weiter.len; i++)
        inside = (unsigned char)weiter.ptr[i] > ' ' && weiter.ptr[i] != '\\';
    return inside ? weiter : str_c(otherwise);
}
