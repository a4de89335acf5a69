/* What instructions are to the pipeline, from their bytes; and the rows of the timing reference's section 8.1 that the
 * pipeline alone decides, driven over pipeline_begin() and pipeline_end() with clocks of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/cpu/cpu.h"
#include "emu/cpu/decode.h"
#include "emu/cpu/opcode.h"
#include "emu/state.h"
#include "emu/timing/pipeline.h"
#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

enum { AX = 1, CX = 2, DX = 4, BX = 8, SP = 16, BP = 32, SI = 64, DI = 128, ALL_BUT_SP = 0xEF };

/* As the CPU does when it has decoded an instruction of a run. */
static struct timing_shape shape_of(const uint8_t *bytes, unsigned bits)
{
    struct insn insn;
    assert_true(decode(bytes, 15, bits == 32, &insn) > 0);
    const struct opcode *row = &opcode_table[insn.row];
    const struct timing timing = { profile_find("486dx-33") };
    unsigned mod = insn.modrm >> 6;
    bool memory = insn.flags & INSN_MEMORY;
    const struct timing_form form = {
        .mnemonic = row->mnemonic,
        .operands = row->operands,
        .size = row->flags & OPC_BYTE ? 8 : insn.flags & INSN_OPERAND32 ? 32 : 16,
        .memory = memory,
        .repeat = insn.flags & (INSN_REP | INSN_REPNE),
        .has_index = insn.index != NO_REGISTER,
        .disp_and_imm = memory && (mod == 1 || mod == 2 || insn.base == NO_REGISTER) &&
                        row->flags & (OPC_IMM8 | OPC_IMM8S | OPC_IMMV),
        .prefixes = insn.prefixes,
        .lock = insn.flags & INSN_LOCK,
        .opcode = insn.opcode,
        .modrm = insn.modrm,
        .base = insn.base,
        .index = insn.index,
        .code32 = bits == 32,
        .mode = bits == 32 ? TIMED_PROTECTED : TIMED_REAL,
    };
    struct timing_cost cost = timing_cost(&timing, &form);
    return pipeline_shape(timing.profile, &form, &cost);
}

/* --- Shapes --- */

