/* Views of a stopped machine (inspect.h): reads the parts' fields and changes nothing, but for the functions that
 * say so. */
#include "emu/inspect.h"

#include <string.h>

#include "emu/bios/rom.h"
#include "emu/cpu/fpu.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/segment.h"
#include "emu/cpu/timed.h"
#include "emu/cpu/watch.h"
#include "emu/machine.h"

static struct segment_view segment_view(const struct segment *s)
{
    return (struct segment_view){ s->selector, s->base, s->limit, s->access, s->valid };
}

static enum cpu_mode mode_of(const struct cpu *cpu)
{
    if (!cpu_protected(cpu))
        return MODE_REAL;
    if (cpu_v86(cpu))
        return MODE_V86;
    return cpu->seg[CS].access & ACC_D ? MODE_PROTECTED32 : MODE_PROTECTED16;
}

void inspect_registers(const struct machine *m, struct registers *out)
{
    const struct cpu *cpu = &m->cpu;
    *out = (struct registers){ .eip = cpu->eip,
                               .eflags = cpu_eflags(cpu),
                               .ldtr = segment_view(&cpu->ldtr),
                               .tr = segment_view(&cpu->tr),
                               .gdtr = { cpu->gdtr.base, cpu->gdtr.limit },
                               .idtr = { cpu->idtr.base, cpu->idtr.limit },
                               .cr0 = cpu->cr0,
                               .cr2 = cpu->cr2,
                               .cr3 = cpu->cr3,
                               .cr4 = cpu->cr4,
                               .mode = mode_of(cpu),
                               .cpl = cpu->cpl,
                               .halted = cpu->attention & ATTEND_HALTED,
                               .shutdown = cpu->attention & ATTEND_SHUTDOWN,
                               .shadow = cpu->attention & ATTEND_SHADOW };
    memcpy(out->r, cpu->r, sizeof out->r);
    memcpy(out->dr, cpu->dr, sizeof out->dr);
    out->tr_test[0] = out->tr_test[1] = out->tr_test[2] = 0;
    out->tr_test[3] = cache_test_read(&cpu->cache, 3);
    out->tr_test[4] = cpu->cache.tr4;
    out->tr_test[5] = cpu->cache.tr5;
    out->tr_test[6] = cpu->tr6;
    out->tr_test[7] = cpu->tr7;
    for (int i = 0; i < SEGS; i++)
        out->seg[i] = segment_view(&cpu->seg[i]);
}

static bool set_segment(struct cpu *cpu, unsigned number, uint32_t value)
{
    struct segment loaded;
    if (value > 0xFFFF || !segment_peek(cpu, (uint16_t)value, &loaded))
        return false;
    if (!cpu_protected(cpu) || cpu_v86(cpu)) {
        segment_set_real(cpu, number, (uint16_t)value);
    } else {
        cpu->seg[number] = loaded;
        segment_update_bounds(cpu, &cpu->seg[number]);
    }
    cpu_mode_changed(cpu);
    timed_moved(cpu);
    return true;
}

/* Only bits that exist may be set; a change of PE or PG by hand would leave the segments in no mode at all. */
static bool set_cr0(struct cpu *cpu, uint32_t value)
{
    if ((value ^ cpu->cr0) & (CR0_PE | CR0_PG))
        return false;
    cpu->cr0 = (value & (CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD)) | CR0_ET |
               (cpu->cr0 & (CR0_PE | CR0_PG));
    cpu_flush_tlb(cpu);
    cycle_cache_mode(cpu->cycle, cpu->cr0 & CR0_CD, cpu->cr0 & CR0_NW);
    return true;
}

bool inspect_set_register(struct machine *m, unsigned name, uint32_t value)
{
    struct cpu *cpu = &m->cpu;
    if (name < REGS) {
        cpu->r[name] = value;
    } else if (name >= NAME_SEG && name < NAME_SEG + SEGS) {
        return set_segment(cpu, name - NAME_SEG, value);
    } else if (name == NAME_EIP) {
        cpu->eip = value;
        timed_moved(cpu);
    } else if (name == NAME_EFLAGS) {
        uint32_t fixed = FLAG_VM | 2;
        cpu_set_eflags(cpu, (value & 0x0027FFD7u & ~fixed) | (cpu_eflags(cpu) & fixed));
    } else if (name == NAME_CR0) {
        return set_cr0(cpu, value);
    } else if (name == NAME_CR2) {
        cpu->cr2 = value;
    } else if (name == NAME_CR3) {
        cpu->cr3 = value & 0xFFFFF018u;
        page_flush(cpu);
    } else {
        return false;
    }
    return true;
}

