// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/resume_watch.h"

#include "core/base/clock.h"

#include <atomic>

namespace twinhull {

/// Written on libvirt's event thread, read on the job's.
struct ResumeWatch::Moment {
    std::atomic<std::int64_t> nanoseconds = 0; // 0: not yet

    static void onResume(
        virConnectPtr, virDomainPtr, const char*, long long seconds, unsigned microseconds, const char*, void* opaque)
    {
        constexpr std::int64_t kThousand = 1000;
        constexpr std::int64_t kMillion = 1'000'000;
        timespec wall{};
        ::clock_gettime(CLOCK_REALTIME, &wall);
        const std::int64_t now = monotonicNanoseconds();
        const std::int64_t age = (wall.tv_sec - std::int64_t{ seconds }) * kThousand * kMillion
            + (wall.tv_nsec - std::int64_t{ microseconds } * kThousand);
        std::int64_t none = 0;
        const auto& moment = *static_cast<std::shared_ptr<Moment>*>(opaque);
        moment->nanoseconds.compare_exchange_strong(none, now - age);
    }

    static void release(void* opaque) { delete static_cast<std::shared_ptr<Moment>*>(opaque); }
};

ResumeWatch::ResumeWatch(virDomainPtr domain) : m_moment(std::make_shared<Moment>())
{
    virConnectPtr connection = virDomainGetConnect(domain);
    if (virConnectRef(connection) != 0)
        return;
    m_connection.reset(connection);
    // libvirt may still be calling while it is told to stop: it owns a share of what it writes to
    auto share = std::make_unique<std::shared_ptr<Moment>>(m_moment);
    m_callback = virConnectDomainQemuMonitorEventRegister(
        connection, domain, "RESUME", &Moment::onResume, share.get(), &Moment::release, 0);
    if (m_callback >= 0)
        (void)share.release(); // Moment::release() deletes it
}

ResumeWatch::~ResumeWatch()
{
    if (m_callback >= 0)
        (void)virConnectDomainQemuMonitorEventDeregister(m_connection.get(), m_callback); // or the connection is gone
}

std::optional<std::int64_t> ResumeWatch::firstNanoseconds() const
{
    const std::int64_t nanoseconds = m_moment->nanoseconds;
    return nanoseconds != 0 ? std::optional(nanoseconds) : std::nullopt;
}

} // namespace twinhull
