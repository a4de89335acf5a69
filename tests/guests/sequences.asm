; The instruction sequences of the timing reference's section 8.1, as code with a table of what a pass must take
; (tests/emu/timing/test_sequences.c). Sources: M. Abrash, Graphics Programming Black Book, ch. 12, 13, 21, 45; E. Toth,
; "Penalties on the 486"; the formulae of the i486 manual; karcherm/486mult.
;
; Loaded at 8000, entered in real mode at real_entry or protected_entry with EBX = the sequence. A sequence sets itself
; up, runs, and begins again for ever: the first rounds fill the cache. From .start to .end it makes its passes; where
; both are one place, a pass is from one arrival there to the next.
;
;   0600-1FFF  words to read        3000-6FFF  stacks        20000, 30000  buffers
        org 0x8000

DATA    equ 0x0600
STACK   equ 0x3000
BUFFER  equ 0x20000
TARGET  equ 0x30000

; The boards that a row is for.
IDEAL   equ 0                   ; 2-1-2 memory, no L2, no refresh, multiplier 1
DX33    equ 1                   ; 486dx-33, 486dx2-66 and 486dx4-100 as they are but for refresh
DX2     equ 2
DX4     equ 3
NO_L2   equ 4                   ; 486dx-33 without L2

        jmp short real_entry
        align 4
        dw real_entry, protected_entry, table, (table_end - table) / 96

section .data follows=.text align=4
table:
section .text

; RANGE name, bits, board, arrivals at .start before the one that counts, passes, least, most, text: clocks of all
; passes together. The text begins with the row's number.
%macro RANGE 8
[section .data]
        dd %1, %1.start, %1.end, %6, %7
        db %2, %3
        dw %4, %5
        db %8
        times 70 - %strlen(%8) db 0
__?SECT?__
        bits %2
        align 16
%1:
%assign mark 0
%endmacro

; LINE name, bits, clocks of a pass, text: passes one behind the other. Each begins with MARK; the first is for the
; ones after it to be in step.
REPEAT  equ 20
%macro LINE 4
        RANGE %1, %2, IDEAL, 2, REPEAT, REPEAT * (%3), REPEAT * (%3), %4
%endmacro
%macro MARK 0
%if mark = 1
.start:
%endif
%assign mark mark + 1
%endmacro

; LOOP_OF name, bits, clocks of a pass, text: WORDS arrivals a round.
WORDS   equ 100
%macro LOOP_OF 4
        RANGE %1, %2, IDEAL, WORDS + 20, 50, 50 * (%3), 50 * (%3), %4
%endmacro

real_entry:
        mov eax, cr0
        and eax, 0x9FFFFFFF     ; cache on
        mov cr0, eax
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        cld
        jmp bx

        align 8
gdt:    dq 0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF
gdtr:   dw 23
        dd gdt

protected_entry:
        xor ax, ax
        mov ds, ax
        lgdt [gdtr]
        mov eax, cr0
        and eax, 0x9FFFFFFF
        or al, 1
        mov cr0, eax
        jmp dword 8:.flat
        bits 32
.flat:  mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        cld
        jmp ebx

; --- Index, interlock ---

        LOOP_OF row1, 16, 8, "1 ADD AX,[BX+SI]; ADD SI,2; DEC CX; JNZ"
        mov bx, DATA
        xor si, si
        mov cx, WORDS
        align 16
.start:
.end:   add ax, [bx+si]
        add si, 2
        dec cx
        jnz .start
        jmp row1

        LOOP_OF row2, 16, 7, "2 ADD AX,[SI]; ADD SI,2; DEC CX; JNZ"
        mov si, DATA
        mov cx, WORDS
        align 16
.start:
.end:   add ax, [si]
        add si, 2
        dec cx
        jnz .start
        jmp row2

        LOOP_OF row3, 16, 9, "3 ADD SI,2; ADD AX,[SI]; DEC CX; JNZ"
        mov si, DATA
        mov cx, WORDS
        align 16
.start:
.end:   add si, 2
        add ax, [si]
        dec cx
        jnz .start
        jmp row3

        LOOP_OF row4, 16, 9, "4 MOV BX,imm; MOV AX,[BX]; INC DX; DEC CX; JNZ"
        mov cx, WORDS
        align 16
.start:
.end:   mov bx, DATA
        mov ax, [bx]
        inc dx
        dec cx
        jnz .start
        jmp row4

        LOOP_OF row5, 16, 8, "5 MOV BX,imm; INC DX; MOV AX,[BX]; DEC CX; JNZ"
        mov cx, WORDS
        align 16
.start:
.end:   mov bx, DATA
        inc dx
        mov ax, [bx]
        dec cx
        jnz .start
        jmp row5

        LOOP_OF row6, 16, 7, "6 MOV BX,imm; INC DX; DEC CX; MOV AX,[BX]; JNZ"
        mov cx, WORDS
        align 16
