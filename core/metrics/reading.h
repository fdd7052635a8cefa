// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/needs.h"

#include <optional>

namespace twinhull {

/// A figure, or what is needed to have it: what could not be read is never 0. There are a hundred of a workload, in
/// some places: so it is no larger than it must be, which an optional beside its reason would be.
template <typename Value>
class Reading {
public:
    Reading() = default;
    Reading(Value value)
        : m_value(value), m_isKnown(true) { } // NOLINT(google-explicit-constructor): a value is a reading
    Reading(Needs needs) : m_needs(needs) { } // NOLINT(google-explicit-constructor): so is its absence
    Reading(std::optional<Value> value, Needs otherwise)
        : m_value(value.value_or(Value())), m_isKnown(value.has_value()), m_needs(otherwise)
    {
    }

    bool has_value() const { return m_isKnown; } // NOLINT(readability-identifier-naming): as std::optional
    explicit operator bool() const { return m_isKnown; }
    const Value& operator*() const { return m_value; }
    Value value_or(Value otherwise) const { return m_isKnown ? m_value : otherwise; } // NOLINT: as std::optional
    /// Without the reason, for what only wants the value.
    operator std::optional<Value>() const // NOLINT(google-explicit-constructor)
    {
        return m_isKnown ? std::optional<Value>(m_value) : std::nullopt;
    }

    Needs needs() const { return m_isKnown ? Needs::Nothing : m_needs; }
    /// Says why it is absent; where there is a value that stays.
    void explain(Needs needs) { m_needs = needs; }

private:
    Value m_value{};
    bool m_isKnown = false;
    Needs m_needs = Needs::FirstReading; ///< while there is no value
};

} // namespace twinhull
