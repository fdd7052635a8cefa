// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/quantity.h"

#include <array>

namespace twinhull {

namespace {

constexpr std::array kCpu{ Metric::CpuCores };
constexpr std::array kMemory{ Metric::ResidentBytes };
constexpr std::array kNetwork{ Metric::NetworkReceiveRate, Metric::NetworkSendRate };
constexpr std::array kDisk{ Metric::DiskReadRate, Metric::DiskWriteRate };
constexpr std::array kCpuParts{ Metric::VcpuCores, Metric::IoThreadCores, Metric::VhostCores, Metric::EmulatorCores,
    Metric::HelperCores };
constexpr std::array kWaiting{ Metric::ThrottledCores, Metric::StolenCores, Metric::CpuPressure, Metric::MemoryPressure,
    Metric::IoPressure };
const std::span<const Metric> kComposedMetrics[] = { kCpu, kMemory, kNetwork, kDisk, kCpuParts, kWaiting };

constexpr std::array<Metric, kMetricCount> everyMetric()
{
    std::array<Metric, kMetricCount> all{};
    for (std::size_t i = 0; i < kMetricCount; ++i)
        all[i] = static_cast<Metric>(i);
    return all;
}
constexpr auto kEveryMetric = everyMetric();

} // namespace

std::span<const Metric> Quantity::metrics() const
{
    if (isComposed())
        return kComposedMetrics[m_number];
    return std::span(kEveryMetric).subspan(static_cast<std::size_t>(m_number - kComposed), 1);
}

Quantity::Form Quantity::form() const
{
    if (m_number == CpuParts)
        return Form::Parts;
    return m_number == Waiting ? Form::Lines : Form::Sum;
}

} // namespace twinhull
