/* Floppies as a person handles them: blank ones that mtools takes for DOS's, images compressed with gzip, disks put in
 * and taken out while the guest runs, write protection, and what the guest sees of all that. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"
#include "tests/end/support/screen.h"

#define READY "expect \"^>\""

enum { FLOPPY = 1440 * 1024 };

/* A floppy whose second sector begins with LETTER. */
static const char *make_lettered(const char *name, char letter)
{
    const char *path = in_folder(name);
    make_empty(path, FLOPPY);
    put_at(path, 512, &letter, 1);
    return path;
}

static char second_sector(const char *path)
{
    char letter;
    get_at(path, 512, &letter, 1);
    return letter;
}

static const char *inserting(const char *options, char drive, const char *path, char command[700])
{
    snprintf(command, 700, "insert %s%c %s", options, drive, path);
    return command;
}

/* --- Blank floppies --- */

static void blank_floppies_are_what_dos_formats(void **state)
{
    static const unsigned sizes[] = { 160, 180, 320, 360, 720, 1200, 1440, 2880 };
    struct program p;
    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char size[8], name[20];
        struct stat file;
        snprintf(size, sizeof size, "%u", sizes[i]);
        snprintf(name, sizeof name, "blank%u.img", sizes[i]);
        const char *path = in_folder(name);
        trowel_run(&p, "image", "create", "--floppy", size, path);
        program_ended(&p, 0);
        program_free(&p);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_size, sizes[i] * 1024);
        must("PATH=$PATH:/usr/sbin:/sbin fsck.fat -n '%s'", path);
        must("echo found >'%s' && mcopy -i '%s' '%s' ::A.TXT && mtype -i '%s' ::A.TXT | grep -q found",
              in_folder("found"), path, in_folder("found"), path);
        must("PATH=$PATH:/usr/sbin:/sbin fsck.fat -n '%s'", path);
    }
}

static void a_blank_floppy_says_that_it_is_not_bootable(void **state)
{
    struct program p;
    (void)state;
    const char *path = in_folder("blank.qcow2");
    trowel_run(&p, "image", "create", "--floppy", "1440", path);
    program_ended(&p, 0);
    program_free(&p);
    check_image(path);
    trowel_run(&p, "--batch", path, "-ex", "expect \"This disk is not bootable\"", "-ex",
               inserting("-f ", 'a', make_guest_floppy("end_floppy"), (char[700]){ 0 }), "-ex", "key space",
               "-ex", READY, "-ex", "type \"b\"", "-ex",
               "expect \"0 b\"");
    program_ended(&p, 0);
    program_free(&p);
}

static void sizes_that_were_never_sold_are_refused(void **state)
{
    struct program p;
    (void)state;
    trowel_run(&p, "image", "create", "--floppy", "1000", in_folder("odd.img"));
    program_ended(&p, 1);
    program_complained(&p, "there are floppies of 160, 180, 320, 360, 720, 1200, 1440 and 2880 KB");
    program_free(&p);
    trowel_run(&p, "image", "create", "--floppy", "1440", in_folder("odd.img"), "10M");
    program_ended(&p, 1);
    program_complained(&p, "a floppy has its own size");
    program_free(&p);
    trowel_run(&p, "image", "create", "--floppy", "1.44", in_folder("odd.img"));
    program_ended(&p, 1);
    program_free(&p);
    assert_int_not_equal(access(in_folder("odd.img"), F_OK), 0);
}

/* --- gzip --- */

