/* The board: every part of one machine, by value. Only machine.c, inspect.c and board-level files of emu/ see it. */
#ifndef EMU_MACHINE_H
#define EMU_MACHINE_H

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/cpu/cpu.h"
#include "emu/dev/ata.h"
#include "emu/dev/debugport.h"
#include "emu/dev/dma.h"
#include "emu/dev/floppy.h"
#include "emu/dev/fwcfg.h"
#include "emu/dev/gameport.h"
#include "emu/dev/kbc.h"
#include "emu/dev/keyboard.h"
#include "emu/dev/mouse.h"
#include "emu/dev/parallel.h"
#include "emu/dev/pic.h"
#include "emu/dev/pit.h"
#include "emu/dev/rtc.h"
#include "emu/dev/serial.h"
#include "emu/dev/serial_mouse.h"
#include "emu/dev/sysport.h"
#include "emu/dev/vga.h"
#include "emu/emu.h"
#include "emu/geometry.h"
#include "emu/inspect.h"
#include "emu/timing/cycle.h"
#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

enum { CHANNELS = 2, HARD_DISKS = 4 };

struct rom {
    uint8_t *bytes;             /* NULL: not there */
    uint32_t base, size;        /* where it lies below 1 MB */
    uint8_t *shadow;            /* writable copy that is mapped there instead, or NULL */
};

struct machine {
    struct probes probes;
    struct clock clock;
    struct bus bus;
    struct timing timing;
    struct cycle cycle;
    struct cpu cpu;

    struct pic_pair pic;
    struct pit pit;
    struct dma dma;
    struct rtc rtc;
    struct kbc kbc;
    struct keyboard keyboard;
    struct mouse mouse;
    struct serial_mouse serial_mouse;
    struct gameport gameport;
    struct sysport sysport;
    struct serial serial[SERIAL_PORTS];
    struct parallel parallel[PARALLEL_PORTS];
    struct debugport debugport;
    struct floppy floppy;
    struct ata ata[CHANNELS];
    struct vga vga;
    struct fwcfg fwcfg;

    struct profile board;       /* a profile, and what was set of it since */
    enum mouse_kind has_mouse;
    bool has_gameport;
    bool has_serial[SERIAL_PORTS], has_parallel[PARALLEL_PORTS], has_fwcfg;
    struct disk_geometry geometry[HARD_DISKS];
    uint8_t *ram;
    uint32_t ram_size;          /* bytes */
    uint32_t video_kb;
    struct rom system_rom, video_rom;
    uint8_t *option_roms;       /* all of them, from the end of the video ROM on; NULL: none */
    bool own_roms;              /* both ROMs are those of emu/bios */
    bool a20_gate[2];           /* keyboard controller, port 92h */
    bool stop_on_shutdown;
    uint8_t exit_code;          /* last byte written to the debug-exit port */
    bool exit_asked;
};

/* --- board.c --- */

/* The board that CONFIG names, with its settings. False: one line in ERROR. */
bool board_configure(struct profile *board, const struct machine_config *config, char *error, size_t error_size);

/* Creates the model of mode `cycle` for m->board. False when out of memory. */
bool board_init_cycle(struct machine *m);

/* Drives' and controllers' delays follow the timing mode. */
void board_set_latencies(struct machine *m);

/* Visits the board and the timing mode; loading applies them. To come before the CPU. */
void board_visit(struct machine *m, struct state *state);

/* --- cmos.c --- */

/* Stores the machine's equipment and CONFIG's wishes in CMOS, once, when it is built. */
void cmos_set_up(struct machine *m, const struct machine_config *config);

/* --- option_rom.c --- */

/* Do the option ROMs of CONFIG fit, its other ROMs being right? False: one line in ERROR. */
bool option_roms_check(const struct machine_config *config, char *error, size_t error_size);

/* Copies and maps them. False when out of memory. */
bool option_roms_map(struct machine *m, const struct machine_config *config);

#endif
