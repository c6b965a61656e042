/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/effect_queue.h"

#include "core/log.h"
#include "core/work/slow.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    LOCAL_THREADS = 4,  /* letters: the processor bounds them */
    REMOTE_THREADS = 8, /* mails: they wait for others */
    REMOTE_PER_LANE = 4,
    BATCH = 64,       /* fetched at a time */
    REFILL = 16,      /* fewer than these untaken: fetch more */
    FAILURES_MAX = 8, /* in a row, without a success: the other side is away */
    PAUSE_FIRST_MS = 2000,
    PAUSE_LAST_MS = 60 * 1000,
    SLOW_PER_LANE = 2,
    SLOW_IN_ALL = 4,
};

typedef enum ItemState {
    ITEM_DUE,
    ITEM_TAKEN,
    ITEM_OVER, /* tried, or given back */
    ITEM_GONE, /* over before the table was asked again: what it says counts */
} ItemState;

typedef struct Item {
    const DueEffect *due;
    const EffectKind *kind; /* NULL: unknown; running it says so */
    ItemState state;
} Item;

typedef struct Batch Batch;
struct Batch { /* what one look found */
    Batch *next;
    Tenant *tenant; /* held until the batch is over */
    Arena *arena;
    Item *items;
    size_t count, untaken, unfinished;
};

typedef struct Pause { /* how the other side of a kind does */
    const EffectKind *kind;
    int failures;  /* in a row */
    int64_t until; /* process clock */
    int running;
} Pause;

typedef struct Lane { /* a tenant's effects of one sort */
    Str tenant;
    bool remote;
    Batch *batches;
    Pause pauses[PAUSED_KINDS_MAX];
    bool more; /* the last look found as many as it may */
    SlowOnes slow;
    bool slow_known; /* from before the start, too */
    int slow_running;
} Lane;

typedef struct Pool {
    EffectQueue *queue;
    bool remote;
    size_t turn; /* the lane that comes first */
} Pool;

struct EffectQueue {
    App *app;
    EffectLook *look;
    void *context;
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    Lane **lanes;
    size_t lane_count, lane_capacity;
    Pool local, remote;
    int slow_running; /* of all lanes */
    pthread_t threads[LOCAL_THREADS + REMOTE_THREADS];
    int thread_count;
};

static Lane *lane_of(EffectQueue *queue, Str tenant, bool remote)
{
    for (size_t i = 0; i < queue->lane_count; i++)
        if (queue->lanes[i]->remote == remote && str_eq(queue->lanes[i]->tenant, tenant))
            return queue->lanes[i];
    if (queue->lane_count == queue->lane_capacity) {
        queue->lane_capacity = queue->lane_capacity ? queue->lane_capacity * 2 : 16;
        queue->lanes = realloc(queue->lanes, queue->lane_capacity * sizeof *queue->lanes);
        assert(queue->lanes);
    }
    Lane *lane = arena_new(queue->arena, Lane);
    lane->tenant = str_copy(queue->arena, tenant);
    lane->remote = remote;
    queue->lanes[queue->lane_count++] = lane;
    return lane;
}

/* The book kept on a remote kind; NULL when the book is full, and the kind runs unwatched. */
static Pause *pause_of(Lane *lane, const EffectKind *kind)
{
    for (size_t i = 0; lane->remote && kind && i < PAUSED_KINDS_MAX; i++) {
        if (!lane->pauses[i].kind)
            lane->pauses[i].kind = kind;
        if (lane->pauses[i].kind == kind)
            return &lane->pauses[i];
    }
    return NULL;
}

static bool is_slow(const Lane *lane, const Item *item)
{
    return lane->remote && slow_is(&lane->slow, item->due->subject);
}

static void count_slow(EffectQueue *queue, Lane *lane, int by)
{
    lane->slow_running += by;
    queue->slow_running += by;
}

