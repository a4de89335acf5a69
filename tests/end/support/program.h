/* What the end-to-end tests share: running programs with a time limit and keeping what they print, a folder for
 * files, disks. A test that cannot go on fails through cmocka. */
#ifndef TESTS_END_PROGRAM_H
#define TESTS_END_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

enum { LONGEST_RUN = 120 };     /* host seconds after which a program is killed */

/* A program that was started, and what it left. */
struct program {
    pid_t pid;
    int out_pipe, err_pipe;
    char *out, *err;            /* complete after program_wait */
    size_t out_length, err_length;
    int code;                   /* exit code; 1000 + a signal's number; -1: killed, as it took too long */
};

/* Starts WORDS (argv, ends with NULL) with stdin from /dev/null. */
void program_start(struct program *program, const char *const *words);

/* Collects output until it ends. */
void program_wait(struct program *program);

/* Collects output until stdout or stderr contains TEXT. False: it ended, or the time is up. */
bool program_read_until(struct program *program, const char *text);

void program_free(struct program *program);

/* program_start and program_wait. */
void program_run(struct program *program, const char *const *words);

/* Runs the emulator (the environment's TROWEL): trowel_run(&p, "--batch", "disk.img"). */
#define trowel_run(program, ...) program_run(program, (const char *const[]){ trowel_path(), __VA_ARGS__, NULL })
#define trowel_start(program, ...) program_start(program, (const char *const[]){ trowel_path(), __VA_ARGS__, NULL })
const char *trowel_path(void);

/* Fails, showing both outputs, unless the program ended with CODE. */
void program_ended(const struct program *program, int code);

/* Fails, showing both outputs, unless stdout (stderr) contains TEXT. */
void program_said(const struct program *program, const char *text);
void program_complained(const struct program *program, const char *text);

/* Fails unless the program ended with a non-zero exit code and stderr is one line that begins with "trowel: ". */
void program_refused(const struct program *program, const char *text);

/* A shell command that must succeed; printf's manner. */
void must(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Is there such a program in PATH (or such a file, if the name begins with a slash)? */
bool have(const char *name);

/* Skips the test with a message unless each name (ends with NULL) is there. */
void need(const char *const *names);
#define NEED(...) need((const char *const[]){ __VA_ARGS__, NULL })

#endif
