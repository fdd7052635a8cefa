// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/upkeep_command.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace twinhull {

namespace {

const char* const kShell = "/bin/sh";
const char* const kShellFlag = "-c";

bool isList(const QString& text)
{
    return text.startsWith(u'[') && QJsonDocument::fromJson(text.toUtf8()).isArray();
}

QStringList healthWords(const HealthCheck& health)
{
    const HealthCheck usual;
    QStringList words;
    if (!health.command.empty())
        words << QStringLiteral("--health-cmd") << healthCommandText(health.command);
    const auto isNotTheImages
        = [&health](HealthCheck::Said what) { return health.command.empty() && health.hasSaid(what); };
    if (health.interval != usual.interval || isNotTheImages(HealthCheck::Interval))
        words << QStringLiteral("--health-interval") << timeWord(health.interval);
    if (health.timeout != usual.timeout || isNotTheImages(HealthCheck::Timeout))
        words << QStringLiteral("--health-timeout") << timeWord(health.timeout);
    if (health.startPeriod != usual.startPeriod || isNotTheImages(HealthCheck::StartPeriod))
        words << QStringLiteral("--health-start-period") << timeWord(health.startPeriod);
    if (health.startInterval != usual.startInterval || isNotTheImages(HealthCheck::StartInterval))
        words << QStringLiteral("--health-start-interval") << timeWord(health.startInterval);
    if (health.retries != usual.retries || isNotTheImages(HealthCheck::Retries))
        words << QStringLiteral("--health-retries") << QString::number(health.retries);
    if (health.onFailure != usual.onFailure || words.isEmpty()) // something, so that there is a check
        words << QStringLiteral("--health-on-failure") << QLatin1String(nameOf(health.onFailure));
    return words;
}

} // namespace

QString timeWord(std::chrono::milliseconds time)
{
    const auto count = time.count();
    return count % 1000 == 0 ? QStringLiteral("%1s").arg(count / 1000) : QStringLiteral("%1ms").arg(count);
}

QStringList upkeepWords(const Upkeep& upkeep)
{
    QStringList words;
    if (upkeep.restart.when != RestartPolicy::When::Never)
        words << QStringLiteral("--restart") << QString::fromStdString(encodeRestartPolicy(upkeep.restart));
    if (upkeep.isRemovedAtEnd)
        words << QStringLiteral("--rm");
    if (upkeep.hasNoHealthCheck)
        words << QStringLiteral("--no-healthcheck");
    else if (upkeep.health)
        words << healthWords(*upkeep.health);
    const LogLimits usual;
    if (upkeep.log.maxBytes != usual.maxBytes)
        words << QStringLiteral("--log-opt") << QStringLiteral("max-size=%1").arg(upkeep.log.maxBytes);
    if (upkeep.log.maxFiles != usual.maxFiles)
        words << QStringLiteral("--log-opt") << QStringLiteral("max-file=%1").arg(upkeep.log.maxFiles);
    return words;
}

QString healthCommandText(const std::vector<std::string>& command)
{
    if (command.size() == 3 && command[0] == kShell && command[1] == kShellFlag) {
        const QString text = QString::fromStdString(command[2]);
        if (!text.isEmpty() && !text.startsWith(u'-') && text != u"none" && !isList(text))
            return text;
    }
    QJsonArray words{ QStringLiteral("CMD") };
    for (const auto& word : command)
        words.append(QString::fromStdString(word));
    return QString::fromUtf8(QJsonDocument(words).toJson(QJsonDocument::Compact));
}

std::vector<std::string> healthCommandFromText(const QString& text)
{
    if (!isList(text))
        return { kShell, kShellFlag, text.toStdString() };
    std::vector<std::string> command;
    for (const auto& word : QJsonDocument::fromJson(text.toUtf8()).array())
        command.push_back(word.toString().toStdString());
    if (command.size() == 2 && command.front() == "CMD-SHELL")
        return { kShell, kShellFlag, command.back() };
    if (!command.empty() && command.front() == "CMD")
        command.erase(command.begin());
    return command;
}

} // namespace twinhull
