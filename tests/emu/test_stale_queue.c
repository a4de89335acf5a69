/* Stores into code that the prefetch queue already holds (timing reference, section 3; PRM 18.4): in mode `cycle` the
 * old instruction is executed, and the new one after the next jump; in the other modes always the new one. The guest,
 * tests/guests/stale_queue.asm, says what it does.
 *
 * How far the queue reaches: two lines of 16 bytes, that of the store's last byte, and the one behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"
#include "emu/inspect.h"

enum { ENTRY = 0x7C00, ANSWERS_AT = 0x20000, EXIT_PORT = 0xF4, LINE = 16 };
enum { WIDTHS = 2, OFFSETS = 16, DISTANCES = 40, STEP = 4 };    /* STEP: from distance to distance, but for PLAIN */
enum kind { PLAIN, JUMP, COLD, KINDS };

/* Low half: with the store. High half: behind a jump. */
enum { OLD = 0x10, NEW = 0x11 };

struct answers {
    struct { uint8_t of[KINDS][OFFSETS][DISTANCES], string[OFFSETS]; } width[WIDTHS];
};

static uint8_t guest[0x1000];
static size_t guest_size;

static int load_guest(void **state)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    (void)state;
    snprintf(path, sizeof path, "%s/stale_queue.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    guest_size = file ? fread(guest, 1, sizeof guest, file) : 0;
    if (file)
        fclose(file);
    if (!guest_size)
        print_error("%s cannot be read\n", path);
    return guest_size ? 0 : -1;
}

static struct machine *create(enum timing_mode timing, const char *board)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.profile = board;
    config.timing = timing;
    config.ram_kb = 1024;
    config.debug_exit_port = EXIT_PORT;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return m;
}

/* STEP: one instruction at a time, if not 0. */
static struct answers run_guest(enum timing_mode timing, const char *board, unsigned step)
{
    struct machine *m = create(timing, board);
    struct answers answers;
    struct stop stop;
    assert_int_equal(inspect_poke(m, ENTRY, guest, guest_size), guest_size);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    do
        machine_step(m, step ? step : 1000000000, &stop);
    while (stop.reason == STOP_STEPPED);
    assert_int_equal(stop.reason, STOP_EXIT);
    assert_int_equal(inspect_peek(m, ANSWERS_AT, &answers, sizeof answers), sizeof answers);
    machine_destroy(m);
    return answers;
}

/* --- What has to be --- */

/* Bytes of code that the queue holds behind a store of LENGTH bytes, OFFSET bytes into a line, with warm caches. */
static unsigned reach(unsigned offset, unsigned length)
{
    unsigned end = offset + length;
    return (end - 1) / LINE * LINE + 2 * LINE - end;
}

static unsigned store_length(unsigned width) { return width ? 7 : 5; }

enum { REP_STOSB_LENGTH = 2 };

static void check_plain(const struct answers *answers)
{
    for (unsigned width = 0; width < WIDTHS; width++)
        for (unsigned offset = 0; offset < OFFSETS; offset++)
            for (unsigned distance = 1; distance <= DISTANCES; distance++) {
                unsigned expected = distance <= reach(offset, store_length(width)) ? OLD : NEW;
                if (answers->width[width].of[PLAIN][offset][distance - 1] != expected)
                    fail_msg("%u bits, store at %u, %u bytes ahead: %02X", 16 + 16 * width, offset, distance,
                             answers->width[width].of[PLAIN][offset][distance - 1]);
            }
}

/* Every trial of KIND answered VALUE. */
static void check_all(const struct answers *answers, enum kind kind, uint8_t value)
{
    for (unsigned width = 0; width < WIDTHS; width++)
        for (unsigned i = 0; i < OFFSETS * DISTANCES; i += kind == PLAIN ? 1 : STEP)
            assert_int_equal(answers->width[width].of[kind][i / DISTANCES][i % DISTANCES], value);
}

/* What has to come from memory first may have come or not, but the queue reaches no further for that. */
static void check_cold(const struct answers *answers)
{
    unsigned old = 0, new = 0;
    for (unsigned width = 0; width < WIDTHS; width++)
        for (unsigned offset = 0; offset < OFFSETS; offset++)
            for (unsigned i = 0; i < DISTANCES; i += STEP) {
                uint8_t answer = answers->width[width].of[COLD][offset][i];
                if (i >= reach(offset, store_length(width)))
                    assert_int_equal(answer, NEW);
                else
                    *(answer == OLD ? &old : &new) += 1;
            }
    assert_true(old > 0 && new > 0);
}

/* IN_VAIN: what the queue holds REP STOSB does not reach. */
static void check_string(const struct answers *answers, bool in_vain)
{
    for (unsigned width = 0; width < WIDTHS; width++)
        for (unsigned offset = 0; offset < OFFSETS; offset++)
            assert_int_equal(answers->width[width].string[offset],
                             DISTANCES - (in_vain ? reach(offset, REP_STOSB_LENGTH) : 0));
}

static void check_cycle(const char *board, unsigned step)
{
    struct answers answers = run_guest(TIMING_CYCLE, board, step);
    check_plain(&answers);
    check_all(&answers, JUMP, NEW);
    check_cold(&answers);
    check_string(&answers, true);
}

static void the_queue_keeps_old_code_until_a_jump(void **state)
{
    (void)state;
    check_cycle("486sx-25", 0);
    check_cycle("486dx4-100wb", 0);
}

static void other_modes_see_new_code_at_once(void **state)
{
    (void)state;
    for (enum timing_mode mode = TIMING_FAST; mode <= TIMING_TABLE; mode++) {
        struct answers answers = run_guest(mode, "486dx-33", 0);
        check_all(&answers, PLAIN, NEW);
        check_all(&answers, JUMP, NEW);
        check_all(&answers, COLD, NEW);
        check_string(&answers, false);
    }
}

static void stops_do_not_empty_the_queue(void **state)
{
    (void)state;
    check_cycle("486dx-33", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_keeps_old_code_until_a_jump),
        cmocka_unit_test(other_modes_see_new_code_at_once),
        cmocka_unit_test(stops_do_not_empty_the_queue),
    };
    return cmocka_run_group_tests(tests, load_guest, NULL);
}
