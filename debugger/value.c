/* Values: reading, storing and converting them, the value history and convenience variables.
 *
 * Integers follow C on the i386 (int and long are 4 bytes), addresses are void pointers that remember their segment.
 * Floating point is known to x/f only; there are no structures. */
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/register.h"
#include "debugger/value.h"

const struct type type_int = { TYPE_INTEGER, 4, true, false, 0 };
const struct type type_unsigned = { TYPE_INTEGER, 4, false, false, 0 };
const struct type type_long = { TYPE_INTEGER, 8, true, false, 0 };
const struct type type_unsigned_long = { TYPE_INTEGER, 8, false, false, 0 };
const struct type type_void_pointer = { TYPE_VOID, 1, false, false, 1 };

unsigned type_size(struct type type)
{
    if (type.stars || type.class == TYPE_FAR)
        return 4;
    return type.size ? type.size : 1;
}

unsigned type_target_size(struct type type)
{
    if (type.stars > 1 || type.class == TYPE_FAR)
        return type.stars ? 4 : 1;
    return type.class == TYPE_INTEGER ? type.size : 1;
}

const char *type_name(struct type type)
{
    static const char *const unsigned_names[] = { "unsigned char", "unsigned short", "unsigned int",
                                                  "unsigned long long" };
    static const char *const signed_names[] = { "char", "short", "int", "long long" };
    unsigned row = type.size == 1 ? 0 : type.size == 2 ? 1 : type.size == 4 ? 2 : 3;
    switch (type.class) {
    case TYPE_INTEGER: return type.is_signed ? signed_names[row] : unsigned_names[row];
    case TYPE_FAR: return "far";
    case TYPE_CODE: return "void (*)()";
    case TYPE_SYMBOL: return "<text variable, no debug info>";
    case TYPE_FLAGS: return "i386_eflags";
    default: return "void";
    }
}

bool value_is_void(const struct value *v)
{
    return v->type.class == TYPE_VOID && !v->type.stars;
}

struct value value_integer(int64_t number, struct type type)
{
    return (struct value){ .type = type, .number = value_wrap(number, type) };
}

struct value value_address(struct address a, struct type type)
{
    return (struct value){ .type = type, .address = a };
}

int64_t value_number(const struct value *v)
{
    return type_is_address(v->type) ? (int64_t)v->address.at : v->number;
}

int64_t value_wrap(int64_t number, struct type type)
{
    switch (type_size(type)) {
    case 1: return type.is_signed ? (int64_t)(int8_t)number : (int64_t)(uint8_t)number;
    case 2: return type.is_signed ? (int64_t)(int16_t)number : (int64_t)(uint16_t)number;
    case 4: return type.is_signed ? (int64_t)(int32_t)number : (int64_t)(uint32_t)number;
    default: return number;
    }
}

struct address value_as_address(const struct value *v)
{
    return type_is_address(v->type) ? v->address : address_linear((uint32_t)v->number);
}

static uint64_t little_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t number = 0;
    for (unsigned i = size; i-- > 0;)
        number = number << 8 | bytes[i];
    return number;
}

bool value_decode(struct debugger *d, const uint8_t *bytes, struct type type, struct value *out)
{
    uint64_t raw = little_endian(bytes, type_size(type));
    if (type.class == TYPE_FAR && !type.stars) {
        struct address target;
        if (!address_segmented(d, (uint16_t)(raw >> 16), raw & 0xFFFF, RULE_MODE, &target))
            return false;
        *out = value_address(target, type);
    } else if (type.stars) {
        *out = value_address(address_linear((uint32_t)raw), type);
    } else {
        *out = value_integer((int64_t)raw, type);
    }
    return true;
}

bool value_read(struct debugger *d, struct address a, struct type type, struct value *out)
{
    uint8_t bytes[8];
    if (!address_read(d, a, bytes, type_size(type)) || !value_decode(d, bytes, type, out))
        return false;
    out->place = PLACE_MEMORY;
    out->where = a;
    return true;
}

