/* The names of drives, wherever one is typed. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "debugger/core.h"

static const char *const drive_names[DRIVES] = { "fd0", "fd1", "hd0", "hd1", "hd2", "hd3" };

static int cd_drive(const struct debugger *d)
{
    struct drive_view view;
    for (unsigned drive = 0; drive < DRIVES; drive++) {
        inspect_drive(d->machine, drive, &view);
        if (view.is_cd)
            return (int)drive;
    }
    return -1;
}

int debugger_drive(const struct debugger *d, const char *word)
{
    static const char letters[] = "abc";
    const char *letter = *word ? strchr(letters, *word | 0x20) : NULL;
    if (letter && (!word[1] || strcmp(word + 1, ":") == 0))
        return (int)(letter - letters);
    for (int drive = 0; drive < DRIVES; drive++)
        if (strcasecmp(word, drive_names[drive]) == 0)
            return drive;
    return strcasecmp(word, "cd") == 0 ? cd_drive(d) : -1;
}
