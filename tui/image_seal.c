/* seal and verify. The manifest FILE.seal is the record: JSON with the hashes of qcow2.h's seal and a root for each
 * internal snapshot. The mark in the image's header says that there is one, and keeps Trowel from writing to the file.
 */
#include "tui/image_command.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/fat.h"
#include "tui/output_file.h"

enum { HEX_BYTES = 2 * IMAGE_HASH_BYTES + 1, EXIT_CHANGED = 2, EXIT_STALE = 3, MOST_RANGES = 20, MOST_OWNERS = 12 };

static const char *hex_of(const struct image_hash *hash, char hex[HEX_BYTES])
{
    for (int i = 0; i < IMAGE_HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash->bytes[i]);
    return hex;
}

static bool hash_of(const char *hex, struct image_hash *hash)
{
    if (!hex || strlen(hex) != HEX_BYTES - 1 || strspn(hex, "0123456789abcdef") != HEX_BYTES - 1)
        return false;
    for (int i = 0; i < IMAGE_HASH_BYTES; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };
        hash->bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool same_hash(const struct image_hash *a, const struct image_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* FILE.seal, to be freed. */
static char *manifest_path(const char *path)
{
    size_t bytes = strlen(path) + 6;
    char *name = malloc(bytes);
    if (name)
        snprintf(name, bytes, "%s.seal", path);
    return name;
}

/* --- Roots of snapshots --- */

/* The root of the disk as it was in snapshot INDEX of the image at the first word of A. */
static bool snapshot_root(const struct image_arguments *a, uint32_t index, struct image_hash *root)
{
    struct image_progress progress = image_progress_of(a);
    struct image_seal seal;
    struct image *image = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    if (!image)
        return false;
    int code = image_snapshot_show(image, index);
    if (!code)
        code = image_seal_compute(image, &seal, &progress);
    if (code < 0)
        image_complain("%s", image_last_error(image));
    else {
        *root = seal.root;
        image_seal_free(&seal);
    }
    image_close(image);
    return code == 0;
}

static uint32_t snapshots_of(struct image *image)
{
    uint32_t count;
    return image_snapshot_count(image, &count) < 0 ? 0 : count;
}

static json_t *snapshot_roots(const struct image_arguments *a, struct image *image)
{
    json_t *list = json_array();
    for (uint32_t i = 0; list && i < snapshots_of(image); i++) {
        struct image_snapshot s;
        struct image_hash root;
        char hex[HEX_BYTES];
        if (image_snapshot_get(image, i, &s) < 0 || !snapshot_root(a, i, &root)) {
            json_decref(list);
            return NULL;
        }
        /* A name that is no UTF-8 cannot stand in JSON; the id tells the snapshot too. */
        json_t *name = json_string(s.name);
        json_t *entry =
            json_pack("{ss so ss}", "id", s.id, "name", name ? name : json_string(""), "root", hex_of(&root, hex));
        if (json_array_append_new(list, entry) < 0) {
            image_complain("%s: the id of snapshot number %u is no text, so it cannot be sealed", a->words[0],
                           (unsigned)i);
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* --- Writing --- */

static json_t *encode(const struct image_arguments *a, struct image *image, const struct image_seal *seal)
{
    char hex[HEX_BYTES];
    json_t *leaves = json_array(), *snapshots = snapshot_roots(a, image);
    for (uint64_t i = 0; i < seal->leaves; i++)
        json_array_append_new(leaves, json_string(hex_of(&seal->leaf[i], hex)));
    if (!snapshots) {
        json_decref(leaves);
        return NULL;
    }
    return json_pack("{si ss sI si ss so so}", "trowel-seal", 1, "hash", "sha256", "virtual-size",
                     (json_int_t)seal->size, "leaf-size", (int)IMAGE_LEAF_BYTES, "root", hex_of(&seal->root, hex),
                     "leaves", leaves, "snapshots", snapshots);
}

static int write_manifest(const char *path, json_t *root)
{
    struct output_file out;
    char error[512];
    if (!output_file_begin(&out, path, OUTPUT_REPLACE, error, sizeof error))
        return image_complain("%s", error);
    bool ok = json_dumpf(root, out.stream, JSON_INDENT(1)) == 0;
    if (!ok)
        snprintf(error, sizeof error, "%s: cannot be written", path);
    ok = output_file_end(&out, ok, error, sizeof error) && ok;
    return ok ? 0 : image_complain("%s", error);
}

static int seal_opened(const struct image_arguments *a, struct image *image, const char *path)
{
    struct image_progress progress = image_progress_of(a);
    struct image_seal seal;
    struct image_error error;
    struct image_layer_info info;
    char hex[HEX_BYTES];
    if (image_seal_compute(image, &seal, &progress) < 0)
        return image_complain("%s", image_last_error(image));
    json_t *root = encode(a, image, &seal);
    int failed = root ? write_manifest(path, root) : 1;
    json_decref(root);
    image_layer_info(image, 0, &info);
    /* The lock that was taken for reading stands in the way of the mark, so the caller has closed nothing yet. */
    bool markable = info.format == IMAGE_FORMAT_QCOW2 && info.version > 2;
    if (!failed && !a->quiet)
        printf("root %s\n%s: %" PRIu64 " leaves\n", hex_of(&seal.root, hex), path, seal.leaves);
    image_close(image);
    if (!failed && markable && image_seal_write(a->words[0], &seal, &error) < 0)
        failed = image_complain("%s", error.text);
    else if (!failed && !markable && !a->quiet)
        printf("The image itself has no place for a mark: only the manifest seals it.\n");
    image_seal_free(&seal);
    return failed;
}

bool image_has_manifest(const char *path)
{
    char *name = manifest_path(path);
    bool has = name && access(name, F_OK) == 0;
    free(name);
    return has;
}

/* The manifest is a record that may still be wanted: it gets another name. */
static int put_manifest_aside(const struct image_arguments *a, const char *manifest)
{
    size_t bytes = strlen(manifest) + 5;
    char *aside = malloc(bytes);
    if (!aside)
        return image_complain("out of memory");
    snprintf(aside, bytes, "%s.old", manifest);
    int failed = rename(manifest, aside);
    if (failed)
        image_complain("%s: cannot be renamed", manifest);
    else if (!a->quiet)
        printf("The manifest is now %s.\n", aside);
    free(aside);
    return failed ? 1 : 0;
}

/* Takes away what there is: the mark, the manifest, or both. */
static int remove_seal(const struct image_arguments *a)
{
    struct image_error error;
    struct image_mark mark;
    struct image *image = image_must_open(a, a->words[0],
                                          &(struct image_options){ .format = a->format, .alone = true });
    if (!image)
        return 1;
    int code = image_seal_mark(image, &mark);
    if (code < 0)
        image_complain("%s", image_last_error(image));
    image_close(image);
    if (code < 0 || (mark.present && image_seal_write(a->words[0], NULL, &error) < 0))
        return code < 0 ? 1 : image_complain("%s", error.text);
    if (!image_has_manifest(a->words[0]))
        return mark.present ? 0 : image_complain("%s: not sealed", a->words[0]);
    char *manifest = manifest_path(a->words[0]);
    int failed = manifest ? put_manifest_aside(a, manifest) : image_complain("out of memory");
    free(manifest);
    return failed;
}

int image_seal_command(const struct image_arguments *a)
{
    struct image_mark mark;
    if (a->remove)
        return remove_seal(a);
    struct image *image = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    if (!image)
        return 1;
    char *path = manifest_path(a->words[0]);
    int failed;
    if (!path) {
        failed = image_complain("out of memory");
        image_close(image);
    } else if (image_seal_mark(image, &mark) == 0 && mark.claimed) {
        failed = image_complain("%s: sealed already; see verify, and seal --remove", a->words[0]);
        image_close(image);
    } else
        failed = seal_opened(a, image, path);
    free(path);
    return failed;
}

/* --- Verifying --- */

/* Reads the manifest into SEAL. 0: done; 1: there is none; -1: ERROR says why not. */
static int read_manifest(const char *path, struct image_seal *seal, json_t **root, char *error, size_t error_size)
{
    json_error_t why;
    struct stat status;
    *root = NULL;
    if (stat(path, &status) < 0 && errno == ENOENT)
        return 1;
    /* A pipe would never end. */
    if (access(path, R_OK) < 0 || !S_ISREG(status.st_mode)) {
        snprintf(error, error_size, "%s: cannot be read: %s", path,
                 access(path, R_OK) < 0 ? strerror(errno) : "not a regular file");
        return -1;
    }
    *root = json_load_file(path, 0, &why);
    if (!*root) {
        snprintf(error, error_size, "%s: %s", path, why.text);
        return -1;
    }
    json_t *leaves = json_object_get(*root, "leaves");
    struct image_hash claimed;
    json_int_t size = json_integer_value(json_object_get(*root, "virtual-size"));
    size_t count = json_array_size(leaves);
    bool ok = json_integer_value(json_object_get(*root, "trowel-seal")) == 1 && size >= 0 &&
              json_integer_value(json_object_get(*root, "leaf-size")) == IMAGE_LEAF_BYTES &&
              count == ((uint64_t)size + IMAGE_LEAF_BYTES - 1) / IMAGE_LEAF_BYTES &&
              hash_of(json_string_value(json_object_get(*root, "root")), &claimed);
    *seal = (struct image_seal){ .size = (uint64_t)size,
                                 .leaves = count,
                                 .leaf = ok ? calloc(count + 1, sizeof claimed) : NULL };
    for (size_t i = 0; ok && i < count; i++)
        ok = hash_of(json_string_value(json_array_get(leaves, i)), &seal->leaf[i]);
    if (ok) {
        image_seal_root(seal);
        ok = same_hash(&seal->root, &claimed);
    }
    if (ok)
        return 0;
    image_seal_free(seal);
    json_decref(*root);
    *root = NULL;
    snprintf(error, error_size, "%s: not a seal's manifest, or changed", path);
    return -1;
}

int image_manifest_read(const char *path, struct image_seal *seal, char *error, size_t error_size)
{
    json_t *root = NULL;
    char *name = manifest_path(path);
    int result = name ? read_manifest(name, seal, &root, error, error_size) : -1;
    if (!name)
        snprintf(error, error_size, "out of memory");
    json_decref(root);
    free(name);
    return result;
}

/* The changed bytes are part of these files, as the file system says now. */
static void print_owners(const struct fat *fat, uint64_t offset, uint64_t end)
{
    const char *names[MOST_OWNERS];
    char shown[400];
    unsigned count = fat && offset < end ? fat_owners(fat, offset, end - offset, names, MOST_OWNERS) : 0;
    for (unsigned i = 0; i < count && i < MOST_OWNERS; i++)
        printf("    in %s\n", image_printable(names[i], shown, sizeof shown));
    if (count > MOST_OWNERS)
        printf("    ... and in more\n");
}

static bool read_disk(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    return image_read(ctx, offset, buffer, bytes) == 0;
}

/* Prints which leaves of IMAGE differ, in ranges, and what is in them. Returns how many. */
static uint64_t print_changes(struct image *image, const struct image_seal *then, const struct image_seal *now)
{
    struct fat *fat = NULL;
    uint64_t changed = 0, ranges = 0, most = then->leaves > now->leaves ? then->leaves : now->leaves;
    for (uint64_t i = 0; i < most; i++) {
        uint64_t first = i;
        while (i < most && (i >= then->leaves || i >= now->leaves || !same_hash(&then->leaf[i], &now->leaf[i])))
            i++;
        if (i == first)
            continue;
        if (!changed)
            fat = fat_open(&(struct fat_disk){ read_disk, image, now->size });
        changed += i - first;
        if (++ranges > MOST_RANGES)
            continue;
        uint64_t from = first * IMAGE_LEAF_BYTES, end = i * IMAGE_LEAF_BYTES;
        printf("changed: leaves %" PRIu64 "-%" PRIu64 ", bytes 0x%" PRIx64 "-0x%" PRIx64 "\n", first, i - 1, from,
               end - 1);
        print_owners(fat, from, end < now->size ? end : now->size);
    }
    fat_close(fat);
    if (ranges > MOST_RANGES)
        printf("... and %" PRIu64 " further ranges\n", ranges - MOST_RANGES);
    return changed;
}

/* Compares the roots of snapshots in the manifest. Adds to CHANGED how many are not as they were. False: one could not
 * be read. */
static bool verify_snapshots(const struct image_arguments *a, struct image *image, const json_t *list,
                             uint64_t *changed)
{
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *entry = json_array_get(list, k);
        const char *id = json_string_value(json_object_get(entry, "id"));
        struct image_snapshot s = { .id = "" };
        struct image_hash then, now;
        uint32_t i = 0, count = snapshots_of(image);
        while (id && i < count && image_snapshot_get(image, i, &s) == 0 && strcmp(s.id, id) != 0)
            i++;
        bool there = id && i < count && hash_of(json_string_value(json_object_get(entry, "root")), &then);
        if (there && !snapshot_root(a, i, &now))
            return false;
        bool intact = there && same_hash(&then, &now);
        char shown[24];
        if (!intact)
            printf("changed: snapshot %s%s\n", image_printable(id ? id : "?", shown, sizeof shown),
                   id && i == count ? " (gone)" : "");
        *changed += !intact;
    }
    return true;
}

/* What verify says in the end. */
static int verdict(uint64_t changed, const struct image_mark *mark)
{
    if (changed) {
        printf("CHANGED since it was sealed.\n");
        return EXIT_CHANGED;
    }
    if (mark->present && !mark->claimed) {
        printf("STALE: the contents are as they were sealed, but the file was opened for writing since.\n");
        return EXIT_STALE;
    }
    printf("INTACT\n");
    return 0;
}

static int verify_opened(const struct image_arguments *a, struct image *image, const char *path)
{
    struct image_progress progress = image_progress_of(a);
    struct image_seal then = { 0 }, now;
    struct image_mark mark;
    char error[1200];
    json_t *root;
    if (image_seal_mark(image, &mark) < 0)
        return image_complain("%s", image_last_error(image));
    int without = read_manifest(path, &then, &root, error, sizeof error);
    if (without < 0)
        return image_complain("%s", error);
    if (without && !mark.present)
        return image_complain("%s: not sealed: there is neither %s nor a mark in its header", a->words[0], path);
    if (image_seal_compute(image, &now, &progress) < 0) {
        image_seal_free(&then);
        json_decref(root);
        return image_complain("%s", image_last_error(image));
    }
    uint64_t changed;
    bool told = true;
    if (without) {
        changed = !same_hash(&mark.root, &now.root);
    } else {
        changed = print_changes(image, &then, &now);
        told = verify_snapshots(a, image, json_object_get(root, "snapshots"), &changed);
        if (mark.claimed && !same_hash(&mark.root, &then.root))
            printf("The mark in the header is not of this manifest.\n");
    }
    image_seal_free(&then);
    image_seal_free(&now);
    json_decref(root);
    return told ? verdict(changed, &mark) : 1;
}

int image_verify(const struct image_arguments *a)
{
    struct image *image = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    if (!image)
        return 1;
    char *path = manifest_path(a->words[0]);
    int code = path ? verify_opened(a, image, path) : image_complain("out of memory");
    free(path);
    image_close(image);
    return code;
}
