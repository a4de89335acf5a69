/* Batch mode as scripts and other tests rely on it: ports to files, exit codes, the order of scripts, signals, the
 * clock's date, and the exhibits with their debugger scripts. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

static const char date[] = "1995-10-31 23:45:00";

/* --- Ports --- */

static void debugcon_dash_goes_to_stdout(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--debugcon", "-", "--debug-exit", "0xf4", "--date", date,
               make_guest_floppy("end_ports"), "-ex",
               "continue");
    program_ended(&p, 7);
    program_said(&p, "date 1995-10-31 23:45\n");
    program_said(&p, "exited with code 07]");
    program_free(&p);
}

static void ports_write_to_files(void **state)
{
    (void)state;
    const char *debugcon = in_folder("debugcon"), *serial = in_folder("serial"), *parallel = in_folder("parallel");
    char serial_option[600];
    struct program p;
    snprintf(serial_option, sizeof serial_option, "file:%s", serial);
    trowel_run(&p, "--batch", "--debugcon", debugcon, "--debug-exit", "0xf4", "--date", date, "--serial", serial_option,
               "--parallel", parallel, make_guest_floppy("end_ports"), "-ex", "continue");
    program_ended(&p, 7);
    program_free(&p);
    char *text = read_file(debugcon, NULL);
    assert_string_equal(text, "date 1995-10-31 23:45\n");
    free(text);
    text = read_file(serial, NULL);
    assert_string_equal(text, "serial\r\n");
    free(text);
    text = read_file(parallel, NULL);
    assert_string_equal(text, "parallel\r\n");
    free(text);
}

/* Whatever is to be written: an option whose file was forgotten takes the disk behind it. */
static void an_image_is_never_an_output_file(void **state)
{
    static const char *const options[][2] = {
        { "--parallel", "%s" }, { "--serial", "file:%s" }, { "--serial", "2=file:%s" }, { "--debugcon", "%s" },
        { "--wavcapture", "%s" },
    };
    static const char *const commands[] = {
        "screenshot %s", "wavcapture %s", "dump binary memory %s 0 10", "append memory %s 0 10",
        "dump value %s byte[0]",
    };
    struct program p;
    char words[600];
    (void)state;
    const char *disk = in_folder("precious.img"), *drive = in_folder("drive.img"), *log = in_folder("earlier.log");
    make_empty(disk, 1474560);
    put_at(disk, 510, "\x55\xAA", 2);
    make_empty(drive, 1474560);
    write_file(log, "earlier");
    uint64_t before = hash_file(disk), before_drive = hash_file(drive), before_log = hash_file(log);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        snprintf(words, sizeof words, options[i][1], disk);
        trowel_run(&p, "--batch", "--debugcon", log, options[i][0], words);
        program_refused(&p, "precious.img: looks like a disk image");
        program_free(&p);
        snprintf(words, sizeof words, options[i][1], drive);
        trowel_run(&p, "--batch", "--serial", "3=file:/dev/null", options[i][0], words, "--fda", drive);
        program_refused(&p, "drive.img: is a disk of this machine");
        program_free(&p);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        snprintf(words, sizeof words, commands[i], disk);
        trowel_run(&p, "--batch", "-ex", "stepi 50000", "-ex", words);
        program_ended(&p, 1);
        program_said(&p, "precious.img: looks like a disk image");
        program_free(&p);
        snprintf(words, sizeof words, commands[i], drive);
        trowel_run(&p, "--batch", "--fda", drive, "-ex", "stepi 50000", "-ex", words);
        program_ended(&p, 1);
        program_said(&p, "drive.img: is a disk of this machine");
        program_free(&p);
    }
    assert_true(hash_file(disk) == before && hash_file(drive) == before_drive);
    snprintf(words, sizeof words, "file:%s", log);
    trowel_run(&p, "--batch", "--parallel", disk, "--serial", words);
    program_refused(&p, "precious.img");
    program_free(&p);
    assert_true(hash_file(log) == before_log);      /* nothing is emptied before all were looked at */
}

