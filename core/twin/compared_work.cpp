// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/compared_work.h"

#include "core/twin/command_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr const char* kLabel = "org.twinhull.work.http";
constexpr QStringView kCommandPrefix = u"command:";
constexpr std::array kInsideNames{ "cpu", "memory", "syscalls", "fork", "file", "network" };

QString tr(const char* text)
{
    return QCoreApplication::translate("ComparedWork", text);
}

bool mustRunInside(const QString& name)
{
    return std::any_of(
        kInsideNames.begin(), kInsideNames.end(), [&name](const char* each) { return name == QLatin1String(each); });
}

Result<> checkCommand(const QString& text)
{
    const auto words = commandWords(text);
    if (!words)
        return Error(words.error());
    if (words->isEmpty() || words->front().isEmpty())
        return Error{ ErrorCode::InvalidArgument, "the command is empty", 0,
            "Name one: --command 'sysbench cpu run'." };
    return {};
}

} // namespace

QString ComparedWork::sentence() const
{
    if (!command.isEmpty())
        return tr("the command %1, run inside to its end").arg(commandText);
    if (http)
        return tr("one HTTP request of %1 on port %2, answered in full").arg(http->path).arg(http->port);
    return tr("%1 s of rest; no work was asked for").arg(kIdleTime.count());
}

QString commandWorkName(const QString& command)
{
    return kCommandPrefix.toString() + command;
}

Result<> checkWorkName(const QString& name)
{
    const std::string what = "workload " + name.toStdString() + ": ";
    if (mustRunInside(name))
        return Error{ ErrorCode::Unsupported, what + "there is no program of ours for it yet", 0,
            "Name a command of the image that does it: --command 'sysbench cpu run'." };
    if (name.startsWith(kCommandPrefix))
        return checkCommand(name.mid(kCommandPrefix.size()));
    if (name.startsWith(u"http:") && !httpWorkFrom(name.mid(5)))
        return Error{ ErrorCode::InvalidArgument, what + "not a port and a path", 0, "Write it as http:8080/path." };
    if (name.isEmpty() || name == u"image" || name == u"idle" || name == u"http" || name.startsWith(u"http:"))
        return {};
    return Error{ ErrorCode::InvalidArgument, what + "not known", 0, "Use http:PORT/PATH, http, image or idle." };
}

Result<ComparedWork> comparedWork(const QString& name, const ImageInfo& image)
{
    if (const auto known = checkWorkName(name); !known)
        return known.error();
    if (name == u"idle")
        return ComparedWork{};
    if (name.startsWith(u"http:"))
        return ComparedWork{ httpWorkFrom(name.mid(5)), {}, {} };
    if (name.startsWith(kCommandPrefix)) {
        const QString text = name.mid(kCommandPrefix.size());
        return ComparedWork{ {}, *commandWords(text), text }; // checked above
    }
    const ComparedWork own{ httpWorkOf(image), {}, {} };
    if (name == u"http" && !own.http)
        return Error{ ErrorCode::NotFound,
            "workload http: " + image.shortName().toStdString() + " has no label " + kLabel, 0,
            "Name the request: http:PORT/PATH." };
    return own;
}

} // namespace twinhull
