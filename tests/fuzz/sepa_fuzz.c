/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_schema.h"

#include <libxml/xmlerror.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void be_silent(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str xml = {(const char *)data, size};
    SepaTotals totals;
    Err err = {0};

    xmlSetGenericErrorFunc(NULL, be_silent);
    sepa_check(xml, SEPA_PAIN_008, &totals, &err);
    sepa_check(xml, SEPA_PAIN_001, &totals, &err);
    return 0;
}
