// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/file_loads.h"

#include "core/base/files.h"
#include "core/load/load_clock.h"
#include "core/load/memory_block.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace twinhull {

namespace {

constexpr std::size_t kPieceBytes = std::size_t(1) << 20U;
constexpr double kMebibyte = 1 << 20;

/// Without a name from the beginning, so that nothing is left whatever happens.
Result<UniqueFd> makeFile(const std::string& folder, int flags)
{
    std::string path = folder + "/twinhull-load.XXXXXX";
    UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
    if (!file)
        return Error::fromErrno(errno, "make a file in " + folder);
    if (::unlink(path.c_str()) != 0)
        return Error::fromErrno(errno, "remove " + path);
    if (flags == 0)
        return file;
    // an unnamed file has no other way to be opened with more flags
    auto again = openPath("/proc/self/fd/" + std::to_string(file.fd()), O_RDWR | flags);
    if (!again && again.error().sysErrno == EINVAL)
        return Error{ ErrorCode::Unsupported, "the file system of " + folder + " has no direct I/O", EINVAL,
            "Name another folder: --folder" };
    return again;
}

Result<> transfer(const UniqueFd& file, const MemoryBlock& piece, std::uint64_t bytes, bool isWrite)
{
    if (::lseek(file.fd(), 0, SEEK_SET) != 0)
        return Error::fromErrno(errno, "go to the file's beginning");
    for (std::uint64_t done = 0; done < bytes;) {
        const ssize_t count
            = isWrite ? ::write(file.fd(), piece.data(), piece.size()) : ::read(file.fd(), piece.data(), piece.size());
        if (count < 0 && errno != EINTR)
            return Error::fromErrno(errno, isWrite ? "write the file" : "read the file");
        if (count == 0)
            return Error{ ErrorCode::Io, "the file is shorter than what was written", 0, {} };
        done += count > 0 ? static_cast<std::uint64_t>(count) : 0;
    }
    return {};
}

Result<LoadReport> useFile(const LoadOptions& options, int flags)
{
    auto file = makeFile(options.folder, flags);
    if (!file)
        return std::move(file).error();
    auto piece = MemoryBlock::make(kPieceBytes);
    if (!piece)
        return std::move(piece).error();
    piece->fill(1);
    const std::uint64_t bytes = (options.amount + kPieceBytes - 1) / kPieceBytes * kPieceBytes;
    const LoadClock clock;
    auto done = transfer(*file, *piece, bytes, true);
    if (done)
        done = transfer(*file, *piece, bytes, false);
    if (!done)
        return std::move(done).error();
    return clock.reportRate(2 * bytes, kMebibyte);
}

} // namespace

Result<LoadReport> useFileCached(const LoadOptions& options)
{
    return useFile(options, 0);
}

Result<LoadReport> useFileDirect(const LoadOptions& options)
{
    return useFile(options, O_DIRECT);
}

Result<LoadReport> writeSteadily(const LoadOptions& options)
{
    constexpr std::uint64_t kFileBytes = std::uint64_t(64) << 20U;
    auto file = makeFile(options.folder, O_DIRECT);
    if (!file)
        return std::move(file).error();
    auto piece = MemoryBlock::make(kPieceBytes);
    if (!piece)
        return std::move(piece).error();
    piece->fill(1);
    std::uint64_t written = 0;
    const LoadClock clock;
    while (clock.seconds() < options.seconds) {
        if (static_cast<double>(written) > clock.seconds() * static_cast<double>(options.amount)) {
            LoadClock::rest(std::chrono::milliseconds(1));
            continue;
        }
        const auto at = static_cast<off_t>(written % kFileBytes);
        const ssize_t count = ::pwrite(file->fd(), piece->data(), piece->size(), at);
        if (count < 0 && errno != EINTR)
            return Error::fromErrno(errno, "write the file");
        written += count > 0 ? static_cast<std::uint64_t>(count) : 0;
    }
    return clock.report(written);
}

} // namespace twinhull
