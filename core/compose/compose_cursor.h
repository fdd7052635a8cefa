// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/compose/compose_findings.h"

#include <QStringList>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace twinhull {

/// A value of a Compose file and the way to it, for reading: what is not of the wanted form becomes a finding and
/// nothing. Values, findings and cursors of a file live equally long.
class ComposeCursor {
public:
    ComposeCursor(const ComposeValue& value, QString path, ComposeFindings& findings)
        : m_value(&value), m_path(std::move(path)), m_findings(&findings)
    {
    }

    const ComposeValue& value() const { return *m_value; }
    const QString& path() const { return m_path; }
    ComposeFindings& findings() const { return *m_findings; }
    bool isNull() const { return m_value->kind == ComposeValue::Kind::Null; }
    bool isScalar() const { return m_value->kind == ComposeValue::Kind::Scalar; }
    bool isList() const { return m_value->kind == ComposeValue::Kind::List; }
    bool isMap() const { return m_value->kind == ComposeValue::Kind::Map; }

    void refuse(const QString& text) const;
    void refuse(const Error& error) const;
    void warn(const QString& text) const;

    std::optional<QString> text() const; ///< a scalar that is not empty
    std::optional<bool> truth() const;
    std::optional<std::uint64_t> number(std::uint64_t least, std::uint64_t most) const;
    std::optional<std::uint64_t> size() const; ///< bytes: "512M", 1gb
    std::optional<std::chrono::milliseconds> duration() const;
    QStringList texts() const; ///< a list of scalars, or one
    /// A text in a shell's words, or a list of words; nothing for null.
    std::optional<QStringList> command() const;
    /// "A=1" as a list or a map; a key without a value has none.
    std::vector<std::pair<QString, std::optional<QString>>> pairs() const;

    std::vector<ComposeCursor> items() const; ///< of a list; null is an empty one
    std::vector<std::pair<QString, ComposeCursor>> entries() const; ///< of a map; null is an empty one
    std::optional<ComposeCursor> child(const QString& key) const;
    ComposeCursor of(const ComposeEntry& entry) const; ///< an entry of this map

private:
    const ComposeValue* m_value;
    QString m_path;
    ComposeFindings* m_findings;
};

/// Begins with "x-": anybody's own.
bool isExtensionKey(const QString& key);
/// An error for a key that nobody knows, with the known one that is probably meant.
void refuseStranger(const ComposeCursor& map, const ComposeEntry& entry, const QStringList& known);
/// Of a map of which nothing is to be known but these keys, and those that begin with "x-".
void refuseStrangers(const ComposeCursor& map, const QStringList& known);
/// Warns of the keys that are there and do nothing here, and refuses strangers to both lists.
void warnOfUnused(const ComposeCursor& map, const QStringList& used, const QStringList& unused);

/// The known word that is a few letters away from this one; empty where there is none.
QString nearestWord(const QString& word, const QStringList& known);

} // namespace twinhull
