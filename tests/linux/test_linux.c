/* Linux 6.1 on the machine, from SYSLINUX on a qcow2 disk to its shells on the screen and the serial line, and through
 * the self-test of our init (tests/linux/init) to a clean end. `make check-linux` builds what is started here into the
 * folder LINUX (tests/linux/build.sh) and runs this; it is no part of `make check`, as it needs a kernel's source.
 * Afterwards the disk is looked at with e2fsprogs, which nobody here wrote. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

/* --- Disks --- */

static const char *linux_folder(void)
{
    const char *folder = getenv("LINUX");
    return folder ? folder : "build-linux";
}

/* A disk of its own for a test, as Linux writes to it. */
static const char *make_disk(const char *name)
{
    const char *path = in_folder(name);
    must("sh tests/linux/make-disk.sh '%s' '%s'", linux_folder(), path);
    return path;
}

/* The root partition as a raw image. */
static const char *cut_root(const char *disk)
{
    const char *raw = in_folder("raw"), *root = in_folder("root");
    must("qemu-img convert -O raw '%s' '%s' && dd if='%s' of='%s' bs=512 skip=34816 status=none && rm '%s'",
         disk, raw, raw, root, raw);
    return root;
}

enum { BLOCK = 16 * 1024, BLOCKS = 128 };

/* What init's test_disk wrote: see fill() in tests/linux/init/selftest_files.c. */
static void assert_large_file(const char *path)
{
    size_t size;
    uint8_t *bytes = (uint8_t *)read_file(path, &size);
    assert_int_equal(size, BLOCKS * BLOCK);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        uint32_t value = i * 2654435761u + 1;
        for (uint32_t j = 0; j < BLOCK; j++) {
            value = value * 1664525u + 1013904223u;
            if (bytes[i * BLOCK + j] != value >> 24)
                fail_msg("block %u of the file differs at byte %u", i, j);
        }
    }
    free(bytes);
}

/* Clean file systems, with the self-test's files in them. */
static void assert_disk(const char *disk)
{
    check_image(disk);
    const char *root = cut_root(disk), *file = in_folder("file");
    must("PATH=$PATH:/usr/sbin:/sbin e2fsck -fn '%s' >'%s' 2>&1 || { cat '%s'; false; }", root, file, file);
    must("PATH=$PATH:/usr/sbin:/sbin debugfs -R 'dump /test/large %s' '%s' 2>/dev/null", file, root);
    assert_large_file(file);
    must("PATH=$PATH:/usr/sbin:/sbin debugfs -R 'dump /test/mapped %s' '%s' 2>/dev/null", file, root);
    size_t size;
    char *mapped = read_file(file, &size);
    assert_int_equal(size, 3 * 4096);
    assert_int_equal(mapped[0], 'M');
    assert_string_equal(mapped + 2 * 4096, "mapped and synchronized\n");
    free(mapped);
    must("test $(PATH=$PATH:/usr/sbin:/sbin debugfs -R 'ls -p /test/many' '%s' 2>/dev/null | "
         "grep -c '/[0-5][0-9]/') = 40", root);
    must("rm '%s'", root);
}

/* --- Running --- */

enum { WORDS_MAX = 64 };
struct words { const char *word[WORDS_MAX]; size_t count; };

static void add(struct words *words, const char *const *more)
{
    for (; *more; more++) {
        assert_true(words->count + 2 < WORDS_MAX);
        words->word[words->count++] = *more;
    }
}

/* Commands for the debugger, each by -ex. */
static void script(struct words *words, const char *const *commands)
{
    for (; *commands; commands++)
        add(words, (const char *const[]){ "-ex", *commands, NULL });
}

#define ADD(words, ...) add((words), (const char *const[]){ __VA_ARGS__, NULL })
#define SCRIPT(words, ...) script((words), (const char *const[]){ __VA_ARGS__, NULL })

/* Starts the machine with DISK written to, and the kernel that is answered to the boot loader's prompt. */
static struct words machine(const char *disk, const char *answer)
{
    struct words words = { .count = 0 };
    ADD(&words, trowel_path(), "--batch", "--write", "--debug-exit", "0xf4", "--hda", disk);
    SCRIPT(&words, "expect \"boot:\" 60", answer, "expect \"shell on /dev/tty1\" 200", "screen", "echo booted\\n");
    return words;
}

/* Types the command and waits for its end. */
static void self_test(struct words *words)
{
    SCRIPT(words, "type \"selftest\\n\"", "expect \"selftest: (FAILED|all)\" 400", "screen", "echo tested\\n");
}

/* HLT with interrupts off is all that a machine of that time can do; the batch run ends with it. */
static void halt(struct words *words)
{
    SCRIPT(words, "type \"halt\\n\"", "continue");
}