/* What comes later would be written into a file without a name. */
static void an_output_in_use_is_not_replaced(void **state)
{
    static const char *const options[][2] = {
        { "--parallel", "%s" }, { "--serial", "file:%s" }, { "--debugcon", "%s" }, { "--wavcapture", "%s" },
    };
    struct program p;
    char word[600], command[600];
    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const char *file = in_folder("in-use.log");
        unlink(file);
        snprintf(word, sizeof word, options[i][1], file);
        snprintf(command, sizeof command, "dump memory %s 0 10", file);
        trowel_run(&p, "--batch", options[i][0], word, "-ex", "wait 0.1", "-ex", command);
        program_ended(&p, 1);
        program_said(&p, "in-use.log: is what a port or the sound is written to");
        program_free(&p);
    }
}

static void talk(int pty, const char *say, const char *answer)
{
    char heard[64] = "";
    size_t length = 0;
    struct pollfd wait = { .fd = pty, .events = POLLIN };
    assert_int_equal(write(pty, say, strlen(say)), strlen(say));
    while (length < strlen(answer) && poll(&wait, 1, LONGEST_RUN * 1000) > 0) {
        ssize_t got = read(pty, heard + length, sizeof heard - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        heard[length] = 0;
    }
    assert_string_equal(heard, answer);
}

static void a_serial_port_talks_through_a_pty(void **state)
{
    (void)state;
    struct program p;
    char name[64] = "";
    trowel_start(&p, "--batch", "--serial", "2=file:/dev/null", "--serial", "pty", "--debug-exit", "0xf4",
                 make_guest_floppy("end_echo"), "-ex", "echo ready\\n", "-ex", "continue");
    assert_true(program_read_until(&p, "ready\n"));
    assert_true(program_read_until(&p, "serial port 1 is "));
    assert_int_equal(sscanf(strstr(p.err, "serial port 1 is "), "serial port 1 is %63[^\n]", name), 1);
    int pty = open(name, O_RDWR | O_NOCTTY);
    assert_true(pty >= 0);
    talk(pty, "dig here", "DIG\x20HERE");
    assert_int_equal(write(pty, "q", 1), 1);
    program_wait(&p);
    close(pty);
    program_ended(&p, 9);
    program_free(&p);
}

/* --- Mouse and joystick --- */

static void complains(const char *option, const char *value, const char *command, const char *about)
{
    struct program p;
    trowel_run(&p, "--batch", option, value, make_guest_floppy("end_count"), "-ex", command);
    program_ended(&p, 1);
    program_said(&p, about);
    program_free(&p);
}

static void mistaken_pointing_is_refused(void **state)
{
    (void)state;
    complains("--mouse", "none", "mouse_move 1 1", "There is no mouse");
    complains("--mouse", "none", "mouse_button 1", "There is no mouse");
    complains("--mouse", "ps2", "mouse_move 1", "Usage: mouse_move");
    complains("--mouse", "ps2", "mouse_move 1 2 3", "Usage: mouse_move");
    complains("--mouse", "ps2", "mouse_move 1 2000000", "Usage: mouse_move");
    complains("--mouse", "ps2", "mouse_move 4294967297 0", "Usage: mouse_move");
    complains("--mouse", "ps2", "mouse_move 1-2", "Usage: mouse_move");
    complains("--mouse", "ps2", "mouse_button 4294967296", "Usage: mouse_button");
    complains("--mouse", "ps2", "mouse_button 8", "Usage: mouse_button");
    complains("--mouse", "ps2", "joystick 1 1", "There is no joystick");
    complains("--joystick", "--batch", "joystick 1", "Usage: joystick");
    complains("--joystick", "--batch", "joystick 1 256", "Usage: joystick");
    complains("--joystick", "--batch", "joystick 1 2 4", "Usage: joystick");
}

static void mouse_and_joystick_are_moved_by_command(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--joystick", "--boot", "a", make_guest_floppy("end_mouse"), "-ex", "expect ready", "-ex",
               "mouse_move 5 3", "-ex", "expect \"0028 0005 00FD 00F\" 2", "-ex", "joystick 0 0 2", "-ex",
               "mouse_button 1", "-ex", "expect \"0009 0000 0000 00D\" 2", "-ex", "mouse_move -1 0", "-ex",
               "expect \"0019 00FF 0000 00D\" 2", "-ex", "quit 3");
    program_ended(&p, 3);
    program_free(&p);
}

