/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/vec.h"
#include "cases/golden.h"

void golden_differs(Golden *golden, Str path, Str expected, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *actual = arena_vprintf(golden->arena, format, args);
    va_end(args);
    VEC_PUSH(golden->arena, golden->result, (Difference){path, expected, str_c(actual)});
}

static Str under(Golden *golden, Str path, const char *key)
{
    return str_printf(golden->arena, "%.*s.%s", STR_ARG(path), key);
}

static Str as_text(Golden *golden, const Node *node)
{
    return node ? node_json(node, golden->arena) : STR("nothing");
}

/* Equal as FEEL sees them: 216 and 216.00, dates and their texts. */
static bool equal(Golden *golden, const Node *expected, const Node *actual)
{
    if (node_is_null(expected) || node_is_null(actual))
        return node_is_null(expected) && node_is_null(actual);
    if (expected->kind == NODE_LIST || expected->kind == NODE_MAP) {
        if (actual->kind != expected->kind || actual->count != expected->count)
            return false;
        for (size_t i = 0; i < expected->count; i++)
            if (!equal(golden, expected->items[i],
                       expected->kind == NODE_MAP ? node_get_str(actual, expected->keys[i])
                                                  : actual->items[i]))
                return false;
        return true;
    }
    if (expected->kind == NODE_NUMBER && actual->kind == NODE_NUMBER)
        return str_eq(feel_to_text(golden->arena, feel_from_node(golden->arena, expected, NULL)),
                      feel_to_text(golden->arena, feel_from_node(golden->arena, actual, NULL)));
    return node_equal(expected, actual);
}

/* Does the actual map hold what the expected one says? */
static bool holds(Golden *golden, const Node *expected, const Node *actual)
{
    for (size_t i = 0; i < expected->count; i++)
        if (!equal(golden, expected->items[i], node_get_str(actual, expected->keys[i])))
            return false;
    return true;
}

/* Two lists of maps (or words) as sets: each expected item has one of its own, and unless the
 * expectation is `partial`, nothing is left over. */
static void compare_sets(Golden *golden, const Node *expected, const Node *actual, bool partial,
                         Str path)
{
    bool *taken = arena_alloc(golden->arena, actual->count + 1);

    for (size_t i = 0; i < expected->count; i++) {
        bool found = false;

        for (size_t k = 0; k < actual->count && !found; k++) {
            const Node *one = expected->items[i];
            bool same = one->kind == NODE_MAP ? holds(golden, one, actual->items[k])
                                              : equal(golden, one, actual->items[k]);

            if (!taken[k] && same)
                found = taken[k] = true;
        }
        if (!found)
            golden_differs(golden, str_printf(golden->arena, "%.*s[%zu]", STR_ARG(path), i),
                           as_text(golden, expected->items[i]), "missing in %.*s",
                           STR_ARG(as_text(golden, actual)));
    }
    for (size_t k = 0; k < actual->count && !partial; k++)
        if (!taken[k])
            golden_differs(golden, path, STR("nothing more"), "%.*s",
                           STR_ARG(as_text(golden, actual->items[k])));
}

static const Node *find_letter(const Node *letters, const Node *expected)
{
    Str lang = node_get_text(expected, "lang");

    for (size_t i = 0; i < letters->count; i++)
        if (str_eq(node_get_text(letters->items[i], "template"),
                   node_get_text(expected, "template")) &&
            (!node_get(expected, "to") ||
             str_eq(node_get_text(letters->items[i], "to"), node_get_text(expected, "to"))) &&
            str_eq(node_get_text(letters->items[i], "lang"), lang.ptr ? lang : STR("de")))
            return letters->items[i];
    return NULL;
}

static void compare_letter(Golden *golden, const Node *expected, const Node *actual, Str path)
{
    const Node *contains = node_get(expected, "contains");
    const Node *lacks = node_get(expected, "lacks");
    Str text = node_get_text(actual, "text");

    if (!node_get_bool(actual, "pdf", false))
        golden_differs(golden, path, STR("a PDF"), "the letter was not made");
    for (size_t i = 0; contains && i < contains->count; i++)
        if (str_find(text, node_text(contains->items[i])) < 0)
            golden_differs(golden, under(golden, path, "contains"), node_text(contains->items[i]),
                           "not in the letter:\n%.*s", STR_ARG(text));
    for (size_t i = 0; lacks && i < lacks->count; i++)
        if (str_find(text, node_text(lacks->items[i])) >= 0)
            golden_differs(golden, under(golden, path, "lacks"), node_text(lacks->items[i]),
                           "in the letter:\n%.*s", STR_ARG(text));
    if (node_get(expected, "giro") &&
        !equal(golden, node_get(expected, "giro"), node_get(actual, "giro")))
        golden_differs(golden, under(golden, path, "giro"),
                       as_text(golden, node_get(expected, "giro")), "%.*s",
                       STR_ARG(as_text(golden, node_get(actual, "giro"))));
}

void golden_compare_sets(Golden *golden, const Node *expected, const Node *actual, Str path)
{
    compare_sets(golden, expected, actual, false, path);
}

void golden_compare_letters(Golden *golden, const Node *expected, const Node *letters, Str path)
{
    for (size_t i = 0; i < expected->count; i++) {
        Str at = str_printf(golden->arena, "%.*s[%zu]", STR_ARG(path), i);
        const Node *letter = find_letter(letters, expected->items[i]);

        if (letter)
            compare_letter(golden, expected->items[i], letter, at);
        else
            golden_differs(golden, at, as_text(golden, expected->items[i]), "no such letter");
    }
    if (expected->count != letters->count)
        golden_differs(golden, path, str_printf(golden->arena, "%zu letters", expected->count),
                       "%zu", letters->count);
}

