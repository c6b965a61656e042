/* SPDX-License-Identifier: EUPL-1.2 */
/* pain.008.001.08 and pain.001.001.09 as far as the German banks use them, element by element. */
#include "pay/sepa_rules.h"

enum { MANY = 1 << 30 };

/* Parts that both messages share, at depth `d`. The postal address is structured or hybrid: town
 * and country always, at most two lines besides (EPC153-22, from November 2026). */
#define ADDRESS(d)                                                                    \
    {d, "PstlAdr", 0, 1, ADDRESS_GROUP, NULL}, {d + 1, "StrtNm", 0, 1, TEXT70, NULL}, \
        {d + 1, "BldgNb", 0, 1, TEXT16, NULL}, {d + 1, "PstCd", 0, 1, TEXT16, NULL},  \
        {d + 1, "TwnNm", 1, 1, TEXT35, NULL}, {d + 1, "Ctry", 1, 1, COUNTRY, NULL},   \
    {                                                                                 \
        d + 1, "AdrLine", 0, 2, TEXT70, NULL                                          \
    }
#define PARTY(d, name) \
    {d, name, 1, 1, GROUP, NULL}, {d + 1, "Nm", 1, 1, TEXT70, NULL}, ADDRESS(d + 1)
#define ACCOUNT(d, name)                                            \
    {d, name, 1, 1, GROUP, NULL}, {d + 1, "Id", 1, 1, GROUP, NULL}, \
    {                                                               \
        d + 2, "IBAN", 1, 1, IBAN, NULL                             \
    }
#define AGENT(d, name, least)                                                    \
    {d, name, least, 1, GROUP, NULL}, {d + 1, "FinInstnId", 1, 1, CHOICE, NULL}, \
        {d + 2, "BICFI", 0, 1, BIC, NULL}, {d + 2, "Othr", 0, 1, GROUP, NULL},   \
    {                                                                            \
        d + 3, "Id", 1, 1, WORD, "NOTPROVIDED"                                   \
    }
#define HEADER                                                                    \
    {2, "GrpHdr", 1, 1, GROUP, NULL}, {3, "MsgId", 1, 1, ID35, NULL},             \
        {3, "CreDtTm", 1, 1, DATE_TIME, NULL}, {3, "NbOfTxs", 1, 1, COUNT, NULL}, \
        {3, "CtrlSum", 1, 1, SUM, NULL}, {3, "InitgPty", 1, 1, GROUP, NULL},      \
    {                                                                             \
        4, "Nm", 1, 1, TEXT70, NULL                                               \
    }
#define REMITTANCE(d)                       \
    {d, "RmtInf", 0, 1, GROUP, NULL},       \
    {                                       \
        d + 1, "Ustrd", 1, 1, TEXT140, NULL \
    }

/* How a payment information begins: its method, its sums, SEPA. */
#define INFORMATION(method)                                                            \
    {2, "PmtInf", 1, MANY, GROUP, NULL}, {3, "PmtInfId", 1, 1, INFORMATION_ID, NULL},  \
        {3, "PmtMtd", 1, 1, WORD, method}, {3, "BtchBookg", 0, 1, WORD, "true false"}, \
        {3, "NbOfTxs", 1, 1, COUNT, NULL}, {3, "CtrlSum", 1, 1, SUM, NULL},            \
        {3, "PmtTpInf", 1, 1, GROUP, NULL}, {4, "SvcLvl", 1, 1, GROUP, NULL},          \
    {                                                                                  \
        5, "Cd", 1, 1, WORD, "SEPA"                                                    \
    }

static const SepaRule PAIN_008[] = {
    {0, "Document", 1, 1, GROUP, NULL},
    {1, "CstmrDrctDbtInitn", 1, 1, GROUP, NULL},
    HEADER,
    INFORMATION("DD"),
    {4, "LclInstrm", 1, 1, GROUP, NULL},
    {5, "Cd", 1, 1, WORD, "CORE B2B"},
    {4, "SeqTp", 1, 1, WORD, "FRST RCUR OOFF FNAL"},
    {3, "ReqdColltnDt", 1, 1, BUSINESS_DAY, NULL},
    PARTY(3, "Cdtr"),
    ACCOUNT(3, "CdtrAcct"),
    AGENT(3, "CdtrAgt", 1),
    {3, "ChrgBr", 1, 1, WORD, "SLEV"},
    {3, "CdtrSchmeId", 1, 1, GROUP, NULL},
    {4, "Id", 1, 1, GROUP, NULL},
    {5, "PrvtId", 1, 1, GROUP, NULL},
    {6, "Othr", 1, 1, GROUP, NULL},
    {7, "Id", 1, 1, CREDITOR, NULL},
    {7, "SchmeNm", 1, 1, GROUP, NULL},
    {8, "Prtry", 1, 1, WORD, "SEPA"},
    {3, "DrctDbtTxInf", 1, MANY, TRANSACTION, "PstlAdr"},
    {4, "PmtId", 1, 1, GROUP, NULL},
    {5, "EndToEndId", 1, 1, END_TO_END, NULL},
    {4, "InstdAmt", 1, 1, AMOUNT, NULL},
    {4, "DrctDbtTx", 1, 1, GROUP, NULL},
    {5, "MndtRltdInf", 1, 1, GROUP, NULL},
    {6, "MndtId", 1, 1, ID35, NULL},
    {6, "DtOfSgntr", 1, 1, DATE, NULL},
    AGENT(4, "DbtrAgt", 1),
    PARTY(4, "Dbtr"),
    ACCOUNT(4, "DbtrAcct"),
    REMITTANCE(4),
    {-1, NULL, 0, 0, GROUP, NULL},
};

static const SepaRule PAIN_001[] = {
    {0, "Document", 1, 1, GROUP, NULL},
    {1, "CstmrCdtTrfInitn", 1, 1, GROUP, NULL},
    HEADER,
    INFORMATION("TRF"),
    {3, "ReqdExctnDt", 1, 1, GROUP, NULL},
    {4, "Dt", 1, 1, BUSINESS_DAY, NULL},
    PARTY(3, "Dbtr"),
    ACCOUNT(3, "DbtrAcct"),
    AGENT(3, "DbtrAgt", 1),
    {3, "ChrgBr", 1, 1, WORD, "SLEV"},
    {3, "CdtTrfTxInf", 1, MANY, TRANSACTION, NULL},
    {4, "PmtId", 1, 1, GROUP, NULL},
    {5, "EndToEndId", 1, 1, END_TO_END, NULL},
    {4, "Amt", 1, 1, GROUP, NULL},
    {5, "InstdAmt", 1, 1, AMOUNT, NULL},
    AGENT(4, "CdtrAgt", 0),
    PARTY(4, "Cdtr"),
    ACCOUNT(4, "CdtrAcct"),
    REMITTANCE(4),
    {-1, NULL, 0, 0, GROUP, NULL},
};

static const SepaFormat FORMATS[] = {
    [SEPA_PAIN_008] = {"pain.008.001.08", "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08",
                       PAIN_008},
    [SEPA_PAIN_001] = {"pain.001.001.09", "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
                       PAIN_001},
};

const SepaFormat *sepa_format(SepaMessage message)
{
    return &FORMATS[message];
}
