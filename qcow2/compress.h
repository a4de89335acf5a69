/* Compressing clusters: one at a time, or many at once on a few threads. Inside qcow2/ only. */
#ifndef QCOW2_COMPRESS_H
#define QCOW2_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

struct qcow2;

/* Room behind a compressed cluster: up to the end of its last sector. */
enum { COMPRESSED_PADDING = 512 };

/* ---- one ---- */

/* For clusters of Q's size and compression; NULL: out of memory. It does not refer to Q. */
struct compressor *compressor_new(const struct qcow2 *q);
void compressor_free(struct compressor *c);

/* Compresses the whole CLUSTER into PACKED, which has room for a cluster. Returns the bytes of the result, which depend
 * on nothing but the contents; 0 if it is not smaller than the cluster. */
size_t compressor_run(struct compressor *c, const uint8_t *cluster, uint8_t *packed);

/* ---- many ---- */

/* One cluster of a batch: DATA in, PACKED and BYTES out, as compressor_run has them. Room for COMPRESSED_PADDING is in
 * PACKED. */
struct compress_job { const uint8_t *data; uint8_t *packed; size_t bytes; };

/* The caller and some threads that help it. NULL: out of memory. */
struct compress_team *compress_team_new(const struct qcow2 *q);
void compress_team_free(struct compress_team *team);

/* Does all COUNT jobs and returns when they are done. How they are divided changes nothing in the results. */
void compress_team_run(struct compress_team *team, struct compress_job *jobs, unsigned count);

#endif
