/* Options in the style of gdb and QEMU: --name VALUE or --name=VALUE, and gdb's -x, -ex and -batch with one dash. */
#include "tui/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/boards.h"

#define VERSION "0.1"

struct option {
    const char *name;           /* without dashes */
    const char *argument;       /* NULL: none */
    bool (*apply)(struct options *options, const char *value);  /* false: the value is no good */
    const char *help;
};

static bool set_drive(struct options *o, unsigned drive, const char *value)
{
    o->disk[drive] = value;
    return *value;
}

static bool set_fda(struct options *o, const char *v) { return set_drive(o, DRIVE_FLOPPY_A, v); }
static bool set_fdb(struct options *o, const char *v) { return set_drive(o, DRIVE_FLOPPY_B, v); }
static bool set_hda(struct options *o, const char *v) { return set_drive(o, DRIVE_HD0, v); }
static bool set_hdb(struct options *o, const char *v) { return set_drive(o, DRIVE_HD1, v); }
static bool set_hdc(struct options *o, const char *v) { return set_drive(o, DRIVE_HD2, v); }
static bool set_hdd(struct options *o, const char *v) { return set_drive(o, DRIVE_HD3, v); }

/* TYPE[,TYPE]: capacities in KB, or none. */
static bool set_floppy_types(struct options *o, const char *value)
{
    static const char *const types[] = { "none", "360", "1200", "720", "1440", "2880" };    /* by CMOS type */
    for (unsigned drive = 0; drive < 2; drive++) {
        size_t length = strcspn(value, ","), type = 0;
        while (type < 6 && (strlen(types[type]) != length || strncmp(value, types[type], length) != 0))
            type++;
        if (type == 6)
            return false;
        o->machine.floppy_type[drive] = (uint8_t)type;
        value += length;
        if (!*value)
            break;
        value++;
        if (drive == 1)
            return false;
    }
    return o->machine.floppy_type[0] || !o->machine.floppy_type[1] || o->machine.floppy_type[1] == 0xFF;
}

static bool set_cdrom(struct options *o, const char *value)
{
    o->cdrom_file = value;
    return *value;
}

static bool set_boot(struct options *o, const char *value)
{
    if (strlen(value) >= sizeof o->machine.boot || strspn(value, "acdm") != strlen(value) || !*value)
        return false;
    for (const char *device = value; *device; device++)
        if (strchr(device + 1, *device))
            return false;
    strcpy(o->machine.boot, value);
    return true;
}

static bool set_overlay(struct options *o, const char *value)
{
    o->overlay = value;
    return *value;
}

static bool set_write(struct options *o, const char *value)
{
    (void)value;
    return o->write_in_place = true;
}

static bool set_allow_backing(struct options *o, const char *value)
{
    (void)value;
    return o->allow_outside_backing = true;
}

static bool set_data_file(struct options *o, const char *value)
{
    o->data_file = value;
    return *value;
}

static bool set_verify(struct options *o, const char *value)
{
    (void)value;
    return o->verify = true;
}

static bool set_format(struct options *o, const char *value)
{
    o->format = strcmp(value, "raw") == 0 ? IMAGE_FORMAT_RAW : IMAGE_FORMAT_QCOW2;
    return o->format == IMAGE_FORMAT_RAW || strcmp(value, "qcow2") == 0;
}

static bool set_geometry(struct options *o, const char *value)
{
    int end = 0;
    struct geometry *g = &o->geometry;
    return sscanf(value, "%u/%u/%u%n", &g->cylinders, &g->heads, &g->sectors, &end) == 3 && !value[end] &&
           g->cylinders >= 1 && g->cylinders <= 65535 && g->heads >= 1 && g->heads <= 255 && g->sectors >= 1 &&
           g->sectors <= 63;
}

