/* SPDX-License-Identifier: EUPL-1.2 */
/* Arbitrary text as a filter, as query options and as a path. The first byte chooses the entity;
 * what is read is written, reads back as the same, and is asked of an entity whose values follow
 * from the text. */
#include "city/sta/evaluate.h"
#include "city/sta/options.h"
#include "city/sta/path.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool some_value(void *context, StaEntity type, const void *entity,
                       const StaProperty *property, Arena *arena, StaValue *out, Err *err)
{
    static const char json[] = "{\"a\": [1, {\"b\": \"x\"}, 2.5, \"7\", null, true],"
                               " \"type\": \"Point\", \"coordinates\": [7, 51]}";
    const uint8_t *seed = context;
    StaTime day = {.start = 1800000000000, .end = 1800000000000 + (*seed & 1) * 3600000};

    (void)type;
    (void)entity;
    switch (property->type) {
    case STA_TEXT: *out = sta_text(STR("größer")); return true;
    case STA_INSTANT:
    case STA_INTERVAL:
    case STA_TIME: *out = sta_time(day); return true;
    case STA_JSON:
    case STA_GEOMETRY:
        *out =
            sta_value_of_node(node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, err));
        return true;
    default:
        *out = *seed & 2 ? sta_whole(*seed) : *seed & 4 ? sta_text(STR("7")) : sta_number(0.5);
        return true;
    }
}

static bool some_related(void *context, StaEntity type, const void *entity,
                         const StaRelation *relation, Arena *arena, const void ***out,
                         size_t *count, Err *err)
{
    static const void *two[2];

    (void)context;
    (void)type;
    (void)arena;
    (void)err;
    two[0] = two[1] = entity;
    *out = two;
    *count = relation->many ? 2 : 1;
    return true;
}

static Str written(Arena *arena, const StaFilter *filter)
{
    Buf out = buf_in(arena);

    sta_filter_write(filter, &out);
    return buf_str(&out);
}

static void use_filter(Arena *arena, StaEntity entity, Str text, uint8_t seed)
{
    StaSource source = {.context = &seed, .value = some_value, .related = some_related};
    Err err = {0};
    bool matches, again_matches;
    StaFilter *filter = sta_filter_parse(arena, entity, text, &err);

    if (!filter || filter->slot_count > 12)
        return;
    Str first = written(arena, filter);
    StaFilter *again = sta_filter_parse(arena, entity, first, &err);
    /* Spelled out, times and numbers may be longer than a filter may be. */
    if (!again && first.len > STA_MAX_FILTER)
        return;
    if (!again || !str_eq(written(arena, again), first))
        abort();
    StaEvaluator *e = sta_evaluator_create(filter, &source, 1800000000000, &err);
    StaEvaluator *other = sta_evaluator_create(again, &source, 1800000000000, &err);
    if (!e || !other)
        abort();
    if (sta_evaluator_matches(e, &seed, &matches, &err) &&
        sta_evaluator_matches(other, &seed, &again_matches, &err) && matches != again_matches)
        abort();
    sta_evaluator_destroy(e);
    sta_evaluator_destroy(other);
}

static Str written_options(Arena *arena, const StaOptions *options)
{
    Buf out = buf_in(arena);

    sta_options_write(options, &out);
    return out.len ? buf_str(&out) : STR("");
}

static void use_options(Arena *arena, StaEntity entity, Str text)
{
    Err err = {0};
    StaOptions *options = sta_options_parse(arena, entity, true, text, &err);

    if (!options)
        return;
    Str first = written_options(arena, options);
    StaOptions *again = sta_options_parse(arena, entity, true, first, &err);
    if (!again && first.len > STA_MAX_FILTER)
        return;
    if (!again || !str_eq(written_options(arena, again), first))
        abort();
}

static void use_path(Arena *arena, Str text)
{
    Err err = {0};
    StaPath path, again;
    Buf first = buf_in(arena), second = buf_in(arena);

    if (!sta_path_parse(arena, text, &path, &err))
        return;
    sta_path_write(&path, &first);
    if (first.len == 0)
        return;
    if (!sta_path_parse(arena, buf_str(&first), &again, &err))
        abort();
    sta_path_write(&again, &second);
    if (!str_eq(buf_str(&first), buf_str(&second)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 10000)
        return 0;
    Arena *arena = arena_create(0);
    StaEntity entity = (StaEntity)(data[0] % STA_ENTITIES);
    Str text = {(const char *)data + 1, size - 1};

    use_filter(arena, entity, text, data[0]);
    use_options(arena, entity, text);
    use_path(arena, text);
    arena_destroy(arena);
    return 0;
}
