/* libedit has such a search, too, but it reads its keys by itself and does not give the line back between them, as
 * EL_UNBUFFERED asks. The history is its own, from the newest line to the oldest. */
#include "tui/history_search.h"

#include <stdio.h>
#include <string.h>

/* Looks at the lines from the one that is FROM lines back. If none has the pattern the match stays. */
static void find(struct history_search *search, History *history_, size_t from)
{
    HistEvent event;
    size_t back = 0;
    int result = history(history_, &event, H_FIRST);
    for (; result >= 0; result = history(history_, &event, H_NEXT), back++) {
        if (back < from || !strstr(event.str, search->pattern))
            continue;
        snprintf(search->match, sizeof search->match, "%s", event.str);
        search->match[strcspn(search->match, "\r\n")] = 0;
        search->back = back;
        search->failed = false;
        return;
    }
    search->failed = true;
}

void history_search_begin(struct history_search *search)
{
    if (*search->pattern)
        memcpy(search->last_pattern, search->pattern, sizeof search->pattern);
    search->active = true;
    search->failed = false;
    search->pattern[0] = search->match[0] = 0;
    search->back = 0;
}

void history_search_older(struct history_search *search, History *history_)
{
    bool first = !*search->pattern;
    if (first)
        memcpy(search->pattern, search->last_pattern, sizeof search->pattern);
    if (*search->pattern)
        find(search, history_, first || !*search->match ? 0 : search->back + 1);
}

void history_search_add(struct history_search *search, History *history_, char c)
{
    size_t length = strlen(search->pattern);
    if (length + 1 >= sizeof search->pattern)
        return;
    search->pattern[length] = c;
    search->pattern[length + 1] = 0;
    find(search, history_, search->back);
}

void history_search_drop(struct history_search *search, History *history_)
{
    size_t length = strlen(search->pattern);
    if (length)
        search->pattern[length - 1] = 0;
    search->match[0] = 0;
    search->failed = false;
    search->back = 0;
    if (length > 1)
        find(search, history_, 0);
}

size_t history_search_at(const struct history_search *search)
{
    const char *at = *search->pattern ? strstr(search->match, search->pattern) : NULL;
    return at ? (size_t)(at - search->match) : 0;
}
