// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

namespace twinhull {

// A program may look at several hosts. The workloads of the home connection are named by what they are there; those of
// another have its name behind that, "UUID@NAME", so that the same one seen by two ways is two.

QString keyOn(const QString& connection, const QString& id); ///< `connection` is empty for the home one
QString withoutConnection(const QString& key);
QString connectionOf(const WorkloadId& id); ///< empty: the home connection, or a container

/// The one whose workload it is; where nobody knows it, null for one of another connection, else the first of its kind.
WorkloadProvider* providerOf(const WorkloadRegistry& registry, const WorkloadId& id);

/// What a connection is and how it fares.
struct ConnectionStatus {
    enum class State { Connecting, Connected, Lost };

    QString name; ///< empty: the home connection
    QString uri;
    State state = State::Connecting;
    QDateTime lastSeen; ///< when it answered last, in an earlier program too; invalid: never
    std::optional<Error> error; ///< why it is lost
    std::size_t workloads = 0; ///< known of it
};

/// A provider that stands for one connection.
class HasConnection {
public:
    HasConnection() = default;
    HasConnection(const HasConnection&) = delete;
    HasConnection& operator=(const HasConnection&) = delete;
    virtual ~HasConnection() = default;

    /// Nothing once it was taken out of use.
    virtual std::optional<ConnectionStatus> connectionStatus() const = 0;
};

/// "12:04" today, with the date on other days; "never" where it is invalid.
QString lastSeenText(const QDateTime& lastSeen);

} // namespace twinhull
