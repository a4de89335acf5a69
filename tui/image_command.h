/* `trowel image COMMAND`: work on disk images, with the words and letters of qemu-img where they mean the same. */
#ifndef TUI_IMAGE_COMMAND_H
#define TUI_IMAGE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qcow2/qcow2.h"

/* What the command line says, for all commands. */
struct image_arguments {
    enum image_format format, output_format, backing_format;
    const char *backing;            /* -b; NULL: not given */
    const char *data_file;          /* --data-file, of the first of words; NULL */
    const char *options;            /* -o NAME=VALUE,...; NULL */
    char action;                    /* snapshot: 'l', 'c', 'a' or 'd' */
    const char *name;               /* of the snapshot; convert: -l */
    unsigned floppy;                /* create: --floppy, in KB; 0 */
    bool never_sync;                /* convert: -t unsafe */
    enum image_repair repair;
    bool compress, zstd, progress, quiet, json, shrink, unsafe, strict, share, keep, chain, allow_backing, remove;
    char **words;                   /* files, and a size */
    int count;
};

/* One row of the table in image_main.c. run returns the program's exit code. */
struct image_command {
    const char *name;
    int (*run)(const struct image_arguments *a);
    const char *letters;            /* the options it takes, by their short letters in image_main.c */
    int least, most;                /* words */
    const char *usage, *help;
};

int image_info(const struct image_arguments *a);        /* image_report.c */
int image_map_command(const struct image_arguments *a);
int image_check_command(const struct image_arguments *a);
int image_create_command(const struct image_arguments *a);      /* image_change.c */
int image_create_floppy(const struct image_arguments *a);       /* image_floppy.c */
int image_resize_command(const struct image_arguments *a);
int image_snapshot_command(const struct image_arguments *a);
int image_convert(const struct image_arguments *a);     /* image_copy.c */
int image_compare_command(const struct image_arguments *a);
int image_commit_command(const struct image_arguments *a);
int image_rebase(const struct image_arguments *a);
int image_diff(const struct image_arguments *a);        /* image_diff.c */
int image_seal_command(const struct image_arguments *a);        /* image_seal.c */
int image_verify(const struct image_arguments *a);

/* --- Shared by them (image_main.c) --- */

/* Prints "trowel image: TEXT" on stderr and returns 1. */
int image_complain(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* The options for a new qcow2 image. False: something is wrong with them, which was complained about.
 * (image_change.c) */
bool image_create_options_of(const struct image_arguments *a, struct image_create_options *o);

/* The snapshots of IMAGE as qemu-img shows them, a new reference. (image_report.c) */
struct json_t *image_snapshots_json(struct image *image);

/* Is there a manifest beside PATH? Then the file is sealed, whatever its format, and not written to (image_seal.c). */
bool image_has_manifest(const char *path);

/* Reads the manifest of the image at PATH. 0: done, freed by image_seal_free; 1: none; -1: ERROR has one line. */
int image_manifest_read(const char *path, struct image_seal *seal, char *error, size_t error_size);

/* Opens PATH with what A says about policy and locks; complains and returns NULL if that fails. */
struct image *image_must_open(const struct image_arguments *a, const char *path, const struct image_options *how);

/* Closes IMAGE; if CODE tells of a failure, complains with its last error. Returns the exit code. */
int image_finish(struct image *image, int code);

/* Parses "64k", "10M", "512". False: no size. */
bool image_parse_size(const char *text, uint64_t *bytes);

/* Progress on stderr if A asks for it; Ctrl-C stops the work. */
struct image_progress image_progress_of(const struct image_arguments *a);

const char *image_format_name(enum image_format format);

/* Copies TEXT to OUT with what a terminal must not see shown as '?': control characters, and what is no UTF-8. */
const char *image_printable(const char *text, char *out, size_t size);

/* "1.5 GiB". */
const char *image_size_text(uint64_t bytes, char text[24]);

/* The entry point: ARGV[0] is "image". */
int image_main(int argc, char **argv);

#endif