bool value_element(struct debugger *d, const struct value *array, uint32_t n, struct value *out)
{
    return value_read(d, address_add(array->where, (int64_t)n * type_size(array->type)), array->type, out);
}

static bool assign_memory(struct debugger *d, struct value *target, const struct value *source)
{
    uint8_t bytes[8];
    unsigned size = type_size(target->type);
    uint64_t raw = (uint64_t)value_number(source);
    if (target->type.class == TYPE_FAR && !target->type.stars && type_is_address(source->type)
        && source->address.has_segment)
        raw = (uint64_t)source->address.selector << 16 | (source->address.offset & 0xFFFF);
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (uint8_t)(raw >> (8 * i));
    if (!address_write(d, target->where, bytes, size))
        return false;
    return value_read(d, target->where, target->type, target);
}

bool value_assign(struct debugger *d, struct value *target, const struct value *source)
{
    if (target->count)
        return debugger_fault(d, "An array cannot be assigned to.");
    if (value_is_void(source))
        return debugger_fault(d, "Invalid cast.");
    switch (target->place) {
    case PLACE_MEMORY: return assign_memory(d, target, source);
    case PLACE_REGISTER:
        if (!register_write(d, target->index, source))
            return false;
        register_read(d, target->index, target);
        return true;
    case PLACE_VARIABLE: {
        struct value *variable = &d->values.variable[target->index].value;
        *variable = *source;
        variable->place = source->count ? PLACE_MEMORY : PLACE_NONE;
        *target = *source;
        return true;
    }
    default: return debugger_fault(d, "Left operand of assignment is not an lvalue.");
    }
}

bool value_cast(struct debugger *d, struct value *v, struct type type)
{
    if (value_is_void(v))
        return debugger_fault(d, "Invalid cast.");
    if (type_is_address(type)) {
        *v = value_address(v->count ? v->where : value_as_address(v), type);
        return true;
    }
    if (type.class == TYPE_VOID)
        return debugger_fault(d, "Invalid cast.");
    *v = value_integer(value_number(v), type);
    return true;
}

void values_free(struct values *values)
{
    for (size_t i = 0; i < values->variable_count; i++)
        free(values->variable[i].name);
    free(values->variable);
    free(values->history);
}

size_t values_remember(struct debugger *d, const struct value *v)
{
    struct values *values = &d->values;
    struct value *grown = debugger_grow(values->history, values->history_count, sizeof *grown);
    if (!grown)
        return 0;
    values->history = grown;
    grown[values->history_count] = *v;
    if (!v->count)
        grown[values->history_count].place = PLACE_NONE;
    return ++values->history_count;
}

bool values_recall(struct debugger *d, int64_t n, struct value *out)
{
    if (n == 0 && d->values.history_count == 0) {
        *out = (struct value){ 0 };
        return true;
    }
    if (n < 1 || (uint64_t)n > d->values.history_count)
        return debugger_fault(d, "History has not yet reached $%lld.", (long long)n);
    *out = d->values.history[n - 1];
    return true;
}

int values_variable(struct debugger *d, const char *name, bool create)
{
    struct values *values = &d->values;
    for (size_t i = 0; i < values->variable_count; i++)
        if (!strcmp(values->variable[i].name, name))
            return (int)i;
    struct variable *grown = create ? debugger_grow(values->variable, values->variable_count, sizeof *grown) : NULL;
    if (!grown)
        return -1;
    values->variable = grown;
    char *copy = debugger_copy(name, strlen(name));
    if (!copy)
        return -1;
    grown[values->variable_count].name = copy;
    return (int)values->variable_count++;
}

void values_set(struct debugger *d, const char *name, struct value v)
{
    int row = values_variable(d, name, true);
    if (row >= 0)
        d->values.variable[row].value = v;
}
