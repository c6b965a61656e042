/* SPDX-License-Identifier: EUPL-1.2 */
/* One item of a run: its values, what leaves it out, what it will owe, and to whom its letter goes.
 * Nothing is written here. */
#include "base/vec.h"
#include "cases/letter_signs.h"
#include "cases/run_store.h"
#include "core/crypto.h"
#include "core/page/problem.h"
#include "pay/mandate.h"

#include <pthread.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

const char *const RUN_OUTCOMES[] = {"new", "changed", "unchanged", "nothing", "left_out", "stray"};

enum { MOST_LINE = 500 };

/* --- The pass ------------------------------------------------------------------------------------
 */

bool run_pass_begin(RunPass *pass, Tenant *tenant, const RunRow *row, Arena *arena, Err *err)
{
    *pass = (RunPass){.tenant = tenant, .row = *row};
    pass->package = tenant_package_version(tenant, row->version, err);
    if (!pass->package)
        return false;
    pass->run = package_run(pass->package, row->name);
    if (!pass->run)
        return err_set(err, ERR_NOT_FOUND, "Die Leistung „%.*s“ hat keinen Lauf „%.*s“.",
                       STR_ARG(row->service), STR_ARG(row->name));
    pass->env =
        (FeelEnv){.today = row->today, .now = timestamp_of_berlin_day(row->today) + 12 * 3600000LL};
    pass->base = feel_context_put(arena, pass->package->constants, STR("year"),
                                  feel_number(arena, row->year));
    return true;
}

bool run_series(const RunPass *pass, int year, Arena *arena, Str *out, Err *err)
{
    const FeelValue *context =
        feel_context_put(arena, pass->base, STR("year"), feel_number(arena, year));

    context = feel_context_put(arena, context, pass->run->group[0], feel_string(arena, STR("")));
    const FeelValue *key = feel_eval(pass->run->assess.key, context, &pass->env, arena, err);

    if (!key)
        return false;
    if (feel_kind(key) != FEEL_STRING)
        return err_set(
            err, ERR_INPUT,
            "Lauf %.*s: Der Schlüssel der Forderungen darf nur aus `year` und `%.*s` bestehen.",
            STR_ARG(pass->run->id), STR_ARG(pass->run->group[0]));
    *out = feel_to_text(arena, key);
    return true;
}

/* --- Reading values -------------------------------------------------------------------------- */

typedef struct Computing {
    const RunPass *pass;
    Tx *tx;
    const RunGroup *group;
    Arena *arena;
    RunItem *item;
    FeelExplanation *noted; /* of each value, for the explanation; or NULL */
} Computing;

static void leave_out(Computing *c, Str guard, Str reason)
{
    c->item->outcome = RUN_LEFT_OUT;
    c->item->guard = guard;
    c->item->reason = str_copy(c->arena, reason);
}

/* NULL leaves the item out: a limit was exceeded. */
static const FeelValue *evaluate(Computing *c, const FeelProgram *program)
{
    Err err = {0};
    const FeelValue *value = feel_eval(program, c->item->context, &c->pass->env, c->arena, &err);

    if (!value && c->item->outcome != RUN_LEFT_OUT)
        leave_out(c, STR("rechenweg"), problem_words(&err, c->arena));
    return value;
}

static Str text_of(Computing *c, const FeelProgram *program)
{
    const FeelValue *value = program ? evaluate(c, program) : NULL;

    return value && !feel_is_null(value) ? feel_to_text(c->arena, value) : STR_NONE;
}

/* Who lets the town collect: the letter says so instead of asking for a transfer. */
static bool read_mandate(Computing *c, const FeelValue **out, Err *err)
{
    Mandate mandate;
    Arena *arena = c->arena;

    *out = feel_null();
    if (!mandate_of_payer(c->tx, c->group->key, c->pass->row.today, arena, &mandate, err))
        return err->kind == ERR_NOT_FOUND;
    c->item->debit = mandate.one_off ? RUN_DEBIT_ONE_PART : RUN_DEBIT_ALL;
    *out = feel_from_node(arena, node_map(arena), NULL);
    *out = feel_context_put(arena, *out, STR("reference"), feel_string(arena, mandate.reference));
    *out = feel_context_put(arena, *out, STR("holder"), feel_string(arena, mandate.holder));
    *out = feel_context_put(
        arena, *out, STR("iban_end"),
        feel_string(arena, str_slice(mandate.iban, mandate.iban.len > 4 ? mandate.iban.len - 4 : 0,
                                     mandate.iban.len)));
    return true;
}

static const FeelValue *open_cases(const Computing *c)
{
    return c->pass->cases ? run_cases_of(c->pass->cases, c->group->key, c->arena)
                          : feel_list(c->arena, NULL, 0);
}

