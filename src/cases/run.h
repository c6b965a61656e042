/* SPDX-License-Identifier: EUPL-1.2 */
/* Run (Lauf): one decision for everybody in a register, as runs/NAME.yaml tells it: the yearly
 * assessment of the dog tax for all keepers. Compiled with the package; immutable. docs/packages.md
 * is the format, docs/runs.md says how a run goes. */
#pragma once

#include "cases/process.h"

/* What leaves an item out, and why. */
typedef struct RunGuard {
    Str id;
    const FeelProgram *when;
    const TextTemplate *reason; /* German, for the list of those left out */
} RunGuard;

typedef struct Run {
    Str id;
    const Node *label, *summary;
    Str office;
    const RegisterSpec *spec;
    const FeelType *entry_type;
    Str group[2];    /* the field whose value makes entries one item; the second where the first is
                        null,    or empty. Expressions call it by the first */
    Str items_are;   /* "Halterinnen und Halter" */
    Str entries_are; /* "Hunde" */
    Str case_value;  /* the value of a process that tells an open case's group, or STR_NONE */
    const Process *process; /* values, their order and labels; nothing else of a process */
    RunGuard *guards;
    size_t guard_count;
    ActionEffect assess;
    const LetterTemplate *letter; /* or NULL: nobody is written to */
    const LetterTemplate *cancel; /* when the run is undone */
    const FeelProgram *recipient; /* lines of the address window */
    const FeelProgram *order;     /* texts by which post is sorted */
    const FeelProgram *email;     /* of a possible mailbox, or NULL */
} Run;

/* Compile a run. The package must be complete but for its runs. NULL with problems added. */
const Run *run_load(const Package *package, const Node *yaml, Arena *arena, Problems *problems);
const Run *package_run(const Package *package, Str id);
