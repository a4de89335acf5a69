/* Addresses as a person writes them: linear or physical, with the SELECTOR:OFFSET they came from kept for printing. */
#ifndef DEBUGGER_ADDRESS_H
#define DEBUGGER_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct debugger;
struct registers;

struct address {
    uint32_t at;                /* linear, or physical */
    bool physical, has_segment;
    uint16_t selector;
    uint32_t offset;
};

/* How SELECTOR:OFFSET becomes linear: as the CPU's mode has it, always selector * 16, always by descriptor. */
enum segment_rule { RULE_MODE, RULE_REAL, RULE_SELECTOR };

struct address address_linear(uint32_t linear);
struct address address_physical(uint32_t physical);

/* False (and debugger_fault's text) if the selector's descriptor cannot be read. */
bool address_segmented(struct debugger *d, uint16_t selector, uint32_t offset, enum segment_rule rule,
                       struct address *out);

/* OFFSET in the segment that register SEG (SEG_ES ..) holds now; uses its hidden base. */
struct address address_in_segment(const struct registers *regs, unsigned seg, uint32_t offset);

struct address address_pc(const struct registers *regs);
struct address address_sp(const struct registers *regs);    /* SP or ESP by the B bit of SS */
struct address address_fp(const struct registers *regs);

/* Linear address of the stack pointer. */
uint32_t address_stack(const struct registers *regs);

struct address address_add(struct address a, int64_t bytes);

/* Gives a linear address that lies in the present code segment its CS:IP form, for display. */
struct address address_as_code(const struct registers *regs, uint32_t linear);

/* " (0000:7c00)", or "" without a segment. TEXT holds at least ADDRESS_TEXT bytes. */
enum { ADDRESS_TEXT = 24 };
const char *address_suffix(struct address a, char *text);

/* Side-effect-free access; returns bytes done. */
size_t address_peek(struct debugger *d, struct address a, void *buffer, size_t size);
size_t address_poke(struct debugger *d, struct address a, const void *data, size_t size);

/* As peek and poke, but all or debugger_fault: "Cannot access memory at address 0x...". */
bool address_read(struct debugger *d, struct address a, void *buffer, size_t size);
bool address_write(struct debugger *d, struct address a, const void *data, size_t size);

#endif
