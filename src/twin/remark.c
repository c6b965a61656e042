/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/remark.h"

#include "base/vec.h"

void remark(Remarks *remarks, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = arena_vprintf(remarks->arena, format, args);
    va_end(args);
    VEC_PUSH(remarks->arena, remarks, text);
}
