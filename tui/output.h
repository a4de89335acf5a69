/* Which files may be written by what a person names for output: options, commands, the debugger's dump. */
#ifndef TUI_OUTPUT_H
#define TUI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* May a file be written, or replaced, at PATH? Not a disk or ROM of the session S, also through links; no sealed image;
 * nothing that looks like a disk image; no directory or block device. Writes nothing. False: one line in ERROR, which
 * keeps its end if the path is too long for it. */
bool output_may_write(const struct session *s, const char *path, char *error, size_t error_size);

/* The same for all files that the options of S name, whose disks are open: to be asked before the first is opened. */
bool output_may_write_options(const struct session *s, char *error, size_t error_size);

#endif
