/* Timing mode `cycle`: bytes that the prefetch queue holds stay as they were when they were fetched. Random programs
 * that store into themselves run beside a simple model: a queue of two lines of 16 bytes, filled at once since all code
 * is in the cache, emptied by jumps, which does not reach beyond a page (emu/timing/queue.c). Then single cases: code
 * that is not cached, writes of others, code in device memory, repetitions that let events in.
 *
 * One thing the model does not know: whether a line that an instruction's last bytes have called for is there before
 * its own store. Programs end where that would matter. STALE_FIRST and STALE_COUNT choose other seeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"
#include "emu/inspect.h"
#include "emu/machine.h"
#include "emu/timing/bus.h"
#include "tests/fuzz/random.h"

enum { PAGES = 4, CODE_SIZE = PAGES * 4096, STACK_TOP = 0xFF00, INT_40H = 4 * 0x40, IRET_AT = 0x700, LINE = 16 };

/* --- Machines --- */

/* Real mode, CS = DS = ES = SS = SEGMENT, interrupts off, code in the cache. */
static struct machine *machine_of(const char *profile, enum timing_mode timing, uint16_t segment)
{
    static const unsigned segments[] = { SEG_CS, SEG_DS, SEG_ES, SEG_SS };
    static const uint8_t iret = 0xCF, vector[4] = { IRET_AT & 0xFF, IRET_AT >> 8, 0, 0 };
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.profile = profile;
    config.timing = timing;
    config.ram_kb = 1024;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    inspect_poke_physical(m, INT_40H, vector, sizeof vector);
    inspect_poke_physical(m, IRET_AT, &iret, 1);
    for (unsigned i = 0; i < sizeof segments / sizeof *segments; i++)
        assert_true(inspect_set_register(m, NAME_SEG + segments[i], segment));
    assert_true(inspect_set_register(m, NAME_CR0, 0));
    assert_true(inspect_set_register(m, NAME_R + REG_ESP, STACK_TOP));
    return m;
}

static void warm(struct machine *m, uint32_t from, uint32_t size)
{
    for (uint32_t line = from; line < from + size; line += LINE)
        if (!l1_touch(&m->cycle.l1, line))
            l1_fill(&m->cycle.l1, line);
}

static uint32_t value_of(const struct machine *m, unsigned number)
{
    struct registers regs;
    inspect_registers(m, &regs);
    return number == NAME_EIP ? regs.eip : regs.r[number];
}

/* --- The model --- */

struct model {
    uint8_t memory[0x10000];
    uint32_t base;              /* linear address of the segment */
    uint16_t ax, bx, cx, di, sp, ip;
    uint8_t queue[2 * LINE];
    uint16_t line;              /* offset of queue[0] */
    unsigned held;              /* bytes */
    bool jumped, called;        /* ... for a line by this instruction */
    bool lost;                  /* ... an instruction that the model does not know, or what it cannot tell */
};

static void fill_queue(struct model *q, uint16_t line)
{
    q->line = line;
    q->held = ((q->base + line) & 0xFFF) == 0xFF0 ? LINE : 2 * LINE;
    memcpy(q->queue, q->memory + line, q->held);
}

static void pass_into_next_line(struct model *q)
{
    uint16_t next = (uint16_t)(q->line + LINE);
    if (q->held == LINE) {                      /* a new page */
        fill_queue(q, next);
        return;
    }
    memmove(q->queue, q->queue + LINE, LINE);
    q->line = next;
    q->held = LINE;
    if (((q->base + next) & 0xFFF) == 0xFF0)
        return;
    memcpy(q->queue + LINE, q->memory + (uint16_t)(next + LINE), LINE);
    q->held = 2 * LINE;
    q->called = true;
}

static uint8_t fetch(struct model *q)
{
    while ((uint16_t)(q->ip - q->line) >= LINE)
        pass_into_next_line(q);
    return q->queue[q->ip++ - q->line];
}

static uint16_t fetch16(struct model *q)
{
    unsigned low = fetch(q);
    return (uint16_t)(low | fetch(q) << 8);
}

static void store(struct model *q, uint16_t at, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint16_t to = (uint16_t)(at + i);
        if (q->called && (uint16_t)(to - q->line - LINE) < LINE)
            q->lost = true;
        q->memory[to] = (uint8_t)(value >> 8 * i);
    }
}

