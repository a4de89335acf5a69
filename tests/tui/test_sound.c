/* The speaker as a file: every sample is the part of its time for which the speaker was driven. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "emu/machine.h"
#include "emu/state.h"
#include "tui/sound.h"

enum { SAMPLE_TICKS = TICKS_PER_SECOND / SOUND_RATE, HEADER = 44, MOST = 20000 };

/* A machine whose processor stands: ports are written and time is set by hand. DRIVEN collects by hand what each sample
 * should be. */
struct board {
    struct machine *m;
    struct sound sound;
    char path[64], error[200];
    uint64_t started;
    uint32_t driven[MOST];
    uint8_t *file;
    long file_size;
};

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);
    struct machine_config config;
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    b->m = machine_create(&config, b->error, sizeof b->error);
    assert_non_null(b->m);
    strcpy(b->path, "/tmp/test-sound-XXXXXX");
    close(mkstemp(b->path));
    b->m->clock.now = 12345678;
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;
    sound_stop(&b->sound, b->error, sizeof b->error);
    machine_destroy(b->m);
    unlink(b->path);
    free(b->file);
    free(b);
    return 0;
}

static void out(struct board *b, uint16_t port, uint8_t value)
{
    bus_out(&b->m->bus, port, value, 1);
}

static void start(struct board *b)
{
    assert_true(sound_start(&b->sound, b->m, b->path, b->error, sizeof b->error));
    b->started = b->m->clock.now;
}

/* The level that the chips have now lasts until tick END. */
static void account(struct board *b, uint64_t end)
{
    bool level = (b->m->pit.control & 2) && pit_out(&b->m->pit, 2);
    while (b->m->clock.now < end) {
        uint64_t at = b->m->clock.now - b->started, sample = at / SAMPLE_TICKS, next = (sample + 1) * SAMPLE_TICKS;
        uint64_t until = b->started + next < end ? b->started + next : end;
        assert_true(sample < MOST);
        b->driven[sample] += level ? (uint32_t)(until - b->m->clock.now) : 0;
        b->m->clock.now = until;
    }
}

/* Lets TICKS pass, period of the timer by period. */
static void run(struct board *b, uint64_t ticks)
{
    uint64_t until = b->m->clock.now + ticks;
    while (b->m->clock.now < until) {
        uint64_t period = (b->m->clock.now / TICKS_PER_PIT + 1) * TICKS_PER_PIT;
        account(b, period < until ? period : until);
    }
}