static bool compare_letters(Golden *golden, Tx *tx, const Node *expected, Str path, Err *err)
{
    Node *letters = node_list(golden->arena);

    if (!golden_actual_letters(golden, tx, letters, err))
        return false;
    for (size_t i = 0; i < expected->count; i++) {
        const Node *letter = find_letter(letters, expected->items[i]);
        Str where = str_printf(golden->arena, "%.*s[%zu]", STR_ARG(path), i);

        if (letter)
            compare_letter(golden, expected->items[i], letter, where);
        else
            golden_differs(golden, where, as_text(golden, expected->items[i]),
                           "no such letter was sent");
    }
    for (size_t i = 0; i < letters->count; i++) {
        bool named = false;

        for (size_t k = 0; k < expected->count; k++)
            named = named || str_eq(node_get_text(letters->items[i], "template"),
                                    node_get_text(expected->items[k], "template"));
        if (!named)
            golden_differs(golden, path, STR("nothing more"), "the letter %.*s",
                           STR_ARG(node_get_text(letters->items[i], "template")));
    }
    return true;
}

/* --- Expectations
 * ---------------------------------------------------------------------------------- */

static bool compare_values(Golden *golden, Tx *tx, const Node *expected, Str path, Err *err)
{
    const FeelValue *context;

    if (!case_context(tx, golden->tenant, golden->package, &golden->c, NULL, golden->today,
                      golden->arena, &context, err))
        return false;
    for (size_t i = 0; i < expected->count; i++) {
        const FeelValue *value = feel_context_get(context, expected->keys[i]);
        Node *actual = value ? feel_to_node(golden->arena, value) : node_null(golden->arena);

        if (!equal(golden, expected->items[i], actual))
            golden_differs(
                golden,
                str_printf(golden->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(expected->keys[i])),
                as_text(golden, expected->items[i]), "%.*s", STR_ARG(as_text(golden, actual)));
    }
    return true;
}

static bool compare_hidden(Golden *golden, const Node *expected, Str path)
{
    for (size_t i = 0; i < expected->count; i++)
        if (form_visible(&golden->form, node_text(expected->items[i])))
            golden_differs(golden, path, node_text(expected->items[i]), "the field is visible");
    return true;
}

static bool compare_text(Golden *golden, const Node *expected, Str actual, Str path)
{
    if (!str_eq(node_text(expected), actual))
        golden_differs(golden, path, node_text(expected), "%.*s", STR_ARG(actual));
    return true;
}

static bool compare_mails(Golden *golden, Tx *tx, const Node *expected, Str path, Err *err)
{
    int64_t sent = 0;

    if (!golden_mails(golden, tx, &sent, err))
        return false;
    sent -= golden->mails_before;
    if (str_eq(node_text(expected), str_printf(golden->arena, "%lld", (long long)sent)))
        return true;
    golden_differs(golden, path, node_text(expected), "%lld", (long long)sent);
    return true;
}

static bool compare_registers(Golden *golden, Tx *tx, const Node *expected, Str path, Err *err)
{
    for (size_t i = 0; i < expected->count; i++) {
        Node *actual = node_list(golden->arena);

        if (!golden_actual_register(golden, tx, expected->keys[i], actual, err))
            return false;
        compare_sets(
            golden, expected->items[i], actual, true,
            str_printf(golden->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(expected->keys[i])));
    }
    return true;
}

static bool compare_list(Golden *golden, Tx *tx, const Node *expected, Str path, GoldenRead read,
                         Err *err)
{
    Node *actual = node_list(golden->arena);

    if (!read(golden, tx, actual, err))
        return false;
    compare_sets(golden, expected, actual, false, path);
    return true;
}

static bool compare_one(Golden *golden, Tx *tx, Str key, const Node *expected, Str path, Err *err)
{
    if (str_is(key, "errors")) {
        compare_sets(golden, expected, golden_actual_errors(golden), false, path);
        return true;
    }
    if (str_is(key, "hidden"))
        return compare_hidden(golden, expected, path);
    if (golden->c.id == 0) {
        golden_differs(golden, path, as_text(golden, expected),
                       "nothing was submitted: the form has errors");
        return true;
    }
    if (golden_actual(key))
        return compare_list(golden, tx, expected, path, golden_actual(key), err);
    if (str_is(key, "values"))
        return compare_values(golden, tx, expected, path, err);
    if (str_is(key, "register"))
        return compare_registers(golden, tx, expected, path, err);
    if (str_is(key, "letters"))
        return compare_letters(golden, tx, expected, path, err);
    if (str_is(key, "mails"))
        return compare_mails(golden, tx, expected, path, err);
    if (str_is(key, "state"))
        return compare_text(golden, expected, golden->c.state, path);
    if (str_is(key, "clock"))
        return compare_text(golden, expected, golden->c.paused ? STR("paused") : STR("running"),
                            path);
    if (str_is(key, "deadline"))
        return compare_text(golden, expected,
                            date_absent(golden->c.deadline)
                                ? STR("none")
                                : date_iso(golden->arena, golden->c.deadline),
                            path);
    golden_differs(golden, path, STR("a known expectation"),
                   "there are errors, hidden, values, findings, tasks, state, clock, deadline, "
                   "charges, mandates, register, letters, mails, later, "
                   "reminders, orders");
    return true;
}

bool golden_compare(Golden *golden, const Node *expect, Str path, Err *err)
{
    Tx *tx = db_read(golden->tenant->db, err);
    bool ok = tx != NULL;

    for (size_t i = 0; ok && expect && i < expect->count; i++)
        ok = compare_one(
            golden, tx, expect->keys[i], expect->items[i],
            str_printf(golden->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(expect->keys[i])), err);
    if (tx)
        tx_end(tx);
    return ok;
}
