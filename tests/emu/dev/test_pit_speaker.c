/* What the timer says of the speaker, beside its OUT pin looked at on every clock. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/pit.h"

enum { WAVES = 32 };

struct wave { uint64_t from, first; uint32_t other, same; bool level; };

/* The board, and a listener who believes what he hears. */
struct board {
    struct rig rig;
    struct pit pit;
    struct wave wave[WAVES];
    unsigned waves, heard;
};

static void hear(void *ctx, const struct probe_event *e)
{
    struct board *b = ctx;

    b->heard++;
    while (b->waves && b->wave[b->waves - 1].from >= e->d)
        b->waves--;
    if (b->waves == WAVES)
        memmove(b->wave, b->wave + 1, sizeof *b->wave * --b->waves);
    b->wave[b->waves++] = (struct wave){ e->d, e->b, e->c, e->a >> 1, e->a & 1 };
}

static bool level_of(const struct wave *w, uint64_t tick)
{
    uint64_t at = tick - w->from;

    if (!w->first || at < w->first)
        return w->level;
    at -= w->first;
    if (!w->other || (w->same && at % ((uint64_t)w->other + w->same) < w->other))
        return !w->level;
    return w->same || at >= w->other ? w->level : !w->level;
}

static bool heard_level(const struct board *b, uint64_t tick)
{
    unsigned i = b->waves;

    while (i > 1 && b->wave[i - 1].from > tick)
        i--;
    return level_of(&b->wave[i - 1], tick);
}

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    pit_init(&b->pit, &(struct pit_config){ .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes });
    assert_true(probe_listen(&b->rig.probes, PROBE_BIT(PROBE_SPEAKER), hear, b) >= 0);
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

static void program(struct board *b, unsigned mode, uint16_t count)
{
    rig_out(&b->rig, 0x43, (uint8_t)(0xB0 | mode << 1));
    rig_out(&b->rig, 0x42, (uint8_t)count);
    rig_out(&b->rig, 0x42, (uint8_t)(count >> 8));
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Something to the gate, the data bit, the mode or the count. */
static void act(struct board *b, uint32_t *seed)
{
    uint32_t what = next_random(seed), count = next_random(seed) % 40;

    switch (what % 5) {
    case 0:
        rig_out(&b->rig, 0x43, (uint8_t)(0xB0 | (next_random(seed) & 7) << 1));
        break;
    case 1:
        rig_out(&b->rig, 0x42, (uint8_t)count);
        rig_out(&b->rig, 0x42, 0);
        break;
    case 2:
        rig_out(&b->rig, 0x42, (uint8_t)count);
        break;
    default:
        rig_out(&b->rig, 0x61, next_random(seed) & 3);
        break;
    }
}

static void the_level_is_what_was_said_at_every_clock(void **state)
{
    struct board *b = *state;
    uint32_t seed = 1;

    pit_tell_speaker(&b->pit);
    for (int round = 0; round < 20000; round++) {
        act(b, &seed);
        for (uint32_t steps = next_random(&seed) % 90; steps; steps--) {
            bool level = (rig_in(&b->rig, 0x61) & 2) && pit_out(&b->pit, 2);
            if (heard_level(b, b->rig.clock.now) != level)
                fail_msg("round %d, tick %llu: %d", round, (unsigned long long)b->rig.clock.now, level);
            rig_run(&b->rig, 1 + next_random(&seed) % TICKS_PER_PIT);
        }
    }
}

static void a_tone_is_said_once(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x61, 3);
    program(b, 3, 1000);
    rig_run(&b->rig, 10 * TICKS_PER_PIT);
    b->heard = 0;
    rig_run(&b->rig, 1000 * TICKS_PER_MS);
    rig_out(&b->rig, 0x61, 3);
    assert_int_equal(b->heard, 0);
    assert_int_equal(pit_speaker_periods(&b->pit), 1000);
    assert_int_equal(b->wave[b->waves - 1].other, 500 * TICKS_PER_PIT);
    assert_int_equal(b->wave[b->waves - 1].same, 500 * TICKS_PER_PIT);
    rig_out(&b->rig, 0x61, 1);
    assert_int_equal(b->heard, 1);
    assert_int_equal(pit_speaker_periods(&b->pit), 0);
}

static void nothing_is_said_of_other_channels_and_bits(void **state)
{
    struct board *b = *state;

    program(b, 3, 1000);
    b->heard = 0;
    rig_out(&b->rig, 0x43, 0x36);
    rig_out(&b->rig, 0x40, 1);
    rig_out(&b->rig, 0x40, 1);
    rig_out(&b->rig, 0x61, 0x0C);
    rig_in(&b->rig, 0x42);
    assert_int_equal(b->heard, 0);
}

static void a_shut_gate_or_data_bit_has_no_tone(void **state)
{
    struct board *b = *state;

    program(b, 3, 1000);
    rig_out(&b->rig, 0x61, 2);
    rig_run(&b->rig, 10 * TICKS_PER_PIT);
    assert_int_equal(pit_speaker_periods(&b->pit), 0);
    assert_true(heard_level(b, b->rig.clock.now));
    rig_out(&b->rig, 0x61, 1);
    assert_false(heard_level(b, b->rig.clock.now));
    assert_int_equal(pit_speaker_periods(&b->pit), 0);
    rig_out(&b->rig, 0x61, 3);
    rig_run(&b->rig, 10 * TICKS_PER_PIT);
    assert_int_equal(pit_speaker_periods(&b->pit), 1000);
}

static void without_a_listener_nothing_is_worked_out(void **state)
{
    struct board *b = *state;

    probe_set_mask(&b->rig.probes, 0, 0);
    rig_out(&b->rig, 0x61, 3);
    program(b, 3, 1000);
    assert_int_equal(b->heard, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_level_is_what_was_said_at_every_clock),
        TEST(a_tone_is_said_once),
        TEST(nothing_is_said_of_other_channels_and_bits),
        TEST(a_shut_gate_or_data_bit_has_no_tone),
        TEST(without_a_listener_nothing_is_worked_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