static void stop(struct board *b)
{
    assert_true(sound_stop(&b->sound, b->error, sizeof b->error));
    FILE *file = fopen(b->path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    b->file_size = ftell(file);
    b->file = malloc((size_t)b->file_size + 1);
    rewind(file);
    assert_int_equal(fread(b->file, 1, (size_t)b->file_size, file), b->file_size);
    fclose(file);
}

static uint32_t little(const struct board *b, size_t at, unsigned bytes)
{
    uint32_t value = 0;
    while (bytes--)
        value = value << 8 | b->file[at + bytes];
    return value;
}

static unsigned sample(const struct board *b, size_t i)
{
    return little(b, HEADER + 2 * i, 2);
}

static void file_is_what_was_accounted(const struct board *b)
{
    size_t count = (size_t)((b->m->clock.now - b->started) / SAMPLE_TICKS);
    assert_int_equal(b->file_size, HEADER + 2 * count);
    for (size_t i = 0; i < count; i++)
        if (sample(b, i) != (uint64_t)b->driven[i] * SOUND_LOUDEST / SAMPLE_TICKS)
            fail_msg("sample %zu is %u", i, sample(b, i));
}

static void tone(struct board *b, uint16_t count)
{
    out(b, 0x43, 0xB6);
    out(b, 0x42, (uint8_t)count);
    out(b, 0x42, (uint8_t)(count >> 8));
    out(b, 0x61, 3);
}

static void the_header_says_what_is_in_the_file(void **state)
{
    struct board *b = *state;
    start(b);
    run(b, 100 * SAMPLE_TICKS + 1);
    stop(b);
    assert_int_equal(b->file_size, HEADER + 200);
    assert_memory_equal(b->file, "RIFF", 4);
    assert_memory_equal(b->file + 8, "WAVEfmt ", 8);
    assert_memory_equal(b->file + 36, "data", 4);
    assert_int_equal(little(b, 4, 4), b->file_size - 8);
    assert_int_equal(little(b, 16, 4), 16);
    assert_int_equal(little(b, 20, 2), 1);
    assert_int_equal(little(b, 22, 2), 1);
    assert_int_equal(little(b, 24, 4), 48000);
    assert_int_equal(little(b, 28, 4), 96000);
    assert_int_equal(little(b, 32, 2), 2);
    assert_int_equal(little(b, 34, 2), 16);
    assert_int_equal(little(b, 40, 4), 200);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(sample(b, i), 0);
}

/* 1193182 / 1193 Hz: full on for half of a millisecond, off for the other, a step between for each edge. */
static void a_tone_is_a_square_wave_of_its_frequency(void **state)
{
    struct board *b = *state;
    unsigned rises = 0;
    start(b);
    tone(b, 1193);
    run(b, 100 * TICKS_PER_MS);
    stop(b);
    file_is_what_was_accounted(b);
    for (size_t i = 1; i < 4800; i++)
        rises += sample(b, i - 1) < SOUND_LOUDEST / 2 && sample(b, i) >= SOUND_LOUDEST / 2;
    assert_in_range(rises, 99, 101);
    assert_int_equal(sample(b, 10), SOUND_LOUDEST);
    assert_int_equal(sample(b, 34), 0);
}

static void changes_of_pitch_gate_and_data_come_at_their_tick(void **state)
{
    struct board *b = *state;
    start(b);
    tone(b, 1000);
    run(b, 3 * TICKS_PER_MS + 777);
    tone(b, 333);
    run(b, 2 * TICKS_PER_MS + 1111);
    out(b, 0x42, 0xE8);
    out(b, 0x42, 0x03);
    run(b, 1 * TICKS_PER_MS + 99);
    out(b, 0x61, 2);
    run(b, 2 * TICKS_PER_MS + 5);
    out(b, 0x61, 0);
    run(b, 2 * TICKS_PER_MS + 3);
    out(b, 0x61, 3);
    run(b, 5 * TICKS_PER_MS);
    stop(b);
    file_is_what_was_accounted(b);
}

/* The way of digitised sound: mode 0, whose OUT is low for a time that is new with each interrupt of 16 kHz. */
static void pulse_widths_become_levels(void **state)
{
    struct board *b = *state;
    enum { PERIODS = 75 };
    start(b);
    out(b, 0x61, 3);
    out(b, 0x43, 0x90);
    for (int i = 0; i < 1600; i++) {
        out(b, 0x42, (uint8_t)(1 + i / 24));
        run(b, PERIODS * TICKS_PER_PIT);
    }
    stop(b);
    file_is_what_was_accounted(b);
    /* Three samples are a pulse and its pause, nearly: the louder, the shorter the time low. */
    unsigned early = sample(b, 300) + sample(b, 301) + sample(b, 302);
    unsigned late = sample(b, 4500) + sample(b, 4501) + sample(b, 4502);
    assert_true(early > late + SOUND_LOUDEST);
}

/* The data bit alone, between the timer's clocks. */
static void the_data_bit_is_exact_to_the_tick(void **state)
{
    struct board *b = *state;
    start(b);
    for (int i = 0; i < 8; i++) {
        out(b, 0x61, 2);
        run(b, SAMPLE_TICKS / 4);
        out(b, 0x61, 0);
        run(b, SAMPLE_TICKS - SAMPLE_TICKS / 4);
    }
    stop(b);
    file_is_what_was_accounted(b);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(sample(b, i), SOUND_LOUDEST / 4);
}

static void a_tone_that_is_there_already_is_heard(void **state)
{
    struct board *b = *state;
    tone(b, 1193);
    b->m->clock.now += 7 * TICKS_PER_MS;
    start(b);
    run(b, 5 * TICKS_PER_MS);
    stop(b);
    file_is_what_was_accounted(b);
}

static void sound_goes_on_from_a_state_that_was_loaded(void **state)
{
    struct board *b = *state;
    struct state saved, loading;
    tone(b, 1193);
    state_begin_save(&saved);
    machine_visit(b->m, &saved);
    out(b, 0x61, 0);
    b->m->clock.now += 100 * TICKS_PER_MS;
    start(b);
    b->m->clock.now += 2 * TICKS_PER_MS;
    state_begin_load(&loading, saved.data, saved.size);
    machine_visit(b->m, &loading);
    free(saved.data);
    assert_int_equal(b->m->clock.now, 12345678);
    sound_resync(&b->sound);
    b->m->clock.now += 2 * TICKS_PER_MS;
    stop(b);
    assert_int_equal(b->file_size, HEADER + 2 * 96);
    unsigned driven = 0;
    for (size_t i = 0; i < 96; i++)
        driven += sample(b, i);
    assert_in_range(driven, 46 * SOUND_LOUDEST, 50 * SOUND_LOUDEST);
}

static void captures_that_cannot_be_are_refused(void **state)
{
    struct board *b = *state;
    assert_false(sound_start(&b->sound, b->m, "/nowhere/at/all.wav", b->error, sizeof b->error));
    assert_string_equal(b->error, "/nowhere/at/all.wav: No such file or directory");
    assert_true(sound_stop(&b->sound, b->error, sizeof b->error));
    start(b);
    assert_false(sound_start(&b->sound, b->m, "/tmp/other.wav", b->error, sizeof b->error));
    assert_non_null(strstr(b->error, "already"));
    stop(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_header_says_what_is_in_the_file),
        TEST(a_tone_is_a_square_wave_of_its_frequency),
        TEST(changes_of_pitch_gate_and_data_come_at_their_tick),
        TEST(pulse_widths_become_levels),
        TEST(the_data_bit_is_exact_to_the_tick),
        TEST(a_tone_that_is_there_already_is_heard),
        TEST(sound_goes_on_from_a_state_that_was_loaded),
        TEST(captures_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
