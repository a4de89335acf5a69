/* Inside view of checking: the references counted by a walk over everything that is in use. */
#ifndef QCOW2_CHECK_H
#define QCOW2_CHECK_H

#include "qcow2/store.h"

struct checker {
    struct qcow2 *q;                        /* opened for reading */
    const struct image_check_options *options;
    struct image_check *result;
    uint32_t *counts;                       /* references found, one for each cluster of the file */
    uint64_t clusters;
    bool unaccountable;                     /* references that cannot be counted were found: no repair of leaks */
};

/* Counts all references to host clusters except those of the refcounts themselves. What is wrong is reported. */
int check_count(struct checker *c);

/* Notes a reference to [offset, offset + bytes) of the file by WHAT. */
int check_refer(struct checker *c, uint64_t offset, uint64_t bytes, const char *what);

void check_report(struct checker *c, enum image_check_kind kind, const char *text, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes new refcounts for what was counted and makes COPIED flags agree with them. FILE is the same file, opened for
 * writing. */
int check_rebuild(struct checker *c, struct host_file *file);

#endif
