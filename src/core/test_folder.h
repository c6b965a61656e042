/* SPDX-License-Identifier: EUPL-1.2 */
/* A folder of its own for a test that writes files, gone afterwards with all that is in it. */
#pragma once

#include "base/test.h"
#include "core/folder.h"

#include <stdlib.h>

enum { TEST_FOLDER_MAX = 32 }; /* bytes of its path */

static inline void test_folder_make(char path[TEST_FOLDER_MAX])
{
    snprintf(path, TEST_FOLDER_MAX, "/tmp/rathaus-test-XXXXXX");
    assert_non_null(mkdtemp(path));
}

static inline void test_folder_remove(const char *path)
{
    Err err = {0};

    assert_ok(folder_remove(path, &err), &err);
}