.start:
.end:   mov bx, DATA
        inc dx
        dec cx
        mov ax, [bx]
        jnz .start
        jmp row6

; --- The stack ---

; Every return but the last is to .start.
        LOOP_OF row7, 16, 6, "7 POP AX; RET"
        mov sp, STACK + 4 * WORDS
        mov cx, WORDS
        push row7
.fill:  push ax
        dec cx
        jz .start
        push .start
        jmp .fill
        align 16
.start:
.end:   pop ax
        ret

        LINE row8, 16, 4, "8 POP DX; POP CX; POP BX; POP AX"
        mov sp, STACK
        %rep REPEAT + 1
        MARK
        pop dx
        pop cx
        pop bx
        pop ax
        %endrep
.end:   jmp row8

; Eighteen bytes a pass; the words behind the last one's lead back.
        LOOP_OF row9, 16, 8, "9 ADD SP,10h; RET"
        mov di, STACK
        mov ax, .start
        mov cx, WORDS * 9
        rep stosw
        mov ax, row9
        mov cx, 20
        rep stosw
        mov sp, STACK
        align 16
.start:
.end:   add sp, 10h
        ret

        LINE row10, 16, 4, "10 ADD SP,10h; POP AX"
        mov sp, STACK
        %rep REPEAT + 1
        MARK
        add sp, 10h
        pop ax
        %endrep
.end:   jmp row10

; --- Byte registers ---

        LINE row11, 16, 4, "11 MOV AL,BL; MOV CX,DX; MOV SI,[DI]"
        mov di, DATA
        %rep REPEAT + 1
        MARK
        mov al, bl
        mov cx, dx
        mov si, [di]
        %endrep
.end:   jmp row11

        LINE row12, 16, 5, "12 MOV BL,AL; MOV CL,3; MOV BX,[SI]"
        mov si, DATA
        %rep REPEAT + 1
        MARK
        mov bl, al
        mov cl, 3
        mov bx, [si]
        %endrep
.end:   jmp row12

        LINE row13, 16, 3, "13 MOV CX,3; MOV DL,AL; MOV SI,[BX]"
        mov bx, DATA
        %rep REPEAT + 1
        MARK
        mov cx, 3
        mov dl, al
        mov si, [bx]
        %endrep
.end:   jmp row13

        LINE row14, 16, 5, "14 MOV BX,imm; MOV CL,AL; MOV AX,[BX]"
        %rep REPEAT + 1
        MARK
        mov bx, DATA
        mov cl, al
        mov ax, [bx]
        %endrep
.end:   jmp row14

        RANGE row15, 16, IDEAL, 2, 1000, 4000, 4000, "15 1000 x MOV DL,CL; NOP; MOV AX,[BX]"
        mov bx, DATA
        %rep 1001
        MARK
        mov dl, cl
        nop
        mov ax, [bx]
        %endrep
.end:   jmp row15

; It crosses a page, where the queue is a clock late, and the byte rule costs another.
        RANGE row16, 16, IDEAL, 2, 1000, 3000, 3005, "16 1000 x NOP; MOV DL,CL; MOV AX,[BX]"
        mov bx, DATA
        %rep 1001
        MARK
        nop
        mov dl, cl
        mov ax, [bx]
        %endrep
.end:   jmp row16

; 7400 clocks were measured on an unknown board of 33 MHz.
        RANGE row17, 16, NO_L2, 2, 2000, 6600, 8200, "17 2000 x row 16: not in the cache"
        mov bx, DATA
        %rep 2001
        MARK
        nop
        mov dl, cl
        mov ax, [bx]
        %endrep
.end:   jmp row17

; BX + 8000h is DATA + BL.
        LINE row18, 16, 8, "18 MOV DI,[BP+o]; MOV BL,[DI]; ADD DX,[BX+8000h]"
        mov sp, STACK
        call .pointers
        %rep REPEAT + 1
        MARK
        mov di, [bp+8]
        mov bl, [di]
        add dx, [bx+8000h]
        %endrep
.end:   jmp row18
.pointers:
        mov bp, DATA
        mov word [bp+8], DATA + 16
        mov byte [bp+16], 0
        mov bx, DATA + 0x8000
        mov di, DATA + 16
        ret

        LINE row19, 16, 5, "19 MOV BL,[DI]; MOV DI,[BP+o]; ADD DX,[BX+8000h]"
        mov sp, STACK
        call row18.pointers
        %rep REPEAT + 1
        MARK
        mov bl, [di]
        mov di, [bp+8]
        add dx, [bx+8000h]
        %endrep
