// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/compared_work.h"

#include "core/load/load.h"
#include "core/twin/command_words.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr const char* kLabel = "org.twinhull.work.http";
constexpr QStringView kCommandPrefix = u"command:";

QString tr(const char* text)
{
    return QCoreApplication::translate("ComparedWork", text);
}

/// Null when there is no such work; loads without a unit are for the ruler alone.
const LoadKind* loadNamed(const QString& name)
{
    for (const LoadKind& kind : loadKinds()) {
        if (*kind.unit != '\0' && name == QLatin1String(kind.name))
            return &kind;
    }
    return nullptr;
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
    if (const LoadKind* kind = loadNamed(load))
        return tr("%1: %2 (%3)").arg(load, QString::fromUtf8(kind->meaning)).arg(kind->amount);
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

std::vector<LoadChoice> loadChoices()
{
    std::vector<LoadChoice> choices;
    for (const LoadKind& kind : loadKinds()) {
        if (*kind.unit != '\0')
            choices.push_back({ QLatin1String(kind.name), QString::fromUtf8(kind.meaning) });
    }
    return choices;
}

Result<> checkWorkName(const QString& name)
{
    const std::string what = "workload " + name.toStdString() + ": ";
    if (name.startsWith(kCommandPrefix))
        return checkCommand(name.mid(kCommandPrefix.size()));
    if (name.startsWith(u"http:") && !httpWorkFrom(name.mid(5)))
        return Error{ ErrorCode::InvalidArgument, what + "not a port and a path", 0, "Write it as http:8080/path." };
    if (name.isEmpty() || name == u"image" || name == u"idle" || name == u"http" || name.startsWith(u"http:")
        || loadNamed(name) != nullptr)
        return {};
    return Error{ ErrorCode::InvalidArgument, what + "not known", 0,
        "Use http:PORT/PATH, http, image, idle or a load of ours: cpu, memory … (--help)." };
}

Result<ComparedWork> comparedWork(const QString& name, const ImageInfo& image)
{
    if (const auto known = checkWorkName(name); !known)
        return known.error();
    if (name == u"idle")
        return ComparedWork{};
    if (name.startsWith(u"http:"))
        return ComparedWork{ httpWorkFrom(name.mid(5)), {}, {}, {} };
    if (loadNamed(name) != nullptr)
        return ComparedWork{ {}, { QStringLiteral("twinhull-load"), name }, QStringLiteral("twinhull-load ") + name,
            name };
    if (name.startsWith(kCommandPrefix)) {
        const QString text = name.mid(kCommandPrefix.size());
        return ComparedWork{ {}, *commandWords(text), text, {} }; // checked above
    }
    const ComparedWork own{ httpWorkOf(image), {}, {}, {} };
    if (name == u"http" && !own.http)
        return Error{ ErrorCode::NotFound,
            "workload http: " + image.shortName().toStdString() + " has no label " + kLabel, 0,
            "Name the request: http:PORT/PATH." };
    return own;
}

} // namespace twinhull
