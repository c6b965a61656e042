/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers that a town gives out, as those of dog tags: counted up per series, written as the
 * package says, and never one that an entry of the register has or had. */
#include "base/vec.h"
#include "cases/case_store.h"

/* How many numbers may be taken already before the next free one; a gap in the counter after
 * numbers were entered by hand is no longer. */
enum { MOST_AT_ONCE = 100, MOST_TRIES = 10000 };

typedef struct Series {
    CaseWork *work;
    const NumberSpec *spec;
    const FeelValue *context;
    Str name; /* of the counter */
    int64_t begin;
    Err *err;
} Series;

/* A whole number, or `otherwise` when there is no expression or no value. */
static bool whole(const Series *series, const FeelProgram *program, int64_t otherwise, int64_t *out)
{
    CaseWork *work = series->work;

    *out = otherwise;
    if (!program)
        return true;
    const FeelValue *value =
        feel_eval(program, series->context, &work->env, work->arena, series->err);

    if (!value || feel_is_null(value))
        return value != NULL;
    return (feel_to_i64(value, out) && *out >= 0) ||
           err_set(series->err, ERR_CONFLICT, "Eine Nummer muss eine ganze Zahl ab 0 sein.");
}

static bool text_of(const Series *series, int64_t number, Str *out)
{
    CaseWork *work = series->work;
    const FeelValue *names = feel_context_put(work->arena, series->context, STR("number"),
                                              feel_number(work->arena, number));
    const FeelValue *value =
        feel_eval(series->spec->text, names, &work->env, work->arena, series->err);

    if (!value)
        return false;
    *out = feel_is_null(value) ? STR("") : feel_to_text(work->arena, value);
    return out->len > 0 || err_set(series->err, ERR_CONFLICT,
                                   "Für die Nummer %lld ergibt sich kein Text.", (long long)number);
}

static bool is_used(const Series *series, Str text, bool *used)
{
    int64_t found = 0;
    bool ok =
        tx_query_int(series->work->tx, series->err, &found,
                     "SELECT 1 FROM register_key WHERE register = $1 AND field = $2 AND "
                     "value = $3 LIMIT 1",
                     P_TEXT(series->spec->spec->id), P_TEXT(series->spec->field), P_TEXT(text));

    *used = found == 1;
    return ok;
}

static bool next_number(const Series *series, int64_t *out)
{
    *out = 0;
    return tx_query_int(series->work->tx, series->err, out,
                        "INSERT INTO case_number (service, year, last) VALUES ($1, 0, $2) "
                        "ON CONFLICT (service, year) DO UPDATE SET last = CASE WHEN "
                        "case_number.last < $2 THEN $2 ELSE case_number.last + 1 END "
                        "RETURNING last",
                        P_TEXT(series->name), P_INT(series->begin));
}

static bool next_free(const Series *series, Str *out)
{
    for (int i = 0; i < MOST_TRIES; i++) {
        int64_t number;
        bool used;

        if (!next_number(series, &number) || !text_of(series, number, out) ||
            !is_used(series, *out, &used))
            return false;
        if (!used)
            return true;
    }
    return err_set(series->err, ERR_CONFLICT,
                   "Für „%.*s“ wurde keine freie Nummer gefunden. Bitte geben Sie eine ein.",
                   STR_ARG(series->spec->series));
}

static bool exactly(const Series *series, int64_t number, Str *out)
{
    bool used;

    if (!text_of(series, number, out) || !is_used(series, *out, &used))
        return false;
    return !used ||
           err_set(series->err, ERR_CONFLICT, "Die Nummer %.*s ist schon vergeben.", STR_ARG(*out));
}

bool case_take_numbers(CaseWork *work, const NumberSpec *spec, const FeelValue *context, Err *err)
{
    Series series = {work, spec, context, STR_NONE, 0, err};
    int64_t count, given;
    Node *list = node_list(work->arena);

    series.name =
        str_printf(work->arena, "%.*s/%.*s", STR_ARG(work->c->service), STR_ARG(spec->series));
    if (!whole(&series, spec->count, 0, &count) || !whole(&series, spec->begin, 1, &series.begin) ||
        !whole(&series, spec->given, -1, &given))
        return false;
    if (count > MOST_AT_ONCE)
        return err_set(err, ERR_CONFLICT, "Es werden höchstens %d Nummern auf einmal vergeben.",
                       MOST_AT_ONCE);
    for (int64_t i = 0; i < count; i++) {
        Str text;

        if (given >= 0 ? !exactly(&series, given + i, &text) : !next_free(&series, &text))
            return false;
        node_append(work->arena, list, node_string(work->arena, text));
    }
    Node *vars = work->c->vars ? node_clone(work->arena, work->c->vars) : node_map(work->arena);

    node_set(work->arena, vars, spec->variable, list);
    work->c->vars = vars;
    return true;
}