/* The time limit counts from one sign of life to the next. */
static void finish(struct program *p, struct words *words)
{
    program_start(p, words->word);
    if (program_read_until(p, "booted\n"))
        program_read_until(p, "tested\n");
    program_wait(p);
    program_ended(p, 0);
    program_said(p, "selftest: all passed");
    program_said(p, "halted with interrupts off");
}

/* Boots with OPTIONS, runs the self-test at the screen's shell, halts; then looks at the disk. What the kernel said
 * comes by the serial line: to be freed. */
static char *whole_run(const char *name, const char *answer, const char *const *options)
{
    const char *disk = make_disk(name), *log = in_folder("serial.log");
    char serial[600];
    struct program p;
    snprintf(serial, sizeof serial, "file:%s", log);
    struct words words = machine(disk, answer);
    ADD(&words, "--serial", serial);
    add(&words, options);
    self_test(&words);
    halt(&words);
    finish(&p, &words);
    program_free(&p);
    assert_disk(disk);
    must("rm '%s'", disk);
    return read_file(log, NULL);
}

#define WHOLE_RUN(name, answer, ...) whole_run((name), (answer), (const char *const[]){ __VA_ARGS__, NULL })

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

/* --- Tests --- */

static void the_kernel_finds_the_board(void **state)
{
    (void)state;
    char *log = WHOLE_RUN("board.qcow2", "type \"m486\\n\"", "--parallel", in_folder("printed"));
    assert_contains(log, "Linux version 6.1.");
    assert_contains(log, "CPU: Intel 486");
    assert_contains(log, "x87 FPU will use FSAVE");
    assert_contains(log, "honours the WP bit even in supervisor mode...Ok.");
    assert_contains(log, "clocksource: Switched to clocksource pit");
    assert_contains(log, "ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A");
    assert_contains(log, "parport0: PC-style at 0x378, irq 7 [");
    assert_contains(log, "Floppy drive(s): fd0 is 1.44M");
    assert_contains(log, "FDC 0 is a post-1991 82077");
    assert_contains(log, "ata1.00: 131040 sectors");
    assert_contains(log, "i8042 KBD port at 0x60,0x64 irq 1");
    assert_contains(log, "i8042 AUX port at 0x60,0x64 irq 12");
    assert_contains(log, "input: PS/2 Generic Mouse");
    assert_contains(log, "rtc_cmos rtc_cmos: alarms up to one day");
    assert_contains(log, "reboot: System halted");
    free(log);
}

static void it_runs_in_8_to_256_megabytes(void **state)
{
    static const struct { const char *ram, *answer, *seen; } rows[] = {
        { "8", "type \"m486\\n\"", "8MB LOWMEM available." },
        { "64", "type \"m486\\n\"", "64MB LOWMEM available." },
        { "256", "type \"m486\\n\"", "256MB LOWMEM available." },
        { "256", "type \"m486 mem=8M\\n\"", "8MB LOWMEM available." },
        { "64", "type \"m486 mem=16M\\n\"", "16MB LOWMEM available." },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *log = WHOLE_RUN("memory.qcow2", rows[i].answer, "--ram", rows[i].ram);
        assert_contains(log, rows[i].seen);
        free(log);
    }
}

static void without_an_fpu_the_kernel_emulates_it(void **state)
{
    (void)state;
    char *log = WHOLE_RUN("sx.qcow2", "type \"m486sx\\n\"", "--machine", "486sx-25");
    assert_contains(log, "Linux version 6.1.");
    assert_contains(log, "ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A");
    free(log);
}

static void it_runs_in_real_clocks_too(void **state)
{
    (void)state;
    free(WHOLE_RUN("table.qcow2", "type \"m486\\n\"", "--timing", "table"));
    free(WHOLE_RUN("cycle.qcow2", "type \"m486\\n\"", "--timing", "cycle", "--machine", "486dx4-100"));
}

