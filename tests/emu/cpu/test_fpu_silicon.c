/* The x87's instructions against the host's own unit (fpu_trial.h): all of them, all rounding and precision modes,
 * masked and unmasked exceptions, every pair of special values, random values that are likely to tie, cancel, overflow
 * and underflow, stack faults, and every image of FLDENV and FRSTOR. The 8087's FENI, FDISI and FSETPM are among them.
 *
 * A few seconds of it belong to `make check`. SILICON_CASES asks for that many random cases instead, spread over the
 * instructions, all masks with the special values, and has what is excluded printed. Skipped where the host cannot run
 * 32-bit code. */
#include <stdlib.h>

#include "tests/emu/cpu/fpu_trial.h"

enum { SAMPLE = 400000 };

static struct fpu_host host;
static unsigned long cases;             /* random ones, in all */
static bool thorough;

/* --- One trial --- */

static void print_state(const char *who, const uint8_t *state)
{
    printf("  %s control %02X%02X status %02X%02X tags %02X%02X", who, state[1], state[0], state[5], state[4], state[9],
           state[8]);
    for (unsigned i = 0; i < 3; i++) {
        printf(" ");
        for (int j = 9; j >= 0; j--)
            printf("%02X", state[AT_REGISTERS + 10 * i + (unsigned)j]);
    }
    printf("\n         pointers");
    for (unsigned i = AT_IP; i < AT_REGISTERS; i++)
        printf(" %02X", state[i]);
    printf("\n");
}

static void print_operand(const char *who, const struct trial *t, const uint8_t *area)
{
    unsigned size = t->form->flags & IMAGE ? STATE_SIZE : 10;
    printf("  %s operand ", who);
    for (unsigned j = 0; j < size; j++)
        printf("%02X", area[OPERAND - STATE_IN + j]);
    printf("\n");
}

static void report(const struct trial *t)
{
    for (size_t i = 0; i < t->size; i++)
        printf("%02X ", t->code[i]);
    printf("\n");
    print_operand("before", t, t->before);
    print_operand("host  ", t, t->host);
    print_operand("ours  ", t, t->ours);
    print_state("before", t->before);
    print_state("host  ", t->host + OUT);
    print_state("ours  ", t->ours + OUT);
    /* The 486's kin are Intel's. What another maker's processor does otherwise is shown, and fails the thorough run. */
    if (!host.intel && !thorough)
        skip();
    fail();
}

static void forgive(struct trial *t)
{
    for (size_t i = 0; i < sizeof fpu_allowances / sizeof *fpu_allowances; i++)
        fpu_allowances[i].forgive(t);
    if (!host.intel)
        fpu_forgive_pointers(t);
    if (!host.vendor_known && !(t->form->flags & CONDITIONS))
        fpu_take_status(t, FPU_C0 | FPU_C1 | FPU_C2 | FPU_C3);
}

/* FSCALE by zero and the remainder by infinity give ST itself. That a denormal does not underflow then, even if that is
 * not masked, is known of Intel's parts only. */
static bool is_intels_alone(const struct trial *t)
{
    const unsigned exponent = t->before[AT_REGISTERS + 8] | (t->before[AT_REGISTERS + 9] & 0x7F) << 8;
    const bool keeps = t->code[0] == 0xD9 && (t->code[1] == 0xF5 || t->code[1] == 0xF8 || t->code[1] == 0xFD);
    return keeps && exponent == 0 && !(t->before[AT_CONTROL] & F80_UNDERFLOW);
}

/* With the state and the operand that are in memory. */
static void try_once(const struct form *form, uint8_t modrm)
{
    struct trial t = { .form = form };
    if (form->flags & OPERAND16)
        t.code[t.size++] = 0x66;
    if (modrm < 0xC0)
        t.size += fpu_emit(t.code + t.size, form->opcode, modrm | 5, OPERAND);
    else
        t.size += (size_t)(fpu_emit(t.code + t.size, form->opcode, modrm, 0) - 4);
    memset(flat_at(host.flat, STATE_OUT), 0, OPERAND - STATE_OUT);
    memcpy(t.before, flat_at(host.flat, STATE_IN), AREA);
    if (!host.intel && is_intels_alone(&t))
        return;
    fpu_run_host(&host, &t);
    fpu_run_ours(&host, &t);
    forgive(&t);
    if (memcmp(t.host, t.ours, AREA) != 0)
        report(&t);
}

