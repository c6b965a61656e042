/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/media.h"

static const struct {
    const char *name, *type;
} MEDIA[] = {
    {"pdf", "application/pdf"},
    {"jpg", "image/jpeg"},
    {"png", "image/png"},
    {"heic", "image/heic"},
    {"tiff", "image/tiff"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"txt", "text/plain"},
    {"csv", "text/csv"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"zip", "application/zip"},
};
enum { MEDIA_COUNT = sizeof MEDIA / sizeof *MEDIA };

const char *media_type(Str name)
{
    for (size_t i = 0; i < MEDIA_COUNT; i++)
        if (str_is(name, MEDIA[i].name))
            return MEDIA[i].type;
    return NULL;
}

const char *media_name(Str type)
{
    for (size_t i = 0; i < MEDIA_COUNT; i++)
        if (str_is(type, MEDIA[i].type))
            return MEDIA[i].name;
    return NULL;
}
