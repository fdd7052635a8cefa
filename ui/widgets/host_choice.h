// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

#include <QComboBox>

class QTabWidget;

namespace twinhull {

/// Which host's machines are meant: the home one unless another was chosen, and again once the chosen one is taken out.
/// One that does not answer is greyed, with its last time, and can still be looked at.
class HostChoice : public QComboBox {
    Q_OBJECT

public:
    /// The registry must outlive this.
    explicit HostChoice(const WorkloadRegistry& registry, QWidget* parent = nullptr);

    QString host() const; ///< name of its connection; empty: the home one
    bool isNeeded() const { return count() > 1; }

Q_SIGNALS:
    void hostChosen();
    void hostsChanged(); ///< there are others, or one fares otherwise

private:
    void follow();

    const WorkloadRegistry& m_registry;
};

/// One at the right of these tabs; to be seen while that tab is shown and there is more than one host.
HostChoice* addHostCorner(QTabWidget& tabs, int tab, const WorkloadRegistry& registry);

} // namespace twinhull
