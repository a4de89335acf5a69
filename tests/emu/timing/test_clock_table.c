/* The clock table against the timing reference's own (i486-clocks.csv): every row is parsed, turned into the forms that
 * it means (clock_notation.h), and each form's clocks are compared with the row's cell: numbers, ranges whose both ends
 * must be reached, formulae over iterations (c), parameters (x) and levels (L), INT for an interrupt and TS for a task
 * switch, which other rows give. What cannot be held is listed here by name, with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "clock_notation.h"

#include "emu/cpu/cpu.h"
#include "emu/timing/profile.h"

enum { ROWS_MAX = 1000, ROWS = 891 };

struct csv_row { char name[64], operands[64], clocks[64], notes[160]; };

static struct csv_row rows[ROWS_MAX];
static unsigned row_count, failures;
static struct timing timing;
static bool form_used[LISTED_FORMS], escape_used[LISTED_ESCAPES], event_used[LISTED_EVENTS];

/* --- Reading --- */

/* Takes a field, quoted or not; returns what is behind its comma. */
static const char *take_field(const char *line, char *field, size_t room)
{
    bool quoted = *line == '"';
    size_t length = quoted ? strcspn(++line, "\"") : strcspn(line, ",\n");
    snprintf(field, room, "%.*s", (int)length, line);
    line += length + quoted;
    return *line == ',' ? line + 1 : line;
}

static int read_table(void **state)
{
    char line[512], miss[64];
    FILE *file = fopen("tests/emu/timing/i486-clocks.csv", "r");
    (void)state;
    timing.profile = profile_find("486dx-33");
    if (!file || !fgets(line, sizeof line, file))
        return -1;
    while (row_count < ROWS_MAX && fgets(line, sizeof line, file)) {
        struct csv_row *row = &rows[row_count++];
        const char *at = take_field(line, row->name, sizeof row->name);
        at = take_field(at, row->operands, sizeof row->operands);
        at = take_field(at, row->clocks, sizeof row->clocks);
        at = take_field(at, miss, sizeof miss);
        take_field(at, row->notes, sizeof row->notes);
    }
    return fclose(file);
}

static const struct csv_row *row_of(const char *name, const char *operands)
{
    for (unsigned i = 0; i < row_count; i++)
        if (strcmp(rows[i].name, name) == 0 && strcmp(rows[i].operands, operands) == 0)
            return &rows[i];
    fail_msg("no row %s %s", name, operands);
    return NULL;
}

/* --- Cells --- */

/* What the letters of a cell stand for. */
struct letters { unsigned c, interrupt, task; };

/* A sum of numbers, numbers times a letter, INT and TS; *REST is what follows. */
static unsigned sum(const char *cell, const struct letters *letters, const char **rest)
{
    unsigned total = 0;
    for (;; cell++) {
        if (strncmp(cell, "INT", 3) == 0) {
            total += letters->interrupt;
            cell += 3;
        } else if (strncmp(cell, "TS", 2) == 0) {
            total += letters->task;
            cell += 2;
        } else {
            char *end;
            unsigned factor = (unsigned)strtoul(cell, &end, 10);
            bool letter = *end == 'c' || *end == 'x' || *end == 'L';
            total += letter ? factor * letters->c : factor;
            cell = end + letter;
        }
        if (*cell != '+')
            break;
    }
    *rest = cell;
    return total;
}

/* The cell as a range; a single number is one. *REST is what follows. */
static void range_of(const char *cell, const struct letters *letters, unsigned *least, unsigned *most,
                     const char **rest)
{
    *least = *most = sum(cell, letters, rest);
    if (**rest == '-') {
        *most = sum(*rest + 1, letters, rest);
    } else if (strncmp(*rest, "..", 2) == 0) {      /* "50..51": the last number counts up to */
        const char *digits = *rest;
        while (digits > cell && isdigit((unsigned char)digits[-1]))
            digits--;
        *most = *least - (unsigned)atoi(digits) + (unsigned)strtoul(*rest + 2, (char **)(uintptr_t)rest, 10);
    }
}

static unsigned number_in(const struct csv_row *row, const struct letters *letters)
{
    const char *rest;
    unsigned value = sum(row->clocks, letters, &rest);
    assert_string_equal(rest, "");
    return value;
}

