/* `trowel image`: each command against qemu-img's, and what it says when it cannot. */
#include "tests/end/support/folder.h"
#include "tests/end/support/image.h"

#include <jansson.h>
#include <unistd.h>

static json_t *json_of(const struct program *p)
{
    json_error_t error;
    json_t *root = json_loads(p->out, 0, &error);
    if (!root)
        fail_msg("%s: %s", error.text, p->out);
    return root;
}

/* A disk with contents here and there, as raw file. */
static const char *make_contents(void)
{
    const char *path = in_folder("contents.raw");
    char text[5000];
    memset(text, 'x', sizeof text);
    make_empty(path, 5 << 20);
    put_at(path, 0, "start", 5);
    put_at(path, 1000000, text, sizeof text);
    put_at(path, (5 << 20) - 3, "end", 3);
    return path;
}

static void create_makes_what_qemu_reads(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *image = in_folder("new.qcow2"), *raw = in_folder("new.raw"), *over = in_folder("over.qcow2");
    image_must("create", "-f", "qcow2", "-o", "cluster_size=4k,refcount_bits=8,compression_type=zstd", image, "10M");
    must("qemu-img info '%s' | grep -q 'compression type: zstd'", image);
    must("qemu-img info '%s' | grep -q 'refcount bits: 8'", image);
    image_must("create", raw, "3M");
    must("test $(stat -c %%s '%s') = 3145728", raw);
    image_must("create", "-f", "qcow2", "-b", raw, "-F", "raw", over, "4M");
    must("qemu-img info '%s' | grep -q 'virtual size: 4 MiB'", over);
    check_image(over);
    image_refuses(1, "exists", "create", "-f", "qcow2", image, "10M");
    image_refuses(1, "size is missing", "create", "-f", "qcow2", in_folder("x"));
    image_refuses(1, "10Q", "create", "-f", "qcow2", in_folder("x"), "10Q");
    image_refuses(1, "-o colour", "create", "-f", "qcow2", "-o", "colour=red", in_folder("x"), "1M");
}

static void info_and_check_speak_json(void **state)
{
    (void)state;
    const char *image = in_folder("json.qcow2");
    struct program p;
    image_must("create", "-f", "qcow2", image, "10M");
    image_must("snapshot", "-c", "with space", image);
    image_run(&p, "info", "--json", image);
    program_ended(&p, 0);
    json_t *root = json_of(&p), *list = json_object_get(root, "snapshots");
    assert_int_equal(json_integer_value(json_object_get(root, "virtual-size")), 10 << 20);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "name")), "with space");
    json_decref(root);
    program_free(&p);
    image_run(&p, "check", "--output=json", image);
    program_ended(&p, 0);
    root = json_of(&p);
    assert_int_equal(json_integer_value(json_object_get(root, "total-clusters")), 160);
    assert_int_equal(json_integer_value(json_object_get(root, "corruptions")), 0);
    json_decref(root);
    program_free(&p);
}

static void map_tells_the_same_as_qemu(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *image = in_folder("map.qcow2"), *over = in_folder("map-over.qcow2"), *raw = make_contents();
    struct program ours, theirs;
    must("qemu-img convert -f raw -O qcow2 -o cluster_size=4k '%s' '%s'", raw, image);
    must("qemu-img create -q -f qcow2 -b '%s' -F qcow2 '%s'", image, over);
    must("qemu-io -f qcow2 -c 'write -P 3 2M 100k' -c 'write -z 3M 64k' '%s' >/dev/null", over);
    image_run(&ours, "map", "--json", "--allow-backing", over);
    program_run(&theirs, (const char *const[]){ "qemu-img", "map", "--output=json", over, NULL });
    json_t *a = json_of(&ours), *b = json_of(&theirs);
    assert_int_equal(json_array_size(a), json_array_size(b));
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
    program_free(&ours);
    program_free(&theirs);
}

