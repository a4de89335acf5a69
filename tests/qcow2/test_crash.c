/* Stopping anywhere: the host's writes and syncs are logged, then the file is rebuilt as it could be found after a
 * crash at any point: all writes up to the last sync before it, and any of those after it. Such a file has no errors,
 * at most leaked clusters, and holds all that was flushed.
 *
 * This program's own pwrite, pread and fdatasync stand before libc's. */
#define _FILE_OFFSET_BITS 64
#include "tests/qcow2/tools.h"

#include <sys/syscall.h>

enum { DISK_BYTES = 512 * 1024, ROUNDS = 7, WRITES = 6, SAMPLES = 12, WAYS = 12 };

struct logged { uint64_t offset; uint8_t *data; size_t bytes; };    /* no data: a sync */

static struct {
    bool on;
    struct logged *entries;
    size_t count, room;
    unsigned reads;
    uint8_t *start;             /* the file before */
    size_t start_bytes;
} journal;

static void log_entry(uint64_t offset, const void *data, size_t bytes)
{
    if (!journal.on)
        return;
    if (journal.count == journal.room) {
        journal.room = journal.room * 2 + 64;
        journal.entries = realloc(journal.entries, journal.room * sizeof *journal.entries);
    }
    struct logged entry = { .offset = offset, .bytes = bytes, .data = data ? malloc(bytes) : NULL };
    if (data)
        memcpy(entry.data, data, bytes);
    journal.entries[journal.count++] = entry;
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
    log_entry((uint64_t)offset, data, bytes);
    return syscall(SYS_pwrite64, fd, data, bytes, offset);
}

ssize_t pread(int fd, void *data, size_t bytes, off_t offset)
{
    journal.reads++;
    return syscall(SYS_pread64, fd, data, bytes, offset);
}

int fdatasync(int fd)
{
    (void)fd;
    log_entry(0, NULL, 0);
    return 0;
}

static void forget_journal(void)
{
    for (size_t i = 0; i < journal.count; i++)
        free(journal.entries[i].data);
    free(journal.entries);
    free(journal.start);
    memset(&journal, 0, sizeof journal);
}

/* What a flush promised: everything of MODEL, once POSITION entries are in the journal. */
struct promise { size_t position; uint8_t *model; };

/* A file as it is found after a crash, in memory. */
struct wreck { uint8_t *data; size_t bytes; };

/* The first COUNT entries of the journal over the file before; of those after the last sync among them only some,
 * chosen by SEED. */
static struct wreck rebuild(size_t count, uint64_t seed)
{
    size_t stable = count;
    struct wreck wreck = { .bytes = journal.start_bytes };
    while (stable > 0 && journal.entries[stable - 1].data)
        stable--;
    for (size_t i = 0; i < count; i++)
        if (journal.entries[i].offset + journal.entries[i].bytes > wreck.bytes)
            wreck.bytes = (size_t)journal.entries[i].offset + journal.entries[i].bytes;
    wreck.data = calloc(1, wreck.bytes);
    assert_non_null(wreck.data);
    memcpy(wreck.data, journal.start, journal.start_bytes);
    for (size_t i = 0; i < count; i++) {
        struct logged *entry = &journal.entries[i];
        if (entry->data && (i < stable || next_random(&seed) & 1))
            memcpy(wreck.data + entry->offset, entry->data, entry->bytes);
    }
    return wreck;
}

static uint64_t wreck_be64(const struct wreck *wreck, uint64_t at)
{
    if (at > wreck->bytes - 8)
        fail_msg("a table at %llu, but the file has %zu bytes", (unsigned long long)at, wreck->bytes);
    return get_be64(wreck->data + at);
}