/* --- Disks and overlays --- */

static void an_overlay_belongs_to_its_disk(void **state)
{
    (void)state;
    const char *overlay = in_folder("belongs.qcow2"), *other = in_folder("other.img");
    struct program p;
    make_empty(other, 1440 * 1024);
    trowel_run(&p, "--batch", "--overlay", overlay, make_guest_floppy("end_count"), "-ex", "stepi");
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, other, "-ex", "stepi");
    program_refused(&p, "lies over");
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, "-ex", "stepi");
    program_ended(&p, 2);
    program_complained(&p, "there is no disk");
    program_free(&p);
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "--overlay", in_folder("first.qcow2"),
               "--fdb", other, "-ex", "stepi");
    program_ended(&p, 0);
    program_complained(&p, "drive b: --overlay is not for it");
    program_free(&p);
}

static void a_drive_that_is_not_there_takes_no_disk(void **state)
{
    (void)state;
    struct program p;
    char command[600];
    snprintf(command, sizeof command, "insert b %s", in_folder("other.img"));
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", command);
    program_ended(&p, 1);
    program_said(&p, "There is no drive b");
    program_free(&p);
}

/* Each says what was wrong, and what to do. */
static void mistakes_at_the_prompt_are_told_apart(void **state)
{
    (void)state;
    struct program p;
    complains("--boot", "a", "key nix", "No key \"nix\"");
    complains("--boot", "a", "type", "Usage: type \"TEXT\"");
    complains("--boot", "a", "type \"\xC3\xA9\"", "no key makes");
    trowel_run(&p, "--batch", "-ex", "wait 1", "-ex", "screenshot /nodir/x.png");
    program_ended(&p, 1);
    program_said(&p, "/nodir/x.png: No such file");
    program_free(&p);
    const char *floppy = make_guest_floppy("end_count");
    char insert[1024];
    snprintf(insert, sizeof insert, "insert b %s", floppy);
    trowel_run(&p, "--batch", "--write", "--floppy-types", "1440,1440", "--fda", floppy, "-ex", insert);
    program_ended(&p, 1);
    program_said(&p, "end_count.img: is in drive a already");
    program_free(&p);
    trowel_run(&p, "image", "create", "--floppy");
    assert_non_null(strstr(p.err, "option --floppy lacks its value"));
    program_free(&p);
    complains("--boot", "a", "insert a \"x", "Usage: insert");
    complains("--boot", "a", "insert a ~/no/such.img", "/no/such.img: No such file");
}

static void a_disk_may_have_blanks_in_its_name(void **state)
{
    (void)state;
    struct program p;
    char insert[1024];
    snprintf(insert, sizeof insert, "insert a \"%s\"", in_folder("na me.img"));
    must("cp '%s' '%s'", make_guest_floppy("end_count"), in_folder("na me.img"));
    trowel_run(&p, "--batch", "-ex", insert, "-ex", "echo in\\n");
    program_ended(&p, 0);
    program_said(&p, "in\n");
    program_free(&p);
}

static void a_rom_that_no_bios_runs_and_a_wrong_address_are_told(void **state)
{
    static const uint8_t rom[] = { 0x55, 0xAA, 1, 1 };
    (void)state;
    struct program p;
    const char *path = in_folder("no-sum.rom");
    make_empty(path, 512);
    put_at(path, 0, rom, sizeof rom);
    trowel_run(&p, "--batch", "--option-rom", path, "-ex", "echo on\\n");
    program_ended(&p, 0);
    assert_non_null(strstr(p.err, "no-sum.rom: its bytes add up to 01, not to 0"));
    program_free(&p);
    trowel_run(&p, "--batch", "--option-rom", "rx.bin@zz", "-ex", "screen");
    program_refused(&p, "what follows the @ is no hexadecimal address");
    program_free(&p);
}

