/* Snapshots of the whole machine: going back in the same session and in another one, disks included, and QEMU's view of
 * the images. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"
#include "tests/end/support/screen.h"

enum { DISK_BYTES = 20 << 20 };

static const char date[] = "1995-10-31 23:45:00";

/* What a run prints from TEXT on, cut out of its output. */
static char *said_from(const struct program *p, const char *text)
{
    const char *at = strstr(p->out, text);
    if (!at)
        program_said(p, text);
    return strdup(at);
}

static void going_back_repeats_the_run(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--date", date, make_guest_floppy("end_count"), "-ex", "tbreak 0:7c00", "-ex", "continue",
               "-ex", "stepi 20", "-ex", "savevm here", "-ex", "stepi 5000", "-ex", "info registers", "-ex", "p $clock",
               "-ex", "loadvm here", "-ex", "stepi 5000", "-ex", "info registers", "-ex", "p $clock");
    program_ended(&p, 0);
    char *first = said_from(&p, "eax "), *end = strstr(first, "$1 = "), *second = strstr(end, "eax ");
    assert_non_null(second);
    assert_memory_equal(first, second, (size_t)(end - first));
    assert_int_equal(strtoull(end + 5, NULL, 10), strtoull(strstr(second, "$2 = ") + 5, NULL, 10));
    free(first);
    program_free(&p);
}

/* Where a breakpoint stopped the machine the last time must not be taken for where it stands. */
static void going_back_stops_at_the_same_breakpoint_again(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--date", date, make_guest_floppy("end_count"), "-ex", "savevm here",
               "-ex", "break irq0_timer", "-ex", "continue", "-ex", "p $clock",
               "-ex", "loadvm here", "-ex", "continue", "-ex", "p $clock");
    program_ended(&p, 0);
    const char *first = strstr(p.out, "$1 = "), *second = strstr(p.out, "$2 = ");
    assert_true(first && second);
    assert_int_equal(strtoull(first + 5, NULL, 10), strtoull(second + 5, NULL, 10));
    program_free(&p);
}

static void a_snapshot_outlives_the_session(void **state)
{
    (void)state;
    const char *overlay = in_folder("kept.qcow2"), *floppy = make_guest_floppy("end_count");
    struct program p;
    trowel_run(&p, "--batch", "--date", date, "--overlay", overlay, floppy, "-ex", "tbreak 0:7c00", "-ex", "continue",
               "-ex", "stepi 20", "-ex", "savevm two words", "-ex", "stepi 5000", "-ex", "info registers", "-ex",
               "info snapshots");
    program_ended(&p, 0);
    program_said(&p, "two words");
    char *first = said_from(&p, "eax ");
    *strstr(first, "Drive") = 0;
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, floppy, "-ex", "loadvm two words", "-ex", "stepi 5000", "-ex",
               "info registers");
    program_ended(&p, 0);
    char *second = said_from(&p, "eax ");
    assert_string_equal(first, second);
    free(first);
    free(second);
    program_free(&p);
    if (!have("qemu-img"))
        return;
    check_image(overlay);
    must("qemu-img snapshot -l '%s' | grep -q 'two words'", overlay);
}

static void disks_go_back_too(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *overlay = in_folder("disk.qcow2"), *disk = in_folder("disk.img");
    struct program p;
    make_empty(disk, DISK_BYTES);
    trowel_run(&p, "--batch", "--date", date, "--debug-exit", "0xf4", "--fda", make_guest_floppy("end_write"),
               "--overlay", overlay, disk, "-ex", "tbreak 0:7c00", "-ex", "continue", "-ex", "savevm clean", "-ex",
               "continue");
    program_ended(&p, 42);
    program_free(&p);
    check_image(overlay);
    must("! qemu-img compare -f qcow2 -F raw '%s' '%s' >/dev/null", overlay, disk);
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--fda", make_guest_floppy("end_write"), "--overlay", overlay,
               disk, "-ex", "loadvm clean");
    program_ended(&p, 0);
    program_said(&p, "Drive a: its temporary overlay of that time is gone");
    program_free(&p);
    check_image(overlay);
    same_disk(overlay, "qcow2", disk, "raw");
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--fda", make_guest_floppy("end_write"), "--overlay", overlay,
               disk, "-ex", "loadvm clean", "-ex", "continue");
    program_ended(&p, 42);
    program_free(&p);
    must("! qemu-img compare -f qcow2 -F raw '%s' '%s' >/dev/null", overlay, disk);
}

