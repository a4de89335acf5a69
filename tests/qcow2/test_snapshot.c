/* Internal snapshots and sizes: a model of the disk and of every snapshot, changed at random by us and by qemu-img in
 * turn. The disk and each snapshot read as the model says, by us and by QEMU, and qemu-img finds the image clean. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 1536 * 1024 + 512 * 3, MAX_BYTES = 3 << 20, MAX_SNAPSHOTS = 8, VMSTATE_BYTES = 70001 };

struct disk { uint8_t *data; size_t bytes; };

struct model {
    struct disk now;
    struct { char name[16]; struct disk disk; bool has_vmstate; } snapshot[MAX_SNAPSHOTS];
    unsigned count, made;
    uint64_t seed;
};

static struct disk copy_of(struct disk disk)
{
    struct disk copy = { malloc(MAX_BYTES), disk.bytes };
    assert_non_null(copy.data);
    memcpy(copy.data, disk.data, MAX_BYTES);
    return copy;
}

static void forget_snapshot(struct model *m, unsigned i)
{
    free(m->snapshot[i].disk.data);
    m->snapshot[i] = m->snapshot[--m->count];
}

static void fill_vmstate(uint8_t *state, const char *name)
{
    fill_random(state, VMSTATE_BYTES, (uint64_t)name[1] * 7 + (uint64_t)name[2]);
}

static void ok(struct image *image, int code, const char *what)
{
    if (code < 0)
        fail_msg("%s: %s", what, image_last_error(image));
}

/* --- One change --- */

static void change_contents(struct image *image, struct model *m)
{
    static uint8_t data[200000];
    for (int i = 0; i < 6; i++) {
        uint64_t kind = next_random(&m->seed) % 5, offset = next_random(&m->seed) % m->now.bytes;
        uint64_t bytes = 1 + next_random(&m->seed) % (kind ? 9000 : sizeof data);
        if (bytes > m->now.bytes - offset)
            bytes = m->now.bytes - offset;
        if (kind == 4) {
            ok(image, image_write_zeroes(image, offset, bytes, true), "zero");
            memset(m->now.data + offset, 0, (size_t)bytes);
            continue;
        }
        fill_random(data, (size_t)bytes, next_random(&m->seed) >> 8);
        ok(image, image_write(image, offset, data, (size_t)bytes), "write");
        memcpy(m->now.data + offset, data, (size_t)bytes);
    }
}

static void take(struct image *image, struct model *m)
{
    static uint8_t state[VMSTATE_BYTES];
    if (m->count == MAX_SNAPSHOTS)
        return;
    unsigned i = m->count;
    snprintf(m->snapshot[i].name, sizeof m->snapshot[i].name, "s%02u", m->made++);
    struct image_snapshot what = { .name = m->snapshot[i].name, .seconds = 800000000, .icount = UINT64_MAX };
    m->snapshot[i].has_vmstate = next_random(&m->seed) % 2;
    if (m->snapshot[i].has_vmstate) {
        fill_vmstate(state, what.name);
        ok(image, image_vmstate_write(image, 0, state, 30000), "vmstate");
        ok(image, image_vmstate_write(image, 30000, state + 30000, VMSTATE_BYTES - 30000), "vmstate");
        what.vmstate_bytes = VMSTATE_BYTES;
    }
    ok(image, image_snapshot_create(image, &what), "create");
    m->snapshot[i].disk = copy_of(m->now);
    m->count++;
}

static uint32_t index_of(struct image *image, const char *name)
{
    struct image_snapshot s;
    uint32_t i = 0;
    for (ok(image, image_snapshot_get(image, 0, &s), "get"); strcmp(s.name, name) != 0;)
        ok(image, image_snapshot_get(image, ++i, &s), "get");
    return i;
}

