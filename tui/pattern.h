/* Regular expressions that a person or a script gives for the guest's screen. */
#ifndef TUI_PATTERN_H
#define TUI_PATTERN_H

/* Why the extended regular expression PATTERN is not to be given to regcomp, as the end of a sentence; NULL: it may be.
 * What is merely wrong is left to regcomp. */
const char *pattern_danger(const char *pattern);

#endif
