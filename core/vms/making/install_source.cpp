// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/install_source.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/downloads/download.h"
#include "core/vms/disks/disk_probe.h"

#include <QRegularExpression>
#include <QTemporaryDir>

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::uint64_t kMostTextBytes = 4U << 20U;
constexpr std::uint64_t kMostFileBytes = 1U << 30U;
constexpr std::chrono::seconds kLookSilence{ 10 };
constexpr std::chrono::minutes kExtractDeadline{ 10 };
constexpr std::size_t kPieceBytes = 1U << 20U;

Error cancelledFetch()
{
    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
}

class HttpSource : public InstallSource {
public:
    explicit HttpSource(QUrl base) : m_base(std::move(base)) { }

    Result<bool> has(const QString& path, JobContext& context) const override
    {
        return isThereToDownload(at(path), { kMostFileBytes, kLookSilence }, context);
    }
    Result<QByteArray> read(const QString& path, JobContext& context) const override
    {
        return downloadText(at(path), { kMostTextBytes, kLookSilence }, context);
    }
    Result<> fetch(const QString& path, const std::string& target, JobContext& context) const override
    {
        return downloadFile(
            at(path), target, { kMostFileBytes }, context, [&context](std::uint64_t done, std::uint64_t total) {
                context.setProgress(static_cast<qint64>(done), static_cast<qint64>(total));
            });
    }

private:
    QUrl at(const QString& path) const
    {
        QUrl url = m_base;
        url.setPath(m_base.path() + (m_base.path().endsWith(u'/') ? QString() : QStringLiteral("/")) + path);
        return url;
    }

    QUrl m_base;
};

/// A regular file of at most `limit` bytes.
Result<> checkRegular(const UniqueFd& file, const std::string& name, std::uint64_t limit)
{
    struct stat info { };
    if (::fstat(file.fd(), &info) != 0)
        return Error::fromErrno(errno, "look at " + name);
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::NotFound, name + " is no file", 0, {} };
    if (static_cast<std::uint64_t>(info.st_size) > limit)
        return Error{ ErrorCode::Corrupt, name + " is larger than " + std::to_string(limit >> 20U) + " MiB", 0, {} };
    return {};
}

Result<> copyWhole(const UniqueFd& from, const std::string& target, JobContext& context)
{
    const auto to = openPath(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!to)
        return Error(to.error());
    struct stat info { };
    (void)::fstat(from.fd(), &info); // its size is for the progress alone
    std::string piece(kPieceBytes, '\0');
    for (std::uint64_t done = 0;;) {
        const ssize_t got = ::read(from.fd(), piece.data(), piece.size());
        if (got < 0)
            return Error::fromErrno(errno, "read the installer");
        if (got == 0)
            break;
        if (context.isCancelled())
            return cancelledFetch();
        done += static_cast<std::uint64_t>(got);
        if (done > kMostFileBytes) // it grows
            return Error{ ErrorCode::Corrupt, "the installer is larger than 1 GiB", 0, {} };
        if (auto written = writeAll(*to, std::string_view(piece.data(), static_cast<std::size_t>(got))); !written)
            return written;
        context.setProgress(static_cast<qint64>(done), static_cast<qint64>(info.st_size));
    }
    return ::fsync(to->fd()) == 0 ? Result<>() : Error::fromErrno(errno, "write " + target);
}

/// Links inside are followed as if the folder were "/": it may be a medium of somebody else's.
class FolderSource : public InstallSource {
public:
    explicit FolderSource(UniqueFd folder) : m_folder(std::move(folder)) { }

    Result<bool> has(const QString& path, JobContext&) const override
    {
        const auto file = open(path, kMostFileBytes);
        if (file)
            return true;
        const Error& error = file.error();
        const bool isAbsent = error.code == ErrorCode::NotFound || error.sysErrno == ENOTDIR;
        return isAbsent ? Result<bool>(false) : Result<bool>(error);
    }
    Result<QByteArray> read(const QString& path, JobContext&) const override
    {
        const auto file = open(path, kMostTextBytes);
        if (!file)
            return file.error();
        auto text = readAll(*file, kMostTextBytes);
        return text ? Result<QByteArray>(QByteArray::fromStdString(*text)) : std::move(text).error();
    }
    Result<> fetch(const QString& path, const std::string& target, JobContext& context) const override
    {
        const auto file = open(path, kMostFileBytes);
        return file ? copyWhole(*file, target, context) : Result<>(file.error());
    }

private:
    Result<UniqueFd> open(const QString& path, std::uint64_t limit) const
    {
        open_how how{};
        how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK; // a FIFO must not hold us
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        const QByteArray name = path.toUtf8();
        UniqueFd file(static_cast<int>(::syscall(SYS_openat2, m_folder.fd(), name.constData(), &how, sizeof how)));
        if (!file)
            return Error::fromErrno(errno, "open " + name.toStdString());
        auto checked = checkRegular(file, name.toStdString(), limit);
        return checked ? Result<UniqueFd>(std::move(file)) : std::move(checked).error();
    }

