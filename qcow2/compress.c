/* Compressing clusters: deflate with a window of 12 bits, as QEMU reads no larger ones, at zlib's default level as QEMU
 * does; zstd as one frame.
 *
 * This takes most of the time of making a compressed image, and each cluster stands alone; so a batch of them is
 * divided among a few threads. They live here and nowhere else in this library: a thread sees a compressor of its own
 * and the job that it took, the rest of a team is under its lock, and no image is touched. */
#include "qcow2/compress.h"
#include "qcow2/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { WINDOW_BITS = 12, MEMORY_LEVEL = 9, LEAST_THREADS = 3, MOST_THREADS = 7 };     /* besides the caller's */

/* --- One cluster --- */

struct compressor {
    uint32_t cluster_size;
    z_stream deflate;
    ZSTD_CCtx *zstd;            /* NULL: deflate */
};

struct compressor *compressor_new(const struct qcow2 *q)
{
    bool zstd = q->header.compression == HEADER_ZSTD;
    struct compressor *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->cluster_size = q->cluster_size;
    c->zstd = zstd ? ZSTD_createCCtx() : NULL;
    bool ok = zstd ? c->zstd != NULL
                   : deflateInit2(&c->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL,
                                  Z_DEFAULT_STRATEGY) == Z_OK;
    if (ok)
        return c;
    compressor_free(c);
    return NULL;
}

void compressor_free(struct compressor *c)
{
    if (!c)
        return;
    deflateEnd(&c->deflate);
    ZSTD_freeCCtx(c->zstd);
    free(c);
}

static size_t pack_deflate(struct compressor *c, const uint8_t *cluster, uint8_t *packed)
{
    z_stream *stream = &c->deflate;
    deflateReset(stream);
    stream->next_in = (uint8_t *)cluster;
    stream->avail_in = c->cluster_size;
    stream->next_out = packed;
    stream->avail_out = c->cluster_size - 1;
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? c->cluster_size - 1 - stream->avail_out : 0;
}

static size_t pack_zstd(struct compressor *c, const uint8_t *cluster, uint8_t *packed)
{
    size_t bytes = ZSTD_compress2(c->zstd, packed, c->cluster_size - 1, cluster, c->cluster_size);
    return ZSTD_isError(bytes) ? 0 : bytes;
}

size_t compressor_run(struct compressor *c, const uint8_t *cluster, uint8_t *packed)
{
    return c->zstd ? pack_zstd(c, cluster, packed) : pack_deflate(c, cluster, packed);
}

/* --- Many --- */

struct compress_team {
    pthread_mutex_t lock;
    pthread_cond_t more, done;      /* jobs to take; all are done */
    pthread_t thread[MOST_THREADS];
    struct compressor *compressor[MOST_THREADS + 1];    /* the last one is the caller's */
    unsigned threads, joined;       /* running; that have found their compressor */
    struct compress_job *jobs;
    unsigned count, next, working;  /* jobs; the next one to take; threads that are at one */
    bool end;
};

/* Does jobs until none is left. With the lock held, which is let go while compressing. */
static void work(struct compress_team *team, struct compressor *c)
{
    while (team->next < team->count) {
        struct compress_job *job = &team->jobs[team->next++];
        team->working++;
        pthread_mutex_unlock(&team->lock);
        job->bytes = compressor_run(c, job->data, job->packed);
        pthread_mutex_lock(&team->lock);
        if (--team->working == 0)
            pthread_cond_signal(&team->done);
    }
}

static void *help(void *ctx)
{
    struct compress_team *team = ctx;
    pthread_mutex_lock(&team->lock);
    struct compressor *c = team->compressor[team->joined++];
    while (!team->end) {
        work(team, c);
        pthread_cond_wait(&team->more, &team->lock);
    }
    pthread_mutex_unlock(&team->lock);
    return NULL;
}

struct compress_team *compress_team_new(const struct qcow2 *q)
{
    struct compress_team *team = calloc(1, sizeof *team);
    if (!team)
        return NULL;
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->more, NULL);
    pthread_cond_init(&team->done, NULL);
    team->compressor[MOST_THREADS] = compressor_new(q);
    long others = sysconf(_SC_NPROCESSORS_ONLN) - 1;
    /* More threads than processors cost nothing, and help where other programs compete. Fewer than wanted, or none,
     * only make it slower. */
    unsigned wanted = others < LEAST_THREADS ? LEAST_THREADS : others < MOST_THREADS ? (unsigned)others : MOST_THREADS;
    while (team->threads < wanted && (team->compressor[team->threads] = compressor_new(q)) &&
           pthread_create(&team->thread[team->threads], NULL, help, team) == 0)
        team->threads++;
    if (team->compressor[MOST_THREADS])
        return team;
    compress_team_free(team);
    return NULL;
}

void compress_team_free(struct compress_team *team)
{
    if (!team)
        return;
    pthread_mutex_lock(&team->lock);
    team->end = true;
    pthread_cond_broadcast(&team->more);
    pthread_mutex_unlock(&team->lock);
    for (unsigned i = 0; i < team->threads; i++)
        pthread_join(team->thread[i], NULL);
    for (unsigned i = 0; i <= MOST_THREADS; i++)
        compressor_free(team->compressor[i]);
    pthread_cond_destroy(&team->done);
    pthread_cond_destroy(&team->more);
    pthread_mutex_destroy(&team->lock);
    free(team);
}

void compress_team_run(struct compress_team *team, struct compress_job *jobs, unsigned count)
{
    pthread_mutex_lock(&team->lock);
    team->jobs = jobs;
    team->count = count;
    team->next = 0;
    pthread_cond_broadcast(&team->more);
    work(team, team->compressor[MOST_THREADS]);
    while (team->working)
        pthread_cond_wait(&team->done, &team->lock);
    pthread_mutex_unlock(&team->lock);
}
