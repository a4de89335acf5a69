/* The boards, and the table of their parameters.
 *
 * Sources, by the names used beside the figures:
 *   Intel     i486 Programmer's Reference Manual, appendix E; Embedded Intel486 Hardware Reference Manual; AP-485
 *   Abrash    Graphics Programming Black Book, ch. 11-13, 19, 28, 45: measured
 *   OPTi      82C497 data book 1.2 (1992), with what BIOS setups of the time offered
 *   86Box     the emulator's tables of processors (cpu_table.c) and of bus times of video cards
 *   drives    Conner CP3104: 86Box's hdd.c (speed, track, stroke, buffer); WD Caviar 2200: redhill.net.au (speed,
 *             average, buffer), its sister 2120 in 86Box (track, stroke); Quantum LPS 540: TH99, stroke by 86Box's
 *             class of 1994. Doubtful: the CP3104's average, all changes of head, overheads, times of a sector and
 *             of spinning up; they are at speed at power-on
 *   CD-ROM    all figures are chosen: typical of what was advertised for single, double and quad speed drives of 1992
 *             to 1995
 *   chosen    no source, or only a range: typical of the class, not tuned to any one board
 * Signatures are the reset EDX of the parts (i486 data sheet; AP-485): SX stepping B0, DX-33 D0, DX-50 cB0, DX2-66 aB0,
 * DX4 A0; a write-back DX4 is model 9 (AP-485), the stepping is chosen. CPUID came with the SL-enhanced steppings of
 * 1993 (AP-485), here the DX2's and the DX4s. UMOV is in all 486s as far as is known (R. Collins,
 * rcollins.org/secrets/opcodes/UMOV.html).
 *
 * Left out: boards with a 386, a second bank of L2, interleaved DRAM, EDO, PCI. */
#include "emu/timing/profile.h"

#include <string.h>

#include "emu/state.h"

enum { KB = 1024 };

