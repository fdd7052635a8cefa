// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace twinhull {

/// One line on standard error that is written over and over; nothing where standard error is no terminal.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();

    void show(const QString& text);
    void clear();

private:
    bool m_isTerminal;
    bool m_isShown = false;
};

} // namespace twinhull
