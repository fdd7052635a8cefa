// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/keeper_link.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/ipc/line_buffer.h"
#include "core/monitor/waiting.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kKeeperStartDeadline = 30s;
constexpr auto kKeeperAnswerDeadline = 30s; // others may be before us
constexpr int kKeeperStarts = 3; // one may end for want of containers just when we come

Error keeperGone()
{
    return Error{ ErrorCode::Unavailable, "network-keeper has ended", 0, "Try again." };
}

} // namespace

Result<KeeperLink> KeeperLink::find(const std::string& folder)
{
    auto opened = openPath(folder, O_PATH | O_DIRECTORY);
    if (!opened)
        return std::move(opened).error();
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{}; // sun_path has 108 bytes (unix(7)), and a folder may be deeper
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(opened->fd()) + "/" + kKeeperSocketName;
    std::copy(path.begin(), path.end(), address.sun_path);
    if (!socket || ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error{ ErrorCode::NotFound, "no network-keeper answers", errno, {} };
    KeeperLink link(std::move(socket));
    KeeperRequest greeting;
    greeting.verb = KeeperVerb::Greet;
    if (!link.ask(greeting)) // it was about to end: its socket is gone now
        return Error{ ErrorCode::NotFound, "no network-keeper answers", 0, {} };
    return link;
}

Result<KeeperLink> KeeperLink::open(const std::string& program, const KeeperArguments& arguments)
{
    Result<KeeperLink> found = find(arguments.folder);
    for (int i = 0; i < kKeeperStarts && !found; ++i) {
        Command command{ { program }, {}, {} };
        const auto words = encodeKeeperArguments(arguments);
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        auto ended = runCommand(command, kKeeperStartDeadline);
        if (!ended)
            return std::move(ended).error().withContext("network-keeper");
        if (auto reply = decodeKeeperReply(ended->standardOutput); !reply)
            return ended->standardOutput.empty() ? keeperGone() : std::move(reply).error();
        found = find(arguments.folder);
    }
    return found;
}

Result<KeeperReply> KeeperLink::ask(const KeeperRequest& request, int given)
{
    const std::string text = encodeKeeperRequest(request);
    const std::size_t first = given >= 0 ? 1 : 0; // with which the descriptor goes
    if (given >= 0 && !sendWithDescriptor(m_socket, text.substr(0, first), given))
        return keeperGone();
    for (std::size_t sent = first; sent < text.size();) {
        const ssize_t count = ::send(m_socket.fd(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return keeperGone();
        sent += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    LineBuffer input(kKeeperLineLimitBytes);
    while (true) {
        if (auto line = input.takeLine())
            return decodeKeeperReply(*line);
        if (!waitReadable(m_socket, kKeeperAnswerDeadline))
            return Error{ ErrorCode::Timeout, "network-keeper does not answer", 0, {} };
        std::array<char, 4096> bytes{};
        const ssize_t count = ::read(m_socket.fd(), bytes.data(), bytes.size());
        if (count == 0 || (count < 0 && errno != EINTR))
            return keeperGone();
        input.append({ bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)) });
    }
}

} // namespace twinhull
