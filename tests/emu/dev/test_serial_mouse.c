/* Tests of the Microsoft mouse: alone, and at the end of a serial port's cable. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/serial.h"
#include "emu/dev/serial_mouse.h"

enum { LEFT = SERIAL_MOUSE_LEFT, RIGHT = SERIAL_MOUSE_RIGHT };

#define BYTE_TICKS (9 * TICKS_PER_SECOND / 1200)

struct board {
    struct rig rig;
    struct serial_mouse mouse;
    struct paper sent;
    uint64_t at[256];           /* when each byte began */
    bool deaf;
};

static bool hear(void *ctx, uint8_t byte)
{
    struct board *b = ctx;

    if (b->deaf)
        return false;
    b->at[b->sent.count] = b->rig.clock.now;
    paper_put(&b->sent, byte);
    return true;
}

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    serial_mouse_init(&b->mouse, &(struct serial_mouse_config){ .clock = &b->rig.clock, .send = hear, .send_ctx = b });
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static void visit(void *chip, struct state *state)
{
    serial_mouse_visit(chip, state);
}

static void lines(struct board *b, bool dtr, bool rts)
{
    serial_mouse_set_line(&b->mouse, SERIAL_MOUSE_DTR, dtr);
    serial_mouse_set_line(&b->mouse, SERIAL_MOUSE_RTS, rts);
}

/* What was sent in the next second is HEX. */
static void assert_sent(struct board *b, const char *hex)
{
    unsigned count = 0;

    rig_run(&b->rig, TICKS_PER_SECOND);
    for (; *hex; hex += 2 + (hex[2] == ' '), count++) {
        const char digits[3] = { hex[0], hex[1], 0 };
        assert_true(count < b->sent.count);
        assert_int_equal(b->sent.byte[count], strtol(digits, NULL, 16));
    }
    assert_int_equal(b->sent.count, count);
    b->sent.count = 0;
}

static void it_introduces_itself_when_it_gets_power(void **state)
{
    struct board *b = *state;

    lines(b, true, false);
    assert_sent(b, "");
    assert_false(serial_mouse_listens(&b->mouse));
    uint64_t from = b->rig.clock.now;
    lines(b, true, true);
    lines(b, true, true);
    assert_sent(b, "4D");
    assert_true(serial_mouse_listens(&b->mouse));
    assert_true(b->at[0] - from >= TICKS_PER_MS && b->at[0] - from <= 14 * TICKS_PER_MS);
    lines(b, true, false);
    lines(b, true, true);
    assert_sent(b, "4D");
    serial_mouse_reset(&b->mouse);
    assert_sent(b, "4D");
}

static void without_power_nothing_is_sent(void **state)
{
    struct board *b = *state;

    serial_mouse_move(&b->mouse, 5, 5, LEFT);
    lines(b, true, true);
    serial_mouse_move(&b->mouse, 5, 5, LEFT);
    assert_sent(b, "4D");
    serial_mouse_move(&b->mouse, 5, 5, 0);
    lines(b, false, true);
    assert_sent(b, "");
}

static void packets_hold_buttons_and_motion(void **state)
{
    static const struct { int dx, dy; uint8_t buttons; const char *packet; } rows[] = {
        { 1, 0, 0, "40 01 00" },    { 0, 1, 0, "40 00 01" },          { -1, 0, 0, "43 3F 00" },
        { 0, -1, 0, "4C 00 3F" },   { 127, -128, LEFT, "69 3F 00" },  { 0, 0, LEFT, "" },
        { 0, 0, RIGHT, "50 00 00" }, { -64, 65, LEFT | RIGHT, "77 00 01" }, { 0, 0, 0, "40 00 00" },
    };
    struct board *b = *state;

    lines(b, true, true);
    assert_sent(b, "4D");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        serial_mouse_move(&b->mouse, rows[i].dx, rows[i].dy, rows[i].buttons);
        assert_sent(b, rows[i].packet);
    }
}

static void bytes_come_no_faster_than_1200_baud(void **state)
{
    struct board *b = *state;

    lines(b, true, true);
    assert_sent(b, "4D");
    for (int i = 0; i < 500; i++) {
        serial_mouse_move(&b->mouse, 1, 0, 0);
        rig_run(&b->rig, TICKS_PER_MS);
    }
    rig_run(&b->rig, 100 * TICKS_PER_MS);
    unsigned sum = 0;
    for (unsigned i = 0; i < b->sent.count; i++) {
        sum += i % 3 == 1 ? b->sent.byte[i] : 0;
        assert_true(i == 0 || b->at[i] - b->at[i - 1] >= BYTE_TICKS);
    }
    assert_int_equal(sum, 500);
    assert_true(b->sent.count > 60);
}

static void a_long_way_takes_several_packets(void **state)
{
    struct board *b = *state;

    lines(b, true, true);
    assert_sent(b, "4D");
    serial_mouse_move(&b->mouse, 300, -130, 0);
    assert_sent(b, "49 3F 00 4D 3F 3E 40 2E 00");
}

