/* The emulated processor as the counterpart of oracle.h: a 486 in protected mode with paging, at level 3, with the
 * same segments and pages, that runs the same code until the first exception is delivered to a handler at level 0
 * (model.c). */
#ifndef TESTS_EMU_CPU_SILICON_MODEL_H
#define TESTS_EMU_CPU_SILICON_MODEL_H

#include "tests/emu/cpu/silicon/oracle.h"

struct model;

/* Aborts when out of memory. */
struct model *model_create(void);
void model_destroy(struct model *model);

/* What lies at ORACLE_BASE and at ORACLE_CODE. After writing code, model_code_written(). */
uint8_t *model_memory(struct model *model);
uint8_t *model_code(struct model *model);
void model_code_written(struct model *model, uint32_t offset, uint32_t size);

/* As oracle_run(). Selectors have to be loadable. False: it did not end in an exception as it should. */
bool model_run(struct model *model, const struct oracle_state *before, struct oracle_state *after,
               struct oracle_event *event);

#endif