static void jump(struct model *q, uint16_t to)
{
    q->ip = to;
    q->jumped = true;
}

static void push(struct model *q, uint16_t value)
{
    q->sp -= 2;
    store(q, q->sp, value, 2);
}

static uint32_t fetch32(struct model *q)
{
    uint32_t low = fetch16(q);
    return low | (uint32_t)fetch16(q) << 16;
}

/* MOV [disp], imm behind the opcode; SIZE 1, 2, 4. */
static void move_immediate(struct model *q, unsigned size)
{
    q->lost = fetch(q) != 0x06;
    if (q->lost)
        return;
    uint16_t at = fetch16(q);
    uint32_t value = size == 1 ? fetch(q) : size == 2 ? fetch16(q) : fetch32(q);
    store(q, at, value, size);
}

static void repeat_stosb(struct model *q)
{
    q->lost = fetch(q) != 0xAA || q->cx > 30;
    for (; !q->lost && q->cx; q->cx--)
        store(q, q->di++, q->ax, 1);
}

static void step(struct model *q)
{
    uint8_t opcode;
    int8_t away;
    if (q->jumped)
        fill_queue(q, q->ip & (0 - LINE));
    q->jumped = q->called = false;
    switch (opcode = fetch(q)) {
    case 0x05: q->ax = (uint16_t)(q->ax + fetch16(q)); break;
    case 0x35: q->ax ^= fetch16(q); break;
    case 0x40: q->ax++; break;
    case 0x43: q->bx++; break;
    case 0x4B: q->bx--; break;
    case 0x90: break;
    case 0x58: q->ax = (uint16_t)(q->memory[q->sp] | q->memory[(uint16_t)(q->sp + 1)] << 8), q->sp += 2; break;
    case 0x66:
        if ((opcode = fetch(q)) == 0xC7)
            move_immediate(q, 4);
        else
            q->lost = true;
        break;
    case 0xA2: store(q, fetch16(q), q->ax, 1); break;
    case 0xA3: store(q, fetch16(q), q->ax, 2); break;
    case 0xB9: q->cx = fetch16(q); break;
    case 0xBF: q->di = fetch16(q); break;
    case 0xC6: move_immediate(q, 1); break;
    case 0xC7: move_immediate(q, 2); break;
    case 0xCD:
        q->lost = fetch(q) != 0x40;
        push(q, 0), push(q, 0), push(q, 0);     /* not looked at */
        q->sp += 6;
        jump(q, q->ip);
        break;
    case 0xE8: {
        uint16_t by = fetch16(q);
        push(q, q->ip);
        jump(q, (uint16_t)(q->ip + by));
        break;
    }
    case 0xEB:
        away = (int8_t)fetch(q);
        jump(q, (uint16_t)(q->ip + away));
        break;
    case 0xF3: repeat_stosb(q); break;
    default: q->lost = true;
    }
}

/* --- Programs --- */

static void put(struct model *q, uint16_t *at, unsigned count, uint64_t bytes)
{
    for (unsigned i = 0; i < count; i++)
        q->memory[(*at)++] = (uint8_t)(bytes >> 8 * i);
}

static uint8_t short_instruction(struct random *r)
{
    static const uint8_t all[] = { 0x90, 0x40, 0x43, 0x4B };
    return RANDOM_OF(r, all);
}

static uint8_t usual_byte(struct random *r)
{
    return random_chance(r, 95) ? short_instruction(r) : (uint8_t)random_u32(r);
}

static uint64_t usual_word(struct random *r)
{
    uint64_t low = usual_byte(r);
    return low | (uint64_t)usual_byte(r) << 8;
}

/* Near what is about to be executed, often right behind it. */
static uint64_t target(struct random *r, uint16_t at)
{
    return (uint16_t)(at + 5 + random_below(r, 44) - (random_chance(r, 25) ? 30 : 0));
}

