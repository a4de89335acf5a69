/* PUBLIC: a 486 PC as a library.
 *
 *     struct machine_config config;
 *     machine_config_defaults(&config);
 *     config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &my_ops, .ctx = my_disk, .sectors = 2880 };
 *     struct machine *m = machine_create(&config, error, sizeof error);
 *     struct stop stop;
 *     machine_run(m, machine_tick(m) + TICKS_PER_SECOND, &stop);
 *
 * The library does not print, exit, open files, or read the host's clock, locale, environment or random source. All
 * that comes from outside enters through the functions below, at the tick at which they are called; hence the same
 * config, disks and inputs give the same run to the last bit. Any number of machines may live in one process. */
#ifndef EMU_EMU_H
#define EMU_EMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/clock.h"
#include "emu/disk.h"
#include "emu/probe.h"
#include "emu/screen.h"

struct machine;
struct state;

enum timing_mode { TIMING_FAST, TIMING_TABLE, TIMING_CYCLE };

/* Receives bytes that a port sends out. */
struct byte_sink { void (*put)(void *ctx, uint8_t byte); void *ctx; };

enum { SERIAL_PORTS = 4, PARALLEL_PORTS = 3 };

/* One parameter of a board by name, for example { "dram-hit-first", 4 }; see machine_parameter(). */
struct machine_setting { const char *name; uint32_t value; };

/* The ROM of an adapter card: begins with 55h, AAh and its length in units of 512 bytes. ADDRESS is a multiple of 2 KB
 * between the video and the system ROM; 0: the first free one, from C8000h on. */
struct option_rom { const uint8_t *bytes; size_t size; uint32_t address; };
enum { OPTION_ROMS = 8 };

/* What the guest's pointing device is plugged into; there is one at the most. */
enum mouse_kind { MOUSE_NONE, MOUSE_PS2, MOUSE_SERIAL };

struct machine_config {
    const char *profile;            /* name of a board, see machine_profile_name(); default "486dx2-66" */
    const struct machine_setting *settings;     /* applied to it in this order */
    size_t setting_count;
    enum timing_mode timing;        /* default TIMING_FAST */
    unsigned fast_clocks;           /* CPU clocks an instruction costs in `fast` mode, 1-1000; default 2 */
    uint32_t ram_kb;                /* 1024 .. 262144, whole megabytes; default 16384 */
    const uint8_t *bios;            /* NULL: our own. 64, 128 or 256 KB, ends at FFFFFh and at 4 GB */
    size_t bios_size;
    uint32_t video_kb;              /* 256 (a plain VGA) or 512 .. 16384, multiples of 256; default 4096 */
    const uint8_t *vgabios;         /* NULL: our own. At most 64 KB, at C0000h */
    size_t vgabios_size;
    struct drive_config drive[DRIVES];
    uint8_t floppy_type[2];         /* CMOS type: 0 none, 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M. 0xFF: as the disk */
    struct option_rom option_rom[OPTION_ROMS];  /* bytes NULL: none */
    char boot[5];                   /* letters a (floppy), c (hard disk), d (CD-ROM), m (our BIOS's menu) in order;
                                     * default "ac" */
    struct { uint16_t year; uint8_t month, day, hour, minute, second; } date;    /* RTC at power-on */
    struct byte_sink serial[SERIAL_PORTS];      /* a port is there if put is set; all others read as ones */
    struct byte_sink parallel[PARALLEL_PORTS];
    enum mouse_kind mouse;          /* default MOUSE_PS2 */
    unsigned mouse_port;            /* MOUSE_SERIAL: the serial port, 0-3; it is there then, and those before it:
                                     * drivers take the IRQ from the number that the BIOS gives a port */
    unsigned joysticks;             /* 0: no game port; 1 or 2 */
    struct byte_sink debugcon;      /* port E9h, if put is set */
    uint16_t debug_exit_port;       /* 0: none */
    bool stop_on_shutdown;          /* a triple fault stops the run instead of resetting the machine */
};

void machine_config_defaults(struct machine_config *config);

