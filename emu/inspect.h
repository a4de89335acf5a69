/* PUBLIC: looking at a stopped machine, and stopping it at the right moment. Nothing here changes what the guest does,
 * except the functions that are named set or poke. */
#ifndef EMU_INSPECT_H
#define EMU_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/emu.h"

enum cpu_mode { MODE_REAL, MODE_V86, MODE_PROTECTED16, MODE_PROTECTED32 };  /* 16/32: the D bit of CS */

enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEGS };
enum { REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI, REGS };

struct segment_view {
    uint16_t selector;
    uint32_t base, limit;
    uint16_t attributes;        /* descriptor bits 8-15 in the low byte, G D 0 AVL in 12-15 (as VMX and LAR >> 8) */
    bool valid;                 /* false: null selector loaded in protected mode */
};

struct table_view { uint32_t base; uint16_t limit; };

struct registers {
    uint32_t r[REGS];
    uint32_t eip, eflags;
    struct segment_view seg[SEGS], ldtr, tr;
    struct table_view gdtr, idtr;
    uint32_t cr0, cr2, cr3, cr4;
    uint32_t dr[8], tr_test[8]; /* TR3-TR7 */
    enum cpu_mode mode;
    uint8_t cpl;
    bool halted, shutdown;
    bool shadow;                /* interrupts held off for one instruction (STI, MOV SS) */
};

void inspect_registers(const struct machine *m, struct registers *out);

/* Sets a general register, EIP, EFLAGS or a control register by number; selectors are loaded as in real mode or by
 * reading the descriptor (false: the descriptor is not there or not valid; nothing changed). */
enum register_name {
    NAME_R = 0,                 /* + REG_EAX .. REG_EDI */
    NAME_SEG = 16,              /* + SEG_ES .. SEG_GS */
    NAME_EIP = 32, NAME_EFLAGS, NAME_CR0, NAME_CR2, NAME_CR3
};
bool inspect_set_register(struct machine *m, unsigned name, uint32_t value);

/* The x87 unit. reg[i] is register i as the chip numbers them; ST(n) is reg[(TOP + n) & 7], TOP in bits 11-13 of
 * status. The words are as FNSTENV stores them. */
struct fpu_register { uint64_t significand; uint16_t sign_exponent; };
struct fpu_view {
    bool present;
    struct fpu_register reg[8];
    uint16_t control, status, tags, opcode;
    uint16_t cs, ds;            /* of the last instruction, and of its operand */
    uint32_t ip, dp;
};
void inspect_fpu(const struct machine *m, struct fpu_view *out);

/* As FRSTOR would: ES and B follow from exceptions and masks, and of the tags only whether a register is empty matters.
 * False: there is no unit. */
bool inspect_set_fpu(struct machine *m, const struct fpu_view *view);

/* Linear to physical by the present paging, A20 not applied (it is applied by the peeks). Accessed and dirty bits are
 * left alone. False: not present. */
bool inspect_translate(const struct machine *m, uint32_t linear, uint32_t *physical);

/* Reads SIZE bytes; returns how many could be read before the first absent page. Device memory is read without side
 * effects. */
size_t inspect_peek(const struct machine *m, uint32_t linear, void *buffer, size_t size);
size_t inspect_peek_physical(const struct machine *m, uint32_t physical, void *buffer, size_t size);
size_t inspect_poke(struct machine *m, uint32_t linear, const void *data, size_t size);
size_t inspect_poke_physical(struct machine *m, uint32_t physical, const void *data, size_t size);

uint32_t inspect_ram_size(const struct machine *m);     /* bytes */

/* Breakpoints by linear address of the instruction's first byte; up to INSPECT_BREAKPOINTS. False if full. Adding the
 * same address twice counts; it goes when removed as often. */
enum { INSPECT_BREAKPOINTS = 256, INSPECT_WATCHPOINTS = 64 };
bool inspect_add_breakpoint(struct machine *m, uint32_t linear);
void inspect_remove_breakpoint(struct machine *m, uint32_t linear);

