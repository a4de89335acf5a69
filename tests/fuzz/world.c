/* A world to fuzz in (world.h): descriptor tables, tasks, page tables and handlers that mostly make sense, with some
 * bits wrong, and a few instructions of real mode that lead into it. */
#include "tests/fuzz/world.h"

#include <string.h>

#include "tests/fuzz/code.h"

/* The GDT's fixed part: selectors without RPL. */
enum { CODE32 = 0x08, DATA32 = 0x10, CODE16 = 0x18, DATA16 = 0x20, USER_CODE32 = 0x28, USER_DATA32 = 0x30,
       USER_CODE16 = 0x38, USER_DATA16 = 0x40, LDT = 0x68, FIRST_TASK = 0x70, FIRST_FREE = 0x90 };

static const struct { uint32_t base, limit; uint16_t access; } fixed[] = {
    { 0, 0, 0 },
    { 0, 0xFFFFF, 0xC09A },                 /* 08 code, 32 bits, flat */
    { 0, 0xFFFFF, 0xC092 },                 /* 10 data, 32 bits, flat */
    { 0, 0xFFFFF, 0x009A },                 /* 18 code, 16 bits, the first megabyte */
    { 0, 0xFFFFF, 0x0092 },                 /* 20 data, 16 bits, likewise */
    { 0, 0xFFFFF, 0xC0FA },                 /* 28 to 40: the same for level 3 */
    { 0, 0xFFFFF, 0xC0F2 },
    { 0, 0xFFFFF, 0x00FA },
    { 0, 0xFFFFF, 0x00F2 },
    { 0, 0xFFFFF, 0xC0BA },                 /* 48 code of level 1 */
    { 0, 0xFFFFF, 0xC0B2 },                 /* 50 data of level 1 */
    { 0, 0xFFFFF, 0xC09E },                 /* 58 conforming */
    { WORLD_DATA, 0x00FFF, 0x4096 },        /* 60 expand-down */
    { WORLD_LDT, LDT_ENTRIES * 8 - 1, 0x0082 },     /* 68 */
    { WORLD_TSS, TSS_SPACE - 1, 0x0089 },   /* 70 to 88: tasks, the last two of the 286 */
    { WORLD_TSS + TSS_SPACE, TSS_SPACE - 1, 0x0089 },
    { WORLD_TSS + 2 * TSS_SPACE, 0x2B, 0x0081 },
    { WORLD_TSS + 3 * TSS_SPACE, 0x2B, 0x00E1 },
};

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

uint16_t world_selector(struct random *r)
{
    switch (random_below(r, 10)) {
    case 0: return (uint16_t)random_u32(r);
    case 1: return (uint16_t)(random_below(r, LDT_ENTRIES) << 3 | 4 | random_below(r, 4));
    case 2: return (uint16_t)random_below(r, 4);
    case 3: return (uint16_t)random_below(r, 0x3000);
    case 4: return (uint16_t)(FIRST_FREE + random_below(r, 0x40) * 4);
    default: return (uint16_t)(random_below(r, FIRST_FREE / 8) << 3 | (random_chance(r, 50) ? random_below(r, 4) : 0));
    }
}

uint32_t world_address(struct random *r)
{
    switch (random_below(r, 10)) {
    case 0: return random_u32(r);
    case 1: return 0xA0000 + random_below(r, 0x20000);
    case 2: return (random_below(r, WORLD_END >> 12) << 12) - random_below(r, 12);
    case 3: return random_below(r, WORLD_CODE16);
    case 4: return 0x400000 * random_below(r, 4) + random_below(r, WORLD_END);
    case 5: return WORLD_CODE16 + random_below(r, WORLD_DATA - WORLD_CODE16);
    default: return WORLD_DATA + random_below(r, WORLD_END - WORLD_DATA);
    }
}

/* --- Descriptors --- */