/* Builds a machine and resets it. NULL and one line in ERROR if the config cannot be met or memory is short. The
 * config is not kept; what its pointers point to (disk ops, sinks) must outlive the machine, ROM bytes are copied. */
struct machine *machine_create(const struct machine_config *config, char *error, size_t error_size);
void machine_destroy(struct machine *m);

/* Reset button: CPU and chips, memory and CMOS stay. */
void machine_reset(struct machine *m);

enum stop_reason {
    STOP_DEADLINE,          /* the tick asked for was reached */
    STOP_INTERRUPTED,       /* machine_interrupt() */
    STOP_STEPPED,           /* the number of instructions asked for was executed */
    STOP_BREAKPOINT,        /* about to execute at a breakpoint (inspect.h) */
    STOP_WATCHPOINT,        /* the last instruction touched watched memory */
    STOP_EXIT,              /* the guest wrote to the debug-exit port */
    STOP_SHUTDOWN,          /* triple fault, if config.stop_on_shutdown */
    STOP_HALTED             /* HLT with interrupts off and no NMI possible: nothing can ever happen again */
};

struct stop {
    enum stop_reason reason;
    int exit_code;          /* STOP_EXIT: the byte written */
    uint32_t address;       /* STOP_BREAKPOINT: linear address. STOP_WATCHPOINT: linear address of the access */
    uint8_t size;           /* STOP_WATCHPOINT: bytes accessed */
    bool is_write;          /* STOP_WATCHPOINT */
};

/* Runs until the first reason to stop; an instruction that was begun is finished. UNTIL is a tick (CLOCK_NEVER: no
 * limit). A breakpoint at which the last call stopped is not reported again before an instruction was executed. */
enum stop_reason machine_run(struct machine *m, uint64_t until, struct stop *stop);

/* Executes COUNT instructions (an interrupt that is accepted counts with the first instruction of its handler; a HLT
 * waits for its end). Breakpoints are not looked at, watchpoints are. */
enum stop_reason machine_step(struct machine *m, uint64_t count, struct stop *stop);

/* Makes the running machine_run return soon. May be called from a signal handler, a probe listener or disk callback. */
void machine_interrupt(struct machine *m);

uint64_t machine_tick(const struct machine *m);             /* now */
uint64_t machine_icount(const struct machine *m);           /* instructions since power-on */
uint64_t machine_clocks(const struct machine *m);           /* CPU clocks since power-on */
uint32_t machine_clock_hz(const struct machine *m);         /* of the profile's CPU */
const char *machine_profile(const struct machine *m);
enum timing_mode machine_timing(const struct machine *m);

/* The N-th board's name, NULL past the end. */
const char *machine_profile_name(unsigned n);

/* Takes another board, with its own parameters: clock, caches, buses, drives; FPU and CPUID too. Between runs. False:
 * one line in ERROR, nothing changed. */
bool machine_set_profile(struct machine *m, const char *name, char *error, size_t error_size);

/* The parameters of the board in use, in the order of a table. False past the end. */
struct machine_parameter {
    const char *name, *unit, *help;
    uint32_t value, min, max;
    bool or_zero;                   /* 0 is a value too: there is none */
};
bool machine_parameter(const struct machine *m, unsigned n, struct machine_parameter *out);

/* Sets one of them; between runs. False (unknown, out of range): one line in ERROR, nothing changed. */
bool machine_set_parameter(struct machine *m, const char *name, uint32_t value, char *error, size_t error_size);

/* False if the mode is not available (one line in error). May be called between runs at any time. */
bool machine_set_timing(struct machine *m, enum timing_mode mode, char *error, size_t error_size);

/* Ticks the CPU spent halted since power-on, for a load display. */
uint64_t machine_idle_ticks(const struct machine *m);

struct probes *machine_probes(struct machine *m);

/* --- Inputs --- */

/* A key moves: one byte of scan code set 1 as the PC sees it (E0 prefixes are bytes of their own; bit 7: released). The
 * key that was pressed last repeats until it is released. False if the keyboard's 16-byte buffer was full: the key is
 * lost, and the guest gets the overrun code. */
