/* Interrupt latency: from a request at the PIC to its acceptance, per line, and what held up the worst one.
 *
 * A request begins when the line rises (for a device's clock: when that was due, though the instruction in progress is
 * finished first) and ends when the CPU acknowledges it, before the clocks of the delivery. In between, the reason for
 * which it is not accepted yet is looked up whenever something has changed that may decide it: masks, IF, what is in
 * service. Priorities are taken to be fixed, as every PC has them. A line that rises anew while its request waits has
 * fallen meanwhile: that request was withdrawn (or taken by a poll). */
#include <stdio.h>
#include <string.h>

#include "debugger/core.h"

enum { BAR = 40, CASCADE = 2 };

/* --- Why a request waits --- */

static bool is_masked(const struct pic_view pics[2], unsigned line)
{
    const struct pic_view *chip = &pics[line / 8];
    bool masked = !chip->initialised || (chip->imr >> (line % 8) & 1);
    return masked || (line >= 8 && (!pics[0].initialised || (pics[0].imr >> CASCADE & 1)));
}

/* The first of the inputs 0 to LAST in service, -1 if none is that would hold up others. */
static int busy_input(const struct pic_view *chip, unsigned last)
{
    for (unsigned i = 0; i <= last && !chip->special_mask; i++)
        if (chip->isr >> i & 1)
            return (int)i;
    return -1;
}

/* The line in service that LINE has to wait for, -1 if there is none. */
static int busy_line(const struct pic_view pics[2], unsigned line)
{
    int slave = busy_input(&pics[1], line >= 8 ? line - 8 : 7);
    if (line >= 8 && slave >= 0)
        return 8 + slave;
    int master = busy_input(&pics[0], line >= 8 ? CASCADE : line);
    if (master != CASCADE)
        return master;
    slave = busy_input(&pics[1], 7);
    return slave >= 0 ? 8 + slave : CASCADE;
}

static void find_cause(struct latency *l, const struct pic_view pics[2], unsigned number)
{
    struct latency_line *line = &l->line[number];
    int busy = busy_line(pics, number);
    if (is_masked(pics, number)) {
        line->cause = WAIT_MASKED;
    } else if (busy >= 0) {
        line->cause = WAIT_SERVICE;
        line->service = (unsigned)busy;
    } else {
        line->cause = l->interrupts ? WAIT_INSTRUCTION : WAIT_FLAG;
    }
}

/* --- Keeping account --- */

/* The time since the last look goes to the cause that held. */
static void settle_line(const struct latency *l, struct latency_line *line, uint64_t tick)
{
    struct waiting *w = &line->now;
    uint64_t ticks = tick > line->since ? tick - line->since : 0;
    w->share[line->cause] += ticks;
    line->since = tick > line->since ? tick : line->since;
    if (line->cause == WAIT_FLAG && ticks >= w->longest_flag) {
        w->longest_flag = ticks;
        w->flag = l->flag;
        w->flag.to = tick;
    }
    if (line->cause == WAIT_SERVICE && ticks >= w->longest_service) {
        w->longest_service = ticks;
        w->service = line->service;
    }
}

static void begin_request(struct latency_line *line, const struct probe_event *event)
{
    line->withdrawn += line->pending;
    line->pending = true;
    line->now = (struct waiting){ .raised = event->tick - event->late };
    line->now.share[WAIT_INSTRUCTION] = event->late;
    line->since = event->tick;
}

static unsigned bucket_of(uint64_t clocks)
{
    unsigned n = 0;
    for (; clocks && n < LATENCY_BUCKETS - 1; clocks >>= 1)
        n++;
    return n;
}

static void end_request(struct debugger *d, struct latency_line *line, const struct probe_event *event)
{
    uint64_t clocks = (event->tick - line->now.raised) / timing_ticks_per_clock(d);
    if (!line->accepted || clocks < line->least)
        line->least = clocks;
    if (!line->accepted || clocks > line->most) {
        line->most = clocks;
        line->worst = line->now;
        line->worst_tick = event->tick;
        line->worst_cs = event->cs;
        line->worst_eip = event->eip;
    }
    line->total += clocks;
    line->bucket[bucket_of(clocks)]++;
    line->accepted++;
    line->pending = false;
}

