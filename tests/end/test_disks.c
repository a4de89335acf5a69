/* What becomes of the user's images: untouched unless told otherwise, whole in every case; and with which geometry a
 * guest sees them, so that disks partitioned elsewhere are read in the right places. */
#include <signal.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

enum { SECTOR = 512, DISK_CYLINDERS = 40, DISK_HEADS = 16, DISK_SECTORS = 63,
       DISK_BYTES = DISK_CYLINDERS * DISK_HEADS * DISK_SECTORS * SECTOR, WROTE = 42 };

/* --- Writing --- */

/* What the guest end_write leaves on a disk that has something on it already, or that disk before. */
static const char *make_raw(const char *name, bool written)
{
    const char *path = in_folder(name);
    uint8_t sector[SECTOR];
    make_empty(path, DISK_BYTES);
    memset(sector, 'o', sizeof sector);
    for (uint64_t lba = 0; lba < 6000; lba += 7)
        put_at(path, lba * SECTOR, sector, sizeof sector);
    if (!written)
        return path;
    for (int i = 0; i < SECTOR; i++)
        sector[i] = (uint8_t)(i ^ 0x5A);
    put_at(path, (uint64_t)DISK_SECTORS * SECTOR, sector, sizeof sector);
    for (int i = 0; i < SECTOR; i++)
        sector[i] = (uint8_t)(i ^ 0xA5);
    put_at(path, (uint64_t)((5 * DISK_HEADS + 3) * DISK_SECTORS + 6) * SECTOR, sector, sizeof sector);
    return path;
}

static const char *make_qcow2(const char *name)
{
    const char *raw = make_raw("source.raw", false), *path = in_folder(name);
    must("qemu-img convert -f raw -O qcow2 -c '%s' '%s'", raw, path);
    return path;
}

static void write_through_the_guest(const char *option, const char *value, const char *disk)
{
    struct program p;
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--fda", make_guest_floppy("end_write"), disk, "-ex", "continue",
               option,
               value);
    program_ended(&p, WROTE);
    program_free(&p);
}

static void by_default_images_are_untouched(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *raw = make_raw("plain.raw", false), *qcow2 = make_qcow2("plain.qcow2");
    uint64_t raw_hash = hash_file(raw), qcow2_hash = hash_file(qcow2);
    write_through_the_guest("--speed", "max", raw);
    write_through_the_guest("--speed", "max", qcow2);
    assert_true(hash_file(raw) == raw_hash);
    assert_true(hash_file(qcow2) == qcow2_hash);
}

static void no_temporary_file_is_left(void **state)
{
    (void)state;
    make_raw("plain.raw", false);
    must("rm -rf '%s' && mkdir '%s'", in_folder("scratch"), in_folder("scratch"));
    const char *folder = getenv("TMPDIR");
    char saved[256];
    snprintf(saved, sizeof saved, "%s", folder);
    setenv("TMPDIR", in_folder("scratch"), 1);
    write_through_the_guest("--speed", "max", in_folder("plain.raw"));
    struct program p;
    trowel_run(&p, "--batch", "-ex", "expect \"exhibits\" 60");
    setenv("TMPDIR", saved, 1);
    program_ended(&p, 0);
    program_free(&p);
    must("test -z \"$(ls -A '%s')\"", in_folder("scratch"));
}

static void an_overlay_keeps_what_was_written(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *base = make_qcow2("base.qcow2"), *overlay = in_folder("overlay.qcow2");
    uint64_t hash = hash_file(base);
    write_through_the_guest("--overlay", overlay, base);
    assert_true(hash_file(base) == hash);
    check_image(overlay);
    same_disk(overlay, "qcow2", make_raw("expected.raw", true), "raw");
    write_through_the_guest("--overlay", overlay, base);        /* now it exists */
    check_image(overlay);
    same_disk(overlay, "qcow2", in_folder("expected.raw"), "raw");
    assert_true(hash_file(base) == hash);
}

static void an_overlay_over_a_raw_image_keeps_too(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *base = make_raw("base.raw", false), *overlay = in_folder("over-raw.qcow2");
    uint64_t hash = hash_file(base);
    write_through_the_guest("--overlay", overlay, base);
    assert_true(hash_file(base) == hash);
    check_image(overlay);
    same_disk(overlay, "qcow2", make_raw("expected.raw", true), "raw");
}

static void write_writes_a_raw_image_in_place(void **state)
{
    (void)state;
    const char *disk = make_raw("in-place.raw", false), *expected = make_raw("expected.raw", true);
    write_through_the_guest("--write", "--format=raw", disk);
    must("cmp '%s' '%s'", disk, expected);
}