/* Sends SAY (if not NULL) and reads until ANSWER came. */
static void talk(int pty, const char *say, const char *answer)
{
    static char heard[65536];
    size_t length = 0;
    struct pollfd wait = { .fd = pty, .events = POLLIN };
    heard[0] = 0;
    if (say)
        assert_int_equal(write(pty, say, strlen(say)), strlen(say));
    while (!strstr(heard, answer) && length < sizeof heard - 1 && poll(&wait, 1, LONGEST_RUN * 1000) > 0) {
        ssize_t got = read(pty, heard + length, sizeof heard - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        heard[length] = 0;
    }
    assert_contains(heard, answer);
}

/* Nobody answers the boot loader: it starts the kernel by itself. The guest ends the program with its own exit code. */
static void a_person_at_the_serial_line_has_a_shell(void **state)
{
    (void)state;
    struct program p;
    char name[64] = "";
    const char *disk = make_disk("serial.qcow2");
    trowel_start(&p, "--batch", "--write", "--debug-exit", "0xf4", "--serial", "pty", disk, "-ex", "echo ready\\n",
                 "-ex", "continue");
    assert_true(program_read_until(&p, "serial port 1 is "));
    assert_true(program_read_until(&p, "ready\n"));
    assert_int_equal(sscanf(strstr(p.err, "serial port 1 is "), "serial port 1 is %63[^\n]", name), 1);
    int pty = open(name, O_RDWR | O_NOCTTY);
    assert_true(pty >= 0);
    talk(pty, NULL, "shell on /dev/ttyS0\r\n$ ");
    talk(pty, "cat /etc/motd\r", "Trowel digs in Linux.\r\n$ ");
    talk(pty, "selftest\r", "selftest: all passed\r\n$ ");
    talk(pty, "echo kept > /test/kept\r", "$ ");
    assert_int_equal(write(pty, "exit 42\r", 8), 8);
    program_wait(&p);
    program_ended(&p, 42);
    close(pty);
    program_free(&p);
    assert_disk(disk);
}

/* Reset by the keyboard controller, as reboot=k says; the second start finds what the first one left. */
static void reboot_starts_the_machine_again(void **state)
{
    (void)state;
    struct program p;
    const char *disk = make_disk("reboot.qcow2");
    struct words words = machine(disk, "type \"m486\\n\"");
    SCRIPT(&words, "type \"selftest disk mmap\\n\"", "expect \"selftest: (FAILED|all)\" 100", "type \"reboot\\n\"",
           "expect \"SYSLINUX\" 60", "expect \"^boot: ?$\" 60", "type \"m486\\n\"",
           "expect \"shell on /dev/tty1\" 200", "type \"sum /test/large\\n\"", "expect \"2097152 /test/large\" 60",
           "echo tested\\n", "type \"selftest\\n\"", "expect \"selftest: (FAILED|all)\" 400", "screen");
    halt(&words);
    finish(&p, &words);
    program_free(&p);
    assert_disk(disk);
}

/* A drive's image of SIZE bytes, each 512 of them different, and what the shell's `sum` must print of DEVICE. */
static const char *make_media(const char *name, uint32_t size, const char *device, char *expect, size_t expect_size)
{
    const char *path = in_folder(name);
    uint32_t sum = 2166136261u;
    make_empty(path, size);
    for (uint32_t i = 0; i < size / 512; i++)
        put_at(path, (uint64_t)i * 512 + i % 500, &i, sizeof i);
    char *bytes = read_file(path, NULL);
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (uint8_t)bytes[i]) * 16777619u;
    free(bytes);
    snprintf(expect, expect_size, "expect \"%08x %u %s\" 200", (unsigned)sum, (unsigned)size, device);
    return path;
}

/* By the drivers of their own: the floppy with IRQ 6 and DMA 2, the CD-ROM with packets, the printer with IRQ 7. */
static void floppy_cd_and_printer_work(void **state)
{
    (void)state;
    struct program p;
    char floppy_sum[80], cd_sum[80];
    const char *disk = make_disk("drives.qcow2"), *printed = in_folder("printed");
    const char *floppy = make_media("floppy.img", 1440 * 1024, "/dev/fd0", floppy_sum, sizeof floppy_sum);
    const char *cd = make_media("cd.iso", 1000 * 2048, "/dev/sr0", cd_sum, sizeof cd_sum);
    struct words words = machine(disk, "type \"m486\\n\"");
    ADD(&words, "--fda", floppy, "--cdrom", cd, "--boot", "c", "--parallel", printed);
    SCRIPT(&words, "type \"sum /dev/fd0\\n\"", floppy_sum, "type \"sum /dev/sr0\\n\"", cd_sum,
           "type \"cat /etc/motd > /dev/lp0\\n\"", "type \"selftest\\n\"", "expect \"selftest: (FAILED|all)\" 400",
           "type \"cat /proc/interrupts\\n\"", "expect \"parport0\" 20", "screen", "echo tested\\n");
    halt(&words);
    finish(&p, &words);
    program_free(&p);
    char *text = read_file(printed, NULL);
    assert_string_equal(text, "Trowel digs in Linux.\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_finds_the_board),
        cmocka_unit_test(it_runs_in_8_to_256_megabytes),
        cmocka_unit_test(without_an_fpu_the_kernel_emulates_it),
        cmocka_unit_test(it_runs_in_real_clocks_too),
        cmocka_unit_test(a_person_at_the_serial_line_has_a_shell),
        cmocka_unit_test(reboot_starts_the_machine_again),
        cmocka_unit_test(floppy_cd_and_printer_work),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