static void packed_floppies_and_disks_run_and_stay_as_they_are(void **state)
{
    struct program p;
    char command[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy");
    must("gzip -c '%s' >'%s'", floppy, in_folder("guest.img.gz"));
    must("gzip -c '%s' >'%s'", make_lettered("p.img", 'P'), in_folder("p.img.gz"));
    uint64_t before = hash_file(in_folder("p.img.gz"));
    trowel_run(&p, "--batch", in_folder("guest.img.gz"), "--fdb", in_folder("p.img.gz"), "-ex", READY,
               "-ex", "type \"br\"", "-ex", "expect \"1 r 06\"", "-ex", "type \"rwr\"",
               "-ex", "expect \"2 r 00 50\"", "-ex", "expect \"4 r 00 57\"",
               "-ex", inserting("-f ", 'b', in_folder("p.img.gz"), command), "-ex", "type \"rr\"",
               "-ex", "expect \"6 r 00 50\"");
    program_ended(&p, 0);
    program_free(&p);
    assert_int_equal(hash_file(in_folder("p.img.gz")), before);
    make_empty(in_folder("hard.img"), 20 << 20);
    must("gzip -c '%s' >'%s'", in_folder("hard.img"), in_folder("hard.img.gz"));
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--hda", in_folder("hard.img.gz"), "--fda",
               make_guest_floppy("end_write"), "-ex", "continue");
    program_ended(&p, 42);
    program_free(&p);
}

static void packed_images_are_not_written_in_place(void **state)
{
    struct program p;
    (void)state;
    make_lettered("w.img", 'w');
    must("gzip -c '%s' >'%s'", in_folder("w.img"), in_folder("w.img.gz"));
    trowel_run(&p, "--batch", "--write", in_folder("w.img.gz"));
    program_refused(&p, "w.img.gz: compressed with gzip, so it cannot be written to");
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", in_folder("w.qcow2"), in_folder("w.img.gz"));
    program_refused(&p, "w.img.gz: compressed with gzip, so no overlay");
    program_free(&p);
    must("qemu-img create -q -f qcow2 '%s' 1440K", in_folder("rebased.qcow2"));
    trowel_run(&p, "image", "rebase", "-b", in_folder("w.img.gz"), in_folder("rebased.qcow2"));
    program_ended(&p, 1);
    program_complained(&p, "cannot back an image");
    program_free(&p);
    trowel_run(&p, "image", "convert", "-O", "qcow2", in_folder("w.img.gz"), in_folder("converted.qcow2"));
    program_ended(&p, 0);
    program_free(&p);
    same_disk(in_folder("converted.qcow2"), "qcow2", in_folder("w.img"), "raw");
    trowel_run(&p, "image", "info", in_folder("w.img.gz"));
    program_ended(&p, 0);
    program_said(&p, "file format: raw, compressed with gzip\nvirtual size: 1.41 MiB (1474560 bytes)\n");
    program_free(&p);
}

/* --- In and out --- */

static void a_changed_disk_is_seen_once_and_then_read(void **state)
{
    struct program p;
    char one[700], two[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy");
    make_lettered("x.img", 'X');
    make_lettered("y.img", 'Y');
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("x.img"), "-ex", READY, "-ex", "type \"brrc\"",
               "-ex", "expect \"2 r 00 58\"", "-ex", "expect \"3 c 00\"", "-ex", "eject -f b",
               "-ex", "type \"cr\"",
               "-ex", "expect \"4 c 06\"", "-ex", "expect \"5 r 80\"",
               "-ex", inserting("", 'b', in_folder("y.img"), one), "-ex", "type \"crr\"", "-ex", "expect \"6 c 06\"",
               "-ex", "expect \"7 r 06\"", "-ex", "expect \"8 r 00 59\"",
               "-ex", inserting("-f ", 'b', in_folder("x.img"), two), "-ex", "type \"rr\"", "-ex", "expect \"9 r 06\"",
               "-ex", "expect \"A r 00 58\"", "-ex", "type \"acr\"", "-ex", "expect \"C c 0[06]\"",
               "-ex", "eject -f b", "-ex", "eject b");
    program_ended(&p, 1);
    program_said(&p, "There is no disk in drive b.");
    program_free(&p);
}

