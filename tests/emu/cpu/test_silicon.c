/* The integer instructions against the host's own processor: the same instruction, segments, registers, flags and
 * memory for both, random but from a fixed seed (silicon/sample.h); afterwards the exception that ended it, all
 * registers, flags and memory have to be the same. What is not compared, and why, is in silicon/rules.c.
 *
 * SILICON_CASES says how many cases there are in all; with it flags that the manual leaves undefined are compared too
 * if the host is one of Intel's, and what is excluded is printed. Without it a sample runs. Faults are compared with
 * Intel's parts only: which of several comes first is not for others to say. Where the host cannot do it, everything
 * is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/emu/cpu/silicon/model.h"
#include "tests/emu/cpu/silicon/oracle.h"
#include "tests/emu/cpu/silicon/rules.h"
#include "tests/emu/cpu/silicon/sample.h"

#if defined(__SANITIZE_ADDRESS__)
enum { USUAL_CASES = 100000 };
#else
enum { USUAL_CASES = 1500000 };        /* some twenty seconds */
#endif
enum { FORMS_MAX = 1024, REPORTS_MAX = 4, REFRESH_EVERY = 512, DATA_BYTES = ORACLE_SIZE + ORACLE_PAGE,
       PAGE_FAULT_FETCH = 16 };

static struct {
    struct model *model;
    const char *why;            /* the host cannot do it */
    bool intel;                 /* faults are compared */
    bool strict;                /* and what the manual leaves undefined */
    struct form forms[FORMS_MAX];
    unsigned form_count;
    unsigned long per_form, all, faults;
    bool verbose;
} silicon;

/* --- Memory --- */

static void refresh_memory(void)
{
    uint8_t *memory = model_memory(silicon.model);
    for (uint32_t i = 0; i < DATA_BYTES; i += 4) {
        uint32_t value = sample_chance(60) ? sample_any() : sample_value();
        memcpy(memory + i, &value, 4);
    }
    memcpy(oracle_memory(), memory, DATA_BYTES);
}

static void put_pokes(const struct sample *s)
{
    for (unsigned i = 0; i < s->pokes; i++) {
        memcpy(oracle_memory() + (s->poke[i].linear - ORACLE_BASE), &s->poke[i].value, s->poke[i].size);
        memcpy(model_memory(silicon.model) + (s->poke[i].linear - ORACLE_BASE), &s->poke[i].value, s->poke[i].size);
    }
}

/* Code lies among INT3s. */
static void put_code(const struct sample *s, bool remove)
{
    unsigned size = s->at + s->size > ORACLE_CODE_SIZE ? ORACLE_CODE_SIZE - s->at : s->size;
    for (unsigned i = 0; i < size; i++)
        oracle_code()[s->at + i] = model_code(silicon.model)[s->at + i] = remove ? 0xCC : s->code[i];
    model_code_written(silicon.model, s->at, size);
}

/* --- One case --- */

struct outcome {
    bool ended;
    struct oracle_state after;
    struct oracle_event event;
};

static void print_state(const char *who, const struct oracle_state *s)
{
    print_error("%-7s", who);
    for (int i = 0; i < 8; i++)
        print_error(" %08X", s->r[i]);
    print_error(" eip %08X flags %06X seg", s->eip, s->eflags);
    for (int i = 0; i < 6; i++)
        print_error(" %04X", s->seg[i]);
    print_error("\n");
}

static void print_memory(void)
{
    const uint8_t *host = oracle_memory(), *ours = model_memory(silicon.model);
    for (unsigned i = 0, shown = 0; i < DATA_BYTES && shown < 12; i++)
        if (host[i] != ours[i] && ++shown)
            print_error("  [%05X] host %02X ours %02X\n", i, host[i], ours[i]);
}

static void report(const struct sample *s, const char *what, const struct outcome *host, const struct outcome *ours)
{
    print_error("%s %s (%s): %s differs:", s->row->mnemonic ? s->row->mnemonic : "invalid",
                s->row->mnemonic ? s->row->operands : "", s->code32 ? "32-bit code" : "16-bit code", what);
    for (unsigned i = 0; i < s->size; i++)
        print_error(" %02X", s->code[i]);
    print_error("\n");
    print_state("before", &s->before);
    print_state("host", &host->after);
    print_state("ours", &ours->after);
    print_error("host #%u(%X) at %X, ours #%u(%X) at %X\n", host->event.vector, host->event.code,
                host->event.address, ours->event.vector, ours->event.code, ours->event.address);
    print_memory();
}

/* Null selectors are all the same: of some the host's kernel clears the RPL on its way. */
static bool same_segments(const uint16_t *a, const uint16_t *b)
{
    for (unsigned i = ES; i <= GS; i++)
        if (a[i] != b[i] && (a[i] > 3 || b[i] > 3))
            return false;
    return true;
}

