/* IBM VGA: the registers (IBM PS/2 hardware technical reference, video subsystem).
 *
 * Sequencer, graphics controller and CRTC are index and data pairs; the attribute controller takes index and data in
 * turn at 3C0h, and reading 3DAh makes the next one an index; the DAC takes three bytes a colour. Reserved bits and
 * registers that a VGA does not have read as zero. Bit 0 of the miscellaneous output register moves the CRTC and the
 * status between 3Bxh and 3Dxh; nothing answers at the other place. Bit 0 of port 3C3h puts the card to sleep, but for
 * that port and the picture; it is awake after a reset, as an adapter in a slot is once its ROM has run.
 *
 * Two CRTC registers that IBM does not describe, but every VGA has, can only be read: 22h is the latch of the plane
 * that is selected for reading, 24h is where the attribute controller stands (vgadoc, "VGA.TXT"). Windows's virtual
 * display driver saves by them what no other port shows.
 *
 * Left out: the comparators behind the switch sense bit, which says that a colour monitor is there, and what the light
 * pen registers in the place of CRTC 10h and 11h would show. */
#include "emu/dev/vga_parts.h"

#include <stdlib.h>
#include <string.h>

enum { MISC_COLOR = 1, SWITCH_SENSE = 0x10, INTERRUPT_PENDING = 0x80, CRTC_PROTECT = 0x80, OVERFLOW_LINE_COMPARE = 0x10,
       DAC_BITS = 0x3F, AWAKE = 1, CRTC_LATCH = 0x22, CRTC_ATTRIBUTE = 0x24, ATTRIBUTE_DATA = 0x80 };

/* The bits that registers have. */
static const uint8_t sequencer_bits[VGA_SEQUENCER] = { 0x03, 0x3D, 0x0F, 0x3F, 0x0E };
static const uint8_t graphics_bits[VGA_GRAPHICS] = { 0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF };
static const uint8_t attribute_bits[VGA_ATTRIBUTE] = {
    0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
    0xEF, 0xFF, 0x3F, 0x0F, 0x0F,
};

/* --- Register files --- */

/* What may alter the picture: the rest is between host and memory, and changes all the time. */
static bool shows_sequencer(unsigned index)
{
    return index != SEQ_MAP_MASK;
}

static bool shows_graphics(unsigned index)
{
    return index == GC_MODE || index == GC_MISC;
}

void vga_picture_changed(struct vga *v)
{
    v->generation++;
    vga_update_frame(v);
    vga_report_format(v);
}

static void write_sequencer(struct vga *v, uint8_t value)
{
    unsigned index = v->sequencer_index & (VGA_SEQUENCER - 1);
    value &= sequencer_bits[index];
    if (v->sequencer[index] == value)
        return;
    if (shows_sequencer(index))
        vga_raster_note(v, VGA_FILE_SEQUENCER, index, &value, 1);
    v->sequencer[index] = value;
    vga_update_memory(v);
    if (shows_sequencer(index))
        vga_picture_changed(v);
}

static void write_graphics(struct vga *v, uint8_t value)
{
    unsigned index = v->graphics_index & (VGA_GRAPHICS - 1);
    value &= graphics_bits[index];
    if (v->graphics[index] == value)
        return;
    if (shows_graphics(index))
        vga_raster_note(v, VGA_FILE_GRAPHICS, index, &value, 1);
    v->graphics[index] = value;
    vga_update_memory(v);
    if (shows_graphics(index))
        vga_picture_changed(v);
}

/* Registers 0-7 can be locked, all but the line compare bit in 7. */
static uint8_t unlocked_value(const struct vga *v, unsigned index, uint8_t value)
{
    uint8_t old = v->crtc[index];
    if (index > CRTC_OVERFLOW || !(v->crtc[CRTC_RETRACE_END] & CRTC_PROTECT))
        return value;
    if (index < CRTC_OVERFLOW)
        return old;
    return (uint8_t)((old & ~OVERFLOW_LINE_COMPARE) | (value & OVERFLOW_LINE_COMPARE));
}

static void write_crtc(struct vga *v, uint8_t value)
{
    unsigned index = v->crtc_index & (VGA_CRTC - 1);
    value = index > CRTC_LAST ? 0 : unlocked_value(v, index, value);
    if (v->crtc[index] == value)
        return;
    if (index == CRTC_START_HIGH || index == CRTC_START_LOW)
        vga_hold_start(v);
    if (index == CRTC_RETRACE_END)
        vga_hold_interrupt(v);
    vga_raster_note(v, VGA_FILE_CRTC, index, &value, 1);
    v->crtc[index] = value;
    vga_picture_changed(v);
}

static void write_attribute(struct vga *v, uint8_t value)
{
    unsigned index = v->attribute_index & (VGA_ATTRIBUTE - 1);
    uint8_t *target = v->attribute_data ? &v->attribute[index] : &v->attribute_index;
    value &= v->attribute_data ? attribute_bits[index] : 0x3F;
    v->attribute_data = !v->attribute_data;
    if (*target == value)
        return;
    vga_raster_note(v, target == &v->attribute_index ? VGA_FILE_ATTRIBUTE_INDEX : VGA_FILE_ATTRIBUTE, index, &value, 1);
    *target = value;
    vga_picture_changed(v);
}