/* Makes the next machine_run not stop at a breakpoint on the present instruction (gdb's continue). */
void inspect_pass_breakpoint(struct machine *m);

/* Watches SIZE bytes (1 .. 4096) at a linear address for reads and/or writes by instructions. Returns a handle >= 0 or
 * -1 if full. */
enum { WATCH_READ = 1, WATCH_WRITE = 2 };
int inspect_add_watchpoint(struct machine *m, uint32_t linear, uint32_t size, unsigned access);
void inspect_remove_watchpoint(struct machine *m, int handle);

/* --- Time, as mode `cycle` reckons it. In the other modes the counters stand still --- */

enum { INSPECT_STALLS = 10 };

/* Since power-on. What is not in a stall is base: the instructions' own clocks. */
struct timing_view {
    uint64_t clocks;                    /* core clocks */
    uint64_t stall[INSPECT_STALLS];     /* clocks waited, by cause: inspect_stall_name() */
    uint64_t cache_hits, cache_misses;  /* reads */
    uint64_t walks;
};
void inspect_timing(const struct machine *m, struct timing_view *out);

/* "prefix", "register" (interlock, byte and partial registers), "address", "fpu", "fetch", "align", "cache", "tlb",
 * "write", "bus". */
const char *inspect_stall_name(unsigned stall);

/* The last cycles of the processor's bus, oldest first; returns how many there are, at most CAPACITY and 64. */
struct bus_view {
    uint64_t start, end;                /* core clocks */
    uint32_t address;                   /* physical, or the port */
    uint8_t size;                       /* bytes; a line has 16 */
    const char *kind;                   /* "fill", "write", "in" ... */
    const char *target;                 /* "L2", "DRAM open row", "ISA" ... */
};
size_t inspect_bus(const struct machine *m, struct bus_view *out, size_t capacity);

/* The on-chip cache: what is in WAY (0-3) of SET. False if there is no such set. */
struct cache_view { uint32_t address; bool valid, modified; uint8_t lru; };     /* lru: B0-B2 of the set */
bool inspect_cache(const struct machine *m, unsigned set, unsigned way, struct cache_view *out);
bool inspect_cache_writes_back(const struct machine *m);

/* The chip's TLB: WAY (0-3) of SET (0-7); bits as in a page table entry, P for valid. */
struct tlb_view { uint32_t linear, physical; uint16_t bits; uint8_t lru; };
bool inspect_tlb(const struct machine *m, unsigned set, unsigned way, struct tlb_view *out);

/* --- Chips, as data for display --- */

