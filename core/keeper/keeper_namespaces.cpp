// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/keeper_namespaces.h"

#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr char kNamespaceMade = 'u';
constexpr char kMapped = 'm';
constexpr char kNetworkMade = 'n';

Result<> tell(const UniqueFd& pipe, char word)
{
    return writeAll(pipe, { &word, 1 });
}

Result<> awaitWord(const UniqueFd& pipe, char word)
{
    char read = 0;
    ssize_t count = 0;
    do {
        count = ::read(pipe.fd(), &read, 1);
    } while (count < 0 && errno == EINTR);
    if (count == 1 && read == word)
        return {};
    return Error{ ErrorCode::Cancelled, "the other half of network-keeper has ended", 0, {} };
}

runtime::IdMappings mappingsOf(const std::vector<KeeperIds>& ids)
{
    runtime::IdMappings mappings;
    for (const auto& each : ids)
        mappings.push_back({ each.inside, each.outside, each.count });
    return mappings;
}

/// That of the keeper before, which a container still holds: only from there its network can be reached.
Result<> enterParentOf(pid_t container)
{
    auto users = openPath("/proc/" + std::to_string(container) + "/ns/user", O_RDONLY);
    if (!users)
        return std::move(users).error();
    const UniqueFd parent(::ioctl(users->fd(), NS_GET_PARENT));
    if (!parent || ::setns(parent.fd(), CLONE_NEWUSER) != 0)
        return Error::fromErrno(errno, "enter the user namespace of the keeper before");
    return {};
}

Result<> makeUsers(const KeeperArguments& arguments, const UniqueFd& toStarter, const UniqueFd& fromStarter)
{
    if (arguments.successorFor > 0)
        return enterParentOf(arguments.successorFor);
    if (::unshare(CLONE_NEWUSER) != 0)
        return Error::fromErrno(errno, "make a user namespace")
            .withHint("Allow them: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000");
    if (auto told = tell(toStarter, kNamespaceMade); !told)
        return told;
    return awaitWord(fromStarter, kMapped);
}

} // namespace

Result<> enterKeeperNamespaces(const KeeperArguments& arguments, const UniqueFd& toStarter, const UniqueFd& fromStarter)
{
    if (!arguments.users.empty()) {
        if (auto made = makeUsers(arguments, toStarter, fromStarter); !made)
            return made;
        if (auto became = runtime::becomeRootOfUserNamespace(runtime::isGroupChangeDenied()); !became)
            return became;
        // hull and the helper open our namespaces, which /proc grants for a dumpable process only
        if (::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
            return Error::fromErrno(errno, "become readable");
    }
    if (::unshare(CLONE_NEWNET) != 0)
        return Error::fromErrno(errno, "make a network namespace");
    return tell(toStarter, kNetworkMade);
}

Result<> assistKeeperNamespaces(const KeeperArguments& arguments, pid_t keeper, const KeeperPipes& pipes)
{
    if (!arguments.users.empty() && arguments.successorFor == 0) {
        if (auto made = awaitWord(pipes.fromKeeper, kNamespaceMade); !made)
            return made;
        auto mapped = runtime::writeIdMappings(keeper, mappingsOf(arguments.users), mappingsOf(arguments.groups));
        if (!mapped)
            return std::move(mapped).withContext("map ids");
        if (auto told = tell(pipes.toKeeper, kMapped); !told)
            return told;
    }
    return awaitWord(pipes.fromKeeper, kNetworkMade);
}

} // namespace twinhull
