/* The cache of decoded instructions: code that changes itself, code and data side by side, page borders, limits. */
#include "guest_cpu.h"

#include "emu/cpu/runs.h"

/* Real mode with DS and ES on the code, so that offsets are those of CODE_AT. */
static void own_segments(struct guest *g)
{
    segment_set_real(&g->cpu, DS, CODE_AT >> 4);
    segment_set_real(&g->cpu, ES, CODE_AT >> 4);
}

#define CODE(g, ...)                                                                                                   \
    do {                                                                                                               \
        const uint8_t code_bytes[] = { __VA_ARGS__ };                                                                  \
        guest_code(g, code_bytes, sizeof code_bytes);                                                                  \
    } while (0)

static void put_code(struct guest *g, uint32_t at, const char *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        guest_put(g, at + i, (uint8_t)bytes[i], 1);
}

static void the_next_instruction_of_the_run_is_rewritten(void **state)
{
    struct guest *g = *state;
    own_segments(g);
    /* NOP; MOV BYTE [7],43h; NOP; INC AX, which becomes INC BX */
    CODE(g, 0x90, 0xC6, 0x06, 0x07, 0x00, 0x43, 0x90, 0x40);
    guest_run(g, 4);
    assert_int_equal(g->cpu.r[EAX], 0);
    assert_int_equal(g->cpu.r[EBX], 1);
    assert_int_equal(g->cpu.eip, 8);
}

static void a_loop_that_patches_its_immediate_sees_each_value(void **state)
{
    struct guest *g = *state;
    own_segments(g);
    g->cpu.r[ECX] = 10;
    CODE(g, 0x81, 0xC3, 0x01, 0x00,         /* again: ADD BX,1 */
         0xFF, 0x06, 0x02, 0x00,            /* INC WORD [2] */
         0xE2, 0xF6);                       /* LOOP again */
    guest_run(g, 30);
    assert_int_equal(g->cpu.r[EBX], 55);
    assert_int_equal(g->cpu.r[ECX], 0);
}

static void a_repeated_move_over_itself_is_followed_by_what_it_wrote(void **state)
{
    struct guest *g = *state;
    own_segments(g);
    guest_put(g, CODE_AT + 0x100, 0x43434343, 4);
    g->cpu.r[ESI] = 0x100;
    g->cpu.r[ECX] = 4;
    CODE(g, 0xF3, 0xA4, 0x40, 0x40, 0x40, 0x40);
    g->cpu.r[EDI] = 2;
    guest_run(g, 5);
    assert_int_equal(g->cpu.r[EAX], 0);
    assert_int_equal(g->cpu.r[EBX], 4);
}

/* Offset of a NOP; JMP-to-itself placed there, and a write of SIZE bytes at WRITTEN: is the run dropped? */
static bool write_drops(struct guest *g, uint32_t code, uint32_t written, unsigned size)
{
    struct cpu *cpu = &g->cpu;
    put_code(g, CODE_AT + code, "\x90\xEB\xFE", 3);
    mem_write(cpu, DS, 0x8000, 0, 1);                       /* another page in the TLB */
    mem_write(cpu, DS, code ^ 0x800, 0, 1);                 /* this page */
    cpu->eip = code;
    const struct run *run = runs_find(cpu);
    assert_int_equal(run->count, 2);
    if (size == 1)
        wr8(cpu, DS, written, 0x90);
    else if (size == 2)
        wr16(cpu, DS, written, 0x9090);
    else
        wr32(cpu, DS, written, 0x90909090);
    return cpu->runs->front[runs_front(CODE_AT + code)] != run;
}

static void a_write_drops_exactly_the_code_it_touches(void **state)
{
    struct guest *g = *state;
    static const uint32_t places[] = { 0x100, 0x13D, 0x13E, 0x13F, 0x1C0, 0xFFD, 0 };
    own_segments(g);
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        for (unsigned size = 1; size <= 4; size *= 2)
            for (int distance = -5; distance <= 5; distance++) {
                uint32_t at = places[i] + (uint32_t)distance;
                if (at > 0xFFFF - 4)
                    continue;
                bool touches = distance < 3 && distance + (int)size > 0;
                if (write_drops(g, places[i], at, size) != touches)
                    fail_msg("code at %X, %u bytes at %X", places[i], size, at);
            }
}

