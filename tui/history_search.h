/* Ctrl-R: the newest line of the history that has what was typed so far, with each key anew, as in readline. */
#ifndef TUI_HISTORY_SEARCH_H
#define TUI_HISTORY_SEARCH_H

#include <histedit.h>
#include <stdbool.h>
#include <stddef.h>

enum { SEARCH_PATTERN = 128, SEARCH_LINE = 512 };

struct history_search {
    bool active;
    bool failed;                    /* no line further back has the pattern; the match is the last that had it */
    char pattern[SEARCH_PATTERN];
    char last_pattern[SEARCH_PATTERN];      /* of the search before */
    char match[SEARCH_LINE];        /* "": none yet */
    size_t back;                    /* how many lines back it is, 0: the newest */
};

/* Begins with an empty pattern. */
void history_search_begin(struct history_search *search);

/* Goes on to the next older line; with an empty pattern, takes up the one of the search before. */
void history_search_older(struct history_search *search, History *history);

/* Adds a character to the pattern, or takes the last one away. */
void history_search_add(struct history_search *search, History *history, char c);
void history_search_drop(struct history_search *search, History *history);

/* Where in the match the pattern is. */
size_t history_search_at(const struct history_search *search);

#endif