static unsigned task_clocks(enum timing_tss tss)
{
    static const char *const operands[] = { [TIMED_TSS486] = "VM/486/286 TSS -> 486 TSS",
                                            [TIMED_TSS286] = "VM/486/286 TSS -> 286 TSS",
                                            [TIMED_TSS_VM] = "VM/486/286 TSS -> VM TSS" };
    return tss == TIMED_NO_TSS ? 0 : number_in(row_of("TS", operands[tss]), &(struct letters){ 0 });
}

/* --- Asking --- */

static void report(const struct csv_row *row, const struct timing_form *form, unsigned got)
{
    print_error("%s %s: %s, but %s %s of %u bits%s in mode %d costs %u\n", row->name, row->operands, row->clocks,
                form->mnemonic, form->operands, form->size, form->memory ? " in memory" : "", form->mode, got);
    failures++;
}

static unsigned clocks_with(const struct timing_form *form, uint32_t work)
{
    struct timing_cost cost = timing_cost(&timing, form);
    return cost.clocks + cost.index_clock + timing_variable(&timing, cost.rule, work);
}

static void expect(const struct csv_row *row, const struct timing_form *form, uint32_t work, unsigned wanted)
{
    unsigned got = clocks_with(form, work);
    if (got != wanted || timing_cost(&timing, form).least == 0)
        report(row, form, got);
}

/* What handlers may leave for the instructions whose cell is a range. */
static unsigned works_of(const struct timing_form *form, uint32_t *works)
{
    unsigned count = 0, width = form->size;
    if (strstr(form->operands, "sIb"))
        width = 8;
    if (strstr(form->mnemonic, "MUL")) {
        for (uint32_t bits = 0; bits <= width; bits++) {
            works[count++] = bits;
            if (bits > 0 && form->mnemonic[0] == 'I')
                works[count++] = bits | TIMING_NEGATIVE;
        }
    } else if (form->mnemonic[0] == 'R') {          /* RCL, RCR: counts */
        for (uint32_t n = 0; n < 32; n++)
            works[count++] = n;
    } else {                                        /* BSF, BSR: bits */
        for (uint32_t bit = 0; bit < width; bit++)
            works[count++] = bit;
        works[count++] = 32;
    }
    return count;
}

/* Printed upper ends that are one operand size's only: counts of 31 go three times through a byte, but once through
 * words and never through doublewords; the lowest bit of a word is found in its lower two bytes. */
static bool end_is_another_size(const struct timing_form *form)
{
    return (strncmp(form->mnemonic, "RC", 2) == 0 && form->size > 8) ||
           (strcmp(form->mnemonic, "BSF") == 0 && form->size == 16);
}

static void expect_range(const struct csv_row *row, const struct timing_form *form, unsigned least, unsigned most)
{
    uint32_t works[80];
    unsigned count = works_of(form, works), low = UINT16_MAX, high = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned got = clocks_with(form, works[i]);
        low = got < low ? got : low;
        high = got > high ? got : high;
    }
    if (low != least)
        report(row, form, low);
    if (end_is_another_size(form) ? high >= most : high != most)
        report(row, form, high);
}

/* "A true / B false", "A taken / B not". */
static void expect_condition(const struct csv_row *row, const struct timing_form *form)
{
    const char *other = strchr(row->clocks, '/') + 2;
    unsigned met = (unsigned)atoi(row->clocks), unmet = (unsigned)atoi(other);
    expect(row, form, 1, met);
    expect(row, form, 0, unmet);
}

/* Formulae over iterations and levels: c > 0, or c > 1 where the row says so. */
static void expect_formula(const struct csv_row *row, const struct timing_form *form, uint32_t work)
{
    static const unsigned counts[] = { 0, 1, 2, 3, 29, 255, 65536 };
    const char *rest;
    unsigned from = strstr(row->operands, ">1") ? 2 : strstr(row->operands, ">0") ? 1 : 0;
    unsigned to = strchr(row->clocks, 'L') ? 31 : 65536;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i] >= from && counts[i] <= to)
            expect(row, form, work | counts[i], sum(row->clocks, &(struct letters){ .c = counts[i] }, &rest));
}

