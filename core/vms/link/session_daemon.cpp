// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/session_daemon.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/file_lock.h"

#include <QUrl>
#include <QUrlQuery>

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kStartDeadline{ 30 };

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

/// libvirtd ends when the user that it runs as has no record (virGetUserName). A fresh system has no person's account,
/// only those of the system.
Result<std::vector<std::string>> mapToUserWithRecord()
{
    const auto close = [](std::FILE* file) { static_cast<void>(std::fclose(file)); };
    const std::unique_ptr<std::FILE, decltype(close)> users(std::fopen("/etc/passwd", "re"), close);
    std::array<char, 4096> text{};
    passwd entry{};
    passwd* found = nullptr;
    while (users != nullptr && ::fgetpwent_r(users.get(), &entry, text.data(), text.size(), &found) == 0) {
        if (entry.pw_uid != 0 && entry.pw_gid != 0)
            return std::vector{ "--map-user=" + std::to_string(entry.pw_uid),
                "--map-group=" + std::to_string(entry.pw_gid) };
    }
    return Error{ ErrorCode::Unavailable, "/etc/passwd names no user but root, and libvirt needs one for a session", 0,
        "add a user: sudo useradd USER" };
}

/// Held while libvirtd is started: of two that start at once the second fails on the pid file of the first, which does
/// not listen yet.
Result<FileLock> lockStart()
{
    const std::string folder = userRuntimeFolder().toStdString();
    if (auto made = makeFolders(folder); !made)
        return std::move(made).error();
    return FileLock::acquire(folder + "/twinhull-start.lock");
}

Result<> startDaemon(const std::string& unshare, const std::string& libvirtd)
{
    auto map = mapToUserWithRecord();
    if (!map)
        return std::move(map).error();
    auto started
        = runChecked({ { unshare, "--user", map->at(0), map->at(1), libvirtd, "--daemon", "--timeout=120" }, {}, {} },
            kStartDeadline);
    return started ? Result<>() : std::move(started).error();
}

} // namespace

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

QString effectiveUri(const QString& uri)
{
    if (uri.section(u':', 0, 0).endsWith(u"+ssh") && !QUrlQuery(QUrl(uri)).hasQueryItem(QStringLiteral("no_tty")))
        return uri + (uri.contains(u'?') ? u'&' : u'?')
            + QStringLiteral("no_tty=1"); // ssh must not ask; nobody sees it
    if (::geteuid() != 0 || uri != u"qemu:///session")
        return uri;
    return uri + QStringLiteral("?socket=") + userRuntimeFolder() + QStringLiteral("/libvirt-sock");
}

Result<> ensureSessionDaemon(const QString& address)
{
    const QString socketPath = socketOf(address);
    const bool isOurs = ::geteuid() == 0 && address == effectiveUri(QStringLiteral("qemu:///session"));
    if (!isOurs || isListening(socketPath))
        return {};
    const std::string unshare = findExecutable("unshare");
    const std::string libvirtd = findExecutable("libvirtd");
    if (libvirtd.empty())
        return missing("libvirtd", "libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86");
    if (unshare.empty())
        return missing("unshare", "util-linux");
    const auto lock = lockStart();
    if (!lock)
        return Error(lock.error()).withContext("start libvirt for this session");
    if (isListening(socketPath))
        return {};
    auto started = startDaemon(unshare, libvirtd);
    if (started || isListening(socketPath)) // not by us
        return {};
    return std::move(started).error().withContext("start libvirt for this session");
}

} // namespace twinhull
