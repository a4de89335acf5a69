/* Catchpoints: stops at events of the probe stream (emu/probe.h).
 *
 * The listener compares the event with the filters of the enabled catchpoints, notes those that fit and asks the
 * machine to stop; conditions are looked at then, with the event's numbers in $_a .. $_d. So an INT is caught at the
 * first instruction of its handler, a port access behind the instruction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger/core.h"
#include "debugger/lex.h"

static bool fits(const struct catch_filter *f, const struct probe_event *event)
{
    if (event->kind != f->kind && event->kind != f->other_kind)
        return false;
    if (f->a >= 0 && (event->a < (uint64_t)f->a || event->a > (uint64_t)(f->last_a < 0 ? f->a : f->last_a)))
        return false;
    if (f->b >= 0 && event->b != (uint64_t)f->b)
        return false;
    if (f->ah >= 0 && (event->b >> 8 & 0xFF) != (unsigned)f->ah)
        return false;
    return f->al < 0 || (event->b & 0xFF) == (unsigned)f->al;
}

void catch_event(void *ctx, const struct probe_event *event)
{
    struct debugger *d = ctx;
    struct breakpoints *all = &d->breakpoints;
    if (all->irq_wanted && event->kind == PROBE_IRQ_ACCEPTED) {
        all->irq_seen = true;
        machine_interrupt(d->machine);
    }
    if (!d->run.active)
        return;
    if (event->kind == PROBE_SHUTDOWN) {
        all->shutdown_seen = true;
        all->shutdown = *event;
    }
    for (size_t i = 0; i < all->count && all->caught_count < CAUGHT; i++) {
        const struct breakpoint *b = all->list[i];
        if (b->kind != BREAK_CATCH || !b->enabled || !fits(&b->filter, event))
            continue;
        all->caught[all->caught_count].number = b->number;
        all->caught[all->caught_count++].event = *event;
        all->shutdown_seen = all->shutdown_seen && event->kind != PROBE_SHUTDOWN;
        machine_interrupt(d->machine);
    }
}

void catch_listen(struct debugger *d)
{
    uint64_t mask = PROBE_BIT(PROBE_SHUTDOWN) | (d->breakpoints.irq_wanted ? PROBE_BIT(PROBE_IRQ_ACCEPTED) : 0);
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        const struct breakpoint *b = d->breakpoints.list[i];
        if (b->kind != BREAK_CATCH || !b->enabled)
            continue;
        mask |= PROBE_BIT(b->filter.kind);
        if (b->filter.other_kind != PROBE_KINDS)
            mask |= PROBE_BIT(b->filter.other_kind);
    }
    probe_set_mask(machine_probes(d->machine), d->breakpoints.listener, mask);
}

static uint32_t program_counter(struct debugger *d)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    return address_pc(&regs).at;
}

struct breakpoint *catch_check(struct debugger *d, struct probe_event *event)
{
    struct breakpoints *all = &d->breakpoints;
    struct breakpoint *found = NULL;
    size_t i = 0;
    for (; i < all->caught_count && !found; i++) {
        struct breakpoint *b = breakpoint_find(d, all->caught[i].number);
        const struct probe_event *e = &all->caught[i].event;
        if (!b)
            continue;
        values_set(d, "_a", value_integer(e->a, type_unsigned));
        values_set(d, "_b", value_integer(e->b, type_unsigned));
        values_set(d, "_c", value_integer(e->c, type_unsigned));
        values_set(d, "_d", value_integer((int64_t)e->d, type_unsigned_long));
        if (breakpoint_hit(d, b)) {
            found = b;
            *event = *e;
        }
    }
    all->caught_count -= i;
    memmove(all->caught, all->caught + i, all->caught_count * sizeof all->caught[0]);
    all->caught_tick = machine_tick(d->machine);
    all->caught_pc = program_counter(d);
    return found;
}

void catch_forget(struct debugger *d)
{
    d->breakpoints.caught_count = 0;
    d->breakpoints.shutdown_seen = false;
}

void catch_begin(struct debugger *d)
{
    const struct breakpoints *all = &d->breakpoints;
    if (machine_tick(d->machine) != all->caught_tick || program_counter(d) != all->caught_pc)
        catch_forget(d);
    d->breakpoints.shutdown_told = false;
}

void catch_tell_shutdown(struct debugger *d)
{
    struct breakpoints *all = &d->breakpoints;
    if (!all->shutdown_seen || all->caught_count)
        return;
    if (!all->shutdown_told)
        debugger_print(d, "Triple fault at %04x:%08x: the CPU shuts down and is reset (catch shutdown stops there).\n",
                       all->shutdown.cs, (unsigned)all->shutdown.eip);
    all->shutdown_seen = false;
    all->shutdown_told = true;
}

/* --- Words --- */

