/* What comes from outside reaches the chip that it is for: mouse and joystick as the config has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "emu/machine.h"
#include "emu/state.h"

static struct machine *machine_with(enum mouse_kind mouse, unsigned port, unsigned joysticks)
{
    struct machine_config config;
    char error[200];
    machine_config_defaults(&config);
    config.mouse = mouse;
    config.mouse_port = port;
    config.joysticks = joysticks;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    return m;
}

/* Lets time pass for the chips alone. */
static void pass(struct machine *m, uint64_t ticks)
{
    uint64_t until = m->clock.now + ticks;
    while (m->clock.next_due <= until) {
        if (m->clock.next_due > m->clock.now)
            m->clock.now = m->clock.next_due;
        clock_fire_due(&m->clock);
    }
    m->clock.now = until;
}

static uint8_t in(struct machine *m, uint16_t port) { return (uint8_t)bus_in(&m->bus, port, 1); }
static void out(struct machine *m, uint16_t port, uint8_t value) { bus_out(&m->bus, port, value, 1); }

/* The next COUNT bytes of the serial port at BASE. */
static void receive(struct machine *m, uint16_t base, uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        for (int j = 0; j < 1000 && !(in(m, base + 5) & 1); j++)
            pass(m, 100 * TICKS_PER_US);
        assert_int_equal(in(m, base + 5) & 1, 1);
        bytes[i] = in(m, base);
    }
}

static void a_serial_mouse_has_its_port_and_those_before(void **state)
{
    (void)state;
    static const uint16_t bases[SERIAL_PORTS] = { 0x3F8, 0x2F8, 0x3E8, 0x2E8 };
    for (unsigned port = 0; port < SERIAL_PORTS; port++) {
        struct machine *m = machine_with(MOUSE_SERIAL, port, 0);
        uint8_t bytes[3];
        for (unsigned i = 0; i < SERIAL_PORTS; i++)
            assert_int_equal(in(m, bases[i] + 1), i <= port ? 0x00 : 0xFF);
        assert_false(machine_mouse_listens(m));
        out(m, bases[port] + 3, 0x02);          /* seven bits */
        out(m, bases[port] + 4, 0x03);
        receive(m, bases[port], bytes, 1);
        assert_int_equal(bytes[0], 'M');
        assert_true(machine_mouse_listens(m));
        machine_mouse(m, 1, 2, BUTTON_LEFT | BUTTON_MIDDLE);
        receive(m, bases[port], bytes, 3);
        assert_memory_equal(bytes, "\x60\x01\x02", 3);
        machine_reset(m);
        assert_false(machine_mouse_listens(m));
        machine_destroy(m);
    }
}

static void a_machine_without_them_ignores_both(void **state)
{
    (void)state;
    struct machine *m = machine_with(MOUSE_NONE, 0, 0);
    uint64_t before = machine_hash(m);
    machine_mouse(m, 100, 100, 7);
    machine_joystick(m, 0, 0, 0, 3);
    assert_false(machine_mouse_listens(m));
    assert_true(machine_hash(m) == before);
    assert_int_equal(in(m, 0x201), 0xFF);
    machine_destroy(m);
}

static void joysticks_are_there_when_configured(void **state)
{
    (void)state;
    for (unsigned sticks = 1; sticks <= 2; sticks++) {
        struct machine *m = machine_with(MOUSE_PS2, 0, sticks);
        assert_int_equal(in(m, 0x201), 0xF0);
        machine_joystick(m, 0, 0, 255, 1);
        machine_joystick(m, 1, 0, 0, 3);
        assert_int_equal(in(m, 0x201), sticks == 1 ? 0xE0 : 0x20);
        machine_reset(m);
        assert_int_equal(in(m, 0x201), sticks == 1 ? 0xE0 : 0x20);
        machine_destroy(m);
    }
}

static void keys_wait_for_room(void **state)
{
    (void)state;
    struct machine *m = machine_with(MOUSE_PS2, 0, 0);
    unsigned taken = 0;
    for (; machine_key_ready(m); taken++)
        assert_true(machine_key(m, 0x1E));
    assert_in_range(taken, 8, 16);
    while (machine_key(m, 0x1E))
        assert_true(++taken <= 16);
    assert_int_equal(taken, 16);
    machine_destroy(m);
}

static void save_to(struct machine *from, struct machine *to)
{
    struct state saved, loading;
    state_begin_save(&saved);
    machine_visit(from, &saved);
    state_begin_load(&loading, saved.data, saved.size);
    machine_visit(to, &loading);
    assert_string_equal(loading.error, "");
    free(saved.data);
}

/* Saved in mid-packet, with the hand still moving. */
static void a_loaded_machine_goes_on_with_its_packet(void **state)
{
    (void)state;
    struct machine *a = machine_with(MOUSE_SERIAL, 0, 2), *b = machine_with(MOUSE_SERIAL, 0, 2);
    uint8_t first[8], second[8];
    out(a, 0x3FB, 0x02);
    out(a, 0x3FC, 0x03);
    receive(a, 0x3F8, first, 1);
    machine_mouse(a, 300, 5, BUTTON_RIGHT);
    receive(a, 0x3F8, first, 2);
    save_to(a, b);
    assert_true(machine_hash(a) == machine_hash(b));
    receive(a, 0x3F8, first, 7);
    receive(b, 0x3F8, second, 7);
    assert_memory_equal(first, second, 7);
    assert_true(machine_hash(a) == machine_hash(b));
    machine_destroy(a);
    machine_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_mouse_has_its_port_and_those_before),
        cmocka_unit_test(a_machine_without_them_ignores_both),
        cmocka_unit_test(joysticks_are_there_when_configured),
        cmocka_unit_test(keys_wait_for_room),
        cmocka_unit_test(a_loaded_machine_goes_on_with_its_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
