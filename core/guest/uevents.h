// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <functional>
#include <string>

namespace twinhull {

/// The kernel's announcements of devices (netlink(7), NETLINK_KOBJECT_UEVENT), to wait for a device without asking
/// again and again.
class Uevents {
public:
    static Result<Uevents> open();

    /// Until `isThere` says so; asked first at once, then after each announcement.
    Result<> waitFor(const std::string& what, const std::function<bool()>& isThere, std::chrono::milliseconds deadline);

    const UniqueFd& fd() const { return m_fd; }
    void drain() const; ///< throws away what is waiting; never blocks

private:
    explicit Uevents(UniqueFd fd) : m_fd(std::move(fd)) { }

    UniqueFd m_fd;
};

} // namespace twinhull