static void write_misc(struct vga *v, uint8_t value)
{
    v->misc = value;
    vga_update_memory(v);
    vga_picture_changed(v);
}

static void write_enable(struct vga *v, uint8_t value)
{
    v->enable = value;
    vga_update_memory(v);
}

/* --- DAC --- */

static void set_dac_index(struct vga *v, uint8_t index, bool reading)
{
    v->dac_index = index;
    v->dac_part = 0;
    v->dac_reading = reading;
}

static uint8_t read_dac(struct vga *v)
{
    uint8_t value = v->dac[v->dac_index][v->dac_part];
    v->dac_part = (uint8_t)((v->dac_part + 1) % 3);
    if (v->dac_part == 0)
        v->dac_index++;
    return value;
}

/* A colour changes when its third byte comes. */
static void write_dac(struct vga *v, uint8_t value)
{
    if (!vga_svga_dac_8_bits(v))
        value &= DAC_BITS;
    if (v->dac_part < 2) {
        v->dac_latch[v->dac_part++] = value;
        return;
    }
    const uint8_t color[3] = { v->dac_latch[0], v->dac_latch[1], value };
    vga_raster_note(v, VGA_FILE_DAC, v->dac_index, color, sizeof color);
    memcpy(v->dac[v->dac_index++], color, sizeof color);
    v->dac_part = 0;
    v->generation++;
}

static void write_dac_mask(struct vga *v, uint8_t value)
{
    vga_raster_note(v, VGA_FILE_DAC_MASK, 0, &value, 1);
    v->dac_mask = value;
    v->generation++;
}

/* --- Ports --- */

/* Does the port not answer at present: the card sleeps, or it is one of 3B4, 3B5, 3BA, 3D4, 3D5, 3DA at the other
 * address? */
static bool is_silent(const struct vga *v, uint16_t port)
{
    bool color_port = port >= 0x3D0, mono_port = port < 0x3C0;
    if (!(v->enable & AWAKE) && port != 0x3C3)
        return true;
    return v->misc & MISC_COLOR ? mono_port : color_port;
}

static uint8_t status_0(const struct vga *v)
{
    return SWITCH_SENSE | (vga_interrupt_pending(v) ? INTERRUPT_PENDING : 0);
}

/* The DAC reads a colour ahead when it is told which one. */
static uint8_t dac_address(const struct vga *v)
{
    return (uint8_t)(v->dac_index + v->dac_reading);
}

/* Reading the status makes the next write to 3C0h an index. */
static uint8_t read_status(struct vga *v)
{
    v->attribute_data = false;
    return vga_status(v);
}

static uint8_t read_crtc(const struct vga *v)
{
    unsigned index = v->crtc_index & (VGA_CRTC - 1);
    switch (index) {
    case CRTC_LATCH: return (uint8_t)(v->latches >> 8 * (v->graphics[GC_READ_MAP] & 3));
    case CRTC_ATTRIBUTE: return (uint8_t)(v->attribute_index | (v->attribute_data ? ATTRIBUTE_DATA : 0));
    default: return v->crtc[index];
    }
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct vga *v = ctx;
    (void)size;
    if (is_silent(v, port))
        return 0xFF;
    switch (port) {
    case 0x3C0: return v->attribute_index;
    case 0x3C1: return v->attribute[v->attribute_index & (VGA_ATTRIBUTE - 1)];
    case 0x3C2: return status_0(v);
    case 0x3C3: return v->enable;
    case 0x3C4: return v->sequencer_index;
    case 0x3C5: return v->sequencer[v->sequencer_index & (VGA_SEQUENCER - 1)];
    case 0x3C6: return v->dac_mask;
    case 0x3C7: return v->dac_reading ? 3 : 0;
    case 0x3C8: return dac_address(v);
    case 0x3C9: return read_dac(v);
    case 0x3CA: return v->feature;
    case 0x3CC: return v->misc;
    case 0x3CE: return v->graphics_index;
    case 0x3CF: return v->graphics[v->graphics_index & (VGA_GRAPHICS - 1)];
    case 0x3B4: case 0x3D4: return v->crtc_index;
    case 0x3B5: case 0x3D5: return read_crtc(v);
    case 0x3BA: case 0x3DA: return read_status(v);
    default: return 0xFF;
    }
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct vga *v = ctx;
    uint8_t byte = (uint8_t)value;
    (void)size;
    if (is_silent(v, port))
        return;
    switch (port) {
    case 0x3C0: write_attribute(v, byte); break;
    case 0x3C2: write_misc(v, byte); break;
    case 0x3C3: write_enable(v, byte); break;
    case 0x3C4: v->sequencer_index = byte; break;
    case 0x3C5: write_sequencer(v, byte); break;
    case 0x3C6: write_dac_mask(v, byte); break;
    case 0x3C7: set_dac_index(v, byte, true); break;
    case 0x3C8: set_dac_index(v, byte, false); break;
    case 0x3C9: write_dac(v, byte); break;
    case 0x3CE: v->graphics_index = byte; break;
    case 0x3CF: write_graphics(v, byte); break;
    case 0x3B4: case 0x3D4: v->crtc_index = byte; break;
    case 0x3B5: case 0x3D5: write_crtc(v, byte); break;
    case 0x3BA: case 0x3DA: v->feature = byte; break;
    default: break;
    }
}

