/* trowel image convert: of an internal snapshot, beside qemu-img; and the words that are no choice. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

#include <unistd.h>

#define convert(program, ...) trowel_run(program, "image", "convert", __VA_ARGS__)

/* Two snapshots, the second of which has the first one's id for a name; then the disk grew. */
static const char *make_history(void)
{
    const char *path = in_folder("history.qcow2");
    unlink(path);
    must("qemu-img create -q -f qcow2 '%s' 4M && qemu-io -f qcow2 -c 'write -P 1 0 2M' '%s' >/dev/null", path, path);
    must("qemu-img snapshot -c one '%s' && qemu-io -f qcow2 -c 'write -P 2 1M 2M' '%s' >/dev/null", path, path);
    must("qemu-img snapshot -c 1 '%s' && qemu-io -f qcow2 -c 'write -P 3 0 3M' '%s' >/dev/null", path, path);
    return path;
}

static void a_snapshot_is_converted_as_by_qemu(void **state)
{
    static const char *const names[] = { "one", "1", "2", "snapshot.name=1", "snapshot.id=2", "snapshot.name=one",
                                         "snapshot.id=1,snapshot.name=one" };
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_history(), *ours = in_folder("ours.raw"), *theirs = in_folder("theirs.raw");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct program p;
        must("rm -f '%s' && qemu-img convert -f qcow2 -O raw -l %s '%s' '%s'", ours, names[i], path, theirs);
        convert(&p, "-l", names[i], path, ours);
        program_ended(&p, 0);
        program_free(&p);
        assert_true(hash_file(ours) == hash_file(theirs));
    }
}

static void a_snapshot_keeps_its_size(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_history(), *out = in_folder("then.qcow2");
    struct program p;
    size_t size;
    must("qemu-img resize -q -f qcow2 '%s' 5M", path);
    convert(&p, "-O", "qcow2", "-c", "-t", "unsafe", "-l", "one", path, out);
    program_ended(&p, 0);
    program_free(&p);
    check_image(out);
    must("qemu-img convert -f qcow2 -O raw '%s' '%s.raw'", out, out);
    free(read_file(in_folder("then.qcow2.raw"), &size));
    assert_int_equal(size, 4 << 20);
}

static void what_is_not_there_leaves_no_file(void **state)
{
    static const char *const wrong[][2] = { { "-l", "two" }, { "-l", "snapshot.id=1,snapshot.name=1" }, { "-l", "" },
                                            { "-t", "none" } };
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *path = make_history(), *out = in_folder("none.raw");
    struct program p;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        convert(&p, wrong[i][0], wrong[i][1], path, out);
        program_ended(&p, 1);
        program_complained(&p, wrong[i][0][1] == 'l' ? "has no snapshot" : "-t none");
        program_free(&p);
        assert_int_equal(access(out, F_OK), -1);
    }
    convert(&p, "-l", "one", out, path);
    program_ended(&p, 1);
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_is_converted_as_by_qemu),
        cmocka_unit_test(a_snapshot_keeps_its_size),
        cmocka_unit_test(what_is_not_there_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
