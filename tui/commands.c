/* The program's own rows of the debugger's command table: what needs the world outside the guest. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/exchange.h"
#include "tui/exhibit_disk.h"
#include "tui/expect.h"
#include "tui/host_path.h"
#include "tui/output.h"
#include "tui/pointing.h"
#include "tui/screenshot.h"
#include "tui/session.h"
#include "tui/snapshots.h"

static enum debugger_result run_key(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char name[64];
    int used;
    if (!*arguments)
        return debugger_error(d, "The name of a key is missing: key f1, key ctrl-c, key alt-x.");
    for (; sscanf(arguments, "%63s%n", name, &used) == 1; arguments += used) {
        if (!typing_has_room(&s->typing))
            return debugger_error(d, "Too many keys wait: let the guest run, so that it takes them.");
        if (!typing_key(&s->typing, name))
            return debugger_error(d, "No key \"%s\": help key names them.", name);
    }
    return DEBUGGER_DONE;
}

/* Copies TEXT without its quotes, with \n \r \t \e \b \\ and \" resolved. False: no closing quote. */
static bool unquote(const char *text, char *out, size_t size)
{
    static const char from[] = "nrteb\\\"", to[] = "\n\r\t\033\b\\\"";
    size_t n = 0;
    bool quoted = *text == '"';
    for (text += quoted; *text && !(quoted && *text == '"') && n + 1 < size; text++) {
        const char *escape = *text == '\\' && text[1] ? strchr(from, text[1]) : NULL;
        out[n++] = escape ? to[escape - from] : *text;
        text += escape != NULL;
    }
    out[n] = 0;
    return !quoted || (*text == '"' && !text[1]);
}

/* The bytes of the UTF-8 character that TEXT begins with. */
static int character_bytes(const char *text)
{
    int bytes = 1;
    while (bytes < 4 && ((unsigned char)text[bytes] & 0xC0) == 0x80)
        bytes++;
    return bytes;
}

static enum debugger_result run_type(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char text[2048];
    if (!*arguments)
        return debugger_error(d, "Usage: type \"TEXT\"");
    if (!unquote(arguments, text, sizeof text))
        return debugger_error(d, "Unterminated string, or text after it.");
    size_t typed = typing_text(&s->typing, text);
    const char *were = typed == 1 ? "character was" : "characters were";
    if (text[typed] && !typing_has_room(&s->typing))
        return debugger_error(d, "Only %zu %s typed: too many keys wait; let the guest run.", typed, were);
    if (text[typed])
        return debugger_error(d, "Only %zu %s typed: no key makes \"%.*s\".", typed, were,
                              character_bytes(text + typed), text + typed);
    return DEBUGGER_DONE;
}

/* What became of the pace since the guest was set running. */
static void print_pace(struct debugger *d, const struct pace *pace)
{
    if (pace->percent)
        debugger_print(d, "The guest runs at %u%% of real time.\n", pace->percent);
    else
        debugger_print(d, "The guest runs as fast as it can.\n");
    if (pace->measured)
        debugger_print(d, "Measured: %u%%, %.1f MHz.\n", pace->measured_percent, pace->measured_khz / 1000.0);
    if (pace->measured && pace->percent)
        debugger_print(d, "At most %.1f ms late, %.1f s lost since it was last set running%s.\n",
                       (double)pace->worst_late_ns / 1e6, (double)pace->lost_ns / 1e9,
                       pace->behind ? "; the host is too slow" : "");
}

static enum debugger_result run_speed(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    unsigned percent;
    if (*arguments && !options_speed(arguments, &percent))
        return debugger_error(d, "The speed is real, max or N%%, for example 50%%.");
    if (*arguments)
        pace_set(&s->pace, percent);
    print_pace(d, &s->pace);
    return DEBUGGER_DONE;
}

/* What stands before the drive's name: whether a disk is taken out though the guest does not want it (-f), or though
 * the machine state of a snapshot goes with it (-s); whether the new one is protected (-r). */
struct disk_flags { bool force, drop_state, protect; };

/* Passes by "-f", "-s" and "-r" in any order. */
static const char *take_flags(const char *arguments, struct disk_flags *flags)
{
    *flags = (struct disk_flags){ 0 };
    for (; arguments[0] == '-' && arguments[1] && strchr("fsr", arguments[1]) && arguments[2] == ' ';
         arguments += 3 + strspn(arguments + 3, " "))
        *(arguments[1] == 'f' ? &flags->force : arguments[1] == 's' ? &flags->drop_state : &flags->protect) = true;
    return arguments;
}