static void convert_there_and_back(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *raw = make_contents(), *packed = in_folder("packed.qcow2"), *back = in_folder("back.raw");
    struct program p;
    image_run(&p, "convert", "-p", "-O", "qcow2", "-c", "--zstd", raw, packed);
    program_ended(&p, 0);
    program_complained(&p, "(100.00/100%)");
    program_free(&p);
    check_image(packed);
    same_disk(raw, "raw", packed, "qcow2");
    image_must("convert", "-f", "qcow2", packed, back);
    must("cmp '%s' '%s'", raw, back);
    image_must("compare", packed, back);
    image_refuses(1, "exists", "convert", raw, back);
    image_refuses(1, "-O qcow2", "convert", "-c", raw, in_folder("no"));
    assert_int_equal(access(in_folder("no"), F_OK), -1);
    put_at(back, 2000000, "other", 5);
    image_run(&p, "compare", packed, back);
    program_ended(&p, 1);
    program_said(&p, "Content mismatch at offset 2000000!");
    program_free(&p);
}

static void a_copy_that_fails_leaves_nothing(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *image = in_folder("damaged.qcow2"), *copy = in_folder("copy.qcow2");
    must("qemu-img create -q -f qcow2 -o cluster_size=4k '%s' 1M && qemu-io -f qcow2 -c 'write 0 8k' '%s' >/dev/null",
         image, image);
    uint8_t entry[8];
    get_at(image, 40, entry, 8);            /* L1 table; its first entry becomes unaligned */
    uint64_t l1 = (uint64_t)entry[5] << 16 | (uint64_t)entry[6] << 8 | entry[7];
    put_at(image, l1 + 6, "\x02", 1);
    image_refuses(1, "damaged.qcow2", "convert", "-O", "qcow2", image, copy);
    assert_int_equal(access(copy, F_OK), -1);
}

static void overlays_are_committed_and_rebased(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *raw = make_contents(), *base = in_folder("base.qcow2"), *other = in_folder("other.qcow2"),
               *over = in_folder("rebased.qcow2"), *shown = in_folder("shown.raw");
    must("qemu-img convert -f raw -O qcow2 '%s' '%s'", raw, base);
    image_must("create", "-f", "qcow2", other, "5M");
    image_must("create", "-f", "qcow2", "-b", base, over);
    must("qemu-io -f qcow2 -c 'write -P 3 2M 100k' '%s' >/dev/null", over);
    must("qemu-img convert -f qcow2 -O raw '%s' '%s'", over, shown);
    image_must("rebase", "-b", "other.qcow2", over);
    same_disk(over, "qcow2", shown, "raw");
    check_image(over);
    image_must("commit", over);
    same_disk(other, "qcow2", shown, "raw");
    image_must("rebase", "-b", "", over);
    must("! qemu-img info '%s' | grep -q backing", over);
    same_disk(over, "qcow2", shown, "raw");
    image_refuses(1, "no backing file", "commit", over);
    image_refuses(1, "-b BACKING", "rebase", over);
}

static void snapshots_and_sizes(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *image = in_folder("states.qcow2");
    image_must("create", "-f", "qcow2", image, "5M");
    must("qemu-io -f qcow2 -c 'write -P 3 0 100k' '%s' >/dev/null", image);
    image_must("snapshot", "-c", "one", image);
    must("qemu-io -f qcow2 -c 'write -P 4 0 100k' '%s' >/dev/null", image);
    image_must("resize", image, "+1M");
    must("qemu-img info '%s' | grep -q 'virtual size: 6 MiB'", image);
    image_must("snapshot", "-a", "one", image);
    must("qemu-io -f qcow2 -c 'read -P 3 0 100k' '%s' | grep -qv failed", image);
    must("qemu-img info '%s' | grep -q 'virtual size: 5 MiB'", image);
    image_refuses(1, "--shrink", "resize", image, "1M");
    image_must("resize", "--shrink", image, "-1M");
    image_must("snapshot", "-d", "one", image);
    image_refuses(1, "no snapshot \"one\"", "snapshot", "-d", "one", image);
    check_image(image);
}

