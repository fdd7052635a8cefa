// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/twin_plan.h"

#include <QObject>

class QFormLayout;
class QLineEdit;

namespace twinhull {

/// Asks how a measured image is started, as the command line takes it: memory, processors, port, command, environment.
class TwinFields : public QObject {
    Q_OBJECT

public:
    /// `name` begins the names of the controls: NAMEMemory, NAMECpus …
    TwinFields(const QString& name, QObject* parent);

    void addTo(QFormLayout& form);
    /// Puts what was written into the plan; InvalidArgument where it makes no sense.
    Result<> apply(TwinPlan& plan) const;

Q_SIGNALS:
    void changed();

private:
    QLineEdit* makeField(const QString& objectName, const QString& accessibleName, const QString& placeholder);

    QLineEdit* m_memory;
    QLineEdit* m_cpus;
    QLineEdit* m_port;
    QLineEdit* m_command;
    QLineEdit* m_environment;
};

} // namespace twinhull