static void put_instruction(struct random *r, struct model *q, uint16_t *at)
{
    uint64_t to = target(r, *at);
    switch (random_below(r, 40)) {
    case 0: put(q, at, 3, 0x05 | usual_word(r) << 8); break;
    case 1: put(q, at, 3, 0x35 | usual_word(r) << 8); break;
    case 2: put(q, at, 5, 0x06C6 | to << 16 | (uint64_t)usual_byte(r) << 32); break;
    case 3: put(q, at, 6, 0x06C7 | to << 16 | usual_word(r) << 32); break;
    case 4: put(q, at, 5, 0x06C766 | to << 24), put(q, at, 4, usual_word(r) | usual_word(r) << 16); break;
    case 5: put(q, at, 3, (random_chance(r, 50) ? 0xA2 : 0xA3) | to << 8); break;
    case 6: put(q, at, 2, 0x00EB); break;
    case 7: put(q, at, 4, 0x580000E8); break;           /* CALL $+3; POP AX */
    case 8: put(q, at, 2, 0x40CD); break;
    case 9: put(q, at, 8, 0xAAF30000B900BF | to << 8 | (uint64_t)random_below(r, 30) << 32); break;
    case 10: put(q, at, 2, 0xEB | random_below(r, 3) << 8); break;
    default: put(q, at, 1, short_instruction(r));
    }
}

enum { PROGRAM_AT = 0x1000, PROGRAM_END = 0x1400 };

static void make_program(struct random *r, struct model *q, uint16_t segment)
{
    memset(q, 0, sizeof *q);
    memset(q->memory, 0x90, CODE_SIZE);
    uint16_t at = (uint16_t)(PROGRAM_AT + random_below(r, 3 * LINE));
    q->base = (uint32_t)segment << 4;
    q->ip = at;
    q->sp = STACK_TOP;
    q->ax = (uint16_t)random_u32(r);
    q->jumped = true;
    while (at < PROGRAM_END - 16)
        put_instruction(r, q, &at);
}

static const char *const boards[] = { "486sx-25", "486dx-33", "486dx2-66", "486dx4-100", "486dx4-100wb" };

static struct machine *machine_with_program(const struct model *q, uint64_t seed, bool with_timer)
{
    static const uint8_t start_timer[] = { 0x34, 0, 2, 0 };
    struct machine *m = machine_of(boards[seed % 5], TIMING_CYCLE, (uint16_t)(q->base >> 4));
    inspect_poke_physical(m, q->base, q->memory, CODE_SIZE);
    inspect_set_register(m, NAME_EIP, q->ip);
    inspect_set_register(m, NAME_R + REG_EAX, q->ax);
    if (with_timer) {                           /* events that nobody is interrupted by */
        bus_out(&m->bus, 0x43, start_timer[0], 1);
        bus_out(&m->bus, 0x40, start_timer[2], 1);
        bus_out(&m->bus, 0x40, start_timer[3], 1);
    }
    warm(m, q->base + PROGRAM_AT, PROGRAM_END - PROGRAM_AT + 4096 / 8);
    return m;
}

static bool agree(const struct model *q, const struct machine *m)
{
    return value_of(m, NAME_EIP) == q->ip && (uint16_t)value_of(m, REG_EAX) == q->ax &&
           (uint16_t)value_of(m, REG_EBX) == q->bx;
}

/* INT 40h is two instructions for the machine, and a repeated one may be several. */
static void step_machine(struct machine *m, const struct model *q)
{
    struct stop stop;
    for (unsigned i = 0; i < 40 && (i == 0 || value_of(m, NAME_EIP) == IRET_AT ||
                                    (q->cx == 0 && (uint16_t)value_of(m, REG_ECX))); i++)
        machine_step(m, 1, &stop);
}

/* Steps that were compared. */
static unsigned run_beside_model(uint64_t seed)
{
    static struct model q, before;
    struct random r = { seed };
    uint16_t segment = (uint16_t)(0x1000 + random_below(&r, 0x100) * (random_chance(&r, 50) ? 1 : 16));
    make_program(&r, &q, segment);
    bool with_timer = random_chance(&r, 30);
    struct machine *m = machine_with_program(&q, seed, with_timer), *whole = machine_with_program(&q, seed, with_timer);
    struct stop stop;
    unsigned steps = 0;
    for (; steps < 300; steps++) {
        before = q;
        step(&q);
        if (q.lost || q.ip >= PROGRAM_END - 16 || q.ip < PROGRAM_AT)
            break;
        step_machine(m, &q);
        if (!agree(&q, m))
            fail_msg("seed %llu, step %u: after %04X (%02X %02X) at %04X AX %04X BX %04X, by the model %04X %04X %04X",
                     (unsigned long long)seed, steps, before.ip, before.memory[before.ip], before.memory[before.ip + 1],
                     value_of(m, NAME_EIP), value_of(m, REG_EAX) & 0xFFFF, value_of(m, REG_EBX) & 0xFFFF, q.ip, q.ax,
                     q.bx);
    }
    machine_step(whole, machine_icount(m) - machine_icount(whole), &stop);
    assert_true(machine_hash(whole) == machine_hash(m));
    machine_destroy(m);
    machine_destroy(whole);
    return steps;
}

