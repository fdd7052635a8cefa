// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace twinhull {

/// What was found, in every form that it is kept or shown in.
class Report {
public:
    virtual ~Report() = default;

    virtual QByteArray toJson() const = 0;
    virtual QString toText() const = 0; ///< for a terminal
    virtual QString toHtml() const = 0; ///< one file without references to others, light and dark
    virtual QString toSvg() const = 0; ///< one picture, light
    virtual QByteArray toCsv() const = 0;

    /// By the file's ending: .json, .html, .csv or .svg; anything else is InvalidArgument. Blocks for one small file.
    Result<> write(const QString& path) const;
    /// Whether write() knows the ending.
    static Result<> checkName(const QString& path);
};

} // namespace twinhull
