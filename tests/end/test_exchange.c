/* copy-in and copy-out: files between the host and the guest's disks, with mtools to say what became of them. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

/* A floppy with the directory SUB and A.TXT in it, and a disk with one FAT16 partition at sector 63. */
static void make_disks(const char *floppy, const char *disk)
{
    static const uint8_t table[] = { 0x80, 1, 1, 0, 6, 15, 63, 19, 63, 0, 0, 0, 0x81, 0x4E, 0, 0 };
    NEED("mformat", "mcopy", "mmd", "qemu-img");
    must("mformat -C -f 1440 -i '%s' :: && mmd -i '%s' ::SUB && printf hello | mcopy -i '%s' - ::SUB/A.TXT",
         floppy, floppy, floppy);
    make_empty(disk, 20160 * 512);
    put_at(disk, 446, table, sizeof table);
    put_at(disk, 510, "\x55\xAA", 2);
    must("mformat -i '%s'@@32256 -T 20097 -h 16 -s 63 -H 63 :: && printf there | mcopy -i '%s'@@32256 - ::B.TXT",
         disk, disk);
}

static void files_are_copied_both_ways(void **state)
{
    struct program p;
    const char *floppy = in_folder("both.img"), *disk = in_folder("both-disk.img"), *file = in_folder("new.txt");
    char in[700], in_disk[700], out[700], out_disk[700];
    (void)state;
    make_disks(floppy, disk);
    write_file(file, "from the host");
    snprintf(in, sizeof in, "copy-in %s a:/sub", file);
    snprintf(in_disk, sizeof in_disk, "copy-in \"%s\" c:\\other.txt", file);
    snprintf(out, sizeof out, "copy-out A:\\SUB\\A.TXT %s", in_folder("a.out"));
    snprintf(out_disk, sizeof out_disk, "copy-out c:b.txt %s", in_folder("b.out"));
    trowel_run(&p, "--batch", "--write", "--fda", floppy, "--hda", disk, "-ex", in, "-ex", in_disk, "-ex", out,
               "-ex", out_disk);
    program_ended(&p, 0);
    program_said(&p, "13 bytes copied to a:/sub");
    program_free(&p);
    must("test \"$(mtype -i '%s' ::SUB/NEW.TXT)\" = 'from the host'", floppy);
    must("test \"$(mtype -i '%s'@@32256 ::OTHER.TXT)\" = 'from the host'", disk);
    must("test \"$(cat '%s' '%s')\" = hellothere", in_folder("a.out"), in_folder("b.out"));
    must("test ! -e '%s.trowel-journal'", floppy);
}

static void without_write_the_images_stay_as_they_were(void **state)
{
    struct program p;
    const char *floppy = in_folder("kept.img"), *disk = in_folder("kept-disk.img"), *file = in_folder("kept.txt");
    char in[700], out[700];
    (void)state;
    make_disks(floppy, disk);
    write_file(file, "x");
    uint64_t before = hash_file(floppy);
    snprintf(in, sizeof in, "copy-in %s a:", file);
    snprintf(out, sizeof out, "copy-out a:kept.txt %s", in_folder("kept.out"));
    trowel_run(&p, "--batch", floppy, "-ex", in, "-ex", out);
    program_ended(&p, 0);
    program_free(&p);
    must("test \"$(cat '%s')\" = x", in_folder("kept.out"));
    assert_true(hash_file(floppy) == before);
}