static const char *const segment_names[] = { "es", "cs", "ss", "ds", "fs", "gs" };
static const char *const drive_names[DRIVES] = { "fd0", "fd1", "hd0", "hd1", "hd2", "hd3" };
static const char *const mode_names[] = { "real", "v86", "protected16", "protected32" };
static const struct { const char *name; int vector; } exceptions[] = {
    { "de", 0 }, { "db", 1 },  { "nmi", 2 }, { "bp", 3 },  { "of", 4 },  { "br", 5 },  { "ud", 6 },  { "nm", 7 },
    { "df", 8 }, { "ts", 10 }, { "np", 11 }, { "ss", 12 }, { "gp", 13 }, { "pf", 14 }, { "mf", 16 }, { "ac", 17 },
};

static const char *exception_name(unsigned vector)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if ((unsigned)exceptions[i].vector == vector)
            return exceptions[i].name;
    return NULL;
}

static void describe_exception(const struct probe_event *e, char *text, size_t size)
{
    const char *name = exception_name(e->a);
    char upper[8] = "";
    for (size_t i = 0; name && name[i] && i < sizeof upper - 1; i++)
        upper[i] = (char)(name[i] - 'a' + 'A');
    int used = snprintf(text, size, "exception %u%s%s", (unsigned)e->a, name ? " #" : "", upper);
    if (e->a == 8 || (e->a >= 10 && e->a <= 14) || e->a == 17)
        used += snprintf(text + used, size - (size_t)used, ", error code 0x%x", (unsigned)e->b);
    if (e->a == 14)
        snprintf(text + used, size - (size_t)used, ", cr2 0x%x", (unsigned)e->c);
}

static const char *drive_name(uint32_t drive)
{
    return drive < DRIVES ? drive_names[drive] : "?";
}

void catch_describe(const struct probe_event *e, char *text, size_t size)
{
    unsigned a = (unsigned)e->a, b = (unsigned)e->b;
    switch (e->kind) {
    case PROBE_INT: snprintf(text, size, "int 0x%x", a); break;
    case PROBE_EXCEPTION: describe_exception(e, text, size); break;
    case PROBE_IRQ_ACCEPTED: snprintf(text, size, "irq %u", a); break;
    case PROBE_PORT_READ: snprintf(text, size, "port 0x%x read 0x%x", a, b); break;
    case PROBE_PORT_WRITE: snprintf(text, size, "port 0x%x write 0x%x", a, b); break;
    case PROBE_MODE: snprintf(text, size, "mode %s", a < 4 ? mode_names[a] : "?"); break;
    case PROBE_TASK: snprintf(text, size, "task 0x%x to 0x%x", a, b); break;
    case PROBE_CR: snprintf(text, size, "cr%u 0x%x to 0x%x", a, (unsigned)e->c, b); break;
    case PROBE_SEGLOAD: snprintf(text, size, "segload %s 0x%x", a < SEGS ? segment_names[a] : "?", b); break;
    case PROBE_DMA: snprintf(text, size, "dma %u, %u bytes at 0x%x", a, (unsigned)e->c, b); break;
    case PROBE_DISK_REQUEST: snprintf(text, size, "disk %s command 0x%x", drive_name(a), b); break;
    case PROBE_SECTOR_READ: snprintf(text, size, "sector %s %u read", drive_name(a), b); break;
    case PROBE_SECTOR_WRITE: snprintf(text, size, "sector %s %u write", drive_name(a), b); break;
    case PROBE_FLOPPY_MOTOR: snprintf(text, size, "motor %s %s", drive_name(a), b ? "on" : "off"); break;
    case PROBE_FLOPPY_SEEK: snprintf(text, size, "seek %s to cylinder %u", drive_name(a), b); break;
    case PROBE_KEY: snprintf(text, size, "key 0x%02x", a); break;
    case PROBE_SCREEN_MODE: snprintf(text, size, "screen %ux%u %s", a, b, e->c ? "graphics" : "text"); break;
    case PROBE_SHUTDOWN: snprintf(text, size, "shutdown, triple fault at %04x:%08x", e->cs, (unsigned)e->eip); break;
    case PROBE_SPEAKER: snprintf(text, size, "speaker %s", b ? "moves" : a & 1 ? "driven" : "still"); break;
    default: snprintf(text, size, "%s %u", probe_name(e->kind), a); break;
    }
}

