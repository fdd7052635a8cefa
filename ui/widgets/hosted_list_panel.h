// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"
#include "ui/widgets/machine_host.h"
#include "ui/widgets/named_list_panel.h"

#include <map>

namespace twinhull {

/// A list of what machines' hosts have, one host at a time. What was read of one is kept: while it does not answer it
/// is shown as it was then, greyed, and nothing can be done with it.
class HostedListPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// Shows that one's, as it was read last, and reads it again. A reading of the host before, which may hang, is not
    /// waited for.
    void setHost(const QString& connection);
    const QString& host() const { return m_host; } ///< name of its connection; empty: the home one

protected:
    /// `reading` is what the reading is called; the context must outlive this.
    HostedListPanel(AppContext& context, const Words& words, QString reading, QWidget* parent);

    Reading read() final;
    /// Its job is null where the provider has nothing of the kind. `show` may be called again later.
    virtual Reading readFrom(WorkloadProvider& provider) = 0;
    virtual void showNone() = 0; ///< empties the model
    virtual void onHostChanged() { }

    template <typename Interface>
    Interface* on(const QString& connection) const
    {
        return onHost<Interface>(m_context.workloads, connection);
    }
    AppContext& context() const { return m_context; }

private:
    QString keptKey() const;

    AppContext& m_context;
    QString m_readingTitle;
    QString m_host;
    std::map<QString, std::function<void()>> m_kept; ///< what shows it again, by host and its address
};

} // namespace twinhull
