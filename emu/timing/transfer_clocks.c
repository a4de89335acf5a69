/* Clocks of far transfers, interrupts and task switches by the way they take (i486 PRM appendix E, tables of far
 * transfers, task switches and interrupts; the adders of exceptions from the same table of the data sheet, as the
 * project's timing reference has them).
 *
 * Where the sources are silent: IRET to V86 mode costs as to an outer level; exceptions other than #PF and #BR, and
 * debug traps, cost the interrupt alone; ICEBP costs as INT3. The clocks for a descriptor that has to be marked as
 * accessed are charged for every descriptor that a transfer loads. */
#include "emu/timing/clocks.h"

#include <stddef.h>

enum { TOUCH = 11, BOUND_VECTOR = 5, PAGE_FAULT_VECTOR = 14 };

/* A task switch, by what it leads to; the way there comes on top. */
static const uint8_t task_switch[] = { [TIMED_TSS486] = 162, [TIMED_TSS286] = 143, [TIMED_TSS_VM] = 140 };

/* CALL through a gate to an inner level: with parameters 77 + 4 each. */
enum { WITH_PARAMETERS = 77 - 69, PER_PARAMETER = 4 };

struct transfer {
    const char *name, *operands;
    bool in_protected;              /* else real and V86 mode */
    uint8_t clocks[TIMED_PATHS];    /* 0: there is no such way */
};

static const struct transfer transfers[] = {
    { "JMP", "Ap", false, { 17 } },
    { "JMP", "Ap", true, { 19, [TIMED_SAME_LEVEL] = 32, [TIMED_TSS] = 42, [TIMED_TASK_GATE] = 43 } },
    { "JMP", "Mp", false, { 13 } },
    { "JMP", "Mp", true, { 18, [TIMED_SAME_LEVEL] = 31, [TIMED_TSS] = 41, [TIMED_TASK_GATE] = 42 } },
    { "CALL", "Ap", false, { 18 } },
    { "CALL", "Ap", true, { 20, [TIMED_SAME_LEVEL] = 35, [TIMED_INNER] = 69, [TIMED_TSS] = 37,
                            [TIMED_TASK_GATE] = 38 } },
    { "CALL", "Mp", false, { 17 } },
    { "CALL", "Mp", true, { 20, [TIMED_SAME_LEVEL] = 35, [TIMED_INNER] = 69, [TIMED_TSS] = 37,
                            [TIMED_TASK_GATE] = 38 } },
    { "RETF", "-", false, { 13 } },
    { "RETF", "-", true, { 17, [TIMED_OUTER] = 35 } },
    { "RETF", "Iw", false, { 14 } },
    { "RETF", "Iw", true, { 18, [TIMED_OUTER] = 36 } },
    { "IRET", "-", false, { 15 } },
    { "IRET", "-", true, { 20, [TIMED_OUTER] = 36, [TIMED_TSS] = 32 } },
};

/* What the manual calls INT, by mode. TIMED_PLAIN has the least. */
static const uint8_t interrupts[][TIMED_PATHS] = {
    [TIMED_REAL] = { 26, [TIMED_SAME_LEVEL] = 26 },
    [TIMED_PROTECTED] = { 44, [TIMED_SAME_LEVEL] = 44, [TIMED_INNER] = 71, [TIMED_TASK_GATE] = 37 },
    [TIMED_V86] = { 82, [TIMED_INNER] = 82, [TIMED_TASK_GATE] = 37 },
};

/* Interrupts by instruction: clocks added to that, and clocks of INTO without overflow. */
enum { INTO_TAKEN = 2, INTO_NOT_TAKEN = 3 };
static const struct { const char *names; uint8_t real, in_protected, not_taken; } by_instruction[] = {
    { "INT", 4, 0, 0 },
    { "INT3 ICEBP", 0, 0, 0 },
    { "INTO", INTO_TAKEN, INTO_TAKEN, INTO_NOT_TAKEN },
};

/* Interrupts from elsewhere: clocks added. */
enum { BY_INTR = 11, BY_NMI = 3, BY_PAGE_FAULT = 24, BY_BOUND = 24 };

/* Instructions that V86 mode refuses: clocks added to the interrupt that takes them to the monitor. Which of the forms
 * of I/O take the 51 of the printed 50-51 is not told in the reference; here the repeated ones and those by DX. */
static const struct { const char *names, *operands; uint8_t clocks, repeated; } refused[] = {
    { "CLI STI POPF", "*", 8, 8 },
    { "PUSHF INT IRET", "*", 9, 9 },
    { "INS OUTS", "*", 50, 51 },
    { "IN OUT", "AL,Ib eAX,Ib Ib,AL Ib,eAX", 50, 50 },
    { "IN OUT", "AL,DX eAX,DX DX,AL DX,eAX", 51, 51 },
};

