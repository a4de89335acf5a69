/* The probe stream as a listener on a whole machine sees it: names, times, and the events of interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/inspect.h"

enum { NOTED = 64 };

struct notes { struct probe_event event[NOTED]; size_t count; };

static void note(void *ctx, const struct probe_event *event)
{
    struct notes *notes = ctx;
    if (notes->count < NOTED)
        notes->event[notes->count++] = *event;
}

static struct machine *machine_with(const uint8_t *code, size_t size, enum timing_mode timing)
{
    struct machine_config config;
    char error[200];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    config.timing = timing;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    assert_int_equal(inspect_poke(m, 0x7C00, code, size), size);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_SEG + SEG_SS, 0));
    assert_true(inspect_set_register(m, NAME_R + REG_ESP, 0x7C00));
    assert_true(inspect_set_register(m, NAME_EIP, 0x7C00));
    return m;
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned a = 0; a < PROBE_KINDS; a++) {
        assert_non_null(probe_name((enum probe_kind)a));
        for (unsigned b = 0; b < a; b++)
            assert_string_not_equal(probe_name((enum probe_kind)a), probe_name((enum probe_kind)b));
    }
}

/* Many CLI and STI in one run of mode `fast`, which is charged at its end: each has the tick at which it begins. */
static void an_event_inside_a_run_has_its_own_time(void **state)
{
    (void)state;
    static const uint8_t code[] = { 0xFA, 0x90, 0xFB, 0x90, 0x90, 0xFA, 0x90, 0x90, 0x90, 0xFB, 0x90, 0xF4 };
    static const unsigned begins[] = { 2, 5, 9 };
    struct notes notes = { .count = 0 };
    struct machine *m = machine_with(code, sizeof code, TIMING_FAST);
    struct stop stop;
    probe_listen(machine_probes(m), PROBE_BIT(PROBE_INTERRUPT_FLAG), note, &notes);
    uint64_t tick = machine_tick(m), icount = machine_icount(m);
    machine_step(m, sizeof code - 1, &stop);
    assert_int_equal(notes.count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(notes.event[i].tick - tick, begins[i] * 2 * 63);
        assert_int_equal(notes.event[i].icount - icount, begins[i]);
        assert_int_equal(notes.event[i].eip, 0x7C00 + begins[i]);
        assert_int_equal(notes.event[i].a, i % 2 == 0);
    }
    machine_destroy(m);
}

/* Masks of the PICs: FFh, the same again, FEh and, to the slave, 55h. ICW1 clears the mask. */
static void changes_of_the_interrupt_mask_are_told(void **state)
{
    (void)state;
    static const uint8_t code[] = {
        0xB0, 0x11, 0xE6, 0x20, 0xB0, 0x08, 0xE6, 0x21, 0xB0, 0x04, 0xE6, 0x21, 0xB0, 0x01, 0xE6, 0x21,
        0xB0, 0x11, 0xE6, 0xA0, 0xB0, 0x70, 0xE6, 0xA1, 0xB0, 0x02, 0xE6, 0xA1, 0xB0, 0x01, 0xE6, 0xA1,
        0xB0, 0xFF, 0xE6, 0x21, 0xE6, 0x21, 0xB0, 0xFE, 0xE6, 0x21, 0xB0, 0x55, 0xE6, 0xA1, 0xB0, 0x11, 0xE6, 0x20,
    };
    static const struct { uint32_t chip, mask; } wanted[] = { { 0, 0xFF }, { 0, 0xFE }, { 1, 0x55 }, { 0, 0 } };
    struct notes notes = { .count = 0 };
    struct machine *m = machine_with(code, sizeof code, TIMING_FAST);
    struct stop stop;
    probe_listen(machine_probes(m), PROBE_BIT(PROBE_IRQ_MASK), note, &notes);
    machine_step(m, 25, &stop);
    assert_int_equal(notes.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(notes.event[i].a, wanted[i].chip);
        assert_int_equal(notes.event[i].b, wanted[i].mask);
    }
    machine_destroy(m);
}

/* The timer rises while a long MUL is under way: the event says by how much it was noticed too late. Less that, the
 * rises are as far apart as the PIT makes them: 1000h of its clocks. What instructions do is never late. */
static void note_late(void *ctx, const struct probe_event *event)
{
    *(uint64_t *)ctx += event->late;
}

static void a_rise_tells_how_late_it_was_noticed(void **state)
{
    (void)state;
    static const uint8_t code[] = {
        0xFA, 0xB8, 0xFF, 0xFF, 0xB0, 0x34, 0xE6, 0x43, 0xB0, 0x00, 0xE6, 0x40, 0xB0, 0x10, 0xE6, 0x40,
        0xF7, 0xE0, 0x8E, 0xD8, 0xEB, 0xFA,                         /* MUL AX; MOV DS,AX; JMP */
    };
    for (int mode = TIMING_FAST; mode <= TIMING_CYCLE; mode++) {
        struct notes notes = { .count = 0 };
        struct machine *m = machine_with(code, sizeof code, (enum timing_mode)mode);
        struct stop stop;
        bool late = false;
        uint64_t loads_late = 0;
        probe_listen(machine_probes(m), PROBE_BIT(PROBE_SEGLOAD), note_late, &loads_late);
        probe_listen(machine_probes(m), PROBE_BIT(PROBE_IRQ_RAISED), note, &notes);
        machine_run(m, 60 * TICKS_PER_MS, &stop);
        assert_true(notes.count > 10);
        for (size_t i = 1; i < notes.count; i++) {
            const struct probe_event *before = &notes.event[i - 1], *event = &notes.event[i];
            assert_int_equal(event->tick - event->late - (before->tick - before->late), 0x1000 * TICKS_PER_PIT);
            late |= event->late > 0;
        }
        assert_true(late);
        assert_int_equal(loads_late, 0);
        machine_destroy(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
        cmocka_unit_test(an_event_inside_a_run_has_its_own_time),
        cmocka_unit_test(changes_of_the_interrupt_mask_are_told),
        cmocka_unit_test(a_rise_tells_how_late_it_was_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