static void change_flag(struct latency *l, const struct probe_event *event)
{
    l->interrupts = event->a;
    if (!event->a)
        l->flag = (struct flag_off){ true, event->cs, event->eip, event->b, event->tick, event->tick };
}

static void forget_requests(struct latency *l)
{
    for (unsigned i = 0; i < IRQ_LINES; i++)
        l->line[i].pending = false;
    l->flag.known = false;
}

static void read_flag(struct debugger *d)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    d->timing.latency.interrupts = regs.eflags & 0x200;
}

static void take_event(struct debugger *d, const struct probe_event *event)
{
    struct latency *l = &d->timing.latency;
    struct latency_line *line = &l->line[event->a % IRQ_LINES];
    switch (event->kind) {
    case PROBE_IRQ_RAISED: begin_request(line, event); break;
    case PROBE_IRQ_ACCEPTED:
        if (line->pending)
            end_request(d, line, event);
        break;
    case PROBE_INTERRUPT_FLAG: change_flag(l, event); break;
    default: break;
    }
}

void latency_event(struct debugger *d, const struct probe_event *event)
{
    struct latency *l = &d->timing.latency;
    struct pic_view pics[2];
    if (!l->on || event->kind == PROBE_INSN || event->kind == PROBE_EXCEPTION)
        return;
    if (event->tick < l->last) {        /* a snapshot was loaded */
        forget_requests(l);
        read_flag(d);
    }
    l->last = event->tick;
    for (unsigned i = 0; i < IRQ_LINES; i++)
        if (l->line[i].pending)
            settle_line(l, &l->line[i], event->tick);
    take_event(d, event);
    inspect_pic(d->machine, pics);
    for (unsigned i = 0; i < IRQ_LINES; i++)
        if (l->line[i].pending)
            find_cause(l, pics, i);
}

/* --- Telling --- */

static void print_histogram(struct debugger *d, const struct latency_line *line)
{
    static const char bar[] = "########################################";
    uint64_t most = 0;
    unsigned first = LATENCY_BUCKETS, last = 0;
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        if (!line->bucket[i])
            continue;
        first = first < i ? first : i;
        last = i;
        most = line->bucket[i] > most ? line->bucket[i] : most;
    }
    for (unsigned i = first; i <= last; i++) {
        uint64_t low = i ? 1ull << (i - 1) : 0, high = i ? (1ull << i) - 1 : 0;
        int length = (int)((line->bucket[i] * BAR + most - 1) / most);
        debugger_print(d, "  %10llu to %-10llu %-*.*s %llu\n", (unsigned long long)low, (unsigned long long)high, BAR,
                       length, bar, (unsigned long long)line->bucket[i]);
    }
}

static void print_flag(struct debugger *d, const struct flag_off *flag)
{
    if (!flag->known) {
        debugger_print(d, ", off since before the measurement began");
        return;
    }
    debugger_print(d, ", off for %llu since ",
                   (unsigned long long)((flag->to - flag->from) / timing_ticks_per_clock(d)));
    if (flag->cause)
        debugger_print(d, "vector 0x%02x came at ", (unsigned)(flag->cause - 1));
    debugger_print(d, "%04x:%04x", flag->cs, (unsigned)flag->eip);
}

