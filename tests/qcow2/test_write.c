/* Writing: whatever is written where, the image reads as a plain array of bytes would, QEMU reads the same, and
 * qemu-img check finds no error and no leak. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 2 * 1024 * 1024 + 512 * 5 };

/* Writes COUNT stretches of random places, lengths and contents to IMAGE and to MODEL. */
static void write_randomly(struct image *image, uint8_t *model, unsigned count, uint64_t seed)
{
    uint64_t size = image_size(image);
    uint8_t *data = malloc(300000);
    assert_non_null(data);
    seed = seed * 2 + 1;
    for (unsigned i = 0; i < count; i++) {
        size_t kind = next_random(&seed) % 8, bytes = 1 + next_random(&seed) % (kind ? 5000 : 300000);
        uint64_t offset = next_random(&seed) % size;
        if (kind > 4) {
            offset &= ~UINT64_C(511);
            bytes = (bytes + 511) & ~(size_t)511;
        }
        if (bytes > size - offset)
            bytes = (size_t)(size - offset);
        fill_random(data, bytes, next_random(&seed) >> 8);
        if (image_write(image, offset, data, bytes) < 0)
            fail_msg("write %u: %s", i, image_last_error(image));
        memcpy(model + offset, data, bytes);
        if (next_random(&seed) % 16 == 0)
            assert_int_equal(image_flush(image), 0);
    }
    free(data);
}

/* Writes, reads back, closes, and lets QEMU judge. */
static void exercise(const char *path, uint8_t *model, size_t bytes, uint64_t seed)
{
    struct image *image = open_image(path, true);
    write_randomly(image, model, 40, seed);
    assert_contents(image, model, bytes, seed);
    must_close(image);
    image = open_image(path, true);
    write_randomly(image, model, 15, seed + 1000);
    must_close(image);
    assert_clean(path);
    assert_qemu_reads(path, "qcow2", model, bytes);
}

/* Images to write to, as arguments of qemu-img. BASE is made first if it is not empty. */
static const struct { const char *base, *image;
} targets[] = {
    { "", "create -f qcow2 -o extended_l2=on image 2099712" },
    { "", "create -f qcow2 -o extended_l2=on,cluster_size=16k -b disk.raw -F raw image" },
    { "", "convert -f raw -O qcow2 -c -o extended_l2=on,cluster_size=16k disk.raw image" },
    { "convert -f raw -O qcow2 disk.raw base",
      "create -f qcow2 -o extended_l2=on,cluster_size=2M -b base -F qcow2 image 3M" },
    { "", "create -f qcow2 -o compat=0.10 image 2099712" },
    { "", "create -f qcow2 -o cluster_size=512,compat=0.10 image 2099712" },
    { "", "create -f qcow2 -o cluster_size=2M image 2099712" },
    { "", "create -f qcow2 -o lazy_refcounts=on image 2099712" },
    { "", "create -f qcow2 -o preallocation=metadata,cluster_size=4k image 2099712" },
    { "", "create -f qcow2 -o preallocation=full image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=1,cluster_size=512 image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=2 image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=4,cluster_size=1k image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=8 image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=32 image 2099712" },
    { "", "create -f qcow2 -o refcount_bits=64,cluster_size=512 image 2099712" },
    { "", "convert -f raw -O qcow2 -c disk.raw image" },
    { "", "convert -f raw -O qcow2 -c -o cluster_size=512,compat=0.10 disk.raw image" },
    { "", "convert -f raw -O qcow2 -c -o cluster_size=2M disk.raw image" },
    { "", "convert -f raw -O qcow2 -c -o cluster_size=4k,refcount_bits=8 disk.raw image" },
    { "", "convert -f raw -O qcow2 -c -o compression_type=zstd disk.raw image" },
    { "", "create -f qcow2 -b disk.raw -F raw image" },
    { "convert -f raw -O qcow2 -c disk.raw base", "create -f qcow2 -o cluster_size=1k -b base -F qcow2 image" },
    { "convert -f raw -O qcow2 -o cluster_size=512 disk.raw base", "create -f qcow2 -b base -F qcow2 image" },
    { "convert -f raw -O qcow2 disk.raw base", "create -f qcow2 -b base -F qcow2 image 3M" },
    { "convert -f raw -O qcow2 disk.raw base", "create -f qcow2 -o compat=0.10 -b base -F qcow2 image 1000k" }
};

