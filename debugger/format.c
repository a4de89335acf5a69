/* Text of values in gdb's formats: o x d u t f a c s z, and natural. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/format.h"
#include "debugger/register.h"

/* --- /NFU --- */

static bool size_letter(char c, unsigned char *size)
{
    switch (c) {
    case 'b': *size = 1; return true;
    case 'h': *size = 2; return true;
    case 'w': *size = 4; return true;
    case 'g': *size = 8; return true;
    default: return false;
    }
}

bool format_parse(struct debugger *d, const char **text, struct format *format)
{
    const char *at = *text;
    if (*at != '/')
        return true;
    at++;
    if (*at == '-' || (*at >= '0' && *at <= '9')) {
        char *end;
        format->count = strtol(at, &end, 10);
        if (end == at || format->count > 100000 || format->count < -100000)
            return debugger_fault(d, "Invalid number \"%.20s\".", at);
        format->has_count = true;
        at = end;
    }
    for (; *at && !strchr(" \t", *at); at++) {
        if (size_letter(*at, &format->size))
            continue;
        if (!strchr("oxdutafciszr", *at))
            return debugger_fault(d, "Undefined output format \"%c\".", *at);
        if (*at != 'r')
            format->letter = *at;
    }
    *text = debugger_skip_blanks(at);
    return true;
}

/* --- Single numbers --- */

void format_char(uint8_t c, char quote, char *text, size_t size)
{
    static const char plain[] = "\n\r\t\b\a\f\v\033", names[] = "nrtbafve";
    const char *at = c ? strchr(plain, c) : NULL;
    if (at)
        snprintf(text, size, "\\%c", names[at - plain]);
    else if (c == '\\' || c == quote)
        snprintf(text, size, "\\%c", c);
    else if (c >= 32 && c < 127)
        snprintf(text, size, "%c", c);
    else
        snprintf(text, size, "\\%03o", c);
}

static void binary(uint64_t number, unsigned digits, char *text, size_t size)
{
    unsigned length = digits;
    while (!digits && length < 64 && number >> length)
        length++;
    if (!length)
        length = 1;
    size_t i = 0;
    for (; i < length && i + 1 < size; i++)
        text[i] = '0' + (char)(number >> (length - 1 - i) & 1);
    text[i] = '\0';
}

static void floating(uint64_t bits, unsigned size, char *text, size_t text_size)
{
    if (size == 8) {
        double number;
        memcpy(&number, &bits, sizeof number);
        snprintf(text, text_size, "%.17g", number);
    } else {
        float number;
        uint32_t low = (uint32_t)bits;
        memcpy(&number, &low, sizeof number);
        snprintf(text, text_size, "%.9g", (double)number);
    }
}

static int64_t sign_extended(int64_t number, unsigned size)
{
    return value_wrap(number, (struct type){ TYPE_INTEGER, (uint8_t)size, true, false, 0 });
}

static uint64_t zero_extended(int64_t number, unsigned size)
{
    return (uint64_t)value_wrap(number, (struct type){ TYPE_INTEGER, (uint8_t)size, false, false, 0 });
}

static void character(int64_t number, bool is_signed, char *text, size_t size)
{
    char quoted[8];
    int shown = is_signed ? (int8_t)number : (uint8_t)number;
    format_char((uint8_t)number, '\'', quoted, sizeof quoted);
    snprintf(text, size, "%d '%s'", shown, quoted);
}

/* PADDED: as x prints it. */
static void number_text(struct debugger *d, int64_t number, unsigned size, char letter, bool padded, char *text,
                        size_t text_size)
{
    uint64_t bits = zero_extended(number, size);
    char suffix[80];
    switch (letter) {
    case 'x':
    case 'z':
        snprintf(text, text_size, "0x%0*llx", padded || letter == 'z' ? (int)size * 2 : 1, (unsigned long long)bits);
        break;
    case 'o':
        snprintf(text, text_size, bits ? "0%0*llo" : "%0*llo", padded ? (int)(size * 8 + 2) / 3 : 1,
                 (unsigned long long)bits);
        break;
    case 'u': snprintf(text, text_size, "%llu", (unsigned long long)bits); break;
    case 't': binary(bits, padded ? size * 8 : 0, text, text_size); break;
    case 'c': character(number, true, text, text_size); break;
    case 'a':
        snprintf(text, text_size, "0x%llx%s", (unsigned long long)bits,
                 symbol_suffix(d, (uint32_t)bits, suffix, sizeof suffix));
        break;
    default: snprintf(text, text_size, "%lld", (long long)sign_extended(number, size)); break;
    }
}

void format_cell(struct debugger *d, int64_t number, unsigned size, char letter, char *text, size_t text_size)
{
    if (letter == 'f' && size >= 4)
        floating((uint64_t)number, size, text, text_size);
    else
        number_text(d, number, size, letter, true, text, text_size);
}