static void print_worst(struct debugger *d, const struct latency_line *line)
{
    static const char *const names[WAITS] = {
        [WAIT_INSTRUCTION] = "finishing an instruction", [WAIT_MASKED] = "masked in the PIC",
        [WAIT_SERVICE] = "in service", [WAIT_FLAG] = "IF=0",
    };
    const struct waiting *w = &line->worst;
    debugger_print(d, "  worst: accepted at tick %llu, before %04x:%04x\n", (unsigned long long)line->worst_tick,
                   line->worst_cs, (unsigned)line->worst_eip);
    for (unsigned i = WAITS; i-- > 0;) {
        uint64_t clocks = w->share[i] / timing_ticks_per_clock(d);
        if (!clocks)
            continue;
        debugger_print(d, "  %10llu clocks ", (unsigned long long)clocks);
        if (i == WAIT_SERVICE)
            debugger_print(d, "IRQ %u ", w->service);
        debugger_print(d, "%s", names[i]);
        if (i == WAIT_FLAG)
            print_flag(d, &w->flag);
        debugger_print(d, "\n");
    }
}

static void print_line(struct debugger *d, unsigned number)
{
    const struct latency_line *line = &d->timing.latency.line[number];
    char mean[RATIO_TEXT], us[MICROSECONDS_TEXT];
    if (!line->accepted && !line->withdrawn && !line->pending)
        return;
    debugger_print(d, "IRQ %u: %llu accepted", number, (unsigned long long)line->accepted);
    if (line->withdrawn)
        debugger_print(d, ", %llu withdrawn", (unsigned long long)line->withdrawn);
    if (line->pending)
        debugger_print(d, ", 1 waiting");
    if (line->accepted)
        debugger_print(d, "; min %llu, mean %s, max %llu clocks (%s us)", (unsigned long long)line->least,
                       timing_ratio(line->total, line->accepted, mean), (unsigned long long)line->most,
                       timing_microseconds(d, line->most, us));
    debugger_print(d, "\n");
    if (!line->accepted)
        return;
    print_histogram(d, line);
    print_worst(d, line);
}

static enum debugger_result info_latency(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const struct latency *l = &d->timing.latency;
    bool any = false;
    if (*arguments)
        return debugger_error(d, "Usage: info latency");
    for (unsigned i = 0; i < IRQ_LINES; i++) {
        any |= l->line[i].accepted || l->line[i].withdrawn || l->line[i].pending;
        print_line(d, i);
    }
    if (!l->on)
        debugger_print(d, "Interrupt latency is not being measured: latency on.\n");
    else if (!any)
        debugger_print(d, "No interrupt was requested yet.\n");
    return DEBUGGER_DONE;
}

/* --- Command --- */

static void reset(struct debugger *d)
{
    struct latency *l = &d->timing.latency;
    bool on = l->on;
    *l = (struct latency){ .on = on, .last = machine_tick(d->machine) };
    read_flag(d);
}

bool latency_restart(struct debugger *d)
{
    bool any = false;
    for (unsigned i = 0; i < IRQ_LINES; i++)
        any |= d->timing.latency.line[i].accepted || d->timing.latency.line[i].withdrawn;
    reset(d);
    return any;
}

static enum debugger_result run_latency(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct latency *l = &d->timing.latency;
    bool on = !strcmp(arguments, "on"), off = !strcmp(arguments, "off");
    if (!on && !off && strcmp(arguments, "reset"))
        return debugger_error(d, "Usage: latency on|off|reset");
    if (on && !l->on) {
        l->on = true;
        forget_requests(l);
        l->last = machine_tick(d->machine);
        read_flag(d);
    } else if (off) {
        l->on = false;
        forget_requests(l);
    } else if (!on) {
        reset(d);
    }
    timing_listen(d);
    return DEBUGGER_DONE;
}

const struct debugger_command latency_commands[] = {
    { "latency", NULL, 0, run_latency, "Measure how long interrupt requests wait until they are accepted.",
      "Usage: latency on|off|reset\n`info latency` shows it: per line the clocks from the request at the PIC until the "
      "processor acknowledges it,\nand what held up the worst one. off keeps what was collected.", COMPLETE_WORDS,
      "on off reset", false },
    { "latency", "info", 0, info_latency, "How long interrupt requests waited, and why.",
      "Usage: info latency\nCollected while `latency on` holds. The histogram is in clocks, by powers of two.",
      COMPLETE_NOTHING, NULL, false },
    { 0 }
};
