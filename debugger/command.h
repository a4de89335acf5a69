/* The command table: lookup, execution, help. */
#ifndef DEBUGGER_COMMAND_H
#define DEBUGGER_COMMAND_H

#include "debugger/debugger.h"

struct alias { char *name, *text; };

struct aliases { struct alias *alias; size_t count; };

void aliases_free(struct aliases *aliases);

/* Executes a line that is neither empty nor a block. */
enum debugger_result command_execute(struct debugger *d, const char *line);

/* The row that the first LENGTH characters of WORD mean in GROUP (NULL: first words). NULL if none or several: then
 * *MATCHES tells how many. */
const struct debugger_command *command_find(struct debugger *d, const char *group, const char *word, size_t length,
                                            size_t *matches);

/* Calls VISIT for each row of GROUP (NULL: first words), the program's rows first, hidden duplicates left out. */
void command_each(struct debugger *d, const char *group,
                  void (*visit)(void *ctx, const struct debugger_command *row), void *ctx);

/* Executes the row of GROUP that ARGUMENTS begins with: info, catch. */
enum debugger_result command_group(struct debugger *d, const char *group, const char *arguments);

/* Length of the command word TEXT begins with: letters, digits, - and _; or one other character. */
size_t command_word(const char *text);

/* What an empty line will execute instead of the present line. */
void command_set_repeat(struct debugger *d, const char *line);

extern const struct debugger_command help_commands[];

#endif
