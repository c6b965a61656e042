/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/metrics.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int STATUSES[] = {200, 201, 202, 204, 303, 304, 308, 400, 401, 403, 404, 405,
                               409, 410, 413, 414, 415, 422, 429, 431, 500, 503, 0};
enum { STATUS_COUNT = sizeof STATUSES / sizeof STATUSES[0] }; /* the last stands for all others */

static const int64_t BUCKETS_US[] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                     100000, 250000, 500000, 1000000, 2500000, 10000000};
enum { BUCKET_COUNT = sizeof BUCKETS_US / sizeof BUCKETS_US[0] };

typedef struct Row {
    const RouteEntry *entry;
    _Atomic uint64_t by_status[STATUS_COUNT];
    _Atomic uint64_t by_time[BUCKET_COUNT + 1];
    _Atomic uint64_t microseconds;
} Row;

struct Metrics {
    size_t row_count;
    bool log;
    pthread_mutex_t lock; /* of the log's text */
    size_t log_len;
    char log_text[64 * 1024];
    Row rows[];
};

Metrics *metrics_create(const Router *router, bool access_log)
{
    size_t count = router_count(router);
    Metrics *metrics = calloc(1, sizeof *metrics + (count + 1) * sizeof(Row));

    metrics->row_count = count + 1;
    metrics->log = access_log;
    pthread_mutex_init(&metrics->lock, NULL);
    for (size_t i = 0; i < count; i++)
        metrics->rows[i].entry = router_entry(router, i);
    return metrics;
}

void metrics_destroy(Metrics *metrics)
{
    if (!metrics)
        return;
    metrics_flush_log(metrics);
    pthread_mutex_destroy(&metrics->lock);
    free(metrics);
}

static void log_write(Metrics *metrics)
{
    size_t at = 0;

    while (at < metrics->log_len) {
        ssize_t written = write(STDOUT_FILENO, metrics->log_text + at, metrics->log_len - at);
        if (written <= 0)
            break; /* nobody reads it */
        at += (size_t)written;
    }
    metrics->log_len = 0;
}

void metrics_flush_log(Metrics *metrics)
{
    pthread_mutex_lock(&metrics->lock);
    log_write(metrics);
    pthread_mutex_unlock(&metrics->lock);
}

static void log_add(Metrics *metrics, const Done *done)
{
    char line[400];
    int64_t now = clock_now();
    Date day = date_from_days(now / 86400000);
    int second = (int)(now % 86400000 / 1000);
    int len = snprintf(line, sizeof line,
                       "%04d-%02d-%02dT%02d:%02d:%02dZ %s %.200s %d %lld.%03lldms %zu\n", day.year,
                       day.month, day.day, second / 3600, second / 60 % 60, second % 60,
                       done->method, done->entry ? done->entry->route->pattern : "-", done->status,
                       (long long)(done->microseconds / 1000),
                       (long long)(done->microseconds % 1000), done->bytes);

    pthread_mutex_lock(&metrics->lock);
    if (metrics->log_len + (size_t)len > sizeof metrics->log_text)
        log_write(metrics);
    memcpy(metrics->log_text + metrics->log_len, line, (size_t)len);
    metrics->log_len += (size_t)len;
    pthread_mutex_unlock(&metrics->lock);
}

static void add(_Atomic uint64_t *counter, uint64_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

void metrics_count(Metrics *metrics, const Done *done)
{
    Row *row = &metrics->rows[done->entry ? done->entry->index : metrics->row_count - 1];
    size_t status = 0;
    size_t bucket = 0;

    while (status < STATUS_COUNT - 1 && STATUSES[status] != done->status)
        status++;
    while (bucket < BUCKET_COUNT && done->microseconds > BUCKETS_US[bucket])
        bucket++;
    add(&row->by_status[status], 1);
    add(&row->by_time[bucket], 1);
    add(&row->microseconds, (uint64_t)done->microseconds);
    if (metrics->log)
        log_add(metrics, done);
}

static void row_labels(const Row *row, Buf *out)
{
    if (row->entry)
        buf_addf(out, "method=\"%s\",route=\"%s\"", row->entry->route->method,
                 row->entry->route->pattern);
    else
        buf_add_c(out, "method=\"\",route=\"\"");
}

static void row_write_times(Row *row, Buf *out)
{
    uint64_t total = 0;

    for (size_t i = 0; i <= BUCKET_COUNT; i++)
        total += atomic_load(&row->by_time[i]);
    if (total == 0)
        return;
    uint64_t sum = 0;
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        sum += atomic_load(&row->by_time[i]);
        buf_add_c(out, "rathaus_http_request_seconds_bucket{");
        row_labels(row, out);
        buf_addf(out, ",le=\"%g\"} %llu\n", (double)BUCKETS_US[i] / 1e6, (unsigned long long)sum);
    }
    buf_add_c(out, "rathaus_http_request_seconds_bucket{");
    row_labels(row, out);
    buf_addf(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)total);
    buf_add_c(out, "rathaus_http_request_seconds_sum{");
    row_labels(row, out);
    buf_addf(out, "} %.6f\n", (double)atomic_load(&row->microseconds) / 1e6);
    buf_add_c(out, "rathaus_http_request_seconds_count{");
    row_labels(row, out);
    buf_addf(out, "} %llu\n", (unsigned long long)total);
}

void metrics_write(Metrics *metrics, Buf *out)
{
    buf_add_c(out, "# HELP rathaus_http_requests_total Answered requests.\n"
                   "# TYPE rathaus_http_requests_total counter\n");
    for (size_t i = 0; i < metrics->row_count; i++)
        for (size_t s = 0; s < STATUS_COUNT; s++) {
            uint64_t count = atomic_load(&metrics->rows[i].by_status[s]);
            if (count == 0)
                continue;
            buf_add_c(out, "rathaus_http_requests_total{");
            row_labels(&metrics->rows[i], out);
            if (STATUSES[s])
                buf_addf(out, ",status=\"%d\"} %llu\n", STATUSES[s], (unsigned long long)count);
            else
                buf_addf(out, ",status=\"other\"} %llu\n", (unsigned long long)count);
        }
    buf_add_c(out,
              "# HELP rathaus_http_request_seconds Time from the complete header to the answer.\n"
              "# TYPE rathaus_http_request_seconds histogram\n");
    for (size_t i = 0; i < metrics->row_count; i++)
        row_write_times(&metrics->rows[i], out);
}