/* --- Random values --- */

static unsigned modrm_step(const struct form *form)
{
    return form->first < 0xC0 ? 8 : 1;
}

static bool is_to_be_tried(const struct form *form)
{
    return host.vendor_known || !(form->flags & UNDEFINED);
}

static void try_randomly(const struct form *form, unsigned modrm, unsigned long count)
{
    while (count--) {
        fpu_put_state(&host, form);
        if (form->flags & IMAGE)
            fpu_put_image(&host);
        else
            fpu_put_operand(&host);
        try_once(form, (uint8_t)modrm);
    }
}

static void try_forms(const struct form *forms, size_t count)
{
    enum { ALL_MODRM_BYTES = 400 };     /* that are tried, about; each gets the same number of cases */
    if (!host.runs)
        skip();
    native_catch_faults();
    const unsigned long each = cases / ALL_MODRM_BYTES + 1;
    for (const struct form *form = forms; form < forms + count; form++)
        for (unsigned modrm = form->first; modrm <= form->last && is_to_be_tried(form); modrm += modrm_step(form))
            try_randomly(form, modrm, each);
}

#define TRY_FORMS(forms) try_forms(forms, sizeof(forms) / sizeof *(forms))

static void arithmetic_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0x00, 0x08, 0 }, { 0xD8, 0x20, 0x38, 0 }, { 0xDA, 0x00, 0x08, 0 }, { 0xDA, 0x20, 0x38, 0 },
        { 0xDC, 0x00, 0x08, 0 }, { 0xDC, 0x20, 0x38, 0 }, { 0xDE, 0x00, 0x08, 0 }, { 0xDE, 0x20, 0x38, 0 },
        { 0xD8, 0xC0, 0xCF, 0 }, { 0xD8, 0xE0, 0xFF, 0 }, { 0xDC, 0xC0, 0xCF, 0 }, { 0xDC, 0xE0, 0xFF, 0 },
        { 0xDE, 0xC0, 0xCF, 0 }, { 0xDE, 0xE0, 0xFF, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void comparison_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0x10, 0x18, CONDITIONS }, { 0xDA, 0x10, 0x18, CONDITIONS }, { 0xDC, 0x10, 0x18, CONDITIONS },
        { 0xDE, 0x10, 0x18, CONDITIONS }, { 0xD8, 0xD0, 0xDF, CONDITIONS }, { 0xDC, 0xD0, 0xDF, CONDITIONS },
        { 0xDE, 0xD0, 0xD7, CONDITIONS }, { 0xDE, 0xD9, 0xD9, CONDITIONS }, { 0xDD, 0xE0, 0xEF, CONDITIONS },
        { 0xDA, 0xE9, 0xE9, CONDITIONS }, { 0xD9, 0xE4, 0xE5, CONDITIONS },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void functions_of_top_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xE0, 0xE1, 0 }, { 0xD9, 0xF4, 0xF5, 0 }, { 0xD9, 0xF8, 0xF8, 0 }, { 0xD9, 0xFA, 0xFA, 0 },
        { 0xD9, 0xFC, 0xFD, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void loads_and_constants_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0x00, 0x00, 0 }, { 0xDB, 0x00, 0x00, 0 }, { 0xDD, 0x00, 0x00, 0 }, { 0xDF, 0x00, 0x00, 0 },
        { 0xDB, 0x28, 0x28, 0 }, { 0xDF, 0x20, 0x28, 0 }, { 0xD9, 0xC0, 0xC7, 0 }, { 0xD9, 0xE8, 0xEE, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void stores_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0x10, 0x18, 0 }, { 0xDB, 0x10, 0x18, 0 }, { 0xDD, 0x10, 0x18, 0 }, { 0xDF, 0x10, 0x18, 0 },
        { 0xDB, 0x38, 0x38, 0 }, { 0xDF, 0x30, 0x38, 0 }, { 0xDD, 0xD0, 0xDF, 0 }, { 0xD9, 0xD8, 0xDF, UNDEFINED },
        { 0xDF, 0xD0, 0xDF, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void stack_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xC8, 0xCF, 0 }, { 0xDD, 0xC8, 0xCF, 0 }, { 0xDF, 0xC8, 0xCF, 0 }, { 0xDD, 0xC0, 0xC7, 0 },
        { 0xDF, 0xC0, 0xC7, UNDEFINED }, { 0xD9, 0xF6, 0xF7, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void control_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xD0, 0xD0, 0 }, { 0xDB, 0xE0, 0xE4, NOT_WAITING }, { 0xDF, 0xE0, 0xE0, NOT_WAITING },
        { 0xD9, 0x28, 0x28, IMAGE }, { 0xD9, 0x38, 0x38, NOT_WAITING }, { 0xDD, 0x38, 0x38, NOT_WAITING },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void environment_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0x20, 0x20, IMAGE }, { 0xDD, 0x20, 0x20, IMAGE }, { 0xD9, 0x30, 0x30, IMAGE | NOT_WAITING },
        { 0xDD, 0x30, 0x30, IMAGE | NOT_WAITING }, { 0xD9, 0x20, 0x20, IMAGE | OPERAND16 },
        { 0xDD, 0x20, 0x20, IMAGE | OPERAND16 }, { 0xD9, 0x30, 0x30, IMAGE | OPERAND16 | NOT_WAITING },
        { 0xDD, 0x30, 0x30, IMAGE | OPERAND16 | NOT_WAITING },
    };
    (void)state;
    TRY_FORMS(forms);
}

