/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/file.h"

/* `bytes` holds what is small, encrypted; where it is NULL the file lies in files/. An owner
 * that was dropped stays noted until the bytes are collected, since effects of it may still
 * need them. */
const Migration FILE_MIGRATIONS[] = {
    {"file-001-file", "CREATE TABLE file ("
                      "  sha256 TEXT PRIMARY KEY,"
                      "  size BIGINT NOT NULL,"
                      "  type TEXT NOT NULL,"
                      "  added BIGINT NOT NULL,"
                      "  bytes {blob});"
                      "CREATE TABLE file_owner ("
                      "  sha256 TEXT NOT NULL REFERENCES file (sha256),"
                      "  owner TEXT NOT NULL,"
                      "  name TEXT," /* as this owner's sender called it */
                      "  dropped BIGINT,"
                      "  PRIMARY KEY (sha256, owner));"
                      "CREATE INDEX file_owner_owner ON file_owner (owner)"},
    {NULL, NULL},
};
