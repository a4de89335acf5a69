/* `screenshot FILE.png`: what the monitor shows, as a file. */
#ifndef TUI_SCREENSHOT_H
#define TUI_SCREENSHOT_H

#include <stddef.h>

struct machine;

/* Writes the picture to PATH as a PNG, text modes drawn with their fonts; an existing file is replaced only
 * once the new one is whole. 0, or -1 with one line in ERROR. */
int screenshot_write(const struct machine *m, const char *path, char *error, size_t error_size);

#endif
