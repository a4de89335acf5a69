/* Where the fuzzer's tables, code and data lie in the memory of a machine, and how the processor gets into them. Linear
 * and physical addresses are the same unless paging says otherwise. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "tests/fuzz/random.h"

enum {
    WORLD_GDT = 0x1000, WORLD_IDT = 0x2000, WORLD_TSS = 0x3000, WORLD_LDT = 0x4000, WORLD_PAGES = 0x5000,
    WORLD_ENTRY = 0x7C00, WORLD_HANDLERS = 0xA000, WORLD_STACKS = 0xC000, WORLD_CODE16 = 0x10000,
    WORLD_CODE32 = 0x18000, WORLD_DATA = 0x20000, WORLD_END = 0x30000
};

enum { GDT_ENTRIES = 64, LDT_ENTRIES = 32, TASKS = 4, TSS_SPACE = 0x400 };

/* The modes that a world begins in. */
enum world_mode { WORLD_REAL, WORLD_V86, WORLD_PROTECTED16, WORLD_PROTECTED32, WORLD_MODES };

/* Fills MEMORY (WORLD_END bytes). The processor is to begin in real mode at 0:WORLD_ENTRY. WITH_TIMER: the way in often
 * sets up the interrupt controllers and a timer. */
void world_build(struct random *r, uint8_t *memory, enum world_mode mode, bool with_timer);

/* A selector that is likely to mean something. */
uint16_t world_selector(struct random *r);

/* An address that is likely to be there. */
uint32_t world_address(struct random *r);

#endif
