/* A board for the tests of the keyboard controller and what is plugged into it: a keyboard, and a mouse if wanted. */
#ifndef TESTS_EMU_DEV_KBC_BOARD_H
#define TESTS_EMU_DEV_KBC_BOARD_H

#include "tests/emu/dev/rig.h"

#include "emu/dev/kbc.h"
#include "emu/dev/keyboard.h"
#include "emu/dev/mouse.h"

enum {
    OUTPUT_FULL = 0x01, INPUT_FULL = 0x02, SYSTEM = 0x04, COMMAND = 0x08, UNLOCKED = 0x10, AUX = 0x20, TIMEOUT = 0x40
};

struct board {
    struct rig rig;
    struct keyboard keyboard;
    struct mouse mouse;
    struct kbc kbc;
    struct wire irq, aux_irq, a20, reset;
};

static inline void visit(void *chip, struct state *state)
{
    struct board *b = chip;

    keyboard_visit(&b->keyboard, state);
    mouse_visit(&b->mouse, state);
    kbc_visit(&b->kbc, state);
}

static inline void visit_keyboard(void *chip, struct state *state) { keyboard_visit(chip, state); }
static inline void visit_mouse(void *chip, struct state *state) { mouse_visit(chip, state); }
static inline void visit_kbc(void *chip, struct state *state) { kbc_visit(chip, state); }

static inline struct board *board_create(bool has_mouse)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    keyboard_init(&b->keyboard, &(struct keyboard_config){
        .clock = &b->rig.clock, .probes = &b->rig.probes, .send = kbc_from_keyboard, .send_ctx = &b->kbc });
    mouse_init(&b->mouse, &(struct mouse_config){
        .clock = &b->rig.clock, .send = kbc_from_aux, .send_ctx = &b->kbc });
    kbc_init(&b->kbc, &(struct kbc_config){
        .bus = &b->rig.bus, .clock = &b->rig.clock,
        .irq = wire_line(&b->irq, &b->rig), .aux_irq = wire_line(&b->aux_irq, &b->rig),
        .a20 = wire_line(&b->a20, &b->rig), .reset = wire_line(&b->reset, &b->rig),
        .keyboard_clock = { keyboard_set_clock, &b->keyboard, 0 },
        .to_keyboard = keyboard_receive, .keyboard = &b->keyboard,
        .aux_clock = { mouse_set_clock, &b->mouse, 0 },
        .to_aux = has_mouse ? mouse_receive : NULL, .aux = &b->mouse });
    return b;
}

/* A keyboard alone. */
static inline int setup(void **state)
{
    *state = board_create(false);
    return 0;
}

static inline int setup_with_mouse(void **state)
{
    *state = board_create(true);
    return 0;
}

static inline int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static inline void ms(struct board *b, unsigned count)
{
    rig_run(&b->rig, count * TICKS_PER_MS);
}

/* Writes as a careful guest does: waits for the input buffer to be free. */
static inline void put(struct board *b, uint16_t port, uint8_t value)
{
    for (int i = 0; i < 100 && (rig_in(&b->rig, 0x64) & INPUT_FULL); i++)
        rig_run(&b->rig, TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x64) & INPUT_FULL, 0);
    rig_out(&b->rig, port, value);
    rig_run(&b->rig, 25 * TICKS_PER_US);
}

/* The next byte for the CPU, or -1 after 50 ms. */
static inline int next(struct board *b)
{
    for (int i = 0; i < 5000; i++) {
        if (rig_in(&b->rig, 0x64) & OUTPUT_FULL)
            return rig_in(&b->rig, 0x60);
        rig_run(&b->rig, 10 * TICKS_PER_US);
    }
    return -1;
}

static inline int command(struct board *b, uint8_t value)
{
    put(b, 0x64, value);
    return next(b);
}

static inline uint8_t hex_byte(const char *hex)
{
    const char digits[3] = { hex[0], hex[1], 0 };

    return (uint8_t)strtol(digits, NULL, 16);
}

static inline void assert_bytes(struct board *b, const char *hex)
{
    for (; *hex; hex += 2 + (hex[2] == ' '))
        assert_int_equal(next(b), hex_byte(hex));
    assert_int_equal(next(b), -1);
}

static inline void keys(struct board *b, const char *hex)
{
    for (; *hex; hex += 2 + (hex[2] == ' '))
        assert_true(keyboard_key(&b->keyboard, hex_byte(hex)));
}

/* The bytes of HEX, each to the keyboard, which acknowledges it. */
static inline void tell_keyboard(struct board *b, const char *hex)
{
    for (; *hex; hex += 2 + (hex[2] == ' ')) {
        put(b, 0x60, hex_byte(hex));
        assert_int_equal(next(b), 0xFA);
    }
}

/* Translation off, so that the tests see what comes along the wire. */
static inline void stop_translating(struct board *b)
{
    put(b, 0x64, 0x60);
    put(b, 0x60, 0x01);
}

/* A byte to the mouse. */
static inline void tell_mouse(struct board *b, uint8_t value)
{
    put(b, 0x64, 0xD4);
    put(b, 0x60, value);
}

/* The bytes of HEX come from the mouse, and no more. */
static inline void assert_mouse_bytes(struct board *b, const char *hex)
{
    for (; *hex; hex += 2 + (hex[2] == ' ')) {
        for (int i = 0; i < 5000 && !(rig_in(&b->rig, 0x64) & OUTPUT_FULL); i++)
            rig_run(&b->rig, 10 * TICKS_PER_US);
        assert_int_equal(rig_in(&b->rig, 0x64) & (OUTPUT_FULL | AUX), OUTPUT_FULL | AUX);
        assert_int_equal(rig_in(&b->rig, 0x60), hex_byte(hex));
    }
    assert_int_equal(next(b), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_WITH_MOUSE(name) cmocka_unit_test_setup_teardown(name, setup_with_mouse, teardown)

#endif
