/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/quality_page.h"

static void add_fact(SeriesPage *page, Str label, Str value)
{
    page->quality[page->quality_count++] = (FactView){.label = label, .value = value};
}

static Str count_text(Arena *arena, uint64_t count)
{
    return str_printf(arena, "%llu", (unsigned long long)count);
}

/* The last ones first. */
static void add_findings(SeriesPage *page, const Quality *quality, Arena *arena, Str lang, Str unit)
{
    for (size_t i = quality->count; i-- > 0 && page->finding_count < SERIES_FINDINGS;) {
        const QualityFinding *finding = &quality->items[i];
        page->findings[page->finding_count++] =
            (FindingRow){timestamp_long(arena, finding->from, lang),
                         city_finding_text(arena, lang, finding, unit)};
    }
    for (size_t kind = 0; kind < QUALITY_KINDS; kind++)
        page->remarkable |= quality->found[kind] > 0;
    page->marked = quality->found[QUALITY_MARKED] > 0;
    page->more_findings = quality->count > page->finding_count;
}

bool city_series_quality(CityReader *reader, const CityEntity *stream, StaTime time, Str lang,
                         SeriesPage *page, Err *err)
{
    Arena *arena = reader->arena;
    Quality quality;
    bool whole;

    if (!city_quality(reader, stream, time, arena, &quality, &whole, err))
        return false;
    page->quality_partly = !whole;
    if (!quality.values)
        return true; /* of nothing there is nothing to say */
    if (quality.interval)
        add_fact(page, tr(lang, "Üblicher Abstand"), city_span_text(arena, lang, quality.interval));
    add_fact(page, tr(lang, "Werte"), count_text(arena, quality.values));
    add_fact(page, tr(lang, "Vollständigkeit"),
             city_percent_text(arena, lang, quality_completeness(&quality)));
    if (quality.longest_gap)
        add_fact(page, tr(lang, "Längste Lücke"), city_span_text(arena, lang, quality.longest_gap));
    add_findings(page, &quality, arena, lang, str_copy(arena, city_unit(stream)));
    return true;
}
