/* print's formats, x, disassemble, printf, find, dump and restore. */
#include <unistd.h>

#include "tests/debugger/guest.h"

static void print_formats(void **state)
{
    contains(run(*state, "p/x 255"), "= 0xff\n");
    contains(run(*state, "p/o 8"), "= 010\n");
    contains(run(*state, "p/t 10"), "= 1010\n");
    contains(run(*state, "p/d (u8)255"), "= -1\n");
    contains(run(*state, "p/u (char)-1"), "= 255\n");
    contains(run(*state, "p/c 65"), "= 65 'A'\n");
    contains(run(*state, "p/z (u16)5"), "= 0x0005\n");
    contains(run(*state, "p/a 0:7c00"), "= 0x7c00 (0000:7c00)\n");
    assert_string_equal(run(*state, "p/y 1"), "Undefined output format \"y\".\n");
    assert_string_equal(run(*state, "p/3x 1"), "Item count other than 1 is meaningless in \"print\" command.\n");
    assert_string_equal(run(*state, "p/i 1"), "Format letter \"i\" is meaningless in \"print\" command.\n");
    run(*state, "set output-radix 16");
    contains(run(*state, "p 255"), "= 0xff\n");
}

static void x_prints_cells_of_each_size(void **state)
{
    assert_string_equal(run(*state, "x/3xb 0:7c00"), "0x7c00 (0000:7c00):\t0xfa\t0x31\t0xc0\n");
    assert_string_equal(run(*state, "x/2xh 0x7c00"), "0x7c00:\t0x31fa\t0x8ec0\n");
    assert_string_equal(run(*state, "x/xw 0x7c00"), "0x7c00:\t0x8ec031fa\n");
    assert_string_equal(run(*state, "x/xg 0x7c00"), "0x7c00:\t0x7c00bcd08ec031fa\n");
    assert_string_equal(run(*state, "x/db 0x7c00"), "0x7c00:\t-6\n");
    assert_string_equal(run(*state, "x/ub 0x7c00"), "0x7c00:\t250\n");
    assert_string_equal(run(*state, "x/tb 0x7c00"), "0x7c00:\t11111010\n");
    assert_string_equal(run(*state, "x/c 0x7c01"), "0x7c01:\t49 '1'\n");
}

static void x_starts_a_line_every_so_many_cells(void **state)
{
    const char *text = run(*state, "x/9xb 0x7c00");
    contains(text, "\n0x7c08:\t0x8e\n");
    contains(run(*state, "x/5xw 0x7c00"), "\n0x7c10:\t");
}

static void x_goes_on_and_remembers(void **state)
{
    run(*state, "x/3xb 0:7c00");
    assert_string_equal(run(*state, ""), "0x7c03 (0000:7c03):\t0x8e\t0xd0\t0xbc\n");
    assert_string_equal(run(*state, "x/1"), "0x7c06 (0000:7c06):\t0x00\n");
    contains(run(*state, "p $_"), "0x7c06");
    contains(run(*state, "p $__"), "= 0");
    assert_string_equal(run(*state, "x/-2 0:7c02"), "0x7c00 (0000:7c00):\t0xfa\t0x31\n");
}

static void x_prints_instructions_and_marks_the_next(void **state)
{
    assert_string_equal(run(*state, "x/2i $pc"), "=> 0x7c00 (0000:7c00):\tcli\n   0x7c01 (0000:7c01):\txor ax, ax\n");
    assert_string_equal(run(*state, "x"),
                        "   0x7c03 (0000:7c03):\tmov ss, ax\n   0x7c05 (0000:7c05):\tmov sp, 0x7c00\n");
    contains(run(*state, "x/-2i 0:7c1e"),
             "   0x7c18 (0000:7c18):\tinc word ptr [0x500]\n   0x7c1c (0000:7c1c):\tloop 0x7c18\n");
}

static void x_begins_at_pc(void **state)
{
    assert_string_equal(run(*state, "x/i"), "=> 0x7c00 (0000:7c00):\tcli\n");
    assert_string_equal(run(*state, "x/i"), "   0x7c01 (0000:7c01):\txor ax, ax\n");
    contains(run(*state, "xp/xb"), "0x7c03");
}