static const struct {
    const char *text;
    unsigned bits;
    uint8_t bytes[15];
    uint8_t address, source, written, byte_registers, address_clocks, flags;
} shapes[] = {
    { "mov ax, bx", 16, { 0x89, 0xD8 }, 0, BX, AX, 0, 0, 0 },
    { "mov eax, ebx", 32, { 0x89, 0xD8 }, 0, BX, AX, 0, 0, 0 },
    { "mov al, bh", 16, { 0x88, 0xF8 }, 0, 0, AX, AX, 0, 0 },
    { "mov ch, al", 16, { 0x88, 0xC5 }, 0, 0, CX, CX, 0, 0 },
    { "mov ax, [bx]", 16, { 0x8B, 0x07 }, BX, 0, AX, 0, 0, 0 },
    { "mov bl, [di]", 16, { 0x8A, 0x1D }, DI, 0, BX, BX, 0, 0 },
    { "mov [bx+si+2], dx", 16, { 0x89, 0x50, 0x02 }, BX | SI, DX, 0, 0, 1, 0 },
    { "mov [si], dl", 16, { 0x88, 0x14 }, SI, 0, 0, 0, 0, 0 },
    { "mov di, [bp+8]", 16, { 0x8B, 0x7E, 0x08 }, BP, 0, DI, 0, 0, 0 },
    { "mov word [bx+8], 1", 16, { 0xC7, 0x47, 0x08, 0x01, 0x00 }, BX, 0, 0, 0, 1, 0 },
    { "mov word [1234h], 1", 16, { 0xC7, 0x06, 0x34, 0x12, 0x01, 0x00 }, 0, 0, 0, 0, 1, 0 },
    { "mov dword [ebp+16], 1", 32, { 0xC7, 0x45, 0x10, 0x01, 0x00, 0x00, 0x00 }, BP, 0, 0, 0, 1, 0 },
    { "mov dword [ebp+esi*4+16], 1", 32, { 0xC7, 0x44, 0xB5, 0x10, 0x01, 0x00, 0x00, 0x00 }, BP | SI, 0, 0, 0, 2, 0 },
    { "mov eax, [esi*4+8]", 32, { 0x8B, 0x04, 0xB5, 0x08, 0x00, 0x00, 0x00 }, SI, 0, AX, 0, 1, 0 },
    { "mov dword [esi*4+8], 1", 32,
      { 0xC7, 0x04, 0xB5, 0x08, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00 }, SI, 0, 0, 0, 2, 0 },
    { "mov eax, [esp+8]", 32, { 0x8B, 0x44, 0x24, 0x08 }, SP, 0, AX, 0, 0, 0 },
    { "mov sp, ax", 16, { 0x89, 0xC4 }, 0, AX, SP, 0, 0, 0 },
    { "mov al, [1234h]", 16, { 0xA0, 0x34, 0x12 }, 0, 0, AX, AX, 0, 0 },
    { "mov [1234h], eax", 32, { 0xA3, 0x34, 0x12, 0x00, 0x00 }, 0, AX, 0, 0, 0, 0 },
    { "mov cl, 3", 16, { 0xB1, 0x03 }, 0, 0, CX, CX, 0, 0 },
    { "mov bh, 3", 16, { 0xB7, 0x03 }, 0, 0, BX, BX, 0, 0 },
    { "mov bx, 3", 16, { 0xBB, 0x03, 0x00 }, 0, 0, BX, 0, 0, 0 },
    { "mov ds, ax", 16, { 0x8E, 0xD8 }, 0, AX, 0, 0, 0, 0 },
    { "mov ax, ds", 16, { 0x8C, 0xD8 }, 0, 0, AX, 0, 0, 0 },
    { "mov eax, cr0", 32, { 0x0F, 0x20, 0xC0 }, 0, 0, AX, 0, 0, 0 },
    { "mov cr0, ebx", 32, { 0x0F, 0x22, 0xC3 }, 0, BX, 0, 0, 0, 0 },
    { "lea esp, [ebx+esi]", 32, { 0x8D, 0x24, 0x33 }, BX | SI, 0, SP, 0, 1, 0 },
    { "movzx eax, bl", 32, { 0x0F, 0xB6, 0xC3 }, 0, 0, AX, 0, 0, 0 },
    { "movzx eax, bx", 32, { 0x0F, 0xB7, 0xC3 }, 0, BX, AX, 0, 0, 0 },
    { "add ax, [bx+si]", 16, { 0x03, 0x00 }, BX | SI, AX, AX, 0, 1, 0 },
    { "add [bx], ax", 16, { 0x01, 0x07 }, BX, AX, 0, 0, 0, SHAPE_MODIFY },
    { "add sp, 10h", 16, { 0x83, 0xC4, 0x10 }, 0, SP, SP, 0, 0, 0 },
    { "adc bl, dl", 32, { 0x10, 0xD3 }, 0, 0, BX, BX, 0, 0 },
    { "cmp ax, bx", 16, { 0x39, 0xD8 }, 0, AX | BX, 0, 0, 0, 0 },
    { "cmp [bx], ax", 16, { 0x39, 0x07 }, BX, AX, 0, 0, 0, 0 },
    { "test al, 1", 16, { 0xA8, 0x01 }, 0, 0, 0, 0, 0, 0 },
    { "sub ax, 100h", 16, { 0x2D, 0x00, 0x01 }, 0, AX, AX, 0, 0, 0 },
    { "inc byte [bx]", 16, { 0xFE, 0x07 }, BX, 0, 0, 0, 0, SHAPE_MODIFY },
    { "inc si", 16, { 0x46 }, 0, SI, SI, 0, 0, 0 },
    { "neg cl", 16, { 0xF6, 0xD9 }, 0, 0, CX, CX, 0, 0 },
    { "ror ax, 2", 16, { 0xC1, 0xC8, 0x02 }, 0, AX, AX, 0, 0, 0 },
    { "shl edx, cl", 32, { 0xD3, 0xE2 }, 0, DX, DX, 0, 0, 0 },
    { "shl byte [bx+4], 3", 16, { 0xC0, 0x67, 0x04, 0x03 }, BX, 0, 0, 0, 1, SHAPE_MODIFY },
    { "shld eax, edx, cl", 32, { 0x0F, 0xA5, 0xD0 }, 0, AX | DX, AX, 0, 0, 0 },
    { "xchg cx, ax", 16, { 0x91 }, 0, AX | CX, AX | CX, 0, 0, 0 },
    { "xchg [bx], al", 16, { 0x86, 0x07 }, BX, 0, AX, AX, 0, SHAPE_MODIFY },
    { "xadd [ebx], ecx", 32, { 0x0F, 0xC1, 0x0B }, BX, CX, CX, 0, 0, SHAPE_MODIFY },
    { "cmpxchg [ebx], ecx", 32, { 0x0F, 0xB1, 0x0B }, BX, AX | CX, AX, 0, 0, SHAPE_MODIFY },
    { "cmpxchg bl, cl", 32, { 0x0F, 0xB0, 0xCB }, 0, 0, AX | BX, AX | BX, 0, 0 },
    { "bswap ecx", 32, { 0x0F, 0xC9 }, 0, CX, CX, 0, 0, 0 },
    { "bts [ebx], ecx", 32, { 0x0F, 0xAB, 0x0B }, BX, CX, 0, 0, 0, SHAPE_MODIFY },
    { "bsf eax, edx", 32, { 0x0F, 0xBC, 0xC2 }, 0, DX, AX, 0, 0, 0 },
    { "sete ah", 32, { 0x0F, 0x94, 0xC4 }, 0, 0, AX, AX, 0, 0 },
    { "push ax", 16, { 0x50 }, SP, AX, 0, 0, 0, 0 },
    { "push es", 16, { 0x06 }, SP, 0, 0, 0, 0, 0 },
    { "push word [bx]", 16, { 0xFF, 0x37 }, BX | SP, 0, 0, 0, 0, 0 },
    { "pop bx", 16, { 0x5B }, SP, 0, BX, 0, 0, 0 },
    { "pop ds", 16, { 0x1F }, SP, 0, 0, 0, 0, 0 },
    { "pop sp", 16, { 0x5C }, SP, 0, SP, 0, 0, 0 },
    { "pop word [bx]", 16, { 0x8F, 0x07 }, BX | SP, 0, 0, 0, 1, 0 },
    { "call bx", 16, { 0xFF, 0xD3 }, SP, BX, 0, 0, 0, 0 },
    { "ret", 16, { 0xC3 }, SP, 0, 0, 0, 0, 0 },
    { "jmp word [bx]", 16, { 0xFF, 0x27 }, BX, 0, 0, 0, 0, 0 },
    { "leave", 16, { 0xC9 }, BP, 0, BP, 0, 0, 0 },
    { "enter 4, 0", 16, { 0xC8, 0x04, 0x00, 0x00 }, SP, BP, BP, 0, 0, 0 },
    { "popa", 16, { 0x61 }, SP, 0, ALL_BUT_SP, 0, 0, 0 },
    { "mul bl", 16, { 0xF6, 0xE3 }, 0, 0, AX, 0, 0, 0 },
    { "mul ebx", 32, { 0xF7, 0xE3 }, 0, AX | BX, AX | DX, 0, 0, 0 },
    { "imul eax, [ebx+4], 5", 32, { 0x6B, 0x43, 0x04, 0x05 }, BX, 0, AX, 0, 1, 0 },
    { "imul eax, ebx", 32, { 0x0F, 0xAF, 0xC3 }, 0, AX | BX, AX, 0, 0, 0 },
    { "div word [si]", 16, { 0xF7, 0x34 }, SI, AX | DX, AX | DX, 0, 0, 0 },
    { "cbw", 16, { 0x98 }, 0, 0, AX, 0, 0, 0 },
    { "cwde", 32, { 0x98 }, 0, AX, AX, 0, 0, 0 },
    { "cdq", 32, { 0x99 }, 0, AX, DX, 0, 0, 0 },
    { "daa", 16, { 0x27 }, 0, 0, AX, AX, 0, 0 },
    { "in al, dx", 16, { 0xEC }, 0, DX, AX, AX, 0, 0 },
    { "out dx, ax", 16, { 0xEF }, 0, AX | DX, 0, 0, 0, 0 },
    { "loop $", 16, { 0xE2, 0xFE }, 0, CX, CX, 0, 0, 0 },
    { "lodsb", 16, { 0xAC }, 0, 0, 0, 0, 0, SHAPE_STRING },
    { "rep movsd", 32, { 0xF3, 0xA5 }, 0, 0, 0, 0, 0, SHAPE_STRING },
    { "xlatb", 16, { 0xD7 }, 0, 0, 0, 0, 0, 0 },
    { "fld qword [ebx+esi*8]", 32, { 0xDD, 0x04, 0xF3 }, BX | SI, 0, 0, 0, 1, SHAPE_FPU },
    { "fnstsw ax", 32, { 0xDF, 0xE0 }, 0, 0, AX, 0, 0, SHAPE_FPU },
    { "fwait", 32, { 0x9B }, 0, 0, 0, 0, 0, SHAPE_FPU },
    { "fnstsw [ebx]", 32, { 0xDD, 0x3B }, BX, 0, 0, 0, 0, SHAPE_FPU },
};