static void put_descriptor(uint8_t *at, uint32_t base, uint32_t limit, unsigned access)
{
    put32(at, (limit & 0xFFFF) | base << 16);
    put32(at + 4, (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | (base & 0xFF000000));
}

static void put_gate(uint8_t *at, unsigned selector, uint32_t offset, unsigned access, unsigned words)
{
    put32(at, (offset & 0xFFFF) | selector << 16);
    put32(at + 4, (offset & 0xFFFF0000) | access << 8 | words);
}

/* Any gate or segment. */
static void random_descriptor(struct random *r, uint8_t *at)
{
    static const uint8_t gates[] = { 0x84, 0x85, 0x86, 0x87, 0x8C, 0x8E, 0x8F, 0x8C };
    static const uint32_t limits[] = { 0xFFFFF, 0xFFFF, 0, 0xFFF, 0x1003, 0x2B, 0x67 };
    unsigned dpl = random_below(r, 4) << 5;
    if (random_chance(r, 40)) {
        unsigned access = RANDOM_OF(r, gates) | dpl;
        put_gate(at, world_selector(r), random_chance(r, 80) ? WORLD_CODE16 + random_below(r, 0x10000) : random_u32(r),
                 access, random_chance(r, 80) ? random_below(r, 5) : random_below(r, 256));
    } else {
        unsigned access = 0x80 | dpl | random_below(r, 32) | (random_below(r, 4) << 14 & 0xC000);
        put_descriptor(at, random_chance(r, 30) ? random_u32(r) : world_address(r), RANDOM_OF(r, limits), access);
    }
}

static void spoil(struct random *r, uint8_t *at, size_t size, unsigned percent)
{
    while (random_chance(r, percent))
        at[random_below(r, (uint32_t)size)] ^= (uint8_t)(1 << random_below(r, 8));
}

static void build_descriptors(struct random *r, uint8_t *memory)
{
    enum { FIXED = sizeof fixed / sizeof *fixed };
    uint8_t *gdt = memory + WORLD_GDT, *ldt = memory + WORLD_LDT;
    for (unsigned i = 0; i < GDT_ENTRIES; i++)
        if (i < FIXED)
            put_descriptor(gdt + 8 * i, fixed[i].base, fixed[i].limit, fixed[i].access);
        else
            random_descriptor(r, gdt + 8 * i);
    for (unsigned i = 0; i < LDT_ENTRIES; i++)
        random_descriptor(r, ldt + 8 * i);
    spoil(r, gdt + USER_CODE16, GDT_ENTRIES * 8 - USER_CODE16, 50);
    spoil(r, gdt + 8, GDT_ENTRIES * 8 - 8, 10);
}

/* --- Interrupts --- */

static void build_handlers(struct random *r, uint8_t *memory, enum world_mode mode)
{
    static const uint8_t wide[] = { 0x8E, 0x8F, 0xEE, 0xEF }, narrow[] = { 0x86, 0x87, 0xE6, 0xE7 };
    for (unsigned vector = 0; vector < 256; vector++) {
        bool is_wide = mode != WORLD_REAL && random_chance(r, mode == WORLD_PROTECTED16 ? 30 : 80);
        uint32_t at = WORLD_HANDLERS + vector * HANDLER_BYTES;
        uint8_t *gate = memory + WORLD_IDT + vector * 8;
        code_handler(r, memory + at, vector, is_wide ? 32 : 16);
        put32(memory + vector * 4, at);
        if (random_chance(r, 92))
            put_gate(gate, is_wide ? CODE32 : CODE16, at, is_wide ? RANDOM_OF(r, wide) : RANDOM_OF(r, narrow), 0);
        else if (random_chance(r, 50))
            put_gate(gate, FIRST_TASK + 8 * random_below(r, TASKS), 0, 0x85 | random_below(r, 4) << 5, 0);
        else
            random_descriptor(r, gate);
    }
    spoil(r, memory + WORLD_IDT, 0x800, 50);
}

/* --- Tasks --- */

static void build_task(struct random *r, uint8_t *tss, bool user)
{
    static const uint16_t stacks[] = { DATA32, 0x50 | 1, 0x50 | 1 };
    for (unsigned level = 0; level < 3; level++) {
        put32(tss + 4 + 8 * level, WORLD_STACKS + 0x1000 * (level + 1));
        put32(tss + 8 + 8 * level, stacks[level]);
    }
    put32(tss + 0x1C, WORLD_PAGES);
    put32(tss + 0x20, WORLD_CODE32 + random_below(r, 0x8000));
    put32(tss + 0x24, random_u32(r) & (random_chance(r, 20) ? 0x00277FD7 : 0x00003ED7));
    for (unsigned i = 0; i < 8; i++)
        put32(tss + 0x28 + 4 * i, world_address(r));
    put32(tss + 0x38, WORLD_STACKS + 0x4000);
    for (unsigned i = 0; i < 6; i++)
        put16(tss + 0x48 + 4 * i, user ? USER_DATA32 | 3 : DATA32);
    put16(tss + 0x4C, user ? USER_CODE32 | 3 : CODE32);
    put16(tss + 0x60, random_chance(r, 70) ? LDT : world_selector(r));
    put16(tss + 0x64, random_chance(r, 10));
    put16(tss + 0x66, random_chance(r, 80) ? 0x68 : random_u32(r));
    random_fill(r, tss + 0x68, random_below(r, TSS_SPACE - 0x68));
}

static void build_task286(struct random *r, uint8_t *tss)
{
    static const uint16_t words[] = { 0, 0xD000, DATA16, 0xE000, 0x50 | 1, 0xF000, 0x50 | 1, 0, 0x0202, 0, 0, 0, 0,
                                      0xE000, 0, 0, 0, DATA16, CODE16, DATA16, DATA16, LDT };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        put16(tss + 2 * i, words[i] ? words[i] : world_address(r));
    put16(tss, FIRST_TASK);
    put16(tss + 14, random_below(r, 0x8000));
}

static void build_tasks(struct random *r, uint8_t *memory)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint8_t *tss = memory + WORLD_TSS + i * TSS_SPACE;
        if (i < 2)
            build_task(r, tss, random_chance(r, 50));
        else
            build_task286(r, tss);
    }
    spoil(r, memory + WORLD_TSS, TASKS * TSS_SPACE, 50);
}