static void keys_given_before_the_start_reach_the_bios(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", "key del", "-ex", "expect \"Set-up$\" 10",
               "-ex", "reset", "-ex", "key del", "-ex", "expect \"Trowel BIOS\" 5", "-ex", "expect \"Set-up$\" 10");
    program_ended(&p, 0);
    program_free(&p);
}

static void commands_for_the_screen_do_nothing_without_one(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", "focus screen", "-ex", "mouse off",
               "-ex", "follow ss:sp", "-ex", "echo on\\n");
    program_ended(&p, 0);
    assert_string_equal(p.out, "on\n");
    program_free(&p);
}

/* --- Scripts and exit codes --- */

static void scripts_run_in_the_order_given(void **state)
{
    (void)state;
    const char *script = in_folder("script.gdb");
    struct program p;
    write_file(script, "echo two\\n\n# a comment\necho three\\n\n");
    trowel_run(&p, "--batch", "-ex", "echo one\\n", "-x", script, "-ex", "echo four\\n", "-ex", "quit 17", "-ex",
               "echo five\\n");
    program_ended(&p, 17);
    assert_string_equal(p.out, "one\ntwo\nthree\nfour\n");
    program_free(&p);
}

static void an_image_without_a_sector_is_refused(void **state)
{
    (void)state;
    const char *path = in_folder("small.img");
    struct program p;
    write_file(path, "not a disk");
    trowel_run(&p, "--batch", path);
    program_ended(&p, 1);
    assert_non_null(strstr(p.err, "small.img: smaller than one sector\n"));
    program_free(&p);
}

static void a_failing_command_ends_with_1(void **state)
{
    (void)state;
    const char *script = in_folder("failing.gdb");
    struct program p;
    trowel_run(&p, "--batch", "-ex", "frobnicate", "-ex", "echo after\\n");
    program_ended(&p, 1);
    program_said(&p, "frobnicate");
    assert_null(strstr(p.out, "after"));
    program_free(&p);
    write_file(script, "echo first\\n\np 1 +\necho after\\n\n");
    trowel_run(&p, "--batch", "-x", script, "-ex", "echo after\\n");
    program_ended(&p, 1);
    program_said(&p, "failing.gdb:2: Error in sourced command file:");
    assert_null(strstr(p.out, "after"));
    program_free(&p);
    trowel_run(&p, "--batch", "-x", in_folder("no-such-script"));
    program_ended(&p, 1);
    program_said(&p, "no-such-script");
    program_free(&p);
}

static void expect_fails_when_the_text_does_not_come(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "-ex", "expect \"exhibits\" 60", "-ex", "expect \"no such text\" 2", "-ex",
               "echo after\\n");
    program_ended(&p, 1);
    program_said(&p, "expect: \"no such text\": not seen in time.");
    program_said(&p, "Base memory 639 KB");
    assert_null(strstr(p.out, "after"));
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "expect \"(\" 2");
    program_ended(&p, 1);
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "expect \"((a{1,255}){1,255}){1,255}\" 2");
    program_ended(&p, 1);
    program_said(&p, "too many repeats");
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "break 0:7c00", "-ex", "expect \"no such text\" 20");
    program_ended(&p, 1);
    program_said(&p, "breakpoint");
    program_free(&p);
}

