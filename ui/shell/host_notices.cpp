// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/host_notices.h"

#include "core/workload/workload_connection.h"
#include "ui/widgets/error_text.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

HostNotice unavailable(WorkloadKind kind, const Error& error)
{
    const char* title = kind == WorkloadKind::Container
        ? QT_TRANSLATE_NOOP("HostNotices", "containers cannot be started here")
        : QT_TRANSLATE_NOOP("HostNotices", "VMs cannot be started here");
    const QString details = QString::fromStdString(error.message);
    return { QCoreApplication::translate("HostNotices", title),
        errorParagraph(error) + QStringLiteral("\n\n") + details };
}

/// Of another host: nothing here fails for it.
std::optional<HostNotice> unreachable(const WorkloadProvider& provider, const Error& error)
{
    const auto* connection = dynamic_cast<const HasConnection*>(&provider);
    const auto status = connection != nullptr ? connection->connectionStatus() : std::nullopt;
    if (!status || status->name.isEmpty())
        return std::nullopt;
    const auto text = [](const char* words) { return QCoreApplication::translate("HostNotices", words); };
    const QString seen = text(QT_TRANSLATE_NOOP("HostNotices", "Last seen: %1. It is tried again by itself."));
    return HostNotice{ text(QT_TRANSLATE_NOOP("HostNotices", "%1 does not answer")).arg(status->name),
        errorParagraph(error) + u' ' + seen.arg(lastSeenText(status->lastSeen)) + QStringLiteral("\n\n")
            + QString::fromStdString(error.message) };
}

} // namespace

std::vector<HostNotice> hostNotices(const WorkloadRegistry& registry)
{
    std::vector<HostNotice> notices;
    for (const WorkloadProvider* provider : registry.providers()) {
        const auto availability = provider->availability();
        if (availability)
            continue;
        const auto elsewhere = unreachable(*provider, availability.error());
        notices.push_back(elsewhere ? *elsewhere : unavailable(provider->kind(), availability.error()));
    }
    for (const WorkloadProvider* provider : registry.providers()) {
        for (HostNotice& notice : provider->notices())
            notices.push_back(std::move(notice));
    }
    return notices;
}

} // namespace twinhull
