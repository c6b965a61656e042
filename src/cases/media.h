/* SPDX-License-Identifier: EUPL-1.2 */
/* Kinds of files that a form may take: the short name in a package ("pdf") and the media type. */
#pragma once

#include "base/str.h"

/* "application/pdf" for "pdf"; NULL when there is no such kind. */
const char *media_type(Str name);
/* "pdf" for "application/pdf"; NULL when no form takes such files. */
const char *media_name(Str type);
