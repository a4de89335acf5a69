/* The table of image commands, their options, and what they share. */
#include "tui/image_command.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct image_command table[] = {
    { "info", image_info, "fUjCAD", 1, 1, "[-f FMT] [-U] [--backing-chain] [--json] FILE", "what an image is" },
    { "create", image_create_command, "fobFqADK", 1, 2,
      "[-f FMT] [-o OPTIONS] [-b BACKING [-F FMT] | --floppy KB] FILE [SIZE]",
      "make an image; --floppy: a blank one formatted for DOS, of 160, 180, 320, 360, 720, 1200, 1440 or 2880 KB" },
    { "check", image_check_command, "rRUjq", 1, 1, "[-r leaks|all | --repair] [-U] [--json] FILE",
      "check a qcow2 image and repair its refcounts" },
    { "map", image_map_command, "fUjAD", 1, 1, "[-f FMT] [-U] [--json] FILE", "which layer holds what" },
    { "convert", image_convert, "fOcozltpUqAD", 2, 2,
      "[-f FMT] [-O FMT] [-c] [--zstd] [-o OPTIONS] [-l SNAPSHOT] [-t CACHE] [-p] FILE NEW-FILE",
      "copy an image, or an internal snapshot of it, into a new one; -t unsafe leaves the new one in the host's cache" },
    { "compare", image_compare_command, "fFpsUqAD", 2, 2, "[-f FMT] [-F FMT] [-p] [-s] FILE FILE",
      "do two images show the same? exit code 1 if not" },
    { "commit", image_commit_command, "dpqAD", 1, 1, "[-d] [-p] FILE",
      "write an overlay's contents into its backing file" },
    { "rebase", image_rebase, "bFupqAD", 1, 1, "-b BACKING [-F FMT] [-u] [-p] FILE",
      "give an overlay another backing file, or none (-b '')" },
    { "resize", image_resize_command, "fsSqAD", 2, 2, "[-f FMT] [--shrink] FILE [+|-]SIZE",
      "change the size of the disk" },
    { "snapshot", image_snapshot_command, "lcndUjqAD", 1, 1, "[-l | -c NAME | -a NAME | -d NAME] [--json] FILE",
      "list, create, apply, delete internal snapshots" },
    { "diff", image_diff, "fFpUjqAD", 2, 2, "[-f FMT] [-F FMT] [--json] FILE FILE",
      "which sectors differ, and which files, FATs or boot sectors they belong to" },
    { "seal", image_seal_command, "fxpqAD", 1, 1, "[-f FMT] [-p] [--remove] FILE",
      "record hashes of all contents in FILE.seal, and keep Trowel from writing to FILE" },
    { "verify", image_verify, "fpqUAD", 1, 1, "[-f FMT] [-p] FILE",
      "compare with the seal: exit code 0 intact, 2 changed, 3 stale" },
};
enum { COMMANDS = sizeof table / sizeof *table };

/* Long options without a letter of qemu-img's have one here that only the table uses. */
static const struct option longs[] = {
    { "json", no_argument, NULL, 'j' },            { "output", required_argument, NULL, 'J' },
    { "repair", no_argument, NULL, 'R' },          { "shrink", no_argument, NULL, 'S' },
    { "zstd", no_argument, NULL, 'z' },            { "force-share", no_argument, NULL, 'U' },
    { "backing-chain", no_argument, NULL, 'C' },   { "allow-backing", no_argument, NULL, 'A' },
    { "data-file", required_argument, NULL, 'D' }, { "remove", no_argument, NULL, 'x' },
    { "floppy", required_argument, NULL, 'K' },
    { "help", no_argument, NULL, 'h' },            { NULL, 0, NULL, 0 }
};

/* --- Shared --- */

int image_complain(const char *text, ...)
{
    char line[2048], shown[2048];
    va_list list;
    va_start(list, text);
    vsnprintf(line, sizeof line, text, list);
    va_end(list);
    fprintf(stderr, "trowel image: %s\n", image_printable(line, shown, sizeof shown));
    return 1;
}

struct image *image_must_open(const struct image_arguments *a, const char *path, const struct image_options *how)
{
    struct image *image;
    struct image_error error;
    struct image_options options = *how;
    options.allow_outside_backing = a->allow_backing;
    if (path == a->words[0] && a->data_file)
        options.data_file = a->data_file;
    options.ignore_locks = options.ignore_locks || a->share;
    if (options.writable && image_has_manifest(path)) {
        image_complain("%s: sealed: it is not written to until its seal is taken away (seal --remove)", path);
        return NULL;
    }
    if (image_open(&image, path, &options, &error) < 0) {
        image_complain("%s", error.text);
        return NULL;
    }
    if (*image_warning(image) && !a->quiet)
        image_complain("warning: %s", image_warning(image));
    return image;
}

