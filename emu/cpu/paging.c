/* The paging unit of the i486 (PRM 5.3, 6.4, 12.2.3): two-level tables, rights of both levels combined, CR0.WP,
 * accessed and dirty bits, #PF with CR2, and the buffers of translations.
 *
 * The chip has 32 of them (tlb.h); they answer in timing mode `cycle`. Otherwise 1024 do (struct translation), so that
 * a table that was changed without a flush may be noticed later than on the chip. Both hold what walks found until the
 * guest writes CR3, executes INVLPG or switches tasks. A translation whose rights or dirty bit do not do for an access
 * counts as a miss: the tables are walked again.
 *
 * The 486 checks no reserved bits of table entries: they are ignored, bit 7 of a directory entry (later: 4 MB pages)
 * included. Tables are read and written like any memory: in ROM the A and D bits do not stick, in device memory the
 * device sees the accesses, where nothing is they read as ones. A and D are set once an access is known to be allowed;
 * an access that faults leaves them alone. PCD and PWT are kept for the cycle mode's caches. */
#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/timed.h"

enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4 };

static struct translation *translation_of(struct cpu *cpu, uint32_t linear)
{
    return &cpu->translation[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
}

static void drop_entries(struct cpu *cpu, unsigned index)
{
    for (unsigned side = 0; side < 2; side++)
        cpu->tlb[side][0][index].tag = cpu->tlb[side][1][index].tag = TLB_EMPTY;
}

void page_flush(struct cpu *cpu)
{
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        cpu->translation[i].tag = TLB_EMPTY;
        drop_entries(cpu, i);
    }
    runs_forget_seen(cpu);
    chip_tlb_flush(&cpu->chip_tlb);
    timed_moved(cpu);
}

static void forget_translation(struct cpu *cpu, uint32_t linear)
{
    unsigned index = linear >> PAGE_SHIFT & (TLB_ENTRIES - 1);
    translation_of(cpu, linear)->tag = TLB_EMPTY;
    if (cpu->tlb[TLB_SUPERVISOR][0][index].tag != TLB_EMPTY || cpu->tlb[TLB_USER][0][index].tag != TLB_EMPTY)
        runs_forget_seen(cpu);
    drop_entries(cpu, index);
}

void page_flush_one(struct cpu *cpu, uint32_t linear)
{
    forget_translation(cpu, linear);
    chip_tlb_flush_page(&cpu->chip_tlb, linear & PAGE_MASK);
}

static uint32_t read_entry(struct cpu *cpu, uint32_t address)
{
    return mem_read_physical(cpu, address & cpu->bus->a20_mask, 4);
}

/* Sets BITS in a table entry if they are not set yet. */
static void update_entry(struct cpu *cpu, uint32_t address, uint32_t entry, uint32_t bits)
{
    if ((entry & bits) != bits)
        mem_write_physical(cpu, address & cpu->bus->a20_mask, entry | bits, 4);
}

static bool allowed(const struct cpu *cpu, uint32_t rights, bool write, bool user)
{
    if (user && !(rights & PTE_U))
        return false;
    return !write || rights & PTE_W || (!user && !(cpu->cr0 & CR0_WP));
}

static uint32_t directory_address(const struct cpu *cpu, uint32_t linear)
{
    return (cpu->cr3 & PAGE_MASK) | (linear >> 20 & 0xFFC);
}

static uint32_t table_address(uint32_t directory_entry, uint32_t linear)
{
    return (directory_entry & PAGE_MASK) | (linear >> 10 & 0xFFC);
}

/* Puts a translation where the modes without the chip's buffer find it. */
static void remember(struct cpu *cpu, uint32_t linear, uint32_t entry)
{
    forget_translation(cpu, linear);
    *translation_of(cpu, linear) = (struct translation){ .tag = linear & PAGE_MASK, .entry = entry };
}