static void a_protected_disk_is_not_written_to(void **state)
{
    struct program p;
    char protected_one[700], open_one[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy"), *path = make_lettered("wp.img", 'a');
    trowel_run(&p, "--batch", floppy, "--fdb", path, "-ex", inserting("-r ", 'b', path, protected_one), "-ex", READY,
               "-ex", "type \"brrwr\"", "-ex", "expect \"3 w 03\"", "-ex", "expect \"4 r 00 61\"");
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--fda", floppy, "--fdb", path,
               "-ex", inserting("-r ", 'b', path, protected_one), "-ex", READY, "-ex", "type \"brrw\"",
               "-ex", "expect \"3 w 03\"", "-ex", inserting("-f ", 'b', path, open_one), "-ex", "type \"rrw\"",
               "-ex", "expect \"6 w 00\"");
    program_ended(&p, 0);
    program_free(&p);
    assert_int_equal(second_sector(path), 'W');     /* by the second w */
}

static void a_disk_that_cannot_be_opened_is_told(void **state)
{
    struct program p;
    char missing[700], large[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy");
    make_lettered("old.img", 'O');
    make_empty(in_folder("large.img"), 4 << 20);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("old.img"),
               "-ex", inserting("", 'b', in_folder("no-such.img"), missing));
    program_ended(&p, 1);
    program_said(&p, "no-such.img: No such file");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("old.img"),
               "-ex", inserting("", 'b', in_folder("large.img"), large));
    program_ended(&p, 1);
    program_said(&p, "large.img: too large for a floppy");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("large.img"), "-ex", "info disks");
    program_refused(&p, "large.img: too large for a floppy");
    program_free(&p);
}

static void a_disk_that_the_drive_cannot_read_is_told(void **state)
{
    struct program p;
    char command[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy");
    make_lettered("hd.img", 'H');
    make_empty(in_folder("dd.img"), 720 * 1024);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("dd.img"), "-ex", READY, "-ex",
               inserting("", 'b', in_folder("hd.img"), command), "-ex", "type \"brr\"", "-ex", "expect \"2 r 02\"");
    program_ended(&p, 0);
    program_complained(&p, "hd.img: drive b, for 720 KB, cannot read disks of 1440 KB: start with --floppy-types "
                           "TYPE,1440");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("hd.img"), "-ex", READY, "-ex",
               inserting("", 'b', in_folder("dd.img"), command), "-ex", "type \"brr\"", "-ex", "expect \"2 r 00\"");
    program_ended(&p, 0);
    assert_string_equal(p.err, "");
    program_free(&p);
}

static void the_types_of_the_drives_can_be_chosen(void **state)
{
    struct program p;
    char command[700];
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy");
    make_lettered("hd.img", 'H');
    make_empty(in_folder("dd.img"), 720 * 1024);
    trowel_run(&p, "--batch", floppy, "--fdb", in_folder("dd.img"), "--floppy-types", "1440,1440", "-ex", READY, "-ex",
               inserting("", 'b', in_folder("hd.img"), command), "-ex", "type \"brr\"", "-ex", "expect \"2 r 00\"");
    program_ended(&p, 0);
    assert_string_equal(p.err, "");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "--floppy-types", "1440,720", "-ex", "info cmos", "-ex",
               inserting("", 'b', in_folder("dd.img"), command), "-ex", "info disks");
    program_ended(&p, 0);
    program_said(&p, "10:  43 ");
    program_free(&p);
    trowel_run(&p, "--batch", floppy, "--floppy-types", "360", "-ex", "stepi");
    program_ended(&p, 0);
    program_complained(&p, "drive a, for 360 KB, cannot read disks of 1440 KB: start with --floppy-types 1440");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", floppy, "--floppy-types", "none", "-ex", "stepi");
    program_refused(&p, "--floppy-types says that there is no drive a for it");
    program_free(&p);
    trowel_run(&p, "--batch", "--floppy-types", "none", "-ex", inserting("", 'a', floppy, command));
    program_ended(&p, 1);
    program_said(&p, "There is no drive a");
    program_free(&p);
}

