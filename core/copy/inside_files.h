// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/file_changes.h"
#include "core/carry/folder_listing.h"
#include "core/copy/copy_job.h"

#include <QString>

#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// A folder of a workload as it was told; a stranger's word within our limits.
struct InsideFolder {
    std::string path; ///< its real one
    ListedFile self; ///< no folder: the path was a file's, and there are no others
    std::vector<ListedFile> files; ///< folders first, then by name
    bool isCut = false; ///< there are more than kMostListed
};

/// A small file that is being edited.
struct InsideText {
    std::string text;
    FileVersion version;
};

/// The files of one running workload or stopped container, by file-carrier inside it as its root. Paths are absolute,
/// inside, any bytes. What `into` points to is complete when the job succeeded. GUI thread; the runner must outlive
/// this, not the jobs.
class InsideFiles {
public:
    InsideFiles(CommandRunner& runner, WorkloadId id, const QString& workloadName);

    std::unique_ptr<Job> list(const std::string& path, std::shared_ptr<InsideFolder> into) const;
    std::unique_ptr<Job> remove(const std::string& path) const; ///< with all that is in it
    std::unique_ptr<Job> rename(const std::string& from, const std::string& to) const;
    std::unique_ptr<Job> makeFolder(const std::string& path) const;
    /// InvalidArgument where it is no file or larger than kEditLimitBytes.
    std::unique_ptr<Job> readText(const std::string& path, std::shared_ptr<InsideText> into) const;
    /// Busy where it was changed since `before`; `after` is how it is then.
    std::unique_ptr<Job> writeText(
        const std::string& path, const InsideText& before, std::string text, std::shared_ptr<InsideText> after) const;
    std::unique_ptr<Job> download(
        const std::string& path, const std::string& target, std::shared_ptr<CopyOutcome> outcome) const;
    std::unique_ptr<Job> upload(
        const std::string& source, const std::string& folder, std::shared_ptr<CopyOutcome> outcome) const;

private:
    using Take = std::function<Result<>(const CarryMessage&)>;

    /// One that says what stopped it where the program cannot be run.
    std::unique_ptr<Job> job(
        const QString& title, const std::vector<std::string>& words, std::string input, Take take) const;
    std::unique_ptr<Job> copying(
        CopyRequest request, CopyDirection direction, std::shared_ptr<CopyOutcome> outcome) const;

    CommandRunner& m_runner;
    WorkloadId m_id;
    QString m_name;
};

/// A name, a path or a link's target of a stranger as a person reads it: what is no UTF-8, moves a cursor or turns the
/// direction of writing stands as \xNN or \u{NNNN}.
QString shownFileName(std::string_view name);

/// "FOLDER/NAME".
std::string pathBelow(const std::string& folder, const std::string& name);

/// "drwxr-xr-x", as ls(1).
QString shownPermissions(const ListedFile& file);

} // namespace twinhull
