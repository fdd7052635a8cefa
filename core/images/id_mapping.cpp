// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/id_mapping.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <pwd.h>
#include <sched.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kMapDeadline{ 10 };

std::uint32_t numberIn(std::string_view text)
{
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::string nameOfUser(uid_t uid)
{
    passwd entry{};
    passwd* found = nullptr;
    char buffer[16384];
    if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || found == nullptr)
        return std::to_string(uid);
    return found->pw_name;
}

Result<std::vector<IdRange>> rangesIn(const char* path, const std::string& user, std::uint32_t ownId)
{
    const auto text = readFile(path);
    auto ranges = text ? parseSubordinateIds(*text, user, ::getuid()) : std::vector<IdRange>();
    if (ranges.empty())
        return Error{ ErrorCode::Unavailable, "no subordinate ids for " + user + " in " + path, 0,
            "Run: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + user };
    ranges.insert(ranges.begin(), { 0, ownId, 1 });
    return ranges;
}

Result<> runMapper(const char* program, pid_t target, const std::vector<IdRange>& ranges)
{
    Command command{ { program, std::to_string(target) }, {}, {} };
    for (const auto& range : ranges) {
        for (const std::uint32_t number : { range.inside, range.outside, range.count })
            command.arguments.push_back(std::to_string(number));
    }
    auto mapped = runChecked(command, kMapDeadline);
    if (!mapped)
        return std::move(mapped).error().withHint("Install Debian's package uidmap: sudo apt install uidmap");
    return {};
}

/// In a child that stayed outside: waits for the word, maps the parent, tells an error's text.
[[noreturn]] void mapParent(int goPipe, int answerPipe, const IdMappings& mappings)
{
    char go = 0;
    if (::read(goPipe, &go, 1) != 1)
        ::_exit(1);
    auto mapped = runMapper("newuidmap", ::getppid(), mappings.users);
    if (mapped)
        mapped = runMapper("newgidmap", ::getppid(), mappings.groups);
    if (!mapped)
        (void)!::write(answerPipe, mapped.error().message.data(), mapped.error().message.size());
    ::_exit(mapped ? 0 : 1);
}

/// `usual` begins with the person's own id.
std::vector<IdRange> rangesKeeping(std::uint32_t kept, const std::vector<IdRange>& usual)
{
    std::vector<IdRange> ranges{ { kept, usual.front().outside, 1 } };
    for (auto range = std::next(usual.begin()); range != usual.end(); ++range) {
        const std::uint32_t place = range->inside - 1; // among the subordinate ids
        const std::uint32_t below = place < kept ? std::min(range->count, kept - place) : 0;
        if (below > 0)
            ranges.push_back({ place, range->outside, below });
        if (below < range->count)
            ranges.push_back({ range->inside + below, range->outside + below, range->count - below });
    }
    return ranges;
}

Result<> becomeRoot()
{
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return Error::fromErrno(errno, "become root of the user namespace");
    return {};
}

Error refused(int number)
{
    return Error::fromErrno(number, "make a user namespace")
        .withHint("Allow them: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000");
}

} // namespace

std::vector<IdRange> parseSubordinateIds(std::string_view file, std::string_view userName, std::uint32_t userId)
{
    std::vector<IdRange> ranges;
    std::uint32_t next = 1;
    std::istringstream lines{ std::string(file) };
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first == std::string::npos ? first : first + 1);
        if (second == std::string::npos)
            continue;
        const std::string_view owner = std::string_view(line).substr(0, first);
        const std::uint32_t start = numberIn(std::string_view(line).substr(first + 1, second - first - 1));
        const std::uint32_t count = numberIn(std::string_view(line).substr(second + 1));
        if ((owner != userName && owner != std::to_string(userId)) || start == 0 || count == 0)
            continue;
        if (count > UINT32_MAX - start || count > UINT32_MAX - next)
            continue;
        ranges.push_back({ next, start, count });
        next += count;
    }
    return ranges;
}

Result<IdMappings> subordinateMappings()
{
    const std::string user = nameOfUser(::getuid());
    auto users = rangesIn("/etc/subuid", user, ::getuid());
    if (!users)
        return std::move(users).error();
    auto groups = rangesIn("/etc/subgid", user, ::getgid());
    if (!groups)
        return std::move(groups).error();
    return IdMappings{ *std::move(users), *std::move(groups) };
}

IdMappings mappingsKeeping(const KeptIds& kept, const IdMappings& usual)
{
    return { rangesKeeping(kept.user, usual.users), rangesKeeping(kept.group, usual.groups) };
}

Result<> enterUserNamespace(const IdMappings& mappings)
{
    int go[2];
    int answer[2];
    if (::pipe2(go, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    UniqueFd goRead(go[0]);
    UniqueFd goWrite(go[1]);
    if (::pipe2(answer, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    UniqueFd answerRead(answer[0]);
    UniqueFd answerWrite(answer[1]);
    const pid_t mapper = ::fork();
    if (mapper < 0)
        return Error::fromErrno(errno, "fork");
    if (mapper == 0) {
        goWrite.reset();
        mapParent(goRead.fd(), answerWrite.fd(), mappings);
    }
    answerWrite.reset();
    const int failure = ::unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
    if (failure == 0)
        (void)!::write(goWrite.fd(), "g", 1); // a dead child shows in its status
    goWrite.reset();
    const auto reason = readAll(answerRead, 4096);
    int status = 0;
    while (::waitpid(mapper, &status, 0) < 0 && errno == EINTR) { }
    if (failure != 0)
        return refused(failure);
    if (status != 0)
        return Error{ ErrorCode::Unavailable, "map subordinate ids: " + (reason ? *reason : "failed"), 0,
            "Check that the package uidmap is installed and /etc/subuid has a range for you." };
    return becomeRoot();
}

} // namespace twinhull