static void a_stack_beside_the_code_leaves_it_alone(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    own_segments(g);
    segment_set_real(cpu, SS, CODE_AT >> 4);
    cpu->r[ESP] = 0x10;
    cpu->eip = 0x10;
    put_code(g, CODE_AT + 0x10, "\x50\x50\x58\x58\xEB\xFA", 6);     /* PUSH AX twice, POP AX twice, again */
    guest_run(g, 5);
    const struct run *run = runs_at(cpu);
    guest_run(g, 500);
    assert_ptr_equal(runs_at(cpu), run);
    assert_int_equal(cpu->r[ESP], 0x10);
}

static void data_in_a_line_without_code_gets_its_fast_path_back(void **state)
{
    struct guest *g = *state;
    own_segments(g);
    assert_true(write_drops(g, 0x100, 0x100, 1));
    assert_null(mem_fast_write(&g->cpu, DS, 0x100, 1));
    wr8(&g->cpu, DS, 0x100, 0);
    assert_non_null(mem_fast_write(&g->cpu, DS, 0x100, 1));
}

static void memory_written_by_others_drops_code(void **state)
{
    struct guest *g = *state;
    static const uint8_t inc_bx = 0x43;
    CODE(g, 0x40, 0xEB, 0xFD);
    guest_run(g, 2);
    bus_store(&g->bus, CODE_AT, &inc_bx, 1);
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[EAX], 1);
    assert_int_equal(g->cpu.r[EBX], 1);
}

static void the_same_bytes_mean_other_things_in_another_mode(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    CODE(g, 0xB8, 0x01, 0x00, 0x40, 0x90);      /* MOV AX,1; INC AX; NOP or MOV EAX,90400001h */
    guest_run(g, 2);
    assert_int_equal(cpu->r[EAX], 2);
    guest_protected(g, 0);
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x90400001u);
}

/* --- Page borders --- */

static void an_instruction_across_pages_is_executed_and_cached(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    put_code(g, CODE_AT + 0xFFD, "\xB8\x01\x02\x03\x04\xEB\xF9", 7);     /* MOV EAX,4030201h; JMP back */
    cpu->eip = CODE_AT + 0xFFD;
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x04030201);
    guest_run(g, 1);
    assert_int_equal(cpu->eip, CODE_AT + 0xFFD);
    const struct run *run = runs_find(cpu);
    assert_int_equal(run->mode & RUN_CROSSES, RUN_CROSSES);
    assert_ptr_equal(runs_find(cpu), run);
    guest_put(g, CODE_AT + 0x1001, 0x55, 1);                /* last byte of the instruction, in the second page */
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x55030201);
    guest_put(g, CODE_AT + 0xFFE, 0x66, 1);                 /* and one in the first */
    cpu->eip = CODE_AT + 0xFFD;
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x55030266);
}

/* One directory at 0x80000, one table at 0x81000: identity for 1 MB. */
static void enable_paging(struct guest *g)
{
    guest_put(g, 0x80000, 0x81007, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, 0x81000 + page * 4, page << 12 | 7, 4);
    g->cpu.cr3 = 0x80000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
}

static void the_second_page_of_a_crossing_instruction_may_be_mapped_elsewhere(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    enable_paging(g);
    put_code(g, CODE_AT + 0xFFF, "\xB0\x11", 2);            /* MOV AL,11h */
    guest_put(g, 0x70000, 0x22, 1);
    cpu->eip = CODE_AT + 0xFFF;
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x11);
    guest_put(g, 0x81000 + 0x11 * 4, 0x70007, 4);
    page_flush(cpu);
    cpu->eip = CODE_AT + 0xFFF;
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 0x22);
}

static void an_absent_second_page_faults_with_its_own_address(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    enable_paging(g);
    put_code(g, CODE_AT + 0xFFD, "\x90\x90\xB0\x11", 4);
    guest_put(g, 0x81000 + 0x11 * 4, 0, 4);
    g->cpu.eip = CODE_AT + 0xFFD;
    guest_run(g, 3);
    guest_expect_fault(g, EXC_PF, 0, CODE_AT + 0xFFF);
    assert_int_equal(g->cpu.cr2, CODE_AT + 0x1000);
}

static void a_write_through_another_mapping_of_the_page_is_seen(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    guest_put(g, 0x81000 + 0x90 * 4, CODE_AT | 7, 4);
    enable_paging(g);
    guest_put(g, 0x81000 + 0x90 * 4, CODE_AT | 7, 4);
    wr8(cpu, DS, 0x90800, 0);                               /* the alias is in the TLB before there is code */
    CODE(g, 0x40, 0xC6, 0x05, 0x08, 0x00, 0x09, 0x00, 0x43, 0x40);      /* INC EAX; MOV BYTE [90008h],43h; INC EAX */
    guest_run(g, 3);
    assert_int_equal(cpu->r[EAX], 1);
    assert_int_equal(cpu->r[EBX], 1);
}

