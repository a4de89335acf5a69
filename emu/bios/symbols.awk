# Turns the symbol lists of NASM's map files into rows of a C table, one a global label, sorted by address:
#
#     awk -f emu/bios/symbols.awk build/vgabios.map build/bios.map      { 0xFE05B, "compat_post" },
#
# The map's source file tells where the ROM lies: vgabios.asm at C0000, bios.asm at F0000.

/^Source file:/ { segment = /vgabios/ ? "C" : "F" }

/^---- / { in_section = /Section/ && !/No Section/ }

in_section && NF == 3 && $1 ~ /^[0-9A-F]+$/ && $3 ~ /^[a-z][a-z0-9_]*$/ {
    offset = substr("0000" $1, length($1) + 1)
    print "{ 0x" segment offset ", \"" $3 "\" }," | "sort"
}
