// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/event_journal.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/unique_fd.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextLimit = 512; ///< of a name, an id, an attribute
constexpr std::size_t kAttributeLimit = 16;
constexpr char kRecordMark = '\x1e';
constexpr int kMostRenames = 4; ///< found full again at once: it is written to all the same
constexpr std::uint64_t kMostTimesFull = 4; ///< more than is written while another renames it

std::string shortened(const std::string& text)
{
    return text.substr(0, kTextLimit);
}

std::string textIn(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? shortened(found->get<std::string>()) : std::string();
}

Result<UniqueFd> openToAppend(const std::string& path)
{
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file ? Result<UniqueFd>(std::move(file)) : Error::fromErrno(errno, "open " + path);
}

bool isSameFile(const struct stat& a, const struct stat& b)
{
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// True where another file has its name from now on. Whoever holds the lock of the full one renames it; who comes later
/// sees that it has been done, or does not wait. Where the file system has no locks, two that come at once may drop the
/// older half sooner, which is better than a file that is never renamed.
bool hasMadeWay(const UniqueFd& full, const std::string& path)
{
    if (::flock(full.fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    struct stat own { };
    struct stat present { };
    const bool isThere = ::fstat(full.fd(), &own) == 0 && ::stat(path.c_str(), &present) == 0;
    if (!isThere || !isSameFile(own, present))
        return true;
    return ::rename(path.c_str(), (path + ".1").c_str()) == 0;
}

} // namespace

std::string encodeJournalEvent(const JournalEvent& event)
{
    Json json{ { "time_ms", event.wallMilliseconds }, { "type", event.type }, { "event", event.action },
        { "name", shortened(event.name) } };
    if (!event.id.empty())
        json["id"] = shortened(event.id);
    std::size_t count = 0;
    for (const auto& [key, value] : event.attributes) {
        if (++count > kAttributeLimit)
            break;
        json["attributes"][shortened(key)] = shortened(value);
    }
    return kRecordMark + json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<JournalEvent> decodeJournalEvent(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return Error{ ErrorCode::Corrupt, "not an event", 0, {} };
    JournalEvent event{ 0, textIn(json, "type"), textIn(json, "event"), textIn(json, "id"), textIn(json, "name") };
    const auto time = json.find("time_ms");
    if (time == json.end() || !time->is_number_integer() || event.type.empty() || event.action.empty())
        return Error{ ErrorCode::Corrupt, "an event without a time, a type or a word for it", 0, {} };
    event.wallMilliseconds = time->get<std::int64_t>();
    const auto attributes = json.find("attributes");
    if (attributes == json.end() || !attributes->is_object())
        return event;
    for (const auto& [key, value] : attributes->items()) {
        if (value.is_string() && event.attributes.size() < kAttributeLimit)
            event.attributes[shortened(key)] = shortened(value.get<std::string>());
    }
    return event;
}

EventJournal::EventJournal(std::string folder, std::uint64_t fileLimitBytes)
    : m_folder(std::move(folder)), m_fileLimitBytes(std::max<std::uint64_t>(fileLimitBytes, 1))
{
}

Result<> EventJournal::write(JournalEvent event) const
{
    if (m_folder.empty())
        return {};
    if (event.wallMilliseconds == 0)
        event.wallMilliseconds = wallClockMilliseconds();
    const std::string path = m_folder + "/journal";
    const std::string record = encodeJournalEvent(event);
    for (int renames = 0;; ++renames) {
        auto file = openToAppend(path);
        if (!file && file.error().code == ErrorCode::NotFound) {
            auto made = makeFolders(m_folder);
            file = made ? openToAppend(path) : std::move(made).error();
        }
        if (!file)
            return std::move(file).error().withContext("note an event");
        struct stat info { };
        const auto bytes = ::fstat(file->fd(), &info) == 0 ? std::max<off_t>(info.st_size, 0) : 0;
        const std::uint64_t timesFull = static_cast<std::uint64_t>(bytes) / m_fileLimitBytes;
        if (timesFull > 0 && renames < kMostRenames && hasMadeWay(*file, path))
            continue;
        if (timesFull >= kMostTimesFull)
            return Error{ ErrorCode::OutOfSpace, "note an event in " + path + ": it is full, and keeps its name", 0,
                "Nothing but a file may be called " + path + ".1" };
        const ssize_t written = ::write(file->fd(), record.data(), record.size());
        if (written == static_cast<ssize_t>(record.size()))
            return {};
        return Error::fromErrno(written < 0 ? errno : ENOSPC, "note an event in " + path);
    }
}

void noteEvent(const std::string& folder, JournalEvent event)
{
    if (auto written = EventJournal(folder).write(std::move(event)); !written)
        log(LogLevel::Warning, written.error());
}

} // namespace twinhull
