/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what goes to enforcement (Vollstreckung): charges whose last dunning was answered by
 * nobody. A hand-over is a file, and a decision on each charge that ends its dunning and can be
 * taken back there. */
#pragma once

#include "pay/dunning.h"

typedef struct EnforcementLine {
    int64_t charge_id;
    Str payment_reference, debtor, purpose, subject;
    Str address; /* its lines, parted by ", "; "" when it is not known */
    Date due;    /* since when the oldest part is due */
    Date dunned; /* of the letter that asked for it last */
    int64_t main_cents, fee_cents, surcharge_cents, interest_cents; /* of what goes */
    int64_t cents;                                                  /* together */
} EnforcementLine;

typedef struct Enforcement { /* one hand-over */
    int64_t id;
    Date day;
    Timestamp at;
    Str actor;
    EnforcementLine *lines;
    size_t count;
    int64_t cents;
} Enforcement;

/* What could be handed over today. */
bool enforcement_look(Tx *tx, Tenant *tenant, Date day, Arena *arena, Enforcement *out, Err *err);
/* A mark of which charges with which amounts a handover has. */
Str enforcement_mark(const Enforcement *handover, Arena *arena);
/* Hand over what was looked at, `handover->actor` set; surcharges up to the day are claimed first,
 * `handover->id` is the number that it gets. ERR_CONFLICT: there is nothing, or something of it may
 * not go any more or is another amount; then nothing goes. */
bool enforcement_make(Tx *tx, Tenant *tenant, Enforcement *handover, Arena *arena, Err *err);
/* What is said then. */
#define ENFORCEMENT_CHANGED                                                          \
    "Seit Sie die Seite angesehen haben, sind es andere Forderungen oder Beträge. " \
    "Bitte prüfen Sie, was jetzt abgegeben würde."
/* enforcement_store.c: keep what was handed over, in pieces each of which can be read again. */
bool enforcement_keep(Tx *tx, const Enforcement *handover, Arena *arena, int64_t *id, Err *err);
bool enforcement_by_id(Tx *tx, int64_t id, Arena *arena, Enforcement *out, Err *err);
/* The newest first, without their lines. */
bool enforcements_list(Tx *tx, Arena *arena, Enforcement **out, size_t *count, Err *err);

/* The file: CSV (semicolons, UTF-8 with a byte order mark, the sums in the last row) or JSON. */
Str enforcement_csv(const Enforcement *handover, Arena *arena);
Str enforcement_json(const Enforcement *handover, Arena *arena);
