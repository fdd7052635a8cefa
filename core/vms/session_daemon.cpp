// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/session_daemon.h"

#include "core/base/subprocess.h"

#include <QUrl>
#include <QUrlQuery>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kStartDeadline{ 30 };

/// As libvirt's virGetUserRuntimeDirectory() and GLib below it find it.
QString userRuntimeFolder()
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (!runtime.isEmpty())
        return runtime + QStringLiteral("/libvirt");
    const QString cache = qEnvironmentVariable("XDG_CACHE_HOME");
    return (cache.isEmpty() ? qEnvironmentVariable("HOME") + QStringLiteral("/.cache") : cache)
        + QStringLiteral("/libvirt");
}

QString socketOf(const QString& uri)
{
    return QUrlQuery(QUrl(uri)).queryItemValue(QStringLiteral("socket"));
}

bool isListening(const QString& socketPath)
{
    const QByteArray path = socketPath.toUtf8();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= static_cast<int>(sizeof address.sun_path))
        return false;
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ::connect(probe.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Error missing(const char* program, const char* package)
{
    return Error{ ErrorCode::Unavailable, std::string(program) + " is not installed", 0,
        std::string("sudo apt install ") + package };
}

} // namespace

QString effectiveUri(const QString& uri)
{
    if (::geteuid() != 0 || uri != u"qemu:///session")
        return uri;
    return uri + QStringLiteral("?socket=") + userRuntimeFolder() + QStringLiteral("/libvirt-sock");
}

Result<> ensureSessionDaemon(const QString& effectiveUri)
{
    const QString socketPath = socketOf(effectiveUri);
    if (::geteuid() != 0 || !effectiveUri.startsWith(u"qemu:///session?") || isListening(socketPath))
        return {};
    const std::string unshare = findExecutable("unshare");
    const std::string libvirtd = findExecutable("libvirtd");
    if (libvirtd.empty())
        return missing("libvirtd", "libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86");
    if (unshare.empty())
        return missing("unshare", "util-linux");
    auto started = runChecked(
        { { unshare, "--user", "--map-user=1000", "--map-group=1000", libvirtd, "--daemon", "--timeout=120" }, {}, {} },
        kStartDeadline);
    if (started || isListening(socketPath)) // another program of ours may have been first
        return {};
    return std::move(started).error().withContext("start libvirt for this session");
}

} // namespace twinhull