static bool number(const char *text, unsigned long least, unsigned long most, unsigned long *out)
{
    char *end;
    *out = strtoul(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && *out >= least && *out <= most;
}

static bool set_ram(struct options *o, const char *value)
{
    unsigned long mb;
    if (!number(value, 1, 256, &mb))
        return false;
    o->machine.ram_kb = (uint32_t)mb * 1024;
    return true;
}

static bool set_video_ram(struct options *o, const char *value)
{
    unsigned long kb;
    if (!number(value, 256, 16384, &kb) || kb % 256)
        return false;
    o->machine.video_kb = (uint32_t)kb;
    return true;
}

static bool asks_for_help(const char *value)
{
    return strcmp(value, "help") == 0 || strcmp(value, "?") == 0;
}

static bool set_machine(struct options *o, const char *value)
{
    if (asks_for_help(value))
        return o->list_boards = true;
    o->machine.profile = value;
    return *value;
}

/* on, off, or a number, perhaps with k for 1024: the text up to END. */
static bool setting_value(const char *text, const char *end, uint32_t *value)
{
    char word[16], *rest;
    int length = (int)(end - text);
    if (length >= (int)sizeof word)
        return false;
    snprintf(word, sizeof word, "%.*s", length, text);
    *value = strcmp(word, "on") == 0;
    if (*value || strcmp(word, "off") == 0)
        return true;
    unsigned long long number = strtoull(word, &rest, 0), unit = 1;
    if (*rest == 'k' || *rest == 'K') {
        unit = 1024;
        rest++;
    }
    *value = (uint32_t)(number * unit);
    return *word >= '0' && *word <= '9' && !*rest && number <= UINT32_MAX / unit;
}

/* PARAM=VALUE[,PARAM=VALUE]... */
static bool set_parameters(struct options *o, const char *value)
{
    if (asks_for_help(value))
        return o->list_parameters = true;
    for (const char *end; *value; value = end + (*end == ',')) {
        size_t length = strcspn(value, "=,"), n = o->machine.setting_count;
        end = value + strcspn(value, ",");
        if (length == 0 || length >= SETTING_NAME_BYTES || value[length] != '=' || n == MAX_SETTINGS ||
            !setting_value(value + length + 1, end, &o->setting[n].value) || (*end && !end[1]))
            return false;
        memcpy(o->setting_name[n], value, length);
        o->setting[n].name = o->setting_name[n];
        o->machine.settings = o->setting;
        o->machine.setting_count++;
    }
    return o->machine.setting_count > 0;
}

static bool set_timing(struct options *o, const char *value)
{
    static const char *const modes[] = { "fast", "table", "cycle" };
    for (int i = 0; i < 3; i++)
        if (strcmp(value, modes[i]) == 0) {
            o->machine.timing = (enum timing_mode)i;
            return true;
        }
    return false;
}

static bool set_fast_clocks(struct options *o, const char *value)
{
    unsigned long clocks;
    if (!number(value, 1, 1000, &clocks))
        return false;
    o->machine.fast_clocks = (unsigned)clocks;
    return true;
}

bool options_speed(const char *text, unsigned *percent)
{
    int end = 0;
    if (strcmp(text, "real") == 0)
        *percent = 100;
    else if (strcmp(text, "max") == 0)
        *percent = 0;
    else
        return sscanf(text, "%u%%%n", percent, &end) == 1 && end && !text[end] && *percent >= 1 && *percent <= 10000;
    return true;
}

static bool set_speed(struct options *o, const char *value)
{
    o->speed_given = true;
    return options_speed(value, &o->speed_percent);
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && year % 4 == 0);     /* between 1980 and 2099 */
}

