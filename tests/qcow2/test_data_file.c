/* External data files: the image has the tables, another file the guest's data, each cluster at its guest offset.
 * Made by qemu-img and by us, written by both in turns, against a model; and what such images refuse. */
#define _GNU_SOURCE
#include "tests/qcow2/shapes.h"

enum { TURNS = 4, CHANGES_PER_TURN = 14 };

static const struct { struct shape shape; bool raw; } rows[] = {
    { { 3, 512, 16, 0, PLAIN, 0, "off", BASE_NONE, SIZE_ABOVE_TABLE }, false },
    { { 3, 512, 1, 0, PLAIN, 1, "off", BASE_RAW, SIZE_BELOW_TABLE }, false },
    { { 3, 4096, 64, 0, PLAIN, 0, "off", BASE_OTHER, SIZE_ODD }, false },
    { { 3, 4096, 8, 0, PLAIN, 0, "metadata", BASE_NONE, SIZE_ODD }, true },
    { { 3, 16384, 16, 1, PLAIN, 1, "off", BASE_LONGER, SIZE_ODD }, false },
    { { 3, 16384, 4, 1, PLAIN, 0, "metadata", BASE_NONE, SIZE_ODD }, true },
    { { 3, 65536, 16, 0, PLAIN, 1, "off", BASE_SHORTER, SIZE_ODD }, false },
    { { 3, 65536, 32, 0, PLAIN, 0, "metadata", BASE_NONE, SIZE_SECTOR }, true },
    { { 3, 65536, 16, 1, PLAIN, 0, "off", BASE_NONE, SIZE_HUGE }, false },
    { { 3, 2097152, 2, 1, PLAIN, 0, "off", BASE_OLD, SIZE_ODD }, false },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Nothing here is about what survives. */
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static struct image *open_with_data(const char *path, const char *data, bool writable)
{
    struct image *image;
    struct image_error error;
    struct image_options options = { .writable = writable, .data_file = data };
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    return image;
}

static void make_by_qemu(const struct shape *s, bool raw)
{
    uint8_t noise[NOISE_BYTES];
    char backing[40] = "";
    shape_noise(noise);
    put_file("noise", noise, sizeof noise);
    must("rm -f base image data model");
    if (s->base != BASE_NONE)
        snprintf(backing, sizeof backing, "-b base -F %s", make_base_of(s));
    must("qemu-img create -f qcow2 -o cluster_size=%u,refcount_bits=%u,preallocation=%s,extended_l2=%s,"
         "lazy_refcounts=%s,data_file=data,data_file_raw=%s %s image %" PRIu64, s->cluster, s->refcount_bits,
         s->preallocation, s->extended ? "on" : "off", s->lazy ? "on" : "off", raw ? "on" : "off", backing,
         shape_bytes(s));
    put_contents(s, "image", "qcow2", shape_bytes(s));
    must("qemu-img convert -f qcow2 -O raw image model");
}

/* QEMU compresses as little into such an image as we do, and leaves the contents of an external raw file behind that it
 * was told to discard. */
static struct change pick(const struct shape *s, bool raw, uint64_t *seed)
{
    struct change c = pick_change(s, shape_bytes(s), seed);
    if (c.kind == CHANGE_COMPRESSED)
        c.kind = CHANGE_WRITE;
    if (raw && c.kind == CHANGE_DISCARD)
        c.kind = CHANGE_UNMAP;
    return c;
}

static void take_turn(const struct shape *s, bool raw, bool ours, int model, uint64_t *seed)
{
    struct image *image = ours ? open_with_data("image", "data", true) : NULL;
    FILE *script = ours ? NULL : fopen("script", "w");
    for (int i = 0; i < CHANGES_PER_TURN; i++) {
        struct change c = pick(s, raw, seed);
        if (ours)
            change_ours(image, &c, s);
        else
            change_qemu(script, &c);
        change_model(model, &c);
    }
    if (ours) {
        assert_shows(image, model, "before closing");
        must_close(image);
        return;
    }
    fclose(script);
    must("qemu-io -t unsafe -f qcow2 image <script");
}

static void judge(bool raw, uint64_t bytes)
{
    struct image_check result;
    struct image_error error;
    must("qemu-img check -f qcow2 image && qemu-img compare -f qcow2 -F raw image model");
    if (raw)
        must("qemu-img compare -f raw -F raw data model && cmp -n %" PRIu64 " data model", bytes);
    assert_int_equal(image_check("image", NULL, &result, &error), 0);
    assert_int_equal(result.errors + result.leaks, 0);
}

static void both_write_in_turns_and_agree(void **state)
{
    (void)state;
    need_qemu();
    for (size_t row = 0; row < ROWS; row++) {
        const struct shape *s = &rows[row].shape;
        uint64_t seed = row * 2 + 1;
        make_by_qemu(s, rows[row].raw);
        int model = open("model", O_RDWR);
        assert_true(model >= 0);
        struct image *image = open_with_data("image", "data", false);
        assert_shows(image, model, "as made");
        assert_int_equal(image_close(image), 0);
        for (int turn = 0; turn < TURNS; turn++) {
            take_turn(s, rows[row].raw, turn % 2 == 0, model, &seed);
            judge(rows[row].raw, shape_bytes(s));
        }
        close(model);
    }
}

/* Made by us; of other sizes then; QEMU reads it and finds nothing wrong, and a raw data file stays the disk. */
static void our_own_are_good_for_qemu(void **state)
{
    (void)state;
    need_qemu();
    static uint8_t data[300000], got[400000];
    struct image_error error;
    fill_random(data, sizeof data, 6);
    for (int n = 0; n < 8; n++) {
        struct image_create_options o = { .cluster_size = n & 1 ? 16384 : 65536, .extended_l2 = n & 2,
                                          .data_file = "data", .data_file_raw = n & 4 };
        must("rm -f image data model");
        assert_int_equal(image_create("image", 1000000, &o, &error), 0);
        must("qemu-img check -f qcow2 image && truncate -s 1000000 model && qemu-img compare image model");
        struct image *image = open_with_data("image", "data", true);
        assert_int_equal(image_write(image, 100, data, sizeof data), 0);
        assert_int_equal(image_write(image, 1000000 - 5000, data, 5000), 0);
        assert_int_equal(image_resize(image, 100000), 0);
        assert_int_equal(image_resize(image, 400000), 0);
        assert_int_equal(image_read(image, 0, got, 400000), 0);
        for (size_t i = 0; i < sizeof got; i++)
            assert_int_equal(got[i], i >= 100 && i < 100000 ? data[i - 100] : 0);
        must_close(image);
        put_file("model", got, sizeof got);
        must("qemu-img check -f qcow2 image && qemu-img compare -f qcow2 -F raw image model");
        if (n & 4)
            must("cmp data model");
    }
}

static void it_is_never_opened_by_the_name_in_the_image(void **state)
{
    struct image *image;
    struct image_error error;
    struct image_layer_info info;
    uint8_t byte;
    (void)state;
    assert_int_equal(image_create("image", 70000, &(struct image_create_options){ .data_file = "data" }, &error), 0);
    image = open_with_data("image", "data", true);
    assert_int_equal(image_write(image, 0, "x", 1), 0);
    must_close(image);
    assert_int_equal(image_open(&image, "image", NULL, &error), -EPERM);
    assert_non_null(strstr(error.text, "\"data\""));
    struct image_options outside = { .allow_outside_backing = true };
    assert_int_equal(image_open(&image, "image", &outside, &error), -EPERM);
    /* Alone it can be looked at, but not its data. */
    assert_int_equal(image_open(&image, "image", &(struct image_options){ .alone = true }, &error), 0);
    image_layer_info(image, 0, &info);
    assert_true(info.external_data);
    assert_string_equal(info.data_file, "data");
    assert_int_equal(image_read(image, 0, &byte, 1), -EPERM);
    image_close(image);
    struct image_options alone = { .alone = true, .writable = true };
    assert_int_equal(image_open(&image, "image", &alone, &error), -EPERM);
}

/* One name is for one file: not for the image itself, not for two layers, not for what is no regular file. */
static void wrong_data_files_are_refused(void **state)
{
    static const struct { const char *image, *data; int code; } wrong[] = {
        { "image", "image", -EINVAL }, { "image", "none", -ENOENT }, { "image", ".", -EISDIR },
        { "image", "/dev/null", -ENXIO }, { "over", "image", -EINVAL }, { "over", "data", 0 },
        { "both", "data", -EPERM },
    };
    struct image *image;
    struct image_error error;
    struct image_create_options over = { .backing_data_file = "data" };
    struct image_create_options both = { .backing_data_file = "data", .data_file = "more" };
    (void)state;
    assert_int_equal(image_create("image", 70000, &(struct image_create_options){ .data_file = "data" }, &error), 0);
    assert_int_equal(image_create_overlay("over", "image", &(struct image_create_options){ 0 }, &error), -EPERM);
    assert_int_equal(image_create_overlay("over", "image", &over, &error), 0);
    assert_int_equal(image_create_overlay("both", "image", &both, &error), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int code = image_open(&image, wrong[i].image, &(struct image_options){ .data_file = wrong[i].data }, &error);
        if (code != wrong[i].code)
            fail_msg("%s with %s: %d %s", wrong[i].image, wrong[i].data, code, error.text);
        if (!code)
            image_close(image);
    }
    /* Of a chain only layer 0 is written. */
    image = open_with_data("over", "data", true);
    assert_int_equal(image_write(image, 0, "x", 1), 0);
    must_close(image);
    size_t bytes;
    uint8_t *data = get_file("data", &bytes);
    assert_int_equal(data[0], 0);
    free(data);
}

/* As QEMU: no snapshots, no compressed clusters; and no backing file where the data file is the disk. */
static void what_such_images_cannot_do_is_refused(void **state)
{
    static uint8_t data[65536];
    struct image_error error;
    struct image_snapshot snapshot = { .name = "one" };
    (void)state;
    put_file("base", data, sizeof data);
    struct image_create_options o = { .data_file = "data", .data_file_raw = true };
    struct image_create_options old = { .data_file = "old", .version = 2 };
    assert_int_equal(image_create("image", 70000, &o, &error), 0);
    assert_int_equal(image_create("two", 70000, &old, &error), -EINVAL);
    assert_int_equal(image_create("two", 70000, &o, &error), -EEXIST);
    assert_int_equal(access("two", F_OK), -1);
    o.data_file = "more";
    assert_int_equal(image_create_overlay("two", "base", &o, &error), -EINVAL);
    struct image *image = open_with_data("image", "data", true);
    assert_int_equal(image_snapshot_create(image, &snapshot), -ENOTSUP);
    assert_int_equal(image_snapshot_apply(image, "one"), -ENOTSUP);
    assert_int_equal(image_snapshot_delete(image, "one"), -ENOTSUP);
    assert_int_equal(image_vmstate_write(image, 0, data, 10), -ENOTSUP);
    assert_int_equal(image_write_compressed(image, 0, data, 65536), -ENOTSUP);
    assert_int_equal(image_set_backing(image, "base", "raw"), -EINVAL);
    must_close(image);
}

/* An entry for another place than the guest's own, or for compressed data, is damage: else one guest cluster could be
 * made to show or overwrite another. */
static void entries_that_lead_elsewhere_are_damage(void **state)
{
    static const uint64_t entries[] = { UINT64_C(1) << 63 | 65536, UINT64_C(1) << 63 | UINT64_C(1) << 40,
                                        UINT64_C(1) << 62 | 5 };
    static const struct image_create_options o = { .data_file = "data" };
    static uint8_t data[131072];
    struct image_error error;
    struct image_check result;
    size_t bytes;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        remove("image");
        remove("data");
        assert_int_equal(image_create("image", 131072, &o, &error), 0);
        struct image *image = open_with_data("image", "data", true);
        assert_int_equal(image_write(image, 0, data, sizeof data), 0);
        must_close(image);
        uint8_t *file = get_file("image", &bytes);
        put_be64(file + (get_be64(file + get_be64(file + 40)) & UINT64_C(0xFFFFFFFFFFFE00)), entries[i]);
        put_file("image", file, bytes);
        free(file);
        image = open_with_data("image", "data", true);
        assert_int_equal(image_read(image, 0, data, 1), -EIO);
        assert_int_equal(image_write(image, 0, data, 1), -EIO);
        assert_int_equal(image_read(image, 65536, data, 1), 0);
        image_close(image);
        assert_int_equal(image_check("image", NULL, &result, &error), 0);
        assert_true(result.errors > 0);
    }
}

