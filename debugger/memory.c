/* dump, append, restore, find: blocks of memory, to and from host files.
 *
 * Only raw binary files; gdb's srec, ihex and ELF forms are left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum { MOST_WORDS = 8, CHUNK = 4096 };

/* Cuts TEXT (in place) at blanks. */
static size_t split(char *text, char *words[MOST_WORDS])
{
    size_t count = 0;
    for (char *at = text + strspn(text, " \t"); *at && count < MOST_WORDS; at += strspn(at, " \t")) {
        words[count++] = at;
        at += strcspn(at, " \t");
        if (*at)
            *at++ = '\0';
    }
    return count;
}

static bool begins(const char *word, const char *full)
{
    return *word && !strncmp(full, word, strlen(word));
}

static bool write_file(struct debugger *d, const char *path, bool append, struct address a, uint64_t size)
{
    uint8_t chunk[CHUNK];
    FILE *file = debugger_open_output(d, path, append);
    bool ok = file != NULL;
    for (uint64_t done = 0; done < size && ok; done += sizeof chunk) {
        size_t part = size - done < sizeof chunk ? (size_t)(size - done) : sizeof chunk;
        ok = address_read(d, address_add(a, (int64_t)done), chunk, part)
          && (fwrite(chunk, 1, part, file) == part || debugger_fault(d, "Cannot write %.150s.", path));
    }
    return file && debugger_close_output(d, file, path, ok) && ok;
}

/* [binary] memory FILE START STOP | [binary] value FILE EXPR */
static enum debugger_result dump(struct debugger *d, const char *arguments, bool append)
{
    char text[1024], *words[MOST_WORDS];
    snprintf(text, sizeof text, "%s", arguments);
    size_t count = split(text, words), at = count > 0 && begins(words[0], "binary");
    struct address start, stop;
    struct value v;
    if (count - at == 4 && begins(words[at], "memory")) {
        if (!expr_address(d, words[at + 2], &start) || !expr_address(d, words[at + 3], &stop))
            return debugger_report(d);
        if (stop.at <= start.at)
            return debugger_error(d, "Invalid memory address range (start >= end).");
        return write_file(d, words[at + 1], append, start, stop.at - start.at) ? DEBUGGER_DONE : debugger_report(d);
    }
    if (count - at == 3 && begins(words[at], "value")) {
        if (!expr_evaluate(d, words[at + 2], &v))
            return debugger_report(d);
        if (v.place != PLACE_MEMORY)
            return debugger_error(d, "Only values in memory can be dumped.");
        uint32_t size = (v.count ? v.count : 1) * type_size(v.type);
        return write_file(d, words[at + 1], append, v.where, size) ? DEBUGGER_DONE : debugger_report(d);
    }
    return debugger_error(d, "Usage: dump [binary] memory FILE START STOP, or dump [binary] value FILE EXPRESSION");
}

static enum debugger_result run_dump(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return dump(d, arguments, false);
}

static enum debugger_result run_append(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return dump(d, arguments, true);
}

/* Bytes FIRST up to END of the file into memory at A + FIRST. Returns bytes done, or -1 (debugger_fault). */
static long long read_file(struct debugger *d, const char *path, struct address a, uint32_t first, uint32_t end)
{
    uint8_t chunk[CHUNK];
    FILE *file = fopen(path, "rb");
    long long done = 0;
    if (!file) {
        debugger_fault(d, "%.150s: No such file or directory.", path);
        return -1;
    }
    bool ok = fseek(file, (long)first, SEEK_SET) == 0 || debugger_fault(d, "Cannot read %.150s.", path);
    while (ok && first < end) {
        size_t want = end - first < sizeof chunk ? end - first : sizeof chunk;
        size_t got = fread(chunk, 1, want, file);
        ok = address_write(d, address_add(a, first), chunk, got);
        done += (long long)got;
        first += (uint32_t)got;
        if (got < want) {
            ok = ok && (!ferror(file) || debugger_fault(d, "Cannot read %.150s.", path));
            break;
        }
    }
    fclose(file);
    return ok ? done : -1;
}

