/* Random histories in which we and QEMU's tools take turns on the same file, against a model: contents, snapshots,
 * sizes and commits. After our turn qemu-img finds the image clean and equal to the model; after QEMU's our check and
 * our reading do.
 *
 * DIFFERENTIAL_OPERATIONS says how many operations to make, DIFFERENTIAL_SEED which history is the first. */
#define _GNU_SOURCE
#include "tests/qcow2/shapes.h"

enum { MAX_SNAPSHOTS = 4, ROUNDS = 3, TURN = 14 };

struct history {
    const struct shape *shape;
    uint64_t seed;
    int model;
    struct { char name[16]; int model; } snapshot[MAX_SNAPSHOTS];
    unsigned count, made;
    unsigned operations;
    char when[60];
};

static uint64_t size_of(int model)
{
    struct stat status;
    assert_int_equal(fstat(model, &status), 0);
    return (uint64_t)status.st_size;
}

/* --- Models --- */

static int copy_model(int model)
{
    uint64_t size = size_of(model), at = 0, bytes;
    int copy = open(".", O_RDWR | O_TMPFILE, 0600);
    assert_true(copy >= 0);
    assert_int_equal(ftruncate(copy, (off_t)size), 0);
    for (; next_data(model, size, &at, &bytes); at += bytes) {
        uint8_t *data = malloc(bytes);
        assert_non_null(data);
        assert_int_equal(pread(model, data, bytes, (off_t)at), bytes);
        assert_int_equal(pwrite(copy, data, bytes, (off_t)at), bytes);
        free(data);
    }
    return copy;
}

/* The file "model" keeps its name, which qemu-img needs. */
static void restore_model(struct history *h, unsigned i)
{
    int copy = h->snapshot[i].model;
    uint64_t size = size_of(copy), at = 0, bytes;
    assert_int_equal(ftruncate(h->model, 0), 0);
    assert_int_equal(ftruncate(h->model, (off_t)size), 0);
    for (; next_data(copy, size, &at, &bytes); at += bytes) {
        uint8_t *data = malloc(bytes);
        assert_non_null(data);
        assert_int_equal(pread(copy, data, bytes, (off_t)at), bytes);
        assert_int_equal(pwrite(h->model, data, bytes, (off_t)at), bytes);
        free(data);
    }
}

static void name_snapshot(struct history *h)
{
    snprintf(h->snapshot[h->count].name, sizeof h->snapshot[0].name, "s%u", h->made++);
}

static void keep_snapshot(struct history *h)
{
    h->snapshot[h->count++].model = copy_model(h->model);
}

static void forget_snapshot(struct history *h, unsigned i)
{
    close(h->snapshot[i].model);
    h->snapshot[i] = h->snapshot[--h->count];
}

/* --- Operations on the whole image --- */

enum whole { TAKE, APPLY, DELETE, RESIZE, COMMIT, REOPEN, WHOLES };

/* Whether QEMU can make the image *SIZE long, which may be rounded. It cannot always make what is new over a backing
 * file read as zeros; and when it shrinks to a part of a cluster it leaves the rest, to show it again when it grows. */
static bool qemu_resizes(const struct history *h, uint64_t *size)
{
    const struct shape *s = h->shape;
    if (*size >= size_of(h->model))
        return s->base == BASE_NONE || (s->version == 3 && !(s->extended && s->base == BASE_LONGER));
    if (*size > s->cluster)
        *size &= ~(uint64_t)(s->cluster - 1);
    return *size % s->cluster == 0;
}

/* The next of them that this history allows, and which snapshot or size it concerns. */
static enum whole pick_whole(struct history *h, bool qemu, unsigned *which, uint64_t *size)
{
    const struct shape *s = h->shape;
    bool narrow = s->refcount_bits < 16;
    enum whole kind = (enum whole)(next_random(&h->seed) % WHOLES);
    *which = h->count ? (unsigned)(next_random(&h->seed) % h->count) : 0;
    *size = size_of(h->model) + next_random(&h->seed) % (4 << 20);
    *size = (*size > 2 << 20 ? *size - (2 << 20) : *size) / 512 * 512 + 512;
    if (kind == TAKE && (h->count == MAX_SNAPSHOTS || s->refcount_bits == 1 || (narrow && qemu)))
        return REOPEN;
    if ((kind == APPLY || kind == DELETE) && (!h->count || (narrow && qemu)))
        return REOPEN;
    if (kind == APPLY && qemu && size_of(h->snapshot[*which].model) != size_of(h->model))
        return REOPEN;
    if (kind == RESIZE && s->version == 2 && h->count)
        return REOPEN;
    if (kind == RESIZE && qemu && !qemu_resizes(h, size))
        return REOPEN;
    if (kind == COMMIT && (s->base == BASE_NONE || h->count))
        return REOPEN;
    return kind;
}