static void apply(struct image *image, struct model *m)
{
    static uint8_t state[VMSTATE_BYTES], read[VMSTATE_BYTES];
    if (!m->count)
        return;
    unsigned i = (unsigned)(next_random(&m->seed) % m->count);
    ok(image, image_snapshot_apply(image, m->snapshot[i].name), "apply");
    free(m->now.data);
    m->now = copy_of(m->snapshot[i].disk);
    if (!m->snapshot[i].has_vmstate)
        return;
    fill_vmstate(state, m->snapshot[i].name);
    uint32_t index = index_of(image, m->snapshot[i].name);
    ok(image, image_snapshot_read_vmstate(image, index, 0, read, sizeof read), "vmstate");
    assert_memory_equal(state, read, sizeof state);
}

static void delete(struct image *image, struct model *m)
{
    if (!m->count)
        return;
    unsigned i = (unsigned)(next_random(&m->seed) % m->count);
    ok(image, image_snapshot_delete(image, m->snapshot[i].name), "delete");
    forget_snapshot(m, i);
}

static void resize(struct image *image, struct model *m)
{
    struct image_layer_info info;
    uint64_t bytes = 512 * (256 + next_random(&m->seed) % (MAX_BYTES / 512 - 256));
    image_layer_info(image, 0, &info);
    if (info.version == 2 && m->count) {
        assert_int_equal(image_resize(image, bytes), -ENOTSUP);
        return;
    }
    ok(image, image_resize(image, bytes), "resize");
    if (bytes < m->now.bytes)
        memset(m->now.data + bytes, 0, MAX_BYTES - (size_t)bytes);
    m->now.bytes = (size_t)bytes;
}

/* The same by QEMU. */
static void let_qemu_change(struct model *m)
{
    unsigned i = m->count ? (unsigned)(next_random(&m->seed) % m->count) : 0;
    switch (next_random(&m->seed) % 4) {
    case 0:
        if (m->count == MAX_SNAPSHOTS)
            return;
        i = m->count++;
        snprintf(m->snapshot[i].name, sizeof m->snapshot[i].name, "s%02u", m->made++);
        must("qemu-img snapshot -c %s image", m->snapshot[i].name);
        m->snapshot[i].disk = copy_of(m->now);
        m->snapshot[i].has_vmstate = false;
        return;
    case 1:
        if (!m->count || m->snapshot[i].disk.bytes != m->now.bytes)
            return;
        must("qemu-img snapshot -a %s image", m->snapshot[i].name);
        free(m->now.data);
        m->now = copy_of(m->snapshot[i].disk);
        return;
    case 2:
        if (!m->count)
            return;
        must("qemu-img snapshot -d %s image", m->snapshot[i].name);
        forget_snapshot(m, i);
        return;
    default:
        must("qemu-io -f qcow2 -c 'write -P 90 4096 70000' image");
        memset(m->now.data + 4096, 90, 70000);
    }
}

/* --- Comparing --- */

static void compare_snapshots(struct model *m)
{
    struct image *image = open_image("image", false);
    uint32_t count;
    ok(image, image_snapshot_count(image, &count), "count");
    assert_int_equal(count, m->count);
    for (unsigned i = 0; i < count; i++) {
        struct image_snapshot s;
        unsigned j = 0;
        ok(image, image_snapshot_get(image, i, &s), "get");
        while (j < m->count && strcmp(m->snapshot[j].name, s.name) != 0)
            j++;
        assert_true(j < m->count);
        assert_int_equal(s.disk_bytes, m->snapshot[j].disk.bytes);
        if (m->snapshot[j].has_vmstate)
            assert_int_equal(s.vmstate_bytes, VMSTATE_BYTES);
    }
    assert_int_equal(image_close(image), 0);
}

/* QEMU exports a snapshot in the disk's present size; what both have must agree. */
static void let_qemu_compare(struct model *m)
{
    assert_clean("image");
    assert_qemu_reads("image", "qcow2", m->now.data, m->now.bytes);
    for (unsigned i = 0; i < m->count; i++) {
        size_t bytes;
        must("qemu-img convert -f qcow2 -O raw -l snapshot.name=%s image snapshot.raw", m->snapshot[i].name);
        uint8_t *got = get_file("snapshot.raw", &bytes);
        if (bytes > m->snapshot[i].disk.bytes)
            bytes = m->snapshot[i].disk.bytes;
        assert_memory_equal(got, m->snapshot[i].disk.data, bytes);
        free(got);
    }
}

