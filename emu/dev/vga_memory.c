/* The host's view of the planes: memory map, odd/even and chain-4 addressing, latches, read modes and write modes (IBM
 * VGA technical reference, graphics controller).
 *
 * The four planes are interleaved, so that one access loads or stores the same address of all: latches are a 32-bit
 * word and the logic unit works on four planes at once. The common cases, text and mode 13h without any logic, store a
 * byte directly.
 *
 * With odd/even addressing another bit takes the place of address bit 0: bit 16 where the memory map has 128 KB, else
 * the page bit of the miscellaneous output register, turned over: the BIOS sets it in all modes, and finds its text at
 * even addresses. Left out: memory sizes below 256 KB; the extended memory bit has an effect on fonts only. */
#include "emu/dev/vga_parts.h"

#define HOST_BASE 0xA0000u
#define EACH_PLANE 0x01010101u

enum { MEMORY_NOT_ODD_EVEN = 4, MEMORY_CHAIN4 = 8, MODE_READ_COMPARE = 8, MODE_READ_ODD_EVEN = 0x10,
       MISC_CHAIN_ODD_EVEN = 2, MISC_OUTPUT_RAM = 2, MISC_OUTPUT_PAGE = 0x20, AWAKE = 1 };

/* Four bits, one a plane, to four bytes. */
static const uint32_t expanded[16] = {
    0x00000000, 0x000000FF, 0x0000FF00, 0x0000FFFF, 0x00FF0000, 0x00FF00FF, 0x00FFFF00, 0x00FFFFFF,
    0xFF000000, 0xFF0000FF, 0xFF00FF00, 0xFF00FFFF, 0xFFFF0000, 0xFFFF00FF, 0xFFFFFF00, 0xFFFFFFFF,
};

/* Planes that an odd/even write reaches: 0 and 2 at even addresses, 1 and 3 at odd ones. */
static const uint32_t odd_even_planes[2] = { 0x00FF00FF, 0xFF00FF00 };

static bool is_chain4(const struct vga *v)
{
    return v->sequencer[SEQ_MEMORY_MODE] & MEMORY_CHAIN4;
}

static bool is_odd_even(const struct vga *v)
{
    return !(v->sequencer[SEQ_MEMORY_MODE] & MEMORY_NOT_ODD_EVEN);
}

/* Write mode 0 that stores the byte as it is? */
static bool stores_plainly(const struct vga *v)
{
    const uint8_t *g = v->graphics;
    return (g[GC_MODE] & 3) == 0 && (g[GC_ENABLE_SET_RESET] & 15) == 0 && (g[GC_ROTATE] & 0x1F) == 0 &&
           g[GC_BIT_MASK] == 0xFF;
}

void vga_update_memory(struct vga *v)
{
    static const struct { uint32_t base, size; } windows[4] = {
        { 0, 0x20000 }, { 0, 0x10000 }, { 0x10000, 0x8000 }, { 0x18000, 0x8000 },
    };
    unsigned window = v->graphics[GC_MISC] >> 2 & 3;
    bool pairs = is_odd_even(v) && (v->graphics[GC_MISC] & MISC_CHAIN_ODD_EVEN) && window && v->misc & MISC_OUTPUT_PAGE;
    v->window_base = windows[window].base;
    v->window_size = v->misc & MISC_OUTPUT_RAM && v->enable & AWAKE ? windows[window].size : 0;
    v->map_mask = expanded[v->sequencer[SEQ_MAP_MASK] & 15];
    v->bit_mask = v->graphics[GC_BIT_MASK] * EACH_PLANE;
    v->set_value = expanded[v->graphics[GC_SET_RESET] & 15];
    v->set_planes = expanded[v->graphics[GC_ENABLE_SET_RESET] & 15];
    v->bank_base = vga_svga_base(v);
    v->path = VGA_PATH_GENERAL;
    if (vga_svga_packed(v)) {
        v->path = VGA_PATH_PACKED;
        v->window_base = 0;
        v->window_size = VGA_PLANE;
        return;
    }
    if (stores_plainly(v) && is_chain4(v))
        v->path = VGA_PATH_CHAIN4;
    else if (stores_plainly(v) && pairs && v->map_mask == 0x0000FFFF)
        v->path = VGA_PATH_TEXT;
}

/* Address within the planes. */
static uint32_t plane_address(const struct vga *v, uint32_t offset)
{
    if (is_chain4(v))
        return offset & 0xFFFC;
    if (!(v->graphics[GC_MISC] & MISC_CHAIN_ODD_EVEN))
        return offset & 0xFFFF;
    return (offset & 0xFFFE) | (v->window_size > VGA_PLANE ? offset >> 16 : !(v->misc & MISC_OUTPUT_PAGE));
}

/* The four planes at an address of the bank. */
static uint8_t *bank_planes(const struct vga *v, uint32_t address)
{
    return v->memory + v->bank_base + 4 * address;
}

static uint32_t host_planes(const struct vga *v, uint32_t address)
{
    return vga_load(bank_planes(v, address));
}

/* --- Reads --- */