/* Parameters of call gates. */
static void expect_parameters(const struct csv_row *row, const struct timing_form *form)
{
    const char *rest;
    for (unsigned x = 1; x <= 31; x++)
        expect(row, form, timing_work(TIMED_INNER, x, TIMED_NO_TSS),
               sum(row->clocks, &(struct letters){ .c = x }, &rest));
}

/* INT by every way that the mode has, or one. */
static const struct { const char *row; enum timing_cpu_mode mode; enum timing_path path; } interrupt_ways[] = {
    { "real", TIMED_REAL, TIMED_SAME_LEVEL },
    { "prot same level", TIMED_PROTECTED, TIMED_SAME_LEVEL },
    { "prot different level", TIMED_PROTECTED, TIMED_INNER },
    { "prot task gate", TIMED_PROTECTED, TIMED_TASK_GATE },
    { "V86 different level", TIMED_V86, TIMED_INNER },
    { "V86 task gate", TIMED_V86, TIMED_TASK_GATE },
};
enum { INTERRUPT_WAYS = sizeof interrupt_ways / sizeof *interrupt_ways };

/* What INT stands for, by one way. */
static unsigned interrupt_clocks(unsigned way, enum timing_tss tss)
{
    return number_in(row_of("INT-base", interrupt_ways[way].row), &(struct letters){ .task = task_clocks(tss) });
}

static void expect_interrupt(const struct csv_row *row, const struct timing_form *form)
{
    const char *rest;
    for (unsigned i = 0; i < INTERRUPT_WAYS; i++) {
        bool task = interrupt_ways[i].path == TIMED_TASK_GATE;
        for (unsigned tss = task ? TIMED_TSS486 : TIMED_NO_TSS; tss <= (task ? TIMED_TSS_VM : TIMED_NO_TSS); tss++) {
            const struct letters letters = { .interrupt = interrupt_clocks(i, (enum timing_tss)tss) };
            uint32_t work = timing_work(interrupt_ways[i].path, 0, (enum timing_tss)tss);
            if (interrupt_ways[i].mode == form->mode)
                expect(row, form, work, sum(row->clocks, &letters, &rest));
        }
    }
}

/* FORM, by the kind of cell. WORK: what the row's path leaves. */
static void check_form(const struct csv_row *row, const struct timing_form *form, uint32_t work)
{
    const char *rest;
    unsigned least, most;
    if (strncmp(row->clocks, "INT", 3) == 0) {
        expect_interrupt(row, form);
    } else if (strchr(row->clocks, '/')) {
        expect_condition(row, form);
    } else if (strchr(row->clocks, 'x')) {
        expect_parameters(row, form);
    } else if (strchr(row->clocks, 'c') || strchr(row->clocks, 'L')) {
        expect_formula(row, form, work);
    } else {
        const struct letters letters = { .task = task_clocks((enum timing_tss)(work >> 16 & 3)) };
        range_of(row->clocks, &letters, &least, &most, &rest);
        if (*rest)
            report(row, form, 0);
        else if (least == most)
            expect(row, form, work, least);
        else if (strcmp(form->mnemonic, "WAIT") != 0)
            expect_range(row, form, least, most);
        else if (timing_cost(&timing, form).least != least || timing_cost(&timing, form).most != most)
            report(row, form, clocks_with(form, 0));
    }
}

/* FORM in each of MODES. */
static void check_in_modes(const struct csv_row *row, struct timing_form form, unsigned modes, uint32_t work)
{
    for (unsigned mode = TIMED_REAL; mode <= TIMED_V86; mode++) {
        form.mode = (enum timing_cpu_mode)mode;
        if (modes >> mode & 1)
            check_form(row, &form, work);
    }
}

/* --- Rows --- */

static bool check_regular(const struct csv_row *row)
{
    char operands[64];
    bool found = false;
    snprintf(operands, sizeof operands, "%s", row->operands);
    unsigned modes = take_modes(operands);
    for (unsigned number = 0; number < opcode_rows; number++)
        for (unsigned form = 0; form < 4; form++) {
            const struct opcode *opcode = &opcode_table[number];
            unsigned size = form & 1 ? 32 : 16;
            bool memory = form & 2;
            if (!regular_form(row->name, operands, number, size, memory))
                continue;
            found = true;
            const struct timing_form asked = { .mnemonic = opcode->mnemonic, .operands = opcode->operands,
                                               .size = opcode->flags & OPC_BYTE ? 8 : (uint8_t)size, .memory = memory };
            check_in_modes(row, asked, modes, 0);
        }
    return found;
}