static bool may_run(const EffectQueue *queue, Lane *lane, const Item *item, int64_t now)
{
    const Pause *pause = pause_of(lane, item->kind);

    if (!pause)
        return true;
    if (is_slow(lane, item) &&
        (lane->slow_running >= SLOW_PER_LANE || queue->slow_running >= SLOW_IN_ALL))
        return false;
    if (pause->failures >= FAILURES_MAX) /* one finds out whether it is back */
        return pause->running == 0 && pause->until <= now;
    return pause->running < REMOTE_PER_LANE;
}

static Item *take_from(const EffectQueue *queue, Lane *lane, int64_t now, Batch **batch)
{
    for (*batch = lane->batches; *batch; *batch = (*batch)->next) {
        for (size_t i = 0; (*batch)->untaken > 0 && i < (*batch)->count; i++) {
            Item *item = &(*batch)->items[i];
            if (item->state == ITEM_DUE && may_run(queue, lane, item, now))
                return item;
        }
    }
    return NULL;
}

/* The next effect for a thread of this pool, or NULL. The lock is held. */
static Item *take(Pool *pool, Lane **lane, Batch **batch)
{
    EffectQueue *queue = pool->queue;
    int64_t now = work_process_clock();

    for (size_t i = 0; i < queue->lane_count; i++) {
        *lane = queue->lanes[(pool->turn + i) % queue->lane_count];
        Item *item = (*lane)->remote == pool->remote ? take_from(queue, *lane, now, batch) : NULL;
        if (!item)
            continue;
        pool->turn += i + 1;
        item->state = ITEM_TAKEN;
        (*batch)->untaken--;
        return item;
    }
    return NULL;
}

static void finish(Batch *batch, Item *item)
{
    if (item->state == ITEM_DUE)
        batch->untaken--;
    item->state = ITEM_OVER;
    batch->unfinished--;
}

/* What is due of a kind whose other side is away goes back to the table. */
static void drop(Lane *lane, const EffectKind *kind)
{
    for (Batch *batch = lane->batches; batch; batch = batch->next)
        for (size_t i = 0; i < batch->count; i++)
            if (batch->items[i].state == ITEM_DUE && batch->items[i].kind == kind)
                finish(batch, &batch->items[i]);
}

static void note(Lane *lane, const EffectKind *kind, EffectResult result)
{
    Pause *pause = pause_of(lane, kind);
    int64_t wait = PAUSE_FIRST_MS;

    if (!pause)
        return;
    pause->running--;
    if (result != EFFECT_AGAIN) {
        pause->failures = 0;
        return;
    }
    int64_t now = work_process_clock();
    if (pause->until > now) /* under way when the pause began: says nothing new */
        return;
    if (++pause->failures < FAILURES_MAX)
        return;
    for (int i = FAILURES_MAX; i < pause->failures && wait < PAUSE_LAST_MS; i++)
        wait *= 2;
    pause->until = now + (wait < PAUSE_LAST_MS ? wait : PAUSE_LAST_MS);
    drop(lane, kind);
}

static bool wants_more(const Lane *lane)
{
    size_t untaken = 0, unfinished = 0;

    for (const Batch *batch = lane->batches; batch; batch = batch->next) {
        untaken += batch->untaken;
        unfinished += batch->unfinished;
    }
    return unfinished == 0 || (lane->more && untaken < REFILL);
}

static EffectResult run_item(const Batch *batch, const Item *item)
{
    Err err = {0};
    EffectResult result = EFFECT_AGAIN;

    if (!effect_run(batch->tenant, item->due, &result, &err))
        log_line(LOG_ERROR, "effect %lld of %.*s is not recorded: %s", (long long)item->due->id,
                 STR_ARG(batch->tenant->name), err.message);
    return result;
}

/* The lock is held, but not while it writes. */
static void note_slow(EffectQueue *queue, Lane *lane, const Batch *batch, const Item *item,
                      int64_t ms)
{
    Str subject = item->due->subject;
    Err err = {0};

    if (str_empty(subject) || !slow_note(&lane->slow, subject, ms))
        return;
    pthread_mutex_unlock(&queue->lock);
    if (!slow_keep(batch->tenant, subject, ms >= SLOW_MS, &err))
        log_line(LOG_WARNING, "who answers slowly is not kept for %.*s: %s",
                 STR_ARG(batch->tenant->name), err.message);
    pthread_mutex_lock(&queue->lock);
}