static void shapes_are_what_the_instructions_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct timing_shape s = shape_of(shapes[i].bytes, shapes[i].bits);
        if (s.address != shapes[i].address || s.source != shapes[i].source || s.written != shapes[i].written ||
            s.bytes != shapes[i].byte_registers || s.address_clocks != shapes[i].address_clocks ||
            s.flags != shapes[i].flags)
            fail_msg("%s: address %02X source %02X written %02X bytes %02X clocks %u flags %u", shapes[i].text,
                     s.address, s.source, s.written, s.bytes, s.address_clocks, s.flags);
    }
}

static void bytes_are_always_among_the_written(void **state)
{
    (void)state;
    for (unsigned opcode = 0; opcode < 512; opcode++)
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            uint8_t bytes[15] = { (uint8_t)opcode, (uint8_t)modrm };
            struct insn insn;
            if (opcode >= 256)
                memcpy(bytes, (uint8_t[]){ 0x0F, (uint8_t)opcode, (uint8_t)modrm }, 3);
            if (decode(bytes, sizeof bytes, false, &insn) <= 0 || !opcode_table[insn.row].mnemonic)
                continue;
            struct timing_shape s = shape_of(bytes, 16);
            assert_int_equal(s.bytes & ~s.written, 0);
            assert_true(s.clocks > s.concurrent);
        }
}