int image_finish(struct image *image, int code)
{
    if (code < 0)
        image_complain("%s", image_last_error(image));
    else if ((code = image_flush(image)) < 0)
        image_complain("%s", image_last_error(image));
    return image_close(image) < 0 || code < 0;
}

bool image_parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "bkMGTPE";
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    double fraction = 0, tenths = 0;    /* 1.5G, as qemu-img takes it: 5 of 10 */
    if (*end == '.' && end[1] >= '0' && end[1] <= '9')
        for (tenths = 1, end++; *end >= '0' && *end <= '9' && tenths < 1e15; end++, tenths *= 10)
            fraction = fraction * 10 + (*end - '0');
    const char *unit = *end ? strchr(units, *end == 'K' ? 'k' : *end) : units;
    if (*text < '0' || *text > '9' || !unit || (*end && end[1]))
        return false;
    unsigned shift = (unsigned)(unit - units) * 10;
    *bytes = (uint64_t)n << shift;
    if (!tenths)
        return *bytes >> shift == n;
    uint64_t part = (uint64_t)((fraction / tenths) * (double)(UINT64_C(1) << shift));
    bool fits = *bytes >> shift == n && *bytes + part >= *bytes;
    *bytes += part;
    return fits && shift;
}

const char *image_format_name(enum image_format format)
{
    return format == IMAGE_FORMAT_RAW ? "raw" : "qcow2";
}