    UniqueFd m_folder;
};

/// xorriso reads it, as it writes our own; with limits, because the file may be made to ask for any amount.
class IsoFileSource : public InstallSource {
public:
    explicit IsoFileSource(std::string path) : m_path(std::move(path)) { }

    Result<bool> has(const QString& path, JobContext& context) const override
    {
        const std::string inside = "/" + path.toStdString();
        auto told = run({ "-find", inside, "-type", "f", "--" }, context);
        if (!told)
            return std::move(told).error();
        return told->standardOutput.find("'" + inside + "'") != std::string::npos;
    }
    Result<QByteArray> read(const QString& path, JobContext& context) const override
    {
        const QTemporaryDir folder;
        if (!folder.isValid())
            return Error{ ErrorCode::Io, "make a temporary folder: " + folder.errorString().toStdString(), 0, {} };
        const auto file = extract(path, folder.path().toStdString() + "/text", kMostTextBytes, context);
        if (!file)
            return file.error();
        auto text = readAll(*file, kMostTextBytes);
        return text ? Result<QByteArray>(QByteArray::fromStdString(*text)) : std::move(text).error();
    }
    Result<> fetch(const QString& path, const std::string& target, JobContext& context) const override
    {
        const auto file = extract(path, target, kMostFileBytes, context);
        if (!file)
            return Error(file.error());
        if (::fchmod(file->fd(), 0600) != 0) // what it had on the medium
            return Error::fromErrno(errno, "chmod " + target);
        return ::fsync(file->fd()) == 0 ? Result<>() : Error::fromErrno(errno, "write " + target);
    }

private:
    /// A link on the medium becomes one on the disk: it is not followed.
    Result<UniqueFd> extract(
        const QString& path, const std::string& target, std::uint64_t limit, JobContext& context) const
    {
        auto ran = run({ "-osirrox", "on", "-extract_single", "/" + path.toStdString(), target }, context);
        if (!ran)
            return std::move(ran).error();
        auto file = openPath(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (!file)
            return Error{ ErrorCode::NotFound, "there is no file " + path.toStdString() + " in " + m_path, 0, {} };
        auto checked = checkRegular(*file, path.toStdString(), limit);
        return checked ? std::move(file) : Result<UniqueFd>(std::move(checked).error());
    }

    Result<CommandOutput> run(std::vector<std::string> words, JobContext& context) const
    {
        const std::string xorriso = findExecutable("xorriso");
        const std::string limiter = findExecutable("prlimit");
        if (xorriso.empty())
            return Error{ ErrorCode::Unavailable, "xorriso is not installed", 0, "sudo apt install xorriso" };
        if (limiter.empty())
            return Error{ ErrorCode::Unavailable, "prlimit is not installed", 0, "sudo apt install util-linux" };
        Command command{ { limiter, "--as=2147483648", "--fsize=" + std::to_string(kMostFileBytes), xorriso, "-no_rc",
                             "-abort_on", "NEVER", "-return_with", "FATAL", "32", "-indev", "stdio:" + m_path },
            { "LC_ALL=C.UTF-8" }, {} };
        command.arguments.insert(
            command.arguments.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
        CommandRun how{ kExtractDeadline };
        how.isCancelled = [&context] { return context.isCancelled(); };
        return runCommand(command, how);
    }

    std::string m_path;
};

} // namespace

bool isPlainPath(const QString& path)
{
    static const QRegularExpression kPlain(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z0-9._+~-]+(/[A-Za-z0-9._+~-]+)*")));
    const QStringList parts = path.split(u'/');
    return path.size() < 512 && kPlain.match(path).hasMatch() && !parts.contains(QStringLiteral(".."));
}

Result<std::unique_ptr<InstallSource>> openInstallSource(const QString& location)
{
    using Opened = std::unique_ptr<InstallSource>;
    const InstallerSource asked{ location, {} };
    if (asked.isAddress()) {
        if (location.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive))
            return Error{ ErrorCode::InvalidArgument, location.toStdString() + " is a whole medium", 0,
                "Fetch it first, then give the file; an address is that of an installation tree" };
        auto url = downloadUrl(location);
        return url ? Result<Opened>(std::make_unique<HttpSource>(*std::move(url))) : std::move(url).error();
    }
    if (!asked.isIsoFile()) {
        auto folder = openPath(location.toStdString(), O_RDONLY | O_DIRECTORY);
        return folder ? Result<Opened>(std::make_unique<FolderSource>(*std::move(folder))) : std::move(folder).error();
    }
    if (const auto file = openDisk(location); !file) // xorriso would wait for a FIFO
        return file.error();
    return Opened(std::make_unique<IsoFileSource>(location.toStdString()));
}

} // namespace twinhull
