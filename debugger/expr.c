/* The expression parser: evaluates while it parses.
 *
 * C's operators and precedence with gdb's @, {type}address, $names and $history. Additions for a segmented machine:
 *   1ed3:25  cs:ip  es:di+4   SELECTOR:OFFSET without blanks around the colon; both parts are hexadecimal numbers,
 *                             registers, $names or parenthesised expressions. Real mode: selector * 16. Protected mode:
 *                             by descriptor. Binds tighter than any operator.
 *   &1ed3:25 #28:0            the same, but as in real mode, or through a descriptor, whatever the mode
 *   lin:7c00 phys:b8000       linear and physical addresses, hexadecimal as well
 *   byte[ds:si] word[..]      memory; char, short, int, u8, u16, u32, u64, qword, and far for an offset:selector pair
 * Left out: structures, function calls, floating point, the comma operator. */
#include <string.h>
#include <strings.h>
#include <stdio.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/lex.h"
#include "debugger/operate.h"
#include "debugger/register.h"

enum { DEEPEST = 64 };

struct parser {
    struct debugger *d;
    struct token token;         /* the one to look at */
    bool skip;                  /* the side of && || ?: that does not count, or only checking */
    enum segment_rule rule;
    struct expr_use *use;
    unsigned depth;
};

static bool parse_assignment(struct parser *p, struct value *out);
static bool parse_unary(struct parser *p, struct value *out);

static void move_to(struct parser *p, const char *text)
{
    lex_token(text, (unsigned)p->d->settings.value[SET_INPUT_RADIX], &p->token);
}

static void advance(struct parser *p)
{
    move_to(p, p->token.end);
}

static bool at_operator(const struct parser *p, const char *operator)
{
    return p->token.kind == TOKEN_OPERATOR && !strcmp(p->token.word, operator);
}

static bool syntax_error(struct parser *p)
{
    if (p->token.kind == TOKEN_BAD)
        return debugger_fault(p->d, "%s", p->token.word);
    return debugger_fault(p->d, "A syntax error in expression, near `%.80s'.", p->token.start);
}

static bool expect(struct parser *p, const char *operator)
{
    if (!at_operator(p, operator))
        return syntax_error(p);
    advance(p);
    return true;
}

/* --- Types --- */

static const struct { const char *name; struct type type; } types[] = {
    { "char", { TYPE_INTEGER, 1, true, true, 0 } },     { "byte", { TYPE_INTEGER, 1, false, true, 0 } },
    { "u8", { TYPE_INTEGER, 1, false, true, 0 } },      { "uint8_t", { TYPE_INTEGER, 1, false, true, 0 } },
    { "i8", { TYPE_INTEGER, 1, true, true, 0 } },       { "s8", { TYPE_INTEGER, 1, true, true, 0 } },
    { "int8_t", { TYPE_INTEGER, 1, true, true, 0 } },
    { "short", { TYPE_INTEGER, 2, true, false, 0 } },   { "word", { TYPE_INTEGER, 2, false, false, 0 } },
    { "u16", { TYPE_INTEGER, 2, false, false, 0 } },    { "uint16_t", { TYPE_INTEGER, 2, false, false, 0 } },
    { "i16", { TYPE_INTEGER, 2, true, false, 0 } },     { "s16", { TYPE_INTEGER, 2, true, false, 0 } },
    { "int16_t", { TYPE_INTEGER, 2, true, false, 0 } },
    { "int", { TYPE_INTEGER, 4, true, false, 0 } },     { "long", { TYPE_INTEGER, 4, true, false, 0 } },
    { "dword", { TYPE_INTEGER, 4, false, false, 0 } },  { "u32", { TYPE_INTEGER, 4, false, false, 0 } },
    { "uint32_t", { TYPE_INTEGER, 4, false, false, 0 } },
    { "i32", { TYPE_INTEGER, 4, true, false, 0 } },     { "s32", { TYPE_INTEGER, 4, true, false, 0 } },
    { "int32_t", { TYPE_INTEGER, 4, true, false, 0 } },
    { "qword", { TYPE_INTEGER, 8, false, false, 0 } },  { "u64", { TYPE_INTEGER, 8, false, false, 0 } },
    { "uint64_t", { TYPE_INTEGER, 8, false, false, 0 } },
    { "i64", { TYPE_INTEGER, 8, true, false, 0 } },     { "int64_t", { TYPE_INTEGER, 8, true, false, 0 } },
    { "far", { TYPE_FAR, 4, false, false, 0 } },        { "void", { TYPE_VOID, 1, false, false, 0 } },
};

