// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/mount_table.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <utility>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kTableLimitBytes = 64U << 20U; // fs.mount-max is 100,000

std::string_view takeWord(std::string_view& line)
{
    const auto end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

bool isOctal(char digit)
{
    return digit >= '0' && digit <= '7';
}

/// The kernel writes a blank, a tab, a line's end and a backslash as \040 and so on.
std::string unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool isCode = text[at] == '\\' && at + 3 < text.size() && isOctal(text[at + 1]) && isOctal(text[at + 2])
            && isOctal(text[at + 3]);
        if (!isCode) {
            plain.push_back(text[at]);
            continue;
        }
        plain.push_back(static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0')));
        at += 3;
    }
    return plain;
}

Result<MountLine> parseLine(std::string_view line)
{
    const std::string_view whole = line;
    const Error corrupt{ ErrorCode::Corrupt, "mountinfo: not understood: " + std::string(whole), 0, {} };
    auto id = parseNumber(takeWord(line));
    (void)takeWord(line); // the parent's
    MountLine mount;
    mount.device = takeWord(line);
    mount.root = unescaped(takeWord(line));
    mount.path = unescaped(takeWord(line));
    const auto dash = line.find(" - "); // a varying number of words before it
    if (!id || !std::in_range<int>(*id) || mount.path.empty() || dash == std::string_view::npos)
        return corrupt;
    mount.id = static_cast<int>(*id);
    line.remove_prefix(dash + 3);
    mount.type = takeWord(line);
    return mount;
}

} // namespace

Result<std::vector<MountLine>> parseMountTable(std::string_view text)
{
    std::vector<MountLine> mounts;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto mount = parseLine(text.substr(0, end));
        if (!mount)
            return std::move(mount).error();
        mounts.push_back(*std::move(mount));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return mounts;
}

Result<std::vector<MountLine>> readMountTable(const std::string& process)
{
    auto text = readFile("/proc/" + process + "/mountinfo", kTableLimitBytes);
    return text ? parseMountTable(*text) : std::move(text).error();
}

bool isAtOrBelow(std::string_view path, std::string_view folder)
{
    if (folder == "/")
        return true;
    return path.substr(0, folder.size()) == folder && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string plainPath(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part == ".." && !parts.empty())
            parts.pop_back();
        else if (!part.empty() && part != "." && part != "..")
            parts.push_back(part);
    }
    std::string plain;
    for (const auto part : parts)
        plain.append("/").append(part);
    return plain.empty() ? "/" : plain;
}

} // namespace twinhull::runtime
