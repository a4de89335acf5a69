/* What the files of the VGA share: vga.c (registers), vga_memory.c (the host's view of the planes), vga_timing.c
 * (frames and retrace), vga_screen.c (the picture), vga_text.c (text as pixels). */
#ifndef EMU_DEV_VGA_PARTS_H
#define EMU_DEV_VGA_PARTS_H

#include "emu/dev/vga.h"

/* Registers by index, as IBM names them. */
enum { SEQ_RESET = 0, SEQ_CLOCKING = 1, SEQ_MAP_MASK = 2, SEQ_CHARACTER_MAP = 3, SEQ_MEMORY_MODE = 4 };
enum { GC_SET_RESET = 0, GC_ENABLE_SET_RESET = 1, GC_COLOR_COMPARE = 2, GC_ROTATE = 3, GC_READ_MAP = 4, GC_MODE = 5,
       GC_MISC = 6, GC_DONT_CARE = 7, GC_BIT_MASK = 8 };
enum {
    CRTC_TOTAL = 0x00, CRTC_DISPLAY_END = 0x01, CRTC_BLANK_END = 0x03, CRTC_VERTICAL_TOTAL = 0x06, CRTC_OVERFLOW = 0x07,
    CRTC_PRESET_ROW = 0x08, CRTC_MAX_SCAN = 0x09, CRTC_CURSOR_START = 0x0A, CRTC_CURSOR_END = 0x0B,
    CRTC_START_HIGH = 0x0C, CRTC_START_LOW = 0x0D, CRTC_CURSOR_HIGH = 0x0E, CRTC_CURSOR_LOW = 0x0F,
    CRTC_RETRACE_START = 0x10, CRTC_RETRACE_END = 0x11, CRTC_VERTICAL_DISPLAY_END = 0x12, CRTC_OFFSET = 0x13,
    CRTC_UNDERLINE = 0x14, CRTC_MODE = 0x17, CRTC_LINE_COMPARE = 0x18
};
enum { ATTR_MODE = 0x10, ATTR_PLANE_ENABLE = 0x12, ATTR_PANNING = 0x13, ATTR_COLOR_SELECT = 0x14 };

/* The four planes at an address, plane p in bits 8p .. 8p+7. */
static inline uint32_t vga_planes(const struct vga *v, uint32_t address)
{
    const uint8_t *byte = v->memory + 4 * (address & (VGA_PLANE - 1));
    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

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

/* Input status register 1. */
uint8_t vga_status(const struct vga *v);

/* The start address in effect, and whether the one in the registers still waits for the retrace. */
uint16_t vga_start(const struct vga *v);
bool vga_start_waits(const struct vga *v);

/* Call before a start address register is written. */
void vga_hold_start(struct vga *v);

/* --- vga_screen.c --- */

/* Is nothing shown: screen off, palette in the host's hands, no retrace, sequencer stopped? */
bool vga_blanked(const struct vga *v);

/* DAC entry of one of the attribute controller's sixteen colours; the DAC as 8-bit red, green, blue. */
uint8_t vga_dac_entry(const struct vga *v, unsigned color);
void vga_dac_colors(const struct vga *v, uint8_t dac[256][3]);

/* Tells the probes if the picture has a new format; a blanked screen has none. */
void vga_report_format(struct vga *v);

#endif