static void random_stores_reach_what_the_queue_does_not_hold(void **state)
{
    enum { PROGRAMS = 60 };
    const char *first = getenv("STALE_FIRST"), *count = getenv("STALE_COUNT");
    uint64_t seed = first ? strtoull(first, NULL, 0) : 1, last = seed + (count ? strtoull(count, NULL, 0) : PROGRAMS);
    uint64_t steps = 0, from = seed;
    (void)state;
    for (; seed < last; seed++)
        steps += run_beside_model(seed);
    assert_true(steps > (last - from) * 10);
}

/* --- Single cases --- */

/* Executes BYTES from offset AT up to offset END, warm, with a timer every 1.7 us that nobody hears of. Returns AX. */
static uint32_t result_of(const char *profile, enum timing_mode timing, uint16_t at, uint16_t end, const char *bytes,
                          size_t size)
{
    struct model q = { .base = 0x10000, .ip = at };
    struct machine *m = machine_of(profile, timing, 0x1000);
    struct stop stop;
    memset(q.memory, 0x90, CODE_SIZE);
    memcpy(q.memory + at, bytes, size);
    inspect_poke_physical(m, q.base, q.memory, CODE_SIZE);
    inspect_set_register(m, NAME_EIP, at);
    inspect_set_register(m, NAME_R + REG_EAX, 0);
    bus_out(&m->bus, 0x43, 0x34, 1);
    bus_out(&m->bus, 0x40, 2, 1);
    bus_out(&m->bus, 0x40, 0, 1);
    warm(m, q.base + 0x1000, 4096);
    for (unsigned i = 0; i < 1000 && value_of(m, NAME_EIP) != end; i++)
        machine_step(m, 1, &stop);
    assert_int_equal(value_of(m, NAME_EIP), end);
    uint32_t result = value_of(m, REG_EAX);
    machine_destroy(m);
    return result;
}

/* MOV DI, 1011h; MOV CX, 20; MOV AL, 90h; REP STOSB across lines; then 8 times INC AX, overwritten by NOP. */
static void an_event_in_a_repetition_across_lines_leaves_the_queue_alone(void **state)
{
    static const char code[] = "\xBF\x11\x10\xB9\x14\x00\xB0\x90\xF3\xAA\x40\x40\x40\x40\x40\x40\x40\x40";
    (void)state;
    for (unsigned i = 0; i < sizeof boards / sizeof *boards; i++)
        assert_int_equal(result_of(boards[i], TIMING_CYCLE, 0x1007, 0x1020, code, sizeof code - 1), 0x98);
    assert_int_equal(result_of(boards[0], TIMING_TABLE, 0x1007, 0x1020, code, sizeof code - 1), 0x90);
}

/* Code that is not cached comes by doublewords: a line behind has not been fetched because another was, long ago. */
static void bytes_not_fetched_yet_are_seen_as_written(void **state)
{
    static const uint8_t far[] = { 0xE9, 0xFD, 0x00 };                  /* 1040: JMP 1140h */
    static const uint8_t store[] = { 0xC6, 0x06, 0x52, 0x11, 0x40 };    /* 1140: MOV BYTE [1152h], INC AX */
    (void)state;
    for (unsigned i = 0; i < sizeof boards / sizeof *boards; i++) {
        uint8_t code[0x200];
        struct stop stop;
        struct machine *m = machine_of(boards[i], TIMING_CYCLE, 0x1000);
        inspect_set_register(m, NAME_CR0, 0x60000000);
        memset(code, 0x90, sizeof code);
        memcpy(code + 0x40, far, sizeof far);
        memcpy(code + 0x140, store, sizeof store);
        inspect_poke_physical(m, 0x11000, code, sizeof code);
        inspect_set_register(m, NAME_EIP, 0x1000);
        inspect_set_register(m, NAME_R + REG_EAX, 0);
        while (value_of(m, NAME_EIP) != 0x1160)
            machine_step(m, 1, &stop);
        assert_int_equal(value_of(m, REG_EAX), 1);
        machine_destroy(m);
    }
}