/* One disk must not get what the guest has read of another: the directory of the first written to the second. */
static void a_disk_at_work_is_not_changed(void **state)
{
    static const char *const refused[] = { "insert b %s", "eject b" };
    struct program p;
    (void)state;
    const char *floppy = make_guest_floppy("end_floppy"), *one = make_lettered("one.img", '1');
    const char *two = make_lettered("two.img", '2');
    for (unsigned i = 0; i < 2; i++) {
        char command[700];
        snprintf(command, sizeof command, refused[i], two);
        trowel_run(&p, "--batch", floppy, "--fdb", one, "-ex", READY, "-ex", "type \"br\"", "-ex", "expect \"1 r 06\"",
                   "-ex", "type \"r\"", "-ex", "expect \"2 r 00\"", "-ex", command);
        program_ended(&p, 1);
        program_said(&p, "Drive b is at work: ");
        program_free(&p);
    }
    char insert[700];
    inserting("", 'b', two, insert);
    trowel_run(&p, "--batch", floppy, "--fdb", one, "-ex", READY, "-ex", "type \"brr\"", "-ex", "expect \"2 r 00 31\"",
               "-ex", "set byte[0:440] = 255", "-ex", "wait 2", "-ex", "info disks", "-ex", insert, "-ex", insert,
               "-ex", "eject b", "-ex", insert, "-ex", "type \"rr\"",
               "-ex", "expect \"4 r 00 32\"");
    program_ended(&p, 0);
    program_said(&p, "fd1  2880 sectors, C/H/S 80/2/18, 1 read, 0 written, cylinder 0, motor on");
    program_free(&p);
}

/* Where what is written goes is not what it was for the disk before. */
static void it_is_told_what_becomes_of_what_is_written(void **state)
{
    struct program p;
    char insert[700], protected[700], copy[700];
    (void)state;
    const char *one = in_folder("fate1.img"), *two = in_folder("fate2.img"), *file = in_folder("fate.txt");
    must("rm -f '%s' '%s' && mformat -C -i '%s' -f 1440 :: && cp '%s' '%s'", one, two, one, one, two);
    write_file(file, "hello");
    inserting("", 'a', two, insert);
    inserting("-r ", 'a', two, protected);
    snprintf(copy, sizeof copy, "copy-in %s a:", file);
    trowel_run(&p, "--batch", "--fda", one, "-ex", copy, "-ex", insert);
    program_ended(&p, 0);
    program_said(&p, "5 bytes copied to a:, until the disk is taken out or the session ends\n");
    program_said(&p, "fate1.img: what was written to it is gone");
    program_free(&p);
    trowel_run(&p, "--batch", "--write", "--fda", one, "-ex", copy, "-ex", protected, "-ex", insert);
    program_ended(&p, 0);
    program_said(&p, "5 bytes copied to a:\n");
    program_said(&p, "fate2.img: what is written to it goes into this file");
    assert_null(strstr(p.out, "is gone"));
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", in_folder("fate.qcow2"), "--fda", one, "-ex", insert);
    program_ended(&p, 0);
    program_said(&p, "fate2.img: what is written to it is thrown away: --overlay");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", one, "-ex", insert, "-ex", protected);
    program_ended(&p, 0);
    program_said(&p, "fate2.img is in.\n");
    program_said(&p, "fate2.img is in, write-protected.\n");
    assert_null(strstr(p.out, "is written"));
    program_free(&p);
}

/* --- Names --- */

static void a_drive_has_the_same_names_everywhere(void **state)
{
    static const char *const names[] = { "a", "A", "a:", "A:", "fd0", "FD0" };
    struct program p;
    char insert[700], eject[20], catch_sector[40];
    (void)state;
    const char *floppy = in_folder("named.img");
    must("rm -f '%s' && mformat -C -i '%s' -f 1440 ::", floppy, floppy);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(insert, sizeof insert, "insert %s %s", names[i], floppy);
        snprintf(eject, sizeof eject, "eject %s", names[i]);
        snprintf(catch_sector, sizeof catch_sector, "catch sector %s", names[i]);
        trowel_run(&p, "--batch", "--cdrom", "none", "-ex", insert, "-ex", "info disks", "-ex", eject, "-ex",
                   catch_sector, "-ex", "catch disk C:", "-ex", "catch disk cd");
        program_ended(&p, 0);
        program_said(&p, "named.img is in.\n");
        program_said(&p, "named.img, what is written is thrown away\n");
        program_said(&p, "named.img is out.\n");
        program_free(&p);
    }
}

