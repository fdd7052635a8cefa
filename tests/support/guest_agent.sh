#!/bin/busybox sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of a guest of tests/integration/vm_agent_test.cpp. It answers on qemu-guest-agent's channel as that does
# (qga/qapi-schema.json of QEMU); agent=NAME on the kernel's line says how: telling (the root's figures, which grow), mute (no
# answer but the first), absent (nothing listens), without (there is no channel).
export PATH=/bin
/bin/busybox --install /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
while read -r module; do insmod "/modules/$module"; done < /modules/load
mode=$(sed 's/.*agent=\([a-z]*\).*/\1/' /proc/cmdline)

find_port() {
    grep -lx org.qemu.guest_agent.0 /sys/class/virtio-ports/*/name 2>/dev/null | sed 's|.*/\([^/]*\)/name|/dev/\1|'
}

tell_root() {
    head -c 1048576 /dev/zero >> /grown
    set -- $(stat -f -c '%S %b %f' /)
    used=$((($2 - $3) * $1))
    echo "told $used of $(($2 * $1))"
    echo "{\"return\": [{\"name\": \"none\", \"mountpoint\": \"/proc\", \"type\": \"proc\", \"disk\": []}, {\"name\": \"vda1\"," \
        "\"mountpoint\": \"/\", \"type\": \"ext4\", \"used-bytes\": $used, \"total-bytes\": $(($2 * $1)), \"disk\": []}]}" >&3
}

answer() {
    case $1 in
    *guest-sync-delimited*) printf '\377{"return": %s}\n' "$(number "$1")" >&3 ;;
    *guest-sync*) printf '{"return": %s}\n' "$(number "$1")" >&3 ;;
    *) [ "$mode" = mute ] || tell_root ;;
    esac
}

number() { echo "$1" | sed 's/.*"id": *\([0-9]*\).*/\1/'; }

case $mode in
telling | mute)
    until port=$(find_port) && [ -n "$port" ]; do sleep 1; done
    exec 3<> "$port"
    while :; do
        if read -r line <&3; then
            [ -z "$line" ] || answer "$line"
        else
            sleep 1 # nobody is at the other end
        fi
    done
    ;;
esac
while :; do sleep 1000; done