/* FILE binary OFFSET [START [END]] */
static enum debugger_result run_restore(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    char text[1024], *words[MOST_WORDS];
    snprintf(text, sizeof text, "%s", arguments);
    size_t count = split(text, words);
    struct address offset;
    struct value first = value_integer(0, type_unsigned), end = value_integer(UINT32_MAX, type_unsigned);
    if (count < 3 || count > 5 || !begins(words[1], "binary"))
        return debugger_error(d, "Usage: restore FILE binary OFFSET [START [END]]");
    if (!expr_address(d, words[2], &offset) || (count > 3 && !expr_evaluate(d, words[3], &first))
        || (count > 4 && !expr_evaluate(d, words[4], &end)))
        return debugger_report(d);
    uint32_t begin = (uint32_t)value_number(&first);
    long long done = read_file(d, words[0], offset, begin, (uint32_t)value_number(&end));
    if (done < 0)
        return debugger_report(d);
    debugger_print(d, "Restoring binary file %s into memory (0x%x to 0x%x)\n", words[0], (unsigned)(offset.at + begin),
                   (unsigned)(offset.at + begin + (uint32_t)done));
    return DEBUGGER_DONE;
}

/* --- find --- */

struct pattern { uint8_t bytes[256]; size_t length; };

static bool add_bytes(struct debugger *d, struct pattern *p, const void *bytes, size_t length)
{
    if (p->length + length > sizeof p->bytes)
        return debugger_fault(d, "Search pattern too large.");
    memcpy(p->bytes + p->length, bytes, length);
    p->length += length;
    return true;
}

/* A quoted string or an expression at *TEXT; moves behind it. */
static bool add_value(struct debugger *d, struct pattern *p, const char **text, unsigned size)
{
    struct value v;
    uint8_t bytes[8];
    if (**text == '"') {
        const char *end = strchr(*text + 1, '"');
        if (!end)
            return debugger_fault(d, "Unterminated string in expression.");
        bool ok = add_bytes(d, p, *text + 1, (size_t)(end - *text - 1));
        *text = debugger_skip_blanks(end + 1);
        return ok;
    }
    if (!expr_next(d, text, &v))
        return false;
    unsigned length = size ? size : type_size(v.type);
    for (unsigned i = 0; i < length; i++)
        bytes[i] = (uint8_t)((uint64_t)value_number(&v) >> (8 * i));
    return add_bytes(d, p, bytes, length);
}

static bool next_argument(struct debugger *d, const char **text)
{
    if (**text != ',')
        return debugger_fault(d, "Missing search parameters.");
    *text = debugger_skip_blanks(*text + 1);
    return true;
}

/* START, END | START, +LENGTH */
static bool parse_span(struct debugger *d, const char **text, struct address *start, uint64_t *length)
{
    struct value v;
    if (!**text)
        return debugger_fault(d, "Missing search parameters.");
    if (!expr_next(d, text, &v) || !next_argument(d, text))
        return false;
    *start = value_as_address(&v);
    bool relative = **text == '+';
    *text += relative;
    if (!expr_next(d, text, &v) || !next_argument(d, text))
        return false;
    int64_t n = value_number(&v);
    if (relative ? n <= 0 : (uint32_t)n < start->at)
        return debugger_fault(d, "Empty search range.");
    *length = relative ? (uint64_t)n : (uint64_t)(uint32_t)n - start->at + 1;
    if (*length > 0x100000000ull - start->at)
        *length = 0x100000000ull - start->at;
    return true;
}