/* --- Odd sizes --- */

/* With half a kilobyte behind its end it is the disk that its boot sector says. */
static void what_lies_behind_the_end_does_not_change_the_disk(void **state)
{
    static const unsigned kilobytes[] = { 360, 720, 1440, 2880 };
    static const char *const geometry[] = { "720 sectors, C/H/S 40/2/9", "1440 sectors, C/H/S 80/2/9",
                                            "2880 sectors, C/H/S 80/2/18", "5760 sectors, C/H/S 80/2/36" };
    struct program p;
    char size[8];
    (void)state;
    const char *long_one = in_folder("long.img");
    for (unsigned i = 0; i < 4; i++) {
        snprintf(size, sizeof size, "%u", kilobytes[i]);
        must("rm -f '%s' && mformat -C -i '%s' -f %s :: && head -c 512 /dev/zero >>'%s'", long_one,
             long_one, size, long_one);
        trowel_run(&p, "--batch", "--floppy-types", size, long_one, "-ex", "info disks");
        program_ended(&p, 0);
        program_said(&p, geometry[i]);
        program_complained(&p, "the guest does not see the rest");
        assert_null(strstr(p.err, "cannot read"));
        program_free(&p);
    }
}

/* Less than half of a 1.44 MB dump, of which no size tells the format: the drive is one for the whole disk. */
static void a_dump_that_broke_off_early_keeps_its_format(void **state)
{
    struct program p;
    char whole[300], part[300];
    (void)state;
    snprintf(whole, sizeof whole, "%s", in_folder("early-whole.img"));
    snprintf(part, sizeof part, "%s", in_folder("early.img"));
    must("rm -f '%s' && mformat -C -i '%s' -f 1440 ::", whole, whole);
    must("head -c 700000 '%s' >'%s'", whole, part);
    trowel_run(&p, "--batch", "--fda", part, "-ex", "info disks", "-ex", "info cmos");
    program_ended(&p, 0);
    program_said(&p, "C/H/S 80/2/18");
    program_complained(&p, "700000 bytes, but a disk of this format has 1474560");
    assert_null(strstr(p.err, "cannot read"));
    program_free(&p);
}

static void cut(const char *from, const char *to, unsigned bytes)
{
    must("head -c %u '%s' >'%s'", bytes, from, to);
}

/* Dumps that broke off, by the number of sectors and by what the boot sector says; and one with something behind it. */
static void dumps_of_an_odd_size_are_told(void **state)
{
    static const struct { unsigned bytes; const char *told; } odd[] = {
        { 1000000, "1000000 bytes, but a disk of this format has 1474560: it seems to be cut short" },
        { 1228800, "1228800 bytes, but a disk of this format has 1474560" },
        { 1474559, "1474559 bytes, but a disk of this format has 1474560" },
        { 1474572, "1474572 bytes, but a disk of this format has 1474560: the guest does not see the rest" },
    };
    struct program p;
    (void)state;
    const char *whole = in_folder("whole.img"), *part = in_folder("part.img"), *zero = in_folder("zero.img");
    char insert[700];
    must("rm -f '%s' && mformat -C -i '%s' -f 1440 :: && head -c 12 /dev/zero >>'%s'", whole, whole, whole);
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        cut(whole, part, odd[i].bytes);
        trowel_run(&p, "--batch", part);
        program_ended(&p, 0);
        program_complained(&p, odd[i].told);
        program_free(&p);
        trowel_run(&p, "--batch", "-ex", inserting("", 'a', part, insert));
        program_ended(&p, 0);
        program_complained(&p, odd[i].told);
        program_free(&p);
    }
    for (unsigned i = 0; i < 3; i++) {          /* nothing but its size tells */
        static const unsigned whole_kb[] = { 360, 720, 1440 };
        char told[100];
        make_empty(zero, whole_kb[i] * 1024 + 512);
        snprintf(told, sizeof told, "but a disk of this format has %u: the guest does not see the rest",
                 whole_kb[i] * 1024);
        trowel_run(&p, "--batch", zero);
        program_complained(&p, told);
        assert_null(strstr(p.err, "cannot read"));
        program_free(&p);
    }
    for (unsigned i = 0; i < 3; i++) {
        make_empty(zero, (uint64_t[]){ 1474560, 368640, 80 * 2 * 21 * 512 }[i]);
        trowel_run(&p, "--batch", zero);
        program_ended(&p, 0);
        assert_string_equal(p.err, "");
        program_free(&p);
    }
    make_empty(zero, 1000000);
    trowel_run(&p, "--batch", "--fda", zero);
    program_complained(&p, "1000000 bytes, but a disk of this format has ");
    program_free(&p);
    make_empty(zero, 10000001);
    trowel_run(&p, "--batch", zero);
    program_complained(&p, "10000001 bytes, but its whole sectors have 9999872");
    program_free(&p);
}

