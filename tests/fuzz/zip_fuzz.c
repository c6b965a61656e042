/* SPDX-License-Identifier: EUPL-1.2 */
/* The directories of zip archives. */
#include "core/store/file_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = {(const char *)data, size};
    Err err = {0};

    if (size > 0 && file_is_zip(bytes)) {
        file_zip_check(bytes, &err);
        file_zip_type(bytes);
    }
    return 0;
}
