/* A pristine base under overlays: what an overlay costs depends neither on how large the base is nor on how much of it
 * is allocated. Measured is the most memory that a process of its own ever had. */
#include "tests/qcow2/tools.h"

#include <sys/resource.h>
#include <sys/wait.h>

#if defined __SANITIZE_ADDRESS__
enum { LOOSE = 4 };     /* freed memory is kept for a while, and all of it is watched */
#else
enum { LOOSE = 1 };
#endif

enum { OVERLAYS = 200, READS = 1000, CACHES_KB = 2 * 8192 * LOOSE, EACH_KB = 256 * LOOSE };

/* Opens COUNT overlays at a time and reads READS clusters all over each. */
static int use_overlays(unsigned count, unsigned reads)
{
    static struct image *image[OVERLAYS];
    static uint8_t buffer[512];
    int code = 0;
    for (unsigned i = 0; !code && i < count; i++) {
        char path[32];
        snprintf(path, sizeof path, "over%u", i);
        code = image_open(&image[i], path, &(struct image_options){ .writable = true }, NULL);
        for (unsigned k = 0; !code && k < reads; k++)
            code = image_read(image[i], image_size(image[i]) / reads * k / 512 * 512, buffer, sizeof buffer);
        if (!code && reads)
            code = image_write(image[i], image_size(image[i]) / 2, buffer, sizeof buffer);
    }
    for (unsigned i = 0; i < count; i++)
        if (image_close(image[i]) < 0)
            code = -1;
    return code;
}

static long kb_of(unsigned count, unsigned reads)
{
    struct rusage usage;
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(use_overlays(count, reads) < 0);
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_int_equal(status, 0);
    return usage.ru_maxrss;
}

/* A base with all its tables, and overlays of it. */
static void make_base(const char *size, unsigned overlays)
{
    must("rm -f base over* && qemu-img create -f qcow2 -o preallocation=metadata base %s", size);
    for (unsigned i = 0; i < overlays; i++) {
        char path[32];
        snprintf(path, sizeof path, "over%u", i);
        assert_int_equal(image_create_overlay(path, "base", NULL, NULL), 0);
    }
}

static void memory_does_not_grow_with_the_base(void **state)
{
    (void)state;
    need_qemu();
    make_base("64M", 1);
    long opened = kb_of(1, 0), used = kb_of(1, READS);
    make_base("64G", 1);
    long opened_large = kb_of(1, 0), used_large = kb_of(1, READS);
    print_message("64 MB: %ld KB, in use %ld KB; 64 GB: %ld KB, in use %ld KB\n", opened, used, opened_large,
                  used_large);
    assert_in_range(opened_large, 1, opened + EACH_KB);
    assert_in_range(used_large, 1, used + CACHES_KB);
}

static void hundreds_of_overlays_share_a_base(void **state)
{
    (void)state;
    need_qemu();
    make_base("64G", OVERLAYS);
    long one = kb_of(1, 0), all = kb_of(OVERLAYS, 0);
    print_message("1 overlay: %ld KB, %d: %ld KB\n", one, OVERLAYS, all);
    assert_in_range(all, 1, one + OVERLAYS * EACH_KB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(memory_does_not_grow_with_the_base),
        in_folder(hundreds_of_overlays_share_a_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
