# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's own initrd for a kernel package: initramfs-tools, MODULES=most. Nothing is installed: the tools lie in a
folder of their own above this system's files, in a mount namespace."""
import pathlib
import shutil
import subprocess
import tempfile

PACKAGES = ("initramfs-tools", "initramfs-tools-core", "klibc-utils", "libklibc", "kmod", "libkmod2", "udev")
MERGED = ("bin", "sbin", "lib", "lib64")  # links to usr/… on this system
SCRIPT = """set -e
mount -t tmpfs tools lower
mkdir lower/tools lower/upper lower/work
cp -a tools/. lower/tools/
mount -t overlay overlay -o lowerdir=$PWD/lower/tools:/,upperdir=$PWD/lower/upper,workdir=$PWD/lower/work merged
mount --rbind /dev merged/dev
mount -t proc proc merged/proc
mount -t tmpfs temporary merged/tmp
mount -t tmpfs temporary merged/var/tmp
mount --bind out merged/mnt
chroot merged depmod "$1"
chroot merged mkinitramfs -o /mnt/initrd "$1"
"""


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"stock_initrd: {command[0]} failed: {done.stderr.strip()[-500:]}")


def make(package, cache):
    """Paths of the package's kernel and of its initrd; made once for a version and kept in `cache`."""
    cache = pathlib.Path(cache).resolve()
    with tempfile.TemporaryDirectory(prefix="stock_initrd.") as name:
        work = pathlib.Path(name)
        for folder in ("tools", "lower", "merged", "out", "packages"):
            (work / folder).mkdir()
        run(["dpkg-deb", "-x", package, "tools"], work)
        version = next((work / "tools/lib/modules").iterdir()).name
        kernel, initrd = cache / f"vmlinuz-{version}", cache / f"initrd-{version}"
        if kernel.exists() and initrd.exists():
            return str(kernel), str(initrd)
        run(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", *PACKAGES], work / "packages")
        for tool in (work / "packages").glob("*.deb"):
            run(["dpkg-deb", "-x", str(tool), "tools"], work)
        for folder in MERGED:
            if (work / "tools" / folder).is_dir():
                shutil.copytree(work / "tools" / folder, work / "tools/usr" / folder, symlinks=True, dirs_exist_ok=True)
                shutil.rmtree(work / "tools" / folder)
        run(["unshare", "-m", "sh", "-c", SCRIPT, "sh", version], work)
        shutil.copy(work / f"tools/boot/vmlinuz-{version}", kernel)
        shutil.copy(work / "out/initrd", initrd)
    return str(kernel), str(initrd)
