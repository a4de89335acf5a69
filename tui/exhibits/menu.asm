; The menu: shows what the machine looks like (base memory, owner of INT 13h, date), a list of exhibits, and for each a
; page of text from which it can be run.
%include "layout.inc"
        bits 16
        org MENU_ADDRESS

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov [drive], dl
menu:   call clear
        mov si, title
        call print
        call print_machine
        mov si, list
        call print
.key:   xor ax, ax
        int 0x16
        or al, 0x20                     ; lower case
        sub al, 'a'
        cmp al, EXHIBITS
        jae .key
        cbw
        mov [choice], ax
        call show_page
        jmp menu

; The page of exhibit [choice]; Enter runs it, Esc goes back.
show_page:
        call clear
        mov bx, [choice]
        add bx, bx
        mov si, [pages + bx]
        call print
        mov si, page_keys
        call print
.key:   xor ax, ax
        int 0x16
        cmp al, 27
        je .back
        cmp al, 13
        jne .key
        call run
.back:  ret

; Loads exhibit [choice] and runs it. The specimen, a boot sector, gets 0000:7C00 and the machine; the others return.
run:    mov ax, [choice]
        mov cl, EXHIBIT_SECTORS
        mul cl
        add al, EXHIBIT_LBA + 1         ; sectors count from 1, all exhibits lie on the first track
        mov cl, al
        mov ch, 0
        mov dh, 0
        mov dl, [drive]
        mov bx, 0x7C00
        cmp word [choice], 0
        je .load
        mov ax, PROGRAM_SEGMENT
        mov es, ax
        xor bx, bx
.load:  mov ax, 0x0200 + EXHIBIT_SECTORS
        cmp word [choice], 0
        jne .read
        mov al, 1
.read:  int 0x13
        push ds
        pop es
        jc .failed
        cmp word [choice], 0
        jne .program
        mov dl, [drive]
        jmp 0:0x7C00
.program:
        call clear
        mov dl, [drive]
        push ds
        push es
        call PROGRAM_SEGMENT:0
        pop es
        pop ds
        mov si, any_key
        call print
        xor ax, ax
        int 0x16
        ret
.failed:
        mov si, cannot_read
        call print
        xor ax, ax
        int 0x16
        ret

; One line: base memory, vector 13h, date.
print_machine:
        mov si, memory_text
        call print
        int 0x12
        call print_decimal
        mov si, vector_text
        call print
        mov ax, [0x13 * 4 + 2]
        call print_hex
        mov al, ':'
        call put
        mov ax, [0x13 * 4]
        call print_hex
        mov si, date_text
        call print
        mov ah, 4
        int 0x1A
        jc .no_date
        mov ax, cx
        call print_hex
        mov al, '-'
        call put
        mov al, dh
        call print_hex8
        mov al, '-'
        call put
        mov al, dl
        call print_hex8
.no_date:
        ret

print:  lodsb
        test al, al
        jz .end
        call put
        jmp print
.end:   ret

put:    push bx
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        pop bx
        ret

print_decimal:
        mov bx, 10
        xor cx, cx
.digit: xor dx, dx
        div bx
        push dx
        inc cx
        test ax, ax
        jnz .digit
.put:   pop ax
        add al, '0'
        call put
        loop .put
        ret

print_hex:
        push ax
        mov al, ah
        call print_hex8
        pop ax
print_hex8:
        push ax
        shr al, 4
        call .digit
        pop ax
        and al, 15
.digit: cmp al, 10
        sbb al, 0x69
        das
        jmp put

clear:  mov ax, 0x0003
        int 0x10
        ret

drive:  db 0
choice: dw 0

EXHIBITS equ 4
pages:  dw page_specimen, page_decrypt, page_calibrate, page_race

title:  db 13, 10, "   T R O W E L   -   exhibits", 13, 10
        db         "   ==========================", 13, 10, 13, 10, 0
