// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/carry/file_changes.h"
#include "core/carry/folder_listing.h"
#include "core/carry/tree_packer.h"
#include "core/carry/tree_unpacker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

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

/// Until its last message, which `take` says.
Result<> readStream(const std::function<Result<bool>(const CarryMessage&)>& take)
{
    static std::array<char, kCarryBytesLimit> buffer;
    CarryDecoder decoder;
    for (bool isDone = false; !isDone;) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read");
        if (count == 0)
            return Error{ ErrorCode::Cancelled, "the stream of files has ended early", 0, {} };
        decoder.append({ buffer.data(), static_cast<std::size_t>(count) });
        while (!isDone) {
            auto message = decoder.take();
            if (!message)
                return std::move(message).error();
            if (!*message)
                break;
            auto taken = take(**message);
            if (!taken)
                return std::move(taken).error();
            isDone = *taken;
        }
    }
    return {};
}

Result<> unpack(TreeUnpacker& unpacker)
{
    return readStream([&unpacker](const CarryMessage& message) -> Result<bool> {
        auto taken = unpacker.take(message);
        return taken ? Result<bool>(unpacker.isDone()) : std::move(taken).error();
    });
}

/// All of the text first: a stream that is cut changes nothing.
Result<> edit(const char* path, const FileVersion& before)
{
    std::string text;
    auto read = readStream([&text](const CarryMessage& message) -> Result<bool> {
        if (message.kind == CarryKind::Failed || text.size() + message.text.size() > kEditLimitBytes)
            return Error{ ErrorCode::Cancelled, "the text has not come whole", 0, {} };
        text += message.text;
        return message.kind == CarryKind::Done;
    });
    auto after = read ? editFile(path, before, text) : Result<FileVersion>(std::move(read).error());
    if (!after)
        return std::move(after).error();
    CarryMessage told;
    told.kind = CarryKind::Listed;
    told.attributes.modifiedSeconds = after->modifiedSeconds;
    told.attributes.modifiedNanoseconds = after->modifiedNanoseconds;
    told.bytes = after->bytes;
    return writeAll(kOut, encodeCarryMessage(told));
}

std::optional<Result<>> change(const std::vector<std::string>& words)
{
    if (words[0] == "remove" && words.size() == 2)
        return removeFile(words[1]);
    if (words[0] == "rename" && words.size() == 3)
        return renameFile(words[1], words[2]);
    if (words[0] == "mkdir" && words.size() == 2)
        return makeFolderAt(words[1]);
    if (words[0] == "edit" && words.size() == 5)
        return edit(words[1].c_str(),
            { std::strtoll(words[2].c_str(), nullptr, 10),
                static_cast<std::uint32_t>(std::strtoul(words[3].c_str(), nullptr, 10)),
                std::strtoull(words[4].c_str(), nullptr, 10) });
    return std::nullopt;
}

} // namespace

/// Run inside a workload: sends what lies there as a stream, or makes files of a stream. A person uses `twinhullctl
/// cp` and `ls`, or the window.
///   file-carrier pack as-link|follow PATH         the stream to standard output; after an error Failed is its last
///   file-carrier unpack own|keep PATH NAME        from standard input; answers with Done or Failed
///   file-carrier list PATH                        the names in a folder (core/carry/folder_listing.h)
///   file-carrier remove PATH | rename FROM TO | mkdir PATH
///   file-carrier edit PATH SECONDS NANOSECONDS BYTES   a text from standard input, over the file that was so before
int main(int count, char** words)
{
    ::umask(0); // permissions come with the stream
    (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
    if (count == 4 && std::strcmp(words[1], "pack") == 0) {
        const bool follows = std::strcmp(words[2], "follow") == 0;
        auto packed = packTree({ words[3], follows }, [](std::string_view piece) { return writeAll(kOut, piece); });
        return packed ? 0 : tell(packed);
    }
    if (count == 3 && std::strcmp(words[1], "list") == 0) {
        auto listed = listFolder(words[2], [](std::string_view piece) { return writeAll(kOut, piece); });
        return listed ? 0 : tell(listed);
    }
    if (count == 5 && std::strcmp(words[1], "unpack") == 0) {
        const auto owner = std::strcmp(words[2], "keep") == 0 ? CarriedOwner::Kept : CarriedOwner::Ours;
        TreeUnpacker unpacker({ words[3], words[4], owner });
        return tell(unpack(unpacker));
    }
    if (count > 2) {
        if (const auto changed = change({ words + 1, words + count }))
            return tell(*changed);
    }
    (void)std::fputs("file-carrier pack as-link|follow PATH | unpack own|keep PATH NAME | list PATH | …\n", stderr);
    return kBadUsage;
}