/* Did both end by the same exception, for the same reason? */
static bool same_event(const struct oracle_event *host, const struct oracle_event *ours, const struct tolerance *t)
{
    uint32_t code = host->vector == EXC_PF ? host->code & ~(uint32_t)PAGE_FAULT_FETCH : host->code;
    if (t->order && vector_is_fault(host->vector) && vector_is_fault(ours->vector))
        return true;
    return host->vector == ours->vector && code == ours->code && host->address == ours->address;
}

/* What differs, or NULL. */
static const char *compare(const struct sample *s, const struct outcome *host, const struct outcome *ours)
{
    const struct tolerance t = sample_tolerance(s, host->event.vector, silicon.strict);
    bool fault = vector_is_fault(host->event.vector) || vector_is_fault(ours->event.vector);
    if (t.nothing || (fault && !silicon.intel))
        return NULL;
    if (!ours->ended)
        return "the end";
    if (!same_event(&host->event, &ours->event, &t))
        return "the exception";
    if (host->after.eip != ours->after.eip)
        return "EIP";
    if (!t.registers && memcmp(host->after.r, ours->after.r, sizeof host->after.r) != 0)
        return "a register";
    if ((host->after.eflags ^ ours->after.eflags) & ~t.flags)
        return "a flag";
    if (!same_segments(host->after.seg, ours->after.seg))
        return "a segment register";
    return !t.memory && memcmp(oracle_memory(), model_memory(silicon.model), DATA_BYTES) ? "memory" : NULL;
}

/* Brings both back to the same state. */
static void make_same(void)
{
    memcpy(model_memory(silicon.model), oracle_memory(), DATA_BYTES);
}

/* A jump to itself or into its own bytes could go on for ever. */
static bool jumps_into_itself(const struct sample *s, const struct outcome *ours)
{
    bool in_itself = ours->event.vector == EXC_BP && ours->after.eip - 1 - s->before.eip < s->size;
    return sample_is_near_transfer(s) && !s->steps && (!ours->ended || in_itself);
}

/* Runs the sample on both; says what differs, or NULL. */
static const char *run_both(const struct sample *s, struct outcome *host, struct outcome *ours)
{
    *host = *ours = (struct outcome){ 0 };
    put_pokes(s);
    put_code(s, false);
    ours->ended = model_run(silicon.model, &s->before, &ours->after, &ours->event);
    if (jumps_into_itself(s, ours))
        return NULL;
    host->ended = oracle_run(&s->before, &host->after, &host->event);
    if (!host->ended)
        fail_msg("the host could not enter the code");
    return compare(s, host, ours);
}

/*
 * A hypervisor that steps in while the processor delivers a fault delivers it again itself, with the RF of the
 * interrupted program (Intel SDM volume 3C, "Event injection"; seen once in some millions of cases). So a fault that
 * wrote nothing must differ each time to count.
 */
static bool may_be_the_hypervisor(const struct outcome *host)
{
    return host->ended && vector_is_fault(host->event.vector) &&
           !memcmp(oracle_memory(), model_memory(silicon.model), DATA_BYTES);
}

/* False: not the same. */
static bool run_sample(const struct sample *s, bool tell)
{
    struct outcome host, ours;
    const char *what = run_both(s, &host, &ours);
    for (unsigned again = 0; what && again < 3 && may_be_the_hypervisor(&host); again++)
        what = run_both(s, &host, &ours);
    const struct tolerance t = sample_tolerance(s, host.event.vector, silicon.strict);
    bool changed = what || !host.ended || t.memory || t.nothing || !silicon.intel;
    silicon.faults += host.ended && host.event.vector != EXC_DB && host.event.vector != EXC_BP &&
                      host.event.vector != EXC_OF;
    if (what && tell)
        report(s, what, &host, &ours);
    put_code(s, true);
    if (changed)
        make_same();
    return !what;
}

/* --- Groups --- */

static const struct group {
    const char *name, *mnemonics;
} groups[] = {
    { "arithmetic_agrees_with_silicon", "ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NOT NEG" },
    { "shifts_and_rotations_agree_with_silicon", "ROL ROR RCL RCR SHL SHR SAR SHLD SHRD" },
    { "multiplication_and_division_agree_with_silicon", "MUL IMUL DIV IDIV" },
    { "decimal_adjustments_agree_with_silicon", "DAA DAS AAA AAS AAM AAD" },
    { "bit_instructions_agree_with_silicon", "BT BTS BTR BTC BSF BSR BSWAP CMPXCHG XADD" },
    { "conditions_agree_with_silicon",
      "SETO SETNO SETB SETNB SETZ SETNZ SETBE SETNBE SETS SETNS SETP SETNP SETL SETNL SETLE SETNLE "
      "JO JNO JB JNB JZ JNZ JBE JNBE JS JNS JP JNP JL JNL JLE JNLE LOOP LOOPE LOOPNE JCXZ" },
    { "moves_agree_with_silicon", "MOV XCHG LEA MOVZX MOVSX CBW CWD XLAT NOP SALC" },
    { "stack_instructions_agree_with_silicon", "PUSH POP PUSHA POPA ENTER LEAVE" },
    { "flag_instructions_agree_with_silicon", "CLC STC CMC CLD STD LAHF SAHF PUSHF POPF" },
    { "pointers_and_selectors_agree_with_silicon", "LES LDS LSS LFS LGS LAR LSL VERR VERW ARPL" },
    { "transfers_agree_with_silicon", "JMP CALL RET RETF IRET INT INT3 INTO ICEBP BOUND" },
    { "strings_agree_with_silicon", "MOVS CMPS STOS LODS SCAS INS OUTS" },
    { "privileged_instructions_agree_with_silicon",
      "IN OUT CLI STI HLT CLTS LGDT LIDT LLDT LTR LMSW INVLPG INVD WBINVD WAIT" },
    { "invalid_opcodes_agree_with_silicon", NULL }
};
enum { GROUPS = sizeof groups / sizeof *groups };

