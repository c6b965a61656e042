/* SPDX-License-Identifier: EUPL-1.2 */
/* What machines need to know of the services: JSON Schema 2020-12 and OpenAPI 3.1, made from the
 * packages. */
#pragma once

#include "cases/form.h"

typedef struct OpenApiInput {
    const Package *const *packages;
    size_t count;
    Str title;  /* "Musterstadt" */
    Str server; /* "https://rathaus.musterstadt.example" or with /t/NAME */
    Str lang;
    Date today; /* examples must be valid on this day */
} OpenApiInput;

/* Add the operations for programs of the town (openapi_staff.c). */
void openapi_add_staff(Node *paths, Arena *arena);
/* The document behind /api/openapi.json. */
Node *openapi_document(const OpenApiInput *input, Arena *arena);
