// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_service.h"

#include "core/compose/compose_scale.h"

#include <QCoreApplication>
#include <QDir>
#include <QHash>
#include <QRegularExpression>

namespace twinhull {

namespace {

/// Keys of the specification that would change what a service may do or reach, or where its data is: without them it
/// is another service.
struct RefusedKey {
    const char* name;
    const char* reason;
};
constexpr RefusedKey kRefusedKeys[] = {
    { "cgroup", "containers always have a cgroup namespace of their own" },
    { "cgroup_parent", "the monitor chooses a container's cgroup" },
    { "credential_spec", "Windows accounts are not known here" },
    { "device_cgroup_rules", "devices are passed on one by one: use devices" },
    { "gpus", "graphics processors cannot be passed on; pass their device nodes on with devices" },
    { "ipc", "containers always have an IPC namespace of their own" },
    { "label_file", "labels are not read from files; use labels" },
    { "models", "models are not known here" },
    { "pid", "containers always have a process namespace of their own" },
    { "post_start", "hooks are not run" },
    { "pre_stop", "hooks are not run" },
    { "provider", "services of other programs are not known here" },
    { "runtime", "containers run in hull" },
    { "use_api_socket", "there is no daemon whose socket could be passed on" },
    { "uts", "containers always have a host name of their own" },
    { "volumes_from", "name the volumes: use volumes" },
};

/// Keys of the specification that tune; a service does its work without them.
const char* const kUnusedKeys[] = { "annotations", "attach", "cpu_count", "cpu_percent", "cpu_rt_period",
    "cpu_rt_runtime", "develop", "dns_opt", "domainname", "external_links", "group_add", "isolation", "mac_address",
    "mem_reservation", "mem_swappiness", "oom_kill_disable", "oom_score_adj", "storage_opt", "sysctls" };

const ServiceKey* keyIn(const std::vector<ServiceKey>& keys, const QString& name)
{
    for (const auto& key : keys) {
        if (name == QLatin1String(key.name))
            return &key;
    }
    return nullptr;
}

const ServiceKey* readKey(const QString& name)
{
    for (const auto* keys : { &kProcessKeys, &kPlaceKeys, &kLimitKeys }) {
        if (const auto* key = keyIn(*keys, name))
            return key;
    }
    return nullptr;
}

QStringList knownKeys()
{
    QStringList known{ QStringLiteral("extends") }; // which was resolved before
    for (const auto* keys : { &kProcessKeys, &kPlaceKeys, &kLimitKeys }) {
        for (const auto& key : *keys)
            known << QLatin1String(key.name);
    }
    for (const auto& key : kRefusedKeys)
        known << QLatin1String(key.name);
    for (const char* key : kUnusedKeys)
        known << QLatin1String(key);
    return known;
}

void readEntry(const ComposeCursor& service, const ComposeEntry& entry, ServiceReading& reading)
{
    if (isExtensionKey(entry.key))
        return;
    const ComposeCursor value = service.of(entry);
    if (const auto* key = readKey(entry.key)) {
        key->read(value, reading);
        return;
    }
    for (const auto& refused : kRefusedKeys) {
        if (entry.key == QLatin1String(refused.name)) {
            service.findings().refuse(entry.place, value.path(), trCompose(refused.reason));
            return;
        }
    }
    const bool isUnused = std::any_of(std::begin(kUnusedKeys), std::end(kUnusedKeys),
        [&entry](const char* name) { return entry.key == QLatin1String(name); });
    if (isUnused) {
        service.findings().warn(entry.place, value.path(), trCompose("this has no effect here"));
        return;
    }
    refuseStranger(service, entry, knownKeys());
}

/// Later variables stand above earlier ones of the same name.
QStringList withoutRepetition(const QStringList& variables)
{
    QStringList result;
    QHash<QString, qsizetype> places;
    for (const QString& variable : variables) {
        const QString key = variable.section(u'=', 0, 0);
        const auto known = places.constFind(key);
        if (known != places.constEnd()) {
            result[*known] = variable;
        } else {
            places.insert(key, result.size());
            result << variable;
        }
    }
    return result;
}

/// Of the usual period where none is said; the share counts, not how finely it is dealt out.
void settleCpuQuota(const ComposeCursor& cursor, ServiceReading& reading)
{
    constexpr std::uint64_t kUsualPeriod = 100'000;
    if (!reading.cpuQuota)
        return;
    auto& cpus = reading.service.plan.limits.cpus;
    if (cpus)
        cursor.refuse(trCompose("cpus and cpu_quota say two things; leave one out"));
    cpus = static_cast<double>(*reading.cpuQuota) / static_cast<double>(reading.cpuPeriod.value_or(kUsualPeriod));
    if (*cpus < kFewestCores || *cpus > kMostCores)
        cursor.refuse(trCompose("cpu_quota and cpu_period give %1 cores; from %2 to %3 can be had")
                          .arg(*cpus)
                          .arg(kFewestCores)
                          .arg(kMostCores));
}

/// What several keys say of one thing.
void settleKeys(const ComposeCursor& cursor, ServiceReading& reading)
{
    ComposeService& service = reading.service;
    if (reading.scale && reading.replicas && *reading.scale != *reading.replicas)
        cursor.refuse(trCompose("scale says %1 containers, and deploy.replicas %2; leave one out")
                          .arg(*reading.scale)
                          .arg(*reading.replicas));
    settleCpuQuota(cursor, reading);
    service.scale = reading.scale.value_or(reading.replicas.value_or(1));
    if (reading.deployedRestart)
        service.plan.upkeep.restart = *reading.deployedRestart;
    const auto says = [&cursor](const char* key) {
        const auto child = cursor.child(QLatin1String(key));
        return child && !child->isNull();
    };
    if (says("network_mode") && says("networks"))
        cursor.refuse(trCompose("network_mode and networks say two things; leave one out"));
    const auto isUnset
        = [&reading](const QString& variable) { return reading.unsetVariables.contains(variable.section(u'=', 0, 0)); };
    reading.fileEnvironment.removeIf(isUnset);
    service.plan.environment = withoutRepetition(reading.fileEnvironment + reading.environment);
}

void checkWhole(const ComposeCursor& cursor, const ComposeService& service)
{
    static const QRegularExpression kName(QStringLiteral("\\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\\z"));
    if (service.image.isEmpty() && !service.build)
        cursor.refuse(trCompose("neither an image nor a build"));
    if (!service.containerName.isEmpty() && !kName.match(service.containerName).hasMatch())
        cursor.refuse(trCompose("container_name is of letters, digits, \".\", \"-\" and \"_\""));
    if (const auto checked = checkScale(service, service.scale); !checked)
        cursor.refuse(checked.error());
    if (!service.plan.hasNetwork && !service.ports.empty())
        cursor.refuse(trCompose("a port cannot be published without a network"));
    if (service.plan.hasHostNetwork && !service.ports.empty())
        cursor.refuse(trCompose("in the host's network its ports are open as they are; leave ports out"));
}

} // namespace

QString trCompose(const char* text)
{
    return QCoreApplication::translate("twinhull::Compose", text);
}

QString absolutePath(const QString& path, const QString& folder)
{
    if (path == u"~" || path.startsWith(QLatin1String("~/")))
        return QDir::cleanPath(QDir::homePath() + path.mid(1));
    return QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

ComposeService readService(
    const QString& name, const ComposeCursor& cursor, const ComposeVariables& variables, const QString& folder)
{
    ComposeService service;
    service.name = name;
    service.place = cursor.value().place;
    service.networks.push_back({ QStringLiteral("default"), {}, {}, {} });
    ServiceReading reading{ service, variables, folder };
    if (!cursor.isMap())
        cursor.refuse(trCompose("a service is a map"));
    for (const auto& entry : cursor.value().entries)
        readEntry(cursor, entry, reading);
    settleKeys(cursor, reading);
    checkWhole(cursor, service);
    return service;
}

} // namespace twinhull
