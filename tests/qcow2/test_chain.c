/* Chains of files: which backing names are followed, overlays kept and thrown away, locks, and what observers see. */
#include "tests/qcow2/tools.h"

#include <sys/stat.h>
#include <time.h>

enum { DISK_BYTES = 1 << 20 };

static int try_open(const char *path, struct image_options options, struct image_error *error)
{
    struct image *image;
    int code = image_open(&image, path, &options, error);
    if (code == 0)
        image_close(image);
    else
        assert_null(image);
    return code;
}

/* Makes PATH a qcow2 file whose header says that NAME backs it, whatever that is. FORMAT may be "". */
static void make_backed(const char *path, const char *name, const char *format)
{
    struct image_error error;
    size_t bytes;
    assert_int_equal(image_create(path, DISK_BYTES, NULL, &error), 0);
    uint8_t *file = get_file(path, &bytes);
    put_be32(file + 104, format[0] ? 0xE2792ACA : 0x11223344);
    put_be32(file + 108, (uint32_t)strlen(format));
    memcpy(file + 112, format, strlen(format));
    put_be64(file + 8, 256);
    put_be32(file + 16, (uint32_t)strlen(name));
    memcpy(file + 256, name, strlen(name));
    put_file(path, file, bytes);
    free(file);
}

static void make_base(const char *path)
{
    uint8_t *disk = make_disk(DISK_BYTES, 21);
    put_file(path, disk, DISK_BYTES);
    free(disk);
}

