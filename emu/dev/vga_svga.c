/* The display interface of Bochs and QEMU beside the VGA's registers: modes of up to 32 bits a pixel, which the video
 * BIOS offers as VESA's. (Documents: vbe_display_api.txt of Bochs, docs/specs/standard-vga.rst of QEMU; where they
 * differ, Bochs.)
 *
 * A register's number goes to port 1CEh, its 16-bit value to 1CFh. Width, height and depth are set first, then the
 * enable register takes them over: from then on the picture is a stretch of video memory, line after line, which the
 * host sees in whole at E0000000h and through a bank of 64 KB at A0000h. With 4 bits a pixel memory stays in planes
 * behind the VGA's logic and the bank counts 64 KB of each plane. What does not fit into the memory is not enabled or
 * cut to fit. A monitor that takes everything shows such a mode at 60 Hz, with blanking of a quarter of a line and a
 * twentieth of a frame, about as VESA's timings have it.
 *
 * 1CFh is an odd address: a word there comes as a low byte at 1CFh and a high one at 1D0h, which completes it.
 *
 * Left out: writes of two bytes to one port, separate banks for reading and writing, monitor data (index 0Bh), panning
 * and zoom by the VGA's registers, and the big-endian switch. A change of VGA modes' pictures by way of E0000000h moves
 * no generation. */
#include "emu/dev/vga_parts.h"

#include <string.h>

enum { ID_FIRST = 0xB0C0, ID_LAST = 0xB0C5, MAX_WIDTH = 2048, MAX_HEIGHT = 2048, MAX_DEPTH = 32, BANK_SHIFT = 16,
       BANK_BITS = 0x3FFF, INDEX_PORT = 0x1CE, DATA_PORT = 0x1CF, HZ = 60 };
enum { ENABLED = 0x01, GET_LIMITS = 0x02, DAC_8_BITS = 0x20, LINEAR = 0x40, KEEP_MEMORY = 0x80,
       ENABLE_BITS = ENABLED | GET_LIMITS | DAC_8_BITS | LINEAR | KEEP_MEMORY };

bool vga_svga_enabled(const struct vga *v)
{
    return v->svga[SVGA_ENABLE] & ENABLED;
}

bool vga_svga_packed(const struct vga *v)
{
    return vga_svga_enabled(v) && v->svga[SVGA_DEPTH] != 4;
}

bool vga_svga_dac_8_bits(const struct vga *v)
{
    return v->svga[SVGA_ENABLE] & DAC_8_BITS;
}

/* --- Shape --- */

/* Bytes of memory that a line of WIDTH pixels takes, in all planes. */
static uint32_t line_bytes(uint32_t width, unsigned depth)
{
    return depth == 4 ? (width + 7) / 8 * 4 : width * ((depth + 7u) / 8);
}

static uint32_t present_line(const struct vga *v)
{
    return line_bytes(v->svga[SVGA_VIRTUAL_WIDTH], v->svga[SVGA_DEPTH]);
}

static bool depth_exists(unsigned depth)
{
    return depth == 4 || depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32;
}

/* Can the mode in the registers be shown? */
static bool fits(const struct vga *v)
{
    uint32_t width = v->svga[SVGA_WIDTH], height = v->svga[SVGA_HEIGHT];
    return width && height && width <= MAX_WIDTH && height <= MAX_HEIGHT && depth_exists(v->svga[SVGA_DEPTH]) &&
           (uint64_t)line_bytes(width, v->svga[SVGA_DEPTH]) * height <= v->memory_size;
}

static uint16_t least(uint32_t a, uint32_t b)
{
    return (uint16_t)(a < b ? a : b);
}

/* Memory holds as many lines as fit, and the picture begins where it ends inside of them. */
static void fit_lines(struct vga *v)
{
    v->svga[SVGA_VIRTUAL_HEIGHT] = least(v->memory_size / present_line(v), UINT16_MAX);
    v->svga[SVGA_X] = least(v->svga[SVGA_X], v->svga[SVGA_VIRTUAL_WIDTH] - v->svga[SVGA_WIDTH]);
    v->svga[SVGA_Y] = least(v->svga[SVGA_Y], v->svga[SVGA_VIRTUAL_HEIGHT] - v->svga[SVGA_HEIGHT]);
}