static struct image *open_ours(struct history *h)
{
    struct image_options options = { .writable = true, .ignore_backing_locks = true,
                                     .punch_holes = next_random(&h->seed) % 2 };
    struct image_error error;
    struct image *image;
    if (image_open(&image, "image", &options, &error) < 0)
        fail_msg("%s: %s", h->when, error.text);
    return image;
}

/* Refcounts of few bits may have no room for a snapshot; then nothing has changed. */
static bool done(struct history *h, struct image *image, int code)
{
    if (code < 0 && !(code == -ERANGE && h->shape->refcount_bits < 16))
        fail_msg("%s: %s", h->when, image_last_error(image));
    return code == 0;
}

static void commit_ours(struct history *h, struct image *image)
{
    struct image *base = open_image("base", true);
    done(h, image, image_commit(image, base, NULL));
    must_close(base);
    if (next_random(&h->seed) % 2)
        done(h, image, image_make_empty(image));
}

static void whole_ours(struct history *h, struct image **image)
{
    unsigned i;
    uint64_t size;
    switch (pick_whole(h, false, &i, &size)) {
    case TAKE:
        name_snapshot(h);
        if (done(h, *image, image_snapshot_create(*image, &(struct image_snapshot){
                                .name = h->snapshot[h->count].name })))
            keep_snapshot(h);
        break;
    case APPLY:
        if (done(h, *image, image_snapshot_apply(*image, h->snapshot[i].name)))
            restore_model(h, i);
        break;
    case DELETE:
        if (done(h, *image, image_snapshot_delete(*image, h->snapshot[i].name)))
            forget_snapshot(h, i);
        break;
    case RESIZE:
        done(h, *image, image_resize(*image, size));
        assert_int_equal(ftruncate(h->model, (off_t)size), 0);
        break;
    case COMMIT:
        commit_ours(h, *image);
        /* fall through */
    default:
        must_close(*image);
        *image = open_ours(h);
    }
}

static void whole_qemu(struct history *h)
{
    unsigned i;
    uint64_t size;
    switch (pick_whole(h, true, &i, &size)) {
    case TAKE:
        name_snapshot(h);
        must("qemu-img snapshot -c %s image", h->snapshot[h->count].name);
        keep_snapshot(h);
        break;
    case APPLY:
        must("qemu-img snapshot -a %s image", h->snapshot[i].name);
        restore_model(h, i);
        break;
    case DELETE:
        must("qemu-img snapshot -d %s image", h->snapshot[i].name);
        forget_snapshot(h, i);
        break;
    case RESIZE:
        must("qemu-img resize -f qcow2 --shrink image %" PRIu64, size);
        assert_int_equal(ftruncate(h->model, (off_t)size), 0);
        break;
    case COMMIT:
        must("qemu-img commit -f qcow2 image");
        break;
    default:
        break;
    }
}

/* --- Turns --- */

static void our_turn(struct history *h)
{
    struct image *image = open_ours(h);
    for (int i = 0; i < TURN; i++, h->operations++)
        if (next_random(&h->seed) % 4) {
            struct change c = pick_change(h->shape, image_size(image), &h->seed);
            change_ours(image, &c, h->shape);
            change_model(h->model, &c);
        } else {
            whole_ours(h, &image);
        }
    assert_shows(image, h->model, h->when);
    must_close(image);
    if (run("qemu-img check -f qcow2 image && qemu-img compare -f qcow2 -F raw image model") != 0) {
        show_log();
        fail_msg("%s: QEMU does not agree", h->when);
    }
}

/* One change at most is compressed: QEMU 7.2 goes on filling the host cluster of the last one in the same run even
 * where that cluster was freed and given to plain data since. */
static void some_by_qemu(struct history *h, int count)
{
    bool compressed = false;
    FILE *script = fopen("script", "w");
    assert_non_null(script);
    for (int i = 0; i < count; i++, h->operations++) {
        struct change c = pick_change(h->shape, size_of(h->model), &h->seed);
        if (c.kind == CHANGE_COMPRESSED && compressed)
            c.kind = CHANGE_WRITE;
        compressed |= c.kind == CHANGE_COMPRESSED;
        change_qemu(script, &c);
        change_model(h->model, &c);
    }
    fclose(script);
    must("qemu-io -d unmap -f qcow2 image <script");
}

