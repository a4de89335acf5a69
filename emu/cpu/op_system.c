/* System instructions (PRM ch. 26): table registers, machine status word, control, debug and test registers, UMOV,
 * caches, HLT, CPUID. WAIT is with the FPU's instructions (op_fpu.c).
 *
 * CPL is 0 in real mode and 3 in V86 mode, so that one comparison holds for all modes. A register that the part does
 * not have is #UD whatever the CPL. The parts with CPUID have CR4, with the virtual-8086 mode extensions (vme.h);
 * software takes the one for the other. */
#include "emu/cpu/debug_registers.h"
#include "emu/cpu/fault.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"
#include "emu/cpu/ops_system.h"
#include "emu/cpu/segment.h"
#include "emu/cpu/timed.h"
#include "emu/cpu/vme.h"

static void need_level0(struct cpu *cpu)
{
    if (cpu->cpl != 0)
        cpu_raise_code(cpu, EXC_GP, 0);
}

static void need_protected(struct cpu *cpu)
{
    if (segment_real(cpu))
        cpu_raise(cpu, EXC_UD);
}

/* --- GDTR, IDTR: a limit of 16 bits, a base of 32, or 24 when loaded with a 16-bit operand --- */

static void store_table(struct cpu *cpu, const struct insn *insn, const struct table_register *table)
{
    uint32_t at = ea(cpu, insn), base_at = (at + 2) & insn->addr_mask;
    mem_align(cpu, insn->seg, at, 2);
    mem_align(cpu, insn->seg, base_at, 4);
    mem_probe_write(cpu, insn->seg, at, 2);
    mem_probe_write(cpu, insn->seg, base_at, 4);
    wr16(cpu, insn->seg, at, table->limit);
    wr32(cpu, insn->seg, base_at, table->base);
}

static void load_table(struct cpu *cpu, const struct insn *insn, struct table_register *table, uint32_t base_mask)
{
    need_level0(cpu);
    uint32_t at = ea(cpu, insn);
    uint16_t limit = rd16(cpu, insn->seg, at);
    table->base = rd32(cpu, insn->seg, (at + 2) & insn->addr_mask) & base_mask;
    table->limit = limit;
}

void op_sgdt_Ms_m16(struct cpu *cpu, const struct insn *insn) { store_table(cpu, insn, &cpu->gdtr); }
void op_sgdt_Ms_m32(struct cpu *cpu, const struct insn *insn) { store_table(cpu, insn, &cpu->gdtr); }
void op_sidt_Ms_m16(struct cpu *cpu, const struct insn *insn) { store_table(cpu, insn, &cpu->idtr); }
void op_sidt_Ms_m32(struct cpu *cpu, const struct insn *insn) { store_table(cpu, insn, &cpu->idtr); }
void op_lgdt_Ms_m16(struct cpu *cpu, const struct insn *insn) { load_table(cpu, insn, &cpu->gdtr, 0x00FFFFFF); }
void op_lgdt_Ms_m32(struct cpu *cpu, const struct insn *insn) { load_table(cpu, insn, &cpu->gdtr, 0xFFFFFFFF); }
void op_lidt_Ms_m16(struct cpu *cpu, const struct insn *insn) { load_table(cpu, insn, &cpu->idtr, 0x00FFFFFF); }
void op_lidt_Ms_m32(struct cpu *cpu, const struct insn *insn) { load_table(cpu, insn, &cpu->idtr, 0xFFFFFFFF); }

/* --- LDTR, TR --- */

static uint16_t selector_r(struct cpu *cpu, const struct insn *insn)
{
    return (uint16_t)register_get(cpu, 16, insn->rm);
}

static uint16_t selector_m(struct cpu *cpu, const struct insn *insn)
{
    return (uint16_t)operand_get(cpu, insn, 16);
}

ALWAYS_INLINE void store_selector_r(struct cpu *cpu, const struct insn *insn, unsigned width, bool task)
{
    need_protected(cpu);
    register_set(cpu, width, insn->rm, task ? cpu->tr.selector : cpu->ldtr.selector);
}