static void a_snapshot_brings_its_board_along(void **state)
{
    (void)state;
    const char *overlay = in_folder("board.qcow2"), *floppy = make_guest_floppy("end_count");
    struct program p;
    trowel_run(&p, "--batch", "--date", date, "--timing", "cycle", "--set", "dram-miss-first=15,l2-size=0", "--overlay",
               overlay, floppy, "-ex", "tbreak 0:7c00", "-ex", "continue", "-ex", "savevm here", "-ex", "stepi 5000",
               "-ex", "info registers", "-ex", "info program");
    program_ended(&p, 0);
    char *first = said_from(&p, "eax ");
    program_free(&p);
    trowel_run(&p, "--batch", "--machine", "486sx-25", "--overlay", overlay, floppy, "-ex", "loadvm here", "-ex",
               "stepi 5000", "-ex", "info registers", "-ex", "info program");
    program_ended(&p, 0);
    program_said(&p, "The machine is a 486dx2-66 now.");
    char *second = said_from(&p, "eax ");
    assert_string_equal(first, second);
    assert_non_null(strstr(second, "486dx2-66 at 66666666 Hz, timing cycle"));
    free(first);
    free(second);
    program_free(&p);
}

static void load_refused(const char *overlay, const char *floppy, const char *name, const char *why)
{
    struct program p;
    trowel_run(&p, "--batch", "--machine", "486sx-25", "--overlay", overlay, floppy, "-ex", "stepi 100",
               "-ex", name);
    program_ended(&p, 1);
    program_said(&p, why);
    program_free(&p);
}

static void a_state_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    const char *overlay = in_folder("other.qcow2"), *floppy = make_guest_floppy("end_count");
    struct program p;
    trowel_run(&p, "--batch", "--date", date, "--overlay", overlay, floppy, "-ex", "stepi 100", "-ex", "savevm here");
    program_ended(&p, 0);
    program_free(&p);
    load_refused(overlay, floppy, "loadvm there", "there is no snapshot \"there\"");
    must("LC_ALL=C sed -i 's/equipmentS/equipmenxS/' '%s'", overlay);
    load_refused(overlay, floppy, "loadvm here", "the state is damaged: equipment.equipment: another field is in its");
    must("LC_ALL=C sed -i 's/trowel-state 3 486dx2-66/trowel-state 1 486dx2-66/' '%s'", overlay);
    load_refused(overlay, floppy, "loadvm here", "the state has format 1; this version of the program reads format 3.");
    must("LC_ALL=C sed -i 's/trowel-state 1 486dx2-66/trowel-stale 1 486dx2-66/' '%s'", overlay);
    load_refused(overlay, floppy, "loadvm here", "the state is not one that this program has saved.");
}

/* The board of the snapshot is not known here: the machine is still what it was. */
static void a_state_of_an_unknown_board_changes_nothing(void **state)
{
    (void)state;
    NEED("tmux");
    const char *overlay = in_folder("unknown.qcow2"), *floppy = make_guest_floppy("end_count");
    struct program p;
    struct screen screen;
    trowel_run(&p, "--batch", "--overlay", overlay, floppy, "-ex", "stepi 10", "-ex", "savevm here");
    program_ended(&p, 0);
    program_free(&p);
    must("LC_ALL=C sed -i 's/trowel-state 3 486dx2-66/trowel-state 3 586dx2-66/' '%s'", overlay);
    screen_open(&screen, 80, 24, "--overlay unknown.qcow2 end_count.img --machine 486sx-25 -ex \"stepi 30\"");
    screen_wait(&screen, " STOP ");
    screen_type(&screen, "loadvm here");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "586dx2-66");
    screen_type(&screen, "p $icount");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "$1 = 30");
    screen_type(&screen, "info program");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "on a 486sx-25");
    screen_key(&screen, "F10");
    screen_wait(&screen, "(y or n)");
    screen_type(&screen, "y");
    screen_ended(&screen, 0);
    screen_close(&screen);
}

