/* SPDX-License-Identifier: EUPL-1.2 */
/* The compiled form: a tree whose names are resolved to slots of a frame or entries of
 * the context, whose constants are folded, and whose parts know their types. */
#pragma once

#include "feel/value.h"

typedef enum TermOp {
    TERM_CONSTANT,
    TERM_LOCAL,     /* a slot of the frame */
    TERM_GLOBAL,    /* an entry of the caller's context */
    TERM_ITEM_NAME, /* inside a filter: a field of the item if it has it, else `otherwise` */
    TERM_NEGATE,
    TERM_ADD,
    TERM_SUBTRACT,
    TERM_MULTIPLY,
    TERM_DIVIDE,
    TERM_POWER,
    TERM_EQUAL,
    TERM_NOT_EQUAL,
    TERM_LESS,
    TERM_LESS_EQUAL,
    TERM_GREATER,
    TERM_GREATER_EQUAL,
    TERM_AND,
    TERM_OR,
    TERM_BETWEEN,
    TERM_IN,    /* value in (tests) */
    TERM_TEST,  /* one unary test: list, range, equal value or truth */
    TERM_TESTS, /* several, one of which must hold */
    TERM_IF,
    TERM_FOR,
    TERM_SOME,
    TERM_EVERY,
    TERM_LIST,
    TERM_CONTEXT,
    TERM_RANGE,
    TERM_PATH,
    TERM_FILTER,
    TERM_BUILTIN, /* call of a built-in function */
    TERM_TABLE,   /* call of a decision table */
    TERM_CALL,    /* call of a function value */
    TERM_FUNCTION,
    TERM_INSTANCE_OF,
} TermOp;

typedef struct Builtin Builtin;
typedef struct FeelEval FeelEval;

/* One `x in e` of for, some and every; `to` when the domain is `e..to`. */
typedef struct Iterator {
    Str name;
    uint32_t slot;
    const Term *domain;
    const Term *to;
} Iterator;

typedef struct Parameter {
    Str name;
    const FeelType *type;
} Parameter;

typedef struct Lambda {
    Parameter *parameters;
    size_t parameter_count;
    const Term *body;
    uint32_t captured; /* slots of the enclosing frame that are copied */
    uint32_t frame;    /* slots in all */
} Lambda;

struct Term {
    uint8_t op;
    bool negated;    /* TERM_TESTS */
    bool is_truth;   /* TERM_TEST: the expression itself says yes or no */
    bool low_closed; /* TERM_RANGE */
    bool high_closed;
    bool chosen;     /* TERM_BUILTIN: this overload and no other */
    uint16_t height; /* of the tree below, bounded */
    uint32_t place;  /* offset in the source */
    bool implied;    /* TERM_PATH: the text names the field of the filter's item alone */
    const FeelType *type;
    union {
        struct {
            FeelValue constant;
            const Term *folded; /* what was computed to this value, or NULL: for printing */
        };
        struct {
            const Term *a, *b, *c;
            uint32_t slot; /* TERM_LOCAL, TERM_IN, TERM_TEST, TERM_FILTER */
            Str variable;  /* TERM_LOCAL: its name */
        };
        struct {
            const Term *base; /* TERM_PATH; TERM_ITEM_NAME: what `otherwise` */
            Str name;
            uint32_t hash;
            uint32_t item_slot;
            uint32_t hint; /* the entry where it was found last; several threads may set it */
        };
        struct {
            const Term **items; /* TERM_LIST, TERM_TESTS, TERM_CONTEXT */
            size_t count;
            Str *keys;        /* TERM_CONTEXT; entries are also slots from first_slot */
            uint32_t *hashes; /* of the keys */
            uint32_t first_slot;
        };
        struct {
            Iterator *iterators;
            size_t iterator_count;
            const Term *body;
            uint32_t partial_slot;
        };
        struct {
            const Term *callee; /* TERM_CALL */
            const Builtin *builtin;
            const FeelTable *table;
            const Term **args; /* NULL: not given */
            size_t arg_count;
            Str *arg_names; /* TERM_CALL with named arguments, or NULL */
        };
        struct {
            const Term *operand; /* TERM_INSTANCE_OF */
            const FeelType *wanted;
        };
        Lambda lambda;
    };
};

/* A function that is not written in FEEL itself, as boxed logic and decision services are.
 * Its arguments have been brought to the types of its parameters. */
typedef FeelValue FeelNative(FeelEval *e, const FeelFunction *function, const FeelValue *args);

_Static_assert(sizeof(Term) <= 80, "terms are walked at every evaluation");

struct FeelFunction {
    const Builtin *builtin; /* the first of its overloads, or */
    const FeelTable *table; /* a decision table, or */
    FeelNative *native;     /* a function of DMN; its parameters are the type's fields, or */
    const Lambda *lambda;   /* a function of the language, with */
    const FeelValue *captured;
    const FeelContext *globals; /* the names around it where it was made */
    const void *data;           /* what `native` needs */
    const FeelType *type;
};

struct FeelProgram {
    const Term *root;
    const struct Kernel *kernel; /* computes the same when nothing special happens, or NULL */
    uint32_t frame;              /* slots in all */
    bool tests;                  /* slot 0 is `?` */
    const FeelType *input;       /* the type of slot 0 of tests or of a filter's item, or NULL */
    const FeelScope *scope;      /* as compiled; NULL: any name */
    Str text;
    const char *file;
    int line; /* of the text's first character */
    int column;
};

/* How deep the tree may be: bounds recursion of everything that walks it. */
enum { FEEL_MAX_HEIGHT = 400 };

/* Are two terms of the same scope the same? Then they have the same value. NULL is like NULL. */
bool term_same(const Term *a, const Term *b);
