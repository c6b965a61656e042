/* SPDX-License-Identifier: EUPL-1.2 */
/* What the operator's tools ask: does it live, does it serve, how is it doing. */
#include "core/http/exchange.h"
#include "core/store/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static bool healthz(Request *req, Response *res, Err *err)
{
    (void)req;
    (void)err;
    res->type = STR("text/plain; charset=utf-8");
    res->body = STR("ok\n");
    return true;
}

/* Can a byte be written in the data folder? */
static bool data_writable(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno == EOPNOTSUPP && access(folder, W_OK) == 0;
    bool written = write(fd, "x", 1) == 1;
    close(fd);
    return written;
}

static bool readyz(Request *req, Response *res, Err *err)
{
    bool stopping = atomic_load(&request_exchange(req)->http->stopping);

    (void)err;
    res->type = STR("text/plain; charset=utf-8");
    res->body = STR("ready\n");
    if (stopping)
        res->body = STR("stopping\n");
    else if (!data_writable(app_options(req->app)->data_dir))
        res->body = STR("the data folder cannot be written\n");
    else
        return true;
    res->status = 503;
    return true;
}

static bool loopback(Str address)
{
    return str_starts_with(address, "127.") || str_is(address, "::1") ||
           str_starts_with(address, "::ffff:127.");
}

typedef struct Totals {
    int tenants;
    DbStats db;
    int64_t waiting, planned, failed; /* effects */
} Totals;

static void tenant_add(Tenant *tenant, void *context)
{
    Totals *totals = context;
    DbStats stats = db_stats(tenant->db);
    EffectCounts effects;
    Err err = {0};
    Tx *tx = db_read(tenant->db, &err);

    totals->tenants++;
    totals->db.commits += stats.commits;
    totals->db.writes += stats.writes;
    totals->db.failed_writes += stats.failed_writes;
    totals->db.reads += stats.reads;
    if (!tx)
        return;
    if (effect_counts(tx, &effects, &err)) {
        totals->waiting += effects.waiting;
        totals->planned += effects.planned;
        totals->failed += effects.failed;
    }
    tx_end(tx);
}

static void metric(Buf *out, const char *name, const char *kind, const char *help, uint64_t value)
{
    buf_addf(out, "# HELP rathaus_%s %s\n# TYPE rathaus_%s %s\nrathaus_%s %llu\n", name, help, name,
             kind, name, (unsigned long long)value);
}

static void totals_write(App *app, Buf *out)
{
    Totals totals = {0};

    app_each_open(app, tenant_add, &totals);
    metric(out, "tenants_open", "gauge", "Open tenants.", (uint64_t)totals.tenants);
    metric(out, "db_commits_total", "counter", "Commits of open tenants.", totals.db.commits);
    metric(out, "db_writes_total", "counter", "Writes, many to a commit.", totals.db.writes);
    metric(out, "db_writes_failed_total", "counter", "Writes that were undone.",
           totals.db.failed_writes);
    metric(out, "db_reads_total", "counter", "Read transactions.", totals.db.reads);
    ShelfStats kept = shelf_stats();
    metric(out, "kept_found_total", "counter", "Parts of pages found in memory.", kept.found);
    metric(out, "kept_missed_total", "counter", "Parts of pages that were made anew.", kept.missed);
    metric(out, "kept_bytes", "gauge", "Memory of kept parts of pages.", kept.bytes);
    metric(out, "effects_outstanding", "gauge", "Effects that wait.", (uint64_t)totals.waiting);
    metric(out, "effects_planned", "gauge", "Effects planned for a time to come.",
           (uint64_t)totals.planned);
    metric(out, "effects_failed", "gauge", "Effects that failed for good.",
           (uint64_t)totals.failed);
}

static bool metrics(Request *req, Response *res, Err *err)
{
    Exchange *x = request_exchange(req);
    Buf out = buf_in(req->arena);

    if (!loopback(req->address) && !x->http->options.metrics_public)
        return err_set(err, ERR_FORBIDDEN, "/metrics is for this machine: see --metrics-public");
    metrics_write(x->http->metrics, &out);
    metric(&out, "http_in_flight", "gauge", "Requests under way.",
           (uint64_t)atomic_load(&x->http->in_flight));
    totals_write(req->app, &out);
    size_t count;
    const Engine *const *engines = app_engines(req->app, &count);
    for (size_t i = 0; i < count; i++)
        if (engines[i]->metrics)
            engines[i]->metrics(&out);
    res->type = STR("text/plain; version=0.0.4; charset=utf-8");
    res->body = buf_str(&out);
    return true;
}

const Route SERVER_ROUTES[] = {
    {"GET", "/healthz", healthz, ACCESS_GLOBAL, NULL, ROUTE_FAST},
    {"GET", "/readyz", readyz, ACCESS_GLOBAL, NULL, 0},
    {"GET", "/metrics", metrics, ACCESS_GLOBAL, NULL, 0},
    {0},
};
