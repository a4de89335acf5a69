#!/bin/sh
# layers.sh BUILD: holds the folders to their layers. Every #include "..." must be an arrow of the list below, and the
# objects of emu/ must have no writable file-scope data.
build=${1:?usage: layers.sh BUILD}
failed=0

# allowed FOLDER-OF-THE-INCLUDER INCLUDED-FILE
allowed()
{
    case "$1" in
    tui) case "$2" in tui/*|debugger/debugger.h|emu/emu.h|emu/inspect.h|emu/probe.h|emu/state.h|qcow2/qcow2.h) return 0;; esac;;
    tui/exhibits) case "$2" in qcow2/qcow2.h) return 0;; esac;;
    debugger) case "$2" in debugger/*|emu/emu.h|emu/inspect.h|emu/probe.h) return 0;; esac;;
    qcow2) case "$2" in qcow2/*) return 0;; esac;;
    emu) case "$2" in emu/*) return 0;; esac;;
    emu/cpu) case "$2" in emu/cpu/*|emu/bus.h|emu/clock.h|emu/probe.h|emu/state.h|emu/timing/timing.h|emu/timing/cycle.h|emu/timing/pseudo_lru.h) return 0;; esac;;
    emu/dev) case "$2" in emu/bus.h|emu/clock.h|emu/probe.h|emu/state.h|emu/disk.h|emu/mechanics.h|emu/screen.h) return 0;; esac;;
    emu/timing) case "$2" in emu/timing/*|emu/clock.h|emu/mechanics.h|emu/state.h) return 0;; esac;;
    emu/bios) case "$2" in emu/bios/*|emu/inspect.h|rom_symbols.inc) return 0;; esac;;
    esac
    return 1
}

# A chip may include its own header and those of its own parts (vga_screen.c: vga.h), never another chip's.
own_chip()
{
    chip=$(basename "$1"); chip=${chip%%[_.]*}
    case "$2" in emu/dev/"$chip".h|emu/dev/"$chip"_*.h) return 0;; esac
    return 1
}

for file in $(find emu debugger qcow2 tui -name '*.[ch]'); do
    folder=$(dirname "$file")
    for included in $(sed -n 's/^ *# *include *"\(.*\)".*/\1/p' "$file"); do
        allowed "$folder" "$included" && continue
        [ "$folder" = emu/dev ] && own_chip "$file" "$included" && continue
        echo "layers: $file includes $included, an arrow that the design does not have"
        failed=1
    done
done

for object in $(find "$build/emu" -name '*.o'); do
    # Constant tables of pointers lie in .data.rel.ro, which the loader makes read-only, not in .data or .bss.
    for symbol in $(objdump -t "$object" |
                    awk '/ O (\.data|\.bss|\*COM\*)/ && !/ O \.data\.rel\.ro/ { print $NF }'); do
        echo "layers: $object has writable file-scope data: $symbol"
        failed=1
    done
done

grep -ln '<n\?curses' -r tui debugger qcow2 emu | grep -v '^tui/terminal\.c$' | while read -r file; do
    echo "layers: $file includes curses; only tui/terminal.c may"
done | grep . && failed=1

[ $failed = 0 ] && echo "layers: every include is an arrow of the design; no writable data in emu/"
exit $failed
