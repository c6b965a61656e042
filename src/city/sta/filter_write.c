/* SPDX-License-Identifier: EUPL-1.2 */
/* A tree of the filter language as text: the canonical form. */
#include "city/sta/filter.h"

#include "city/sta/function.h"

/* How strongly an expression holds its parts together. */
enum { BIND_OR, BIND_AND, BIND_NOT, BIND_EQUALITY, BIND_ORDER, BIND_SUM, BIND_PRODUCT, BIND_VALUE };

static int binding(const StaExpr *expr)
{
    if (expr->kind == STA_IN_LIST || expr->kind == STA_IN_PATH)
        return BIND_ORDER;
    if (expr->kind != STA_OPERATION)
        return BIND_VALUE;
    switch (expr->op) {
    case STA_OR: return BIND_OR;
    case STA_AND: return BIND_AND;
    case STA_NOT: return BIND_NOT;
    case STA_EQ:
    case STA_NE: return BIND_EQUALITY;
    case STA_ADD:
    case STA_SUB: return BIND_SUM;
    case STA_MUL:
    case STA_DIV:
    case STA_MOD: return BIND_PRODUCT;
    case STA_NEGATE: return BIND_VALUE;
    default: return BIND_ORDER;
    }
}

/* In parentheses when it holds less than `least`. */
static void write_part(const StaFilter *filter, const StaExpr *expr, int least, Buf *out)
{
    bool weak = binding(expr) < least;

    if (weak)
        buf_add_char(out, '(');
    sta_expr_write(filter, expr, out);
    if (weak)
        buf_add_char(out, ')');
}

void sta_text_write(Str text, Buf *out)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_add_char(out, '\'');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '\'');
}

/* With the offset in which it was written, which totaloffsetminutes() and date() ask for. */
static void write_time(StaTime time, Buf *out)
{
    int minutes = time.offset < 0 ? -time.offset : time.offset;
    Timestamp shift = (Timestamp)time.offset * 60000;
    StaTime sides[] = {{time.start + shift, time.start + shift, 0},
                       {time.end + shift, time.end + shift, 0}};

    for (int i = 0; i < (sta_time_is_instant(time) ? 1 : 2); i++) {
        if (i)
            buf_add_char(out, '/');
        sta_time_write(out, sides[i]);
        if (time.offset == 0)
            continue;
        out->len--; /* its Z */
        buf_addf(out, "%c%02d:%02d", time.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
}

static void write_literal(const StaExpr *expr, Buf *out)
{
    switch (expr->literal.type) {
    case STA_NULL: buf_add_c(out, "null"); break;
    case STA_TEXT: sta_text_write(expr->literal.text, out); break;
    case STA_TIME: write_time(expr->literal.time, out); break;
    case STA_GEOMETRY:
        buf_add_c(out, "geography");
        sta_text_write(expr->wkt, out);
        break;
    case STA_DURATION:
        buf_add_c(out, "duration'");
        sta_duration_write(out, expr->literal.duration);
        buf_add_char(out, '\'');
        break;
    default: buf_add(out, sta_value_text(out->arena, expr->literal)); break;
    }
    /* A number that is a whole one by chance stays one with a fraction. */
    if (expr->literal.type == STA_NUMBER && out->len > 0) {
        Str number = sta_value_text(out->arena, expr->literal);
        if (str_find_char(number, '.') < 0 && str_find_char(number, 'e') < 0)
            buf_add_c(out, ".0");
    }
}

/* "Datastream/Thing", "d/Thing": the way to a slot. */
static bool write_slot(const StaFilter *filter, size_t index, Buf *out)
{
    const StaSlot *slot = &filter->slots[index];

    if (slot->variable.ptr) {
        buf_add(out, slot->variable);
        return true;
    }
    if (index == 0)
        return false;
    if (write_slot(filter, slot->parent, out))
        buf_add_char(out, '/');
    buf_add_c(out, slot->relation->name);
    return true;
}

void sta_steps_write(const StaSteps *steps, Buf *out)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->items[i].key.ptr)
            buf_addf(out, "/%.*s", STR_ARG(steps->items[i].key));
        else
            buf_addf(out, "[%lld]", (long long)steps->items[i].index);
    }
}

static void write_list(const StaFilter *filter, const StaExpr *expr, size_t from, int least,
                       Buf *out)
{
    buf_add_char(out, '(');
    for (size_t i = from; i < expr->count; i++) {
        if (i > from)
            buf_add_char(out, ',');
        write_part(filter, expr->items[i], least, out);
    }
    buf_add_char(out, ')');
}

static void write_some(const StaFilter *filter, const StaExpr *expr, Buf *out)
{
    const StaSlot *slot = &filter->slots[expr->slot];

    if (write_slot(filter, slot->parent, out))
        buf_add_char(out, '/');
    buf_addf(out, "%s/any(", slot->relation->name);
    if (expr->count) {
        buf_addf(out, "%.*s:", STR_ARG(slot->variable));
        sta_expr_write(filter, expr->items[0], out);
    }
    buf_add_char(out, ')');
}

static void write_operation(const StaFilter *filter, const StaExpr *expr, Buf *out)
{
    int bound = binding(expr);

    if (expr->op == STA_NOT || expr->op == STA_NEGATE) {
        buf_add_c(out, expr->op == STA_NOT ? "not " : "-");
        write_part(filter, expr->items[0], bound, out);
        return;
    }
    for (size_t i = 0; i < expr->count; i++) {
        if (i)
            buf_addf(out, " %s ", STA_OPERATOR_WORDS[expr->op]);
        /* From the left: only there may stand what binds alike. "and" and "or" are one node. */
        write_part(filter, expr->items[i], i || bound <= BIND_AND ? bound + 1 : bound, out);
    }
}

void sta_expr_write(const StaFilter *filter, const StaExpr *expr, Buf *out)
{
    switch (expr->kind) {
    case STA_LITERAL: write_literal(expr, out); break;
    case STA_PATH:
        if (write_slot(filter, expr->slot, out))
            buf_add_char(out, '/');
        buf_add_c(out, expr->property->name);
        sta_steps_write(&expr->steps, out);
        break;
    case STA_CALL:
        buf_add_c(out, expr->function->name);
        write_list(filter, expr, 0, BIND_OR, out);
        break;
    case STA_OPERATION: write_operation(filter, expr, out); break;
    case STA_IN_LIST:
    case STA_IN_PATH:
        write_part(filter, expr->items[0], BIND_ORDER, out);
        buf_add_c(out, " in ");
        if (expr->kind == STA_IN_LIST)
            write_list(filter, expr, 1, BIND_SUM, out);
        else
            write_part(filter, expr->items[1], BIND_VALUE, out);
        break;
    case STA_SOME: write_some(filter, expr, out); break;
    }
}

void sta_filter_write(const StaFilter *filter, Buf *out)
{
    sta_expr_write(filter, filter->root, out);
}
