/* The stream of events: fan-out to the listeners, and the names of the kinds. */
#include "emu/probe.h"

#include <stddef.h>

static const char *const names[PROBE_KINDS] = {
    [PROBE_INSN] = "insn",
    [PROBE_INT] = "int",
    [PROBE_EXCEPTION] = "exception",
    [PROBE_IRQ_RAISED] = "irq-raised",
    [PROBE_IRQ_ACCEPTED] = "irq",
    [PROBE_IRQ_ENDED] = "irq-ended",
    [PROBE_IRQ_MASK] = "irq-mask",
    [PROBE_INTERRUPT_FLAG] = "interrupt-flag",
    [PROBE_PORT_READ] = "port-read",
    [PROBE_PORT_WRITE] = "port-write",
    [PROBE_MODE] = "mode",
    [PROBE_TASK] = "task",
    [PROBE_CR] = "cr",
    [PROBE_SEGLOAD] = "segload",
    [PROBE_DMA] = "dma",
    [PROBE_DISK_REQUEST] = "disk-request",
    [PROBE_SECTOR_READ] = "sector-read",
    [PROBE_SECTOR_WRITE] = "sector-write",
    [PROBE_CLUSTER_READ] = "cluster-read",
    [PROBE_CLUSTER_ALLOCATED] = "cluster-allocated",
    [PROBE_CLUSTER_COPIED] = "cluster-copied",
    [PROBE_CLUSTER_FREED] = "cluster-freed",
    [PROBE_FLOPPY_MOTOR] = "floppy-motor",
    [PROBE_FLOPPY_SEEK] = "floppy-seek",
    [PROBE_KEY] = "key",
    [PROBE_SCREEN_MODE] = "screen-mode",
    [PROBE_SPEAKER] = "speaker",
    [PROBE_SHUTDOWN] = "shutdown",
};

static void update_mask(struct probes *probes)
{
    probes->mask = 0;
    for (int i = 0; i < PROBE_LISTENERS; i++)
        probes->mask |= probes->listener[i].mask;
}

int probe_listen(struct probes *probes, uint64_t mask, probe_fn *fn, void *ctx)
{
    for (int i = 0; i < PROBE_LISTENERS; i++) {
        if (probes->listener[i].fn)
            continue;
        probes->listener[i].fn = fn;
        probes->listener[i].ctx = ctx;
        probe_set_mask(probes, i, mask);
        return i;
    }
    return -1;
}

void probe_set_mask(struct probes *probes, int number, uint64_t mask)
{
    probes->listener[number].mask = mask;
    update_mask(probes);
}

void probe_unlisten(struct probes *probes, int number)
{
    probes->listener[number].fn = NULL;
    probe_set_mask(probes, number, 0);
}

void probe_emit(struct probes *probes, enum probe_kind kind, uint32_t a, uint32_t b, uint32_t c, uint64_t d)
{
    struct probe_event event = { .kind = kind, .a = a, .b = b, .c = c, .d = d };
    if (probes->locate)
        probes->locate(probes->locate_ctx, &event);
    for (int i = 0; i < PROBE_LISTENERS; i++)
        if (probes->listener[i].mask & PROBE_BIT(kind))
            probes->listener[i].fn(probes->listener[i].ctx, &event);
}

const char *probe_name(enum probe_kind kind)
{
    return names[kind];
}
