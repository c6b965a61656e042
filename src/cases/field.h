/* SPDX-License-Identifier: EUPL-1.2 */
/* Field: one value of a form by its type. Bytes from outside become the type's normal form, or a
 * reason why not. */
#pragma once

#include "cases/form.h"

const char *field_type_nearest(Str wrong);
bool field_has_value(const FormField *field); /* false: headings and notes */
/* The value is a JSON list: choices, uploads, repeating groups. */
bool field_is_list(const FormField *field);
FeelTypeKind field_feel_kind(FieldType type);
const FeelType *field_feel_type(Arena *arena, const FormField *field);
