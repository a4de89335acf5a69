/* What the files of the VGA share: vga.c (registers), vga_memory.c (the host's view of the planes), vga_timing.c
 * (frames and retrace), vga_raster.c (what changes in the middle of them), vga_line.c (scan lines), vga_screen.c (the
 * shape of the screen, and its text), vga_picture.c (the picture), vga_svga.c (the display interface). */
#ifndef EMU_DEV_VGA_PARTS_H
#define EMU_DEV_VGA_PARTS_H

#include "emu/dev/vga.h"

/* Registers by index, as IBM names them. */
enum { SEQ_RESET = 0, SEQ_CLOCKING = 1, SEQ_MAP_MASK = 2, SEQ_CHARACTER_MAP = 3, SEQ_MEMORY_MODE = 4 };
enum { GC_SET_RESET = 0, GC_ENABLE_SET_RESET = 1, GC_COLOR_COMPARE = 2, GC_ROTATE = 3, GC_READ_MAP = 4, GC_MODE = 5,
       GC_MISC = 6, GC_DONT_CARE = 7, GC_BIT_MASK = 8 };
enum {
    CRTC_TOTAL = 0x00, CRTC_DISPLAY_END = 0x01, CRTC_BLANK_START = 0x02, CRTC_BLANK_END = 0x03,
    CRTC_RETRACE_H_END = 0x05, CRTC_VERTICAL_TOTAL = 0x06, CRTC_OVERFLOW = 0x07,
    CRTC_PRESET_ROW = 0x08, CRTC_MAX_SCAN = 0x09, CRTC_CURSOR_START = 0x0A, CRTC_CURSOR_END = 0x0B,
    CRTC_START_HIGH = 0x0C, CRTC_START_LOW = 0x0D, CRTC_CURSOR_HIGH = 0x0E, CRTC_CURSOR_LOW = 0x0F,
    CRTC_RETRACE_START = 0x10, CRTC_RETRACE_END = 0x11, CRTC_VERTICAL_DISPLAY_END = 0x12, CRTC_OFFSET = 0x13,
    CRTC_UNDERLINE = 0x14, CRTC_VERTICAL_BLANK = 0x15, CRTC_VERTICAL_BLANK_END = 0x16, CRTC_MODE = 0x17,
    CRTC_LINE_COMPARE = 0x18, CRTC_LAST = CRTC_LINE_COMPARE
};
enum { ATTR_MODE = 0x10, ATTR_OVERSCAN = 0x11, ATTR_PLANE_ENABLE = 0x12, ATTR_PANNING = 0x13,
       ATTR_COLOR_SELECT = 0x14 };