/* What all boards have in common is explained at the first. */
static const struct profile profiles[] = {
    { .name = "486sx-25",
      .ticks_per_clock = 168, .multiplier = 1,                          /* 25 MHz */
      .has_umov = true, .signature = 0x0422, .cache_size = 8 * KB,
      .agi_16 = 2, .agi_32 = 1,                                         /* Abrash ch. 12, 13; Intel: 1 */
      .misaligned = 3,                                                  /* Intel, Abrash ch. 19 */
      .split_target = 3,                                                /* Abrash ch. 19 */
      .walk_clocks = 9, .walk_update_clocks = 3,                        /* 13, 21, 28 clocks with reads of 2: Intel */
      .l2_first = 2, .l2_next = 1, .l2_write = 3,                       /* no L2; what it gets if it is given one */
      .dram_page = 4 * KB,                                              /* chosen: 1 M x 32 bits, 10 column bits */
      .dram_hit_first = 4, .dram_hit_next = 2, .dram_hit_write = 5,     /* chosen */
      .dram_miss_first = 6, .dram_miss_next = 2, .dram_miss_write = 7,  /* chosen: precharge and row, two clocks */
      .refresh_ticks = 63360,                                           /* 15.085 us: PIT channel 1 at 18 (PC AT) */
      .refresh_clocks = 4,                                              /* chosen: a row cycle of 130 ns and more */
      .rom_shadowed = true, .shadow_cacheable = false, .rom_bytes = 1,  /* chosen: usual setup; an 8-bit EPROM */
      .isa_ticks = 504,                                                 /* 8.33 MHz: a third of the clock (86Box) */
      .isa_8 = 6, .isa_16 = 3,                                          /* IBM PC AT: 4 and 1 wait states */
      .video_read = { 8, 8, 12 }, .video_write = { 3, 3, 6 },           /* 86Box: Cirrus Logic GD54xx on ISA */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },        /* usual for 3.5 inch drives */
      /* CP3104, 1991 */
      .disk = { .rpm = 3500, .track_us = 8000, .average_us = 25000, .stroke_us = 45000, .head_us = 2000,
                .overhead_us = 1000, .sector_us = 100, .buffer_sectors = 32 },
      .cd = { .speed = 1, .access_us = 350000, .settle_us = 90000, .overhead_us = 1000, .buffer_blocks = 16,
              .spin_up_ms = 3000 } },
    { .name = "486dx-33",
      .ticks_per_clock = 126, .multiplier = 1,                          /* 33 1/3 MHz */
      .has_fpu = true, .has_umov = true, .signature = 0x0404, .cache_size = 8 * KB,
      .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
      .l2_size = 256 * KB,                                              /* chosen */
      .l2_first = 2, .l2_next = 1,                                      /* OPTi: 2-1-1-1 is usual up to 33 MHz */
      .l2_write = 4,                                                    /* chosen: one wait state and the posting */
      .dram_page = 4 * KB,
      .dram_hit_first = 5, .dram_hit_next = 2, .dram_hit_write = 5,     /* chosen: 70 ns page mode */
      .dram_miss_first = 7, .dram_miss_next = 2, .dram_miss_write = 7,
      .refresh_ticks = 63360, .refresh_clocks = 5,
      .rom_shadowed = true, .shadow_cacheable = true, .rom_bytes = 1,   /* OPTi */
      .isa_ticks = 504,                                                 /* a quarter of the clock */
      .isa_8 = 6, .isa_16 = 3,
      .video_read = { 5, 5, 10 }, .video_write = { 3, 3, 6 },           /* 86Box: ET4000 on ISA; Abrash ch. 45 agrees */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },
      /* CP3104, 1991 */
      .disk = { .rpm = 3500, .track_us = 8000, .average_us = 25000, .stroke_us = 45000, .head_us = 2000,
                .overhead_us = 1000, .sector_us = 100, .buffer_sectors = 32 },
      .cd = { .speed = 1, .access_us = 350000, .settle_us = 90000, .overhead_us = 1000, .buffer_blocks = 16,
              .spin_up_ms = 3000 } },
    { .name = "486dx-50",
      .ticks_per_clock = 84, .multiplier = 1,                           /* 50 MHz */
      .has_fpu = true, .has_umov = true, .signature = 0x0411, .cache_size = 8 * KB,
      .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
      .l2_size = 256 * KB,                                              /* chosen */
      .l2_first = 3, .l2_next = 1, .l2_write = 5,                       /* OPTi: 2-1-1-1 is rare at 50 MHz; chosen */
      .dram_page = 4 * KB,
      .dram_hit_first = 6, .dram_hit_next = 3, .dram_hit_write = 5,     /* chosen: 70 ns page mode */
      .dram_miss_first = 9, .dram_miss_next = 3, .dram_miss_write = 8,
      .refresh_ticks = 63360, .refresh_clocks = 7,
      .rom_shadowed = true, .shadow_cacheable = true, .rom_bytes = 1,
      .isa_ticks = 504,                                                 /* a sixth of the clock */
      .isa_8 = 6, .isa_16 = 3,
      .video_read = { 5, 5, 10 }, .video_write = { 3, 3, 6 },           /* 86Box: ET4000 on ISA */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },
      /* Caviar 2200, 1992 */
      .disk = { .rpm = 3652, .track_us = 3000, .average_us = 14000, .stroke_us = 28000, .head_us = 2000,
                .overhead_us = 700, .sector_us = 70, .buffer_sectors = 128 },
      .cd = { .speed = 2, .access_us = 250000, .settle_us = 60000, .overhead_us = 1000, .buffer_blocks = 16,
              .spin_up_ms = 2000 } },
    { .name = "486dx2-66",
      .ticks_per_clock = 63, .multiplier = 2,                           /* 66 2/3 MHz, bus 33 1/3 */
      .has_fpu = true, .has_cpuid = true, .has_umov = true, .signature = 0x0435, .cache_size = 8 * KB,
      .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
      .l2_size = 256 * KB, .l2_first = 2, .l2_next = 1,                 /* OPTi */
      .l2_write = 3,                                                    /* OPTi: one wait state */
      .dram_page = 4 * KB,
      .dram_hit_first = 5, .dram_hit_next = 2, .dram_hit_write = 4,     /* chosen: 70 ns page mode, writes posted */
      .dram_miss_first = 7, .dram_miss_next = 2, .dram_miss_write = 6,
      .refresh_ticks = 63360, .refresh_clocks = 5,
      .rom_shadowed = true, .shadow_cacheable = true, .rom_bytes = 1,
      .isa_ticks = 504, .isa_8 = 6, .isa_16 = 3,
      .video_local = true,
      .video_read = { 10, 10, 20 }, .video_write = { 4, 4, 8 },         /* 86Box: GD54xx on the local bus */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },
      /* Caviar 2200, 1992 */
      .disk = { .rpm = 3652, .track_us = 3000, .average_us = 14000, .stroke_us = 28000, .head_us = 2000,
                .overhead_us = 700, .sector_us = 70, .buffer_sectors = 128 },
      .cd = { .speed = 2, .access_us = 250000, .settle_us = 60000, .overhead_us = 1000, .buffer_blocks = 16,
              .spin_up_ms = 2000 } },
    { .name = "486dx4-100",
      .ticks_per_clock = 42, .multiplier = 3,                           /* 100 MHz, bus 33 1/3 */
      .has_fpu = true, .has_cpuid = true, .has_umov = true, .signature = 0x0480, .cache_size = 16 * KB,
      .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
      .l2_size = 256 * KB, .l2_first = 2, .l2_next = 1, .l2_write = 3,
      .dram_page = 4 * KB,
      .dram_hit_first = 5, .dram_hit_next = 2, .dram_hit_write = 4,
      .dram_miss_first = 7, .dram_miss_next = 2, .dram_miss_write = 6,
      .refresh_ticks = 63360, .refresh_clocks = 5,
      .rom_shadowed = true, .shadow_cacheable = true, .rom_bytes = 1,
      .isa_ticks = 504, .isa_8 = 6, .isa_16 = 3,
      .video_local = true,
      .video_read = { 25, 25, 25 }, .video_write = { 3, 2, 4 },         /* 86Box: S3 Trio64 on the local bus */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },
      /* LPS 540, 1994 */
      .disk = { .rpm = 4500, .track_us = 4000, .average_us = 12000, .stroke_us = 26000, .head_us = 2500,
                .overhead_us = 500, .sector_us = 50, .buffer_sectors = 256 },
      .cd = { .speed = 4, .access_us = 190000, .settle_us = 45000, .overhead_us = 1000, .buffer_blocks = 64,
              .spin_up_ms = 2000 } },
    { .name = "486dx4-100wb",
      .ticks_per_clock = 42, .multiplier = 3,
      .has_fpu = true, .has_cpuid = true, .has_umov = true, .signature = 0x0490, .cache_size = 16 * KB,
      .cache_write_back = true,
      .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
      .l2_size = 256 * KB, .l2_first = 2, .l2_next = 1, .l2_write = 3,
      .dram_page = 4 * KB,
      .dram_hit_first = 5, .dram_hit_next = 2, .dram_hit_write = 4,
      .dram_miss_first = 7, .dram_miss_next = 2, .dram_miss_write = 6,
      .refresh_ticks = 63360, .refresh_clocks = 5,
      .rom_shadowed = true, .shadow_cacheable = true, .rom_bytes = 1,
      .isa_ticks = 504, .isa_8 = 6, .isa_16 = 3,
      .video_read = { 5, 5, 10 }, .video_write = { 3, 3, 6 },           /* 86Box: ET4000 on ISA */
      .floppy = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 },
      /* LPS 540, 1994 */
      .disk = { .rpm = 4500, .track_us = 4000, .average_us = 12000, .stroke_us = 26000, .head_us = 2500,
                .overhead_us = 500, .sector_us = 50, .buffer_sectors = 256 },
      .cd = { .speed = 4, .access_us = 190000, .settle_us = 45000, .overhead_us = 1000, .buffer_blocks = 64,
              .spin_up_ms = 2000 } },
};

