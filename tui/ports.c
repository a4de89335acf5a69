/* Ports to the host. Output is written byte by byte as the guest sends it: a UART is slow, and a file that is
 * complete when the machine stops is worth more than a buffer. */
#include "tui/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tui/options.h"
#include "tui/output_file.h"

static void put_byte(void *ctx, uint8_t byte)
{
    struct port_end *end = ctx;
    while (write(end->out, &byte, 1) < 0 && errno == EINTR) {
    }
}

static void put_text(void *ctx, uint8_t byte)
{
    struct ports *ports = ctx;
    char text[2] = { (char)byte, 0 };
    if (byte)
        ports->put(ports->ctx, text);
}

static bool open_file(struct port_end *end, const char *path, char *error, size_t error_size)
{
    end->out = output_stream(path, error, error_size);
    snprintf(end->name, sizeof end->name, "%s", path);
    return end->out >= 0;
}

static bool open_pty(struct port_end *end, char *error, size_t error_size)
{
    end->out = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    const char *name = end->out >= 0 && grantpt(end->out) == 0 && unlockpt(end->out) == 0 ? ptsname(end->out) : NULL;
    if (!name) {
        snprintf(error, error_size, "--serial pty: %s", strerror(errno));
        return false;
    }
    struct termios raw;
    if (tcgetattr(end->out, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(end->out, TCSANOW, &raw);
    }
    end->in = end->out;
    snprintf(end->name, sizeof end->name, "%s", name);
    return true;
}

static bool open_serial(struct port_end *end, const char *to, char *error, size_t error_size)
{
    if (strncmp(to, "file:", 5) == 0)
        return open_file(end, to + 5, error, error_size);
    if (strcmp(to, "pty") == 0)
        return open_pty(end, error, error_size);
    end->in = STDIN_FILENO;
    end->out = STDOUT_FILENO;
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    snprintf(end->name, sizeof end->name, "stdio");
    return true;
}

static void all_closed(struct ports *ports)
{
    for (int i = 0; i < SERIAL_PORTS; i++)
        ports->serial[i].in = ports->serial[i].out = -1;
    for (int i = 0; i < PARALLEL_PORTS; i++)
        ports->parallel[i].in = ports->parallel[i].out = -1;
    ports->debugcon.in = ports->debugcon.out = -1;
}

static bool open_debugcon(struct ports *ports, const char *path, struct machine_config *config, char *error,
                          size_t error_size)
{
    if (strcmp(path, "-") == 0) {
        config->debugcon = (struct byte_sink){ put_text, ports };
        return true;
    }
    config->debugcon = (struct byte_sink){ put_byte, &ports->debugcon };
    return open_file(&ports->debugcon, path, error, error_size);
}

bool ports_open(struct ports *ports, const struct options *options, struct machine_config *config, char *error,
                size_t error_size)
{
    all_closed(ports);
    bool ok = true;
    for (int i = 0; ok && i < SERIAL_PORTS; i++)
        if (options->serial[i]) {
            config->serial[i] = (struct byte_sink){ put_byte, &ports->serial[i] };
            ok = open_serial(&ports->serial[i], options->serial[i], error, error_size);
        }
    for (int i = 0; ok && i < PARALLEL_PORTS; i++)
        if (options->parallel[i]) {
            config->parallel[i] = (struct byte_sink){ put_byte, &ports->parallel[i] };
            ok = open_file(&ports->parallel[i], options->parallel[i], error, error_size);
        }
    if (ok && options->debugcon)
        ok = open_debugcon(ports, options->debugcon, config, error, error_size);
    if (!ok)
        ports_close(ports);
    return ok;
}

static void close_end(struct port_end *end)
{
    if (end->out > STDERR_FILENO)
        close(end->out);
    end->in = end->out = -1;
}

void ports_close(struct ports *ports)
{
    for (int i = 0; i < SERIAL_PORTS; i++)
        close_end(&ports->serial[i]);
    for (int i = 0; i < PARALLEL_PORTS; i++)
        close_end(&ports->parallel[i]);
    close_end(&ports->debugcon);
}

void ports_pump(struct ports *ports, struct machine *machine)
{
    for (unsigned i = 0; i < SERIAL_PORTS; i++) {
        struct port_end *end = &ports->serial[i];
        if (end->in < 0)
            continue;
        if (end->count == 0) {
            ssize_t got = read(end->in, end->waiting, sizeof end->waiting);
            end->first = 0;
            end->count = got > 0 ? (size_t)got : 0;
        }
        while (end->count && machine_serial_input(machine, i, end->waiting[end->first])) {
            end->first++;
            end->count--;
        }
    }
}