static void write_writes_a_qcow2_image_in_place(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = make_qcow2("in-place.qcow2");
    const char *floppy = in_folder("floppy.qcow2");
    must("qemu-img convert -f raw -O qcow2 '%s' '%s'", make_guest_floppy("end_write"), floppy);
    struct program p;
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--fda", floppy, "--hda", disk, "--write", "-ex", "continue");
    program_ended(&p, WROTE);
    program_free(&p);
    check_image(disk);
    check_image(floppy);
    same_disk(disk, "qcow2", make_raw("expected.raw", true), "raw");
}

static void write_needs_no_format_for_a_raw_image(void **state)
{
    (void)state;
    const char *disk = make_raw("probed.raw", false), *expected = make_raw("expected.raw", true);
    write_through_the_guest("--write", "--speed=max", disk);
    must("cmp '%s' '%s'", disk, expected);
}

/* --- Refusals --- */

static void a_second_writer_is_refused(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = make_qcow2("shared.qcow2");
    struct program first, second;
    trowel_start(&first, "--batch", "--write", "--fda", make_guest_floppy("end_count"), "--hda", disk, "-ex",
                 "echo ready\\n",
                 "-ex", "continue");
    assert_true(program_read_until(&first, "ready"));
    trowel_run(&second, "--batch", "--write", "--hda", disk, "-ex", "echo open\\n");
    program_refused(&second, "in use by another program");
    program_free(&second);
    trowel_run(&second, "--batch", "--hda", disk, "-ex", "echo open\\n");
    program_refused(&second, "another program");
    program_free(&second);
    kill(first.pid, SIGINT);
    program_wait(&first);
    program_free(&first);
    trowel_run(&second, "--batch", "--write", "--hda", disk, "-ex", "echo open\\n");
    program_ended(&second, 0);
    program_free(&second);
    check_image(disk);
}

static void two_readers_share_an_image(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = make_qcow2("shared.qcow2");
    struct program first, second;
    trowel_start(&first, "--batch", "--fda", make_guest_floppy("end_count"), "--hda", disk, "-ex", "echo ready\\n",
                 "-ex",
                 "continue");
    assert_true(program_read_until(&first, "ready"));
    trowel_run(&second, "--batch", "--hda", disk, "-ex", "echo open\\n");
    program_ended(&second, 0);
    program_free(&second);
    kill(first.pid, SIGINT);
    program_wait(&first);
    program_free(&first);
}

static void refuse(const char *text, const char *const *arguments)
{
    const char *words[16] = { trowel_path(), "--batch" };
    struct program p;
    for (size_t n = 2; *arguments; n++)
        words[n] = *arguments++;
    program_run(&p, words);
    program_refused(&p, text);
    program_free(&p);
}
#define REFUSE(text, ...) refuse(text, (const char *const[]){ __VA_ARGS__, NULL })

static void bad_files_are_refused_in_one_line(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *truncated = in_folder("truncated.qcow2"), *garbage = in_folder("garbage.qcow2");
    must("head -c 300 '%s' >'%s'", make_qcow2("whole.qcow2"), truncated);
    must("{ printf 'QFI\\373\\0\\0\\0\\3'; head -c 4096 /dev/zero | tr '\\0' '\\377'; } >'%s'", garbage);
    REFUSE("no-such-file", in_folder("no-such-file"));
    REFUSE("no-such-file", "--hda", in_folder("no-such-file"));
    REFUSE("truncated.qcow2", truncated);
    REFUSE("garbage.qcow2", garbage);
    REFUSE("garbage.qcow2", "--fdb", garbage);
    REFUSE(getenv("TMPDIR"), getenv("TMPDIR"));
    REFUSE("/dev/zero", "--hda", "/dev/zero");
    REFUSE("exclude each other", "--write", "--overlay", in_folder("x.qcow2"), in_folder("whole.qcow2"));
    REFUSE("no-such-rom", "--bios", in_folder("no-such-rom"));
    REFUSE("no-such-folder", "--serial", "file:/no-such-folder/out");
}

static void a_backing_file_elsewhere_is_refused_unless_allowed(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *base = make_qcow2("outside.qcow2"), *image = in_folder("inner/image.qcow2");
    must("mkdir -p '%s' && qemu-img create -q -f qcow2 -F qcow2 -b '%s' '%s'", in_folder("inner"), base, image);
    struct program p;
    REFUSE("outside", image);
    trowel_run(&p, "--batch", "--allow-backing", "--hda", image, "-ex", "echo open\\n");
    program_ended(&p, 0);
    program_said(&p, "open");
    program_free(&p);
}

