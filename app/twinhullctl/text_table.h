// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace twinhull {

/// Rows under a heading, columns as wide as their widest cell. Control characters in cells (others' names) become "?".
class TextTable {
public:
    explicit TextTable(QStringList heading);

    void add(QStringList row); ///< as many cells as the heading has
    QString toText() const;

private:
    std::vector<QStringList> m_rows;
};

} // namespace twinhull
