/* SPDX-License-Identifier: EUPL-1.2 */
/* Arbitrary bytes as a DMN model: read, every decision made under small limits, its tables
 * turned into YAML. */
#include "feel/dmn.h"

#include <libxml/xmlerror.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char DATA[] =
    "{\"x\": 4, \"Alter\": 20, \"Wohnort\": \"Musterstadt\", \"Zahlen\": [1, 2],"
    " \"Jemand\": {\"Name\": \"Ada\"}}";

static void decide(Arena *arena, const DmnModel *model)
{
    const FeelEnv env = {
        .now = 1800000000000, .today = {2027, 1, 15}, .max_steps = 5000, .max_bytes = 1 << 20};
    Err err = {0};
    DmnInput *inputs;
    const FeelValue *value;
    DmnStep *steps;
    size_t step_count;
    const Node *node = node_parse_json(arena, str_c(DATA), NULL, &NODE_LIMITS_REQUEST, &err);
    size_t count = dmn_inputs(model, node, arena, &inputs);
    Str yaml;

    for (size_t i = 0; i < dmn_part_count(model) && i < 50; i++) {
        DmnPart part = dmn_part(model, i);
        DmnQuestion question = {part.name, inputs, count};
        if (i % 2 ? dmn_evaluate(model, &question, &env, arena, &value, &err)
                  : dmn_explain(model, &question, &env, arena, &value, &steps, &step_count, &err))
            feel_to_text(arena, value);
        dmn_to_yaml(model, part.name, arena, &yaml, &err);
    }
}

static void be_silent(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 100000)
        return 0;
    xmlSetGenericErrorFunc(NULL, be_silent);
    Arena *arena = arena_create(0);
    /* The model may import itself, by another name. */
    const DmnSource sources[] = {{"fuzz.dmn", {(const char *)data, size}},
                                 {"again.dmn", {(const char *)data, size}}};
    Err err = {0};
    const DmnModel *model = dmn_read(arena, sources, 2, &err);

    if (model)
        decide(arena, model);
    arena_destroy(arena);
    return 0;
}
