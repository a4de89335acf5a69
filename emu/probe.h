/* The one stream of events: everything that a person may want to watch is reported once, as a typed record.
 *
 * A mask says which kinds anybody wants. A part asks probe_wants() first, so that a kind nobody wants costs a test of a
 * bit where something rare happens, and nothing at all in the CPU's inner loop (the CPU chooses another loop when
 * PROBE_INSN is wanted). Listeners must not change the machine; they may ask it to stop (machine_interrupt). */
#ifndef EMU_PROBE_H
#define EMU_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum probe_kind {
    PROBE_INSN,             /* about to be executed. a: linear address */
    PROBE_INT,              /* INT n, INT3, INTO. a: vector, b: EAX, c: return CS, d: return EIP */
    PROBE_EXCEPTION,        /* a: vector, b: error code (or 0), c: CR2 for #PF */
    PROBE_IRQ_RAISED,       /* at the PIC's input. a: line 0-15 */
    PROBE_IRQ_ACCEPTED,     /* a: line, b: vector */
    PROBE_IRQ_ENDED,        /* EOI. a: line */
    PROBE_IRQ_MASK,         /* a mask register of the PIC has changed. a: chip 0-1, b: its new value */
    PROBE_INTERRUPT_FLAG,   /* EFLAGS.IF changes. a: new value, b: 0 if an instruction does it, 1 + vector if the
                             * delivery of an interrupt or exception does (then CS:EIP is where it came). IRET and task
                             * switches have loaded CS already */
    PROBE_PORT_READ,        /* a: port, b: value, c: size */
    PROBE_PORT_WRITE,       /* a: port, b: value, c: size */
    PROBE_MODE,             /* a: new mode (enum cpu_mode of inspect.h) */
    PROBE_TASK,             /* task switch. a: old TR, b: new TR */
    PROBE_CR,               /* a: number, b: new value, c: old value */
    PROBE_SEGLOAD,          /* a: segment register 0-5 (ES CS SS DS FS GS), b: selector, c: base, d: limit */
    PROBE_DMA,              /* a: channel, b: physical address, c: bytes, d: 1 = to memory */
    PROBE_DISK_REQUEST,     /* command written. a: drive (DRIVE_*), b: command byte */
    PROBE_SECTOR_READ,      /* a: drive, b: LBA */
    PROBE_SECTOR_WRITE,     /* a: drive, b: LBA */
    PROBE_CLUSTER_READ,     /* joined by tui/ from qcow2's observer. a: drive, b: layer (0 = top), d: guest cluster */
    PROBE_CLUSTER_ALLOCATED,
    PROBE_CLUSTER_COPIED,
    PROBE_CLUSTER_FREED,
    PROBE_FLOPPY_MOTOR,     /* a: drive 0-1, b: on */
    PROBE_FLOPPY_SEEK,      /* a: drive 0-1, b: new cylinder, c: old cylinder */
    PROBE_KEY,              /* byte put into the keyboard's queue. a: scancode */
    PROBE_SCREEN_MODE,      /* a: columns or pixels across, b: rows or pixels down, c: 1 = graphics */
    PROBE_SPEAKER,          /* what the speaker does from now on; replaces all that was said of d and later. a: bit 0
                             * its level from tick d on, b: ticks until that changes (0: never). Then it has the other
                             * level for c ticks, this one again for a >> 1, and so on in turn; 0: for ever */
    PROBE_SHUTDOWN,         /* a fault while a double fault was delivered; before the board resets the CPU */
    PROBE_KINDS
};

/* Drive numbers in events and in emu.h. */
enum { DRIVE_FLOPPY_A, DRIVE_FLOPPY_B, DRIVE_HD0, DRIVE_HD1, DRIVE_HD2, DRIVE_HD3, DRIVES };

struct probe_event {
    uint64_t tick;
    uint64_t icount;        /* instructions completed since reset */
    enum probe_kind kind;
    uint16_t cs;
    uint32_t eip;           /* of the instruction being executed, or the next one between instructions */
    uint32_t a, b, c;
    uint64_t d;
    uint64_t late;          /* ticks since it was due, if a device's clock caused it: the instruction then in progress
                             * has been finished first. Else 0 */
};

typedef void probe_fn(void *ctx, const struct probe_event *event);

#define PROBE_LISTENERS 16
#define PROBE_BIT(kind) (1ull << (kind))

struct probes {
    uint64_t mask;          /* union of the listeners' masks */
    struct { uint64_t mask; probe_fn *fn; void *ctx; } listener[PROBE_LISTENERS];
    /* Fills tick, icount, cs, eip and late; set by the machine. */
    void (*locate)(void *ctx, struct probe_event *event);
    void *locate_ctx;
};

/* Adds a listener; returns its number, or -1 if all PROBE_LISTENERS are taken. */
int probe_listen(struct probes *probes, uint64_t mask, probe_fn *fn, void *ctx);

/* Changes what listener NUMBER hears; mask 0 keeps the place but hears nothing. */
void probe_set_mask(struct probes *probes, int number, uint64_t mask);
void probe_unlisten(struct probes *probes, int number);

static inline bool probe_wants(const struct probes *probes, enum probe_kind kind)
{
    return (probes->mask >> kind) & 1;
}

/* Reports an event to all who want it. Call only if probe_wants() says so. */
void probe_emit(struct probes *probes, enum probe_kind kind, uint32_t a, uint32_t b, uint32_t c, uint64_t d);

/* The kind's name as used by `catch` and logs, for example "port-read". */
const char *probe_name(enum probe_kind kind);

#endif
