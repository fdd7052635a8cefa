// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace twinhull {

/// What a build says on its thread, on its way to a window: the newest is kept where more comes than anybody can read.
class BuildOutput {
public:
    void add(std::string_view bytes); ///< thread-safe

    struct Taken {
        std::string text;
        bool isCut = false; ///< older text was dropped since the last time
    };
    Taken take(); ///< thread-safe

private:
    std::mutex m_mutex;
    Taken m_waiting;
};

/// Bytes as lines of plain text: sequences that control a terminal are left out, and of a line that was written over
/// the last state stays.
QString plainText(std::string_view bytes);

} // namespace twinhull
