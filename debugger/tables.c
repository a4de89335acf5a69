/* info ivt, gdt, ldt, idt, tss, pages: the CPU's tables in guest memory.
 *
 * Follows the 486 Programmer's Reference, chapters 5 to 9. Everything is read by peeks; tables that lie in absent pages
 * or are cut off by their limit are shown as far as they can be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/info.h"

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) | get16(bytes + 2) << 16;
}

/* "N", "N-M" (hexadecimal) or nothing, for tables of COUNT entries. */
static bool parse_span(struct debugger *d, const char *text, unsigned count, unsigned *first, unsigned *last)
{
    char *end;
    *first = 0;
    *last = count ? count - 1 : 0;
    if (!*text)
        return true;
    *first = *last = (unsigned)strtoul(text, &end, 16);
    if (end != text && *end == '-' && end[1])
        *last = (unsigned)strtoul(end + 1, &end, 16);
    if (end == text || *end || *first > *last || *last >= count)
        return debugger_fault(d, "Invalid range \"%.40s\": 0 to %x.", text, count ? count - 1 : 0);
    return true;
}

/* --- Interrupt vectors --- */

static void print_vector(struct debugger *d, unsigned vector, const uint8_t *bytes, bool rom, uint32_t low,
                         uint32_t high)
{
    char symbol[80];
    uint32_t linear = (get16(bytes + 2) << 4) + get16(bytes);
    bool hooked = rom && get32(bytes) && (linear < low || linear > high);
    debugger_print(d, "%02x  %04x:%04x  0x%06x%s%s\n", vector, (unsigned)get16(bytes + 2), (unsigned)get16(bytes),
                   (unsigned)linear, symbol_suffix(d, linear, symbol, sizeof symbol), hooked ? "  hooked" : "");
}

static enum debugger_result info_ivt(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    unsigned first, last;
    uint32_t low = 0, high = 0, base = 0;
    struct registers regs;
    uint8_t bytes[4];
    inspect_registers(d->machine, &regs);
    if (regs.mode == MODE_REAL)
        base = regs.idtr.base;
    if (!parse_span(d, arguments, 256, &first, &last))
        return debugger_report(d);
    bool rom = inspect_rom_range(d->machine, &low, &high);
    for (unsigned n = first; n <= last; n++)
        if (inspect_peek(d->machine, base + n * 4, bytes, 4) == 4)
            print_vector(d, n, bytes, rom, low, high);
    return DEBUGGER_DONE;
}

/* --- Descriptors --- */

static const char *const system_types[16] = {
    "reserved", "TSS 16 available", "LDT", "TSS 16 busy",
    "call gate 16", "task gate", "interrupt gate 16", "trap gate 16",
    "reserved", "TSS 32 available", "reserved", "TSS 32 busy",
    "call gate 32", "reserved", "interrupt gate 32", "trap gate 32",
};

static bool is_gate(unsigned type)
{
    return (type & 7) >= 4;
}

static void describe_segment(const uint8_t *bytes, char *text, size_t size)
{
    uint32_t base = bytes[2] | bytes[3] << 8 | bytes[4] << 16 | (uint32_t)bytes[7] << 24;
    uint32_t limit = get16(bytes) | (uint32_t)(bytes[6] & 15) << 16;
    unsigned access = bytes[5];
    char kind[40];
    if (bytes[6] & 0x80)
        limit = limit << 12 | 0xFFF;
    if (!(access & 0x10))
        snprintf(kind, sizeof kind, "%s", system_types[access & 15]);
    else if (access & 8)
        snprintf(kind, sizeof kind, "code%s %s%s%s", bytes[6] & 0x40 ? "32" : "16", access & 2 ? "ER" : "E",
                 access & 4 ? " conforming" : "", access & 1 ? " accessed" : "");
    else
        snprintf(kind, sizeof kind, "data%s %s%s%s", bytes[6] & 0x40 ? "32" : "16", access & 2 ? "RW" : "R",
                 access & 4 ? " expand-down" : "", access & 1 ? " accessed" : "");
    snprintf(text, size, "base 0x%08x  limit 0x%08x  dpl %u  %s%s", (unsigned)base, (unsigned)limit, access >> 5 & 3,
             kind,
             access & 0x80 ? "" : "  not present");
}

