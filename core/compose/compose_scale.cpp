// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_scale.h"

#include "core/base/text.h"
#include "core/compose/compose_labels.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qsizetype kMostNamedFiles = 20;

Error cannotShare(unsigned count, const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, std::to_string(count) + " containers cannot share " + what, 0, {} };
}

/// Names with commas between them; one name where a file is called like all of it.
Result<QStringList> filesNamed(const QString& label)
{
    const QStringList files = QFileInfo(label).isFile() ? QStringList{ label } : label.split(u',', Qt::SkipEmptyParts);
    if (files.size() > kMostNamedFiles)
        return Error{ ErrorCode::InvalidArgument, "more than " + std::to_string(kMostNamedFiles) + " Compose files", 0,
            {} };
    for (const QString& file : files) {
        if (!QDir::isAbsolutePath(file) || !QFileInfo(file).isFile()) // a FIFO would hold us up
            return Error{ ErrorCode::NotFound, "there is no file " + file.left(200).toStdString() + " any more", 0,
                "Say where it is now: twinhullctl compose --file FILE --project-name NAME up" };
    }
    return files;
}

} // namespace

Result<> checkScale(const ComposeService& service, unsigned count)
{
    if (count > kMostReplicas)
        return Error{ ErrorCode::InvalidArgument,
            "a service has up to " + std::to_string(kMostReplicas) + " containers", 0, {} };
    if (count > 1 && !service.containerName.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "several containers cannot bear one container_name", 0, {} };
    for (const auto& port : service.ports) {
        if (port.hostFirst != 0 && count > port.hostLast - port.hostFirst + 1U)
            return cannotShare(count, "port " + std::to_string(port.hostFirst) + "; publish a range");
    }
    for (const auto& network : service.networks) {
        const QString& address = network.ipv4.isEmpty() ? network.ipv6 : network.ipv4;
        if (count > 1 && !address.isEmpty())
            return cannotShare(count, "the address " + address.toStdString());
    }
    return {};
}

Result<QMap<QString, unsigned>> scalesFromTexts(const QStringList& texts, const ComposeProject& project)
{
    QMap<QString, unsigned> scales;
    for (const QString& text : texts) {
        const QString name = text.section(u'=', 0, 0);
        const auto* service = project.service(name);
        const auto count = parseNumber(text.section(u'=', 1).toStdString());
        if (!count || *count > kMostReplicas || service == nullptr)
            return Error{ ErrorCode::InvalidArgument,
                text.toStdString() + ": not SERVICE=NUMBER, with a service of the file and a number of up to "
                    + std::to_string(kMostReplicas),
                0, "Write it as web=3." };
        const auto scale = static_cast<unsigned>(*count);
        if (auto checked = checkScale(*service, scale); !checked)
            return std::move(checked).error().withContext(text.toStdString());
        scales.insert(name, scale);
    }
    return scales;
}

QMap<QString, unsigned> scalesOf(const std::vector<WorkloadInfo>& containers, const QString& project)
{
    QMap<QString, unsigned> scales;
    for (const auto& info : containersOf(containers, project)) {
        const unsigned number = std::min(numberOf(info), kMostReplicas); // a label may say anything
        if (number > scales.value(serviceOf(info)))
            scales.insert(serviceOf(info), number);
    }
    return scales;
}

UpWish scaleWish(
    const ComposeProject& project, const std::vector<WorkloadInfo>& containers, const QMap<QString, unsigned>& scales)
{
    UpWish wish;
    wish.recreatesNothing = true;
    wish.leavesOthers = true;
    wish.services = scales.keys();
    wish.scale = scalesOf(containers, project.name);
    for (auto it = scales.begin(); it != scales.end(); ++it)
        wish.scale[it.key()] = it.value();
    return wish;
}

Result<ComposeChoice> composeChoiceOf(const WorkloadInfo& info)
{
    auto files = filesNamed(info.labels.value(kFileLabel));
    auto variables = filesNamed(info.labels.value(kEnvironmentFilesLabel));
    if (!files || !variables)
        return files ? std::move(variables).error() : std::move(files).error();
    if (files->isEmpty())
        return Error{ ErrorCode::NotFound, info.name.toStdString() + " does not tell which file it is of", 0,
            "Bring it up from its file: twinhullctl compose --file FILE --project-name NAME up" };
    ComposeChoice choice;
    choice.file = files->takeFirst();
    choice.projectName = projectOf(info);
    choice.environmentFiles = *variables;
    choice.environment = variablesOfThisProcess();
    choice.otherFiles = *files;
    return choice;
}

} // namespace twinhull
