#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# twin_vm_bench.sh BIN [RUNS]: QEMU's exec to the entrypoint's first line, emulated: the twin's profile beside a q35 as
# virt-manager makes it with Debian's stock initrd (initramfs-tools, MODULES=most) and the packaged vmlinuz. Same kernel, same
# busybox tree, 512 MiB, 1 CPU, run by turns. Prints the median wall time, CPU seconds and PSS of QEMU at that moment.
# Needs: qemu-system-x86, erofs-utils, e2fsprogs, busybox-static, initramfs-tools-core; root for the mount namespace.
set -euo pipefail

bin=$(realpath "${1:?usage: twin_vm_bench.sh BIN [RUNS]}") # twinhullctl and guest-init
runs=${2:-5}
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/twinvm.XXXXXX)
qemu=
trap '[ -z "$qemu" ] || kill -9 "$qemu" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

unpack_kernel() {
  package=$("$top/installer/fetch-kernel.sh" "$top/build/bench")
  dpkg-deb -x "$package" k
  version=$(basename k/lib/modules/* | head -n 1)
}

make_stock_initrd() { # initramfs-tools looks below /lib/modules only: give it ours in a mount namespace of its own
  depmod -b k "$version"
  mkdir -p /lib/modules
  unshare -m sh -c "mount --bind k/lib/modules /lib/modules && mount --bind k/boot /boot && mkinitramfs -o stock.img $version" 2> mkinitramfs.log ||
    { tail -n 3 mkinitramfs.log >&2; exit 1; }
}

prepare_twin_kernel() { # as the product does it
  HOME=$work/home XDG_DATA_HOME=$work/data XDG_RUNTIME_DIR=$work "$bin/twinhullctl" kernel prepare "$package" > /dev/null
  cp data/twinhull/kernels/*/vmlinux vmlinux
  cp data/twinhull/kernels/*/initramfs own.img
}

make_roots() {
  mkdir -p root/bin root/sbin root/etc root/dev root/proc root/sys root/run root/root
  cp /bin/busybox root/bin/
  ln -s busybox root/bin/sh
  printf '#!/bin/sh\necho TWIN-READY > /dev/console\nexec /bin/busybox sleep 1000\n' > root/sbin/init
  chmod +x root/sbin/init
  mkfs.erofs root.erofs root > /dev/null
  truncate -s 10G overlay.img
  mke2fs -q -F -t ext4 -m 0 -N 65536 -J size=4 -E lazy_itable_init=0,assume_storage_prezeroed=1 overlay.img
  truncate -s 1G stock.disk
  mke2fs -q -F -t ext4 -d root stock.disk
  cat > setup.json <<'JSON'
{"version":1,"hostName":"bench","arguments":["/sbin/init"],"environment":[],"workingFolder":"/","user":"","stopSignal":15,
"network":{"address":"10.0.2.15","prefixLength":24,"gateway":"10.0.2.2","nameServer":"10.0.2.3"}}
JSON
}

twin() { # core/vms/domain_writer.cpp, as libvirt turns it into arguments
  sed -n 's/.*= "\(console=ttyS0[^"]*\)".*/\1/p' "$top/core/vms/domain_writer.cpp" > cmdline
  exec qemu-system-x86_64 -no-user-config -nodefaults -display none -machine q35,usb=off,vmport=off,smm=off \
    -accel tcg,tb-size=32 -cpu qemu64,+arat -m 512 -smp 1 -kernel vmlinux -initrd own.img -append "$(cat cmdline)" \
    -fw_cfg name=opt/org.twinhull/setup,file=setup.json \
    -drive if=none,id=r,format=raw,file=root.erofs,readonly=on -device virtio-blk-pci,drive=r,serial=twinhull-root,addr=2 \
    -drive if=none,id=o,format=raw,file=overlay.img -device virtio-blk-pci,drive=o,serial=twinhull-overlay,addr=3 \
    -netdev user,id=n -device virtio-net-pci,netdev=n,romfile=,addr=4 -device virtio-serial-pci,addr=5 \
    -chardev socket,id=a,path=agent.sock,server=on,wait=off -device virtserialport,chardev=a,name=org.twinhull.agent.0 \
    -serial stdio
}

peer() { # what virt-manager 4 writes for a Linux guest without KVM
  exec qemu-system-x86_64 -no-user-config -nodefaults -display none -machine q35,usb=off,vmport=off -accel tcg -cpu qemu64 \
    -m 512 -smp 1 -kernel "k/boot/vmlinuz-$version" -initrd stock.img -append "console=ttyS0 root=/dev/vda rw quiet" \
    -device pcie-root-port,id=p1,chassis=1,addr=2.0,multifunction=on -device pcie-root-port,id=p2,chassis=2,addr=2.1 \
    -device pcie-root-port,id=p3,chassis=3,addr=2.2 -device pcie-root-port,id=p4,chassis=4,addr=2.3 \
    -device pcie-root-port,id=p5,chassis=5,addr=2.4 -device pcie-root-port,id=p6,chassis=6,addr=2.5 \
    -device qemu-xhci,p2=15,p3=15,bus=p2 -device virtio-serial-pci,bus=p3 -device virtio-vga -device ich9-intel-hda \
    -drive if=none,id=r,format=raw,file=stock.disk -device virtio-blk-pci,drive=r,bus=p4 -device virtio-balloon-pci,bus=p5 \
    -object rng-random,id=g,filename=/dev/urandom -device virtio-rng-pci,rng=g,bus=p6 -device usb-tablet \
    -netdev user,id=n -device virtio-net-pci,netdev=n,bus=p1 -serial stdio
}

measure() { # SIDE: one line "milliseconds cpu-seconds pss-KiB"
  rm -f agent.sock
  local start end line ticks
  start=$(date +%s%N)
  coproc GUEST { "$1" 2>/dev/null; }
  qemu=$GUEST_PID
  while IFS= read -r -t 120 line <&"${GUEST[0]}"; do [[ $line == *TWIN-READY* ]] && break; done
  end=$(date +%s%N)
  ticks=$(awk '{print $14 + $15}' "/proc/$qemu/stat")
  echo "$(((end - start) / 1000000)) $(awk -v t="$ticks" 'BEGIN { print t / 100 }') $(awk '/^Pss:/ {print $2}' "/proc/$qemu/smaps_rollup")" >> "$1.runs"
  kill -9 "$qemu"
  wait "$qemu" 2>/dev/null || true
  qemu=
}

median() { # FILE COLUMN
  awk -v c="$2" '{print $c}' "$1" | sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

unpack_kernel
make_stock_initrd
prepare_twin_kernel
make_roots
for ((run = 0; run < runs; ++run)); do
  measure peer
  measure twin
done
printf '%-34s %10s %10s %10s\n' "QEMU exec to entrypoint (emulated)" "wall ms" "CPU s" "PSS MiB"
for side in peer twin; do
  printf '%-34s %10s %10s %10s\n' "$side" "$(median $side.runs 1)" "$(median $side.runs 2)" "$(($(median $side.runs 3 | cut -d. -f1) / 1024))"
done
awk -v a="$(median peer.runs 1)" -v b="$(median twin.runs 1)" -v c="$(median peer.runs 2)" -v d="$(median twin.runs 2)" \
  -v e="$(median peer.runs 3)" -v f="$(median twin.runs 3)" \
  'BEGIN {printf "%-34s %10.2f %10.2f %10.2f   (at most 0.40, 0.35, 0.60)\n", "twin / peer", b / a, d / c, f / e}'