/* --- Making them --- */

enum { WORDS = 6, WORD = 24 };

struct words { char word[WORDS][WORD]; size_t count; };

static bool split(struct debugger *d, const char *text, struct words *words)
{
    words->count = 0;
    for (text = debugger_skip_blanks(text); *text; text = debugger_skip_blanks(text)) {
        size_t length = strcspn(text, " \t");
        if (words->count == WORDS || length >= WORD)
            return debugger_fault(d, "Junk at end of arguments.");
        memcpy(words->word[words->count], text, length);
        words->word[words->count++][length] = '\0';
        text += length;
    }
    return true;
}

static bool hex_word(struct debugger *d, const char *what, const char *word, uint32_t most, int64_t *number)
{
    uint32_t n;
    if (!lex_hex(word, &n) || n > most)
        return debugger_fault(d, "Invalid %s \"%s\": 0 to %x, hexadecimal.", what, word, (unsigned)most);
    *number = n;
    return true;
}

static bool is_decimal(const char *word, uint32_t most, int64_t *number)
{
    struct token token;
    lex_token(word, 10, &token);
    *number = (int64_t)token.number;
    return token.kind == TOKEN_NUMBER && !*token.end && token.number <= most;
}

static bool decimal_word(struct debugger *d, const char *what, const char *word, uint32_t most, int64_t *number)
{
    return is_decimal(word, most, number)
        || debugger_fault(d, "Invalid %s \"%s\": 0 to %u, decimal.", what, word, (unsigned)most);
}

static bool name_word(const char *const *names, size_t count, const char *word, int64_t *number)
{
    for (size_t i = 0; i < count; i++)
        if (!strcasecmp(names[i], word)) {
            *number = (int64_t)i;
            return true;
        }
    return false;
}

static bool drive_word(struct debugger *d, const char *word, int64_t *number)
{
    int drive = debugger_drive(d, word);
    *number = drive;
    return drive >= 0 || debugger_fault(d, "Invalid drive \"%s\": a, b, c, cd, fd0, fd1, hd0 to hd3.", word);
}

static bool int_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    int64_t n = 0;
    if (w->count && !hex_word(d, "interrupt", w->word[0], 0xFF, &f->a))
        return false;
    for (size_t i = 1; i < w->count; i += 2) {
        bool high = !strcasecmp(w->word[i], "ah"), both = !strcasecmp(w->word[i], "ax");
        if ((!high && !both && strcasecmp(w->word[i], "al")) || i + 1 == w->count)
            return debugger_fault(d, "Usage: catch int [N [ah V] [al V] [ax V]]");
        if (!hex_word(d, w->word[i], w->word[i + 1], both ? 0xFFFF : 0xFF, &n))
            return false;
        if (high || both)
            f->ah = (int)(both ? n >> 8 : n);
        if (!high)
            f->al = (int)(n & 0xFF);
    }
    return true;
}