void inspect_fpu(const struct machine *m, struct fpu_view *out)
{
    const struct fpu *fpu = m->cpu.fpu;
    *out = (struct fpu_view){ .present = m->cpu.has_fpu, .control = fpu->control, .status = fpu_status_word(fpu),
                              .tags = fpu_tag_word(fpu), .opcode = fpu->opcode, .cs = fpu->cs, .ds = fpu->ds,
                              .ip = fpu->ip, .dp = fpu->dp };
    for (unsigned i = 0; i < 8; i++)
        out->reg[i] = (struct fpu_register){ fpu->reg[i].significand, fpu->reg[i].sign_exponent };
}

bool inspect_set_fpu(struct machine *m, const struct fpu_view *view)
{
    struct fpu *fpu = m->cpu.fpu;
    if (!m->cpu.has_fpu)
        return false;
    for (unsigned i = 0; i < 8; i++)
        fpu->reg[i] = (struct f80){ view->reg[i].significand, view->reg[i].sign_exponent };
    fpu_set_status_word(fpu, view->status);
    fpu_set_tag_word(fpu, view->tags);
    fpu->opcode = view->opcode & FPU_OPCODE;
    fpu->cs = view->cs;
    fpu->ds = view->ds;
    fpu->ip = view->ip;
    fpu->dp = view->dp;
    fpu_set_control_word(&m->cpu, view->control);
    return true;
}

bool inspect_translate(const struct machine *m, uint32_t linear, uint32_t *physical)
{
    return page_peek(&m->cpu, linear, physical);
}

/* Goes through a linear range page by page; returns how many bytes were moved before the first absent page. */
static size_t each_page(const struct machine *m, uint32_t linear, size_t size,
                        void (*move)(const struct machine *m, uint32_t physical, uint8_t *bytes, uint32_t count),
                        uint8_t *bytes)
{
    size_t done = 0;
    while (done < size) {
        uint32_t at = linear + (uint32_t)done, physical, left = PAGE_SIZE - (at & ~PAGE_MASK);
        if (left > size - done)
            left = (uint32_t)(size - done);
        if (!inspect_translate(m, at, &physical))
            break;
        move(m, physical & m->bus.a20_mask, bytes + done, left);
        done += left;
    }
    return done;
}

static void peek_part(const struct machine *m, uint32_t physical, uint8_t *bytes, uint32_t count)
{
    bus_peek(&m->bus, physical, bytes, count);
}

static void poke_part(const struct machine *m, uint32_t physical, uint8_t *bytes, uint32_t count)
{
    bus_poke((struct bus *)&m->bus, physical, bytes, count);
}

size_t inspect_peek(const struct machine *m, uint32_t linear, void *buffer, size_t size)
{
    return each_page(m, linear, size, peek_part, buffer);
}

size_t inspect_peek_physical(const struct machine *m, uint32_t physical, void *buffer, size_t size)
{
    uint32_t count = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    bus_peek(&m->bus, physical, buffer, count);
    return count;
}

size_t inspect_poke(struct machine *m, uint32_t linear, const void *data, size_t size)
{
    return each_page(m, linear, size, poke_part, (uint8_t *)data);
}

size_t inspect_poke_physical(struct machine *m, uint32_t physical, const void *data, size_t size)
{
    uint32_t count = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    bus_poke(&m->bus, physical, data, count);
    return count;
}

uint32_t inspect_ram_size(const struct machine *m)
{
    return m->ram_size;
}

bool inspect_add_breakpoint(struct machine *m, uint32_t linear)
{
    return watch_add_breakpoint(m->cpu.watch, linear);
}

void inspect_remove_breakpoint(struct machine *m, uint32_t linear)
{
    watch_remove_breakpoint(m->cpu.watch, linear);
}

void inspect_pass_breakpoint(struct machine *m)
{
    watch_pass(&m->cpu);
}

int inspect_add_watchpoint(struct machine *m, uint32_t linear, uint32_t size, unsigned access)
{
    int handle = watch_add(m->cpu.watch, linear, size, access);
    cpu_flush_tlb(&m->cpu);
    return handle;
}

