/* Real boot loaders and programs on disks made from Debian's packages: they come up, read their files through the
 * BIOS, and leave the image as it was. Keys are typed and the text screen is read in batch mode, in guest time. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

static const char *make_disk(const char *kind, const char *name)
{
    const char *path = in_folder(name);
    must("sh tests/end/make-disks.sh %s '%s'", kind, path);
    return path;
}

/* The two ways to leave an image alone: the temporary overlay, and one that is kept. */
struct before { const char *image; uint64_t hash; };

static struct before look_at(const char *image)
{
    return (struct before){ image, hash_file(image) };
}

static void untouched(const struct before *before)
{
    assert_true(hash_file(before->image) == before->hash);
}

static void need_grub(void)
{
    NEED("mmd", "mformat", "qemu-img", "grub-mkimage", "/usr/lib/grub/i386-pc/boot.img");
}

static void need_syslinux(void)
{
    NEED("mmd", "mformat", "qemu-img", "syslinux", "/usr/lib/syslinux/modules/bios/ls.c32",
         "/usr/lib/syslinux/mbr/mbr.bin");
}

static void grub_lists_a_fat_partition_of_a_qcow2_disk(void **state)
{
    (void)state;
    need_grub();
    struct program p;
    struct before disk = look_at(make_disk("grub", "grub.qcow2"));
    const char *overlay = in_folder("grub-overlay.qcow2");
    trowel_run(&p, "--batch", "--overlay", overlay, disk.image, "-ex", "expect \"GNU GRUB\" 60", "-ex",
               "expect \"^grub> ?$\" 60", "-ex", "type \"ls (hd0,msdos1)/\\n\"", "-ex",
               "expect \"readme.txt.*dig/|README.TXT.*DIG/\" 60", "-ex", "type \"cat (hd0,msdos1)/dig/find.txt\\n\"",
               "-ex",
               "expect \"Trowel digs here\" 60", "-ex", "screen");
    program_ended(&p, 0);
    program_said(&p, "Trowel digs here");
    untouched(&disk);
    check_image(overlay);
    check_image(disk.image);
    same_disk(overlay, "qcow2", disk.image, "qcow2");
    program_free(&p);
}

/* The prompt is awaited twice, as the first one could be that of before the command. */
static void syslinux_lists_its_files(const char *const *disk_words)
{
    struct program p;
    const char *words[24] = { trowel_path(), "--batch" };
    size_t n = 2;
    while (*disk_words)
        words[n++] = *disk_words++;
    const char *script[] = { "expect \"^boot: ?$\" 60", "type \"ls.c32\\n\"", "expect \"ldlinux.sys\" 60",
                             "expect \"^boot: ?$\" 60", "screen" };
    for (size_t i = 0; i < sizeof script / sizeof *script; i++) {
        words[n++] = "-ex";
        words[n++] = script[i];
    }
    program_run(&p, words);
    program_ended(&p, 0);
    program_said(&p, "SYSLINUX");
    program_said(&p, "libcom32.c32");
    program_said(&p, "syslinux.cfg");
    program_free(&p);
}

static void syslinux_boots_from_a_compressed_qcow2_hard_disk(void **state)
{
    (void)state;
    need_syslinux();
    NEED("/boot/memtest86+ia32.bin");
    struct before disk = look_at(make_disk("syslinux", "syslinux.qcow2"));
    const char *overlay = in_folder("syslinux-overlay.qcow2");
    syslinux_lists_its_files((const char *const[]){ "--overlay", overlay, "--hda", disk.image, NULL });
    untouched(&disk);
    check_image(overlay);
    check_image(disk.image);
}

static void syslinux_boots_from_a_raw_floppy(void **state)
{
    (void)state;
    need_syslinux();
    struct before disk = look_at(make_disk("floppy", "floppy.img"));
    syslinux_lists_its_files((const char *const[]){ disk.image, NULL });
    syslinux_lists_its_files((const char *const[]){ "--timing", "table", "--fda", disk.image, NULL });
    untouched(&disk);
}

/* Its menu shows that it found the CPU by CPUID and the memory by INT 15h; a test number and no errors, that it
 * works. */
static void memtest_starts_testing(void **state)
{
    (void)state;
    need_syslinux();
    NEED("/boot/memtest86+ia32.bin");
    struct program p;
    struct before disk = look_at(make_disk("memtest", "memtest.img"));
    trowel_run(&p, "--batch", "--machine", "486dx4-100", "--ram", "8", disk.image, "-ex",
               "expect \"<Enter> to start testing\" 60", "-ex", "type \"\\n\"", "-ex",
               "expect \"Pattern: +0x\" 60", "-ex", "expect \"Errors: 0\" 60", "-ex", "screen");
    program_ended(&p, 0);
    program_said(&p, "Memtest86+ v");
    program_said(&p, "Intel 486DX4");
    program_said(&p, "Test #");
    untouched(&disk);
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grub_lists_a_fat_partition_of_a_qcow2_disk),
        cmocka_unit_test(syslinux_boots_from_a_compressed_qcow2_hard_disk),
        cmocka_unit_test(syslinux_boots_from_a_raw_floppy),
        cmocka_unit_test(memtest_starts_testing),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
