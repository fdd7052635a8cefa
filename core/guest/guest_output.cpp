// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_output.h"

#include "core/base/clock.h"
#include "core/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kPieceBytes = 4096; ///< what a serial port takes in some milliseconds
constexpr int kMostPieces = 64; ///< of both pipes at the end: all that they hold, four times

} // namespace

Result<GuestOutput> GuestOutput::make()
{
    GuestOutput output;
    for (Pipe& pipe : output.m_pipes) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return Error::fromErrno(errno, "make the entrypoint's output");
        pipe.read.reset(ends[0]);
        pipe.write.reset(ends[1]);
        // of this end alone: a program does not expect that of its own
        if (::fcntl(pipe.read.fd(), F_SETFL, O_NONBLOCK) != 0)
            return Error::fromErrno(errno, "make the entrypoint's output");
    }
    return output;
}

void GuestOutput::closeWriteEnds()
{
    for (Pipe& pipe : m_pipes)
        pipe.write.reset();
}

GuestOutput::Passed GuestOutput::pass(LogStream stream, const UniqueFd& console) const
{
    std::array<char, kPieceBytes> piece;
    const ssize_t count = ::read(readEnd(stream).fd(), piece.data(), piece.size());
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        return Passed::Ended;
    if (count < 0)
        return Passed::NothingYet;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(count));
    (void)writeAll(console, logRecords(stream, bytes, wallClockNanoseconds()));
    return Passed::Some;
}

void GuestOutput::passRest(const UniqueFd& console) const
{
    for (int turn = 0; turn < kMostPieces; ++turn) {
        const bool isMoreOutput = pass(LogStream::Output, console) == Passed::Some;
        const bool isMoreError = pass(LogStream::Error, console) == Passed::Some;
        if (!isMoreOutput && !isMoreError)
            return;
    }
}

} // namespace twinhull
