/* Symbols: a table that comes with the built-in ROMs, and names the user gives with `symbol NAME ADDRESS`.
 *
 * A symbol reaches to the next one, at most 4 KB; one in ROM never into RAM. Files of symbols (maps, Turbo Debugger)
 * are not read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum { FARTHEST = 0x1000 };

void symbols_free(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->own_count; i++)
        free(symbols->own[i].name);
    free(symbols->own);
}

bool symbol_find(struct debugger *d, const char *name, uint32_t *address)
{
    for (size_t i = 0; i < d->symbols.own_count; i++)
        if (!strcmp(d->symbols.own[i].name, name)) {
            *address = d->symbols.own[i].address;
            return true;
        }
    size_t count;
    const struct rom_symbol *rom = inspect_rom_symbols(d->machine, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(rom[i].name, name)) {
            *address = rom[i].address;
            return true;
        }
    return false;
}

/* Number of ROM symbols at or below LINEAR. */
static size_t rom_below(const struct rom_symbol *rom, size_t count, uint32_t linear)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rom[middle].address <= linear)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *symbol_before(struct debugger *d, uint32_t linear, uint32_t *offset)
{
    const char *name = NULL;
    uint32_t best = FARTHEST;
    for (size_t i = 0; i < d->symbols.own_count; i++) {
        const struct symbol *s = &d->symbols.own[i];
        if (s->address <= linear && linear - s->address < best) {
            best = linear - s->address;
            name = s->name;
        }
    }
    size_t count;
    uint32_t first, last;
    const struct rom_symbol *rom = inspect_rom_symbols(d->machine, &count);
    bool in_rom = inspect_rom_range(d->machine, &first, &last) && linear >= first && linear <= last;
    size_t below = in_rom ? rom_below(rom, count, linear) : 0;
    if (below && linear - rom[below - 1].address < best) {
        best = linear - rom[below - 1].address;
        name = rom[below - 1].name;
    }
    *offset = best;
    return name;
}

bool symbol_after(struct debugger *d, uint32_t linear, uint32_t *address)
{
    bool found = false;
    for (size_t i = 0; i < d->symbols.own_count; i++) {
        uint32_t at = d->symbols.own[i].address;
        if (at > linear && (!found || at < *address)) {
            *address = at;
            found = true;
        }
    }
    size_t count;
    const struct rom_symbol *rom = inspect_rom_symbols(d->machine, &count);
    size_t next = rom_below(rom, count, linear);
    if (next < count && (!found || rom[next].address < *address)) {
        *address = rom[next].address;
        found = true;
    }
    return found;
}

const char *symbol_suffix(struct debugger *d, uint32_t linear, char *text, size_t size)
{
    char name[72];
    if (d->settings.value[SET_SYMBOLS] && debugger_symbol(d, linear, name, sizeof name))
        snprintf(text, size, " <%s>", name);
    else
        snprintf(text, size, "%s", "");
    return text;
}

void symbol_complete(struct debugger *d, const char *prefix, void (*offer)(void *ctx, const char *word), void *ctx)
{
    size_t count, length = strlen(prefix);
    const struct rom_symbol *rom = inspect_rom_symbols(d->machine, &count);
    for (size_t i = 0; i < d->symbols.own_count; i++)
        if (!strncmp(d->symbols.own[i].name, prefix, length))
            offer(ctx, d->symbols.own[i].name);
    for (size_t i = 0; i < count; i++)
        if (!strncmp(rom[i].name, prefix, length))
            offer(ctx, rom[i].name);
}

/* --- Commands --- */

static enum debugger_result run_symbol(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    size_t length = strcspn(arguments, " \t");
    struct address a;
    if (!length || !arguments[length])
        return debugger_error(d, "Usage: symbol NAME ADDRESS");
    if (!expr_address(d, arguments + length, &a))
        return debugger_report(d);
    char *name = debugger_copy(arguments, length);
    struct symbol *grown = name ? debugger_grow(d->symbols.own, d->symbols.own_count, sizeof *grown) : NULL;
    if (!grown) {
        free(name);
        return debugger_error(d, "Out of memory.");
    }
    d->symbols.own = grown;
    for (size_t i = 0; i < d->symbols.own_count; i++)
        if (!strcmp(grown[i].name, name)) {
            grown[i].address = a.at;
            free(name);
            return DEBUGGER_DONE;
        }
    grown[d->symbols.own_count++] = (struct symbol){ a.at, name };
    return DEBUGGER_DONE;
}

const struct debugger_command symbol_commands[] = {
    { "symbol", NULL, 0, run_symbol, "Give an address a name.",
      "Usage: symbol NAME ADDRESS\nThe name can be used in expressions and shows in disassembly. A name given again "
      "moves.", COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