static void describe_gate(const uint8_t *bytes, char *text, size_t size)
{
    unsigned access = bytes[5], type = access & 15;
    uint32_t offset = get16(bytes) | (type & 8 ? get16(bytes + 6) << 16 : 0);
    if (type == 5)
        snprintf(text, size, "tss 0x%04x  dpl %u  %s%s", (unsigned)get16(bytes + 2), access >> 5 & 3,
                 system_types[type],
                 access & 0x80 ? "" : "  not present");
    else
        snprintf(text, size, "%04x:%08x  dpl %u  %s%s", (unsigned)get16(bytes + 2), (unsigned)offset, access >> 5 & 3,
                 system_types[type], access & 0x80 ? "" : "  not present");
}

static void describe(const uint8_t *bytes, char *text, size_t size)
{
    if (!(bytes[5] & 0x10) && is_gate(bytes[5] & 15))
        describe_gate(bytes, text, size);
    else
        describe_segment(bytes, text, size);
}

/* Entries of 8 bytes. */
struct table {
    const char *name;
    uint32_t base, limit;
    int selectors;              /* >= 0: entries have numbers 0008, 0010 ..., plus this (TI of the LDT); else by index */
    unsigned most;              /* shown unless they are asked for by number */
    bool present_only;
};

enum { MOST_DESCRIPTORS = 64, VECTORS = 256 };

static bool is_present(const uint8_t *bytes)
{
    return bytes[5] & 0x80 && (bytes[5] & 0x10 || strcmp(system_types[bytes[5] & 15], "reserved"));
}

static bool is_shown(const struct table *t, const uint8_t *bytes)
{
    static const uint8_t zero[8];
    return memcmp(bytes, zero, sizeof zero) && (!t->present_only || is_present(bytes));
}

static void print_descriptor(struct debugger *d, const struct table *t, unsigned n, const uint8_t *bytes)
{
    char text[160];
    describe(bytes, text, sizeof text);
    debugger_print(d, t->selectors >= 0 ? "%04x  %s\n" : "%02x  %s\n",
                   t->selectors >= 0 ? n * 8 + (unsigned)t->selectors : n, text);
}

/* Entries FIRST to LAST, at most MOST of them; the others are counted. */
static void print_entries(struct debugger *d, const struct table *t, unsigned first, unsigned last, unsigned most)
{
    uint8_t bytes[8];
    unsigned shown = 0, next = 0;
    for (unsigned n = first; n <= last; n++) {
        if (inspect_peek(d->machine, t->base + n * 8, bytes, 8) != 8) {
            debugger_print(d, "Cannot access memory at address 0x%x\n", (unsigned)(t->base + n * 8));
            break;
        }
        if (!is_shown(t, bytes))
            continue;
        if (shown < most)
            print_descriptor(d, t, n, bytes);
        else if (shown == most)
            next = n;
        shown++;
    }
    if (shown > most)
        debugger_print(d, "... %u more: info %s %x-%x\n", shown - most, t->name, next, last);
}

static enum debugger_result print_table(struct debugger *d, const char *arguments, struct table t)
{
    unsigned first, last, count = t.limit >= 7 ? (t.limit > 0xFFFF ? 0xFFFF : t.limit) / 8 + 1 : 0;
    if (count * 8 > t.limit + 1)
        count--;
    if (!parse_span(d, arguments, count, &first, &last))
        return debugger_report(d);
    t.present_only = t.present_only && !*arguments;
    debugger_print(d, "base 0x%08x  limit 0x%04x\n", (unsigned)t.base, (unsigned)t.limit);
    if (count)
        print_entries(d, &t, first, last, *arguments ? count : t.most);
    return DEBUGGER_DONE;
}

/* Real mode does not use the GDT, but a guest may have loaded one already, or still. */
static enum debugger_result info_gdt(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct registers regs;
    inspect_registers(d->machine, &regs);
    struct table t = { "gdt", regs.gdtr.base, regs.gdtr.limit, 0, MOST_DESCRIPTORS, regs.mode == MODE_REAL };
    bool loaded = t.base || t.limit != 0xFFFF;
    if (regs.mode == MODE_REAL && !*arguments)
        debugger_print(d, "The CPU is in real mode and uses no GDT. %s\n",
                       loaded ? "What is present in the one that GDTR gives:" : "GDTR is as a reset leaves it:");
    if (regs.mode == MODE_REAL && !*arguments && !loaded) {
        debugger_print(d, "base 0x%08x  limit 0x%04x\n", (unsigned)t.base, (unsigned)t.limit);
        return DEBUGGER_DONE;
    }
    return print_table(d, arguments, t);
}

