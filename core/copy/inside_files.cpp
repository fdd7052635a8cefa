// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/inside_files.h"

#include "core/base/sealed_file.h"
#include "core/copy/carrier_answer.h"
#include "core/jobs/thread_job.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace twinhull {

namespace {

/// One who looks hears soon that somebody copies for hours.
constexpr std::chrono::seconds kPatienceWithCopies{ 3 };

QString titlePath(const std::string& path)
{
    constexpr qsizetype kLongest = 200;
    return shownFileName(path).left(kLongest);
}

/// The first is the folder itself.
Result<> takeListed(const CarryMessage& message, bool& hasFirst, InsideFolder& folder)
{
    if (message.kind == CarryKind::LeftOut || folder.files.size() > kMostListed) {
        folder.isCut = true;
        return {};
    }
    auto listed = listedFileOf(message);
    if (message.kind == CarryKind::Done)
        return hasFirst ? Result<>() : Result<>(Error{ ErrorCode::Corrupt, "it told of no folder", 0, {} });
    if (!listed || (hasFirst && listed->name.empty()))
        return Error{ ErrorCode::Corrupt, "what it told is no folder", 0, {} };
    if (hasFirst) {
        folder.files.push_back(*std::move(listed));
        return {};
    }
    hasFirst = true;
    folder.path = listed->linkTarget;
    folder.self = *std::move(listed);
    return {};
}

bool standsBefore(const ListedFile& one, const ListedFile& other)
{
    const bool isFolder = one.kind == ListedKind::Folder;
    return isFolder != (other.kind == ListedKind::Folder) ? isFolder : one.name < other.name;
}

Result<> takeText(const CarryMessage& message, InsideText& into)
{
    switch (message.kind) {
    case CarryKind::File:
        if (message.bytes > kEditLimitBytes)
            return Error{ ErrorCode::InvalidArgument, "the file is larger than 1 MiB", 0,
                "Download it, and upload it again" };
        into.version = { message.attributes.modifiedSeconds, message.attributes.modifiedNanoseconds, message.bytes };
        into.text.assign(message.bytes, '\0');
        return {};
    case CarryKind::Bytes:
        if (message.bytes + message.text.size() > into.text.size())
            return Error{ ErrorCode::Corrupt, "the file is larger than it said", 0, {} };
        into.text.replace(message.bytes, message.text.size(), message.text);
        return {};
    case CarryKind::FileEnd:
    case CarryKind::Done:
        return {};
    default:
        return Error{ ErrorCode::InvalidArgument, "it is no file", 0, {} };
    }
}

/// A text as file-carrier reads it from its input.
std::string streamOf(const std::string& text)
{
    std::string stream;
    CarryMessage message;
    message.kind = CarryKind::Bytes;
    for (std::size_t at = 0; at < text.size(); at += kCarryBytesLimit) {
        message.bytes = at;
        message.text = text.substr(at, kCarryBytesLimit);
        stream += encodeCarryMessage(message);
    }
    return stream + encodeCarryMessage({});
}

} // namespace

InsideFiles::InsideFiles(CommandRunner& runner, WorkloadId id, const QString& workloadName)
    : m_runner(runner), m_id(std::move(id)), m_name(workloadName)
{
}

std::unique_ptr<Job> InsideFiles::job(
    const QString& title, const std::vector<std::string>& words, std::string input, Take take) const
{
    auto command = carrierCommand(words);
    if (command)
        command->patience = kPatienceWithCopies;
    auto run = command ? m_runner.prepareInside(m_id, *std::move(command)) : Result<InsideRun>(command.error());
    return std::make_unique<ThreadJob>(title, copyPool(),
        [name = m_name.toStdString(), run = std::move(run), input = std::move(input), take = std::move(take)](
            JobContext& context) -> Result<> {
            if (!run)
                return run.error();
            auto file = input.empty() ? Result<UniqueFd>(UniqueFd()) : sealedFile("text", input);
            if (!file || (*file && ::lseek(file->fd(), 0, SEEK_SET) != 0))
                return file ? Error::fromErrno(errno, "rewind") : std::move(file).error();
            CarrierAnswer answer(name, take);
            return answer.outcome(
                (*run)(answer.streams(*file ? file->fd() : -1, [&context] { return context.isCancelled(); })));
        });
}

