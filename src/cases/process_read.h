/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the compiler of processes: what its files share. */
#pragma once

#include "cases/process.h"

typedef struct ProcessReader {
    const Package *package;
    Process *process;
    FeelScope *scope;     /* names of data, lookups, values, case, vars, … */
    FeelType *vars;       /* the names that `set` effects give */
    FeelType *vars_typed; /* the same with the types of their expressions */
    const Node *yaml;
    Arena *arena;
    Problems *problems;
} ProcessReader;

/* The map under `key`, or NULL; a problem when it is something else. */
const Node *read_map(ProcessReader *reader, const Node *node, const char *key);
/* Every key of the map must be one of `known`, words parted by blanks. */
void read_keys(ProcessReader *reader, const Node *node, const char *what, const char *known);
/* Compile the expression under `key`. `wanted` (FEEL_ANY: no matter) is the type it must have.
 * NULL when it is missing (a problem when `required`) or wrong. */
const FeelProgram *read_feel(ProcessReader *reader, const Node *node, const char *key,
                             const FeelScope *scope, FeelTypeKind wanted, bool required);
const FeelProgram *read_feel_node(ProcessReader *reader, const Node *node, const FeelScope *scope,
                                  FeelTypeKind wanted);
/* A text for citizens must be there in all three languages. */
void read_languages(ProcessReader *reader, const Node *text, const Node *at, const char *what);
/* The names of a map as a list of programs. */
size_t read_assignments(ProcessReader *reader, const Node *map, const FeelScope *scope,
                        Assignment **out);
/* A list of register entries: `where`. */
size_t read_where(ProcessReader *reader, const Node *where, const RegisterSpec *spec,
                  const FeelScope *scope, Where **out);
/* `lookups`, `values` and `labels` of a process or a run. */
void read_lookups(ProcessReader *reader, const Node *yaml);
void read_lookup_conditions(ProcessReader *reader, const Node *yaml);
void read_values(ProcessReader *reader, const Node *yaml);
void read_labels(ProcessReader *reader, const Node *yaml);
bool register_has_field(const RegisterSpec *spec, Str name);
bool package_has_office(const Package *package, Str office);

/* process_finding.c */
void read_findings(ProcessReader *reader, const Node *yaml);
/* process_action.c */
void read_actions(ProcessReader *reader, const Node *yaml);
/* process_effect.c */
void read_effects(ProcessReader *reader, const Node *list, const FeelScope *scope, Action *action);
/* The properties of `assess: {…}`. */
void read_assess_effect(ProcessReader *reader, const Node *node, const FeelScope *scope,
                        ActionEffect *effect);
/* The letter that `template` names, which may read `charges`. NULL with problems added. */
const LetterTemplate *read_charge_letter(ProcessReader *reader, const Node *node,
                                         const FeelScope *scope);
/* process_order.c */
/* Put lookups and values into the order in which they need each other; cycles are problems. */
void process_order_steps(ProcessReader *reader);
/* Find out which of them tasks, findings, guards and built-in mails need. */
void process_mark_review(ProcessReader *reader);