static bool set_date(struct options *o, const char *value)
{
    unsigned year, month, day, hour = 0, minute = 0, second = 0;
    int date = 0, minutes = 0, seconds = 0;
    sscanf(value, "%4u-%2u-%2u%n%*[ T]%2u:%2u%n:%2u%n", &year, &month, &day, &date, &hour, &minute, &minutes, &second,
           &seconds);
    int end = seconds ? seconds : minutes ? minutes : date;
    if (!end || value[end] || year < 1980 || year > 2099 || month < 1 || month > 12 || day < 1 ||
        day > days_of(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    o->machine.date.year = (uint16_t)year;
    o->machine.date.month = (uint8_t)month;
    o->machine.date.day = (uint8_t)day;
    o->machine.date.hour = (uint8_t)hour;
    o->machine.date.minute = (uint8_t)minute;
    o->machine.date.second = (uint8_t)second;
    return true;
}

static bool set_bios(struct options *o, const char *value)
{
    o->bios = value;
    return *value;
}

static bool set_vgabios(struct options *o, const char *value)
{
    o->vgabios = value;
    return *value;
}

/* FILE or FILE@ADDRESS; what follows the last @ is an address if it is a hexadecimal number, else part of the name. */
static bool set_option_rom(struct options *o, const char *value)
{
    const char *at = strrchr(value, '@'), *digits = at ? at + 1 : "";
    bool has_address = *digits && strspn(digits, "0123456789abcdefABCDEF") == strlen(digits);
    unsigned long address = has_address ? strtoul(digits, NULL, 16) : 0;
    size_t length = has_address ? (size_t)(at - value) : strlen(value);
    if (length == 0 || length >= PATH_BYTES || o->option_roms == OPTION_ROMS || (has_address && address - 1 >= 0xFFFFF))
        return false;
    memcpy(o->option_rom[o->option_roms].path, value, length);
    o->option_rom[o->option_roms++].address = (uint32_t)address;
    return true;
}

static bool set_serial(struct options *o, const char *value)
{
    int port = 0;
    if (value[0] >= '1' && value[0] <= '4' && value[1] == '=') {
        port = value[0] - '1';
        value += 2;
    }
    o->serial[port] = value;
    return strcmp(value, "pty") == 0 || strcmp(value, "stdio") == 0 || (strncmp(value, "file:", 5) == 0 && value[5]);
}

static bool set_parallel(struct options *o, const char *value)
{
    o->parallel[0] = value;
    return *value;
}

/* ps2, none, or serial with perhaps =N */
static bool set_mouse(struct options *o, const char *value)
{
    if (strcmp(value, "ps2") == 0 || strcmp(value, "none") == 0) {
        o->machine.mouse = *value == 'p' ? MOUSE_PS2 : MOUSE_NONE;
        return true;
    }
    if (strncmp(value, "serial", 6) != 0)
        return false;
    const char *port = value + 6;
    o->machine.mouse = MOUSE_SERIAL;
    o->machine.mouse_port = *port ? (unsigned)(port[1] - '1') : 0;
    return !*port || (*port == '=' && port[1] >= '1' && port[1] <= '4' && !port[2]);
}

static bool set_joystick(struct options *o, const char *value)
{
    (void)value;
    o->machine.joysticks = 1;
    return true;
}

static bool set_wavcapture(struct options *o, const char *value)
{
    o->wavcapture = value;
    return *value;
}

static bool set_debugcon(struct options *o, const char *value)
{
    o->debugcon = value;
    return *value;
}

static bool set_debug_exit(struct options *o, const char *value)
{
    unsigned long port;
    if (!number(value, 1, 0xFFFF, &port))
        return false;
    o->machine.debug_exit_port = (uint16_t)port;
    return true;
}

static bool set_batch(struct options *o, const char *value)
{
    (void)value;
    return o->batch = true;
}

static bool add_script(struct options *o, const char *text, bool is_file)
{
    if (o->scripts == MAX_SCRIPTS)
        return false;
    o->script[o->scripts].text = text;
    o->script[o->scripts++].is_file = is_file;
    return true;
}

static bool set_file(struct options *o, const char *value) { return *value && add_script(o, value, true); }
static bool set_command(struct options *o, const char *value) { return add_script(o, value, false); }

static const struct option table[] = {      /* at most 64: options.given */
    { "fda", "FILE", set_fda, "floppy image in drive A" },
    { "fdb", "FILE", set_fdb, "floppy image in drive B" },
    { "floppy-types", "TYPE[,TYPE]", set_floppy_types,
      "drives A, B: 360, 1200, 720, 1440, 2880, none; default as the disk" },
    { "hda", "FILE", set_hda, "hard disk image: first channel, master" },
    { "hdb", "FILE", set_hdb, "first channel, slave" },
    { "hdc", "FILE", set_hdc, "second channel, master" },
    { "hdd", "FILE", set_hdd, "second channel, slave" },
    { "cdrom", "FILE|none", set_cdrom, "CD image (ISO) in a CD-ROM drive: second channel, master, or the next free place" },
    { "format", "raw|qcow2", set_format, "format of the images; without it qcow2 if a file says so, else raw" },
    { "overlay", "FILE", set_overlay,
      "keep what the guest writes to DISK, or the only disk, in this qcow2 overlay (made if missing)" },
    { "write", NULL, set_write, "write into the images themselves" },
    { "verify", NULL, set_verify, "compare what is read of the images, which must be sealed, with their seals" },
    { "allow-backing", NULL, set_allow_backing, "follow backing files outside the image's folder" },
    { "data-file", "FILE", set_data_file, "external data file of the image that has one, whatever the image calls it" },
    { "geometry", "C/H/S", set_geometry, "geometry of the first hard disk, instead of the inferred one" },
    { "boot", "ORDER", set_boot, "a floppy, c hard disk, d CD-ROM, m menu; default ac, with a CD-ROM drive acd (exhibits: c)" },
    { "machine", "BOARD", set_machine, "default 486dx2-66; --machine help lists all" },
    { "set", "PARAM=VALUE", set_parameters, "a parameter of the board, or several with commas; --set help lists all" },
    { "ram", "MB", set_ram, "1 to 256, default 16" },
    { "video-ram", "KB", set_video_ram, "256 (a plain VGA) to 16384 in steps of 256, default 4096" },
    { "timing", "MODE", set_timing, "fast (default), table or cycle" },
    { "fast-clocks", "N", set_fast_clocks, "CPU clocks of every instruction in mode fast, 1 to 1000, default 2" },
    { "speed", "real|max|N%", set_speed, "guest time against the host's; default real, with --batch max" },
    { "date", "Y-M-D[ H:M:S]", set_date, "date of the guest's clock at power-on, 1980 to 2099, default now" },
    { "bios", "FILE", set_bios, "system BIOS instead of our own" },
    { "vgabios", "FILE", set_vgabios, "video BIOS instead of our own" },
    { "option-rom", "FILE[@ADDRESS]", set_option_rom, "ROM of an adapter card, at C8000 (hex) or the next free place" },
    { "serial", "[N=]TO", set_serial, "serial port N (1-4, default 1) to file:PATH, pty or (--batch) stdio" },
    { "parallel", "FILE", set_parallel, "what the guest prints goes to this file" },
    { "mouse", "WHICH", set_mouse, "ps2 (default), none, or serial[=N] on serial port N (1-4, default 1)" },
    { "joystick", NULL, set_joystick, "a game port with a joystick" },
    { "debugcon", "FILE|-", set_debugcon, "bytes written to port E9h go to a file or to stdout" },
    { "wavcapture", "FILE", set_wavcapture, "what the speaker does, from power-on, as a WAV file" },
    { "debug-exit", "PORT", set_debug_exit, "a byte written to this port ends the program with that code" },
    { "batch", NULL, set_batch, "no screen: run the scripts, print to stdout, exit" },
    { "x", "FILE", set_file, "execute the debugger commands in FILE" },
    { "ex", "COMMAND", set_command, "execute a debugger command; -x and -ex work in the order given" },
};
enum { OPTIONS = sizeof table / sizeof *table };

static const char *dashes_of(const struct option *option)
{
    return strlen(option->name) > 2 ? "--" : "-";
}

static void print_help(void)
{
    puts("Usage: trowel [OPTION]... [DISK]\n"
         "Boots DISK (qcow2, raw, or raw in gzip) on a 486 PC, with a debugger beside its screen. "
         "The image is opened read-only and\n"
         "what the guest writes is thrown away at the end, unless --overlay or --write say otherwise. "
         "Without any disk\nthe built-in exhibit disk is booted.\n");
    for (int i = 0; i < OPTIONS; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s%s %s", dashes_of(&table[i]), table[i].name,
                 table[i].argument ? table[i].argument : "");
        printf("  %-26s %s\n", left, table[i].help);
    }
    printf("  %-26s %s\n  %-26s %s\n", "--help", "this text", "--version", "the version");
}

static const struct option *find(const char *name, size_t length)
{
    for (int i = 0; i < OPTIONS; i++)
        if (strlen(table[i].name) == length && strncmp(table[i].name, name, length) == 0)
            return &table[i];
    return NULL;
}

/* Today, as the guest's clock shall show it. */
static void set_host_date(struct options *o)
{
    time_t now = time(NULL);
    struct tm tm;
    if (!localtime_r(&now, &tm))
        return;
    o->machine.date.year = (uint16_t)(tm.tm_year + 1900);
    o->machine.date.month = (uint8_t)(tm.tm_mon + 1);
    o->machine.date.day = (uint8_t)tm.tm_mday;
    o->machine.date.hour = (uint8_t)tm.tm_hour;
    o->machine.date.minute = (uint8_t)tm.tm_min;
    o->machine.date.second = (uint8_t)(tm.tm_sec > 59 ? 59 : tm.tm_sec);
}

/* Twice is a mistake: the first disk or ROM would be forgotten. */
static bool is_single(const struct option *option)
{
    static const char *const names[] = { "fda", "fdb", "hda", "hdb", "hdc", "hdd", "cdrom", "overlay", "data-file",
                                         "bios", "vgabios" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option->name, names[i]) == 0)
            return true;
    return false;
}

