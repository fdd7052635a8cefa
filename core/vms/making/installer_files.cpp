// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/installer_files.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

constexpr int kPendingVersion = 1;
constexpr std::size_t kPendingLimitBytes = 16U << 10U;
constexpr qint64 kHeaderOffset = 0x202; ///< Documentation/x86/boot.rst of Linux, "header"
constexpr qint64 kLeastKernelBytes = 1024;

QString installerTr(const char* text)
{
    return QCoreApplication::translate("InstallerFiles", text);
}

} // namespace

InstallerFiles::InstallerFiles(const VmFolder& folder) : m_path(folder.path() + QStringLiteral("/installer")) { }

Result<> checkInstallerFile(const QString& path, const QByteArray& sum, bool isKernel)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ ErrorCode::Io, "read " + path.toStdString(), 0, {} };
    if (isKernel) {
        const bool isLarge = file.size() >= kLeastKernelBytes && file.seek(kHeaderOffset);
        if (!isLarge || file.read(4) != "HdrS")
            return Error{ ErrorCode::Corrupt, "the installer's kernel is no Linux kernel for PCs", 0,
                "Check the address: the server may have answered with another page" };
        file.seek(0);
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!sum.isEmpty() && (!hash.addData(&file) || hash.result().toHex() != sum))
        return Error{ ErrorCode::Corrupt, "what came is not what the tree's sums say", 0,
            "Try again, or choose another mirror" };
    return {};
}

Result<> InstallerFiles::fetch(const InstallSource& source, const InstallTree& tree, JobContext& context) const
{
    if (auto made = makeFolders(m_path.toStdString()); !made)
        return made;
    context.setStep(installerTr("Fetching the installer’s kernel"));
    if (auto fetched = source.fetch(tree.kernelPath, kernelPath().toStdString(), context); !fetched)
        return std::move(fetched).error().withContext("fetch the installer's kernel");
    if (auto checked = checkInstallerFile(kernelPath(), tree.kernelSum, true); !checked)
        return checked;
    context.setStep(installerTr("Fetching the installer’s initrd"));
    if (auto fetched = source.fetch(tree.initrdPath, initrdPath().toStdString(), context); !fetched)
        return std::move(fetched).error().withContext("fetch the installer's initrd");
    if (auto checked = checkInstallerFile(initrdPath(), tree.initrdSum, false); !checked)
        return checked;
    context.setProgress(0, 0);
    return {};
}

Result<> InstallerFiles::setPending(const QString& arguments) const
{
    const QJsonObject json{ { QStringLiteral("version"), kPendingVersion },
        { QStringLiteral("arguments"), arguments.simplified() } };
    return writeFileAtomically(
        pendingPath().toStdString(), QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString());
}

std::optional<PendingInstaller> InstallerFiles::pending() const
{
    const auto text = readFile(pendingPath().toStdString(), kPendingLimitBytes);
    if (!text)
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    if (json.value(u"version").toInt() != kPendingVersion)
        return std::nullopt;
    return PendingInstaller{ kernelPath(), initrdPath(), json.value(u"arguments").toString() };
}

Result<> InstallerFiles::markBegun() const
{
    if (std::rename(pendingPath().toStdString().c_str(), begunPath().toStdString().c_str()) != 0)
        return Error::fromErrno(errno, "note that the installer runs");
    return {};
}

bool InstallerFiles::hasBegun() const
{
    return exists(begunPath().toStdString());
}

Result<> InstallerFiles::setPendingAgain() const
{
    const Error none{
        ErrorCode::NotFound, "no installer is kept for it", 0,
        "One is kept until the installed system switches itself off. Make the VM anew: twinhullctl vm create --location"
    };
    if (!exists(m_path.toStdString()))
        return none;
    const auto claimed = claim();
    if (!claimed)
        return claimed.error();
    if (exists(pendingPath().toStdString()))
        return {};
    if (!hasBegun())
        return none;
    if (std::rename(begunPath().toStdString().c_str(), pendingPath().toStdString().c_str()) != 0)
        return Error::fromErrno(errno, "note that the installer is to run");
    return {};
}

Result<UniqueFd> InstallerFiles::claim() const
{
    auto fd = openPath(m_path.toStdString(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!fd)
        return fd;
    if (::flock(fd->fd(), LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (errno == EWOULDBLOCK)
        return Error{ ErrorCode::Busy, "another program starts its installer", errno, "Wait for it" };
    return Error::fromErrno(errno, "lock " + m_path.toStdString());
}

void InstallerFiles::settle(InstallerMoment moment) const
{
    if (!exists(m_path.toStdString()) || moment == InstallerMoment::Elsewhere)
        return;
    const auto claimed = claim();
    if (!claimed)
        return; // another is at work on it, and looks again afterwards
    const bool isPending = exists(pendingPath().toStdString());
    if (moment == InstallerMoment::Running && isPending)
        (void)markBegun(); // else the next look does
    const bool isOver = moment == InstallerMoment::EndedByItself || (moment == InstallerMoment::Off && !hasBegun());
    if (isOver && !isPending)
        (void)removeTree(m_path.toStdString()); // likewise
}

Result<QByteArray> installerDomain(const QByteArray& definedXml, const PendingInstaller& installer)
{
    auto domain = DomainXml::parse(definedXml);
    if (!domain)
        return std::move(domain).error();
    setTextAt(domain->root(), QStringLiteral("os/kernel"), installer.kernelPath);
    setTextAt(domain->root(), QStringLiteral("os/initrd"), installer.initrdPath);
    setTextAt(domain->root(), QStringLiteral("os/cmdline"), installer.arguments);
    setTextAt(domain->root(), QStringLiteral("on_reboot"), QStringLiteral("destroy"));
    return domain->toText();
}

} // namespace twinhull
