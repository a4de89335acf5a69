/* Files compressed with gzip as layer 0 of an image. */
#ifndef QCOW2_GZIP_H
#define QCOW2_GZIP_H

#include "qcow2/layer.h"

/* As large as a disk may be that is kept in a gzip file: the largest that DOS and FAT16 can use. */
#define GZIP_MOST_BYTES (UINT64_C(2) << 30)

/* Does FILE start like a gzip file? 0, or a negative errno value. */
int gzip_magic(const struct host_file *file, bool *found);

/* Puts what LAYER's file holds, unpacked, in its place; the file itself stays open as layer->packed. */
int gzip_unpack(struct layer *layer, const char *folder);

#endif
