/* The schematic: which parts a PC has, at which ports and interrupt lines they sit, and what the board itself does
 * (A20, reset, memory map; its set-up in CMOS is in cmos.c, its parameters in board.c). An AT-class board of 1992
 * without PCI.
 *
 *   Chips   486; two 8259A, an 8254 with the speaker, two 8237A, an MC146818 with CMOS memory; an 8042 with keyboard
 *           and PS/2 mouse, port 92h; an 82077AA with two floppy drives; two ATA channels with up to four hard disks
 *           and CD-ROM drives; a VGA with VESA's modes
 *   Ports   up to four 16550A, at one of them a serial mouse, and three printer ports; a game port with two joysticks;
 *           E9h and an exit port for tests; 510h, by which SeaBIOS finds a video ROM
 *   IRQ     0 timer, 1 keyboard, 2 cascade, 3 COM2/4, 4 COM1/3, 5 LPT2, 6 floppy, 7 LPT1/3, 8 clock, 12 PS/2 mouse,
 *           13 FPU, 14/15 ATA
 *   DMA     2 floppy; 4 cascade
 *   Memory  00000 RAM, A0000 video, C0000 video ROM, C8000 ROMs of adapter cards, F0000 (or E0000) system ROM,
 *           100000 RAM, E0000000 video in whole, and the system ROM again below 4 GB */
#include "emu/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/bios/rom.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/watch.h"
#include "emu/state.h"

enum { KB = 1024, LOW_RAM = 640 * KB, HIGH_RAM = 1024 * KB, VIDEO_ROM = 0xC0000, ROM_END = 0x100000,
       LARGEST_LOW_ROM = 128 * KB, FLOPPY_CHANNEL = 2, DEFAULT_RAM_KB = 16384, LARGEST_RAM_KB = 262144,
       PLAIN_VIDEO_KB = 256, DEFAULT_VIDEO_KB = 4096, LARGEST_VIDEO_KB = 16384 };

void machine_config_defaults(struct machine_config *config)
{
    *config = (struct machine_config){
        .profile = "486dx2-66",
        .fast_clocks = 2,
        .ram_kb = DEFAULT_RAM_KB,
        .video_kb = DEFAULT_VIDEO_KB,
        .floppy_type = { 0xFF, 0xFF },
        .boot = "ac",
        .mouse = MOUSE_PS2,
        .date = { .year = 1992, .month = 3, .day = 1 },
    };
}

/* --- What the board does by itself --- */

/* Address line 20 is open if either gate opens it. */
static void set_a20_gate(void *ctx, unsigned number, bool level)
{
    struct machine *m = ctx;
    m->a20_gate[number] = level;
    bus_set_a20(&m->bus, m->a20_gate[0] || m->a20_gate[1]);
}

/* The CPU's RESET pin alone: memory and chips stay, and A20 opens so that the first fetch at FFFFFFF0h finds the
 * ROM. */
static void pulse_cpu_reset(void *ctx, unsigned number, bool level)
{
    struct machine *m = ctx;
    (void)number;
    if (!level)
        return;
    kbc_set_a20(&m->kbc, true);
    cpu_attend(&m->cpu, ATTEND_RESET);
}

static void set_cpu_intr(void *ctx, unsigned number, bool level)
{
    (void)number;
    cpu_set_intr(ctx, level);
}

static void debug_exit(void *ctx, uint8_t code)
{
    struct machine *m = ctx;
    m->exit_code = code;
    m->exit_asked = true;
    cpu_ask_stop(&m->cpu);
}

/* Port F0h: writing clears the FPU's busy latch: IGNNE# is asserted until FERR# goes away (AT Technical Reference). */
static uint32_t fpu_port_read(void *ctx, uint16_t port, unsigned size)
{
    (void)ctx, (void)port, (void)size;
    return 0xFF;
}

static void fpu_port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct machine *m = ctx;
    (void)port, (void)value, (void)size;
    pic_set_irq(&m->pic, 13, false);
    cpu_set_ignne(&m->cpu, true);
}

/* Where an event happened: the present instruction; its tick, of which the clock may know nothing yet (cpu.h). */
static void locate(void *ctx, struct probe_event *event)
{
    struct machine *m = ctx;
    event->tick = m->clock.now + (cpu_clocks(&m->cpu) - m->cpu.clocks) * m->cpu.ticks_per_clock;
    event->late = m->clock.late;
    event->icount = cpu_icount(&m->cpu);
    event->cs = m->cpu.seg[CS].selector;
    event->eip = cpu_instruction_eip(&m->cpu);
}

