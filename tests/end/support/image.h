/* `trowel image` in a test: what must succeed, and what must be refused. */
#ifndef TESTS_END_IMAGE_H
#define TESTS_END_IMAGE_H

#include "tests/end/support/program.h"

#define image_run(program, ...) trowel_run(program, "image", __VA_ARGS__)

/* Runs a command that must succeed. */
#define image_must(...) do { \
        struct program must_program; \
        image_run(&must_program, __VA_ARGS__); \
        program_ended(&must_program, 0); \
        program_free(&must_program); \
    } while (0)

/* Runs a command that must end with CODE and one line on stderr that contains TEXT. */
#define image_refuses(code_, text, ...) do { \
        struct program refused; \
        image_run(&refused, __VA_ARGS__); \
        program_ended(&refused, code_); \
        program_complained(&refused, text); \
        assert_ptr_equal(strchr(refused.err, '\n'), refused.err + strlen(refused.err) - 1); \
        program_free(&refused); \
    } while (0)

#endif
