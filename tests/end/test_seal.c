/* Seals against the real qemu-img: what it does to a sealed image, and that verify finds it, also where QEMU does not
 * notice that it writes into a sealed base. */
#include "tests/end/support/folder.h"
#include "tests/end/support/image.h"
#include "tests/end/support/screen.h"

#include <unistd.h>

enum { INTACT = 0, CHANGED = 2, STALE = 3, IMAGE_LEAF = 1 << 20 };

static void image_ends(int code, const char *text, const char *command, const char *path)
{
    struct program p;
    image_run(&p, command, path);
    program_ended(&p, code);
    if (*text)
        program_said(&p, text);
    program_free(&p);
}

/* A sealed image of 8 MB, with contents at 0, 3 MB and 5 MB. */
static const char *make_sealed(const char *name)
{
    const char *path = in_folder(name), *raw = in_folder("seal.raw");
    unlink(path);
    make_empty(raw, 8 << 20);
    put_at(raw, 0, "zero", 4);
    put_at(raw, 3 << 20, "three", 5);
    put_at(raw, (5 << 20) + 1000, "five", 4);
    must("qemu-img convert -f raw -O qcow2 '%s' '%s'", raw, path);
    image_ends(0, "8 leaves", "seal", path);
    check_image(path);
    same_disk(path, "qcow2", raw, "raw");
    return path;
}

static void reading_leaves_a_seal_intact(void **state)
{
    static const char *const harmless[] = { "info '%s'", "check '%s'", "map '%s'", "snapshot -l '%s'",
                                            "convert -O raw '%s' \"$TMPDIR/copy\"" };
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_sealed("read.qcow2");
    uint64_t before = hash_file(path);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        char command[300];
        snprintf(command, sizeof command, harmless[i], path);
        must("qemu-img %s >/dev/null", command);
    }
    must("qemu-io -r -f qcow2 -c 'read 0 8M' '%s' >/dev/null", path);
    must("qemu-img create -q -f qcow2 -b '%s' -F qcow2 \"$TMPDIR/over.qcow2\"", path);
    must("qemu-io -f qcow2 -c 'write 0 8M' \"$TMPDIR/over.qcow2\" >/dev/null");
    assert_true(hash_file(path) == before);
    image_ends(INTACT, "INTACT", "verify", path);
}

static void writing_by_qemu_is_told(void **state)
{
    static const struct { const char *tool; int code; const char *text; } changes[] = {
        { "qemu-io -f qcow2 -c 'read 0 512' '%s'", STALE, "STALE" },
        { "qemu-io -f qcow2 -c 'write -P 1 4M 512' '%s'", CHANGED, "changed: leaves 4-4, bytes 0x400000-0x4fffff" },
        { "qemu-img snapshot -c one '%s'", STALE, "STALE" },
        { "qemu-img resize '%s' 9M", CHANGED, "changed: leaves 8-8" },
        { "qemu-img amend -o lazy_refcounts=on '%s'", STALE, "STALE" },
        { "qemu-img check -r all '%s'", STALE, "STALE" },
        { "qemu-img amend -o compat=0.10 '%s'", STALE, "STALE" },
    };
    (void)state;
    NEED("qemu-img", "qemu-io");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char command[300];
        const char *path = make_sealed("write.qcow2");
        snprintf(command, sizeof command, changes[i].tool, path);
        must("%s >/dev/null", command);
        image_ends(changes[i].code, changes[i].text, "verify", path);
    }
}

/* QEMU's commit leaves the bit set: only the contents tell. */
static void a_commit_into_a_sealed_base_is_found(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_sealed("base.qcow2"), *over = in_folder("committed.qcow2");
    must("qemu-img create -q -f qcow2 -b '%s' -F qcow2 '%s' && qemu-io -f qcow2 -c 'write -P 7 3M 512' '%s' >/dev/null",
         path, over, over);
    must("qemu-img commit -q '%s'", over);
    image_ends(CHANGED, "changed: leaves 3-3", "verify", path);
}