/* --- Memory --- */

static bool copy_rom(struct rom *rom, const uint8_t *bytes, size_t size, bool writable_copy)
{
    rom->bytes = malloc(size);
    rom->shadow = writable_copy ? malloc(size) : NULL;
    if (!rom->bytes || (writable_copy && !rom->shadow))
        return false;
    memcpy(rom->bytes, bytes, size);
    rom->size = (uint32_t)size;
    return true;
}

/* A system ROM of 128 KB or more belongs to a BIOS that expects to run from writable shadow RAM (SeaBIOS), and the
 * video ROM too; smaller ones are read-only, as in a plain AT. */
static bool has_shadow(size_t system_rom_size)
{
    return system_rom_size >= LARGEST_LOW_ROM;
}

static void fill_shadow(struct rom *rom)
{
    if (rom->shadow)
        memcpy(rom->shadow, rom->bytes, rom->size);
}

static bool map_system_rom(struct machine *m, const uint8_t *bytes, size_t size)
{
    struct rom *rom = &m->system_rom;
    if (!copy_rom(rom, bytes, size, has_shadow(size)))
        return false;
    uint32_t low = rom->size < LARGEST_LOW_ROM ? rom->size : LARGEST_LOW_ROM, skipped = rom->size - low;
    rom->base = ROM_END - low;
    bus_map_memory(&m->bus, rom->base, low, (rom->shadow ? rom->shadow : rom->bytes) + skipped, rom->shadow != NULL);
    bus_map_memory(&m->bus, 0u - rom->size, rom->size, rom->bytes, false);
    return true;
}

static bool map_video_rom(struct machine *m, const uint8_t *bytes, size_t size, bool shadow)
{
    struct rom *rom = &m->video_rom;
    size_t pages = (size + PAGE_SIZE - 1) & ~(size_t)(PAGE_SIZE - 1);
    uint8_t *padded = calloc(pages ? pages : 1, 1);
    if (!padded)
        return false;
    memcpy(padded, bytes, size);
    bool ok = copy_rom(rom, padded, pages, shadow);
    free(padded);
    rom->base = VIDEO_ROM;
    if (ok)
        bus_map_memory(&m->bus, VIDEO_ROM, rom->size, shadow ? rom->shadow : rom->bytes, shadow);
    return ok;
}

static bool map_memory(struct machine *m, const struct machine_config *c)
{
    m->ram_size = c->ram_kb * KB;
    m->ram = calloc(m->ram_size, 1);
    if (!m->ram)
        return false;
    bus_map_memory(&m->bus, 0, LOW_RAM, m->ram, true);
    if (m->ram_size > HIGH_RAM)
        bus_map_memory(&m->bus, HIGH_RAM, m->ram_size - HIGH_RAM, m->ram + HIGH_RAM, true);
    m->own_roms = !c->bios && !c->vgabios;
    const uint8_t *bios = c->bios ? c->bios : rom_system, *video = c->vgabios ? c->vgabios : rom_video;
    size_t bios_size = c->bios ? c->bios_size : (size_t)(rom_system_end - rom_system);
    size_t video_size = c->vgabios ? c->vgabios_size : (size_t)(rom_video_end - rom_video);
    return map_video_rom(m, video, video_size, has_shadow(bios_size)) && map_system_rom(m, bios, bios_size) &&
           option_roms_map(m, c);
}

/* --- Chips --- */

/* DMA takes the bus from the CPU. */
static void hold_bus(void *ctx, unsigned cycles)
{
    struct machine *m = ctx;
    if (m->cpu.timing_mode == TIMING_CYCLE)
        cycle_hold(&m->cycle, (uint64_t)cycles * dma_cycle_ticks(&m->dma, FLOPPY_CHANNEL));
}

static struct line irq_line(struct machine *m, unsigned irq)
{
    return (struct line){ pic_set_irq, &m->pic, irq };
}

