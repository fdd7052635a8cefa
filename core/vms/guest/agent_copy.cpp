// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_copy.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/images/partial_path.h"
#include "core/vms/guest/agent_program.h"
#include "core/vms/guest/guest_facts.h"

#include <QRandomGenerator>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kToolLimit{ 20 };
constexpr std::uint64_t kUntoldBytes = std::uint64_t(1) << 30U;
constexpr unsigned kPermissions = 0777;
constexpr const char* kTarHint = "Pack it first with tar, and copy the archive: twinhullctl exec NAME tar …";

std::string shownPath(const std::string& path)
{
    return boundedText(path).toStdString();
}

std::string absoluteInside(const std::string& path)
{
    return path.starts_with("/") ? path : "/" + path;
}

/// Empty where it has none.
std::string lastNameOf(const std::string& path)
{
    const std::string name = path.substr(path.find_last_of('/') + 1);
    return name == "." || name == ".." ? std::string() : name;
}

std::string inFolder(const std::string& folder, const std::string& name)
{
    return folder.ends_with("/") ? folder + name : folder + "/" + name;
}

Result<AgentProgramStatus> runTool(const AgentLine& line, std::vector<std::string> words, JobContext& context)
{
    return runToEnd(line, { std::move(words), {}, kToolLimit }, context);
}

std::string complaintOf(const AgentProgramStatus& ended)
{
    const std::string_view text = trimmed(ended.errorOutput);
    const std::string complaint = boundedText(text.substr(0, text.find('\n'))).toStdString();
    return complaint.empty() ? "it ended with status " + std::to_string(ended.exitStatus) : complaint;
}

/// One that has to succeed.
Result<> apply(const AgentLine& line, std::vector<std::string> words, JobContext& context)
{
    const std::string tool = words.front();
    const auto ended = runTool(line, std::move(words), context);
    if (!ended)
        return Error(ended.error()).withContext(tool);
    return ended->exitStatus == 0 ? Result<>() : Result<>(Error{ ErrorCode::Io, complaintOf(*ended), 0, {} });
}

struct Look {
    bool canTell = true; ///< else no program can be run inside, or it has no stat(1)
    std::optional<AgentFileFacts> facts; ///< absent: it is not there
    Error refusal; ///< why there is nothing
};

Result<Look> lookAt(const AgentLine& line, const std::string& path, JobContext& context)
{
    const auto ended = runTool(line, { "stat", "-L", "-c", "%f %s", path }, context);
    if (!ended && (ended.error().code == ErrorCode::PermissionDenied || ended.error().code == ErrorCode::Unknown))
        return Look{ false, {}, ended.error() };
    if (!ended)
        return ended.error();
    if (ended->exitStatus != 0)
        return Look{ true, {}, { ErrorCode::NotFound, complaintOf(*ended), 0, {} } };
    const auto facts = fileFactsIn(ended->output);
    return facts ? Look{ true, facts, {} } : Look{ false, {}, { ErrorCode::Corrupt, "stat tells nonsense", 0, {} } };
}

Result<> checkIsFile(unsigned mode, const std::string& path)
{
    if (S_ISREG(mode))
        return {};
    if (S_ISDIR(mode))
        return Error{ ErrorCode::Unsupported,
            shownPath(path) + " is a folder, and qemu-guest-agent copies single files", 0, kTarHint };
    return Error{ ErrorCode::InvalidArgument, shownPath(path) + " is no file", 0, {} };
}

class Progress {
public:
    Progress(JobContext& context, std::uint64_t total) : m_context(context), m_total(total) { }

    Result<> add(std::size_t bytes)
    {
        m_done += bytes;
        m_context.setStep(QString::fromStdString(formatBytes(m_done)));
        m_context.setProgress(static_cast<qint64>(m_done), static_cast<qint64>(m_total));
        return m_context.isCancelled() ? Result<>(Error{ ErrorCode::Cancelled, "cancelled", 0, {} }) : Result<>();
    }
    std::uint64_t done() const { return m_done; }
    std::uint64_t total() const { return m_total; }

private:
    JobContext& m_context;
    std::uint64_t m_done = 0;
    std::uint64_t m_total;
};