/* Four bytes as a word, the first in the low bits. */
static inline uint32_t vga_load(const uint8_t *byte)
{
    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static inline void vga_store(uint8_t *byte, uint32_t word)
{
    byte[0] = (uint8_t)word;
    byte[1] = (uint8_t)(word >> 8);
    byte[2] = (uint8_t)(word >> 16);
    byte[3] = (uint8_t)(word >> 24);
}

/* The four planes at an address, plane p in bits 8p .. 8p+7. */
static inline uint32_t vga_planes(const struct vga *v, uint32_t address)
{
    return vga_load(v->memory + 4 * (address & (VGA_PLANE - 1)));
}

/* Registers that decide about the picture were written. vga.c. */
void vga_picture_changed(struct vga *v);

/* --- vga_memory.c --- */

/* Recomputes how the host reaches memory after a register changed. */
void vga_update_memory(struct vga *v);

extern const struct memory_ops vga_memory_ops;

/* --- vga_timing.c --- */

/* The frame that the registers describe. */
struct vga_frame vga_compute_frame(const struct vga *v);

/* Follows a change of registers: the frame gets another shape, the beam goes on from where it is. */
void vga_update_frame(struct vga *v);

/* Vertical retraces that have begun up to now. */
uint64_t vga_retraces(const struct vga *v);

/* The number of the frame that the beam is in; goes on counting when its shape changes, but may skip or repeat one. */
uint64_t vga_frame_number(const struct vga *v);

/* Input status register 1. */
uint8_t vga_status(const struct vga *v);

/* The start address in effect, and whether the one in the registers still waits for the retrace. */
uint16_t vga_start(const struct vga *v);
bool vga_start_waits(const struct vga *v);

/* Call before a start address register is written. */
void vga_hold_start(struct vga *v);

/* Is a vertical retrace interrupt pending? Call before the register that enables and clears it is written. */
bool vga_interrupt_pending(const struct vga *v);
void vga_hold_interrupt(struct vga *v);

/* --- vga_raster.c --- */

/* Registers that decide about the picture. */
enum vga_file { VGA_FILE_SEQUENCER, VGA_FILE_GRAPHICS, VGA_FILE_CRTC, VGA_FILE_ATTRIBUTE, VGA_FILE_ATTRIBUTE_INDEX,
                VGA_FILE_DAC, VGA_FILE_DAC_MASK };

/* Call before a register of FILE becomes the SIZE bytes of VALUE: 3 in the DAC, else 1. */
void vga_raster_note(struct vga *v, enum vga_file file, unsigned index, const uint8_t *value, unsigned size);

/* The frame gets another shape: what was kept of it says no more. */
void vga_raster_forget(struct vga *v);

/* Changes of the picture since the last write that came by themselves; belongs to the generation. */
uint64_t vga_raster_age(const struct vga *v);

/* The frame that the monitor shows, from its first line to its last: VGA is the card as it was at the line. Without
 * raster effects, as it is now. */
struct vga_replay {
    struct vga vga;
    const struct raster_frame *frame;   /* NULL: no changes */
    unsigned next;                      /* of its changes */
};

void vga_replay_begin(struct vga_replay *replay, const struct vga *v);

/* Goes on to LINE, displayed, from 0. True if registers changed. */
bool vga_replay_to(struct vga_replay *replay, uint32_t line);

/* False when out of memory. */
bool vga_raster_init(struct vga *v);
void vga_raster_destroy(struct vga *v);
void vga_raster_visit(struct vga *v, struct state *state);

/* --- vga_line.c --- */

/* The CRTC's counters as they go from one displayed line to the next. */
struct vga_rows {
    uint32_t counter;                   /* address counter at the first character */
    uint32_t row_scan;                  /* line of the character, or of a CGA's bank */
    bool again;                         /* the second of two lines that are the same */
    bool split;                         /* below the line where the screen is split */
};

void vga_first_row(const struct vga *v, struct vga_rows *rows);

/* From LINE to the one after it. */
void vga_next_row(const struct vga *v, struct vga_rows *rows, uint32_t line);

/* A displayed scan line as the CRTC fetches it. */
struct vga_line {
    uint32_t counter, row_scan;         /* as in struct vga_rows */
    unsigned pan;                       /* pixels by which it is shifted to the left */
    bool blanked;
};

struct vga_line vga_line_of(const struct vga *v, const struct vga_rows *rows, uint32_t line);

/* The same for any LINE of a frame in which no register changes, from 0, displayed. */
struct vga_line vga_line_at(const struct vga *v, uint32_t line);

/* What draws lines: holds for as long as no register changes. */
struct vga_pen {
    const struct vga *vga;
    bool graphics, eight_bits;          /* colours of eight bits */
    unsigned dots;                      /* pixels of a character clock */
    unsigned clock_shift;               /* character clocks for each step of the address counter, as a power of two */
    bool blinks, characters_off, cursor_on;
    uint16_t cursor;
    uint32_t font[2];                   /* addresses, for attribute bit 3 clear and set */
    uint8_t color[16];                  /* what the attribute controller makes of four bits */
};

struct vga_pen vga_pen(const struct vga *v);

/* A pixel that blanking darkens; the others are entries of the DAC. */
enum { VGA_BLACK = 256 };

/* Draws the first COUNT pixels. */
void vga_draw_line(const struct vga_pen *pen, const struct vga_line *line, uint16_t *pixels, uint32_t count);

/* The eight bits that the attribute controller puts out for a displayed dot; and for one of the sixteen colours. */
uint8_t vga_color_at(const struct vga *v, uint32_t line, uint32_t dot);
uint8_t vga_attribute_color(const struct vga *v, unsigned color);

/* Plane address of a value of the address counter. */
uint32_t vga_plane_address(const struct vga *v, uint32_t counter, uint32_t row_scan);

/* Steps of the address counter from one row to the next; its value at the first character of the first row. */
uint32_t vga_pitch(const struct vga *v);
uint32_t vga_first_counter(const struct vga *v);

/* The first line after the one where the screen is split; may be beyond the last. */
uint32_t vga_split_line(const struct vga *v);

/* --- vga_screen.c --- */

/* The shape of what is shown. */
struct vga_shape {
    bool graphics;
    uint32_t characters;                /* across: character clocks */
    uint32_t columns, rows;             /* of struct screen */
    uint32_t lines;                     /* scan lines of the monitor for one row */
    bool doubled;                       /* each scan line comes twice */
};

struct vga_shape vga_shape(const struct vga *v);

/* Is nothing shown: screen off, palette in the host's hands, no retrace, sequencer stopped? */
bool vga_blanked(const struct vga *v);

/* DAC entry of one of the attribute controller's sixteen colours; the DAC as 8-bit red, green, blue. */
uint8_t vga_dac_entry(const struct vga *v, unsigned color);
void vga_dac_colors(const struct vga *v, uint8_t dac[256][3]);

/* Tells the probes if the picture has a new format; a blanked screen has none. */
void vga_report_format(struct vga *v);

/* --- vga_svga.c --- */

/* Does a mode of the display interface rule the picture; and if so, is memory pixel after pixel, not in planes? */
bool vga_svga_enabled(const struct vga *v);
bool vga_svga_packed(const struct vga *v);
bool vga_svga_dac_8_bits(const struct vga *v);

/* Its frame, and how many of them were begun: the host may have written to memory in each. */
struct vga_frame vga_svga_frame(const struct vga *v);
uint64_t vga_svga_frames(const struct vga *v);

/* Where in memory the bank begins; the host's reads from it. */
uint32_t vga_svga_base(const struct vga *v);
uint32_t vga_svga_read(const struct vga *v, uint32_t offset, unsigned size);

/* The picture, three bytes a pixel. */
void vga_svga_draw(const struct vga *v, uint8_t *rgb);

void vga_svga_init(struct vga *v);
void vga_svga_reset(struct vga *v);
void vga_svga_visit(struct vga *v, struct state *state);

#endif
