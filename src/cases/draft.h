/* SPDX-License-Identifier: EUPL-1.2 */
/* Draft: an application that is being filled in. Its link is its only key: the database holds the
 * link's hash alone. A draft keeps the version of the package with which it began, takes what
 * was typed even when it is wrong, and goes after 30 days without a change. */
#pragma once

#include "cases/case.h"

enum { DRAFT_DAYS = 30 };

typedef struct Draft {
    Str token; /* of the link; 43 characters */
    Str key;   /* SHA-256 of the token, hex: the primary key, and "draft/KEY" owns its files */
    const Package *package;
    const Procedure *procedure;
    Node *data; /* as typed */
    Str page;   /* where the person was last */
    int64_t citizen_id;
    int64_t case_id; /* what it became, or 0 */
    Timestamp updated;
    const Node *prefilled; /* {PAGE: {register, entry, title, at}}: taken from a register */
} Draft;

extern const Migration DRAFT_MIGRATIONS[];

bool draft_create(Tenant *tenant, const Package *package, const Procedure *procedure,
                  int64_t citizen_id, Arena *arena, Str *token, Err *err);
/* ERR_NOT_FOUND when there is none (any more). */
bool draft_read(Tx *tx, Tenant *tenant, Str token, Arena *arena, Draft *out, Err *err);
/* Change the data inside one write, so that two requests at once lose nothing: `change` gets what
 * the database holds now. */
typedef bool (*DraftChange)(Tx *tx, const Draft *draft, Node *data, void *context, Err *err);
bool draft_change(Tenant *tenant, const Draft *draft, Str page, DraftChange change, void *context,
                  Arena *arena, Err *err);
/* Note, in the write that takes them, that values of a page came from a register's entry. */
bool draft_note_prefill(Tx *tx, const Draft *draft, Str page, const Node *source, Arena *arena,
                        Err *err);
/* The files of the draft belong to it as long as it is one. */
Str draft_owner(const Draft *draft, Arena *arena);
/* Inside the write that submits: the draft is a case from now on and holds no data any more. */
bool draft_close(Tx *tx, const Draft *draft, int64_t case_id, Arena *arena, Err *err);
/* Schedule: remove drafts that nobody touched for 30 days. */
bool draft_expire(Tenant *tenant, Arena *arena, Err *err);
