// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_service.h"

#include "core/base/text.h"
#include "core/workload/option_text.h"
#include "core/workload/process_limit.h"
#include "core/workload/upkeep_command.h"

namespace twinhull {

namespace {

constexpr std::uint64_t kMostPids = 4'194'304; // PID_MAX_LIMIT
constexpr std::uint64_t kUnlimited = 0;

void readMemory(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.limits.memoryBytes, value.size());
}

void readSwap(const ComposeCursor& value, ServiceReading& reading)
{
    if (value.value().text == u"-1")
        reading.service.plan.fineLimits.memoryAndSwapBytes = -1;
    else if (value.value().text == u"0") // as if it was not said
        return;
    else if (const auto bytes = value.size())
        reading.service.plan.fineLimits.memoryAndSwapBytes = static_cast<std::int64_t>(*bytes);
}

void readCpus(const ComposeCursor& value, ServiceReading& reading)
{
    bool isNumber = false;
    const double count = value.value().text.toDouble(&isNumber);
    if (isNumber && count == 0) // no limit
        return;
    if (!isNumber || !(count >= kFewestCores && count <= kMostCores))
        value.refuse(trCompose("a number of cores is wanted here, as 0.5"));
    else
        reading.service.plan.limits.cpus = count;
}

/// The kernel's bounds: Documentation/scheduler/sched-bwc.rst.
void readCpuPeriod(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.cpuPeriod, value.number(1'000, 1'000'000));
}

void readCpuQuota(const ComposeCursor& value, ServiceReading& reading)
{
    constexpr std::uint64_t kMostQuota = 1'000'000ULL * 4'096; // all cores for the longest period
    if (value.value().text != u"-1" && value.value().text != u"0") // no limit
        take(reading.cpuQuota, value.number(1'000, kMostQuota));
}

void readDeviceRate(const ComposeCursor& item, DeviceRateKind kind, FineLimits& limits)
{
    refuseStrangers(item, { QStringLiteral("path"), QStringLiteral("rate") });
    const auto path = item.child(QStringLiteral("path"));
    const auto rate = item.child(QStringLiteral("rate"));
    if (!path || !rate) {
        item.refuse(trCompose("path, a disk, and rate are wanted here"));
        return;
    }
    constexpr std::uint64_t kMostOperations = 1'000'000'000;
    const bool isBytes = kind == DeviceRateKind::ReadBytes || kind == DeviceRateKind::WriteBytes;
    const auto perSecond = isBytes ? rate->size() : rate->number(1, kMostOperations);
    if (!perSecond)
        return;
    const auto option = deviceRateFromText(path->text().value_or(QString()) + u':' + QString::number(*perSecond), kind);
    if (option)
        limits.deviceRates.push_back(*option);
    else
        item.refuse(option.error());
}

void readBlockIo(const ComposeCursor& value, ServiceReading& reading)
{
    const std::pair<QString, DeviceRateKind> kinds[] = {
        { QStringLiteral("device_read_bps"), DeviceRateKind::ReadBytes },
        { QStringLiteral("device_write_bps"), DeviceRateKind::WriteBytes },
        { QStringLiteral("device_read_iops"), DeviceRateKind::ReadOperations },
        { QStringLiteral("device_write_iops"), DeviceRateKind::WriteOperations },
    };
    QStringList used;
    for (const auto& [key, kind] : kinds) {
        used << key;
        const auto list = value.child(key);
        for (const auto& item : list ? list->items() : std::vector<ComposeCursor>())
            readDeviceRate(item, kind, reading.service.plan.fineLimits);
    }
    warnOfUnused(value, used, { QStringLiteral("weight"), QStringLiteral("weight_device") });
}

/// Above the small one that every container has.
void readSharedMemory(const ComposeCursor& value, ServiceReading& reading)
{
    if (value.value().text == u"0") // as if it was not said
        return;
    TemporaryFolder folder;
    folder.target = QStringLiteral("/dev/shm");
    folder.sizeBytes = value.size();
    reading.service.plan.files.temporaryFolders.push_back(std::move(folder));
}

/// A number for both, or a map of soft and hard.
void readProcessLimits(const ComposeCursor& value, ServiceReading& reading)
{
    for (const auto& [name, item] : value.entries()) {
        QString amounts = item.value().text;
        if (item.isMap()) {
            refuseStrangers(item, { QStringLiteral("soft"), QStringLiteral("hard") });
            const auto soft = item.child(QStringLiteral("soft"));
            const auto hard = item.child(QStringLiteral("hard"));
            amounts = (soft ? soft->value().text : QString()) + u':' + (hard ? hard->value().text : QString());
        }
        const auto limit = processLimitFromText(name + u'=' + amounts);
        if (!limit)
            item.refuse(limit.error());
        else if (const auto own = checkOwnLimit(*limit); !own) // most run without it
            item.warn(trCompose("this has no effect here: %1").arg(QString::fromStdString(own.error().message)));
        else
            reading.service.plan.process.limits.push_back(*limit);
    }
}

void readProcesses(const ComposeCursor& value, ServiceReading& reading)
{
    const bool isUnlimited = value.value().text == u"-1";
    if (const auto count = isUnlimited ? std::optional(kUnlimited) : value.number(0, kMostPids))
        reading.service.plan.limits.pids = static_cast<std::uint32_t>(*count);
}

void readCpuSet(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.fineLimits.cpuSet, value.text());
}

void readCpuShares(const ComposeCursor& value, ServiceReading& reading)
{
    if (const auto shares = value.number(2, 262'144))
        reading.service.plan.fineLimits.cpuShares = static_cast<std::uint32_t>(*shares);
}

void readRestart(const ComposeCursor& value, ServiceReading& reading)
{
    const QString word = value.value().text == u"false" ? QStringLiteral("no") : value.text().value_or(QString());
    const auto policy = decodeRestartPolicy(word.toStdString());
    if (policy)
        reading.service.plan.upkeep.restart = *policy;
    else
        value.refuse(policy.error());
}

void readRestartPolicy(const ComposeCursor& value, ServiceReading& reading)
{
    warnOfUnused(value, { QStringLiteral("condition"), QStringLiteral("max_attempts") },
        { QStringLiteral("delay"), QStringLiteral("window") });
    RestartPolicy& restart = reading.deployedRestart.emplace();
    const auto condition = value.child(QStringLiteral("condition"));
    const QString word = condition ? condition->text().value_or(QString()) : QStringLiteral("any");
    if (word == u"none")
        restart.when = RestartPolicy::When::Never;
    else if (word == u"on-failure")
        restart.when = RestartPolicy::When::OnFailure;
    else if (word == u"any")
        restart.when = RestartPolicy::When::Always;
    else
        condition->refuse(trCompose("none, on-failure or any is wanted here"));
    const auto most = value.child(QStringLiteral("max_attempts"));
    if (most && restart.when == RestartPolicy::When::OnFailure)
        restart.most = static_cast<unsigned>(most->number(0, 10'000).value_or(0));
    else if (most)
        most->warn(trCompose("attempts are counted with the condition on-failure only"));
}

void readResources(const ComposeCursor& value, ServiceReading& reading)
{
    warnOfUnused(value, { QStringLiteral("limits") }, { QStringLiteral("reservations") });
    const auto limits = value.child(QStringLiteral("limits"));
    if (!limits)
        return;
    refuseStrangers(*limits, { QStringLiteral("cpus"), QStringLiteral("memory"), QStringLiteral("pids") });
    if (const auto cpus = limits->child(QStringLiteral("cpus")))
        readCpus(*cpus, reading);
    if (const auto memory = limits->child(QStringLiteral("memory")))
        readMemory(*memory, reading);
    if (const auto pids = limits->child(QStringLiteral("pids")))
        readProcesses(*pids, reading);
}

void readDeploy(const ComposeCursor& value, ServiceReading& reading)
{
    warnOfUnused(value,
        { QStringLiteral("mode"), QStringLiteral("replicas"), QStringLiteral("resources"),
            QStringLiteral("restart_policy") },
        { QStringLiteral("endpoint_mode"), QStringLiteral("labels"), QStringLiteral("placement"),
            QStringLiteral("rollback_config"), QStringLiteral("update_config") });
    if (const auto mode = value.child(QStringLiteral("mode"))) {
        if (mode->value().text != u"replicated" && mode->value().text != u"global")
            mode->refuse(trCompose("jobs of a cluster are not known here"));
    }
    if (const auto replicas = value.child(QStringLiteral("replicas")))
        take(reading.replicas, replicas->number(0, kMostReplicas));
    if (const auto resources = value.child(QStringLiteral("resources")))
        readResources(*resources, reading);
    if (const auto policy = value.child(QStringLiteral("restart_policy")))
        readRestartPolicy(*policy, reading);
}

/// The words after test: nothing for "none at all".
void readHealthTest(const ComposeCursor& value, HealthCheck& health, bool& isDisabled)
{
    if (value.isScalar()) {
        health.command = { "/bin/sh", "-c", value.value().text.toStdString() };
        return;
    }
    const QStringList words = value.texts();
    const QString kind = words.value(0);
    if (kind == u"NONE") {
        isDisabled = true;
    } else if (kind == u"CMD-SHELL" && words.size() == 2) {
        health.command = { "/bin/sh", "-c", words[1].toStdString() };
    } else if (kind == u"CMD" && words.size() > 1) {
        for (const QString& word : words.mid(1))
            health.command.push_back(word.toStdString());
    } else {
        value.refuse(trCompose("a text, or a list that begins with CMD, CMD-SHELL or NONE, is wanted here"));
    }
}

void readHealth(const ComposeCursor& value, ServiceReading& reading)
{
    refuseStrangers(value,
        { QStringLiteral("test"), QStringLiteral("interval"), QStringLiteral("timeout"), QStringLiteral("retries"),
            QStringLiteral("start_period"), QStringLiteral("start_interval"), QStringLiteral("disable") });
    HealthCheck health;
    bool isDisabled = false;
    if (const auto test = value.child(QStringLiteral("test")))
        readHealthTest(*test, health, isDisabled);
    for (const auto& [key, what] :
        { std::pair{ "interval", HealthCheck::Interval }, std::pair{ "timeout", HealthCheck::Timeout },
            std::pair{ "start_period", HealthCheck::StartPeriod },
            std::pair{ "start_interval", HealthCheck::StartInterval }, std::pair{ "retries", HealthCheck::Retries } }) {
        if (value.child(QLatin1String(key)))
            health.said |= what;
    }
    if (const auto interval = value.child(QStringLiteral("interval")))
        take(health.interval, interval->duration());
    if (const auto timeout = value.child(QStringLiteral("timeout")))
        take(health.timeout, timeout->duration());
    if (const auto start = value.child(QStringLiteral("start_period")))
        take(health.startPeriod, start->duration());
    if (const auto interval = value.child(QStringLiteral("start_interval")))
        take(health.startInterval, interval->duration());
    if (const auto retries = value.child(QStringLiteral("retries")))
        health.retries = static_cast<unsigned>(retries->number(1, 1000).value_or(health.retries));
    if (const auto disable = value.child(QStringLiteral("disable")); disable && disable->truth().value_or(false))
        isDisabled = true;
    Upkeep& upkeep = reading.service.plan.upkeep;
    upkeep.hasNoHealthCheck = isDisabled;
    if (!isDisabled)
        upkeep.health = std::move(health);
    if (const auto checked = checkUpkeep(upkeep); !checked)
        value.refuse(checked.error());
}

void readLogOptions(const ComposeCursor& value, LogLimits& log)
{
    for (const auto& [key, item] : value.entries()) {
        if (key == u"max-size")
            take(log.maxBytes, item.size());
        else if (key == u"max-file")
            log.maxFiles = static_cast<unsigned>(item.number(1, 100).value_or(log.maxFiles));
        else
            item.warn(trCompose("this has no effect here"));
    }
}

void readLogging(const ComposeCursor& value, ServiceReading& reading)
{
    refuseStrangers(value, { QStringLiteral("driver"), QStringLiteral("options") });
    const auto driver = value.child(QStringLiteral("driver"));
    const QString name = driver ? driver->text().value_or(QString()) : QStringLiteral("json-file");
    const bool isFile = name == u"json-file" || name == u"local" || name == u"k8s-file";
    if (!isFile && driver)
        driver->warn(trCompose("the log goes to a file of its own, as always"));
    const auto options = value.child(QStringLiteral("options"));
    if (isFile && options)
        readLogOptions(*options, reading.service.plan.upkeep.log);
    if (const auto checked = checkUpkeep(reading.service.plan.upkeep); !checked)
        value.refuse(checked.error());
}

} // namespace

const std::vector<ServiceKey> kLimitKeys{
    { "mem_limit", &readMemory },
    { "memswap_limit", &readSwap },
    { "cpus", &readCpus },
    { "cpuset", &readCpuSet },
    { "cpu_shares", &readCpuShares },
    { "cpu_period", &readCpuPeriod },
    { "cpu_quota", &readCpuQuota },
    { "blkio_config", &readBlockIo },
    { "shm_size", &readSharedMemory },
    { "ulimits", &readProcessLimits },
    { "pids_limit", &readProcesses },
    { "restart", &readRestart },
    { "deploy", &readDeploy },
    { "healthcheck", &readHealth },
    { "logging", &readLogging },
};

} // namespace twinhull
