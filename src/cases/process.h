/* SPDX-License-Identifier: EUPL-1.2 */
/* Process: what follows from an application, as processes/NAME.yaml tells it. Compiled against the
 * form of one procedure; immutable. docs/packages.md is the format. */
#pragma once

#include "cases/package.h"
#include "cases/text.h"

typedef struct State {
    Str id;
    const Node *label, *citizen; /* texts by language */
    bool waits_for_applicant;
    bool clock_paused;
    bool final;
    Str retention; /* ISO 8601 duration, or STR_NONE */
} State;

/* Equality of one field of a register with the value of an expression. */
typedef struct Where {
    Str field;
    const FeelProgram *value;
} Where;

/* A list of register entries that expressions may read by the name `id`. */
typedef struct Lookup {
    Str id;
    const RegisterSpec *spec;
    const FeelType *entry_type; /* see process_entry_type() */
    Where *where;
    size_t where_count;
    bool all; /* also entries that have ended */
} Lookup;

typedef struct ProcessValue {
    Str id;
    const FeelProgram *program;
} ProcessValue;

/* Lookups and values in the order in which they can be computed; one of the two is set. What
 * only decisions and letters need is not computed when an application comes in. */
typedef struct Step {
    const Lookup *lookup;
    const ProcessValue *value;
    bool review;  /* tasks, findings, guards and built-in mails need it */
    bool offers;  /* whether an action is offered, and why not, needs it */
    bool looking; /* a lookup that the form reads, or needed by one */
} Step;

typedef struct TaskResult {
    Str value;
    const Node *label;
} TaskResult;

typedef struct TaskSpec {
    Str id, office;
    const Node *label;
    const State *on;         /* made when the case enters this state; NULL: only by an effect */
    const FeelProgram *when; /* or NULL */
    bool protected_;
    TaskResult *results; /* what may be chosen; none: free text */
    size_t result_count;
} TaskSpec;

typedef struct FindingRule {
    Str id;
    Str kind;                 /* missing | contradictory | implausible | outdated */
    Str each;                 /* path of a repeated group, or STR_NONE */
    Str field;                /* path of the field, inside the item */
    const FeelProgram *items; /* with `each`: the list */
    const FeelType *item_type;
    const FeelProgram *when;
    const TextTemplate *message, *request;
} FindingRule;

typedef enum EffectOp {
    EFFECT_REGISTER_ADD,
    EFFECT_REGISTER_CHANGE,
    EFFECT_REGISTER_END,
    EFFECT_ASSESS,
    EFFECT_LETTER,
    EFFECT_MAIL,
    EFFECT_TASK,
    EFFECT_SET,
    EFFECT_DEADLINE,
    EFFECT_MANDATE,
    EFFECT_NUMBER,
    EFFECT_REMINDER,
    EFFECT_LATER,
    EFFECT_ORDER,
} EffectOp;

/* The next numbers of a series, as texts in a case variable. */
typedef struct NumberSpec {
    Str variable, series;
    const FeelProgram *count;
    const FeelProgram *begin; /* the first number of the series; NULL: 1 */
    const FeelProgram *given; /* not null: this number and those after it, or NULL */
    const FeelProgram *text;  /* over `number` */
    const RegisterSpec *spec; /* with `field`: whose entries, ended ones too, have no such text */
    Str field;
} NumberSpec;

/* What a SEPA mandate consists of; the last four may be NULL. */
typedef struct MandateSpec {
    const FeelProgram *payer, *holder, *iban, *signed_on;
    const FeelProgram *bic, *email, *address; /* {street, postcode, town, country} */
    const FeelProgram *one_off;
} MandateSpec;

/* name: 'FEEL', as in `entry:` and `set:` */
typedef struct Assignment {
    Str name;
    const FeelProgram *value;
} Assignment;

