/* A set of host cluster numbers: which clusters of the file hold metadata, for the overlap checks. */
#ifndef QCOW2_CLUSTER_SET_H
#define QCOW2_CLUSTER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cluster_set {
    uint64_t *slots;    /* open addressing; a slot holds number + 1, or 0 */
    size_t capacity;    /* a power of two, or 0 */
    size_t count;
};

/* 1: added, 0: was there already, -ENOMEM. NUMBER is below 2^63. */
int cluster_set_add(struct cluster_set *set, uint64_t number);
bool cluster_set_has(const struct cluster_set *set, uint64_t number);
void cluster_set_remove(struct cluster_set *set, uint64_t number);
void cluster_set_free(struct cluster_set *set);

#endif