static void trowel_does_not_write_into_it(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *path = make_sealed("own.qcow2");
    struct program p;
    trowel_run(&p, "--batch", "--write", "--hda", path, "-ex", "stepi");
    program_ended(&p, 1);
    program_complained(&p, "sealed");
    program_free(&p);
    image_run(&p, "resize", path, "+1M");
    program_ended(&p, 1);
    program_complained(&p, "sealed");
    program_free(&p);
    image_ends(1, "", "seal", path);
    image_ends(INTACT, "INTACT", "verify", path);
    image_run(&p, "seal", "--remove", path);
    program_ended(&p, 0);
    program_free(&p);
    check_image(path);
    image_run(&p, "resize", path, "+1M");
    program_ended(&p, 0);
    program_free(&p);
}

static void trowel_does_not_repair_it(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = in_folder("leaky.qcow2");
    struct program p;
    must("qemu-img create -q -f qcow2 '%s' 1M && qemu-io -f qcow2 -c 'write 0 64k' '%s' >/dev/null", path, path);
    must("head -c 8 /dev/zero | dd of='%s' bs=1 seek=$((0x40000)) conv=notrunc 2>/dev/null", path);
    image_ends(0, "", "seal", path);
    image_ends(3, "LEAK", "check", path);
    uint64_t before = hash_file(path);
    image_run(&p, "check", "--repair", path);
    program_ended(&p, 1);
    program_complained(&p, "sealed");
    program_free(&p);
    assert_true(hash_file(path) == before);
}

static void snapshots_have_roots_of_their_own(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = in_folder("history.qcow2");
    must("qemu-img create -q -f qcow2 '%s' 2M && qemu-io -f qcow2 -c 'write -P 1 0 64k' '%s' >/dev/null", path, path);
    must("qemu-img snapshot -c old '%s' && qemu-io -f qcow2 -c 'write -P 2 0 64k' '%s' >/dev/null", path, path);
    image_ends(0, "2 leaves", "seal", path);
    image_ends(INTACT, "INTACT", "verify", path);
    must("qemu-img snapshot -d old '%s'", path);
    image_ends(CHANGED, "changed: snapshot 1 (gone)", "verify", path);
}

static void without_the_manifest_the_mark_tells(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_sealed("alone.qcow2");
    must("rm '%s.seal'", path);
    image_ends(INTACT, "INTACT", "verify", path);
    must("qemu-io -f qcow2 -c 'write -P 1 4M 512' '%s' >/dev/null", path);
    image_ends(CHANGED, "CHANGED", "verify", path);
}

static void raw_images_are_sealed_by_the_manifest(void **state)
{
    (void)state;
    const char *path = in_folder("plain.raw");
    make_empty(path, (3 << 20) + 512);
    image_ends(0, "4 leaves", "seal", path);
    image_ends(INTACT, "INTACT", "verify", path);
    struct program p;
    trowel_run(&p, "--batch", "--write", path, "-ex", "stepi");
    program_ended(&p, 1);
    program_complained(&p, "sealed");
    program_free(&p);
    put_at(path, (3 << 20) + 5, "x", 1);
    image_ends(CHANGED, "changed: leaves 3-3", "verify", path);
    image_run(&p, "seal", "--remove", path);
    program_ended(&p, 0);
    program_said(&p, "plain.raw.seal.old");
    program_free(&p);
    image_ends(1, "", "verify", path);
    image_run(&p, "seal", "--remove", path);
    program_ended(&p, 1);
    program_complained(&p, "not sealed");
    program_free(&p);
}

static void a_manifest_that_was_changed_is_refused(void **state)
{
    (void)state;
    struct program p;
    const char *path = in_folder("forged.raw");
    make_empty(path, 1 << 20);
    image_ends(0, "", "seal", path);
    must("sed -i 's/\"virtual-size\": 1048576/\"virtual-size\": 1048575/' '%s.seal'", path);
    image_run(&p, "verify", path);
    program_ended(&p, 1);
    program_complained(&p, "manifest");
    program_free(&p);
    must("printf '{' >'%s.seal'", path);
    image_ends(1, "", "verify", path);
    must("rm '%s.seal'", path);
    image_ends(1, "", "verify", path);
}

