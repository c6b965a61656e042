/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside camt: the elements below each statement of a camt.053 message, one after the other. */
#pragma once

#include "base/err.h"
#include "base/str.h"

typedef struct CamtNode CamtNode;
struct CamtNode {
    const char *name; /* without prefix */
    Str text;         /* trimmed; STR_NONE: empty, or it has children */
    Str currency;     /* attribute Ccy, or STR_NONE */
    CamtNode *parent, *first, *last, *next;
    int line;
};

typedef struct CamtParts {
    const char *without; /* below an element: children of this name are passed over; or NULL */
    /* An element below Stmt (Id, Acct, Bal, Ntry); it lives during the call. */
    bool (*part)(const CamtNode *node, Arena *arena, void *context, Err *err);
    bool (*end)(void *context, Err *err); /* of a statement */
    void *context;
    Str lang; /* of messages; STR_NONE: German */
} CamtParts;

/* Read a whole message. No document type, no entities, no network. */
bool camt_parts(Str xml, const CamtParts *parts, Err *err);

/* By path: "Refs/EndToEndId"; NULL when a step is missing. `node` may be NULL. */
const CamtNode *camt_at(const CamtNode *node, const char *path);
/* Its text, or STR_NONE. */
Str camt_text(const CamtNode *node, const char *path);
/* The first child of this name behind `after` (NULL: of all), or NULL. */
const CamtNode *camt_child(const CamtNode *node, const char *name, const CamtNode *after);
