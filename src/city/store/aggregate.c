/* SPDX-License-Identifier: EUPL-1.2 */
/* Sums over buckets: the runs of a series are taken one by one in any order. A block that lies
 * within one bucket and of which nothing was changed gives what its head says. */
#include "city/store/internal.h"

#include <math.h>

typedef struct Buckets {
    const int64_t *bounds;
    size_t count;
    bool only_good;
    ObsAggregate *out;
} Buckets;

/* The bucket with this time, which lies within all bounds. */
static size_t bucket_of(const Buckets *buckets, int64_t time)
{
    size_t low = 0, high = buckets->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (buckets->bounds[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool is_earlier(int64_t time, uint64_t ordinal, int64_t than, uint64_t than_ordinal)
{
    return time != than ? time < than : ordinal < than_ordinal;
}

/* Put `more` and `sum` together. */
static void add(ObsAggregate *sum, const ObsAggregate *more)
{
    if (sum->count == 0) {
        *sum = *more;
        return;
    }
    sum->count += more->count;
    sum->sum += more->sum;
    if (isnan(sum->min) || more->min < sum->min ||
        (more->min == sum->min && more->min_time < sum->min_time)) {
        sum->min = more->min;
        sum->min_time = more->min_time;
    }
    if (isnan(sum->max) || more->max > sum->max ||
        (more->max == sum->max && more->max_time < sum->max_time)) {
        sum->max = more->max;
        sum->max_time = more->max_time;
    }
    if (is_earlier(more->first_time, more->first_ordinal, sum->first_time, sum->first_ordinal)) {
        sum->first = more->first;
        sum->first_time = more->first_time;
        sum->first_ordinal = more->first_ordinal;
    }
    if (is_earlier(sum->last_time, sum->last_ordinal, more->last_time, more->last_ordinal)) {
        sum->last = more->last;
        sum->last_time = more->last_time;
        sum->last_ordinal = more->last_ordinal;
    }
}

/* Of rows [from, to), which are all numbers that count. */
static ObsAggregate of_rows(const ObsColumns *columns, uint32_t from, uint32_t to)
{
    const double *numbers = columns->numbers;
    uint32_t least = from, greatest = from;
    double sum = 0;

    for (uint32_t i = from; i < to; i++) {
        sum += numbers[i];
        if (numbers[i] < numbers[least] || isnan(numbers[least]))
            least = i;
        if (numbers[i] > numbers[greatest] || isnan(numbers[greatest]))
            greatest = i;
    }
    return (ObsAggregate){.count = to - from,
                          .min = numbers[least],
                          .max = numbers[greatest],
                          .sum = sum,
                          .first = numbers[from],
                          .last = numbers[to - 1],
                          .min_time = columns->times[least],
                          .max_time = columns->times[greatest],
                          .first_time = columns->times[from],
                          .last_time = columns->times[to - 1],
                          .first_ordinal = obs_ordinal_at(columns, from),
                          .last_ordinal = obs_ordinal_at(columns, to - 1)};
}

static ObsAggregate of_head(const ObsHead *head)
{
    return (ObsAggregate){.count = head->numbers,
                          .min = head->min,
                          .max = head->max,
                          .sum = head->sum,
                          .first = head->first,
                          .last = head->last,
                          .min_time = head->min_time,
                          .max_time = head->max_time,
                          .first_time = head->first_time,
                          .last_time = head->last_time,
                          .first_ordinal = head->first_ordinal,
                          .last_ordinal = head->last_ordinal};
}

/* From the head alone: when it is of one bucket, and all rows are numbers that count. */
static bool add_head(ObsMerge *merge, const ObsRun *run, const Buckets *buckets)
{
    ObsHead head;

    if (!run->segment || !obs_merge_sees_all(merge, run))
        return false;
    size_t bucket = bucket_of(buckets, run->low_time);
    if (run->high_time >= buckets->bounds[bucket + 1])
        return false;
    Bytes in = bytes_in(run->segment->heads);
    in.at = run->head;
    if (!obs_head_get(&in, &head) || (buckets->only_good && !obs_head_only_good(&head)))
        return false;
    if (head.numbers == 0)
        return true;
    if (head.numbers < head.count)
        return false;
    ObsAggregate all = of_head(&head);
    add(&buckets->out[bucket], &all);
    return true;
}

static bool counts(ObsMerge *merge, const ObsOpenRun *open, uint32_t row, bool only_good)
{
    const ObsColumns *columns = &open->columns;

    return obs_kind_at(columns, row) == OBS_NUMBER &&
           !(only_good && columns->statuses && columns->statuses[row]) &&
           obs_merge_sees(merge, open, row);
}

/* Rows [from, to) of an open run, all of one bucket. */
static void add_rows(ObsMerge *merge, const ObsOpenRun *open, uint32_t from, uint32_t to,
                     bool only_good, ObsAggregate *sum)
{
    const ObsColumns *columns = &open->columns;
    bool all = !columns->kinds && !(only_good && columns->statuses) &&
               obs_merge_sees_all(merge, open->run);
    uint32_t step = all ? to - from : 1;

    for (uint32_t row = from; row < to; row += step) {
        if (!all && !counts(merge, open, row, only_good))
            continue;
        ObsAggregate more = of_rows(columns, row, row + step);
        add(sum, &more);
    }
}

static bool add_run(ObsMerge *merge, const ObsRun *run, const Buckets *buckets, Err *err)
{
    if (add_head(merge, run, buckets))
        return true;
    ObsOpenRun *open = obs_merge_open(merge, run, err);
    if (!open)
        return false;
    const int64_t *times = open->columns.times;
    for (uint32_t row = open->at, next; row < open->end; row = next) {
        size_t bucket = bucket_of(buckets, times[row]);
        next = row + 1;
        while (next < open->end && times[next] < buckets->bounds[bucket + 1])
            next++;
        add_rows(merge, open, row, next, buckets->only_good, &buckets->out[bucket]);
    }
    obs_merge_close(merge, open);
    return true;
}

bool obs_aggregate(ObsStore *store, uint32_t series, const int64_t *bounds, size_t count,
                   bool only_good, ObsAggregate *out, Err *err)
{
    Buckets buckets = {bounds, count, only_good, out};
    ObsSnapshot snapshot;
    bool ok = true;

    memset(out, 0, count * sizeof *out);
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        if (bounds[i] > bounds[i + 1])
            return err_set(err, ERR_INPUT, "the bounds of buckets %zu and %zu do not ascend", i,
                           i + 1);
    ObsRange range = {.from = bounds[0], .to = bounds[count]};
    if (!obs_snapshot_begin(&snapshot, store, series, range, err))
        return false;
    for (size_t i = 0; i < snapshot.merge.runs.count && ok; i++)
        ok = add_run(&snapshot.merge, &snapshot.merge.runs.items[i], &buckets, err);
    obs_snapshot_end(&snapshot);
    return ok;
}
