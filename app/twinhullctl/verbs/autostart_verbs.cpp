// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "core/containers/bring_back_job.h"
#include "core/settings/login_service.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

QJsonValue lingeringJson(Lingering lingering)
{
    return lingering == Lingering::Unknown ? QJsonValue() : QJsonValue(lingering == Lingering::On);
}

QString whyText(const ReturningContainer& container)
{
    switch (container.policy.when) {
    case RestartPolicy::When::Never:
    case RestartPolicy::When::OnFailure:
        return Program::tr("no: by its restart policy");
    case RestartPolicy::When::Always:
        break;
    case RestartPolicy::When::UnlessStopped:
        if (container.wasStopped)
            return Program::tr("no: it was stopped by a person");
        break;
    }
    return Program::tr("yes");
}

QJsonObject stateJson(const LoginService& service, const std::vector<ReturningContainer>& containers)
{
    QJsonArray array;
    for (const auto& container : containers)
        array.append(QJsonObject{ { QStringLiteral("name"), QString::fromStdString(container.name) },
            { QStringLiteral("id"), QString::fromStdString(container.id) },
            { QStringLiteral("restart"), QString::fromStdString(encodeRestartPolicy(container.policy)) },
            { QStringLiteral("comes_back"), container.comesBack } });
    return { { QStringLiteral("enabled"), service.isEnabled() }, { QStringLiteral("current"), service.isCurrent() },
        { QStringLiteral("unit"), QString::fromStdString(service.unitPath()) },
        { QStringLiteral("lingering"), lingeringJson(lingering()) }, { QStringLiteral("containers"), array } };
}

QString lingeringText()
{
    switch (lingering()) {
    case Lingering::On:
        return Program::tr("Lingering is on: that is when the computer starts, and containers outlive a logout.");
    case Lingering::Off:
        return Program::tr("Lingering is off: that is at login, and containers end with the last logout. For a start "
                           "with the computer: loginctl enable-linger");
    case Lingering::Unknown:
        break;
    }
    return Program::tr("This computer does not run systemd, so nothing is started by itself. Have your session run: "
                       "twinhullctl autostart run");
}

void tellState(Program& program)
{
    const auto service = LoginService::of(program.folders());
    const auto containers = returningContainers(program.folders());
    if (program.wantsJson()) {
        program.print(QJsonValue(stateJson(service, containers)));
        return program.finish();
    }
    QString text = service.isEnabled()
        ? Program::tr("On: containers are started again as their restart policy says.\n")
        : Program::tr("Off: no container is started by itself. Turn it on: twinhullctl autostart enable\n");
    if (service.isEnabled() && !service.isCurrent())
        text += Program::tr("The unit was written for another place of the program. Renew it: twinhullctl autostart "
                            "enable\n");
    text += lingeringText() + u'\n';
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("RESTART"), QStringLiteral("COMES BACK") });
    for (const auto& container : containers)
        table.add({ QString::fromStdString(container.name),
            QString::fromStdString(encodeRestartPolicy(container.policy)), whyText(container) });
    program.print(containers.empty() ? text : text + table.toText());
    program.finish();
}

void changeAutostart(Program& program, Result<> (LoginService::*how)() const)
{
    const auto service = LoginService::of(program.folders());
    if (auto done = (service.*how)(); !done)
        return program.fail(done.error());
    if (const auto reloaded = reloadUserManager(); !reloaded) // it reads them at the next login
        program.note(
            Program::tr("systemd was not told at once: %1").arg(QString::fromStdString(reloaded.error().message)));
    tellState(program);
}

/// systemd keeps in its journal what is noted here.
void bringBack(Program& program)
{
    const auto containers = returningContainers(program.folders());
    auto job = std::make_unique<BringBackJob>(*program.containers(), program.folders(), containers);
    program.runToTheEnd(std::move(job), [&program](const Job& ended) {
        const auto& done = static_cast<const BringBackJob&>(ended);
        QJsonArray started;
        for (const auto& container : done.started()) {
            started.append(QString::fromStdString(container.name));
            if (!program.wantsJson())
                program.print(Program::tr("%1: started\n").arg(QString::fromStdString(container.name)));
        }
        QJsonArray failed;
        for (const auto& [container, error] : done.failures()) {
            const QString name = QString::fromStdString(container.name);
            failed.append(QJsonObject{ { QStringLiteral("name"), name },
                { QStringLiteral("message"), QString::fromStdString(error.message) } });
            program.note(Program::tr("%1: not started: %2").arg(name, QString::fromStdString(error.toLine())));
        }
        if (program.wantsJson())
            program.print(QJsonValue(
                QJsonObject{ { QStringLiteral("started"), started }, { QStringLiteral("failed"), failed } }));
        const auto& failures = done.failures();
        if (!done.result())
            return program.finish(ExitCode::Cancelled);
        program.finish(failures.empty() ? ExitCode::Ok : exitCodeOf(failures.front().error.code));
    });
}

} // namespace

void addAutostartVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* autostart = app.add_subcommand(
        "autostart", "start containers again after logout and reboot, as --restart always and unless-stopped say");
    autostart->require_subcommand(1);
    autostart->add_subcommand("enable", "install a systemd unit of yours that does so")->callback([&chosen] {
        chosen = { Need::Images, [](Program& program) { changeAutostart(program, &LoginService::enable); } };
    });
    autostart->add_subcommand("disable", "remove that unit; what runs goes on")->callback([&chosen] {
        chosen = { Need::Images, [](Program& program) { changeAutostart(program, &LoginService::disable); } };
    });
    autostart->add_subcommand("status", "whether it is on, and what comes back")->callback([&chosen] {
        chosen = { Need::Images, &tellState };
    });
    autostart->add_subcommand("run", "start them now; this is what the unit runs")->callback([&chosen] {
        chosen = { Need::Containers, &bringBack };
    });
}

} // namespace twinhull
