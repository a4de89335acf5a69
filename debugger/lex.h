/* Tokens of expressions. */
#ifndef DEBUGGER_LEX_H
#define DEBUGGER_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEX_WORD = 64 };

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_VARIABLE, TOKEN_OPERATOR, TOKEN_BAD };

struct token {
    enum token_kind kind;
    const char *start, *end;
    char word[LEX_WORD];        /* WORD; VARIABLE: without the dollar sign; OPERATOR; BAD: what is wrong with it */
    uint64_t number;
    bool is_unsigned;           /* written with u, or too large for a signed type */
    bool is_char;
};

/* The token at TEXT (blanks skipped). RADIX: of numbers without a prefix. */
void lex_token(const char *text, unsigned radix, struct token *out);

/* If TEXT begins with WORD:something without blanks around the colon, copies WORD (with its $) and returns the text
 * behind the colon; else NULL. */
const char *lex_segment(const char *text, char word[LEX_WORD]);

/* A word of hexadecimal digits, perhaps with 0x before or h behind. Returns whether it is one. */
bool lex_hex(const char *word, uint32_t *number);

#endif