static void store_selector_m(struct cpu *cpu, const struct insn *insn, bool task)
{
    need_protected(cpu);
    operand_set(cpu, insn, 16, task ? cpu->tr.selector : cpu->ldtr.selector);
}

HANDLER(op_sldt_Ew_r16, store_selector_r, 16, false)
HANDLER(op_sldt_Ew_r32, store_selector_r, 32, false)
HANDLER(op_sldt_Ew_m, store_selector_m, false)
HANDLER(op_str_Ew_r16, store_selector_r, 16, true)
HANDLER(op_str_Ew_r32, store_selector_r, 32, true)
HANDLER(op_str_Ew_m, store_selector_m, true)

static struct segment system_segment(const struct descriptor *d)
{
    return (struct segment){ .selector = d->selector, .access = d->access, .base = d->base, .limit = d->limit,
                             .valid = true };
}

static void load_ldtr(struct cpu *cpu, uint16_t selector)
{
    struct descriptor d;
    if (selector_is_null(selector)) {
        cpu->ldtr.selector = selector;
        cpu->ldtr.valid = false;
        return;
    }
    if (selector & 4 || !descriptor_read(cpu, selector, &d) || descriptor_system_type(&d) != SYS_LDT)
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(selector));
    cpu->ldtr = system_segment(&d);
}

static void load_tr(struct cpu *cpu, uint16_t selector)
{
    struct descriptor d;
    if (selector & 4 || !descriptor_read(cpu, selector, &d) || !descriptor_is_free_tss(&d))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(selector));
    d.access |= 2;
    mem_write_linear(cpu, d.linear + 5, d.access & 0xFFu, 1);
    cpu->tr = system_segment(&d);
}

static void need_protected_level0(struct cpu *cpu)
{
    need_protected(cpu);
    need_level0(cpu);
}

void op_lldt_Ew_r(struct cpu *cpu, const struct insn *insn)
{
    need_protected_level0(cpu);
    load_ldtr(cpu, selector_r(cpu, insn));
}

void op_lldt_Ew_m(struct cpu *cpu, const struct insn *insn)
{
    need_protected_level0(cpu);
    load_ldtr(cpu, selector_m(cpu, insn));
}

void op_ltr_Ew_r(struct cpu *cpu, const struct insn *insn)
{
    need_protected_level0(cpu);
    load_tr(cpu, selector_r(cpu, insn));
}

void op_ltr_Ew_m(struct cpu *cpu, const struct insn *insn)
{
    need_protected_level0(cpu);
    load_tr(cpu, selector_m(cpu, insn));
}

/* --- CR0 --- */

static void report_cr(struct cpu *cpu, unsigned number, uint32_t value, uint32_t old)
{
    if (probe_wants(cpu->probes, PROBE_CR))
        probe_emit(cpu->probes, PROBE_CR, number, value, old, 0);
}

/* ET is wired to 1 on the 486; reserved bits read as 0. Code goes on with the old CS after PE changed, until a far
 * jump. */
static void write_cr0(struct cpu *cpu, uint32_t value)
{
    const uint32_t writable = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
    uint32_t old = cpu->cr0, changed;
    value = (value & writable) | CR0_ET;
    if ((value & CR0_PG && !(value & CR0_PE)) || (value & CR0_NW && !(value & CR0_CD)))
        cpu_raise_code(cpu, EXC_GP, 0);
    cpu->cr0 = value;
    changed = old ^ value;
    if (changed & CR0_PG)
        page_flush(cpu);
    if (changed & (CR0_CD | CR0_NW) && cpu->cycle)
        cycle_cache_mode(cpu->cycle, value & CR0_CD, value & CR0_NW);
    if (changed & CR0_WP)
        cpu_flush_tlb(cpu);
    if (changed & CR0_PE)
        segment_protection_changed(cpu);
    report_cr(cpu, 0, value, old);
    segment_mode_changed(cpu);
}

void op_smsw_Ew_r16(struct cpu *cpu, const struct insn *insn) { register_set(cpu, 16, insn->rm, cpu->cr0); }
void op_smsw_Ew_r32(struct cpu *cpu, const struct insn *insn) { register_set(cpu, 32, insn->rm, cpu->cr0); }
void op_smsw_Ew_m(struct cpu *cpu, const struct insn *insn) { operand_set(cpu, insn, 16, cpu->cr0); }