/* F2XM1 and FYL2XP1 get operands here that the manual does not allow. */
static void transcendental_functions_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xF1, 0xF3, CLOSE }, { 0xD9, 0xFB, 0xFB, CLOSE }, { 0xD9, 0xFE, 0xFF, CLOSE },
        { 0xD9, 0xF0, 0xF0, CLOSE | UNDEFINED }, { 0xD9, 0xF9, 0xF9, CLOSE | UNDEFINED },
    };
    (void)state;
    TRY_FORMS(forms);
}

/* --- Special values --- */

/* What the manual leaves undefined is ours for every value on Intel's parts only. */
static bool is_known_throughout(const struct form *form)
{
    return host.intel || !(form->flags & UNDEFINED);
}

/* ST and ST(1), no flag set, room for one more. */
static void put_pair(struct f80 a, struct f80 b, unsigned control)
{
    fpu_put_words(&host, (uint16_t)control, 0, 3 << 14);
    fpu_put_f80(&host, STATE_IN + AT_REGISTERS, a);
    fpu_put_f80(&host, STATE_IN + AT_REGISTERS + 10, b);
}

/* All rounding and precision modes, with every exception masked, none, and each one alone not. */
static void try_pair(const struct form *form, struct f80 a, struct f80 b)
{
    static const uint8_t masks[] = { 0x3F, 0x00, 0x3E, 0x3D, 0x3B, 0x37, 0x2F, 0x1F };
    const unsigned precisions[] = { F80_PC_24, F80_PC_53, F80_PC_64 };
    for (unsigned rounding = 0; rounding <= F80_RC; rounding += F80_RC_DOWN)
        for (unsigned p = 0; p < 3; p++)
            for (unsigned m = 0; m < (thorough ? sizeof masks : 2); m++) {
                put_pair(a, b, rounding | precisions[p] | masks[m]);
                try_once(form, form->first);
            }
}

static void pairs_of_special_values_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0xC1, 0, 0 }, { 0xDC, 0xE1, 0, 0 }, { 0xDE, 0xE9, 0, 0 }, { 0xD8, 0xC9, 0, 0 }, { 0xD8, 0xF1, 0, 0 },
        { 0xDE, 0xF1, 0, 0 }, { 0xD8, 0xD1, 0, CONDITIONS }, { 0xDD, 0xE9, 0, CONDITIONS }, { 0xD9, 0xF5, 0, 0 },
        { 0xD9, 0xF8, 0, 0 }, { 0xD9, 0xFD, 0, 0 }, { 0xD9, 0xF1, 0, CLOSE }, { 0xD9, 0xF3, 0, CLOSE },
        { 0xD9, 0xF9, 0, CLOSE | UNDEFINED },
    };
    (void)state;
    if (!host.runs)
        skip();
    native_catch_faults();
    memset(flat_at(host.flat, STATE_IN), 0, AREA);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t a = 0; a < FPU_SPECIAL && is_known_throughout(&forms[i]); a++)
            for (size_t b = 0; b < FPU_SPECIAL; b++)
                try_pair(&forms[i], fpu_special[a], fpu_special[b]);
}

