/* The command line: what is understood, and that what is not gives one line. */
#include "tests/tui/frame.h"

#include "tui/options.h"

static struct options options;
static char error[400];

static enum options_result parse(const char *const *words)
{
    static char copy[64][64];
    char *argv[64] = { strcpy(copy[0], "trowel") };
    int argc = 1;
    for (; *words; argc++)
        argv[argc] = strcpy(copy[argc], *words++);
    *error = 0;
    return options_parse(&options, argc, argv, error, sizeof error);
}
#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void without_options_defaults_hold(void **state)
{
    (void)state;
    assert_int_equal(parse((const char *const[]){ NULL }), OPTIONS_RUN);
    assert_null(options.image);
    assert_false(options.write_in_place || options.batch || options.overlay);
    assert_int_equal(options.speed_percent, 100);
    assert_int_equal(options.machine.timing, TIMING_FAST);
    assert_true(options.machine.date.year >= 1980);
}

static void values_may_follow_or_stand_behind_an_equals_sign(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--ram", "64", "--machine=486sx-25", "-timing", "table", "disk.img"), OPTIONS_RUN);
    assert_int_equal(options.machine.ram_kb, 65536);
    assert_string_equal(options.machine.profile, "486sx-25");
    assert_int_equal(options.machine.timing, TIMING_TABLE);
    assert_string_equal(options.image, "disk.img");
}

static void cdrom_takes_the_next_free_place(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--cdrom", "a.iso", "--boot", "dca"), OPTIONS_RUN);
    assert_true(options.cdrom[DRIVE_HD2]);
    assert_string_equal(options.disk[DRIVE_HD2], "a.iso");
    assert_int_equal(PARSE("--cdrom", "none", "--hdc", "h2", "--hdd", "h3"), OPTIONS_RUN);
    assert_true(options.cdrom[DRIVE_HD1] && !options.cdrom[DRIVE_HD2]);
    assert_null(options.disk[DRIVE_HD1]);
}

static void all_of_the_rest_is_understood(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--fda", "a", "--fdb", "b", "--hda", "h0", "--hdd", "h3", "--geometry", "615/4/17",
                           "--boot", "ca",
                           "--debug-exit", "0x501", "--serial", "2=pty", "--serial", "file:out", "--parallel", "lpt",
                           "--debugcon", "-", "--fast-clocks", "7", "--speed", "50%", "--format", "raw", "--batch"),
                     OPTIONS_RUN);
    assert_string_equal(options.disk[DRIVE_HD3], "h3");
    assert_int_equal(options.geometry.cylinders, 615);
    assert_int_equal(options.geometry.sectors, 17);
    assert_string_equal(options.machine.boot, "ca");
    assert_int_equal(options.machine.debug_exit_port, 0x501);
    assert_string_equal(options.serial[1], "pty");
    assert_string_equal(options.serial[0], "file:out");
    assert_int_equal(options.machine.fast_clocks, 7);
    assert_int_equal(options.speed_percent, 50);
    assert_int_equal(options.format, IMAGE_FORMAT_RAW);
}

static void option_roms_may_have_an_address(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--option-rom", "scsi.bin@D8000", "--option-rom", "net.bin", "--option-rom", "a@home.bin",
                           "--boot", "mdca"), OPTIONS_RUN);
    assert_int_equal(options.option_roms, 3);
    assert_string_equal(options.option_rom[0].path, "scsi.bin");
    assert_int_equal(options.option_rom[0].address, 0xD8000);
    assert_string_equal(options.option_rom[1].path, "net.bin");
    assert_int_equal(options.option_rom[1].address, 0);
    assert_string_equal(options.option_rom[2].path, "a@home.bin");
    assert_string_equal(options.machine.boot, "mdca");
}