static void what_cannot_be_copied_is_told(void **state)
{
    static const struct { const char *command, *message; } rows[] = {
        { "copy-in", "Usage: copy-in [-f] FILE DIRECTORY" },
        { "copy-in FILE", "Usage: copy-in" },
        { "copy-in FILE sub", "begins with a drive's letter" },
        { "copy-in FILE b:", "B: has no disk in it" },
        { "copy-in FILE d:", "D: is no FAT12 or FAT16 volume" },
        { "copy-in FILE a:\\none\\x.txt", "there is no none" },
        { "copy-in FILE a:\\sub\\toolongname.txt", "toolongname.txt is no DOS name" },
        { "copy-in FILE a:\\sub\\a.txt", "-f replaces it" },
        { "copy-in FILE a:\\sub\\con", "con is a device of DOS" },
        { "copy-in FILE a:lpt1.txt", "lpt1.txt is a device of DOS" },
        { "copy-in FILE.txt a:\\nodir", "there is no directory nodir; for a file of this name say nodir." },
        { "copy-in /nowhere/x a:", "/nowhere/x: No such file" },
        { "copy-out a:\\none.txt OUT", "there is no none.txt" },
        { "copy-out a:\\sub OUT", "is a directory" },
        { "copy-out a:\\sub\\a.txt FILE", "-f replaces it" },
    };
    const char *floppy = in_folder("wrong.img"), *disk = in_folder("wrong-disk.img");
    (void)state;
    make_disks(floppy, disk);
    write_file(in_folder("FILE"), "y");
    write_file(in_folder("FILE.txt"), "y");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct program p;
        char command[1024];
        snprintf(command, sizeof command, "cd '%s' && exec \"$0\" --batch --fda '%s' --hda '%s' -ex '%s'",
                 in_folder(""), "wrong.img", "wrong-disk.img", rows[i].command);
        char *program = realpath(trowel_path(), NULL);
        program_run(&p, (const char *const[]){ "sh", "-c", command, program, NULL });
        free(program);
        program_ended(&p, 1);
        program_said(&p, rows[i].message);
        program_free(&p);
    }
}

/* By then the BIOS has long looked for a boot sector on the disk. */
static void a_disk_in_motion_is_left_alone(void **state)
{
    struct program p;
    const char *disk = in_folder("motion-disk.img"), *floppy = in_folder("motion.img"), *file = in_folder("motion.txt");
    char in[700];
    (void)state;
    make_disks(floppy, disk);
    write_file(file, "z");
    snprintf(in, sizeof in, "copy-in %s c:", file);
    trowel_run(&p, "--batch", "--hda", disk, "--boot", "c", "-ex", "wait 3", "-ex", in);
    program_ended(&p, 1);
    program_said(&p, "c: is in use");
    program_free(&p);
    trowel_run(&p, "--batch", "--hda", disk, "--boot", "c", "-ex", "wait 3", "-ex", "reset", "-ex", in);
    program_ended(&p, 0);
    program_free(&p);
}

/* What replaces files by name must not replace the guest's disks, however they are named. */
static void a_disk_of_the_machine_is_never_replaced(void **state)
{
    static const char *const commands[] = { "copy-out -f c:\\b.txt %s", "screenshot %s", "wavcapture %s" };
    struct program p;
    const char *floppy = in_folder("mine.img"), *disk = in_folder("mine-disk.img"), *link = in_folder("mine-link");
    char command[700];
    (void)state;
    make_disks(floppy, disk);
    must("ln -s '%s' '%s'", disk, link);
    uint64_t before = hash_file(disk);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        snprintf(command, sizeof command, commands[i], link);
        trowel_run(&p, "--batch", "--fda", floppy, "--hda", disk, "-ex", command);
        program_ended(&p, 1);
        program_said(&p, "is a disk of this machine");
        program_free(&p);
        assert_true(hash_file(disk) == before);
    }
    trowel_run(&p, "--batch", "--hda", disk, "--wavcapture", link, "-ex", "info disks");
    program_refused(&p, "is a disk of this machine");
    program_free(&p);
    assert_true(hash_file(disk) == before);
}

static void a_copy_replaces_no_image(void **state)
{
    struct program p;
    const char *floppy = in_folder("from.img"), *disk = in_folder("from-disk.img");
    const char *other = in_folder("other-disk.img");
    char command[700];
    (void)state;
    make_disks(floppy, disk);
    must("cp '%s' '%s'", disk, other);
    uint64_t before = hash_file(other);
    snprintf(command, sizeof command, "copy-out -f c:\\b.txt %s", other);
    trowel_run(&p, "--batch", "--hda", disk, "-ex", command);
    program_ended(&p, 1);
    program_said(&p, "other-disk.img: looks like a disk image");
    program_free(&p);
    assert_true(hash_file(other) == before);
}

