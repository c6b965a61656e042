/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/remote_write.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdlib.h>

/* Wire types of protocol buffers. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };
/* Fields of WriteRequest, TimeSeries, Label and Sample. */
enum { TIMESERIES = 1, LABELS = 1, SAMPLES = 2, NAME = 1, VALUE = 2, SAMPLE_VALUE = 1, TIME = 2 };

/* --- Protocol buffers --------------------------------------------------------------------------
 */

typedef struct Field {
    unsigned number, wire;
    uint64_t value; /* of numbers */
    Str bytes;
} Field;

static bool read_varint(Str *rest, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 64 && rest->len; shift += 7) {
        uint8_t byte = (uint8_t)*rest->ptr;
        rest->ptr++;
        rest->len--;
        *out |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128))
            return true;
    }
    return false;
}

static bool read_fixed(Str *rest, size_t size, uint64_t *out)
{
    *out = 0;
    if (rest->len < size)
        return false;
    for (size_t i = 0; i < size; i++)
        *out |= (uint64_t)(uint8_t)rest->ptr[i] << 8 * i;
    rest->ptr += size;
    rest->len -= size;
    return true;
}

static bool read_bytes(Str *rest, Str *out)
{
    uint64_t size;

    if (!read_varint(rest, &size) || size > rest->len)
        return false;
    *out = (Str){rest->ptr, (size_t)size};
    rest->ptr += size;
    rest->len -= (size_t)size;
    return true;
}

static bool read_field(Str *rest, Field *out)
{
    uint64_t tag;

    *out = (Field){0};
    if (!read_varint(rest, &tag) || tag >> 3 == 0 || tag >> 32)
        return false;
    out->number = (unsigned)(tag >> 3);
    out->wire = (unsigned)(tag & 7);
    switch (out->wire) {
    case VARINT: return read_varint(rest, &out->value);
    case FIXED64: return read_fixed(rest, 8, &out->value);
    case FIXED32: return read_fixed(rest, 4, &out->value);
    case BYTES: return read_bytes(rest, &out->bytes);
    default: return false;
    }
}

static bool is(const Field *field, unsigned number, unsigned wire)
{
    return field->number == number && field->wire == wire;
}

/* --- Series ------------------------------------------------------------------------------------
 */

static bool read_label(Str bytes, RemoteSeries *out)
{
    RemoteLabel label = {STR(""), STR("")};
    Field field;

    while (bytes.len) {
        if (!read_field(&bytes, &field))
            return false;
        if (is(&field, NAME, BYTES))
            label.name = field.bytes;
        else if (is(&field, VALUE, BYTES))
            label.value = field.bytes;
    }
    if (out->label_count == REMOTE_LABELS_MAX)
        out->problem = "it has more than 100 labels";
    else if (!utf8_valid_text(label.name) || !utf8_valid_text(label.value))
        out->problem = "a label is not written in UTF-8";
    else
        out->labels[out->label_count++] = label;
    return true;
}

static bool read_sample(Str bytes, Arena *arena, RemoteSeries *out)
{
    RemoteSample sample = {0};
    Field field;

    while (bytes.len) {
        if (!read_field(&bytes, &field))
            return false;
        if (is(&field, SAMPLE_VALUE, FIXED64))
            memcpy(&sample.value, &field.value, sizeof sample.value);
        else if (is(&field, TIME, VARINT))
            sample.time = (int64_t)field.value;
    }
    VEC_PUSH(arena, out, sample);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const RemoteLabel *)a)->name, ((const RemoteLabel *)b)->name);
}

static bool read_series(RemoteReader *reader, Str bytes, RemoteSeries *out)
{
    Field field;

    out->label_count = out->count = 0;
    out->problem = NULL;
    while (bytes.len) {
        if (!read_field(&bytes, &field))
            return false;
        if ((is(&field, LABELS, BYTES) && !read_label(field.bytes, out)) ||
            (is(&field, SAMPLES, BYTES) && !read_sample(field.bytes, reader->arena, out)))
            return false;
    }
    qsort(out->labels, out->label_count, sizeof *out->labels, by_name);
    for (size_t i = 1; i < out->label_count && !out->problem; i++)
        if (str_eq(out->labels[i].name, out->labels[i - 1].name))
            out->problem = "it has a label twice";
    if (!out->problem && !remote_label(out, "__name__").len)
        out->problem = "it has no name (__name__)";
    return true;
}

RemoteReader remote_reader(Arena *arena, Str bytes)
{
    return (RemoteReader){.arena = arena, .rest = bytes};
}

bool remote_next(RemoteReader *reader, RemoteSeries *out)
{
    Field field;

    while (reader->rest.len && !reader->problem) {
        bool read = read_field(&reader->rest, &field);
        bool series = read && is(&field, TIMESERIES, BYTES);
        reader->at += series;
        if (series && read_series(reader, field.bytes, out))
            return true;
        if ((!read || series) && !reader->problem)
            reader->problem = "the bytes are no WriteRequest of Prometheus";
    }
    return false;
}

Str remote_label(const RemoteSeries *series, const char *name)
{
    for (size_t i = 0; i < series->label_count; i++)
        if (str_is(series->labels[i].name, name))
            return series->labels[i].value;
    return STR_NONE;
}

static void add_quoted(Buf *out, Str value)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"' || value.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, value.ptr[i]);
    }
    buf_add_char(out, '"');
}

Str remote_key(const RemoteSeries *series, Arena *arena, Str *name)
{
    Buf out = buf_in(arena);
    const char *before = "{";

    *name = remote_label(series, "__name__");
    buf_add(&out, *name);
    for (size_t i = 0; i < series->label_count; i++) {
        if (str_is(series->labels[i].name, "__name__"))
            continue;
        buf_add_c(&out, before);
        before = ",";
        buf_add(&out, series->labels[i].name);
        buf_add_char(&out, '=');
        add_quoted(&out, series->labels[i].value);
    }
    if (*before == ',')
        buf_add_char(&out, '}');
    return buf_str(&out);
}
