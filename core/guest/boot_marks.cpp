// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/boot_marks.h"

namespace twinhull {

std::vector<GuestMark> BootMarks::agesAt(std::int64_t now) const
{
    std::vector<GuestMark> ages;
    ages.reserve(m_marks.size());
    for (const auto& [name, time] : m_marks)
        ages.push_back({ name, now > time ? now - time : 0 });
    return ages;
}

} // namespace twinhull