/* Lines become WIDTH pixels long: not less than are shown, not more than leaves room for all lines. */
static void set_virtual_width(struct vga *v, uint32_t width)
{
    unsigned depth = v->svga[SVGA_DEPTH];
    uint32_t room = v->memory_size / v->svga[SVGA_HEIGHT];
    uint32_t most = depth == 4 ? room / 4 * 8 : room / line_bytes(1, depth);
    if (width < v->svga[SVGA_WIDTH])
        width = v->svga[SVGA_WIDTH];
    if (depth == 4)
        width = (width + 7) & ~7u;
    v->svga[SVGA_VIRTUAL_WIDTH] = least(width, least(most, UINT16_MAX & ~7u));
    fit_lines(v);
}

struct vga_frame vga_svga_frame(const struct vga *v)
{
    uint32_t width = (v->svga[SVGA_WIDTH] + 7u) & ~7u, height = v->svga[SVGA_HEIGHT];
    struct vga_frame frame = { .character_dots = 8, .shown_dots = width, .shown_lines = height };
    frame.line_dots = (width + width / 4 + 7) & ~7u;
    frame.lines = height + height / 20 + 4;
    frame.retrace_start = height + 1;
    frame.retrace_lines = 2;
    frame.hz = frame.line_dots * frame.lines * HZ;
    return frame;
}

uint64_t vga_svga_frames(const struct vga *v)
{
    return vga_svga_enabled(v) ? vga_retraces(v) - v->svga_retraces : 0;
}

/* --- Registers --- */

/* The DAC's registers are eight bits wide; with six, the host sees the upper ones. */
static void set_dac_width(struct vga *v, bool eight)
{
    for (unsigned i = 0; i < sizeof v->dac; i++) {
        uint8_t *channel = &v->dac[i / 3][i % 3];
        *channel = (uint8_t)(eight ? *channel << 2 : *channel >> 2);
    }
}

static void turn_on(struct vga *v, uint16_t value)
{
    if (!fits(v)) {
        v->svga[SVGA_ENABLE] = value & ~ENABLED;
        return;
    }
    v->svga[SVGA_BANK] = v->svga[SVGA_X] = v->svga[SVGA_Y] = 0;
    set_virtual_width(v, v->svga[SVGA_WIDTH]);
    if (!(value & KEEP_MEMORY))
        memset(v->memory, 0, v->memory_size);
}

static void write_enable(struct vga *v, uint16_t value)
{
    uint16_t old = v->svga[SVGA_ENABLE];
    value &= ENABLE_BITS;
    v->generation += vga_svga_frames(v);
    v->svga_retraces = vga_retraces(v);
    v->svga[SVGA_ENABLE] = value;
    if ((value ^ old) & DAC_8_BITS)
        set_dac_width(v, value & DAC_8_BITS);
    if (value & ~old & ENABLED)
        turn_on(v, value);
    if (!vga_svga_enabled(v))
        v->svga[SVGA_BANK] = 0;
    vga_update_memory(v);
    vga_picture_changed(v);
}

/* 64 KB of memory, or of each plane. */
static void write_bank(struct vga *v, uint16_t value)
{
    uint32_t room = v->svga[SVGA_DEPTH] == 4 ? v->memory_size / 4 : v->memory_size;
    if (vga_svga_enabled(v) && (uint32_t)(value & BANK_BITS) < room >> BANK_SHIFT)
        v->svga[SVGA_BANK] = value & BANK_BITS;
    vga_update_memory(v);
}

/* Those that are taken over when the mode is enabled. */
static void write_mode(struct vga *v, unsigned index, uint16_t value)
{
    static const uint16_t limit[] = { [SVGA_WIDTH] = MAX_WIDTH, [SVGA_HEIGHT] = MAX_HEIGHT };
    if (vga_svga_enabled(v))
        return;
    if (index == SVGA_DEPTH && depth_exists(value ? value : 8))
        v->svga[SVGA_DEPTH] = value ? value : 8;
    else if (index != SVGA_DEPTH && value <= limit[index])
        v->svga[index] = value;
}

static void write_place(struct vga *v, unsigned index, uint16_t value)
{
    if (!vga_svga_enabled(v))
        return;
    if (index == SVGA_VIRTUAL_WIDTH) {
        set_virtual_width(v, value);
    } else {
        v->svga[index] = value;
        fit_lines(v);
    }
    v->generation++;
}

