/* SPDX-License-Identifier: EUPL-1.2 */
/* What other engines do for packages. */
#include "cases/process_effect.h"

#include "core/work/work.h"

static bool is_word_of(const char *words, Str wanted)
{
    Str rest = str_c(words);

    while (rest.ptr)
        if (str_eq(str_cut(&rest, ' '), wanted))
            return true;
    return false;
}

/* What another engine does: the effect's kind says with which values. */
void effect_read_order(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *values = read_map(base, reader->node, "values");
    const EffectKind *kind = effect_kind_for_packages(node_get_text(reader->node, "effect"));

    effect->op = EFFECT_ORDER;
    read_keys(base, reader->node, "order", "effect values each when");
    if (!kind) {
        problem_add(base->problems, false, reader->node,
                    "`effect` must name what an engine of this program does for packages, for "
                    "example `effect: place`");
        return;
    }
    effect->order = str_c(kind->name);
    for (size_t i = 0; values && i < values->count; i++)
        if (!is_word_of(kind->values, values->keys[i]))
            problem_add(base->problems, false, values->items[i],
                        "\"%.*s\" is no value of effect %s; there are: %s",
                        STR_ARG(values->keys[i]), kind->name, kind->values);
    if (values)
        effect->entry_count = read_assignments(base, values, reader->scope, &effect->entry);
}