/// The path on this computer that the copy gets.
Result<std::string> placeHere(const GuestFileCopy& copy)
{
    std::error_code failure;
    std::string path = copy.target;
    if (std::filesystem::is_directory(path, failure)) {
        const std::string name = lastNameOf(copy.source);
        if (name.empty())
            return Error{ ErrorCode::InvalidArgument, "\"" + shownPath(copy.source) + "\" names no file", 0, {} };
        path = inFolder(path, name);
    }
    const auto status = std::filesystem::status(path, failure);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return Error{ ErrorCode::AlreadyExists, path + " is there and is no file", 0, {} };
    return path;
}

Result<> checkRoom(const std::string& path, std::uint64_t bytes)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    struct statvfs room { };
    if (::statvfs(folder.empty() ? "." : folder.c_str(), &room) != 0)
        return Error::fromErrno(errno, "look at " + (folder.empty() ? std::string(".") : folder));
    const std::uint64_t free = std::uint64_t(room.f_bavail) * room.f_frsize;
    if (bytes <= free)
        return {};
    return Error{ ErrorCode::OutOfSpace,
        "it is " + formatBytes(bytes) + ", as its guest tells, and " + formatBytes(free) + " are free", 0, {} };
}

Result<> readOut(
    const AgentLine& line, qint64 file, const UniqueFd& into, std::optional<std::uint64_t> told, Progress& progress)
{
    constexpr int kMostEmpty = 3;
    int empty = 0;
    const std::uint64_t most = told.value_or(kUntoldBytes);
    while (progress.done() < most || !told) {
        const auto left = static_cast<qint64>(most - progress.done());
        if (left == 0)
            return Error{ ErrorCode::Unsupported,
                "its size is not told, and it is larger than " + formatBytes(kUntoldBytes), 0, {} };
        const auto piece = line.read(file, std::min(kAgentPieceBytes, left));
        if (!piece)
            return piece.error();
        if (auto written = writeAll(into, piece->bytes); !written)
            return written;
        if (auto goesOn = progress.add(piece->bytes.size()); !goesOn)
            return goesOn;
        if (piece->isEnd)
            return {};
        empty = piece->bytes.empty() ? empty + 1 : 0;
        if (empty >= kMostEmpty)
            return Error{ ErrorCode::Corrupt, "its agent tells neither more of the file nor its end", 0, {} };
    }
    return {};
}

Result<> nameHere(const UniqueFd& file, PartialGuard& partial, const std::string& path, unsigned permissions)
{
    if (::fchmod(file.fd(), permissions) != 0 || ::fsync(file.fd()) != 0)
        return Error::fromErrno(errno, "write " + partial.path());
    if (::rename(partial.path().c_str(), path.c_str()) != 0)
        return Error::fromErrno(errno, "name it " + path);
    partial.keep();
    return {};
}

/// Under a name of its own beside the target; the caller removes it.
Result<> writeIn(const AgentLine& line, const UniqueFd& from, const std::string& path, Progress& progress)
{
    const auto total = progress.total();
    const auto file = line.open(path, AgentFileMode::Write);
    if (!file)
        return file.error();
    Result<> written;
    std::string piece(static_cast<std::size_t>(kAgentPieceBytes), '\0');
    while (written) {
        const ssize_t count = ::read(from.fd(), piece.data(), piece.size());
        if (count == 0 || progress.done() > total)
            break;
        if (count < 0) {
            written = errno == EINTR ? Result<>() : Result<>(Error::fromErrno(errno, "read it"));
            continue;
        }
        std::string_view rest(piece.data(), static_cast<std::size_t>(count));
        while (written && !rest.empty()) {
            const auto taken = line.write(*file, rest);
            written = taken ? progress.add(*taken) : Result<>(taken.error());
            rest.remove_prefix(taken ? *taken : 0);
        }
    }
    auto closed = line.close(*file);
    return written ? closed : written;
}

/// The path inside that the copy gets.
Result<std::string> placeInside(const AgentLine& line, const GuestFileCopy& copy, JobContext& context)
{
    std::string path = absoluteInside(copy.target);
    auto look = lookAt(line, path, context);
    if (look && look->facts && S_ISDIR(look->facts->mode)) {
        path = inFolder(path, lastNameOf(copy.source));
        look = lookAt(line, path, context);
    }
    if (!look)
        return look.error();
    if (!look->canTell)
        return Error(look->refusal)
            .withContext("a copy gets its name inside by a program (mv), which cannot be run there");
    if (look->facts && !S_ISREG(look->facts->mode))
        return Error{ ErrorCode::AlreadyExists, shownPath(path) + " is there and is no file", 0, {} };
    if (!look->facts && path.ends_with("/"))
        return Error{ ErrorCode::NotFound, shownPath(path) + " is no folder inside", 0, {} };
    return path;
}