static void what_a_manifest_says_is_shown_harmlessly(void **state)
{
    (void)state;
    struct program p;
    const char *path = in_folder("escapes.raw");
    make_empty(path, 1 << 20);
    image_ends(0, "", "seal", path);
    must("sed -i 's/\"snapshots\": \\[\\]/\"snapshots\": [{\"id\": \"\\\\u001b[31m\"}]/' '%s.seal'", path);
    image_run(&p, "verify", path);
    program_ended(&p, CHANGED);
    program_said(&p, "snapshot ?[31m");
    assert_null(strchr(p.out, 0x1b));
    program_free(&p);
    must("rm '%s.seal' && mkfifo '%s.seal'", path, path);
    image_ends(1, "", "verify", path);
    must("rm '%s.seal' && printf '{\\033[31m' >'%s.seal'", path, path);
    image_run(&p, "verify", path);
    program_ended(&p, 1);
    program_complained(&p, "escapes.raw.seal");
    assert_null(strchr(p.err, 0x1b));
    program_free(&p);
}

static void a_header_without_room_is_told(void **state)
{
    (void)state;
    NEED("qemu-img");
    struct program p;
    char name[350];
    const char *path = in_folder("small.qcow2");
    memset(name, '/', sizeof name);
    strcpy(name + sizeof name - 10, "base.raw");
    name[0] = '.';
    make_empty(in_folder("base.raw"), 1 << 20);
    must("cd \"$TMPDIR\" && qemu-img create -q -f qcow2 -o cluster_size=512 -b '%s' -F raw '%s'", name, path);
    image_run(&p, "seal", path);
    program_ended(&p, 1);
    program_complained(&p, "no room for it in the header");
    program_free(&p);
}

/* A floppy with a boot sector, a file in each leaf and one across both, sealed. */
static const char *make_sealed_floppy(void)
{
    const char *path = in_folder("files.img");
    unlink(path);
    must("rm -f '%s.seal' && mformat -C -f 1440 -i '%s' ::", path, path);
    must("cd \"$TMPDIR\" && head -c 900000 /dev/urandom >FIRST.DAT && head -c 300000 /dev/urandom >SECOND.DAT && "
         "head -c 100000 /dev/urandom >THIRD.DAT && mmd -i '%s' ::SUB && mcopy -i '%s' FIRST.DAT SECOND.DAT :: && "
         "mcopy -i '%s' THIRD.DAT ::SUB", path, path, path);
    image_ends(0, "2 leaves", "seal", path);
    return path;
}

static void verify_names_the_files(void **state)
{
    (void)state;
    NEED("mformat", "mcopy");
    struct program p;
    const char *path = make_sealed_floppy();
    put_at(path, 1300000, "x", 1);
    image_run(&p, "verify", path);
    program_ended(&p, CHANGED);
    program_said(&p, "changed: leaves 1-1, bytes 0x100000-0x1fffff\n"
                     "    in \\SECOND.DAT\n    in \\SUB\\THIRD.DAT\n    in free");
    assert_null(strstr(p.out, "FIRST"));
    program_free(&p);
    put_at(path, 300000, "x", 1);
    image_run(&p, "verify", path);
    program_said(&p, "    in boot sector\n    in FAT 1\n    in FAT 2\n    in root directory\n");
    program_said(&p, "    in \\FIRST.DAT\n    in \\SECOND.DAT\n");
    program_free(&p);
}

#define boot(program, path, ...) trowel_run(program, "--batch", "--verify", "--date", "1995-10-31", path, "-ex", \
                                            "tbreak 0:7c00", "-ex", "continue", __VA_ARGS__)