static void interlock_is_by_the_code_segments_size(void **state)
{
    const uint8_t load[15] = { 0x8B, 0x07 }, load_67[15] = { 0x67, 0x8B, 0x07 };
    (void)state;
    assert_int_equal(shape_of(load, 16).agi, 2);
    assert_int_equal(shape_of(load, 32).agi, 1);
    assert_int_equal(shape_of(load_67, 16).agi, 2);
    assert_int_equal(shape_of(load_67, 16).prefixes, 1);
}

static void the_clock_of_lock_is_no_prefixs(void **state)
{
    const uint8_t locked[15] = { 0xF0, 0xFF, 0x07 }, plain[15] = { 0x26, 0xFF, 0x07 };      /* INC [BX], ES: INC [BX] */
    struct timing_shape l = shape_of(locked, 16), p = shape_of(plain, 16);
    (void)state;
    assert_int_equal(l.clocks, p.clocks + 1);
    assert_int_equal(l.prefixes, 0);
    assert_int_equal(p.prefixes, 1);
}

static void a_divisions_precision_is_the_fpus_time(void **state)
{
    const uint8_t divide[15] = { 0xD8, 0xF1 }, add[15] = { 0xD8, 0xC1 };
    (void)state;
    assert_int_equal(shape_of(divide, 32).flags, SHAPE_FPU | SHAPE_OVERLAP);
    assert_int_equal(shape_of(add, 32).flags, SHAPE_FPU);
}

/* --- Sequences --- */

struct step { uint8_t bytes[15]; uint8_t more; };       /* more: clocks of the table's rule, as for a taken branch */

/* Clocks of the third pass of a loop over STEPS. */
static uint64_t pass(const struct step *steps, unsigned count, unsigned bits)
{
    struct pipeline p;
    uint64_t now = 1000, started = 0;
    pipeline_reset(&p);
    for (unsigned i = 0; i < 3 * count; i++) {
        struct timing_shape s = shape_of(steps[i % count].bytes, bits);
        uint32_t prefix;
        if (i == 2 * count)
            started = now;
        uint64_t t = pipeline_begin(&p, &s, now, &prefix);
        uint64_t end = t + s.address_clocks + s.clocks + steps[i % count].more;
        pipeline_end(&p, &s, now, end);
        if (steps[i % count].more)
            pipeline_jump(&p);
        now = end;
    }
    return now - started;
}

enum { STEPS = 8 };