/* add [bx+si],al; mov ax,[bp+si-27EEh]; in 32 bits the scale counts: mov ax,[ebx+esi*2] */
static void addresses_of_16_bits_have_no_scale(void **state)
{
    static const uint8_t code[] = { 0x00, 0x00, 0x8B, 0x82, 0x12, 0xD8, 0x67, 0x8B, 0x04, 0x73 };
    struct session *s = *state;
    assert_int_equal(inspect_poke(s->m, 0x7C00, code, sizeof code), sizeof code);
    const char *text = run(s, "x/3i $pc");
    contains(text, "add byte ptr [bx+si], al\n");
    contains(text, "mov ax, word ptr [bp+si-0x27ee]\n");
    contains(text, "mov ax, word ptr [ebx+esi*2]\n");
    run(s, "set disassembly-flavor att");
    contains(run(s, "x/i $pc"), "(%bx,%si)");
}

static void printf_takes_text_in_quotes(void **state)
{
    assert_string_equal(run(*state, "printf \"%s|%-5s|%.2s|%d\\n\", \"a\\tb\", \"c\", \"def\", 5"), "a\tb|c    |de|5\n");
    contains(run(*state, "printf \"%d\", \"text\""), "Text in quotes is printed by %s only.");
    contains(run(*state, "printf \"%s\", \"text"), "Unterminated string in expression.");
    contains(run(*state, "printf \"%999s\", \"text\""), "Bad format string");
    contains(run(*state, "printf \"%s\", \"a\" b"), "Wrong number of arguments");
}

static void x_prints_strings(void **state)
{
    run(*state, "set dword[0:500] = 0x0a226948");
    assert_string_equal(run(*state, "x/s 0x500"), "0x500:\t\"Hi\\\"\\n\"\n");
    contains(run(*state, "p/s 0:500"), "= \"Hi\\\"\\n\"\n");
    assert_string_equal(run(*state, "printf \"%s|%5d|%-4x|%c%%\\n\", 0:500, -3, 255, 65"), "Hi\"\n|   -3|ff  |A%\n");
}

static void printf_checks_its_arguments(void **state)
{
    assert_string_equal(run(*state, "printf \"%d\\n\""), "Wrong number of arguments for specified format-string\n");
    assert_string_equal(run(*state, "printf \"a\", 5"), "aWrong number of arguments for specified format-string\n");
    assert_string_equal(run(*state, "printf 5"), "Bad format string\n");
    assert_string_equal(run(*state, "printf \"abc"), "Bad format string, non-terminated '\"'\n");
    assert_string_equal(run(*state, "printf \"%n\", 5"), "Unrecognized format specifier 'n' in printf\n");
    assert_string_equal(run(*state, "printf \"%999999d\", 5"), "Bad format string\n");
    assert_string_equal(run(*state, "printf \"%lx %hhd\\n\", 0x1234567890, 5"), "1234567890 5\n");
    assert_string_equal(run(*state, "echo a\\tb\\101\\n"), "a\tbA\n");
}

static void xp_reads_physical_memory(void **state)
{
    assert_string_equal(run(*state, "xp/2xb 0x7c00"), "0x7c00:\t0xfa\t0x31\n");
}

static void disassemble_dumps_a_range(void **state)
{
    assert_string_equal(run(*state, "disassemble 0:7c00,+3"),
                        "Dump of assembler code from 0x7c00 to 0x7c03:\n=> 0x00007c00 (0000:7c00):\tcli\n"
                        "   0x00007c01 (0000:7c01):\txor ax, ax\nEnd of assembler dump.\n");
    contains(run(*state, "disassemble /r 0x7c01,0x7c03"), "   0x00007c01 (0000:7c01):\t31 c0\txor ax, ax\n");
    run(*state, "set disassembly-flavor att");
    contains(run(*state, "x/i 0x7c01"), "xor %ax, %ax");
}

static void targets_of_branches_are_offsets_in_cs(void **state)
{
    run(*state, "set $pc = 7c0:0");
    contains(run(*state, "x/i 0x7c1c"), "0x7c1c:\tloop 0x18\n");
    contains(run(*state, "x/i cs:1c"), "0x7c1c (07c0:001c):\tloop 0x18\n");
    run(*state, "symbol again 0:7c18");
    contains(run(*state, "x/i 0x7c1c"), "loop 0x18 <again>\n");
}

