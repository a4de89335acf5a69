/* The C library's regular expressions take time and memory without bounds for two things, and cannot be interrupted
 * meanwhile: counted repeats inside of each other, which regcomp writes out one by one (a{255} thrice is sixteen
 * million nodes), and back-references, which POSIX does not have in extended expressions (regex(7)) and regexec looks
 * for by trying everything. Both are found here before the library sees them. */
#include "tui/pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 100, MOST_ATOMS = 4000 };

/* Characters of the pattern as regcomp writes it out. */
struct size {
    uint64_t all;
    uint64_t last;                      /* of the last atom, which a repeat would multiply */
    uint64_t before[MOST_GROUPS];       /* what there was before each group that is open */
    unsigned groups;
};

static void add(struct size *size)
{
    size->all++;
    size->last = 1;
}

static const char *open_group(struct size *size)
{
    if (size->groups == MOST_GROUPS)
        return "groups are nested too deeply";
    size->before[size->groups++] = size->all;
    size->last = 1;
    return NULL;
}

static void close_group(struct size *size)
{
    if (!size->groups)
        return;
    uint64_t inside = size->all - size->before[--size->groups];
    size->last = inside ? inside : 1;
}

/* AT is behind the brace. */
static const char *repeat(struct size *size, const char *at)
{
    char *end;
    uint64_t least = strtoul(at, &end, 10), most = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
    uint64_t times = least > most ? least : most;
    if (times > MOST_ATOMS)
        return "too many repeats";
    size->all += times ? size->last * (times - 1) : 0;
    size->last *= times ? times : 1;
    return size->all > MOST_ATOMS ? "too many repeats" : NULL;
}

/* The last character of the bracket expression that begins at AT; a ] is no end where it comes first, and not in [:x:],
 * [.x.] and [=x=]. */
static const char *bracket_end(const char *at)
{
    const char *first = at + 1 + (at[1] == '^');
    for (at = first; *at && (*at != ']' || at == first); at++)
        if (*at == '[' && at[1] && strchr(":.=", at[1])) {
            const char close[] = { at[1], ']', 0 }, *end = strstr(at + 2, close);
            at = end ? end + 1 : at;
        }
    return *at ? at : at - 1;
}

const char *pattern_danger(const char *pattern)
{
    struct size size = { 0 };
    const char *danger = NULL;
    for (const char *at = pattern; *at && !danger; at++) {
        if (*at == '\\' && at[1] >= '1' && at[1] <= '9')
            return "back-references are not supported";
        if (*at == '(')
            danger = open_group(&size);
        else if (*at == ')')
            close_group(&size);
        else if (*at == '{')
            danger = repeat(&size, at + 1);
        else
            add(&size);
        const char *brace = *at == '{' ? strchr(at, '}') : NULL;
        if (brace)
            at = brace;
        else if (*at == '[')
            at = bracket_end(at);
        else if (*at == '\\' && at[1])
            at++;
    }
    return danger;
}