static void names_below_the_folder_are_followed(void **state)
{
    struct image_error error;
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    assert_int_equal(mkdir("sub/deeper", 0777), 0);
    make_base("base");
    make_base("sub/base");
    make_base("sub/deeper/base");
    make_backed("a", "base", "raw");
    make_backed("b", "sub/deeper/base", "raw");
    make_backed("c", "./sub//base", "raw");
    make_backed("sub/d", "deeper/base", "raw");
    make_backed("e", "sub/d", "qcow2");
    assert_int_equal(try_open("a", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("b", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("c", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("sub/d", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("e", (struct image_options){ 0 }, &error), 0);
}

static void names_that_lead_elsewhere_need_leave(void **state)
{
    struct image_error error;
    char absolute[300];
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    assert_int_equal(mkdir("other", 0777), 0);
    make_base("base");
    make_base("stranger");
    make_base("other/base");
    snprintf(absolute, sizeof absolute, "%s/base", getcwd((char[256]){ 0 }, 256));
    make_backed("sub/up", "../base", "raw");
    make_backed("sub/within", "x/../../base", "raw");
    make_backed("sub/absolute", absolute, "raw");
    assert_int_equal(symlink("../base", "sub/link"), 0);
    make_backed("sub/linked", "link", "raw");
    assert_int_equal(symlink("../other", "sub/folder"), 0);
    make_backed("sub/through", "folder/base", "raw");
    assert_int_equal(mkdir("sub/x", 0777), 0);
    static const char *const images[] = { "sub/up", "sub/within", "sub/absolute", "sub/linked", "sub/through" };
    for (size_t i = 0; i < 5; i++) {
        const char *trusted = i == 4 ? "other/base" : "base";
        assert_int_equal(try_open(images[i], (struct image_options){ 0 }, &error), -EPERM);
        assert_non_null(strstr(error.text, images[i]));
        assert_int_equal(try_open(images[i], (struct image_options){ .trusted_backing = "stranger" }, &error), -EPERM);
        assert_int_equal(try_open(images[i], (struct image_options){ .trusted_backing = trusted }, &error), 0);
        assert_int_equal(try_open(images[i], (struct image_options){ .allow_outside_backing = true }, &error), 0);
    }
}

static void names_that_are_no_files_are_never_followed(void **state)
{
    struct image_options any = { .allow_outside_backing = true };
    struct image_error error;
    (void)state;
    make_base("base");
    make_backed("a", "json:{\"file\":\"base\"}", "raw");
    make_backed("b", "nbd://localhost/base", "raw");
    make_backed("c", "base\n", "raw");
    make_backed("d", "base", "vmdk");
    make_backed("e", "missing", "raw");
    make_backed("f", ".", "raw");
    make_backed("g", "pipe", "raw");
    make_backed("h", "/dev/zero", "raw");
    assert_int_equal(mkfifo("pipe", 0666), 0);
    assert_int_equal(try_open("a", any, &error), -EPERM);
    assert_int_equal(try_open("b", any, &error), -EPERM);
    assert_int_equal(try_open("c", any, &error), -EPERM);
    assert_int_equal(try_open("d", any, &error), -ENOTSUP);
    assert_int_equal(try_open("e", any, &error), -ENOENT);
    assert_string_equal(error.text, "e: backing file \"missing\": No such file or directory");
    assert_int_equal(try_open("f", any, &error), -EISDIR);
    assert_int_equal(try_open("g", any, &error), -ENXIO);
    assert_int_equal(try_open("h", any, &error), -ENXIO);
    assert_int_equal(try_open("pipe", any, &error), -ENXIO);
    assert_int_equal(try_open("pipe", (struct image_options){ .writable = true }, &error), -ENXIO);
}

static void loops_and_long_chains_end(void **state)
{
    struct image_error error;
    char name[16], below[16];
    (void)state;
    make_backed("self", "self", "qcow2");
    make_backed("ping", "pong", "qcow2");
    make_backed("pong", "ping", "qcow2");
    assert_int_equal(try_open("self", (struct image_options){ 0 }, &error), -EINVAL);
    assert_int_equal(try_open("ping", (struct image_options){ 0 }, &error), -EINVAL);
    make_base("l0");
    for (int i = 1; i < 18; i++) {
        snprintf(name, sizeof name, "l%d", i);
        snprintf(below, sizeof below, "l%d", i - 1);
        make_backed(name, below, i == 1 ? "raw" : "qcow2");
    }
    assert_int_equal(try_open("l15", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("l16", (struct image_options){ 0 }, &error), -ENOTSUP);
    assert_int_equal(image_create_overlay("over", "l15", NULL, &error), -EINVAL);
}

static void formats_not_recorded_are_guessed_with_a_warning(void **state)
{
    struct image *image;
    struct image_error error;
    struct image_options raw = { .backing_format = IMAGE_FORMAT_RAW };
    struct image_layer_info info;
    (void)state;
    make_base("base");
    make_backed("a", "base", "");
    make_backed("b", "a", "");
    image = open_image("b", false);
    assert_int_equal(image_layers(image), 3);
    assert_non_null(strstr(image_warning(image), "\"a\" is not recorded; taken for qcow2"));
    assert_non_null(strstr(image_warning(image), "\"base\" is not recorded; taken for raw"));
    image_layer_info(image, 2, &info);
    assert_int_equal(info.format, IMAGE_FORMAT_RAW);
    must_close(image);
    assert_int_equal(image_open(&image, "b", &raw, &error), 0);
    assert_int_equal(image_layers(image), 2);
    assert_string_equal(image_warning(image), "");
    must_close(image);
}

static void a_raw_backing_file_is_not_probed(void **state)
{
    (void)state;
    make_base("base");
    make_backed("evil", "/etc/passwd", "raw");
    make_backed("over", "evil", "raw");
    struct image *image = open_image("over", false);
    assert_int_equal(image_layers(image), 2);
    must_close(image);
}

static void overlays_name_their_backing_file(void **state)
{
    static const struct { const char *over, *backing, *name; } cases[] = {
        { "o1", "base", "base" }, { "o2", "sub/base", "sub/base" }, { "sub/o3", "sub/base", "base" },
        { "o4", "./sub/../base", "base" }, { "o5", "with:colon", "./with:colon" }
    };
    struct image_layer_info info;
    struct image_error error;
    struct image *image;
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    make_base("base");
    make_base("with:colon");
    make_base("sub/base");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (image_create_overlay(cases[i].over, cases[i].backing, NULL, &error) < 0)
            fail_msg("%s", error.text);
        image = open_image(cases[i].over, true);
        assert_string_equal(image_warning(image), "");
        image_layer_info(image, 0, &info);
        assert_string_equal(info.backing_name, cases[i].name);
        assert_int_equal(image_size(image), DISK_BYTES);
        must_close(image);
    }
    assert_int_equal(image_create_overlay("sub/o6", "base", NULL, &error), 0);
    assert_int_equal(try_open("sub/o6", (struct image_options){ 0 }, &error), -EPERM);
    assert_int_equal(image_open(&image, "sub/o6", &(struct image_options){ .trusted_backing = "base" }, &error), 0);
    image_layer_info(image, 0, &info);
    assert_int_equal(info.backing_name[0], '/');
    must_close(image);
    assert_int_equal(image_create_overlay("sub/o6", "base", NULL, &error), -EEXIST);
    assert_int_equal(image_create_overlay("o7", "missing", NULL, &error), -ENOENT);
}

static void overlays_made_here_satisfy_qemu(void **state)
{
    static const struct image_create_options shapes[] = {
        { 0 }, { .cluster_size = 512 }, { .version = 2 }, { .cluster_size = 2 << 20 }
    };
    struct image_error error;
    uint8_t sector[700];
    (void)state;
    need_qemu();
    must("rm -f base && truncate -s 1000448 base");
    uint8_t *model = calloc(1, 1000448);
    for (size_t i = 0; i < 4; i++) {
        remove("over");
        memset(model, 0, 1000448);
        assert_int_equal(image_create_overlay("over", "base", &shapes[i], &error), 0);
        assert_clean("over");
        fill_random(sector, sizeof sector, i);
        struct image *image = open_image("over", true);
        assert_int_equal(image_write(image, 777777, sector, sizeof sector), 0);
        assert_int_equal(image_write(image, 1000448 - 700, sector, sizeof sector), 0);
        must_close(image);
        memcpy(model + 777777, sector, sizeof sector);
        memcpy(model + 1000448 - 700, sector, sizeof sector);
        assert_clean("over");
        assert_qemu_reads("over", "qcow2", model, 1000448);
    }
    free(model);
}

static void temporary_overlays_leave_nothing(void **state)
{
    struct image_error error;
    struct image *base, *disk;
    size_t bytes, after_bytes;
    (void)state;
    need_qemu();
    assert_int_equal(mkdir("folder", 0777), 0);
    make_base("disk.raw");
    must("qemu-img convert -c -f raw -O qcow2 disk.raw base");
    must("qemu-img create -f qcow2 -b base -F qcow2 over && qemu-io -f qcow2 -c 'write -P 3 64k 70k' over");
    must("sha256sum base over >sums && qemu-img convert -f qcow2 -O raw over model");
    uint8_t *model = get_file("model", &bytes);
    base = open_image("over", false);
    assert_int_equal(image_temporary_overlay(&disk, base, "folder", &error), 0);
    assert_int_equal(image_layers(disk), 3);
    assert_true(image_writable(disk));
    assert_int_equal(rmdir("folder"), 0);
    assert_contents(disk, model, bytes, 1);
    for (unsigned i = 0; i < 60; i++) {
        uint8_t data[5000];
        size_t at = i * 16001;
        fill_random(data, sizeof data, i);
        assert_int_equal(image_write(disk, at, data, sizeof data), 0);
        memcpy(model + at, data, sizeof data);
        if (i % 20 == 0)
            assert_int_equal(image_flush(disk), 0);
    }
    assert_contents(disk, model, bytes, 2);
    must_close(disk);
    must("sha256sum -c sums");
    free(model);
    model = get_file("model", &after_bytes);
    base = open_image("over", false);
    assert_contents(base, model, bytes, 3);
    assert_int_equal(image_temporary_overlay(&disk, base, "missing", &error), -ENOENT);
    assert_null(disk);
    assert_contents(base, model, bytes, 4);
    must_close(base);
    free(model);
    base = open_image("over", true);
    assert_int_equal(image_temporary_overlay(&disk, base, ".", &error), -EINVAL);
    must_close(base);
}

static void writers_and_readers_keep_apart(void **state)
{
    struct image_options writing = { .writable = true }, forced = { .writable = true, .ignore_locks = true };
    struct image_error error;
    struct image *writer, *reader;
    (void)state;
    need_qemu();
    assert_int_equal(image_create("base", DISK_BYTES, NULL, &error), 0);
    assert_int_equal(image_create_overlay("over", "base", NULL, &error), 0);
    writer = open_image("over", true);
    assert_int_equal(try_open("over", (struct image_options){ 0 }, &error), -EBUSY);
    assert_int_equal(try_open("over", writing, &error), -EBUSY);
    assert_int_equal(try_open("base", writing, &error), -EBUSY);
    assert_int_equal(try_open("base", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("over", forced, &error), 0);
    assert_int_not_equal(run("qemu-io -f qcow2 -c 'write 0 512' over"), 0);
    assert_int_not_equal(run("qemu-img check -f qcow2 over"), 0);
    assert_int_not_equal(run("qemu-io -f qcow2 -c 'write 0 512' base"), 0);
    assert_int_equal(run("qemu-io -r -f qcow2 -c 'read 0 512' base"), 0);
    must_close(writer);
    reader = open_image("over", false);
    assert_int_equal(try_open("over", (struct image_options){ 0 }, &error), 0);
    assert_int_equal(try_open("over", writing, &error), -EBUSY);
    assert_int_equal(run("qemu-io -r -f qcow2 -c 'read 0 512' over"), 0);
    assert_int_not_equal(run("qemu-io -f qcow2 -c 'write 0 512' over"), 0);
    must_close(reader);
    assert_int_equal(run("qemu-io -f qcow2 -c 'write 0 512' over"), 0);
}

static void qemus_locks_are_respected(void **state)
{
    struct image_error error;
    int code = 0;
    (void)state;
    need_qemu();
    assert_int_equal(image_create("image", DISK_BYTES, NULL, &error), 0);
    FILE *qemu = popen("qemu-io -f qcow2 image >>log 2>&1", "w");
    assert_non_null(qemu);
    for (int i = 0; i < 500 && code != -EBUSY; i++) {
        if (i)
            nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
        code = try_open("image", (struct image_options){ 0 }, &error);
    }
    assert_int_equal(code, -EBUSY);
    assert_int_equal(pclose(qemu), 0);
    assert_int_equal(try_open("image", (struct image_options){ .writable = true }, &error), 0);
}

struct seen { struct image_event events[64]; unsigned count; };

static void record(void *ctx, const struct image_event *event)
{
    struct seen *seen = ctx;
    assert_true(seen->count < 64);
    seen->events[seen->count++] = *event;
}

/* Checks the oldest event not yet checked. */
static void expect(struct seen *seen, enum image_event_kind kind, unsigned layer, uint64_t cluster)
{
    assert_true(seen->count > 0);
    assert_int_equal(seen->events[0].kind, kind);
    assert_int_equal(seen->events[0].layer, layer);
    assert_int_equal(seen->events[0].cluster, cluster);
    assert_true((seen->events[0].host_offset == 0) == (kind == IMAGE_EVENT_ZERO));
    seen->count--;
    memmove(seen->events, seen->events + 1, seen->count * sizeof seen->events[0]);
}

static void observers_see_what_happens(void **state)
{
    struct seen seen = { .count = 0 };
    uint8_t *data = calloc(1, 200000);
    (void)state;
    need_qemu();
    must("qemu-img create -f qcow2 base 1M");
    must("qemu-io -f qcow2 -c 'write -c -P 5 128k 64k' -c 'write -P 6 192k 64k' -c 'write -P 6 64k 64k' base");
    must("qemu-img create -f qcow2 -b base -F qcow2 over && qemu-io -f qcow2 -c 'write -z 512k 64k' over");
    must("qemu-io -f qcow2 -c 'write -c -P 5 640k 64k' over");
    struct image *image = open_image("over", true);
    image_set_observer(image, record, &seen);

    assert_int_equal(image_read(image, 130 * 1024, data, 100 * 1024), 0);
    expect(&seen, IMAGE_EVENT_READ, 1, 2);
    expect(&seen, IMAGE_EVENT_READ, 1, 3);
    assert_int_equal(image_read(image, 0, data, 512), 0);
    expect(&seen, IMAGE_EVENT_ZERO, 1, 0);
    assert_int_equal(image_read(image, 512 * 1024, data, 512), 0);
    expect(&seen, IMAGE_EVENT_ZERO, 0, 8);

    assert_int_equal(image_write(image, 192 * 1024 + 512, data, 512), 0);
    expect(&seen, IMAGE_EVENT_READ, 1, 3);
    expect(&seen, IMAGE_EVENT_ALLOCATED, 0, 3);
    expect(&seen, IMAGE_EVENT_COPIED, 0, 3);
    assert_int_equal(image_write(image, 192 * 1024 + 2048, data, 512), 0);
    expect(&seen, IMAGE_EVENT_WRITTEN, 0, 3);
    assert_int_equal(image_write(image, 256 * 1024, data, 128 * 1024), 0);
    expect(&seen, IMAGE_EVENT_ALLOCATED, 0, 4);
    expect(&seen, IMAGE_EVENT_ALLOCATED, 0, 5);
    assert_int_equal(image_read(image, 256 * 1024, data, 128 * 1024), 0);
    assert_int_equal(seen.events[1].host_offset, seen.events[0].host_offset + 65536);
    expect(&seen, IMAGE_EVENT_READ, 0, 4);
    expect(&seen, IMAGE_EVENT_READ, 0, 5);

    assert_int_equal(image_write(image, 640 * 1024, data, 65536), 0);
    expect(&seen, IMAGE_EVENT_ALLOCATED, 0, 10);
    assert_int_equal(seen.count, 0);
    assert_int_equal(image_flush(image), 0);
    expect(&seen, IMAGE_EVENT_FREED, 0, 10);
    assert_int_equal(seen.count, 0);
    image_set_observer(image, NULL, NULL);
    assert_int_equal(image_allocated_clusters(image, 0), 5);
    must_close(image);
    assert_clean("over");
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(names_below_the_folder_are_followed),
        in_folder(names_that_lead_elsewhere_need_leave),
        in_folder(names_that_are_no_files_are_never_followed),
        in_folder(loops_and_long_chains_end),
        in_folder(formats_not_recorded_are_guessed_with_a_warning),
        in_folder(a_raw_backing_file_is_not_probed),
        in_folder(overlays_name_their_backing_file),
        in_folder(overlays_made_here_satisfy_qemu),
        in_folder(temporary_overlays_leave_nothing),
        in_folder(writers_and_readers_keep_apart),
        in_folder(qemus_locks_are_respected),
        in_folder(observers_see_what_happens)
    };
    return cmocka_run_group_tests_name("qcow2 chains", tests, NULL, NULL);
}
