// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QLineEdit;
class QToolButton;

namespace twinhull {

/// The filters that are wanted most, as buttons that stay pressed: each one writes its word into the filter's text and
/// takes it out again, so that what is typed and what is pressed are always the same.
class FilterChips : public QWidget {
    Q_OBJECT

public:
    FilterChips(QLineEdit& filter, QWidget* parent = nullptr);

private:
    void add(const QString& title, const QString& word, const QString& name);
    void write(const QString& word, bool isWanted);
    void follow(const QString& text);

    struct Chip {
        QToolButton* button;
        QString word;
    };
    QLineEdit& m_filter;
    std::vector<Chip> m_chips;
};

} // namespace twinhull