static enum timing_path path_of(uint32_t work)
{
    unsigned path = work & 0xFF;
    return path < TIMED_PATHS ? (enum timing_path)path : TIMED_PLAIN;
}

static unsigned parameters(uint32_t work)
{
    return work >> 8 & 0xFF;
}

static unsigned task_clocks(uint32_t work)
{
    unsigned tss = work >> 16 & 0xFF;
    return tss < sizeof task_switch ? task_switch[tss] : 0;
}

unsigned touch_clocks(uint32_t work)
{
    return TOUCH * (work >> 24);
}

static unsigned interrupt_clocks(enum timing_cpu_mode mode, uint32_t work)
{
    return interrupts[mode][path_of(work)] + task_clocks(work) + touch_clocks(work);
}

/* --- Instructions --- */

static bool interrupt_cost(const struct timing_form *form, struct timing_cost *cost)
{
    for (size_t i = 0; i < sizeof by_instruction / sizeof *by_instruction; i++) {
        if (!clocks_listed(by_instruction[i].names, form->mnemonic))
            continue;
        unsigned added = form->mode == TIMED_PROTECTED ? by_instruction[i].in_protected : by_instruction[i].real;
        unsigned not_taken = by_instruction[i].not_taken;
        cost->clocks = (uint16_t)(not_taken ? not_taken : interrupts[form->mode][TIMED_PLAIN] + added);
        cost->rule = (uint8_t)((not_taken ? RULE_OVERFLOW : RULE_INTERRUPT) + form->mode);
        return true;
    }
    return false;
}

static bool far_cost(const struct timing_form *form, struct timing_cost *cost)
{
    for (size_t i = 0; i < sizeof transfers / sizeof *transfers; i++) {
        const struct transfer *t = &transfers[i];
        if (t->in_protected == (form->mode == TIMED_PROTECTED) && clocks_listed(t->name, form->mnemonic) &&
            clocks_listed(t->operands, form->operands)) {
            cost->clocks = t->clocks[TIMED_PLAIN];
            cost->rule = (uint8_t)(RULE_TRANSFER + i);
            return true;
        }
    }
    return false;
}

bool transfer_cost(const struct timing_form *form, struct timing_cost *cost)
{
    if (!*form->mnemonic || (!interrupt_cost(form, cost) && !far_cost(form, cost)))
        return false;
    cost->least = cost->most = cost->clocks;
    return true;
}

static unsigned far_variable(const struct transfer *t, uint32_t work)
{
    unsigned clocks = t->clocks[path_of(work)], copied = parameters(work);
    if (copied)
        clocks += WITH_PARAMETERS + PER_PARAMETER * copied;
    clocks += task_clocks(work) + touch_clocks(work);
    return clocks > t->clocks[TIMED_PLAIN] ? clocks - t->clocks[TIMED_PLAIN] : 0;
}

unsigned transfer_variable(uint8_t rule, uint32_t work)
{
    if (rule >= RULE_TRANSFER)
        return far_variable(&transfers[rule - RULE_TRANSFER], work);
    if (rule >= RULE_OVERFLOW) {
        enum timing_cpu_mode mode = (enum timing_cpu_mode)(rule - RULE_OVERFLOW);
        return path_of(work) == TIMED_PLAIN ? 0 : interrupt_clocks(mode, work) + INTO_TAKEN - INTO_NOT_TAKEN;
    }
    enum timing_cpu_mode mode = (enum timing_cpu_mode)(rule - RULE_INTERRUPT);
    unsigned clocks = interrupt_clocks(mode, work), least = interrupts[mode][TIMED_PLAIN];
    return clocks > least ? clocks - least : 0;
}

/* --- Deliveries --- */

static unsigned refused_clocks(const struct timing_event *event)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (clocks_listed(refused[i].names, event->mnemonic) && clocks_listed(refused[i].operands, event->operands))
            return event->repeat ? refused[i].repeated : refused[i].clocks;
    return 0;
}

static unsigned added_clocks(const struct timing_event *event)
{
    if (event->cause == TIMED_INTR)
        return BY_INTR;
    if (event->cause == TIMED_NMI)
        return BY_NMI;
    if (event->mnemonic)
        return refused_clocks(event);
    if (event->vector == PAGE_FAULT_VECTOR)
        return BY_PAGE_FAULT;
    return event->vector == BOUND_VECTOR ? BY_BOUND : 0;
}

unsigned timing_delivery(const struct timing *timing, const struct timing_event *event, uint32_t work)
{
    (void)timing;
    return interrupt_clocks(event->mode, work) + added_clocks(event);
}
