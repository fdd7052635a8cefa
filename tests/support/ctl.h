// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/http.h"

#include <QByteArray>
#include <QJsonDocument>
#include <QString>

#include <chrono>
#include <string>
#include <vector>

namespace twinhull::test {

/// What one run of the built twinhullctl said.
struct CtlOutput {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    QJsonDocument json() const { return QJsonDocument::fromJson(out); }
    QString text() const; ///< everything, for the message of a failed check
    QList<QByteArray> errorLines() const;
};

/// Runs it to the end in this process's environment (see TemporaryWorld).
CtlOutput ctl(const std::vector<std::string>& arguments, std::chrono::milliseconds deadline = std::chrono::minutes(2));

} // namespace twinhull::test
