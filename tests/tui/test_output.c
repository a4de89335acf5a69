/* Which files an option or command may write: none that the session has open, no sealed image, nothing that looks like
 * a disk. */
#include "tests/tui/frame.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/output.h"
#include "tui/session.h"

static char folder[] = "/tmp/trowel-output-XXXXXX";
static struct options options;
static struct session session = { .options = &options };
static char error[SESSION_ERROR_SIZE];

static int setup(void **state)
{
    (void)state;
    return mkdtemp(folder) ? chdir(folder) : -1;
}

static int teardown(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* A file of SIZE bytes, zero but for TEXT at OFFSET. */
static void make(const char *path, off_t size, off_t offset, const char *text)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(pwrite(fd, text, strlen(text), offset), (ssize_t)strlen(text));
    close(fd);
}

static void allowed(const char *path)
{
    if (!output_may_write(&session, path, error, sizeof error))
        fail_msg("%s", error);
}

static void refused(const char *path, const char *why)
{
    assert_false(output_may_write(&session, path, error, sizeof error));
    assert_non_null(strstr(error, path));
    if (!strstr(error, why))
        fail_msg("\"%s\" does not say \"%s\"", error, why);
    assert_null(strchr(error, '\n'));
}

static void what_is_no_disk_may_be_written(void **state)
{
    (void)state;
    allowed("new.txt");
    allowed("no/such/folder");
    make("log.txt", 1474560, 0, "a log");
    allowed("log.txt");
    make("odd.bin", 1000, 510, "\x55\xAA");         /* no whole sectors */
    allowed("odd.bin");
    make("short.bin", 511, 510, "\x55");
    allowed("short.bin");
    make("empty", 0, 0, "");
    allowed("empty");
    assert_int_equal(access("new.txt", F_OK), -1);
}

static void pipes_and_dev_null_may_be_written(void **state)
{
    (void)state;
    allowed("/dev/null");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    allowed("pipe");        /* and was not waited for */
}

static void images_are_known_by_their_contents(void **state)
{
    (void)state;
    make("a.qcow2", 300, 0, "QFI\xFB");
    refused("a.qcow2", "looks like a disk image");
    make("boot.img", 1474560, 510, "\x55\xAA");
    refused("boot.img", "looks like a disk image");
    make("cd.iso", 40961, 32769, "CD001");
    refused("cd.iso", "name another file");
    assert_int_equal(symlink("boot.img", "to-boot"), 0);
    refused("to-boot", "looks like a disk image");
}

static void sealed_images_are_refused_through_links_too(void **state)
{
    (void)state;
    make("plain.img", 368640, 0, "no signature");
    allowed("plain.img");
    make("plain.img.seal", 10, 0, "{}");
    refused("plain.img", "is sealed");
    assert_int_equal(mkdir("elsewhere", 0700), 0);
    assert_int_equal(symlink("../plain.img", "elsewhere/link"), 0);
    refused("elsewhere/link", "is sealed");
}

static void folders_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    refused("folder", "is a directory");
}

static void roms_of_the_session_are_refused(void **state)
{
    (void)state;
    make("bios.bin", 65536, 0, "bios");
    make("video.bin", 32768, 0, "video");
    make("card.bin", 8192, 0, "card");
    allowed("bios.bin");
    options.bios = "bios.bin";
    options.vgabios = "video.bin";
    strcpy(options.option_rom[0].path, "card.bin");
    options.option_roms = 1;
    refused("bios.bin", "is a ROM of this machine");
    refused("video.bin", "is a ROM of this machine");
    assert_int_equal(link("card.bin", "same-card"), 0);
    refused("same-card", "is a ROM of this machine");
    options = (struct options){ 0 };
}

static void disks_of_the_session_are_refused_with_what_they_lie_over(void **state)
{
    struct image_error reason;
    struct image_options how = { .format = IMAGE_FORMAT_QCOW2 };
    struct image_create_options over = { .backing_format = IMAGE_FORMAT_RAW };
    (void)state;
    make("base.img", 368640, 0, "base");
    make("unused.img", 368640, 0, "unused");
    assert_int_equal(image_create_overlay("over.qcow2", "base.img", &over, &reason), 0);
    assert_int_equal(image_open(&session.disk[DRIVE_HD1].image, "over.qcow2", &how, &reason), 0);
    strcpy(session.disk[DRIVE_HD1].path, "over.qcow2");
    refused("over.qcow2", "is a disk of this machine");
    refused("base.img", "is a disk of this machine");
    assert_int_equal(symlink("base.img", "to-base"), 0);
    refused("to-base", "is a disk of this machine");
    allowed("unused.img");
    image_close(session.disk[DRIVE_HD1].image);
    session.disk[DRIVE_HD1].image = NULL;
    options.overlay = options.data_file = "unused.img";
    refused("unused.img", "is a disk of this machine");
    options = (struct options){ 0 };
}

static void each_option_is_looked_at(void **state)
{
    (void)state;
    make("v.img", 512, 510, "\x55\xAA");
    const char **const named[] = { &options.parallel[0], &options.debugcon, &options.wavcapture };
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        options = (struct options){ .serial = { "stdio", "pty", "file:new.txt" } };
        assert_true(output_may_write_options(&session, error, sizeof error));
        *named[i] = "v.img";
        assert_false(output_may_write_options(&session, error, sizeof error));
    }
    options = (struct options){ .debugcon = "-", .serial = { NULL, NULL, NULL, "file:v.img" } };
    assert_false(output_may_write_options(&session, error, sizeof error));
    assert_non_null(strstr(error, "--serial v.img: looks like a disk image"));
    options = (struct options){ 0 };
}

static void a_long_path_leaves_room_for_what_to_do(void **state)
{
    char path[400], small[200];
    (void)state;
    memset(path, '/', sizeof path);
    strcpy(path + 300, "tmp");
    assert_false(output_may_write(&session, path, small, sizeof small));
    assert_non_null(strstr(small, "name a file in it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_disk_may_be_written),
        cmocka_unit_test(pipes_and_dev_null_may_be_written),
        cmocka_unit_test(images_are_known_by_their_contents),
        cmocka_unit_test(sealed_images_are_refused_through_links_too),
        cmocka_unit_test(folders_are_refused),
        cmocka_unit_test(roms_of_the_session_are_refused),
        cmocka_unit_test(disks_of_the_session_are_refused_with_what_they_lie_over),
        cmocka_unit_test(each_option_is_looked_at),
        cmocka_unit_test(a_long_path_leaves_room_for_what_to_do),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