/* Takes the option at argv[*at] and its value, and moves *at to the last word taken. */
static bool take_option(struct options *o, int argc, char **argv, int *at, char *error, size_t error_size)
{
    const char *word = argv[*at], *name = word + strspn(word, "-"), *equals = strchr(name, '=');
    const struct option *option = find(name, equals ? (size_t)(equals - name) : strlen(name));
    if (!option) {
        snprintf(error, error_size, "%s: no such option; see trowel --help", word);
        return false;
    }
    const char *value = equals ? equals + 1 : NULL;
    uint64_t bit = UINT64_C(1) << (option - table);
    if (option->argument && !value && *at + 1 < argc)
        value = argv[++*at];
    if (is_single(option) && o->given & bit) {
        snprintf(error, error_size, "%s%s %s: was given before, and there is only one", dashes_of(option), option->name,
                 value ? value : "");
        return false;
    }
    o->given |= bit;
    if (!option->argument != !value) {
        snprintf(error, error_size, "%s%s: %s", dashes_of(option), option->name,
                 option->argument ? "a value is missing" : "takes no value");
        return false;
    }
    if (option->apply(o, value ? value : ""))
        return true;
    if (option->apply == set_file || option->apply == set_command)
        if (o->scripts == MAX_SCRIPTS) {
            snprintf(error, error_size, "-%s: at most %d of -x and -ex; put the commands into a file for -x",
                     option->name, MAX_SCRIPTS);
            return false;
        }
    snprintf(error, error_size, "%s%s %s: expected %s (%s)", dashes_of(option), option->name, value ? value : "",
             option->argument ? option->argument : "nothing", option->help);
    return false;
}

