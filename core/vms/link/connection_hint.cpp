// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/connection_hint.h"

#include <QUrl>

#include <array>

namespace twinhull {

namespace {

/// What a complaint contains and what helps; "PLACE" stands for where ssh goes, "HOST" for its computer.
struct Remedy {
    const char* complaint;
    const char* hint;
};

constexpr std::array kSshRemedies{
    Remedy{ "@@@@@@@@", // how ssh begins to say that; libvirt's first line ends there
        "The host's key is not the one from before. Ask its administrator whether it was changed; only then forget the "
        "old one: ssh-keygen -R HOST" },
    Remedy{ "Host key verification failed",
        "The host's key is unknown here, or was changed. Connect once in a terminal and compare it: ssh PLACE" },
    Remedy{ "Permission denied",
        "It needs a key, because nobody is asked for a password: ssh-copy-id PLACE, or ssh-add where the key is "
        "locked" },
    Remedy{ "Could not resolve hostname", "Check the host's name in the connection's address." },
    Remedy{ "Connection refused", "No ssh server answers there. Start one on the host: sudo systemctl start ssh" },
    Remedy{ "Connection timed out", "The host is off or out of reach. It is tried again by itself." },
    Remedy{ "No route to host", "The host is off or out of reach. It is tried again by itself." },
    Remedy{ "Cannot recv data", "Try the same in a terminal: ssh PLACE virsh list" },
};

constexpr const char* kSystemHint
    = "The VMs of the whole system are for members of the group libvirt: sudo usermod -aG libvirt $USER, then log in "
      "again; or for whom polkit allows the action org.libvirt.unix.manage: by its question in a desktop, or a rule in "
      "/etc/polkit-1/rules.d.";

/// Drivers that come in packages of their own, by the scheme of their address.
constexpr std::array kDrivers{
    Remedy{ "xen", "It needs a computer that runs Xen, and: sudo apt install libvirt-daemon-driver-xen" },
    Remedy{ "lxc", "sudo apt install libvirt-daemon-driver-lxc, and start libvirtd" },
    Remedy{ "vbox", "It needs VirtualBox, and: sudo apt install libvirt-daemon-driver-vbox" },
    Remedy{ "bhyve", "bhyve is FreeBSD's: reach such a host by bhyve+ssh://HOST/system" },
    Remedy{ "qemu",
        "Install and start libvirt: sudo apt install libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86" },
};

bool contains(const Error& error, const char* text)
{
    return error.message.find(text) != std::string::npos;
}

std::string sshHint(const Error& error, const QUrl& uri)
{
    const QString user = uri.userName().isEmpty() ? QString() : uri.userName() + u'@';
    for (const Remedy& remedy : kSshRemedies) {
        if (contains(error, remedy.complaint))
            return QString::fromLatin1(remedy.hint)
                .replace(QLatin1String("PLACE"), user + uri.host())
                .replace(QLatin1String("HOST"), uri.host())
                .toStdString();
    }
    return {};
}

bool isAboutRights(const Error& error)
{
    return error.code == ErrorCode::PermissionDenied || contains(error, "polkit") || contains(error, "org.libvirt.")
        || contains(error, "Permission denied");
}

} // namespace

Error withNextStep(Error error, const QString& uri)
{
    if (!error.hint.empty())
        return error;
    const QUrl url(uri);
    const QString scheme = url.scheme();
    if (scheme.endsWith(u"+ssh")) {
        error.hint = sshHint(error, url);
        return error;
    }
    if (isAboutRights(error) && url.path().startsWith(u"/system"))
        return std::move(error).withHint(kSystemHint);
    for (const Remedy& driver : kDrivers) {
        if (scheme.section(u'+', 0, 0) == QLatin1String(driver.complaint))
            return std::move(error).withHint(driver.hint);
    }
    return error;
}

Error withSilentHostsHint(Error error, const QString& uri)
{
    const QUrl url(uri);
    const QString user = url.userName().isEmpty() ? QString() : url.userName() + u'@';
    error.hint = url.scheme().endsWith(u"+ssh") ? "The host is off or out of reach, or ssh waits for an answer that "
                                                  "nobody is asked for. Try the same in a terminal: ssh "
            + (user + url.host()).toStdString() + " virsh list"
                                                : "See whether the host is up and libvirt runs on it.";
    return error;
}

} // namespace twinhull
