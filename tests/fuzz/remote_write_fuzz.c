/* SPDX-License-Identifier: EUPL-1.2 */
/* Prometheus' remote write, any bytes: texts lie in them, labels are in order. */
#include "city/import/remote_write.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_labels(const RemoteSeries *series, const char *from, const char *to)
{
    for (size_t i = 0; i < series->label_count; i++) {
        const RemoteLabel *label = &series->labels[i];
        if (label->value.len &&
            (label->value.ptr < from || label->value.ptr + label->value.len > to))
            abort();
        if (i && !series->problem && str_compare(series->labels[i - 1].name, label->name) >= 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str text = {(const char *)data, size};
    RemoteReader reader = remote_reader(arena, text);
    RemoteSeries *series = arena_new(arena, RemoteSeries);
    Str name;

    while (remote_next(&reader, series)) {
        check_labels(series, text.ptr, text.ptr + size);
        remote_key(series, arena, &name);
        if (!name.len && !series->problem)
            abort();
    }
    arena_destroy(arena);
    return 0;
}
