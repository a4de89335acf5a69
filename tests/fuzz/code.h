/* Random instructions that get somewhere: mostly well formed, with operands that often lie in memory that is there, and
 * with jumps, interrupts, port and system instructions in between. */
#ifndef TESTS_FUZZ_CODE_H
#define TESTS_FUZZ_CODE_H

#include "tests/fuzz/random.h"

/* Bytes being put one after the other into a buffer; what does not fit is dropped. */
struct emitter { uint8_t *bytes; size_t size, used; };

void emit8(struct emitter *e, unsigned value);
void emit16(struct emitter *e, unsigned value);
void emit32(struct emitter *e, uint32_t value);
void emit_bytes(struct emitter *e, const void *bytes, size_t size);

/* Fills the buffer with instructions for BITS (16 or 32) code. */
void code_fill(struct random *r, uint8_t *bytes, size_t size, unsigned bits);

/* An exception handler of at most 32 bytes: most of them get past what raised it, or somewhere else. */
enum { HANDLER_BYTES = 32 };
void code_handler(struct random *r, uint8_t bytes[HANDLER_BYTES], unsigned vector, unsigned bits);

/* Overwrites, copies and shifts some bytes, or replaces them by instructions. */
void code_mutate(struct random *r, uint8_t *bytes, size_t size);

#endif
