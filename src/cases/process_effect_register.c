/* SPDX-License-Identifier: EUPL-1.2 */
/* Effects on registers: entries added, changed, ended. */
#include "cases/process_effect.h"

static const RegisterSpec *read_register(EffectReader *reader)
{
    const Node *name = node_get(reader->node, "register");
    const RegisterSpec *spec = package_register(reader->base->package, node_text(name));

    if (!spec)
        problem_add(reader->base->problems, false, name ? name : reader->node,
                    "`register` must name a register of service.yaml");
    return spec;
}

/* --- What `find` implies --------------------------------------------------------------- */

/* Part a conjunction at its outermost `and`s; 0 parts when there is an outermost `or`. */
static size_t conjuncts(Str text, Str parts[], size_t limit)
{
    size_t count = 0;
    size_t begin = 0;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        Str rest = str_slice(text, i, text.len);

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '(' || c == '[' || c == '{') {
            depth++;
        } else if (c == ')' || c == ']' || c == '}') {
            depth--;
        } else if (depth == 0 && (str_starts_with(rest, " or ") || str_starts_with(rest, "if ") ||
                                  str_starts_with(rest, " between "))) {
            return 0;
        } else if (depth == 0 && str_starts_with(rest, " and ") && count + 1 < limit) {
            parts[count++] = str_trim(str_slice(text, begin, i));
            begin = i + 5;
        }
    }
    parts[count++] = str_trim(str_slice(text, begin, text.len));
    return count;
}

/* `e.FIELD = EXPRESSION` without `e` on the right: an equality that the index can answer.
 * The whole of `find` is still tested on what comes out. */
static void read_implied(EffectReader *reader, const Node *find)
{
    Str parts[16];
    size_t count = conjuncts(node_text(find), parts, 16);
    ActionEffect *effect = reader->effect;

    effect->where = arena_array(reader->base->arena, Where, count);
    for (size_t i = 0; i < count; i++) {
        Str right = parts[i];
        Err err = {0};

        if (!str_starts_with(right, "e."))
            continue;
        Str field = str_trim(str_cut(&right, '='));

        field = str_slice(field, 2, field.len);
        if (!right.ptr || !register_has_field(effect->spec, field))
            continue;
        const FeelProgram *program = feel_compile(reader->base->arena, str_trim(right), find->file,
                                                  find->line, reader->scope, &err);

        if (program)
            effect->where[effect->where_count++] = (Where){field, program};
    }
}

/* --- Register ----------------------------------------------------------------------------- */

static void read_entry(EffectReader *reader, bool required)
{
    const Node *entry = read_map(reader->base, reader->node, "entry");
    ActionEffect *effect = reader->effect;

    if (!entry) {
        if (required)
            problem_add(reader->base->problems, false, reader->node,
                        "`entry` is missing: write {field: 'FEEL', …}");
        return;
    }
    for (size_t i = 0; i < entry->count; i++)
        if (!register_has_field(effect->spec, entry->keys[i]))
            problem_add(reader->base->problems, false, entry->items[i],
                        "\"%.*s\" is not a field of register %.*s", STR_ARG(entry->keys[i]),
                        STR_ARG(effect->spec->id));
    effect->entry_count = read_assignments(reader->base, entry, reader->scope, &effect->entry);
}

static void read_find(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    FeelScope *scope = feel_scope(reader->base->arena, reader->scope);
    const Node *find = node_get(reader->node, "find");

    effect->entry_type = process_entry_type(effect->spec, reader->base->arena);
    feel_scope_add(scope, STR("e"), effect->entry_type);
    effect->find = read_feel(reader->base, reader->node, "find", scope, FEEL_BOOLEAN, true);
    if (!effect->find)
        return;
    read_implied(reader, find);
    if (effect->where_count == 0)
        problem_add(reader->base->problems, false, find,
                    "`find` must hold at least one comparison of a field of the entry, as "
                    "`e.field = …`, so that the register is not read as a whole");
}

void effect_read_register(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    Str op = node_get_text(reader->node, "op");

    read_keys(reader->base, reader->node, "register",
              "register op each when entry from find until reason");
    effect->spec = read_register(reader);
    if (!effect->spec)
        return;
    if (str_is(op, "add")) {
        effect->op = EFFECT_REGISTER_ADD;
        read_entry(reader, true);
    } else if (str_is(op, "change")) {
        effect->op = EFFECT_REGISTER_CHANGE;
        read_entry(reader, true);
        read_find(reader);
    } else if (str_is(op, "end")) {
        effect->op = EFFECT_REGISTER_END;
        read_find(reader);
    } else {
        problem_add(reader->base->problems, false, reader->node, "`op` must be add, change or end");
        return;
    }
    effect->from = read_feel(reader->base, reader->node, "from", reader->scope, FEEL_DATE, false);
    effect->until = read_feel(reader->base, reader->node, "until", reader->scope, FEEL_DATE, false);
    effect->reason =
        read_feel(reader->base, reader->node, "reason", reader->scope, FEEL_STRING, false);
}