/* "/b5": size and how many at most. */
static bool parse_options(struct debugger *d, const char **text, unsigned *size, unsigned long *most)
{
    if (**text != '/')
        return true;
    for (++*text; **text && !strchr(" \t", **text);) {
        static const char letters[] = "bhwg";
        const char *letter = strchr(letters, **text);
        if (letter) {
            *size = 1u << (letter - letters);
            ++*text;
        } else if (**text >= '1' && **text <= '9')
            *most = strtoul(*text, (char **)text, 10);
        else
            return debugger_fault(d, "Invalid size granularity.");
    }
    *text = debugger_skip_blanks(*text);
    return true;
}

/* Prints each place where P is found and returns how many; what cannot be read is passed over. */
static unsigned long search(struct debugger *d, struct address a, uint64_t length, const struct pattern *p,
                            unsigned long most)
{
    uint8_t chunk[CHUNK + sizeof p->bytes];
    unsigned long found = 0;
    char symbol[80], segment[ADDRESS_TEXT];
    for (uint64_t done = 0; done < length && found < most && !d->run.interrupt;) {
        uint64_t left = length - done;
        size_t want = left < CHUNK + p->length - 1 ? (size_t)left : CHUNK + p->length - 1;
        struct address here = address_add(a, (int64_t)done);
        size_t got = address_peek(d, here, chunk, want);
        size_t places = got < p->length ? 0 : got - p->length + 1 < CHUNK ? got - p->length + 1 : CHUNK;
        for (size_t i = 0; i < places && found < most; i++) {
            const uint8_t *first = memchr(chunk + i, p->bytes[0], places - i);
            if (!first)
                break;
            i = (size_t)(first - chunk);
            if (!memcmp(first, p->bytes, p->length)) {
                struct address at = address_add(here, (int64_t)i);
                debugger_print(d, "0x%x%s%s\n", (unsigned)at.at, symbol_suffix(d, at.at, symbol, sizeof symbol),
                               address_suffix(at, segment));
                values_set(d, "_", value_address(at, type_void_pointer));
                found++;
            }
        }
        done += CHUNK;
    }
    return found;
}

static enum debugger_result run_find(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct pattern p = { .length = 0 };
    struct address start;
    uint64_t length = 0;
    unsigned size = 0;
    unsigned long most = 100000;
    if (!parse_options(d, &arguments, &size, &most) || !parse_span(d, &arguments, &start, &length))
        return debugger_report(d);
    do {
        if (!add_value(d, &p, &arguments, size))
            return debugger_report(d);
    } while (*arguments == ',' && next_argument(d, &arguments));
    if (*arguments || !p.length)
        return debugger_error(d, "Junk at end of arguments.");
    unsigned long found = search(d, start, length, &p, most);
    values_set(d, "numfound", value_integer((int64_t)found, type_int));
    if (!found)
        debugger_print(d, "Pattern not found.\n");
    else
        debugger_print(d, found == 1 ? "%lu pattern found.\n" : "%lu patterns found.\n", found);
    return DEBUGGER_DONE;
}

const struct debugger_command memory_commands[] = {
    { "dump", NULL, 0, run_dump, "Write guest memory into a file.",
      "Usage: dump [binary] memory FILE START STOP\n       dump [binary] value FILE EXPRESSION\nSTOP is the first "
      "address not "
      "written. Addresses have no blanks in them.", COMPLETE_FILE, NULL, false },
    { "append", NULL, 3, run_append, "Append guest memory to a file.", "Usage: append [binary] memory FILE START STOP",
      COMPLETE_FILE, NULL, false },
    { "restore", NULL, 4, run_restore, "Read a file into guest memory.",
      "Usage: restore FILE binary OFFSET [START [END]]\nBytes START to END of the file go to OFFSET + START.",
      COMPLETE_FILE, NULL, false },
    { "find", NULL, 4, run_find, "Search memory for bytes.",
      "Usage: find [/SIZE][N] START, END, VALUE ...\n       find [/SIZE][N] START, +LENGTH, VALUE ...\n"
      "SIZE: b h w g of the values, N: how many at most. A VALUE may be \"text\". $_ is the last place, $numfound "
      "how many.", COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
