/* The debugger on a guest in protected mode with paging: selectors, tables, absent pages, triple faults. */
#include "tests/debugger/guest.h"

/* Enters 32-bit protected mode, maps pages 0, 1, 6 and 7 (read-only), and touches page 9, which is absent, with an
 * empty IDT. */
static const uint8_t protected_code[] = {
    0xFA,                                                        /* 7C00  cli */
    0x31, 0xC0,                                                  /* 7C01  xor ax,ax */
    0x8E, 0xD8,                                                  /* 7C03  mov ds,ax */
    0x0F, 0x01, 0x16, 0xAA, 0x7C,                                /* 7C05  lgdt [gdtr] */
    0x0F, 0x01, 0x1E, 0xB0, 0x7C,                                /* 7C0A  lidt [idtr] */
    0x0F, 0x20, 0xC0,                                            /* 7C0F  mov eax,cr0 */
    0x0C, 0x01,                                                  /* 7C12  or al,1 */
    0x0F, 0x22, 0xC0,                                            /* 7C14  mov cr0,eax */
    0xEA, 0x1C, 0x7C, 0x08, 0x00,                                /* 7C17  jmp 8:pm */
    0x66, 0xB8, 0x10, 0x00,                                      /* 7C1C  pm: mov ax,10h */
    0x8E, 0xD8,                                                  /* 7C20  mov ds,ax */
    0x8E, 0xD0,                                                  /* 7C22  mov ss,ax */
    0xBC, 0x00, 0x70, 0x00, 0x00,                                /* 7C24  mov esp,7000h */
    0xC7, 0x05, 0x00, 0x20, 0x00, 0x00, 0x07, 0x30, 0x00, 0x00,  /* 7C29  mov dword [2000h],3007h */
    0xC7, 0x05, 0x00, 0x30, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,  /* 7C33  mov dword [3000h],7 */
    0xC7, 0x05, 0x04, 0x30, 0x00, 0x00, 0x07, 0x10, 0x00, 0x00,  /* 7C3D  mov dword [3004h],1007h */
    0xC7, 0x05, 0x1C, 0x30, 0x00, 0x00, 0x05, 0x70, 0x00, 0x00,  /* 7C47  mov dword [301ch],7005h */
    0xC7, 0x05, 0x18, 0x30, 0x00, 0x00, 0x07, 0x60, 0x00, 0x00,  /* 7C51  mov dword [3018h],6007h */
    0xB8, 0x00, 0x20, 0x00, 0x00,                                /* 7C5B  mov eax,2000h */
    0x0F, 0x22, 0xD8,                                            /* 7C60  mov cr3,eax */
    0x0F, 0x20, 0xC0,                                            /* 7C63  mov eax,cr0 */
    0x0D, 0x00, 0x00, 0x00, 0x80,                                /* 7C66  or eax,80000000h */
    0x0F, 0x22, 0xC0,                                            /* 7C6B  mov cr0,eax */
    0x66, 0xB8, 0x18, 0x00,                                      /* 7C6E  mov ax,18h */
    0x8E, 0xE0,                                                  /* 7C72  mov fs,ax */
    0x64, 0x8B, 0x1D, 0x00, 0x00, 0x00, 0x00,                    /* 7C74  mov ebx,[fs:0] */
    0xE8, 0x05, 0x00, 0x00, 0x00,                                /* 7C7B  call sub1 */
    0xA1, 0x00, 0x90, 0x00, 0x00,                                /* 7C80  mov eax,[9000h] */
    0x55,                                                        /* 7C85  sub1: push ebp */
    0x89, 0xE5,                                                  /* 7C86  mov ebp,esp */
    0x5D,                                                        /* 7C88  pop ebp */
    0xC3,                                                        /* 7C89  ret */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,              /* 7C8A  gdt: dq 0 */
    0xFF, 0xFF, 0x00, 0x00, 0x00, 0x9A, 0xCF, 0x00,              /* 7C92  dq 0x00cf9a000000ffff */
    0xFF, 0xFF, 0x00, 0x00, 0x00, 0x92, 0xCF, 0x00,              /* 7C9A  dq 0x00cf92000000ffff */
    0xFF, 0xFF, 0x00, 0x05, 0x00, 0x92, 0x40, 0x00,              /* 7CA2  dq 0x004092000500ffff */
    0x1F, 0x00,                                                  /* 7CAA  gdtr: dw 31 */
    0x8A, 0x7C, 0x00, 0x00,                                      /* 7CAC  dd gdt */
    0x00, 0x00,                                                  /* 7CB0  idtr: dw 0 */
    0x00, 0x00, 0x00, 0x00,                                      /* 7CB2  dd 0 */
};

