// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/guest_messages.h"

#include <string>
#include <utility>
#include <vector>

namespace twinhull {

/// The moments of this boot on the guest's CLOCK_MONOTONIC, which starts with its kernel.
class BootMarks {
public:
    void add(std::string name, std::int64_t monotonicNanoseconds)
    {
        m_marks.emplace_back(std::move(name), monotonicNanoseconds);
    }

    /// How long ago each was, seen from `now`.
    std::vector<GuestMark> agesAt(std::int64_t now) const;

private:
    std::vector<std::pair<std::string, std::int64_t>> m_marks;
};

} // namespace twinhull
