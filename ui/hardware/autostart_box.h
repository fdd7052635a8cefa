// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_power.h"
#include "ui/page/app_context.h"

#include <QCheckBox>

namespace twinhull {

/// Whether a machine starts by itself; read when it is seen, changed by a job. Not there for what has no such switch.
class AutostartBox : public QCheckBox {
    Q_OBJECT

public:
    explicit AutostartBox(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;

private:
    MachinePower* power() const;
    void read();
    void change(bool isOn);

    AppContext& m_context;
    WorkloadInfo m_info;
    std::unique_ptr<Job> m_reading;
};

} // namespace twinhull
