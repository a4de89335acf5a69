/* Mapped memory and files: protection, copy on write, shared mappings, and data that is on the disk when fsync() says
 * so. What test_disk leaves in /test is looked for in the image afterwards. */
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

static volatile int faults;
static void *volatile unprotect;

/* Makes the page writable that a write has just hit. */
static void allow(int signal, struct signal_info *info, struct signal_context *context)
{
    (void)signal, (void)context;
    faults++;
    unprotect = info->address;
    sys_mprotect((void *)((uintptr_t)info->address & ~(uintptr_t)(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE);
}

static void check_protection(void)
{
    enum { PAGES = 32 };
    volatile uint8_t *page = sys_mmap(PAGES * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    CHECK(!failed((const void *)page));
    faults = 0;
    sys_signal(SIGSEGV, allow, 0, 0);
    for (int i = 0; i < PAGES; i++) {
        page[i * PAGE + i] = (uint8_t)(i + 1);
        CHECK(faults == i + 1 && unprotect == &page[i * PAGE + i]);
    }
    for (int i = 0; i < PAGES; i++)
        CHECK(page[i * PAGE + i] == i + 1 && page[i * PAGE + i + 1] == 0);
    sys_signal(SIGSEGV, NULL, 0, 0);
    CHECK(sys_munmap((void *)page, PAGES * PAGE) == 0);
}

/* A private page is copied at the first write after fork(), a shared one is not. */
static void check_fork_of_pages(void)
{
    volatile uint32_t *own = sys_mmap(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    volatile uint32_t *shared = sys_mmap(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
    int child, status;

    *own = *shared = 1;
    child = sys_fork();
    if (!child) {
        *own = *shared = 2;
        sys_exit(*own == 2 ? 0 : 1);
    }
    CHECK(sys_wait(child, &status, 0) == child && status == 0);
    CHECK(*own == 1 && *shared == 2);
    sys_munmap((void *)own, PAGE);
    sys_munmap((void *)shared, PAGE);
}

/* A system call that is given a read-only page must fail: the kernel needs CR0.WP for that. */
static void check_write_protection_in_the_kernel(void)
{
    int zero = sys_open("/dev/zero", O_RDONLY);
    uint8_t *page = sys_mmap(PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

    CHECK(zero >= 0 && page[0] == 0);
    CHECK(sys_read(zero, page, 16) == -14);     /* EFAULT */
    CHECK(sys_read(zero, (void *)0xC0100000u, 16) == -14);
    sys_munmap(page, PAGE);
    sys_close(zero);
}

static void check_mapped_file(void)
{
    int file = sys_open("/test/mapped", O_RDWR | O_CREAT | O_TRUNC);
    uint8_t *page, byte = 0;

    CHECK(file >= 0 && sys_truncate(file, 3 * PAGE) == 0);
    page = sys_mmap(3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    CHECK(!failed(page));
    page[0] = 'm';
    memcpy(page + 2 * PAGE, "mapped and synchronized\n", 24);
    CHECK(sys_msync(page, 3 * PAGE) == 0);
    CHECK(sys_read(file, &byte, 1) == 1 && byte == 'm');
    byte = 'M';
    CHECK(sys_seek(file, 0, SEEK_SET) == 0 && sys_write(file, &byte, 1) == 1);
    CHECK(page[0] == 'M' && page[PAGE] == 0);
    CHECK(sys_munmap(page, 3 * PAGE) == 0);
    sys_close(file);
}

void test_mmap(void)
{
    sys_mkdir("/test");
    check_protection();
    check_fork_of_pages();
    check_write_protection_in_the_kernel();
    check_mapped_file();
}

/* --- Disk --- */

enum { BLOCK = 16 * 1024, BLOCKS = 128 };

static uint8_t block[BLOCK];

/* The same bytes that the host's side of the test expects: see tests/linux/test_linux.c. */
static void fill(uint32_t number)
{
    uint32_t value = number * 2654435761u + 1;

    for (int i = 0; i < BLOCK; i++) {
        value = value * 1664525u + 1013904223u;
        block[i] = (uint8_t)(value >> 24);
    }
}

static void forget_cache(void)
{
    int file = sys_open("/proc/sys/vm/drop_caches", O_WRONLY);

    CHECK(file >= 0 && sys_write(file, "3", 1) == 1);
    sys_close(file);
}

static void check_read(int file, uint32_t number)
{
    static uint8_t got[BLOCK];

    CHECK(sys_seek(file, (int)(number * BLOCK), SEEK_SET) == (int)(number * BLOCK));
    CHECK(sys_read(file, got, BLOCK) == BLOCK);
    fill(number);
    CHECK(memcmp(got, block, BLOCK) == 0);
}

/* 2 MB, in order and out of it, from the disk itself. */
static void check_large_file(void)
{
    int file = sys_open("/test/large", O_RDWR | O_CREAT | O_TRUNC);

    CHECK(file >= 0);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        fill(i);
        CHECK(sys_write(file, block, BLOCK) == BLOCK);
        if (i % 16 == 0)
            CHECK(sys_fsync(file) == 0);
    }
    CHECK(sys_fsync(file) == 0);
    forget_cache();
    for (uint32_t i = 0; i < BLOCKS; i++)
        check_read(file, i);
    forget_cache();
    for (uint32_t i = 0; i < BLOCKS; i += 5)
        check_read(file, i * 37 % BLOCKS);
    sys_close(file);
}

/* /test/many/NN, of which every third goes again. */
static void check_many_files(void)
{
    static char name[] = "/test/many/00";

    sys_mkdir("/test/many");
    for (int i = 0; i < 60; i++) {
        name[11] = (char)('0' + i / 10);
        name[12] = (char)('0' + i % 10);
        int file = sys_open(name, O_WRONLY | O_CREAT | O_TRUNC);
        CHECK(file >= 0 && sys_write(file, name, 13) == 13);
        if (i % 7 == 0)
            CHECK(sys_fsync(file) == 0);
        sys_close(file);
        if (i % 3 == 0)
            CHECK(sys_unlink(name) == 0);
    }
    CHECK(sys_mkdir("/test/gone") == 0 && sys_rmdir("/test/gone") == 0);
}

void test_disk(void)
{
    sys_mkdir("/test");
    check_large_file();
    check_many_files();
    sys_sync();
}
