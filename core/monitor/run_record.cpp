// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/run_record.h"

#include "core/base/files.h"

#include <cerrno>
#include <cstdio>

namespace twinhull {

Result<> replaceFile(const std::string& path, std::string_view text)
{
    const std::string partial = path + ".partial";
    auto file = openPath(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    if (auto written = writeAll(*file, text); !written)
        return std::move(written).withContext(path);
    if (::rename(partial.c_str(), path.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + path);
    return {};
}

Result<> keepRunRecord(const std::string& containerFolder, const MonitorStatus& status)
{
    return replaceFile(containerFolder + "/" + kRunRecordName, encodeMonitorReply(status));
}

std::optional<MonitorStatus> readRunRecord(const std::string& containerFolder)
{
    const auto text = readFile(containerFolder + "/" + kRunRecordName, kMonitorReplyLimitBytes);
    auto status = text ? decodeMonitorReply(*text) : Result<MonitorStatus>(text.error());
    return status ? std::optional(*std::move(status)) : std::nullopt;
}

std::string currentBootId()
{
    auto text = readFile("/proc/sys/kernel/random/boot_id", 64);
    if (!text)
        return {};
    while (!text->empty() && text->back() == '\n')
        text->pop_back();
    return *std::move(text);
}

bool isFromEarlierSession(const MonitorStatus& record, const std::string& runtimeFolder)
{
    const std::string boot = currentBootId();
    const bool isOtherBoot = !record.bootId.empty() && !boot.empty() && record.bootId != boot;
    return isOtherBoot || !exists(runtimeFolder);
}

} // namespace twinhull
