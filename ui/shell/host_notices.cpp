// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/host_notices.h"

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

} // namespace

std::vector<HostNotice> hostNotices(const WorkloadRegistry& registry)
{
    std::vector<HostNotice> notices;
    for (const WorkloadProvider* provider : registry.providers()) {
        if (const auto availability = provider->availability(); !availability)
            notices.push_back(unavailable(provider->kind(), availability.error()));
    }
    for (const WorkloadProvider* provider : registry.providers()) {
        for (HostNotice& notice : provider->notices())
            notices.push_back(std::move(notice));
    }
    return notices;
}

} // namespace twinhull
