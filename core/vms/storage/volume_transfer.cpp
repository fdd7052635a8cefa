// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/volume_transfer.h"

#include "core/base/files.h"
#include "core/images/partial_path.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

constexpr off_t kPieceBytes = 256 << 10;
constexpr int kHoleIsNext = -3; // virStreamRecvFlags()

Error transferCancelled()
{
    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
}

/// Ends a stream as it went: libvirt drops what was sent when it is aborted.
Result<> endStream(virStreamPtr stream, Result<> sent)
{
    if (sent)
        return answerOf(virStreamFinish(stream), "end the transfer");
    (void)virStreamAbort(stream); // it has failed already
    return sent;
}

/// Reads a file and its holes into a stream.
class VolumeSender {
public:
    VolumeSender(virStreamPtr stream, const UniqueFd& file, off_t size, JobContext& context)
        : m_stream(stream), m_file(file), m_size(size), m_context(context)
    {
    }

    Result<> send()
    {
        while (m_at < m_size) {
            if (m_context.isCancelled())
                return transferCancelled();
            m_context.setProgress(m_at, m_size);
            const off_t data = ::lseek(m_file.fd(), m_at, SEEK_DATA);
            const off_t begin = data < 0 ? (errno == ENXIO ? m_size : m_at) : std::min(data, m_size);
            auto sent = begin > m_at ? sendHole(begin) : sendPiece();
            if (!sent)
                return sent;
        }
        return {};
    }

private:
    Result<> sendHole(off_t end)
    {
        auto told = answerOf(virStreamSendHole(m_stream, end - m_at, 0), "tell of a hole");
        m_at = end;
        return told;
    }

    Result<> sendPiece()
    {
        const off_t hole = ::lseek(m_file.fd(), m_at, SEEK_HOLE);
        const off_t end = hole > m_at ? std::min(hole, m_size) : m_size;
        const auto wanted = static_cast<std::size_t>(std::min(kPieceBytes, end - m_at));
        const auto got = ::pread(m_file.fd(), m_piece.data(), wanted, m_at);
        if (got < 0)
            return Error::fromErrno(errno, "read the file");
        if (got == 0)
            return Error{ ErrorCode::Io, "the file became shorter meanwhile", 0, "Try again when nobody writes to it" };
        for (std::size_t done = 0; done < static_cast<std::size_t>(got);) {
            const int sent = virStreamSend(m_stream, m_piece.data() + done, static_cast<std::size_t>(got) - done);
            if (sent < 0)
                return libvirtError("send");
            done += static_cast<std::size_t>(sent);
        }
        m_at += got;
        return {};
    }

    virStreamPtr m_stream;
    const UniqueFd& m_file;
    off_t m_size;
    JobContext& m_context;
    off_t m_at = 0;
    std::vector<char> m_piece = std::vector<char>(static_cast<std::size_t>(kPieceBytes));
};

/// Reads a stream with its holes into a new file. `expected` bytes are for the progress only.
Result<> receiveInto(const UniqueFd& file, virStreamPtr stream, std::uint64_t expected, JobContext& context)
{
    std::vector<char> piece(static_cast<std::size_t>(kPieceBytes));
    const auto total = static_cast<qint64>(std::max<std::uint64_t>(expected, 1));
    qint64 received = 0;
    off_t end = 0;
    while (true) {
        if (context.isCancelled())
            return transferCancelled();
        const int got = virStreamRecvFlags(stream, piece.data(), piece.size(), VIR_STREAM_RECV_STOP_AT_HOLE);
        if (got == kHoleIsNext) {
            long long hole = 0;
            if (virStreamRecvHole(stream, &hole, 0) < 0)
                return libvirtError("hear of a hole");
            end = ::lseek(file.fd(), hole, SEEK_CUR);
            if (hole < 0 || end < 0)
                return Error::fromErrno(errno, "leave a hole");
            continue;
        }
        if (got < 0)
            return libvirtError("receive");
        if (got == 0)
            break;
        if (auto written = writeAll(file, { piece.data(), static_cast<std::size_t>(got) }); !written)
            return written;
        end += got;
        received += got;
        context.setProgress(std::min(received, total), total);
    }
    return ::ftruncate(file.fd(), end) == 0 && ::fsync(file.fd()) == 0 ? Result<>() : Error::fromErrno(errno, "finish");
}

