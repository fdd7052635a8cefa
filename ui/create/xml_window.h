// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace twinhull {

/// XML to read and copy, a line an element. Deletes itself when it is closed.
class XmlWindow : public QDialog {
    Q_OBJECT

public:
    XmlWindow(const QString& title, const QByteArray& xml, QWidget* parent);
};

} // namespace twinhull
