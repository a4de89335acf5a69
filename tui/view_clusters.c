/* The map of a disk image: each character stands for a stretch of the guest's disk and shows which layer of the
 * chain holds it; reads and writes glow and fade. */
#include <stdio.h>
#include <string.h>

#include "tui/session.h"
#include "tui/view.h"

/* What a bucket shows, by its first cluster. 0 is kept for "not asked yet". */
enum bucket_state { UNKNOWN, NOWHERE, IN_BASE, IN_TOP, ZEROED, PACKED, DAMAGED };

const char *const view_clusters_legend[] = {
    "Clusters: \xE2\x96\xA0 yellow: in the overlay, or the image that is written to; "
    "\xE2\x96\xAA in an image below it; "
    "\xE2\x96\xAB compressed; 0 zeros; \xC2\xB7 in no image; X damaged. Red: just written; cyan: just read. "
    "r w: reads and writes; alloc: new clusters; cow: copied on a write; freed.",
    NULL
};

static struct image *shown_image(const struct views *views)
{
    return views->session->disk[views->map.drive].image;
}

void view_clusters_next_drive(struct views *views)
{
    struct cluster_map *map = &views->map;
    for (unsigned i = 1; i <= DRIVES; i++) {
        unsigned drive = (map->drive + DRIVE_HD0 + i) % DRIVES;
        if (!views->session->disk[drive].image)
            continue;
        memset(map, 0, sizeof *map);
        map->drive = drive;
        return;
    }
}

/* Which bucket a cluster of a layer falls into. */
static unsigned bucket_of(struct image *image, unsigned layer, uint64_t cluster)
{
    struct image_layer_info info;
    uint64_t size = image_size(image);
    image_layer_info(image, layer, &info);
    if (size == 0 || cluster > size / info.cluster_size)
        return MAP_BUCKETS;
    return (unsigned)((double)(cluster * info.cluster_size) / (double)size * MAP_BUCKETS);
}

void view_clusters_event(struct views *views, const struct probe_event *event)
{
    struct cluster_map *map = &views->map;
    struct image *image = event->a < DRIVES ? views->session->disk[event->a].image : NULL;
    unsigned layer = event->b & 15;
    if (event->a != map->drive || !image)
        return;
    bool reading = event->kind == PROBE_CLUSTER_READ;
    uint64_t *counter = reading ? event->c == IMAGE_EVENT_ZERO ? map->zeroes : map->reads
                                : event->kind == PROBE_CLUSTER_COPIED ? map->copied
                                : event->kind == PROBE_CLUSTER_FREED ? map->freed
                                : event->c == IMAGE_EVENT_WRITTEN ? map->writes : map->allocated;
    counter[layer]++;
    unsigned bucket = layer < image_layers(image) ? bucket_of(image, layer, event->d) : MAP_BUCKETS;
    if (bucket >= MAP_BUCKETS)
        return;
    (reading ? map->read_heat : map->write_heat)[bucket] = HEAT;
    if (!reading)
        map->state[bucket] = UNKNOWN;
    map->warm = true;
}

static uint8_t state_of(struct image *image, unsigned bucket)
{
    uint64_t offset = (uint64_t)((double)image_size(image) * bucket / MAP_BUCKETS);
    for (unsigned layer = 0; layer < image_layers(image); layer++) {
        struct image_layer_info info;
        image_layer_info(image, layer, &info);
        switch (image_cluster_status(image, layer, offset / info.cluster_size)) {
        case IMAGE_CLUSTER_STANDARD:
            return layer ? IN_BASE : IN_TOP;
        case IMAGE_CLUSTER_COMPRESSED:
            return PACKED;
        case IMAGE_CLUSTER_ZERO:
            return ZEROED;
        case IMAGE_CLUSTER_DAMAGED:
            return DAMAGED;
        case IMAGE_CLUSTER_UNALLOCATED:
            break;
        }
    }
    return NOWHERE;
}

