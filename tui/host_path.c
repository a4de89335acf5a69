/* What a shell would have done to a name, as far as it is wanted here. Left out: ~USER, variables, wildcards, \. */
#include "tui/host_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool host_path(const char *text, char *path, size_t size)
{
    const char *home = getenv("HOME");
    size_t length = strlen(text);
    int needed;

    if (*text == '"') {
        if (length < 3 || strchr(text + 1, '"') != text + length - 1)
            return false;
        needed = snprintf(path, size, "%.*s", (int)(length - 2), text + 1);
    } else {
        bool at_home = text[0] == '~' && (!text[1] || text[1] == '/') && home && *home;
        needed = snprintf(path, size, "%s%s", at_home ? home : "", text + at_home);
    }
    return needed > 0 && (size_t)needed < size;
}