.end:   jmp row19

        LINE row20, 16, 4, "20 MOV BL,[DI]; MOV DI,[BP+o]; ADD DX,AX; MOV AX,[BX+8000h]"
        mov sp, STACK
        call row18.pointers
        %rep REPEAT + 1
        MARK
        mov bl, [di]
        mov di, [bp+8]
        add dx, ax
        mov ax, [bx+8000h]
        %endrep
.end:   jmp row20

; --- Single instructions ---

        LINE row21, 16, 2, "21 MOV AX,[BX]; PUSH AX"
        mov sp, STACK
        mov bx, DATA
        %rep REPEAT + 1
        MARK
        mov ax, [bx]
        push ax
        %endrep
.end:   jmp row21

        LINE row21_memory, 16, 4, "21 PUSH [BX]"
        mov sp, STACK
        mov bx, DATA
        %rep REPEAT + 1
        MARK
        push word [bx]
        %endrep
.end:   jmp row21_memory

        LINE row22, 16, 6, "22 POP [BX]"
        mov sp, STACK
        mov bx, DATA
        %rep REPEAT + 1
        MARK
        pop word [bx]
        %endrep
.end:   jmp row22

        LINE row23, 16, 2, "23 ROR AX,2"
        %rep REPEAT + 1
        MARK
        ror ax, 2
        %endrep
.end:   jmp row23

        LINE row23_d1, 16, 3, "23 ROR AX,1 (D1)"
        %rep REPEAT + 1
        MARK
        db 0xD1, 0xC8
        %endrep
.end:   jmp row23_d1

        LINE row23_c1, 16, 2, "23 ROR AX,1 (C1)"
        %rep REPEAT + 1
        MARK
        db 0xC1, 0xC8, 1
        %endrep
.end:   jmp row23_c1

        LINE row24, 32, 1, "24 BSWAP ECX"
        %rep REPEAT + 1
        MARK
        bswap ecx
        %endrep
.end:   jmp row24

        LINE row25, 32, 5, "25 ADD ECX,EBP; ADC BL,DL; MOV AL,[EBX]"
        mov esp, STACK
        call .registers
        %rep REPEAT + 1
        MARK
        add ecx, ebp
        adc bl, dl
        mov al, [ebx]
        %endrep
.end:   jmp row25
.registers:
        pop eax
        mov ebx, DATA
        xor edx, edx
        xor ecx, ecx
        xor ebp, ebp
        jmp eax

        LINE row26, 32, 5, "26 ADD ECX,EBP; ADC BL,DL; SUB ESI,EBP; MOV AL,[EBX]"
        mov esp, STACK
        call row25.registers
        %rep REPEAT + 1
        MARK
        add ecx, ebp
        adc bl, dl
        sub esi, ebp
        mov al, [ebx]
        %endrep
.end:   jmp row26

        LINE row27, 32, 2, "27 MOV DWORD [EBP+16],1"
        mov ebp, DATA
        %rep REPEAT + 1
        MARK
        mov dword [ebp+16], 1
        %endrep
.end:   jmp row27

        LOOP_OF row28, 16, 7, "28 LOOP"
        mov cx, WORDS
        align 16
.start:
.end:   loop .start
        jmp row28

        LOOP_OF row28_dec, 16, 4, "28 DEC CX; JNZ"
        mov cx, WORDS
        align 16
.start:
.end:   dec cx
        jnz .start
        jmp row28_dec

; --- Loops, locked and long instructions ---

        LOOP_OF row29_1, 32, 9, "29 TCP checksum by words (listing 21.1)"
        mov esi, DATA
        mov ecx, WORDS
        align 16
.start:
.end:   add ax, [esi]
        adc ax, 0
        add esi, 2
        dec ecx
        jnz .start
        jmp row29_1

; 2.5 clocks a word, four words a pass.
        LOOP_OF row29_5, 32, 10, "29 TCP checksum by quadwords (listing 21.5)"
        mov esi, DATA
        mov ecx, WORDS
        align 16
.start:
.end:   add eax, edx
        mov edx, [esi]
        adc eax, ebx
        mov ebx, [esi+4]
        adc eax, 0
        add esi, 8
        dec ecx
        jnz .start
        jmp row29_5

        LINE row30, 16, 3, "30 INC [mem]"
        %rep REPEAT + 1
        MARK
        inc word [DATA]
        %endrep
.end:   jmp row30

        LINE row30_lock, 16, 8, "30 LOCK INC [mem]"
        %rep REPEAT + 1
        MARK
        lock inc word [DATA]
        %endrep
.end:   jmp row30_lock

        LINE row30_xchg, 16, 9, "30 XCHG [mem],AX"
        mov bx, DATA
        %rep REPEAT + 1
        MARK
        xchg [bx], ax
        %endrep
.end:   jmp row30_xchg

