/* Seals against the real qemu-img: what it does to a sealed image, and that verify finds it, also where QEMU does not
 * notice that it writes into a sealed base. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

#include <unistd.h>

enum { INTACT = 0, CHANGED = 2, STALE = 3 };

#define image_run(program, ...) trowel_run(program, "image", __VA_ARGS__)

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
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
