#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for `criu swrk 3` where the kernel or criu cannot do it: answers as the name it is called by says."""

import os
import socket
import struct
import subprocess
import sys
import time

NOTIFY, DUMP, RESTORE = 6, 1, 2
MODE = os.path.basename(sys.argv[0])


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def text(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def fields(data):
    at = 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = take()
        value = take()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        yield key >> 3, value


def tell(peer, moment, pid=None, attached=None):
    inner = text(1, moment) + (number(2, pid) if pid else b"")
    message = number(1, NOTIFY) + number(2, 1) + text(5, inner)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", attached))] if attached is not None else []
    peer.sendmsg([message], rights)
    answer = peer.recv(65536)
    return bool(answer) and dict(fields(answer)).get(3) == 1


def end(peer, kind, success, pid=0, error=None):
    message = number(1, kind) + number(2, int(success)) + (text(4, number(1, pid)) if pid else b"")
    peer.send(message + (text(9, error) if error else b""))
    sys.exit(0 if success else 1)


def write_log(options, lines):
    folder = f"/proc/self/fd/{options[17]}"
    with open(f"{folder}/{options[10].decode()}", "w") as log:
        log.write("\n".join(lines) + "\n")


def dump(peer, options):
    if MODE == "fails":
        write_log(options, ["(00.1) Running", "(00.2) Error (criu/a.c:1): a: the first cause",
                            "(00.3) Error (criu/cr-dump.c:2): Dumping FAILED."])
        end(peer, DUMP, False)
    if MODE == "says-why":
        end(peer, DUMP, False, error=b"Error (criu/b.c:2): b: told by the answer")
    if MODE == "late-failure":
        tell(peer, b"post-dump")
        end(peer, DUMP, False, error=b"no space left")
    if MODE == "interrupted":
        os.kill(os.getppid(), 15)
        end(peer, DUMP, tell(peer, b"network-lock"))
    if MODE == "slow":  # until hull gives up
        while tell(peer, b"network-lock"):
            time.sleep(0.05)
        end(peer, DUMP, False)
    if MODE == "leaves":
        tell(peer, b"post-dump")
        end(peer, DUMP, True)
    if MODE == "ends":
        tell(peer, b"post-dump")
        os.kill(options[2], 9)
        end(peer, DUMP, True)


def restore(peer, options):
    child = subprocess.Popen(["/bin/sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    accepted = tell(peer, b"setup-namespaces", child.pid)
    if MODE == "killed-hull":
        os.kill(os.getppid(), 9)
        sys.exit(1)  # what it restored stays: hull delete --force finds it
    if MODE == "fails-late" or not accepted:
        child.kill()
        write_log(options, ["(00.2) Error (criu/r.c:1): r: cannot go on"])
        end(peer, RESTORE, False)
    tell(peer, b"post-restore", child.pid)
    end(peer, RESTORE, True, pid=child.pid)


def main():
    if MODE == "silent":
        sys.exit(1)
    if MODE == "chatters":
        sys.exit("first line\ncannot work here")
    peer = socket.socket(fileno=3)
    request = dict(fields(peer.recv(65536)))
    if MODE == "garbage":
        peer.send(b"Usage: criu")
        time.sleep(0)
        sys.exit(1)
    options = dict(fields(request[2]))
    (dump if request[1] == DUMP else restore)(peer, options)


main()