static void special_values_alone_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xE0, 0, 0 }, { 0xD9, 0xE1, 0, 0 }, { 0xD9, 0xE4, 0, CONDITIONS }, { 0xD9, 0xE5, 0, CONDITIONS },
        { 0xD9, 0xF4, 0, 0 }, { 0xD9, 0xFA, 0, 0 }, { 0xD9, 0xFC, 0, 0 }, { 0xD9, 0xF0, 0, CLOSE | UNDEFINED },
        { 0xD9, 0xF2, 0, CLOSE }, { 0xD9, 0xFB, 0, CLOSE }, { 0xD9, 0xFE, 0, CLOSE }, { 0xD9, 0xFF, 0, CLOSE },
        { 0xD9, 0x10, 0, 0 }, { 0xDD, 0x18, 0, 0 }, { 0xDF, 0x10, 0, 0 }, { 0xDB, 0x18, 0, 0 }, { 0xDF, 0x38, 0, 0 },
        { 0xDF, 0x30, 0, 0 }, { 0xDB, 0x38, 0, 0 },
    };
    (void)state;
    if (!host.runs)
        skip();
    native_catch_faults();
    memset(flat_at(host.flat, STATE_IN), 0, AREA);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t a = 0; a < FPU_SPECIAL && is_known_throughout(&forms[i]); a++)
            try_pair(&forms[i], fpu_special[a], fpu_special[a]);
}

/* Of single and double precision, in memory, with every special value in ST. */
static void special_operands_in_memory_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0x00, 0, 0 }, { 0xDC, 0x28, 0, 0 }, { 0xD8, 0x08, 0, 0 }, { 0xDC, 0x30, 0, 0 }, { 0xD8, 0x38, 0, 0 },
        { 0xD8, 0x10, 0, CONDITIONS }, { 0xDC, 0x18, 0, CONDITIONS }, { 0xD9, 0x00, 0, 0 }, { 0xDD, 0x00, 0, 0 },
    };
    static const uint64_t operands[] = {        /* a single in the lower half, or a double: 0, 1, denormals, NaNs */
        0, 0x8000000080000000, 0x3FF000003F800000, 0xBFF0000000000000, 1, 0x800FFFFFFFFFFFFF, 0x00000000007FFFFF,
        0x0010000000800000, 0x7FEFFFFF7F7FFFFF, 0x7FF000007F800000, 0x7FF0000000000000, 0xFFF00000FF800000,
        0x7FF000017F800001, 0xFFF7FFFFFFBFFFFF, 0x7FF800007FC00000, 0xFFFFFFFFFFFFFFFF, 0x7FF8000000000001,
    };
    (void)state;
    if (!host.runs)
        skip();
    native_catch_faults();
    memset(flat_at(host.flat, STATE_IN), 0, AREA);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t b = 0; b < sizeof operands / sizeof *operands; b++)
            for (size_t a = 0; a < FPU_SPECIAL; a++) {
                fpu_put(&host, OPERAND, operands[b], 8);
                try_pair(&forms[i], fpu_special[a], fpu_special[0]);
            }
}

/* --- Which encodings there are --- */

/* What came after the 486. */
static const struct { uint8_t opcode, first, last; const char *what; } later[] = {
    { 0xDA, 0xC0, 0xDF, "FCMOVcc, since the Pentium Pro" }, { 0xDB, 0xC0, 0xDF, "FCMOVNcc, since the Pentium Pro" },
    { 0xDB, 0xE8, 0xF7, "FUCOMI and FCOMI, since the Pentium Pro" },
    { 0xDF, 0xE8, 0xF7, "FUCOMIP and FCOMIP, since the Pentium Pro" },
    { 0xDB, 0x08, 0x0F, "FISTTP, with SSE3" }, { 0xDD, 0x08, 0x0F, "FISTTP, with SSE3" },
    { 0xDF, 0x08, 0x0F, "FISTTP, with SSE3" },
};