static bool in_opcode_table(const char *mnemonic, const char *operands)
{
    for (unsigned i = 0; i < opcode_rows; i++)
        if (opcode_table[i].mnemonic && strcmp(opcode_table[i].mnemonic, mnemonic) == 0 &&
            strcmp(opcode_table[i].operands, operands) == 0)
            return true;
    return false;
}

/* Task switches are asked for by what they add to the way there: JMP to a TSS is 42 + TS. */
static void check_task(const struct csv_row *row, const struct timing_form *form, uint32_t work)
{
    const struct letters none = { 0 };
    const char *rest;
    expect(row, form, work, number_in(row, &none) + sum(row_of("JMP", "ptr to TSS")->clocks, &none, &rest));
}

static bool check_listed(const struct csv_row *row)
{
    bool found = false;
    for (unsigned i = 0; i < LISTED_FORMS; i++) {
        const struct listed_form *l = &listed_forms[i];
        if (strcmp(l->name, row->name) != 0 || strcmp(l->operands, row->operands) != 0)
            continue;
        found = form_used[i] = true;
        assert_true(in_opcode_table(l->mnemonic, l->form));
        struct timing_form form = { .mnemonic = l->mnemonic, .operands = l->form, .size = 16, .modrm = l->modrm,
                                    .memory = l->flags & MEMORY, .repeat = l->flags & REPEATED,
                                    .has_index = l->flags & INDEXED, .mode = TIMED_PROTECTED };
        if (strcmp(row->name, "TS") == 0)
            check_task(row, &form, l->work);
        else
            check_in_modes(row, form, l->flags & IN_ALL ? l->flags & IN_ALL : IN_ALL, l->work);
    }
    return found;
}

/* "concurrent=2", "concurrent=2-8", "concurrent=5-17 avg 7", and for FRNDINT what another source has. */
static void check_concurrent(const struct csv_row *row, const struct timing_form *form, unsigned concurrent)
{
    const char *rest, *cell = strstr(row->notes, "concurrent=");
    const char *average = strstr(row->notes, "avg "), *other = strstr(row->notes, "/ 0 (S2)");
    unsigned least, most;
    assert_non_null(cell);
    range_of(cell + strlen("concurrent="), &(struct letters){ 0 }, &least, &most, &rest);
    if (average)
        least = most = (unsigned)atoi(average + 4);
    if (other)
        least = most = 0;
    if (concurrent < least || concurrent > most) {
        print_error("%s: ", row->notes);
        report(row, form, concurrent);
    }
}

/* A range is held as such, and something in it charged: the value that WORK (extended precision, no reduction) gives.
 * With reduction FSIN and its kin lie in the other range that their rows print. */
static void check_escape(const struct csv_row *row, const struct timing_form *form)
{
    const struct timing_cost cost = timing_cost(&timing, form);
    const bool divides = timing_overlaps(cost.rule);
    const unsigned more = divides ? timing_variable(&timing, cost.rule, 3) : 0, total = cost.clocks + more;
    const char *rest, *other = strstr(row->clocks, " or ");
    unsigned least, most;
    range_of(row->clocks, &(struct letters){ 0 }, &least, &most, &rest);
    if (least == most ? total != least : cost.least != least || cost.most != most || total < least || total > most)
        report(row, form, total);
    check_concurrent(row, form, cost.concurrent + more);
    if (!other)
        return;
    range_of(other + 4, &(struct letters){ 0 }, &least, &most, &rest);
    if (clocks_with(form, 1) < least || clocks_with(form, 1) > most)
        report(row, form, clocks_with(form, 1));
}

