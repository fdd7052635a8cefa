// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QSize>
#include <QStringList>

#include <chrono>

namespace twinhull {

/// What the command line of the window asks for.
struct Arguments {
    QString page; ///< empty: the first one
    QString select; ///< name of a workload to choose
    QString theme; ///< "light", "dark" or empty: as set
    QString reportFile; ///< a comparison's JSON whose picture is painted instead of a window; empty: none
    QString shotFile; ///< empty: no picture, the program stays
    QString framesFile; ///< empty: frames are not timed
    QSize size; ///< invalid: as last time
    std::chrono::milliseconds shotDelay{ 4000 }; ///< from the window on screen to the picture

    /// Exits by itself after --help and --version, as QCommandLineParser does.
    static Result<Arguments> parse(const QStringList& commandLine);
};

} // namespace twinhull