/* Walks the tables, sets A and D and remembers the translation. */
static uint32_t walk(struct cpu *cpu, uint32_t linear, bool write, bool user)
{
    uint32_t code = (write ? PF_WRITE : 0) | (user ? PF_USER : 0);
    uint32_t directory_at = directory_address(cpu, linear), directory = read_entry(cpu, directory_at);
    if (!(directory & PTE_P))
        cpu_raise_page(cpu, linear, code);
    uint32_t table_at = table_address(directory, linear), table = read_entry(cpu, table_at);
    if (!(table & PTE_P))
        cpu_raise_page(cpu, linear, code);
    uint32_t rights = directory & table & (PTE_W | PTE_U);
    if (!allowed(cpu, rights, write, user))
        cpu_raise_page(cpu, linear, code | PF_PRESENT);

    if (timed(cpu))
        cycle_walk(cpu->cycle, directory_at & cpu->bus->a20_mask, table_at & cpu->bus->a20_mask,
                   (directory & PTE_A ? 0 : 1) | (table & PTE_A && (!write || table & PTE_D) ? 0 : 2));
    update_entry(cpu, directory_at, directory, PTE_A);
    update_entry(cpu, table_at, table, write ? PTE_A | PTE_D : PTE_A);
    uint32_t entry = (table & (PAGE_MASK | PTE_PCD | PTE_PWT)) | rights | (write ? PTE_D : table & PTE_D);
    remember(cpu, linear, entry);
    chip_tlb_fill(&cpu->chip_tlb, linear & PAGE_MASK, entry);
    return entry;
}

bool page_lookup(struct cpu *cpu, uint32_t linear, bool write, bool user, uint32_t *entry)
{
    if (cpu->timing_mode == CPU_TIMING_CYCLE) {
        if (!chip_tlb_find(&cpu->chip_tlb, linear & PAGE_MASK, entry))
            return false;
    } else {
        const struct translation *t = translation_of(cpu, linear);
        *entry = t->entry;
        if (t->tag != (linear & PAGE_MASK))
            return false;
    }
    return allowed(cpu, *entry, write, user) && (!write || *entry & PTE_D);
}

uint32_t page_translate(struct cpu *cpu, uint32_t linear, bool write, bool user)
{
    uint32_t entry;
    cpu->page_uncached = false;
    if (!(cpu->cr0 & CR0_PG))
        return linear & cpu->bus->a20_mask;
    if (!page_lookup(cpu, linear, write, user, &entry))
        entry = walk(cpu, linear, write, user);
    cpu->page_uncached = entry & PTE_PCD;
    return ((entry & PAGE_MASK) | (linear & ~PAGE_MASK)) & cpu->bus->a20_mask;
}

void page_test_command(struct cpu *cpu, uint32_t tr6)
{
    cpu->tr6 = tr6;
    if (tr6 & TR6_LOOKUP) {
        cpu->tr7 = chip_tlb_test_lookup(&cpu->chip_tlb, tr6);
        return;
    }
    uint32_t entry = chip_tlb_test_write(&cpu->chip_tlb, tr6, cpu->tr7);
    if (entry & PTE_P)
        remember(cpu, tr6, entry & ~(uint32_t)PTE_P);
    else
        forget_translation(cpu, tr6);
}

static uint32_t peek_entry(const struct cpu *cpu, uint32_t address)
{
    uint8_t bytes[4];
    bus_peek(cpu->bus, address & cpu->bus->a20_mask, bytes, sizeof bytes);
    return load32(bytes);
}

bool page_peek(const struct cpu *cpu, uint32_t linear, uint32_t *physical)
{
    *physical = linear;
    if (!(cpu->cr0 & CR0_PG))
        return true;
    uint32_t directory = peek_entry(cpu, directory_address(cpu, linear));
    if (!(directory & PTE_P))
        return false;
    uint32_t table = peek_entry(cpu, table_address(directory, linear));
    if (!(table & PTE_P))
        return false;
    *physical = (table & PAGE_MASK) | (linear & ~PAGE_MASK);
    return true;
}
