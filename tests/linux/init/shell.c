/* A shell for tests. A line is a command and its words, with "> FILE" or ">> FILE" at the end for its output. All
 * commands are in the table below; the self-test is in selftest.c. */
#include "tests/linux/init/shell.h"
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

enum { WORDS = 16, LINE = 256, EXIT_PORT = 0xF4 };

typedef int command_fn(int count, char **word);

static int fail(const char *what, int error)
{
    print("%s: error %d\n", what, -error);
    return 1;
}

static int do_echo(int count, char **word)
{
    for (int i = 1; i < count; i++)
        print(i > 1 ? " %s" : "%s", word[i]);
    print("\n");
    return 0;
}

static int do_cat(int count, char **word)
{
    static char buffer[PAGE];

    for (int i = 1; i < count; i++) {
        int file = sys_open(word[i], O_RDONLY), got;
        if (file < 0)
            return fail(word[i], file);
        while ((got = sys_read(file, buffer, sizeof buffer)) > 0)
            sys_write(1, buffer, (size_t)got);
        sys_close(file);
        if (got < 0)
            return fail(word[i], got);
    }
    return 0;
}

/* FNV-1a, 32 bits, of all bytes of a file or device, and their number. */
static int do_sum(int count, char **word)
{
    static uint8_t buffer[16 * PAGE];

    for (int i = 1; i < count; i++) {
        int file = sys_open(word[i], O_RDONLY), got;
        uint32_t sum = 2166136261u, size = 0;
        if (file < 0)
            return fail(word[i], file);
        while ((got = sys_read(file, buffer, sizeof buffer)) > 0) {
            for (int j = 0; j < got; j++)
                sum = (sum ^ buffer[j]) * 16777619u;
            size += (uint32_t)got;
        }
        sys_close(file);
        if (got < 0)
            return fail(word[i], got);
        print("%x %u %s\n", sum, size, word[i]);
    }
    return 0;
}

/* struct linux_dirent64: inode, offset, length of the record at 16, kind, name at 19. */
static int do_ls(int count, char **word)
{
    static uint8_t entries[PAGE];
    const char *path = count > 1 ? word[1] : "/";
    int folder = sys_open(path, O_RDONLY | O_DIRECTORY), got;

    if (folder < 0)
        return fail(path, folder);
    while ((got = sys_getdents(folder, entries, sizeof entries)) > 0)
        for (int at = 0; at < got; at += entries[at + 16] | entries[at + 17] << 8)
            print("%s ", (const char *)&entries[at + 19]);
    print("\n");
    sys_close(folder);
    return 0;
}

static int do_sync(int count, char **word)
{
    (void)count, (void)word;
    sys_sync();
    return 0;
}

/* To the end with a clean root, as shutdown(8) would. */
static void stop(int how)
{
    sys_sync();
    sys_mount("none", "/", "ext2", MS_REMOUNT | MS_RDONLY);
    sys_reboot(how);
}

static int do_halt(int count, char **word)
{
    (void)count, (void)word;
    stop(RB_HALT_SYSTEM);
    return 1;
}

static int do_reboot(int count, char **word)
{
    (void)count, (void)word;
    stop(RB_AUTOBOOT);
    return 1;
}

/* Ends the emulator, by its debug-exit port. */
static int do_exit(int count, char **word)
{
    uint8_t code = (uint8_t)(count > 1 ? text_number(word[1]) : 0);

    sys_sync();
    sys_mount("none", "/", "ext2", MS_REMOUNT | MS_RDONLY);
    if (sys_iopl(3))
        return fail("iopl", 1);
    __asm__ volatile("outb %0, %1" : : "a"(code), "Nd"((uint16_t)EXIT_PORT));
    return 0;
}

static int do_help(int count, char **word);

static const struct { const char *name; command_fn *run; const char *help; } commands[] = {
    { "cat", do_cat, "FILE..." },       { "echo", do_echo, "WORD..." },     { "exit", do_exit, "[CODE]" },
    { "halt", do_halt, "" },            { "help", do_help, "" },            { "ls", do_ls, "[FOLDER]" },
    { "reboot", do_reboot, "" },        { "selftest", selftest_run, "[NAME...]" },
    { "sum", do_sum, "FILE..." },       { "sync", do_sync, "" },
};

static int do_help(int count, char **word)
{
    (void)count, (void)word;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        print("%s %s\n", commands[i].name, commands[i].help);
    return 0;
}

/* Cuts LINE into words. */
static int split(char *line, char **word)
{
    int count = 0;

    while (*line && count < WORDS - 1) {
        while (*line == ' ' || *line == '\n')
            *line++ = 0;
        if (*line)
            word[count++] = line;
        while (*line && *line != ' ' && *line != '\n')
            line++;
    }
    word[count] = NULL;
    return count;
}

/* The file that the last two words ask for as output: 1 without any, negative if it cannot be opened. */
static int open_output(int *count, char **word)
{
    int flags = O_WRONLY | O_CREAT;

    if (*count < 3)
        return 1;
    if (text_equal(word[*count - 2], ">"))
        flags |= O_TRUNC;
    else if (text_equal(word[*count - 2], ">>"))
        flags |= O_APPEND;
    else
        return 1;
    *count -= 2;
    return sys_open(word[*count + 1], flags);
}

/* Each command is a process of its own, so that one that dies is only reported. */
static void execute(int count, char **word)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int status, child, output;
        if (!text_equal(word[0], commands[i].name))
            continue;
        output = open_output(&count, word);
        if (output < 0) {
            fail(word[count + 1], output);
            return;
        }
        child = sys_fork();
        if (!child) {
            sys_dup2(output, 1);
            sys_exit(commands[i].run(count, word));
        }
        if (output != 1)
            sys_close(output);
        sys_wait(child, &status, 0);
        if (status & 127)
            print("%s: signal %d\n", word[0], status & 127);
        return;
    }
    print("%s: no such command\n", word[0]);
}

void shell_run(const char *console)
{
    static char line[LINE];
    char *word[WORDS];
    int got;

    print("\nTrowel's Linux, shell on %s\n", console);
    for (;;) {
        print("$ ");
        got = sys_read(0, line, sizeof line - 1);
        if (got <= 0)
            return;
        line[got] = 0;
        int count = split(line, word);
        if (count)
            execute(count, word);
    }
}
