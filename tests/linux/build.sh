#!/bin/sh
# build.sh FOLDER JOBS: what the Linux tests start, made in FOLDER from Debian's linux-source-6.1 and tests/linux, and
# made again only where something it comes from is newer:
#   vmlinuz-m486, vmlinuz-m486sx     kernels for a 486 with an FPU and without one, see the *.config files
#   init                             the static /sbin/init with its shell and self-test
# Needs gcc, make, flex, bison, bc, xz-utils. Runs as any user.
set -e
folder=${1:?usage: build.sh FOLDER JOBS}
jobs=${2:?usage: build.sh FOLDER JOBS}
here=$(dirname "$0")
archive=/usr/src/linux-source-6.1.tar.xz
source=$folder/source

# newer TARGET FILE...: is TARGET missing, or one of the files newer?
newer()
{
    target=$1
    shift
    [ -e "$target" ] || return 0
    [ -n "$(find "$@" -newer "$target" -print | head -n 1)" ]
}

# What no PC without PCI and network compiles stays in the archive; its Kconfig files are wanted all the same.
unpack()
{
    echo "linux: unpacking $archive"
    rm -rf "$source" "$source.new"
    mkdir -p "$source.new"
    tar -xJf "$archive" -C "$source.new" --strip-components=1 --wildcards \
        --exclude='*/Documentation/*/*' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' \
        $(for part in drivers/gpu drivers/net drivers/media drivers/staging drivers/infiniband drivers/iio \
                      drivers/scsi/qla2xxx drivers/scsi/lpfc sound samples; do echo "--exclude=*/$part/*.[ch]"; done) \
        $(for arch in alpha arc arm arm64 csky hexagon ia64 loongarch m68k microblaze mips nios2 openrisc parisc \
                      powerpc riscv s390 sh sparc um xtensa; do echo "--exclude=*/arch/$arch/*.[chSd]*"; done)
    mv "$source.new" "$source"
}

# kernel NAME: builds vmlinuz-NAME from kernel.config and NAME.config.
kernel()
{
    newer "$folder/vmlinuz-$1" "$here/kernel.config" "$here/$1.config" "$archive" || return 0
    newer "$source/Makefile" "$archive" && unpack
    echo "linux: building vmlinuz-$1 (log: $folder/$1.log)"
    build=$(cd "$folder" && pwd)/$1
    mkdir -p "$build"
    run="make -C $source O=$build ARCH=i386 -j$jobs"
    if ! { $run tinyconfig && cat "$here/kernel.config" "$here/$1.config" >>"$build/.config" &&
           $run olddefconfig && $run bzImage; } >"$folder/$1.log" 2>&1; then
        tail -n 20 "$folder/$1.log" >&2
        echo "linux: building vmlinuz-$1 failed" >&2
        exit 1
    fi
    check_options "$build/.config" "$here/kernel.config" "$here/$1.config"
    cp "$build/arch/x86/boot/bzImage" "$folder/vmlinuz-$1"
}

# check_options CONFIG FILE...: fails if an option of the FILEs did not take.
check_options()
{
    config=$1
    shift
    sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=n$/# \1 is not set/p; /^CONFIG_.*=[^n]/p; /^CONFIG_.*=n./p' "$@" |
    while read -r line; do
        case $line in
        CONFIG_*) grep -qxF "$line" "$config" ;;
        *) name=${line#\# }; ! grep -q "^${name%% *}=" "$config" ;;
        esac || { echo "linux: the configuration does not take: $line" >&2; exit 1; }
    done
}

# No C library, no position-independent code, nothing that a 486 does not have.
init()
{
    newer "$folder/init" "$here"/init/*.[ch] "$0" || return 0
    gcc -m32 -march=i486 -mfpmath=387 -std=c11 -O2 -Wall -Wextra -ffreestanding -fno-pic -no-pie -nostdlib -static \
        -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fcf-protection=none \
        -Wl,--build-id=none -I"$here/../.." -o "$folder/init" "$here"/init/*.c
}

mkdir -p "$folder"
init
kernel m486
kernel m486sx