Result<> nameInside(const AgentLine& line, const std::string& partial, const std::string& path, const struct stat& is)
{
    JobContext uninterrupted(nullptr);
    const auto look = lookAt(line, partial, uninterrupted);
    if (!look)
        return look.error();
    if (!look->facts || look->facts->bytes != static_cast<std::uint64_t>(is.st_size))
        return Error{ ErrorCode::Io, "it did not arrive whole, or changed meanwhile", 0, {} };
    std::array<char, 8> octal{};
    const auto end = std::to_chars(octal.data(), octal.data() + octal.size(), is.st_mode & kPermissions, 8).ptr;
    if (auto done = apply(line, { "chmod", std::string(octal.data(), end), partial }, uninterrupted); !done)
        return done;
    return apply(line, { "mv", "-f", partial, path }, uninterrupted);
}

} // namespace

std::optional<AgentFileFacts> fileFactsIn(std::string_view text)
{
    const std::string_view line = trimmed(text);
    AgentFileFacts facts;
    const char* const end = line.data() + line.size();
    const auto mode = std::from_chars(line.data(), end, facts.mode, 16);
    if (mode.ec != std::errc() || mode.ptr == end || *mode.ptr != ' ')
        return std::nullopt;
    const auto bytes = std::from_chars(mode.ptr + 1, end, facts.bytes);
    return bytes.ec == std::errc() && bytes.ptr == end ? std::optional(facts) : std::nullopt;
}

Result<> copyOutByAgent(
    const AgentLine& line, const GuestFileCopy& copy, JobContext& context, GuestFileOutcome& outcome)
{
    const std::string source = absoluteInside(copy.source);
    const auto look = lookAt(line, source, context);
    if (!look)
        return look.error();
    if (look->canTell && !look->facts)
        return look->refusal;
    if (auto fits = look->facts ? checkIsFile(look->facts->mode, source) : Result<>(); !fits)
        return fits;
    const auto path = placeHere(copy);
    if (!path)
        return path.error();
    const bool isTold = look->facts && look->facts->bytes > 0; // files of /proc are larger than the nothing they tell
    const auto told = isTold ? std::optional(look->facts->bytes) : std::nullopt;
    if (auto fits = checkRoom(*path, told.value_or(0)); !fits)
        return fits;
    PartialGuard partial(partialPathFor(*path));
    const auto into = openPath(partial.path(), O_WRONLY | O_CREAT | O_EXCL);
    if (!into)
        return into.error();
    const auto file = line.open(source, AgentFileMode::Read);
    if (!file)
        return file.error();
    Progress progress(context, told.value_or(0));
    const auto read = readOut(line, *file, *into, told, progress);
    (void)line.close(*file); // read only: what is read is read
    if (!read)
        return read;
    outcome = { progress.done(), *path };
    constexpr unsigned kUsual = 0644;
    return nameHere(*into, partial, *path, look->facts ? look->facts->mode & kPermissions : kUsual);
}

Result<> copyInByAgent(const AgentLine& line, const GuestFileCopy& copy, JobContext& context, GuestFileOutcome& outcome)
{
    constexpr int kHexDigits = 16;
    const auto from = openPath(copy.source, O_RDONLY | O_NONBLOCK);
    if (!from)
        return from.error();
    struct stat is { };
    if (::fstat(from->fd(), &is) != 0)
        return Error::fromErrno(errno, "look at " + copy.source);
    if (auto fits = checkIsFile(is.st_mode, copy.source); !fits)
        return fits;
    const auto path = placeInside(line, copy, context);
    if (!path)
        return path.error();
    const QString random
        = QStringLiteral("%1").arg(QRandomGenerator::system()->generate64(), kHexDigits, 16, QLatin1Char('0'));
    const std::string partial
        = path->substr(0, path->find_last_of('/') + 1) + ".twinhull-" + random.toStdString() + ".partial";
    Progress progress(context, static_cast<std::uint64_t>(is.st_size));
    auto done = writeIn(line, *from, partial, progress);
    if (done)
        done = nameInside(line, partial, *path, is);
    if (done) {
        outcome = { progress.done(), *path };
        return done;
    }
    JobContext uninterrupted(nullptr);
    if (!apply(line, { "rm", "-f", partial }, uninterrupted))
        return std::move(done).error().withHint("Inside, remove what arrived: " + shownPath(partial));
    return done;
}

} // namespace twinhull