static bool add_cpu(struct machine *m, const struct machine_config *c)
{
    struct cpu_config config = {
        .bus = &m->bus,
        .clock = &m->clock,
        .probes = &m->probes,
        .timing = &m->timing,
        .cycle = &m->cycle,
        .ticks_per_clock = m->board.ticks_per_clock,
        .signature = m->board.signature,
        .has_fpu = m->board.has_fpu,
        .has_cpuid = m->board.has_cpuid,
        .has_umov = m->board.has_umov,
        .cache_size = m->board.cache_size,
        .acknowledge = pic_acknowledge,
        .board = &m->pic,
        .ferr = irq_line(m, 13),
        .shutdown_line = { pulse_cpu_reset, m, 0 },
    };
    if (c->stop_on_shutdown)
        config.shutdown_line = (struct line){ 0 };
    if (!cpu_init(&m->cpu, &config))
        return false;
    m->cpu.fast_clocks = c->fast_clocks;
    m->cpu.timing_mode = (uint8_t)c->timing;
    return true;
}

static void add_timers(struct machine *m, const struct machine_config *c)
{
    struct bus *bus = &m->bus;
    pic_init(&m->pic, &(struct pic_config){ .bus = bus, .probes = &m->probes, .intr = { set_cpu_intr, &m->cpu, 0 } });
    pit_init(&m->pit, &(struct pit_config){ .bus = bus, .clock = &m->clock, .probes = &m->probes,
                                            .irq = irq_line(m, 0) });
    dma_init(&m->dma, &(struct dma_config){ .bus = bus, .probes = &m->probes, .hold = hold_bus, .hold_ctx = m });
    struct rtc_date date = { c->date.year, c->date.month, c->date.day, c->date.hour, c->date.minute, c->date.second };
    rtc_init(&m->rtc, &(struct rtc_config){ .bus = bus, .clock = &m->clock, .irq = irq_line(m, 8), .date = date });
}

static void add_keyboard(struct machine *m, const struct machine_config *c)
{
    m->has_mouse = c->mouse;
    keyboard_init(&m->keyboard, &(struct keyboard_config){ .clock = &m->clock, .probes = &m->probes,
                                                           .send = kbc_from_keyboard, .send_ctx = &m->kbc });
    mouse_init(&m->mouse, &(struct mouse_config){ .clock = &m->clock, .send = kbc_from_aux, .send_ctx = &m->kbc });
    kbc_init(&m->kbc, &(struct kbc_config){ .bus = &m->bus, .clock = &m->clock, .irq = irq_line(m, 1),
                                            .aux_irq = irq_line(m, 12), .a20 = { set_a20_gate, m, 0 },
                                            .reset = { pulse_cpu_reset, m, 0 },
                                            .keyboard_clock = { keyboard_set_clock, &m->keyboard, 0 },
                                            .to_keyboard = keyboard_receive, .keyboard = &m->keyboard,
                                            .aux_clock = { mouse_set_clock, &m->mouse, 0 },
                                            .to_aux = c->mouse == MOUSE_PS2 ? mouse_receive : NULL, .aux = &m->mouse });
    sysport_init(&m->sysport, &(struct sysport_config){ .bus = &m->bus, .a20 = { set_a20_gate, m, 1 },
                                                        .reset = { pulse_cpu_reset, m, 0 } });
}

static bool send_from_serial_mouse(void *ctx, uint8_t byte)
{
    return serial_receive(ctx, byte);
}

static void add_serial_ports(struct machine *m, const struct machine_config *c)
{
    static const struct { uint16_t base; uint8_t irq; } com[SERIAL_PORTS] = {
        { 0x3F8, 4 }, { 0x2F8, 3 }, { 0x3E8, 4 }, { 0x2E8, 3 } };
    serial_mouse_init(&m->serial_mouse, &(struct serial_mouse_config){
        .clock = &m->clock, .send = send_from_serial_mouse, .send_ctx = &m->serial[c->mouse_port] });
    for (unsigned i = 0; i < SERIAL_PORTS; i++) {
        struct serial_config config = { .bus = &m->bus, .clock = &m->clock, .index = i, .base = com[i].base,
                                        .irq = irq_line(m, com[i].irq), .put = c->serial[i].put,
                                        .put_ctx = c->serial[i].ctx };
        if (c->mouse == MOUSE_SERIAL && c->mouse_port == i) {
            config.dtr = (struct line){ serial_mouse_set_line, &m->serial_mouse, SERIAL_MOUSE_DTR };
            config.rts = (struct line){ serial_mouse_set_line, &m->serial_mouse, SERIAL_MOUSE_RTS };
        }
        m->has_serial[i] = config.put || (c->mouse == MOUSE_SERIAL && i <= c->mouse_port);
        if (m->has_serial[i])
            serial_init(&m->serial[i], &config);
    }
}