static bool is_later(uint8_t opcode, uint8_t modrm)
{
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (opcode == later[i].opcode && modrm >= later[i].first && modrm <= later[i].last)
            return true;
    return false;
}

/* After FNINIT; ModRM, and a displacement if it is for memory. */
static void try_encoding(uint8_t opcode, uint8_t modrm)
{
    struct native_state state = { .flags = 0 };
    uint8_t code[10] = { 0xDB, 0xE3 };
    size_t size = fpu_emit(code + 2, opcode, modrm, OPERAND) - (modrm < 0xC0 ? 0 : 4);
    native_execute(&state, code, 2 + size);
    host.flat->cpu.eip = FLAT_CODE;
    fpu_initialize(&host.flat->cpu);
    bool valid = flat_step(host.flat, code + 2, size) != EXC_UD;
    if (valid == (!state.faulted && !is_later(opcode, modrm)))
        return;
    printf("%02X %02X: host %s, ours %s\n", opcode, modrm, state.faulted ? "#UD" : "valid", valid ? "valid" : "#UD");
    fail();
}

static void encodings_exist_as_on_host(void **state)
{
    (void)state;
    if (!host.intel)
        skip();
    native_catch_faults();
    memset(native_at(OPERAND), 0, STATE_SIZE);
    memset(flat_at(host.flat, OPERAND), 0, STATE_SIZE);
    for (unsigned opcode = 0xD8; opcode <= 0xDF; opcode++)
        for (unsigned modrm = 5; modrm <= 0xFF; modrm += modrm < 0x3D ? 8 : modrm == 0x3D ? 0xC0 - 0x3D : 1)
            try_encoding((uint8_t)opcode, (uint8_t)modrm);
    try_encoding(0xDB, 0xE3);           /* leaves the host's unit as the compiler's code expects it */
}

/* --- */

static void print_exclusions(void)
{
    for (size_t i = 0; i < sizeof fpu_allowances / sizeof *fpu_allowances; i++)
        print_message("need not be the same: %s\n", fpu_allowances[i].reason);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        print_message("not of the 486: %02X %02X-%02X, %s\n", later[i].opcode, later[i].first, later[i].last,
                      later[i].what);
}

static void set_up(void)
{
    const char *wanted = getenv("SILICON_CASES");
    thorough = wanted;
    cases = wanted ? strtoul(wanted, NULL, 10) : SAMPLE;
    host.seed = 88172645463325252u;
    host.flat = flat_create();
    host.flat->cpu.has_fpu = true;
    host.flat->cpu.cr0 |= CR0_PE | CR0_NE;       /* the layout of images is that of protected mode */
    cpu_mode_changed(&host.flat->cpu);
    host.flat->cpu.seg[CS].selector = NATIVE_CS32;
    host.flat->cpu.seg[DS].selector = NATIVE_DATA;
    host.runs = native_open();
    host.intel = host.runs && native_is_vendor("GenuineIntel");
    host.vendor_known = host.intel || (host.runs && native_is_vendor("AuthenticAMD"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_as_host), cmocka_unit_test(comparison_as_host),
        cmocka_unit_test(functions_of_top_as_host), cmocka_unit_test(loads_and_constants_as_host),
        cmocka_unit_test(stores_as_host), cmocka_unit_test(stack_as_host), cmocka_unit_test(control_as_host),
        cmocka_unit_test(environment_as_host), cmocka_unit_test(transcendental_functions_as_host),
        cmocka_unit_test(pairs_of_special_values_as_host), cmocka_unit_test(special_values_alone_as_host),
        cmocka_unit_test(special_operands_in_memory_as_host), cmocka_unit_test(encodings_exist_as_on_host),
    };
    set_up();
    if (thorough)
        print_exclusions();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    flat_destroy(host.flat);
    return failures;
}
