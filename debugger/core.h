/* The debugger's state, shared by its parts: each part has a struct of its own, declared in its header. */
#ifndef DEBUGGER_CORE_H
#define DEBUGGER_CORE_H

#include "debugger/breakpoint.h"
#include "debugger/command.h"
#include "debugger/debugger.h"
#include "debugger/examine.h"
#include "debugger/run.h"
#include "debugger/script.h"
#include "debugger/set.h"
#include "debugger/symbol.h"
#include "debugger/timing.h"
#include "debugger/value.h"

enum { ERROR_TEXT = 240 };

struct debugger {
    struct machine *machine;
    struct debugger_config config;  /* name: a copy of our own */
    char error[ERROR_TEXT];         /* why the last inner function failed, see debugger_fault */
    bool failed;
    bool quit;
    char *repeat;                   /* what an empty line executes; NULL: nothing */
    struct settings settings;
    struct symbols symbols;
    struct values values;
    struct breakpoints breakpoints;
    struct run run;
    struct script script;
    struct examine examine;
    struct aliases aliases;
    struct timing_tools timing;
};

/* Notes why something failed; returns false. Prints nothing: the command decides, see debugger_report. */
bool debugger_fault(struct debugger *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints what debugger_fault noted, as an error of the present command. */
enum debugger_result debugger_report(struct debugger *d);

/* True if the user agrees, or need not be asked. */
bool debugger_confirm(struct debugger *d, const char *question);

/* The file that a command writes: by debugger_config.open_output if there is one. NULL: debugger_fault. COMPLETE: all
 * was written. debugger_close_output is false, with debugger_fault's text, if the file is not as it should be. */
FILE *debugger_open_output(struct debugger *d, const char *path, bool append);
bool debugger_close_output(struct debugger *d, FILE *file, const char *path, bool complete);

/* strdup and strndup with blanks at both ends cut off. NULL: no memory. */
char *debugger_copy(const char *text, size_t length);

const char *debugger_skip_blanks(const char *text);

/* Grows ARRAY of COUNT elements by one zeroed element; NULL: no memory (the array is as it was). */
void *debugger_grow(void *array, size_t count, size_t element);

#endif
