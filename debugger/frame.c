/* backtrace, frame: a guess at who called.
 *
 * Where $pc is the entry of an interrupt handler and the stack's top looks like what an interrupt pushes (PRM 9.6), the
 * next frame is what was interrupted. Else, without debug information, there is only the convention that routines begin
 * with PUSH BP, MOV BP,SP: the word at SS:BP is the caller's BP and the one above it the return address. The walk ends
 * where BP does not grow, or no CALL lies before the return address, so that what BP happens to hold is not taken for a
 * frame. Left out: choosing a frame (up, down); registers are always those of now. */
#include <stdlib.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/vector.h"

enum { MOST_FRAMES = 64, LONGEST_CALL = 7 };

struct walk {
    struct debugger *d;
    struct registers regs;      /* of now, but CS is that of the frame */
    struct address at, bp;      /* where the frame is; its BP */
    unsigned number;
    bool outermost;             /* a reset has put the CPU here: nobody has called */
    bool more;                  /* BP may be followed */
};

static void print_frame(struct debugger *d, unsigned number, struct address a)
{
    char segment[ADDRESS_TEXT];
    uint32_t offset;
    const char *name = symbol_before(d, a.at, &offset);
    debugger_print(d, "#%-3u0x%08x in %s ()%s\n", number, (unsigned)a.at, name ? name : "??",
                   address_suffix(a, segment));
}

/* Word N above A. */
static bool read_word(struct debugger *d, struct address a, unsigned n, unsigned width, uint32_t *out)
{
    struct type type = { TYPE_INTEGER, (uint8_t)width, false, false, 0 };
    struct value v;
    if (!value_read(d, address_add(a, n * width), type, &v))
        return false;
    *out = (uint32_t)v.number;
    return true;
}

/* --- Interrupts --- */

/* Bits of EFLAGS that are always 1 and always 0. */
static bool looks_like_flags(uint32_t flags, unsigned width)
{
    return (flags & 0x802A) == 2 && (width == 2 || !(flags & 0xFFC00000));
}