void inspect_remove_watchpoint(struct machine *m, int handle)
{
    watch_remove(m->cpu.watch, handle);
    cpu_flush_tlb(&m->cpu);
}

void inspect_pic(const struct machine *m, struct pic_view out[2])
{
    for (int i = 0; i < 2; i++) {
        const struct pic *pic = &m->pic.chip[i];
        out[i] = (struct pic_view){ pic->irr, pic->isr, pic->imr, pic->base, pic->auto_eoi, pic->special_mask,
                                    pic->initialised };
    }
}

void inspect_pit(const struct machine *m, struct pit_view *out)
{
    *out = (struct pit_view){ .speaker_gate = m->pit.control & 2, .speaker_periods = pit_speaker_periods(&m->pit) };
    for (unsigned i = 0; i < 3; i++) {
        const struct pit_channel *channel = &m->pit.channel[i];
        out->channel[i].mode = channel->mode;
        out->channel[i].access = channel->access;
        out->channel[i].bcd = channel->bcd;
        out->channel[i].gate = channel->gate;
        out->channel[i].loaded = channel->loaded;
        out->channel[i].reload = channel->reload;
        out->channel[i].out = pit_out(&m->pit, i);
        out->channel[i].count = pit_count(&m->pit, i);
    }
}

void inspect_tell_speaker(const struct machine *m)
{
    pit_tell_speaker(&m->pit);
}

void inspect_dma(const struct machine *m, struct dma_view *out)
{
    for (unsigned i = 0; i < 8; i++) {
        const struct dma_chip *chip = &m->dma.chip[i / 4];
        const struct dma_channel *channel = &chip->channel[i % 4];
        out->channel[i].address = dma_address(&m->dma, i);
        out->channel[i].count = channel->count;
        out->channel[i].base_count = channel->base_count;
        out->channel[i].mode = channel->mode;
        out->channel[i].page = dma_page(&m->dma, i);
        out->channel[i].masked = chip->mask >> i % 4 & 1;
        out->channel[i].requested = (chip->dreq | chip->software_request) >> i % 4 & 1;
    }
}

static void view_floppy(const struct floppy_drive *drive, struct drive_view *out)
{
    *out = (struct drive_view){ .present = drive->type != 0,
                                .loaded = drive->ops != NULL,
                                .read_only = drive->read_only,
                                .motor = drive->motor,
                                .sectors = drive->sectors,
                                .geometry = drive->geometry,
                                .cylinder = drive->cylinder,
                                .reads = drive->reads,
                                .writes = drive->writes };
}

static void view_cd(const struct ata_cd *cd, struct drive_view *out)
{
    *out = (struct drive_view){ .present = true, .is_cd = true, .loaded = cd->blocks != 0, .read_only = true,
                                .motor = !cd->stopped, .locked = cd->locked, .open = cd->open, .sectors = cd->sectors,
                                .reads = cd->reads };
}

static void view_hard_disk(const struct machine *m, unsigned n, struct drive_view *out)
{
    const struct ata_drive *drive = &m->ata[n / 2].drive[n % 2];
    bool there = drive->ops != NULL;
    if (drive->is_cd) {
        view_cd(&drive->cd, out);
        return;
    }
    *out = (struct drive_view){ .present = there, .loaded = there, .read_only = drive->read_only, .motor = there,
                                .sectors = drive->sectors, .geometry = m->geometry[n].logical,
                                .cylinder = drive->cylinder, .reads = drive->reads, .writes = drive->writes };
}

void inspect_drive(const struct machine *m, unsigned drive, struct drive_view *out)
{
    if (drive <= DRIVE_FLOPPY_B)
        view_floppy(&m->floppy.drive[drive], out);
    else
        view_hard_disk(m, drive - DRIVE_HD0, out);
}

uint8_t inspect_cmos(const struct machine *m, uint8_t index)
{
    return rtc_peek(&m->rtc, index & 0x7F);
}

const struct rom_symbol *inspect_rom_symbols(const struct machine *m, size_t *count)
{
    *count = m->own_roms ? rom_label_count : 0;
    return rom_labels;
}

bool inspect_rom_range(const struct machine *m, uint32_t *first, uint32_t *last)
{
    if (!m->system_rom.bytes)
        return false;
    *first = m->video_rom.bytes ? m->video_rom.base : m->system_rom.base;
    *last = 0xFFFFF;
    return true;
}