/* May the disk in DRIVE be taken out? LINE says what that does to snapshots; if it may not, the debugger has told. */
static bool may_leave(struct debugger *d, const struct session *s, int drive, bool drop_state, char *line, size_t size)
{
    *line = 0;
    if (drive < 0 || snapshots_release(s, (unsigned)drive, drop_state, line, size))
        return true;
    debugger_error(d, "%s", line);
    return false;
}

/* The disk has gone: LINE is what may_leave gave. */
static void print_released(struct debugger *d, const char *line)
{
    if (*line)
        debugger_print(d, "%s\n", line);
}

/* insert [-f] [-s] cd FILE */
static enum debugger_result insert_cd(struct debugger *d, struct session *s, const char *arguments,
                                      const struct disk_flags *flags)
{
    char drive[8], name[1024], path[1024], error[SESSION_ERROR_SIZE], line[SESSION_ERROR_SIZE];
    if (sscanf(arguments, "%7s %1023[^\n]", drive, name) != 2 || flags->protect || !host_path(name, path, sizeof path))
        return debugger_error(d, "Usage: insert [-f] cd FILE");
    if (!may_leave(d, s, session_cd_drive(s), flags->drop_state, line, sizeof line))
        return DEBUGGER_DONE;
    if (!session_insert_cd(s, path, flags->force, error, sizeof error))
        return debugger_error(d, "%s", error);
    print_released(d, line);
    debugger_print(d, "Drive cd: %s is in.\n", path);
    return DEBUGGER_DONE;
}

/* eject [-f] [-s] cd */
static enum debugger_result eject_cd(struct debugger *d, struct session *s, const struct disk_flags *flags)
{
    char error[SESSION_ERROR_SIZE], line[SESSION_ERROR_SIZE];
    int drive = session_cd_drive(s);
    if (drive < 0)
        return debugger_error(d, "There is no CD-ROM drive: the machine was started without --cdrom.");
    if (!s->disk[drive].image)
        return debugger_error(d, "There is no disc in the CD-ROM drive.");
    if (!may_leave(d, s, drive, flags->drop_state, line, sizeof line))
        return DEBUGGER_DONE;
    char path[sizeof s->disk[drive].path];
    memcpy(path, s->disk[drive].path, sizeof path);
    if (!session_eject_cd(s, flags->force, error, sizeof error))
        return debugger_error(d, "%s", error);
    debugger_print(d, "Drive cd: %s is out.\n", path);
    print_released(d, line);
    return DEBUGGER_DONE;
}

/* "cd" or the CD-ROM drive's place, alone or before a file. */
static bool names_cd(const struct debugger *d, const struct session *s, const char *arguments)
{
    char drive[8];
    if (sscanf(arguments, "%7s", drive) != 1)
        return false;
    int number = debugger_drive(d, drive);
    return strcasecmp(drive, "cd") == 0 || (number >= 0 && number == session_cd_drive(s));
}

/* What becomes of what is written to a floppy that was just put in, where that depends on the options. */
static void print_fate(struct debugger *d, const struct session *s, const struct session_disk *disk)
{
    if (disk->kept)
        debugger_print(d, "%s: what is written to it goes into this file.\n", disk->path);
    else if (s->options->overlay && !disk->protect)
        debugger_print(d, "%s: what is written to it is thrown away: --overlay keeps only what goes to the disk of the "
                       "start.\n", disk->path);
}

/* Of a floppy that was taken out. */
static void print_lost(struct debugger *d, const struct session_disk *before)
{
    if (before->image && before->changed && !before->kept)
        debugger_print(d, "%s: what was written to it is gone: it was kept only while the disk was in the drive.\n",
                       before->path);
}