/* The boot sector lies in leaf 0, the other leaf is not read. */
static void what_is_read_is_verified(void **state)
{
    (void)state;
    struct program p;
    const char *path = make_guest_floppy("end_count");
    boot(&p, path, "-ex", "info registers");
    program_ended(&p, 1);
    program_complained(&p, "not sealed");
    program_free(&p);
    image_ends(0, "2 leaves", "seal", path);
    put_at(path, 1400000, "x", 1);
    boot(&p, path, "-ex", "info registers");
    program_ended(&p, 0);
    program_said(&p, "eip ");
    program_free(&p);
    put_at(path, 700000, "x", 1);
    boot(&p, path, "-ex", "info registers");
    program_ended(&p, 1);
    program_said(&p, "end_count.img: changed since it was sealed: leaf 0, bytes 0x0-0xfffff\n");
    program_complained(&p, "trowel: a: ");
    assert_null(strstr(p.out, "eip "));
    program_free(&p);
}

/* The machine looks at a hard disk's first sectors for its geometry: that is no reading by the guest yet. */
static void a_hard_disk_stops_the_guest_in_its_first_megabyte_too(void **state)
{
    (void)state;
    struct program p;
    const char *disk = in_folder("first.raw");
    make_empty(disk, 20 << 20);
    put_at(disk, 0, "\xEB\xFE", 2);             /* here: jmp here */
    put_at(disk, 510, "\x55\xAA", 2);
    image_ends(0, "20 leaves", "seal", disk);
    trowel_run(&p, "--batch", "--verify", disk, "-ex", "wait 10", "-ex", "print $pc");
    program_ended(&p, 0);
    program_said(&p, "0x7c00 (0000:7c00)");
    program_free(&p);
    put_at(disk, 5000, "x", 1);
    trowel_run(&p, "--batch", "--verify", disk, "-ex", "wait 10", "-ex", "echo after\\n");
    program_ended(&p, 1);
    program_said(&p, "first.raw: changed since it was sealed: leaf 0, bytes 0x0-0xfffff");
    program_said(&p, "wait: interrupted.");
    assert_null(strstr(p.out, "after"));
    program_free(&p);
    trowel_run(&p, "--batch", "--verify", disk, "-ex", "expect \"No bootable disk\"");
    program_ended(&p, 1);
    program_said(&p, "first.raw: changed since it was sealed: leaf 0, bytes 0x0-0xfffff");
    program_free(&p);
}

/* The guest is stopped once and may go on; the BIOS cannot read the boot sector. */
static void who_goes_on_gets_nothing_of_it(void **state)
{
    (void)state;
    NEED("tmux");
    struct screen screen;
    const char *path = make_guest_floppy("end_count");
    must("rm -f '%s.seal'", path);
    image_ends(0, "", "seal", path);
    put_at(path, 700000, "x", 1);
    screen_open(&screen, 80, 24, "--verify end_count.img");
    screen_wait(&screen, " STOP ");
    screen_wait(&screen, " a: not as it was sealed: F12 tells where");
    screen_key(&screen, "F12");
    screen_wait(&screen, "changed since");
    screen_type(&screen, "continue");
    screen_key(&screen, "Enter");
    screen_wait(&screen, " RUN ");
    screen_key(&screen, "F12");
    screen_wait(&screen, "No bootable disk");
    screen_key(&screen, "F12");
    screen_wait(&screen, "keys: DEBUGGER");
    screen_key(&screen, "F10");
    screen_wait(&screen, "(y or n)");
    screen_type(&screen, "y");
    screen_ended(&screen, 0);
    screen_close(&screen);
}

static void a_changed_file_is_named_when_it_is_read(void **state)
{
    (void)state;
    NEED("mformat", "mcopy");
    struct program p;
    const char *path = make_sealed_floppy();
    put_at(path, 300000, "x", 1);
    boot(&p, path, "-ex", "info registers");
    program_ended(&p, 1);
    program_said(&p, "leaf 0, bytes 0x0-0xfffff; in it: boot sector, FAT 1, FAT 2, root directory, "
                     "directory \\SUB, \\FIRST.DAT, \\SECOND.DAT");
    program_free(&p);
}

