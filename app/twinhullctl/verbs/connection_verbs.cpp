// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/settings/settings.h"
#include "core/workload/workload_connection.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

struct ConnectOptions {
    std::string uri;
    std::string name;
    bool isLeftAlone = false;
};

using State = ConnectionStatus::State;

QString stateText(State state)
{
    switch (state) {
    case State::Connected:
        return QStringLiteral("connected");
    case State::Connecting:
        return QStringLiteral("no answer");
    case State::Lost:
        return QStringLiteral("lost");
    }
    return {};
}

QString shownName(const QString& name)
{
    return name.isEmpty() ? QStringLiteral("home") : name;
}

QJsonValue errorJson(const std::optional<Error>& error)
{
    if (!error)
        return {};
    return QJsonObject{
        { QStringLiteral("message"), QString::fromStdString(error->message) },
        { QStringLiteral("hint"),
            error->hint.empty() ? QJsonValue() : QJsonValue(QString::fromStdString(error->hint)) },
    };
}

QJsonObject connectionJson(const ConnectionStatus& status)
{
    const bool isKnown = status.state == State::Connected;
    return {
        { QStringLiteral("name"), shownName(status.name) },
        { QStringLiteral("uri"), status.uri },
        { QStringLiteral("state"), stateText(status.state) },
        { QStringLiteral("last_seen"),
            status.lastSeen.isValid() ? QJsonValue(status.lastSeen.toUTC().toString(Qt::ISODate)) : QJsonValue() },
        { QStringLiteral("vms"), isKnown ? QJsonValue(static_cast<double>(status.workloads)) : QJsonValue() },
        { QStringLiteral("error"), errorJson(status.error) },
    };
}

/// Those that are opened by name only are in the list, too.
std::vector<SavedConnection> closedOnes(const Program& program, const std::vector<ConnectionStatus>& open)
{
    std::vector<SavedConnection> closed;
    auto all = ConnectionList(program.folders()).read();
    if (!all)
        return closed;
    for (auto& saved : *all) {
        const auto isSame = [&saved](const auto& status) { return status.name == saved.name; };
        if (std::none_of(open.begin(), open.end(), isSame))
            closed.push_back(std::move(saved));
    }
    return closed;
}

void printConnections(Program& program, const std::vector<ConnectionStatus>& open)
{
    const auto closed = closedOnes(program, open);
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& status : open)
            array.append(connectionJson(status));
        for (const auto& saved : closed) {
            QJsonObject object = connectionJson({ saved.name, saved.uri, State::Connecting, {}, {}, 0 });
            object[QStringLiteral("state")] = QStringLiteral("closed");
            array.append(object);
        }
        return program.print(QJsonValue(array));
    }
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("STATE"), QStringLiteral("VMS"),
        QStringLiteral("LAST SEEN"), QStringLiteral("URI") });
    for (const auto& status : open)
        table.add({ shownName(status.name), stateText(status.state),
            status.state == State::Connected ? QString::number(status.workloads) : QStringLiteral("-"),
            lastSeenText(status.lastSeen), status.uri });
    for (const auto& saved : closed)
        table.add({ saved.name, QStringLiteral("closed"), QStringLiteral("-"), QStringLiteral("-"), saved.uri });
    program.print(table.toText());
}

void showConnections(Program& program, const ConnectOptions&)
{
    std::vector<ConnectionStatus> all;
    for (const auto* provider : program.connections()) {
        if (auto status = provider->connectionStatus())
            all.push_back(*std::move(status));
    }
    printConnections(program, all);
    for (const auto& status : all) {
        if (status.error)
            program.note(
                shownName(status.name) + QStringLiteral(": ") + QString::fromStdString(status.error->toLine()));
    }
    program.finish();
}

/// The connection is kept whether it answers or not: a host may be off today.
void tellWhatCameOfIt(Program& program)
{
    const auto status = program.connections().back()->connectionStatus();
    if (!status)
        return program.finish();
    if (program.wantsJson())
        program.print(QJsonValue(connectionJson(*status)));
    else
        program.print(status->name + u'\n');
    if (status->state == State::Connecting)
        program.note(Program::tr("%1 is kept, but does not answer yet.").arg(status->name));
    if (status->error)
        program.note(Program::tr("%1 is kept, but does not answer: %2")
                         .arg(status->name, QString::fromStdString(status->error->toLine())));
    program.finish();
}

void addConnection(Program& program, const ConnectOptions& options)
{
    const QString home = Settings(program.folders()).value(setting::kLibvirtUri);
    const auto added
        = ConnectionList(program.folders())
              .add({ QString::fromStdString(options.name), QString::fromStdString(options.uri), !options.isLeftAlone },
                  home);
    if (!added)
        return program.fail(Error(added.error()).withContext("connect " + options.uri));
    program.alsoWith(*added, &tellWhatCameOfIt);
}

void removeConnection(Program& program, const ConnectOptions& options)
{
    auto removed = ConnectionList(program.folders()).remove(QString::fromStdString(options.name));
    if (!removed)
        return program.fail(removed.error());
    program.finish();
}

} // namespace

void addConnectionVerbs(CLI::App& app, ChosenVerb& chosen)
{
    const auto fresh = [] { return std::make_shared<ConnectOptions>(); };
    const auto adding = fresh();
    auto* connect = app.add_subcommand("connect", "one more libvirt host, whose VMs are listed with the others");
    connect->add_option("URI", adding->uri, "qemu:///system, qemu+ssh://USER@HOST/system, test:///default …")
        ->required();
    connect->add_option("--name", adding->name, "for --connect; else made of the URI");
    connect->add_flag("--closed", adding->isLeftAlone, "opened by --connect only");
    onVerb(*connect, chosen, adding, Need::Images, &addConnection);
    onVerb(*app.add_subcommand("connections", "the libvirt hosts and how they fare"), chosen, fresh(),
        Need::AllConnections, &showConnections);
    const auto removing = fresh();
    auto* disconnect = app.add_subcommand("disconnect", "forgets a libvirt host; its VMs run on");
    disconnect->add_option("NAME", removing->name, "of connections")->required();
    onVerb(*disconnect, chosen, removing, Need::Images, &removeConnection);
}

} // namespace twinhull
