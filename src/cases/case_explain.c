/* SPDX-License-Identifier: EUPL-1.2 */
/* How an amount came about: the values of the process that it is made of, directly or through other
 * values, and the rows of the tables that they asked. */
#include "base/vec.h"
#include "cases/case_store.h"

enum { MOST_ITEMS = 6 };

static const ProcessValue *find_value(const Process *process, Str name, size_t *index)
{
    for (*index = 0; *index < process->value_count; ++*index)
        if (str_eq(process->values[*index].id, name))
            return &process->values[*index];
    return NULL;
}

/* Mark the values that the program reads, and what those read. Circles were refused when the
 * package was published. */
static void mark(const Process *process, const FeelProgram *program, Arena *arena, bool *needed)
{
    Str *paths;
    size_t count = program ? feel_program_reads(program, arena, &paths) : 0;

    for (size_t i = 0; i < count; i++) {
        Str name = str_cut(&paths[i], '.');
        size_t index;
        const ProcessValue *value = find_value(process, name, &index);
        if (!value || needed[index])
            continue;
        needed[index] = true;
        mark(process, value->program, arena, needed);
    }
}

bool *case_values_of(const Process *process, const ActionEffect *effect, Arena *arena)
{
    bool *needed = arena_array(arena, bool, process->value_count);

    mark(process, effect->items, arena, needed);
    mark(process, effect->amount, arena, needed);
    return needed;
}

/* The same sentence is told once. */
static void add_sentence(Arena *arena, StrList *list, Str sentence)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], sentence))
            return;
    VEC_PUSH(arena, list, sentence);
}

static void add_noted(const FeelExplanation *noted, Arena *arena, StrList *list)
{
    for (size_t i = 0; i < noted->decision_count; i++)
        add_sentence(arena, list, feel_decision_text(arena, &noted->decisions[i]));
}

static bool add_decisions(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                          Arena *arena, StrList *list, Err *err)
{
    FeelExplanation explanation;

    if (!feel_eval_noting(program, context, env, arena, &explanation, err))
        return false;
    add_noted(&explanation, arena, list);
    return true;
}

bool case_decisions(const Process *process, const bool *needed, const FeelValue *context,
                    const FeelEnv *env, Arena *arena, StrList *list, Err *err)
{
    for (size_t i = 0; i < process->value_count; i++)
        if (needed[i] && !add_decisions(process->values[i].program, context, env, arena, list, err))
            return false;
    return true;
}

Str case_spoken(const Process *process, Arena *arena, Str name)
{
    const Node *label = process->labels ? node_get_str(process->labels, name) : NULL;

    if (label)
        return label->text.len ? label->text : STR_NONE;
    char *out = str_cstr(arena, name);

    for (char *p = out; *p; p++)
        if (*p == '_')
            *p = ' ';
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return str_c(out);
}

/* "Hunde 1, Jahressatz 120" of a context's scalar fields. */
static Str fields_text(const Process *process, Arena *arena, const FeelValue *value)
{
    const Node *node = feel_to_node(arena, value);
    Buf out = buf_in(arena);

    if (feel_kind(value) != FEEL_CONTEXT)
        return feel_to_german(arena, value);
    for (size_t i = 0; i < node->count; i++) {
        const FeelValue *field = feel_context_get(value, node->keys[i]);
        Str label = case_spoken(process, arena, node->keys[i]);
        if (label.ptr && feel_kind(field) != FEEL_LIST && feel_kind(field) != FEEL_CONTEXT)
            buf_addf(&out, "%s%.*s %.*s", out.len ? ", " : "", STR_ARG(label),
                     STR_ARG(feel_to_german(arena, field)));
    }
    return out.len ? buf_str(&out) : STR("");
}

/* A sentence for the value, or one for each item of a list; long lists say nothing. */
static void add_value(const Process *process, Arena *arena, StrList *list, Str name,
                      const FeelValue *value)
{
    Str label = case_spoken(process, arena, name);
    bool is_list = feel_kind(value) == FEEL_LIST;
    size_t count = is_list ? feel_list_count(value) : 1;

    if (!label.ptr || feel_is_null(value) || feel_kind(value) == FEEL_FUNCTION ||
        count > MOST_ITEMS)
        return;
    for (size_t i = 0; i < count; i++) {
        const FeelValue *item = is_list ? feel_list_at(value, i) : value;
        add_sentence(arena, list,
                     str_printf(arena, "%.*s: %.*s", STR_ARG(label),
                                STR_ARG(fields_text(process, arena, item))));
    }
}

/* What of `each` item the amount belongs to, or else the names that the amount reads. */
static void add_values(const Process *process, const ActionEffect *effect, const FeelValue *context,
                       Arena *arena, StrList *list)
{
    const FeelType *item = effect->items ? effect->item_type : NULL;
    Str *paths;
    size_t count = feel_program_reads(effect->amount, arena, &paths);

    for (size_t i = 0; item && i < item->field_count; i++)
        add_value(process, arena, list, item->fields[i].name,
                  feel_context_get(context, item->fields[i].name));
    for (size_t i = 0; !item && i < count; i++)
        if (str_find_char(paths[i], '.') < 0)
            add_value(process, arena, list, paths[i], feel_context_get(context, paths[i]));
}

static bool add_reasons(const CaseWork *work, const ActionEffect *effect, const FeelValue *context,
                        StrList *list, Err *err)
{
    const Process *process = work->process;
    Arena *arena = work->arena;
    const bool *needed = case_values_of(process, effect, arena);

    for (size_t i = 0; work->noted && i < process->value_count; i++)
        if (needed[i])
            add_noted(&work->noted[i], arena, list);
    return (work->noted ||
            case_decisions(process, needed, context, &work->env, arena, list, err)) &&
           add_decisions(effect->amount, context, &work->env, arena, list, err);
}

bool case_explain_amount(const CaseWork *work, const ActionEffect *effect, const FeelValue *context,
                         int64_t cents, Str *out, Err *err)
{
    StrList list = {0};
    Arena *arena = work->arena;
    Buf text = buf_in(arena);

    add_values(work->process, effect, context, arena, &list);
    /* No row makes a nothing; those asked were for what it is compared with. */
    if (cents != 0 && !add_reasons(work, effect, context, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        buf_addf(&text, "%s%.*s", i ? "\n" : "", STR_ARG(list.items[i]));
    *out = list.count ? buf_str(&text) : STR("");
    return true;
}