/* --- Values --- */

static void pointer_prefix(struct type type, char *text, size_t size)
{
    if (type.class == TYPE_CODE)
        snprintf(text, size, "(%s) ", type_name(type));
    else if (type.class == TYPE_SYMBOL)
        snprintf(text, size, type.stars ? "(%s *) " : "{%s} ", type_name(type));
    else
        snprintf(text, size, "(%s %.*s) ", type_name(type), type.stars > 8 ? 8 : type.stars, "********");
}

static void address_value(struct debugger *d, const struct value *v, char *text, size_t size)
{
    char prefix[64] = "", symbol[80], segment[ADDRESS_TEXT];
    if (v->type.class != TYPE_FAR || v->type.stars)
        pointer_prefix(v->type, prefix, sizeof prefix);
    snprintf(text, size, "%s0x%x%s%s", prefix, (unsigned)v->address.at,
             v->address.physical ? " (physical)" : symbol_suffix(d, v->address.at, symbol, sizeof symbol),
             address_suffix(v->address, segment));
}

static void natural(struct debugger *d, const struct value *v, char *text, size_t size)
{
    if (type_is_address(v->type))
        address_value(d, v, text, size);
    else if (v->type.class == TYPE_FLAGS)
        register_flags_text((uint32_t)v->number, text, size);
    else if (v->type.class == TYPE_VOID)
        snprintf(text, size, "void");
    else if (v->type.is_char)
        character(v->number, v->type.is_signed, text, size);
    else if (d->settings.value[SET_OUTPUT_RADIX] == 16)
        number_text(d, v->number, v->type.size, 'x', false, text, size);
    else
        number_text(d, v->number, v->type.size, v->type.is_signed ? 'd' : 'u', false, text, size);
}

/* Zero-terminated text in guest memory, in quotes. */
static bool string(struct debugger *d, struct address a, char *text, size_t size)
{
    size_t limit = (size_t)d->settings.value[SET_ELEMENTS], used = 1;
    uint8_t c = 0;
    text[0] = '"';
    for (size_t i = 0; i < limit; i++) {
        if (!address_read(d, address_add(a, (int64_t)i), &c, 1))
            return i > 0 && (snprintf(text + used, size - used, "\""), true);
        if (!c || used + 8 > size)
            break;
        format_char(c, '"', text + used, size - used);
        used += strlen(text + used);
    }
    snprintf(text + used, size - used, c ? "\"..." : "\"");
    return true;
}

static bool scalar(struct debugger *d, const struct value *v, char letter, char *text, size_t size)
{
    if (letter == 's' && type_is_address(v->type))
        return string(d, v->address, text, size);
    if (letter == 'i')
        return debugger_fault(d, "Format letter \"i\" is meaningless in \"print\" command.");
    bool number = letter && letter != 's' && letter != 'f' && !value_is_void(v);
    if (!number)
        natural(d, v, text, size);
    else if (letter == 'a' && type_is_address(v->type)) {
        char symbol[80], segment[ADDRESS_TEXT];
        snprintf(text, size, "0x%x%s%s", (unsigned)v->address.at,
                 symbol_suffix(d, v->address.at, symbol, sizeof symbol), address_suffix(v->address, segment));
    } else {
        unsigned bytes = type_is_address(v->type) ? 4 : v->type.size;
        number_text(d, value_number(v), bytes, letter, false, text, size);
    }
    return true;
}

static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

/* {1, 2, 0 <repeats 14 times>}: runs of equal elements longer than `print repeats` are folded. */
static bool array(struct debugger *d, const struct value *v, char letter, char *text, size_t size)
{
    uint32_t limit = (uint32_t)d->settings.value[SET_ELEMENTS], threshold = (uint32_t)d->settings.value[SET_REPEATS];
    char element[128], other[128];
    struct value e;
    snprintf(text, size, "{");
    for (uint32_t i = 0, shown = 0; i < v->count; shown++) {
        if (shown == limit) {
            append(text, size, "...");
            break;
        }
        if (!value_element(d, v, i, &e) || !scalar(d, &e, letter, element, sizeof element))
            return false;
        uint32_t run = 1;
        while (i + run < v->count && value_element(d, v, i + run, &e)
               && scalar(d, &e, letter, other, sizeof other) && !strcmp(element, other))
            run++;
        if (run < threshold)
            run = 1;
        append(text, size, "%s%s", i ? ", " : "", element);
        if (run > 1)
            append(text, size, " <repeats %u times>", (unsigned)run);
        i += run;
    }
    append(text, size, "}");
    return true;
}

bool format_value(struct debugger *d, const struct value *v, char letter, char *text, size_t size)
{
    if (v->count && letter == 's' && v->type.size == 1)
        return string(d, v->where, text, size);
    if (v->count)
        return array(d, v, letter, text, size);
    return scalar(d, v, letter, text, size);
}
