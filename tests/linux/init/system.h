/* What the init of the Linux tests has instead of a C library: Linux's system calls for i386 and a few helpers. Every
 * call returns what the kernel does: negative errno values for errors. */
#ifndef TESTS_LINUX_INIT_SYSTEM_H
#define TESTS_LINUX_INIT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_NOCTTY = 0400, O_TRUNC = 01000, O_APPEND = 02000,
       O_DIRECTORY = 0200000 };
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXECUTE = 4, MAP_SHARED = 1, MAP_PRIVATE = 2,
       MAP_FIXED = 16, MAP_ANONYMOUS = 32, MS_SYNC = 4 };
enum { PAGE = 4096, SEEK_SET = 0, WNOHANG = 1 };
enum { SIGINT = 2, SIGILL = 4, SIGTRAP = 5, SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12,
       SIGALRM = 14, SIGCHLD = 17, SIGNALS = 32 };
enum { SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_ONSTACK = 0x08000000 };
enum { MS_RDONLY = 1, MS_REMOUNT = 32, CLOCK_MONOTONIC = 1 };
enum { RB_AUTOBOOT = 0x01234567, RB_HALT_SYSTEM = (int)0xCDEF0123 };

struct timespec { int64_t seconds, nanoseconds; };

/* A handler gets the signal's number, the address that faulted (si_addr), and the registers it may change. */
struct signal_info { int32_t signal, error, code; void *address; uint8_t rest[112]; };
struct signal_registers {
    uint32_t gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, trap, error, eip, cs, eflags, esp_at_signal, ss;
    uint32_t *fpu;              /* as FNSAVE stores it, or NULL */
};
struct signal_context {
    uint32_t flags;
    void *link;
    struct { void *base; int32_t flags; uint32_t size; } stack;
    struct signal_registers registers;
};
typedef void signal_handler(int signal, struct signal_info *info, struct signal_context *context);

int system_call(int number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f);

void sys_exit(int code) __attribute__((noreturn));
int sys_fork(void);
int sys_read(int file, void *to, size_t size);
int sys_write(int file, const void *from, size_t size);
int sys_open(const char *path, int flags);
int sys_close(int file);
int sys_wait(int child, int *status, int options);
int sys_unlink(const char *path);
int sys_seek(int file, int offset, int whence);
int sys_getpid(void);
int sys_mount(const char *what, const char *where, const char *kind, uint32_t flags);
void sys_sync(void);
int sys_kill(int process, int signal);
int sys_mkdir(const char *path);
int sys_rmdir(const char *path);
int sys_pipe(int ends[2]);
int sys_ioctl(int file, uint32_t request, const void *argument);
int sys_dup2(int from, int to);
int sys_setsid(void);
int sys_fsync(int file);
int sys_truncate(int file, uint32_t size);
int sys_iopl(int level);
int sys_reboot(int how);
int sys_getdents(int file, void *to, size_t size);

/* Pages, or a negative errno value as a pointer: see failed(). */
void *sys_mmap(size_t size, int protection, int flags, int file);
void *sys_mmap_at(uintptr_t address, size_t size, int protection, int flags);
int sys_munmap(void *pages, size_t size);
int sys_mprotect(void *pages, size_t size, int protection);
int sys_msync(void *pages, size_t size);
bool failed(const void *pages);

/* Installs a handler that blocks the signals of MASK (bit n - 1 for signal n) while it runs; NULL: the default. */
int sys_signal(int signal, signal_handler *handler, uint32_t mask, int flags);
int sys_signal_mask(uint32_t mask);     /* replaces the mask of blocked signals */
int sys_alternate_stack(void *base, size_t size);
int sys_timer(uint32_t microseconds, uint32_t interval);    /* SIGALRM, by the real-time timer */
void sys_sleep(uint32_t milliseconds);
uint32_t milliseconds_now(void);

/* --- text.c --- */

void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t text_length(const char *text);
bool text_equal(const char *a, const char *b);
uint32_t text_number(const char *text);     /* decimal; 0 if there are no digits */

/* Writes to a file; print() to stdout, with %s, %d, %u, %x (8 digits) and %c. */
void put_text(int file, const char *text);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