/* --- Limits and odd places --- */

static void running_past_the_segment_limit_is_a_general_protection_fault(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    CODE(g, 0x40, 0x40, 0x40, 0xB8, 0x01, 0x00, 0x00, 0x00);
    g->cpu.seg[CS].limit = CODE_AT + 6;                     /* the last byte of the MOV lies outside */
    segment_update_bounds(&g->cpu, &g->cpu.seg[CS]);
    guest_run(g, 3);
    assert_int_equal(g->cpu.r[EAX], 3);
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
    guest_run(g, 1);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT + 3);
}

static void an_instruction_of_sixteen_bytes_is_a_general_protection_fault(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    for (unsigned i = 0; i < 15; i++)
        guest_put(g, CODE_AT + i, 0x3E, 1);
    guest_put(g, CODE_AT + 15, 0x90, 1);
    guest_run(g, 1);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static uint32_t read_nops(void *ctx, uint32_t addr, unsigned size)
{
    (void)ctx, (void)addr, (void)size;
    return 0x90909090;
}

static void write_nothing(void *ctx, uint32_t addr, uint32_t value, unsigned size)
{
    (void)ctx, (void)addr, (void)value, (void)size;
}

static void code_in_device_memory_runs_without_being_cached(void **state)
{
    struct guest *g = *state;
    static const struct memory_ops ops = { .read = read_nops, .write = write_nothing };
    bus_map_device(&g->bus, 0xA0000, PAGE_SIZE, &ops, NULL);
    segment_set_real(&g->cpu, CS, 0xA000);
    g->cpu.eip = 0;
    guest_run(g, 5);
    assert_int_equal(g->cpu.eip, 5);
    assert_ptr_equal(runs_at(&g->cpu), g->cpu.runs->scratch);
}

static void a_full_arena_starts_anew(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    memset(g->ram + 0x40000, 0x40, 0xA0000);
    for (uint32_t i = 0; i < 40000; i++) {
        cpu->eip = 0x40000 + i;
        assert_int_equal(runs_find(cpu)->physical, 0x40000 + i);
    }
    cpu->eip = 0x40000;
    guest_run(g, 100);
    assert_int_equal(cpu->r[EAX], 100);
}

static void dropping_everything_decodes_anew(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x40, 0xEB, 0xFD);
    guest_run(g, 2);
    g->ram[CODE_AT] = 0x43;                                 /* behind everybody's back */
    runs_drop_all(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[EBX], 1);
}

/* --- Runs found by EIP alone --- */

static void the_same_offset_in_other_segments_is_other_code(void **state)
{
    enum { SEGMENTS = 40, ROUNDS = 10 };
    struct guest *g = *state;
    for (unsigned n = 0; n < SEGMENTS; n++) {
        uint32_t at = CODE_AT + n * 0x100, next = (CODE_AT >> 4) + (n + 1) % SEGMENTS * 0x10;
        guest_put(g, at, n % 4 ? 0x43 : 0x41, 1);           /* INC BX or INC CX; JMP to offset 0 of the next segment */
        guest_put(g, at + 1, 0x0000EA, 3);
        guest_put(g, at + 4, next, 2);
    }
    guest_run(g, ROUNDS * SEGMENTS * 2);
    assert_int_equal(g->cpu.r[ECX], ROUNDS * SEGMENTS / 4);
    assert_int_equal(g->cpu.r[EBX], ROUNDS * SEGMENTS * 3 / 4);
}

static void a_page_that_is_mapped_elsewhere_is_other_code(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    enable_paging(g);
    put_code(g, CODE_AT, "\x43\xEB\xFD", 3);                /* INC EBX; JMP back */
    put_code(g, 0x70000, "\x41\xEB\xFD", 3);                /* INC ECX; JMP back */
    guest_run(g, 20);
    guest_put(g, 0x81000 + 0x10 * 4, 0x70007, 4);
    page_flush_one(cpu, CODE_AT);
    guest_run(g, 20);
    guest_put(g, 0x81000 + 0x10 * 4, CODE_AT | 7, 4);
    page_flush(cpu);
    guest_run(g, 20);
    assert_int_equal(cpu->r[EBX], 20);
    assert_int_equal(cpu->r[ECX], 10);
}

