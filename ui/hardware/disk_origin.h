// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QStringList>
#include <QWidget>

class QComboBox;
class QRadioButton;
class QSpinBox;

namespace twinhull {

/// Where a disk that a machine is given comes from: made for it, or a file that is there.
class DiskOrigin : public QWidget {
    Q_OBJECT

public:
    explicit DiskOrigin(QWidget* parent = nullptr);

    /// In which a new disk can be too.
    void setPools(const QStringList& names);

    bool isNew() const;
    /// Of a new one, its size and where it is said to be, its pool; by the keys of an edit.
    QMap<QString, QString> values() const;

Q_SIGNALS:
    void changed();

private:
    QRadioButton* m_new;
    QRadioButton* m_existing;
    QSpinBox* m_size;
    QComboBox* m_place;
};

} // namespace twinhull
