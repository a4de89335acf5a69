/* backtrace: a guess at who called, by following BP.
 *
 * Without debug information there is only the convention that routines begin with PUSH BP, MOV BP,SP: the word at SS:BP
 * is the caller's BP and the one above it the return offset. Near calls are assumed; the walk ends where BP does not
 * grow. */
#include <stdlib.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum { MOST_FRAMES = 64 };

static void print_frame(struct debugger *d, unsigned number, struct address a)
{
    char segment[ADDRESS_TEXT];
    uint32_t offset;
    const char *name = symbol_before(d, a.at, &offset);
    debugger_print(d, "#%-3u0x%08x in %s ()%s\n", number, (unsigned)a.at, name ? name : "??",
                   address_suffix(a, segment));
}

/* The words at BP: the caller's BP and the return offset. */
static bool read_link(struct debugger *d, unsigned width, struct address bp, uint32_t *saved, uint32_t *back)
{
    struct type type = { TYPE_INTEGER, (uint8_t)width, false, false, 0 };
    struct value low, high;
    if (!value_read(d, bp, type, &low) || !value_read(d, address_add(bp, width), type, &high))
        return false;
    *saved = (uint32_t)low.number;
    *back = (uint32_t)high.number;
    return true;
}

static enum debugger_result run_backtrace(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct registers regs;
    struct value v;
    uint64_t most = MOST_FRAMES;
    uint32_t saved, back;
    if (*arguments) {
        if (!expr_evaluate(d, arguments, &v))
            return debugger_report(d);
        most = value_number(&v) > 0 ? (uint64_t)value_number(&v) : 0;
    }
    inspect_registers(d->machine, &regs);
    struct address bp = address_fp(&regs);
    bool more = bp.offset >= address_sp(&regs).offset;
    print_frame(d, 0, address_pc(&regs));
    for (unsigned n = 1; more && n < most && n < MOST_FRAMES; n++) {
        if (!read_link(d, regs.mode == MODE_PROTECTED32 ? 4 : 2, bp, &saved, &back))
            break;
        print_frame(d, n, address_in_segment(&regs, SEG_CS, back));
        more = saved > bp.offset;
        bp = address_in_segment(&regs, SEG_SS, saved);
    }
    return DEBUGGER_DONE;
}

const struct debugger_command frame_commands[] = {
    { "backtrace", NULL, 2, run_backtrace, "Who called, as far as the chain of saved BPs tells.",
      "Usage: backtrace [N]\nRight only where routines begin with PUSH BP, MOV BP,SP and calls are near.",
      COMPLETE_NOTHING, NULL, false },
    { "bt", NULL, 0, run_backtrace, "Who called: backtrace.", NULL, COMPLETE_NOTHING, NULL, false },
    { "where", NULL, 3, run_backtrace, "Who called: backtrace.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
