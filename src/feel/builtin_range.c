/* SPDX-License-Identifier: EUPL-1.2 */
/* Relations of points and ranges (10.3.4.11, after Allen). A point is handled as the
 * range that holds it alone. */
#include "feel/builtin.h"

/* Ends of an argument. Open sides count as beyond everything. */
static FeelRange ends_of(FeelValue value)
{
    return value.kind == FEEL_RANGE ? *value.range : (FeelRange){value, value, true, true};
}

/* Compare two ends; an absent one lies at -infinity (low) or infinity (high). */
static bool order_ends(FeelValue a, FeelValue b, int absent_a, int absent_b, int *order)
{
    if (a.kind == FEEL_NULL || b.kind == FEEL_NULL) {
        int left = a.kind == FEEL_NULL ? absent_a : 0, right = b.kind == FEEL_NULL ? absent_b : 0;
        *order = left < right ? -1 : left > right;
        return true;
    }
    return value_order(a, b, order);
}

/* The order of where the two begin: a closed start comes before an open one. */
static bool order_lows(const FeelRange *a, const FeelRange *b, int *order)
{
    if (!order_ends(a->low, b->low, -1, -1, order))
        return false;
    if (*order == 0 && a->low_closed != b->low_closed)
        *order = a->low_closed ? -1 : 1;
    return true;
}

/* The order of where the two end: an open end comes before a closed one. */
static bool order_highs(const FeelRange *a, const FeelRange *b, int *order)
{
    if (!order_ends(a->high, b->high, 1, 1, order))
        return false;
    if (*order == 0 && a->high_closed != b->high_closed)
        *order = a->high_closed ? 1 : -1;
    return true;
}

/* Where `a` ends against where `b` begins: 0 when they share exactly that point. */
static bool order_meeting(const FeelRange *a, const FeelRange *b, int *order)
{
    if (!order_ends(a->high, b->low, 1, -1, order))
        return false;
    if (*order == 0 && !(a->high_closed && b->low_closed))
        *order = -1;
    return true;
}

typedef struct Relation {
    FeelRange a, b;
    int lows;    /* begin of a against begin of b */
    int highs;   /* end of a against end of b */
    int meeting; /* end of a against begin of b */
    int met;     /* end of b against begin of a */
} Relation;

static bool relate(const FeelValue *args, Relation *r)
{
    r->a = ends_of(args[0]);
    r->b = ends_of(args[1]);
    return order_lows(&r->a, &r->b, &r->lows) && order_highs(&r->a, &r->b, &r->highs) &&
           order_meeting(&r->a, &r->b, &r->meeting) && order_meeting(&r->b, &r->a, &r->met);
}

#define RELATION(name, condition)                                           \
    static FeelValue name(FeelEval *e, const FeelValue *args, size_t count) \
    {                                                                       \
        Relation r;                                                         \
        (void)e, (void)count;                                               \
        return relate(args, &r) ? value_boolean(condition) : VALUE_NULL;    \
    }

/* Neither shares a point with the other. */
RELATION(code_before, r.meeting < 0)
RELATION(code_after, r.met < 0)
RELATION(code_meets, r.meeting == 0)
RELATION(code_met_by, r.met == 0)
RELATION(code_overlaps, r.meeting >= 0 && r.met >= 0)
/* The first begins earlier and the second does not end earlier. */
RELATION(code_overlaps_before, r.lows < 0 && r.highs <= 0 && r.meeting >= 0)
RELATION(code_overlaps_after, r.lows > 0 && r.highs >= 0 && r.met >= 0)
RELATION(code_finishes, r.highs == 0 && r.lows >= 0)
RELATION(code_finished_by, r.highs == 0 && r.lows <= 0)
RELATION(code_includes, r.lows <= 0 && r.highs >= 0)
RELATION(code_during, r.lows >= 0 && r.highs <= 0)
RELATION(code_starts, r.lows == 0 && r.highs <= 0)
RELATION(code_started_by, r.lows == 0 && r.highs >= 0)
RELATION(code_coincides, r.lows == 0 && r.highs == 0)

#define TWO_RANGES                \
    {                             \
        {"range1", PARAM_RANGE},  \
        {                         \
            "range2", PARAM_RANGE \
        }                         \
    }
#define POINT_RANGE              \
    {                            \
        {"point", PARAM_POINT},  \
        {                        \
            "range", PARAM_RANGE \
        }                        \
    }
#define RANGE_POINT              \
    {                            \
        {"range", PARAM_RANGE},  \
        {                        \
            "point", PARAM_POINT \
        }                        \
    }
#define TWO_POINTS                \
    {                             \
        {"point1", PARAM_POINT},  \
        {                         \
            "point2", PARAM_POINT \
        }                         \
    }

const Builtin BUILTIN_RANGE[] = {
    {"before", code_before, RESULT_BOOLEAN, 2, 2, TWO_POINTS},
    {"before", code_before, RESULT_BOOLEAN, 2, 2, POINT_RANGE},
    {"before", code_before, RESULT_BOOLEAN, 2, 2, RANGE_POINT},
    {"before", code_before, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"after", code_after, RESULT_BOOLEAN, 2, 2, TWO_POINTS},
    {"after", code_after, RESULT_BOOLEAN, 2, 2, POINT_RANGE},
    {"after", code_after, RESULT_BOOLEAN, 2, 2, RANGE_POINT},
    {"after", code_after, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"meets", code_meets, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"met by", code_met_by, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"overlaps", code_overlaps, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"overlaps before", code_overlaps_before, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"overlaps after", code_overlaps_after, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"finishes", code_finishes, RESULT_BOOLEAN, 2, 2, POINT_RANGE},
    {"finishes", code_finishes, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"finished by", code_finished_by, RESULT_BOOLEAN, 2, 2, RANGE_POINT},
    {"finished by", code_finished_by, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"includes", code_includes, RESULT_BOOLEAN, 2, 2, RANGE_POINT},
    {"includes", code_includes, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"during", code_during, RESULT_BOOLEAN, 2, 2, POINT_RANGE},
    {"during", code_during, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"starts", code_starts, RESULT_BOOLEAN, 2, 2, POINT_RANGE},
    {"starts", code_starts, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"started by", code_started_by, RESULT_BOOLEAN, 2, 2, RANGE_POINT},
    {"started by", code_started_by, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {"coincides", code_coincides, RESULT_BOOLEAN, 2, 2, TWO_POINTS},
    {"coincides", code_coincides, RESULT_BOOLEAN, 2, 2, TWO_RANGES},
    {.name = NULL},
};
