/* Nothing here measures time: whatever is waited for may take as long as LONGEST_RUN. */
#include "tests/end/support/screen.h"

#include <regex.h>
#include <unistd.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

enum { POLL_US = 100000, POLLS = LONGEST_RUN * 10, STILL_POLLS = 20 };

static char open_server[64];

static void tmux(struct screen *screen, const char *const *words, struct program *p)
{
    const char *all[24] = { "tmux", "-u", "-L", screen->name, "-f", "/dev/null" };
    size_t n = 6;
    while (*words)
        all[n++] = *words++;
    program_run(p, all);
}

static void tmux_must(struct screen *screen, const char *const *words)
{
    struct program p;
    tmux(screen, words, &p);
    program_ended(&p, 0);
    program_free(&p);
}
#define TMUX(screen, ...) tmux_must(screen, (const char *const[]){ __VA_ARGS__, NULL })

static void write_script(const char *arguments)
{
    char script[8192], program[4096];
    assert_non_null(realpath(trowel_path(), program));
    snprintf(script, sizeof script,
             "ulimit -c 0\nstty -g >before\necho the main screen\n"
             "sh -c 'echo $$ >pid; exec \"$0\" %s' '%s'\n"
             "echo ended with $?\nstty -g >after\n: >done\nsleep 1000\n",
             arguments, program);
    write_file(in_folder("run.sh"), script);
    must("cd \"$TMPDIR\" && rm -f before after done pid");
}

void screen_open(struct screen *screen, int width, int height, const char *arguments)
{
    static unsigned servers;    /* one that is being killed cannot be used again */
    char columns[16], rows[16];
    snprintf(screen->name, sizeof screen->name, "trowel-test-%d-%u", (int)getpid(), ++servers);
    strcpy(open_server, screen->name);
    snprintf(columns, sizeof columns, "%d", width);
    snprintf(rows, sizeof rows, "%d", height);
    screen->width = width;
    screen->height = height;
    write_script(arguments);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TMUX_TMPDIR", in_folder(""), 1);    /* tmux never removes its sockets */
    TMUX(screen, "new-session", "-d", "-x", columns, "-y", rows, "cd \"$TMPDIR\" && exec sh run.sh", ";", "set-option",
         "-g", "status", "off", ";",
         "set-option", "-s", "escape-time", "0");
    screen_resize(screen, width, height);
}

void screen_close(struct screen *screen)
{
    struct program p;
    tmux(screen, (const char *const[]){ "kill-server", NULL }, &p);
    program_free(&p);
    *open_server = 0;
}

int screen_cleanup(void **state)
{
    struct screen screen;
    (void)state;
    strcpy(screen.name, open_server);
    if (*open_server)
        screen_close(&screen);
    return 0;
}

/* tmux tells the pane's terminal its size some time later. */
void screen_resize(struct screen *screen, int width, int height)
{
    char columns[16], rows[16], size[32] = "";
    struct program p;
    snprintf(columns, sizeof columns, "%d", width);
    snprintf(rows, sizeof rows, "%d", height);
    screen->width = width;
    screen->height = height;
    TMUX(screen, "resize-window", "-x", columns, "-y", rows);
    tmux(screen, (const char *const[]){ "display-message", "-p", "#{pane_tty}", NULL }, &p);
    program_ended(&p, 0);
    p.out[strcspn(p.out, "\n")] = 0;
    snprintf(size, sizeof size, "%d %d", height, width);
    must("i=0; until [ \"$(stty -F '%s' size)\" = '%s' ]; do i=$((i + 1)); [ $i -lt %d ] || exit 1; sleep 0.1; done",
         p.out, size,
         POLLS);
    program_free(&p);
}

void screen_type(struct screen *screen, const char *text)
{
    TMUX(screen, "send-keys", "-l", text);
}

void screen_key(struct screen *screen, const char *key)
{
    TMUX(screen, "send-keys", key);
}

/* Removes trailing blanks of lines and empty lines at the end, in place. */
static void trim(char *text)
{
    char *to = text, *end = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\n')
            to = end;
        *to++ = *from;
        if (*from != ' ')
            end = to;
    }
    while (to > text && (to[-1] == '\n' || to[-1] == ' '))
        to--;
    *to = 0;
}