static void floppy_drives_are_chosen(void **state)
{
    (void)state;
    assert_int_equal(PARSE("disk"), OPTIONS_RUN);
    assert_int_equal(options.machine.floppy_type[0], 0xFF);
    assert_int_equal(PARSE("--floppy-types", "1200"), OPTIONS_RUN);
    assert_int_equal(options.machine.floppy_type[0], 2);
    assert_int_equal(options.machine.floppy_type[1], 0xFF);
    assert_int_equal(PARSE("--floppy-types=2880,none"), OPTIONS_RUN);
    assert_int_equal(options.machine.floppy_type[0], 5);
    assert_int_equal(options.machine.floppy_type[1], 0);
}

static void pointing_devices_are_chosen(void **state)
{
    (void)state;
    assert_int_equal(PARSE("disk"), OPTIONS_RUN);
    assert_int_equal(options.machine.mouse, MOUSE_PS2);
    assert_int_equal(options.machine.joysticks, 0);
    assert_int_equal(PARSE("--mouse", "none", "--joystick"), OPTIONS_RUN);
    assert_int_equal(options.machine.mouse, MOUSE_NONE);
    assert_int_equal(options.machine.joysticks, 1);
    assert_int_equal(PARSE("--mouse=serial"), OPTIONS_RUN);
    assert_int_equal(options.machine.mouse, MOUSE_SERIAL);
    assert_int_equal(options.machine.mouse_port, 0);
    assert_int_equal(PARSE("--mouse=serial=3", "--serial", "2=pty"), OPTIONS_RUN);
    assert_int_equal(options.machine.mouse_port, 2);
    assert_int_equal(PARSE("--mouse", "serial=4", "--mouse", "ps2"), OPTIONS_RUN);
    assert_int_equal(options.machine.mouse, MOUSE_PS2);
}

static void batch_runs_as_fast_as_it_can_unless_told(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--batch"), OPTIONS_RUN);
    assert_int_equal(options.speed_percent, 0);
    assert_int_equal(PARSE("--speed", "real", "--batch"), OPTIONS_RUN);
    assert_int_equal(options.speed_percent, 100);
}

static void scripts_keep_their_order(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-ex", "one", "-x", "two", "--ex=three"), OPTIONS_RUN);
    assert_int_equal(options.scripts, 3);
    assert_string_equal(options.script[0].text, "one");
    assert_true(options.script[1].is_file && !options.script[0].is_file && !options.script[2].is_file);
    assert_string_equal(options.script[2].text, "three");
}

static void dates_with_and_without_time(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--date", "1992-03-06"), OPTIONS_RUN);
    assert_int_equal(options.machine.date.year, 1992);
    assert_int_equal(options.machine.date.hour, 0);
    assert_int_equal(PARSE("--date", "1999-12-31 23:59:58"), OPTIONS_RUN);
    assert_int_equal(options.machine.date.second, 58);
    assert_int_equal(PARSE("--date", "1999-12-31T23:59"), OPTIONS_RUN);
    assert_int_equal(options.machine.date.minute, 59);
}

static void setting_is(size_t n, const char *name, uint32_t value)
{
    assert_true(n < options.machine.setting_count);
    assert_string_equal(options.machine.settings[n].name, name);
    assert_int_equal(options.machine.settings[n].value, value);
}

static void settings_are_kept_in_the_order_given(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--set", "isa-8=9", "--machine", "486dx4-100", "--set",
                           "l2-size=128k,rom-shadowed=off,cache-size=0x4000,video-local=on", "--set=isa-8=10"),
                     OPTIONS_RUN);
    assert_int_equal(options.machine.setting_count, 6);
    setting_is(0, "isa-8", 9);
    setting_is(1, "l2-size", 131072);
    setting_is(2, "rom-shadowed", 0);
    setting_is(3, "cache-size", 16384);
    setting_is(4, "video-local", 1);
    setting_is(5, "isa-8", 10);
    assert_int_equal(PARSE("--ram", "4", "--video-ram", "1024"), OPTIONS_RUN);
    assert_int_equal(options.machine.setting_count, 0);
}

static void what_follows_two_dashes_is_a_disk(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--batch", "--", "--odd-name"), OPTIONS_RUN);
    assert_string_equal(options.image, "--odd-name");
}