/* --- Pages --- */

/* The pages of code in another order. */
static void scatter_code(struct random *r, uint8_t *table)
{
    enum { FIRST = WORLD_CODE16 >> 12, LAST = (WORLD_DATA >> 12) - 1, ENTRY = 4 };
    for (unsigned i = FIRST; i <= LAST; i++) {
        uint8_t *a = table + ENTRY * i, *b = table + ENTRY * (FIRST + random_below(r, LAST - FIRST + 1)), was[ENTRY];
        memcpy(was, a, ENTRY);
        memmove(a, b, ENTRY);
        memcpy(b, was, ENTRY);
    }
}

static void build_pages(struct random *r, uint8_t *memory)
{
    uint8_t *directory = memory + WORLD_PAGES;
    unsigned trouble = random_chance(r, 50) ? 0 : random_below(r, 15);
    for (unsigned i = 0; i < 4; i++)
        put32(directory + 4 * i, (WORLD_PAGES + 0x1000 + (i & 1 ? 0x1000 : 0)) | 7);
    put32(directory + 4092, (WORLD_PAGES + 0x1000) | (random_chance(r, 50) ? 7 : 3));
    for (unsigned i = 0; i < 1024; i++) {
        uint32_t flags = random_chance(r, trouble) ? random_below(r, 0x80) : 0x67;
        put32(directory + 0x1000 + 4 * i, i << 12 | flags);
        /* The second table's pages lie in a heap, several of them in one place. */
        if (i < 0x200)
            put32(directory + 0x2000 + 4 * i, random_below(r, WORLD_END >> 12) << 12 | (random_below(r, 0x80) | 1));
    }
    spoil(r, directory, 0x2000, trouble ? 40 : 0);
    if (random_chance(r, 50))
        scatter_code(r, directory + 0x1000);
}