#define EXCEPTION_NAMES "de db nmi bp of br ud nm df ts np ss gp pf mf ac"
enum { LAST_EXCEPTION = 17 };       /* of a 486 */

static bool exception_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    if (!w->count)
        return true;
    const char *name = w->word[0] + (w->word[0][0] == '#');
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if (!strcasecmp(exceptions[i].name, name)) {
            f->a = exceptions[i].vector;
            return true;
        }
    return is_decimal(w->word[0], LAST_EXCEPTION, &f->a)
        || debugger_fault(d, "Invalid exception \"%s\": 0 to %d, decimal, or a name: " EXCEPTION_NAMES ".", w->word[0],
                          LAST_EXCEPTION);
}

/* [read | write] in word I narrows a filter of two kinds to one. */
static bool direction_word(struct debugger *d, const struct words *w, size_t i, struct catch_filter *f)
{
    if (i >= w->count || !strcasecmp(w->word[i], "rw"))
        return true;
    if (!strncasecmp("read", w->word[i], strlen(w->word[i])))
        f->other_kind = PROBE_KINDS;
    else if (!strncasecmp("write", w->word[i], strlen(w->word[i]))) {
        f->kind = f->other_kind;
        f->other_kind = PROBE_KINDS;
    } else
        return debugger_fault(d, "Invalid direction \"%s\": r, w or rw.", w->word[i]);
    return true;
}

/* N or N-M */
static bool port_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    char first[WORD];
    if (!w->count)
        return true;
    size_t length = strcspn(w->word[0], "-");
    snprintf(first, sizeof first, "%.*s", (int)length, w->word[0]);
    if (!hex_word(d, "port", first, 0xFFFF, &f->a))
        return false;
    f->last_a = f->a;
    if (w->word[0][length] && !hex_word(d, "port", w->word[0] + length + 1, 0xFFFF, &f->last_a))
        return false;
    if (f->last_a < f->a)
        return debugger_fault(d, "Invalid range of ports \"%s\": its end lies before its beginning.", w->word[0]);
    return direction_word(d, w, 1, f);
}

/* Other disks may come into floppy drives; none has more sectors than a floppy controller can name. */
static bool sector_exists(struct debugger *d, unsigned drive, int64_t lba)
{
    enum { MOST_FLOPPY = 256 * 2 * 255 };
    struct drive_view view;
    inspect_drive(d->machine, drive, &view);
    bool floppy = drive <= DRIVE_FLOPPY_B;
    if (floppy && lba >= MOST_FLOPPY)
        return debugger_fault(d, "Invalid sector \"%lld\": a floppy has fewer than %d.", (long long)lba, MOST_FLOPPY);
    if (!view.loaded || view.is_cd || (uint64_t)lba < view.sectors)
        return true;
    if (!floppy)
        return debugger_fault(d, "Invalid sector \"%lld\": %s has those from 0 to %llu, decimal.", (long long)lba,
                              drive_names[drive], (unsigned long long)view.sectors - 1);
    debugger_print(d, "Note: the disk that is in %s now has sectors 0 to %llu.\n", drive_names[drive],
                   (unsigned long long)view.sectors - 1);
    return true;
}

static bool sector_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    size_t next = 1;
    if (!w->count)
        return true;
    if (!drive_word(d, w->word[0], &f->a))
        return false;
    if (w->count > 1 && strspn(w->word[1], "0123456789"))
        if (!decimal_word(d, "sector", w->word[next++], UINT32_MAX, &f->b)
            || !sector_exists(d, (unsigned)f->a, f->b))
            return false;
    return direction_word(d, w, next, f);
}

static bool segload_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    if (w->count && !name_word(segment_names, SEGS, w->word[0], &f->a))
        return debugger_fault(d, "Invalid segment register \"%s\".", w->word[0]);
    return w->count < 2 || hex_word(d, "selector", w->word[1], 0xFFFF, &f->b);
}

static bool mode_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    return !w->count || name_word(mode_names, 4, w->word[0], &f->a)
        || debugger_fault(d, "Invalid mode \"%s\": real, v86, protected16 or protected32.", w->word[0]);
}

