/* Random instructions (code.h). Each kind of instruction is a function in a table with a weight. */
#include "tests/fuzz/code.h"

#include <string.h>

#include "tests/fuzz/world.h"

void emit8(struct emitter *e, unsigned value)
{
    if (e->used < e->size)
        e->bytes[e->used++] = (uint8_t)value;
}

void emit16(struct emitter *e, unsigned value)
{
    emit8(e, value);
    emit8(e, value >> 8);
}

void emit32(struct emitter *e, uint32_t value)
{
    emit16(e, value);
    emit16(e, value >> 16);
}

void emit_bytes(struct emitter *e, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        emit8(e, ((const uint8_t *)bytes)[i]);
}

static void emit_word(struct emitter *e, uint32_t value, unsigned bits)
{
    if (bits == 32)
        emit32(e, value);
    else
        emit16(e, value);
}

/* --- Parts of instructions --- */

static void prefixes(struct random *r, struct emitter *e)
{
    static const uint8_t all[] = { 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x66, 0x67, 0xF0, 0xF2, 0xF3 };
    while (random_chance(r, 30))
        emit8(e, RANDOM_OF(r, all));
}

/* ModRM with what follows it; memory operands have an absolute address half of the time. */
static void modrm(struct random *r, struct emitter *e, unsigned reg, unsigned bits)
{
    unsigned choice = random_below(r, 4);
    if (choice == 0) {
        emit8(e, 0xC0 | reg << 3 | random_below(r, 8));
    } else if (choice == 1) {
        emit8(e, reg << 3 | (bits == 32 ? 5 : 6));
        emit_word(e, world_address(r), bits);
    } else {
        emit8(e, (random_below(r, 192) & ~0x38u) | reg << 3);
        emit32(e, random_scaled(r, 0xFFFFFFFF));
        e->used -= e->used >= 4 ? random_below(r, 5) : 0;
    }
}

static uint32_t interesting(struct random *r)
{
    switch (random_below(r, 5)) {
    case 0: return world_address(r);
    case 1: return world_selector(r);
    case 2: return 1u << random_below(r, 32);
    case 3: return random_scaled(r, 0xFFFFFFFF);
    default: return 0u - random_scaled(r, 0xFFFF);
    }
}

/* --- Kinds of instructions --- */

static void one_byte(struct random *r, struct emitter *e, unsigned bits)
{
    prefixes(r, e);
    emit8(e, random_u32(r));
    modrm(r, e, random_below(r, 8), bits);
}

static void two_byte(struct random *r, struct emitter *e, unsigned bits)
{
    prefixes(r, e);
    emit8(e, 0x0F);
    emit8(e, random_u32(r));
    modrm(r, e, random_below(r, 8), bits);
}

static void arithmetic(struct random *r, struct emitter *e, unsigned bits)
{
    prefixes(r, e);
    emit8(e, random_below(r, 8) << 3 | random_below(r, 4));
    modrm(r, e, random_below(r, 8), bits);
}

static void x87(struct random *r, struct emitter *e, unsigned bits)
{
    prefixes(r, e);
    emit8(e, 0xD8 + random_below(r, 8));
    modrm(r, e, random_below(r, 8), bits);
}

static void constant(struct random *r, struct emitter *e, unsigned bits)
{
    emit8(e, 0xB8 + random_below(r, 8));
    emit_word(e, interesting(r), bits);
}

static void segment_load(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint8_t pops[] = { 0x07, 0x17, 0x1F, 0xA1, 0xA9 }, loads[] = { 0xC4, 0xC5, 0xB2, 0xB4, 0xB5 };
    if (random_chance(r, 40)) {
        emit8(e, 0xB8);
        emit_word(e, world_selector(r), bits);
        emit8(e, 0x8E);
        emit8(e, 0xC0 | random_below(r, 6) << 3);
    } else if (random_chance(r, 60)) {
        uint8_t pop = RANDOM_OF(r, pops);
        emit8(e, 0x68);
        emit_word(e, world_selector(r), bits);
        if (pop >= 0xA0)
            emit8(e, 0x0F);
        emit8(e, pop);
    } else {
        uint8_t load = RANDOM_OF(r, loads);
        if (load < 0xC0)
            emit8(e, 0x0F);
        emit8(e, load);
        modrm(r, e, random_below(r, 8), bits);
    }
}