static void session(struct model *m)
{
    static void (*const changes[])(struct image *,
                                   struct model *) = { change_contents, change_contents, change_contents, take, take,
                                                       apply,           delete,          resize };
    struct image *image = open_image("image", true);
    for (int i = 0; i < 12; i++)
        changes[next_random(&m->seed) % (sizeof changes / sizeof *changes)](image, m);
    assert_contents(image, m->now.data, m->now.bytes, m->seed);
    must_close(image);
    compare_snapshots(m);
}

static const struct { const char *base, *image; } targets[] = {
    { "", "create -f qcow2 -o extended_l2=on,cluster_size=16k image 1574400" },
    { "", "create -f qcow2 -o extended_l2=on -b disk.raw -F raw image 1M" },
    { "", "create -f qcow2 image 1574400" },
    { "", "create -f qcow2 -o cluster_size=512 image 1574400" },
    { "", "create -f qcow2 -o cluster_size=512,compat=0.10 image 1574400" },
    { "", "create -f qcow2 -o cluster_size=2M image 1574400" },
    { "", "create -f qcow2 -o cluster_size=4k,preallocation=metadata image 1574400" },
    { "", "create -f qcow2 -o cluster_size=1k,refcount_bits=64 image 1574400" },
    { "", "create -f qcow2 -o cluster_size=4k,refcount_bits=4 image 1574400" },
    { "", "convert -f raw -O qcow2 -c -o cluster_size=4k disk.raw image" },
    { "", "convert -f raw -O qcow2 -c -o compression_type=zstd disk.raw image" },
    { "", "create -f qcow2 -o cluster_size=8k -b disk.raw -F raw image 1M" },
    { "convert -f raw -O qcow2 -o cluster_size=512 disk.raw base", "create -f qcow2 -b base -F qcow2 image 1574400" },
};

static void random_snapshots_agree_with_qemu(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 11);
    put_file("disk.raw", disk, DISK_BYTES);
    free(disk);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct model m = { .seed = i * 2 + 1 };
        must("rm -f base image");
        if (targets[i].base[0])
            must("qemu-img %s", targets[i].base);
        must("qemu-img %s", targets[i].image);
        must("qemu-img convert -f qcow2 -O raw image before");
        uint8_t *before = get_file("before", &m.now.bytes);
        m.now.data = calloc(1, MAX_BYTES);
        memcpy(m.now.data, before, m.now.bytes);
        free(before);
        for (int round = 0; round < 4; round++) {
            session(&m);
            let_qemu_compare(&m);
            let_qemu_change(&m);
        }
        while (m.count)
            forget_snapshot(&m, 0);
        free(m.now.data);
    }
}

static void snapshots_need_room_in_the_refcounts(void **state)
{
    (void)state;
    struct image_error error;
    uint8_t data[5000];
    struct image_create_options narrow = { .refcount_bits = 1 };
    struct image_snapshot what = { .name = "never" };
    fill_random(data, sizeof data, 5);
    assert_int_equal(image_create("image", 1 << 20, &narrow, &error), 0);
    struct image *image = open_image("image", true);
    ok(image, image_write(image, 100, data, sizeof data), "write");
    assert_int_equal(image_snapshot_create(image, &what), -ERANGE);
    assert_non_null(strstr(image_last_error(image), "1 bits"));
    ok(image, image_write(image, 200, data, sizeof data), "write");
    must_close(image);
    need_qemu();
    assert_clean("image");
}