static bool line_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    return !w->count || decimal_word(d, "line", w->word[0], 15, &f->a);
}

static bool channel_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    return !w->count || decimal_word(d, "channel", w->word[0], 7, &f->a);
}

static bool drive_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    return !w->count || drive_word(d, w->word[0], &f->a);
}

static bool key_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    return !w->count || hex_word(d, "scancode", w->word[0], 0xFF, &f->a);
}

static bool no_words(struct debugger *d, const struct words *w, struct catch_filter *f)
{
    (void)f;
    return !w->count || debugger_fault(d, "Junk at end of arguments.");
}

typedef bool words_fn(struct debugger *d, const struct words *w, struct catch_filter *f);

static bool make_catch(struct debugger *d, const char *name, char *text, struct catch_filter filter, words_fn *parse)
{
    struct words words;
    const char *condition;
    char what[80];
    if (!breakpoint_split_condition(d, text, &condition) || !split(d, text, &words) || !parse(d, &words, &filter))
        return false;
    snprintf(what, sizeof what, "%s%s%s", name, *text ? " " : "", text);
    struct breakpoint *b = breakpoint_new(d, BREAK_CATCH, what);
    if (!b)
        return false;
    b->filter = filter;
    b->fate = d->breakpoints.making_temporary ? FATE_DELETE : FATE_KEEP;
    if (!breakpoint_set_condition(d, b, condition)) {
        breakpoint_remove(d, b);
        return false;
    }
    catch_listen(d);
    debugger_print(d, "%s %u (%s)\n", breakpoint_title(b), b->number, b->what);
    return true;
}

static enum debugger_result make(struct debugger *d, const char *name, const char *arguments,
                                 struct catch_filter filter, words_fn *parse)
{
    char *copy = debugger_copy(arguments, strlen(arguments));
    bool ok = copy ? make_catch(d, name, copy, filter, parse) : debugger_fault(d, "Out of memory.");
    free(copy);
    return ok ? DEBUGGER_DONE : debugger_report(d);
}

static struct catch_filter filter_of(enum probe_kind kind, enum probe_kind other)
{
    return (struct catch_filter){ .kind = kind, .other_kind = other, .a = -1, .last_a = -1, .b = -1, .ah = -1,
                                  .al = -1 };
}

static enum debugger_result catch_int(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "int", arguments, filter_of(PROBE_INT, PROBE_KINDS), int_words);
}

static enum debugger_result catch_exception(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "exception", arguments, filter_of(PROBE_EXCEPTION, PROBE_KINDS), exception_words);
}

static enum debugger_result catch_irq(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "irq", arguments, filter_of(PROBE_IRQ_ACCEPTED, PROBE_KINDS), line_words);
}

static enum debugger_result catch_port(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "port", arguments, filter_of(PROBE_PORT_READ, PROBE_PORT_WRITE), port_words);
}

static enum debugger_result catch_mode(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "mode", arguments, filter_of(PROBE_MODE, PROBE_KINDS), mode_words);
}

static enum debugger_result catch_cr0(struct debugger *d, void *ctx, const char *arguments)
{
    struct catch_filter filter = filter_of(PROBE_CR, PROBE_KINDS);
    (void)ctx;
    filter.a = 0;
    return make(d, "cr0", arguments, filter, no_words);
}

static enum debugger_result catch_cr3(struct debugger *d, void *ctx, const char *arguments)
{
    struct catch_filter filter = filter_of(PROBE_CR, PROBE_KINDS);
    (void)ctx;
    filter.a = 3;
    return make(d, "cr3", arguments, filter, no_words);
}

static enum debugger_result catch_segload(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "segload", arguments, filter_of(PROBE_SEGLOAD, PROBE_KINDS), segload_words);
}

static enum debugger_result catch_task(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "task", arguments, filter_of(PROBE_TASK, PROBE_KINDS), no_words);
}

