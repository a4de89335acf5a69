/* IBM VGA: 256 KB in four planes, colour and monochrome port addresses, text and all graphics modes of the original.
 *
 *     struct vga_config config = { .bus = &bus, .clock = &clock, .probes = &probes };
 *     if (!vga_init(&vga, &config)) ...out of memory
 *
 * Nothing runs by itself: retrace bits are computed from the CRTC's registers and the clock when 3DAh is read
 * (vga_timing.c), the picture when somebody asks for it (vga_picture.c). Host accesses to A0000-BFFFF go through the
 * write and read modes (vga_memory.c), the registers are in vga.c. With more than 256 KB there are modes of up to 32
 * bits a pixel beside it (vga_svga.c).
 *
 * Left out: the line of the vertical retrace interrupt (IRQ 2; few boards had it connected), the light pen, what of
 * memory changes in the middle of a frame. */
#ifndef EMU_DEV_VGA_H
#define EMU_DEV_VGA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/probe.h"
#include "emu/screen.h"
#include "emu/state.h"

enum { VGA_PLANE = 65536, VGA_MEMORY = 4 * VGA_PLANE, VGA_SEQUENCER = 8, VGA_GRAPHICS = 16, VGA_CRTC = 64,
       VGA_ATTRIBUTE = 32 };

/* Where more memory than a VGA's is seen in whole. */
#define VGA_LINEAR_BASE 0xE0000000u

struct vga_config {
    struct bus *bus;
    struct clock *clock;
    struct probes *probes;
    uint32_t memory_kb;                 /* 0 or 256: a plain VGA. 512 .. 16384, multiples of 256: with vga_svga.c */
};

/* How the host's accesses reach memory; follows from the registers. */
enum vga_path { VGA_PATH_GENERAL, VGA_PATH_TEXT, VGA_PATH_CHAIN4, VGA_PATH_PACKED };

/* Registers of the display interface, by index. */
enum { SVGA_ID, SVGA_WIDTH, SVGA_HEIGHT, SVGA_DEPTH, SVGA_ENABLE, SVGA_BANK, SVGA_VIRTUAL_WIDTH, SVGA_VIRTUAL_HEIGHT,
       SVGA_X, SVGA_Y, SVGA_MEMORY, SVGA_REGISTERS = SVGA_MEMORY };

/* One frame in dots and lines, from the CRTC. */
struct vga_frame {
    uint32_t hz;                        /* dots a second */
    uint32_t character_dots;            /* of a character clock: 8 or 9 */
    uint32_t line_dots, shown_dots;     /* of a line: all, displayed */
    uint32_t skew_dots;                 /* by which display enable comes later than the line */
    uint32_t lines, shown_lines;
    uint32_t retrace_start, retrace_lines;
};

struct vga {
    struct vga_config config;
    uint8_t *memory;                    /* plane p of address a at 4 * a + p */
    uint32_t memory_size;               /* bytes, at least VGA_MEMORY; more: the display interface is there */
    uint32_t latches;                   /* plane p in bits 8p .. 8p+7 */

    uint8_t misc, feature, enable;
    uint8_t sequencer_index, sequencer[VGA_SEQUENCER];
    uint8_t graphics_index, graphics[VGA_GRAPHICS];
    uint8_t crtc_index, crtc[VGA_CRTC];
    uint8_t attribute_index, attribute[VGA_ATTRIBUTE];  /* index: with bit 5, the palette address source */
    bool attribute_data;                /* flip-flop: the next write to 3C0h is data */
    uint8_t dac[256][3];                /* 6 bits a channel */
    uint8_t dac_mask, dac_index, dac_part, dac_latch[2];
    bool dac_reading;

    /* The display interface (vga_svga.c). */
    uint16_t svga_index, svga[SVGA_REGISTERS];
    uint8_t svga_low;                   /* low byte of the value that is being written */
    uint64_t svga_retraces;             /* retraces when the mode was enabled */

    /* The start address takes effect at the retrace after it was written. */
    uint16_t start_shown;               /* in effect before that */
    uint64_t start_frame;               /* retraces seen when it was written, see vga_retraces() */
    uint64_t frame_base;                /* tick at which a frame began at dot 0; modulo 2^64, maybe before tick 0 */
    uint64_t frame_retraces;            /* retraces before that, modulo 2^64 */
    struct vga_raster *raster;          /* registers that changed while the beam drew, see vga_raster.c */
    uint32_t format;                    /* picture format last reported to the probes */

    /* The vertical retrace interrupt when CRTC register 11h was last written: pending already, and retraces seen. */
    bool interrupt_pending;
    uint64_t interrupt_frame;

    /* Follows from the registers, not saved. */
    uint64_t generation;                /* counts changes that may alter the picture; never goes back */
    struct vga_frame frame;
    uint8_t path;                       /* enum vga_path, for writes */
    uint32_t bank_base;                 /* in the memory, of what the window shows */
    uint32_t window_base, window_size;  /* of host memory, relative to A0000h */
    /* Masks of four bytes, one a plane: sequencer 2; graphics 8; what set/reset supplies, and for which planes. */
    uint32_t map_mask, bit_mask, set_value, set_planes;
};

/* Builds the card, claims its ports and maps A0000-BFFFF. False when out of memory. The struct must not move. */
bool vga_init(struct vga *v, const struct vga_config *config);
void vga_destroy(struct vga *v);

/* The RESET line: registers; memory keeps its contents. */
void vga_reset(struct vga *v);

/* Where the beam is: *LINE from 0, the first one displayed, to the frame's last; *DOT likewise of the line, in dots of
 * the present dot clock. No side effects. */
void vga_beam(const struct vga *v, uint32_t *line, uint32_t *dot);

/* What the monitor shows. In graphics modes the cells are not filled. No side effects. */
void vga_screen(const struct vga *v, struct screen *screen);

/* The same in any mode as SIZE pixels of three bytes, red, green, blue; the last frame that the beam has drawn where
 * registers changed meanwhile. False, with SIZE set, when CAPACITY does not suffice. No side effects. */
bool vga_picture(const struct vga *v, struct picture *size, uint8_t *rgb, size_t capacity);

void vga_visit(struct vga *v, struct state *state);

#endif
