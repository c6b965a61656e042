/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the schemas as tables of rules (sepa_rules.c), for the walk in sepa_schema.c. */
#pragma once

#include "pay/sepa_schema.h"

typedef enum SepaKind {
    GROUP,         /* elements in the order of the table */
    ADDRESS_GROUP, /* the same */
    CHOICE,        /* exactly one of its elements */
    TRANSACTION,   /* a group that is counted; with words it needs an address when its account is
                      outside the EEA: it names the payer (Regulation (EU) 2015/847) */
    ID35,          /* 1 to 35 characters of the SEPA set; no slash at the ends, none doubled */
    TEXT70,
    TEXT140,
    TEXT16,
    TEXT35,
    DATE_TIME,
    DATE,
    BUSINESS_DAY,
    COUNT,
    SUM,
    AMOUNT, /* with Ccy="EUR", 0.01 to 999999999.99 */
    IBAN,
    BIC,
    CREDITOR,
    COUNTRY,
    WORD,           /* one of `words`, parted by blanks */
    END_TO_END,     /* an ID35 that comes once in a file, */
    INFORMATION_ID, /* as does this */
} SepaKind;

/* In the order in which a row of the table reads. NOLINTNEXTLINE(clang-analyzer-optin.*) */
typedef struct SepaRule {
    int depth;
    const char *name;
    int least, most;
    SepaKind kind;
    const char *words;
} SepaRule;

typedef struct SepaFormat {
    const char *name, *space;
    const SepaRule *rules; /* of Document and all below; a depth of -1 ends them */
} SepaFormat;

const SepaFormat *sepa_format(SepaMessage message);