/* The number of the serial port that is joined to the terminal; 0: none. */
static int serial_on_terminal(const struct options *o)
{
    for (int i = 0; i < SERIAL_PORTS; i++)
        if (o->serial[i] && strcmp(o->serial[i], "stdio") == 0)
            return i + 1;
    return 0;
}

static bool consistent(const struct options *o, char *error, size_t error_size)
{
    bool any = o->image;
    for (unsigned i = 0; i < DRIVES; i++)
        any = any || o->disk[i];
    if (!any && (o->overlay || o->write_in_place))
        snprintf(error, error_size, "--%s: there is no disk that it could be for", o->overlay ? "overlay" : "write");
    else if (!any && o->verify)
        snprintf(error, error_size, "--verify: there is no disk that it could be for");
    else if (o->verify && o->write_in_place)
        snprintf(error, error_size, "--verify and --write exclude each other: a sealed image is not written to");
    else if (o->machine.mouse == MOUSE_SERIAL && o->serial[o->machine.mouse_port])
        snprintf(error, error_size, "--mouse serial=%u: this port is taken by --serial", o->machine.mouse_port + 1);
    else if (!o->batch && serial_on_terminal(o))
        snprintf(error, error_size, "--serial %d=stdio: only with --batch, as the screen has the terminal; "
                 "take pty or file:PATH", serial_on_terminal(o));
    else if (o->overlay && o->write_in_place)
        snprintf(error, error_size, "--overlay and --write exclude each other");
    else if (o->image && o->disk[DRIVE_HD0] && o->disk[DRIVE_FLOPPY_A])
        snprintf(error, error_size, "%s: drives A and hd0 are taken by --fda and --hda", o->image);
    else
        return boards_check(&o->machine, error, error_size);
    return false;
}

