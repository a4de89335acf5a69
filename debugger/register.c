/* Registers by name, as a table: the 486's own and gdb's pseudo registers.
 *
 * $pc, $sp and $fp are addresses (CS:EIP, SS:ESP, SS:EBP) whose number is the linear address; $eip, $esp and $ebp are
 * the plain offsets. $cf, $zf, $if ... are the bits of EFLAGS. A bare `sp`, without the dollar sign, is the
 * 16-bit register. $clock, $tick and $icount count CPU clocks, ticks of 1/4.2 GHz and instructions. Test and debug
 * registers can be read only. The FPU's words have gdb's names; its data registers are no integers and are left to
 * `info float`. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "debugger/core.h"
#include "debugger/register.h"

enum class {
    GENERAL, GENERAL_HIGH, SELECTOR, EIP, FLAGS, CR0, CR2, CR3, CR4, DEBUG, TEST, TABLE_BASE, TABLE_LIMIT, SYSTEM, CPL,
    FPU, PC, SP, FP, CLOCK, TICK, ICOUNT, FLAG
};

enum { FCTRL, FSTAT, FTAG, FISEG, FIOFF, FOSEG, FOOFF, FOP };

struct row { const char *name; enum class class; unsigned char number, size; };

static const struct row rows[] = {
    { "eax", GENERAL, REG_EAX, 4 }, { "ecx", GENERAL, REG_ECX, 4 }, { "edx", GENERAL, REG_EDX, 4 },
    { "ebx", GENERAL, REG_EBX, 4 }, { "esp", GENERAL, REG_ESP, 4 }, { "ebp", GENERAL, REG_EBP, 4 },
    { "esi", GENERAL, REG_ESI, 4 }, { "edi", GENERAL, REG_EDI, 4 },
    { "eip", EIP, 0, 4 }, { "eflags", FLAGS, 0, 4 },
    { "cs", SELECTOR, SEG_CS, 2 }, { "ss", SELECTOR, SEG_SS, 2 }, { "ds", SELECTOR, SEG_DS, 2 },
    { "es", SELECTOR, SEG_ES, 2 }, { "fs", SELECTOR, SEG_FS, 2 }, { "gs", SELECTOR, SEG_GS, 2 },
    { "cr0", CR0, 0, 4 }, { "cr2", CR2, 0, 4 }, { "cr3", CR3, 0, 4 },
    { "cr4", CR4, 0, 4 },
    { "gdtr_base", TABLE_BASE, 0, 4 }, { "gdtr_limit", TABLE_LIMIT, 0, 2 },
    { "idtr_base", TABLE_BASE, 1, 4 }, { "idtr_limit", TABLE_LIMIT, 1, 2 },
    { "ldtr", SYSTEM, 0, 2 }, { "tr", SYSTEM, 1, 2 }, { "cpl", CPL, 0, 1 },
    { "dr0", DEBUG, 0, 4 }, { "dr1", DEBUG, 1, 4 }, { "dr2", DEBUG, 2, 4 }, { "dr3", DEBUG, 3, 4 },
    { "dr6", DEBUG, 6, 4 }, { "dr7", DEBUG, 7, 4 },
    { "tr3", TEST, 3, 4 }, { "tr4", TEST, 4, 4 }, { "tr5", TEST, 5, 4 }, { "tr6", TEST, 6, 4 }, { "tr7", TEST, 7, 4 },
    { "fctrl", FPU, FCTRL, 4 }, { "fstat", FPU, FSTAT, 4 }, { "ftag", FPU, FTAG, 4 }, { "fiseg", FPU, FISEG, 4 },
    { "fioff", FPU, FIOFF, 4 }, { "foseg", FPU, FOSEG, 4 }, { "fooff", FPU, FOOFF, 4 }, { "fop", FPU, FOP, 4 },
    { "ax", GENERAL, REG_EAX, 2 }, { "cx", GENERAL, REG_ECX, 2 }, { "dx", GENERAL, REG_EDX, 2 },
    { "bx", GENERAL, REG_EBX, 2 }, { "bp", GENERAL, REG_EBP, 2 }, { "si", GENERAL, REG_ESI, 2 },
    { "di", GENERAL, REG_EDI, 2 }, { "ip", EIP, 0, 2 }, { "flags", FLAGS, 0, 2 },
    { "al", GENERAL, REG_EAX, 1 }, { "cl", GENERAL, REG_ECX, 1 }, { "dl", GENERAL, REG_EDX, 1 },
    { "bl", GENERAL, REG_EBX, 1 },
    { "ah", GENERAL_HIGH, REG_EAX, 1 }, { "ch", GENERAL_HIGH, REG_ECX, 1 }, { "dh", GENERAL_HIGH, REG_EDX, 1 },
    { "bh", GENERAL_HIGH, REG_EBX, 1 },
    { "pc", PC, 0, 4 }, { "sp", SP, 0, 4 }, { "fp", FP, 0, 4 },
    { "clock", CLOCK, 0, 8 }, { "tick", TICK, 0, 8 }, { "icount", ICOUNT, 0, 8 },
    { "cf", FLAG, 0, 1 }, { "pf", FLAG, 2, 1 }, { "af", FLAG, 4, 1 }, { "zf", FLAG, 6, 1 }, { "sf", FLAG, 7, 1 },
    { "tf", FLAG, 8, 1 }, { "if", FLAG, 9, 1 }, { "df", FLAG, 10, 1 }, { "of", FLAG, 11, 1 }, { "iopl", FLAG, 12, 1 },
    { "nt", FLAG, 14, 1 }, { "ac", FLAG, 18, 1 },
    { "sp", GENERAL, REG_ESP, 2 },      /* only without PSEUDO: the address above comes first */
};

