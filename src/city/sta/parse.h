/* SPDX-License-Identifier: EUPL-1.2 */
/* The parser of expressions, for the files that read them out of a longer text ($orderby, the
 * options inside $expand). */
#pragma once

#include "city/sta/filter.h"
#include "city/sta/lexer.h"

typedef struct StaParser {
    StaLexer lexer;
    StaFilter *filter;               /* which is being read */
    size_t variables[STA_MAX_DEPTH]; /* slots of the any() around this place */
    size_t variable_count;
    int depth;
    size_t nodes;
} StaParser;

/* An expression about `entity` from here on, up to what cannot belong to it. With `condition` it
 * must be true or false. NULL when the lexer has failed. */
StaFilter *sta_parse_filter(StaParser *parser, StaEntity entity, bool condition);
/* Fail unless the text ends here. */
bool sta_parse_end(StaParser *parser);
/* The steps into a JSON value: "/key", "[3]", as many as stand here. */
bool sta_parse_steps(StaParser *parser, StaSteps *steps);

/* Check the operands of `expr` and set its type. */
bool sta_check_operation(StaParser *parser, StaExpr *expr);
bool sta_check_call(StaParser *parser, StaExpr *expr);
bool sta_check_in(StaParser *parser, StaExpr *expr);
/* A condition is true or false, or known only with the value. */
bool sta_check_condition(StaParser *parser, const StaExpr *expr, const char *where);
