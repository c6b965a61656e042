/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/options.h"

#include "base/percent.h"
#include "city/sta/option_words.h"

/* What need not be encoded inside the value of an option (RFC 3986, section 3.4, less what would
 * end it). */
static const char KEPT[] = "$'(),;=/:@*!";

static void write_options(const StaOptions *options, Buf *out);

static void write_orders(const StaOrders *orders, Buf *out)
{
    for (size_t i = 0; i < orders->count; i++) {
        if (i)
            buf_add_char(out, ',');
        sta_filter_write(orders->items[i].by, out);
        if (orders->items[i].descending)
            buf_add_c(out, " desc");
    }
}

static void write_expands(const StaExpands *expands, Buf *out)
{
    for (size_t i = 0; i < expands->count; i++) {
        const StaExpand *expand = &expands->items[i];
        buf_addf(out, "%s%s", i ? "," : "", expand->relation->name);
        if (!expand->options->given)
            continue;
        buf_add_char(out, '(');
        write_options(expand->options, out);
        buf_add_char(out, ')');
    }
}

static void write_select(const StaSelect *select, Buf *out)
{
    if (select->distinct)
        buf_add_c(out, "distinct:");
    for (size_t i = 0; i < select->count; i++) {
        const StaSelected *selected = &select->items[i];
        buf_addf(out, "%s%s", i ? "," : "",
                 selected->property ? selected->property->name : selected->relation->name);
        sta_steps_write(&selected->steps, out);
    }
}

static void write_aggregate(const StaOptions *options, Buf *out)
{
    bool first = true;

    for (const StaAggregateWord *row = STA_AGGREGATE_WORDS; row->word; row++) {
        if (!(options->aggregates & row->bit))
            continue;
        buf_addf(out, "%s%s", first ? "" : ",", row->word);
        first = false;
    }
    if (options->period.months || options->period.ms) {
        buf_add_c(out, " by duration'");
        sta_duration_write(out, options->period);
        buf_add_char(out, '\'');
    }
}

static void write_value(const StaOptions *options, StaOptionKind kind, Buf *out)
{
    switch (kind) {
    case STA_OPTION_FILTER: sta_filter_write(options->filter, out); break;
    case STA_OPTION_COUNT: buf_add_c(out, options->count ? "true" : "false"); break;
    case STA_OPTION_ORDERBY: write_orders(&options->orders, out); break;
    case STA_OPTION_SKIP: buf_add_i64(out, options->skip); break;
    case STA_OPTION_TOP: buf_add_i64(out, options->top); break;
    case STA_OPTION_EXPAND: write_expands(&options->expands, out); break;
    case STA_OPTION_SELECT: write_select(&options->select, out); break;
    case STA_OPTION_FORMAT: buf_add_c(out, STA_FORMAT_WORDS[options->format]); break;
    case STA_OPTION_AGGREGATE: write_aggregate(options, out); break;
    case STA_OPTION_LATEST: buf_add_c(out, options->latest ? "true" : "false"); break;
    case STA_OPTIONS: break;
    }
}

/* Inside $expand: not encoded, with ";" between. */
static void write_options(const StaOptions *options, Buf *out)
{
    bool first = true;

    for (int kind = 0; kind < STA_OPTIONS; kind++) {
        if (!sta_has(options, (StaOptionKind)kind))
            continue;
        buf_addf(out, "%s%s=", first ? "" : ";", STA_OPTION_WORDS[kind]);
        write_value(options, (StaOptionKind)kind, out);
        first = false;
    }
}

void sta_options_write(const StaOptions *options, Buf *out)
{
    bool first = true;

    for (int kind = 0; kind < STA_OPTIONS; kind++) {
        Buf value = buf_in(out->arena);
        if (!sta_has(options, (StaOptionKind)kind))
            continue;
        buf_addf(out, "%s%s=", first ? "" : "&", STA_OPTION_WORDS[kind]);
        write_value(options, (StaOptionKind)kind, &value);
        percent_encode(out, buf_str(&value), KEPT);
        first = false;
    }
}
