/* Lazy verification: a sealed image whose leaves are compared with the seal when they are first read. */
#ifndef TUI_VERIFY_H
#define TUI_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qcow2/qcow2.h"

struct verify;

/* Opens the sealed image at PATH, and its manifest; of HOW, only what does not concern writing counts. NULL: it is not
 * sealed, or does not fit its seal; ERROR has one line. */
struct verify *verify_open(const char *path, const struct image_options *how, char *error, size_t error_size);
void verify_close(struct verify *verify);

/* Did somebody open the file for writing since it was sealed? Its contents may still be what they were. */
bool verify_stale(const struct verify *verify);

/* Checks the leaves that hold any of BYTES at OFFSET, in bytes of the disk, unless that was done before. NULL: they are
 * as they were sealed. Else a line, valid until the next call, that names the image, the leaf, and the files in it;
 * *AGAIN: it was returned before. */
const char *verify_range(struct verify *verify, uint64_t offset, uint64_t bytes, bool *again);

#endif
