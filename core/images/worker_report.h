// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/images/layer_changes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

using ProgressFunction = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The lines an image worker writes (image_worker.h).
std::string progressLine(std::uint64_t done, std::uint64_t total);
std::string sizeLine(std::uint64_t bytes);
std::string errorLines(const Error& error);

/// Collects them on the other side; what is no such line is passed over.
class WorkerReport {
public:
    explicit WorkerReport(ProgressFunction progress) : m_progress(std::move(progress)) { }

    void feed(std::string_view bytes);
    const std::optional<Error>& error() const { return m_error; }
    const std::vector<std::uint64_t>& sizes() const { return m_sizes; } ///< in the order they were told
    const std::vector<LayerChange>& changes() const { return m_changes; } ///< the same

private:
    void takeLine(std::string_view line);

    ProgressFunction m_progress;
    std::string m_rest;
    std::vector<std::uint64_t> m_sizes;
    std::vector<LayerChange> m_changes;
    std::optional<Error> m_error;
};

} // namespace twinhull
