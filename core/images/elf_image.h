// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace twinhull {

/// A 64-bit little-endian ELF file (elf(5)) in memory that outlives this; every offset in it is checked before use.
class ElfImage {
public:
    static Result<ElfImage> parse(std::string_view bytes);

    /// Needs a dynamic loader.
    bool hasInterpreter() const;
    std::optional<std::string_view> section(std::string_view name) const;
    /// A note's content among the note segments.
    std::optional<std::string_view> note(std::string_view owner, std::uint32_t type) const;

private:
    struct Segment {
        std::uint32_t type;
        std::string_view content;
    };
    struct Section {
        std::uint32_t nameOffset;
        std::string_view content;
    };

    explicit ElfImage(std::string_view bytes) : m_bytes(bytes) { }
    Result<> readSegments();
    Result<> readSections();
    std::optional<std::string_view> range(std::uint64_t offset, std::uint64_t size) const;

    std::string_view m_bytes;
    std::vector<Segment> m_segments;
    std::vector<Section> m_sections;
    std::string_view m_names;
};

} // namespace twinhull
