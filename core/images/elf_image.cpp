// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/elf_image.h"

#include <elf.h>

#include <cstring>

namespace twinhull {

namespace {

Error malformed(std::string_view what)
{
    return Error{ ErrorCode::Corrupt, "ELF file: " + std::string(what), 0, {} };
}

/// A copy, because nothing in a file is aligned.
template <typename T>
T readAs(std::string_view bytes)
{
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::uint64_t roundedToFour(std::uint64_t size)
{
    return (size + 3) & ~std::uint64_t{ 3 };
}

} // namespace

Result<ElfImage> ElfImage::parse(std::string_view bytes)
{
    if (bytes.size() < sizeof(Elf64_Ehdr) || !bytes.starts_with(std::string_view(ELFMAG, SELFMAG)))
        return malformed("no ELF header");
    if (bytes[EI_CLASS] != ELFCLASS64 || bytes[EI_DATA] != ELFDATA2LSB)
        return malformed("not 64-bit little-endian");
    ElfImage image(bytes);
    if (auto read = image.readSegments(); !read)
        return std::move(read).error();
    if (auto read = image.readSections(); !read)
        return std::move(read).error();
    return image;
}

std::optional<std::string_view> ElfImage::range(std::uint64_t offset, std::uint64_t size) const
{
    if (offset > m_bytes.size() || size > m_bytes.size() - offset)
        return {};
    return m_bytes.substr(offset, size);
}

Result<> ElfImage::readSegments()
{
    const auto header = readAs<Elf64_Ehdr>(m_bytes);
    const auto table = range(header.e_phoff, std::uint64_t{ header.e_phnum } * sizeof(Elf64_Phdr));
    if (!table)
        return malformed("segments lie outside the file");
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const auto segment = readAs<Elf64_Phdr>(table->substr(i * sizeof(Elf64_Phdr)));
        const auto content = range(segment.p_offset, segment.p_filesz);
        if (!content)
            return malformed("a segment lies outside the file");
        m_segments.push_back({ segment.p_type, *content });
    }
    return {};
}

Result<> ElfImage::readSections()
{
    const auto header = readAs<Elf64_Ehdr>(m_bytes);
    const auto table = range(header.e_shoff, std::uint64_t{ header.e_shnum } * sizeof(Elf64_Shdr));
    if (!table)
        return malformed("sections lie outside the file");
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        const auto section = readAs<Elf64_Shdr>(table->substr(i * sizeof(Elf64_Shdr)));
        const bool hasContent = section.sh_type != SHT_NOBITS;
        const auto content = range(section.sh_offset, hasContent ? section.sh_size : 0);
        if (!content)
            return malformed("a section lies outside the file");
        m_sections.push_back({ section.sh_name, *content });
    }
    if (header.e_shstrndx < m_sections.size())
        m_names = m_sections[header.e_shstrndx].content;
    return {};
}

bool ElfImage::hasInterpreter() const
{
    for (const auto& segment : m_segments) {
        if (segment.type == PT_INTERP)
            return true;
    }
    return false;
}

std::optional<std::string_view> ElfImage::section(std::string_view name) const
{
    for (const auto& section : m_sections) {
        if (section.nameOffset >= m_names.size())
            continue;
        const std::string_view rest = m_names.substr(section.nameOffset);
        if (rest.substr(0, rest.find('\0')) == name)
            return section.content;
    }
    return {};
}

std::optional<std::string_view> ElfImage::note(std::string_view owner, std::uint32_t type) const
{
    for (const auto& segment : m_segments) {
        if (segment.type != PT_NOTE)
            continue;
        std::string_view rest = segment.content;
        while (rest.size() >= sizeof(Elf64_Nhdr)) {
            const auto header = readAs<Elf64_Nhdr>(rest);
            const std::uint64_t contentStart = sizeof header + roundedToFour(header.n_namesz);
            const std::uint64_t whole = contentStart + roundedToFour(header.n_descsz);
            if (contentStart + header.n_descsz > rest.size())
                break;
            const std::string_view name = rest.substr(sizeof header, header.n_namesz);
            if (header.n_type == type && name.substr(0, name.find('\0')) == owner)
                return rest.substr(contentStart, header.n_descsz);
            rest.remove_prefix(std::min<std::uint64_t>(whole, rest.size()));
        }
    }
    return {};
}

} // namespace twinhull