static void control_register(struct random *r, struct emitter *e)
{
    static const uint32_t cr0[] = { 0x00000001, 0x80000001, 0x80010011, 0x00050033, 0x80050035, 0x00000010,
                                    0x0000001B };
    static const uint8_t opcodes[] = { 0x20, 0x21, 0x22, 0x22, 0x23, 0x23, 0x24, 0x26 };
    uint8_t opcode = RANDOM_OF(r, opcodes);
    unsigned number = random_below(r, 8);
    uint32_t value = interesting(r);
    if (opcode == 0x22 && random_chance(r, 70)) {
        number = random_chance(r, 70) ? 0 : 3;
        if (number)
            value = WORLD_PAGES + (random_chance(r, 10) ? 0x1000 : 0);
        else
            value = RANDOM_OF(r, cr0) ^ (random_chance(r, 20) ? value : 0);
    } else if (opcode == 0x23 && random_chance(r, 70)) {
        number = random_chance(r, 50) ? 7 : random_below(r, 4);
        value = number == 7 ? random_u32(r) & (random_chance(r, 20) ? 0xFFFFFFFF : 0xFFFF03FF) : world_address(r);
    }
    emit_bytes(e, "\x66\xB8", random_chance(r, 50) ? 2 : 0);
    emit32(e, value);
    emit8(e, 0x0F);
    emit8(e, opcode);
    emit8(e, 0xC0 | number << 3);
}

static void system_table(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint16_t tables[][2] = { { 0, 2 }, { 0, 3 }, { 1, 2 }, { 1, 3 }, { 1, 6 }, { 1, 7 }, { 1, 4 },
                                          { 0, 4 }, { 0, 5 } };
    const uint16_t *form = RANDOM_OF(r, tables);
    emit8(e, 0xB8);
    emit_word(e, world_selector(r), bits);
    emit8(e, 0x0F);
    emit8(e, form[0]);
    if (form[0] == 0 && random_chance(r, 70))
        emit8(e, 0xC0 | form[1] << 3);
    else
        modrm(r, e, form[1], bits);
}

static void system(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint8_t short_ones[][2] = { { 0x0F, 0x06 }, { 0x0F, 0x08 }, { 0x0F, 0x09 }, { 0x0F, 0xA2 },
                                             { 0x9C, 0x9D }, { 0xFA, 0xFB }, { 0xFB, 0xF4 }, { 0xF1, 0x90 },
                                             { 0x9B, 0xDB }, { 0xD6, 0xCC }, { 0xCE, 0x9E }, { 0x0F, 0x00 } };
    unsigned choice = random_below(r, 4);
    if (choice == 0)
        control_register(r, e);
    else if (choice == 1)
        system_table(r, e, bits);
    else
        emit_bytes(e, RANDOM_OF(r, short_ones), 2);
}

/* Flags with the rare ones: TF RF NT IOPL AC VM. */
static void flags(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint32_t rare[] = { 1 << 8, 1 << 9, 1 << 10, 3 << 12, 1 << 14, 1 << 16, 1 << 17, 1 << 18, 1 << 21 };
    uint32_t value = random_u32(r) & 0x8D5;
    for (unsigned i = random_below(r, 4); i; i--)
        value |= RANDOM_OF(r, rare);
    emit_bytes(e, bits == 32 ? "\x68" : "\x66\x68", bits == 32 ? 1 : 2);
    emit32(e, value);
    emit_bytes(e, bits == 32 ? "\x9D" : "\x66\x9D", bits == 32 ? 1 : 2);
}

