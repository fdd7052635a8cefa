// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/live_change.h"

#include "core/base/text.h"
#include "core/vms/domain/machine_fields.h"
#include "core/vms/link/open_domain.h"

#include <QStringList>

#include <algorithm>
#include <vector>

namespace twinhull {

namespace {

using Values = QMap<QString, QString>;

/// With the reason alone: what was tried is known to who asked.
Result<> liveResult(int returned)
{
    if (returned >= 0)
        return {};
    Error error = libvirtError({});
    error.message = error.message.substr(2); // ": "
    return error;
}

Error needsShutdown()
{
    return Error{ ErrorCode::Unsupported, "a running machine cannot be given that", 0, {} };
}

/// "0-3,^2" as bits, of which libvirt wants as many as the host has processors; "^" takes away from what is before it.
std::vector<unsigned char> bitsOf(const QString& list, int hostCpus)
{
    std::vector<unsigned char> bits(static_cast<std::size_t>((hostCpus + 7) / 8), 0);
    for (const QString& part : list.split(u',', Qt::SkipEmptyParts)) {
        const bool isTaken = part.trimmed().startsWith(u'^');
        const QString range = isTaken ? part.trimmed().mid(1) : part.trimmed();
        bool isNumber = false;
        const int first = range.section(u'-', 0, 0).toInt(&isNumber);
        if (!isNumber)
            continue;
        const int last = range.contains(u'-') ? range.section(u'-', 1).toInt() : first;
        for (int cpu = std::max(first, 0); cpu <= last && cpu < hostCpus; ++cpu) {
            const unsigned bit = 1U << (static_cast<unsigned>(cpu) % 8U);
            auto& byte = bits[static_cast<std::size_t>(cpu / 8)];
            byte = static_cast<unsigned char>(isTaken ? byte & ~bit : byte | bit);
        }
    }
    return bits;
}

Result<> pinRunning(virDomainPtr domain, const QString& pins)
{
    const int hostCpus = virNodeGetCPUMap(virDomainGetConnect(domain), nullptr, nullptr, 0);
    if (hostCpus <= 0)
        return liveResult(-1);
    for (const QString& pin : pins.split(u' ', Qt::SkipEmptyParts)) {
        auto bits = bitsOf(pin.section(u'=', 1), hostCpus);
        const auto done = liveResult(virDomainPinVcpuFlags(domain, pin.section(u'=', 0, 0).toUInt(), bits.data(),
            static_cast<int>(bits.size()), VIR_DOMAIN_AFFECT_LIVE));
        if (!done)
            return done;
    }
    return pins.isEmpty() ? Result<>(needsShutdown()) : Result<>();
}

Result<> pinEmulator(virDomainPtr domain, const QString& list)
{
    const int hostCpus = virNodeGetCPUMap(virDomainGetConnect(domain), nullptr, nullptr, 0);
    if (hostCpus <= 0)
        return liveResult(-1);
    auto bits = bitsOf(list, hostCpus);
    return list.isEmpty()
        ? Result<>(needsShutdown())
        : liveResult(virDomainPinEmulator(domain, bits.data(), static_cast<int>(bits.size()), VIR_DOMAIN_AFFECT_LIVE));
}

/// libvirt's name of what the scheduler is told; null for other fields.
const char* schedulerName(const QString& key)
{
    if (key == u"shares")
        return VIR_DOMAIN_SCHEDULER_CPU_SHARES;
    if (key == u"period")
        return VIR_DOMAIN_SCHEDULER_VCPU_PERIOD;
    return key == u"quota" ? VIR_DOMAIN_SCHEDULER_VCPU_QUOTA : nullptr;
}

Result<> scheduleRunning(virDomainPtr domain, const QString& key, const QString& value)
{
    if (value.isEmpty()) // there is no way back to what nobody said
        return needsShutdown();
    virTypedParameterPtr parameters = nullptr;
    int count = 0;
    int room = 0;
    const char* name = schedulerName(key);
    const bool isMade
        = (key == u"quota" ? virTypedParamsAddLLong(&parameters, &count, &room, name, value.toLongLong())
                           : virTypedParamsAddULLong(&parameters, &count, &room, name, value.toULongLong()))
        == 0;
    const auto result = liveResult(
        isMade ? virDomainSetSchedulerParametersFlags(domain, parameters, count, VIR_DOMAIN_AFFECT_LIVE) : -1);
    virTypedParamsFree(parameters, count);
    return result;
}

/// One after the other, so that as many are there as libvirt took.
Result<> setRunningIoThreads(virDomainPtr domain, const QString& wanted)
{
    const auto text = domainXmlOf(domain);
    const auto running = text ? DomainXml::parse(*text) : text.error();
    if (!running)
        return running.error();
    auto numbers = machine::ioThreadNumbers(running->root());
    const auto most = static_cast<std::size_t>(wanted.toUInt());
    for (; numbers.size() > most; numbers.pop_back()) {
        const auto gone
            = liveResult(virDomainDelIOThread(domain, static_cast<unsigned>(numbers.back()), VIR_DOMAIN_AFFECT_LIVE));
        if (!gone)
            return gone;
    }
    for (int number = 1; numbers.size() < most; ++number) {
        if (std::find(numbers.begin(), numbers.end(), number) != numbers.end())
            continue;
        const auto made
            = liveResult(virDomainAddIOThread(domain, static_cast<unsigned>(number), VIR_DOMAIN_AFFECT_LIVE));
        if (!made)
            return made;
        numbers.push_back(number);
    }
    return {};
}

Result<> changeMachine(virDomainPtr domain, const Values& values)
{
    Result<> result;
    const auto note = [&result](Result<> done) {
        if (result && !done)
            result = std::move(done);
    };
    for (auto value = values.begin(); value != values.end(); ++value) {
        const QString& key = value.key();
        if (key == u"cpus")
            note(liveResult(virDomainSetVcpusFlags(domain, value->toUInt(), VIR_DOMAIN_AFFECT_LIVE)));
        else if (key == u"memory")
            note(liveResult(virDomainSetMemoryFlags(domain,
                static_cast<unsigned long>(parseSize(value->toStdString()).value() >> 10U), VIR_DOMAIN_AFFECT_LIVE)));
        else if (key == u"pin")
            note(pinRunning(domain, *value));
        else if (key == u"emulator-pin")
            note(pinEmulator(domain, *value));
        else if (schedulerName(key) != nullptr)
            note(scheduleRunning(domain, key, *value));
        else if (key == u"iothreads")
            note(setRunningIoThreads(domain, *value));
        else
            note(needsShutdown());
    }
    return result;
}

/// libvirt's name of a disk's limit; null for other fields.
const char* limitName(const QString& key)
{
    static const std::pair<const char*, const char*> names[] = {
        { "read-bytes", VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC },
        { "write-bytes", VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC },
        { "total-bytes", VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC },
        { "read-iops", VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC },
        { "write-iops", VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC },
        { "total-iops", VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC },
    };
    for (const auto& [ours, libvirts] : names) {
        if (key == QLatin1String(ours))
            return libvirts;
    }
    return nullptr;
}

bool areLimits(const Values& values)
{
    for (auto value = values.begin(); value != values.end(); ++value) {
        if (limitName(value.key()) == nullptr)
            return false;
    }
    return !values.isEmpty();
}

/// The others of a disk stay as they are only where all are given (virDomainSetBlockIoTune).
Result<> limitRunning(virDomainPtr domain, const QString& disk, const Values& values)
{
    virTypedParameterPtr parameters = nullptr;
    int count = 0;
    int room = 0;
    bool isMade = true;
    for (auto value = values.begin(); value != values.end(); ++value)
        isMade = isMade
            && virTypedParamsAddULLong(&parameters, &count, &room, limitName(value.key()), value->toULongLong()) == 0;
    const auto result = liveResult(isMade
            ? virDomainSetBlockIoTune(domain, disk.toUtf8().constData(), parameters, count, VIR_DOMAIN_AFFECT_LIVE)
            : -1);
    virTypedParamsFree(parameters, count);
    return result;
}

Result<> changeDevice(virDomainPtr domain, const HardwareEdit& edit)
{
    if (areLimits(edit.values))
        return limitRunning(domain, edit.device, edit.values);
    if (edit.device.startsWith(u"balloon") && edit.values.keys() == QStringList{ QStringLiteral("period") })
        return liveResult(virDomainSetMemoryStatsPeriod(domain, edit.values.first().toInt(), VIR_DOMAIN_AFFECT_LIVE));
    const auto running = domainXmlOf(domain, VIR_DOMAIN_XML_SECURE);
    const auto wanted = running ? editedDomain(*running, edit) : running.error();
    if (!wanted)
        return wanted.error();
    if (wanted->deviceXml.isEmpty())
        return changeMachine(domain, edit.values);
    return liveResult(virDomainUpdateDeviceFlags(domain, wanted->deviceXml.constData(), VIR_DOMAIN_AFFECT_LIVE));
}

} // namespace

Result<> changeRunning(virDomainPtr domain, const HardwareEdit& edit, const EditedDomain& edited)
{
    switch (edit.verb) {
    case HardwareEdit::Verb::Add:
        return liveResult(virDomainAttachDeviceFlags(domain, edited.deviceXml.constData(), VIR_DOMAIN_AFFECT_LIVE));
    case HardwareEdit::Verb::Remove: {
        const auto running = domainXmlOf(domain, VIR_DOMAIN_XML_SECURE);
        if (!running)
            return running.error();
        const auto without = editedDomain(*running, edit);
        if (!without) // it is not running with it
            return without.error().code == ErrorCode::NotFound ? Result<>() : Result<>(without.error());
        return liveResult(virDomainDetachDeviceFlags(domain, without->deviceXml.constData(), VIR_DOMAIN_AFFECT_LIVE));
    }
    case HardwareEdit::Verb::Set:
        break;
    }
    return edit.device.isEmpty() ? changeMachine(domain, edit.values) : changeDevice(domain, edit);
}

} // namespace twinhull
