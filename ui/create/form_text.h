// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_plan.h"

namespace twinhull {

/// Items that could be read, and the first one that could not.
template <typename T>
struct Parsed {
    std::vector<T> items;
    QString wrong; ///< empty when all is well
};

/// What portsFromText() reads, separated by commas, spaces or line ends.
Parsed<PublishedPort> parsePorts(const QString& text);
QString portsText(const std::vector<PublishedPort>& ports);

/// "SOURCE:TARGET[:ro]", separated by commas or line ends; "~" is the home folder. A source without a slash is the name
/// of a volume.
Parsed<Mount> parseMounts(const QString& text);

/// Lines that are not empty and no comment ("#"), without spaces around them and without a leading "export ".
QStringList environmentLines(const QString& text);

} // namespace twinhull