static void what_comes_before_the_text_or_the_time_stops_the_guest(void **state)
{
    static const char *const stops[][2] = {
        { "catch sector A:", "Catchpoint 1 (sector fd0 0 read), 0x" }, { "catch int 13", "Catchpoint 1 (int 0x13" },
        { "catch port 3f2", "Catchpoint 1 (port 0x3f2 write" }, { "catch motor", "Catchpoint 1 (motor fd0" },
        { "catch irq 6", "Catchpoint 1 (irq 6), 0x" }, { "break 0:7c00", "Breakpoint 1, 0x00007c00 in" },
    };
    struct program p;
    (void)state;
    const char *disk = make_guest_floppy("end_count");
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        trowel_run(&p, "--batch", disk, "-ex", stops[i][0], "-ex", i % 2 ? "wait 10" : "expect \"no such text\" 10",
                   "-ex", "echo after\\n");
        program_ended(&p, 1);
        program_said(&p, stops[i][1]);
        program_said(&p, "point 1 came first.");
        assert_null(strstr(p.out, "after"));
        program_free(&p);
    }
    trowel_run(&p, "--batch", disk, "-ex", "set $n = 0", "-ex", "break 0:7c00", "-ex", "commands", "-ex", "silent",
               "-ex", "set $n = 5", "-ex", "continue", "-ex", "end", "-ex", "wait 10", "-ex", "print $n");
    program_ended(&p, 0);
    program_said(&p, "$1 = 5\n");
    program_free(&p);
}

static void without_scripts_nothing_runs(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch");
    program_ended(&p, 0);
    assert_string_equal(p.out, "");
    assert_string_equal(p.err, "");
    program_free(&p);
}

static void help_and_version_go_to_stdout(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--help");
    program_ended(&p, 0);
    program_said(&p, "Usage: trowel");
    program_said(&p, "--overlay FILE");
    program_free(&p);
    trowel_run(&p, "--version");
    program_ended(&p, 0);
    assert_int_equal(strncmp(p.out, "trowel ", 7), 0);
    program_free(&p);
}

/* --- Boards and their parameters --- */

static void boards_and_their_parameters_are_listed(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--machine", "help");
    program_ended(&p, 0);
    program_said(&p, "  486sx-25        25.0 MHz on a 25.0 MHz bus, 8 KB cache, no L2 cache, ISA video\n");
    program_said(&p, "  486dx4-100wb   100.0 MHz on a 33.3 MHz bus, 16 KB cache (write-back), 256 KB L2, ");
    program_free(&p);
    trowel_run(&p, "--set", "?", "--machine", "486dx-33", "--set", "isa-8=11");
    program_ended(&p, 0);
    program_said(&p, "Parameters of the board 486dx-33");
    program_said(&p, "  isa-8                   11 (1-1000)        BCLK: 8-bit cycle\n");
    program_said(&p, "  isa-16                   3 (1-1000) ");
    program_free(&p);
}

static void settings_reach_the_machine_in_their_order(void **state)
{
    (void)state;
    const char *floppy = make_guest_floppy("end_count");
    struct program p;
    trowel_run(&p, "--batch", "--set", "clock-ticks=84", "--machine", "486sx-25", "--set",
               "clock-ticks=42,multiplier=3", floppy, "-ex", "info program");
    program_ended(&p, 0);
    program_said(&p, "on a 486sx-25 at 100000000 Hz");
    program_free(&p);
}

static void a_board_or_parameter_that_is_not_there_is_one_line(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--machine", "486dx5");
    program_ended(&p, 2);
    program_refused(&p, "--machine 486dx5: no such board; there are 486sx-25, 486dx-33, ");
    program_free(&p);
    trowel_run(&p, "--batch", "--set", "l2-siez=0");
    program_ended(&p, 2);
    program_refused(&p, "--set l2-siez=0: no such parameter, the nearest is l2-size; --set help lists them");
    program_free(&p);
    trowel_run(&p, "--batch", "--set", "multiplier=9");
    program_ended(&p, 2);
    program_refused(&p, "--set multiplier=9: ");
    program_free(&p);
}

/* --- Signals --- */