/* The page table was changed without a word, but then another page took the entry in the paging unit's TLB. */
static void an_evicted_page_is_translated_anew(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    enable_paging(g);
    guest_put(g, 0x80004, 0x82007, 4);
    guest_put(g, 0x82000 + 0x10 * 4, 0x60007, 4);           /* 4 MB above the code */
    put_code(g, CODE_AT, "\x43\xEB\xFD", 3);                /* INC EBX; JMP back */
    put_code(g, 0x70000, "\x41\xEB\xFD", 3);                /* INC ECX; JMP back */
    guest_run(g, 20);
    guest_put(g, 0x81000 + 0x10 * 4, 0x70007, 4);
    rd32(cpu, DS, 0x400000 + CODE_AT);
    guest_run(g, 20);
    assert_int_equal(cpu->r[EBX], 10);
    assert_int_equal(cpu->r[ECX], 10);
}

/* The new code makes a run of another length, which does not take the old one's place in memory. */
static void dropped_code_is_not_found_any_more(void **state)
{
    struct guest *g = *state;
    static const uint8_t jmp_self[] = { 0xEB, 0xFE };
    CODE(g, 0x43, 0x90, 0x90, 0xEB, 0xFB);                  /* INC BX; NOP; NOP; JMP back */
    guest_run(g, 40);
    bus_store(&g->bus, CODE_AT, jmp_self, sizeof jmp_self);
    guest_run(g, 40);
    assert_int_equal(g->cpu.r[EBX], 10);
    assert_int_equal(g->cpu.eip, 0);
}

/* MOV CX,5; then five times INC BX; ADD AX,BX; PUSH AX; POP DX; SHL DX,1; DEC CX; JNZ; and all of it again. */
static void a_limit_is_exact_wherever_it_falls(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    CODE(g, 0xB9, 5, 0, 0x43, 0x01, 0xD8, 0x50, 0x5A, 0xD1, 0xE2, 0x49, 0x75, 0xF6, 0xEB, 0xF1);
    for (unsigned limit = 1; limit < 120; limit++) {
        uint32_t r[2][8], eip[2], flags[2];
        for (unsigned singly = 0; singly < 2; singly++) {
            memset(cpu->r, 0, sizeof cpu->r);
            cpu->r[ESP] = 0x1000;
            cpu->eip = 0;
            cpu->flags = flags_unpack(0);
            uint64_t before = cpu->icount;
            for (unsigned i = 0; i < (singly ? limit : 1); i++)
                guest_run(g, singly ? 1 : limit);
            assert_int_equal(cpu->icount, before + limit);
            memcpy(r[singly], cpu->r, sizeof r[singly]);
            eip[singly] = cpu->eip;
            flags[singly] = flags_pack(cpu->flags);
        }
        assert_memory_equal(r[0], r[1], sizeof r[0]);
        assert_int_equal(eip[0], eip[1]);
        assert_int_equal(flags[0], flags[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(the_next_instruction_of_the_run_is_rewritten),
        GUEST_TEST(a_loop_that_patches_its_immediate_sees_each_value),
        GUEST_TEST(a_repeated_move_over_itself_is_followed_by_what_it_wrote),
        GUEST_TEST(a_write_drops_exactly_the_code_it_touches),
        GUEST_TEST(a_stack_beside_the_code_leaves_it_alone),
        GUEST_TEST(data_in_a_line_without_code_gets_its_fast_path_back),
        GUEST_TEST(memory_written_by_others_drops_code),
        GUEST_TEST(the_same_bytes_mean_other_things_in_another_mode),
        GUEST_TEST(an_instruction_across_pages_is_executed_and_cached),
        GUEST_TEST(the_second_page_of_a_crossing_instruction_may_be_mapped_elsewhere),
        GUEST_TEST(an_absent_second_page_faults_with_its_own_address),
        GUEST_TEST(a_write_through_another_mapping_of_the_page_is_seen),
        GUEST_TEST(running_past_the_segment_limit_is_a_general_protection_fault),
        GUEST_TEST(an_instruction_of_sixteen_bytes_is_a_general_protection_fault),
        GUEST_TEST(code_in_device_memory_runs_without_being_cached),
        GUEST_TEST(a_full_arena_starts_anew),
        GUEST_TEST(dropping_everything_decodes_anew),
        GUEST_TEST(the_same_offset_in_other_segments_is_other_code),
        GUEST_TEST(a_page_that_is_mapped_elsewhere_is_other_code),
        GUEST_TEST(an_evicted_page_is_translated_anew),
        GUEST_TEST(dropped_code_is_not_found_any_more),
        GUEST_TEST(a_limit_is_exact_wherever_it_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
