/* Files that commands write: whole, or as if the command had not been given. tui/output.h says which are allowed. */
#ifndef TUI_OUTPUT_FILE_H
#define TUI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum {
    OUTPUT_NEW = 0,         /* nothing of this name may be there */
    OUTPUT_REPLACE = 1,     /* a file that is there is replaced once the new one is whole, and keeps its mode */
    OUTPUT_APPEND = 2,      /* writes behind its end, if there is one */
    OUTPUT_SPECIAL = 4      /* besides: may be a pipe that somebody reads, or a character device */
};

struct output_file {
    FILE *stream;           /* to be written to; NULL: not open */
    char *path;             /* the file itself, not a link to it */
    char *unfinished;       /* what is to get this name; NULL: written in place */
    bool is_new;            /* there was none of this name */
    off_t end;              /* of what was there and is written behind; else -1 */
};

/* Opens PATH as HOW (OUTPUT_*) says; waits for nobody. False: one line in ERROR that begins with PATH, and nothing is
 * open. After true output_file_end has to be called, once. */
bool output_file_begin(struct output_file *f, const char *path, unsigned how, char *error, size_t error_size);

/* Closes it. COMPLETE: all was written, and it gets its name; otherwise, or if that fails, what was there stays as it
 * was (but for a pipe or device). False: one line in ERROR; if it was not COMPLETE, only because a file that was
 * appended to could not be cut back. */
bool output_file_end(struct output_file *f, bool complete, char *error, size_t error_size);

/* Opens PATH, emptied or made, for bytes that come little by little, and does not wait for the reader of a pipe.
 * Returns a descriptor, or -1 with one line in ERROR. */
int output_stream(const char *path, char *error, size_t error_size);

#endif