/* These threads live as long as the queue: fonts and dictionaries of letters are kept per
 * thread. */
static void *work(void *argument)
{
    Pool *pool = argument;
    EffectQueue *queue = pool->queue;

    pthread_setname_np(pthread_self(), pool->remote ? "effects-remote" : "effects");
    work_be_nice();
    pthread_mutex_lock(&queue->lock);
    while (!queue->stopping) {
        Lane *lane;
        Batch *batch;
        Item *item = take(pool, &lane, &batch);
        if (!item) {
            pthread_cond_wait(&queue->changed, &queue->lock);
            continue;
        }
        Pause *pause = pause_of(lane, item->kind);
        int slow = is_slow(lane, item);
        int64_t began = work_process_clock();
        if (pause)
            pause->running++;
        count_slow(queue, lane, slow);
        pthread_mutex_unlock(&queue->lock);
        EffectResult result = run_item(batch, item);
        pthread_mutex_lock(&queue->lock);
        count_slow(queue, lane, -slow);
        if (pause) {
            note(lane, item->kind, result);
            note_slow(queue, lane, batch, item, work_process_clock() - began);
            pthread_cond_broadcast(&queue->changed); /* a place in the lane is free */
        }
        finish(batch, item);
        if (wants_more(lane)) {
            pthread_mutex_unlock(&queue->lock);
            queue->look(queue->context, lane->tenant);
            pthread_mutex_lock(&queue->lock);
        }
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

/* --- Filling a lane ------------------------------------------------------------------------ */

static bool is_in(const Lane *lane, int64_t id)
{
    for (const Batch *batch = lane->batches; batch; batch = batch->next)
        for (size_t i = 0; i < batch->count; i++)
            if (batch->items[i].state != ITEM_GONE && batch->items[i].due->id == id)
                return true;
    return false;
}

/* Batches are freed here only: what a look finds is compared with what ran during it. */
static void free_batches(EffectQueue *queue, Lane *lane, bool all)
{
    Batch **link = &lane->batches;

    while (*link) {
        Batch *batch = *link;
        if (batch->unfinished && !all) {
            link = &batch->next;
            continue;
        }
        *link = batch->next;
        pthread_mutex_unlock(&queue->lock);
        tenant_release(batch->tenant);
        arena_destroy(batch->arena);
        pthread_mutex_lock(&queue->lock);
        link = &lane->batches;
    }
}

/* How many effects are in hand, beside those that are over. */
static size_t forget_over(Lane *lane)
{
    size_t in_hand = 0;

    for (Batch *batch = lane->batches; batch; batch = batch->next) {
        for (size_t i = 0; i < batch->count; i++)
            if (batch->items[i].state == ITEM_OVER)
                batch->items[i].state = ITEM_GONE;
        in_hand += batch->unfinished;
    }
    return in_hand;
}

/* Kinds whose pause lasts. */
static size_t paused_kinds(const Lane *lane, Str paused[static PAUSED_KINDS_MAX])
{
    int64_t now = work_process_clock();
    size_t count = 0;

    for (size_t i = 0; i < PAUSED_KINDS_MAX && lane->pauses[i].kind; i++)
        if (lane->pauses[i].failures >= FAILURES_MAX &&
            (lane->pauses[i].until > now || lane->pauses[i].running > 0))
            paused[count++] = str_c(lane->pauses[i].kind->name);
    return count;
}

static void append(EffectQueue *queue, Lane *lane, Batch *batch, const DueEffect *due, size_t count)
{
    Batch **end = &lane->batches;

    batch->items = arena_array(batch->arena, Item, count);
    for (size_t i = 0; i < count && batch->count < BATCH; i++)
        if (!is_in(lane, due[i].id))
            batch->items[batch->count++] =
                (Item){.due = &due[i], .kind = work_effect_kind(queue->app, due[i].kind)};
    batch->untaken = batch->unfinished = batch->count;
    while (*end)
        end = &(*end)->next;
    *end = batch;
    pthread_cond_broadcast(&queue->changed);
}

/* What was known of the lane before the start. */
static bool load_slow(EffectQueue *queue, Lane *lane, const Batch *batch, Err *err)
{
    Str *subjects;
    size_t count;

    if (!lane->remote || lane->slow_known)
        return true;
    if (!slow_load(batch->tenant, batch->arena, &subjects, &count, err))
        return false;
    pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < count; i++)
        slow_note(&lane->slow, subjects[i], SLOW_MS);
    lane->slow_known = true;
    pthread_mutex_unlock(&queue->lock);
    return true;
}

static bool fill_lane(EffectQueue *queue, Str tenant, bool remote, Err *err)
{
    Str paused[PAUSED_KINDS_MAX];
    size_t in_hand = 0, count = 0;
    DueEffect *due = NULL;

    pthread_mutex_lock(&queue->lock);
    Lane *lane = lane_of(queue, tenant, remote);
    bool wanted = !lane->more || wants_more(lane);
    size_t paused_count = paused_kinds(lane, paused);
    if (wanted)
        in_hand = forget_over(lane);
    pthread_mutex_unlock(&queue->lock);
    if (!wanted)
        return true;

    EffectFilter filter = {.remote = remote,
                           .limit = (int)in_hand + BATCH,
                           .without = paused,
                           .without_count = paused_count};
    Arena *arena = arena_create(0);
    Batch *batch = arena_new(arena, Batch);
    batch->arena = arena;
    batch->tenant = tenant_acquire(queue->app, tenant, err);
    bool ok = batch->tenant && load_slow(queue, lane, batch, err) &&
              effects_due(batch->tenant, arena, &filter, &due, &count, err);
    pthread_mutex_lock(&queue->lock);
    lane->more = ok && count == (size_t)filter.limit;
    if (ok)
        append(queue, lane, batch, due, count);
    free_batches(queue, lane, false);
    pthread_mutex_unlock(&queue->lock);
    if (!ok) {
        if (batch->tenant)
            tenant_release(batch->tenant);
        arena_destroy(arena);
    }
    return ok;
}

bool effect_queue_fill(EffectQueue *queue, Str tenant, Err *err)
{
    return fill_lane(queue, tenant, false, err) && fill_lane(queue, tenant, true, err);
}

/* --- Start and stop ------------------------------------------------------------------------ */

EffectQueue *effect_queue_start(App *app, EffectLook *look, void *context, Err *err)
{
    EffectQueue *queue = calloc(1, sizeof *queue);
    bool ok = true;

    assert(queue);
    *queue = (EffectQueue){.app = app, .look = look, .context = context};
    queue->local = (Pool){.queue = queue};
    queue->remote = (Pool){.queue = queue, .remote = true};
    queue->arena = arena_create(0);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    while (ok && queue->thread_count < LOCAL_THREADS + REMOTE_THREADS) {
        Pool *pool = queue->thread_count < LOCAL_THREADS ? &queue->local : &queue->remote;
        ok = pthread_create(&queue->threads[queue->thread_count], NULL, work, pool) == 0;
        queue->thread_count += ok;
    }
    if (ok)
        return queue;
    effect_queue_stop(queue);
    err_set(err, ERR_TEMPORARY,
            "cannot start the background threads: raise the limit of threads (ulimit -u, "
            "TasksMax)");
    return NULL;
}

void effect_queue_stop(EffectQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    for (int i = 0; i < queue->thread_count; i++)
        pthread_join(queue->threads[i], NULL);
    pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < queue->lane_count; i++)
        free_batches(queue, queue->lanes[i], true);
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    free(queue->lanes);
    arena_destroy(queue->arena);
    free(queue);
}