static void snapshots_that_are_not_there_are_told(void **state)
{
    (void)state;
    struct image_error error;
    uint32_t count;
    assert_int_equal(image_create("image", 1 << 20, NULL, &error), 0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_snapshot_apply(image, "lost"), -ENOENT);
    assert_non_null(strstr(image_last_error(image), "lost"));
    assert_int_equal(image_snapshot_delete(image, "lost"), -ENOENT);
    must_close(image);
    image = open_image("image", false);
    assert_int_equal(image_snapshot_create(image, &(struct image_snapshot){ .name = "x" }), -EROFS);
    assert_int_equal(image_close(image), 0);
    put_file("raw", "0123456789", 10);
    image = open_image("raw", false);
    assert_int_equal(image_snapshot_count(image, &count), -ENOTSUP);
    assert_int_equal(image_close(image), 0);
}

/* A snapshot whose L2 table is the header: deleting it would give the header's cluster away. */
static void snapshot_over_other_metadata_is_refused(void **state)
{
    (void)state;
    struct image_error error;
    size_t bytes;
    uint8_t block[512];
    fill_random(block, sizeof block, 1);
    assert_int_equal(image_create("image", 1 << 20, NULL, &error), 0);
    struct image *image = open_image("image", true);
    ok(image, image_write(image, 0, block, sizeof block), "write");
    ok(image, image_snapshot_create(image, &(struct image_snapshot){ .name = "s" }), "create");
    must_close(image);
    uint8_t *file = get_file("image", &bytes);
    uint64_t table = get_be64(file + 64), l1 = get_be64(file + table), refcounts = get_be64(file + 48);
    put_be64(file + l1, refcounts);
    put_file("image", file, bytes);
    image = open_image("image", true);
    assert_int_equal(image_snapshot_delete(image, "s"), -EIO);
    assert_int_equal(image_snapshot_apply(image, "s"), -EIO);
    image_close(image);
    free(file);
}

static void machine_state_takes_what_lies_behind_the_disk(void **state)
{
    (void)state;
    need_qemu();
    uint8_t data[100], zeros[100] = { 0 };
    fill_random(data, sizeof data, 4);
    must("truncate -s 64M base.raw && printf x | dd of=base.raw bs=1 seek=40M conv=notrunc");
    must("qemu-img create -f qcow2 -o cluster_size=512 -b base.raw -F raw image 30K");
    struct image *image = open_image("image", true);
    ok(image, image_vmstate_read(image, 1000, data, sizeof data), "read");
    assert_memory_equal(data, zeros, sizeof data);
    fill_random(data, sizeof data, 4);
    ok(image, image_vmstate_write(image, UINT64_C(1) << 20, data, sizeof data), "write");
    ok(image, image_vmstate_read(image, (UINT64_C(1) << 20) - 50, data, sizeof data), "read");
    assert_memory_equal(data, zeros, 50);
    assert_int_equal(image_vmstate_write(image, INT64_MAX - 5, data, sizeof data), -EFBIG);
    must_close(image);
    assert_clean("image");
}

/* Machine state that went into no snapshot lies behind the end of the disk, where a larger disk has contents. */
static void a_larger_disk_shows_no_machine_state(void **state)
{
    static const struct image_create_options shapes[] = { { .cluster_size = 512 },
                                                          { .cluster_size = 512, .version = 2 },
                                                          { .cluster_size = 16384, .extended_l2 = true } };
    (void)state;
    uint8_t data[100000], zeros[100000] = { 0 };
    fill_random(data, sizeof data, 5);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct image_snapshot what = { .name = "s", .vmstate_bytes = sizeof data };
        assert_int_equal(image_create("image", 70000, &shapes[i], NULL), 0);
        struct image *image = open_image("image", true);
        ok(image, image_vmstate_write(image, 0, data, sizeof data), "write");
        ok(image, image_snapshot_create(image, &what), "create");
        ok(image, image_snapshot_apply(image, "s"), "apply");
        ok(image, image_vmstate_write(image, 0, data, sizeof data), "write");
        if (shapes[i].version == 2)
            ok(image, image_snapshot_delete(image, "s"), "delete");
        ok(image, image_resize(image, 32 << 20), "resize");
        for (uint64_t at = 0; at < 32 << 20; at += sizeof zeros) {
            size_t bytes = (32 << 20) - at < sizeof zeros ? (size_t)((32 << 20) - at) : sizeof zeros;
            ok(image, image_read(image, at, data, bytes), "read");
            assert_memory_equal(data, zeros, bytes);
        }
        must_close(image);
        assert_clean("image");
        must("rm image");
        fill_random(data, sizeof data, 5);
    }
}