std::unique_ptr<Job> InsideFiles::list(const std::string& path, std::shared_ptr<InsideFolder> into) const
{
    const auto hasFirst = std::make_shared<bool>(false);
    return job(ThreadJob::tr("List %1 of %2").arg(titlePath(path), m_name), { "list", path }, {},
        [hasFirst, into = std::move(into)](const CarryMessage& message) {
            auto taken = takeListed(message, *hasFirst, *into);
            if (message.kind == CarryKind::Done)
                std::sort(into->files.begin(), into->files.end(), standsBefore);
            return taken;
        });
}

std::unique_ptr<Job> InsideFiles::remove(const std::string& path) const
{
    return job(ThreadJob::tr("Delete %1 in %2").arg(titlePath(path), m_name), { "remove", path }, {},
        [](const CarryMessage&) { return Result<>(); });
}

std::unique_ptr<Job> InsideFiles::rename(const std::string& from, const std::string& to) const
{
    return job(ThreadJob::tr("Rename %1 in %2").arg(titlePath(from), m_name), { "rename", from, to }, {},
        [](const CarryMessage&) { return Result<>(); });
}

std::unique_ptr<Job> InsideFiles::makeFolder(const std::string& path) const
{
    return job(ThreadJob::tr("Make folder %1 in %2").arg(titlePath(path), m_name), { "mkdir", path }, {},
        [](const CarryMessage&) { return Result<>(); });
}

std::unique_ptr<Job> InsideFiles::readText(const std::string& path, std::shared_ptr<InsideText> into) const
{
    return job(ThreadJob::tr("Read %1 of %2").arg(titlePath(path), m_name), { "pack", "follow", path }, {},
        [into = std::move(into)](const CarryMessage& message) { return takeText(message, *into); });
}

std::unique_ptr<Job> InsideFiles::writeText(
    const std::string& path, const InsideText& before, std::string text, std::shared_ptr<InsideText> after) const
{
    const auto& version = before.version;
    const std::vector<std::string> words{ "edit", path, std::to_string(version.modifiedSeconds),
        std::to_string(version.modifiedNanoseconds), std::to_string(version.bytes) };
    const std::string stream = streamOf(text);
    return job(ThreadJob::tr("Save %1 in %2").arg(titlePath(path), m_name), words, stream,
        [text = std::move(text), after = std::move(after)](const CarryMessage& message) -> Result<> {
            if (message.kind == CarryKind::Listed)
                *after = { text,
                    { message.attributes.modifiedSeconds, message.attributes.modifiedNanoseconds, message.bytes } };
            return {};
        });
}

std::unique_ptr<Job> InsideFiles::copying(
    CopyRequest request, CopyDirection direction, std::shared_ptr<CopyOutcome> outcome) const
{
    request.workloadName = m_name.toStdString();
    auto command = carrierCommand(request, direction);
    auto run = command ? m_runner.prepareInside(m_id, *std::move(command)) : Result<InsideRun>(command.error());
    if (!run) {
        return std::make_unique<ThreadJob>(ThreadJob::tr("Copy files of %1").arg(m_name), copyPool(),
            [error = run.error()](JobContext&) { return Result<>(error); });
    }
    return direction == CopyDirection::Out ? copyOutJob(std::move(request), *std::move(run), std::move(outcome))
                                           : copyInJob(std::move(request), *std::move(run), std::move(outcome));
}

std::unique_ptr<Job> InsideFiles::download(
    const std::string& path, const std::string& target, std::shared_ptr<CopyOutcome> outcome) const
{
    return copying({ {}, path, target }, CopyDirection::Out, std::move(outcome));
}

std::unique_ptr<Job> InsideFiles::upload(
    const std::string& source, const std::string& folder, std::shared_ptr<CopyOutcome> outcome) const
{
    return copying({ {}, source, folder + "/" }, CopyDirection::In, std::move(outcome));
}

} // namespace twinhull