static bool make_context(Computing *c, Err *err)
{
    const FeelValue *mandate;
    size_t count = c->group->count;
    const FeelValue **entries = arena_array(c->arena, const FeelValue *, count);
    const RunItem *item = c->item;

    if (!read_mandate(c, &mandate, err))
        return false;
    for (size_t i = 0; i < count; i++)
        entries[i] =
            register_entry_value(&c->group->entries[i], c->pass->run->entry_type, c->arena);
    Str names[] = {c->pass->run->group[0], STR("entries"),   STR("open_cases"),
                   STR("assessed"),        STR("last_year"), STR("mandate")};
    const FeelValue *values[] = {feel_string(c->arena, c->group->key),
                                 feel_list(c->arena, entries, count),
                                 open_cases(c),
                                 feel_cents(c->arena, item->before_cents),
                                 feel_cents(c->arena, item->last_cents),
                                 mandate};

    c->item->context = feel_context_put_all(c->arena, c->pass->base, names, values, 6);
    return true;
}

static CaseWork work_of(const Computing *c)
{
    return (CaseWork){.tx = c->tx,
                      .tenant = c->pass->tenant,
                      .package = c->pass->package,
                      .process = c->pass->run->process,
                      .today = c->pass->row.today,
                      .arena = c->arena,
                      .env = c->pass->env,
                      .noted = c->noted};
}

/* Lookups and values. False leaves the item out, unless the database failed. */
static bool compute_values(Computing *c, Err *err)
{
    const Process *process = c->pass->run->process;
    CaseWork work = work_of(c);

    for (size_t i = 0; i < process->step_count; i++)
        if (!case_do_step(&work, &process->steps[i], &c->item->context, err)) {
            if (err->kind == ERR_INPUT)
                leave_out(c, STR("rechenweg"), problem_words(err, c->arena));
            return false;
        }
    return true;
}

/* --- What leaves it out ---------------------------------------------------------------------- */

static bool ask_guards(Computing *c, Err *err)
{
    const Run *run = c->pass->run;

    for (size_t i = 0; i < run->guard_count && c->item->outcome != RUN_LEFT_OUT; i++) {
        const RunGuard *guard = &run->guards[i];
        const FeelValue *when = evaluate(c, guard->when);
        Str reason;

        if (!when || !feel_is_true(when))
            continue;
        if (!text_render(guard->reason, STR("de"), c->item->context, &c->pass->env, TEXT_PLAIN,
                         c->arena, &reason, err))
            return false;
        leave_out(c, guard->id, reason);
    }
    return true;
}

/* --- What it will owe ------------------------------------------------------------------------ */

static bool read_order(Computing *c)
{
    const ActionEffect *assess = &c->pass->run->assess;
    RunItem *item = c->item;
    Err err = {0};

    item->order = (AssessOrder){.revenue = assess->revenue};
    if (!case_assess_order(assess, item->context, &c->pass->env, c->arena, &item->order, &err)) {
        leave_out(c, STR("betrag"), problem_words(&err, c->arena));
        return false;
    }
    return true;
}

static void decide_outcome(RunItem *item)
{
    if (item->order.cents == item->before_cents)
        item->outcome = item->before_cents ? RUN_UNCHANGED : RUN_NOTHING;
    else
        item->outcome = item->before_cents ? RUN_CHANGED : RUN_MADE;
}

static bool explain(Computing *c, Err *err)
{
    CaseWork work = work_of(c);

    return case_explain_amount(&work, &c->pass->run->assess, c->item->context, c->item->order.cents,
                               &c->item->order.explanation, err);
}

/* --- To whom it goes ------------------------------------------------------------------------- */

/* One for all threads: it is never changed, only asked. */
static UCollator *collator;
static pthread_once_t collator_made = PTHREAD_ONCE_INIT;

static void make_collator(void)
{
    UErrorCode status = U_ZERO_ERROR;

    collator = ucol_open("de", &status);
    ucol_setAttribute(collator, UCOL_NUMERIC_COLLATION, UCOL_ON, &status);
}

/* Texts in the order of a German directory, with numbers by their value, as a text of hexadecimal
 * digits that sorts by its bytes. */
static Str sort_key(const FeelValue *list, Str otherwise, Arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    Buf text = buf_in(arena);
    UChar wide[512];
    uint8_t key[512];
    int32_t length;

    for (size_t i = 0; i < feel_list_count(list); i++) {
        const FeelValue *one = feel_list_at(list, i);

        buf_add(&text, feel_is_null(one) ? STR("") : feel_to_text(arena, one));
        buf_add(&text, STR(" / "));
    }
    buf_add(&text, otherwise);
    pthread_once(&collator_made, make_collator);
    u_strFromUTF8WithSub(wide, 512, &length, text.ptr, (int32_t)text.len, 0xFFFD, NULL, &status);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
        return buf_str(&text);
    int32_t size = ucol_getSortKey(collator, wide, length < 512 ? length : 512, key, sizeof key);

    return crypto_hex(
        arena, (Str){(const char *)key, size < (int32_t)sizeof key ? (size_t)size : sizeof key});
}