static void machine_state_stays_with_its_snapshot(void **state)
{
    (void)state;
    need_qemu();
    static uint8_t data[300000], read[300000];
    struct image_snapshot what = { .name = "s", .vmstate_bytes = sizeof data };
    fill_random(data, sizeof data, 6);
    must("qemu-img create -f qcow2 -o cluster_size=4k image 128k && qemu-io -f qcow2 -c 'write 0 128k' image");
    struct image *image = open_image("image", true);
    ok(image, image_vmstate_write(image, 0, data, sizeof data), "write");
    ok(image, image_snapshot_create(image, &what), "create");
    ok(image, image_snapshot_apply(image, "s"), "apply");
    ok(image, image_snapshot_read_vmstate(image, 0, 0, read, sizeof read), "read");
    assert_memory_equal(data, read, sizeof data);
    must_close(image);
    assert_clean("image");
    must("qemu-img check -f qcow2 image | grep -q '^32/32 = 100.00%% allocated'");
    image = open_image("image", true);
    ok(image, image_vmstate_write(image, 0, data, sizeof data), "write");
    ok(image, image_vmstate_forget(image), "forget");
    must_close(image);
    must("qemu-img check -f qcow2 image | grep -q '^32/32 = 100.00%% allocated'");
}

/* Both ends of going back in two steps, with a disk of another size then. */
static void going_back_can_be_taken_back(void **state)
{
    (void)state;
    need_qemu();
    uint8_t old[100000], new[150000], read[150000];
    fill_random(old, sizeof old, 7);
    fill_random(new, sizeof new, 8);
    assert_int_equal(image_create("image", sizeof old, &(struct image_create_options){ .cluster_size = 512 }, NULL), 0);
    struct image *image = open_image("image", true);
    struct image_switch *w;
    ok(image, image_write(image, 0, old, sizeof old), "write");
    ok(image, image_snapshot_create(image, &(struct image_snapshot){ .name = "s" }), "create");
    ok(image, image_resize(image, sizeof new), "resize");
    ok(image, image_write(image, 0, new, sizeof new), "write");
    for (int keep = 0; keep < 2; keep++) {
        ok(image, image_snapshot_switch(image, "s", &w), "switch");
        assert_contents(image, old, sizeof old, 1);
        ok(image, image_snapshot_settle(image, w, keep), "settle");
        assert_contents(image, keep ? old : new, keep ? sizeof old : sizeof new, 1);
        ok(image, image_write(image, 0, keep ? new : old, 20000), "write");
        ok(image, image_read(image, 0, read, 20000), "read");
        assert_memory_equal(read, keep ? new : old, 20000);
        if (!keep)
            ok(image, image_write(image, 0, new, 20000), "write");
        ok(image, image_flush(image), "flush");
        must("qemu-img check -U -f qcow2 image");
    }
    ok(image, image_snapshot_apply(image, "s"), "apply");
    assert_contents(image, old, sizeof old, 1);
    must_close(image);
    assert_clean("image");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(random_snapshots_agree_with_qemu),
        in_folder(snapshots_need_room_in_the_refcounts),
        in_folder(snapshots_that_are_not_there_are_told),
        in_folder(snapshot_over_other_metadata_is_refused),
        in_folder(machine_state_takes_what_lies_behind_the_disk),
        in_folder(a_larger_disk_shows_no_machine_state),
        in_folder(machine_state_stays_with_its_snapshot),
        in_folder(going_back_can_be_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
