/* Which files an image can have opened: a child opens images with hostile names in them while its system calls are
 * traced. Whatever the name, no file is opened but the image, its folder, and what policy allows; none is read that is
 * refused; nothing is executed and no socket made. */
#define _GNU_SOURCE
#include "tests/qcow2/tools.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/ptrace.h>

enum { DISK_BYTES = 1 << 20, LIST_BYTES = 8000, NEVER = 99, BACKING_NAME = 512 };

/* What the child did, as "open /path\n", "read /path\n", "execute\n" and "socket\n", each once. */
struct trace { char list[LIST_BYTES]; int code; struct image_error error; };

static void note(struct trace *trace, const char *what, const char *path)
{
    char line[700];
    snprintf(line, sizeof line, "%s%s\n", what, path);
    if (strstr(trace->list, line))
        return;
    assert_true(strlen(trace->list) + strlen(line) < LIST_BYTES);
    strcat(trace->list, line);
}

/* The file that FD is in the child, links resolved. */
static void note_file(struct trace *trace, pid_t child, const char *what, long fd)
{
    char link[60], path[600] = "";
    snprintf(link, sizeof link, "/proc/%d/fd/%ld", (int)child, fd);
    if (fd >= 0 && readlink(link, path, sizeof path - 1) > 0)
        note(trace, what, path);
}

static bool opens(uint64_t number)
{
#if defined SYS_open
    if (number == SYS_open || number == SYS_creat)
        return true;
#endif
    return number == SYS_openat || number == SYS_openat2;
}

static bool reads(uint64_t number)
{
    return number == SYS_read || number == SYS_pread64 || number == SYS_readv || number == SYS_preadv ||
           number == SYS_mmap || number == SYS_sendfile;
}

/* One stop of the child, before or after a call. CALL is what the last entry was. */
static void note_stop(struct trace *trace, pid_t child, struct ptrace_syscall_info *call)
{
    struct ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0)
        fail_msg("system calls cannot be traced here");
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        *call = info;
        if (info.entry.nr == SYS_execve || info.entry.nr == SYS_execveat)
            note(trace, "execute", "");
        if (info.entry.nr == SYS_socket || info.entry.nr == SYS_connect)
            note(trace, "socket", "");
        if (reads(info.entry.nr))
            note_file(trace, child, "read ", (int)info.entry.args[info.entry.nr == SYS_mmap ? 4 : 0]);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && opens(call->entry.nr) && !info.exit.is_error) {
        note_file(trace, child, "open ", (long)info.exit.rval);
    }
}

/* The child: opens PATH, reads the disk's ends, and tells what came of it through the shared pipe. */
static void open_traced(const char *path, const struct image_options *options, int out)
{
    static uint8_t data[65536];
    struct image_error error = { "" };
    struct image *image;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(1);
    raise(SIGSTOP);
    int code = image_open(&image, path, options, &error);
    if (code == 0) {
        image_read(image, 0, data, sizeof data);
        image_read(image, DISK_BYTES - sizeof data, data, sizeof data);
        image_close(image);
    }
    bool told = write(out, &code, sizeof code) == sizeof code && write(out, &error, sizeof error) == sizeof error;
    _exit(told ? 0 : 1);
}

/* Runs the child to its end. */
static void follow(struct trace *trace, pid_t child)
{
    struct ptrace_syscall_info call = { .op = PTRACE_SYSCALL_INFO_NONE };
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status)) {
        print_message("skipped: system calls cannot be traced here\n");
        skip();
    }
    assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), 0);
    for (int signal = 0; ; ) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, (void *)(intptr_t)signal), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSTOPPED(status))
            break;
        signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
        if (!signal)
            note_stop(trace, child, &call);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void trace_open(struct trace *trace, const char *path, const struct image_options *options)
{
    int ends[2];
    memset(trace, 0, sizeof *trace);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        open_traced(path, options, ends[1]);
    follow(trace, child);
    assert_int_equal(read(ends[0], &trace->code, sizeof trace->code), sizeof trace->code);
    assert_int_equal(read(ends[0], &trace->error, sizeof trace->error), sizeof trace->error);
    close(ends[0]);
    close(ends[1]);
}

/* --- What was opened --- */

static void real_path(char *real, const char *path)
{
    if (!realpath(path, real))
        fail_msg("%s: %s", path, strerror(errno));
}

/* Takes the line "WHAT real-path" out of the list. True if it was there. */
static bool strike(struct trace *trace, const char *what, const char *path)
{
    char real[4096], line[4200];
    real_path(real, path);
    snprintf(line, sizeof line, "%s%s\n", what, real);
    char *at = strstr(trace->list, line);
    if (at)
        memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
    return at != NULL;
}