/* The second channel's master, else the next free place. */
static bool place_cdrom(struct options *o, char *error, size_t error_size)
{
    static const unsigned places[] = { DRIVE_HD2, DRIVE_HD3, DRIVE_HD1, DRIVE_HD0 };
    if (!o->cdrom_file)
        return true;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        if (!o->disk[places[i]] && !(o->image && places[i] == DRIVE_HD0)) {
            o->cdrom[places[i]] = true;
            o->disk[places[i]] = strcmp(o->cdrom_file, "none") == 0 ? NULL : o->cdrom_file;
            return true;
        }
    snprintf(error, error_size, "--cdrom: --hda to --hdd have taken all places");
    return false;
}

static enum options_result run_or_show(const struct options *o)
{
    if (o->list_boards)
        boards_print();
    if (o->list_parameters)
        boards_print_parameters(&o->machine);
    return o->list_boards || o->list_parameters ? OPTIONS_SHOWN : OPTIONS_RUN;
}

enum options_result options_parse(struct options *o, int argc, char **argv, char *error, size_t error_size)
{
    memset(o, 0, sizeof *o);
    machine_config_defaults(&o->machine);
    o->machine.boot[0] = 0;
    set_host_date(o);
    bool options_over = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!options_over && strcmp(word, "--") == 0) {
            options_over = true;
        } else if (!options_over && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            print_help();
            return OPTIONS_SHOWN;
        } else if (!options_over && strcmp(word, "--version") == 0) {
            puts("trowel " VERSION);
            return OPTIONS_SHOWN;
        } else if (!options_over && word[0] == '-' && word[1]) {
            if (!take_option(o, argc, argv, &i, error, error_size))
                return OPTIONS_WRONG;
        } else if (o->image) {
            snprintf(error, error_size, "%s: only one disk can be named without an option", word);
            return OPTIONS_WRONG;
        } else {
            o->image = word;
        }
    }
    if (!o->speed_given)
        o->speed_percent = o->batch ? 0 : 100;
    return consistent(o, error, error_size) && place_cdrom(o, error, error_size) ? run_or_show(o) : OPTIONS_WRONG;
}
