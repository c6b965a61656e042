/* SPDX-License-Identifier: EUPL-1.2 */
/* The rule language beside Lua 5.4, one million evaluations each, CPU time of one thread: a fee of
 * five operations, and a table of 200 rows beside a Lua loop over the same 200 rows.
 *
 *     bench_feel [--count N] [--json]
 *
 * Both sides get another input for each evaluation; every thousandth result is compared. */
#include "feel/feel.h"
#include "base/buf.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 200, STEP = 25, WARM = 1000, RESET_EVERY = 64 };

static const char rule_text[] = "grundbetrag + flaeche * 1.25 - (flaeche - 40) / 8 + zuschlag";
static const char lua_rule[] =
    "return function(flaeche)\n"
    "  local grundbetrag, zuschlag = 30, 7.5\n"
    "  return grundbetrag + flaeche * 1.25 - (flaeche - 40) / 8 + zuschlag\n"
    "end\n";
static const char lua_table[] =
    "local rows = {}\n"
    "for i = 0, 199 do rows[i + 1] = {i * 25, (i + 1) * 25, 10 + i} end\n"
    "return function(wert)\n"
    "  for i = 1, #rows do\n"
    "    local row = rows[i]\n"
    "    if wert >= row[1] and wert < row[2] then return row[3] end\n"
    "  end\n"
    "end\n";

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *why)
{
    fprintf(stderr, "bench_feel: %s\n", why);
    exit(1);
}

/* The input of evaluation `i`: 1 to 4,999. */
static int64_t input_of(int64_t i)
{
    return 1 + i * 37 % (ROWS * STEP - 1);
}

/* --- FEEL ---------------------------------------------------------------------------------- */

typedef struct Side {
    double seconds;
    double sum;
} Side;

static double number_of(const FeelValue *value, Arena *arena)
{
    return strtod(str_cstr(arena, feel_to_text(arena, value)), NULL);
}

/* Evaluate with the inputs 0 … count - 1; the sum is taken from every thousandth. */
static Side run_feel(const char *text, const FeelScope *scope, int64_t count)
{
    Arena *kept = arena_create(0), *arena = arena_create(64 * 1024);
    FeelEnv env = {.today = {2027, 3, 10}};
    Err err = {0};
    Side side = {0};
    FeelType *type = feel_type_context(kept);
    feel_type_add_field(kept, type, STR("grundbetrag"), feel_type(FEEL_NUMBER));
    feel_type_add_field(kept, type, STR("zuschlag"), feel_type(FEEL_NUMBER));
    feel_type_add_field(kept, type, STR("flaeche"), feel_type(FEEL_NUMBER));
    FeelFrame *frame = feel_frame(kept, type, NULL);
    const FeelProgram *program = feel_compile(kept, str_c(text), "bench", 1, scope, &err);
    if (!program)
        die(err.message);
    const FeelProgram *extra = feel_compile(kept, STR("7.5"), "bench", 1, NULL, &err);
    feel_frame_set(frame, 0, feel_number(kept, 30));
    feel_frame_set(frame, 1, feel_eval(extra, NULL, &env, kept, &err));
    double begin = cpu_seconds();
    for (int64_t i = 0; i < count; i++) {
        if (i % RESET_EVERY == 0)
            arena_reset(arena);
        feel_frame_set(frame, 2, feel_number(arena, input_of(i)));
        const FeelValue *value = feel_eval(program, feel_frame_names(frame), &env, arena, &err);
        if (!value)
            die(err.message);
        if (i % 1000 == 0)
            side.sum += number_of(value, arena);
    }
    side.seconds = cpu_seconds() - begin;
    arena_destroy(arena);
    arena_destroy(kept);
    return side;
}

/* A unique table of 200 ranges. */
static const FeelTable *make_table(Arena *arena, Err *err)
{
    Buf yaml = buf_in(arena);

    buf_add_c(&yaml, "name: stufe\nhit: unique\ninputs:\n  - {expression: wert, type: number}\n"
                     "outputs:\n  - {name: betrag, type: number}\nrules:\n");
    for (int i = 0; i < ROWS; i++)
        buf_addf(&yaml, "  - [\"[%d..%d)\", %d]\n", i * STEP, (i + 1) * STEP, 10 + i);
    Node *node = node_parse_yaml(arena, buf_str(&yaml), "bench.yaml", &NODE_LIMITS_PACKAGE, err);
    return node ? feel_table_from_yaml(arena, node, NULL, err) : NULL;
}

/* --- Lua ----------------------------------------------------------------------------------- */

static Side run_lua(const char *source, int64_t count)
{
    lua_State *lua = luaL_newstate();
    Side side = {0};

    luaL_openlibs(lua);
    if (luaL_dostring(lua, source) != LUA_OK)
        die(lua_tostring(lua, -1));
    double begin = cpu_seconds();
    for (int64_t i = 0; i < count; i++) {
        lua_pushvalue(lua, -1);
        lua_pushnumber(lua, (lua_Number)input_of(i));
        lua_call(lua, 1, 1);
        if (i % 1000 == 0)
            side.sum += lua_tonumber(lua, -1);
        lua_pop(lua, 1);
    }
    side.seconds = cpu_seconds() - begin;
    lua_close(lua);
    return side;
}

static void agree(Side feel, Side lua)
{
    if (fabs(feel.sum - lua.sum) > 1e-6)
        die("the results of the two sides differ");
}

int main(int argc, char **argv)
{
    int64_t count = 1000000;
    bool json = false;
    Arena *arena = arena_create(0);
    FeelScope *scope = feel_scope(arena, NULL);
    Err err = {0};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            count = strtoll(argv[++i], NULL, 10);
        else
            die("usage: bench_feel [--count N] [--json]");
    }
    const FeelTable *table = make_table(arena, &err);
    if (!table)
        die(err.message);
    feel_scope_add(scope, STR("grundbetrag"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("zuschlag"), feel_type(FEEL_NUMBER));
    feel_scope_add(scope, STR("flaeche"), feel_type(FEEL_NUMBER));
    feel_scope_add_table(scope, table);
    run_feel(rule_text, scope, WARM);
    run_feel("stufe(flaeche)", scope, WARM);
    run_lua(lua_rule, WARM);
    run_lua(lua_table, WARM);
    Side rule = run_feel(rule_text, scope, count), lua = run_lua(lua_rule, count);
    agree(rule, lua);
    Side decision = run_feel("stufe(flaeche)", scope, count), loop = run_lua(lua_table, count);
    agree(decision, loop);
    double each = 1e6 / (double)count;
    printf(json ? "{\"rule_us\":%.4f,\"lua_rule_us\":%.4f,\"table_us\":%.4f,\"lua_loop_us\":%.4f}\n"
                : "rule %.3f us, Lua %.3f us; table of 200 rows %.3f us, Lua loop %.3f us\n",
           rule.seconds * each, lua.seconds * each, decision.seconds * each, loop.seconds * each);
    arena_destroy(arena);
    return 0;
}
