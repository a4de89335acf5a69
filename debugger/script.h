/* Scripts: lines that wait to be executed, blocks, user-defined commands. */
#ifndef DEBUGGER_SCRIPT_H
#define DEBUGGER_SCRIPT_H

#include "debugger/debugger.h"

struct lines { char **line; size_t count; };

bool lines_add(struct lines *lines, const char *text, size_t length);   /* false: no memory */
bool lines_copy(struct lines *to, const struct lines *from);
void lines_free(struct lines *lines);

enum frame_kind { FRAME_LINE, FRAME_SOURCE, FRAME_USER, FRAME_COMMANDS };

/* Lines being executed. */
struct frame {
    enum frame_kind kind;
    struct lines lines;
    size_t next;
    char *name;                 /* FRAME_SOURCE: for messages */
    char *arguments;            /* FRAME_USER: what $arg0 .. are cut from */
};

struct user_command { char *name, *document; struct lines body; };

enum { FRAMES = 64 };

struct script {
    struct frame frame[FRAMES];
    size_t depth;
    struct lines typing;        /* a block that is being typed */
    struct user_command *user;
    size_t user_count;
};

void script_free(struct debugger *d);

/* Takes a line from the user: completes a block, or becomes a frame of its own. */
enum debugger_result script_line(struct debugger *d, const char *line);

/* Pushes lines for execution. Takes over what LINES holds. False: debugger_fault (too deep). */
bool script_push(struct debugger *d, enum frame_kind kind, struct lines *lines, const char *name,
                 const char *arguments);

/* Executes lines until the guest runs, nothing is left, or a number of lines was done (DEBUGGER_RUN). */
enum debugger_result script_pump(struct debugger *d);

/* The same, for lines that were pushed upon DEPTH others. */
enum debugger_result script_pump_above(struct debugger *d, size_t depth);

/* Are there lines that have not been executed? */
bool script_has_lines(const struct debugger *d);

/* Forgets all that waits. */
void script_clear(struct debugger *d);

/* Prints "FILE:LINE: Error in sourced command file:" if a file is being executed. */
void script_print_place(struct debugger *d);

const struct user_command *script_user(const struct debugger *d, const char *name, size_t length);

extern const struct debugger_command script_commands[];

#endif