enum { ROWS = sizeof rows / sizeof rows[0] };

int register_find(const char *name, bool pseudo)
{
    for (int i = 0; i < ROWS; i++)
        if (!strcasecmp(rows[i].name, name) && (pseudo || rows[i].class < PC))
            return i;
    return -1;
}

const char *register_name(int row)
{
    return row < ROWS - 1 ? rows[row].name : NULL;
}

int register_segment(int row)
{
    return rows[row].class == SELECTOR ? rows[row].number : -1;
}

static uint32_t pointer_offset(const struct registers *regs, enum class class)
{
    return class == PC ? regs->eip : class == SP ? address_sp(regs).offset : address_fp(regs).offset;
}

/* The bits of EFLAGS that ROW names, from bit 0 on. */
static uint32_t flag_mask(const struct row *row)
{
    return row->number == 12 ? 3 : 1;
}

uint32_t register_offset(struct debugger *d, int row)
{
    struct registers regs;
    struct value v;
    inspect_registers(d->machine, &regs);
    if (rows[row].class == PC || rows[row].class == SP || rows[row].class == FP)
        return pointer_offset(&regs, rows[row].class);
    register_read(d, row, &v);
    return (uint32_t)v.number & (rows[row].size == 2 ? 0xFFFF : rows[row].size == 1 ? 0xFF : 0xFFFFFFFF);
}

static uint32_t plain_number(const struct registers *regs, const struct row *row)
{
    switch (row->class) {
    case GENERAL: return regs->r[row->number];
    case GENERAL_HIGH: return regs->r[row->number] >> 8;
    case SELECTOR: return regs->seg[row->number].selector;
    case EIP: return regs->eip;
    case FLAGS: return regs->eflags;
    case CR0: return regs->cr0;
    case CR2: return regs->cr2;
    case CR3: return regs->cr3;
    case CR4: return regs->cr4;
    case DEBUG: return regs->dr[row->number];
    case TEST: return regs->tr_test[row->number];
    case TABLE_BASE: return row->number ? regs->idtr.base : regs->gdtr.base;
    case TABLE_LIMIT: return row->number ? regs->idtr.limit : regs->gdtr.limit;
    case SYSTEM: return row->number ? regs->tr.selector : regs->ldtr.selector;
    case CPL: return regs->cpl;
    default: return 0;
    }
}

static uint64_t counter(const struct debugger *d, enum class class)
{
    return class == CLOCK ? machine_clocks(d->machine)
         : class == TICK  ? machine_tick(d->machine) : machine_icount(d->machine);
}

static uint32_t fpu_number(const struct debugger *d, unsigned number)
{
    struct fpu_view fpu;
    inspect_fpu(d->machine, &fpu);
    const uint32_t numbers[] = { [FCTRL] = fpu.control, [FSTAT] = fpu.status, [FTAG] = fpu.tags, [FISEG] = fpu.cs,
                                 [FIOFF] = fpu.ip, [FOSEG] = fpu.ds, [FOOFF] = fpu.dp, [FOP] = fpu.opcode };
    return numbers[number];
}

void register_read(struct debugger *d, int index, struct value *out)
{
    const struct row *row = &rows[index];
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (row->class == PC)
        *out = value_address(address_pc(&regs), (struct type){ .class = TYPE_CODE, .stars = 1 });
    else if (row->class == SP)
        *out = value_address(address_sp(&regs), type_void_pointer);
    else if (row->class == FP)
        *out = value_address(address_fp(&regs), type_void_pointer);
    else if (row->class == FPU)
        *out = value_integer((int32_t)fpu_number(d, row->number), type_int);
    else if (row->class == FLAG)
        *out = value_integer(regs.eflags >> row->number & flag_mask(row), type_int);
    else if (row->class >= CLOCK)
        *out = value_integer((int64_t)counter(d, row->class), type_unsigned_long);
    else {
        /* Data registers are signed as in gdb; selectors, control and system registers are not. */
        bool is_signed = row->class == GENERAL || row->class == GENERAL_HIGH;
        enum type_class class = row->class == FLAGS ? TYPE_FLAGS : TYPE_INTEGER;
        *out = value_integer(plain_number(&regs, row), (struct type){ class, row->size, is_signed, false, 0 });
    }
    out->place = PLACE_REGISTER;
    out->index = index;
}

/* Offset that makes V, an integer or an address, the new value of a pointer into segment SEG. */
static uint32_t offset_for(const struct value *v, const struct registers *regs, unsigned seg)
{
    if (!type_is_address(v->type) || v->address.has_segment)
        return type_is_address(v->type) ? v->address.offset : (uint32_t)v->number - regs->seg[seg].base;
    return v->address.at - regs->seg[seg].base;
}