static int protected_setup(void **state)
{
    *state = session_on(protected_code, sizeof protected_code, NULL);
    return 0;
}

/* Runs until paging is on and FS is loaded. */
static void to_the_end(void **state)
{
    run(*state, "tbreak lin:7c7b");
    contains(run(*state, "c"), "0x00007c7b in ?? () (0008:7c7b)");
}

static void code_size_follows_cs(void **state)
{
    contains(run(*state, "x/i 0:7c12"), "or al, 0x1");
    to_the_end(state);
    contains(run(*state, "x/2i $pc"),
             "=> 0x7c7b (0008:7c7b):\tcall 0x7c85\n   0x7c80 (0008:7c80):\tmov eax, dword ptr [0x9000]\n");
}

static void selectors_go_through_the_tables(void **state)
{
    to_the_end(state);
    contains(run(*state, "p 18:10"), "= (void *) 0x510 (0018:0010)");
    contains(run(*state, "p fs:10"), "= (void *) 0x510 (0018:0010)");
    contains(run(*state, "p &18:10"), "= (void *) 0x190 (0018:0010)");
    assert_string_equal(run(*state, "p 28:0"), "Selector 0x28 is not in the GDT.\n");
    assert_string_equal(run(*state, "p c:0"), "Selector 0xc is not in the LDT.\n");
}

static void tables_are_shown(void **state)
{
    to_the_end(state);
    const char *text = run(*state, "info gdt");
    contains(text, "limit 0x001f\n0008  base 0x00000000  limit 0xffffffff  dpl 0  code32 ER");
    contains(text, "0018  base 0x00000500  limit 0x0000ffff  dpl 0  data32 RW");
    contains(run(*state, "info all-registers"), "fs             selector 0x0018  base 0x00000500");
    assert_string_equal(run(*state, "info tss"), "No TSS is loaded.\n");
}

static void pages_are_shown(void **state)
{
    to_the_end(state);
    const char *text = run(*state, "info pages");
    contains(text, "0x00000000-0x00001fff -> 0x00000000  user rw\n");
    contains(text, "0x00007000-0x00007fff -> 0x00007000  user ro\n");
    lacks(text, "0x00008000");
    lacks(text, "0x00002000-");
    contains(run(*state, "info pages 0x7c00"), "0x00007c00 -> 0x00007c00\n");
    contains(run(*state, "info pages 0x9000"), " not present");
    assert_string_equal(run(*state, "x/xb 0x9000"), "0x9000:\tCannot access memory at address 0x9000\n");
    contains(run(*state, "xp/xb 0x9000"), "0x9000:\t0x");
    assert_string_equal(run(*state, "p byte[phys:9000]"), "$1 = 0 '\\000'\n");
    contains(run(*state, "break phys:7c00"), "Paging is on");
    contains(run(*state, "find 0x6ff0, +0x10000, \"no such text\""), "Pattern not found.");
    assert_string_equal(run(*state, "disassemble 0x9000,+4"), "Dump of assembler code from 0x9000 to 0x9004:\n"
                                                              "Cannot access memory at address 0x9000\n");
}

static FILE *dumped;
static int completed;

static FILE *open_dump(void *ctx, const char *path, bool append, char *error, size_t error_size)
{
    (void)ctx, (void)path, (void)append, (void)error, (void)error_size;
    return dumped = tmpfile();
}

static bool close_dump(void *ctx, bool complete, char *error, size_t error_size)
{
    (void)ctx, (void)error, (void)error_size;
    completed = complete;
    return fclose(dumped) == 0;
}