static bool find_type(const char *word, struct type *type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (!strcmp(types[i].name, word)) {
            *type = types[i].type;
            return true;
        }
    return false;
}

/* "unsigned char *", "u16", ...; moves behind it. False, with nothing moved, if there is no type here. */
static bool parse_type(struct parser *p, struct type *type)
{
    bool sign = false, is_signed = true, found = false;
    if (p->token.kind != TOKEN_WORD)
        return false;
    if (!strcmp(p->token.word, "unsigned") || !strcmp(p->token.word, "signed")) {
        sign = true;
        is_signed = p->token.word[0] == 's';
        *type = type_int;
        found = true;
        advance(p);
    }
    struct type base;
    while (p->token.kind == TOKEN_WORD && find_type(p->token.word, &base)) {
        if (!found || base.class != TYPE_INTEGER || base.size != 4)
            *type = base;       /* "long long" is qword, "long int" and "unsigned int" are int */
        else if (found && !sign && !strcmp(p->token.word, "long"))
            *type = type_long;
        found = true;
        advance(p);
    }
    if (found && sign)
        type->is_signed = is_signed;
    for (; found && at_operator(p, "*"); advance(p))
        type->stars++;
    return found;
}

/* --- Memory --- */

static bool read_place(struct parser *p, struct address a, struct type type, struct value *out)
{
    if (p->use)
        p->use->memory = true;
    if (!p->skip)
        return value_read(p->d, a, type, out);
    *out = type_is_address(type) ? value_address(a, type) : value_integer(0, type);
    out->place = PLACE_MEMORY;
    out->where = a;
    return true;
}

static bool dereference(struct parser *p, const struct value *v, struct value *out)
{
    struct type type = v->type;
    if (v->count) {
        type.stars++;
        struct value first = value_address(v->where, type);
        return dereference(p, &first, out);
    }
    if (type.class == TYPE_VOID && !type.stars)
        return debugger_fault(p->d, "Attempt to take contents of a non-pointer value.");
    if (type.stars && (type.class == TYPE_INTEGER || type.class == TYPE_FAR || type.stars > 1))
        type.stars--;
    else
        type = type_int;
    return read_place(p, value_as_address(v), type, out);
}

static bool address_of(struct parser *p, struct value *v)
{
    if (type_is_address(v->type) && v->place == PLACE_NONE) {
        if (v->type.class == TYPE_SYMBOL && !v->type.stars)
            v->type.stars = 1;
        return true;            /* &symbol, and &seg:off, which parse_unary has read as a real-mode address */
    }
    if (v->place != PLACE_MEMORY)
        return debugger_fault(p->d, "Attempt to take address of value not located in memory.");
    struct type type = v->type;
    type.stars++;
    *v = value_address(v->where, type);
    return true;
}

/* --- Segmented addresses --- */

static bool variable_number(struct parser *p, const char *name, int64_t *number)
{
    int row = values_variable(p->d, name, false);
    if (row < 0)
        return false;
    const struct value *v = &p->d->values.variable[row].value;
    *number = type_is_address(v->type) && v->address.has_segment ? v->address.offset : value_number(v);
    if (p->use)
        p->use->variables = true;
    return true;
}

/* One half of a segmented address in WORD. *SEG: the segment register, or -1. */
static bool half(struct parser *p, const char *word, uint32_t *number, int *seg)
{
    const char *name = word + (*word == '$');
    int row = register_find(name, *word == '$');
    int64_t wide;
    *seg = -1;
    if (row >= 0) {
        *seg = register_segment(row);
        *number = register_offset(p->d, row);
        if (p->use)
            p->use->registers = true;
        return true;
    }
    if (*word == '$' && variable_number(p, name, &wide)) {
        *number = (uint32_t)wide;
        return true;
    }
    return *word != '$' && lex_hex(word, number);
}