static enum debugger_result run_insert(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char drive[8], name[1024], path[1024], error[SESSION_ERROR_SIZE], line[SESSION_ERROR_SIZE];
    struct disk_flags flags;
    int number = -1;
    arguments = take_flags(arguments, &flags);
    if (names_cd(d, s, arguments))
        return insert_cd(d, s, arguments, &flags);
    if (sscanf(arguments, "%7s %1023[^\n]", drive, name) == 2 &&
        host_path(name, path, sizeof path))
        number = debugger_drive(d, drive);
    if (number != DRIVE_FLOPPY_A && number != DRIVE_FLOPPY_B)
        return debugger_error(d, "Usage: insert [-f] [-s] [-r] a|b FILE, or insert [-f] cd FILE");
    if (!may_leave(d, s, number, flags.drop_state, line, sizeof line))
        return DEBUGGER_DONE;
    struct session_disk before = s->disk[number];
    if ((!flags.force && !session_floppy_rests(s, (unsigned)number, error, sizeof error)) ||
        !session_insert_floppy(s, (unsigned)number, path, flags.protect, error, sizeof error))
        return debugger_error(d, "%s", error);
    print_lost(d, &before);
    print_released(d, line);
    debugger_print(d, "Drive %s: %s is in%s.\n", session_drive_name((unsigned)number), path,
                   flags.protect ? ", write-protected" : "");
    print_fate(d, s, &s->disk[number]);
    return DEBUGGER_DONE;
}

static enum debugger_result run_eject(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char error[SESSION_ERROR_SIZE], line[SESSION_ERROR_SIZE];
    struct disk_flags flags;
    arguments = take_flags(arguments, &flags);
    int number = debugger_drive(d, arguments);
    if (names_cd(d, s, arguments) && !flags.protect)
        return eject_cd(d, s, &flags);
    if ((number != DRIVE_FLOPPY_A && number != DRIVE_FLOPPY_B) || flags.protect)
        return debugger_error(d, "Usage: eject [-f] [-s] a|b|cd");
    if (!s->disk[number].image)
        return debugger_error(d, "There is no disk in drive %s.", session_drive_name((unsigned)number));
    if (!may_leave(d, s, number, flags.drop_state, line, sizeof line))
        return DEBUGGER_DONE;
    struct session_disk before = s->disk[number];
    if ((!flags.force && !session_floppy_rests(s, (unsigned)number, error, sizeof error)) ||
        !session_eject_floppy(s, (unsigned)number, error, sizeof error))
        return debugger_error(d, "%s", error);
    debugger_print(d, "Drive %s: %s is out.\n", session_drive_name((unsigned)number), before.path);
    print_lost(d, &before);
    print_released(d, line);
    return DEBUGGER_DONE;
}

static enum debugger_result run_screenshot(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char path[1024], error[SESSION_ERROR_SIZE];
    if (!host_path(arguments, path, sizeof path))
        return debugger_error(d, "Usage: screenshot FILE.png");
    if (!output_may_write(s, path, error, sizeof error) ||
        screenshot_write(s->machine, path, error, sizeof error) != 0)
        return debugger_error(d, "%s", error);
    return DEBUGGER_DONE;
}

static enum debugger_result run_wavcapture(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char path[1024], error[SESSION_ERROR_SIZE];
    if (!host_path(arguments, path, sizeof path))
        return debugger_error(d, "Usage: wavcapture FILE.wav");
    if (!output_may_write(s, path, error, sizeof error) ||
        !sound_start(&s->sound, s->machine, path, error, sizeof error))
        return debugger_error(d, "%s", error);
    return DEBUGGER_DONE;
}

static enum debugger_result run_stopcapture(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char error[SESSION_ERROR_SIZE];
    (void)arguments;
    if (!s->sound.file)
        return debugger_error(d, "Nothing is being captured: wavcapture begins it.");
    if (!sound_stop(&s->sound, error, sizeof error))
        return debugger_error(d, "%s", error);
    debugger_print(d, "%s: %llu.%03llu s\n", s->sound.path, (unsigned long long)(s->sound.samples / SOUND_RATE),
                   (unsigned long long)(s->sound.samples % SOUND_RATE * 1000 / SOUND_RATE));
    return DEBUGGER_DONE;
}

static enum debugger_result run_reset(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    (void)arguments;
    machine_reset(s->machine);
    debugger_print(d, "The machine was reset.\n");
    return DEBUGGER_DONE;
}

static enum debugger_result run_exhibit(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const char *script = exhibit_script(arguments);
    if (script)
        return debugger_source(d, arguments, script);
    debugger_print(d, "Exhibits:");
    for (size_t i = 0; exhibit_script_name(i); i++)
        debugger_print(d, " %s", exhibit_script_name(i));
    debugger_print(d, "\n");
    return *arguments ? debugger_error(d, "No exhibit \"%s\".", arguments) : DEBUGGER_DONE;
}