/* The escape with these BYTES, in the modes that ROW is about. */
static void check_escape_bytes(const struct csv_row *row, const uint8_t *bytes)
{
    for (unsigned mode = TIMED_REAL; mode <= TIMED_V86; mode++) {
        const struct timing_form form = { .mnemonic = "ESC", .operands = "", .size = 16, .opcode = bytes[0],
                                          .modrm = bytes[1], .memory = bytes[1] < 0xC0,
                                          .mode = (enum timing_cpu_mode)mode };
        if (strstr(row->operands, mode == TIMED_PROTECTED ? "real/V86" : "protected") == NULL)
            check_escape(row, &form);
    }
}

static bool check_listed_escape(const struct csv_row *row)
{
    bool found = false;
    for (unsigned i = 0; i < LISTED_ESCAPES; i++) {
        const struct listed_escape *l = &listed_escapes[i];
        if (strcmp(l->name, row->name) != 0 || strcmp(l->operands, row->operands) != 0)
            continue;
        found = escape_used[i] = true;
        for (unsigned at = 0; at < sizeof l->bytes && l->bytes[at]; at += 2)
            check_escape_bytes(row, l->bytes + at);
    }
    return found;
}

/* One of the listed events by one way; what it costs must lie in the row's range. */
static unsigned check_event(const struct csv_row *row, const struct listed_event *l, unsigned way, enum timing_tss tss)
{
    const struct timing_event event = { .cause = l->cause, .mode = interrupt_ways[way].mode, .vector = l->vector,
                                        .mnemonic = l->mnemonic, .operands = l->operands, .repeat = l->repeat };
    const struct timing_form form = { .mnemonic = row->name, .operands = row->operands, .mode = event.mode };
    const struct letters letters = { .interrupt = interrupt_clocks(way, tss) };
    const char *rest;
    unsigned least, most, got = timing_delivery(&timing, &event, timing_work(interrupt_ways[way].path, 0, tss));
    range_of(row->clocks, &letters, &least, &most, &rest);
    if (got < least || got > most || *rest)
        report(row, &form, got);
    return got - letters.interrupt;
}

static bool check_listed_event(const struct csv_row *row)
{
    unsigned low = UINT16_MAX, high = 0, least, most;
    const char *rest;
    bool found = false;
    for (unsigned i = 0; i < LISTED_EVENTS; i++) {
        if (strcmp(listed_events[i].name, row->name) != 0 || strcmp(listed_events[i].row_operands, row->operands) != 0)
            continue;
        found = event_used[i] = true;
        for (unsigned way = 0; way < INTERRUPT_WAYS; way++) {
            bool task = interrupt_ways[way].path == TIMED_TASK_GATE;
            if (listed_events[i].mnemonic && interrupt_ways[way].mode != TIMED_V86)
                continue;
            unsigned added = check_event(row, &listed_events[i], way, task ? TIMED_TSS286 : TIMED_NO_TSS);
            low = added < low ? added : low;
            high = added > high ? added : high;
        }
    }
    range_of(row->clocks, &(struct letters){ 0 }, &least, &most, &rest);
    if (found && (low != least || high != most))
        report(row, &(struct timing_form){ .mnemonic = row->name, .operands = "" }, high);
    return found;
}

/* The base values of interrupts, by an exception that adds nothing. */
static bool check_base(const struct csv_row *row)
{
    bool found = false;
    for (unsigned way = 0; way < INTERRUPT_WAYS && strcmp(row->name, "INT-base") == 0; way++) {
        const bool task = interrupt_ways[way].path == TIMED_TASK_GATE;
        const enum timing_tss tss = task ? TIMED_TSS486 : TIMED_NO_TSS;
        const struct timing_event event = { .cause = TIMED_EXCEPTION, .mode = interrupt_ways[way].mode, .vector = 0 };
        if (strcmp(row->operands, interrupt_ways[way].row) != 0)
            continue;
        found = true;
        assert_int_equal(timing_delivery(&timing, &event, timing_work(interrupt_ways[way].path, 0, tss)),
                         interrupt_clocks(way, tss));
    }
    return found;
}

