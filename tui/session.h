/* One machine with its disks, ports, debugger and keyboard, as the command line describes it. Both faces of the
 * program, the terminal and batch mode, drive it slice by slice; nothing here knows a screen. */
#ifndef TUI_SESSION_H
#define TUI_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "debugger/debugger.h"
#include "emu/emu.h"
#include "qcow2/qcow2.h"
#include "tui/mouse.h"
#include "tui/options.h"
#include "tui/output_file.h"
#include "tui/pace.h"
#include "tui/ports.h"
#include "tui/sound.h"
#include "tui/typing.h"

struct session;

/* A drive's image, joined to the machine's disk callbacks and to the probe stream. */
struct session_disk {
    struct session *session;
    unsigned drive;
    struct image *image;        /* NULL: no image */
    struct verify *verify;      /* --verify: what is read of the sealed image is checked first; or NULL */
    bool protect;               /* write-protected */
    bool is_cd;                 /* stands in a CD-ROM drive */
    bool kept;                  /* what is written stays: in place or in a named overlay */
    char path[1024];
    unsigned errors;            /* reported so far */
    bool touched, written;      /* the guest has read or written it; written it, */
    uint64_t last_use, last_write;      /* last at this tick */
    bool changed;               /* written to since it was put in, by the guest or copy-in */
};

/* How the face of the program takes part. All may be NULL but put. */
struct session_face {
    void (*put)(void *ctx, const char *text);               /* debugger output, port E9h with --debugcon - */
    bool (*confirm)(void *ctx, const char *question);
    void (*breathe)(void *ctx);                 /* called between slices of a long command: redraw, read keys */
    const struct debugger_command *commands;    /* more commands (layout, focus ...); their ctx is the session */
    size_t command_count;
    void *ctx;
};

enum { SESSION_ERROR_SIZE = 640, SESSION_COMMANDS = 48,
       SESSION_REST_MS = 2000 };    /* after these a drive is not taken to be at work */

struct session {
    const struct options *options;
    struct session_face face;
    struct machine *machine;
    struct debugger *debugger;
    struct session_disk disk[DRIVES];
    bool not_as_sealed;         /* --verify has found what is not as it was sealed */
    bool boots_cd;              /* the disk named is a CD */
    bool exhibits;              /* no disk was named: the built-in one runs */
    struct ports ports;
    struct typing typing;
    unsigned mouse_buttons;     /* held on the guest's mouse, BUTTON_* */
    struct mouse_walk walk;     /* what the terminal's mouse has still to do on it */
    struct pace pace;
    struct sound sound;         /* wavcapture */
    struct output_file output;  /* what the debugger dumps to */
    uint64_t next_flush;                                    /* tick */
    struct debugger_command command[SESSION_COMMANDS];      /* own and the face's */
    uint8_t *bios, *vgabios, *option_rom[OPTION_ROMS];
    uint64_t bios_sum, vgabios_sum, option_roms_sum;        /* of these files' bytes; 0: no file */
    char notice[SESSION_ERROR_SIZE];    /* last warning or disk error, one line; for the status line */
    unsigned notices;                   /* counts them */
};

/* Opens images and ports, builds the machine and the debugger. OPTIONS must outlive the session. False: ERROR has
 * one line; nothing is left open. */
bool session_open(struct session *s, const struct options *options, const struct session_face *face, char *error,
                  size_t error_size);

/* Writes everything out and frees. False: ERROR tells what could not be written. */
bool session_close(struct session *s, char *error, size_t error_size);

/* Runs the guest for one slice of its time (some milliseconds), feeding keys and serial input and keeping to the
 * speed that was asked for: sleeps first, some milliseconds at the most, and may return before the guest is due. What
 * debugger_run says. */
enum debugger_result session_slice(struct session *s);

/* Executes the -x and -ex scripts, one a call; DEBUGGER_DONE when none is left. *NEXT counts them, starting at 0. */
enum debugger_result session_next_script(struct session *s, size_t *next);

/* Ctrl-C; may be called from a signal handler. */
void session_interrupt(struct session *s);

/* Puts a one-line message where the user will see it. */
void session_notice(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Can the floppy be changed without the guest taking one disk for the other? False, with one line in ERROR: the motor
 * is on, and the guest has read or written it within SESSION_REST_MS. */
bool session_floppy_rests(const struct session *s, unsigned drive, char *error, size_t error_size);

/* Puts the floppy image PATH into DRIVE, write-protected if PROTECT. False with one line in ERROR; the disk that was in
 * the drive before is then still there. */
bool session_insert_floppy(struct session *s, unsigned drive, const char *path, bool protect, char *error,
                           size_t error_size);

/* Takes the floppy out. False: ERROR tells what could not be written. */
bool session_eject_floppy(struct session *s, unsigned drive, char *error, size_t error_size);

/* The same for the CD-ROM drive; -1 if there is none. A door that the guest has locked holds the disc unless FORCE is
 * set. */
int session_cd_drive(const struct session *s);
bool session_insert_cd(struct session *s, const char *path, bool force, char *error, size_t error_size);
bool session_eject_cd(struct session *s, bool force, char *error, size_t error_size);

/* The sectors of a disk as the guest sees them, past its drive. False: reported already. */
bool session_disk_read(struct session_disk *disk, uint64_t lba, void *buffer, uint32_t count);
bool session_disk_write(struct session_disk *disk, uint64_t lba, const void *data, uint32_t count);
bool session_disk_flush(struct session_disk *disk);

/* Tells the guest, where a drive can, that the disk is not what it was. */
void session_disk_changed(struct session_disk *disk);

/* The text screen as lines of UTF-8, trailing blanks removed, into TEXT; returns its length. */
size_t session_screen_text(struct session *s, char *text, size_t size);

/* The program's own debugger commands (commands.c): key, type, expect, screen, speed, insert, eject, reset. */
size_t session_commands(struct debugger_command *rows, size_t capacity);

/* debugger_config.complete of those rows; CTX is the session. */
void session_complete(void *ctx, const struct debugger_command *row, void (*offer)(void *offer_ctx, const char *word),
                      void *offer_ctx);

/* "a", "b", "hd0" ... */
const char *session_drive_name(unsigned drive);

#endif