static const struct debugger_command rows[] = {
    { .name = "key", .run = run_key, .help = "Press and release keys on the guest's keyboard.",
      .details = "Usage: key NAME...\nA character, or one of these, with ctrl- alt- shift- altgr- before it: key "
                 "ctrl-alt-del\nenter esc tab backspace space up down left right home end pgup pgdn ins del f1-f12\n"
                 "shift shift_r ctrl ctrl_r alt altgr win meta_r menu capslock numlock scrolllock print sysrq pause "
                 "break\nkp0-kp9 kpdot kpplus kpminus kpstar kpslash kpenter\nminus equal plus bracket_left "
                 "bracket_right semicolon colon apostrophe grave_accent backslash\nless comma dot slash asterisk, and "
                 "what QEMU's sendkey and others call them: ret return spc escape insert delete\npageup pagedown prtsc "
                 "lshift rshift alt_r meta_l caps_lock num_lock scroll_lock kp_0-kp_9 kp_decimal kp_add\nkp_subtract "
                 "kp_multiply kp_divide kp_enter",
      .completion = COMPLETE_PROGRAM },
    { .name = "type", .run = run_type, .help = "Type text on the guest's keyboard.",
      .details = "Usage: type \"TEXT\"\n\\n is Enter, \\t Tab, \\e Escape, \\b Backspace." },
    { .name = "mouse_move", .run = pointing_mouse_move, .help = "Move the guest's mouse.",
      .details = "Usage: mouse_move DX DY\nRight and down, in counts of 200 to the inch, which the guest's "
                 "driver scales." },
    { .name = "mouse_button", .run = pointing_mouse_button, .help = "Press and release buttons of the guest's mouse.",
      .details = "Usage: mouse_button N\nThe sum of the buttons that are held from now on: 1 left, 2 right, 4 middle; "
                 "0: none." },
    { .name = "joystick", .run = pointing_joystick, .help = "Move the guest's joystick.",
      .details = "Usage: joystick X Y [BUTTONS]\n0 to 255, left to right and up to down, 128 is the middle. BUTTONS "
                 "is the sum of those that are held: 1 and 2." },
    { .name = "wait", .run = expect_wait, .help = "Run the guest for some of its seconds.",
      .details = "Usage: wait SECONDS\nSeconds of guest time, for example 0.5. What stops the guest before is an "
                 "error." },
    { .name = "expect", .run = expect_text, .help = "Run the guest until its text screen matches.",
      .details = "Usage: expect \"REGEX\" [SECONDS]\nAn extended regular expression, matched against the "
                 "screen's lines; SECONDS of guest time, 60 if not given.\nAn error if it was not seen, or if a "
                 "breakpoint or the like stopped the guest first." },
    { .name = "screen", .run = expect_show_screen, .help = "Print the guest's text screen." },
    { .name = "screenshot", .run = run_screenshot, .help = "Write what the monitor shows to a PNG file.",
      .details = "Usage: screenshot FILE.png\nText modes are drawn with their fonts. An existing file is replaced, "
                 "unless it looks like a disk image.",
      .completion = COMPLETE_FILE },
    { .name = "wavcapture", .run = run_wavcapture,
      .help = "Write what the guest's speaker does from now on to a WAV file.",
      .details = "Usage: wavcapture FILE.wav\nMono, 48000 samples a second of guest time. It goes on until stopcapture "
                 "or the end of the session. An existing file is replaced, unless it looks like a disk image.",
      .completion = COMPLETE_FILE },
    { .name = "stopcapture", .run = run_stopcapture, .help = "End wavcapture and complete its file." },
    { .name = "speed", .run = run_speed, .help = "Tie guest time to real time, or let it go.",
      .details = "Usage: speed [real|max|N%]\nWithout an argument: what was asked for, and what came of it.",
      .completion = COMPLETE_WORDS, .words = "real max 50% 10%" },
    { .name = "insert", .run = run_insert, .help = "Put a floppy or CD image into a drive.",
      .details = "Usage: insert [-f] [-s] [-r] a|b FILE\n       insert [-f] cd FILE\nA drive may also be called "
                 "a: or fd0, b: or fd1. raw or qcow2, also compressed "
                 "with gzip. -r protects it: the guest cannot write to it.\nA disk that is in the drive is taken out "
                 "first; -f even if the guest is at work on it, or has locked\nthe door of the CD-ROM drive; -s "
                 "even if "
                 "the machine state of a snapshot is lost with it.",
      .completion = COMPLETE_FILE },
    { .name = "eject", .run = run_eject, .help = "Take the floppy or CD out of a drive.",
      .details = "Usage: eject [-f] [-s] a|b|cd\nA floppy stays while the guest is at work on it, a CD if it has "
                 "locked the door: -f takes it out.\nA disk with which the machine state of a snapshot would be "
                 "lost stays, too: "
                 "-s takes it out.",
      .completion = COMPLETE_WORDS, .words = "a b cd" },
    { .name = "copy-in", .least = DEBUGGER_WHOLE_NAME, .run = exchange_copy_in,
      .help = "Copy a file of the host to a FAT disk of the guest.",
      .details = "Usage: copy-in [-f] FILE DIRECTORY\nDIRECTORY begins with the guest's drive letter: a:, c:\\tools; "
                 "or it names the new file: c:\\tools\\new.com.\n-f replaces a file. Not to a hard disk that the guest "
                 "has in use: stop it (Ctrl-C) and reset first, or use a floppy.",
      .completion = COMPLETE_FILE },
    { .name = "copy-out", .least = DEBUGGER_WHOLE_NAME, .run = exchange_copy_out,
      .help = "Copy a file from a FAT disk of the guest to the host.",
      .details = "Usage: copy-out [-f] PATH FILE\nPATH begins with the guest's drive letter: c:\\dos\\mem.exe. "
                 "FILE may be a folder; -f replaces a file.",
      .completion = COMPLETE_FILE },
    { .name = "savevm", .least = DEBUGGER_WHOLE_NAME, .run = snapshots_save,
      .help = "Keep the whole machine, disks included, as a snapshot.",
      .details = "Usage: savevm NAME\nThe snapshot lies in the disk images; without --overlay or --write these are "
                 "gone at the end of the session.\nThe machine state lies in one of them, a hard disk's rather than a "
                 "floppy's. A snapshot of the same name is replaced.",
      .completion = COMPLETE_PROGRAM },
    { .name = "loadvm", .least = DEBUGGER_WHOLE_NAME, .run = snapshots_load,
      .help = "Go back to a snapshot of the whole machine.",
      .details = "Usage: loadvm NAME\nMemory, ports, ROMs, drives and the sizes of the disks in them must be as they "
                 "were then. Board and timing mode come\nwith the snapshot.",
      .completion = COMPLETE_PROGRAM },
    { .name = "delvm", .least = DEBUGGER_WHOLE_NAME, .run = snapshots_delete,
      .help = "Delete a snapshot of the whole machine.",
      .details = "Usage: delvm NAME", .completion = COMPLETE_PROGRAM },
    { .name = "snapshots", .group = "info", .run = snapshots_list, .help = "The snapshots in the disk images." },
    { .name = "reset", .least = DEBUGGER_WHOLE_NAME, .run = run_reset,
      .help = "Press the machine's reset button.",
      .details = "Keys that are given before the guest goes on are pressed when its BIOS has tested the keyboard: "
                 "reset, key del, continue opens the set-up." },
    { .name = "system_reset", .least = DEBUGGER_WHOLE_NAME, .run = run_reset,
      .help = "Press the machine's reset button, as QEMU calls it: reset." },
    { .name = "exhibit", .run = run_exhibit, .help = "Execute the debugger script of an exhibit, or list them.",
      .completion = COMPLETE_PROGRAM },
};

void session_complete(void *ctx, const struct debugger_command *row, void (*offer)(void *offer_ctx, const char *word),
                      void *offer_ctx)
{
    if (row->run == run_exhibit)
        for (size_t i = 0; exhibit_script_name(i); i++)
            offer(offer_ctx, exhibit_script_name(i));
    else if (row->run == run_key)
        for (size_t i = 0; typing_key_name(i); i++)
            offer(offer_ctx, typing_key_name(i));
    else
        snapshots_offer(ctx, offer, offer_ctx);
}

size_t session_commands(struct debugger_command *out, size_t capacity)
{
    size_t count = sizeof rows / sizeof *rows;
    if (count > capacity)
        count = capacity;
    memcpy(out, rows, count * sizeof *rows);
    return count;
}