/* Ports of all chips of a PC, with the values that start something. */
static void port_io(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint16_t first[] = { 0x00, 0x20, 0x40, 0x60, 0x70, 0x80, 0x92, 0xA0, 0xC0, 0xE9, 0xF0, 0xF4, 0x170,
                                      0x1F0, 0x278, 0x2F8, 0x376, 0x378, 0x3B0, 0x3C0, 0x3D0, 0x3F0, 0x3F8, 0x510 };
    static const uint8_t opcodes[] = { 0xEC, 0xED, 0xEE, 0xEF, 0xEE, 0xEE, 0x6C, 0x6D, 0x6E, 0x6F };
    static const uint8_t values[] = { 0x11, 0x20, 0x34, 0x36, 0xB6, 0x00, 0xFF, 0xAE, 0xD1, 0xFE, 0x46, 0xE6, 0x4A,
                                      0x08, 0x03, 0x07, 0x0F, 0x1C, 0x30, 0xEC, 0x90, 0x80, 0x01, 0x04 };
    emit8(e, 0xBA);
    emit_word(e, (RANDOM_OF(r, first) + random_below(r, 16)) & 0xFFFF, bits);
    for (unsigned i = random_below(r, 4); i < 4; i++) {
        emit8(e, 0xB0);
        emit8(e, random_chance(r, 70) ? RANDOM_OF(r, values) : random_u32(r));
        if (random_chance(r, 10))
            emit8(e, 0xF3);
        emit8(e, RANDOM_OF(r, opcodes));
    }
}

static void near_jump(struct random *r, struct emitter *e, unsigned bits)
{
    int8_t away = (int8_t)(random_below(r, 60) - (random_chance(r, 30) ? 50 : 4));
    static const uint8_t opcodes[] = { 0xE0, 0xE1, 0xE2, 0xE3, 0xEB };
    unsigned choice = random_below(r, 4);
    if (choice == 0) {
        emit8(e, 0x70 + random_below(r, 16));
        emit8(e, (uint8_t)away);
    } else if (choice == 1) {
        emit8(e, RANDOM_OF(r, opcodes));
        emit8(e, (uint8_t)away);
    } else if (choice == 2) {
        emit8(e, random_chance(r, 50) ? 0xE8 : 0xE9);
        emit_word(e, (uint32_t)random_below(r, 0x2000) - 0x1000, bits);
    } else {
        emit8(e, random_chance(r, 70) ? 0xC3 : 0xC2);
    }
}

static void far_jump(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint8_t opcodes[] = { 0x9A, 0xEA, 0xCB, 0xCF };
    unsigned choice = random_below(r, 4);
    if (choice == 0) {
        emit8(e, 0xCD);
        emit8(e, random_u32(r));
    } else if (choice == 1) {
        emit8(e, 0xFF);
        modrm(r, e, random_chance(r, 50) ? 3 : 5, bits);
    } else {
        emit8(e, RANDOM_OF(r, opcodes));
        emit_word(e, random_chance(r, 50) ? world_address(r) : random_below(r, 0x10000), bits);
        emit16(e, world_selector(r));
    }
}

static void string(struct random *r, struct emitter *e, unsigned bits)
{
    static const uint8_t opcodes[] = { 0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0x6C, 0x6E };
    static const uint8_t registers[] = { 0xB9, 0xBE, 0xBF };
    for (unsigned i = 0; i < 3; i++)
        if (random_chance(r, 70)) {
            emit8(e, registers[i]);
            emit_word(e, i ? world_address(r) : random_scaled(r, 0x3000), bits);
        }
    if (random_chance(r, 20))
        emit8(e, 0xFC + random_below(r, 2));
    prefixes(r, e);
    if (random_chance(r, 70))
        emit8(e, 0xF2 + random_below(r, 2));
    emit8(e, RANDOM_OF(r, opcodes));
}

/* A store into code. */
static void patch(struct random *r, struct emitter *e, unsigned bits)
{
    uint32_t target = bits == 32 ? WORLD_CODE32 + random_below(r, 0x8000) : random_below(r, 0x10000);
    if (random_chance(r, 50))
        emit8(e, 0x2E);
    emit8(e, random_chance(r, 50) ? 0xC6 : 0x80);
    emit8(e, bits == 32 ? 5 : 6);
    emit_word(e, target, bits);
    emit8(e, random_u32(r));
}