/* What follows the colon, at TEXT: a half, or a parenthesised expression. */
static bool parse_offset(struct parser *p, const char *text, uint32_t *offset)
{
    if (*text == '(') {
        struct value v;
        move_to(p, text + 1);
        if (!parse_assignment(p, &v) || !expect(p, ")"))
            return false;
        *offset = type_is_address(v.type) && v.address.has_segment ? v.address.offset : (uint32_t)value_number(&v);
        return true;
    }
    char word[LEX_WORD];
    size_t length = *text == '$';
    while (length < sizeof word - 1 && strspn(text + length, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                             "abcdefghijklmnopqrstuvwxyz_") > 0)
        length++;
    memcpy(word, text, length);
    word[length] = '\0';
    int seg;
    if (!half(p, word, offset, &seg))
        return debugger_fault(p->d, "Invalid offset \"%s\".", word);
    move_to(p, text + length);
    return true;
}

static bool make_segmented(struct parser *p, uint32_t selector, int seg, uint32_t offset, struct value *out)
{
    struct address a;
    if (p->skip) {
        a = (struct address){ .has_segment = true, .selector = (uint16_t)selector, .offset = offset };
    } else if (seg >= 0 && p->rule == RULE_MODE) {
        struct registers regs;
        inspect_registers(p->d->machine, &regs);
        a = address_in_segment(&regs, (unsigned)seg, offset);
    } else if (selector > 0xFFFF) {
        return debugger_fault(p->d, "Invalid segment 0x%x.", (unsigned)selector);
    } else if (!address_segmented(p->d, (uint16_t)selector, offset, p->rule, &a)) {
        return false;
    }
    *out = value_address(a, type_void_pointer);
    return true;
}

/* WORD:... at the present token. *FOUND: whether there was one. */
static bool parse_segmented(struct parser *p, struct value *out, bool *found)
{
    char word[LEX_WORD];
    const char *behind = p->token.kind == TOKEN_END ? NULL : lex_segment(p->token.start, word);
    uint32_t selector = 0, offset;
    int seg = -1;
    *found = false;
    if (!behind)
        return true;
    bool linear = !strcasecmp(word, "lin"), physical = !strcasecmp(word, "phys");
    if (!linear && !physical && !half(p, word, &selector, &seg))
        return true;
    *found = true;
    if (!parse_offset(p, behind, &offset))
        return false;
    if (!linear && !physical)
        return make_segmented(p, selector, seg, offset, out);
    *out = value_address(physical ? address_physical(offset) : address_linear(offset), type_void_pointer);
    return true;
}

/* --- Operands --- */

/* $ is the last value, $$ the one before, $$N the Nth before, $N the Nth. */
static bool parse_history(struct parser *p, const char *word, struct value *out)
{
    struct values *values = &p->d->values;
    int64_t last = (int64_t)values->history_count, n = 0;
    bool back = *word == '$';
    const char *digits = word + back;
    for (const char *c = digits; *c; c++) {
        if (*c < '0' || *c > '9' || n > 1000000)
            return debugger_fault(p->d, "A syntax error in expression, near `$%s'.", word);
        n = n * 10 + (*c - '0');
    }
    if (back)
        n = last - (*digits ? n : 1);
    else if (!*digits)
        n = last;
    if (back && n < 1 && last <= 1) {
        *out = (struct value){ 0 };
        return true;
    }
    return values_recall(p->d, n, out);
}

static bool parse_variable(struct parser *p, struct value *out)
{
    char word[LEX_WORD];
    memcpy(word, p->token.word, sizeof word);
    advance(p);
    if (!*word || *word == '$' || (*word >= '0' && *word <= '9'))
        return parse_history(p, word, out);
    int row = register_find(word, true);
    if (row >= 0) {
        register_read(p->d, row, out);
        if (p->use)
            p->use->registers = true;
        return true;
    }
    row = values_variable(p->d, word, true);
    if (row < 0)
        return debugger_fault(p->d, "Out of memory.");
    *out = p->d->values.variable[row].value;
    if (!out->count)
        out->place = PLACE_VARIABLE;
    out->index = row;
    if (p->use)
        p->use->variables = true;
    return true;
}