static void symbols_show_in_addresses(void **state)
{
    run(*state, "symbol again 0:7c18");
    run(*state, "symbol start 0:7c00");
    contains(run(*state, "x/i 0:7c1c"), "0x7c1c <again+4> (0000:7c1c):\tloop 0x7c18 <again>\n");
    assert_string_equal(run(*state, "break again+4"), "Breakpoint 1 at 0x7c1c\n");
    contains(run(*state, "c"), "Breakpoint 1, 0x00007c1c in again () (0000:7c1c)");
    assert_string_equal(run(*state, "info symbol 0x7c1c"), "again + 4\n");
    contains(run(*state, "p start"), "= {<text variable, no debug info>} 0x7c00 <start>\n");
    contains(run(*state, "disassemble start"), "from 0x7c00 to 0x7c18:");
    contains(run(*state, "x/2i 0x7c01"), "mov ss, ax");
}

static void lines_for_views(void **state)
{
    struct session *s = *state;
    struct debugger_line lines[3];
    run(s, "break 0:7c01");
    run(s, "symbol here 0:7c01");
    assert_int_equal(debugger_disassemble(s->d, 0x7C00, 3, lines), 3);
    assert_true(lines[0].current && lines[0].readable);
    assert_int_equal(lines[1].address, 0x7C01);
    assert_int_equal(lines[1].length, 2);
    assert_int_equal(lines[1].bytes[1], 0xC0);
    assert_int_equal(lines[1].breakpoint, 'b');
    assert_string_equal(lines[1].text, "xor ax, ax");
    assert_string_equal(lines[1].symbol, "here");
    assert_string_equal(lines[2].symbol, "here+2");
    assert_int_equal(debugger_disassemble_before(s->d, 0x7C1E, 1), 0x7C1C);
    assert_int_equal(debugger_disassemble_before(s->d, 0, 4), 0);
    assert_int_equal(debugger_disassemble(s->d, 0xFFFFFFFF, 3, lines), 1);
}

static void disassemble_refuses_what_would_never_end(void **state)
{
    assert_string_equal(run(*state, "disassemble 0,0x7fffffff"), "The range is longer than 1 MB.\n");
    contains(run(*state, "disassemble 0xfffffff0,+5"), "0xfffffff0");
}

static void find_sees_overlapping_places(void **state)
{
    run(*state, "set dword[0:3000] = 0x01010101");
    assert_string_equal(run(*state, "find /b 0x3000,+4,1,1"), "0x3000\n0x3001\n0x3002\n3 patterns found.\n");
}

static void find_lists_the_places(void **state)
{
    assert_string_equal(run(*state, "find /b 0:7c00,+0x4e,0xcd,0x21"),
                        "0x7c23 (0000:7c23)\n0x7c27 (0000:7c27)\n2 patterns found.\n");
    contains(run(*state, "p $_"), "0x7c27");
    contains(run(*state, "p $numfound"), "= 2");
    assert_string_equal(run(*state, "find /h1 0x7c00, 0x7c4d, 0x21cd"), "0x7c23\n1 pattern found.\n");
    assert_string_equal(run(*state, "find 0x7c00, +0x20, \"\374\""), "Pattern not found.\n");
    assert_string_equal(run(*state, "find 0x7c00, +0x20"), "Missing search parameters.\n");
    run(*state, "set dword[0:2ffe] = 0x44434241");      /* across the search's blocks */
    assert_string_equal(run(*state, "find 0x2000, +0x2000, \"ABCD\""), "0x2ffe\n1 pattern found.\n");
}