/* Who registered one of the entries in the portal, signed in with the address that it has now. */
static bool find_mailbox(Computing *c, Err *err)
{
    c->item->citizen_id = 0;
    if (str_empty(c->item->email))
        return true;
    for (size_t i = c->group->count; i-- > 0 && c->item->citizen_id == 0;)
        if (c->group->entries[i].case_id &&
            !tx_query_int(c->tx, err, &c->item->citizen_id,
                          "SELECT c.citizen_id FROM cases c JOIN citizen z ON z.id = c.citizen_id "
                          "WHERE c.id = $1 AND LOWER(z.email) = LOWER($2)",
                          P_INT(c->group->entries[i].case_id), P_TEXT(c->item->email)))
            return false;
    return true;
}

static bool read_address(Computing *c, Err *err)
{
    const Run *run = c->pass->run;
    RunItem *item = c->item;
    const FeelValue *lines = evaluate(c, run->recipient);
    const FeelValue *order = evaluate(c, run->order);
    size_t count = lines ? feel_list_count(lines) : 0;

    for (size_t i = 0; i < count && item->line_count < 6; i++) {
        const FeelValue *line = feel_list_at(lines, i);
        Str text = feel_is_null(line) ? STR("") : str_trim(feel_to_text(c->arena, line));

        if (text.len > MOST_LINE)
            leave_out(c, STR("anschrift"),
                      STR("Name oder Anschrift sind zu lang für einen Brief."));
        if (text.len)
            item->lines[item->line_count++] = text;
    }
    if (item->outcome == RUN_LEFT_OUT)
        return true;
    if (item->line_count < 2) {
        leave_out(c, STR("anschrift"), STR("Die Anschrift für den Bescheid fehlt."));
        return true;
    }
    item->sort = sort_key(order, item->lines[0], c->arena);
    item->email = text_of(c, run->email);
    return find_mailbox(c, err);
}

/* A sign that no font has would be a box on paper; nobody looks at each letter of a run. Only where
 * an entry holds one is the letter written to see whether it says it. */
static void check_signs(Computing *c)
{
    const RunPass *pass = c->pass;
    const RegisterSpec *spec = pass->run->spec;
    Arena *arena = c->arena;
    SignSource *sources = arena_array(arena, SignSource, c->group->count);
    size_t suspects = 0, count = c->item->line_count;
    Str texts[CASE_ADDRESS_LINES + 2];
    Err err = {0};

    for (size_t i = 0; i < c->group->count; i++)
        if (letter_signs_suspect(c->group->entries[i].data))
            sources[suspects++] =
                (SignSource){spec->fields, spec->field_count, c->group->entries[i].data};
    if (suspects == 0)
        return;
    memcpy(texts, c->item->lines, count * sizeof *texts);
    if (!run_letter_words(pass, pass->run->letter, c->item, feel_list(arena, NULL, 0), arena,
                          &texts[count], &texts[count + 1], &err)) {
        leave_out(c, STR("brief"), STR("Der Bescheid kann nicht geschrieben werden."));
        return;
    }
    Str what = letter_signs_in(texts, count + 2, sources, suspects, arena);

    if (what.ptr)
        leave_out(c, STR("zeichen"),
                  str_printf(arena, "%.*s Bitte den Eintrag berichtigen oder einzeln festsetzen.",
                             STR_ARG(what)));
}

bool run_item_compute(RunPass *pass, Tx *tx, const RunGroup *group, int64_t before_cents,
                      int64_t last_cents, Arena *arena, RunItem *out, Err *err)
{
    Computing c = {.pass = pass, .tx = tx, .group = group, .arena = arena, .item = out};

    c.noted = arena_array(arena, FeelExplanation, pass->run->process->value_count);
    *out = (RunItem){.key = group->key,
                     .entries = group->count,
                     .before_cents = before_cents,
                     .last_cents = last_cents};
    if (!make_context(&c, err))
        return false;
    if (!compute_values(&c, err) && out->outcome != RUN_LEFT_OUT)
        return false;
    if (out->outcome != RUN_LEFT_OUT && !ask_guards(&c, err))
        return false;
    out->name = text_of(&c, pass->run->assess.debtor);
    if (!out->name.ptr)
        out->name = group->entries[0].title;
    if (out->outcome == RUN_LEFT_OUT || !read_order(&c))
        return true;
    decide_outcome(out);
    if (pass->run->letter && !read_address(&c, err))
        return false;
    bool books = out->outcome == RUN_MADE || out->outcome == RUN_CHANGED;

    if (books && pass->run->letter)
        check_signs(&c);
    return !books || out->outcome == RUN_LEFT_OUT || explain(&c, err);
}

bool run_item_address(RunPass *pass, Tx *tx, const RunGroup *group, Arena *arena, RunItem *out,
                      Err *err)
{
    Computing c = {.pass = pass, .tx = tx, .group = group, .arena = arena, .item = out};

    *out = (RunItem){.key = group->key, .entries = group->count};
    if (!make_context(&c, err))
        return false;
    if (!compute_values(&c, err))
        return out->outcome == RUN_LEFT_OUT;
    return read_address(&c, err);
}
