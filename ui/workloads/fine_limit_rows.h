// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/change_text.h"
#include "ui/create/form_check.h"

#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace twinhull {

class FormRow;

/// The limits of a container beside memory, processors and processes, as they are and as they are to be. A field that
/// cannot work on this computer is off and says why.
class FineLimitRows : public QWidget {
    Q_OBJECT

public:
    FineLimitRows(const FineLimits& before, const FormWorld& world, QWidget* parent = nullptr);

    /// What is other than before; what makes no sense stands under its field and is the error. 0: no memory limit.
    Result<> addTo(WorkloadChange& change, std::uint64_t memoryBytes);

Q_SIGNALS:
    void changed();

private:
    struct Row {
        FormField field;
        QLineEdit* line;
        FormRow* row;
        QString before;
    };

    void add(FormField field, const QString& name, const QString& label, const QString& example, const QString& before);
    FineLimitTexts textsOf(std::size_t row) const;
    QString problemWith(std::size_t row, WorkloadChange& change, std::uint64_t memoryBytes) const;

    const FormWorld& m_world;
    QGridLayout* m_grid;
    std::vector<Row> m_rows; ///< memory and swap, processors, shares, then the rates by DeviceRateKind
};

} // namespace twinhull
