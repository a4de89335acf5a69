/* Changes to a few sectors of a disk, all or none.
 *
 *     struct journal *j = journal_open(&disk);
 *     journal_write(j, offset, sectors, bytes);           // kept in memory, seen by journal_read()
 *     if (!journal_commit(j, "c.qcow2" JOURNAL_SUFFIX, error, sizeof error)) ...nothing has changed
 *     journal_close(j);
 *
 * What the sectors held is written to a file beside the image first, so that a crash between the first sector and the
 * last can be undone when the image is next opened: journal_undo(). */
#ifndef TUI_JOURNAL_H
#define TUI_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_SUFFIX ".trowel-journal"

/* All offsets and sizes are whole sectors of 512 bytes. False: an I/O error. */
struct journal_disk {
    bool (*read)(void *ctx, uint64_t offset, void *buffer, size_t bytes);
    bool (*write)(void *ctx, uint64_t offset, const void *data, size_t bytes);
    bool (*flush)(void *ctx);
    void *ctx;
    uint64_t bytes;             /* of the disk */
};

struct journal;

/* DISK is copied. NULL: out of memory. */
struct journal *journal_open(const struct journal_disk *disk);
void journal_close(struct journal *j);

const struct journal_disk *journal_disk(const struct journal *j);

/* The disk as it will be. False: it lies beyond the disk, or cannot be read. */
bool journal_read(struct journal *j, uint64_t offset, void *buffer, size_t bytes);

/* False: it lies beyond the disk, memory is short, or these are too many sectors. */
bool journal_write(struct journal *j, uint64_t offset, const void *data, size_t bytes);

/* Writes all of it in the order in which it came, and flushes. PATH names the file for what was there before, NULL: an
 * error is undone from memory, a crash is not. False: one line in ERROR; the disk is as it was, or, if not even that
 * could be written, the file at PATH is still there. */
bool journal_commit(struct journal *j, const char *path, char *error, size_t error_size);

/* Writes back what the file at PATH says was on DISK, flushes, and removes it. A file that was not finished is removed:
 * nothing had been changed then. JOURNAL_FAILED: one line in ERROR, and the file stays; it is none of ours, or of
 * another disk, or something else has written to this one since. */
enum journal_undone { JOURNAL_NONE, JOURNAL_UNDONE, JOURNAL_FAILED };
enum journal_undone journal_undo(const char *path, const struct journal_disk *disk, char *error, size_t error_size);

#endif