; ESI: IMUL's range is widest with 80000000h.
        RANGE row31, 32, IDEAL, 2, 1, 80, 80, "31 FDIV ST,ST1; MOV; MOV; IMUL; FSTP m32"
        fninit
        fld1
        fld1
        mov esi, 0x80000000
        times 40 nop
        align 16
.start: fdiv st0, st1
        mov ecx, 1
        mov edx, 2
        imul esi
        fstp dword [DATA]
.end:   jmp row31

        LINE row32, 16, 13, "32 MUL BX by 1"
        mov bx, 1
        %rep REPEAT + 1
        MARK
        mul bx
        %endrep
.end:   jmp row32

        LINE row32_ffff, 16, 26, "32 MUL BX by FFFFh"
        mov bx, 0xFFFF
        %rep REPEAT + 1
        MARK
        mul bx
        %endrep
.end:   jmp row32_ffff

        LINE row32_imul, 32, 15, "32 IMUL EBX by -1"
        mov ebx, -1
        %rep REPEAT + 1
        MARK
        imul ebx
        %endrep
.end:   jmp row32_imul

        RANGE row33, 32, IDEAL, 2, 1, 12 + 3 * 1024, 12 + 3 * 1024, "33 REP MOVSD, 1024 doublewords"
        mov esi, BUFFER
        mov edi, TARGET
        mov ecx, 1024
        times 20 nop
        align 16
.start: rep movsd
.end:   jmp row33

; --- What section 2 adds to other clocks ---

        LINE prefixes, 16, 2, "S2 MOV EAX,EBX with its prefix"
        %rep REPEAT + 1
        MARK
        mov eax, ebx
        %endrep
.end:   jmp prefixes

        LINE misaligned, 16, 4, "S2 MOV AX,[mem] across doublewords"
        %rep REPEAT + 1
        MARK
        mov ax, [DATA + 3]
        %endrep
.end:   jmp misaligned

        LOOP_OF split, 16, 8, "S2 CMP DX,imm across lines; DEC CX; JNZ to it"
        mov cx, WORDS
        align 16
        times 14 nop
.start:
.end:   cmp dx, 0x1234
        dec cx
        jnz .start
        jmp split

; --- The bus ---

; 26-27 clocks on a good board, 53-84 on a bad one (Abrash, table 45.1). The register: an index of the CRTC.
        RANGE row34, 32, DX33, 2, REPEAT, REPEAT * 26, REPEAT * 84, "34 OUT DX,AL to the VGA"
        mov dx, 0x3D4
        mov al, 0
        %rep REPEAT + 1
        MARK
        out dx, al
        %endrep
.end:   jmp row34

; One read that misses: sixteen lines that share a set of the chip's cache and not one of the code's. After some NOPs
; they are not hidden behind the rest of the fill any more.
        align 2048
%macro MISS_AND_NOPS 3
        RANGE row35_%2_%3, 32, %2, 70, 50, 0, 100000, %1
        mov esi, BUFFER + 0xF00
        mov ecx, 64
        align 16
.start:
.end:   mov eax, [esi]
        add esi, 4096
        and esi, BUFFER + 0xFFFF
        times %3 nop
        dec ecx
        jnz .start
        jmp row35_%2_%3
%endmacro
%assign nops 8
%rep 10
        MISS_AND_NOPS "35 a miss and NOPs, multiplier 2", DX2, nops
        MISS_AND_NOPS "35 a miss and NOPs, multiplier 3", DX4, nops
%assign nops nops + 1
%endrep

; Four lines of a set are filled and used in the order 0 2 3 1, and a fifth is read: which of them is gone? A read of
; that one waits for memory.
        align 2048
LINE_AT equ BUFFER + 0x700
%macro REPLACED 3
        RANGE row36_%1, 32, IDEAL, 2, 1, %2, %2, %3
        invd
        mov eax, [LINE_AT]
        mov eax, [LINE_AT + 0x800]
        mov eax, [LINE_AT + 0x1000]
        mov eax, [LINE_AT + 0x1800]
        mov eax, [LINE_AT]
        mov eax, [LINE_AT + 0x1000]
        mov eax, [LINE_AT + 0x1800]
        mov eax, [LINE_AT + 0x800]
        mov eax, [LINE_AT + 0x2000]
        align 16
        times 40 nop
.start: mov eax, [LINE_AT + %1 * 0x800]
.end:   jmp row36_%1
%endmacro
        REPLACED 0, 1, "36 pseudo-LRU keeps line 0"
        REPLACED 1, 1, "36 pseudo-LRU keeps line 1"
        REPLACED 2, 3, "36 pseudo-LRU evicts line 2"
        REPLACED 3, 1, "36 pseudo-LRU keeps line 3"

section .data
table_end:
