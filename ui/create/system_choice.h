// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_making.h"
#include "ui/page/app_context.h"

#include <QComboBox>

namespace twinhull {

/// The systems that are known, to be chosen or typed; the first entry leaves it to the medium. Read when it is first
/// shown, elsewhere.
class SystemChoice : public QComboBox {
    Q_OBJECT

public:
    explicit SystemChoice(AppContext& context, QWidget* parent = nullptr);
    ~SystemChoice() override;

    /// Empty: as the medium tells. What was typed and is no known name is handed on as an id.
    QString systemId() const;
    void setUnchosenText(const QString& text);

Q_SIGNALS:
    void chosenChanged();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void fill(const std::vector<KnownOs>& systems);

    AppContext& m_context;
    std::unique_ptr<Job> m_reading;
};

} // namespace twinhull