/* A command at the prompt of the debugger, with the guest stopped in its work and set running again. */
static void command_between(struct screen *screen, const char *line)
{
    screen_key(screen, "F12");
    screen_key(screen, "C-c");
    screen_wait(screen, " STOP ");
    screen_type(screen, line);
    screen_key(screen, "Enter");
    screen_type(screen, "continue");
    screen_key(screen, "Enter");
    screen_wait(screen, " RUN ");
    screen_key(screen, "F12");
}

static void disks_are_changed_in_the_terminal(void **state)
{
    struct screen screen;
    (void)state;
    NEED("tmux");
    make_guest_floppy("end_floppy");
    make_lettered("x.img", 'X');
    make_lettered("y.img", 'Y');
    must("gzip -c '%s' >'%s'", in_folder("y.img"), in_folder("y.img.gz"));
    screen_open(&screen, 80, 30, "--speed max --fdb x.img end_floppy.img");
    screen_wait(&screen, ">");
    screen_type(&screen, "brr");
    screen_wait(&screen, "2 r 00 58");
    command_between(&screen, "insert -r -f b y.img.gz");
    screen_type(&screen, "rrw");
    screen_wait(&screen, "3 r 06");
    screen_wait(&screen, "4 r 00 59");
    screen_wait(&screen, "5 w 03");
    command_between(&screen, "insert -f b no-such.img");       /* leaves the disk where it is */
    screen_type(&screen, "r");
    screen_wait(&screen, "6 r 00 59");
    command_between(&screen, "eject -f b");
    screen_type(&screen, "r");
    screen_wait(&screen, "7 r 80");
    screen_key(&screen, "F12");
    screen_key(&screen, "F10");
    screen_wait(&screen, "(y or n)");
    screen_type(&screen, "y");
    screen_ended(&screen, 0);
    screen_close(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_floppies_are_what_dos_formats),
        cmocka_unit_test(a_blank_floppy_says_that_it_is_not_bootable),
        cmocka_unit_test(sizes_that_were_never_sold_are_refused),
        cmocka_unit_test(packed_floppies_and_disks_run_and_stay_as_they_are),
        cmocka_unit_test(packed_images_are_not_written_in_place),
        cmocka_unit_test(a_changed_disk_is_seen_once_and_then_read),
        cmocka_unit_test(a_protected_disk_is_not_written_to),
        cmocka_unit_test(a_disk_that_cannot_be_opened_is_told),
        cmocka_unit_test(a_disk_that_the_drive_cannot_read_is_told),
        cmocka_unit_test(the_types_of_the_drives_can_be_chosen),
        cmocka_unit_test(a_disk_at_work_is_not_changed),
        cmocka_unit_test(it_is_told_what_becomes_of_what_is_written),
        cmocka_unit_test(a_dump_that_broke_off_early_keeps_its_format),
        cmocka_unit_test(dumps_of_an_odd_size_are_told),
        cmocka_unit_test(what_lies_behind_the_end_does_not_change_the_disk),
        cmocka_unit_test(a_drive_has_the_same_names_everywhere),
        cmocka_unit_test_teardown(disks_are_changed_in_the_terminal, screen_cleanup),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
