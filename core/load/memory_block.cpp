// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/memory_block.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace twinhull {

Result<MemoryBlock> MemoryBlock::make(std::size_t bytes)
{
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED)
        return Error::fromErrno(errno, "get " + std::to_string(bytes) + " bytes of memory");
    (void)::madvise(data, bytes, MADV_NOHUGEPAGE); // a kernel without huge pages has none to avoid
    return MemoryBlock(data, bytes);
}

MemoryBlock::~MemoryBlock()
{
    if (m_data != nullptr)
        (void)::munmap(m_data, m_bytes); // cannot fail: it is what mmap(2) gave
}

void MemoryBlock::fill(int byte) const
{
    std::memset(m_data, byte, m_bytes);
}

} // namespace twinhull