static void a_click_within_a_packet_is_not_lost(void **state)
{
    struct board *b = *state;

    lines(b, true, true);
    assert_sent(b, "4D");
    serial_mouse_move(&b->mouse, 0, 0, LEFT);
    serial_mouse_move(&b->mouse, 0, 0, 0);
    assert_sent(b, "60 00 00 40 00 00");
}

static void what_the_port_does_not_hear_is_lost_with_its_packet(void **state)
{
    struct board *b = *state;

    lines(b, true, true);
    assert_sent(b, "4D");
    serial_mouse_move(&b->mouse, 1, 1, 0);
    rig_run(&b->rig, TICKS_PER_MS);
    b->deaf = true;
    rig_run(&b->rig, 100 * TICKS_PER_MS);
    b->deaf = false;
    serial_mouse_move(&b->mouse, 2, 2, 0);
    assert_sent(b, "40 40 02 02");
}

static void saved_in_the_middle_of_packets_it_goes_on(void **state)
{
    struct board *a = *state;

    lines(a, true, true);
    for (unsigned i = 0; i < 80; i++) {
        void *other;
        setup(&other);
        struct board *b = other;
        serial_mouse_move(&a->mouse, (int)(i * 37 % 400) - 200, (int)i - 40, i / 3 & 3);
        rig_run(&a->rig, i * 7919 % 30000 * TICKS_PER_US);
        rig_copy(&a->rig, &a->mouse, &b->rig, &b->mouse, visit);
        a->sent.count = 0;
        rig_run(&a->rig, 50 * TICKS_PER_MS);
        rig_run(&b->rig, 50 * TICKS_PER_MS);
        assert_int_equal(a->sent.count, b->sent.count);
        assert_memory_equal(a->sent.byte, b->sent.byte, a->sent.count);
        assert_true(rig_hash(&a->rig, visit, &a->mouse) == rig_hash(&b->rig, visit, &b->mouse));
        teardown(&other);
    }
    assert_true(rig_refuses(&a->rig, &a->mouse, &a->mouse.length, 4, visit));
    assert_true(rig_refuses(&a->rig, &a->mouse, &a->mouse.sent, 4, visit));
    assert_true(rig_refuses(&a->rig, &a->mouse, &a->mouse.buttons, 4, visit));
}

static bool to_port(void *ctx, uint8_t byte)
{
    return serial_receive(ctx, byte);
}

/* As a driver does it: RTS low and high again, then the port is read. */
static void a_driver_finds_it_at_a_port(void **state)
{
    struct board *b = *state;
    struct serial port;
    struct serial_mouse mouse;
    uint8_t got[4];
    unsigned count = 0;

    serial_mouse_init(&mouse, &(struct serial_mouse_config){
        .clock = &b->rig.clock, .send = to_port, .send_ctx = &port });
    serial_init(&port, &(struct serial_config){
        .bus = &b->rig.bus, .clock = &b->rig.clock, .base = 0x3F8,
        .dtr = { serial_mouse_set_line, &mouse, SERIAL_MOUSE_DTR },
        .rts = { serial_mouse_set_line, &mouse, SERIAL_MOUSE_RTS } });
    rig_out(&b->rig, 0x3FB, 0x82);
    rig_out(&b->rig, 0x3F8, 96);
    rig_out(&b->rig, 0x3FB, 0x02);
    rig_out(&b->rig, 0x3FC, 0x01);
    rig_run(&b->rig, 100 * TICKS_PER_MS);
    assert_int_equal(rig_in(&b->rig, 0x3FD) & 1, 0);
    rig_out(&b->rig, 0x3FC, 0x03);
    rig_run(&b->rig, 30 * TICKS_PER_MS);
    assert_int_equal(rig_in(&b->rig, 0x3FD) & 1, 1);
    assert_int_equal(rig_in(&b->rig, 0x3F8), 'M');
    serial_mouse_move(&mouse, 3, 4, RIGHT);
    for (int i = 0; i < 1000 && count < 4; i++) {
        rig_run(&b->rig, 100 * TICKS_PER_US);
        if (rig_in(&b->rig, 0x3FD) & 1)
            got[count++] = rig_in(&b->rig, 0x3F8);
    }
    assert_int_equal(count, 3);
    assert_memory_equal(got, "\x50\x03\x04", 3);
    rig_out(&b->rig, 0x3FC, 0x13);              /* loopback takes its power */
    assert_false(serial_mouse_listens(&mouse));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_introduces_itself_when_it_gets_power),
        TEST(without_power_nothing_is_sent),
        TEST(packets_hold_buttons_and_motion),
        TEST(bytes_come_no_faster_than_1200_baud),
        TEST(a_long_way_takes_several_packets),
        TEST(a_click_within_a_packet_is_not_lost),
        TEST(what_the_port_does_not_hear_is_lost_with_its_packet),
        TEST(saved_in_the_middle_of_packets_it_goes_on),
        TEST(a_driver_finds_it_at_a_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