static void check_repairs_when_asked(void **state)
{
    (void)state;
    NEED("qemu-img", "qemu-io");
    const char *image = in_folder("leaky.qcow2");
    struct program p;
    uint8_t table[8], block[8];
    must("qemu-img create -q -f qcow2 '%s' 5M && qemu-io -f qcow2 -c 'write 0 100k' '%s' >/dev/null", image, image);
    get_at(image, 48, table, 8);
    get_at(image, (uint64_t)table[5] << 16 | (uint64_t)table[6] << 8 | table[7], block, 8);
    put_at(image, ((uint64_t)block[5] << 16 | (uint64_t)block[6] << 8 | block[7]) + 5 * 2, "\0\7", 2);
    image_run(&p, "check", image);
    program_ended(&p, 2);
    program_said(&p, "ERROR");
    program_free(&p);
    image_must("check", "-r", "all", image);
    check_image(image);
}

static void diff_names_what_changed(void **state)
{
    (void)state;
    NEED("mformat", "mcopy", "mmd");
    const char *before = in_folder("before.img"), *after = in_folder("after.img");
    struct program p;
    make_empty(before, 1440 * 1024);
    must("mformat -i '%s' -f 1440 :: && mmd -i '%s' ::SUB && printf hello | mcopy -i '%s' - ::SUB/HELLO.TXT", before,
         before, before);
    must("cp '%s' '%s' && printf howdy | mcopy -o -i '%s' - ::SUB/HELLO.TXT", before, after, after);
    put_at(after, 100, "virus", 5);
    image_run(&p, "diff", before, after);
    program_ended(&p, 1);
    program_said(&p, "boot sector");
    program_said(&p, "\\SUB\\HELLO.TXT");
    program_free(&p);
    image_run(&p, "diff", "--json", before, after);
    json_t *list = json_of(&p);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "is")), "boot sector");
    json_decref(list);
    program_free(&p);
    image_run(&p, "diff", before, before);
    program_ended(&p, 0);
    program_said(&p, "0 sectors differ.");
    program_free(&p);
}

static void wrong_command_lines_are_told(void **state)
{
    (void)state;
    struct program p;
    image_refuses(1, "frobnicate", "frobnicate");
    image_refuses(1, "usage: trowel image info", "info");
    image_refuses(1, "usage: trowel image compare", "compare", "one");
    image_refuses(1, "-c", "info", "-c", "x");
    image_refuses(1, "absent", "info", in_folder("absent"));
    image_run(&p, "--help");
    program_ended(&p, 0);
    program_said(&p, "rebase");
    program_free(&p);
}

static void empty_disks_are_disks(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *image = in_folder("empty.qcow2"), *copy = in_folder("empty.raw");
    image_must("create", "-f", "qcow2", image, "0");
    check_image(image);
    image_must("resize", image, "1M");
    image_must("resize", "--shrink", image, "0");
    image_must("convert", image, copy);
    must("test $(stat -c %%s '%s') = 0", copy);
    image_must("compare", "-s", image, copy);
    image_must("check", image);
}