/* Nothing happened but opening (folders are not read) and reading the files of ALLOWED, a list that NULL ends. */
static void assert_only(struct trace *trace, const char *image, const char *const *allowed)
{
    static const char *const folders[] = { ".", "sub", "sub/deeper" };
    for (; *allowed; allowed++) {
        strike(trace, "open ", *allowed);
        strike(trace, "read ", *allowed);
    }
    for (size_t i = 0; i < 3; i++)
        strike(trace, "open ", folders[i]);
    if (trace->list[0])
        fail_msg("%s (%s): %s", image, trace->error.text, trace->list);
}

/* --- Images --- */

/* Makes PATH a qcow2 file that names NAME as what backs it. */
static void make_naming(const char *path, const char *name, const char *format)
{
    struct image_error error;
    size_t bytes;
    remove(path);
    assert_int_equal(image_create(path, DISK_BYTES, NULL, &error), 0);
    uint8_t *file = get_file(path, &bytes);
    put_be32(file + 104, 0xE2792ACA);
    put_be32(file + 108, (uint32_t)strlen(format));
    memcpy(file + 112, format, strlen(format));
    put_be64(file + 8, BACKING_NAME);
    put_be32(file + 16, (uint32_t)strlen(name));
    memcpy(file + BACKING_NAME, name, strlen(name));
    put_file(path, file, bytes);
    free(file);
}

/* A tree with the image's folder "sub" in it and things around it that are not for the image. */
static void make_tree(void)
{
    static uint8_t disk[DISK_BYTES];
    fill_random(disk, sizeof disk, 3);
    assert_int_equal(mkdir("sub", 0777), 0);
    assert_int_equal(mkdir("sub/deeper", 0777), 0);
    assert_int_equal(mkdir("other", 0777), 0);
    put_file("secret", disk, sizeof disk);
    put_file("other/secret", disk, sizeof disk);
    put_file("sub/base", disk, sizeof disk);
    put_file("sub/deeper/base", disk, sizeof disk);
    make_naming("sub/middle", "../secret", "raw");
    assert_int_equal(symlink("../secret", "sub/link"), 0);
    assert_int_equal(symlink("base", "sub/near"), 0);
    assert_int_equal(symlink("../other", "sub/folder"), 0);
    assert_int_equal(symlink("/dev/zero", "sub/zero"), 0);
    assert_int_equal(symlink("/proc/self", "sub/process"), 0);
    assert_int_equal(mkfifo("sub/pipe", 0666), 0);
}

/* A backing name in sub/image, what opening gives, and with leave to go outside; and which files are read, refused and
 * with leave: space between them. NEVER: not tried. */
static const struct { const char *name, *format; int code, with_leave; const char *then; } names[] = {
    { "base", "raw", 0, 0, "sub/base" },
    { "deeper/base", "raw", 0, 0, "sub/deeper/base" },
    { "./deeper//../base", "raw", -EPERM, 0, "sub/base" },
    { "../secret", "raw", -EPERM, 0, "secret" },
    { "deeper/../../secret", "raw", -EPERM, 0, "secret" },
    { "/etc/passwd", "raw", -EPERM, NEVER, "" },
    { "/dev/zero", "raw", -EPERM, NEVER, "" },
    { "/proc/self/environ", "raw", -EPERM, NEVER, "" },
    { "link", "raw", -EPERM, 0, "secret" },
    { "near", "raw", -EPERM, 0, "sub/base" },
    { "folder/secret", "raw", -EPERM, 0, "other/secret" },
    { "zero", "raw", -EPERM, NEVER, "" },
    { "process/environ", "raw", -EPERM, NEVER, "" },
    { "middle", "qcow2", -EPERM, 0, "sub/middle secret" },
    { "image", "qcow2", -EINVAL, -EINVAL, "" },
    { "json:{\"file.filename\":\"secret\"}", "raw", -EPERM, -EPERM, "" },
    { "json:base", "raw", -EPERM, -EPERM, "" },
    { "file:base", "raw", -EPERM, -EPERM, "" },
    { "file:///etc/passwd", "raw", -EPERM, -EPERM, "" },
    { "nbd://127.0.0.1:10809/base", "raw", -EPERM, -EPERM, "" },
    { "nbd:unix:pipe", "raw", -EPERM, -EPERM, "" },
    { "http://127.0.0.1/base", "raw", -EPERM, -EPERM, "" },
    { "fd:0", "raw", -EPERM, -EPERM, "" },
    { "base\n", "raw", -EPERM, -EPERM, "" },
    { "\033[2Jbase", "raw", -EPERM, -EPERM, "" },
    { "base", "vmdk", -ENOTSUP, -ENOTSUP, "" },
    { "base", "host_device", -ENOTSUP, -ENOTSUP, "" },
};

/* The names in TEXT, space between them, and "sub/image", as a list that NULL ends. */
static void list_allowed(const char **list, char *text)
{
    *list++ = "sub/image";
    for (char *name = strtok(text, " "); name; name = strtok(NULL, " "))
        *list++ = name;
    *list = NULL;
}

