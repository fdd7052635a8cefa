// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/limits_before.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"

#include <algorithm>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kControlLimitBytes = 64U << 10U;

/// Those that one file may forbid the other (a burst above the quota, the weight of an idle group) are tried again.
constexpr int kPutBackRounds = 2;

constexpr const char* kControls[]
    = { "memory.max", "memory.swap.max", "memory.low", "cpu.max.burst", "cpu.max", "cpu.idle", "cpu.weight",
          "cpuset.cpus", "cpuset.mems", "pids.max", "io.weight", "io.bfq.weight", "io.max", "rdma.max" };

std::vector<std::string> controlLines(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end > 0)
            lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

bool isBlank(const std::string& text)
{
    return text.empty() || text == "\n";
}

std::string deviceOf(const std::string& line)
{
    return line.substr(0, line.find(' '));
}

/// A line for each device, which the kernel takes one at a time (cgroup-v2.rst, "nested keyed").
bool isByDevice(const std::string& name)
{
    return name == "io.max" || name == "io.weight" || name == "io.bfq.weight" || name == "rdma.max";
}

/// What makes the line of a device go away again; empty: nothing does.
std::string forgetting(const std::string& name, const std::string& device)
{
    if (name == "io.max")
        return device + " rbps=max wbps=max riops=max wiops=max";
    return name == "rdma.max" ? std::string() : device + " default";
}

void writeBackLines(const std::string& path, const std::string& name, const std::string& before, const std::string& now)
{
    const auto old = controlLines(before);
    const auto present = controlLines(now);
    for (const auto& line : present) {
        const auto isOf = [key = deviceOf(line)](const std::string& other) { return deviceOf(other) == key; };
        const std::string words = std::none_of(old.begin(), old.end(), isOf) ? forgetting(name, deviceOf(line)) : "";
        if (!words.empty())
            (void)writeControl(path, words); // what is not as before afterwards is told
    }
    for (const auto& line : old) {
        if (std::find(present.begin(), present.end(), line) == present.end())
            (void)writeControl(path, line);
    }
}

std::string namesTogether(const std::vector<std::string>& names)
{
    std::string all;
    for (const auto& name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

} // namespace

LimitsBefore::LimitsBefore(std::string folder, const oci::Resources& resources) : m_folder(std::move(folder))
{
    std::vector<std::string> names(std::begin(kControls), std::end(kControls));
    for (const auto& limit : resources.hugepageLimits) {
        names.push_back("hugetlb." + limit.pageSize + ".max");
        names.push_back("hugetlb." + limit.pageSize + ".rsvd.max");
    }
    for (const auto& [name, value] : resources.unified) {
        if (name.find('/') == std::string::npos && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
    for (auto& name : names) {
        if (auto text = readFile(m_folder + "/" + name, kControlLimitBytes))
            m_files.push_back({ std::move(name), *std::move(text) });
    }
}

LimitsBefore::PutBack LimitsBefore::putBack() const
{
    const auto isOther = [this](const File& file) {
        const auto now = readFile(m_folder + "/" + file.name, kControlLimitBytes);
        const bool isAsAbove = now && isBlank(file.text) && *now == availableAbove(m_folder, file.name);
        return now && *now != file.text && !isAsAbove;
    };
    std::vector<const File*> others;
    for (const auto& file : m_files) {
        if (isOther(file))
            others.push_back(&file);
    }
    for (int round = 0; round < kPutBackRounds; ++round) {
        for (const File* file : others) {
            const std::string path = m_folder + "/" + file->name;
            const auto now = readFile(path, kControlLimitBytes);
            if (!now || *now == file->text)
                continue;
            if (isByDevice(file->name))
                writeBackLines(path, file->name, file->text, *now);
            else
                (void)(isBlank(file->text) ? emptyControl(m_folder, file->name) : writeControl(path, file->text));
        }
    }
    PutBack result;
    for (const File* file : others)
        (isOther(*file) ? result.lost : result.restored).push_back(file->name);
    return result;
}

oci::Resources LimitsBefore::resources() const
{
    oci::Resources before;
    for (const auto& file : m_files)
        before.unified[file.name] = file.text.substr(0, file.text.find('\n'));
    return before;
}

Error LimitsBefore::undo(Error error) const
{
    const PutBack files = putBack();
    if (!files.restored.empty())
        error.message += "; put back as it was: " + namesTogether(files.restored);
    if (!files.lost.empty())
        error.message += "; changed, and it could not be put back: " + namesTogether(files.lost);
    return error;
}

} // namespace twinhull::runtime