static void options_are_taken_literally(void **state)
{
    (void)state;
    const char *image = in_folder("odd.qcow2"), *over = in_folder("odd-over.qcow2");
    char long_list[600];
    memset(long_list, ',', sizeof long_list);
    long_list[sizeof long_list - 1] = 0;
    image_must("create", "-f", "qcow2", "-o", ",cluster_size=4k,,", image, "1M");
    image_refuses(1, "too long", "create", "-f", "qcow2", "-o", long_list, in_folder("x"), "1M");
    image_refuses(1, "-o refcount_bits", "create", "-f", "qcow2", "-o", "refcount_bits=0", in_folder("x"), "1M");
    image_refuses(1, "option -Z", "info", "-UZ", image);
    image_refuses(1, "option --repair", "info", "--repair", image);
    image_refuses(1, "-U", "check", "-U", "-r", "all", image);
    image_must("snapshot", "-c", "one", image);
    image_refuses(1, "-d", "snapshot", "-c", "two", "-d", "one", image);
    image_must("snapshot", "-a", "one", image);
    image_must("info", image, "--json");
    image_must("resize", image, "+1M");
    image_must("resize", "--shrink", image, "-1M");
    image_refuses(1, "too large", "create", "-f", "qcow2", "-b", image, "-F", "qcow2", over, "7E");
    assert_int_equal(access(over, F_OK), -1);
    must("! '%s' image info --json '%s' >/dev/full 2>/dev/null", getenv("TROWEL") ? getenv("TROWEL") : "./trowel",
         image);
}

/* Escape sequences, line ends, bytes that are no UTF-8. */
static void strange_names_stay_harmless(void **state)
{
    static const char *const names[] = { "g\xc3\xb6ttlich", "a\n\x1b[31mb", "\xc2\x9b" "31m", "\xff\xfe" };
    (void)state;
    struct program p;
    const char *image = in_folder("strange.qcow2");
    image_must("create", "-f", "qcow2", image, "1M");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        image_must("snapshot", "-c", names[i], image);
    image_run(&p, "snapshot", "-l", image);
    program_ended(&p, 0);
    program_said(&p, names[0]);
    assert_null(strchr(p.out, 0x1b));
    assert_null(strstr(p.out, "\xc2\x9b"));
    assert_null(strchr(p.out, '\xff'));
    program_free(&p);
    image_run(&p, "snapshot", "--json", image);
    program_ended(&p, 0);
    json_t *list = json_of(&p);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "name")), names[0]);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "name")), names[1]);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 3), "name")), "??");
    json_decref(list);
    program_free(&p);
    image_refuses(1, "x??[31m", "info", "x\n\x1b[31m");
}

static void sizes_are_those_of_disks(void **state)
{
    (void)state;
    struct program p;
    const char *disk = in_folder("sized.qcow2");
    trowel_run(&p, "image", "create", disk, "5");
    program_ended(&p, 1);
    program_complained(&p, "5: smaller than one sector");
    program_free(&p);
    assert_int_not_equal(access(disk, F_OK), 0);
    trowel_run(&p, "image", "create", "-f", "qcow2", "-F", "qcow2", disk, "5M");
    program_ended(&p, 1);
    program_complained(&p, "-b names none");
    program_free(&p);
    trowel_run(&p, "image", "create", "-f", "qcow2", disk, "1.5M");
    program_ended(&p, 0);
    program_free(&p);
    trowel_run(&p, "image", "info", disk);
    program_said(&p, "(1572864 bytes)");
    program_free(&p);
    trowel_run(&p, "image", "resize", disk, "1.5.5M");
    program_ended(&p, 1);
    program_complained(&p, "not a size");
    program_free(&p);
    trowel_run(&p, "image", "snapshot", "-c", "", disk);
    program_ended(&p, 1);
    program_complained(&p, "the name is empty");
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create_makes_what_qemu_reads),
        cmocka_unit_test(sizes_are_those_of_disks),
        cmocka_unit_test(info_and_check_speak_json),
        cmocka_unit_test(map_tells_the_same_as_qemu),
        cmocka_unit_test(convert_there_and_back),
        cmocka_unit_test(a_copy_that_fails_leaves_nothing),
        cmocka_unit_test(overlays_are_committed_and_rebased),
        cmocka_unit_test(snapshots_and_sizes),
        cmocka_unit_test(check_repairs_when_asked),
        cmocka_unit_test(diff_names_what_changed),
        cmocka_unit_test(wrong_command_lines_are_told),
        cmocka_unit_test(empty_disks_are_disks),
        cmocka_unit_test(options_are_taken_literally),
        cmocka_unit_test(strange_names_stay_harmless),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
