// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/cpu_watch.h"

#include "core/metrics/footprint_reader.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace twinhull {

namespace {

constexpr auto kBetweenReadings = std::chrono::milliseconds(10);

} // namespace

struct CpuWatch::Private {
    explicit Private(const HostFootprint& footprint) : reader({}, footprint) { }

    void readUntilStopped(const std::stop_token& stop)
    {
        std::unique_lock lock(mutex);
        do {
            Sample now;
            if (reader.read(now, buffer))
                sample = now;
        } while (!stopped.wait_for(lock, stop, kBetweenReadings, [&] { return stop.stop_requested(); }));
        Sample last;
        if (reader.read(last, buffer))
            sample = last;
    }

    FootprintReader reader;
    ReadBuffer buffer;
    std::mutex mutex;
    std::condition_variable_any stopped;
    Sample sample;
    std::jthread thread;
};

CpuWatch::Pace CpuWatch::paceFor(WorkloadKind kind, const HostFootprint& footprint)
{
    if (kind == WorkloadKind::Vm)
        return Pace::Once;
    auto cgroup = footprint.cgroupPath.isEmpty() ? Result<CgroupReader>(Error{})
                                                 : CgroupReader::open(footprint.cgroupPath.toStdString());
    ReadBuffer buffer;
    const bool isCounted = cgroup && cgroup->refresh(buffer) && cgroup->reading().cpuNanoseconds;
    return isCounted ? Pace::Once : Pace::AgainAndAgain;
}

CpuWatch::CpuWatch(const HostFootprint& footprint, Pace pace) : m_d(std::make_unique<Private>(footprint))
{
    if (pace == Pace::AgainAndAgain && !footprint.isEmpty())
        m_d->thread = std::jthread([d = m_d.get()](const std::stop_token& stop) { d->readUntilStopped(stop); });
}

CpuWatch::~CpuWatch() = default;

Sample CpuWatch::finish()
{
    if (m_d->thread.joinable()) {
        m_d->thread.request_stop();
        m_d->thread.join();
        return m_d->sample;
    }
    Sample sample;
    return m_d->reader.read(sample, m_d->buffer) ? sample : Sample();
}

} // namespace twinhull
