// SPDX-License-Identifier: GPL-3.0-or-later
// What programs of ours say to each other. The first byte says who listens, the rest is what comes: a stream of lines,
// or a packet of the other half of a container's start.
#include "core/ipc/container_settings.h"
#include "core/ipc/exit_record.h"
#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_setup.h"
#include "core/ipc/line_buffer.h"
#include "core/ipc/monitor_arguments.h"
#include "core/ipc/monitor_messages.h"
#include "core/ipc/slirp_messages.h"
#include "core/runtime/process/sync_channel.h"
#include "tests/fuzz/fuzz_input.h"

#include <sys/socket.h>

#include <algorithm>

using namespace twinhull;

namespace {

constexpr std::size_t kLineLimit = 4096;

/// In two pieces, as a socket may bring them.
template <typename Decode>
void readLines(std::string_view stream, const Decode& decode)
{
    LineBuffer lines(kLineLimit);
    for (const auto piece : { stream.substr(0, stream.size() / 2), stream.substr(stream.size() / 2) }) {
        lines.append(piece);
        while (auto line = lines.takeLine()) {
            fuzz::require(!line->empty() && line->size() <= kLineLimit, "a line keeps to the limit");
            decode(*line);
        }
    }
}

void readPacket(std::string_view packet)
{
    int ends[2];
    if (packet.empty() || ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return;
    const UniqueFd sender(ends[0]);
    const runtime::SyncChannel channel{ UniqueFd(ends[1]) };
    runtime::SyncMessage padded;
    auto* raw = reinterpret_cast<char*>(&padded);
    std::copy_n(packet.data(), std::min(packet.size(), sizeof padded), raw);
    const bool isWhole = packet.size() % 4 != 0; // else cut as it is
    if (::send(sender.fd(), isWhole ? raw : packet.data(), isWhole ? sizeof padded : packet.size(), MSG_NOSIGNAL) < 0)
        return;
    auto received = channel.receive();
    if (received && *received)
        (void)(*received)->message.toError();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto text = fuzz::textOf(bytes + 1, size - 1);
    switch (bytes[0] % 10) {
    case 0:
        return readLines(text, [](const auto& line) { (void)decodeMonitorRequest(line); }), 0;
    case 1:
        return readLines(text, [](const auto& line) { (void)decodeMonitorReply(line); }), 0;
    case 2:
        return readLines(text, [](const auto& line) { (void)decodeGuestRequest(line); }), 0;
    case 3:
        return readLines(text, [](const auto& line) { (void)decodeGuestReply(line); }), 0;
    case 4:
        return (void)decodeGuestSetup(text), 0;
    case 5:
        return (void)decodeExitRecord(text), 0;
    case 6:
        return (void)decodeContainerSettings(text), 0;
    case 7:
        return (void)decodeMonitorArguments(fuzz::partsOf(text, '\0')), 0;
    case 8:
        return (void)decodeSlirpReply(text), 0;
    default:
        return readPacket(text), 0;
    }
}