/* The refcount that the file gives for a host cluster. Widths of 16 and 64 bits only. */
static uint64_t wreck_count(const struct wreck *wreck, uint64_t cluster)
{
    unsigned bits = get_be32(wreck->data + 20), order = get_be32(wreck->data + 96), per_block = bits + 3 - order;
    uint64_t table = get_be64(wreck->data + 48), index = cluster >> per_block;
    if (index >= (uint64_t)get_be32(wreck->data + 56) << bits >> 3)
        return 0;
    uint64_t block = wreck_be64(wreck, table + index * 8), at = cluster & ((UINT64_C(1) << per_block) - 1);
    if (!block)
        return 0;
    uint64_t word = wreck_be64(wreck, block + (order == 6 ? at * 8 : at * 2 & ~UINT64_C(7)));
    return order == 6 ? word : word >> (48 - at % 4 * 16) & 0xFFFF;
}

/* Notes one reference to each cluster of a range in REFERENCES. */
static void refer(const struct wreck *wreck, uint8_t *references, uint64_t offset, uint64_t bytes)
{
    unsigned bits = get_be32(wreck->data + 20);
    for (uint64_t cluster = offset >> bits; cluster <= (offset + bytes - 1) >> bits; cluster++) {
        assert_true(cluster <= wreck->bytes >> bits);
        references[cluster]++;
    }
}

static void refer_l1(const struct wreck *wreck, uint8_t *references, uint64_t l1, uint32_t entries)
{
    unsigned bits = get_be32(wreck->data + 20);
    uint64_t cluster = UINT64_C(1) << bits;
    refer(wreck, references, l1, entries * 8);
    for (uint32_t i = 0; i < entries; i++) {
        uint64_t l2 = wreck_be64(wreck, l1 + i * 8) & UINT64_C(0xFFFFFFFFFFFE00);
        if (l2)
            refer(wreck, references, l2, cluster);
        uint64_t step = get_be64(wreck->data + 72) & 16 ? 16 : 8;       /* extended L2 entries */
        for (uint64_t k = 0; l2 && k < cluster / step; k++) {
            uint64_t entry = wreck_be64(wreck, l2 + k * step), shift = 62 - (bits - 8);
            uint64_t from = entry & ((UINT64_C(1) << shift) - 1), more = (entry & ((UINT64_C(1) << 62) - 1)) >> shift;
            if (entry >> 62 & 1)
                refer(wreck, references, from, (more + 1) * 512 - from % 512);
            else if (entry & UINT64_C(0xFFFFFFFFFFFE00))
                refer(wreck, references, entry & UINT64_C(0xFFFFFFFFFFFE00), cluster);
        }
    }
}

/* No cluster has fewer counts than references. This is the invariant, checked without asking QEMU each time. */
static void assert_nothing_free_in_use(const struct wreck *wreck, size_t position)
{
    unsigned bits = get_be32(wreck->data + 20);
    uint64_t table = get_be64(wreck->data + 48), table_bytes = (uint64_t)get_be32(wreck->data + 56) << bits;
    uint8_t *references = calloc(1, (wreck->bytes >> bits) + 2);
    refer(wreck, references, 0, 1);
    refer(wreck, references, table, table_bytes);
    for (uint64_t i = 0; i < table_bytes; i += 8)
        if (wreck_be64(wreck, table + i))
            refer(wreck, references, wreck_be64(wreck, table + i), 1);
    refer_l1(wreck, references, get_be64(wreck->data + 40), get_be32(wreck->data + 36));
    uint64_t at = get_be64(wreck->data + 64);
    for (uint32_t n = get_be32(wreck->data + 60); n > 0; n--) {
        const uint8_t *snapshot = wreck->data + at;
        refer_l1(wreck, references, get_be64(snapshot), get_be32(snapshot + 8));
        at += (40 + get_be32(snapshot + 36) + get_be16(snapshot + 12) + get_be16(snapshot + 14) + 7u) & ~UINT64_C(7);
    }
    for (uint64_t cluster = 0; cluster <= wreck->bytes >> bits; cluster++)
        if (references[cluster] > wreck_count(wreck, cluster))
            fail_msg("after %zu of %zu writes cluster %llu has %u references and %llu counts", position, journal.count,
                     (unsigned long long)cluster, references[cluster], (unsigned long long)wreck_count(wreck, cluster));
    free(references);
}

