/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames: contexts whose entries are set in place. */
#include "feel/value.h"

#include <assert.h>

struct FeelFrame {
    FeelContext own;   /* the entries alone */
    FeelContext names; /* the same entries, and the frames around as base */
    FeelValue names_value;
    FeelValue own_value;
};

static FeelFrame *frame_of(Arena *arena, FeelEntry *entries, size_t count, const FeelFrame *outer)
{
    FeelFrame *frame = arena_new(arena, FeelFrame);

    frame->own = *context_of(arena, entries, count).context;
    frame->names = frame->own;
    frame->names.base = outer ? &outer->names : NULL;
    frame->names_value = (FeelValue){.kind = FEEL_CONTEXT, .depth = 1, .weight = 1};
    frame->names_value.context = &frame->names;
    return frame;
}

FeelFrame *feel_frame(Arena *arena, const FeelType *type, const FeelFrame *outer)
{
    FeelEntry *entries = arena_array(arena, FeelEntry, type->field_count);

    for (size_t i = 0; i < type->field_count; i++) {
        entries[i].key = type->fields[i].name;
        entries[i].value = VALUE_NULL;
    }
    return frame_of(arena, entries, type->field_count, outer);
}

FeelFrame *feel_frame_of(Arena *arena, const FeelValue *context, const FeelFrame *outer)
{
    size_t count = 0;

    if (feel_kind(context) != FEEL_CONTEXT)
        return frame_of(arena, NULL, 0, outer);
    const FeelEntry *entries = context_entries(arena, context->context, &count);
    return frame_of(arena, arena_copy(arena, entries, count * sizeof *entries), count, outer);
}

void feel_frame_set(FeelFrame *frame, size_t index, const FeelValue *value)
{
    assert(index < frame->own.count);
    frame->own.entries[index].value = value ? *value : VALUE_NULL;
}

const FeelValue *feel_frame_get(const FeelFrame *frame, size_t index)
{
    assert(index < frame->own.count);
    return &frame->own.entries[index].value;
}

const FeelValue *feel_frame_names(const FeelFrame *frame)
{
    return &frame->names_value;
}

const FeelValue *feel_frame_value(const FeelFrame *frame)
{
    /* Weighed when it is handed out, and kept in the frame. */
    FeelFrame *keeper = (FeelFrame *)frame;

    keeper->own_value = value_context(&frame->own);
    return &frame->own_value;
}

const FeelValue *feel_frame_list(Arena *arena, FeelFrame *const *frames, size_t count)
{
    FeelValue *items = arena_array(arena, FeelValue, count);

    for (size_t i = 0; i < count; i++)
        items[i] = *feel_frame_value(frames[i]);
    return value_keep(arena, value_list(items, count));
}
