/* Physical memory and the port map: tables of small numbers, one per page and one per port, into short arrays of
 * regions and ranges. Accesses wider than a device decodes are split in ascending order, as ISA and EISA controllers
 * do. */
#include "emu/bus.h"

#include <stdlib.h>
#include <string.h>

#include "emu/probe.h"
#include "emu/state.h"

#define PAGES (1u << 20)
#define PORTS (1u << 16)

static uint32_t nothing_in(void *ctx, uint16_t port, unsigned size)
{
    (void)ctx, (void)port, (void)size;
    return 0xFFFFFFFFu;
}

static void nothing_out(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    (void)ctx, (void)port, (void)value, (void)size;
}

static const struct port_ops no_device = { nothing_in, nothing_out };

bool bus_init(struct bus *bus, struct probes *probes)
{
    *bus = (struct bus){ .regions = 1, .ranges = 1, .a20_mask = 0xFFFFFFFFu, .probes = probes };
    bus->range[0] = (struct port_range){ .ops = &no_device, .width = 4 };
    bus->page_region = calloc(PAGES, 1);
    bus->port_range = calloc(PORTS, 1);
    bus->dirty = calloc(PAGES, 1);
    if (bus->page_region && bus->port_range && bus->dirty)
        return true;
    bus_destroy(bus);
    return false;
}

void bus_destroy(struct bus *bus)
{
    free(bus->page_region);
    free(bus->port_range);
    free(bus->dirty);
    bus->page_region = bus->port_range = bus->dirty = NULL;
}

static void remapped(struct bus *bus)
{
    if (bus->remapped)
        bus->remapped(bus->cpu);
}

static void map_region(struct bus *bus, const struct region *region)
{
    if (bus->regions == BUS_REGIONS)
        return;
    bus->region[bus->regions] = *region;
    memset(bus->page_region + (region->base >> PAGE_SHIFT), (int)bus->regions, region->size >> PAGE_SHIFT);
    bus->regions++;
    remapped(bus);
}

void bus_map_memory(struct bus *bus, uint32_t base, uint32_t size, uint8_t *host, bool writable)
{
    map_region(bus, &(struct region){ .base = base, .size = size, .host = host, .writable = writable });
}

void bus_map_shared(struct bus *bus, uint32_t base, uint32_t size, uint8_t *host)
{
    map_region(bus, &(struct region){ .base = base, .size = size, .host = host, .writable = true, .shared = true });
}

void bus_map_device(struct bus *bus, uint32_t base, uint32_t size, const struct memory_ops *ops, void *ctx)
{
    map_region(bus, &(struct region){ .base = base, .size = size, .ops = ops, .ctx = ctx });
}

void bus_map_ports(struct bus *bus, uint16_t first, unsigned count, unsigned width, const struct port_ops *ops,
                   void *ctx)
{
    if (bus->ranges == sizeof bus->range / sizeof *bus->range)
        return;
    bus->range[bus->ranges] = (struct port_range){ .ops = ops, .ctx = ctx, .width = (uint8_t)width };
    for (unsigned port = first; port < first + count && port < PORTS; port++)
        bus->port_range[port] = (uint8_t)bus->ranges;
    bus->ranges++;
}

static uint32_t size_mask(unsigned size)
{
    return size == 4 ? 0xFFFFFFFFu : (1u << 8 * size) - 1;
}

/* What one access to PORT does: the part of SIZE that its device decodes at once and that belongs to the same range. */
static unsigned port_step(const struct bus *bus, uint16_t port, unsigned size)
{
    unsigned width = bus->range[bus->port_range[port]].width;
    while (width > size || port % width)
        width /= 2;
    return width;
}

/* Does the device of RANGE decode an access of SIZE, a power of two, to PORT at once? */
static bool at_once(const struct port_range *range, uint16_t port, unsigned size)
{
    return size <= range->width && !(port & (size - 1));
}

static __attribute__((noinline)) uint32_t port_in_parts(const struct bus *bus, uint16_t port, unsigned size)
{
    const struct port_range *range;
    uint32_t value = 0;
    for (unsigned done = 0, step; done < size; done += step) {
        uint16_t at = (uint16_t)(port + done);
        step = port_step(bus, at, size - done);
        range = &bus->range[bus->port_range[at]];
        value |= (range->ops->read(range->ctx, at, step) & size_mask(step)) << 8 * done;
    }
    return value;
}

static uint32_t port_in(const struct bus *bus, uint16_t port, unsigned size)
{
    const struct port_range *range = &bus->range[bus->port_range[port]];
    if (at_once(range, port, size))
        return range->ops->read(range->ctx, port, size) & size_mask(size);
    return port_in_parts(bus, port, size);
}

uint32_t bus_in(struct bus *bus, uint16_t port, unsigned size)
{
    uint32_t value = port_in(bus, port, size);
    if (probe_wants(bus->probes, PROBE_PORT_READ))
        probe_emit(bus->probes, PROBE_PORT_READ, port, value, size, 0);
    return value;
}