static enum debugger_result info_ldt(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (!regs.ldtr.valid || !(regs.ldtr.selector & ~3u)) {
        debugger_print(d, "No LDT is loaded.\n");
        return DEBUGGER_DONE;
    }
    return print_table(d, arguments,
                       (struct table){ "ldt", regs.ldtr.base, regs.ldtr.limit, 4, MOST_DESCRIPTORS, false });
}

static enum debugger_result info_idt(struct debugger *d, void *ctx, const char *arguments)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (regs.mode == MODE_REAL)
        return info_ivt(d, ctx, arguments);
    return print_table(d, arguments, (struct table){ "idt", regs.idtr.base, regs.idtr.limit, -1, VECTORS, false });
}

/* --- Task state --- */

static void print_tss32(struct debugger *d, const uint8_t *t)
{
    static const struct { const char *name; unsigned offset; bool wide; } fields[] = {
        { "link", 0, false }, { "esp0", 4, true },  { "ss0", 8, false },  { "esp1", 12, true }, { "ss1", 16, false },
        { "esp2", 20, true }, { "ss2", 24, false }, { "cr3", 28, true },  { "eip", 32, true },  { "eflags", 36, true },
        { "eax", 40, true },  { "ecx", 44, true },  { "edx", 48, true },  { "ebx", 52, true },  { "esp", 56, true },
        { "ebp", 60, true },  { "esi", 64, true },  { "edi", 68, true },  { "es", 72, false },  { "cs", 76, false },
        { "ss", 80, false },  { "ds", 84, false },  { "fs", 88, false },  { "gs", 92, false },  { "ldt", 96, false },
        { "iomap", 102, false },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        debugger_print(d, fields[i].wide ? "%-15s0x%08x\n" : "%-15s0x%04x\n", fields[i].name,
                       (unsigned)(fields[i].wide ? get32(t + fields[i].offset) : get16(t + fields[i].offset)));
}

static void print_tss16(struct debugger *d, const uint8_t *t)
{
    static const char *const names[] = { "link", "sp0", "ss0", "sp1", "ss1", "sp2", "ss2", "ip", "flags", "ax", "cx",
                                         "dx",
                                         "bx", "sp", "bp", "si", "di", "es", "cs", "ss", "ds", "ldt" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        debugger_print(d, "%-15s0x%04x\n", names[i], (unsigned)get16(t + i * 2));
}

static enum debugger_result info_tss(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct registers regs;
    uint8_t bytes[104];
    inspect_registers(d->machine, &regs);
    bool wide = regs.tr.attributes & 8;
    size_t size = wide ? 104 : 44;
    if (!regs.tr.valid || !(regs.tr.selector & ~3u)) {
        debugger_print(d, "No TSS is loaded.\n");
        return DEBUGGER_DONE;
    }
    debugger_print(d, "selector 0x%04x  base 0x%08x  limit 0x%08x\n", regs.tr.selector, (unsigned)regs.tr.base,
                   (unsigned)regs.tr.limit);
    if (!address_read(d, address_linear(regs.tr.base), bytes, size))
        return debugger_report(d);
    if (wide)
        print_tss32(d, bytes);
    else
        print_tss16(d, bytes);
    return DEBUGGER_DONE;
}

/* --- Pages --- */

enum { PAGE_PRESENT = 1, PAGE_WRITE = 2, PAGE_USER = 4, PAGE_SHOWN = 7 };

/* Consecutive pages that map consecutive frames with the same rights. */
struct page_run { uint64_t linear, count; uint32_t physical, rights; };

static void print_run(struct debugger *d, const struct page_run *run)
{
    if (run->count)
        debugger_print(d, "0x%08x-0x%08x -> 0x%08x  %s %s\n", (unsigned)run->linear,
                       (unsigned)(run->linear + run->count * 4096 - 1), (unsigned)run->physical,
                       run->rights & PAGE_USER ? "user" : "supervisor", run->rights & PAGE_WRITE ? "rw" : "ro");
}

static void add_page(struct debugger *d, struct page_run *run, uint64_t linear, uint32_t entry, uint32_t rights)
{
    bool continues = run->count && run->linear + run->count * 4096 == linear
                  && run->physical + run->count * 4096 == (entry & ~0xFFFu) && run->rights == rights;
    if (!continues) {
        print_run(d, run);
        *run = (struct page_run){ linear, 0, entry & ~0xFFFu, rights };
    }
    run->count++;
}

static void print_map(struct debugger *d, uint32_t cr3)
{
    uint8_t directory[4096], table[4096];
    struct page_run run = { 0 };
    if (inspect_peek_physical(d->machine, cr3 & ~0xFFFu, directory, sizeof directory) != sizeof directory)
        return;
    for (uint32_t i = 0; i < 1024; i++) {
        uint32_t upper = get32(directory + i * 4);
        if (!(upper & PAGE_PRESENT)
            || inspect_peek_physical(d->machine, upper & ~0xFFFu, table, sizeof table) != sizeof table)
            continue;
        for (uint32_t n = 0; n < 1024; n++) {
            uint32_t lower = get32(table + n * 4);
            if (lower & PAGE_PRESENT)
                add_page(d, &run, (uint64_t)i << 22 | n << 12, lower, upper & lower & PAGE_SHOWN);
        }
    }
    print_run(d, &run);
}

static void print_entry(struct debugger *d, const char *name, uint32_t at, uint32_t entry)
{
    debugger_print(d, "%s at 0x%08x: 0x%08x%s%s%s%s%s\n", name, (unsigned)at, (unsigned)entry,
                   entry & PAGE_PRESENT ? "" : " not present", entry & PAGE_WRITE ? " rw" : " ro",
                   entry & PAGE_USER ? " user" : " supervisor", entry & 0x20 ? " accessed" : "",
                   entry & 0x40 ? " dirty" : "");
}

static void print_walk(struct debugger *d, uint32_t cr3, uint32_t linear)
{
    uint8_t bytes[4];
    uint32_t at = (cr3 & ~0xFFFu) + (linear >> 22) * 4;
    if (inspect_peek_physical(d->machine, at, bytes, 4) != 4)
        return;
    uint32_t entry = get32(bytes);
    print_entry(d, "PDE", at, entry);
    at = (entry & ~0xFFFu) + (linear >> 12 & 0x3FF) * 4;
    if (!(entry & PAGE_PRESENT) || inspect_peek_physical(d->machine, at, bytes, 4) != 4)
        return;
    entry = get32(bytes);
    print_entry(d, "PTE", at, entry);
    if (entry & PAGE_PRESENT)
        debugger_print(d, "0x%08x -> 0x%08x\n", (unsigned)linear, (unsigned)((entry & ~0xFFFu) | (linear & 0xFFF)));
}

static enum debugger_result info_pages(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct registers regs;
    struct address a;
    inspect_registers(d->machine, &regs);
    if (!(regs.cr0 & 0x80000000)) {
        debugger_print(d, "Paging is off: linear addresses are physical ones.\n");
        return DEBUGGER_DONE;
    }
    debugger_print(d, "cr3 0x%08x\n", (unsigned)regs.cr3);
    if (!*arguments) {
        print_map(d, regs.cr3);
        return DEBUGGER_DONE;
    }
    if (!expr_address(d, arguments, &a))
        return debugger_report(d);
    print_walk(d, regs.cr3, a.at);
    return DEBUGGER_DONE;
}

const struct debugger_command table_commands[] = {
    { "ivt", "info", 0, info_ivt, "Interrupt vectors of real mode.",
      "Usage: info ivt [N[-M]]\nN and M are hexadecimal. \"hooked\" marks vectors that point outside the ROMs.",
      COMPLETE_NOTHING, NULL, false },
    { "gdt", "info", 0, info_gdt, "The global descriptor table.",
      "Usage: info gdt [N[-M]]\nN and M are the numbers of entries, hexadecimal: selector / 8. Without them, the first "
      "64 that are not empty.", COMPLETE_NOTHING, NULL, false },
    { "ldt", "info", 0, info_ldt, "The local descriptor table.",
      "Usage: info ldt [N[-M]]\nN and M are the numbers of entries, hexadecimal: selector / 8. Without them, the first "
      "64 that are not empty.", COMPLETE_NOTHING, NULL, false },
    { "idt", "info", 0, info_idt, "The interrupt descriptor table; in real mode the vectors.",
      "Usage: info idt [N[-M]]\nN and M are vectors, hexadecimal.", COMPLETE_NOTHING, NULL, false },
    { "tss", "info", 0, info_tss, "The task state segment.", NULL, COMPLETE_NOTHING, NULL, false },
    { "pages", "info", 0, info_pages, "What paging maps, or how an address is translated.",
      "Usage: info pages [ADDRESS]", COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