static bool set_pc(struct debugger *d, const struct value *v, const struct registers *regs)
{
    if (type_is_address(v->type) && v->address.has_segment && v->address.selector != regs->seg[SEG_CS].selector
        && !inspect_set_register(d->machine, NAME_SEG + SEG_CS, v->address.selector))
        return debugger_fault(d, "Selector 0x%x cannot be loaded into cs.", v->address.selector);
    return inspect_set_register(d->machine, NAME_EIP, offset_for(v, regs, SEG_CS));
}

static bool set_fpu(struct debugger *d, unsigned number, uint32_t value)
{
    struct fpu_view fpu;
    inspect_fpu(d->machine, &fpu);
    switch (number) {
    case FCTRL: fpu.control = (uint16_t)value; break;
    case FSTAT: fpu.status = (uint16_t)value; break;
    case FTAG: fpu.tags = (uint16_t)value; break;
    case FISEG: fpu.cs = (uint16_t)value; break;
    case FIOFF: fpu.ip = value; break;
    case FOSEG: fpu.ds = (uint16_t)value; break;
    case FOOFF: fpu.dp = value; break;
    default: fpu.opcode = (uint16_t)value; break;
    }
    return inspect_set_fpu(d->machine, &fpu);
}

static bool set_general(struct debugger *d, const struct row *row, uint32_t old, uint32_t number)
{
    unsigned shift = row->class == GENERAL_HIGH ? 8 : 0;
    uint32_t mask = (row->size == 4 ? 0xFFFFFFFF : (1u << (row->size * 8)) - 1) << shift;
    return inspect_set_register(d->machine, NAME_R + row->number, (old & ~mask) | ((number << shift) & mask));
}

bool register_write(struct debugger *d, int index, const struct value *v)
{
    const struct row *row = &rows[index];
    struct registers regs;
    inspect_registers(d->machine, &regs);
    uint32_t number = (uint32_t)value_number(v);
    if (type_is_address(v->type) && v->address.has_segment && row->class < PC)
        number = row->class == SELECTOR ? v->address.selector : v->address.offset;
    bool done = false;
    switch (row->class) {
    case GENERAL:
    case GENERAL_HIGH: done = set_general(d, row, regs.r[row->number], number); break;
    case SELECTOR: done = inspect_set_register(d->machine, NAME_SEG + row->number, number & 0xFFFF); break;
    case EIP: done = inspect_set_register(d->machine, NAME_EIP, row->size == 2 ? number & 0xFFFF : number); break;
    case FLAGS: done = inspect_set_register(d->machine, NAME_EFLAGS,
                                            row->size == 2 ? (regs.eflags & 0xFFFF0000) | (number & 0xFFFF) : number);
        break;
    case FLAG:
        if (number > flag_mask(row))
            return debugger_fault(d, "Flag %s is 0 to %u.", row->name, (unsigned)flag_mask(row));
        done = inspect_set_register(d->machine, NAME_EFLAGS,
                                    (regs.eflags & ~(flag_mask(row) << row->number)) | number << row->number);
        break;
    case CR0: done = inspect_set_register(d->machine, NAME_CR0, number); break;
    case CR2: done = inspect_set_register(d->machine, NAME_CR2, number); break;
    case CR3: done = inspect_set_register(d->machine, NAME_CR3, number); break;
    case FPU: done = set_fpu(d, row->number, number); break;
    case PC: return set_pc(d, v, &regs);
    case SP: done = inspect_set_register(d->machine, NAME_R + REG_ESP, offset_for(v, &regs, SEG_SS)); break;
    case FP: done = inspect_set_register(d->machine, NAME_R + REG_EBP, offset_for(v, &regs, SEG_SS)); break;
    default: break;
    }
    if (!done && row->class == SELECTOR)
        return debugger_fault(d, "Selector 0x%x cannot be loaded into %s.", (unsigned)number, row->name);
    return done || debugger_fault(d, "Register %s cannot be set.", row->name);
}

static const struct { uint32_t bit; const char *name; } flags[] = {
    { 1u << 0, "CF" },  { 1u << 2, "PF" },  { 1u << 4, "AF" },  { 1u << 6, "ZF" },   { 1u << 7, "SF" },
    { 1u << 8, "TF" },  { 1u << 9, "IF" },  { 1u << 10, "DF" }, { 1u << 11, "OF" },  { 1u << 14, "NT" },
    { 1u << 16, "RF" }, { 1u << 17, "VM" }, { 1u << 18, "AC" }, { 1u << 19, "VIF" }, { 1u << 20, "VIP" },
    { 1u << 21, "ID" },
};

void register_flags_text(uint32_t eflags, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "[ ");
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (eflags & flags[i].bit && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s ", flags[i].name);
    if (((eflags >> 12) & 3) && used < size)
        used += (size_t)snprintf(text + used, size - used, "IOPL=%u ", (eflags >> 12) & 3);
    if (used < size)
        snprintf(text + used, size - used, "]");
}
