// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/globals.h"
#include "core/runtime/checkpoint/images.h"

#include <array>

namespace twinhull::hull {

/// What the options that `checkpoint` and `restore` share say: folders, and how criu shall do it.
Result<runtime::CriuChoice> criuChoiceOf(const Globals& globals, const Arguments& arguments);

inline constexpr std::array<Option, 12> kCriuOptions{ {
    { "image-path", 0, Takes::Value },
    { "work-path", 0, Takes::Value },
    { "manage-cgroups-mode", 0, Takes::Value },
    { "network-lock", 0, Takes::Value },
    { "empty-ns", 0, Takes::Value },
    { "tcp-established", 0, Takes::Nothing },
    { "tcp-close", 0, Takes::Nothing },
    { "ext-unix-sk", 0, Takes::Nothing },
    { "shell-job", 0, Takes::Nothing },
    { "file-locks", 0, Takes::Nothing },
    { "auto-dedup", 0, Takes::Nothing },
    { "lazy-pages", 0, Takes::Nothing },
} };

/// Those and a verb's own.
template <std::size_t Count>
constexpr std::array<Option, kCriuOptions.size() + Count> withCriuOptions(const std::array<Option, Count>& own)
{
    std::array<Option, kCriuOptions.size() + Count> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = i < kCriuOptions.size() ? kCriuOptions[i] : own[i - kCriuOptions.size()];
    return all;
}

} // namespace twinhull::hull
