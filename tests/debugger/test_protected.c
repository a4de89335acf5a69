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

#define ON_PROTECTED(test) cmocka_unit_test_setup_teardown(test, protected_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PROTECTED(code_size_follows_cs),
        ON_PROTECTED(selectors_go_through_the_tables),
        ON_PROTECTED(tables_are_shown),
        ON_PROTECTED(pages_are_shown),
        ON_PROTECTED(mode_and_control_registers_are_caught),
        ON_PROTECTED(calls_and_frames_are_32_bits_wide),
        ON_PROTECTED(next_runs_over_a_32_bit_call),
        ON_PROTECTED(a_triple_fault_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