static void wrong(const char *about, const char *const *words)
{
    if (parse(words) != OPTIONS_WRONG)
        fail_msg("%s %s was accepted", words[0], words[1] ? words[1] : "");
    if (!strstr(error, about) || strchr(error, '\n'))
        fail_msg("the message is: %s", error);
}
#define WRONG(about, ...) wrong(about, (const char *const[]){ __VA_ARGS__, NULL })

static void mistakes_are_named(void **state)
{
    (void)state;
    WRONG("--frob", "--frob");
    WRONG("--frob=1", "--frob=1");
    WRONG("--ram", "--ram");
    WRONG("--ram", "--ram=");
    WRONG("--ram", "--ram", "257");
    WRONG("--ram", "--ram", "-1");
    WRONG("--ram", "--ram", "4k");
    WRONG("--video-ram", "--video-ram", "128");
    WRONG("--video-ram", "--video-ram", "1000");
    WRONG("--batch", "--batch=yes");
    WRONG("--speed", "--speed", "0%");
    WRONG("--speed", "--speed", "50");
    WRONG("--speed", "--speed", "20000%");
    WRONG("--boot", "--boot", "acacac");
    WRONG("--boot", "--boot", "");
    WRONG("--mouse", "--mouse", "usb");
    WRONG("--mouse", "--mouse", "serial=5");
    WRONG("--mouse", "--mouse", "serial2");
    WRONG("--mouse serial=2", "--mouse=serial=2", "--serial", "2=pty");
    WRONG("--joystick", "--joystick=2");
    WRONG("--serial", "--serial", "5=pty");
    WRONG("--serial", "--serial", "file:");
    WRONG("--serial 1=stdio: only with --batch", "--serial", "stdio");
    WRONG("--serial 2=stdio: only with --batch", "--serial", "2=stdio");
    assert_int_equal(PARSE("--serial", "stdio", "--batch"), OPTIONS_RUN);
    WRONG("--debug-exit", "--debug-exit", "0x10000");
    WRONG("--fast-clocks", "--fast-clocks", "0");
    WRONG("--format", "--format", "vmdk");
    WRONG("--geometry", "--geometry", "1/2/3/4");
    WRONG("--geometry", "--geometry", "-1/2/3");
    WRONG("--geometry", "--geometry", "10/0/63");
    WRONG("--hda", "--hda", "");
    WRONG("--fda Y: was given before", "--fda", "X", "--fda", "Y");
    WRONG("1 to 1000", "--fast-clocks", "0");
    WRONG("1980 to 2099", "--date", "1800-1-1");
    WRONG("no such parameter; --set help", "--set", "foo=1");
    WRONG("the nearest is l2-size", "--set", "l2-sise=1");
    WRONG("--cdrom", "--cdrom", "");
    WRONG("--cdrom", "--hda", "0", "--hdb", "1", "--hdc", "2", "--hdd", "3", "--cdrom", "a.iso");
    WRONG("--boot", "--boot", "x");
    WRONG("--boot", "--boot", "aa");
    WRONG("--boot", "--boot", "acda");
    WRONG("--option-rom", "--option-rom", "");
    WRONG("--option-rom", "--option-rom", "@D0000");
    WRONG("--option-rom", "--option-rom", "x@0");
    WRONG("--option-rom", "--option-rom", "x@123456789ABCDEF01");
    WRONG("--overlay", "--overlay", "x", "--write");
    WRONG("--floppy-types", "--floppy-types", "1441");
    WRONG("--floppy-types", "--floppy-types", "1440,");
    WRONG("--floppy-types", "--floppy-types", "360,360,360");
    WRONG("--floppy-types", "--floppy-types", "none,720");
    WRONG("b.img", "a.img", "b.img");
    WRONG("c.img", "--fda", "a", "--hda", "b", "c.img");
}