memory_text: db "   Base memory ", 0
vector_text: db " KB    INT 13h at ", 0
date_text:   db "    Date ", 0
list:   db 13, 10, 13, 10
        db "   a   A boot sector that stays (and shows its hand on March 6)", 13, 10, 13, 10
        db "   b   A program that decrypts itself", 13, 10, 13, 10
        db "   c   A delay loop that a fast CPU breaks", 13, 10, 13, 10
        db "   d   A race with a floppy drive", 13, 10, 13, 10, 13, 10
        db "   Press a letter. Each exhibit has a debugger script: type, for", 13, 10
        db "   example, 'exhibit specimen' at the debugger's prompt first.", 13, 10, 0
page_keys: db 13, 10, "   Enter runs it, Esc goes back.", 13, 10, 0
any_key: db 13, 10, "   Press a key for the menu.", 0
cannot_read: db 13, 10, "   The exhibit cannot be read from the disk.", 0

page_specimen:
        db 13, 10, "   a: A boot sector that stays", 13, 10, 13, 10
        db "   Boot-sector viruses of the eighties took one kilobyte or two from the", 13, 10
        db "   top of base memory (the word at 0:413h), moved there, took INT 13h and", 13, 10
        db "   then loaded the real boot sector as if nothing had happened. This", 13, 10
        db "   specimen does the same, but it writes to no disk and cannot replicate.", 13, 10
        db "   Like Michelangelo it looks at the date when a disk is read: on March 6", 13, 10
        db "   it shows its hand.", 13, 10, 13, 10
        db "   Debugger:  exhibit specimen    stops at 0:7C00, at each stage of the", 13, 10
        db "   installation, and shows which vector points where.", 13, 10
        db "   Try also:  trowel --date 1992-03-06", 13, 10, 0
page_decrypt:
        db 13, 10, "   b: A program that decrypts itself", 13, 10, 13, 10
        db "   The message and the code that prints it are encrypted on the disk with", 13, 10
        db "   a key that changes at every byte. A short loop decrypts them in place,", 13, 10
        db "   a few bytes behind the instructions that are being executed, and uses", 13, 10
        db "   a stack in the same page. Disassemblers see only the loop.", 13, 10, 13, 10
        db "   Debugger:  exhibit decrypt    lets the loop finish, then disassembles", 13, 10
        db "   what it made.", 13, 10, 0
page_calibrate:
        db 13, 10, "   c: A delay loop that a fast CPU breaks", 13, 10, 13, 10
        db "   Many programs counted how often a loop runs in one timer tick and", 13, 10
        db "   divided, to know how long to wait. When the CPU became too fast the", 13, 10
        db "   quotient no longer fitted its register: 'Divide error', or Turbo", 13, 10
        db "   Pascal's 'Runtime error 200'. This loop was written for a 25 MHz 486.", 13, 10, 13, 10
        db "   Works:     trowel --timing table --machine 486sx-25", 13, 10
        db "   Fails:     trowel --timing table --machine 486dx4-100", 13, 10
        db "   Debugger:  exhibit calibrate    catches the exception and shows the", 13, 10
        db "   count.", 13, 10, 0
page_race:
        db 13, 10, "   d: A race with a floppy drive", 13, 10, 13, 10
        db "   A drive needs half a second to spin up and three milliseconds or more", 13, 10
        db "   for each step. This driver starts the motor, orders a seek over forty", 13, 10
        db "   cylinders, waits a little and takes it for granted that the heads have", 13, 10
        db "   arrived. Fast emulators let it win.", 13, 10, 13, 10
        db "   Wins:      trowel --timing fast", 13, 10
        db "   Loses:     trowel --timing table", 13, 10
        db "   Debugger:  exhibit race    stops when the motor starts, when the seek", 13, 10
        db "   ends, and when the driver asks; compare $tick.", 13, 10, 0

        times MENU_SECTORS * 512 - ($ - $$) db 0