/* --- The way in --- */

static void out(struct emitter *e, unsigned port, unsigned value)
{
    emit8(e, 0xB0);
    emit8(e, value);
    emit8(e, 0xE6);
    emit8(e, port);
}

static void set_up_chips(struct random *r, struct emitter *e)
{
    unsigned reload = 20 + random_scaled(r, 5000);
    static const uint8_t values[][2] = { { 0x20, 0x11 }, { 0x21, 0x08 }, { 0x21, 0x04 }, { 0x21, 0x01 }, { 0xA0, 0x11 },
                                         { 0xA1, 0x70 }, { 0xA1, 0x02 }, { 0xA1, 0x01 }, { 0xA1, 0x00 } };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        out(e, values[i][0], values[i][1]);
    out(e, 0x21, random_chance(r, 70) ? 0 : random_u32(r));
    out(e, 0x43, random_chance(r, 80) ? 0x34 : random_u32(r));
    out(e, 0x40, reload & 0xFF);
    out(e, 0x40, reload >> 8);
}

static uint32_t random_flags(struct random *r)
{
    uint32_t value = 2 | (random_u32(r) & 0x8D5) | (random_chance(r, 70) ? 0x200 : 0) | random_below(r, 4) << 12;
    value |= (random_chance(r, 10) ? 0x100 : 0) | (random_chance(r, 30) ? 1 << 18 : 0);     /* TF, AC */
    return value | (random_chance(r, 5) ? 1 << 14 : 0);                                     /* NT */
}

static void load_segments(struct emitter *e, unsigned selector)
{
    static const uint8_t registers[] = { 0xD0, 0xD8, 0xC0, 0xE0, 0xE8 };     /* SS DS ES FS GS */
    emit_bytes(e, "\xB8", 1);
    emit16(e, selector);
    for (unsigned i = 0; i < sizeof registers; i++) {
        emit8(e, 0x8E);
        emit8(e, registers[i]);
    }
}

static void push32(struct emitter *e, uint32_t value)
{
    emit8(e, 0x68);
    emit32(e, value);
}

/* In 32-bit code at level 0: an IRET into MODE. */
static void leave_prologue(struct random *r, struct emitter *e, enum world_mode mode)
{
    bool user = random_chance(r, 50), wide = mode == WORLD_PROTECTED32;
    uint32_t flags = random_flags(r);
    if (mode == WORLD_V86) {
        for (unsigned i = 0; i < 5; i++)
            push32(e, random_below(r, 0x2800));             /* GS FS DS ES SS */
        push32(e, random_below(r, 0x10000));
        push32(e, flags | 1 << 17);
        push32(e, WORLD_CODE16 >> 4);
        push32(e, random_below(r, 0x8000));
    } else {
        unsigned data = wide ? USER_DATA32 | 3 : USER_DATA16 | 3;
        if (user) {
            push32(e, data);
            push32(e, WORLD_STACKS + 0x4000);
        }
        push32(e, flags);
        push32(e, user ? (wide ? USER_CODE32 | 3 : USER_CODE16 | 3) : wide ? CODE32 : CODE16);
        push32(e, (wide ? WORLD_CODE32 : WORLD_CODE16) + random_below(r, 0x7000));
        if (user)
            for (unsigned i = 0; i < 2; i++) {              /* MOV AX, data; MOV DS / ES, AX */
                emit_bytes(e, "\x66\xB8", 2);
                emit16(e, data);
                emit8(e, 0x8E);
                emit8(e, i ? 0xC0 : 0xD8);
            }
    }
    emit8(e, 0xCF);
}

