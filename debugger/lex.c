/* The lexer of expressions. Numbers are C's, with C23's 0b101, and hexadecimal with a trailing h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/lex.h"

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* A dot may be part of an assembler's label, but not of a number. */
static size_t word_length(const char *text)
{
    size_t length = 0;
    if (isdigit((unsigned char)text[0]))
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
    else
        while (is_word(text[length]))
            length++;
    return length;
}

static int digit_value(char c)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    return isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;
}

/* Digits of RADIX in the LENGTH characters of TEXT; false if there is anything else, or too much. */
static bool digits(const char *text, size_t length, unsigned radix, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)digit_value(text[i]);
        if (digit >= radix || *number > (UINT64_MAX - digit) / radix)
            return false;
        *number = *number * radix + digit;
    }
    return length > 0;
}

static bool number_value(const char *text, size_t length, unsigned radix, struct token *out)
{
    if (length > 2 && text[0] == '0' && tolower((unsigned char)text[1]) == 'x')
        return digits(text + 2, length - 2, 16, &out->number);
    if (tolower((unsigned char)text[length - 1]) == 'h')
        return digits(text, length - 1, 16, &out->number);
    if (radix == 10)
        while (length > 1 && strchr("uUlL", text[length - 1])) {
            out->is_unsigned |= tolower((unsigned char)text[length - 1]) == 'u';
            length--;
        }
    if (radix != 16 && length > 2 && text[0] == '0' && tolower((unsigned char)text[1]) == 'b')
        return digits(text + 2, length - 2, 2, &out->number);
    if (radix == 10 && length > 1 && text[0] == '0')
        return digits(text + 1, length - 1, 8, &out->number);
    return digits(text, length, radix, &out->number);
}

static void lex_number(const char *text, unsigned radix, struct token *out)
{
    size_t length = word_length(text);
    out->end = text + length;
    out->kind = TOKEN_NUMBER;
    if (!number_value(text, length, radix, out)) {
        out->kind = TOKEN_BAD;
        snprintf(out->word, sizeof out->word, "Invalid number \"%.*s\".", (int)(length < 40 ? length : 40), text);
    }
}

static void lex_word(const char *text, struct token *out)
{
    bool variable = *text == '$';
    text += variable;
    size_t length = 0;
    if (!variable)
        length = word_length(text);
    else if (*text == '$')
        while (text[length] == '$' || isdigit((unsigned char)text[length]))
            length++;
    else
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
    out->kind = variable ? TOKEN_VARIABLE : TOKEN_WORD;
    out->end = text + length;
    if (length >= sizeof out->word) {
        out->kind = TOKEN_BAD;
        snprintf(out->word, sizeof out->word, "Name too long.");
        return;
    }
    memcpy(out->word, text, length);
    out->word[length] = '\0';
}

static void lex_char(const char *text, struct token *out)
{
    static const char names[] = "n\nr\rt\tb\ba\af\fv\ve\033\\\\''\"\"";
    const char *at = text + 1;
    out->kind = TOKEN_NUMBER;
    out->is_char = true;
    if (*at == '\\' && at[1] >= '0' && at[1] <= '7') {
        at++;
        for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++)
            out->number = out->number * 8 + (uint64_t)(*at++ - '0');
        out->number &= 0xFF;
    } else if (*at == '\\' && at[1]) {
        const char *name = names;
        while (*name && *name != at[1])
            name += 2;
        out->number = (uint8_t)(*name ? name[1] : at[1]);
        at += 2;
    } else if (*at) {
        out->number = (uint8_t)*at++;
    }
    out->end = *at == '\'' ? at + 1 : at;
    if (*at != '\'' || at == text + 1) {
        out->kind = TOKEN_BAD;
        snprintf(out->word, sizeof out->word, "Unmatched single quote.");
    }
}

static void lex_operator(const char *text, struct token *out)
{
    static const char *const operators[] = { "<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=",
                                             "*=", "/=", "%=", "&=", "|=", "^=", "++", "--" };
    size_t length = 1;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (!strncmp(text, operators[i], strlen(operators[i]))) {
            length = strlen(operators[i]);
            break;
        }
    out->kind = TOKEN_OPERATOR;
    out->end = text + length;
    memcpy(out->word, text, length);
    out->word[length] = '\0';
}

void lex_token(const char *text, unsigned radix, struct token *out)
{
    text += strspn(text, " \t");
    *out = (struct token){ .start = text, .end = text };
    if (!*text)
        return;
    size_t length = word_length(text);
    struct token hex = { 0 };
    if (isdigit((unsigned char)*text))
        lex_number(text, radix, out);
    else if (*text == '$')
        lex_word(text, out);
    else if (radix == 16 && isxdigit((unsigned char)*text) && digits(text, length, 16, &hex.number)) {
        out->kind = TOKEN_NUMBER;
        out->number = hex.number;
        out->end = text + length;
    } else if (*text == '\'')
        lex_char(text, out);
    else if (length)
        lex_word(text, out);
    else
        lex_operator(text, out);
    if (out->kind == TOKEN_NUMBER && out->number > INT64_MAX)
        out->is_unsigned = true;
}

const char *lex_segment(const char *text, char word[LEX_WORD])
{
    size_t length = *text == '$';
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
        length++;
    if (!length || length >= LEX_WORD || text[length] != ':' || !text[length + 1]
        || strchr(" \t:,)]}", text[length + 1]))
        return NULL;
    memcpy(word, text, length);
    word[length] = '\0';
    return text + length + 1;
}

bool lex_hex(const char *word, uint32_t *number)
{
    size_t length = strlen(word);
    uint64_t wide;
    if (length > 2 && word[0] == '0' && tolower((unsigned char)word[1]) == 'x') {
        word += 2;
        length -= 2;
    } else if (length > 1 && tolower((unsigned char)word[length - 1]) == 'h') {
        length--;
    }
    if (!digits(word, length, 16, &wide) || wide > UINT32_MAX)
        return false;
    *number = (uint32_t)wide;
    return true;
}