static void port_out(struct bus *bus, uint16_t port, uint32_t value, unsigned size)
{
    const struct port_range *range = &bus->range[bus->port_range[port]];
    if (at_once(range, port, size)) {
        range->ops->write(range->ctx, port, value & size_mask(size), size);
        return;
    }
    for (unsigned done = 0, step; done < size; done += step) {
        uint16_t at = (uint16_t)(port + done);
        step = port_step(bus, at, size - done);
        range = &bus->range[bus->port_range[at]];
        range->ops->write(range->ctx, at, value >> 8 * done & size_mask(step), step);
    }
}

void bus_out(struct bus *bus, uint16_t port, uint32_t value, unsigned size)
{
    if (probe_wants(bus->probes, PROBE_PORT_WRITE))
        probe_emit(bus->probes, PROBE_PORT_WRITE, port, value & size_mask(size), size, 0);
    port_out(bus, port, value, size);
}

uint32_t bus_read(struct bus *bus, uint32_t addr, unsigned size)
{
    const struct region *region = bus_region(bus, addr);
    uint32_t value = 0;
    if (!region->host)
        return region_read_device(region, addr, size);
    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)region->host[addr - region->base + i] << 8 * i;
    return value;
}

static void mark_written(struct bus *bus, uint32_t addr, uint32_t size)
{
    bus->dirty[addr >> PAGE_SHIFT] = 1;
    if (bus->written)
        bus->written(bus->cpu, addr, size);
}

void bus_write(struct bus *bus, uint32_t addr, uint32_t value, unsigned size)
{
    const struct region *region = bus_region(bus, addr);
    if (region->host && region->writable) {
        for (unsigned i = 0; i < size; i++)
            region->host[addr - region->base + i] = (uint8_t)(value >> 8 * i);
        mark_written(bus, addr, size);
    } else if (!region->host) {
        region_write_device(region, addr, value, size);
    }
}

/* Bytes from ADDR to the end of its page, at most SIZE. */
static uint32_t within_page(uint32_t addr, uint32_t size)
{
    uint32_t left = PAGE_SIZE - (addr & ~PAGE_MASK);
    return left < size ? left : size;
}

void bus_load(struct bus *bus, uint32_t addr, void *buffer, uint32_t size)
{
    uint8_t *to = buffer;
    for (uint32_t part; size; addr += part, to += part, size -= part) {
        const struct region *region = bus_region(bus, addr);
        part = within_page(addr, size);
        if (region->host)
            memcpy(to, region->host + (addr - region->base), part);
        else
            for (uint32_t i = 0; i < part; i++)
                to[i] = (uint8_t)bus_read(bus, addr + i, 1);
    }
}

void bus_store(struct bus *bus, uint32_t addr, const void *data, uint32_t size)
{
    const uint8_t *from = data;
    for (uint32_t part; size; addr += part, from += part, size -= part) {
        const struct region *region = bus_region(bus, addr);
        part = within_page(addr, size);
        if (region->host && region->writable) {
            memcpy(region->host + (addr - region->base), from, part);
            mark_written(bus, addr, part);
        } else if (region->ops) {
            for (uint32_t i = 0; i < part; i++)
                bus_write(bus, addr + i, from[i], 1);
        }
    }
}

void bus_peek(const struct bus *bus, uint32_t addr, void *buffer, uint32_t size)
{
    uint8_t *to = buffer;
    for (uint32_t part; size; addr += part, to += part, size -= part) {
        const struct region *region = bus_region(bus, addr);
        part = within_page(addr, size);
        if (region->host)
            memcpy(to, region->host + (addr - region->base), part);
        else
            for (uint32_t i = 0; i < part; i++)
                to[i] = region->ops && region->ops->peek ? region->ops->peek(region->ctx, addr + i) : 0xFF;
    }
}

void bus_poke(struct bus *bus, uint32_t addr, const void *data, uint32_t size)
{
    const uint8_t *from = data;
    for (uint32_t part; size; addr += part, from += part, size -= part) {
        const struct region *region = bus_region(bus, addr);
        part = within_page(addr, size);
        if (region->host) {
            memcpy(region->host + (addr - region->base), from, part);
            mark_written(bus, addr, part);
        } else if (region->ops) {
            for (uint32_t i = 0; i < part; i++)
                region->ops->write(region->ctx, addr + i, from[i], 1);
        }
    }
}

void bus_set_a20(struct bus *bus, bool open)
{
    uint32_t mask = open ? 0xFFFFFFFFu : ~(1u << 20);
    if (mask == bus->a20_mask)
        return;
    bus->a20_mask = mask;
    remapped(bus);
}

void bus_visit(struct bus *bus, struct state *state)
{
    bool open = bus->a20_mask == 0xFFFFFFFFu;
    state_section(state, "bus");
    state_bool(state, "a20", &open);
    if (state_loading(state))
        bus_set_a20(bus, open);
}
