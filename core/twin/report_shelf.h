// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"

#include <functional>
#include <string>
#include <vector>

namespace twinhull {

/// A comparison that was made before and is kept.
struct KeptReport {
    std::string path;
    QString image;
    QString work;
    std::int64_t wallMilliseconds = 0; ///< when, since the epoch
    int rounds = 0;
};

/// The reports of all comparisons that a person made, in the window or by command: JSON files in DataFolders::reports()
/// with the time and the image in their names. All calls block for files; any thread.
class ReportShelf {
public:
    static constexpr std::size_t kMostReports = 500; ///< from there on the oldest one makes room for a new one

    explicit ReportShelf(std::string folder);

    /// The path under which it is kept.
    Result<std::string> keep(const Comparison& comparison) const;
    /// Newest first. What cannot be read as a report is left out; `isCancelled` is asked between files.
    std::vector<KeptReport> list(const std::function<bool()>& isCancelled = {}) const;
    /// Of one that list() told.
    Result<> remove(const KeptReport& report) const;

private:
    std::vector<std::string> names() const; ///< newest first

    std::string m_folder;
};

/// "starter, 28 Nov 2026 13:45": what a report is called in sentences and lists; the time is that of this computer.
QString titleOf(const Comparison& comparison);

} // namespace twinhull