static void a_dump_of_an_absent_page_is_not_complete(void **state)
{
    (void)state;
    struct session *s = session_on(protected_code, sizeof protected_code,
                                   &(struct debugger_config){ .open_output = open_dump, .close_output = close_dump });
    to_the_end((void **)&s);
    assert_string_equal(run(s, "dump memory FILE 0x7000 0x8000"), "");
    assert_true(completed);
    contains(run(s, "dump memory FILE 0x7000 0xa000"), "Cannot access memory at address 0x8000\n");
    assert_false(completed);
    session_end(s);
}

static void mode_and_control_registers_are_caught(void **state)
{
    run(*state, "catch cr0");
    run(*state, "catch mode protected32");
    contains(run(*state, "c"), "Catchpoint 1 (cr0 0x60000010 to 0x60000011), 0x00007c17");
    contains(run(*state, "c"), "Catchpoint 2 (mode protected32), 0x00007c1c");
    contains(run(*state, "c"), "Catchpoint 1 (cr0 0x60000011 to 0xe0000011), 0x00007c6e");
}

static void calls_and_frames_are_32_bits_wide(void **state)
{
    to_the_end(state);
    run(*state, "tbreak 8:7c88");
    contains(run(*state, "c"), "0x00007c88");
    contains(run(*state, "bt"), "#0  0x00007c88 in ?? () (0008:7c88)\n#1  0x00007c80 in ?? () (0008:7c80)\n");
    contains(run(*state, "finish"), "0x00007c80");
}

static void next_runs_over_a_32_bit_call(void **state)
{
    to_the_end(state);
    contains(run(*state, "ni"), "0x00007c80");
}

static void a_triple_fault_is_reported(void **state)
{
    run(*state, "catch exception");
    contains(run(*state, "c"), "Catchpoint 1 (exception 14 #PF, error code 0x0, cr2 0x9000), ");
    run(*state, "delete 1");
    contains(run(*state, "c"), "The CPU shut down (triple fault).\n");
    assert_int_equal(debugger_last_stop(((struct session *)*state)->d, NULL), DEBUGGER_SHUT_DOWN);
}

/* #PF, in its delivery #GP as the IDT is empty, which makes #DF, and #GP again, which shuts the CPU down. */
static void faults_on_the_way_to_a_triple_fault_are_reported_in_order(void **state)
{
    run(*state, "catch exception");
    run(*state, "catch shutdown");
    contains(run(*state, "c"), "Catchpoint 1 (exception 14 #PF, error code 0x0, cr2 0x9000), 0x00007c80");
    uint64_t tick = machine_tick(((struct session *)*state)->m);
    contains(run(*state, "c"), "Catchpoint 1 (exception 8 #DF, error code 0x0), 0x00007c80");
    contains(run(*state, "c"), "Catchpoint 2 (shutdown, triple fault at 0008:00007c80), 0x00007c80");
    assert_int_equal(machine_tick(((struct session *)*state)->m), tick);
    contains(run(*state, "c"), "The CPU shut down (triple fault).\n");
}

static void what_was_caught_before_a_jump_or_a_reset_is_forgotten(void **state)
{
    run(*state, "catch exception");
    contains(run(*state, "c"), "exception 14");
    run(*state, "tbreak 0:7c00");
    lacks(run(*state, "starti"), "exception");
    lacks(run(*state, "stepi"), "exception");
}

