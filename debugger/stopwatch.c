/* Stopwatches: clocks from an execution at A to the next execution at B, each time.
 *
 * They look on at each instruction as it begins and never stop the guest. A begun again before B was met starts anew,
 * so that the last A counts; B without A before it counts nothing. A and B may be one address: then it is the time from
 * one execution to the next. A repeated string instruction that an event has cut goes on; one that an interrupt has cut
 * begins anew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"
#include "debugger/expr.h"

static void sample(struct stopwatch *w, uint64_t clocks)
{
    if (!w->samples || clocks < w->least)
        w->least = clocks;
    if (!w->samples || clocks > w->most)
        w->most = clocks;
    w->total += clocks;
    w->samples++;
}

/* Is the instruction at AT, before which it was executed too, a REP that goes on? LOOP and JMP $ begin anew. */
static bool goes_on(struct debugger *d, uint32_t at)
{
    uint8_t bytes[15] = { 0 };
    size_t length = inspect_peek(d->machine, at, bytes, sizeof bytes), i = 0;
    bool repeat = false;
    while (i < length && bytes[i] && memchr("\x26\x2E\x36\x3E\x64\x65\x66\x67\xF0\xF2\xF3", bytes[i], 11))
        repeat |= (bytes[i++] & 0xFE) == 0xF2;
    return repeat && i < length && memchr("\x6C\x6D\x6E\x6F\xA4\xA5\xA6\xA7\xAA\xAB\xAC\xAD\xAE\xAF", bytes[i], 14);
}

static void pass(struct debugger *d, struct stopwatch *w, uint32_t at)
{
    uint64_t now = machine_clocks(d->machine);
    if (at == w->to.at && w->running) {
        w->running = false;
        if (now >= w->start)
            sample(w, now - w->start);
    }
    if (at == w->from.at) {
        w->restarts += w->running;
        w->running = true;
        w->start = now;
    }
}

void stopwatch_event(struct debugger *d, const struct probe_event *event)
{
    struct stopwatches *all = &d->timing.stopwatches;
    if (event->kind != PROBE_INSN)
        return;
    bool again = event->a == all->previous;
    all->previous = event->a;
    for (size_t i = 0; i < all->count; i++) {
        struct stopwatch *w = &all->watch[i];
        if ((event->a == w->from.at || event->a == w->to.at) && !(again && goes_on(d, event->a)))
            pass(d, w, event->a);
    }
}

/* --- Commands --- */

static void print_place(struct debugger *d, const struct address *a)
{
    char symbol[80], segment[ADDRESS_TEXT];
    debugger_print(d, "0x%08x%s%s", (unsigned)a->at, symbol_suffix(d, a->at, symbol, sizeof symbol),
                   address_suffix(*a, segment));
}

static void print_title(struct debugger *d, const struct stopwatch *w)
{
    debugger_print(d, "Stopwatch %u: ", w->number);
    print_place(d, &w->from);
    debugger_print(d, " to ");
    print_place(d, &w->to);
    debugger_print(d, "\n");
}

static void print_watch(struct debugger *d, const struct stopwatch *w)
{
    char mean[RATIO_TEXT], us[3][MICROSECONDS_TEXT];
    print_title(d, w);
    if (w->samples)
        debugger_print(d, "  %llu sample%s: min %llu, mean %s, max %llu clocks (%s, %s, %s us)\n",
                       (unsigned long long)w->samples, w->samples == 1 ? "" : "s", (unsigned long long)w->least,
                       timing_ratio(w->total, w->samples, mean), (unsigned long long)w->most,
                       timing_microseconds(d, w->least, us[0]), timing_microseconds(d, w->total / w->samples, us[1]),
                       timing_microseconds(d, w->most, us[2]));
    else
        debugger_print(d, "  no samples yet\n");
    if (w->restarts)
        debugger_print(d, "  begun again %llu time%s before the end was met: the last one counts\n",
                       (unsigned long long)w->restarts, w->restarts == 1 ? "" : "s");
    if (w->running)
        debugger_print(d, "  running\n");
}

static enum debugger_result list(struct debugger *d)
{
    const struct stopwatches *all = &d->timing.stopwatches;
    if (!all->count)
        debugger_print(d, "No stopwatches.\n");
    for (size_t i = 0; i < all->count; i++)
        print_watch(d, &all->watch[i]);
    return DEBUGGER_DONE;
}