static void names_open_nothing_that_policy_forbids(void **state)
{
    static struct trace trace;
    const char *refused[8], *allowed[8];
    char none[40], then[40];
    (void)state;
    make_tree();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        make_naming("sub/image", names[i].name, names[i].format);
        snprintf(then, sizeof then, "%s", names[i].then);
        list_allowed(allowed, then);
        /* A file in the folder may be looked into before its own backing name is refused. */
        snprintf(none, sizeof none, "%s", strcmp(names[i].name, "middle") == 0 ? "sub/middle" : "");
        list_allowed(refused, none);
        trace_open(&trace, "sub/image", &(struct image_options){ 0 });
        assert_int_equal(trace.code, names[i].code);
        assert_only(&trace, names[i].name, trace.code ? refused : allowed);
        if (names[i].with_leave == NEVER)
            continue;
        trace_open(&trace, "sub/image", &(struct image_options){ .allow_outside_backing = true });
        assert_int_equal(trace.code, names[i].with_leave);
        assert_only(&trace, names[i].name, trace.code ? refused : allowed);
    }
}

/* The tracer does see what is opened and read: else the test above would prove nothing. */
static void the_trace_sees_what_is_opened(void **state)
{
    static struct trace trace;
    (void)state;
    make_tree();
    make_naming("sub/image", "deeper/base", "raw");
    trace_open(&trace, "sub/image", &(struct image_options){ 0 });
    assert_int_equal(trace.code, 0);
    assert_true(strike(&trace, "open ", "sub/image"));
    assert_true(strike(&trace, "read ", "sub/image"));
    assert_true(strike(&trace, "open ", "sub/deeper"));
    assert_true(strike(&trace, "open ", "sub/deeper/base"));
    assert_true(strike(&trace, "read ", "sub/deeper/base"));
}

/* Whether it is a pipe is only known once it is open; it is not read, and opening does not wait for its other end. */
static void pipes_and_folders_are_not_read(void **state)
{
    static const char *const wrong[] = { "pipe", "deeper", "." };
    static const char *const allowed[] = { "sub/image", NULL };
    static struct trace trace;
    (void)state;
    make_tree();
    for (size_t i = 0; i < 3; i++) {
        make_naming("sub/image", wrong[i], "raw");
        trace_open(&trace, "sub/image", &(struct image_options){ 0 });
        assert_true(trace.code == -ENXIO || trace.code == -EISDIR);
        strike(&trace, "open ", "sub/pipe");
        assert_only(&trace, wrong[i], allowed);
    }
}

/* A file that the user named as trusted is opened wherever it is; another one is not. */
static void trust_is_for_one_file(void **state)
{
    static const char *const alone[] = { "sub/image", NULL }, *const both[] = { "sub/image", "secret", NULL };
    static struct trace trace;
    (void)state;
    make_tree();
    make_naming("sub/image", "../secret", "raw");
    trace_open(&trace, "sub/image", &(struct image_options){ .trusted_backing = "other/secret" });
    assert_int_equal(trace.code, -EPERM);
    assert_only(&trace, "trusts another", alone);
    trace_open(&trace, "sub/image", &(struct image_options){ .trusted_backing = "secret" });
    assert_int_equal(trace.code, 0);
    assert_only(&trace, "trusts it", both);
}

/* An external data file is another way to name a file; and what a raw disk holds is no header. */
static void no_other_place_names_a_file(void **state)
{
    static const char *const alone[] = { "sub/image", NULL }, *const two[] = { "sub/image", "sub/middle", NULL };
    static const char *const named[] = { "sub/image", "secret", NULL };
    static struct trace trace;
    size_t bytes;
    (void)state;
    make_tree();
    make_naming("sub/image", "base", "raw");
    uint8_t *file = get_file("sub/image", &bytes);
    put_be64(file + 8, 0);
    put_be32(file + 16, 0);
    put_be64(file + 72, 4);
    put_be32(file + 104, 0x44415441);
    put_be32(file + 108, 4);
    memcpy(file + 112, "base", 4);
    put_file("sub/image", file, bytes);
    free(file);
    for (int leave = 0; leave < 2; leave++) {
        trace_open(&trace, "sub/image", &(struct image_options){ .allow_outside_backing = leave });
        assert_int_equal(trace.code, -EPERM);
        assert_only(&trace, "data file", alone);
    }
    /* Named by the user, that one is opened, whatever the image calls it, and no other. */
    trace_open(&trace, "sub/image", &(struct image_options){ .data_file = "secret" });
    assert_int_equal(trace.code, 0);
    assert_only(&trace, "named data file", named);
    make_naming("sub/image", "middle", "raw");
    trace_open(&trace, "sub/image", &(struct image_options){ 0 });
    assert_int_equal(trace.code, 0);
    assert_only(&trace, "raw", two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(the_trace_sees_what_is_opened),
        in_folder(names_open_nothing_that_policy_forbids),
        in_folder(pipes_and_folders_are_not_read),
        in_folder(trust_is_for_one_file),
        in_folder(no_other_place_names_a_file)
    };
    return cmocka_run_group_tests_name("qcow2 policy", tests, NULL, NULL);
}