/* QEMU's verdict is 0 (clean) or 3 (leaks); the guest's flushed bytes are there, or newer ones. */
static void judge(const struct promise *promise, size_t position)
{
    int verdict = run("qemu-img check -f qcow2 crashed");
    if (verdict != 0 && verdict != 3) {
        show_log();
        fail_msg("after %zu of %zu writes qemu-img check says %d", position, journal.count, verdict);
    }
    struct image *image = open_image("crashed", false);
    uint8_t *data = malloc(DISK_BYTES);
    if (image_read(image, 0, data, DISK_BYTES) < 0)
        fail_msg("%s", image_last_error(image));
    /* Every byte that the test writes carries its age: the later the larger. */
    for (size_t i = 0; promise && i < DISK_BYTES; i++)
        if (data[i] < promise->model[i])
            fail_msg("after %zu of %zu writes byte %zu is %u, older than the flushed %u", position, journal.count, i,
                     data[i], promise->model[i]);
    free(data);
    assert_int_equal(image_close(image), 0);
}

/* Random writes to the file "image", where PROMISES are noted at each flush. */
static void write_with_flushes(struct image *image, uint8_t *model, struct promise *promises)
{
    uint64_t seed = 5;
    static uint8_t data[40000];
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < WRITES; i++) {
            size_t bytes = 1 + next_random(&seed) % (i ? 3000 : sizeof data);
            size_t at = next_random(&seed) % (DISK_BYTES - bytes);
            memset(data, (int)(round * WRITES + i + 2), bytes);
            assert_int_equal(image_write(image, at, data, bytes), 0);
            memcpy(model + at, data, bytes);
        }
        assert_int_equal(image_flush(image), 0);
        promises[round].position = journal.count;
        promises[round].model = malloc(DISK_BYTES);
        memcpy(promises[round].model, model, DISK_BYTES);
    }
}

/* Stops after COUNT entries of the journal, in several ways, one of which QEMU judges too. */
static void crash_at(size_t count, const struct promise *promises, uint64_t *seed)
{
    const struct promise *kept = NULL;
    for (unsigned round = 0; round < ROUNDS && promises[round].position <= count; round++)
        kept = &promises[round];
    for (unsigned way = 0; way < WAYS; way++) {
        struct wreck wreck = rebuild(count, next_random(seed) | 1);
        assert_nothing_free_in_use(&wreck, count);
        if (way == 0) {
            put_file("crashed", wreck.data, wreck.bytes);
            judge(kept, count);
        }
        free(wreck.data);
    }
}

static void crash_everywhere(const char *making)
{
    struct promise promises[ROUNDS];
    uint64_t seed = 77;
    forget_journal();
    uint8_t *model = malloc(DISK_BYTES);
    must("%s", making);
    journal.start = get_file("image", &journal.start_bytes);
    memset(model, 1, DISK_BYTES);
    struct image *image = open_image("image", true);
    journal.on = true;
    write_with_flushes(image, model, promises);
    must_close(image);
    journal.on = false;
    /* Just before a sync the most is uncertain. */
    for (size_t i = 1; i < journal.count; i++)
        if (!journal.entries[i].data && journal.entries[i - 1].data)
            crash_at(i, promises, &seed);
    for (unsigned i = 0; i < SAMPLES; i++)
        crash_at(next_random(&seed) % (journal.count + 1), promises, &seed);
    for (unsigned round = 0; round < ROUNDS; round++)
        free(promises[round].model);
    forget_journal();
    free(model);
}

static void a_crash_loses_nothing_in_small_clusters(void **state)
{
    (void)state;
    need_qemu();
    crash_everywhere("qemu-img create -f qcow2 -o cluster_size=512 image 512k && "
                     "qemu-io -f qcow2 -c 'write -P 1 0 512k' image && qemu-img snapshot -c one image");
}

static uint32_t refcount_table_clusters(const char *path)
{
    size_t bytes;
    uint8_t *file = get_file(path, &bytes);
    uint32_t clusters = get_be32(file + 56);
    free(file);
    return clusters;
}