typedef struct ActionEffect {
    EffectOp op;
    const FeelProgram *items; /* `each`: the list; NULL: once */
    const FeelType *item_type;
    const FeelProgram *when; /* or NULL */
    int line;

    const RegisterSpec *spec; /* register */
    Assignment *entry;        /* register add and change; set */
    size_t entry_count;
    const FeelProgram *from;    /* register add, change: valid from, or NULL: today */
    const FeelProgram *until;   /* register end */
    const FeelProgram *reason;  /* register end */
    const FeelProgram *find;    /* over the names and `e`, the entry */
    const FeelType *entry_type; /* of `e` */
    Where *where;               /* what `find` implies, for the index */
    size_t where_count;

    const FeelProgram *key, *amount, *purpose, *due, *debtor; /* assess */
    const FeelProgram *payer, *parts;                         /* or NULL */
    Str revenue;

    const LetterTemplate *letter; /* letter, mail */
    const FeelProgram *recipient; /* letter: lines of the address, or NULL: the applicant's */
    const TaskSpec *task;
    const FeelProgram *deadline; /* a date, or null: none */
    const MandateSpec *mandate;
    const NumberSpec *number;
    const FeelProgram *reminder; /* its text; its day is `deadline`, null: none */
    Str office;                  /* whom it is for */
    Str later;                   /* an action that is done by itself … */
    const FeelProgram *days;     /* … on this day, or on each of these; null: never */
    Str order;                   /* kind of effect of another engine; its values are `entry` */
} ActionEffect;

typedef struct Action {
    Str id;
    const Node *label, *confirm;
    const State **from;
    size_t from_count;
    const State *to; /* NULL: the state stays */
    Str office;
    const FeelProgram *when;      /* offered only where true, or NULL */
    bool four_eyes_always;        /* two people decide */
    const FeelProgram *four_eyes; /* when, over the names and `entry`; or NULL */
    const FeelProgram *guard;
    const TextTemplate *guard_message;
    const TaskSpec **done; /* tasks that the action completes */
    size_t done_count;
    const Form *entry; /* what the clerk enters, or NULL */
    ActionEffect *effects;
    size_t effect_count;
} Action;

/* phrases/NAME.md: a text block for letters that clerks write. */
typedef struct TextBlock {
    Str id;
    const Node *title;
    const TextTemplate *text;
} TextBlock;

typedef struct Process {
    Str id;
    const Form *form;
    State *states; /* [0] is where a submitted case begins */
    size_t state_count;
    int deadline_days; /* 0: none */
    bool deadline_working_days;
    bool deadline_tell; /* a changed deadline and its reason are shown to the applicant */
    const Node *deadline_label;
    const Node *labels; /* how explanations name values and their fields; an empty one hides it */
    bool looks;         /* the form reads a lookup */
    Lookup *lookups;
    size_t lookup_count;
    ProcessValue *values;
    size_t value_count;
    Step *steps;
    size_t step_count;
    TaskSpec *tasks;
    size_t task_count;
    FindingRule *findings;
    size_t finding_count;
    Action *actions;
    size_t action_count;
    TextBlock *text_blocks;
    size_t text_block_count;
    const FeelType *vars_type;
    const LetterTemplate *receipt_mail; /* letters/eingangsbestaetigung.md, or NULL */
    const LetterTemplate *request_mail; /* letters/nachforderung.md, or NULL */
} Process;

/* The names that the lookups of a process give to its form, as a context type; read before
 * the form is compiled. `yaml` is the process file; mistakes are reported by process_load(). */
const FeelType *process_lookup_types(const Package *package, const Node *yaml, Arena *arena);

/* Compile a process for a form, with the letters it names. The package's registers, codes,
 * tables, parameters and files must be there already; `form` may be NULL when it had errors.
 * Every problem is added; NULL when there was an error. */
const Process *process_load(const Package *package, const Node *yaml, const Form *form,
                            Arena *arena, Problems *problems);

/* What expressions see of a register entry: its fields and id, from, until, reason. */
const FeelType *process_entry_type(const RegisterSpec *spec, Arena *arena);

const State *process_state(const Process *process, Str id);
const TaskSpec *process_task(const Process *process, Str id);
const Action *process_action(const Process *process, Str id);
/* Where a case waits for the applicant's answer; NULL when the process has no such state. */
const State *process_waiting_state(const Process *process);