const char *image_size_text(uint64_t bytes, char text[24])
{
    static const char units[] = "BKMGTPE";
    unsigned unit = 0;
    double value = (double)bytes;
    for (; value >= 1000 && units[unit + 1]; unit++)
        value /= 1024;
    snprintf(text, 24, unit ? "%.3g %.*siB" : "%.0f %.*s", value, 1, &units[unit]);
    if (!unit)
        snprintf(text, 24, "%llu B", (unsigned long long)bytes);
    return text;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static bool tell(void *ctx, uint64_t done, uint64_t total)
{
    const struct image_arguments *a = ctx;
    if (a->progress)
        fprintf(stderr, "\r    (%.2f/100%%)%s", total ? 100.0 * (double)done / (double)total : 100.0,
                done == total ? "\n" : "");
    return interrupted;
}

struct image_progress image_progress_of(const struct image_arguments *a)
{
    return (struct image_progress){ .tell = tell, .ctx = (void *)a };
}

/* --- The command line --- */

static int usage(FILE *out)
{
    fputs("Usage: trowel image COMMAND [OPTION]... FILE...\n\n", out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %s %s\n      %s\n", table[i].name, table[i].usage, table[i].help);
    fputs(
        "\nFMT is raw or qcow2. SIZE takes k, M, G, T. OPTIONS are cluster_size=N, compat=0.10|1.1, refcount_bits=N,\n"
        "compression_type=zlib|zstd, extended_l2=on|off, data_file=FILE, data_file_raw=on|off. --allow-backing\n"
        "follows backing files outside the image's folder; --data-file FILE names the external data file of the\n"
        "(first) image, which is never opened by the name in it.\n",
        out);
    return out == stderr;
}

static bool parse_format(const char *text, enum image_format *format)
{
    *format = strcmp(text, "raw") == 0 ? IMAGE_FORMAT_RAW : IMAGE_FORMAT_QCOW2;
    return *format == IMAGE_FORMAT_RAW || strcmp(text, "qcow2") == 0;
}

static bool parse_repair(const char *text, enum image_repair *repair)
{
    *repair = strcmp(text, "leaks") == 0 ? IMAGE_REPAIR_LEAKS : IMAGE_REPAIR_ALL;
    return *repair == IMAGE_REPAIR_LEAKS || strcmp(text, "all") == 0;
}

/* qemu-img's words for how the host's cache is used. */
static bool parse_cache(const char *text, bool *never_sync)
{
    *never_sync = strcmp(text, "unsafe") == 0;
    return *never_sync || strcmp(text, "writeback") == 0;
}

/* What snapshot shall do: one thing. */
static bool take_action(struct image_arguments *a, int letter)
{
    bool first = !a->action;
    a->action = (char)letter;
    a->name = optarg;
    return first;
}

/* One option of COMMAND. False: its value is no good. */
static bool take(struct image_arguments *a, int letter, const struct image_command *command)
{
    bool is_snapshot = command->run == image_snapshot_command;
    int end = 0;
    switch (letter) {
    case 'f': return parse_format(optarg, &a->format);
    case 'F': return parse_format(optarg, &a->backing_format);
    case 'O': return parse_format(optarg, &a->output_format);
    case 'r': return parse_repair(optarg, &a->repair);
    case 'R': a->repair = IMAGE_REPAIR_ALL; return true;
    case 'J': a->json = strcmp(optarg, "json") == 0; return a->json || strcmp(optarg, "human") == 0;
    case 'b': a->backing = optarg; return true;
    case 'o': a->options = optarg; return true;
    case 'z': a->zstd = a->compress = true; return true;
    case 'p': a->progress = true; return true;
    case 'q': a->quiet = true; return true;
    case 'j': a->json = true; return true;
    case 'S': a->shrink = true; return true;
    case 'u': a->unsafe = true; return true;
    case 's': a->strict = true; return true;
    case 'U': a->share = true; return true;
    case 'C': a->chain = true; return true;
    case 'x': a->remove = true; return true;
    case 'A': a->allow_backing = true; return true;
    case 'D': a->data_file = optarg; return *optarg;
    case 'K': return sscanf(optarg, "%4u%n", &a->floppy, &end) == 1 && !optarg[end] && a->floppy;
    case 't': return parse_cache(optarg, &a->never_sync);
    case 'l': a->name = optarg; return !is_snapshot || take_action(a, letter);
    case 'a': return take_action(a, letter);
    case 'c': a->compress = !is_snapshot; return !is_snapshot || take_action(a, letter);
    default: a->keep = !is_snapshot; return !is_snapshot || take_action(a, letter);
    }
}

/* In the table 'n' stands for -a, since 'a' could be taken for one of the words. */
static bool allows(const struct image_command *command, int letter)
{
    return strchr(command->letters, letter == 'J' ? 'j' : letter == 'a' ? 'n' : letter) != NULL;
}

/* How the user wrote the option that getopt_long took last, and returned as LETTER; WORD is the last one it has done
 * with. */
static const char *option_text(int letter, int index, const char *word, char text[24])
{
    int wrong = letter == '?' || letter == ':' ? optopt : letter;
    bool is_long = index >= 0 || !wrong || strncmp(word, "--", 2) == 0;
    if (index >= 0)
        snprintf(text, 24, "--%s", longs[index].name);
    else if (!is_long)
        snprintf(text, 24, "-%c", wrong);
    return index < 0 && is_long ? word : text;
}

static int parse(struct image_arguments *a, const struct image_command *command, int argc, char **argv)
{
    /* snapshot's -c and -d name something, those of the others do not. */
    const char *shorts = command->run == image_snapshot_command ? "+:hf:lc:a:d:qU" : "+:hf:F:O:r:b:o:l:t:cpqusUd";
    int letter, index;
    char text[24];
    opterr = 0;
    optind = 1;
    /* Options may follow the files, but after resize's file "-1G" is a size. */
    shorts += command->run != image_resize_command;
    while (index = -1, (letter = getopt_long(argc, argv, shorts, longs, &index)) >= 0) {
        if (letter == 'h') {
            usage(stdout);
            return -1;
        }
        if (letter == ':')
            return image_complain("%s: option %s lacks its value; see trowel image --help", command->name,
                                  option_text(letter, index, argv[optind - 1], text));
        if (letter == '?' || !allows(command, letter))
            return image_complain("%s: option %s is not known; see trowel image --help",
                                  command->name, option_text(letter, index, argv[optind - 1], text));
        if (!take(a, letter, command))
            return image_complain("%s: %s %s is not possible here; see trowel image --help", command->name,
                                  option_text(letter, index, argv[optind - 1], text), optarg ? optarg : "");
    }
    a->words = argv + optind;
    a->count = argc - optind;
    if (a->count < command->least || a->count > command->most)
        return image_complain("usage: trowel image %s %s", command->name, command->usage);
    return 0;
}

int image_main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
    struct image_arguments a = { .output_format = IMAGE_FORMAT_RAW };
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return usage(argc < 2 ? stderr : stdout);
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], table[i].name) != 0)
            continue;
        int wrong = parse(&a, &table[i], argc - 1, argv + 1);
        if (wrong)
            return wrong < 0 ? 0 : 1;
        if (strchr(table[i].letters, 'p'))
            sigaction(SIGINT, &action, NULL);
        int code = table[i].run(&a);
        return fflush(stdout) == 0 && !ferror(stdout) ? code
                                                      : image_complain("standard output: not all could be written");
    }
    return image_complain("%s: no such command; see trowel image --help", argv[1]);
}