static struct style glow(uint8_t reads, uint8_t writes, uint8_t state)
{
    if (writes)
        return writes > 10 ? STYLE(WHITE, RED, CELL_BOLD) : writes > 5 ? STYLE(LIGHT_RED, BLACK, CELL_BOLD)
                                                                      : STYLE(RED, DEFAULT_COLOUR, 0);
    if (reads)
        return reads > 10 ? STYLE(BLACK, LIGHT_CYAN, 0) : reads > 5 ? STYLE(LIGHT_CYAN, DEFAULT_COLOUR, 0)
                                                                    : STYLE(CYAN, DEFAULT_COLOUR, 0);
    return state == IN_TOP ? STYLE(YELLOW, DEFAULT_COLOUR, 0) : state == DAMAGED ? STYLE(LIGHT_RED, DEFAULT_COLOUR, 0)
                           : state <= NOWHERE || state == ZEROED ? STYLE_DIM : STYLE_PLAIN;
}

/* One cell stands for the buckets FIRST to END-1: the hottest, and the highest state of them. */
static void draw_cell(struct views *views, struct canvas *canvas, int x, int y, unsigned first, unsigned end)
{
    static const uint16_t shapes[] = { ' ', 0xB7, 0x25AA, 0x25A0, '0', 0x25AB, 'X' };
    struct cluster_map *map = &views->map;
    uint8_t reads = 0, writes = 0, state = 0;
    for (unsigned b = first; b < end && b < MAP_BUCKETS; b++) {
        if (map->state[b] == UNKNOWN)
            map->state[b] = state_of(shown_image(views), b);
        if (map->read_heat[b] > reads)
            reads = map->read_heat[b];
        if (map->write_heat[b] > writes)
            writes = map->write_heat[b];
        if (map->state[b] > state && !(state == IN_TOP && map->state[b] == ZEROED))
            state = map->state[b];
    }
    canvas_put(canvas, x, y, shapes[state], glow(reads, writes, state));
}

static int draw_layers(struct views *views, struct canvas *canvas, int y)
{
    struct image *image = shown_image(views);
    const struct cluster_map *map = &views->map;
    for (unsigned layer = 0; layer < image_layers(image) && layer < 16 && y + 2 < canvas->area.height; layer++) {
        struct image_layer_info info;
        image_layer_info(image, layer, &info);
        const char *slash = strrchr(info.path, '/');
        canvas_printf(canvas, 0, y++, STYLE_PLAIN, "%u %.24s %s %uK", layer, slash ? slash + 1 : info.path,
                      info.format == IMAGE_FORMAT_RAW ? "raw" : info.version == 2 ? "qcow2 v2" : "qcow2 v3",
                      info.cluster_size / 1024);
        canvas_printf(canvas, 2, y++, STYLE_DIM, "r %llu  w %llu  alloc %llu  cow %llu  freed %llu",
                      (unsigned long long)(map->reads[layer] + map->zeroes[layer]),
                      (unsigned long long)map->writes[layer], (unsigned long long)map->allocated[layer],
                      (unsigned long long)map->copied[layer], (unsigned long long)map->freed[layer]);
    }
    return y;
}

void view_clusters_draw(struct views *views, struct canvas *canvas)
{
    if (!shown_image(views)) {
        canvas_text(canvas, 0, 0, STYLE_DIM, "No disk image.");
        return;
    }
    canvas_printf(canvas, 0, 0, STYLE(LIGHT_GREEN, DEFAULT_COLOUR, 0), "%s  %.1f MB",
                  session_drive_name(views->map.drive), (double)image_size(shown_image(views)) / 1048576.0);
    int y = draw_layers(views, canvas, 1), width = canvas->area.width, rows = canvas->area.height - y;
    int cells = width * rows < MAP_BUCKETS ? width * rows : MAP_BUCKETS;
    for (int i = 0; i < cells; i++)
        draw_cell(views, canvas, i % width, y + i / width, (unsigned)(i * MAP_BUCKETS / cells),
                  (unsigned)((i + 1) * MAP_BUCKETS / cells));
}