static void enter_protected(struct random *r, struct emitter *e, uint8_t *memory, enum world_mode mode)
{
    enum { POINTERS = 0x500 };
    static const uint32_t rare[] = { 0x2, 0x4, 0x8, 0x20, 0x10000, 0x40000, 0x60000000 };
    uint32_t cr0 = 0x11 | (random_chance(r, 60) ? 0x80000000 : 0);
    for (unsigned i = 0; i < sizeof rare / sizeof *rare; i++)
        cr0 |= random_chance(r, i < 3 ? 8 : 50) ? rare[i] : 0;
    put16(memory + POINTERS, random_chance(r, 90) ? GDT_ENTRIES * 8 - 1 : FIRST_FREE + random_below(r, 0x200));
    put32(memory + POINTERS + 2, WORLD_GDT);
    put16(memory + POINTERS + 8, random_chance(r, 90) ? 0x7FF : random_below(r, 0x800));
    put32(memory + POINTERS + 10, WORLD_IDT);
    emit_bytes(e, "\x0F\x01\x16", 3);                       /* LGDT, LIDT */
    emit16(e, POINTERS);
    emit_bytes(e, "\x0F\x01\x1E", 3);
    emit16(e, POINTERS + 8);
    emit_bytes(e, "\x66\xB8", 2);                           /* MOV CR3, MOV CR0, jump to 32-bit code */
    emit32(e, WORLD_PAGES);
    emit_bytes(e, "\x0F\x22\xD8\x66\xB8", 5);
    emit32(e, cr0);
    emit_bytes(e, "\x0F\x22\xC0\x66\xEA", 5);
    emit32(e, WORLD_ENTRY + (uint32_t)e->used + 6);
    emit16(e, CODE32);
    emit8(e, 0x66);
    load_segments(e, DATA32);
    emit8(e, 0xBC);                                         /* MOV ESP, LLDT, LTR */
    emit32(e, WORLD_STACKS + 0x1000);
    emit_bytes(e, "\x66\xB8\x68\x00\x0F\x00\xD0\x66\xB8", 9);
    emit16(e, FIRST_TASK + 8 * (random_chance(r, 80) ? 0 : random_below(r, TASKS)));
    emit_bytes(e, "\x0F\x00\xD8", 3);
    leave_prologue(r, e, mode);
}

static void build_entry(struct random *r, uint8_t *memory, enum world_mode mode, bool with_timer)
{
    struct emitter e = { .bytes = memory + WORLD_ENTRY, .size = 0x400 };
    if (random_chance(r, 80) && with_timer)
        set_up_chips(r, &e);
    load_segments(&e, mode == WORLD_REAL ? random_below(r, 0x3000) : 0);
    emit8(&e, 0xBC);                                        /* MOV SP */
    emit16(&e, random_chance(r, 80) ? 0xE000 : random_u32(r));
    if (mode != WORLD_REAL) {
        enter_protected(r, &e, memory, mode);
        return;
    }
    emit8(&e, random_chance(r, 70) ? 0xFB : 0xFA);
    emit8(&e, 0xEA);
    emit16(&e, random_below(r, 0x8000));
    emit16(&e, WORLD_CODE16 >> 4);
}

void world_build(struct random *r, uint8_t *memory, enum world_mode mode, bool with_timer)
{
    memset(memory, 0, WORLD_END);
    build_descriptors(r, memory);
    build_handlers(r, memory, mode);
    build_tasks(r, memory);
    build_pages(r, memory);
    build_entry(r, memory, mode, with_timer);
    code_fill(r, memory + WORLD_CODE16, WORLD_CODE32 - WORLD_CODE16, 16);
    code_fill(r, memory + WORLD_CODE32, WORLD_DATA - WORLD_CODE32, 32);
    random_fill(r, memory + WORLD_DATA, 0x2000);
}
