/* Checking and repairing: our verdict is that of qemu-img check on sound and on damaged images, and what a repair
 * leaves satisfies it, with the contents as they were. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 1 << 20 };

static struct image_check check(const char *path, enum image_repair repair)
{
    struct image_check result;
    struct image_error error;
    struct image_check_options options = { .repair = repair };
    if (image_check(path, &options, &result, &error) < 0)
        fail_msg("%s", error.text);
    return result;
}

static const char *const sound[] = {
    "convert -f raw -O qcow2 disk.raw image",
    "convert -f raw -O qcow2 -o compat=0.10,cluster_size=512 disk.raw image",
    "convert -f raw -O qcow2 -c -o cluster_size=512 disk.raw image",
    "convert -f raw -O qcow2 -c -o cluster_size=2M disk.raw image",
    "convert -f raw -O qcow2 -c -o compression_type=zstd,cluster_size=8k disk.raw image",
    "convert -f raw -O qcow2 -o refcount_bits=1,cluster_size=1k disk.raw image",
    "convert -f raw -O qcow2 -o refcount_bits=64,cluster_size=512 disk.raw image",
    "create -f qcow2 -o preallocation=metadata image 10M",
    "convert -f raw -O qcow2 -o extended_l2=on,cluster_size=16k disk.raw image",
    "convert -f raw -O qcow2 -c -o extended_l2=on disk.raw image",
    "create -f qcow2 -o preallocation=metadata,extended_l2=on image 10M",
    "create -f qcow2 -b disk.raw -F raw image",
    "create -f qcow2 image 0",
};

static void sound_images_are_found_sound(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 21);
    put_file("disk.raw", disk, DISK_BYTES);
    free(disk);
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        must("rm -f image && qemu-img %s", sound[i]);
        struct image_check result = check("image", IMAGE_REPAIR_NONE);
        if (result.errors || result.leaks)
            fail_msg("%s: %d errors, %d leaks", sound[i], (int)result.errors, (int)result.leaks);
    }
}

static void snapshots_and_bitmaps_are_in_use(void **state)
{
    (void)state;
    need_qemu();
    must("qemu-img create -f qcow2 -o cluster_size=4k image 4M");
    must("qemu-io -f qcow2 -c 'write -P 3 0 100k' image && qemu-img snapshot -c one image");
    must("qemu-io -f qcow2 -c 'write -P 4 50k 300k' image && qemu-img snapshot -c two image");
    must("qemu-img bitmap --add image b && qemu-io -f qcow2 -c 'write -P 5 1M 64k' image");
    struct image_check result = check("image", IMAGE_REPAIR_NONE);
    assert_int_equal(result.errors + result.leaks, 0);
    assert_true(result.allocated > 80);
    assert_int_equal(result.clusters, 1024);
}

/* --- Damage --- */

static uint64_t seed = 99;

static uint64_t any_entry(const uint8_t *file, uint64_t table, unsigned entries)
{
    for (unsigned tries = 0; tries < 1000; tries++) {
        uint64_t at = table + 8 * (next_random(&seed) % entries);
        if (get_be64(file + at))
            return at;
    }
    return table;
}

/* Where the L1 table, an L2 table and a refcount block lie in the image, of 4 KiB clusters. */
struct places { uint64_t l1, l2, refcounts, block; };

static struct places find_places(const uint8_t *file)
{
    struct places p = { .l1 = get_be64(file + 40), .refcounts = get_be64(file + 48) };
    p.l2 = get_be64(file + p.l1) & UINT64_C(0x00FFFFFFFFFFFE00);
    p.block = get_be64(file + p.refcounts);
    return p;
}

static void refcount_too_high(uint8_t *file, const struct places *p)
{
    uint64_t at = p->block + 2 * (next_random(&seed) % 200);
    put_be16(file + at, (uint16_t)(get_be16(file + at) + 1));
}

static void refcount_zero(uint8_t *file, const struct places *p)
{
    put_be16(file + p->block + 2 * (next_random(&seed) % 200), 0);
}

static void copied_flag_wrong(uint8_t *file, const struct places *p)
{
    uint64_t at = any_entry(file, p->l2, 512);
    put_be64(file + at, get_be64(file + at) ^ UINT64_C(1) << 63);
}

static void two_entries_one_cluster(uint8_t *file, const struct places *p)
{
    put_be64(file + any_entry(file, p->l2, 512), get_be64(file + any_entry(file, p->l2, 512)));
}

static void entry_gone(uint8_t *file, const struct places *p)
{
    put_be64(file + any_entry(file, p->l2, 512), 0);
}

static void data_over_a_table(uint8_t *file, const struct places *p)
{
    put_be64(file + any_entry(file, p->l2, 512), p->l2 | UINT64_C(1) << 63);
}

static void marked_dirty(uint8_t *file, const struct places *p)
{
    (void)p;
    put_be64(file + 72, 1);
}

