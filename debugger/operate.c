/* Arithmetic on values: C's conversions on a machine with 4-byte int and long, and pointers that keep their segment.
 *
 * Numbers are calculated in 64 bits and cut to their type. Adding to an address counts in elements of what it points
 * to; plain addresses (SEG:OFF) point to bytes. */
#include "debugger/core.h"
#include "debugger/operate.h"

enum { LONGEST_ARRAY = 65536 };

bool operate_needs_number(struct debugger *d, const struct value *v, bool checking)
{
    if (v->count || (value_is_void(v) && !checking))
        return debugger_fault(d, "Argument to arithmetic operation not a number or boolean.");
    return true;
}

static struct type promoted(const struct value *v)
{
    if (type_is_address(v->type))
        return type_unsigned;
    if (v->type.size < 4)
        return type_int;
    struct type type = v->type;
    type.class = TYPE_INTEGER;
    type.is_char = false;
    return type;
}

static struct type common_type(const struct value *a, const struct value *b)
{
    struct type left = promoted(a), right = promoted(b);
    if (left.size != right.size)
        return left.size > right.size ? left : right;
    return left.is_signed ? right : left;
}

bool operate_unary(struct debugger *d, char operator, struct value *v, bool checking)
{
    if (!operate_needs_number(d, v, checking))
        return false;
    struct type type = promoted(v);
    int64_t n = value_number(v);
    if (operator == '!')
        *v = value_integer(n == 0, type_int);
    else
        *v = value_integer(operator == '-' ? (int64_t)(0 - (uint64_t)n) : operator == '~' ? ~n : n, type);
    return true;
}

static bool divide(struct debugger *d, enum operation operation, int64_t a, int64_t b, struct type type, int64_t *n)
{
    if (b == 0)
        return debugger_fault(d, "Division by zero");
    if (!type.is_signed)
        *n = (int64_t)(operation == DIVIDE ? (uint64_t)a / (uint64_t)b : (uint64_t)a % (uint64_t)b);
    else if (b == -1)
        *n = operation == DIVIDE ? (int64_t)(0 - (uint64_t)a) : 0;
    else
        *n = operation == DIVIDE ? a / b : a % b;
    return true;
}

static int64_t shift(enum operation operation, int64_t a, int64_t count, struct type type)
{
    if (count < 0 || count > 63)
        return operation == RIGHT && type.is_signed && a < 0 ? -1 : 0;
    if (operation == LEFT)
        return (int64_t)((uint64_t)a << count);
    if (!type.is_signed)
        return (int64_t)((uint64_t)a >> count);
    return a < 0 ? ~(~a >> count) : a >> count;
}

static bool less(int64_t a, int64_t b, struct type type)
{
    return type.is_signed ? a < b : (uint64_t)a < (uint64_t)b;
}

static bool compute(struct debugger *d, enum operation operation, struct value *a, const struct value *b, bool checking)
{
    struct type type = operation == LEFT || operation == RIGHT ? promoted(a) : common_type(a, b);
    int64_t x = value_wrap(value_number(a), type), y = value_wrap(value_number(b), type), n = 0;
    switch (operation) {
    case BIT_OR: n = x | y; break;
    case BIT_XOR: n = x ^ y; break;
    case BIT_AND: n = x & y; break;
    case EQUAL: n = x == y; break;
    case UNEQUAL: n = x != y; break;
    case LESS: n = less(x, y, type); break;
    case GREATER: n = less(y, x, type); break;
    case AT_MOST: n = !less(y, x, type); break;
    case AT_LEAST: n = !less(x, y, type); break;
    case LEFT:
    case RIGHT: n = shift(operation, x, value_number(b), type); break;
    case PLUS: n = (int64_t)((uint64_t)x + (uint64_t)y); break;
    case MINUS: n = (int64_t)((uint64_t)x - (uint64_t)y); break;
    case TIMES: n = (int64_t)((uint64_t)x * (uint64_t)y); break;
    default:
        if (!divide(d, operation, x, y, type, &n) && !checking)
            return false;
    }
    *a = value_integer(n, operation >= EQUAL && operation <= AT_LEAST ? type_int : type);
    return true;
}

/* A@COUNT: an array at A. */
static bool repeat(struct debugger *d, struct value *a, const struct value *count, bool checking)
{
    int64_t n = value_number(count);
    if (a->place != PLACE_MEMORY || a->count)
        return debugger_fault(d, "Only values in memory can be extended with '@'.");
    if (checking)
        n = 1;
    if (n < 1 || n > LONGEST_ARRAY)
        return debugger_fault(d, "Invalid number %lld of repetitions.", (long long)n);
    a->count = (uint32_t)n;
    return true;
}

static struct value moved(const struct value *pointer, int64_t elements)
{
    int64_t bytes = (int64_t)((uint64_t)elements * type_target_size(pointer->type));
    struct type type = pointer->type.stars ? pointer->type : type_void_pointer;
    return value_address(address_add(pointer->address, bytes), type);
}

bool operate_binary(struct debugger *d, enum operation operation, struct value *a, const struct value *b, bool checking)
{
    if (operation == REPEAT)
        return repeat(d, a, b, checking);
    if (!operate_needs_number(d, a, checking) || !operate_needs_number(d, b, checking))
        return false;
    bool left = type_is_address(a->type), right = type_is_address(b->type);
    if (left && !right && (operation == PLUS || operation == MINUS)) {
        int64_t n = value_number(b);
        *a = moved(a, operation == PLUS ? n : (int64_t)(0 - (uint64_t)n));
        return true;
    }
    if (right && !left && operation == PLUS) {
        *a = moved(b, value_number(a));
        return true;
    }
    if (left && right && operation == MINUS) {
        int64_t bytes = (int32_t)(a->address.at - b->address.at);
        *a = value_integer(bytes / (int64_t)type_target_size(a->type), type_int);
        return true;
    }
    return compute(d, operation, a, b, checking);
}
