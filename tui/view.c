/* The table of views and what they share: the probe listener, snapshots of the registers, fading. */
#include "tui/view.h"

#include <string.h>

#include "tui/session.h"

static void scroll_code(struct views *views, int lines)
{
    views->code_offset -= lines;
}

static void scroll_memory(struct views *views, int lines)
{
    views->memory_offset -= (uint32_t)(lines * 16);
}

const struct view view_table[VIEWS] = {
    [VIEW_SCREEN] = { "screen", "Screen", view_screen_draw, view_screen_scroll },
    [VIEW_REGISTERS] = { "registers", "Registers", view_registers_draw, NULL },
    [VIEW_CODE] = { "code", "Code", view_code_draw, scroll_code },
    [VIEW_MEMORY] = { "memory", "Memory", view_memory_draw, scroll_memory },
    [VIEW_INTERRUPTS] = { "interrupts", "Interrupts", view_interrupts_draw, NULL },
    [VIEW_CLUSTERS] = { "clusters", "Clusters", view_clusters_draw, NULL },
    [VIEW_CONSOLE] = { "debugger", "Debugger", NULL, NULL },
};

static void on_event(void *ctx, const struct probe_event *event)
{
    struct views *views = ctx;
    if (event->kind >= PROBE_CLUSTER_READ && event->kind <= PROBE_CLUSTER_FREED)
        view_clusters_event(views, event);
    else
        view_interrupts_event(views, event);
}

void views_open(struct views *views, struct session *session)
{
    const uint64_t mask = PROBE_BIT(PROBE_INT) | PROBE_BIT(PROBE_EXCEPTION) | PROBE_BIT(PROBE_IRQ_ACCEPTED) |
                          PROBE_BIT(PROBE_CLUSTER_READ) | PROBE_BIT(PROBE_CLUSTER_ALLOCATED) |
                          PROBE_BIT(PROBE_CLUSTER_COPIED) | PROBE_BIT(PROBE_CLUSTER_FREED);
    memset(views, 0, sizeof *views);
    views->session = session;
    views->listener = probe_listen(machine_probes(session->machine), mask, on_event, views);
    views->map.drive = DRIVES - 1;
    view_clusters_next_drive(views);
    strcpy(views->memory_expression, "ds:0");
    inspect_registers(session->machine, &views->now);
    views->before = views->now;
}

void views_close(struct views *views)
{
    if (views->listener >= 0)
        probe_unlisten(machine_probes(views->session->machine), views->listener);
    views->listener = -1;
    graphics_free(&views->graphics);
}

void views_running(struct views *views, bool running)
{
    if (views->running && !running)
        views->code_offset = 0;
    if (!views->running && running)
        views->before = views->now;
    inspect_registers(views->session->machine, &views->now);
    views->running = running;
}

static bool fade(uint8_t *heat)
{
    bool warm = false;
    for (int i = 0; i < MAP_BUCKETS; i++)
        if (heat[i]) {
            heat[i]--;
            warm = true;
        }
    return warm;
}

bool views_frame(struct views *views)
{
    if (!views->map.warm)
        return false;
    bool reads = fade(views->map.read_heat), writes = fade(views->map.write_heat);
    views->map.warm = reads || writes;
    return true;
}
