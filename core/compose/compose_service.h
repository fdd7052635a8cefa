// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_cursor.h"
#include "core/compose/compose_project.h"
#include "core/compose/compose_variables.h"

namespace twinhull {

constexpr double kFewestCores = 0.01;
constexpr double kMostCores = 4096;

/// What a service is read with. Internal to core/compose.
struct ServiceReading {
    ComposeService& service;
    const ComposeVariables& variables;
    QString folder; ///< of the file
    std::optional<unsigned> scale = {};
    std::optional<unsigned> replicas = {}; ///< of deploy
    std::optional<std::uint64_t> cpuQuota = {}; ///< these two in microseconds
    std::optional<std::uint64_t> cpuPeriod = {};
    std::optional<RestartPolicy> deployedRestart = {}; ///< of deploy: stands above "restart"
    QStringList fileEnvironment = {}; ///< of env_file, below "environment"
    QStringList environment = {};
    QStringList unsetVariables = {}; ///< that "environment" names and nobody gave a value: not of env_file either
};

/// A key of a service and what is made of its value.
struct ServiceKey {
    const char* name;
    void (*read)(const ComposeCursor&, ServiceReading&);
};

/// Keys whose value is read; by concern.
extern const std::vector<ServiceKey> kProcessKeys;
extern const std::vector<ServiceKey> kPlaceKeys; ///< ports, volumes, networks, files
extern const std::vector<ServiceKey> kLimitKeys; ///< limits, deploy, health, logs

/// Reads "services.NAME". What cannot be done is a finding: a key that the specification does not know, and one that
/// matters for what a service may do or reach and that we do not have, are errors; others that we do not have are
/// warnings.
ComposeService readService(
    const QString& name, const ComposeCursor& cursor, const ComposeVariables& variables, const QString& folder);

/// Absolute: below the file's folder or, with "~", the person's.
QString absolutePath(const QString& path, const QString& folder);
/// The text as a plan's value, or a finding.
template <typename Target, typename Value>
void take(Target& target, std::optional<Value> value)
{
    if (value)
        target = *std::move(value);
}
/// What `parse` makes of each text, or findings.
template <typename List, typename Parse>
void takeEach(const ComposeCursor& cursor, List& list, Parse parse)
{
    for (const QString& text : cursor.texts()) {
        auto one = parse(text);
        if (one)
            list.push_back(*std::move(one));
        else
            cursor.refuse(one.error());
    }
}

QString trCompose(const char* text);

} // namespace twinhull
