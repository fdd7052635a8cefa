// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kernel_modules.h"

#include "core/images/elf_image.h"

#include <algorithm>
#include <sstream>

namespace twinhull {

namespace {

/// What stands at the end of a signed module: the lengths of what is before it, then this text (the kernel's
/// module_signature.h).
constexpr std::string_view kSignatureMark = "~Module signature appended~\n";
constexpr std::size_t kSignerLengthAt = 3;
constexpr std::size_t kKeyLengthAt = 4;
constexpr std::size_t kSignatureLengthAt = 8; ///< big-endian
constexpr std::size_t kSignatureHeaderBytes = 12;

std::string normalName(std::string name)
{
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::vector<std::string> splitNames(std::string_view text, char separator)
{
    std::vector<std::string> names;
    std::istringstream stream{ std::string(text) };
    for (std::string name; std::getline(stream, name, separator);) {
        if (!name.empty())
            names.push_back(normalName(name));
    }
    return names;
}

/// "pre: a b post: c" -> a, b
std::vector<std::string> namesBefore(std::string_view softdep)
{
    std::vector<std::string> before;
    bool isBefore = false;
    for (const auto& word : splitNames(softdep, ' ')) {
        if (word.ends_with(':'))
            isBefore = word == "pre:";
        else if (isBefore)
            before.push_back(word);
    }
    return before;
}

/// Depth first: what a module needs comes before it. A circle, which no kernel has, ends at the name already seen.
class Ordering {
public:
    Ordering(const std::map<std::string, ModuleInfo>& modules, const std::set<std::string>& builtIn)
        : m_modules(modules), m_builtIn(builtIn)
    {
    }

    Result<> require(const std::string& name)
    {
        if (m_builtIn.contains(name) || !m_seen.insert(name).second)
            return {};
        const auto found = m_modules.find(name);
        if (found == m_modules.end())
            return Error{ ErrorCode::Unsupported, "the kernel has no module " + name, 0,
                "Use Debian's cloud kernel, package linux-image-cloud-amd64." };
        for (const auto& wanted : found->second.wants) {
            if (auto taken = wish(wanted); !taken)
                return taken;
        }
        for (const auto& needed : found->second.needs) {
            if (auto taken = require(needed); !taken)
                return taken;
        }
        m_order.push_back(name);
        return {};
    }

    Result<> wish(const std::string& name) { return m_modules.contains(name) ? require(name) : Result<>(); }

    std::vector<std::string> take() && { return std::move(m_order); }

private:
    const std::map<std::string, ModuleInfo>& m_modules;
    const std::set<std::string>& m_builtIn;
    std::set<std::string> m_seen;
    std::vector<std::string> m_order;
};

} // namespace

Result<ModuleInfo> readModuleInfo(std::string_view ko)
{
    auto elf = ElfImage::parse(ko);
    if (!elf)
        return std::move(elf).error();
    const auto section = elf->section(".modinfo");
    if (!section)
        return Error{ ErrorCode::Corrupt, "not a kernel module: it has no .modinfo", 0, {} };
    ModuleInfo info;
    for (std::string_view rest = *section; !rest.empty();) {
        const auto end = std::min(rest.find('\0'), rest.size());
        const std::string_view line = rest.substr(0, end);
        if (line.starts_with("depends="))
            info.needs = splitNames(line.substr(8), ',');
        else if (line.starts_with("softdep="))
            info.wants = namesBefore(line.substr(8));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return info;
}

std::string moduleNameOf(std::string_view path)
{
    std::string_view name = path.substr(path.find_last_of('/') + 1);
    const auto ending = name.find(".ko");
    const bool isModule = ending != std::string_view::npos && (ending + 3 == name.size() || name[ending + 3] == '.');
    return isModule ? normalName(std::string(name.substr(0, ending))) : std::string();
}

std::string_view withoutSignature(std::string_view ko)
{
    constexpr std::size_t kTailBytes = kSignatureHeaderBytes + kSignatureMark.size();
    if (ko.size() < kTailBytes || !ko.ends_with(kSignatureMark))
        return ko;
    const std::string_view header = ko.substr(ko.size() - kTailBytes, kSignatureHeaderBytes);
    const auto byteAt
        = [header](std::size_t index) -> std::size_t { return static_cast<unsigned char>(header[index]); };
    std::size_t size = byteAt(kSignerLengthAt) + byteAt(kKeyLengthAt) + kTailBytes;
    for (std::size_t i = 0, shift = 24; i < 4; ++i, shift -= 8)
        size += byteAt(kSignatureLengthAt + i) << shift;
    return size <= ko.size() ? ko.substr(0, ko.size() - size) : ko;
}

ModuleWishes guestModuleWishes()
{
    return { { "virtio_blk", "virtio_net", "virtio_console", "erofs", "overlay" },
        { "virtio_mmio", "virtio_pci", "virtio_balloon" } };
}

Result<std::vector<std::string>> loadOrder(
    const std::map<std::string, ModuleInfo>& modules, const std::set<std::string>& builtIn, const ModuleWishes& wishes)
{
    Ordering ordering(modules, builtIn);
    for (const auto& name : wishes.optional) {
        if (auto taken = ordering.wish(name); !taken)
            return std::move(taken).error();
    }
    for (const auto& name : wishes.required) {
        if (auto taken = ordering.require(name); !taken)
            return std::move(taken).error();
    }
    return std::move(ordering).take();
}

} // namespace twinhull
