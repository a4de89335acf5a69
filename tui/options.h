/* The command line: one table of options, from which parsing and --help follow (options.c). */
#ifndef TUI_OPTIONS_H
#define TUI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/emu.h"
#include "qcow2/qcow2.h"

enum { MAX_SCRIPTS = 1024, MAX_SETTINGS = 64, SETTING_NAME_BYTES = 32, PATH_BYTES = 1024 };

struct options {
    const char *disk[DRIVES];           /* image files by drive; NULL: none */
    bool cdrom[DRIVES];                 /* a CD-ROM drive stands here, with disk[] in it, or none */
    const char *cdrom_file;             /* --cdrom, as given */
    const char *image;                  /* the one named without an option: floppy, hard disk or CD by its looks */
    const char *overlay;                /* --overlay */
    bool write_in_place;                /* --write */
    bool allow_outside_backing;         /* --allow-backing */
    bool verify;                        /* --verify */
    const char *data_file;              /* --data-file, of the image that needs one; NULL */
    enum image_format format;           /* of all images */
    struct geometry geometry;           /* of hd0 */
    struct machine_config machine;      /* profile, settings, timing, ram, date, debug exit port; boot "": not given */
    struct machine_setting setting[MAX_SETTINGS];   /* the machine's */
    char setting_name[MAX_SETTINGS][SETTING_NAME_BYTES];
    uint64_t given;                     /* bit N: the table's N-th option */
    bool list_boards, list_parameters;  /* --machine help, --set help */
    const char *bios, *vgabios;
    struct { char path[PATH_BYTES]; uint32_t address; } option_rom[OPTION_ROMS];    /* address 0: the next free one */
    unsigned option_roms;
    const char *serial[SERIAL_PORTS];   /* "file:PATH", "pty", "stdio" */
    const char *parallel[PARALLEL_PORTS];   /* "file:PATH" */
    const char *debugcon;               /* PATH or "-" */
    const char *wavcapture;             /* PATH */
    bool batch;
    unsigned speed_percent;             /* of real time; 0: as fast as possible */
    bool speed_given;
    struct { const char *text; bool is_file; } script[MAX_SCRIPTS];   /* -x and -ex in the order given */
    size_t scripts;
};

enum options_result { OPTIONS_RUN, OPTIONS_SHOWN /* --help, --version and the like */, OPTIONS_WRONG };

/* Fills *OPTIONS from the command line; strings point into ARGV, and the machine's settings into *OPTIONS, which must
 * not move. On OPTIONS_WRONG, ERROR says in one line what is wrong and where. OPTIONS_SHOWN: what was asked for has
 * been printed to stdout. */
enum options_result options_parse(struct options *options, int argc, char **argv, char *error, size_t error_size);

/* "real", "max" or "N%": percent of real time, 0 for max. False if malformed. */
bool options_speed(const char *text, unsigned *percent);

#endif
