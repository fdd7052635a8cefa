// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// What goes through its network. Rows of the catalogue, which alone includes this.
inline constexpr std::array kNetworkRows{
    MetricRow{ Metric::NetworkReceiveRate,
        { "network_receive_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "NET IN",
            QT_TRANSLATE_NOOP("Metrics", "Network, in"),
            QT_TRANSLATE_NOOP("Metrics", "What came in on all its interfaces but loopback, headers included."),
            QT_TRANSLATE_NOOP("Metrics",
                "/proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    MetricRow{ Metric::NetworkSendRate,
        { "network_send_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "OUT",
            QT_TRANSLATE_NOOP("Metrics", "Network, out"),
            QT_TRANSLATE_NOOP("Metrics", "What went out on all its interfaces but loopback, headers included."),
            QT_TRANSLATE_NOOP("Metrics",
                "/proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    MetricRow{ Metric::NetworkReceivePacketRate,
        { "network_receive_packets_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "PACKETS IN",
            QT_TRANSLATE_NOOP("Metrics", "Network, packets in"),
            QT_TRANSLATE_NOOP("Metrics", "How many packets came in on all its interfaces but loopback."),
            QT_TRANSLATE_NOOP("Metrics",
                "packets in /proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    MetricRow{ Metric::NetworkSendPacketRate,
        { "network_send_packets_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "PACKETS OUT",
            QT_TRANSLATE_NOOP("Metrics", "Network, packets out"),
            QT_TRANSLATE_NOOP("Metrics", "How many packets went out on all its interfaces but loopback."),
            QT_TRANSLATE_NOOP("Metrics",
                "packets in /proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    MetricRow{ Metric::NetworkRoundTrip,
        { "network_round_trip_seconds", MetricUnit::Seconds, MetricSide::Host, MetricKind::Level, "ROUND TRIP",
            QT_TRANSLATE_NOOP("Metrics", "Network, round trip"),
            QT_TRANSLATE_NOOP("Metrics",
                "The median over its open TCP connections of how long the other end takes to answer, from where they "
                "leave this computer: without the way between the inside and its network's helper. Read every ten "
                "seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics",
                "tcpi_rtt of the TCP sockets that its processes and helper programs hold in this computer's network "
                "(sock_diag, INET_DIAG_INFO)") } },
};

} // namespace twinhull
