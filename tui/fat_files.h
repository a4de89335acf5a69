/* Files on a FAT12 or FAT16 volume: looked up, read, and written through a journal.
 *
 * Names are DOS's: parts of 8.3 characters between backslashes or slashes, in any case, ASCII. The volume is hostile:
 * chains that leave it or form loops are errors. */
#ifndef TUI_FAT_FILES_H
#define TUI_FAT_FILES_H

#include <stdio.h>

#include "tui/fat_volume.h"
#include "tui/journal.h"

struct fat_files;

enum { FAT_NAME = 11 };

/* What a directory entry says. entry: its offset on the disk, 0 for the root directory. */
struct fat_file { uint64_t entry; uint32_t cluster, size; uint8_t attributes; };

/* Opens the volume at PLACE of the journal's disk. The journal must outlive it. NULL: one line in ERROR. */
struct fat_files *fat_files_open(struct journal *journal, const struct fat_place *place, char *error,
                                 size_t error_size);
void fat_files_close(struct fat_files *f);

/* Why the volume should not be written to, because somebody is not done with it: the FATs differ, or it is marked as in
 * use. NULL: nothing speaks against it. */
const char *fat_files_unsettled(const struct fat_files *f);

/* "NAME.EXT" as the 11 bytes of an entry. False: no DOS name. */
bool fat_make_name(const char *text, size_t length, uint8_t name[FAT_NAME]);

/* Is NAME, with or without an extension, that of one of DOS's devices? No file can be opened or deleted by it. */
bool fat_is_device(const uint8_t name[FAT_NAME]);

/* PATH from the root on; "" is the root. False: one line in ERROR. */
bool fat_files_find(struct fat_files *f, const char *path, struct fat_file *file, char *error, size_t error_size);

/* Is there something called NAME in DIRECTORY? */
bool fat_files_lookup(struct fat_files *f, const struct fat_file *directory, const uint8_t *name,
                      struct fat_file *file);

/* Copies the contents to STREAM. False: one line in ERROR. */
bool fat_files_read(struct fat_files *f, const struct fat_file *file, FILE *stream, char *error, size_t error_size);

/* A new file of SIZE bytes from STREAM; DATE and TIME as DOS keeps them. What is called NAME in the directory, a file,
 * is replaced if REPLACE is set. Contents go to free clusters of the disk at once, the rest into the journal: it is for
 * the caller to commit that. False: one line in ERROR; the journal is to be thrown away then. */
struct fat_new { uint8_t name[FAT_NAME]; uint32_t size; uint16_t date, time; FILE *stream; bool replace; };
bool fat_files_create(struct fat_files *f, const struct fat_file *directory, const struct fat_new *file, char *error,
                      size_t error_size);

#endif