static void random_writes_agree_with_qemu(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 7);
    put_file("disk.raw", disk, DISK_BYTES);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        size_t bytes;
        must("rm -f base image");
        if (targets[i].base[0])
            must("qemu-img %s", targets[i].base);
        must("qemu-img %s", targets[i].image);
        must("qemu-img convert -f qcow2 -O raw image before");
        uint8_t *model = get_file("before", &bytes);
        exercise("image", model, bytes, i);
        free(model);
    }
    free(disk);
}

static void images_made_here_agree_with_qemu(void **state)
{
    static const struct image_create_options shapes[] = {
        { 0 }, { .version = 2 }, { .cluster_size = 512 }, { .cluster_size = 2 << 20 },
        { .cluster_size = 512, .refcount_bits = 64 }, { .cluster_size = 1024, .refcount_bits = 1 },
        { .refcount_bits = 2 }, { .cluster_size = 4096, .version = 2 }
    };
    (void)state;
    need_qemu();
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct image_error error;
        uint8_t *model = calloc(1, DISK_BYTES);
        remove("image");
        if (image_create("image", DISK_BYTES, &shapes[i], &error) < 0)
            fail_msg("%s", error.text);
        assert_clean("image");
        exercise("image", model, DISK_BYTES, i + 50);
        free(model);
    }
}

static void impossible_shapes_are_refused(void **state)
{
    static const struct image_create_options shapes[] = {
        { .cluster_size = 256 }, { .cluster_size = 4 << 20 }, { .cluster_size = 5000 }, { .version = 4 },
        { .refcount_bits = 3 }, { .refcount_bits = 128 }, { .version = 2, .refcount_bits = 8 }
    };
    struct image_error error;
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        assert_int_equal(image_create("image", DISK_BYTES, &shapes[i], &error), -EINVAL);
    assert_int_equal(image_create("image", UINT64_MAX, NULL, &error), -EINVAL);
    assert_int_equal(image_create("image", UINT64_C(1) << 40, &(struct image_create_options){ .cluster_size = 512 },
                                  &error), -EINVAL);
    assert_int_equal(access("image", F_OK), -1);
    put_file("image", "precious", 8);
    assert_int_equal(image_create("image", DISK_BYTES, NULL, &error), -EEXIST);
}

static void refcount_table_grows(void **state)
{
    enum { BYTES = 12 << 20 };
    struct image_create_options shape = { .cluster_size = 512, .refcount_bits = 64 };
    struct image_error error;
    (void)state;
    need_qemu();
    uint8_t *model = malloc(BYTES);
    assert_int_equal(image_create("image", BYTES, &shape, &error), 0);
    struct image *image = open_image("image", true);
    fill_random(model, BYTES, 9);
    for (size_t at = 0; at < BYTES; at += 100000) {
        size_t bytes = BYTES - at < 100000 ? BYTES - at : 100000;
        assert_int_equal(image_write(image, at, model + at, bytes), 0);
        if (at % 1600000 == 0)
            assert_int_equal(image_flush(image), 0);
    }
    assert_contents(image, model, BYTES, 1);
    must_close(image);
    assert_clean("image");
    assert_qemu_reads("image", "qcow2", model, BYTES);
    free(model);
}

