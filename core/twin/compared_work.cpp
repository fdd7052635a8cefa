// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/compared_work.h"

#include "core/load/load.h"
#include "core/twin/command_words.h"
#include "core/twin/http_rate.h"
#include "core/twin/work_figure.h"
#include "core/workload/plan_command.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr const char* kLabel = "org.twinhull.work.http";
constexpr qsizetype kMostShownCharacters = 400; ///< of a definition's command
constexpr QStringView kCommandPrefix = u"command:";
constexpr QStringView kHttpRate = u"http-rate";

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

/// A request as a work names it: "http", "http-rate", each of the image's label or with ":PORT/PATH".
struct NamedRequest {
    bool asksAgain = false;
    bool isOfImage = false;
    std::optional<HttpWorkload> http; ///< where it is not the image's; nothing when it makes no sense
};

std::optional<NamedRequest> requestNamed(const QString& name)
{
    const auto colon = name.indexOf(u':');
    const QString kind = name.left(colon); // all of it where there is none
    if (kind != u"http" && kind != kHttpRate)
        return std::nullopt;
    NamedRequest request{ kind == kHttpRate, colon < 0, {} };
    if (colon >= 0)
        request.http = httpWorkFrom(name.mid(colon + 1));
    return request;
}

WorkScale scaleOf(const LoadKind& load)
{
    return { QString::fromUtf8(load.unit), load.isRate ? Better::Higher : Better::Lower, {} };
}

ComparedWork workOf(const LoadKind& load)
{
    const QString name = QLatin1String(load.name);
    ComparedWork work;
    work.command = { QStringLiteral("twinhull-load"), name };
    work.commandText = work.command.join(u' ');
    work.load = name;
    work.scale = scaleOf(load);
    return work;
}

WorkScale scaleOf(const NetworkWork& network)
{
    return { QString::fromUtf8(network.unit), network.isRate ? Better::Higher : Better::Lower, {},
        QString::fromUtf8(network.turnUnit) };
}

ComparedWork workOf(const NetworkWork& network)
{
    ComparedWork work;
    work.network = &network;
    work.scale = scaleOf(network);
    return work;
}

WorkScale requestScale()
{
    return { QStringLiteral("requests/s"), Better::Higher, {}, QStringLiteral("ms a request") };
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
    if (!title.isEmpty())
        return tr("%1 (the command %2, run inside to its end)").arg(title, commandText);
    if (!command.isEmpty())
        return tr("the command %1, run inside to its end").arg(commandText);
    if (network != nullptr)
        return tr("%1: %2").arg(QLatin1String(network->name), QString::fromUtf8(network->meaning));
    if (http && asksAgain)
        return tr("HTTP requests of %1 on port %2 for %3 s, one after the other, each answered in full")
            .arg(plainText(http->path, kMostShownCharacters)) // an image's label may hold anything
            .arg(http->port)
            .arg(kHttpRateTime.count());
    if (http)
        return tr("one HTTP request of %1 on port %2, answered in full")
            .arg(plainText(http->path, kMostShownCharacters))
            .arg(http->port);
    return tr("%1 s of rest; no work was asked for").arg(kIdleTime.count());
}

ComparedWork comparedWork(const WorkDefinition& definition)
{
    ComparedWork work;
    work.title = QStringLiteral("%1: %2").arg(definition.name, definition.title);
    work.command = definition.command;
    work.commandText = plainText(shellLine(definition.command), kMostShownCharacters);
    work.scale = definition.figure;
    work.prepare = definition.prepare;
    work.cleanUp = definition.cleanUp;
    work.needs = definition.needs;
    work.caches = definition.caches;
    work.failure = definition.failure;
    work.awaitsPort = definition.awaitsPort;
    return work;
}

Result<ComparedWork> withFigure(ComparedWork work, const WorkScale& scale)
{
    if (work.command.isEmpty() || !work.load.isEmpty() || scale.pattern.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "a figure is read from the output of a command, and there is none", 0,
            "Name both: --command 'sysbench cpu run' --figure 'events per second:\\s*([0-9.]+)'." };
    if (const auto checked = checkWorkScale(scale); !checked)
        return checked.error();
    work.scale = scale;
    return work;
}

QString commandWorkName(const QString& command)
{
    return kCommandPrefix.toString() + command;
}

std::vector<WorkChoice> workChoices()
{
    std::vector<WorkChoice> choices;
    for (const LoadKind& kind : loadKinds()) {
        if (*kind.unit != '\0')
            choices.push_back({ QLatin1String(kind.name), QString::fromUtf8(kind.meaning), scaleOf(kind) });
    }
    for (const NetworkWork& network : networkWorks())
        choices.push_back({ QLatin1String(network.name), QString::fromUtf8(network.meaning), scaleOf(network) });
    return choices;
}

Result<> checkWorkName(const QString& name)
{
    const std::string what = "workload " + name.toStdString() + ": ";
    if (name.startsWith(kCommandPrefix))
        return checkCommand(name.mid(kCommandPrefix.size()));
    const auto request = requestNamed(name);
    if (request && !request->isOfImage && !request->http)
        return Error{ ErrorCode::InvalidArgument, what + "not a port and a path", 0, "Write it as http:8080/path." };
    if (name.isEmpty() || name == u"image" || name == u"idle" || request || loadNamed(name) != nullptr
        || networkWorkNamed(name) != nullptr)
        return {};
    return Error{ ErrorCode::InvalidArgument, what + "not known", 0,
        "Use http:PORT/PATH, http, image, idle or one that is listed by: twinhullctl compare --list-workloads" };
}

Result<ComparedWork> comparedWork(const QString& name, const ImageInfo& image)
{
    if (const auto known = checkWorkName(name); !known)
        return known.error();
    if (name == u"idle")
        return ComparedWork{};
    if (const LoadKind* load = loadNamed(name))
        return workOf(*load);
    if (const NetworkWork* network = networkWorkNamed(name))
        return workOf(*network);
    if (name.startsWith(kCommandPrefix)) {
        ComparedWork work;
        work.commandText = name.mid(kCommandPrefix.size());
        work.command = *commandWords(work.commandText); // checked above
        return work;
    }
    const auto request = requestNamed(name);
    ComparedWork work;
    work.http = request && !request->isOfImage ? request->http : httpWorkOf(image);
    if (request && !work.http)
        return Error{ ErrorCode::NotFound,
            "workload " + name.toStdString() + ": " + image.shortName().toStdString() + " has no label " + kLabel, 0,
            "Name the request: " + name.toStdString() + ":PORT/PATH." };
    work.asksAgain = request && request->asksAgain;
    if (work.asksAgain)
        work.scale = requestScale();
    return work;
}

} // namespace twinhull
