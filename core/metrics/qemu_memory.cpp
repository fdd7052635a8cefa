// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/qemu_memory.h"

#include "core/base/files.h"
#include "core/metrics/proc_text.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kChunkBytes = 64U << 10U;
constexpr std::size_t kMostBytes = 64U << 20U; // 65,530 mappings

/// Line by line, as the text comes.
class MarkedMappings {
public:
    void take(std::string_view line)
    {
        const std::string_view name = nextWord(line);
        if (name == "Pss:")
            m_kilobytes = numberOf(nextWord(line)).value_or(0);
        if (name != "VmFlags:") // the last line of a mapping
            return;
        for (std::string_view flag = nextWord(line); !flag.empty(); flag = nextWord(line)) {
            if (flag == "dc") {
                m_total = m_total.value_or(0) + m_kilobytes * 1024;
                return;
            }
        }
    }
    std::optional<std::uint64_t> total() const { return m_total; }

private:
    std::uint64_t m_kilobytes = 0; ///< of the mapping that is read
    std::optional<std::uint64_t> m_total;
};

} // namespace

std::optional<std::uint64_t> ramPssBytes(const std::string& smaps)
{
    const auto file = openPath(smaps, O_RDONLY);
    if (!file)
        return std::nullopt;
    MarkedMappings mappings;
    std::vector<char> room(kChunkBytes);
    std::size_t kept = 0; // of a line whose end has not come
    for (std::size_t seen = 0; seen < kMostBytes;) {
        const ssize_t count = ::read(file->fd(), room.data() + kept, room.size() - kept);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::nullopt;
        if (count == 0)
            return mappings.total();
        seen += static_cast<std::size_t>(count);
        std::string_view text(room.data(), kept + static_cast<std::size_t>(count));
        for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            mappings.take(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        kept = text.size() < room.size() ? text.size() : 0; // no line of the kernel's is that long
        std::copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(kept), room.begin());
    }
    return std::nullopt;
}

} // namespace twinhull