/* --- Building, reset, saving --- */

void vga_reset(struct vga *v)
{
    v->misc = v->feature = 0;
    v->enable = AWAKE;
    v->sequencer_index = v->graphics_index = v->crtc_index = v->attribute_index = 0;
    memset(v->sequencer, 0, sizeof v->sequencer);
    memset(v->graphics, 0, sizeof v->graphics);
    memset(v->crtc, 0, sizeof v->crtc);
    memset(v->attribute, 0, sizeof v->attribute);
    v->attribute_data = v->dac_reading = false;
    v->dac_mask = 0xFF;
    v->dac_index = v->dac_part = 0;
    vga_svga_reset(v);
    vga_raster_forget(v);
    v->start_shown = 0;
    v->latches = 0;
    v->frame = vga_compute_frame(v);
    v->frame_base = v->config.clock->now;
    v->frame_retraces = v->start_frame = v->interrupt_frame = 0;
    v->interrupt_pending = false;
    v->format = 0;
    v->generation++;
    vga_update_memory(v);
}

bool vga_init(struct vga *v, const struct vga_config *config)
{
    static const struct port_ops ports = { port_read, port_write };
    static const struct { uint16_t first; uint8_t count; } ranges[] = {
        { 0x3B4, 2 }, { 0x3BA, 1 }, { 0x3C0, 16 }, { 0x3D4, 2 }, { 0x3DA, 1 },
    };
    uint32_t size = config->memory_kb * 1024;
    *v = (struct vga){ .config = *config, .memory_size = size > VGA_MEMORY ? size : VGA_MEMORY };
    v->memory = calloc(1, v->memory_size);
    if (!v->memory || !vga_raster_init(v)) {
        vga_destroy(v);
        return false;
    }
    for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        bus_map_ports(config->bus, ranges[i].first, ranges[i].count, 1, &ports, v);
    bus_map_device(config->bus, 0xA0000, 0x20000, &vga_memory_ops, v);
    if (v->memory_size > VGA_MEMORY)
        vga_svga_init(v);
    vga_reset(v);
    return true;
}

void vga_destroy(struct vga *v)
{
    vga_raster_destroy(v);
    free(v->memory);
    v->memory = NULL;
}

static void visit_registers(struct vga *v, struct state *s)
{
    state_u8(s, "misc", &v->misc);
    state_u8(s, "feature", &v->feature);
    state_u8(s, "enable", &v->enable);
    state_u8(s, "sequencer_index", &v->sequencer_index);
    state_bytes(s, "sequencer", v->sequencer, sizeof v->sequencer);
    state_u8(s, "graphics_index", &v->graphics_index);
    state_bytes(s, "graphics", v->graphics, sizeof v->graphics);
    state_u8(s, "crtc_index", &v->crtc_index);
    state_bytes(s, "crtc", v->crtc, sizeof v->crtc);
    state_u8(s, "attribute_index", &v->attribute_index);
    state_bytes(s, "attribute", v->attribute, sizeof v->attribute);
    state_bool(s, "attribute_data", &v->attribute_data);
    state_bytes(s, "dac", v->dac, sizeof v->dac);
    state_u8(s, "dac_mask", &v->dac_mask);
    state_u8(s, "dac_index", &v->dac_index);
    state_u8(s, "dac_part", &v->dac_part);
    state_bytes(s, "dac_latch", v->dac_latch, sizeof v->dac_latch);
    state_bool(s, "dac_reading", &v->dac_reading);
}

void vga_visit(struct vga *v, struct state *s)
{
    state_section(s, "vga");
    visit_registers(v, s);
    state_u32(s, "latches", &v->latches);
    state_bytes(s, "memory", v->memory, VGA_MEMORY);
    state_u16(s, "start_shown", &v->start_shown);
    state_u64(s, "start_frame", &v->start_frame);
    state_u64(s, "frame_base", &v->frame_base);
    state_u64(s, "frame_retraces", &v->frame_retraces);
    state_u32(s, "format", &v->format);
    state_bool(s, "interrupt_pending", &v->interrupt_pending);
    state_u64(s, "interrupt_frame", &v->interrupt_frame);
    vga_raster_visit(v, s);
    vga_svga_visit(v, s);
    state_check(s, v->dac_part <= 2, "the DAC's part is out of range");
    if (!state_loading(s))
        return;
    v->dac_part %= 3;
    v->frame = vga_compute_frame(v);
    v->generation++;
    vga_update_memory(v);
}
