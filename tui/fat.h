/* What lies where on a FAT12 or FAT16 volume: read-only, for telling people which file a sector belongs to. */
#ifndef TUI_FAT_H
#define TUI_FAT_H

#include "tui/fat_volume.h"

struct fat;

/* Understands the volumes of a disk: a floppy's one, or those of the partition table, logical ones included. Damaged
 * volumes are understood as far as they make sense. NULL: out of memory. */
struct fat *fat_open(const struct fat_disk *disk);
void fat_close(struct fat *fat);

/* What the 512-byte sector at OFFSET is part of, in words: "partition 1: \DOS\COMMAND.COM", "partition table", "boot
 * sector", "FAT 1", "root directory", "directory \DOS", "free", "unknown". Valid until fat_close. *BYTES is how far
 * from OFFSET on the same holds. */
const char *fat_owner(const struct fat *fat, uint64_t offset, uint64_t *bytes);

/* All that [offset, offset + bytes) is known to be part of, each once, into NAMES, up to MOST of them. Returns how
 * many, or MOST + 1 if there are more. */
unsigned fat_owners(const struct fat *fat, uint64_t offset, uint64_t bytes, const char **names, unsigned most);

#endif