/* byte[...], `far ptr [...]` */
static bool parse_sized(struct parser *p, struct value *out)
{
    struct type type;
    struct value v;
    if (!parse_type(p, &type))
        return syntax_error(p);
    if (p->token.kind == TOKEN_WORD && !strcasecmp(p->token.word, "ptr"))
        advance(p);
    return expect(p, "[") && parse_assignment(p, &v) && expect(p, "]")
        && read_place(p, value_as_address(&v), type, out);
}

static bool parse_sizeof(struct parser *p, struct value *out)
{
    struct type type;
    advance(p);
    if (!expect(p, "("))
        return false;
    if (!parse_type(p, &type)) {
        bool skip = p->skip;
        p->skip = true;
        bool ok = parse_assignment(p, out);
        p->skip = skip;
        if (!ok)
            return false;
        type = out->type;
    }
    *out = value_integer(type_size(type), type_unsigned);
    return expect(p, ")");
}

static bool parse_word(struct parser *p, struct value *out)
{
    uint32_t address;
    struct type type;
    if (!strcmp(p->token.word, "sizeof"))
        return parse_sizeof(p, out);
    if (find_type(p->token.word, &type) || !strcmp(p->token.word, "unsigned") || !strcmp(p->token.word, "signed"))
        return parse_sized(p, out);
    if (symbol_find(p->d, p->token.word, &address)) {
        *out = value_address(address_linear(address), (struct type){ .class = TYPE_SYMBOL });
        advance(p);
        return true;
    }
    int row = register_find(p->token.word, false);
    if (row < 0)
        return debugger_fault(p->d, "No symbol \"%s\" in current context.", p->token.word);
    if (p->use)
        p->use->registers = true;
    /* A bare `sp` is the register, `$sp` the address SS:ESP. */
    register_read(p->d, row, out);
    advance(p);
    return true;
}

static bool parse_number(struct parser *p, struct value *out)
{
    const struct token *t = &p->token;
    struct type type = type_int;
    if (t->is_char)
        type = (struct type){ TYPE_INTEGER, 1, true, true, 0 };
    else if (t->number > UINT32_MAX)
        type = t->is_unsigned ? type_unsigned_long : type_long;
    else if (t->number > INT32_MAX || t->is_unsigned)
        type = type_unsigned;
    *out = value_integer((int64_t)t->number, type);
    advance(p);
    return true;
}

/* Behind "(": a cast, or an expression in parentheses, perhaps the segment of an address. */
static bool parse_parenthesis(struct parser *p, struct value *out)
{
    struct token open = p->token;
    struct type type;
    advance(p);
    if (parse_type(p, &type) && at_operator(p, ")")) {
        advance(p);
        return parse_unary(p, out) && value_cast(p->d, out, type);
    }
    move_to(p, open.end);
    if (!parse_assignment(p, out))
        return false;
    if (!at_operator(p, ")"))
        return syntax_error(p);
    const char *behind = p->token.end;
    if (behind[0] == ':' && behind[1] && !strchr(" \t", behind[1])) {
        uint32_t selector = (uint32_t)value_number(out), offset;
        return parse_offset(p, behind + 1, &offset) && make_segmented(p, selector, -1, offset, out);
    }
    advance(p);
    return true;
}

static bool parse_braces(struct parser *p, struct value *out)
{
    struct type type;
    struct value v;
    advance(p);
    if (!parse_type(p, &type))
        return syntax_error(p);
    return expect(p, "}") && parse_unary(p, &v) && read_place(p, value_as_address(&v), type, out);
}

static bool parse_primary(struct parser *p, struct value *out)
{
    bool found;
    if (!parse_segmented(p, out, &found))
        return false;
    if (found)
        return true;
    p->rule = RULE_MODE;        /* & and # concern the address right behind them; parse_unary restores */
    switch (p->token.kind) {
    case TOKEN_NUMBER: return parse_number(p, out);
    case TOKEN_VARIABLE: return parse_variable(p, out);
    case TOKEN_WORD: return parse_word(p, out);
    case TOKEN_OPERATOR:
        if (at_operator(p, "("))
            return parse_parenthesis(p, out);
        if (at_operator(p, "{"))
            return parse_braces(p, out);
        return syntax_error(p);
    default: return syntax_error(p);
    }
}

/* --- Operators --- */