static void add_ports(struct machine *m, const struct machine_config *c)
{
    static const struct { uint16_t base; uint8_t irq; } lpt[PARALLEL_PORTS] = {
        { 0x378, 7 }, { 0x278, 5 }, { 0x3BC, 7 } };
    static const struct port_ops fpu_port = { fpu_port_read, fpu_port_write };
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if ((m->has_parallel[i] = c->parallel[i].put != NULL))
            parallel_init(&m->parallel[i], &(struct parallel_config){
                .bus = &m->bus, .clock = &m->clock, .index = i, .base = lpt[i].base, .irq = irq_line(m, lpt[i].irq),
                .put = c->parallel[i].put, .put_ctx = c->parallel[i].ctx });
    debugport_init(&m->debugport, &(struct debugport){ .bus = &m->bus, .put = c->debugcon.put,
                                                       .put_ctx = c->debugcon.ctx, .exit_port = c->debug_exit_port,
                                                       .exit = debug_exit, .exit_ctx = m });
    bus_map_ports(&m->bus, 0xF0, 2, 1, &fpu_port, m);
    m->has_gameport = c->joysticks != 0;
    if (m->has_gameport)
        gameport_init(&m->gameport, &(struct gameport_config){ &m->bus, &m->clock, c->joysticks });
}

/* Only a BIOS that runs from shadow RAM asks for it, and only to find a video ROM. */
static void add_fwcfg(struct machine *m, const struct machine_config *c)
{
    m->has_fwcfg = c->vgabios && m->system_rom.shadow;
    if (m->has_fwcfg)
        fwcfg_init(&m->fwcfg, &(struct fwcfg_config){ &m->bus, m->video_rom.bytes, m->video_rom.size });
}

/* CMOS type of a drive that holds disks of this size; of a dump that was cut short, the size that it should have. */
static uint8_t floppy_type_for(const struct drive_config *disk)
{
    uint64_t told = (uint64_t)disk->geometry.cylinders * disk->geometry.heads * disk->geometry.sectors;
    uint64_t kb = (told > disk->sectors ? told : disk->sectors) / 2;
    return kb <= 360 ? 1 : kb <= 720 ? 3 : kb == 1200 ? 2 : kb <= 1760 ? 4 : 5;
}

static void add_floppies(struct machine *m, const struct machine_config *c)
{
    struct floppy_config config = { .bus = &m->bus, .clock = &m->clock, .probes = &m->probes, .irq = irq_line(m, 6),
                                    .dma = { dma_transfer, &m->dma }, .channel = FLOPPY_CHANNEL, .wiring = FLOPPY_AT,
                                    .mechanics = &m->board.floppy };
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++) {
        const struct drive_config *disk = &c->drive[DRIVE_FLOPPY_A + i];
        config.type[i] = c->floppy_type[i];
        if (c->floppy_type[i] == 0xFF)
            config.type[i] = disk->ops ? floppy_type_for(disk) : i == 0 ? 4 : 0;
    }
    floppy_init(&m->floppy, &config);
    for (unsigned i = 0; i < FLOPPY_DRIVES; i++)
        floppy_change(&m->floppy, i, &c->drive[DRIVE_FLOPPY_A + i]);
}

static struct disk_geometry plan_geometry(const struct drive_config *disk)
{
    uint8_t mbr[512];
    bool readable = disk->sectors && disk->ops->read(disk->ctx, 0, mbr, 1) >= 0;
    return geometry_plan(disk->sectors, readable ? mbr : NULL, &disk->geometry);
}

