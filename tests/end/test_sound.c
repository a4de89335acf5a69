/* wavcapture: a guest's tone as a file, the same in each run. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

enum { HEADER = 44, LOUDEST = 16384 };

static void play(const char *file, bool by_option)
{
    struct program p;
    char command[600];
    snprintf(command, sizeof command, "wavcapture %s", file);
    if (by_option)
        trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--wavcapture", file, make_guest_floppy("end_sound"), "-ex",
                   "continue");
    else
        trowel_run(&p, "--batch", "--debug-exit", "0xf4", make_guest_floppy("end_sound"), "-ex", command, "-ex",
                   "continue");
    program_ended(&p, 0);
    program_free(&p);
}

static unsigned sample(const char *wav, size_t i)
{
    const uint8_t *bytes = (const uint8_t *)wav + HEADER + 2 * i;
    return bytes[0] | (unsigned)bytes[1] << 8;
}

/* 18 ticks of the BIOS's clock are 0.989 s, in which 440 Hz rise 435 times. */
static void a_tone_is_captured_and_complete_at_the_end(void **state)
{
    (void)state;
    size_t size;
    unsigned rises = 0;
    const char *file = in_folder("tone.wav");
    play(file, false);
    char *wav = read_file(file, &size);
    assert_true(size > HEADER + 2 * 48000);
    assert_memory_equal(wav + 8, "WAVE", 4);
    for (size_t i = 1; i < (size - HEADER) / 2; i++)
        rises += sample(wav, i - 1) < LOUDEST / 2 && sample(wav, i) >= LOUDEST / 2;
    assert_in_range(rises, 434, 437);
    free(wav);
}

static void each_run_makes_the_same_file(void **state)
{
    (void)state;
    const char *one = in_folder("one.wav"), *two = in_folder("two.wav");
    play(one, true);
    play(two, true);
    assert_true(hash_file(one) == hash_file(two));
}

static void captures_are_ended_and_refused_by_name(void **state)
{
    (void)state;
    struct program p;
    char command[600], text[600];
    const char *file = in_folder("part.wav");
    snprintf(command, sizeof command, "wavcapture %s", file);
    snprintf(text, sizeof text, "%s: 0.000 s", file);
    trowel_run(&p, "--batch", make_guest_floppy("end_sound"), "-ex", command, "-ex", "info speaker",
               "-ex", "stopcapture");
    program_ended(&p, 0);
    program_said(&p, "Speaker off.");
    program_said(&p, text);
    program_free(&p);
    trowel_run(&p, "--batch", make_guest_floppy("end_sound"), "-ex", "stopcapture");
    program_said(&p, "Nothing is being captured");
    assert_int_not_equal(p.code, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--wavcapture", "/nowhere/at/all.wav", make_guest_floppy("end_sound"), "-ex", "continue");
    program_refused(&p, "/nowhere/at/all.wav: No such file or directory");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_is_captured_and_complete_at_the_end),
        cmocka_unit_test(each_run_makes_the_same_file),
        cmocka_unit_test(captures_are_ended_and_refused_by_name),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
