# The byte that makes all bytes of a ROM sum up to zero, as option ROMs must (reads `od -An -v -tu1 FILE`; the ROM is
# assembled once with a zero there and once more with the result):
#
#     nasm -f bin -Iemu/bios/ emu/bios/vgabios.asm -o build/vgabios.bin
#     nasm -f bin -Iemu/bios/ -DCHECKSUM=$(od -An -v -tu1 build/vgabios.bin | awk -f emu/bios/checksum.awk) \
#          emu/bios/vgabios.asm -o build/vgabios.bin

{ for (i = 1; i <= NF; i++) sum += $i }

END { print (256 - sum % 256) % 256 }
