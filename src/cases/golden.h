/* SPDX-License-Identifier: EUPL-1.2 */
/* Golden cases: examples of a package (examples/NAME.yaml) replayed in a tenant made for them,
 * with real submissions, effects and PDFs. docs/packages.md says what an example may hold. */
#pragma once

#include "cases/case_store.h"

typedef struct Difference {
    Str path;     /* "steps[1].expect.state" */
    Str expected; /* as JSON or text */
    Str actual;
} Difference;

typedef struct GoldenResult {
    Str file; /* "examples/ein_hund.yaml" */
    Str name;
    Difference *items; /* nothing: ok */
    size_t count, capacity;
} GoldenResult;

/* An example while it is replayed. */
typedef struct Golden {
    Tenant *tenant;
    const Package *package;
    const Procedure *procedure;
    const Node *example;
    Case c; /* id 0: not submitted */
    Date today;
    Str lang;
    FormState form;                        /* of the input */
    int64_t document_before, mails_before; /* what was there before the present step */
    Arena *arena;
    GoldenResult *result;
    Node *orders; /* for other engines, so far: {effect, …values} */
} Golden;

__attribute__((format(printf, 4, 5))) void golden_differs(Golden *golden, Str path, Str expected,
                                                          const char *format, ...);

/* golden_given.c: what is there before: uploads, register entries, charges. */
/* The data with real files instead of `{file: NAME, type: TYPE}`. */
bool golden_uploads(Golden *golden, const Node *data, Node **out, Err *err);
bool golden_given(Golden *golden, Err *err);
/* The package's files with the example's parameters. */
const PackageFile *golden_files(const PackageFile *files, size_t *count, const Node *example,
                                Arena *arena);

/* golden_order.c: what other engines would do is told, and not done: they have nothing here. */
bool golden_take_orders(Golden *golden, Err *err);

/* golden_actual.c: what there is, as data. */
/* The text under the key; null when it is absent. */
void golden_put(Golden *golden, Node *map, const char *key, Str text);
typedef bool (*GoldenRead)(Golden *golden, Tx *tx, Node *list, Err *err);
/* The reader of a list of the case, by its word under `expect`; NULL when there is none. */
GoldenRead golden_actual(Str key);
/* Of the form: {field, rule, message}. */
Node *golden_actual_errors(Golden *golden);
/* Every period of every entry. */
bool golden_actual_register(Golden *golden, Tx *tx, Str id, Node *list, Err *err);
/* The letters of this step that come from a template, each as of golden_letter(). */
bool golden_actual_letters(Golden *golden, Tx *tx, Node *list, Err *err);
bool golden_charge(Golden *golden, Tx *tx, const Charge *charge, Node *item, Err *err);
/* A letter as it is read: {template, lang, subject, text, giro, pdf: true when it was made}. */
Node *golden_letter(Golden *golden, const Node *shot, bool made);

/* golden_compare.c: every expectation under `expect`. */
bool golden_compare(Golden *golden, const Node *expect, Str path, Err *err);

/* For other comparisons: lists as sets, letters {template, to, text, giro, pdf}. */
void golden_compare_sets(Golden *golden, const Node *expected, const Node *actual, Str path);
void golden_compare_letters(Golden *golden, const Node *expected, const Node *letters, Str path);
/* golden_annual.c: an example of a run instead of a case. */
bool golden_annual(Golden *golden, Err *err);

/* golden_run.c */
/* Replay one example; differences are in the result. False: it could not be replayed at all. */
bool golden_run(App *app, const PackageFile *files, size_t count, const PackageFile *example,
                Arena *arena, GoldenResult *result, Err *err);

/* Mails of the case that went out. */
bool golden_mails(Golden *golden, Tx *tx, int64_t *count, Err *err);
/* golden.c: the folder of settings of which tenants are made. */
const char *golden_tenant_folder(App *app, Arena *arena);

/* `rathaus service test FOLDER [--json] [--verbose]` */
int service_test_command(int argc, char **argv);
