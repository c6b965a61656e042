/* SPDX-License-Identifier: EUPL-1.2 */
/* The full-text index of a tenant's cases (src/search), beside its database in DIR/…/search/cases.
 *
 * The database is the truth: each change of a case leaves a row in `case_change`, in the same
 * transaction, and the index remembers up to which row it has followed. Who searches lets it catch
 * up first, so that what was just committed is found; a thread of low priority does the same soon
 * after every change, writes the index to disk, and makes it anew when it is missing or damaged. */
#pragma once

#include "cases/case_store.h"
#include "search/search.h"

typedef struct CaseSearch CaseSearch;

/* Cheap: the index is opened when it is first needed. */
CaseSearch *case_search_create(Tenant *tenant);
/* What is not on disk yet is found in the database again. */
void case_search_destroy(CaseSearch *search);

/* How much of the cases the index has. */
typedef struct CaseSearchState {
    bool building; /* made anew: older cases are missing */
    int percent;   /* of it that is done */
} CaseSearchState;

/* Look for cases as the query says. Marks are "OFFICE,OFFICE|SERVICE"; see case_search_allows(). */
bool case_search_find(Tenant *tenant, const SearchQuery *query, Arena *arena, SearchAnswer *out,
                      CaseSearchState *state, Err *err);
/* Does a case with these marks take place in the office ("*": any) and belong to one of the
 * services (NULL: any)? */
bool case_search_allows(Str marks, Str office, const Str *services, size_t service_count);
/* Bring the index up to date and on disk, on this thread, however long it takes: for tests, and for
 * who wants to know that it is complete. */
bool case_search_finish(Tenant *tenant, Err *err);
/* A case is erased in this transaction: the thread writes anew what holds words of removed ones,
 * once it has followed. Noted in the database until it is done, so a crash puts it off only. */
bool case_search_forget(Tx *tx, Err *err);
/* The tenant is open: do what was noted before and is not done. */
void case_search_resume(Tenant *tenant);

/* --- case_search_document.c --- */
enum { CASE_NUMBER, CASE_NAME, CASE_DATA, CASE_DOCUMENTS, CASE_FIELD_COUNT };
enum { CASE_SEARCH_VERSION = 1 }; /* of what is made of a case; another one begins anew */
extern const SearchField CASE_SEARCH_FIELDS[CASE_FIELD_COUNT];
/* What a case is found by. ERR_NOT_FOUND when it is gone. */
bool case_search_document(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, SearchDocument *out,
                          Err *err);

/* --- publish.c --- */
CaseSearch *cases_search(Tenant *tenant);