/* Registers as the guest would read them, without what reading them does; names as in the data sheets. */
struct pic_view {
    uint8_t irr, isr, imr, vector_base;
    bool auto_eoi, special_mask, initialised;
};
struct pit_view {
    struct { uint8_t mode, access; bool bcd, gate, out, loaded; uint16_t reload, count; } channel[3];
    bool speaker_gate;          /* port 61h bit 1 */
    uint32_t speaker_periods;   /* of the timer in a cycle of the speaker's tone; 0: it has none */
};
struct dma_view {
    struct { uint32_t address; uint16_t count, base_count; uint8_t mode, page; bool masked, requested; } channel[8];
};
struct kbc_view {
    uint8_t status;             /* port 64h */
    uint8_t command_byte, output_port;
    uint8_t output, input;      /* last byte in each buffer */
    bool output_full, input_full;
    /* The keyboard behind it. */
    bool scanning;
    uint8_t scan_set, leds, typematic;
    uint8_t waiting;            /* scan codes in its buffer */
};
struct mouse_view {
    enum mouse_kind kind;
    unsigned port;              /* MOUSE_SERIAL: 0-3; of what follows only buttons is known then */
    bool reporting, remote, wrap, doubling;
    uint8_t rate, resolution;   /* packets a second; 0-3 */
    uint8_t buttons;            /* held, BUTTON_* */
    uint8_t waiting;            /* bytes still to be sent */
};
struct rtc_view {
    uint8_t time[10];           /* registers 0 to 9: seconds, alarm, minutes ... */
    uint8_t a, b, c, d, century;
    uint8_t index;              /* port 70h */
    bool nmi_masked;
};
struct serial_view {
    bool present;
    uint16_t base, divisor;
    uint8_t ier, iir, lcr, mcr, lsr, msr, scratch;
    uint8_t received, to_send;  /* bytes that lie in the FIFOs, or holding registers */
};
struct parallel_view { bool present; uint16_t base; uint8_t data, status, control; };
struct vga_view {
    uint8_t misc, feature;
    uint8_t sequencer[5], graphics[9], crtc[25], attribute[21];
    uint8_t sequencer_index, graphics_index, crtc_index, attribute_index, dac_mask, dac_index;
    bool attribute_data;        /* the flip-flop: the next write to 3C0h is data */
    uint32_t dot_hz, lines, line_dots;      /* of a frame; 0 lines: it stands still */
    uint32_t line, dot;         /* where the beam is */
    uint32_t memory_kb;
};
struct fdc_view {
    uint8_t msr, dor, rate;     /* rate: as in CCR */
    bool irq;                   /* at the pin */
    uint8_t command[9], command_size;       /* the last one, with its parameters */
    uint8_t result[10], result_size, result_at; /* size 0: none waits */
    uint8_t specify[2], configure[2];
    bool locked;
    struct { bool present, motor, changed, seeking; uint8_t pcn, cylinder; } drive[2];
};
struct ata_view {
    bool present;               /* a drive is on the channel */
    uint16_t base;
    uint8_t select, control, command;       /* drive/head; device control; the last command */
    struct {
        bool present, is_cd, irq;
        uint8_t status, error, features, count, sector, cylinder_low, cylinder_high;
        uint8_t multiple;
    } drive[2];
};
struct drive_view {
    bool present;               /* a drive is there */
    bool loaded;                /* with a disk in it */
    bool read_only, motor;
    bool is_cd;                 /* a CD-ROM drive: geometry means nothing, reads are blocks of 2048 bytes */
    bool locked, open;          /* its door, by the guest; its tray */
    uint64_t sectors;
    struct geometry geometry;   /* of the medium */
    uint32_t cylinder;          /* where the head is (floppy) */
    uint64_t reads, writes;     /* sectors since power-on */
};

void inspect_pic(const struct machine *m, struct pic_view out[2]);
void inspect_pit(const struct machine *m, struct pit_view *out);

/* Has PROBE_SPEAKER report what the speaker does now: for a listener that has just come, or after a load. */
void inspect_tell_speaker(const struct machine *m);
void inspect_dma(const struct machine *m, struct dma_view *out);
void inspect_kbc(const struct machine *m, struct kbc_view *out);
void inspect_mouse(const struct machine *m, struct mouse_view *out);
void inspect_rtc(const struct machine *m, struct rtc_view *out);
void inspect_serial(const struct machine *m, unsigned port, struct serial_view *out);      /* port: 0-3 */
void inspect_parallel(const struct machine *m, unsigned port, struct parallel_view *out);  /* port: 0-2 */
void inspect_vga(const struct machine *m, struct vga_view *out);
void inspect_fdc(const struct machine *m, struct fdc_view *out);
void inspect_ata(const struct machine *m, unsigned channel, struct ata_view *out);         /* channel: 0-1 */
void inspect_drive(const struct machine *m, unsigned drive, struct drive_view *out);
uint8_t inspect_cmos(const struct machine *m, uint8_t index);

/* Symbols of the built-in ROMs (from the assembler's map), for the debugger: name and linear address, sorted by
 * address. Empty when other ROMs were loaded. Owned by the machine. */
struct rom_symbol { uint32_t address; const char *name; };
const struct rom_symbol *inspect_rom_symbols(const struct machine *m, size_t *count);

/* First and last linear address below 1 MB that is read-only memory (video ROM to system ROM): an interrupt vector that
 * points outside was hooked by the guest. False if no ROM is mapped. */
bool inspect_rom_range(const struct machine *m, uint32_t *first, uint32_t *last);

#endif
