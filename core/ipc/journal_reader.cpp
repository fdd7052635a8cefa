// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/journal_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kBlockBytes = 64U << 10U;
constexpr std::size_t kMostRecordBytes = 64U << 10U; ///< far more than a writer makes
constexpr off_t kMostFileBytes = off_t{ 64 } << 20U; ///< the same
constexpr int kMostLooks = 5; ///< at names that change while they are looked at
constexpr std::size_t kFilesKept = 2;

const char* const kOlder = "/journal.1";
const char* const kPresent = "/journal";

void addRecord(std::string_view line, std::vector<JournalEvent>& events)
{
    const auto mark = line.rfind('\x1e'); // what stands before is torn
    if (mark == std::string_view::npos)
        return;
    if (auto event = decodeJournalEvent(line.substr(mark + 1)))
        events.push_back(*std::move(event));
}

} // namespace

JournalReader::JournalReader(std::string folder) : m_folder(std::move(folder)) { }

/// NotFound where there is no such file.
Result<JournalReader::File> JournalReader::open(const std::string& name) const
{
    File file;
    file.fd.reset(::open((m_folder + name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info { };
    if (!file.fd || ::fstat(file.fd.fd(), &info) != 0)
        return Error::fromErrno(errno, "open " + m_folder + name);
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::Corrupt, m_folder + name + ": not a file", 0, {} };
    file.device = info.st_dev;
    file.inode = info.st_ino;
    return file;
}

bool JournalReader::isKnown(const File& file) const
{
    return std::any_of(m_files.begin(), m_files.end(),
        [&file](const File& known) { return known.device == file.device && known.inode == file.inode; });
}

/// Null: there was none.
bool JournalReader::isStill(const File* file, const std::string& name) const
{
    struct stat info { };
    const bool isThere = ::stat((m_folder + name).c_str(), &info) == 0;
    return file != nullptr ? isThere && info.st_dev == file->device && info.st_ino == file->inode : !isThere;
}

/// The older one is looked at again after the present one was opened: where they have changed their names between, the
/// one between the two would be missed.
Result<> JournalReader::findFiles()
{
    for (int look = 0; look < kMostLooks; ++look) {
        auto older = open(kOlder);
        auto present = open(kPresent);
        for (const auto* found : { &older, &present }) {
            if (!*found && found->error().code != ErrorCode::NotFound)
                return found->error();
        }
        const bool isLast = look + 1 == kMostLooks;
        if (!isLast && !isStill(older ? &*older : nullptr, kOlder))
            continue;
        for (auto* found : { &older, &present }) {
            if (*found && !isKnown(**found))
                m_files.push_back(*std::move(*found));
        }
        break;
    }
    return {};
}

Result<> JournalReader::drain(File& file, std::vector<JournalEvent>& events)
{
    struct stat info { };
    if (::fstat(file.fd.fd(), &info) == 0 && info.st_size < file.offset) { // somebody emptied it
        file.offset = 0;
        file.rest.clear();
    }
    std::array<char, kBlockBytes> block{};
    while (file.offset < kMostFileBytes) {
        const ssize_t count = ::pread(file.fd.fd(), block.data(), block.size(), file.offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read the journal of events");
        if (count == 0)
            break;
        file.offset += count;
        file.rest.append(block.data(), static_cast<std::size_t>(count));
        std::size_t begin = 0;
        for (auto end = file.rest.find('\n'); end != std::string::npos; end = file.rest.find('\n', begin)) {
            addRecord(std::string_view(file.rest).substr(begin, end - begin), events);
            begin = end + 1;
        }
        file.rest.erase(0, begin);
        if (file.rest.size() > kMostRecordBytes)
            file.rest.clear();
    }
    return {};
}

Result<std::vector<JournalEvent>> JournalReader::read()
{
    if (auto found = findFiles(); !found)
        return std::move(found).error();
    std::vector<JournalEvent> events;
    for (auto& file : m_files) {
        if (auto drained = drain(file, events); !drained)
            return std::move(drained).error();
    }
    // one without a name gets nothing more, and while it is open the folder that it was in is not known to be gone
    std::erase_if(m_files, [](const File& file) {
        struct stat info { };
        return ::fstat(file.fd.fd(), &info) == 0 && info.st_nlink == 0;
    });
    if (m_files.size() > kFilesKept)
        m_files.erase(m_files.begin(), m_files.end() - static_cast<std::ptrdiff_t>(kFilesKept));
    return events;
}

} // namespace twinhull
