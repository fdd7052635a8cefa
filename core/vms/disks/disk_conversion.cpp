// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/disk_conversion.h"

#include "core/base/text.h"
#include "core/vms/disks/disk_tools.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <sys/statvfs.h>

#include <cerrno>
#include <cmath>
#include <filesystem>

namespace twinhull {

namespace {

/// Of the largest disks on the slowest file systems; a person may cancel.
constexpr std::chrono::hours kConversionDeadline{ 24 };
constexpr std::chrono::seconds kSizeDeadline{ 60 };
constexpr int kWholeConversion = 10'000;

CommandRun runOn(const UniqueFd& file, std::chrono::milliseconds deadline, JobContext& context)
{
    CommandRun run{ deadline };
    run.extra = file.fd();
    run.isCancelled = [&context] { return context.isCancelled(); };
    return run;
}

Result<> checkRoom(const UniqueFd& file, const DiskFacts& facts, const std::string& target, JobContext& context)
{
    auto command
        = qemuImg({ "measure", "--output=json", "-f", facts.format.toStdString(), "-O", "qcow2", kInheritedDisk });
    if (!command)
        return std::move(command).error();
    auto text = outputOf(*command, runOn(file, kSizeDeadline, context));
    if (!text)
        return std::move(text).error().withContext("measure the disk");
    const double needed = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object()[u"required"].toDouble();
    struct statvfs room { };
    const std::string folder = std::filesystem::path(target).parent_path().string();
    if (::statvfs(folder.c_str(), &room) != 0)
        return Error::fromErrno(errno, "ask for the room in " + folder);
    const double available = static_cast<double>(room.f_bavail) * static_cast<double>(room.f_frsize);
    if (needed <= available)
        return {};
    return Error{ ErrorCode::OutOfSpace,
        "the disk needs " + formatBytes(static_cast<std::uint64_t>(needed)) + " in " + folder + ", which has "
            + formatBytes(static_cast<std::uint64_t>(available)),
        0, "Make room there, or use the disk in place" };
}

} // namespace

int conversionProgress(std::string_view written)
{
    const auto end = written.rfind("/100%");
    const auto begin = end == std::string_view::npos ? end : written.rfind('(', end);
    if (begin == std::string_view::npos)
        return -1;
    bool isNumber = false;
    const auto digits = written.substr(begin + 1, end - begin - 1);
    const double percent = QByteArray(digits.data(), static_cast<qsizetype>(digits.size())).toDouble(&isNumber);
    return isNumber && percent >= 0 && percent <= 100 ? static_cast<int>(std::lround(percent * 100)) : -1;
}

Result<> convertDisk(const UniqueFd& file, const DiskFacts& facts, const std::string& target, std::uint64_t diskBytes,
    JobContext& context)
{
    if (diskBytes != 0 && diskBytes < facts.virtualBytes)
        return Error{ ErrorCode::InvalidArgument,
            "the disk has " + formatBytes(facts.virtualBytes) + " and is not made smaller", 0, "Choose a larger size" };
    if (auto room = checkRoom(file, facts, target, context); !room)
        return room;
    context.setStep(QCoreApplication::translate("VmCreation", "Copying the disk"));
    auto convert
        = qemuImg({ "convert", "-p", "-f", facts.format.toStdString(), "-O", "qcow2", kInheritedDisk, target });
    if (!convert)
        return std::move(convert).error();
    CommandRun run = runOn(file, kConversionDeadline, context);
    run.output = [&context](std::string_view written) -> Result<> {
        if (const int done = conversionProgress(written); done >= 0)
            context.setProgress(done, kWholeConversion);
        return {};
    };
    if (auto done = outputOf(*convert, run); !done)
        return std::move(done).error().withContext("copy the disk");
    if (diskBytes == 0 || diskBytes == facts.virtualBytes)
        return {};
    auto resize = qemuImg({ "resize", "-q", "-f", "qcow2", target, std::to_string(diskBytes) });
    if (!resize)
        return std::move(resize).error();
    auto done = outputOf(*resize, runOn(file, kSizeDeadline, context));
    return done ? Result<>() : std::move(done).error().withContext("enlarge the disk");
}

} // namespace twinhull