static void table_caches_smaller_than_the_disk_do(void **state)
{
    enum { SPREAD = 24000 };            /* L2 tables of 512 bytes, more than the cache holds */
    struct image_create_options shape = { .cluster_size = 512 };
    struct image_error error;
    uint64_t step = 64 * 512;
    uint8_t sector[512];
    (void)state;
    need_qemu();
    assert_int_equal(image_create("image", SPREAD * step, &shape, &error), 0);
    struct image *image = open_image("image", true);
    for (uint64_t i = 0; i < SPREAD; i++) {
        memset(sector, (int)(i % 251), sizeof sector);
        assert_int_equal(image_write(image, i * step + 512 * (i % 60), sector, sizeof sector), 0);
    }
    for (uint64_t i = 0; i < SPREAD; i += 7) {
        assert_int_equal(image_read(image, i * step + 512 * (i % 60), sector, sizeof sector), 0);
        assert_int_equal(sector[100], i % 251);
    }
    assert_int_equal(image_allocated_clusters(image, 0), SPREAD);
    must_close(image);
    assert_clean("image");
    image = open_image("image", false);
    assert_int_equal(image_read(image, 23999 * step + 512 * (23999 % 60), sector, sizeof sector), 0);
    assert_int_equal(sector[0], 23999 % 251);
    must_close(image);
}

static void snapshots_keep_what_they_hold(void **state)
{
    static const char *const shapes[] = { "", "-o cluster_size=512", "-o compat=0.10", "-o refcount_bits=2" };
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 11);
    put_file("disk.raw", disk, DISK_BYTES);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        size_t bytes;
        uint8_t *model = malloc(DISK_BYTES);
        memcpy(model, disk, DISK_BYTES);
        must("qemu-img convert %s -f raw -O qcow2 %s disk.raw image", i ? "" : "-c", shapes[i]);
        must("qemu-img snapshot -c first image");
        exercise("image", model, DISK_BYTES, i + 20);
        must("cp image copy");
        if (strstr(shapes[i], "_bits") == NULL)
            must("qemu-img snapshot -c second image");
        put_file("model.raw", model, DISK_BYTES);
        exercise("image", model, DISK_BYTES, i + 30);
        must("qemu-img convert -f qcow2 -l first -O raw image first.raw");
        uint8_t *first = get_file("first.raw", &bytes);
        assert_memory_equal(first, disk, DISK_BYTES);
        free(first);
        if (strstr(shapes[i], "_bits") == NULL)
            must("qemu-img convert -f qcow2 -l second -O raw image second.raw && cmp second.raw model.raw");
        must("qemu-img snapshot -d first image");
        exercise("image", model, DISK_BYTES, i + 40);
        free(model);
    }
    free(disk);
}

static void qemu_and_we_take_turns(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *model = calloc(1, 4 << 20);
    must("qemu-img create -f qcow2 -o cluster_size=4k image 4M");
    for (unsigned turn = 0; turn < 4; turn++) {
        exercise("image", model, 4 << 20, turn);
        must("qemu-io -f qcow2 -c 'write -P %u %uk 300k' -c 'write -z %uk 64k' -c 'discard %uk 64k' image", turn + 1,
             turn * 300, turn * 400 + 500, turn * 100 + 1000);
        assert_clean("image");
        memset(model + turn * 300 * 1024, (int)turn + 1, 300 * 1024);
        memset(model + (turn * 400 + 500) * 1024, 0, 64 * 1024);
        memset(model + (turn * 100 + 1000) * 1024, 0, 64 * 1024);
        assert_qemu_reads("image", "qcow2", model, 4 << 20);
    }
    free(model);
}

static void zero_clusters_keep_their_place(void **state)
{
    struct image_layer_info before, after;
    (void)state;
    need_qemu();
    uint8_t *model = calloc(1, 1 << 20);
    must("qemu-img create -f qcow2 image 1M");
    must("qemu-io -f qcow2 -c 'write -P 9 0 1M' -c 'write -z 0 1M' image");
    struct image *image = open_image("image", true);
    image_layer_info(image, 0, &before);
    write_randomly(image, model, 30, 3);
    assert_contents(image, model, 1 << 20, 3);
    must_close(image);
    image = open_image("image", false);
    image_layer_info(image, 0, &after);
    must_close(image);
    assert_int_equal(before.file_size, after.file_size);
    assert_clean("image");
    assert_qemu_reads("image", "qcow2", model, 1 << 20);
    free(model);
}