static void dump_and_restore_are_inverse(void **state)
{
    char path[] = "/tmp/trowel-dump-XXXXXX", line[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    snprintf(line, sizeof line, "dump binary memory %s 0:7c00 0:7c4e", path);
    assert_string_equal(run(*state, line), "");
    snprintf(line, sizeof line, "restore %s binary 0x5000", path);
    contains(run(*state, line), "into memory (0x5000 to 0x504e)\n");
    contains(run(*state, "p/x dword[0:5000]"), "0x8ec031fa");
    contains(run(*state, "p/x byte[0:504d]"), "0xf4");
    contains(run(*state, "p/x byte[0:504e]"), "0x0");
    snprintf(line, sizeof line, "restore %s binary 0x6000 1 3", path);
    contains(run(*state, line), "(0x6001 to 0x6003)");
    contains(run(*state, "p/x dword[0:6000]"), "0xc03100");
    snprintf(line, sizeof line, "append memory %s 0x7c00 0x7c02", path);
    run(*state, line);
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    assert_int_equal(ftell(file), 0x50);
    fclose(file);
    remove(path);
    contains(run(*state, line), "");
    remove(path);
    assert_string_equal(run(*state, "restore /nonexistent/x binary 0"), "/nonexistent/x: No such file or directory.\n");
    assert_string_equal(run(*state, "dump memory /nonexistent/x 0 5"), "Cannot open /nonexistent/x for writing.\n");
    assert_string_equal(run(*state, "dump memory x 5 5"), "Invalid memory address range (start >= end).\n");
}

static FILE *not_there(void *ctx, const char *path, bool append, char *error, size_t error_size)
{
    (void)ctx, (void)append;
    snprintf(error, error_size, "%s: not there", path);
    return NULL;
}

static void a_file_that_may_not_be_written_is_not_opened(void **state)
{
    char path[] = "/tmp/trowel-dump-XXXXXX", line[200];
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "kept", 4), 4);
    struct session *guarded = session_on(guest_code, sizeof guest_code,
                                         &(struct debugger_config){ .open_output = not_there });
    static const char *const commands[] = { "dump memory %s 0 10", "append memory %s 0 10", "dump value %s byte[0]" };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        snprintf(line, sizeof line, commands[i], path);
        contains(run(guarded, line), ": not there.\n");
        assert_true(debugger_failed(guarded->d));
        assert_int_equal(lseek(fd, 0, SEEK_END), 4);
    }
    session_end(guarded);
    close(fd);
    remove(path);
}

static FILE *kept_open;
static int completed;

static FILE *open_kept(void *ctx, const char *path, bool append, char *error, size_t error_size)
{
    (void)ctx, (void)path, (void)append, (void)error, (void)error_size;
    return kept_open = tmpfile();
}

static bool close_kept(void *ctx, bool complete, char *error, size_t error_size)
{
    (void)ctx;
    completed = complete;
    fclose(kept_open);
    snprintf(error, error_size, "FILE: the disk is full");
    return false;
}

static void a_dump_tells_what_closing_its_file_says(void **state)
{
    (void)state;
    struct session *kept = session_on(guest_code, sizeof guest_code,
                                      &(struct debugger_config){ .open_output = open_kept, .close_output = close_kept });
    completed = -1;
    contains(run(kept, "dump memory FILE 0 10"), "FILE: the disk is full.\n");
    assert_true(debugger_failed(kept->d));
    assert_int_equal(completed, true);
    session_end(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(print_formats),
        ON_GUEST(x_prints_cells_of_each_size),
        ON_GUEST(x_starts_a_line_every_so_many_cells),
        ON_GUEST(x_goes_on_and_remembers),
        ON_GUEST(x_prints_instructions_and_marks_the_next),
        ON_GUEST(x_begins_at_pc),
        ON_GUEST(addresses_of_16_bits_have_no_scale),
        ON_GUEST(printf_takes_text_in_quotes),
        ON_GUEST(x_prints_strings),
        ON_GUEST(printf_checks_its_arguments),
        ON_GUEST(xp_reads_physical_memory),
        ON_GUEST(disassemble_dumps_a_range),
        ON_GUEST(targets_of_branches_are_offsets_in_cs),
        ON_GUEST(symbols_show_in_addresses),
        ON_GUEST(lines_for_views),
        ON_GUEST(disassemble_refuses_what_would_never_end),
        ON_GUEST(find_sees_overlapping_places),
        ON_GUEST(find_lists_the_places),
        ON_GUEST(dump_and_restore_are_inverse),
        cmocka_unit_test(a_file_that_may_not_be_written_is_not_opened),
        cmocka_unit_test(a_dump_tells_what_closing_its_file_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
