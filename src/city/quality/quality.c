/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/quality/quality.h"

#include <math.h>
#include <stdlib.h>

enum { STILL_VALUES = 12, STILL_MS = 6 * 3600000, AROUND = 11, OUTLIERS_FROM = 30 };
static const double GAP = 2.5, OUTLIER = 6 * 1.4826;

typedef struct Looking {
    const QualityValue *values;
    size_t count;
    Arena *arena;
    Quality *out;
    size_t begins; /* of the ring of findings */
} Looking;

static void find(Looking *looking, QualityFinding finding, uint64_t weight)
{
    Quality *out = looking->out;

    out->found[finding.kind] += weight;
    if (out->count < QUALITY_FINDINGS_MAX)
        out->items[out->count++] = finding;
    else
        out->items[looking->begins++ % QUALITY_FINDINGS_MAX] = finding;
}

/* --- Medians -----------------------------------------------------------------------------------
 */

static void swap(double *a, double *b)
{
    double kept = *a;

    *a = *b;
    *b = kept;
}

/* The value that has `place` smaller ones before it; reorders them (Hoare's selection). */
static double select_at(double *values, size_t count, size_t place)
{
    size_t low = 0, high = count - 1;

    while (low < high) {
        double pivot = values[(low + high) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            swap(&values[i++], &values[j--]);
        }
        if (place <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[place];
}

static double median(double *values, size_t count)
{
    return select_at(values, count, count / 2);
}

/* --- Gaps --------------------------------------------------------------------------------------
 */

static int64_t usual_distance(const Looking *looking)
{
    double *distances = arena_array(looking->arena, double, looking->count);
    size_t count = 0;

    for (size_t i = 1; i < looking->count; i++)
        if (looking->values[i].time > looking->values[i - 1].time)
            distances[count++] = (double)(looking->values[i].time - looking->values[i - 1].time);
    return count >= 2 ? (int64_t)median(distances, count) : 0;
}

static bool is_gap(const Quality *out, int64_t distance)
{
    return out->interval && (double)distance > GAP * (double)out->interval;
}

static void look_for_gap(Looking *looking, size_t i)
{
    int64_t from = looking->values[i - 1].time, to = looking->values[i].time;

    if (!is_gap(looking->out, to - from))
        return;
    if (to - from > looking->out->longest_gap)
        looking->out->longest_gap = to - from;
    find(looking, (QualityFinding){.kind = QUALITY_GAP, .from = from, .to = to}, 1);
}

static void look_at_end(Looking *looking, int64_t until)
{
    Quality *out = looking->out;
    int64_t first = looking->values[0].time, last = looking->values[looking->count - 1].time;

    if (is_gap(out, until - last))
        out->silent = until - last;
    if (out->interval && until > first)
        out->expected = (uint64_t)((until - first) / out->interval) + 1;
}

/* --- Runs --------------------------------------------------------------------------------------
 */

/* Those from `i` on that belong together; the place behind them. */
static size_t same_status(const Looking *looking, size_t i)
{
    uint8_t status = looking->values[i].status;

    while (i < looking->count && looking->values[i].status == status)
        i++;
    return i;
}

static void look_for_marks(Looking *looking)
{
    for (size_t i = 0, end; i < looking->count; i = end) {
        const QualityValue *first = &looking->values[i];
        end = same_status(looking, i);
        if (first->status)
            find(looking,
                 (QualityFinding){.kind = QUALITY_MARKED,
                                  .from = first->time,
                                  .to = looking->values[end - 1].time,
                                  .status = first->status,
                                  .count = end - i},
                 end - i);
    }
}

static void look_for_still(Looking *looking, const QualityValue *good, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && good[end].number == good[i].number;)
            end++;
        if (good[i].number != 0 && end - i >= STILL_VALUES &&
            good[end - 1].time - good[i].time >= STILL_MS)
            find(looking,
                 (QualityFinding){.kind = QUALITY_STILL,
                                  .from = good[i].time,
                                  .to = good[end - 1].time,
                                  .number = good[i].number,
                                  .count = end - i},
                 1);
    }
}

/* --- What stands out ---------------------------------------------------------------------------
 */

/* The eleven around a value, at the ends the first and last eleven. */
static const QualityValue *around(const QualityValue *good, size_t count, size_t i)
{
    size_t from = i < AROUND / 2 ? 0 : i - AROUND / 2;

    return good + (from + AROUND > count ? count - AROUND : from);
}

static double median_around(const QualityValue *window)
{
    double values[AROUND];

    for (size_t i = 0; i < AROUND; i++)
        values[i] = window[i].number;
    return median(values, AROUND);
}

static double spread_around(const QualityValue *window, double middle)
{
    double values[AROUND];

    for (size_t i = 0; i < AROUND; i++)
        values[i] = fabs(window[i].number - middle);
    return median(values, AROUND);
}

/* How far a value usually is from the one before it. */
static double usual_step(const Looking *looking, const QualityValue *good, size_t count)
{
    double *steps = arena_array(looking->arena, double, count);

    for (size_t i = 1; i < count; i++)
        steps[i - 1] = fabs(good[i].number - good[i - 1].number);
    return median(steps, count - 1);
}

static void look_for_outliers(Looking *looking, const QualityValue *good, size_t count)
{
    if (count < OUTLIERS_FROM)
        return;
    double usual = usual_step(looking, good, count);
    for (size_t i = 0; i < count; i++) {
        const QualityValue *window = around(good, count, i);
        double middle = median_around(window), distance = fabs(good[i].number - middle);
        if (distance <= OUTLIER * usual || distance == 0)
            continue;
        double spread = fmax(usual, spread_around(window, middle));
        if (spread > 0 && distance > OUTLIER * spread)
            find(looking,
                 (QualityFinding){.kind = QUALITY_OUTLIER,
                                  .from = good[i].time,
                                  .to = good[i].time,
                                  .number = good[i].number,
                                  .usual = middle,
                                  .count = 1},
                 1);
    }
}

/* --- All of it ---------------------------------------------------------------------------------
 */

static size_t good_ones(const Looking *looking, QualityValue *out)
{
    size_t count = 0;

    for (size_t i = 0; i < looking->count; i++)
        if (!looking->values[i].status && isfinite(looking->values[i].number))
            out[count++] = looking->values[i];
    return count;
}

static int by_time(const void *a, const void *b)
{
    const QualityFinding *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

Quality quality_of(const QualityValue *values, size_t count, int64_t until, Arena *arena)
{
    Quality out = {.values = count};
    Looking looking = {.values = values, .count = count, .arena = arena, .out = &out};

    if (!count)
        return out;
    out.items = arena_array(arena, QualityFinding, QUALITY_FINDINGS_MAX);
    out.interval = usual_distance(&looking);
    for (size_t i = 1; i < count; i++)
        look_for_gap(&looking, i);
    look_at_end(&looking, until);
    look_for_marks(&looking);
    QualityValue *good = arena_array(arena, QualityValue, count);
    size_t good_count = good_ones(&looking, good);
    look_for_still(&looking, good, good_count);
    look_for_outliers(&looking, good, good_count);
    qsort(out.items, out.count, sizeof *out.items, by_time);
    return out;
}

double quality_completeness(const Quality *quality)
{
    if (!quality->expected || quality->values >= quality->expected)
        return 1;
    return (double)quality->values / (double)quality->expected;
}

bool quality_is_good(const Quality *quality)
{
    for (size_t kind = 0; kind < QUALITY_KINDS; kind++)
        if (quality->found[kind])
            return false;
    return !quality->silent;
}