static const struct {
    const char *text;
    unsigned bits, clocks;
    struct step steps[STEPS];
} sequences[] = {
    { "row 1: add ax,[bx+si]; add si,2; dec cx; jnz $", 16, 8,
      { { { 0x03, 0x00 }, 0 }, { { 0x83, 0xC6, 0x02 }, 0 }, { { 0x49 }, 0 }, { { 0x75, 0xFE }, 2 } } },
    { "row 2: add ax,[si]; add si,2; dec cx; jnz $", 16, 7,
      { { { 0x03, 0x04 }, 0 }, { { 0x83, 0xC6, 0x02 }, 0 }, { { 0x49 }, 0 }, { { 0x75, 0xFE }, 2 } } },
    { "row 3: add si,2; add ax,[si]; dec cx; jnz $", 16, 9,
      { { { 0x83, 0xC6, 0x02 }, 0 }, { { 0x03, 0x04 }, 0 }, { { 0x49 }, 0 }, { { 0x75, 0xFE }, 2 } } },
    { "row 4: mov bx,1234h; mov ax,[bx]; inc dx; dec cx; jnz $", 16, 9,
      { { { 0xBB, 0x34, 0x12 }, 0 }, { { 0x8B, 0x07 }, 0 }, { { 0x42 }, 0 }, { { 0x49 }, 0 },
        { { 0x75, 0xFE }, 2 } } },
    { "row 5: mov bx,1234h; inc dx; mov ax,[bx]; dec cx; jnz $", 16, 8,
      { { { 0xBB, 0x34, 0x12 }, 0 }, { { 0x42 }, 0 }, { { 0x8B, 0x07 }, 0 }, { { 0x49 }, 0 },
        { { 0x75, 0xFE }, 2 } } },
    { "row 6: mov bx,1234h; inc dx; dec cx; mov ax,[bx]; jnz $", 16, 7,
      { { { 0xBB, 0x34, 0x12 }, 0 }, { { 0x42 }, 0 }, { { 0x49 }, 0 }, { { 0x8B, 0x07 }, 0 },
        { { 0x75, 0xFE }, 2 } } },
    { "row 7: pop ax; ret", 16, 6,
      { { { 0x58 }, 0 }, { { 0xC3 }, 0 } } },
    { "row 8: pop dx; pop cx; pop bx; pop ax", 16, 4,
      { { { 0x5A }, 0 }, { { 0x59 }, 0 }, { { 0x5B }, 0 }, { { 0x58 }, 0 } } },
    { "row 9: add sp,10h; ret", 16, 8,
      { { { 0x83, 0xC4, 0x10 }, 0 }, { { 0xC3 }, 0 } } },
    { "row 10: add sp,10h; pop ax", 16, 4,
      { { { 0x83, 0xC4, 0x10 }, 0 }, { { 0x58 }, 0 } } },
    { "row 11: mov al,bl; mov cx,dx; mov si,[di]", 16, 4,
      { { { 0x88, 0xD8 }, 0 }, { { 0x89, 0xD1 }, 0 }, { { 0x8B, 0x35 }, 0 } } },
    { "row 12: mov bl,al; mov cl,3; mov bx,[si]", 16, 5,
      { { { 0x88, 0xC3 }, 0 }, { { 0xB1, 0x03 }, 0 }, { { 0x8B, 0x1C }, 0 } } },
    { "row 13: mov cx,3; mov dl,al; mov si,[bx]", 16, 3,
      { { { 0xB9, 0x03, 0x00 }, 0 }, { { 0x88, 0xC2 }, 0 }, { { 0x8B, 0x37 }, 0 } } },
    { "row 14: mov bx,1234h; mov cl,al; mov ax,[bx]", 16, 5,
      { { { 0xBB, 0x34, 0x12 }, 0 }, { { 0x88, 0xC1 }, 0 }, { { 0x8B, 0x07 }, 0 } } },
    { "row 15: mov dl,cl; nop; mov ax,[bx]", 16, 4,
      { { { 0x88, 0xCA }, 0 }, { { 0x90 }, 0 }, { { 0x8B, 0x07 }, 0 } } },
    { "row 16: nop; mov dl,cl; mov ax,[bx]", 16, 3,
      { { { 0x90 }, 0 }, { { 0x88, 0xCA }, 0 }, { { 0x8B, 0x07 }, 0 } } },
    { "row 18: mov di,[bp+8]; mov bl,[di]; add dx,[bx+8000h]", 16, 8,
      { { { 0x8B, 0x7E, 0x08 }, 0 }, { { 0x8A, 0x1D }, 0 }, { { 0x03, 0x97, 0x00, 0x80 }, 0 } } },
    { "row 19: mov bl,[di]; mov di,[bp+8]; add dx,[bx+8000h]", 16, 5,
      { { { 0x8A, 0x1D }, 0 }, { { 0x8B, 0x7E, 0x08 }, 0 }, { { 0x03, 0x97, 0x00, 0x80 }, 0 } } },
    { "row 20: mov bl,[di]; mov di,[bp+8]; add dx,ax; mov ax,[bx+8000h]", 16, 4,
      { { { 0x8A, 0x1D }, 0 }, { { 0x8B, 0x7E, 0x08 }, 0 }, { { 0x01, 0xC2 }, 0 },
        { { 0x8B, 0x87, 0x00, 0x80 }, 0 } } },
    { "row 21, register: mov ax,[bx]; push ax", 16, 2,
      { { { 0x8B, 0x07 }, 0 }, { { 0x50 }, 0 } } },
    { "row 21, memory: push word [bx]", 16, 4,
      { { { 0xFF, 0x37 }, 0 } } },
    { "row 22: pop word [bx]", 16, 6,
      { { { 0x8F, 0x07 }, 0 } } },
    { "row 23, C1 by 2: ror ax,2", 16, 2,
      { { { 0xC1, 0xC8, 0x02 }, 0 } } },
    { "row 23, D1: ror ax,1", 16, 3,
      { { { 0xD1, 0xC8 }, 0 } } },
    { "row 23, C1 by 1: ror ax,1", 16, 2,
      { { { 0xC1, 0xC8, 0x01 }, 0 } } },
    { "row 24: bswap ecx", 32, 1,
      { { { 0x0F, 0xC9 }, 0 } } },
    { "row 25: add ecx,ebp; adc bl,dl; mov al,[ebx]", 32, 5,
      { { { 0x01, 0xE9 }, 0 }, { { 0x10, 0xD3 }, 0 }, { { 0x8A, 0x03 }, 0 } } },
    { "row 26: add ecx,ebp; adc bl,dl; sub esi,ebp; mov al,[ebx]", 32, 5,
      { { { 0x01, 0xE9 }, 0 }, { { 0x10, 0xD3 }, 0 }, { { 0x29, 0xEE }, 0 }, { { 0x8A, 0x03 }, 0 } } },
    { "row 27: mov dword [ebp+16],1", 32, 2,
      { { { 0xC7, 0x45, 0x10, 0x01, 0x00, 0x00, 0x00 }, 0 } } },
    { "row 28, LOOP: loop $", 16, 7,
      { { { 0xE2, 0xFE }, 1 } } },
    { "row 28, DEC and JNZ: dec cx; jnz $", 16, 4,
      { { { 0x49 }, 0 }, { { 0x75, 0xFE }, 2 } } },
    { "row 29, listing 21.1", 32, 9,
      { { { 0x66, 0x03, 0x06 }, 0 }, { { 0x66, 0x83, 0xD0, 0x00 }, 0 }, { { 0x83, 0xC6, 0x02 }, 0 }, { { 0x49 }, 0 },
        { { 0x75, 0xFE }, 2 } } },
    { "row 29, listing 21.5", 32, 10,
      { { { 0x01, 0xD0 }, 0 }, { { 0x8B, 0x16 }, 0 }, { { 0x11, 0xD8 }, 0 }, { { 0x8B, 0x5E, 0x04 }, 0 },
        { { 0x83, 0xD0, 0x00 }, 0 }, { { 0x83, 0xC6, 0x08 }, 0 }, { { 0x49 }, 0 }, { { 0x75, 0xFE }, 2 } } },
    { "interlock of 32-bit code: add ebx,4; mov eax,[ebx]", 32, 3,
      { { { 0x83, 0xC3, 0x04 }, 0 }, { { 0x8B, 0x03 }, 0 } } },
    { "LEA waits for its registers: mov bx,ax; lea si,[bx+2]", 16, 4,
      { { { 0x89, 0xC3 }, 0 }, { { 0x8D, 0x77, 0x02 }, 0 } } },
    { "a byte register, then its word: mov al,1; mov bx,ax", 16, 3,
      { { { 0xB0, 0x01 }, 0 }, { { 0x89, 0xC3 }, 0 } } },
    { "prefixes: mov eax,ebx; mov ecx,edx", 16, 4,
      { { { 0x66, 0x89, 0xD8 }, 0 }, { { 0x66, 0x89, 0xD1 }, 0 } } },
    { "a prefix behind a longer instruction: movsx ax,bl; mov edi,esi", 16, 4,
      { { { 0x0F, 0xBE, 0xC3 }, 0 }, { { 0x66, 0x89, 0xF7 }, 0 } } },
    { "prefixes behind a prefixed instruction: nop; movsx eax,bl; 66 66 66 mov edi,esi", 16, 7,
      { { { 0x90 }, 0 }, { { 0x66, 0x0F, 0xBE, 0xC3 }, 0 }, { { 0x66, 0x66, 0x66, 0x89, 0xF7 }, 0 } } },
    { "a prefix behind an interlock: mov bx,ax; mov ax,[bx]; mov edi,esi", 16, 5,
      { { { 0x89, 0xC3 }, 0 }, { { 0x8B, 0x07 }, 0 }, { { 0x66, 0x89, 0xF7 }, 0 } } },
    { "a prefix during an interlock: mov bx,ax; mov eax,[bx]", 16, 4,
      { { { 0x89, 0xC3 }, 0 }, { { 0x66, 0x8B, 0x07 }, 0 } } },
    { "interlock is over with another load between: mov bx,ax; mov dx,[si]; mov ax,[bx]", 16, 4,
      { { { 0x89, 0xC3 }, 0 }, { { 0x8B, 0x14 }, 0 }, { { 0x8B, 0x07 }, 0 } } },
};

