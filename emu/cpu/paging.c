/* The paging unit of the i486 (PRM 5.3, 6.4, 12.2.3): two-level tables, rights of both levels combined, CR0.WP,
 * accessed and dirty bits, #PF with CR2, and a translation lookaside buffer.
 *
 * The buffer holds translations like the chip's, until the guest writes CR3, executes INVLPG or switches tasks; it
 * has more entries than the chip's 32, so a table that was changed without a flush may be noticed later than on the
 * chip. Left out on purpose: PCD and PWT, which only steer caches, and the test registers TR6 and TR7. */
#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"

enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_A = 32, PTE_D = 64 };
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
}

void page_flush_one(struct cpu *cpu, uint32_t linear)
{
    translation_of(cpu, linear)->tag = TLB_EMPTY;
    drop_entries(cpu, linear >> PAGE_SHIFT & (TLB_ENTRIES - 1));
}

static uint32_t read_entry(const struct cpu *cpu, uint32_t address)
{
    return bus_read(cpu->bus, address & cpu->bus->a20_mask, 4);
}

/* Sets BITS in a table entry if they are not set yet. */
static void update_entry(struct cpu *cpu, uint32_t address, uint32_t entry, uint32_t bits)
{
    if ((entry & bits) == bits)
        return;
    bus_write(cpu->bus, address & cpu->bus->a20_mask, entry | bits, 4);
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

    update_entry(cpu, directory_at, directory, PTE_A);
    update_entry(cpu, table_at, table, write ? PTE_A | PTE_D : PTE_A);
    uint32_t dirty = write ? PTE_D : table & PTE_D;
    struct translation *t = translation_of(cpu, linear);
    *t = (struct translation){ .tag = linear & PAGE_MASK, .entry = (table & PAGE_MASK) | rights | dirty };
    drop_entries(cpu, linear >> PAGE_SHIFT & (TLB_ENTRIES - 1));
    return t->entry;
}

uint32_t page_translate(struct cpu *cpu, uint32_t linear, bool write, bool user)
{
    if (!(cpu->cr0 & CR0_PG))
        return linear & cpu->bus->a20_mask;
    const struct translation *t = translation_of(cpu, linear);
    uint32_t entry = t->entry;
    if (t->tag != (linear & PAGE_MASK) || !allowed(cpu, entry, write, user) || (write && !(entry & PTE_D)))
        entry = walk(cpu, linear, write, user);
    return ((entry & PAGE_MASK) | (linear & ~PAGE_MASK)) & cpu->bus->a20_mask;
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
