// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/process_limit.h"

#include "core/base/text.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace twinhull {

namespace {

constexpr std::array<std::pair<const char*, int>, 16> kResources{ {
    { "as", RLIMIT_AS },
    { "core", RLIMIT_CORE },
    { "cpu", RLIMIT_CPU },
    { "data", RLIMIT_DATA },
    { "fsize", RLIMIT_FSIZE },
    { "locks", RLIMIT_LOCKS },
    { "memlock", RLIMIT_MEMLOCK },
    { "msgqueue", RLIMIT_MSGQUEUE },
    { "nice", RLIMIT_NICE },
    { "nofile", RLIMIT_NOFILE },
    { "nproc", RLIMIT_NPROC },
    { "rss", RLIMIT_RSS },
    { "rtprio", RLIMIT_RTPRIO },
    { "rttime", RLIMIT_RTTIME },
    { "sigpending", RLIMIT_SIGPENDING },
    { "stack", RLIMIT_STACK },
} };

Error badProcessLimit(const QString& text, const std::string& problem)
{
    return Error{ ErrorCode::InvalidArgument, "limit " + text.toStdString() + ": " + problem, 0,
        "Write it as nofile=1024:65536, or memlock=-1 for none." };
}

std::optional<std::uint64_t> amountFrom(const QString& text)
{
    if (text == u"-1" || text == u"unlimited")
        return ProcessLimit::kNone;
    const auto number = parseNumber(text.toStdString());
    return number ? std::optional(*number) : std::nullopt;
}

QString amountText(std::uint64_t amount)
{
    return amount == ProcessLimit::kNone ? QStringLiteral("-1") : QString::number(amount);
}

} // namespace

std::optional<int> resourceNumber(const QString& name)
{
    for (const auto& [known, number] : kResources) {
        if (name == QLatin1String(known))
            return number;
    }
    return std::nullopt;
}

Result<ProcessLimit> processLimitFromText(const QString& text)
{
    const QString name = text.section(u'=', 0, 0);
    const QString amounts = text.section(u'=', 1);
    if (!resourceNumber(name))
        return badProcessLimit(text, "the kernel knows no such limit of a process");
    const auto soft = amountFrom(amounts.section(u':', 0, 0));
    const auto hard = amounts.contains(u':') ? amountFrom(amounts.section(u':', 1)) : soft;
    if (!soft || !hard)
        return badProcessLimit(text, "not NAME=SOFT:HARD");
    if (*soft > *hard)
        return badProcessLimit(text, "the soft limit is above the hard one");
    return ProcessLimit{ name, *soft, *hard };
}

QString processLimitText(const ProcessLimit& limit)
{
    const QString hard = limit.soft == limit.hard ? QString() : u':' + amountText(limit.hard);
    return limit.name + u'=' + amountText(limit.soft) + hard;
}

Result<> checkOwnLimit(const ProcessLimit& limit)
{
    rlimit own{};
    (void)::getrlimit(static_cast<__rlimit_resource>(*resourceNumber(limit.name)), &own); // cannot fail for a known one
    if (::geteuid() == 0 || limit.hard <= own.rlim_max)
        return {};
    return Error{ ErrorCode::Unsupported,
        "limit " + processLimitText(limit).toStdString() + ": you may have " + std::to_string(own.rlim_max)
            + " at most",
        0, "Ask for less, or raise your own: limits.conf(5)" };
}

} // namespace twinhull
