/* The disk that is built into the program (see exhibits/). */
#ifndef TUI_EXHIBIT_DISK_H
#define TUI_EXHIBIT_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the disk to a new file in the folder for temporary files and its name to PATH; the caller unlinks it.
 * False: ERROR has one line. */
bool exhibit_disk_write(char *path, size_t path_size, char *error, size_t error_size);

/* The debugger script of exhibit NAME, or NULL. N-th name: exhibit_script_name, NULL past the end. */
const char *exhibit_script(const char *name);
const char *exhibit_script_name(size_t n);

#endif