/* What the guest writes itself goes to the overlay and is no change. */
static void what_the_guest_writes_is_its_own(void **state)
{
    (void)state;
    NEED("qemu-img");
    struct program p;
    const char *disk = in_folder("own.raw"), *overlay = in_folder("own-overlay.qcow2");
    make_empty(disk, 20 << 20);
    image_ends(0, "20 leaves", "seal", disk);
    for (int changed = 0; changed < 2; changed++) {
        unlink(overlay);
        const char *floppy = make_guest_floppy("end_write");
        must("rm -f '%s.seal'", floppy);
        image_ends(0, "", "seal", floppy);
        trowel_run(&p, "--batch", "--verify", "--date", "1995-10-31", "--debug-exit", "0xf4", "--fda", floppy,
                   "--overlay", overlay, disk, "-ex", "continue");
        program_ended(&p, changed ? 1 : 42);
        program_free(&p);
        for (uint64_t at = 0; at < 20 << 20; at += IMAGE_LEAF)
            put_at(disk, at + IMAGE_LEAF - 1, "x", 1);
    }
}

static void verifying_needs_a_seal_that_fits(void **state)
{
    static const struct { const char *change, *text; } changes[] = {
        { "printf x >>'%s'", "another size" },
        { "rm '%s.seal'", "not sealed" },
        { "printf { >'%s.seal'", "end of file" },
        { "sed -i 's/\"root\": \"./\"root\": \"x/' '%s.seal'", "not a seal's manifest" },
    };
    (void)state;
    struct program p;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char command[300];
        const char *path = in_folder("fit.raw");
        make_empty(path, 2 << 20);
        image_ends(0, "", "seal", path);
        snprintf(command, sizeof command, changes[i].change, path);
        must("%s", command);
        trowel_run(&p, "--batch", "--verify", path, "-ex", "stepi");
        program_refused(&p, changes[i].text);
        program_free(&p);
        must("rm -f '%s' '%s.seal'", path, path);
    }
    trowel_run(&p, "--batch", "--verify", "-ex", "stepi");
    program_refused(&p, "no disk that it could be for");
    program_free(&p);
    const char *other = in_folder("unsealed.raw"), *overlay = in_folder("none.qcow2");
    make_empty(other, 2 << 20);
    trowel_run(&p, "--batch", "--verify", "--write", other, "-ex", "stepi");
    program_refused(&p, "exclude each other");
    program_free(&p);
    trowel_run(&p, "--batch", "--verify", "--overlay", overlay, other, "-ex", "stepi");
    program_refused(&p, "not sealed");
    program_free(&p);
    assert_int_equal(access(overlay, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_leaves_a_seal_intact),
        cmocka_unit_test(writing_by_qemu_is_told),
        cmocka_unit_test(a_commit_into_a_sealed_base_is_found),
        cmocka_unit_test(trowel_does_not_write_into_it),
        cmocka_unit_test(trowel_does_not_repair_it),
        cmocka_unit_test(snapshots_have_roots_of_their_own),
        cmocka_unit_test(without_the_manifest_the_mark_tells),
        cmocka_unit_test(raw_images_are_sealed_by_the_manifest),
        cmocka_unit_test(a_manifest_that_was_changed_is_refused),
        cmocka_unit_test(what_a_manifest_says_is_shown_harmlessly),
        cmocka_unit_test(a_header_without_room_is_told),
        cmocka_unit_test(verify_names_the_files),
        cmocka_unit_test(a_hard_disk_stops_the_guest_in_its_first_megabyte_too),
        cmocka_unit_test(what_is_read_is_verified),
        cmocka_unit_test_teardown(who_goes_on_gets_nothing_of_it, screen_cleanup),
        cmocka_unit_test(a_changed_file_is_named_when_it_is_read),
        cmocka_unit_test(what_the_guest_writes_is_its_own),
        cmocka_unit_test(verifying_needs_a_seal_that_fits),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