/* Prefixes are bytes in front of the opcode; 0F is none. */
static bool check_prefix(const struct csv_row *row)
{
    if (strcmp(row->name, "prefix") != 0)
        return false;
    const bool escape = strncmp(row->operands, "0F", 2) == 0;
    const struct timing_form form = { .mnemonic = escape ? "MOVZX" : "ADD", .operands = escape ? "Gv,Eb" : "Ev,Gv",
                                      .size = 16, .memory = true, .prefixes = !escape };
    if (timing_cost(&timing, &form).prefixes != (unsigned)atoi(row->clocks))
        report(row, &form, timing_cost(&timing, &form).prefixes);
    return true;
}

/* Rows that the table does not express. */
static const struct { const char *name, *operands, *reason; } unexpressed[] = {
    { "prefix", "LOCK effect", "measured on a board: what waits for locked cycles is the bus model" },
};

static bool is_unexpressed(const struct csv_row *row)
{
    for (unsigned i = 0; i < sizeof unexpressed / sizeof *unexpressed; i++)
        if (strcmp(unexpressed[i].name, row->name) == 0 && strcmp(unexpressed[i].operands, row->operands) == 0)
            return true;
    return false;
}

static void every_row_of_the_reference_is_held(void **state)
{
    (void)state;
    assert_int_equal(row_count, ROWS);
    failures = 0;
    for (unsigned i = 0; i < row_count; i++) {
        const struct csv_row *row = &rows[i];
        if (is_unexpressed(row) || check_listed(row) || check_listed_escape(row) || check_listed_event(row) ||
            check_base(row) || check_prefix(row) || check_regular(row))
            continue;
        print_error("%s %s: no form found\n", row->name, row->operands);
        failures++;
    }
    assert_int_equal(failures, 0);
}

static void every_listed_form_belongs_to_a_row(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LISTED_FORMS; i++)
        if (!form_used[i])
            fail_msg("no row %s %s", listed_forms[i].name, listed_forms[i].operands);
    for (unsigned i = 0; i < LISTED_ESCAPES; i++)
        if (!escape_used[i])
            fail_msg("no row %s %s", listed_escapes[i].name, listed_escapes[i].operands);
    for (unsigned i = 0; i < LISTED_EVENTS; i++)
        if (!event_used[i])
            fail_msg("no row %s %s", listed_events[i].name, listed_events[i].row_operands);
}

/* --- The other way round --- */

static bool has_clocks(const struct opcode *row, bool memory, enum timing_cpu_mode mode)
{
    const struct timing_form form = { .mnemonic = row->mnemonic, .operands = row->operands, .size = 16,
                                      .memory = memory, .mode = mode };
    return timing_cost(&timing, &form).least != 0;
}

static void every_opcode_has_clocks(void **state)
{
    (void)state;
    for (unsigned i = 0; i < opcode_rows; i++) {
        const struct opcode *row = &opcode_table[i];
        if (!row->mnemonic || row->flags & OPC_ESCAPE)
            continue;
        for (unsigned mode = TIMED_REAL; mode <= TIMED_V86; mode++) {
            if (!(row->flags & OPC_MEMORY_ONLY) && !has_clocks(row, false, (enum timing_cpu_mode)mode))
                fail_msg("%s %s in a register", row->mnemonic, row->operands);
            if (row->flags & OPC_MODRM && !(row->flags & OPC_REG_ONLY) &&
                !has_clocks(row, true, (enum timing_cpu_mode)mode))
                fail_msg("%s %s in memory", row->mnemonic, row->operands);
        }
    }
}

/* What adds clocks must leave something to add them by. */
static void every_rule_has_a_flag_in_the_opcode_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < opcode_rows; i++)
        for (unsigned n = 0; n < 4; n++) {
            const struct opcode *row = &opcode_table[i];
            const struct timing_form form = { .mnemonic = row->mnemonic, .operands = row->operands, .size = 16,
                                              .memory = n & 1, .repeat = n & 2 };
            if (!row->mnemonic || row->flags & OPC_VARIABLE)
                continue;
            if (timing_cost(&timing, &form).rule != TIMING_FIXED)
                fail_msg("%s %s", row->mnemonic, row->operands);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_reference_is_held),
        cmocka_unit_test(every_listed_form_belongs_to_a_row),
        cmocka_unit_test(every_opcode_has_clocks),
        cmocka_unit_test(every_rule_has_a_flag_in_the_opcode_table),
    };
    return cmocka_run_group_tests(tests, read_table, NULL);
}
