/* What Linux makes of the board: the real-time clock's interrupts through its driver, and V86 mode. */
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

enum { RTC_UIE_ON = 0x7003, RTC_UIE_OFF = 0x7004, RTC_AIE_ON = 0x7001, RTC_AIE_OFF = 0x7002 };
#define RTC_RD_TIME 0x80247009u
#define RTC_ALM_SET 0x40247007u

struct rtc_time { int32_t second, minute, hour, day, month, year, weekday, yearday, summer; };

static int32_t second_of_day(const struct rtc_time *time)
{
    return (time->hour * 60 + time->minute) * 60 + time->second;
}

/* Two updates are a second apart, and the alarm comes in the second it was set to. */
void test_clock(void)
{
    int rtc = sys_open("/dev/rtc0", O_RDONLY);
    struct rtc_time time, alarm;
    uint32_t first, second, data;

    CHECK(rtc >= 0);
    if (rtc < 0)
        return;
    CHECK(sys_ioctl(rtc, RTC_RD_TIME, &time) == 0 && time.year >= 80 && time.month >= 0 && time.month < 12);
    CHECK(sys_ioctl(rtc, RTC_UIE_ON, NULL) == 0);
    CHECK(sys_read(rtc, &data, sizeof data) == sizeof data && (data & 0xFF) == 0x90);
    first = milliseconds_now();
    CHECK(sys_read(rtc, &data, sizeof data) == sizeof data);
    second = milliseconds_now();
    CHECK(second - first >= 960 && second - first <= 1040);
    CHECK(sys_ioctl(rtc, RTC_UIE_OFF, NULL) == 0);
    CHECK(sys_ioctl(rtc, RTC_RD_TIME, &time) == 0);
    alarm = time;
    alarm.second = (time.second + 2) % 60;
    alarm.minute = (time.minute + (time.second + 2) / 60) % 60;
    alarm.hour = (time.hour + (time.minute == 59 && !alarm.minute)) % 24;
    CHECK(sys_ioctl(rtc, RTC_ALM_SET, &alarm) == 0 && sys_ioctl(rtc, RTC_AIE_ON, NULL) == 0);
    CHECK(sys_read(rtc, &data, sizeof data) == sizeof data && (data & 0xFF) == 0xA0);
    CHECK(sys_ioctl(rtc, RTC_RD_TIME, &time) == 0 && second_of_day(&time) == second_of_day(&alarm));
    sys_ioctl(rtc, RTC_AIE_OFF, NULL);
    sys_close(rtc);
}

/* --- V86 mode --- */

/* struct vm86_struct of Linux, with what lies behind it. */
struct vm86 {
    uint32_t ebx, ecx, edx, esi, edi, ebp, eax, null_ds, null_es, null_fs, null_gs, original_eax;
    uint32_t eip, cs, eflags, esp, ss, es, ds, fs, gs;
    uint32_t flags, bitmap, cpu, revectored[16];
};

enum { VM86_TYPE = 0xFF, VM86_INTX = 2, CODE = 0x1000, STACK = 0x2000, SYS_VM86OLD = 113 };

/* A program of the 8086 in a page at 1000h: segments, the stack, a far call and a loop; then INT 42h. */
static const uint8_t program[] = {
    0xB8, 0x00, 0x01,                       /*       mov ax, 100h */
    0x8E, 0xD8,                             /*       mov ds, ax */
    0xB9, 0x0A, 0x00,                       /*       mov cx, 10 */
    0x31, 0xDB,                             /*       xor bx, bx */
    0x9A, 0x20, 0x00, 0x00, 0x01,           /* next: call 100h:20h */
    0xE2, 0xF9,                             /*       loop next */
    0x89, 0x1E, 0x40, 0x00,                 /*       mov [40h], bx */
    0xCD, 0x42,                             /*       int 42h */
    [0x20] = 0x01, 0xCB,                    /*       add bx, cx */
    0xCB,                                   /*       retf */
};

void test_vm86(void)
{
    static struct vm86 vm;
    uint8_t *page = sys_mmap_at(CODE, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXECUTE, MAP_PRIVATE | MAP_ANONYMOUS);
    int result;

    CHECK(!failed(page));
    if (failed(page))
        return;
    memcpy(page, program, sizeof program);
    vm.cs = CODE / 16;
    vm.ss = STACK / 16;
    vm.esp = 0x800;
    vm.revectored[0x42 / 32] = 1u << 0x42 % 32;
    vm.cpu = 4;
    result = system_call(SYS_VM86OLD, (uint32_t)(uintptr_t)&vm, 0, 0, 0, 0, 0);
    CHECK(result > 0 && (result & VM86_TYPE) == VM86_INTX && result >> 8 == 0x42);
    CHECK(vm.eip == 0x17);
    CHECK((vm.ebx & 0xFFFF) == 55 && page[0x40] == 55 && page[0x41] == 0);
    CHECK((vm.esp & 0xFFFF) == 0x800 && vm.ds == 0x100);
    sys_munmap(page, 2 * PAGE);
}