/* A name may look like the id of another snapshot. */
static void names_are_not_taken_for_ids(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *overlay = in_folder("ids.qcow2"), *disk = in_folder("ids.img");
    struct program p;
    make_empty(disk, DISK_BYTES);
    trowel_run(&p, "--batch", "--overlay", overlay, disk, "-ex", "savevm 2");
    program_ended(&p, 0);
    program_free(&p);
    must("qemu-io -f qcow2 -c 'write -P 7 1M 64k' '%s' >/dev/null && qemu-img snapshot -c other '%s'", overlay,
         overlay);
    trowel_run(&p, "--batch", "--overlay", overlay, disk, "-ex", "loadvm 2");
    program_ended(&p, 0);
    program_free(&p);
    check_image(overlay);
    same_disk(overlay, "qcow2", disk, "raw");
}

/* The machine stays what it is where the state or the disk cannot be had. */
static void a_snapshot_that_fails_changes_nothing(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io", "tmux");
    const char *overlay = in_folder("narrow.qcow2"), *disk = in_folder("narrow.img");
    struct program p;
    struct screen screen;
    make_empty(disk, DISK_BYTES);
    must("cd \"$TMPDIR\" && qemu-img create -q -f qcow2 -o refcount_bits=2 -b narrow.img -F raw narrow.qcow2 && "
         "qemu-io -f qcow2 -c 'write 1M 64k' narrow.qcow2 >/dev/null");
    trowel_run(&p, "--batch", "--overlay", overlay, disk, "-ex", "stepi 10", "-ex", "savevm one");
    program_ended(&p, 0);
    program_free(&p);
    must("qemu-img snapshot -a one '%s' && qemu-img snapshot -c two '%s'", overlay, overlay);
    screen_open(&screen, 80, 24, "--overlay narrow.qcow2 narrow.img -ex \"stepi 30\"");
    screen_wait(&screen, " STOP ");
    screen_type(&screen, "loadvm one");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "no further reference");
    screen_type(&screen, "p $icount");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "$1 = 30");
    screen_key(&screen, "F10");
    screen_wait(&screen, "(y or n)");
    screen_type(&screen, "y");
    screen_ended(&screen, 0);
    screen_close(&screen);
    check_image(overlay);
}

/* The counts of the second disk have no room to go back. */
static void a_disk_that_cannot_go_back_keeps_the_others(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *one = in_folder("one.qcow2"), *two = in_folder("two.qcow2"), *was = in_folder("was.raw");
    struct program p;
    must("qemu-img create -q -f qcow2 '%s' 20M && qemu-img create -q -f qcow2 -o refcount_bits=2 '%s' 20M", one, two);
    must("qemu-io -f qcow2 -c 'write -P 1 1M 64k' '%s' >/dev/null && qemu-io -f qcow2 -c 'write -P 1 1M 64k' '%s' "
         ">/dev/null", one, two);
    trowel_run(&p, "--batch", "--write", "--hda", one, "--hdb", two, "-ex", "stepi 10", "-ex", "savevm here");
    program_ended(&p, 0);
    program_free(&p);
    must("qemu-io -f qcow2 -c 'write -P 2 1M 128k' '%s' >/dev/null && qemu-img convert -O raw '%s' '%s'", one, one,
         was);
    must("qemu-img snapshot -c third '%s'", two);
    trowel_run(&p, "--batch", "--write", "--hda", one, "--hdb", two, "-ex", "stepi 20", "-ex", "loadvm here");
    program_ended(&p, 1);
    program_said(&p, "Drive hd1: ");
    program_said(&p, "no further reference");
    program_free(&p);
    check_image(one);
    check_image(two);
    same_disk(one, "qcow2", was, "raw");
    must("qemu-img snapshot -d third '%s'", two);
    trowel_run(&p, "--batch", "--write", "--hda", one, "--hdb", two, "-ex", "stepi 20", "-ex", "loadvm here");
    program_ended(&p, 0);
    program_free(&p);
    check_image(one);
    check_image(two);
    must("! qemu-img compare -f qcow2 -F raw '%s' '%s' >/dev/null", one, was);
    must("qemu-img check -f qcow2 '%s' | grep -q '^1/320 = '", one);
}

