// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/memory_loads.h"

#include "core/load/load_clock.h"
#include "core/load/memory_block.h"

#include <cstring>

namespace twinhull {

Result<LoadReport> copyMemory(const LoadOptions& options)
{
    constexpr std::size_t kBlockBytes = std::size_t(64) << 20U;
    auto from = MemoryBlock::make(kBlockBytes);
    auto into = MemoryBlock::make(kBlockBytes);
    if (!from || !into)
        return Error(from ? into.error() : from.error());
    from->fill(1);
    into->fill(2);
    const LoadClock clock;
    std::uint64_t copied = 0;
    for (; copied < options.amount; copied += kBlockBytes) {
        std::memcpy(into->data(), from->data(), kBlockBytes);
        asm volatile("" : : "r"(into->data()) : "memory"); // each copy is wanted
    }
    return clock.reportRate(copied, 1 << 20);
}

Result<LoadReport> touch(const LoadOptions& options)
{
    auto block = MemoryBlock::make(options.amount);
    if (!block)
        return Error(block.error());
    const LoadClock clock;
    block->fill(1);
    while (clock.seconds() < options.seconds)
        LoadClock::rest(std::chrono::milliseconds(100));
    return clock.report(options.amount);
}

} // namespace twinhull