char *screen_capture(struct screen *screen)
{
    struct program p;
    tmux(screen, (const char *const[]){ "capture-pane", "-p", NULL }, &p);
    program_ended(&p, 0);
    trim(p.out);
    free(p.err);
    return p.out;
}

void screen_wait(struct screen *screen, const char *text)
{
    char *seen = NULL;
    for (int i = 0; i < POLLS; i++) {
        free(seen);
        seen = screen_capture(screen);
        if (strstr(seen, text)) {
            free(seen);
            return;
        }
        if (access(in_folder("done"), F_OK) == 0)
            i += POLLS / 20;    /* it has ended and will show nothing more */
        usleep(POLL_US);
    }
    fprintf(stderr, "%s\n", seen);
    fail_msg("not seen: %s", text);
}

static bool same(const char *seen, const char *golden)
{
    while (*seen && *golden) {
        if (*golden != '~' && *golden != *seen)
            return false;
        golden++;
        do
            seen++;
        while (golden[-1] == '~' && ((unsigned char)*seen & 0xC0) == 0x80);     /* the rest of one character */
    }
    return *seen == *golden;
}

/* Waits until the screen has been the same for two seconds. */
static char *when_still(struct screen *screen)
{
    char *last = screen_capture(screen);
    for (int still = 0; still < STILL_POLLS; still++) {
        usleep(POLL_US);
        char *seen = screen_capture(screen);
        if (strcmp(seen, last) != 0)
            still = 0;
        free(last);
        last = seen;
    }
    return last;
}

/* Counts depend on how many instructions our BIOS takes: they are not what a golden screen is about. */
static void mask_counts(char *text)
{
    static const char *const counts[] = { "icount( +[0-9]+)", "---( {4,8}[0-9]+)",
                                          " [01][0-9A-F]( +[0-9]+ [0-9A-F]{4})" };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        regex_t pattern;
        regmatch_t match[2];
        assert_int_equal(regcomp(&pattern, counts[i], REG_EXTENDED), 0);
        for (char *at = text; regexec(&pattern, at, 2, match, 0) == 0; at += match[0].rm_eo)
            memset(at + match[1].rm_so, '~', (size_t)(match[1].rm_eo - match[1].rm_so));
        regfree(&pattern);
    }
}

static void update(struct screen *screen, const char *path)
{
    char *seen = when_still(screen);
    mask_counts(seen);
    must("mkdir -p tests/end/screens");
    write_file(path, seen);
    free(seen);
}

void screen_is(struct screen *screen, const char *name)
{
    char path[256], *seen = NULL;
    snprintf(path, sizeof path, "tests/end/screens/%s.txt", name);
    if (getenv("UPDATE_SCREENS")) {
        update(screen, path);
        return;
    }
    char *golden = read_file(path, NULL);
    trim(golden);
    for (int i = 0; i < POLLS / 6; i++) {
        free(seen);
        seen = screen_capture(screen);
        if (same(seen, golden)) {
            free(seen);
            free(golden);
            return;
        }
        usleep(POLL_US);
    }
    write_file(in_folder("seen.txt"), seen);
    must("cp \"$TMPDIR/seen.txt\" build/seen-%s.txt 2>/dev/null || true", name);
    fprintf(stderr, "--- expected (%s):\n%s\n--- seen (build/seen-%s.txt):\n%s\n---\n", path, golden, name, seen);
    fail_msg("the screen is not %s", path);
}

static void wait_for_file(const char *name)
{
    for (int i = 0; i < POLLS && access(in_folder(name), F_OK) != 0; i++)
        usleep(POLL_US);
    assert_int_equal(access(in_folder(name), F_OK), 0);
}

int screen_program(void)
{
    wait_for_file("pid");
    char *text = read_file(in_folder("pid"), NULL);
    int pid = atoi(text);
    free(text);
    assert_true(pid > 1);
    return pid;
}

void screen_ended(struct screen *screen, int code)
{
    char expected[64];
    snprintf(expected, sizeof expected, "ended with %d", code);
    wait_for_file("done");
    screen_wait(screen, expected);
    screen_wait(screen, "the main screen");
    must("cd \"$TMPDIR\" && diff before after");
}