/* --- Where the machine's state lies, and what goes with a disk that is taken out --- */

static void the_state_lies_in_the_hard_disk(void **state)
{
    (void)state;
    struct program p;
    const char *floppy = make_guest_floppy("end_count"), *hard = in_folder("hard.img"), *same = in_folder("same.img");
    char insert[600];
    make_empty(hard, DISK_BYTES);
    must("cp '%s' '%s'", floppy, same);
    snprintf(insert, sizeof insert, "insert a %s", same);
    trowel_run(&p, "--batch", "--date", date, "--fda", floppy, "--hda", hard, "-ex", "savevm s1", "-ex", insert, "-ex",
               "stepi 50", "-ex", "loadvm s1", "-ex", "p $icount");
    program_ended(&p, 0);
    program_said(&p, "What snapshot \"s1\" kept of the disk in drive a is lost.\n");
    program_said(&p, "Drive a: had end_count.img then, has same.img now.\n");
    program_said(&p, "$1 = 0\n");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", floppy, "--hda", hard, "-ex", "savevm s1", "-ex", "eject a", "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "Snapshot \"s1\" was saved with a floppy of 1440 KB in drive a (end_count.img): `insert a FILE` "
                     "first.\n");
    program_free(&p);
}

static void a_disk_with_the_state_is_not_taken_out_unasked(void **state)
{
    (void)state;
    struct program p;
    const char *floppy = make_guest_floppy("end_count"), *overlay = in_folder("taken.qcow2");
    char insert[600];
    snprintf(insert, sizeof insert, "insert a %s", floppy);
    trowel_run(&p, "--batch", floppy, "-ex", "savevm s1", "-ex", insert);
    program_ended(&p, 1);
    program_said(&p, "The machine state of snapshot \"s1\" lies in the overlay of this disk and would be lost; -s");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "-ex", "savevm s1", "-ex", "eject -f a");    /* -f is for the guest's refusal */
    program_ended(&p, 1);
    program_said(&p, "would be lost; -s takes the disk out of drive a all the same.\n");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "-ex", "savevm s1", "-ex", "eject -s a", "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "Snapshot \"s1\" is lost.\nthere is no snapshot \"s1\".\n");
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, floppy, "-ex", "savevm s1", "-ex", "eject -s a");
    program_ended(&p, 0);
    program_said(&p, "taken.qcow2, for the next session.\n");
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, floppy, "-ex", "loadvm s1");
    program_ended(&p, 0);
    program_free(&p);
}

/* --- Machines that differ --- */

static void what_differs_is_named_by_its_option(void **state)
{
    static const struct { const char *option, *value, *said; } rows[] = {
        { "--joystick", NULL, "without --joystick: start without it." },
        { "--ram", "8", "with 16 MB of memory, this machine has 8 MB: start with --ram 16." },
        { "--video-ram", "1024", "with 4096 KB of video memory, this machine has 1024 KB: start with "
                                 "--video-ram 4096." },
        { "--mouse", "serial=2", "with --mouse ps2, this machine has --mouse serial=2: start with --mouse ps2." },
        { "--mouse", "none", "with --mouse ps2, this machine has --mouse none: start with --mouse ps2." },
        { "--serial", "2=pty", "without --serial 2=TO: start without it." },
        { "--cdrom", "none", "without a drive hd2: start without --cdrom." },
        { "--floppy-types", "1200,720", "with floppy drives of other types: start with --floppy-types 1440,none." },
        { "--geometry", "40/16/63", "without --geometry: start without it." },
    };
    (void)state;
    NEED("qemu-img");
    const char *disk = in_folder("equipped.qcow2"), *floppy = in_folder("empty.img");
    struct program p;
    must("qemu-img create -q -f qcow2 '%s' 20M", disk);
    make_empty(floppy, 1474560);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "-ex", "savevm s1");
    program_ended(&p, 0);
    program_free(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char option[64];
        snprintf(option, sizeof option, rows[i].value ? "%s=%s" : "%s", rows[i].option, rows[i].value);
        trowel_run(&p, "--batch", "--write", "--hda", disk, option, "-ex", "loadvm s1");
        program_ended(&p, 1);
        program_said(&p, "Snapshot \"s1\" was saved ");
        program_said(&p, rows[i].said);
        program_free(&p);
    }
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--fda", floppy, "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "Snapshot \"s1\" was saved without a floppy in drive a: `eject a` first.\n");
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--fda", floppy, "-ex", "eject a", "-ex", "loadvm s1");
    program_ended(&p, 0);
    program_free(&p);
}

