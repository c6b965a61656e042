/* SPDX-License-Identifier: EUPL-1.2 */
/* The citizen's side of services and cases: finding a service, filling in its form, seeing how the
 * case stands. One file per page; routes are collected in citizen_engine.c. */
#pragma once

#include "cases/draft.h"
#include "core/page/parts.h"
#include "core/store/file.h"

/* portal_home.c, portal_service.c */
/* May the caller begin it? One of an office only its staff. */
bool portal_offers(const Request *req, const Package *package, const Procedure *procedure);
bool portal_home(Request *req, Response *res, Err *err);
bool portal_services(Request *req, Response *res, Err *err);
bool portal_service(Request *req, Response *res, Err *err);
bool portal_procedure(Request *req, Response *res, Err *err);
bool portal_begin(Request *req, Response *res, Err *err);
/* portal_form.c */
bool portal_resume(Request *req, Response *res, Err *err);
bool portal_form_show(Request *req, Response *res, Err *err);
bool portal_form_send(Request *req, Response *res, Err *err);
bool portal_draft_file(Request *req, Response *res, Err *err);
/* portal_save.c */
bool portal_save_show(Request *req, Response *res, Err *err);
bool portal_save_mail(Request *req, Response *res, Err *err);
/* portal_review.c */
bool portal_review_show(Request *req, Response *res, Err *err);
bool portal_review_send(Request *req, Response *res, Err *err);
bool portal_done(Request *req, Response *res, Err *err);
/* portal_status.c */
bool portal_status(Request *req, Response *res, Err *err);
bool portal_status_document(Request *req, Response *res, Err *err);
bool portal_correction_show(Request *req, Response *res, Err *err);
bool portal_correction_send(Request *req, Response *res, Err *err);
/* portal_mine.c */
bool portal_mine(Request *req, Response *res, Err *err);
bool portal_mailbox(Request *req, Response *res, Err *err);
bool portal_mailbox_letter(Request *req, Response *res, Err *err);

/* --- portal_fields.c: fields of a form on a page ------------------------------------------- */

typedef struct FieldsView {
    Str lang;
    const FormState *state; /* what is visible, required, computed, wrong */
    const Node *data;       /* as typed */
    bool show_errors;
    Str files;       /* path of uploaded files: "/antrag/TOKEN/datei", or STR_NONE */
    const Str *only; /* paths that may be answered; NULL: all. Others are not shown */
    size_t only_count;
    Str ground; /* TileJSON of the town's map, for fields that are picked on it; STR_NONE: no maps
                 */
} FieldsView;

/* Write the fields that are visible, each with a hidden "gezeigt" that tells its path. */
Html portal_fields(Out *out, const FieldsView *view, FormField *const *fields, size_t count);
/* Is a point of these picked on a map? */
bool portal_has_map(FormField *const *fields, size_t count);
/* "hunde[1].chip" as an id on the page: "hunde-1-chip". */
Str portal_field_id(Arena *arena, Str path);
/* What the summary links to: errors of these outermost fields. */
const FieldError *portal_errors(Arena *arena, const FormState *state, FormField *const *fields,
                                size_t count, size_t *error_count);
/* Is this error's field one of them, or in one of them? */
bool portal_error_within(const FormError *error, FormField *const *fields, size_t count);
/* portal_answers.c: answers of a page as label and text, groups as headings. With `change`, the
 * path of the page where they are given, each with a link to it. */
Html portal_answers(Out *out, const FieldsView *view, FormField *const *fields, size_t count,
                    Str change);

/* --- portal_input.c: what a page sent -------------------------------------------------------- */

typedef struct SentFile {
    Str path;
    FileInfo info;
    Str bytes;
} SentFile;

typedef struct Sent {
    Request *req;
    const Form *form;
    Str *shown; /* paths that were on the page */
    size_t shown_count;
    SentFile *files;
    size_t file_count;
    FormError *refused; /* files that were not taken */
    size_t refused_count;
} Sent;

/* The field of a path with indexes, or NULL; indexes are within the group's limits. */
const FormField *portal_field_at(const Form *form, Str path);
/* Read the paths and check the files; does not need the database. */
bool portal_sent_read(Request *req, const Form *form, Sent *out, Err *err);
/* Put the values (and names of files) into the data. */
void portal_sent_apply(const Sent *sent, Node *data);
/* The buttons "entfernen" and "hinzufuegen"; true when one was pressed. */
bool portal_sent_button(const Sent *sent, Node *data);
/* One of these, or "aktualisieren": the page as it looks now, nothing is checked. */
bool portal_sent_has_button(const Sent *sent);
/* Give each repeating group among these fields its least number of items. */
void portal_fill_items(Arena *arena, Node *data, FormField *const *fields, size_t count);

/* --- Shared ------------------------------------------------------------------------------------
 */

/* Evaluate data for a page, with the lookups of the process. */
bool portal_evaluate(Request *req, Tx *tx, const Package *package, const Procedure *procedure,
                     const Node *data, bool quiet, FormState *out, Err *err);
/* A text of a package in the request's language. */
Str portal_text(const Request *req, const Node *text);
/* Small Markdown as HTML. */
Html portal_markdown(const Request *req, const Node *text);