typedef void damage_fn(uint8_t *file, const struct places *p);

static damage_fn *const damages[] = { refcount_too_high, refcount_zero,     copied_flag_wrong, two_entries_one_cluster,
                                      entry_gone,        data_over_a_table, marked_dirty };

/* The exit code of qemu-img check: 2 errors, 3 leaks only. */
static int verdict(struct image_check result)
{
    return result.errors ? 2 : result.leaks ? 3 : 0;
}

static void damage_is_found_and_repaired_as_by_qemu(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 22);
    put_file("disk.raw", disk, DISK_BYTES);
    free(disk);
    for (unsigned round = 0; round < 30; round++) {
        size_t bytes;
        must("rm -f image && qemu-img convert -f raw -O qcow2 -o cluster_size=4k disk.raw image");
        uint8_t *file = get_file("image", &bytes);
        struct places places = find_places(file);
        bool flags_are_contents = false;
        for (unsigned i = 0; i <= round / 10; i++) {
            damage_fn *damage = damages[(round + i * 3) % (sizeof damages / sizeof *damages)];
            damage(file, &places);
            flags_are_contents |= damage == data_over_a_table;
        }
        put_file("image", file, bytes);
        free(file);
        must("qemu-img convert -f qcow2 -O raw image before");
        struct image_check result = check("image", IMAGE_REPAIR_NONE);
        assert_int_equal(verdict(result), run("qemu-img check -f qcow2 image"));
        result = check("image", IMAGE_REPAIR_ALL);
        assert_int_equal(result.errors_left + result.leaks_left, 0);
        assert_clean("image");
        /* A table that is data as well has changed with its flags, and would be told apart from it by the next
         * write. */
        if (flags_are_contents)
            continue;
        must("qemu-img convert -f qcow2 -O raw image after && cmp before after");
        struct image *image = open_image("image", true);
        assert_int_equal(image_write(image, 5000, "abc", 3), 0);
        must_close(image);
        assert_clean("image");
    }
}

static void repair_of_leaks_leaves_errors_alone(void **state)
{
    (void)state;
    need_qemu();
    size_t bytes, after_bytes;
    uint8_t *disk = make_disk(DISK_BYTES, 23);
    put_file("disk.raw", disk, DISK_BYTES);
    must("qemu-img convert -f raw -O qcow2 -o cluster_size=4k disk.raw image");
    uint8_t *file = get_file("image", &bytes);
    struct places places = find_places(file);
    copied_flag_wrong(file, &places);
    refcount_too_high(file, &places);
    put_file("image", file, bytes);
    struct image_check result = check("image", IMAGE_REPAIR_LEAKS);
    assert_false(result.repaired);
    assert_true(result.errors_left > 0);
    uint8_t *after = get_file("image", &after_bytes);
    assert_int_equal(after_bytes, bytes);
    assert_memory_equal(after, file, bytes);
    free(after);
    free(file);
    free(disk);
}

static void references_that_lead_nowhere_are_not_repaired(void **state)
{
    (void)state;
    struct image_error error;
    struct image_check result;
    size_t bytes, after_bytes;
    uint8_t block[512];
    fill_random(block, sizeof block, 2);
    assert_int_equal(image_create("image", DISK_BYTES, &(struct image_create_options){ .cluster_size = 4096 }, &error),
                     0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 0, block, sizeof block), 0);
    must_close(image);
    for (int kind = 0; kind < 2; kind++) {
        uint8_t *file = get_file("image", &bytes);
        struct places places = find_places(file);
        put_be64(file + places.l2, (kind ? UINT64_C(0x7000200) : UINT64_C(0x7000000)) | UINT64_C(1) << 63);
        put_file("broken", file, bytes);
        struct image_check_options options = { .repair = IMAGE_REPAIR_ALL };
        assert_int_equal(image_check("broken", &options, &result, &error), -EIO);
        assert_non_null(strstr(error.text, "broken"));
        assert_true(result.errors > 0);
        uint8_t *after = get_file("broken", &after_bytes);
        assert_int_equal(after_bytes, bytes);
        assert_memory_equal(after, file, bytes);
        free(after);
        free(file);
    }
}

static void what_is_no_image_is_an_error(void **state)
{
    (void)state;
    struct image_error error;
    struct image_check result;
    put_file("raw", "no image at all", 15);
    assert_int_equal(image_check("raw", NULL, &result, &error), -EINVAL);
    assert_int_equal(image_check("absent", NULL, &result, &error), -ENOENT);
    assert_non_null(strstr(error.text, "absent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(sound_images_are_found_sound),
        in_folder(snapshots_and_bitmaps_are_in_use),
        in_folder(damage_is_found_and_repaired_as_by_qemu),
        in_folder(repair_of_leaks_leaves_errors_alone),
        in_folder(references_that_lead_nowhere_are_not_repaired),
        in_folder(what_is_no_image_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
