/* What an image's size and contents say against its being the disk that it is used as. */
#ifndef TUI_MEDIUM_H
#define TUI_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>

struct image;
struct session;

/* ISO 9660? */
bool medium_is_iso(struct image *image);

/* A disk in DRIVE that was cut short, has something behind its end, or is no CD in a CD-ROM drive: true, and one line
 * in TEXT with both sizes. The machine is built and has the disk. */
bool medium_is_odd(struct session *s, unsigned drive, char *text, size_t size);

#endif