static void write_register(struct vga *v, uint16_t value)
{
    switch (v->svga_index) {
    case SVGA_ID:
        if (value >= ID_FIRST && value <= ID_LAST)
            v->svga[SVGA_ID] = value;
        break;
    case SVGA_WIDTH: case SVGA_HEIGHT: case SVGA_DEPTH: write_mode(v, v->svga_index, value); break;
    case SVGA_ENABLE: write_enable(v, value); break;
    case SVGA_BANK: write_bank(v, value); break;
    case SVGA_VIRTUAL_WIDTH: case SVGA_X: case SVGA_Y: write_place(v, v->svga_index, value); break;
    default: break;
    }
}

static uint16_t read_register(const struct vga *v)
{
    static const uint16_t limit[] = { [SVGA_WIDTH] = MAX_WIDTH, [SVGA_HEIGHT] = MAX_HEIGHT, [SVGA_DEPTH] = MAX_DEPTH };
    unsigned index = v->svga_index;
    if (index == SVGA_MEMORY)
        return (uint16_t)(v->memory_size >> BANK_SHIFT);
    if (index >= SVGA_REGISTERS)
        return 0xFFFF;
    if (v->svga[SVGA_ENABLE] & GET_LIMITS && index >= SVGA_WIDTH && index <= SVGA_DEPTH)
        return limit[index];
    return v->svga[index];
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    const struct vga *v = ctx;
    unsigned shift = port - DATA_PORT ? 8 : 0;
    if (port == INDEX_PORT)
        return size == 1 ? v->svga_index & 0xFFu : v->svga_index;
    return read_register(v) >> shift & 0xFFu;
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct vga *v = ctx;
    (void)size;
    if (port == INDEX_PORT)
        v->svga_index = (uint16_t)value;
    else if (port == DATA_PORT)
        v->svga_low = (uint8_t)value;
    else
        write_register(v, (uint16_t)(value << 8 | v->svga_low));
}

/* --- The host's view --- */

uint32_t vga_svga_base(const struct vga *v)
{
    if (!vga_svga_enabled(v))
        return 0;
    return (uint32_t)v->svga[SVGA_BANK] << BANK_SHIFT << (vga_svga_packed(v) ? 0 : 2);
}

uint32_t vga_svga_read(const struct vga *v, uint32_t offset, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)v->memory[v->bank_base + offset + i] << 8 * i;
    return value;
}

/* --- The picture --- */

static uint8_t five_bits(unsigned value)
{
    value &= 31;
    return (uint8_t)(value << 3 | value >> 2);
}

static uint8_t six_bits(unsigned value)
{
    value &= 63;
    return (uint8_t)(value << 2 | value >> 4);
}

static void draw_15(const uint8_t *from, uint32_t count, uint8_t *rgb)
{
    for (; count--; from += 2, rgb += 3) {
        unsigned value = from[0] | (unsigned)from[1] << 8;
        rgb[0] = five_bits(value >> 10);
        rgb[1] = five_bits(value >> 5);
        rgb[2] = five_bits(value);
    }
}

static void draw_16(const uint8_t *from, uint32_t count, uint8_t *rgb)
{
    for (; count--; from += 2, rgb += 3) {
        unsigned value = from[0] | (unsigned)from[1] << 8;
        rgb[0] = five_bits(value >> 11);
        rgb[1] = six_bits(value >> 5);
        rgb[2] = five_bits(value);
    }
}

/* 24 and 32 bits: blue, green, red, and a byte of nothing. */
static void draw_bytes(const uint8_t *from, uint32_t count, unsigned step, uint8_t *rgb)
{
    for (; count--; from += step, rgb += 3) {
        rgb[0] = from[2];
        rgb[1] = from[1];
        rgb[2] = from[0];
    }
}

static void draw_8(const struct vga *v, const uint8_t *from, uint32_t count, uint8_t dac[256][3], uint8_t *rgb)
{
    for (; count--; from++, rgb += 3)
        memcpy(rgb, dac[*from & v->dac_mask], 3);
}

/* Pixel X of a line in planes: a bit of each, through the attribute controller. */
static void draw_4(const struct vga *v, const uint8_t *line, uint32_t x, uint32_t count, uint8_t dac[256][3],
                   uint8_t *rgb)
{
    for (; count--; x++, rgb += 3) {
        const uint8_t *planes = line + x / 8 * 4;
        unsigned color = 0;
        for (unsigned plane = 0; plane < 4; plane++)
            color |= (planes[plane] >> (7 - x % 8) & 1u) << plane;
        memcpy(rgb, dac[vga_dac_entry(v, color)], 3);
    }
}

