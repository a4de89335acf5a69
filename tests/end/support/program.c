/* Programs under test run in a process group of their own, so that one that hangs can be killed with all it started. */
#include "tests/end/support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *trowel_path(void)
{
    const char *path = getenv("TROWEL");
    return path ? path : "./trowel";
}

static void become(const char *const *words, int out, int err)
{
    int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    dup2(nothing, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execvp(words[0], (char *const *)(uintptr_t)words);
    dprintf(STDERR_FILENO, "%s: %s\n", words[0], strerror(errno));
    _exit(127);
}

static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

void program_start(struct program *program, const char *const *words)
{
    int out[2], err[2];
    memset(program, 0, sizeof *program);
    program->out = calloc(1, 1);
    program->err = calloc(1, 1);
    open_pipe(out);
    open_pipe(err);
    program->pid = fork();
    assert_true(program->pid >= 0);
    if (program->pid == 0)
        become(words, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    program->out_pipe = out[0];
    program->err_pipe = err[0];
}

static void append(char **text, size_t *length, const char *data, size_t size)
{
    *text = realloc(*text, *length + size + 1);
    assert_non_null(*text);
    memcpy(*text + *length, data, size);
    *length += size;
    (*text)[*length] = 0;
}

static void take(int *pipe_end, char **text, size_t *length)
{
    char data[4096];
    ssize_t got = read(*pipe_end, data, sizeof data);
    if (got > 0) {
        append(text, length, data, (size_t)got);
    } else if (got == 0) {
        close(*pipe_end);
        *pipe_end = -1;
    }
}

/* Reads what comes within WAIT milliseconds. False: both ends are closed. */
static bool collect(struct program *program, int wait)
{
    struct pollfd ends[2] = { { .fd = program->out_pipe, .events = POLLIN }, { .fd = program->err_pipe,
                                                                               .events = POLLIN } };
    if (program->out_pipe < 0 && program->err_pipe < 0)
        return false;
    poll(ends, 2, wait);
    if (ends[0].revents)
        take(&program->out_pipe, &program->out, &program->out_length);
    if (ends[1].revents)
        take(&program->err_pipe, &program->err, &program->err_length);
    return true;
}

bool program_read_until(struct program *program, const char *text)
{
    int64_t until = now_ms() + LONGEST_RUN * 1000;
    while (!strstr(program->out, text) && !strstr(program->err, text))
        if (now_ms() > until || !collect(program, 1000))
            return false;
    return true;
}

void program_wait(struct program *program)
{
    int64_t until = now_ms() + LONGEST_RUN * 1000;
    int status = 0;
    bool late = false;
    while (!late && collect(program, 1000))
        late = now_ms() > until;
    if (late)
        kill(-program->pid, SIGKILL);
    waitpid(program->pid, &status, 0);
    if (program->out_pipe >= 0)
        close(program->out_pipe);
    if (program->err_pipe >= 0)
        close(program->err_pipe);
    program->code = late ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void program_free(struct program *program)
{
    free(program->out);
    free(program->err);
}

void program_run(struct program *program, const char *const *words)
{
    program_start(program, words);
    program_wait(program);
}

static void fail_program(const struct program *program, const char *what, const char *detail)
{
    fprintf(stderr, "exit code %d\n--- stdout:\n%s\n--- stderr:\n%s\n---\n", program->code, program->out, program->err);
    fail_msg("%s%s", what, detail);
}

void program_ended(const struct program *program, int code)
{
    char number[32];
    snprintf(number, sizeof number, "%d", code);
    if (program->code != code)
        fail_program(program,
                     program->code < 0 ? "killed, as it took too long; expected exit code " : "expected exit code ",
                     number);
}

void program_said(const struct program *program, const char *text)
{
    if (!strstr(program->out, text))
        fail_program(program, "not on stdout: ", text);
}

void program_complained(const struct program *program, const char *text)
{
    if (!strstr(program->err, text))
        fail_program(program, "not on stderr: ", text);
}

void program_refused(const struct program *program, const char *text)
{
    const char *newline = strchr(program->err, '\n');
    program_complained(program, text);
    if (program->code <= 0 || program->code >= 126)
        fail_program(program, "expected a refusal: ", text);
    if (strncmp(program->err, "trowel: ", 8) != 0 || !newline || newline[1])
        fail_program(program, "expected one line on stderr: ", text);
}

void must(const char *format, ...)
{
    char command[4096];
    struct program program;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    program_run(&program, (const char *const[]){ "sh", "-c", command, NULL });
    if (program.code != 0)
        fail_program(&program, "failed: ", command);
    program_free(&program);
}

bool have(const char *name)
{
    char command[512];
    if (name[0] == '/')
        return access(name, R_OK) == 0;
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1 || test -x /sbin/%s", name, name);
    return system(command) == 0;
}

void need(const char *const *names)
{
    for (; *names; names++)
        if (!have(*names)) {
            print_message("skipped: %s is not installed\n", *names);
            skip();
        }
}
