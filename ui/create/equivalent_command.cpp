// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/equivalent_command.h"

#include "ui/create/form_text.h"

#include <QLocale>

namespace twinhull {

namespace {

/// "256M", "2G": whole units only, as twinhullctl reads them back without loss.
QString sizeWord(std::uint64_t bytes)
{
    constexpr std::uint64_t kMiB = 1ULL << 20U;
    constexpr std::uint64_t kGiB = 1ULL << 30U;
    if (bytes % kGiB == 0)
        return QString::number(bytes / kGiB) + QLatin1Char('G');
    return QString::number(bytes / kMiB) + QLatin1Char('M');
}

void addLimits(QStringList& words, const CreateForm& form)
{
    if (form.limits.memoryBytes)
        words << QStringLiteral("--memory") << sizeWord(*form.limits.memoryBytes);
    if (form.limits.cpus)
        words << QStringLiteral("--cpus") << QLocale::c().toString(*form.limits.cpus, 'g', 4);
    if (form.limits.pids && form.kind == NewWorkload::Container)
        words << QStringLiteral("--pids") << QString::number(*form.limits.pids);
}

void addWiring(QStringList& words, const CreateForm& form)
{
    for (const PublishedPort& port : parsePorts(form.ports).items)
        words << QStringLiteral("-p")
              << QStringLiteral("%1:%2:%3").arg(port.hostAddress).arg(port.hostPort).arg(port.workloadPort);
    if (!form.hasNetwork)
        words << QStringLiteral("--no-network");
    if (!form.usesImage())
        return;
    for (const Mount& mount : parseMounts(form.mounts).items)
        words << QStringLiteral("-v")
              << mount.source + QLatin1Char(':') + mount.target + (mount.readOnly ? QStringLiteral(":ro") : QString());
    for (const QString& variable : environmentLines(form.environment))
        words << QStringLiteral("-e") << variable;
}

void addSource(QStringList& words, const CreateForm& form)
{
    if (form.usesImage()) {
        words << (form.image.isEmpty() ? QStringLiteral("IMAGE") : form.image);
        words += splitWords(form.command).value_or(QStringList());
        return;
    }
    if (form.vmSource == VmSource::Iso)
        words << QStringLiteral("--iso") << QStringLiteral("--disk-size") << sizeWord(form.diskBytes);
    else
        words << QStringLiteral("--disk");
    words << (form.mediumPath.isEmpty() ? QStringLiteral("FILE") : form.mediumPath);
}

} // namespace

QString equivalentCommand(const CreateForm& form)
{
    QStringList words{ QStringLiteral("twinhullctl") };
    if (form.kind == NewWorkload::Twin) {
        words << QStringLiteral("twin") << QStringLiteral("create");
        words << QStringLiteral("--name") << form.name;
        addLimits(words, form);
        words << (form.image.isEmpty() ? QStringLiteral("IMAGE") : form.image);
    } else {
        words << QStringLiteral("run");
        if (form.kind == NewWorkload::Vm)
            words << QStringLiteral("--vm");
        words << QStringLiteral("--name") << form.name;
        addWiring(words, form);
        addLimits(words, form);
        addSource(words, form);
    }
    for (QString& word : words)
        word = quotedWord(word);
    return words.join(QLatin1Char(' '));
}

} // namespace twinhull