static void count_finding(void *ctx, enum image_check_kind kind, const char *text)
{
    print_message("%s: %s: %s\n", ((struct history *)ctx)->when, kind == IMAGE_CHECK_LEAK ? "leak" : "error", text);
}

static void qemus_turn(struct history *h)
{
    struct image_check_options options = { .report = count_finding, .ctx = h };
    struct image_check result;
    struct image_error error;
    for (int i = 0; i < 2; i++, h->operations++) {
        some_by_qemu(h, TURN / 2 - 1);
        whole_qemu(h);
    }
    if (image_check("image", &options, &result, &error) < 0)
        fail_msg("%s: %s", h->when, error.text);
    assert_int_equal(result.errors + result.leaks, 0);
    struct image *image = open_image("image", false);
    assert_shows(image, h->model, h->when);
    assert_int_equal(image_close(image), 0);
}

/* --- Histories --- */

/* Both files alike in the first BYTES: all that either has there. */
static void assert_same(int a, int b, uint64_t bytes, const char *when)
{
    for (int turn = 0; turn < 2; turn++)
        for (uint64_t at = 0, length; next_data(turn ? a : b, bytes, &at, &length); at += length) {
            uint8_t *one = malloc(length), *other = malloc(length);
            assert_int_equal(pread(a, one, length, (off_t)at), length);
            assert_int_equal(pread(b, other, length, (off_t)at), length);
            if (memcmp(one, other, length) != 0)
                fail_msg("%s: a snapshot differs in the %" PRIu64 " bytes from %" PRIu64 " on", when, length, at);
            free(one);
            free(other);
        }
}

static void compare_snapshot(struct history *h, struct image *image, uint32_t index)
{
    struct image_snapshot s;
    unsigned i = 0;
    assert_int_equal(image_snapshot_get(image, index, &s), 0);
    while (i < h->count && strcmp(h->snapshot[i].name, s.name) != 0)
        i++;
    assert_true(i < h->count);
    assert_int_equal(image_snapshot_show(image, index), 0);
    assert_shows(image, h->snapshot[i].model, h->when);
    must("rm -f raw && qemu-img convert -f qcow2 -O raw -l snapshot.name=%s image raw", h->snapshot[i].name);
    int raw = open("raw", O_RDONLY);
    assert_true(raw >= 0);
    uint64_t bytes = size_of(raw), then = size_of(h->snapshot[i].model);
    assert_same(raw, h->snapshot[i].model, bytes < then ? bytes : then, h->when);
    close(raw);
}

static void compare_snapshots(struct history *h)
{
    for (uint32_t index = 0, count = 1; index < count; index++) {
        struct image *image = open_image("image", false);
        assert_int_equal(image_snapshot_count(image, &count), 0);
        assert_int_equal(count, h->count);
        if (count)
            compare_snapshot(h, image, index);
        assert_int_equal(image_close(image), 0);
    }
}

static unsigned live(unsigned number)
{
    size_t row = number * 29 % SHAPES;          /* neighbours are nothing alike */
    struct history h = { .shape = &shapes[row], .seed = number * 2 + 1 };
    make_shape(h.shape);
    must("rm -f model && qemu-img convert -f qcow2 -O raw image model");
    h.model = open("model", O_RDWR);
    assert_true(h.model >= 0);
    for (int round = 0; round < ROUNDS; round++) {
        snprintf(h.when, sizeof h.when, "history %u (row %zu) round %d, ours", number, row, round);
        our_turn(&h);
        snprintf(h.when, sizeof h.when, "history %u (row %zu) round %d, QEMU's", number, row, round);
        qemus_turn(&h);
    }
    compare_snapshots(&h);
    while (h.count)
        forget_snapshot(&h, 0);
    close(h.model);
    return h.operations;
}

static unsigned setting(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text && *text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void we_and_qemu_agree_whoever_writes(void **state)
{
    (void)state;
    need_qemu();
#if defined __SANITIZE_ADDRESS__
    unsigned wanted = setting("DIFFERENTIAL_OPERATIONS", 400);
#else
    unsigned wanted = setting("DIFFERENTIAL_OPERATIONS", 700);
#endif
    unsigned made = 0, histories = 0;
    for (unsigned number = setting("DIFFERENTIAL_SEED", 0); made < wanted; number++, histories++)
        made += live(number);
    print_message("%u operations in %u histories\n", made, histories);
}

int main(void)
{
    const struct CMUnitTest tests[] = { in_folder(we_and_qemu_agree_whoever_writes) };
    return cmocka_run_group_tests_name("qcow2 differential", tests, NULL, NULL);
}