/* Bytes between elements, in the type that dereference() reads. */
static unsigned element_size(struct type type)
{
    bool typed = type.stars > 1 || (type.stars && (type.class == TYPE_INTEGER || type.class == TYPE_FAR));
    return typed ? type_target_size(type) : type_int.size;
}

static bool parse_postfix(struct parser *p, struct value *out)
{
    if (!parse_primary(p, out))
        return false;
    while (at_operator(p, "[")) {
        struct value index, element;
        advance(p);
        if (!parse_assignment(p, &index) || !expect(p, "]"))
            return false;
        struct value pointer = *out;
        if (out->count) {
            pointer.type.stars++;
            pointer = value_address(out->where, pointer.type);
        }
        int64_t distance = (int64_t)((uint64_t)value_number(&index) * element_size(pointer.type));
        pointer = value_address(address_add(value_as_address(&pointer), distance),
                                type_is_address(pointer.type) ? pointer.type : type_void_pointer);
        if (!dereference(p, &pointer, &element))
            return false;
        *out = element;
    }
    return true;
}

static bool apply_unary(struct parser *p, char operator, struct value *v)
{
    if (operator == '*') {
        struct value pointer = *v;
        return dereference(p, &pointer, v);
    }
    if (operator == '&')
        return address_of(p, v);
    return operate_unary(p->d, operator, v, p->skip);
}

/* ++ and -- are two signs, as expressions have no side effect but assignment. */
static bool parse_unary(struct parser *p, struct value *out)
{
    if (++p->depth > DEEPEST)
        return debugger_fault(p->d, "Expression too complex.");
    bool ok;
    if (p->token.kind == TOKEN_OPERATOR && p->token.word[0] && strchr("-+!~*&#", p->token.word[0])
        && (!p->token.word[1] || !strcmp(p->token.word, "--") || !strcmp(p->token.word, "++"))) {
        char operator = p->token.word[0];
        enum segment_rule rule = p->rule;
        move_to(p, p->token.start + 1);
        if (operator == '&' || operator == '#')
            p->rule = operator == '&' ? RULE_REAL : RULE_SELECTOR;
        ok = parse_unary(p, out);
        p->rule = rule;
        ok = ok && (operator == '#' || apply_unary(p, operator, out));
    } else {
        ok = parse_postfix(p, out);
    }
    p->depth--;
    return ok;
}

static const struct { const char *text; enum operation operation; int level; } operators[] = {
    { "||", OR, 1 },     { "&&", AND, 2 },       { "|", BIT_OR, 3 },   { "^", BIT_XOR, 4 },  { "&", BIT_AND, 5 },
    { "==", EQUAL, 6 },  { "!=", UNEQUAL, 6 },   { "<", LESS, 7 },     { ">", GREATER, 7 },  { "<=", AT_MOST, 7 },
    { ">=", AT_LEAST, 7 }, { "<<", LEFT, 8 },    { ">>", RIGHT, 8 },   { "@", REPEAT, 9 },   { "+", PLUS, 10 },
    { "-", MINUS, 10 },  { "*", TIMES, 11 },     { "/", DIVIDE, 11 },  { "%", MODULO, 11 },
};

static bool apply_binary(struct parser *p, enum operation operation, struct value *a, const struct value *b)
{
    return operate_binary(p->d, operation, a, b, p->skip);
}

static int operator_row(const struct parser *p)
{
    for (size_t i = 0; p->token.kind == TOKEN_OPERATOR && i < sizeof operators / sizeof operators[0]; i++)
        if (!strcmp(operators[i].text, p->token.word))
            return (int)i;
    return -1;
}

static bool parse_binary(struct parser *p, int level, struct value *out);

/* && and ||: the right side is only looked at where it decides. */
static bool parse_logical(struct parser *p, int row, struct value *out)
{
    bool skip = p->skip, left = value_number(out) != 0, is_and = operators[row].operation == AND;
    struct value right;
    if (!operate_needs_number(p->d, out, p->skip))
        return false;
    p->skip = skip || left != is_and;
    bool ok = parse_binary(p, operators[row].level + 1, &right) && operate_needs_number(p->d, &right, p->skip);
    p->skip = skip;
    bool truth = value_number(&right) != 0;
    *out = value_integer(ok && (is_and ? left && truth : left || truth), type_int);
    return ok;
}

