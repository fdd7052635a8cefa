// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_findings.h"

#include <optional>
#include <string>

namespace twinhull {

/// A file larger than that is not read.
constexpr std::size_t kComposeFileBytes = 1U << 20U;
/// Values in a document, aliases followed: a few lines can name billions.
constexpr std::size_t kMostComposeValues = 50'000;
/// Of all scalars, aliases followed.
constexpr std::size_t kMostComposeBytes = 8U << 20U;
constexpr int kDeepestComposeValue = 40;

/// Reads one YAML document through yaml-cpp. Nothing, and a finding that says where and why, for what is no YAML, is
/// larger or deeper than the limits, has several documents, a key that is not a text, or a tag that nobody knows. A key
/// that is said twice is a finding alone.
std::optional<ComposeValue> parseComposeYaml(const std::string& text, ComposeFindings& findings);

} // namespace twinhull