/* Writes PE, MP, EM and TS, but cannot clear PE. */
static void lmsw(struct cpu *cpu, uint32_t value)
{
    write_cr0(cpu, (cpu->cr0 & ~(uint32_t)(CR0_MP | CR0_EM | CR0_TS)) | (value & (CR0_PE | CR0_MP | CR0_EM | CR0_TS)));
}

void op_lmsw_Ew_r(struct cpu *cpu, const struct insn *insn)
{
    need_level0(cpu);
    lmsw(cpu, selector_r(cpu, insn));
}

void op_lmsw_Ew_m(struct cpu *cpu, const struct insn *insn)
{
    need_level0(cpu);
    lmsw(cpu, selector_m(cpu, insn));
}

void op_clts(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    need_level0(cpu);
    write_cr0(cpu, cpu->cr0 & ~(uint32_t)CR0_TS);
}

/* --- MOV to and from CR, DR, TR --- */

static void need_control_register(struct cpu *cpu, unsigned number)
{
    if (number == 1 || number > (cpu->has_cpuid ? 4u : 3u))
        cpu_raise(cpu, EXC_UD);
    need_level0(cpu);
}

void op_mov_Rd_Cd(struct cpu *cpu, const struct insn *insn)
{
    const uint32_t value[] = { cpu->cr0, 0, cpu->cr2, cpu->cr3, cpu->cr4 };
    need_control_register(cpu, insn->reg);
    register_set(cpu, 32, insn->rm, value[insn->reg]);
}

static void write_cr2(struct cpu *cpu, uint32_t value)
{
    uint32_t old = cpu->cr2;
    cpu->cr2 = value;
    report_cr(cpu, 2, value, old);
}

/* PWT and PCD are kept, the other low bits are reserved. */
static void write_cr3(struct cpu *cpu, uint32_t value)
{
    enum { PWT_PCD = 0x18 };
    uint32_t old = cpu->cr3;
    cpu->cr3 = value & (PAGE_MASK | PWT_PCD);
    page_flush(cpu);
    report_cr(cpu, 3, cpu->cr3, old);
}

void op_mov_Cd_Rd(struct cpu *cpu, const struct insn *insn)
{
    need_control_register(cpu, insn->reg);
    uint32_t value = register_get(cpu, 32, insn->rm);
    if (insn->reg == 0)
        write_cr0(cpu, value);
    else if (insn->reg == 2)
        write_cr2(cpu, value);
    else if (insn->reg == 3)
        write_cr3(cpu, value);
    else
        vme_write_cr4(cpu, value);
}

void op_mov_Rd_Dd(struct cpu *cpu, const struct insn *insn)
{
    need_level0(cpu);
    register_set(cpu, 32, insn->rm, debug_register_read(cpu, insn->reg));
}

void op_mov_Dd_Rd(struct cpu *cpu, const struct insn *insn)
{
    need_level0(cpu);
    debug_register_write(cpu, insn->reg, register_get(cpu, 32, insn->rm));
}

/* TR0-TR2 are not there on the 486. */
static void need_test_register(struct cpu *cpu, unsigned number)
{
    if (number < 3)
        cpu_raise(cpu, EXC_UD);
    need_level0(cpu);
}

static uint32_t test_register(const struct cpu *cpu, unsigned number)
{
    return number == 6 ? cpu->tr6 : number == 7 ? cpu->tr7 : cache_test_read(&cpu->cache, number);
}

void op_mov_Rd_Td(struct cpu *cpu, const struct insn *insn)
{
    need_test_register(cpu, insn->reg);
    register_set(cpu, 32, insn->rm, test_register(cpu, insn->reg));
}

/* In timing mode `cycle` TR5's commands work on the model's cache. */
static void write_cache_test(struct cpu *cpu, unsigned number, uint32_t value)
{
    enum { FLUSH = 3 };
    bool command = timed(cpu) && number == 5;
    if (command)
        cache_test_take(&cpu->cache, &cpu->cycle->l1, cpu->bus, value);
    cache_test_write(&cpu->cache, number, value);
    if (command && (value & FLUSH) == FLUSH)
        cycle_cache_flush(cpu->cycle, false);
    else if (command)
        cache_test_give(&cpu->cache, &cpu->cycle->l1);
}