static void freed_clusters_are_used_again(void **state)
{
    struct image_layer_info before, after;
    static uint8_t data[1 << 20];
    (void)state;
    need_qemu();
    for (size_t at = 0; at < sizeof data; at += 4096)       /* compresses to about 2700 bytes a cluster */
        fill_random(data + at, 2600, at);
    put_file("disk", data, sizeof data);
    must("qemu-img convert -c -f raw -O qcow2 -o cluster_size=4k disk image && qemu-img resize image 2M");
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 100, data, sizeof data - 200), 0);
    assert_int_equal(image_flush(image), 0);
    image_layer_info(image, 0, &before);
    assert_int_equal(image_write(image, 1 << 20, data, 500000), 0);
    assert_int_equal(image_flush(image), 0);
    image_layer_info(image, 0, &after);
    must_close(image);
    assert_true(after.file_size <= before.file_size + 8192);
    assert_clean("image");
}

static void raw_images_are_written_in_place(void **state)
{
    (void)state;
    size_t bytes;
    uint8_t *model = make_disk(300001, 4);
    put_file("disk", model, 300001);
    struct image *image = open_image("disk", true);
    write_randomly(image, model, 50, 5);
    assert_contents(image, model, 300001, 5);
    must_close(image);
    uint8_t *file = get_file("disk", &bytes);
    assert_int_equal(bytes, 300001);
    assert_memory_equal(file, model, 300001);
    free(file);
    free(model);
}

static void a_raw_disk_does_not_become_a_qcow2_image(void **state)
{
    static const uint8_t magic[4] = { 'Q', 'F', 'I', 0xFB };
    struct image *image;
    struct image_error error;
    struct image_options named = { .writable = true, .format = IMAGE_FORMAT_RAW };
    uint8_t disk[1024] = { 0 };
    (void)state;
    put_file("disk", disk, sizeof disk);
    image = open_image("disk", true);
    assert_int_equal(image_write(image, 0, magic, 4), -EPERM);
    assert_int_equal(image_write(image, 0, magic, 3), 0);
    assert_int_equal(image_write(image, 2, magic + 2, 2), -EPERM);
    assert_int_equal(image_write(image, 4, magic, 4), 0);
    must_close(image);
    assert_int_equal(image_open(&image, "disk", &named, &error), 0);
    assert_int_equal(image_write(image, 0, magic, 4), 0);
    must_close(image);
    assert_int_equal(image_open(&image, "disk", &named, &error), 0);
    assert_int_equal(image_size(image), 1024);
    must_close(image);
}

static void autoclear_bits_go_when_opened_for_writing(void **state)
{
    size_t bytes;
    (void)state;
    struct image_error error;
    assert_int_equal(image_create("image", 1 << 20, NULL, &error), 0);
    uint8_t *file = get_file("image", &bytes);
    file[88 + 2] = 0x40;
    put_file("image", file, bytes);
    free(file);
    must_close(open_image("image", false));
    file = get_file("image", &bytes);
    assert_int_equal(file[88 + 2], 0x40);
    free(file);
    must_close(open_image("image", true));
    file = get_file("image", &bytes);
    assert_int_equal(file[88 + 2], 0);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(random_writes_agree_with_qemu),
        in_folder(images_made_here_agree_with_qemu),
        in_folder(impossible_shapes_are_refused),
        in_folder(refcount_table_grows),
        in_folder(table_caches_smaller_than_the_disk_do),
        in_folder(snapshots_keep_what_they_hold),
        in_folder(qemu_and_we_take_turns),
        in_folder(zero_clusters_keep_their_place),
        in_folder(freed_clusters_are_used_again),
        in_folder(raw_images_are_written_in_place),
        in_folder(a_raw_disk_does_not_become_a_qcow2_image),
        in_folder(autoclear_bits_go_when_opened_for_writing)
    };
    return cmocka_run_group_tests_name("qcow2 writing", tests, NULL, NULL);
}
