// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <utility>

namespace twinhull {

/// Anonymous memory of small pages, aligned to them: what is touched is what is resident, and direct I/O takes it.
class MemoryBlock {
public:
    static Result<MemoryBlock> make(std::size_t bytes);
    MemoryBlock(MemoryBlock&& other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_bytes(std::exchange(other.m_bytes, 0))
    {
    }
    MemoryBlock& operator=(MemoryBlock&&) = delete;
    MemoryBlock(const MemoryBlock&) = delete;
    MemoryBlock& operator=(const MemoryBlock&) = delete;
    ~MemoryBlock();

    void* data() const { return m_data; }
    std::size_t size() const { return m_bytes; }
    void fill(int byte) const;

private:
    MemoryBlock(void* data, std::size_t bytes) : m_data(data), m_bytes(bytes) { }

    void* m_data;
    std::size_t m_bytes;
};

} // namespace twinhull