static void sequences_take_the_clocks_of_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        unsigned count = 0;
        while (count < STEPS && (sequences[i].steps[count].bytes[0] || sequences[i].steps[count].bytes[1]))
            count++;
        uint64_t clocks = pass(sequences[i].steps, count, sequences[i].bits);
        if (clocks != sequences[i].clocks)
            fail_msg("%s: %u clocks instead of %u", sequences[i].text, (unsigned)clocks, sequences[i].clocks);
    }
}

/* --- State --- */

static void a_saved_pipeline_is_loaded(void **state)
{
    struct pipeline p = { .last = { { 101, BX | CX, BX }, { 99, SI, 0 } }, .hidden = 7, .prefix = 2, .fpu_free = 150 };
    struct pipeline loaded;
    struct state save, load;
    (void)state;
    pipeline_reset(&loaded);
    state_begin_save(&save);
    pipeline_visit(&p, 101, &save);
    state_begin_load(&load, save.data, save.size);
    pipeline_visit(&loaded, 101, &load);
    assert_false(state_failed(&load));
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(loaded.last[i].end, p.last[i].end);
        assert_int_equal(loaded.last[i].registers, p.last[i].registers);
        assert_int_equal(loaded.last[i].bytes, p.last[i].bytes);
    }
    assert_int_equal(loaded.hidden, p.hidden);
    assert_int_equal(loaded.prefix, p.prefix);
    assert_int_equal(loaded.fpu_free, p.fpu_free);
    free(save.data);
}

static void assert_refused(struct pipeline bad, uint64_t now)
{
    struct pipeline loaded;
    struct state save, load;
    state_begin_save(&save);
    pipeline_visit(&bad, now, &save);
    state_begin_load(&load, save.data, save.size);
    pipeline_visit(&loaded, now, &load);
    assert_true(state_failed(&load));
    free(save.data);
}

static void times_to_come_are_refused(void **state)
{
    (void)state;
    assert_refused((struct pipeline){ .last = { { 101, 0, 0 } } }, 100);
    assert_refused((struct pipeline){ .last = { { 0, 0, 0 }, { UINT64_MAX, 0, 0 } } }, 100);
    assert_refused((struct pipeline){ .fpu_free = 1 << 20 }, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_what_the_instructions_do),
        cmocka_unit_test(bytes_are_always_among_the_written),
        cmocka_unit_test(interlock_is_by_the_code_segments_size),
        cmocka_unit_test(the_clock_of_lock_is_no_prefixs),
        cmocka_unit_test(a_divisions_precision_is_the_fpus_time),
        cmocka_unit_test(sequences_take_the_clocks_of_the_reference),
        cmocka_unit_test(a_saved_pipeline_is_loaded),
        cmocka_unit_test(times_to_come_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
