// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_power.h"
#include "ui/page/app_context.h"
#include "ui/widgets/confirmation.h"

#include <QObject>

#include <functional>
#include <vector>

class QMenu;

namespace twinhull {

/// What machines can be told beside start, stop and pause: reboot, reset, save, keys, another name, another like it.
/// One that cannot is passed over.
class MachineActions : public QObject {
    Q_OBJECT

public:
    MachineActions(AppContext& context, QObject* parent);

    void setSelection(std::vector<WorkloadInfo> selection) { m_selection = std::move(selection); }
    /// A menu of its own in this one, where a machine is chosen.
    void fillContextMenu(QMenu& menu);

private:
    using Make = std::function<std::unique_ptr<Job>(MachinePower&, const WorkloadId&)>;

    MachinePower* powerOf(const WorkloadInfo& info) const;
    bool any(Capability capability) const; ///< of the machines
    void addAction(QMenu& menu, const QString& text, const char* name, Capability needed, const Make& make);
    /// Of what cannot be taken back.
    void addAskingAction(
        QMenu& menu, const QString& text, const Confirmation& asked, Capability needed, const Make& make);
    void submit(Capability needed, const Make& make, const std::vector<WorkloadInfo>& chosen);
    void addInstalling(QMenu& menu);
    void addFileActions(QMenu& menu);
    void saveTo(const WorkloadInfo& info);
    void restoreFrom(const WorkloadInfo& info);
    void addCopyActions(QMenu& menu);
    void clone(const WorkloadInfo& info);

    AppContext& m_context;
    std::vector<WorkloadInfo> m_selection;
};

} // namespace twinhull