static void a_crash_while_the_refcount_table_grows_loses_nothing(void **state)
{
    (void)state;
    need_qemu();
    /* A table of one cluster and 64-bit counts end at 2 MiB. */
    crash_everywhere("qemu-img create -f qcow2 -o cluster_size=512,refcount_bits=64 image 512k && for i in 1 2 3; do "
                     "qemu-io -f qcow2 -c 'write -P 1 0 512k' image && qemu-img snapshot -c s$i image; done && "
                     "qemu-io -f qcow2 -c 'write -P 1 0 440k' image && cp image before");
    assert_int_equal(refcount_table_clusters("before"), 1);
    assert_true(refcount_table_clusters("image") > 1);
}

static void a_crash_loses_nothing_over_compressed_clusters(void **state)
{
    (void)state;
    need_qemu();
    crash_everywhere("qemu-img create -f raw plain 512k && qemu-io -f raw -c 'write -P 1 0 512k' plain && "
                     "qemu-img convert -c -f raw -O qcow2 -o cluster_size=4k plain image");
}

static void a_crash_loses_nothing_in_overlays(void **state)
{
    (void)state;
    need_qemu();
    crash_everywhere("qemu-img create -f raw plain 512k && qemu-io -f raw -c 'write -P 1 0 512k' plain && "
                     "qemu-img create -f qcow2 -o cluster_size=512 -b plain -F raw image");
}

static void a_crash_loses_nothing_in_subclusters(void **state)
{
    (void)state;
    need_qemu();
    crash_everywhere("qemu-img create -f raw plain 512k && qemu-io -f raw -c 'write -P 1 0 512k' plain && "
                     "qemu-img create -f qcow2 -o cluster_size=16k,extended_l2=on -b plain -F raw image");
}

/* --- Snapshots and sizes --- */

enum { STEPS = 9 };

static void write_some(struct image *image, uint8_t *model, uint64_t seed)
{
    static uint8_t data[30000];
    for (unsigned i = 0; i < WRITES; i++) {
        size_t bytes = 1 + next_random(&seed) % (i ? 3000 : sizeof data);
        size_t at = next_random(&seed) % (DISK_BYTES - bytes);
        memset(data, (int)(next_random(&seed) & 0xFF), bytes);
        assert_int_equal(image_write(image, at, data, bytes), 0);
        memcpy(model + at, data, bytes);
    }
    assert_int_equal(image_flush(image), 0);
}

/* Step N of a history with two snapshots. KEPT is the disk as the first one has it. */
static int take_step(struct image *image, unsigned n, uint8_t *model, uint8_t *kept)
{
    switch (n) {
    case 1:
        memcpy(kept, model, DISK_BYTES);
        return image_snapshot_create(image, &(struct image_snapshot){ .name = "a" });
    case 3: return image_snapshot_create(image, &(struct image_snapshot){ .name = "b" });
    case 5:
        memcpy(model, kept, DISK_BYTES);
        return image_snapshot_apply(image, "a");
    case 7: return image_snapshot_delete(image, "a");
    case 8: return image_resize(image, DISK_BYTES * 5);
    default:
        write_some(image, model, n + 1);
        return 0;
    }
}

/* What is found after a crash between two steps: nothing in use is free, a repair makes it clean, and each byte is that
 * of one step or of the other. */
static void judge_step(size_t position, const struct promise *before, const struct promise *after, uint64_t *seed)
{
    struct wreck wreck = rebuild(position, next_random(seed) | 1);
    struct image_check_options repair = { .repair = IMAGE_REPAIR_ALL };
    struct image_check result;
    struct image_error error;
    static uint8_t data[DISK_BYTES];
    assert_nothing_free_in_use(&wreck, position);
    put_file("crashed", wreck.data, wreck.bytes);
    free(wreck.data);
    if (image_check("crashed", &repair, &result, &error) < 0)
        fail_msg("after %zu of %zu writes: %s", position, journal.count, error.text);
    assert_int_equal(result.errors_left + result.leaks_left, 0);
    assert_clean("crashed");
    struct image *image = open_image("crashed", true);
    if (image_read(image, 0, data, DISK_BYTES) < 0)
        fail_msg("%s", image_last_error(image));
    for (size_t i = 0; i < DISK_BYTES; i++)
        if (data[i] != before->model[i] && data[i] != after->model[i])
            fail_msg("after %zu of %zu writes byte %zu is %u, not %u or %u", position, journal.count, i, data[i],
                     before->model[i], after->model[i]);
    must_close(image);
}

