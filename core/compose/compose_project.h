// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_value.h"
#include "core/workload/workload_plan.h"

#include <QMap>

#include <algorithm>
#include <optional>
#include <vector>

namespace twinhull {

/// What a Compose file asks for, as the specification (https://github.com/compose-spec/compose-spec) means it.

/// When a service may be started that depends on another one.
enum class StartCondition { Started, Healthy, CompletedSuccessfully };

struct ServiceDependency {
    QString service;
    StartCondition condition = StartCondition::Started;
    bool isRequired = true; ///< else it does not matter when it is not there or fails
    bool restarts = false; ///< it is started again when that one was made anew or is restarted

    friend bool operator==(const ServiceDependency&, const ServiceDependency&) = default;
};

/// Ports of a service; of its first container the first of a range, and so on where the range is on our side only.
struct ServicePort {
    QString hostAddress = QStringLiteral("localhost"); ///< core/ipc/listened_ports.h
    std::uint16_t hostFirst = 0; ///< 0: any that is free
    std::uint16_t hostLast = 0;
    std::uint16_t inside = 0;
    PortProtocol protocol = PortProtocol::Tcp;

    friend bool operator==(const ServicePort&, const ServicePort&) = default;
};

struct ServiceMount {
    enum class Kind { Folder, Volume, Anonymous };

    Kind kind = Kind::Folder;
    QString source; ///< absolute path, or a key of ComposeProject::volumes; empty where anonymous
    QString target; ///< absolute, inside
    bool readOnly = false;
    bool isMade = false; ///< a folder that is made where it is missing

    friend bool operator==(const ServiceMount&, const ServiceMount&) = default;
};

/// A secret or a config as a service wants it.
struct ServiceFile {
    QString name; ///< a key of ComposeProject::secrets or configs
    QString target; ///< absolute, inside
    std::uint32_t uid = 0; ///< these three of a secret
    std::uint32_t gid = 0;
    std::uint32_t mode = 0444;

    friend bool operator==(const ServiceFile&, const ServiceFile&) = default;
};

struct ServiceBuild {
    QString contextFolder; ///< absolute
    QString containerfile; ///< absolute; empty: Containerfile or Dockerfile of the context
    QString containerfileText; ///< in its place
    QStringList arguments; ///< KEY=VALUE
    QStringList labels; ///< KEY=VALUE, of the image
    QStringList tags; ///< other names of the image
    QString target;
    QString network;
    bool usesCache = true;
    bool pullsAlways = false;
};

struct ServiceNetwork {
    QString network; ///< a key of ComposeProject::networks
    QStringList aliases;
    QString ipv4; ///< that it asks for; empty: any
    QString ipv6;
};

constexpr unsigned kMostReplicas = 100; ///< of one service

enum class PullPolicy { Missing, Always, Never, Build };

struct ComposeService {
    QString name;
    ComposePlace place;
    QString image; ///< as written, else the name that a built one gets
    std::optional<ServiceBuild> build;
    PullPolicy pullPolicy = PullPolicy::Missing;
    QStringList profiles; ///< empty: always
    std::vector<ServiceDependency> dependencies;
    unsigned scale = 1;
    QString containerName; ///< empty: PROJECT-SERVICE-NUMBER
    std::vector<ServicePort> ports;
    std::vector<ServiceMount> mounts;
    std::vector<ServiceFile> secrets;
    std::vector<ServiceFile> configs;
    std::vector<ServiceNetwork> networks; ///< empty: none of the project's (see plan.hasNetwork)
    /// Everything that is the same for each of its containers; without name, source, ports, mounts.
    WorkloadPlan plan;
};

/// Something of the top level that has a name of its own outside the file.
struct ComposeResource {
    QString key;
    ComposePlace place;
    QString name; ///< outside: PROJECT_KEY, unless the file says another
    bool isExternal = false; ///< it is there already, and stays
};

struct ComposeNetwork : ComposeResource {
    bool isInternal = false; ///< no way out
    bool hasIpv6 = false;
    QStringList subnets; ///< "10.5.0.0/16"; empty: any
    QStringList gateways;
};

/// A secret or a config. A config may be a file that is there; of a secret the content is known, unless it is external.
struct ComposeFile {
    QString key;
    ComposePlace place;
    QString path; ///< of a config: absolute; empty: the content
    QByteArray content;
    QString secretName = {}; ///< of a secret: in the store of secrets
    bool isExternal = false; ///< a secret that is in the store already, and stays
};

struct ComposeProject {
    QString name;
    QString file; ///< absolute
    QString folder; ///< absolute; what relative paths begin at
    QStringList otherFiles; ///< absolute; above `file`
    QStringList environmentFiles; ///< absolute; that were named
    QStringList usualProfiles; ///< of COMPOSE_PROFILES
    std::vector<ComposeService> services; ///< in the order of the file
    std::vector<ComposeResource> volumes;
    std::vector<ComposeNetwork> networks; ///< "default" too, where a service uses it
    std::vector<ComposeFile> secrets;
    std::vector<ComposeFile> configs;

    const ComposeService* service(const QString& service) const
    {
        const auto found = std::find_if(
            services.begin(), services.end(), [&service](const ComposeService& each) { return each.name == service; });
        return found == services.end() ? nullptr : &*found;
    }
};

/// The one of that key in a list of resources or files; null where there is none.
template <typename Part>
const Part* partOf(const std::vector<Part>& parts, const QString& key)
{
    const auto found = std::find_if(parts.begin(), parts.end(), [&key](const Part& part) { return part.key == key; });
    return found == parts.end() ? nullptr : &*found;
}

} // namespace twinhull
