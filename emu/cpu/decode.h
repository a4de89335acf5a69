/* Bytes and mode in, one instruction out. Pure: no CPU state, no memory. */
#ifndef EMU_CPU_DECODE_H
#define EMU_CPU_DECODE_H

#include <stddef.h>

#include "emu/cpu/insn.h"

enum { DECODE_MORE = 0,         /* the instruction needs more bytes than there are */
       DECODE_TOO_LONG = -1 };  /* over 15 bytes: #GP */

/* Decodes the instruction at BYTES (SIZE there) for code of 32 bits or 16. Returns its length 1-15, or one of the above
 * with *INSN undefined. Invalid opcodes and LOCK on what cannot be locked give an instruction whose handler is
 * op_ud. */
int decode(const uint8_t *bytes, size_t size, bool code32, struct insn *insn);

#endif
