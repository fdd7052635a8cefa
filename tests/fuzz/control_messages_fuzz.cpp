// SPDX-License-Identifier: GPL-3.0-or-later
// What programs of ours say to each other, and systemd to us. The first byte says who listens, the rest is what comes:
// a stream of lines, a packet of the other half of a container's start, or a message of D-Bus.
#include "core/ipc/container_settings.h"
#include "core/ipc/exit_record.h"
#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_sessions.h"
#include "core/ipc/guest_setup.h"
#include "core/ipc/keeper_messages.h"
#include "core/ipc/line_buffer.h"
#include "core/ipc/monitor_arguments.h"
#include "core/ipc/monitor_messages.h"
#include "core/ipc/slirp_messages.h"
#include "core/runtime/cgroups/systemd/dbus_message.h"
#include "core/runtime/cgroups/systemd/dbus_reader.h"
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

/// As a connection reads it: the start says how long the rest is.
void readBusMessage(std::string_view bytes)
{
    auto length = runtime::messageLength(bytes.substr(0, runtime::kDBusStartBytes));
    if (!length)
        return;
    fuzz::require(*length >= runtime::kDBusStartBytes && *length <= runtime::kDBusLimitBytes, "a length has limits");
    auto message = runtime::decodeMessage(bytes.substr(0, std::min(*length, bytes.size())));
    if (!message)
        return;
    runtime::DBusReader job(message->body); // as the end of a job is told
    (void)job.number32();
    for (int i = 0; i < 3; ++i)
        (void)job.text();
    if (message->signature.size() > 255) // more than a signature can have
        return;
    auto again = runtime::decodeMessage(runtime::encodeMessage(*message));
    fuzz::require(again && again->kind == message->kind && again->body == message->body
            && again->member == message->member && again->answered == message->answered,
        "what was written reads the same");
}

void readSessionMessage(std::string_view line)
{
    const auto message = decodeSessionMessage(line);
    if (!message)
        return;
    const auto again = decodeSessionMessage(encodeSessionMessage(*message));
    const bool mayBeCut = message->kind == SessionKind::Failed; // in the middle of a letter
    fuzz::require(again && (mayBeCut || *again == *message), "what was written reads the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto text = fuzz::textOf(bytes + 1, size - 1);
    switch (bytes[0] % 15) {
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
    case 9:
        return readPacket(text), 0;
    case 10:
        return readBusMessage(text), 0;
    case 11:
        return (void)decodePortForward(std::string(text)), 0;
    case 13:
        return readLines(text, [](const auto& line) { (void)decodeKeeperRequest(line); }), 0;
    case 14:
        return (void)decodeNetworkDefinition(text), 0;
    default:
        return readLines(text, readSessionMessage), 0;
    }
}