void op_mov_Td_Rd(struct cpu *cpu, const struct insn *insn)
{
    need_test_register(cpu, insn->reg);
    uint32_t value = register_get(cpu, 32, insn->rm);
    if (insn->reg == 6)
        page_test_command(cpu, value);
    else if (insn->reg == 7)
        cpu->tr7 = value;
    else
        write_cache_test(cpu, insn->reg, value);
}

/* --- UMOV: MOV, but for an in-circuit emulator, which sees user memory through it (rcollins.org, "UMOV") --- */

static void umov(struct cpu *cpu, const struct insn *insn, struct handler mov)
{
    if (!cpu->has_umov)
        op_ud(cpu, insn);
    mov.one(cpu, insn);
}

HANDLER(op_umov_Eb_Gb_r, umov, op_mov_Eb_Gb_r)
HANDLER(op_umov_Eb_Gb_m, umov, op_mov_Eb_Gb_m)
HANDLER(op_umov_Gb_Eb_r, umov, op_mov_Gb_Eb_r)
HANDLER(op_umov_Gb_Eb_m, umov, op_mov_Gb_Eb_m)
HANDLER(op_umov_Ev_Gv_r16, umov, op_mov_Ev_Gv_r16)
HANDLER(op_umov_Ev_Gv_m16, umov, op_mov_Ev_Gv_m16)
HANDLER(op_umov_Ev_Gv_r32, umov, op_mov_Ev_Gv_r32)
HANDLER(op_umov_Ev_Gv_m32, umov, op_mov_Ev_Gv_m32)
HANDLER(op_umov_Gv_Ev_r16, umov, op_mov_Gv_Ev_r16)
HANDLER(op_umov_Gv_Ev_m16, umov, op_mov_Gv_Ev_m16)
HANDLER(op_umov_Gv_Ev_r32, umov, op_mov_Gv_Ev_r32)
HANDLER(op_umov_Gv_Ev_m32, umov, op_mov_Gv_Ev_m32)

/* --- Caches, HLT, CPUID --- */

static void flush_cache(struct cpu *cpu, bool write_back)
{
    cache_test_flush(&cpu->cache);
    if (timed(cpu))
        cycle_cache_flush(cpu->cycle, write_back);
}

void op_invd(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    need_level0(cpu);
    flush_cache(cpu, false);
}

/* There is no data to write back: memory is always up to date. */
void op_wbinvd(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    need_level0(cpu);
    flush_cache(cpu, true);
}

/* Whether the chip's buffer had the page is left in cpu->work; asking must not age its ways. */
void op_invlpg_M_m(struct cpu *cpu, const struct insn *insn)
{
    need_level0(cpu);
    uint32_t linear = cpu->seg[insn->seg].base + ea(cpu, insn), entry;
    struct chip_tlb before = cpu->chip_tlb;
    cpu->work = chip_tlb_find(&before, linear & PAGE_MASK, &entry);
    page_flush_one(cpu, linear);
}

void op_hlt(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    need_level0(cpu);
    cpu_attend(cpu, ATTEND_HALTED);
}

/* Leaf 0: the highest leaf and "GenuineIntel". Leaf 1: signature and features (bit 0: FPU, bit 1: VME). */
void op_cpuid(struct cpu *cpu, const struct insn *insn)
{
    if (!cpu->has_cpuid)
        op_ud(cpu, insn);
    uint32_t leaf = cpu->r[EAX];
    cpu->work = leaf == 1;
    bool vendor = leaf == 0;
    cpu->r[EAX] = vendor ? 1 : cpu->signature;
    cpu->r[EBX] = vendor ? 0x756E6547 : 0;
    cpu->r[EDX] = vendor ? 0x49656E69 : (uint32_t)cpu->has_fpu | 2;
    cpu->r[ECX] = vendor ? 0x6C65746E : 0;
    if (leaf > 1)
        cpu->r[EAX] = cpu->r[EBX] = cpu->r[ECX] = cpu->r[EDX] = 0;
}