static void boards_and_settings_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    WRONG("--machine", "--machine", "");
    WRONG("486sx-25, 486dx-33", "--machine", "486dx5");
    WRONG("--set", "--set", "");
    WRONG("--set", "--set", "isa-8");
    WRONG("--set", "--set", "isa-8=");
    WRONG("--set", "--set", "=8");
    WRONG("--set", "--set", "isa-8=8,");
    WRONG("--set", "--set", "isa-8=8,,isa-16=3");
    WRONG("--set", "--set", "isa-8=-8");
    WRONG("--set", "--set", "isa-8=eight");
    WRONG("--set", "--set", "isa-8=8m");
    WRONG("--set", "--set", "isa-8=4294967304");
    WRONG("--set", "--set", "isa-8=4194305k");
    WRONG("--set", "--set", "misaligned=0000000000000000000000001");
    WRONG("--set", "--set", "isa-8,9");
    WRONG("--set", "--set", "a-name-that-is-longer-than-any-parameter=8");
    WRONG("the nearest is dram-hit-first", "--set", "dram-hit-frist=3");
    WRONG("the nearest is dram-hit-first", "--set", "isa-8=8,dram_hit_first=3");
    WRONG("--set isa-8=4000000000: ", "--set", "isa-8=4000000000");
    WRONG("--set cache-size=9000: ", "--set", "cache-size=9000");
    assert_null(strstr(error, "no such parameter"));
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    WRONG("--date", "--date", "1979-12-31");
    WRONG("--date", "--date", "2100-01-01");
    WRONG("--date", "--date", "1992-00-06");
    WRONG("--date", "--date", "1992-03-32");
    WRONG("--date", "--date", "1992-03-06 24:00");
    WRONG("--date", "--date", "today");
    WRONG("--date", "--date", "1992-02-30");
    WRONG("--date", "--date", "1993-02-29");
    WRONG("--date", "--date", "1992-03-06 and more");
    WRONG("--date", "--date", "1992-03-06x");
    assert_int_equal(PARSE("--date", "1992-02-29"), OPTIONS_RUN);
}

static void too_many_settings_are_refused(void **state)
{
    (void)state;
    static char name[] = "trowel", setting[] = "--set=isa-8=8";
    char *words[MAX_SETTINGS + 2] = { name };
    for (int i = 1; i < MAX_SETTINGS + 2; i++)
        words[i] = setting;
    assert_int_equal(options_parse(&options, MAX_SETTINGS + 2, words, error, sizeof error), OPTIONS_WRONG);
    assert_int_equal(options_parse(&options, MAX_SETTINGS + 1, words, error, sizeof error), OPTIONS_RUN);
}

static void too_many_scripts_are_refused(void **state)
{
    (void)state;
    static char name[] = "trowel", script[] = "-ex=p 1";
    char *words[MAX_SCRIPTS + 3] = { name };
    for (int i = 1; i < MAX_SCRIPTS + 2; i++)
        words[i] = script;
    assert_int_equal(options_parse(&options, MAX_SCRIPTS + 2, words, error, sizeof error), OPTIONS_WRONG);
    assert_string_equal(error, "-ex: at most 1024 of -x and -ex; put the commands into a file for -x");
    assert_int_equal(options_parse(&options, MAX_SCRIPTS + 1, words, error, sizeof error), OPTIONS_RUN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_defaults_hold),
        cmocka_unit_test(values_may_follow_or_stand_behind_an_equals_sign),
        cmocka_unit_test(cdrom_takes_the_next_free_place),
        cmocka_unit_test(all_of_the_rest_is_understood),
        cmocka_unit_test(option_roms_may_have_an_address),
        cmocka_unit_test(floppy_drives_are_chosen),
        cmocka_unit_test(pointing_devices_are_chosen),
        cmocka_unit_test(batch_runs_as_fast_as_it_can_unless_told),
        cmocka_unit_test(scripts_keep_their_order),
        cmocka_unit_test(dates_with_and_without_time),
        cmocka_unit_test(settings_are_kept_in_the_order_given),
        cmocka_unit_test(what_follows_two_dashes_is_a_disk),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(boards_and_settings_that_do_not_exist_are_refused),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(too_many_settings_are_refused),
        cmocka_unit_test(too_many_scripts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