bool machine_key(struct machine *m, uint8_t scancode);

/* True if the keyboard has room for any key. */
bool machine_key_ready(const struct machine *m);

/* True if the guest has set up the way from the keyboard to an interrupt. What is pressed before that, while a BIOS
 * tests it, is thrown away. */
bool machine_key_listens(const struct machine *m);

/* The mouse is moved by DX to the right and DY towards the user, in eighths of a millimetre (200 an inch: a count at
 * the resolution that drivers use), and BUTTONS are held from now on. Without effect if there is no mouse. */
enum { BUTTON_LEFT = 1, BUTTON_RIGHT = 2, BUTTON_MIDDLE = 4 };
void machine_mouse(struct machine *m, int dx, int dy, unsigned buttons);

/* True if there is a mouse and the guest has told it to report. */
bool machine_mouse_listens(const struct machine *m);

/* Joystick STICK (0 or 1) stands at X and Y from now on, 0 (left, up) to 255, its buttons (bits 0 and 1) pressed as
 * told. Without effect if it is not there. */
void machine_joystick(struct machine *m, unsigned stick, uint8_t x, uint8_t y, unsigned buttons);

/* A byte arrives at serial port PORT, 0-3. False if the port cannot take it yet: try again later. */
bool machine_serial_input(struct machine *m, unsigned port, uint8_t byte);

/* The same from a sender that waits for nobody, with what went wrong on the line (a break's byte does not matter). What
 * finds no room is lost, as the guest's UART tells it. False if the byte before is still on the line. */
enum { LINE_PARITY_ERROR = 0x04, LINE_FRAMING_ERROR = 0x08, LINE_BREAK = 0x10 };
bool machine_serial_hear(struct machine *m, unsigned port, uint8_t byte, unsigned errors);

/* What the other end of a serial port does with its modem lines from now on. At first it is a null modem cable to
 * somebody who listens: CTS, DSR and DCD are on. Without effect if there is no such port. */
enum { MODEM_CTS = 0x10, MODEM_DSR = 0x20, MODEM_RI = 0x40, MODEM_DCD = 0x80 };
void machine_serial_modem(struct machine *m, unsigned port, unsigned lines);

/* Floppy in and out while running. drive: DRIVE_FLOPPY_A or _B. ops NULL ejects. */
void machine_change_floppy(struct machine *m, unsigned drive, const struct drive_config *disk);

/* Is there a disk in floppy DRIVE of a density that the drive was not made for? The guest finds nothing on it. */
bool machine_floppy_unfit(const struct machine *m, unsigned drive);

/* The CMOS type of floppy DRIVE, as in machine_config.floppy_type; 0: there is none. */
uint8_t machine_floppy_type(const struct machine *m, unsigned drive);

/* A CD in or out of the CD-ROM drive at DRIVE_HD0 or a later place. disc->ops NULL takes it out. False: there is no
 * such drive, or the guest has locked its door and FORCE is not set; the guest is told that somebody wants the disc. */
bool machine_change_cd(struct machine *m, unsigned drive, const struct drive_config *disc, bool force);

/* --- The screen --- */

/* What the monitor shows now. No side effects. */
void machine_screen(const struct machine *m, struct screen *screen);

/* The same as a picture in any mode: SIZE pixels of three bytes, red, green and blue, row after row, without the
 * border; text is drawn with its fonts, what blinks is there or not as at this moment. False, with SIZE set, when
 * CAPACITY bytes do not suffice. No picture is larger than MACHINE_PICTURE bytes. When it may have changed, but by
 * blinking, so has the generation that machine_screen() tells. No side effects. */
enum { MACHINE_PICTURE = 2048 * 2048 * 3 };
bool machine_picture(const struct machine *m, struct picture *size, uint8_t *rgb, size_t capacity);

/* --- State --- */

/* Saves, loads or hashes everything that decides the future of the machine, except disk contents. After a failed load
 * (state_failed) the machine must be destroyed or reset. */
void machine_visit(struct machine *m, struct state *state);

/* A hash of the whole state. */
uint64_t machine_hash(struct machine *m);

#endif
