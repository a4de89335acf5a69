/* wait and expect: the guest runs as with `continue` but for its pace, which is as fast as it can, and gets its keys
 * and serial input meanwhile. What stops it first is an error. */
#include "tui/expect.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tui/pattern.h"
#include "tui/pointing.h"
#include "tui/session.h"

enum { SCREEN_TEXT_SIZE = SCREEN_MAX_ROWS * (SCREEN_MAX_COLUMNS * 3 + 1) + 1, EXPECT_SECONDS = 60, SLICE_MS = 8,
       WHY_SIZE = 120 };

enum debugger_result expect_show_screen(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    (void)arguments;
    char *text = malloc(SCREEN_TEXT_SIZE);
    if (!text)
        return debugger_error(d, "Out of memory.");
    if (session_screen_text(s, text, SCREEN_TEXT_SIZE))
        debugger_print(d, "%s", text);
    else
        debugger_print(d, "(graphics)\n");
    free(text);
    return DEBUGGER_DONE;
}

/* What is waited for. */
struct waiting {
    struct session *session;
    uint64_t until;
    const regex_t *pattern;     /* NULL: only the time */
    bool seen;
};

static bool matches(struct waiting *w)
{
    char text[SCREEN_TEXT_SIZE];
    session_screen_text(w->session, text, sizeof text);
    return regexec(w->pattern, text, 0, NULL, 0) == 0;
}

static bool is_over(void *ctx)
{
    struct waiting *w = ctx;
    struct session *s = w->session;
    w->seen = w->pattern && matches(w);
    if (w->seen || machine_tick(s->machine) >= w->until)
        return true;
    typing_pump(&s->typing, s->machine);
    pointing_pump(s);
    ports_pump(&s->ports, s->machine);
    return false;
}

static void breathe(void *ctx)
{
    struct waiting *w = ctx;
    if (w->session->face.breathe)
        w->session->face.breathe(w->session->face.ctx);
}

static enum debugger_result run_on(struct waiting *w, char why[WHY_SIZE])
{
    struct debugger_wait wait = { .until = w->until, .slice = SLICE_MS * TICKS_PER_MS, .over = is_over,
                                  .breathe = breathe, .ctx = w };
    enum debugger_result result = debugger_wait(w->session->debugger, &wait, why, WHY_SIZE);
    pace_restart(&w->session->pace);
    return result;
}

enum debugger_result expect_wait(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char *end, why[WHY_SIZE];
    double seconds = strtod(arguments, &end);
    if (end == arguments || *end || !(seconds > 0 && seconds <= 100000))
        return debugger_error(d, "Usage: wait SECONDS");
    struct waiting w = { s, machine_tick(s->machine) + (uint64_t)(seconds * 1000) * TICKS_PER_MS, NULL, false };
    enum debugger_result result = run_on(&w, why);
    return *why ? debugger_error(d, "wait: %s.", why) : result;
}

/* Takes the pattern apart from the seconds behind it. False: the debugger has told. */
static bool take_pattern(struct debugger *d, const char *arguments, char *pattern, size_t size, unsigned long *seconds)
{
    const char *close = arguments[0] == '"' ? strrchr(arguments + 1, '"') : NULL;
    *seconds = EXPECT_SECONDS;
    if (close && close[1])
        *seconds = strtoul(close + 1, NULL, 10);
    if (!*arguments || *seconds < 1 || *seconds > 100000) {
        debugger_error(d, "Usage: expect \"REGEX\" [SECONDS]");
        return false;
    }
    size_t length = close ? (size_t)(close - arguments - 1) : strlen(arguments);
    if (length >= size) {
        debugger_error(d, "expect: an expression has at most %zu characters.", size - 1);
        return false;
    }
    memcpy(pattern, close ? arguments + 1 : arguments, length);
    pattern[length] = 0;
    return true;
}

static bool compile(struct debugger *d, const char *pattern, regex_t *compiled)
{
    char reason[128];
    const char *danger = pattern_danger(pattern);
    if (danger) {
        debugger_error(d, "expect: %s: %s", pattern, danger);
        return false;
    }
    int wrong = regcomp(compiled, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB);
    if (!wrong)
        return true;
    regerror(wrong, compiled, reason, sizeof reason);
    debugger_error(d, "expect: %s: %s", pattern, reason);
    return false;
}

enum debugger_result expect_text(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char pattern[512], why[WHY_SIZE];
    unsigned long seconds;
    regex_t compiled;
    if (!take_pattern(d, arguments, pattern, sizeof pattern, &seconds) || !compile(d, pattern, &compiled))
        return DEBUGGER_DONE;
    struct waiting w = { s, machine_tick(s->machine) + seconds * TICKS_PER_SECOND, &compiled, false };
    enum debugger_result result = run_on(&w, why);
    regfree(&compiled);
    if (result == DEBUGGER_QUIT || w.seen)
        return result;
    expect_show_screen(d, ctx, "");
    return debugger_error(d, "expect: \"%s\": %s.", pattern, *why ? why : "not seen in time");
}
