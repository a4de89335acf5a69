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

struct machine_config {
    const char *profile;            /* name of a board, see machine_profile_name(); default "486dx2-66" */
    const struct machine_setting *settings;     /* applied to it in this order */
    size_t setting_count;
    enum timing_mode timing;
    unsigned fast_clocks;           /* CPU clocks an instruction costs in `fast` mode, 1-1000; default 2 */
    uint32_t ram_kb;                /* 1024 .. 262144, whole megabytes; default 16384 */
    const uint8_t *bios;            /* NULL: our own. 64, 128 or 256 KB, ends at FFFFFh and at 4 GB */
    size_t bios_size;
    const uint8_t *vgabios;         /* NULL: our own. At most 64 KB, at C0000h */
    size_t vgabios_size;
    struct drive_config drive[DRIVES];
    uint8_t floppy_type[2];         /* CMOS type: 0 none, 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M. 0xFF: from the disk */
    char boot[4];                   /* order, letters a (floppy), c (hard disk); default "ac" */
    struct { uint16_t year; uint8_t month, day, hour, minute, second; } date;    /* RTC at power-on */
    struct byte_sink serial[SERIAL_PORTS];      /* a port is there if put is set; all others read as ones */
    struct byte_sink parallel[PARALLEL_PORTS];
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

/* One byte from the keyboard, scan code set 1 as the PC sees it (E0 prefixes are bytes of their own). False if the
 * keyboard's 16-byte buffer is full: try again later. */
bool machine_key(struct machine *m, uint8_t scancode);

/* A byte arrives at a serial port. False if the port cannot take it yet: try again later. */
bool machine_serial_input(struct machine *m, unsigned port, uint8_t byte);

/* Floppy in and out while running. drive: DRIVE_FLOPPY_A or _B. ops NULL ejects. */
void machine_change_floppy(struct machine *m, unsigned drive, const struct drive_config *disk);

/* --- The screen --- */

/* What the monitor shows now. No side effects. */
void machine_screen(const struct machine *m, struct screen *screen);

/* Graphics modes: writes one byte per pixel, a palette index into the DAC; columns * rows as in struct screen.
 * False in text modes or when CAPACITY bytes do not suffice. dac: 256 entries of 8-bit red, green, blue. */
bool machine_pixels(const struct machine *m, uint8_t *pixels, size_t capacity, uint8_t dac[256][3]);

/* Any mode: the same as a picture of SIZE, text drawn with its fonts. False when CAPACITY does not suffice. No picture is
 * larger than MACHINE_PICTURE bytes. */
enum { MACHINE_PICTURE = 2048 * 2048 };
bool machine_picture(const struct machine *m, struct picture *size, uint8_t *pixels, size_t capacity,
                     uint8_t dac[256][3]);

/* --- State --- */

/* Saves, loads or hashes everything that decides the future of the machine, except disk contents. After a failed load
 * (state_failed) the machine must be destroyed or reset. */
void machine_visit(struct machine *m, struct state *state);

/* A hash of the whole state. */
uint64_t machine_hash(struct machine *m);

#endif