static void add_hard_disks(struct machine *m, const struct machine_config *c)
{
    static const struct { const char *name; uint16_t command, control; uint8_t irq; } channels[CHANNELS] = {
        { "ata0", 0x1F0, 0x3F6, 14 }, { "ata1", 0x170, 0x376, 15 } };
    for (unsigned i = 0; i < CHANNELS; i++) {
        struct ata_config config = { .bus = &m->bus, .clock = &m->clock, .probes = &m->probes,
                                     .irq = irq_line(m, channels[i].irq), .command_base = channels[i].command,
                                     .control_base = channels[i].control, .name = channels[i].name,
                                     .first_drive = DRIVE_HD0 + 2 * i, .mechanics = m->board.disk, .cd = m->board.cd };
        for (unsigned j = 0; j < 2; j++) {
            config.drive[j] = c->drive[DRIVE_HD0 + 2 * i + j];
            if (!config.drive[j].ops || config.drive[j].kind == DRIVE_CDROM)
                continue;
            m->geometry[2 * i + j] = plan_geometry(&config.drive[j]);
            config.drive[j].geometry = m->geometry[2 * i + j].physical;
        }
        ata_init(&m->ata[i], &config);
    }
}

/* --- Building --- */

static bool wrong(char *error, size_t error_size, const char *what)
{
    snprintf(error, error_size, "%s", what);
    return false;
}

static bool check_config(struct machine *m, const struct machine_config *c, char *error, size_t error_size)
{
    if (!board_configure(&m->board, c, error, error_size))
        return false;
    if (c->ram_kb < 1024 || c->ram_kb > LARGEST_RAM_KB || c->ram_kb % 1024)
        return wrong(error, error_size, "memory must be 1 to 256 MB");
    if (c->video_kb < PLAIN_VIDEO_KB || c->video_kb > LARGEST_VIDEO_KB || c->video_kb % PLAIN_VIDEO_KB)
        return wrong(error, error_size, "video memory must be 256 to 16384 KB, a multiple of 256");
    if (c->bios && c->bios_size != 64 * KB && c->bios_size != 128 * KB && c->bios_size != 256 * KB)
        return wrong(error, error_size, "a system BIOS has 64, 128 or 256 KB");
    if (c->vgabios && (c->vgabios_size == 0 || c->vgabios_size > 64 * KB))
        return wrong(error, error_size, "a video BIOS has at most 64 KB");
    if (c->drive[DRIVE_FLOPPY_A].kind != DRIVE_HARD_DISK || c->drive[DRIVE_FLOPPY_B].kind != DRIVE_HARD_DISK)
        return wrong(error, error_size, "a CD-ROM drive stands in the place of a hard disk, not of a floppy drive");
    if (c->mouse > MOUSE_SERIAL || c->mouse_port >= SERIAL_PORTS)
        return wrong(error, error_size, "a mouse is none, ps2 or serial on port 1 to 4");
    if (c->joysticks > GAMEPORT_STICKS)
        return wrong(error, error_size, "there are at most 2 joysticks");
    if (c->fast_clocks < 1 || c->fast_clocks > 1000)
        return wrong(error, error_size, "fast mode takes 1 to 1000 clocks an instruction");
    return option_roms_check(c, error, error_size);
}

static bool build(struct machine *m, const struct machine_config *c)
{
    m->timing.profile = &m->board;
    m->video_kb = c->video_kb;
    m->stop_on_shutdown = c->stop_on_shutdown;
    clock_init(&m->clock);
    if (!bus_init(&m->bus, &m->probes) || !map_memory(m, c) || !board_init_cycle(m) || !add_cpu(m, c))
        return false;
    m->probes.locate = locate;
    m->probes.locate_ctx = m;
    add_timers(m, c);
    add_keyboard(m, c);
    add_serial_ports(m, c);
    add_ports(m, c);
    add_fwcfg(m, c);
    add_floppies(m, c);
    add_hard_disks(m, c);
    if (!vga_init(&m->vga, &(struct vga_config){ .bus = &m->bus, .clock = &m->clock, .probes = &m->probes,
                                               .memory_kb = c->video_kb }))
        return false;
    cmos_set_up(m, c);
    board_set_latencies(m);
    machine_reset(m);
    return true;
}

struct machine *machine_create(const struct machine_config *config, char *error, size_t error_size)
{
    struct machine *m = calloc(1, sizeof *m);
    if (!m) {
        wrong(error, error_size, "out of memory");
        return NULL;
    }
    if (!check_config(m, config, error, error_size)) {
        free(m);
        return NULL;
    }
    if (build(m, config))
        return m;
    wrong(error, error_size, "out of memory");
    machine_destroy(m);
    return NULL;
}

