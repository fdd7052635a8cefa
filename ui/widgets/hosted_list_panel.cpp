// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hosted_list_panel.h"

#include "core/jobs/refused_job.h"
#include "ui/widgets/error_text.h"

#include <utility>

namespace twinhull {

HostedListPanel::HostedListPanel(AppContext& context, const Words& words, QString reading, QWidget* parent)
    : NamedListPanel(context.jobs, words, parent), m_context(context), m_readingTitle(std::move(reading))
{
}

/// Another host may bear the name of one that was taken out.
QString HostedListPanel::keptKey() const
{
    const auto status = hostStatus(m_context.workloads, m_host);
    return status ? status->name + u' ' + status->uri : m_host;
}

void HostedListPanel::setHost(const QString& connection)
{
    if (connection == m_host)
        return;
    abandonReading();
    m_host = connection;
    onHostChanged();
    const auto kept = m_kept.find(keptKey());
    if (kept != m_kept.end())
        kept->second();
    else
        showNone();
    refresh();
}

NamedListPanel::Reading HostedListPanel::read()
{
    const auto status = hostStatus(m_context.workloads, m_host);
    const QString silence = status ? silenceText(*status) : QString();
    setSilence(silence, status && status->error ? errorParagraph(*status->error) : QString());
    if (!silence.isEmpty())
        return {}; // a call that hangs would only take a thread
    auto* provider = hostProvider(m_context.workloads, m_host);
    Reading reading = provider != nullptr ? readFrom(*provider) : Reading();
    if (!reading.job)
        return { std::make_unique<RefusedJob>(
                     m_readingTitle, Error{ ErrorCode::Unavailable, "libvirt is not connected yet", 0, {} }),
            {} };
    reading.show = [this, key = keptKey(), show = std::move(reading.show)] {
        m_kept[key] = show;
        show();
    };
    return reading;
}

} // namespace twinhull