static void noise(struct random *r, struct emitter *e, unsigned bits)
{
    (void)bits;
    for (unsigned i = random_below(r, 8); i; i--)
        emit8(e, random_u32(r));
}

static const struct kind {
    void (*emit)(struct random *r, struct emitter *e, unsigned bits);
    unsigned weight;
} kinds[] = {
    { one_byte, 20 }, { two_byte, 12 }, { arithmetic, 8 }, { x87, 12 }, { constant, 14 }, { segment_load, 5 },
    { system, 6 }, { flags, 3 }, { port_io, 5 }, { near_jump, 6 }, { far_jump, 3 }, { string, 4 }, { patch, 3 },
    { noise, 2 },
};

static const struct kind *pick_kind(struct random *r)
{
    unsigned total = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        total += kinds[i].weight;
    unsigned at = random_below(r, total);
    const struct kind *kind = kinds;
    while (at >= kind->weight)
        at -= kind++->weight;
    return kind;
}

void code_fill(struct random *r, uint8_t *bytes, size_t size, unsigned bits)
{
    struct emitter e = { .bytes = bytes, .size = size };
    while (e.used < size)
        pick_kind(r)->emit(r, &e, random_chance(r, 95) ? bits : 48 - bits);
}

/* --- Handlers --- */

static bool has_error_code(unsigned vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

/* Adds AMOUNT to the return address, so that the handler comes back behind the instruction. */
static void skip(struct emitter *e, unsigned bits, unsigned amount)
{
    if (bits == 32) {
        emit_bytes(e, "\x83\x04\x24", 3);
        emit8(e, amount);
    } else {
        emit_bytes(e, "\x55\x89\xE5\x83\x46\x02", 6);
        emit8(e, amount);
        emit8(e, 0x5D);
    }
}

void code_handler(struct random *r, uint8_t bytes[HANDLER_BYTES], unsigned vector, unsigned bits)
{
    struct emitter e = { .bytes = bytes, .size = HANDLER_BYTES };
    unsigned choice = random_below(r, 10);
    memset(bytes, 0x90, HANDLER_BYTES);
    if (choice == 0)
        pick_kind(r)->emit(r, &e, bits);
    if (choice <= 7) {
        if (has_error_code(vector) && choice != 1)
            emit_bytes(&e, bits == 32 ? "\x83\xC4\x04" : "\x83\xC4\x02", 3);
        if (vector < 32)
            skip(&e, bits, 1 + random_below(r, 4));
        if (vector >= 8 && vector < 16)
            emit_bytes(&e, "\x50\xB0\x20\xE6\x20\x58", 6);
        emit8(&e, 0xCF);
    } else if (choice == 8) {
        emit8(&e, 0xBC);
        emit_word(&e, WORLD_STACKS + 0x1000 * (1 + random_below(r, 4)), bits);
        emit8(&e, 0xEA);
        emit_word(&e, (bits == 32 ? WORLD_CODE32 : 0) + random_below(r, 0x8000), bits);
        emit16(&e, world_selector(r));
    } else {
        code_fill(r, bytes, HANDLER_BYTES, bits);
    }
}

/* --- Mutation --- */

void code_mutate(struct random *r, uint8_t *bytes, size_t size)
{
    for (unsigned changes = 1 + random_scaled(r, 30); changes; changes--) {
        size_t at = random_below(r, (uint32_t)size), from = random_below(r, (uint32_t)size);
        size_t count = random_below(r, 16);
        if (count > size - at)
            count = size - at;
        if (count > size - from)
            count = size - from;
        switch (random_below(r, 4)) {
        case 0: bytes[at] = (uint8_t)random_u32(r); break;
        case 1: bytes[at] ^= (uint8_t)(1 << random_below(r, 8)); break;
        case 2: memmove(bytes + at, bytes + from, count); break;
        case 3: code_fill(r, bytes + at, count, random_chance(r, 50) ? 16 : 32); break;
        }
    }
}
