/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/store/records.h"

enum { HAS_END = 32, HAS_RESULT_TIME = 64, HAS_RARE = 128 };

static int64_t difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void put_text(Buf *out, Str text)
{
    buf_add_varint(out, text.len);
    buf_add(out, text);
}

static void put_extra(Buf *out, Str extra)
{
    buf_add_varint(out, extra.ptr ? extra.len + 1 : 0);
    buf_add(out, extra);
}

static uint8_t tag_of(ObsRecordKind kind, const Observation *o)
{
    unsigned tag = kind;

    if (kind > OBS_RECORD_CHANGE)
        return (uint8_t)tag;
    return (uint8_t)(tag | (unsigned)o->kind << 3 | (o->end != OBS_NONE ? HAS_END : 0u) |
                     (o->result_time != OBS_NONE ? HAS_RESULT_TIME : 0u) |
                     (o->status || o->feature || o->extra.ptr ? HAS_RARE : 0u));
}

static void put_row(ObsRecordWriter *writer, uint8_t tag, const Observation *o)
{
    Buf *out = &writer->bytes;

    buf_add_varint(out, o->ordinal);
    buf_add_zigzag(out, difference(o->time, writer->time));
    writer->time = o->time;
    if (tag & HAS_END)
        buf_add_zigzag(out, difference(o->end, o->time));
    if (tag & HAS_RESULT_TIME)
        buf_add_zigzag(out, difference(o->result_time, o->time));
    if (tag & HAS_RARE) {
        buf_add_u8(out, o->status);
        buf_add_zigzag(out, o->feature);
        put_extra(out, o->extra);
    }
    if (o->kind == OBS_NUMBER)
        buf_add_bytes(out, &o->number, sizeof o->number);
    if (o->kind == OBS_TEXT)
        put_text(out, o->text);
}

void obs_record_put(ObsRecordWriter *writer, ObsRecordKind kind, uint32_t series,
                    const Observation *o)
{
    Buf *out = &writer->bytes;
    uint8_t tag = tag_of(kind, o);

    buf_add_u8(out, tag);
    buf_add_zigzag(out, (int64_t)series - (int64_t)writer->series);
    writer->series = series;
    switch (kind) {
    case OBS_RECORD_ROW:
    case OBS_RECORD_CHANGE: put_row(writer, tag, o); break;
    case OBS_RECORD_DELETE:
    case OBS_RECORD_ORDINAL: buf_add_varint(out, o->ordinal); break;
    case OBS_RECORD_HORIZON: buf_add_zigzag(out, o->time); break;
    }
}

static Str read_text(Bytes *in, uint64_t length)
{
    const uint8_t *at = bytes_take(in, length);

    return at ? (Str){(const char *)at, (size_t)length} : STR("");
}

static void read_row(ObsRecordReader *reader, unsigned tag, Observation *o)
{
    Bytes *in = &reader->bytes;
    double number;

    o->kind = (uint8_t)(tag >> 3 & 3);
    o->ordinal = bytes_varint(in);
    o->time = reader->time = sum(reader->time, bytes_zigzag(in));
    if (tag & HAS_END)
        o->end = sum(o->time, bytes_zigzag(in));
    if (tag & HAS_RESULT_TIME)
        o->result_time = sum(o->time, bytes_zigzag(in));
    if (tag & HAS_RARE) {
        o->status = bytes_u8(in);
        o->feature = bytes_zigzag(in);
        uint64_t length = bytes_varint(in);
        if (length > 0)
            o->extra = read_text(in, length - 1);
    }
    if (o->kind == OBS_NUMBER) {
        uint64_t bits = bytes_u64(in);
        memcpy(&number, &bits, sizeof number);
        o->number = number;
    }
    if (o->kind == OBS_TEXT)
        o->text = read_text(in, bytes_varint(in));
}

bool obs_record_next(ObsRecordReader *reader, ObsRecord *out)
{
    Bytes *in = &reader->bytes;
    const char *why;

    if (in->broken || bytes_left(in) == 0)
        return false;
    unsigned tag = bytes_u8(in);
    int64_t series = sum(reader->series, bytes_zigzag(in));
    out->kind = (ObsRecordKind)(tag & 7);
    out->series = reader->series = (uint32_t)series;
    out->observation = (Observation){.end = OBS_NONE, .result_time = OBS_NONE};
    if (series < 0 || series > UINT32_MAX)
        in->broken = true;
    switch (out->kind) {
    case OBS_RECORD_ROW:
    case OBS_RECORD_CHANGE:
        read_row(reader, tag, &out->observation);
        in->broken = in->broken || !obs_makes_sense(&out->observation, &why);
        break;
    case OBS_RECORD_DELETE:
    case OBS_RECORD_ORDINAL: out->observation.ordinal = bytes_varint(in); break;
    case OBS_RECORD_HORIZON: out->observation.time = bytes_zigzag(in); break;
    default: in->broken = true;
    }
    return !in->broken;
}

bool obs_makes_sense(const Observation *o, const char **why)
{
    *why = NULL;
    if (o->time == OBS_NONE || o->time == INT64_MAX)
        *why = "it has no time";
    else if (o->end != OBS_NONE && o->end < o->time)
        *why = "its interval ends before it begins";
    else if (o->kind > OBS_TEXT)
        *why = "its result is of no known kind";
    else if (o->kind == OBS_TEXT && !o->text.ptr)
        *why = "its text is missing";
    else if ((o->kind == OBS_TEXT && o->text.len > OBS_TEXT_MAX) || o->extra.len > OBS_TEXT_MAX)
        *why = "its text is longer than 1 MiB";
    return !*why;
}
