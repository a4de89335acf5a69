/* Graphics of programs that nobody here wrote: GRUB draws its menu in VESA's modes, with our video BIOS and with two of
 * Debian's, which find the same display interface: the pictures are the same to the last pixel. */
#include <sys/stat.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

#define SEABIOS "/usr/share/seabios/bios.bin"
#define SEAVGABIOS "/usr/share/seabios/vgabios-stdvga.bin"
#define LGPL_VGABIOS "/usr/share/vgabios/vgabios.bin"
#define UNTIL_MENU "wait 6"         /* of the guest's seconds; SeaBIOS is slower */

enum { WIDTH_AT = 16, HEIGHT_AT = 20, SMALLEST_MENU = 2000 };

/* A PNG file's doubleword at OFFSET. */
static unsigned big_endian(const char *path, long offset)
{
    unsigned char bytes[4] = { 0 };
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fread(bytes, 1, 4, file), 4);
    fclose(file);
    return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static void make_disk(const char *path, const char *mode)
{
    NEED("mformat", "qemu-img", "grub-mkimage", "/usr/share/grub/ascii.pf2");
    must("sh tests/end/make-disks.sh gfxterm '%s' %s", path, mode);
}

static void menu_in(const char *mode, unsigned width, unsigned height)
{
    struct program p;
    struct stat status;
    char command[320], disk[300], picture[300];
    snprintf(disk, sizeof disk, "%s", in_folder("gfxterm.qcow2"));
    snprintf(picture, sizeof picture, "%s", in_folder("menu.png"));
    make_disk(disk, mode);
    snprintf(command, sizeof command, "screenshot %s", picture);
    trowel_run(&p, "--batch", disk, "-ex", UNTIL_MENU, "-ex", command);
    program_ended(&p, 0);
    assert_int_equal(big_endian(picture, WIDTH_AT), width);
    assert_int_equal(big_endian(picture, HEIGHT_AT), height);
    assert_int_equal(stat(picture, &status), 0);
    assert_true(status.st_size > SMALLEST_MENU);
    program_free(&p);
}

static void grub_draws_its_menu_in_vesa_modes(void **state)
{
    (void)state;
    menu_in("640x480x8", 640, 480);
    menu_in("800x600x16", 800, 600);
}

static void other_video_bioses_find_the_same_card(void **state)
{
    struct program p;
    char own[320], lgpl[320], sea[320], disk[300];
    (void)state;
    NEED(SEABIOS, SEAVGABIOS, LGPL_VGABIOS);
    snprintf(disk, sizeof disk, "%s", in_folder("gfxterm32.qcow2"));
    make_disk(disk, "640x480x32");
    snprintf(own, sizeof own, "screenshot %s", in_folder("own.png"));
    snprintf(lgpl, sizeof lgpl, "screenshot %s", in_folder("lgpl.png"));
    snprintf(sea, sizeof sea, "screenshot %s", in_folder("sea.png"));
    trowel_run(&p, "--batch", disk, "-ex", UNTIL_MENU, "-ex", own);
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--vgabios", LGPL_VGABIOS, disk, "-ex", UNTIL_MENU, "-ex", lgpl);
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "--batch", "--boot", "c", "--bios", SEABIOS, "--vgabios", SEAVGABIOS, disk, "-ex", UNTIL_MENU,
               "-ex", UNTIL_MENU, "-ex", sea);
    program_ended(&p, 0);
    program_free(&p);
    must("cmp '%s' '%s'", own + 11, lgpl + 11);
    must("cmp '%s' '%s'", own + 11, sea + 11);
    assert_int_equal(big_endian(own + 11, WIDTH_AT), 640);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grub_draws_its_menu_in_vesa_modes),
        cmocka_unit_test(other_video_bioses_find_the_same_card),
    };

    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