void machine_destroy(struct machine *m)
{
    if (!m)
        return;
    vga_destroy(&m->vga);
    cpu_destroy(&m->cpu);
    cycle_destroy(&m->cycle);
    bus_destroy(&m->bus);
    free(m->ram);
    free(m->system_rom.bytes);
    free(m->system_rom.shadow);
    free(m->video_rom.bytes);
    free(m->video_rom.shadow);
    free(m->option_roms);
    free(m);
}

void machine_reset(struct machine *m)
{
    pic_reset(&m->pic);
    pit_reset(&m->pit);
    dma_reset(&m->dma);
    rtc_reset(&m->rtc);
    keyboard_reset(&m->keyboard);
    mouse_reset(&m->mouse);
    kbc_reset(&m->kbc);
    sysport_reset(&m->sysport);
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        if (m->has_serial[i])
            serial_reset(&m->serial[i]);
    serial_mouse_reset(&m->serial_mouse);
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if (m->has_parallel[i])
            parallel_reset(&m->parallel[i]);
    floppy_reset(&m->floppy);
    for (unsigned i = 0; i < CHANNELS; i++)
        ata_reset(&m->ata[i]);
    vga_reset(&m->vga);
    if (m->has_fwcfg)
        fwcfg_reset(&m->fwcfg);
    fill_shadow(&m->system_rom);
    fill_shadow(&m->video_rom);
    runs_drop_all(&m->cpu);
    cpu_reset(&m->cpu);
}

/* --- Running --- */

static enum stop_reason finish(struct machine *m, enum cpu_stop why, struct stop *stop)
{
    static const enum stop_reason reasons[] = {
        [CPU_DEADLINE] = STOP_DEADLINE,       [CPU_LIMIT] = STOP_STEPPED,           [CPU_BREAKPOINT] = STOP_BREAKPOINT,
        [CPU_WATCHPOINT] = STOP_WATCHPOINT,   [CPU_INTERRUPTED] = STOP_INTERRUPTED, [CPU_STOP_ASKED] = STOP_INTERRUPTED,
        [CPU_SHUTDOWN] = STOP_SHUTDOWN,       [CPU_DEAD] = STOP_HALTED,
    };
    *stop = (struct stop){ .reason = reasons[why] };
    if (m->exit_asked) {
        stop->reason = STOP_EXIT;
        stop->exit_code = m->exit_code;
        m->exit_asked = false;
    } else if (why == CPU_BREAKPOINT) {
        stop->address = m->cpu.seg[CS].base + m->cpu.eip;
    } else if (why == CPU_WATCHPOINT) {
        stop->address = m->cpu.watch->last.linear;
        stop->size = m->cpu.watch->last.size;
        stop->is_write = m->cpu.watch->last.write;
    }
    return stop->reason;
}

enum stop_reason machine_run(struct machine *m, uint64_t until, struct stop *stop)
{
    return finish(m, cpu_run(&m->cpu, until, UINT64_MAX, true), stop);
}

enum stop_reason machine_step(struct machine *m, uint64_t count, struct stop *stop)
{
    return finish(m, cpu_run(&m->cpu, CLOCK_NEVER, count, false), stop);
}

void machine_interrupt(struct machine *m)
{
    m->cpu.interrupt = 1;
}

uint64_t machine_tick(const struct machine *m)
{
    return m->clock.now;
}

uint64_t machine_icount(const struct machine *m)
{
    return cpu_icount(&m->cpu);
}

uint64_t machine_clocks(const struct machine *m)
{
    return cpu_clocks(&m->cpu);
}

uint64_t machine_idle_ticks(const struct machine *m)
{
    return m->cpu.idle_ticks;
}

struct probes *machine_probes(struct machine *m)
{
    return &m->probes;
}

/* --- Inputs and the screen --- */

bool machine_serial_input(struct machine *m, unsigned port, uint8_t byte)
{
    return port < SERIAL_PORTS && m->has_serial[port] && serial_receive(&m->serial[port], byte);
}

_Static_assert((int)LINE_PARITY_ERROR == SERIAL_PARITY && (int)LINE_FRAMING_ERROR == SERIAL_FRAMING &&
               (int)LINE_BREAK == SERIAL_BREAK, "emu.h tells errors as the chip does");