/* INC AX is overwritten when the queue holds it: by an instruction, or from outside. Returns AX. */
static uint32_t changed_from_outside(bool by_instruction)
{
    static const uint8_t code[] = { 0x90, 0xC6, 0x06, 0x07, 0x10, 0x90, 0x90, 0x40, 0x90 };
    static const uint8_t quiet[] = { 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x40, 0x90 };
    static const uint8_t nop = 0x90;
    struct machine *m = machine_of("486dx-33", TIMING_CYCLE, 0x1000);
    struct stop stop;
    inspect_poke_physical(m, 0x11000, by_instruction ? code : quiet, sizeof code);
    warm(m, 0x11000, 4096);
    inspect_set_register(m, NAME_EIP, 0x1000);
    inspect_set_register(m, NAME_R + REG_EAX, 0);
    machine_step(m, 1, &stop);
    if (!by_instruction)
        inspect_poke_physical(m, 0x11007, &nop, 1);
    while (value_of(m, NAME_EIP) < 0x1009)
        machine_step(m, 1, &stop);
    uint32_t result = value_of(m, REG_EAX);
    machine_destroy(m);
    return result;
}

/* What others write - DMA, the debugger - is seen at once: their lines are invalid then, but the queue is not told. A
 * simplification: the chip would execute the old bytes there too. */
static void writes_of_others_are_seen_at_once(void **state)
{
    (void)state;
    assert_int_equal(changed_from_outside(true), 1);
    assert_int_equal(changed_from_outside(false), 0);
}

/* In device memory there are no old bytes either: code is read from the card as it is executed. */
static void code_on_the_card_changes_at_once(void **state)
{
    /* MOV BYTE [CS:0009], 90h; NOP; INC AX x 3; HLT */
    static const uint8_t code[] = { 0x2E, 0xC6, 0x06, 0x09, 0x00, 0x90, 0x90, 0x40, 0x40, 0x40, 0xF4 };
    (void)state;
    uint64_t clocks[2] = { 0 };
    for (unsigned stepping = 0; stepping < 2; stepping++)
        for (enum timing_mode mode = TIMING_FAST; mode <= TIMING_CYCLE; mode++) {
            struct machine *m = machine_of("486dx-33", TIMING_FAST, 0xB800);
            struct stop stop;
            char error[100];
            machine_reset(m);
            machine_run(m, TICKS_PER_SECOND, &stop);        /* the BIOS sets the card up, and waits for a key */
            m->cpu.attention &= (uint16_t)~ATTEND_HALTED;
            assert_true(machine_set_timing(m, mode, error, sizeof error));
            for (unsigned i = 0; i < sizeof code; i++)
                bus_write(&m->bus, 0xB8000 + i, code[i], 1);
            inspect_set_register(m, NAME_SEG + SEG_CS, 0xB800);
            inspect_set_register(m, NAME_EIP, 0);
            inspect_set_register(m, NAME_EFLAGS, 2);
            inspect_set_register(m, NAME_R + REG_EAX, 0);
            do
                machine_step(m, stepping ? 1 : 100, &stop);
            while (stop.reason == STOP_STEPPED);
            assert_int_equal(stop.reason, STOP_HALTED);
            assert_int_equal(value_of(m, REG_EAX), 2);
            clocks[stepping] = machine_clocks(m);
            machine_destroy(m);
        }
    assert_int_equal(clocks[0], clocks[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_stores_reach_what_the_queue_does_not_hold),
        cmocka_unit_test(bytes_not_fetched_yet_are_seen_as_written),
        cmocka_unit_test(writes_of_others_are_seen_at_once),
        cmocka_unit_test(code_on_the_card_changes_at_once),
        cmocka_unit_test(an_event_in_a_repetition_across_lines_leaves_the_queue_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