const struct profile *profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct profile *profile_at(unsigned n)
{
    return n < sizeof profiles / sizeof *profiles ? &profiles[n] : NULL;
}

/* --- Parameters --- */

enum { AT_LEAST = 1, AT_MOST = 1000 };      /* of what is counted in clocks: an access takes time, and not for ever */

#define AT(field) offsetof(struct profile, field)

/* The interlock reaches no further than the two instructions that pipeline.h remembers. */
static const struct profile_parameter parameters[] = {
    { "clock-ticks", AT(ticks_per_clock), 28, 4200, false, "ticks", "4.2 GHz divided by the core clock" },
    { "multiplier", AT(multiplier), 1, 3, false, "core clocks", "core clocks per bus clock" },
    { "cache-size", AT(cache_size), 8 * KB, 16 * KB, false, "bytes", "cache on the chip" },
    { "cache-write-back", AT(cache_write_back), 0, 1, false, "flag", "the cache on the chip writes back" },
    { "agi-16", AT(agi_16), 0, 2, false, "clocks", "address of a register just written, 16-bit code" },
    { "agi-32", AT(agi_32), 0, 2, false, "clocks", "address of a register just written, 32-bit code" },
    { "misaligned", AT(misaligned), 0, AT_MOST, false, "clocks", "operand that crosses a doubleword" },
    { "split-target", AT(split_target), 0, AT_MOST, false, "clocks", "branch to an instruction that crosses a line" },
    { "walk-clocks", AT(walk_clocks), 0, AT_MOST, false, "clocks", "page walk apart from its two reads" },
    { "walk-update-clocks", AT(walk_update_clocks), 0, AT_MOST, false, "clocks",
      "setting A or D of an entry apart from its accesses" },
    { "l2-size", AT(l2_size), 16 * KB, 1024 * KB, true, "bytes", "cache on the board; 0: none" },
    { "l2-first", AT(l2_first), AT_LEAST, AT_MOST, false, "bus clocks", "L2 hit, first doubleword of a burst" },
    { "l2-next", AT(l2_next), AT_LEAST, AT_MOST, false, "bus clocks", "L2 hit, each further doubleword" },
    { "l2-write", AT(l2_write), AT_LEAST, AT_MOST, false, "bus clocks", "write that hits L2" },
    { "dram-page", AT(dram_page), 512, 64 * KB, false, "bytes", "memory that shares a row" },
    { "dram-hit-first", AT(dram_hit_first), AT_LEAST, AT_MOST, false, "bus clocks", "open row, first doubleword" },
    { "dram-hit-next", AT(dram_hit_next), AT_LEAST, AT_MOST, false, "bus clocks", "open row, each further doubleword" },
    { "dram-hit-write", AT(dram_hit_write), AT_LEAST, AT_MOST, false, "bus clocks", "open row, write" },
    { "dram-miss-first", AT(dram_miss_first), AT_LEAST, AT_MOST, false, "bus clocks", "another row, first doubleword" },
    { "dram-miss-next", AT(dram_miss_next), AT_LEAST, AT_MOST, false, "bus clocks",
      "another row, each further doubleword" },
    { "dram-miss-write", AT(dram_miss_write), AT_LEAST, AT_MOST, false, "bus clocks", "another row, write" },
    { "refresh-ticks", AT(refresh_ticks), 4200, 4200000, true, "ticks", "between two refresh cycles; 0: hidden" },
    { "refresh-clocks", AT(refresh_clocks), AT_LEAST, AT_MOST, false, "bus clocks", "refresh cycle" },
    { "rom-shadowed", AT(rom_shadowed), 0, 1, false, "flag", "ROMs are copied to DRAM" },
    { "shadow-cacheable", AT(shadow_cacheable), 0, 1, false, "flag", "... and cached" },
    { "rom-bytes", AT(rom_bytes), 1, 2, false, "bytes", "width of ROMs that are not copied" },
    { "isa-ticks", AT(isa_ticks), 126, 4200, false, "ticks", "4.2 GHz divided by BCLK" },
    { "isa-8", AT(isa_8), AT_LEAST, AT_MOST, false, "BCLK", "8-bit cycle" },
    { "isa-16", AT(isa_16), AT_LEAST, AT_MOST, false, "BCLK", "16-bit cycle" },
    { "video-local", AT(video_local), 0, 1, false, "flag", "the video card is on the local bus" },
    { "video-read-byte", AT(video_read.byte), AT_LEAST, AT_MOST, false, "BCLK or bus clocks",
      "video memory, byte read" },
    { "video-read-word", AT(video_read.word), AT_LEAST, AT_MOST, false, "BCLK or bus clocks", "... word read" },
    { "video-read-dword", AT(video_read.dword), AT_LEAST, AT_MOST, false, "BCLK or bus clocks",
      "... doubleword read" },
    { "video-write-byte", AT(video_write.byte), AT_LEAST, AT_MOST, false, "BCLK or bus clocks", "... byte write" },
    { "video-write-word", AT(video_write.word), AT_LEAST, AT_MOST, false, "BCLK or bus clocks", "... word write" },
    { "video-write-dword", AT(video_write.dword), AT_LEAST, AT_MOST, false, "BCLK or bus clocks",
      "... doubleword write" },
    { "cd-speed", AT(cd.speed), 1, 52, false, "x", "CD-ROM drive, times 75 blocks of 2 KB a second" },
};

