/* The BIOSes of Debian's packages, loaded with --bios and --vgabios: SeaBIOS and the Bochs BIOS boot a floppy
 * through our chips, and the loader on it lists its files with keys typed through the BIOS. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

#define SEABIOS "/usr/share/seabios/bios.bin"
#define SEAVGABIOS "/usr/share/seabios/vgabios-isavga.bin"
#define BOCHSBIOS "/usr/share/bochs/BIOS-bochs-legacy"
#define LGPL_VGABIOS "/usr/share/vgabios/vgabios.bin"

static void syslinux_lists_its_files(const char *bios, const char *vgabios, const char *machine, const char *timing)
{
    struct program p;
    NEED("mmd", "mformat", "qemu-img", "syslinux", "/usr/lib/syslinux/modules/bios/ls.c32", bios, vgabios);
    const char *disk = in_folder("floppy.img");
    must("sh tests/end/make-disks.sh floppy '%s'", disk);
    trowel_run(&p, "--batch", "--bios", bios, "--vgabios", vgabios, "--machine", machine, "--timing", timing, disk,
               "-ex", "expect \"^boot: ?$\" 60", "-ex", "type \"ls.c32\\n\"",
               "-ex", "expect \"syslinux.cfg\" 60", "-ex", "screen");
    program_ended(&p, 0);
    program_said(&p, "ldlinux.sys");
    program_free(&p);
}

static void seabios_boots_a_floppy(void **state)
{
    (void)state;
    syslinux_lists_its_files(SEABIOS, SEAVGABIOS, "486dx2-66", "fast");
    syslinux_lists_its_files(SEABIOS, SEAVGABIOS, "486dx4-100", "table");
}

static void seabios_takes_another_video_bios(void **state)
{
    (void)state;
    syslinux_lists_its_files(SEABIOS, LGPL_VGABIOS, "486sx-25", "fast");
}

static void bochs_bios_boots_a_floppy(void **state)
{
    (void)state;
    syslinux_lists_its_files(BOCHSBIOS, LGPL_VGABIOS, "486dx2-66", "fast");
    syslinux_lists_its_files(BOCHSBIOS, LGPL_VGABIOS, "486sx-25", "table");
}

/* It looks for disks 30 ms after power-on, and does not wait for one that is busy. */
static void bochs_bios_finds_a_hard_disk_at_power_on(void **state)
{
    struct program p;
    (void)state;
    NEED("mmd", "mformat", "qemu-img", "syslinux", "/boot/memtest86+ia32.bin", BOCHSBIOS, LGPL_VGABIOS);
    const char *disk = in_folder("disk.qcow2");
    must("sh tests/end/make-disks.sh syslinux '%s'", disk);
    trowel_run(&p, "--batch", "--bios", BOCHSBIOS, "--vgabios", LGPL_VGABIOS, "--timing", "table", disk, "-ex",
               "expect \"^boot: ?$\" 60");
    program_ended(&p, 0);
    program_free(&p);
}

/* GRUB, SYSLINUX on a hard disk, and memtest86+, under each of them. */
static const struct { const char *bios, *vgabios; } roms[] = { { SEABIOS, SEAVGABIOS }, { BOCHSBIOS, LGPL_VGABIOS } };
enum { ROMS = sizeof roms / sizeof *roms };

static void grub_reads_a_disk_under_each(void **state)
{
    (void)state;
    NEED("mmd", "mformat", "qemu-img", "grub-mkimage", "/usr/lib/grub/i386-pc/boot.img", BOCHSBIOS, SEABIOS);
    const char *disk = in_folder("grub.qcow2");
    must("sh tests/end/make-disks.sh grub '%s'", disk);
    for (int i = 0; i < ROMS; i++) {
        struct program p;
        trowel_run(&p, "--batch", "--bios", roms[i].bios, "--vgabios", roms[i].vgabios, disk,
                   "-ex", "expect \"^grub> ?$\" 60", "-ex", "type \"cat (hd0,msdos1)/dig/find.txt\\n\"",
                   "-ex", "expect \"Trowel digs here\" 60");
        program_ended(&p, 0);
        program_free(&p);
    }
}

static void syslinux_boots_a_hard_disk_under_each(void **state)
{
    (void)state;
    NEED("mmd", "mformat", "qemu-img", "syslinux", "/boot/memtest86+ia32.bin", BOCHSBIOS, SEABIOS);
    const char *disk = in_folder("syslinux.qcow2");
    must("sh tests/end/make-disks.sh syslinux '%s'", disk);
    for (int i = 0; i < ROMS; i++) {
        struct program p;
        trowel_run(&p, "--batch", "--bios", roms[i].bios, "--vgabios", roms[i].vgabios, disk,
                   "-ex", "expect \"^boot: ?$\" 60", "-ex", "type \"ls.c32\\n\"", "-ex", "expect \"ldlinux.sys\" 60");
        program_ended(&p, 0);
        program_free(&p);
    }
}

static void memtest_starts_testing_under_each(void **state)
{
    (void)state;
    NEED("mmd", "mformat", "syslinux", "/boot/memtest86+ia32.bin", BOCHSBIOS, SEABIOS);
    const char *disk = in_folder("memtest.img");
    must("sh tests/end/make-disks.sh memtest '%s'", disk);
    for (int i = 0; i < ROMS; i++) {
        struct program p;
        trowel_run(&p, "--batch", "--machine", "486dx4-100", "--ram", "8", "--bios", roms[i].bios, "--vgabios",
                   roms[i].vgabios, disk, "-ex", "expect \"<Enter> to start testing\" 60", "-ex", "type \"\\n\"", "-ex",
                   "expect \"Pattern: +0x\" 60", "-ex", "expect \"Errors: 0\" 60");
        program_ended(&p, 0);
        program_free(&p);
    }
}

static void a_file_of_another_size_is_named(void **state)
{
    (void)state;
    struct program p;
    const char *rom = in_folder("small.rom"), *video = in_folder("large.rom");
    write_file(rom, "this is no ROM");
    make_empty(video, 65537);
    trowel_run(&p, "--batch", "--bios", rom);
    program_refused(&p, "small.rom: 14 bytes, but a system BIOS has 64, 128 or 256 KB");
    program_free(&p);
    trowel_run(&p, "--batch", "--vgabios", video);
    program_refused(&p, "large.rom: 65537 bytes, but a video BIOS has 64 KB at most");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seabios_boots_a_floppy),
        cmocka_unit_test(a_file_of_another_size_is_named),
        cmocka_unit_test(seabios_takes_another_video_bios),
        cmocka_unit_test(bochs_bios_boots_a_floppy),
        cmocka_unit_test(bochs_bios_finds_a_hard_disk_at_power_on),
        cmocka_unit_test(grub_reads_a_disk_under_each),
        cmocka_unit_test(syslinux_boots_a_hard_disk_under_each),
        cmocka_unit_test(memtest_starts_testing_under_each),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
