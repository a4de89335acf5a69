/* A small guest and a debugger on it, for the tests of debugger/. The guest's code is put at 0000:7C00 of a machine
 * that has just been reset; what the debugger prints is collected. */
#ifndef TESTS_DEBUGGER_GUEST_H
#define TESTS_DEBUGGER_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/debugger.h"

static const uint8_t guest_code[] = {
    0xFA,                               /* 7C00  cli                            */
    0x31, 0xC0,                         /* 7C01  xor ax,ax                      */
    0x8E, 0xD0,                         /* 7C03  mov ss,ax                      */
    0xBC, 0x00, 0x7C,                   /* 7C05  mov sp,7C00h                   */
    0x8E, 0xD8,                         /* 7C08  mov ds,ax                      */
    0x8E, 0xC0,                         /* 7C0A  mov es,ax                      */
    0xC7, 0x06, 0x84, 0x00, 0x44, 0x7C, /* 7C0C  mov word [84h],int21           */
    0xA3, 0x86, 0x00,                   /* 7C12  mov [86h],ax                   */
    0xB9, 0x03, 0x00,                   /* 7C15  mov cx,3                       */
    0xFF, 0x06, 0x00, 0x05,             /* 7C18  again: inc word [500h]         */
    0xE2, 0xFA,                         /* 7C1C  loop again                     */
    0xE8, 0x16, 0x00,                   /* 7C1E  call outer                     */
    0xB4, 0x3D,                         /* 7C21  mov ah,3Dh                     */
    0xCD, 0x21,                         /* 7C23  int 21h                        */
    0xB4, 0x3E,                         /* 7C25  mov ah,3Eh                     */
    0xCD, 0x21,                         /* 7C27  int 21h                        */
    0xB0, 0x05,                         /* 7C29  mov al,5                       */
    0xE6, 0x80,                         /* 7C2B  out 80h,al                     */
    0xB9, 0x04, 0x00,                   /* 7C2D  mov cx,4                       */
    0xBF, 0x00, 0x06,                   /* 7C30  mov di,600h                    */
    0xF3, 0xAA,                         /* 7C33  rep stosb                      */
    0xEB, 0x12,                         /* 7C35  jmp done                       */
    0x55,                               /* 7C37  outer: push bp                 */
    0x89, 0xE5,                         /* 7C38  mov bp,sp                      */
    0xE8, 0x02, 0x00,                   /* 7C3A  call inner                     */
    0x5D,                               /* 7C3D  pop bp                         */
    0xC3,                               /* 7C3E  ret                            */
    0x8B, 0x16, 0x00, 0x05,             /* 7C3F  inner: mov dx,[500h]           */
    0xC3,                               /* 7C43  ret                            */
    0xFF, 0x06, 0x02, 0x05,             /* 7C44  int21: inc word [502h]         */
    0xCF,                               /* 7C48  iret                           */
    0xB0, 0x03,                         /* 7C49  done: mov al,3                 */
    0xE6, 0xF4,                         /* 7C4B  out F4h,al (debug exit)        */
    0xF4,                               /* 7C4D  hlt                            */
};

/* Timer interrupts at IRQ 0 (vector 8) while the main program halts. */
static const uint8_t timer_code[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD0,       /* 7C00  cli, ss = 0                    */
    0xBC, 0x00, 0x7C, 0x8E, 0xD8,       /* 7C05  sp = 7C00h, ds = 0             */
    0xC7, 0x06, 0x20, 0x00, 0x3B, 0x7C, /* 7C0A  vector 8 = tick                */
    0xA3, 0x22, 0x00,                   /* 7C10                                 */
    0xB0, 0x11, 0xE6, 0x20,             /* 7C13  PIC: base 8, IRQ 0 only        */
    0xB0, 0x08, 0xE6, 0x21,             /* 7C17                                 */
    0xB0, 0x04, 0xE6, 0x21,             /* 7C1B                                 */
    0xB0, 0x01, 0xE6, 0x21,             /* 7C1F                                 */
    0xB0, 0xFE, 0xE6, 0x21,             /* 7C23                                 */
    0xB0, 0x34, 0xE6, 0x43,             /* 7C27  PIT 0: mode 2, every 1000h     */
    0xB0, 0x00, 0xE6, 0x40,             /* 7C2B                                 */
    0xB0, 0x10, 0xE6, 0x40,             /* 7C2F                                 */
    0xFB,                               /* 7C33  sti                            */
    0xF4,                               /* 7C34  wait: hlt                      */
    0xFF, 0x06, 0x04, 0x05,             /* 7C35  inc word [504h]                */
    0xEB, 0xF9,                         /* 7C39  jmp wait                       */
    0x50,                               /* 7C3B  tick: push ax                  */
    0xFF, 0x06, 0x06, 0x05,             /* 7C3C  inc word [506h]                */
    0xB0, 0x20, 0xE6, 0x20,             /* 7C40  EOI                            */
    0x58, 0xCF,                         /* 7C44  pop ax, iret                   */
};

struct session {
    struct machine *m;
    struct debugger *d;
    enum debugger_result result;
    char out[1 << 16];
    size_t used;
};

static inline void session_put(void *ctx, const char *text)
{
    struct session *s = ctx;
    size_t length = strlen(text);
    assert_true(s->used + length < sizeof s->out);
    memcpy(s->out + s->used, text, length + 1);
    s->used += length;
}

static inline struct machine *guest_machine(const uint8_t *code, size_t size)
{
    struct machine_config config;
    char error[200];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    config.debug_exit_port = 0xF4;
    config.stop_on_shutdown = true;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    assert_int_equal(inspect_poke(m, 0x7C00, code, size), size);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, 0x7C00));
    return m;
}

static inline struct session *session_on(const uint8_t *code, size_t size, const struct debugger_config *extra)
{
    struct session *s = calloc(1, sizeof *s);
    assert_non_null(s);
    struct debugger_config config = { 0 };
    if (extra)
        config = *extra;
    config.name = "specimen";
    config.put = session_put;
    config.ctx = s;
    s->m = guest_machine(code, size);
    s->d = debugger_create(s->m, &config);
    assert_non_null(s->d);
    return s;
}

static inline void session_end(struct session *s)
{
    debugger_destroy(s->d);
    machine_destroy(s->m);
    free(s);
}

/* Runs until the guest has stopped, at most two seconds of its time. */
static inline void session_settle(struct session *s)
{
    uint64_t end = machine_tick(s->m) + 2 * TICKS_PER_SECOND;
    while (s->result == DEBUGGER_RUN && machine_tick(s->m) < end)
        s->result = debugger_run(s->d, machine_tick(s->m) + TICKS_PER_SECOND / 60);
    assert_int_not_equal(s->result, DEBUGGER_RUN);
}

/* Executes LINE to its end and returns what it printed. */
static inline const char *run(struct session *s, const char *line)
{
    s->used = 0;
    s->out[0] = '\0';
    s->result = debugger_execute(s->d, line);
    session_settle(s);
    return s->out;
}

static inline void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static inline void lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in \"%s\"", part, text);
}

static inline int guest_setup(void **state)
{
    *state = session_on(guest_code, sizeof guest_code, NULL);
    return 0;
}

static inline int timer_setup(void **state)
{
    *state = session_on(timer_code, sizeof timer_code, NULL);
    return 0;
}

static inline int teardown(void **state)
{
    session_end(*state);
    return 0;
}

#define ON_GUEST(test) cmocka_unit_test_setup_teardown(test, guest_setup, teardown)
#define ON_TIMER(test) cmocka_unit_test_setup_teardown(test, timer_setup, teardown)

#endif