static enum debugger_result catch_sector(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "sector", arguments, filter_of(PROBE_SECTOR_READ, PROBE_SECTOR_WRITE), sector_words);
}

static enum debugger_result catch_disk(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "disk", arguments, filter_of(PROBE_DISK_REQUEST, PROBE_KINDS), drive_words);
}

static enum debugger_result catch_dma(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "dma", arguments, filter_of(PROBE_DMA, PROBE_KINDS), channel_words);
}

static enum debugger_result catch_motor(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "motor", arguments, filter_of(PROBE_FLOPPY_MOTOR, PROBE_KINDS), drive_words);
}

static enum debugger_result catch_seek(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "seek", arguments, filter_of(PROBE_FLOPPY_SEEK, PROBE_KINDS), drive_words);
}

static enum debugger_result catch_key(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "key", arguments, filter_of(PROBE_KEY, PROBE_KINDS), key_words);
}

static enum debugger_result catch_screen(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "screen", arguments, filter_of(PROBE_SCREEN_MODE, PROBE_KINDS), no_words);
}

static enum debugger_result catch_speaker(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "speaker", arguments, filter_of(PROBE_SPEAKER, PROBE_KINDS), no_words);
}

static enum debugger_result catch_shutdown(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return make(d, "shutdown", arguments, filter_of(PROBE_SHUTDOWN, PROBE_KINDS), no_words);
}

static enum debugger_result run_catch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return command_group(d, "catch", arguments);
}

static enum debugger_result run_tcatch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    d->breakpoints.making_temporary = true;
    enum debugger_result result = command_group(d, "catch", arguments);
    d->breakpoints.making_temporary = false;
    return result;
}