static struct session *session_that_resets(void)
{
    struct session *s = calloc(1, sizeof *s);
    struct machine_config config;
    char error[200];
    assert_non_null(s);
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    s->m = machine_create(&config, error, sizeof error);
    s->d = debugger_create(s->m, &(struct debugger_config){ .put = session_put, .ctx = s });
    assert_non_null(s->d);
    assert_int_equal(inspect_poke(s->m, 0x7C00, protected_code, sizeof protected_code), sizeof protected_code);
    assert_true(inspect_set_register(s->m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(s->m, NAME_EIP, 0x7C00));
    return s;
}

static void a_triple_fault_that_resets_is_told(void **state)
{
    (void)state;
    struct session *s = session_that_resets();
    run(s, "tbreak lin:fffffff0");
    assert_string_equal(run(s, "c"), "Continuing.\nTriple fault at 0008:00007c80: the CPU shuts down and is reset (catch "
                                     "shutdown stops there).\n\nTemporary breakpoint 1, 0xfffffff0 in ?? () "
                                     "(f000:fff0)\n");
    assert_string_equal(run(s, "bt"), "#0  0xfffffff0 in ?? () (f000:fff0)\n");
    session_end(s);
}

static void catch_shutdown_stops_before_the_reset(void **state)
{
    (void)state;
    struct session *s = session_that_resets();
    assert_string_equal(run(s, "catch triple"), "Catchpoint 1 (shutdown)\n");
    run(s, "tbreak lin:fffffff0");
    assert_string_equal(run(s, "c"), "Continuing.\n\nCatchpoint 1 (shutdown, triple fault at 0008:00007c80), 0x00007c80 "
                                     "in ?? () (0008:7c80)\n");
    assert_string_equal(run(s, "c"), "Continuing.\n\nTemporary breakpoint 2, 0xfffffff0 in ?? () (f000:fff0)\n");
    contains(run(s, "apropos triple fault"), "catch shutdown -- ");
    session_end(s);
}

/* An interrupt gate for #PF leads to 8:7C88. The error code lies below the frame. */
static void the_frame_behind_an_interrupt_gate_is_the_interrupted_place(void **state)
{
    run(*state, "set word[0:7cb0] = 0x1ff");
    run(*state, "set dword[0:7cb2] = 0x600");
    run(*state, "set qword[0:670] = 0x00008e0000087c88");
    run(*state, "catch exception");
    contains(run(*state, "c"), "Catchpoint 1 (exception 14 #PF, error code 0x0, cr2 0x9000), 0x00007c88");
    assert_string_equal(run(*state, "bt"), "#0  0x00007c88 in ?? () (0008:7c88)\n#1  0x00007c80 in ?? () (0008:7c80)\n");
}

static void a_large_table_is_cut(void **state)
{
    static const uint8_t data[8] = { 0xFF, 0xFF, 0, 0, 0, 0x92, 0x40, 0 };
    struct session *s = *state;
    for (uint32_t n = 6; n < 86; n++)
        assert_int_equal(inspect_poke(s->m, 0x7C8A + n * 8, data, 8), 8);
    run(s, "set word[0:7caa] = 0x357");
    to_the_end(state);
    const char *text = run(s, "info gdt");
    contains(text, "\n0208  base 0x00000000  limit 0x0000ffff  dpl 0  data32 RW\n... 20 more: info gdt 42-6a\n");
    contains(run(s, "info gdt 42-6a"), "\n0210  base ");
    lacks(run(s, "info gdt 42-6a"), "more");
}

#define ON_PROTECTED(test) cmocka_unit_test_setup_teardown(test, protected_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PROTECTED(code_size_follows_cs),
        ON_PROTECTED(selectors_go_through_the_tables),
        ON_PROTECTED(tables_are_shown),
        ON_PROTECTED(pages_are_shown),
        cmocka_unit_test(a_dump_of_an_absent_page_is_not_complete),
        ON_PROTECTED(mode_and_control_registers_are_caught),
        ON_PROTECTED(calls_and_frames_are_32_bits_wide),
        ON_PROTECTED(next_runs_over_a_32_bit_call),
        ON_PROTECTED(a_triple_fault_is_reported),
        ON_PROTECTED(faults_on_the_way_to_a_triple_fault_are_reported_in_order),
        ON_PROTECTED(what_was_caught_before_a_jump_or_a_reset_is_forgotten),
        cmocka_unit_test(a_triple_fault_that_resets_is_told),
        cmocka_unit_test(catch_shutdown_stops_before_the_reset),
        ON_PROTECTED(the_frame_behind_an_interrupt_gate_is_the_interrupted_place),
        ON_PROTECTED(a_large_table_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