static void what_was_there_is_named_by_its_option(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = in_folder("rich.qcow2");
    struct program p;
    must("qemu-img create -q -f qcow2 '%s' 20M", disk);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--joystick", "--mouse", "serial", "-ex", "savevm s1");
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--mouse", "serial", "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "was saved with --joystick: start with it.");
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--joystick", "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "with --mouse serial=1, this machine has --mouse ps2: start with --mouse serial=1.");
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--joystick", "--mouse", "serial", "-ex", "loadvm s1");
    program_ended(&p, 0);
    program_free(&p);
}

static void another_disc_is_told(void **state)
{
    (void)state;
    struct program p;
    const char *hard = in_folder("beside.img"), *one = in_folder("one.iso"), *two = in_folder("two.iso");
    char insert[600];
    make_empty(hard, DISK_BYTES);
    make_empty(one, 2048 * 40);
    make_empty(two, 2048 * 40);
    snprintf(insert, sizeof insert, "insert cd %s", two);
    trowel_run(&p, "--batch", "--hda", hard, "--cdrom", one, "-ex", "savevm s1", "-ex", insert, "-ex", "loadvm s1",
               "-ex", "eject cd", "-ex", "loadvm s1");
    program_ended(&p, 0);
    program_said(&p, "Drive hd2: had one.iso then, has two.iso now.\n");
    program_said(&p, "Drive hd2: had one.iso then, has none now.\n");
    program_free(&p);
}

static void what_cannot_be_saved_or_found_says_what_to_do(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = in_folder("remedy.qcow2"), *floppy = in_folder("remedy.img");
    struct program p;
    char insert[600];
    must("qemu-img create -q -f qcow2 '%s' 20M", disk);
    make_empty(floppy, 1474560);
    snprintf(insert, sizeof insert, "insert -r a %s", floppy);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--fda", floppy, "-ex", "savevm s1");
    program_ended(&p, 1);
    program_said(&p, "remedy.img is raw and written to, so it holds no snapshot: `eject a` or `insert -r a FILE`");
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--fda", floppy, "-ex", insert, "-ex", "savevm s1");
    program_ended(&p, 0);
    program_free(&p);
    check_image(disk);
    trowel_run(&p, "--batch", disk, "-ex", "loadvm s1");
    program_ended(&p, 1);
    program_said(&p, "remedy.qcow2 itself has it: --write makes it available.\n");
    program_free(&p);
}

static void names_must_be_there(void **state)
{
    static const char *const lines[] = { "savevm", "loadvm", "delvm", "delvm x" };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct program p;
        trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", lines[i]);
        program_ended(&p, 1);
        program_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(going_back_repeats_the_run),
        cmocka_unit_test(going_back_stops_at_the_same_breakpoint_again),
        cmocka_unit_test(a_snapshot_outlives_the_session),
        cmocka_unit_test(disks_go_back_too),
        cmocka_unit_test(a_snapshot_brings_its_board_along),
        cmocka_unit_test(a_state_that_does_not_fit_is_refused),
        cmocka_unit_test_teardown(a_state_of_an_unknown_board_changes_nothing, screen_cleanup),
        cmocka_unit_test(names_are_not_taken_for_ids),
        cmocka_unit_test_teardown(a_snapshot_that_fails_changes_nothing, screen_cleanup),
        cmocka_unit_test(a_disk_that_cannot_go_back_keeps_the_others),
        cmocka_unit_test(the_state_lies_in_the_hard_disk),
        cmocka_unit_test(a_disk_with_the_state_is_not_taken_out_unasked),
        cmocka_unit_test(what_differs_is_named_by_its_option),
        cmocka_unit_test(what_was_there_is_named_by_its_option),
        cmocka_unit_test(another_disc_is_told),
        cmocka_unit_test(what_cannot_be_saved_or_found_says_what_to_do),
        cmocka_unit_test(names_must_be_there),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
