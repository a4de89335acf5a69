/* Names of the host's files as they are typed at the debugger's prompt. */
#ifndef TUI_HOST_PATH_H
#define TUI_HOST_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* TEXT without the double quotes around it, and with the home directory for a ~ before a slash that no quotes hold,
 * into PATH of SIZE bytes. False: a quote is missing, there is text behind it, or the name is empty or too long. */
bool host_path(const char *text, char *path, size_t size);

#endif