const struct debugger_command catch_commands[] = {
    { "catch", NULL, 0, run_catch, "Set a catchpoint: stop at an event of the machine.",
      "Usage: catch EVENT [ARGUMENTS] [if CONDITION]\nThe event's numbers are in $_a, $_b, $_c and $_d.",
      COMPLETE_GROUP, "catch", false },
    { "tcatch", NULL, 0, run_tcatch, "Set a catchpoint that is deleted when it is hit.",
      "Usage: tcatch EVENT [ARGUMENTS] [if CONDITION]\nEvents are those of catch.", COMPLETE_GROUP, "catch", false },
    { "int", "catch", 0, catch_int, "Catch software interrupts.",
      "Usage: catch int [N [ah V] [al V] [ax V]] [if CONDITION]\n"
      "All numbers are hexadecimal: catch int 21 ah 3d. The guest stops at the handler's first instruction.",
      COMPLETE_NOTHING, NULL, false },
    { "exception", "catch", 0, catch_exception, "Catch exceptions of the CPU.",
      "Usage: catch exception [N | NAME] [if CONDITION]\n"
      "N is decimal, 0 to 17; NAME is as in the manual (gp, #PF). $_b is the error code, $_c is CR2. Faults on the way "
      "into\nanother one's handler are reported each: #GP, then #DF. What follows a fault in that: catch shutdown.",
      COMPLETE_WORDS, EXCEPTION_NAMES, false },
    { "irq", "catch", 0, catch_irq, "Catch hardware interrupts.",
      "Usage: catch irq [LINE] [if CONDITION]\n"
      "LINE is decimal, 0 to 15. The guest stops when the CPU has accepted the interrupt.", COMPLETE_NOTHING, NULL,
      false },
    { "shutdown", "catch", 0, catch_shutdown, "Catch triple faults: the CPU shuts down, and the board resets it.",
      "Usage: catch shutdown [if CONDITION]\nThe guest stops before the reset. The faults on the way there: catch "
      "exception.", COMPLETE_NOTHING, NULL, false },
    { "triple", "catch", 0, catch_shutdown, "Catch triple faults: catch shutdown.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { "port", "catch", 0, catch_port, "Catch accesses to I/O ports.",
      "Usage: catch port [N[-M] [r | w | rw]] [if CONDITION]\n"
      "N and M are hexadecimal: catch port 3f0-3f7 w. $_b is the value read or written. The guest stops behind the\n"
      "instruction.", COMPLETE_NOTHING, NULL, false },
    { "mode", "catch", 0, catch_mode, "Catch changes between real, virtual 8086 and protected mode.",
      "Usage: catch mode [real | v86 | protected16 | protected32] [if CONDITION]", COMPLETE_WORDS,
      "real v86 protected16 protected32", false },
    { "cr0", "catch", 0, catch_cr0, "Catch changes of CR0.",
      "Usage: catch cr0 [if CONDITION]\n"
      "$_b is the new value, $_c the old one.", COMPLETE_NOTHING, NULL, false },
    { "cr3", "catch", 0, catch_cr3, "Catch changes of CR3.",
      "Usage: catch cr3 [if CONDITION]\n"
      "$_b is the new value, $_c the old one.", COMPLETE_NOTHING, NULL, false },
    { "segload", "catch", 0, catch_segload, "Catch loads of segment registers.",
      "Usage: catch segload [SEG [SELECTOR]] [if CONDITION]\nSELECTOR is hexadecimal. "
      "$_b is the selector, $_c the base, $_d the limit. The guest is single-stepped, which is slow.", COMPLETE_WORDS,
      "es cs ss ds fs gs", false },
    { "task", "catch", 0, catch_task, "Catch task switches.",
      "Usage: catch task [if CONDITION]\n"
      "$_a is the old TR, $_b the new one.", COMPLETE_NOTHING, NULL, false },
    { "sector", "catch", 0, catch_sector, "Catch sectors being read and written.",
      "Usage: catch sector [DRIVE [LBA] [r | w | rw]] [if CONDITION]\n"
      "DRIVE is a, b, c or cd, also fd0, fd1 or hd0 to hd3; LBA a decimal number.", COMPLETE_WORDS,
      "fd0 fd1 hd0 hd1 hd2 hd3", false },
    { "disk", "catch", 0, catch_disk, "Catch commands to disk controllers.",
      "Usage: catch disk [DRIVE] [if CONDITION]\n"
      "DRIVE is a, b, c or cd, also fd0, fd1 or hd0 to hd3. $_b is the command byte.", COMPLETE_WORDS,
      "fd0 fd1 hd0 hd1 hd2 hd3", false },
    { "dma", "catch", 0, catch_dma, "Catch DMA transfers.",
      "Usage: catch dma [CHANNEL] [if CONDITION]\n"
      "CHANNEL is decimal, 0 to 7. $_b is the physical address, $_c the number of bytes, $_d 1 for writes to memory.",
      COMPLETE_NOTHING, NULL, false },
    { "motor", "catch", 0, catch_motor, "Catch floppy motors going on and off.",
      "Usage: catch motor [DRIVE] [if CONDITION]\n"
      "DRIVE is a or b. $_b is 1 for on.", COMPLETE_WORDS, "fd0 fd1", false },
    { "seek", "catch", 0, catch_seek, "Catch floppy heads moving.",
      "Usage: catch seek [DRIVE] [if CONDITION]\n"
      "DRIVE is a or b. $_b is the new cylinder, $_c the old one.", COMPLETE_WORDS, "fd0 fd1", false },
    { "key", "catch", 0, catch_key, "Catch bytes arriving from the keyboard.",
      "Usage: catch key [SCANCODE] [if CONDITION]\n"
      "SCANCODE is hexadecimal.", COMPLETE_NOTHING, NULL, false },
    { "screen", "catch", 0, catch_screen, "Catch changes of the screen mode.",
      "Usage: catch screen [if CONDITION]\n"
      "$_a and $_b are columns and rows, $_c is 1 for graphics.", COMPLETE_NOTHING, NULL, false },
    { "speaker", "catch", 0, catch_speaker, "Catch changes of what the speaker does: tone, gate, data bit.",
      "Usage: catch speaker [if CONDITION]\n"
      "$_d is the tick from which on, $_a bit 0 its level then, $_b the ticks until that changes, or 0.",
      COMPLETE_NOTHING, NULL, false },
    { 0 }
};