static bool parse_binary(struct parser *p, int level, struct value *out)
{
    if (!parse_unary(p, out))
        return false;
    for (int row; (row = operator_row(p)) >= 0 && operators[row].level >= level;) {
        advance(p);
        if (operators[row].level <= 2) {
            if (!parse_logical(p, row, out))
                return false;
            continue;
        }
        struct value right;
        if (!parse_binary(p, operators[row].level + 1, &right)
            || !apply_binary(p, operators[row].operation, out, &right))
            return false;
    }
    return true;
}

static bool parse_conditional(struct parser *p, struct value *out)
{
    struct value otherwise;
    if (!parse_binary(p, 1, out))
        return false;
    if (!at_operator(p, "?"))
        return true;
    if (!operate_needs_number(p->d, out, p->skip))
        return false;
    bool truth = value_number(out) != 0, skip = p->skip;
    advance(p);
    p->skip = skip || !truth;
    bool ok = parse_assignment(p, out) && expect(p, ":");
    p->skip = skip || truth;
    ok = ok && parse_conditional(p, &otherwise);
    p->skip = skip;
    if (ok && !truth)
        *out = otherwise;
    return ok;
}

static bool parse_assignment(struct parser *p, struct value *out)
{
    struct value right;
    if (++p->depth > DEEPEST)
        return debugger_fault(p->d, "Expression too complex.");
    bool ok = parse_conditional(p, out);
    size_t length = p->token.kind == TOKEN_OPERATOR ? strlen(p->token.word) : 0;
    bool assigns = length && p->token.word[length - 1] == '=' && !at_operator(p, "==") && !at_operator(p, "!=")
                && !at_operator(p, "<=") && !at_operator(p, ">=");
    if (ok && assigns) {
        char word[4] = "";
        memcpy(word, p->token.word, length - 1);
        advance(p);
        ok = parse_assignment(p, &right);
        for (size_t i = 0; ok && *word && i < sizeof operators / sizeof operators[0]; i++)
            if (!strcmp(operators[i].text, word)) {
                struct value left = *out;
                ok = apply_binary(p, operators[i].operation, &left, &right);
                right = left;
            }
        ok = ok && (p->skip || value_assign(p->d, out, &right));
    }
    p->depth--;
    return ok;
}

/* --- Entrances --- */

static bool parse(struct debugger *d, const char **text, struct value *out, bool skip, struct expr_use *use)
{
    struct parser p = { .d = d, .skip = skip, .use = use };
    if (use)
        *use = (struct expr_use){ 0 };
    move_to(&p, *text);
    if (p.token.kind == TOKEN_END)
        return debugger_fault(d, "Argument required (expression to compute).");
    if (!parse_assignment(&p, out))
        return false;
    *text = p.token.start;
    return p.token.kind == TOKEN_END || at_operator(&p, ",") || syntax_error(&p);
}

static bool at_end(struct debugger *d, const char *text)
{
    return !*text || debugger_fault(d, "A syntax error in expression, near `%.80s'.", text);
}

bool expr_next(struct debugger *d, const char **text, struct value *out)
{
    return parse(d, text, out, false, NULL);
}

bool expr_evaluate(struct debugger *d, const char *text, struct value *out)
{
    return parse(d, &text, out, false, NULL) && at_end(d, text);
}

bool expr_check(struct debugger *d, const char *text, struct expr_use *use)
{
    struct value v;
    return parse(d, &text, &v, true, use) && at_end(d, text);
}

bool expr_condition(struct debugger *d, const char *text, bool *truth)
{
    struct value v;
    if (!expr_evaluate(d, text, &v))
        return false;
    if (value_is_void(&v))
        return debugger_fault(d, "Attempt to take contents of a non-pointer value.");
    *truth = value_number(&v) != 0;
    return true;
}

bool expr_address(struct debugger *d, const char *text, struct address *out)
{
    struct value v;
    if (!expr_evaluate(d, text, &v))
        return false;
    if (value_is_void(&v))
        return debugger_fault(d, "Attempt to take contents of a non-pointer value.");
    *out = v.count ? v.where : value_as_address(&v);
    return true;
}