const struct profile_parameter *profile_parameter_at(unsigned n)
{
    return n < sizeof parameters / sizeof *parameters ? &parameters[n] : NULL;
}

const struct profile_parameter *profile_parameter_find(const char *name)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return &parameters[i];
    return NULL;
}

uint32_t profile_get(const struct profile *profile, const struct profile_parameter *parameter)
{
    uint32_t value;
    memcpy(&value, (const char *)profile + parameter->offset, sizeof value);
    return value;
}

static void put(struct profile *profile, const struct profile_parameter *parameter, uint32_t value)
{
    memcpy((char *)profile + parameter->offset, &value, sizeof value);
}

/* Sizes are powers of two. */
static bool in_range(const struct profile_parameter *parameter, uint32_t value)
{
    if (value == 0 && parameter->or_zero)
        return true;
    bool size = strcmp(parameter->unit, "bytes") == 0;
    return value >= parameter->min && value <= parameter->max && !(size && value & (value - 1));
}

/* Refresh leaves at least half of the bus to others. */
static bool leaves_bus(const struct profile *p)
{
    return !p->refresh_ticks ||
           (uint64_t)p->refresh_clocks * p->multiplier * p->ticks_per_clock * 2 <= p->refresh_ticks;
}

bool profile_set(struct profile *profile, const struct profile_parameter *parameter, uint32_t value)
{
    struct profile changed = *profile;
    put(&changed, parameter, value);
    if (!in_range(parameter, value) || !leaves_bus(&changed))
        return false;
    *profile = changed;
    return true;
}

void profile_visit(struct profile *profile, struct state *state)
{
    struct profile p = *profile;
    state_section(state, "profile");
    state_u32(state, "has_fpu", &p.has_fpu);
    state_u32(state, "has_cpuid", &p.has_cpuid);
    state_u32(state, "has_umov", &p.has_umov);
    state_u32(state, "signature", &p.signature);
    state_check(state, p.has_fpu <= 1 && p.has_cpuid <= 1 && p.has_umov <= 1, "a feature is 0 or 1");
    state_check(state, p.signature <= 0xFFFF, "a signature of no 486");
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        uint32_t value = profile_get(&p, &parameters[i]);
        state_u32(state, parameters[i].name, &value);
        state_check(state, in_range(&parameters[i], value), parameters[i].name);
        put(&p, &parameters[i], value);
    }
    state_check(state, leaves_bus(&p), "refresh takes the bus");
    if (state_loading(state) && !state_failed(state))
        *profile = p;
}