static void sigint_stops_the_guest_and_the_script_goes_on(void **state)
{
    (void)state;
    struct program p;
    trowel_start(&p, "--batch", make_guest_floppy("end_count"), "-ex", "tbreak 0:7c00", "-ex", "continue", "-ex",
                 "echo ready\\n",
                 "-ex", "continue", "-ex", "p word[0:500] > 0", "-ex", "quit 5");
    assert_true(program_read_until(&p, "ready\n"));
    usleep(300000);
    kill(p.pid, SIGINT);
    program_wait(&p);
    program_ended(&p, 5);
    program_said(&p, "Program received signal SIGINT, Interrupt.");
    program_said(&p, "$1 = 1");
    program_free(&p);
}

static void sigterm_ends_the_program_in_order(void **state)
{
    (void)state;
    struct program p;
    trowel_start(&p, "--batch", make_guest_floppy("end_count"), "-ex", "echo ready\\n", "-ex", "continue", "-ex",
                 "echo after\\n");
    assert_true(program_read_until(&p, "ready\n"));
    kill(p.pid, SIGTERM);
    program_wait(&p);
    program_ended(&p, 128 + SIGTERM);
    assert_null(strstr(p.out, "after"));
    program_free(&p);
}

/* --- The debugger on a guest --- */

static void stepping_and_watching_show_the_guest(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", "tbreak 0:7c00", "-ex", "continue", "-ex",
               "p/x $cs", "-ex",
               "stepi", "-ex", "info registers eip", "-ex", "watch word[0:500]", "-ex", "continue", "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "Temporary breakpoint 1");
    program_said(&p, "0x7c01");
    program_said(&p, "word[0:500]");
    program_said(&p, "New value = ");
    program_free(&p);
}

static void the_same_run_twice_prints_the_same(void **state)
{
    (void)state;
    struct program first, second;
    struct program *programs[] = { &first, &second };
    const char *floppy = make_guest_floppy("end_count");
    for (int i = 0; i < 2; i++) {
        trowel_run(programs[i], "--batch", "--date", date, floppy, "-ex", "watch word[0:500]", "-ex", "ignore 1 20",
                   "-ex", "continue", "-ex", "stepi 500", "-ex", "info registers", "-ex", "p $tick", "-ex",
                   "p $icount", "-ex",
                   "screen");
        program_ended(programs[i], 0);
    }
    assert_string_equal(first.out, second.out);
    program_free(&first);
    program_free(&second);
}

/* --- Exhibits --- */

/* Opens the menu's page LETTER and starts the exhibit there. */
#define IN_MENU "-ex", "expect \"Press a letter\" 60"
#define START(letter) "-ex", "key " letter, "-ex", "expect \"Enter runs it\" 10", "-ex", "key enter"
#define TO_THE_END "-ex", "expect \"Press a key for the menu\" 60", "-ex", "screen"

static void the_specimen_takes_memory_and_int_13h_and_hides(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--date", "1992-03-05", IN_MENU, START("a"), "-ex", "expect \"Base memory 638 KB\" 60",
               "-ex",
               "p word[0:413]", "-ex", "screen");
    program_ended(&p, 0);
    program_said(&p, "$1 = 638");
    program_said(&p, "INT 13h at 9F80:0057");
    assert_null(strstr(p.out, "March 6. The real one"));
    program_free(&p);
}

static void the_specimen_shows_its_hand_on_march_6(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--date", "1992-03-06", IN_MENU, START("a"), "-ex",
               "expect \"shows its hand. Press a key\" 60",
               "-ex", "screen", "-ex", "key enter", "-ex", "expect \"Base memory 638 KB\" 60");
    program_ended(&p, 0);
    program_said(&p, "March 6. The real one would overwrite your disk now.");
    program_free(&p);
}

static void the_specimens_script_stops_at_each_stage(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", IN_MENU, "-ex", "exhibit specimen", START("a"), "-ex", "continue", "-ex", "continue",
               "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "Base memory and INT 13h before:\n$1 = 639");
    program_said(&p, "The specimen has been loaded in place of a boot sector:");
    program_said(&p, "=> 0x7c00 (0000:7c00):\tcli");
    program_said(&p, "Old value = 639\nNew value = 638");
    program_said(&p, "dword[0:4c]");
    program_free(&p);
}

