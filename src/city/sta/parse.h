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

/* A node of the tree; NULL when there are too many. */
StaExpr *sta_new_expr(StaParser *parser, StaExprKind kind, size_t at);
void sta_add_item(StaParser *parser, StaExpr *expr, StaExpr *item);
/* One level deeper; to be undone by `parser->depth--`. */
bool sta_parse_enter(StaParser *parser);
/* An expression, from "or" on; NULL when the lexer has failed. */
StaExpr *sta_parse_expression(StaParser *parser);
/* A property by its path, or any(); the token is its first name. */
StaExpr *sta_parse_path(StaParser *parser);
/* The number of a new slot. */
size_t sta_add_slot(StaParser *parser, StaSlot slot);

/* Check the operands of `expr` and set its type. */
bool sta_check_operation(StaParser *parser, StaExpr *expr);
bool sta_check_call(StaParser *parser, StaExpr *expr);
bool sta_check_in(StaParser *parser, StaExpr *expr);
/* A condition is true or false, or known only with the value. */
bool sta_check_condition(StaParser *parser, const StaExpr *expr, const char *where);