static bool pushes_code(unsigned vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

/* The IP, CS and flags that begin SKIP words above the top of the stack. */
static bool interrupted_at(struct walk *w, unsigned skip, unsigned width)
{
    uint32_t ip, cs, flags;
    struct address sp = address_sp(&w->regs), at;
    if (!read_word(w->d, sp, skip, width, &ip) || !read_word(w->d, sp, skip + 1, width, &cs)
        || !read_word(w->d, sp, skip + 2, width, &flags) || !looks_like_flags(flags, width))
        return false;
    bool v86 = width == 4 && flags & 0x20000, real = w->regs.mode == MODE_REAL;
    if (!address_segmented(w->d, (uint16_t)cs, ip, v86 || real ? RULE_REAL : RULE_SELECTOR, &at))
        return false;
    w->at = at;
    /* Another stack, unless the handler has the privilege of what it interrupted. */
    w->more = w->more && !v86 && (real || (cs & 3) == w->regs.cpl);
    w->regs.seg[SEG_CS].selector = at.selector;
    w->regs.seg[SEG_CS].base = at.at - at.offset;
    return true;
}

static bool interrupted(struct walk *w)
{
    struct vector v;
    for (unsigned n = 0; n < 256; n++) {
        if (!vector_read(w->d, &w->regs, n, &v) || v.entry != w->at.at)
            continue;
        unsigned width = v.wide ? 4 : 2;
        if ((w->regs.mode != MODE_REAL && pushes_code(n) && interrupted_at(w, 1, width)) || interrupted_at(w, 0, width))
            return true;
    }
    return false;
}

/* --- Calls --- */

/* Does a CALL end at A? FAR_CALL: one that pushes CS, too. */
static bool follows_call(struct debugger *d, struct address a, bool far_call)
{
    uint8_t bytes[LONGEST_CALL];
    unsigned short_form = far_call ? 5 : 3, long_form = far_call ? 7 : 5, group = far_call ? 3 : 2;
    uint8_t opcode = far_call ? 0x9A : 0xE8;
    if (a.offset < LONGEST_CALL
        || address_peek(d, address_add(a, -LONGEST_CALL), bytes, sizeof bytes) != sizeof bytes)
        return false;
    const uint8_t *end = bytes + LONGEST_CALL;
    bool found = end[-(int)short_form] == opcode || end[-(int)long_form] == opcode;
    for (int length = 2; length <= LONGEST_CALL && !found; length++)
        found = end[-length] == 0xFF && (end[1 - length] >> 3 & 7) == group;
    return found;
}

/* The words at BP: the caller's BP and where it goes on. */
static bool caller(struct walk *w)
{
    unsigned width = w->regs.mode == MODE_PROTECTED32 ? 4 : 2;
    uint32_t saved, back, cs;
    if (!w->more || !read_word(w->d, w->bp, 0, width, &saved) || !read_word(w->d, w->bp, 1, width, &back))
        return false;
    struct address at = address_in_segment(&w->regs, SEG_CS, back);
    if (!follows_call(w->d, at, false)) {
        enum segment_rule rule = w->regs.mode == MODE_REAL || w->regs.mode == MODE_V86 ? RULE_REAL : RULE_SELECTOR;
        if (!read_word(w->d, w->bp, 2, width, &cs) || !address_segmented(w->d, (uint16_t)cs, back, rule, &at)
            || !follows_call(w->d, at, true))
            return false;
        w->regs.seg[SEG_CS].selector = at.selector;
        w->regs.seg[SEG_CS].base = at.at - at.offset;
    }
    w->at = at;
    w->more = saved > w->bp.offset;
    w->bp = address_in_segment(&w->regs, SEG_SS, saved);
    return true;
}

/* --- Commands --- */

static void walk_begin(struct walk *w, struct debugger *d)
{
    *w = (struct walk){ .d = d };
    inspect_registers(d->machine, &w->regs);
    w->at = address_pc(&w->regs);
    w->bp = address_fp(&w->regs);
    w->outermost = w->at.at == 0xFFFFFFF0;
    w->more = w->bp.offset && w->bp.offset >= address_sp(&w->regs).offset;
}

/* To the next frame outwards; false: none is known. */
static bool walk_out(struct walk *w)
{
    bool found = !w->outermost && ((w->number == 0 && interrupted(w)) || caller(w));
    w->number += found;
    return found;
}

static bool parse_number(struct debugger *d, const char *text, uint64_t *number)
{
    struct value v;
    if (*text && !expr_evaluate(d, text, &v))
        return false;
    if (*text)
        *number = value_number(&v) > 0 ? (uint64_t)value_number(&v) : 0;
    return true;
}

static enum debugger_result run_backtrace(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct walk w;
    uint64_t most = MOST_FRAMES;
    if (!parse_number(d, arguments, &most))
        return debugger_report(d);
    walk_begin(&w, d);
    do
        print_frame(d, w.number, w.at);
    while (w.number + 1 < most && w.number + 1 < MOST_FRAMES && walk_out(&w));
    return DEBUGGER_DONE;
}

static enum debugger_result run_frame(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct walk w;
    uint64_t number = 0;
    if (!parse_number(d, arguments, &number))
        return debugger_report(d);
    walk_begin(&w, d);
    while (w.number < number)
        if (w.number == MOST_FRAMES || !walk_out(&w))
            return debugger_error(d, "No frame at level %s.", arguments);
    print_frame(d, w.number, w.at);
    return DEBUGGER_DONE;
}

const struct debugger_command frame_commands[] = {
    { "backtrace", NULL, 2, run_backtrace, "Who called, as far as the stack tells.",
      "Usage: backtrace [N]\nN frames at most. At the entry of an interrupt handler, the next frame is what was "
      "interrupted. Else the chain of\nsaved BPs is followed: right only where routines begin with PUSH BP, MOV BP,SP.",
      COMPLETE_NOTHING, NULL, false },
    { "bt", NULL, 0, run_backtrace, "Who called: backtrace.", NULL, COMPLETE_NOTHING, NULL, false },
    { "where", NULL, 3, run_backtrace, "Who called: backtrace.", NULL, COMPLETE_NOTHING, NULL, false },
    { "frame", NULL, 1, run_frame, "Print one frame of backtrace.",
      "Usage: frame [N]\nWithout N: where the guest is. Registers are always those of now, whatever frame is printed.",
      COMPLETE_NOTHING, NULL, false },
    { 0 }
};