/* The stopwatch that TEXT numbers; NULL: debugger_fault. */
static struct stopwatch *find(struct debugger *d, const char *text)
{
    struct stopwatches *all = &d->timing.stopwatches;
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    for (size_t i = 0; !*end && i < all->count; i++)
        if (all->watch[i].number == number)
            return &all->watch[i];
    debugger_fault(d, "No stopwatch number %.40s.", text);
    return NULL;
}

static void restart(struct stopwatch *w)
{
    *w = (struct stopwatch){ .number = w->number, .from = w->from, .to = w->to };
}

bool stopwatch_restart(struct debugger *d)
{
    struct stopwatches *all = &d->timing.stopwatches;
    bool any = false;
    for (size_t i = 0; i < all->count; i++) {
        any |= all->watch[i].samples > 0;
        restart(&all->watch[i]);
    }
    return any;
}

static enum debugger_result reset(struct debugger *d, const char *number)
{
    struct stopwatches *all = &d->timing.stopwatches;
    struct stopwatch *w = *number ? find(d, number) : NULL;
    if (*number && !w)
        return debugger_report(d);
    for (size_t i = 0; i < all->count; i++)
        if (!w || w == &all->watch[i])
            restart(&all->watch[i]);
    return DEBUGGER_DONE;
}

static enum debugger_result delete(struct debugger *d, const char *number)
{
    struct stopwatches *all = &d->timing.stopwatches;
    struct stopwatch *w = *number ? find(d, number) : NULL;
    if (*number && !w)
        return debugger_report(d);
    if (w)
        memmove(w, w + 1, (size_t)(&all->watch[--all->count] - w) * sizeof *w);
    else
        all->count = 0;
    timing_listen(d);
    return DEBUGGER_DONE;
}

/* "A, B" or, without blanks in them, "A B". TEXT is cut. False: debugger_fault. */
static bool split(struct debugger *d, char *text, char **to)
{
    char *comma = strchr(text, ','), *cut = comma ? comma : text + strcspn(text, " \t");
    *to = cut;
    if (*cut) {
        *cut = '\0';
        *to = cut + 1 + strspn(cut + 1, " \t");
    }
    if (!*text || !**to || (!comma && (*to)[strcspn(*to, " \t")]) || strchr(*to, ','))
        return debugger_fault(d, "Usage: stopwatch A B, or A, B if there are blanks in them.");
    return true;
}

static bool add(struct debugger *d, const char *from, const char *to)
{
    struct stopwatches *all = &d->timing.stopwatches;
    struct stopwatch *w = &all->watch[all->count];
    struct address start, end;
    if (!breakpoint_location(d, from, &start, NULL) || !breakpoint_location(d, to, &end, NULL))
        return false;
    if (all->count == STOPWATCHES)
        return debugger_fault(d, "There are %d stopwatches already: stopwatch delete N.", STOPWATCHES);
    *w = (struct stopwatch){ .number = ++all->last_number, .from = start, .to = end };
    all->count++;
    timing_listen(d);
    print_title(d, w);
    return true;
}

/* What follows WORD in TEXT, NULL if TEXT does not begin with it. */
static const char *behind(const char *text, const char *word)
{
    size_t length = strcspn(text, " \t");
    bool is = length == strlen(word) && !strncmp(text, word, length);
    return is ? debugger_skip_blanks(text + length) : NULL;
}

static enum debugger_result run_stopwatch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const char *number;
    char *to;
    if (!*arguments)
        return list(d);
    if ((number = behind(arguments, "delete")))
        return delete(d, number);
    if ((number = behind(arguments, "reset")))
        return reset(d, number);
    char *from = debugger_copy(arguments, strlen(arguments));
    bool ok = from ? split(d, from, &to) && add(d, from, to) : debugger_fault(d, "Out of memory.");
    free(from);
    return ok ? DEBUGGER_DONE : debugger_report(d);
}

static enum debugger_result info_stopwatch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    return list(d);
}

const struct debugger_command stopwatch_commands[] = {
    { "stopwatch", NULL, 4, run_stopwatch, "Measure the clocks between two addresses each time they are executed.",
      "Usage: stopwatch A B\n       stopwatch A, B\n       stopwatch\n       stopwatch delete [N]\n"
      "       stopwatch reset [N]\n"
      "Locations as for break. From the beginning of an execution at A to the beginning of the next one at B; if A\n"
      "comes again before B, the last A counts. A and B may be the same: from each execution to the next.\n"
      "Without arguments, lists them. They do not stop the guest, nor change its time.",
      COMPLETE_LOCATION, NULL, false },
    { "stopwatch", "info", 0, info_stopwatch, "The stopwatches and what they measured.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { 0 }
};
