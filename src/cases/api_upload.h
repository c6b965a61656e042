/* SPDX-License-Identifier: EUPL-1.2 */
/* Files inside an application that came as JSON: {name, type, content: base64}. */
#pragma once

#include "cases/form.h"
#include "core/store/file.h"
#include "core/tenant.h"

typedef struct ApiFile {
    FileInfo info;
    Str bytes;
} ApiFile;

typedef struct ApiUploads {
    ApiFile *items;
    size_t count, capacity;
} ApiUploads;

/* Replace every file in `data` by what a form keeps of it ({sha256, name, type, size}), checked by
 * content, size and scanner. ERR_INPUT names the field. A file that is only named by its hash is
 * refused: whoever sends a file must have it. Messages are in `lang`. */
bool api_take_uploads(Tenant *tenant, const Form *form, Node *data, Str lang, Arena *arena,
                      ApiUploads *out, Err *err);