static void the_decrypting_program_prints_its_text(void **state)
{
    static const char *const modes[] = { "fast", "table", "cycle" };
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct program p;
        trowel_run(&p, "--batch", "--timing", modes[i], IN_MENU, START("b"), TO_THE_END);
        program_ended(&p, 0);
        program_said(&p, "Decrypted: the text that you read and the code that printed it\n"
                         "   did not exist in this form when the program was started.\n");
        program_free(&p);
    }
}

static void the_decrypting_programs_script_shows_before_and_after(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", IN_MENU, "-ex", "exhibit decrypt", START("b"), "-ex", "continue", "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "The loop, and behind it what is still encrypted:");
    program_said(&p, "Now it has decrypted what stands behind it:");
    program_said(&p, ":\tcld");
    program_said(&p, "Decrypted: the text that you read");
    program_free(&p);
}

static void the_delay_loop_works_at_25_mhz_and_fails_at_100(void **state)
{
    static const char *const modes[] = { "table", "cycle" };
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct program p;
        trowel_run(&p, "--batch", "--timing", modes[i], "--machine", "486sx-25", IN_MENU, START("c"), TO_THE_END);
        program_ended(&p, 0);
        program_said(&p, "The delay works on this machine.");
        program_free(&p);
        trowel_run(&p, "--batch", "--timing", modes[i], "--machine", "486dx4-100", IN_MENU, START("c"), TO_THE_END);
        program_ended(&p, 0);
        program_said(&p, "Runtime error 200");
        program_free(&p);
    }
}

static void the_delay_loops_script_catches_the_divide_error(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--timing", "table", "--machine", "486dx4-100", IN_MENU, "-ex", "exhibit calibrate",
               START("c"),
               "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "DX:AX is the number of loops in one tick, CX the number of units:");
    program_said(&p, "$2 = 5");
    program_said(&p, "exception 0 #DE");
    program_free(&p);
}

static void the_race_is_won_in_fast_and_lost_in_the_other_modes(void **state)
{
    static const char *const modes[] = { "table", "cycle" };
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--timing", "fast", IN_MENU, START("d"), TO_THE_END);
    program_ended(&p, 0);
    program_said(&p, "the race was won");
    program_free(&p);
    for (int i = 0; i < 2; i++) {
        trowel_run(&p, "--batch", "--timing", modes[i], IN_MENU, START("d"), TO_THE_END);
        program_ended(&p, 0);
        program_said(&p, "the race was lost");
        program_said(&p, "the motor was not up to speed");
        program_free(&p);
    }
}

static void the_races_script_stops_at_motor_and_seek(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--timing", "table", IN_MENU, "-ex", "exhibit race", START("d"), "-ex", "continue", "-ex",
               "continue", "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "Catchpoint 1 (");
    program_said(&p, "Catchpoint 2 (");
    program_free(&p);
}

/* The sizes in a PNG's header. */
static void assert_png(const char *path, unsigned width, unsigned height)
{
    uint8_t head[24];
    get_at(path, 0, head, sizeof head);
    assert_memory_equal(head, "\x89PNG\r\n\x1A\n", 8);
    assert_int_equal(head[18] << 8 | head[19], width);
    assert_int_equal(head[22] << 8 | head[23], height);
}

static void screenshot_writes_a_png_and_refuses_by_name(void **state)
{
    struct program p;
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "screenshot %s", in_folder("screen.png"));
    trowel_run(&p, "--batch", IN_MENU, "-ex", command);
    program_ended(&p, 0);
    assert_png(in_folder("screen.png"), 720, 400);
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "screenshot /nowhere/screen.png");
    program_ended(&p, 1);
    assert_non_null(strstr(p.out, "/nowhere/screen.png"));
    program_free(&p);
}

static void there_is_no_screenshot_before_the_first_mode(void **state)
{
    struct program p;
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "screenshot %s", in_folder("early.png"));
    trowel_run(&p, "--batch", "-ex", command);
    program_ended(&p, 1);
    program_said(&p, "early.png: there is no picture on the screen: no video mode is set yet");
    program_free(&p);
    assert_int_not_equal(access(in_folder("early.png"), F_OK), 0);
}