/* QEMU and we keep out of each other's way there too. */
static void the_data_file_is_locked(void **state)
{
    struct image_error error;
    struct image *image, *other;
    (void)state;
    need_qemu();
    assert_int_equal(image_create("image", 70000, &(struct image_create_options){ .data_file = "data" }, &error), 0);
    must("cp image copy");
    image = open_with_data("image", "data", true);
    assert_int_equal(image_open(&other, "copy", &(struct image_options){ .data_file = "data" }, &error), -EBUSY);
    assert_int_not_equal(run("qemu-io -f raw -c 'write 0 1k' data"), 0);
    must_close(image);
    must("qemu-io -f raw -c 'write 0 1k' data");
}

/* A repair counts nothing in the data file, and leaves it the disk that it is. */
static void repair_keeps_the_data(void **state)
{
    static uint8_t data[70000], got[70000];
    struct image_error error;
    struct image_check result;
    struct image_layer_info info;
    size_t bytes;
    (void)state;
    need_qemu();
    fill_random(data, sizeof data, 8);
    struct image_create_options o = { .data_file = "data", .data_file_raw = true };
    assert_int_equal(image_create("image", 70000, &o, &error), 0);
    struct image *image = open_with_data("image", "data", true);
    assert_int_equal(image_write(image, 0, data, sizeof data), 0);
    must_close(image);
    uint8_t *file = get_file("image", &bytes);
    put_be16(file + get_be64(file + get_be64(file + 48)), 0);      /* the header's count */
    put_file("image", file, bytes);
    free(file);
    struct image_check_options repair = { .repair = IMAGE_REPAIR_ALL };
    assert_int_equal(image_check("image", &repair, &result, &error), 0);
    assert_true(result.repaired);
    assert_int_equal(result.errors_left + result.leaks_left, 0);
    assert_clean("image");
    image = open_with_data("image", "data", false);
    image_layer_info(image, 0, &info);
    assert_true(info.data_file_raw);
    assert_int_equal(image_read(image, 0, got, sizeof got), 0);
    assert_memory_equal(got, data, sizeof got);
    image_close(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(both_write_in_turns_and_agree),
        in_folder(our_own_are_good_for_qemu),
        in_folder(it_is_never_opened_by_the_name_in_the_image),
        in_folder(wrong_data_files_are_refused),
        in_folder(what_such_images_cannot_do_is_refused),
        in_folder(entries_that_lead_elsewhere_are_damage),
        in_folder(the_data_file_is_locked),
        in_folder(repair_keeps_the_data)
    };
    return cmocka_run_group_tests_name("qcow2 data files", tests, NULL, NULL);
}
