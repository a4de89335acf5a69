/* CDs as Debian's packages make them: GRUB without emulation, SYSLINUX on an emulated floppy, GRUB on an emulated hard
 * disk; under our own BIOS, SeaBIOS and the Bochs BIOS. And discs that are put in and taken out. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

#define SEABIOS "/usr/share/seabios/bios.bin"
#define SEAVGABIOS "/usr/share/seabios/vgabios-isavga.bin"
#define BOCHSBIOS "/usr/share/bochs/BIOS-bochs-legacy"
#define LGPL_VGABIOS "/usr/share/vgabios/vgabios.bin"

static const char *make_cd(const char *kind, const char *file)
{
    const char *disc = in_folder(file);

    must("sh tests/end/make-disks.sh %s '%s'", kind, disc);
    return disc;
}

static void grub_lists_its_cd(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "grub-mkimage");
    const char *disc = make_cd("cd-grub", "grub.iso");
    trowel_run(&p, "--batch", disc, "-ex", "expect \"grub> *$\" 60", "-ex", "type \"cat /README.TXT\\n\"", "-ex",
               "expect \"Trowel digs here\" 30", "-ex", "info disks");
    program_ended(&p, 0);
    program_said(&p, "hd2  CD-ROM, ");
    program_free(&p);
    trowel_run(&p, "--batch", "--timing", "cycle", "--machine", "486sx-25", "--cdrom", disc, "--boot", "d", "-ex",
               "expect \"grub> *$\" 120");
    program_ended(&p, 0);
    program_free(&p);
}

static void other_bioses_boot_cds(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "grub-mkimage", SEABIOS, SEAVGABIOS, BOCHSBIOS, LGPL_VGABIOS);
    const char *disc = make_cd("cd-grub", "grub.iso");
    trowel_run(&p, "--batch", "--bios", SEABIOS, "--vgabios", SEAVGABIOS, "--timing", "table", "--cdrom", disc,
               "--boot", "d", "-ex", "expect \"grub> *$\" 120", "-ex",
               "type \"cat /README.TXT\\n\"", "-ex", "expect \"Trowel digs here\" 30");
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--bios", BOCHSBIOS, "--vgabios", LGPL_VGABIOS, "--cdrom", disc, "--boot", "d", "-ex",
               "expect \"grub> *$\" 120", "-ex", "type \"cat /README.TXT\\n\"",
               "-ex", "expect \"Trowel digs here\" 30");
    program_ended(&p, 0);
    program_free(&p);
}

static void syslinux_boots_from_an_emulated_floppy(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "mformat", "syslinux");
    const char *disc = make_cd("cd-floppy", "floppy.iso");
    trowel_run(&p, "--batch", "--cdrom", disc, "--boot", "d", "-ex", "expect \"^boot: ?$\" 60",
               "-ex", "type \"ls.c32\\n\"", "-ex", "expect \"syslinux.cfg\" 60");
    program_ended(&p, 0);
    program_free(&p);
}

static void grub_boots_from_an_emulated_hard_disk(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "grub-mkimage", "mformat");
    const char *disc = make_cd("cd-disk", "disk.iso");
    trowel_run(&p, "--batch", "--cdrom", disc, "--boot", "d", "-ex", "expect \"grub> *$\" 60", "-ex",
               "type \"cat (hd0,msdos1)/README.TXT\\n\"", "-ex", "expect \"Trowel digs here\" 30");
    program_ended(&p, 0);
    program_free(&p);
}

/* The shell of GRUB sees the disc that is put in, and one whose size is no multiple of anything. */
static void discs_are_put_in_and_taken_out(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "grub-mkimage");
    const char *disc = make_cd("cd-grub", "grub.iso"), *odd = in_folder("odd.iso");
    must("cp '%s' '%s' && printf 'a few bytes' >>'%s'", disc, odd, odd);
    char insert[600];
    snprintf(insert, sizeof insert, "insert cd %s", odd);
    trowel_run(&p, "--batch", "--cdrom", "none", "-ex", "info disks", "-ex", insert, "-ex", "info disks",
               "-ex", "reset", "-ex", "expect \"grub> *$\" 60", "-ex", "eject cd", "-ex", "info disks",
               "-ex", "eject cd");
    program_ended(&p, 1);
    program_said(&p, "hd2  CD-ROM, no disc");
    program_said(&p, "blocks, 0 read");
    program_said(&p, "There is no disc in the CD-ROM drive.");
    program_free(&p);
}

/* The machine goes back although the disc is gone, and finds it changed. */
static void snapshots_do_without_the_disc(void **state)
{
    struct program p;
    (void)state;
    NEED("genisoimage", "grub-mkimage", "qemu-img");
    const char *disc = make_cd("cd-grub", "grub.iso"), *disk = in_folder("blank.qcow2");
    must("qemu-img create -q -f qcow2 '%s' 20M", disk);
    char insert[600];
    snprintf(insert, sizeof insert, "insert cd %s", disc);
    trowel_run(&p, "--batch", "--hda", disk, "--cdrom", disc, "--boot", "d", "-ex", "expect \"grub> *$\" 60", "-ex",
               "savevm here", "-ex", "eject cd", "-ex", "loadvm here", "-ex", insert, "-ex",
               "type \"cat /README.TXT\\n\"", "-ex", "expect \"Trowel digs here\" 30");
    program_ended(&p, 0);
    program_free(&p);
}

/* A floppy, perhaps, in the wrong drive. */
static void what_is_no_cd_is_told(void **state)
{
    struct program p;
    char insert[600];
    (void)state;
    const char *floppy = in_folder("fd360.img"), *disc = in_folder("iso.iso");
    make_empty(floppy, 368640);
    snprintf(insert, sizeof insert, "insert cd %s", floppy);
    trowel_run(&p, "--batch", "--cdrom", "none", "-ex", insert);
    program_ended(&p, 0);
    program_complained(&p, "fd360.img: not an ISO 9660 image");
    program_free(&p);
    trowel_run(&p, "--batch", "--cdrom", floppy);
    program_ended(&p, 0);
    program_complained(&p, "fd360.img: not an ISO 9660 image");
    program_free(&p);
    make_empty(disc, 368640);
    put_at(disc, 32768, "\001CD001", 6);
    trowel_run(&p, "--batch", "--cdrom", disc);
    program_ended(&p, 0);
    assert_string_equal(p.err, "");
    program_free(&p);
}

static void mistakes_are_named(void **state)
{
    struct program p;
    (void)state;
    trowel_run(&p, "--batch", "--cdrom", "/no/such.iso");
    program_refused(&p, "/no/such.iso: ");
    program_free(&p);
    trowel_run(&p, "--batch", "--cdrom", "none", "-ex", "insert cd /no/such.iso");
    program_ended(&p, 1);
    program_said(&p, "/no/such.iso: ");
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "eject cd");
    program_ended(&p, 1);
    program_said(&p, "There is no CD-ROM drive: the machine was started without --cdrom.");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grub_lists_its_cd),
        cmocka_unit_test(other_bioses_boot_cds),
        cmocka_unit_test(syslinux_boots_from_an_emulated_floppy),
        cmocka_unit_test(grub_boots_from_an_emulated_hard_disk),
        cmocka_unit_test(discs_are_put_in_and_taken_out),
        cmocka_unit_test(snapshots_do_without_the_disc),
        cmocka_unit_test(what_is_no_cd_is_told),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
