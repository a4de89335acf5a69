/* The entry into the program, and Linux's system calls for i386: INT 80h with the number in EAX and up to six arguments
 * in EBX, ECX, EDX, ESI, EDI and EBP. Numbers as in arch/x86/entry/syscalls/syscall_32.tbl. */
#include "tests/linux/init/system.h"

__asm__(".globl _start\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movl (%esp), %eax\n"           /* argc, argv */
        "    leal 4(%esp), %edx\n"
        "    andl $-16, %esp\n"
        "    subl $8, %esp\n"
        "    pushl %edx\n"
        "    pushl %eax\n"
        "    call main\n"
        "    movl %eax, %ebx\n"
        "    movl $1, %eax\n"
        "    int $0x80\n"
        ".globl system_call\n"
        "system_call:\n"
        "    pushl %ebp\n"
        "    pushl %edi\n"
        "    pushl %esi\n"
        "    pushl %ebx\n"
        "    movl 20(%esp), %eax\n"
        "    movl 24(%esp), %ebx\n"
        "    movl 28(%esp), %ecx\n"
        "    movl 32(%esp), %edx\n"
        "    movl 36(%esp), %esi\n"
        "    movl 40(%esp), %edi\n"
        "    movl 44(%esp), %ebp\n"
        "    int $0x80\n"
        "    popl %ebx\n"
        "    popl %esi\n"
        "    popl %edi\n"
        "    popl %ebp\n"
        "    ret\n"
        ".globl signal_return\n"
        "signal_return:\n"
        "    movl $173, %eax\n"             /* rt_sigreturn */
        "    int $0x80\n");

void signal_return(void);

static uint32_t word(const void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static int call3(int number, uint32_t a, uint32_t b, uint32_t c)
{
    return system_call(number, a, b, c, 0, 0, 0);
}

void sys_exit(int code)
{
    for (;;)
        call3(1, (uint32_t)code, 0, 0);
}

int sys_fork(void) { return call3(2, 0, 0, 0); }
int sys_read(int file, void *to, size_t size) { return call3(3, (uint32_t)file, word(to), size); }
int sys_write(int file, const void *from, size_t size) { return call3(4, (uint32_t)file, word(from), size); }
int sys_open(const char *path, int flags) { return call3(5, word(path), (uint32_t)flags, 0644); }
int sys_close(int file) { return call3(6, (uint32_t)file, 0, 0); }
int sys_wait(int child, int *status, int options) { return call3(7, (uint32_t)child, word(status), (uint32_t)options); }
int sys_unlink(const char *path) { return call3(10, word(path), 0, 0); }
int sys_seek(int file, int offset, int whence) { return call3(19, (uint32_t)file, (uint32_t)offset, (uint32_t)whence); }
int sys_getpid(void) { return call3(20, 0, 0, 0); }
void sys_sync(void) { call3(36, 0, 0, 0); }
int sys_kill(int process, int signal) { return call3(37, (uint32_t)process, (uint32_t)signal, 0); }
int sys_mkdir(const char *path) { return call3(39, word(path), 0755, 0); }
int sys_rmdir(const char *path) { return call3(40, word(path), 0, 0); }
int sys_pipe(int ends[2]) { return call3(42, word(ends), 0, 0); }
int sys_ioctl(int file, uint32_t request, const void *to) { return call3(54, (uint32_t)file, request, word(to)); }
int sys_dup2(int from, int to) { return call3(63, (uint32_t)from, (uint32_t)to, 0); }
int sys_setsid(void) { return call3(66, 0, 0, 0); }
int sys_munmap(void *pages, size_t size) { return call3(91, word(pages), size, 0); }
int sys_truncate(int file, uint32_t size) { return call3(93, (uint32_t)file, size, 0); }
int sys_iopl(int level) { return call3(110, (uint32_t)level, 0, 0); }
int sys_fsync(int file) { return call3(118, (uint32_t)file, 0, 0); }
int sys_mprotect(void *pages, size_t size, int allowed) { return call3(125, word(pages), size, (uint32_t)allowed); }
int sys_msync(void *pages, size_t size) { return call3(144, word(pages), size, MS_SYNC); }
int sys_getdents(int file, void *to, size_t size) { return call3(220, (uint32_t)file, word(to), size); }

int sys_mount(const char *what, const char *where, const char *kind, uint32_t flags)
{
    return system_call(21, word(what), word(where), word(kind), flags, 0, 0);
}

int sys_reboot(int how)
{
    return system_call(88, 0xFEE1DEAD, 672274793, (uint32_t)how, 0, 0, 0);
}

static void *map(uint32_t address, size_t size, int protection, int flags, int file)
{
    return (void *)(uintptr_t)(uint32_t)system_call(192, address, size, (uint32_t)protection, (uint32_t)flags,
                                                    (uint32_t)file, 0);
}

void *sys_mmap(size_t size, int protection, int flags, int file)
{
    return map(0, size, protection, flags, file);
}

void *sys_mmap_at(uintptr_t address, size_t size, int protection, int flags)
{
    return map((uint32_t)address, size, protection, flags | MAP_FIXED, -1);
}

bool failed(const void *pages)
{
    return word(pages) >= 0xFFFFF000u;
}

struct kernel_action { signal_handler *handler; uint32_t flags; void (*restorer)(void); uint32_t mask[2]; };

int sys_signal(int signal, signal_handler *handler, uint32_t mask, int flags)
{
    struct kernel_action action = { handler, (uint32_t)(flags | SA_SIGINFO | SA_RESTORER), signal_return, { mask, 0 } };

    if (!handler)
        action.flags = 0;
    return system_call(174, (uint32_t)signal, word(&action), 0, sizeof action.mask, 0, 0);
}

int sys_signal_mask(uint32_t mask)
{
    const uint32_t both[2] = { mask, 0 };

    return system_call(175, 2, word(both), 0, sizeof both, 0, 0);
}

int sys_alternate_stack(void *base, size_t size)
{
    const struct { void *base; int32_t flags; uint32_t size; } stack = { base, base ? 0 : 2, size };

    return call3(186, word(&stack), 0, 0);
}

int sys_timer(uint32_t microseconds, uint32_t interval)
{
    const uint32_t value[4] = { interval / 1000000, interval % 1000000,
                                microseconds / 1000000, microseconds % 1000000 };

    return call3(104, 0, word(value), 0);
}

void sys_sleep(uint32_t milliseconds)
{
    const struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

    system_call(407, CLOCK_MONOTONIC, 0, word(&time), 0, 0, 0);
}

uint32_t milliseconds_now(void)
{
    struct timespec time = { 0, 0 };

    call3(403, CLOCK_MONOTONIC, word(&time), 0);
    return (uint32_t)time.seconds * 1000 + (uint32_t)time.nanoseconds / 1000000;
}
