/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/camt.h"

#include <libxml/xmlerror.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool ignore(const CamtEntry *entry, void *context, Err *err)
{
    (void)entry;
    (void)context;
    (void)err;
    return true;
}

static void be_silent(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Err err = {0};

    xmlSetGenericErrorFunc(NULL, be_silent);
    camt_read((Str){(const char *)data, size}, &(CamtOrder){.each = ignore}, &err);
    return 0;
}
