// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <cstdint>
#include <string>

namespace twinhull::test {

/// The body of one GET of a loopback port; empty when nobody took it or answered 200.
QByteArray httpGetOnce(std::uint16_t port, const QByteArray& path, const std::string& address = "127.0.0.1");

/// The same, asked again until an answer or the deadline.
QByteArray httpGet(
    std::uint16_t port, const QByteArray& path, std::chrono::milliseconds deadline = std::chrono::seconds(30));

} // namespace twinhull::test
