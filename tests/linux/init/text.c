/* Bytes and text, as the compiler (memset, memcpy, memcmp) and the shell want them. */
#include <stdarg.h>

#include "tests/linux/init/system.h"

void *memset(void *to, int byte, size_t size)
{
    for (uint8_t *at = to; size--;)
        *at++ = (uint8_t)byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    const uint8_t *source = from;

    for (uint8_t *at = to; size--;)
        *at++ = *source++;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a, *y = b;

    for (; size--; x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

size_t text_length(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

bool text_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

uint32_t text_number(const char *text)
{
    uint32_t number = 0;

    while (*text >= '0' && *text <= '9')
        number = number * 10 + (uint32_t)(*text++ - '0');
    return number;
}

void put_text(int file, const char *text)
{
    sys_write(file, text, text_length(text));
}

static void print_number(uint32_t number, unsigned base, unsigned digits)
{
    char text[12];
    unsigned at = sizeof text;

    do {
        text[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number || sizeof text - at < digits);
    sys_write(1, text + at, sizeof text - at);
}

static void print_signed(int number)
{
    if (number < 0)
        put_text(1, "-");
    print_number(number < 0 ? -(uint32_t)number : (uint32_t)number, 10, 1);
}

static void print_one(char kind, va_list *arguments)
{
    char c;

    switch (kind) {
    case 's':
        put_text(1, va_arg(*arguments, const char *));
        break;
    case 'd':
        print_signed(va_arg(*arguments, int));
        break;
    case 'u':
        print_number(va_arg(*arguments, uint32_t), 10, 1);
        break;
    case 'x':
        print_number(va_arg(*arguments, uint32_t), 16, 8);
        break;
    default:
        c = (char)va_arg(*arguments, int);
        sys_write(1, &c, 1);
        break;
    }
}

void print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    while (*format) {
        size_t plain = 0;
        while (format[plain] && format[plain] != '%')
            plain++;
        sys_write(1, format, plain);
        format += plain;
        if (*format) {
            print_one(format[1], &arguments);
            format += 2;
        }
    }
    va_end(arguments);
}