static void draw_line(const struct vga *v, uint32_t y, uint8_t dac[256][3], uint8_t *rgb)
{
    unsigned depth = v->svga[SVGA_DEPTH];
    uint32_t x = v->svga[SVGA_X], count = v->svga[SVGA_WIDTH];
    const uint8_t *line = v->memory + (size_t)(v->svga[SVGA_Y] + y) * present_line(v);
    const uint8_t *from = line + line_bytes(x, depth);
    switch (depth) {
    case 4: draw_4(v, line, x, count, dac, rgb); break;
    case 8: draw_8(v, from, count, dac, rgb); break;
    case 15: draw_15(from, count, rgb); break;
    case 16: draw_16(from, count, rgb); break;
    default: draw_bytes(from, count, depth / 8, rgb); break;
    }
}

void vga_svga_draw(const struct vga *v, uint8_t *rgb)
{
    uint8_t dac[256][3];
    vga_dac_colors(v, dac);
    for (uint32_t y = 0; y < v->svga[SVGA_HEIGHT]; y++)
        draw_line(v, y, dac, rgb + (size_t)y * v->svga[SVGA_WIDTH] * 3);
}

/* --- Building, reset, saving --- */

void vga_svga_reset(struct vga *v)
{
    if (vga_svga_dac_8_bits(v))
        set_dac_width(v, false);
    memset(v->svga, 0, sizeof v->svga);
    v->svga[SVGA_ID] = ID_LAST;
    v->svga[SVGA_DEPTH] = 8;
    v->svga_index = v->svga_low = 0;
    v->svga_retraces = 0;
}

void vga_svga_init(struct vga *v)
{
    static const struct port_ops ports = { port_read, port_write };
    bus_map_ports(v->config.bus, INDEX_PORT, 1, 2, &ports, v);
    bus_map_ports(v->config.bus, DATA_PORT, 2, 1, &ports, v);
    bus_map_shared(v->config.bus, VGA_LINEAR_BASE, v->memory_size, v->memory);
}

/* Was the state saved by such a card? Then what is shown lies inside of the memory. */
static bool consistent(const struct vga *v)
{
    const uint16_t *r = v->svga;
    if (!vga_svga_enabled(v))
        return r[SVGA_BANK] == 0;
    return fits(v) && r[SVGA_VIRTUAL_WIDTH] >= r[SVGA_WIDTH] &&
           (r[SVGA_DEPTH] != 4 || r[SVGA_VIRTUAL_WIDTH] % 8 == 0) &&
           r[SVGA_VIRTUAL_HEIGHT] >= r[SVGA_HEIGHT] &&
           (uint64_t)present_line(v) * r[SVGA_VIRTUAL_HEIGHT] <= v->memory_size &&
           r[SVGA_X] + r[SVGA_WIDTH] <= r[SVGA_VIRTUAL_WIDTH] && r[SVGA_Y] + r[SVGA_HEIGHT] <= r[SVGA_VIRTUAL_HEIGHT] &&
           vga_svga_base(v) < v->memory_size;
}

/* Memory beyond the VGA's; most of it is empty most of the time. */
static void visit_memory(struct vga *v, struct state *s)
{
    static const uint8_t empty[VGA_PLANE];
    for (uint32_t at = VGA_MEMORY; at < v->memory_size; at += VGA_PLANE) {
        bool used = !state_loading(s) && memcmp(v->memory + at, empty, sizeof empty) != 0;
        state_bool(s, "used", &used);
        if (used)
            state_bytes(s, "memory", v->memory + at, VGA_PLANE);
        else if (state_loading(s))
            memset(v->memory + at, 0, VGA_PLANE);
    }
}

/* Loading counts as more changes than there will ever be frames, so that the generation of the picture never goes
 * back. */
void vga_svga_visit(struct vga *v, struct state *s)
{
    uint32_t size = v->memory_size;
    state_u32(s, "memory_size", &size);
    state_check(s, size == v->memory_size, "video memory of another size");
    if (v->memory_size == VGA_MEMORY || state_failed(s))
        return;
    visit_memory(v, s);
    state_u16(s, "svga_index", &v->svga_index);
    state_u8(s, "svga_low", &v->svga_low);
    state_u64(s, "svga_retraces", &v->svga_retraces);
    for (unsigned i = 0; i < SVGA_REGISTERS; i++)
        state_u16(s, "svga", &v->svga[i]);
    if (!state_loading(s))
        return;
    v->generation += 1ull << 32;
    if (consistent(v))
        return;
    state_check(s, false, "a mode that does not fit into the video memory");
    vga_svga_reset(v);
}
