// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace twinhull {

/// Where something stands in a file, counted from 1; 0: nobody knows.
struct ComposePlace {
    int line = 0;
    int column = 0;
    QString file = {}; ///< as it is shown; empty: the project's first

    friend bool operator==(const ComposePlace&, const ComposePlace&) = default;
};

struct ComposeEntry;

/// A YAML document as a tree: aliases are copied, merge keys (<<) are resolved. Scalars keep their text, because what
/// it means depends on the key: "22:22" is a port and "no" a restart policy.
struct ComposeValue {
    enum class Kind { Null, Scalar, List, Map };

    /// What it does to a value of the same key in files below
    /// (https://github.com/compose-spec/compose-spec/blob/main/13-merge.md).
    enum class Stand {
        Merged, ///< as the rules of its key say
        Reset, ///< !reset: it is gone, and this value with it
        Override, ///< !override: this one stands in its place
    };

    Kind kind = Kind::Null;
    ComposePlace place;
    QString text; ///< of a scalar
    std::vector<ComposeValue> items; ///< of a list
    std::vector<ComposeEntry> entries; ///< of a map, as they stand in the file
    Stand stand = Stand::Merged;

    /// The value of a key; null where there is none.
    const ComposeValue* find(QStringView key) const;
};

struct ComposeEntry {
    QString key;
    ComposePlace place; ///< of the key
    ComposeValue value;
};

inline const ComposeValue* ComposeValue::find(QStringView key) const
{
    for (const auto& entry : entries) {
        if (entry.key == key)
            return &entry.value;
    }
    return nullptr;
}

} // namespace twinhull