Result<> uploadInto(
    virConnectPtr connection, virStorageVolPtr volume, const UniqueFd& file, off_t size, JobContext& context)
{
    const StreamHandle stream(virStreamNew(connection, 0));
    if (!stream)
        return libvirtError("make a stream");
    if (virStorageVolUpload(volume, stream.get(), 0, 0, VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM) != 0)
        return libvirtError("begin the transfer");
    return endStream(stream.get(), VolumeSender(stream.get(), file, size, context).send());
}

Result<> downloadFrom(virConnectPtr connection, virStorageVolPtr volume, const UniqueFd& file, std::uint64_t expected,
    JobContext& context)
{
    const StreamHandle stream(virStreamNew(connection, 0));
    if (!stream)
        return libvirtError("make a stream");
    if (virStorageVolDownload(volume, stream.get(), 0, 0, VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM) != 0)
        return libvirtError("begin the transfer");
    return endStream(stream.get(), receiveInto(file, stream.get(), expected, context));
}

Error somethingIsThere(const std::string& path)
{
    return Error{ ErrorCode::AlreadyExists, path + " is there already", 0, "Choose another file" };
}

} // namespace

Result<> uploadVolumeOf(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& to, const QString& path, JobContext& context)
{
    const auto file = openDisk(path);
    if (!file)
        return file.error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path.toStdString());
    if (info.st_size == 0)
        return Error{ ErrorCode::InvalidArgument, path.toStdString() + " is empty", 0, "Choose the file of a disk" };
    if (const auto format = formatOfDisk(*file); !format)
        return format.error();
    // Raw, whatever is in it: libvirt reads what the file begins with once it is there.
    const VolumeWish wish{ to, static_cast<std::uint64_t>(info.st_size), QStringLiteral("raw"), {} };
    if (auto made = createVolumeOf(connection, tools, wish); !made)
        return made;
    auto sent = [&]() -> Result<> {
        const auto volume = findVolume(connection, to);
        return volume ? uploadInto(connection, volume->get(), *file, info.st_size, context) : volume.error();
    }();
    if (sent)
        return {};
    const auto left = findVolume(connection, to);
    if (left && virStorageVolDelete(left->get(), 0) != 0)
        return std::move(sent).error().withHint("What was made of it stays: twinhullctl pool volume delete "
            + to.pool.toStdString() + " " + to.name.toStdString());
    return sent;
}

Result<> downloadVolumeOf(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, const QString& path, JobContext& context)
{
    const std::string target = path.toStdString();
    if (exists(target))
        return somethingIsThere(target);
    const auto volume = readVolume(connection, tools, name);
    if (!volume)
        return volume.error();
    if (volume->isUsedByRunning())
        return volumeIsUsed(*volume, "Shut it down first: a copy of a disk in use would be torn");
    const auto handle = findVolume(connection, name);
    if (!handle)
        return handle.error();
    PartialGuard partial(partialPathFor(target));
    const auto file = openPath(partial.path(), O_WRONLY | O_CREAT | O_EXCL);
    if (!file)
        return file.error();
    auto received = downloadFrom(connection, handle->get(), *file, volume->allocatedBytes, context);
    if (!received)
        return received;
    if (::renameat2(AT_FDCWD, partial.path().c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0)
        return errno == EEXIST ? somethingIsThere(target) : Error::fromErrno(errno, "rename to " + target);
    partial.keep();
    return {};
}

} // namespace twinhull
