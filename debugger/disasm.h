/* Disassembly, and what stepping needs to know of an instruction. */
#ifndef DEBUGGER_DISASM_H
#define DEBUGGER_DISASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "debugger/address.h"

enum flow {
    FLOW_PLAIN,
    FLOW_CALL,          /* CALL, INT: control comes back behind it */
    FLOW_REPEAT,        /* REP string instruction, LOOP */
    FLOW_BRANCH_BACK,   /* conditional jump to a lower address */
    FLOW_RETURN,        /* RET, RETF, IRET */
    FLOW_HALT
};

struct disasm {
    unsigned length;    /* 0: no memory there */
    uint8_t bytes[15];
    enum flow flow;
    char text[96];
};

/* Decodes the instruction at A with the code size of the present CS. An undefined opcode has length 1, text "(bad)". */
void disasm_at(struct debugger *d, struct address a, struct disasm *out);

/* Only length and flow: cheaper. */
void disasm_flow(struct debugger *d, struct address a, struct disasm *out);

/* A start address from which COUNT instructions end at A; see debugger_disassemble_before. */
struct address disasm_before(struct debugger *d, struct address a, size_t count);

#endif