static void bad_options_are_refused_in_one_line(void **state)
{
    (void)state;
    REFUSE("no such option", "--frobnicate");
    REFUSE("--geometry", "--geometry", "0/16/63");
    REFUSE("--geometry", "--geometry", "100/256/63");
    REFUSE("--geometry", "--geometry", "100/16/64");
    REFUSE("--geometry", "--geometry", "100/16");
    REFUSE("--ram", "--ram", "0");
    REFUSE("--ram", "--ram", "16MB");
    REFUSE("--ram", "--ram");
    REFUSE("--date", "--date", "1992-13-01");
    REFUSE("--speed", "--speed", "fast");
    REFUSE("--timing", "--timing", "exact");
    REFUSE("386sx-16", "--machine", "386sx-16");
    REFUSE("--boot", "--boot", "n");
    REFUSE("--write", "--write=yes");
    REFUSE("only one disk", "a.img", "b.img");
}

/* --- Geometry --- */

struct shape { uint64_t bytes_mb; unsigned heads, sectors; };

static void put_le32(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void put_chs(uint8_t *to, uint64_t lba, const struct shape *shape)
{
    uint64_t c = lba / (shape->heads * shape->sectors), h = lba / shape->sectors % shape->heads,
    s = lba % shape->sectors + 1;
    if (c > 1023)
        c = 1023;
    to[0] = (uint8_t)h;
    to[1] = (uint8_t)(s | (c >> 2 & 0xC0));
    to[2] = (uint8_t)c;
}

static unsigned cylinders_of(const struct shape *shape)
{
    return (unsigned)((shape->bytes_mb << 11) / (shape->heads * shape->sectors));
}

/* One active partition from the second track to the last cylinder's end, as fdisk made them on such a machine. */
static void put_table(const char *disk, const struct shape *shape)
{
    uint8_t entry[16] = { 0x80, 0, 0, 0, 6 };
    uint64_t first = shape->sectors, end = (uint64_t)cylinders_of(shape) * shape->heads * shape->sectors;
    put_chs(entry + 1, first, shape);
    put_chs(entry + 5, end - 1, shape);
    put_le32(entry + 8, first);
    put_le32(entry + 12, end - first);
    put_at(disk, 446, entry, sizeof entry);
    put_at(disk, 510, "\x55\xAA", 2);
}

enum { STAMP = 1000000000 };

static uint64_t lba_of(const struct shape *shape, unsigned c, unsigned h, unsigned s)
{
    return ((uint64_t)c * shape->heads + h) * shape->sectors + s - 1;
}

/* Marks the sectors that the guest end_geometry will read if it sees SHAPE. */
static void put_stamps(const char *disk, const struct shape *shape)
{
    unsigned c = cylinders_of(shape), h = shape->heads, s = shape->sectors;
    uint64_t lba[] = { lba_of(shape, 0, 0, 2), lba_of(shape, 0, h - 1, s), lba_of(shape, 1, 0, 1),
                       lba_of(shape, c / 2, h / 2, s / 2), lba_of(shape, c - 1, h - 1, s) };
    for (size_t i = 0; i < sizeof lba / sizeof *lba; i++) {
        uint8_t stamp[4];
        put_le32(stamp, STAMP + lba[i]);
        put_at(disk, lba[i] * SECTOR, stamp, sizeof stamp);
    }
}

static void check_geometry(const char *output, const struct shape *shape)
{
    char expected[128];
    snprintf(expected, sizeof expected, "geometry %u %u %u\n", cylinders_of(shape), shape->heads, shape->sectors);
    if (strncmp(output, expected, strlen(expected)) != 0)
        fail_msg("expected \"%s\", but: %s", expected, output);
    const char *line = strchr(output, '\n');
    unsigned c, h, s, stamp, lines = 0;
    for (; line && sscanf(line, "\nread %u %u %u %u", &c, &h, &s, &stamp) == 4; line = strchr(line + 1, '\n'), lines++)
        if (stamp != STAMP + lba_of(shape, c, h, s))
            fail_msg("%u/%u: CHS %u/%u/%u reads sector %ld", shape->heads, shape->sectors, c, h, s,
                     (long)stamp - STAMP);
    if (lines != 5)
        fail_msg("5 sectors should have been read: %s", output);
}

static void boot_and_check(const char *disk, const struct shape *shape, const char *geometry)
{
    struct program p;
    trowel_run(&p, "--batch", "--debugcon", "-", "--debug-exit", "0xf4", "--fda", make_guest_floppy("end_geometry"),
               "--hda",
               disk, "-ex", "continue", geometry ? "--geometry" : "--boot", geometry ? geometry : "a");
    program_ended(&p, 0);
    const char *output = strstr(p.out, "geometry ");
    if (!output)
        fail_msg("no geometry in: %s", p.out);
    check_geometry(output, shape);
    program_free(&p);
}

static const char *make_shaped(const struct shape *shape, bool table)
{
    const char *disk = in_folder("shaped.img");
    make_empty(disk, shape->bytes_mb << 20);
    put_stamps(disk, shape);
    if (table)
        put_table(disk, shape);
    return disk;
}

static void the_partition_table_tells_the_geometry(void **state)
{
    static const struct shape shapes[] = {
        { 20, 4, 17 },  { 40, 16, 63 }, { 80, 10, 17 }, { 500, 16, 63 },
        { 700, 32, 63 }, { 1500, 64, 63 }, { 3000, 128, 63 }, { 6000, 255, 63 },     /* LBA */
        { 700, 30, 63 }, { 1400, 60, 63 }, { 3000, 120, 63 }, { 6000, 240, 63 },     /* LARGE: 15 heads, doubled */
        { 900, 64, 32 }, { 600, 255, 63 },                                           /* SCSI controllers' */
    };
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        boot_and_check(make_shaped(&shapes[i], true), &shapes[i], NULL);
}

static void without_a_table_the_geometry_is_that_of_qemu(void **state)
{
    static const struct shape shapes[] = { { 10, 16, 63 },    { 500, 16, 63 },   { 700, 32, 63 },
                                           { 1500, 64, 63 }, { 3000, 128, 63 }, { 6000, 255, 63 } };
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        boot_and_check(make_shaped(&shapes[i], false), &shapes[i], NULL);
}

static void the_geometry_option_wins(void **state)
{
    static const struct shape table = { 40, 16, 63 }, small = { 20, 4, 17 }, large = { 700, 30, 63 };
    char text[64];
    (void)state;
    snprintf(text, sizeof text, "%u/4/17", cylinders_of(&small));
    boot_and_check(make_shaped(&small, false), &small, text);
    snprintf(text, sizeof text, "%u/30/63", cylinders_of(&large));
    boot_and_check(make_shaped(&large, false), &large, text);
    struct shape other = { 40, 10, 32 };
    const char *disk = make_shaped(&other, false);
    put_table(disk, &table);
    snprintf(text, sizeof text, "%u/10/32", cylinders_of(&other));
    boot_and_check(disk, &other, text);
}

static void one_image_is_not_written_by_two_drives(void **state)
{
    (void)state;
    struct program p;
    const char *disk = in_folder("twice.img");
    make_empty(disk, 10 << 20);
    trowel_run(&p, "--batch", "--write", "--hda", disk, "--hdb", disk);
    program_refused(&p, "twice.img: is in drive hd0 already; with --write");
    program_free(&p);
    trowel_run(&p, "--batch", "--hda", disk, "--hdb", disk, "-ex", "info disks");
    program_ended(&p, 0);
    program_said(&p, "hd1  20480 sectors");
    program_free(&p);
}

static void geometry_needs_a_hard_disk(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--batch", "--geometry", "615/4/17", make_guest_floppy("end_count"));
    program_refused(&p, "--geometry: there is no first hard disk");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_images_are_untouched),
        cmocka_unit_test(one_image_is_not_written_by_two_drives),
        cmocka_unit_test(geometry_needs_a_hard_disk),
        cmocka_unit_test(no_temporary_file_is_left),
        cmocka_unit_test(an_overlay_keeps_what_was_written),
        cmocka_unit_test(an_overlay_over_a_raw_image_keeps_too),
        cmocka_unit_test(write_writes_a_raw_image_in_place),
        cmocka_unit_test(write_writes_a_qcow2_image_in_place),
        cmocka_unit_test(write_needs_no_format_for_a_raw_image),
        cmocka_unit_test(a_second_writer_is_refused),
        cmocka_unit_test(two_readers_share_an_image),
        cmocka_unit_test(bad_files_are_refused_in_one_line),
        cmocka_unit_test(a_backing_file_elsewhere_is_refused_unless_allowed),
        cmocka_unit_test(bad_options_are_refused_in_one_line),
        cmocka_unit_test(the_partition_table_tells_the_geometry),
        cmocka_unit_test(without_a_table_the_geometry_is_that_of_qemu),
        cmocka_unit_test(the_geometry_option_wins),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