static void crash_in_history(const char *making)
{
    struct promise promises[STEPS + 1] = { { 0, calloc(1, DISK_BYTES) } };
    uint64_t seed = 99;
    static uint8_t model[DISK_BYTES], kept[DISK_BYTES];
    memset(model, 0, sizeof model);
    forget_journal();
    must("%s", making);
    journal.start = get_file("image", &journal.start_bytes);
    struct image *image = open_image("image", true);
    journal.on = true;
    for (unsigned n = 0; n < STEPS; n++) {
        if (take_step(image, n, model, kept) < 0)
            fail_msg("step %u: %s", n, image_last_error(image));
        promises[n + 1] = (struct promise){ journal.count, malloc(DISK_BYTES) };
        memcpy(promises[n + 1].model, model, DISK_BYTES);
    }
    must_close(image);
    journal.on = false;
    for (unsigned n = 0; n < STEPS; n++)
        for (size_t i = promises[n].position; i <= promises[n + 1].position; i++)
            if (i == 0 || !journal.entries[i - 1].data || next_random(&seed) % 8 == 0)
                judge_step(i, &promises[n], &promises[n + 1], &seed);
    for (unsigned n = 0; n <= STEPS; n++)
        free(promises[n].model);
    forget_journal();
}

static void a_crash_amid_snapshots_can_be_repaired(void **state)
{
    (void)state;
    need_qemu();
    crash_in_history("qemu-img create -f qcow2 -o cluster_size=512 image 512k");
    crash_in_history("qemu-img create -f qcow2 -o cluster_size=16k,extended_l2=on image 512k");
}

static void runs_of_clusters_take_one_host_call(void **state)
{
    struct image_create_options shape = { .cluster_size = 4096 };
    struct image_error error;
    static uint8_t data[64 * 4096];
    (void)state;
    forget_journal();
    assert_int_equal(image_create("image", DISK_BYTES, &shape, &error), 0);
    struct image *image = open_image("image", true);
    journal.on = true;
    assert_int_equal(image_write(image, 8192, data, sizeof data), 0);
    assert_int_equal(journal.count, 1);
    assert_int_equal(image_write(image, 8192 + 100, data, sizeof data - 200), 0);
    assert_int_equal(journal.count, 2);
    journal.reads = 0;
    assert_int_equal(image_read(image, 8192 + 100, data, sizeof data - 200), 0);
    assert_int_equal(journal.reads, 1);
    journal.on = false;
    must_close(image);
    forget_journal();
}

static void a_flush_with_nothing_to_do_does_nothing(void **state)
{
    struct image_error error;
    (void)state;
    forget_journal();
    assert_int_equal(image_create("image", DISK_BYTES, NULL, &error), 0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 8192, "x", 1), 0);
    assert_int_equal(image_flush(image), 0);
    journal.on = true;
    assert_int_equal(image_flush(image), 0);
    assert_int_equal(journal.count, 0);
    journal.on = false;
    must_close(image);
    forget_journal();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_crash_loses_nothing_in_small_clusters),
        in_folder(a_crash_while_the_refcount_table_grows_loses_nothing),
        in_folder(a_crash_loses_nothing_over_compressed_clusters),
        in_folder(a_crash_loses_nothing_in_overlays),
        in_folder(a_crash_loses_nothing_in_subclusters),
        in_folder(a_crash_amid_snapshots_can_be_repaired),
        in_folder(runs_of_clusters_take_one_host_call),
        in_folder(a_flush_with_nothing_to_do_does_nothing)
    };
    return cmocka_run_group_tests_name("qcow2 crashes", tests, NULL, NULL);
}
