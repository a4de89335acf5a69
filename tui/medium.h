/* What an image's size and contents say against its being the disk that it is used as. */
#ifndef TUI_MEDIUM_H
#define TUI_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/emu.h"

struct image;
struct session;

/* Of a disk in DRIVE: the sectors that the guest sees. What lies behind the end of a floppy is not among them. */
uint64_t medium_sectors(struct image *image, unsigned drive, bool is_cd);

/* The floppy's geometry where only its boot sector knows it: a dump broke off. Else all zero: the machine decides. */
struct geometry medium_geometry(struct image *image, unsigned drive);

/* Has it the size of a floppy, but for something behind its end? */
bool medium_is_floppy(struct image *image);

/* ISO 9660? */
bool medium_is_iso(struct image *image);

/* A disk in DRIVE that was cut short, has something behind its end, or is no CD in a CD-ROM drive: true, and one line
 * in TEXT with both sizes. The machine is built and has the disk. */
bool medium_is_odd(struct session *s, unsigned drive, char *text, size_t size);

#endif
