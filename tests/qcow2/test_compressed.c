/* Compressed clusters: the cache of inflated ones, streams as no known writer makes them, and compressing side by
 * side. */
#include "tests/qcow2/tools.h"

#include <zlib.h>

enum { CLUSTER = 65536 };

static void ok(struct image *image, int code)
{
    if (code < 0)
        fail_msg("%s", image_last_error(image));
}

static void fill_cluster(struct image *image, uint64_t cluster, int value)
{
    uint8_t data[CLUSTER];
    memset(data, value, sizeof data);
    ok(image, image_write_compressed(image, cluster * CLUSTER, data, CLUSTER));
}

static void assert_filled(struct image *image, uint64_t cluster, int value)
{
    uint8_t data[512];
    ok(image, image_read(image, cluster * CLUSTER + 1024, data, sizeof data));
    for (size_t i = 0; i < sizeof data; i++)
        assert_int_equal(data[i], value);
}

/* The new contents are as long as the old ones, so their entry is the same. */
static void a_place_used_again_shows_its_new_contents(void **state)
{
    struct image_extent before, after;
    (void)state;
    assert_int_equal(image_create("image", 1 << 20, NULL, NULL), 0);
    struct image *image = open_image("image", true);
    fill_cluster(image, 3, 1);
    assert_filled(image, 3, 1);
    ok(image, image_map(image, 3 * CLUSTER, &before));
    ok(image, image_discard(image, 3 * CLUSTER, CLUSTER));
    ok(image, image_flush(image));
    fill_cluster(image, 3, 2);
    ok(image, image_map(image, 3 * CLUSTER, &after));
    assert_int_equal(after.host_offset, before.host_offset);
    assert_filled(image, 3, 2);
    must_close(image);
}

/* Puts BYTES behind the end of the file, and lets the first cluster be that. */
static void plant(const uint8_t *stream, size_t bytes)
{
    size_t size;
    uint8_t *file = get_file("image", &size), *larger = calloc(1, size + bytes + 1024);
    memcpy(larger, file, size);
    memcpy(larger + size, stream, bytes);
    uint64_t l1 = get_be64(file + 40), l2 = get_be64(file + l1) & UINT64_C(0x00FFFFFFFFFFFE00);
    put_be64(larger + l2, UINT64_C(1) << 62 | (uint64_t)((bytes - 1) / 512) << 54 | size);
    put_file("image", larger, size + (bytes + 511) / 512 * 512);
    free(file);
    free(larger);
}

static size_t deflate_raw(const uint8_t *data, size_t bytes, uint8_t *out, size_t room, int flush)
{
    z_stream stream = { 0 };
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, -12, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (uint8_t *)data;
    stream.avail_in = (uInt)bytes;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    deflate(&stream, flush);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

/* As long as a cluster, longer, without an end, and shorter: QEMU takes the first two. */
static void streams_are_judged_by_the_cluster_they_yield(void **state)
{
    static const struct { size_t bytes; int flush; int code; } streams[] = {
        { CLUSTER, Z_FINISH, 0 }, { CLUSTER + 1, Z_FINISH, 0 }, { 3 * CLUSTER, Z_FINISH, 0 },
        { CLUSTER, Z_SYNC_FLUSH, -EIO }, { CLUSTER - 1, Z_FINISH, -EIO }, { CLUSTER - 1, Z_SYNC_FLUSH, -EIO },
    };
    static uint8_t data[3 * CLUSTER], packed[3 * CLUSTER], read[CLUSTER];
    (void)state;
    need_qemu();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)"etaoin shrdlu"[i * i % 13];
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        must("rm -f image && qemu-img create -f qcow2 image 1M && qemu-io -f qcow2 -c 'write 0 64k' image");
        plant(packed, deflate_raw(data, streams[i].bytes, packed, sizeof packed, streams[i].flush));
        struct image *image = open_image("image", false);
        if (image_read(image, 0, read, CLUSTER) != streams[i].code)
            fail_msg("stream %zu: %s", i, image_last_error(image));
        if (!streams[i].code)
            assert_memory_equal(read, data, CLUSTER);
        assert_int_equal(image_close(image), 0);
        assert_int_equal(run("qemu-io -r -f qcow2 -c 'read 0 64k' image | grep -q 'read failed'") != 0,
                         streams[i].code == 0);
    }
}

/* One cluster after the other, without a team. */
static void compress_alone(const char *path, const uint8_t *data, size_t bytes, uint32_t cluster)
{
    static const uint8_t none[2 << 20];
    struct image *image = open_image(path, true);
    for (size_t at = 0; at < bytes; at += cluster) {
        size_t part = bytes - at < cluster ? bytes - at : cluster;
        if (memcmp(data + at, none, part) != 0)
            ok(image, image_write_compressed(image, at, data + at, part));
    }
    must_close(image);
}

static void a_team_writes_what_one_writes(void **state)
{
    static const struct image_create_options shapes[] = {
        { .cluster_size = 512 }, { .cluster_size = 65536 }, { .cluster_size = 65536, .zstd = true },
        { .cluster_size = 2 << 20 }, { .cluster_size = 2 << 20, .zstd = true },
    };
    (void)state;
    need_qemu();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t bytes = (shapes[i].cluster_size == 512 ? 300 << 10 : 19 << 20) + 512 * 77, one_bytes, other_bytes;
        uint8_t *data = make_disk(bytes, i);
        put_file("disk", data, bytes);
        must("rm -f one other");
        assert_int_equal(image_create("one", bytes, &shapes[i], NULL), 0);
        assert_int_equal(image_create("other", bytes, &shapes[i], NULL), 0);
        struct image *source = open_image("disk", false), *target = open_image("one", true);
        ok(target, image_copy(target, source, &(struct image_copy_options){ .compress = true }));
        must_close(target);
        assert_int_equal(image_close(source), 0);
        compress_alone("other", data, bytes, shapes[i].cluster_size);
        uint8_t *one = get_file("one", &one_bytes), *other = get_file("other", &other_bytes);
        assert_int_equal(one_bytes, other_bytes);
        assert_memory_equal(one, other, one_bytes);
        assert_clean("one");
        must("qemu-img compare -f qcow2 -F raw one disk");
        free(one);
        free(other);
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_place_used_again_shows_its_new_contents),
        in_folder(streams_are_judged_by_the_cluster_they_yield),
        in_folder(a_team_writes_what_one_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
