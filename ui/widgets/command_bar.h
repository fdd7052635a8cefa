// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace twinhull {

/// A command line to read and copy.
class CommandBar : public QFrame {
    Q_OBJECT

public:
    explicit CommandBar(QWidget* parent = nullptr);

    void setCommand(const QString& line);

private:
    QLabel* m_line;
};

} // namespace twinhull