/* Read mode 1: a bit is set where the pixel has the colour to compare with, in the planes that matter. */
static uint8_t compare(const struct vga *v, uint32_t planes)
{
    uint32_t care = expanded[v->graphics[GC_DONT_CARE] & 15];
    uint32_t differs = (planes ^ expanded[v->graphics[GC_COLOR_COMPARE] & 15]) & care;
    differs |= differs >> 16;
    return (uint8_t)~(differs | differs >> 8);
}

static uint8_t read_planes(const struct vga *v, uint32_t offset, uint32_t planes)
{
    unsigned plane = v->graphics[GC_READ_MAP] & 3;
    if (v->graphics[GC_MODE] & MODE_READ_COMPARE)
        return compare(v, planes);
    if (is_chain4(v))
        plane = offset & 3;
    else if (v->graphics[GC_MODE] & MODE_READ_ODD_EVEN)
        plane = (plane & 2) | (offset & 1);
    return (uint8_t)(planes >> 8 * plane);
}

static uint32_t memory_read(void *ctx, uint32_t addr, unsigned size)
{
    struct vga *v = ctx;
    uint32_t offset = addr - HOST_BASE - v->window_base, value = 0;
    if (offset >= v->window_size)
        return 0xFFFFFFFFu >> (32 - 8 * size);
    if (v->path == VGA_PATH_PACKED)
        return vga_svga_read(v, offset, size);
    for (unsigned i = 0; i < size; i++) {
        v->latches = host_planes(v, plane_address(v, offset + i));
        value |= (uint32_t)read_planes(v, offset + i, v->latches) << 8 * i;
    }
    return value;
}

static uint8_t memory_peek(void *ctx, uint32_t addr)
{
    const struct vga *v = ctx;
    uint32_t offset = addr - HOST_BASE - v->window_base;
    if (offset >= v->window_size)
        return 0xFF;
    if (v->path == VGA_PATH_PACKED)
        return (uint8_t)vga_svga_read(v, offset, 1);
    return read_planes(v, offset, host_planes(v, plane_address(v, offset)));
}

/* --- Writes --- */

static uint32_t rotated(const struct vga *v, uint8_t byte)
{
    unsigned count = v->graphics[GC_ROTATE] & 7;
    return (uint8_t)(byte >> count | byte << (8 - count));
}

/* The logic unit: data with the latches, in the bits that MASK lets through. */
static uint32_t logic_unit(const struct vga *v, uint32_t data, uint32_t mask)
{
    switch (v->graphics[GC_ROTATE] >> 3 & 3) {
    case 1: data &= v->latches; break;
    case 2: data |= v->latches; break;
    case 3: data ^= v->latches; break;
    default: break;
    }
    return (data & mask) | (v->latches & ~mask);
}

/* What the write mode makes of the host's byte, for all planes. */
static uint32_t written_data(const struct vga *v, uint8_t byte)
{
    uint32_t set = v->set_value, enable = v->set_planes;
    switch (v->graphics[GC_MODE] & 3) {
    case 0:  return logic_unit(v, (rotated(v, byte) * EACH_PLANE & ~enable) | (set & enable), v->bit_mask);
    case 1:  return v->latches;
    case 2:  return logic_unit(v, expanded[byte & 15], v->bit_mask);
    default: return logic_unit(v, set, rotated(v, byte) * EACH_PLANE & v->bit_mask);
    }
}

static void write_general(struct vga *v, uint32_t offset, uint8_t byte)
{
    uint32_t address = plane_address(v, offset);
    uint32_t mask = v->map_mask, old = host_planes(v, address);
    if (is_chain4(v))
        mask &= 0xFFu << 8 * (offset & 3);
    else if (is_odd_even(v))
        mask &= odd_even_planes[offset & 1];
    uint32_t new = (old & ~mask) | (written_data(v, byte) & mask);
    if (new == old)
        return;
    vga_store(bank_planes(v, address), new);
    v->generation++;
}

static void store(struct vga *v, uint32_t index, uint8_t byte)
{
    uint8_t *at = v->memory + v->bank_base + index;
    if (*at == byte)
        return;
    *at = byte;
    v->generation++;
}

static void memory_write(void *ctx, uint32_t addr, uint32_t value, unsigned size)
{
    struct vga *v = ctx;
    uint32_t offset = addr - HOST_BASE - v->window_base;
    if (offset >= v->window_size)
        return;
    for (unsigned i = 0; i < size; i++, offset++, value >>= 8) {
        if (v->path == VGA_PATH_GENERAL)
            write_general(v, offset, (uint8_t)value);
        else if (v->path == VGA_PATH_TEXT)
            store(v, 4 * (offset & 0xFFFE) + (offset & 1), (uint8_t)value);
        else if (v->path == VGA_PATH_PACKED)
            store(v, offset, (uint8_t)value);
        else if (v->map_mask >> 8 * (offset & 3) & 1)
            store(v, 4 * (offset & 0xFFFC) + (offset & 3), (uint8_t)value);
    }
}

const struct memory_ops vga_memory_ops = { memory_read, memory_write, memory_peek };