/* A device would be replaced by a file, and a pipe waited for. */
static void screenshots_and_copies_want_plain_files(void **state)
{
    struct program p;
    const char *floppy = in_folder("plain.img"), *disk = in_folder("plain-disk.img"), *pipe = in_folder("pipe");
    char shot[700], in[700], out[700];
    (void)state;
    make_disks(floppy, disk);
    must("mkfifo '%s'", pipe);
    snprintf(shot, sizeof shot, "screenshot %s", pipe);
    snprintf(in, sizeof in, "copy-in %s a:", pipe);
    snprintf(out, sizeof out, "copy-out -f a:sub/a.txt %s", pipe);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", "stepi 5000", "-ex", shot);
    program_ended(&p, 1);
    program_said(&p, "not a file");
    program_free(&p);
    must("test -p '%s'", pipe);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", in);
    program_ended(&p, 1);
    program_said(&p, "not a file");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", out);
    program_ended(&p, 1);
    program_said(&p, "not a file");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", floppy, "--parallel", pipe, "-ex", "info disks");
    program_refused(&p, "no program reads from this pipe");
    program_free(&p);
}

/* BIG.TXT of 3000 bytes from cluster 4 on, whose chain ends in a free cluster after 512 of them. */
static void make_damaged(const char *floppy)
{
    must("dd if=/dev/zero bs=3000 count=1 status=none | mcopy -i '%s' - ::BIG.TXT", floppy);
    put_at(floppy, 512 + 6, "\0\0", 2);
    put_at(floppy, 10 * 512 + 6, "\0\0", 2);
}

static void a_copy_that_fails_half_way_leaves_the_host_as_it_was(void **state)
{
    struct program p;
    const char *floppy = in_folder("half.img"), *disk = in_folder("half-disk.img"), *old = in_folder("old.txt");
    const char *new = in_folder("new-half.txt");
    char replace[700], create[700];
    (void)state;
    make_disks(floppy, disk);
    make_damaged(floppy);
    write_file(old, "worth keeping");
    must("chmod 640 '%s'", old);
    snprintf(replace, sizeof replace, "copy-out -f a:big.txt %s", old);
    snprintf(create, sizeof create, "copy-out a:big.txt %s", new);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", replace);
    program_ended(&p, 1);
    program_said(&p, "its chain of clusters is damaged: 512 of 3000 bytes could be read");
    program_free(&p);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", create);
    program_ended(&p, 1);
    program_free(&p);
    must("test \"$(cat '%s')\" = 'worth keeping' && test ! -e '%s'", old, new);
    snprintf(replace, sizeof replace, "copy-out -f a:sub\\a.txt %s", old);
    trowel_run(&p, "--batch", "--fda", floppy, "-ex", replace);
    program_ended(&p, 0);
    program_free(&p);
    must("test \"$(cat '%s')\" = hello && test \"$(stat -c %%a '%s')\" = 640", old, old);
    must("test -z \"$(find '%s' -name '.trowel*')\"", in_folder(""));
}

static void a_copy_that_was_cut_short_is_undone_when_the_image_is_opened(void **state)
{
    struct program p;
    const char *floppy = in_folder("cut.img"), *disk = in_folder("cut-disk.img"), *file = in_folder("cut.txt");
    char in[700], journal[700];
    (void)state;
    make_disks(floppy, disk);
    write_file(file, "cut");
    snprintf(in, sizeof in, "copy-in %s a:", file);
    snprintf(journal, sizeof journal, "%s.trowel-journal", floppy);
    uint64_t before = hash_file(floppy);
    write_file(journal, "TrowelJ2 that was not finished");
    trowel_run(&p, "--batch", floppy, "-ex", "info disks");
    program_ended(&p, 0);
    program_complained(&p, "a copy-in was cut short");
    program_free(&p);
    must("test -e '%s'", journal);
    trowel_run(&p, "--batch", "--write", floppy, "-ex", "info disks");
    program_ended(&p, 0);
    program_free(&p);
    must("test ! -e '%s'", journal);
    assert_true(hash_file(floppy) == before);
    write_file(journal, "a letter");
    trowel_run(&p, "--batch", "--write", floppy, "-ex", in);
    program_refused(&p, "could not be put back");
    program_free(&p);
    must("test -e '%s'", journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_copied_both_ways),
        cmocka_unit_test(without_write_the_images_stay_as_they_were),
        cmocka_unit_test(what_cannot_be_copied_is_told),
        cmocka_unit_test(a_disk_in_motion_is_left_alone),
        cmocka_unit_test(a_disk_of_the_machine_is_never_replaced),
        cmocka_unit_test(a_copy_replaces_no_image),
        cmocka_unit_test(screenshots_and_copies_want_plain_files),
        cmocka_unit_test(a_copy_that_fails_half_way_leaves_the_host_as_it_was),
        cmocka_unit_test(a_copy_that_was_cut_short_is_undone_when_the_image_is_opened),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
