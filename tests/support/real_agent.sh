#!/bin/busybox sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of the guest of tests/integration/ctl_vm_guest_test.cpp: a system of its own name and a wrong clock, with the
# real qemu-guest-agent, which begins when the disk is larger than its 8 MiB, and is started again when it ends, with what stands in
# /run/options; one that was stopped goes on when the disk is larger than 9 MiB. The agent alone shuts it down: nothing hears the power
# button. On its console it says what its clock says, each second.
export PATH=/bin:/sbin
/bin/busybox --install /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
while read -r module; do insmod "/modules/$module"; done < /modules/load
hostname inside
date -s '2001-02-03 04:05:06' > /dev/null
ip link set lo up
ip address add 10.11.12.13/24 dev lo
mkdir -p /data /run /var/run /tmp
: > /run/options
mount -t ext4 /dev/vda /data

cat > /sbin/shutdown << 'end'
#!/bin/sh
# As the agent calls it: -h, then -P or -r, and when.
sync
case " $* " in *" -r "*) reboot -f ;; *) poweroff -f ;; esac
end
chmod 755 /sbin/shutdown

find_port() {
    grep -lx org.qemu.guest_agent.0 /sys/class/virtio-ports/*/name 2> /dev/null | sed 's|.*/\([^/]*\)/name|/dev/\1|'
}

(
    until port=$(find_port) && [ -n "$port" ]; do sleep 1; done
    until [ "$(cat /sys/block/vda/size)" -gt 16384 ]; do sleep 0.2; done
    # shellcheck disable=SC2046 # each word of it is an option
    while :; do /usr/sbin/qemu-ga --method virtio-serial --path "$port" --statedir /run $(cat /run/options); done
) &
while sleep 1; do
    echo "clock $(date +%s)"
    # shellcheck disable=SC2046 # it may be none
    [ "$(cat /sys/block/vda/size)" -le 18432 ] || kill -CONT $(pidof qemu-ga) 2> /dev/null
done
