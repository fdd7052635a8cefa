// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/carry/tree_packer.h"
#include "core/carry/tree_unpacker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

using namespace twinhull;

namespace {

constexpr int kBadUsage = 2;
const UniqueFd kOut(STDOUT_FILENO);

/// Told in the stream, because whoever carries it sees nothing else.
int tell(const Result<>& outcome)
{
    CarryMessage last;
    if (!outcome) {
        last.kind = CarryKind::Failed;
        last.code = outcome.error().code;
        last.text = outcome.error().toLine().substr(0, kCarryBytesLimit);
    }
    (void)writeAll(kOut, encodeCarryMessage(last)); // nobody listens any more
    return outcome ? 0 : 1;
}

Result<> unpack(TreeUnpacker& unpacker)
{
    static std::array<char, kCarryBytesLimit> buffer;
    CarryDecoder decoder;
    while (!unpacker.isDone()) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read");
        if (count == 0)
            return Error{ ErrorCode::Cancelled, "the stream of files has ended early", 0, {} };
        decoder.append({ buffer.data(), static_cast<std::size_t>(count) });
        for (;;) {
            auto message = decoder.take();
            if (!message)
                return std::move(message).error();
            if (!*message)
                break;
            if (auto taken = unpacker.take(**message); !taken)
                return taken;
        }
    }
    return {};
}

} // namespace

/// Run inside a workload: sends what lies there as a stream, or makes files of a stream. A person uses `twinhullctl
/// cp`.
///   file-carrier pack as-link|follow PATH         the stream to standard output; after an error Failed is its last
///   file-carrier unpack own|keep PATH NAME        from standard input; answers with Done or Failed
int main(int count, char** words)
{
    ::umask(0); // permissions come with the stream
    (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
    if (count == 4 && std::strcmp(words[1], "pack") == 0) {
        const bool follows = std::strcmp(words[2], "follow") == 0;
        auto packed = packTree({ words[3], follows }, [](std::string_view piece) { return writeAll(kOut, piece); });
        return packed ? 0 : tell(packed);
    }
    if (count == 5 && std::strcmp(words[1], "unpack") == 0) {
        const auto owner = std::strcmp(words[2], "keep") == 0 ? CarriedOwner::Kept : CarriedOwner::Ours;
        TreeUnpacker unpacker({ words[3], words[4], owner });
        return tell(unpack(unpacker));
    }
    (void)std::fputs("file-carrier pack as-link|follow PATH | unpack own|keep PATH NAME\n", stderr);
    return kBadUsage;
}
