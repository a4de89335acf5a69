/* Batch mode follows gdb -batch: scripts in order, the first error ends it, end of the scripts ends the program. A
 * script that leaves the guest running (continue as the last command) runs until the guest stops. */
#include "tui/batch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tui/session.h"

static struct session *active;      /* for the signal handler */
static volatile sig_atomic_t asked_to_end;

/* SIGINT stops the guest, and the next script goes on; SIGTERM, SIGHUP and SIGPIPE (nobody reads what is printed) end
 * the program in order, disks written out. */
static void on_signal(int number)
{
    if (number != SIGINT)
        asked_to_end = number;
    if (active)
        session_interrupt(active);
}

static int output_error;            /* the first that came when something was printed, of errno */

static void put(void *ctx, const char *text)
{
    (void)ctx;
    if ((fputs(text, stdout) < 0 || fflush(stdout) != 0) && !output_error)
        output_error = errno;
}

/* Scripts are written for the screen too: what only concerns it does nothing here. */
static enum debugger_result run_nothing(struct debugger *d, void *ctx, const char *arguments)
{
    (void)d;
    (void)ctx;
    (void)arguments;
    return DEBUGGER_DONE;
}

static const struct debugger_command screen_commands[] = {
    { .name = "mouse", .run = run_nothing,
      .help = "Give the terminal's mouse to the guest, or leave it: nothing without a screen." },
    { .name = "focus", .run = run_nothing, .help = "Choose a pane: nothing without a screen." },
    { .name = "follow", .run = run_nothing,
      .help = "Make the memory pane follow an expression: nothing without a screen." },
};

static enum debugger_result run_scripts(struct session *s)
{
    enum debugger_result result = DEBUGGER_DONE;
    for (size_t next = 0; result != DEBUGGER_QUIT && next < s->options->scripts;) {
        result = session_next_script(s, &next);
        while (result == DEBUGGER_RUN)
            result = session_slice(s);
        if (debugger_failed(s->debugger) || s->not_as_sealed || asked_to_end)
            break;
    }
    return result;
}

int batch_run(const struct options *options)
{
    struct session session;
    struct session_face face = { .put = put, .commands = screen_commands,
                                 .command_count = sizeof screen_commands / sizeof *screen_commands };
    char error[SESSION_ERROR_SIZE];
    if (!session_open(&session, options, &face, error, sizeof error)) {
        fprintf(stderr, "trowel: %s\n", error);
        return 1;
    }
    active = &session;
    struct sigaction action = { .sa_handler = on_signal };     /* no SA_RESTART: waiting for a file ends too */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGPIPE, &action, NULL);
    signal(SIGHUP, on_signal);
    run_scripts(&session);
    int code = asked_to_end ? 128 + asked_to_end
               : debugger_failed(session.debugger) || session.not_as_sealed ? 1 : debugger_exit_code(session.debugger);
    active = NULL;
    if (!session_close(&session, error, sizeof error)) {
        fprintf(stderr, "trowel: %s\n", error);
        return 1;
    }
    if (output_error && !asked_to_end) {
        fprintf(stderr, "trowel: stdout: %s\n", strerror(output_error));
        return 1;
    }
    return code;
}
