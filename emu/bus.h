/* What chips are soldered to: physical memory in pages, the port map, and lines.
 *
 * Physical memory is 2^20 pages of 4 KB, each belonging to a region: RAM or ROM (host memory), or a device (callbacks);
 * a page without a region reads as ones and ignores writes. Regions are page aligned and are added when the machine is
 * built; a later region replaces what was mapped there.
 *
 * Ports: a device registers a range with the widest access it decodes; the bus splits wider accesses into
 * ascending ones, as the ISA bus controller does. Unclaimed ports read as ones.
 *
 * A line is a value: a function, a context and a number. Chips get the lines they drive when they are created and know
 * nothing of what hangs on the other end. */
#ifndef EMU_BUS_H
#define EMU_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096u
#define PAGE_MASK  0xFFFFF000u
#define BUS_REGIONS 32

struct probes;
struct state;

/* An output of a chip: interrupt request, A20 gate, reset, DMA request. A zeroed line is not connected. */
struct line {
    void (*set)(void *ctx, unsigned number, bool level);
    void *ctx;
    unsigned number;
};

static inline void line_set(const struct line *line, bool level)
{
    if (line->set)
        line->set(line->ctx, line->number, level);
}

/* size is 1, 2 or 4 and never wider than the range was registered for; value has no bits above size. */
struct port_ops {
    uint32_t (*read)(void *ctx, uint16_t port, unsigned size);
    void (*write)(void *ctx, uint16_t port, uint32_t value, unsigned size);
};

/* Device memory. addr is physical; an access never crosses a page. peek reads without any side effect (debugger);
 * it may be NULL, then peeked bytes are 0xFF. */
struct memory_ops {
    uint32_t (*read)(void *ctx, uint32_t addr, unsigned size);
    void (*write)(void *ctx, uint32_t addr, uint32_t value, unsigned size);
    uint8_t (*peek)(void *ctx, uint32_t addr);
};

struct region {
    uint32_t base;              /* physical, page aligned */
    uint32_t size;              /* bytes, whole pages */
    uint8_t *host;              /* RAM and ROM: the memory itself; NULL for devices */
    bool writable;              /* RAM */
    bool shared;                /* its bytes change by other ways too: decoded code is not kept */
    const struct memory_ops *ops;
    void *ctx;
};

struct port_range {
    const struct port_ops *ops;
    void *ctx;
    uint8_t width;              /* widest access in bytes: 1, 2 or 4 */
};

struct bus {
    struct region region[BUS_REGIONS];  /* [0]: nothing there */
    unsigned regions;
    uint8_t *page_region;               /* [2^20] region number of each page */
    struct port_range range[64];        /* [0]: nothing there */
    unsigned ranges;
    uint8_t *port_range;                /* [2^16] range number of each port */
    uint32_t a20_mask;                  /* ANDed to every address the CPU puts out */
    uint8_t *dirty;                     /* [2^20] page was written since the last checkpoint */
    /* Set by the CPU: bytes of memory were changed by someone else; the meaning of addresses changed. */
    void (*written)(void *ctx, uint32_t addr, uint32_t size);
    void (*remapped)(void *ctx);
    void *cpu;
    struct probes *probes;
};

/* False when out of memory. */
bool bus_init(struct bus *bus, struct probes *probes);
void bus_destroy(struct bus *bus);

/* Maps host memory (kept by the caller) at BASE. BASE and SIZE are whole pages. */
void bus_map_memory(struct bus *bus, uint32_t base, uint32_t size, uint8_t *host, bool writable);

/* Maps memory that its owner reads and writes as well, unseen: a frame buffer. */
void bus_map_shared(struct bus *bus, uint32_t base, uint32_t size, uint8_t *host);

/* Maps device memory at BASE. */
void bus_map_device(struct bus *bus, uint32_t base, uint32_t size, const struct memory_ops *ops, void *ctx);

/* Gives ports FIRST .. FIRST+COUNT-1 to OPS; WIDTH is the widest access in bytes that it decodes. */
void bus_map_ports(struct bus *bus, uint16_t first, unsigned count, unsigned width, const struct port_ops *ops,
                   void *ctx);

/* The region of a physical address (A20 already applied). Never NULL. */
static inline const struct region *bus_region(const struct bus *bus, uint32_t addr)
{
    return &bus->region[bus->page_region[addr >> PAGE_SHIFT]];
}

/* One access at ADDR to the device that REGION is, or to nothing. Size 1, 2 or 4. */
static inline uint32_t region_read_device(const struct region *region, uint32_t addr, unsigned size)
{
    uint32_t ones = 0xFFFFFFFFu >> (32 - 8 * size);
    return region->ops ? region->ops->read(region->ctx, addr, size) & ones : ones;
}

static inline void region_write_device(const struct region *region, uint32_t addr, uint32_t value, unsigned size)
{
    if (region->ops)
        region->ops->write(region->ctx, addr, value & 0xFFFFFFFFu >> (32 - 8 * size), size);
}

/* The widest access in bytes that the device at PORT decodes: 1, 2 or 4. */
static inline unsigned bus_port_width(const struct bus *bus, uint16_t port)
{
    return bus->range[bus->port_range[port]].width;
}

/* Programmed I/O as the CPU does it; size 1, 2 or 4. Reported to the probes. */
uint32_t bus_in(struct bus *bus, uint16_t port, unsigned size);
void bus_out(struct bus *bus, uint16_t port, uint32_t value, unsigned size);

/* One memory access at a physical address that does not cross a page; A20 is not applied. Size 1, 2 or 4. */
uint32_t bus_read(struct bus *bus, uint32_t addr, unsigned size);
void bus_write(struct bus *bus, uint32_t addr, uint32_t value, unsigned size);

/* Bulk copies for DMA and the debugger, any length (wraps at 4 GB). bus_store tells the CPU what changed and marks
 * pages dirty; writes to ROM are ignored. bus_peek has no side effects; bus_poke writes ROM too. */
void bus_load(struct bus *bus, uint32_t addr, void *buffer, uint32_t size);
void bus_store(struct bus *bus, uint32_t addr, const void *data, uint32_t size);
void bus_peek(const struct bus *bus, uint32_t addr, void *buffer, uint32_t size);
void bus_poke(struct bus *bus, uint32_t addr, const void *data, uint32_t size);

/* Opens or closes the A20 gate and tells the CPU. */
void bus_set_a20(struct bus *bus, bool open);

/* Visits the A20 gate (memory is visited by the machine). */
void bus_visit(struct bus *bus, struct state *state);

#endif