_Static_assert((int)MODEM_CTS == SERIAL_CTS && (int)MODEM_DSR == SERIAL_DSR && (int)MODEM_RI == SERIAL_RI &&
               (int)MODEM_DCD == SERIAL_DCD, "emu.h tells lines as the chip does");

bool machine_serial_hear(struct machine *m, unsigned port, uint8_t byte, unsigned errors)
{
    return port < SERIAL_PORTS && m->has_serial[port] && serial_hear(&m->serial[port], byte, (uint8_t)errors);
}

void machine_serial_modem(struct machine *m, unsigned port, unsigned lines)
{
    if (port < SERIAL_PORTS && m->has_serial[port])
        serial_set_modem(&m->serial[port], (uint8_t)lines);
}

void machine_change_floppy(struct machine *m, unsigned drive, const struct drive_config *disk)
{
    if (drive <= DRIVE_FLOPPY_B)
        floppy_change(&m->floppy, drive - DRIVE_FLOPPY_A, disk);
}

bool machine_change_cd(struct machine *m, unsigned drive, const struct drive_config *disc, bool force)
{
    unsigned place = drive - DRIVE_HD0;
    return drive >= DRIVE_HD0 && drive < DRIVES && ata_change_cd(&m->ata[place / 2], place % 2, disc, force);
}

bool machine_floppy_unfit(const struct machine *m, unsigned drive)
{
    return drive <= DRIVE_FLOPPY_B && floppy_unfit(&m->floppy, drive - DRIVE_FLOPPY_A);
}

uint8_t machine_floppy_type(const struct machine *m, unsigned drive)
{
    return drive <= DRIVE_FLOPPY_B ? m->floppy.config.type[drive - DRIVE_FLOPPY_A] : 0;
}

void machine_screen(const struct machine *m, struct screen *screen)
{
    vga_screen(&m->vga, screen);
}

bool machine_picture(const struct machine *m, struct picture *size, uint8_t *rgb, size_t capacity)
{
    return vga_picture(&m->vga, size, rgb, capacity);
}

/* --- State --- */

static void visit_board(struct machine *m, struct state *s)
{
    state_section(s, "board");
    state_u32(s, "ram_size", &(uint32_t){ m->ram_size });
    state_bool(s, "a20_keyboard", &m->a20_gate[0]);
    state_bool(s, "a20_port92", &m->a20_gate[1]);
    state_bytes(s, "ram", m->ram, m->ram_size);
    if (m->system_rom.shadow)
        state_bytes(s, "shadow", m->system_rom.shadow, m->system_rom.size);
    if (m->video_rom.shadow)
        state_bytes(s, "video_shadow", m->video_rom.shadow, m->video_rom.size);
}

void machine_visit(struct machine *m, struct state *s)
{
    visit_board(m, s);
    board_visit(m, s);
    clock_visit(&m->clock, s);
    bus_visit(&m->bus, s);
    cpu_visit(&m->cpu, s);
    cycle_visit(&m->cycle, s);
    state_check(s, m->cpu.timing_mode != TIMING_CYCLE || m->cycle.now == m->cpu.clocks, "the processor is elsewhere");
    pic_visit(&m->pic, s);
    pit_visit(&m->pit, s);
    dma_visit(&m->dma, s);
    rtc_visit(&m->rtc, s);
    kbc_visit(&m->kbc, s);
    keyboard_visit(&m->keyboard, s);
    mouse_visit(&m->mouse, s);
    sysport_visit(&m->sysport, s);
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        if (m->has_serial[i])
            serial_visit(&m->serial[i], s);
    serial_mouse_visit(&m->serial_mouse, s);
    if (m->has_gameport)
        gameport_visit(&m->gameport, s);
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if (m->has_parallel[i])
            parallel_visit(&m->parallel[i], s);
    floppy_visit(&m->floppy, s);
    for (unsigned i = 0; i < CHANNELS; i++)
        ata_visit(&m->ata[i], s);
    vga_visit(&m->vga, s);
    if (m->has_fwcfg)
        fwcfg_visit(&m->fwcfg, s);
    if (state_loading(s)) {
        runs_drop_all(&m->cpu);
        cpu_flush_tlb(&m->cpu);
        board_set_latencies(m);
    }
}

uint64_t machine_hash(struct machine *m)
{
    struct state s;
    state_begin_hash(&s);
    machine_visit(m, &s);
    return s.hash;
}
