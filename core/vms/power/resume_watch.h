// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace twinhull {

/// Hears when QEMU lets a domain's processors run, as QEMU itself says it (event RESUME of its monitor, with QEMU's own
/// time). libvirt starts QEMU stopped, so that ends QEMU's and libvirt's part of a start: what comes next is firmware.
class ResumeWatch {
public:
    /// Begins to listen; before the domain is created. A libvirt that does not pass on QEMU's events is no error: the
    /// moment is then never known.
    explicit ResumeWatch(virDomainPtr domain);
    ~ResumeWatch();
    ResumeWatch(const ResumeWatch&) = delete;
    ResumeWatch& operator=(const ResumeWatch&) = delete;

    /// CLOCK_MONOTONIC of the first RESUME since; nothing while none was heard.
    std::optional<std::int64_t> firstNanoseconds() const;

private:
    struct Moment;

    std::shared_ptr<Moment> m_moment;
    ConnectionHandle m_connection; ///< the watch's own reference
    int m_callback = -1;
};

} // namespace twinhull
