/* The bus: pages belong to regions, ports to devices that take only the widths they decode, and the CPU hears what
 * others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emu/bus.h"
#include "emu/probe.h"

static struct probes probes;
static struct bus bus;
static uint8_t ram[4 * PAGE_SIZE], rom[PAGE_SIZE];

/* What a device was asked, in order. */
static struct { uint32_t addr, value; unsigned size; bool write; } seen[16];
static unsigned seen_count;

static void note(uint32_t addr, uint32_t value, unsigned size, bool write)
{
    assert_true(seen_count < 16);
    seen[seen_count].addr = addr;
    seen[seen_count].value = value;
    seen[seen_count].size = size;
    seen[seen_count++].write = write;
}

static uint32_t device_read(void *ctx, uint32_t addr, unsigned size)
{
    (void)ctx;
    note(addr, 0, size, false);
    return 0x44332211 & (size == 4 ? 0xFFFFFFFF : (1u << 8 * size) - 1);
}

static void device_write(void *ctx, uint32_t addr, uint32_t value, unsigned size)
{
    (void)ctx;
    note(addr, value, size, true);
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    (void)ctx;
    note(port, 0, size, false);
    return size == 1 ? port & 0xFF : 0x5500u + (port & 0xFF);
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    (void)ctx;
    note(port, value, size, true);
}

static const struct memory_ops device_ops = { device_read, device_write, NULL };
static const struct port_ops port_ops = { port_read, port_write };

static uint32_t told_addr, told_size;

static void told(void *ctx, uint32_t addr, uint32_t size)
{
    (void)ctx;
    told_addr = addr;
    told_size = size;
}

static int setup(void **state)
{
    (void)state;
    memset(&probes, 0, sizeof probes);
    memset(ram, 0, sizeof ram);
    memset(rom, 0xC3, sizeof rom);
    seen_count = 0;
    told_size = 0;
    if (!bus_init(&bus, &probes))
        return -1;
    bus.written = told;
    bus_map_memory(&bus, 0, sizeof ram, ram, true);
    bus_map_memory(&bus, 0xF0000, PAGE_SIZE, rom, false);
    bus_map_device(&bus, 0xA0000, PAGE_SIZE, &device_ops, NULL);
    bus_map_ports(&bus, 0x100, 4, 1, &port_ops, NULL);
    bus_map_ports(&bus, 0x200, 4, 2, &port_ops, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bus_destroy(&bus);
    return 0;
}

static void memory_is_little_endian(void **state)
{
    (void)state;
    bus_write(&bus, 0x10, 0x44332211, 4);
    assert_int_equal(ram[0x10], 0x11);
    assert_int_equal(bus_read(&bus, 0x11, 2), 0x3322);
    assert_int_equal(bus_read(&bus, 0x13, 1), 0x44);
}

static void empty_pages_read_as_ones_and_swallow_writes(void **state)
{
    (void)state;
    bus_write(&bus, 0x500000, 0, 4);
    assert_int_equal(bus_read(&bus, 0x500000, 4), 0xFFFFFFFF);
    assert_int_equal(bus_read(&bus, 0x500000, 1), 0xFF);
}

static void rom_is_written_by_pokes_only(void **state)
{
    (void)state;
    uint8_t byte = 0x90;
    bus_write(&bus, 0xF0000, 0, 4);
    bus_store(&bus, 0xF0000, &byte, 1);
    assert_int_equal(bus_read(&bus, 0xF0000, 4), 0xC3C3C3C3);
    bus_poke(&bus, 0xF0000, &byte, 1);
    assert_int_equal(bus_read(&bus, 0xF0000, 1), 0x90);
}

static void devices_see_accesses_but_no_peeks(void **state)
{
    (void)state;
    uint8_t bytes[2] = { 0, 0 };
    assert_int_equal(bus_read(&bus, 0xA0004, 2), 0x2211);
    bus_write(&bus, 0xA0005, 0x77, 1);
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[0].addr, 0xA0004);
    assert_int_equal(seen[0].size, 2);
    assert_true(seen[1].write);
    assert_int_equal(seen[1].value, 0x77);
    bus_peek(&bus, 0xA0000, bytes, 2);
    assert_int_equal(seen_count, 2);
    assert_int_equal(bytes[0], 0xFF);
}

static void bulk_copies_cross_pages_and_wrap_at_4_gb(void **state)
{
    (void)state;
    uint8_t data[3 * PAGE_SIZE], back[sizeof data];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    bus_store(&bus, 0x800, data, sizeof data);
    bus_load(&bus, 0x800, back, sizeof back);
    assert_memory_equal(data, back, sizeof data);
    bus_store(&bus, 0xFFFFFFFE, "abcd", 4);
    assert_int_equal(ram[0], 'c');
    assert_int_equal(ram[1], 'd');
    bus_peek(&bus, 0xFFFFFFFF, back, 2);
    assert_int_equal(back[0], 0xFF);
    assert_int_equal(back[1], 'c');
}

static void the_cpu_hears_what_dma_wrote(void **state)
{
    (void)state;
    bus_store(&bus, 0x123, "xyz", 3);
    assert_int_equal(told_addr, 0x123);
    assert_int_equal(told_size, 3);
    assert_true(bus.dirty[0]);
}

static void unclaimed_ports_read_as_ones(void **state)
{
    (void)state;
    assert_int_equal(bus_in(&bus, 0x300, 1), 0xFF);
    assert_int_equal(bus_in(&bus, 0x300, 2), 0xFFFF);
    assert_int_equal(bus_in(&bus, 0x300, 4), 0xFFFFFFFF);
    bus_out(&bus, 0x300, 1, 4);
    assert_int_equal(seen_count, 0);
}

static void wide_accesses_are_split_ascending(void **state)
{
    (void)state;
    assert_int_equal(bus_in(&bus, 0x100, 4), 0x03020100);
    bus_out(&bus, 0x200, 0x44332211, 4);
    assert_int_equal(seen_count, 6);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(seen[i].addr, 0x100 + i);
        assert_int_equal(seen[i].size, 1);
    }
    assert_int_equal(seen[4].value, 0x2211);
    assert_int_equal(seen[5].addr, 0x202);
    assert_int_equal(seen[5].value, 0x4433);
}

static void an_access_across_two_ranges_reaches_both(void **state)
{
    (void)state;
    assert_int_equal(bus_in(&bus, 0x103, 2), 0xFF03);
    assert_int_equal(bus_in(&bus, 0xFF, 2), 0x00FF);
    bus_out(&bus, 0xFFFF, 0x1234, 2);       /* beyond the last port */
}

static void a20_masks_one_bit(void **state)
{
    (void)state;
    bus_set_a20(&bus, false);
    assert_int_equal(bus.a20_mask, 0xFFEFFFFF);
    bus_set_a20(&bus, true);
    assert_int_equal(bus.a20_mask, 0xFFFFFFFF);
}

#define bus_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(memory_is_little_endian),
        bus_test(empty_pages_read_as_ones_and_swallow_writes),
        bus_test(rom_is_written_by_pokes_only),
        bus_test(devices_see_accesses_but_no_peeks),
        bus_test(bulk_copies_cross_pages_and_wrap_at_4_gb),
        bus_test(the_cpu_hears_what_dma_wrote),
        bus_test(unclaimed_ports_read_as_ones),
        bus_test(wide_accesses_are_split_ascending),
        bus_test(an_access_across_two_ranges_reaches_both),
        bus_test(a20_masks_one_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
