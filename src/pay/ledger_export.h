/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the ledger as a file for other programs; docs/pay.md, "Ledger export", has the
 * columns. */
#pragma once

#include "pay/ledger.h"

typedef enum ExportFormat { EXPORT_CSV, EXPORT_JSON, EXPORT_DATEV } ExportFormat;
extern const char *const EXPORT_FORMATS[]; /* their words; ended by NULL */
bool export_format_of(Str word, ExportFormat *out);

typedef struct ExportOrder {
    Date from, until; /* booking days, both included */
    ExportFormat format;
    Timestamp now; /* stands in the DATEV head */
    Str lang;      /* of messages; STR_NONE: German */
} ExportOrder;

typedef struct ExportLine {
    int64_t booking;
    int line; /* of the booking, from 1 */
    Date day, value_date;
    Timestamp at;
    Str kind, text, actor;
    Str account;
    Str number; /* of the account in the tenant's plan, or STR_NONE */
    int64_t cents;
    Str payment_reference, debtor, purpose; /* of the charge, or STR_NONE */
    bool closed;
} ExportLine;

/* ERR_INPUT, in the order's language, when the period is none, or the DATEV settings are not
 * complete. */
bool ledger_export(Tx *tx, const Tenant *tenant, const ExportOrder *order, Arena *arena, Str *out,
                   Err *err);
/* "buchungen-2027-01-01-2027-03-31.csv"; DATEV wants names that begin with EXTF_. */
Str ledger_export_name(const ExportOrder *order, Arena *arena);
Str ledger_export_type(const ExportOrder *order);

/* ledger_datev.c */
bool datev_write(const Tenant *tenant, const ExportOrder *order, const ExportLine *lines,
                 size_t count, Arena *arena, Str *out, Err *err);

/* `rathaus ledger export` */
int ledger_command(int argc, char **argv);
