// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/port_relaying.h"

#include "core/base/data_folders.h"
#include "core/base/descriptor_passing.h"
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/ipc/relay_words.h"
#include "core/vms/figures/qemu_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kRelayDeadline{ 20 };
constexpr int kEndMilliseconds = 2000;

UniqueFd pidfdOf(pid_t pid)
{
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

/// All that the relay needs, before it is there: the socket keeps it.
Result<> handOver(const UniqueFd& socket, const UniqueFd& qemu, const std::vector<RelayedSocket>& sockets)
{
    auto sent = sendWithDescriptor(socket, kRelayLife, qemu.fd());
    for (const RelayedSocket& relayed : sockets) {
        if (sent)
            sent = sendWithDescriptor(socket, std::to_string(relayed.forward), relayed.socket.fd());
    }
    return sent;
}

} // namespace

Result<> startPortRelay(const QString& uuid, pid_t qemu, const std::vector<RelayedSocket>& sockets)
{
    const std::string program = findProgram(kRelayProgram);
    if (program.empty())
        return Error{ ErrorCode::Unavailable, "the program port-relay is missing", ENOENT,
            "Install Twinhull again, or set TWINHULL_LIBEXEC to the folder it is in" };
    const UniqueFd life = pidfdOf(qemu);
    if (!life || findQemu(uuid) != qemu) // the number may be another's by now
        return Error{ ErrorCode::Cancelled, "its QEMU has ended", 0, {} };
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::fromErrno(errno, "make socket");
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    if (auto given = handOver(ours, life, sockets); !given)
        return given;
    ours.reset(); // the end of what it reads
    const Command command{ { program, kRelayVmOption, uuid.toStdString(), kRelayQemuOption, std::to_string(qemu) }, {},
        {} };
    CommandRun run{ kRelayDeadline };
    run.extra = theirs.fd();
    const auto said = runCommand(command, run);
    if (!said)
        return said.error();
    if (said->standardOutput == kRelayReady)
        return {};
    const std::string_view reason = trimmed(said->standardError);
    return Error{ ErrorCode::Unavailable, reason.empty() ? "port-relay ended without a word" : std::string(reason), 0,
        "Start the VM again" };
}

void awaitPortRelayEnd(const QString& uuid)
{
    const auto relay = findPortRelay(uuid, 0);
    if (!relay)
        return;
    const UniqueFd pidfd = pidfdOf(*relay);
    if (!pidfd)
        return;
    pollfd ended{ pidfd.fd(), POLLIN, 0 };
    (void)::poll(&ended, 1, kEndMilliseconds); // who is still there is found by the check of the ports
}

} // namespace twinhull