static bool is_in_group(const struct group *group, const char *mnemonic)
{
    if (!mnemonic || !group->mnemonics)
        return !mnemonic && !group->mnemonics;
    return list_has(group->mnemonics, mnemonic);
}

static void run_form(struct form form, unsigned *failures)
{
    unsigned reports = 0;
    for (unsigned long i = 0; i < silicon.per_form; i++) {
        struct sample s;
        if (i % REFRESH_EVERY == 0)
            refresh_memory();
        while (!sample_make(&s, form) || sample_is_excluded(&s))
            continue;
        if (!run_sample(&s, reports < REPORTS_MAX))
            ++*failures, reports++;
    }
    if (reports)
        print_error("%u cases of this form differ\n\n", reports);
}

static void run_group(void **state)
{
    const struct group *group = *state;
    unsigned failures = 0;
    unsigned long forms = 0;
    if (silicon.why) {
        print_message("%s: not compared\n", silicon.why);
        skip();
    }
    oracle_begin();
    silicon.faults = 0;
    sample_seed(0x19890410);
    for (unsigned i = 0; i < silicon.form_count; i++)
        if (is_in_group(group, form_row(silicon.forms[i])->mnemonic)) {
            run_form(silicon.forms[i], &failures);
            forms++;
        }
    oracle_end();
    silicon.all += forms * silicon.per_form;
    print_message("%lu forms, %lu cases, %lu of them faults\n", forms, forms * silicon.per_form, silicon.faults);
    assert_int_not_equal(forms, 0);
    /* The 486's kin are Intel's. What another maker's processor does otherwise is shown, and fails the thorough run. */
    if (failures && !silicon.intel && !silicon.verbose) {
        print_message("%u of them differ on this processor, which is not Intel's\n", failures);
        skip();
    }
    assert_int_equal(failures, 0);
}

static void every_form_is_in_one_group(void **state)
{
    (void)state;
    for (unsigned i = 0; i < silicon.form_count; i++) {
        unsigned found = 0;
        for (unsigned g = 0; g < GROUPS; g++)
            found += is_in_group(&groups[g], form_row(silicon.forms[i])->mnemonic);
        if (found != 1)
            fail_msg("%s is in %u groups", form_row(silicon.forms[i])->mnemonic, found);
    }
}

static void find_forms(void)
{
    for (unsigned opcode = 0; opcode < 512; opcode++) {
        bool group = opcode_table[opcode].group;
        for (int reg = group ? 0 : -1; reg < (group ? 8 : 0); reg++) {
            struct form form = { (uint16_t)opcode, (int8_t)reg };
            if (!form_is_excluded(form) && silicon.form_count < FORMS_MAX)
                silicon.forms[silicon.form_count++] = form;
        }
    }
}

static int open_both(void **state)
{
    const char *cases = getenv("SILICON_CASES");
    (void)state;
    find_forms();
    silicon.per_form = (cases ? strtoul(cases, NULL, 10) : USUAL_CASES) / silicon.form_count + 1;
    silicon.intel = oracle_is_vendor("GenuineIntel");
    silicon.verbose = cases != NULL;
    silicon.strict = cases && silicon.intel;
    silicon.model = model_create();
    if (!oracle_open(&silicon.why))
        return 0;
    memset(oracle_code(), 0xCC, ORACLE_CODE_SIZE);
    memset(model_code(silicon.model), 0xCC, ORACLE_CODE_SIZE);
    model_code_written(silicon.model, 0, ORACLE_CODE_SIZE);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    if (silicon.all && silicon.verbose) {
        print_message("%lu cases in all\n", silicon.all);
        rules_print();
    }
    model_destroy(silicon.model);
    oracle_close();
    return 0;
}

int main(void)
{
    struct CMUnitTest tests[GROUPS + 1] = { cmocka_unit_test(every_form_is_in_one_group) };
    for (unsigned i = 0; i < GROUPS; i++)
        tests[i + 1] = (struct CMUnitTest){ .name = groups[i].name, .test_func = run_group,
                                            .initial_state = (void *)(uintptr_t)&groups[i] };
    return cmocka_run_group_tests(tests, open_both, close_both);
}
