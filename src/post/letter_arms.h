/* SPDX-License-Identifier: EUPL-1.2 */
/* A town's arms: decoded, brought to print size and compressed once per thread. */
#pragma once

#include "base/err.h"
#include "post/pdf_letter.h"

/* Decode, or take from the thread's cache of the last arms used. The result lives until
 * the thread's next call with other bytes. Fails with ERR_INPUT when the bytes are no PNG or the
 * picture is larger than 4096 pixels a side. */
const PdfPicture *arms_for_png(Str png, Err *err);