static void exhibit_lists_and_refuses(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "-ex", "exhibit");
    program_ended(&p, 0);
    assert_string_equal(p.out, "Exhibits: specimen decrypt calibrate race\n");
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "exhibit mona-lisa");
    program_ended(&p, 1);
    program_free(&p);
}

static void wait_runs_the_guest_for_so_long(void **state)
{
    struct program p;
    (void)state;
    trowel_run(&p, "--batch", make_guest_floppy("end_count"), "-ex", "wait 1.5", "-ex", "print $tick / 1000000", "-ex",
               "wait 0", "-ex", "print 1");
    program_ended(&p, 1);
    program_said(&p, "$1 = 6300\n");
    program_said(&p, "Usage: wait SECONDS");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debugcon_dash_goes_to_stdout),
        cmocka_unit_test(ports_write_to_files),
        cmocka_unit_test(an_image_is_never_an_output_file),
        cmocka_unit_test(an_output_in_use_is_not_replaced),
        cmocka_unit_test(a_serial_port_talks_through_a_pty),
        cmocka_unit_test(an_overlay_belongs_to_its_disk),
        cmocka_unit_test(mistaken_pointing_is_refused),
        cmocka_unit_test(mouse_and_joystick_are_moved_by_command),
        cmocka_unit_test(a_drive_that_is_not_there_takes_no_disk),
        cmocka_unit_test(commands_for_the_screen_do_nothing_without_one),
        cmocka_unit_test(mistakes_at_the_prompt_are_told_apart),
        cmocka_unit_test(a_disk_may_have_blanks_in_its_name),
        cmocka_unit_test(a_rom_that_no_bios_runs_and_a_wrong_address_are_told),
        cmocka_unit_test(keys_given_before_the_start_reach_the_bios),
        cmocka_unit_test(scripts_run_in_the_order_given),
        cmocka_unit_test(an_image_without_a_sector_is_refused),
        cmocka_unit_test(a_failing_command_ends_with_1),
        cmocka_unit_test(expect_fails_when_the_text_does_not_come),
        cmocka_unit_test(what_comes_before_the_text_or_the_time_stops_the_guest),
        cmocka_unit_test(without_scripts_nothing_runs),
        cmocka_unit_test(help_and_version_go_to_stdout),
        cmocka_unit_test(boards_and_their_parameters_are_listed),
        cmocka_unit_test(settings_reach_the_machine_in_their_order),
        cmocka_unit_test(a_board_or_parameter_that_is_not_there_is_one_line),
        cmocka_unit_test(sigint_stops_the_guest_and_the_script_goes_on),
        cmocka_unit_test(sigterm_ends_the_program_in_order),
        cmocka_unit_test(stepping_and_watching_show_the_guest),
        cmocka_unit_test(the_same_run_twice_prints_the_same),
        cmocka_unit_test(the_specimen_takes_memory_and_int_13h_and_hides),
        cmocka_unit_test(the_specimen_shows_its_hand_on_march_6),
        cmocka_unit_test(the_specimens_script_stops_at_each_stage),
        cmocka_unit_test(the_decrypting_program_prints_its_text),
        cmocka_unit_test(the_decrypting_programs_script_shows_before_and_after),
        cmocka_unit_test(the_delay_loop_works_at_25_mhz_and_fails_at_100),
        cmocka_unit_test(the_delay_loops_script_catches_the_divide_error),
        cmocka_unit_test(the_race_is_won_in_fast_and_lost_in_the_other_modes),
        cmocka_unit_test(the_races_script_stops_at_motor_and_seek),
        cmocka_unit_test(screenshot_writes_a_png_and_refuses_by_name),
        cmocka_unit_test(there_is_no_screenshot_before_the_first_mode),
        cmocka_unit_test(exhibit_lists_and_refuses),
        cmocka_unit_test(wait_runs_the_guest_for_so_long),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
