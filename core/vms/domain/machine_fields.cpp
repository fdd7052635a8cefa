// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/machine_fields.h"

#include "core/base/text.h"
#include "core/workload/option_text.h"

#include <algorithm>
#include <set>

namespace twinhull::machine {

namespace {

constexpr int kMostCpus = 4096;
constexpr int kMostIoThreads = 256; ///< more than any machine has disks

const QString kVcpu = QStringLiteral("vcpu");
const QString kCurrent = QStringLiteral("vcpu@current");
const QString kTopology = QStringLiteral("cpu/topology");

Error senseless(const QString& what, const QString& value, const char* form)
{
    return Error{ ErrorCode::InvalidArgument, what.toStdString() + ": \"" + value.toStdString() + "\" makes no sense",
        0, std::string("Write it as ") + form };
}

Result<int> cpuCount(const QString& what, const QString& value)
{
    bool isNumber = false;
    const int count = value.toInt(&isNumber);
    if (!isNumber || count < 1 || count > kMostCpus)
        return senseless(what, value, "a number from 1");
    return count;
}

std::uint64_t bytesAt(xmlNodePtr domain, const QString& path)
{
    const QString unit = textAt(domain, path + QStringLiteral("@unit"));
    const auto number = textAt(domain, path).toULongLong();
    if (unit == u"b" || unit == u"bytes")
        return number;
    if (unit == u"KB")
        return number * 1000;
    if (unit == u"MB")
        return number * 1000 * 1000;
    if (unit == u"GB")
        return number * 1000 * 1000 * 1000;
    if (unit == u"M" || unit == u"MiB")
        return number << 20U;
    if (unit == u"G" || unit == u"GiB")
        return number << 30U;
    if (unit == u"T" || unit == u"TiB")
        return number << 40U;
    return number << 10U; // KiB is meant where nothing is said
}

void setBytesAt(xmlNodePtr domain, const QString& path, std::uint64_t bytes)
{
    setTextAt(domain, path, QString::number(bytes >> 10U));
    setTextAt(domain, path + QStringLiteral("@unit"), QStringLiteral("KiB"));
}

Result<std::uint64_t> memoryFrom(const QString& what, const QString& value)
{
    const auto bytes = parseSize(value.toStdString());
    if (!bytes || *bytes < (1U << 20U))
        return senseless(what, value, "512M or 4G");
    return *bytes;
}

/// Firmware is chosen anew by libvirt where its files are not named (formatdomain, "Operating system booting").
void forgetFirmwareFiles(xmlNodePtr domain)
{
    setPresence(domain, QStringLiteral("os/loader"), false);
    setPresence(domain, QStringLiteral("os/nvram"), false);
}

/// The most follows from the topology and is the number of its processors.
int productOf(const QStringList& parts)
{
    int product = 1;
    for (const QString& part : parts) {
        const int number = part.toInt();
        product = number < 1 || number > kMostCpus ? 0 : std::min(product * number, kMostCpus + 1);
    }
    return product;
}

/// One that does not fit the most any more would be refused.
void dropUnfitTopology(xmlNodePtr domain)
{
    const QString said = topology(domain);
    if (!said.isEmpty() && productOf(said.split(u':')) != textAt(domain, kVcpu).toInt())
        setPresence(domain, kTopology, false);
}

} // namespace

QString cpus(xmlNodePtr domain)
{
    const QString current = textAt(domain, kCurrent);
    return current.isEmpty() ? textAt(domain, kVcpu) : current;
}

Result<> setCpus(xmlNodePtr domain, const QString& value)
{
    const auto count = cpuCount(QStringLiteral("cpus"), value);
    if (!count)
        return count.error();
    const int most = textAt(domain, kVcpu).toInt();
    if (*count > most) {
        setTextAt(domain, kVcpu, value);
        setTextAt(domain, kCurrent, {});
        dropUnfitTopology(domain);
        return {};
    }
    setTextAt(domain, kCurrent, *count == most ? QString() : value);
    return {};
}

QString mostCpus(xmlNodePtr domain)
{
    return textAt(domain, kVcpu);
}

Result<> setMostCpus(xmlNodePtr domain, const QString& value)
{
    const auto most = cpuCount(QStringLiteral("max-cpus"), value);
    if (!most)
        return most.error();
    const int now = cpus(domain).toInt();
    setTextAt(domain, kVcpu, value);
    setTextAt(domain, kCurrent, now < *most ? QString::number(now) : QString());
    dropUnfitTopology(domain);
    return {};
}

QString topology(xmlNodePtr domain)
{
    const QString sockets = textAt(domain, kTopology + QStringLiteral("@sockets"));
    if (sockets.isEmpty())
        return {};
    return QStringLiteral("%1:%2:%3")
        .arg(sockets, textAt(domain, kTopology + QStringLiteral("@cores")),
            textAt(domain, kTopology + QStringLiteral("@threads")));
}

Result<> setTopology(xmlNodePtr domain, const QString& value)
{
    if (value.isEmpty()) {
        setPresence(domain, kTopology, false);
        return {};
    }
    const QStringList parts = value.split(u':');
    const int product = parts.size() == 3 ? productOf(parts) : 0;
    if (product < 1 || product > kMostCpus)
        return senseless(QStringLiteral("topology"), value, "SOCKETS:CORES:THREADS, 1:4:2");
    const int now = cpus(domain).toInt();
    const bool hadAll = textAt(domain, kCurrent).isEmpty();
    const char* names[] = { "@sockets", "@cores", "@threads" };
    for (int i = 0; i < 3; ++i)
        setTextAt(domain, kTopology + QLatin1String(names[i]), parts[i]);
    for (const char* extra : { "@dies", "@clusters" }) {
        if (isThere(domain, kTopology + QLatin1String(extra)))
            setTextAt(domain, kTopology + QLatin1String(extra), QStringLiteral("1"));
    }
    setTextAt(domain, kVcpu, QString::number(product));
    setTextAt(domain, kCurrent, hadAll || now >= product ? QString() : QString::number(now));
    return {};
}

QString cpuModel(xmlNodePtr domain)
{
    const QString mode = textAt(domain, QStringLiteral("cpu@mode"));
    return mode.isEmpty() || mode == u"custom" ? textAt(domain, QStringLiteral("cpu/model")) : mode;
}

Result<> setCpuModel(xmlNodePtr domain, const QString& value)
{
    if (cpuModel(domain) == value)
        return {};
    static const QStringList modes{ QStringLiteral("host-passthrough"), QStringLiteral("host-model"),
        QStringLiteral("maximum") };
    setPresence(domain, QStringLiteral("cpu/model"), false);
    setPresence(domain, QStringLiteral("cpu/vendor"), false);
    setTextAt(domain, QStringLiteral("cpu@match"), {});
    if (value.isEmpty()) {
        setTextAt(domain, QStringLiteral("cpu@mode"), {});
        setTextAt(domain, QStringLiteral("cpu@check"), {});
    } else if (modes.contains(value)) {
        setTextAt(domain, QStringLiteral("cpu@mode"), value);
        setTextAt(domain, QStringLiteral("cpu@migratable"), {});
    } else {
        setTextAt(domain, QStringLiteral("cpu@mode"), QStringLiteral("custom"));
        setTextAt(domain, QStringLiteral("cpu@match"), QStringLiteral("exact"));
        setTextAt(domain, QStringLiteral("cpu@migratable"), {});
        setTextAt(domain, QStringLiteral("cpu/model"), value);
    }
    return {};
}

QString pins(xmlNodePtr domain)
{
    QStringList all;
    for (xmlNodePtr child : childElements(domain)) {
        if (!isElement(child, "cputune"))
            continue;
        for (xmlNodePtr pin : childElements(child)) {
            if (isElement(pin, "vcpupin"))
                all << textAt(pin, QStringLiteral("@vcpu")) + u'=' + textAt(pin, QStringLiteral("@cpuset"));
        }
    }
    return all.join(u' ');
}

Result<> setPins(xmlNodePtr domain, const QString& value)
{
    const QStringList asked = value.split(u' ', Qt::SkipEmptyParts);
    for (const QString& pin : asked) {
        bool isNumber = false;
        const int cpu = pin.section(u'=', 0, 0).toInt(&isNumber);
        if (!isNumber || cpu < 0 || cpu >= mostCpus(domain).toInt() || pin.section(u'=', 1).isEmpty())
            return senseless(QStringLiteral("pin"), pin, "PROCESSOR=PROCESSORS OF THE HOST: 0=2-3 1=4");
    }
    while (isThere(domain, QStringLiteral("cputune/vcpupin")))
        setPresence(domain, QStringLiteral("cputune/vcpupin"), false);
    for (const QString& pin : asked) {
        const QString place = QStringLiteral("cputune/vcpupin[vcpu=%1]@cpuset").arg(pin.section(u'=', 0, 0));
        setTextAt(domain, place, pin.section(u'=', 1));
    }
    return {};
}

QString ioThreads(xmlNodePtr domain)
{
    const auto count = ioThreadNumbers(domain).size();
    return count == 0 ? QString() : QString::number(count);
}

/// Some may have numbers that a person chose; libvirt gives the others the lowest that are free.
std::vector<int> ioThreadNumbers(xmlNodePtr domain)
{
    std::set<int> numbers;
    for (xmlNodePtr each : childElements(childNamed(domain, "iothreadids")))
        numbers.insert(textAt(each, QStringLiteral("@id")).toInt());
    const auto asked
        = static_cast<std::size_t>(std::clamp(textAt(domain, QStringLiteral("iothreads")).toInt(), 0, kMostIoThreads));
    for (int number = 1; numbers.size() < asked; ++number)
        numbers.insert(number);
    return { numbers.begin(), numbers.end() };
}

Result<> setIoThreads(xmlNodePtr domain, const QString& value)
{
    bool isNumber = value.isEmpty();
    const int wanted = isNumber ? 0 : value.toInt(&isNumber);
    if (!isNumber || wanted < 0 || wanted > kMostIoThreads)
        return senseless(QStringLiteral("iothreads"), value, "a number from 0 to 256");
    auto numbers = ioThreadNumbers(domain);
    for (; numbers.size() > static_cast<std::size_t>(wanted); numbers.pop_back()) {
        const QString last = QString::number(numbers.back());
        for (xmlNodePtr device : childElements(childNamed(domain, "devices"))) {
            if (textAt(device, QStringLiteral("driver@iothread")) == last)
                return Error{ ErrorCode::Busy,
                    "IO thread " + last.toStdString() + " is that of "
                        + textAt(device, QStringLiteral("target@dev")).toStdString(),
                    0, "Give that disk another first: --device DISK iothread=" };
        }
        setPresence(domain, QStringLiteral("iothreadids/iothread[id=%1]").arg(last), false);
    }
    setTextAt(domain, QStringLiteral("iothreads"), wanted == 0 ? QString() : QString::number(wanted));
    return {};
}

QString memory(xmlNodePtr domain)
{
    const bool isSaid = isThere(domain, QStringLiteral("currentMemory"));
    return sizeWord(bytesAt(domain, isSaid ? QStringLiteral("currentMemory") : QStringLiteral("memory")));
}

Result<> setMemory(xmlNodePtr domain, const QString& value)
{
    const auto bytes = memoryFrom(QStringLiteral("memory"), value);
    if (!bytes)
        return bytes.error();
    if (*bytes > bytesAt(domain, QStringLiteral("memory")))
        setBytesAt(domain, QStringLiteral("memory"), *bytes);
    setBytesAt(domain, QStringLiteral("currentMemory"), *bytes);
    return {};
}

QString mostMemory(xmlNodePtr domain)
{
    return sizeWord(bytesAt(domain, QStringLiteral("memory")));
}

Result<> setMostMemory(xmlNodePtr domain, const QString& value)
{
    const auto bytes = memoryFrom(QStringLiteral("max-memory"), value);
    if (!bytes)
        return bytes.error();
    const bool isSaid = isThere(domain, QStringLiteral("currentMemory"));
    const auto now = bytesAt(domain, isSaid ? QStringLiteral("currentMemory") : QStringLiteral("memory"));
    setBytesAt(domain, QStringLiteral("memory"), *bytes);
    setBytesAt(domain, QStringLiteral("currentMemory"), std::min(now, *bytes));
    return {};
}

QString isShared(xmlNodePtr domain)
{
    return textAt(domain, QStringLiteral("memoryBacking/access@mode")) == u"shared" ? QStringLiteral("yes") : QString();
}

Result<> setShared(xmlNodePtr domain, const QString& value)
{
    if (value == isShared(domain))
        return {};
    setTextAt(
        domain, QStringLiteral("memoryBacking/access@mode"), value.isEmpty() ? QString() : QStringLiteral("shared"));
    const QString source = QStringLiteral("memoryBacking/source@type");
    const bool isHuge = isThere(domain, QStringLiteral("memoryBacking/hugepages"));
    if (!value.isEmpty() && textAt(domain, source).isEmpty() && !isHuge)
        setTextAt(domain, source, QStringLiteral("memfd"));
    else if (value.isEmpty() && textAt(domain, source) == u"memfd")
        setTextAt(domain, source, {});
    return {};
}

QString firmware(xmlNodePtr domain)
{
    const QString said = textAt(domain, QStringLiteral("os@firmware"));
    const bool isByFile = textAt(domain, QStringLiteral("os/loader@type")) == u"pflash";
    return said == u"efi" || isByFile ? QStringLiteral("efi") : QString();
}

Result<> setFirmware(xmlNodePtr domain, const QString& value)
{
    if (value == firmware(domain) || (value == u"bios" && firmware(domain).isEmpty()))
        return {};
    if (!value.isEmpty() && value != u"efi" && value != u"bios")
        return senseless(QStringLiteral("firmware"), value, "efi or bios");
    forgetFirmwareFiles(domain);
    setPresence(domain, QStringLiteral("os/firmware"), false);
    setTextAt(domain, QStringLiteral("os@firmware"), value == u"efi" ? value : QString());
    return {};
}

QString secureBoot(xmlNodePtr domain)
{
    const bool isAsked = textAt(domain, QStringLiteral("os/firmware/feature[name=secure-boot]@enabled")) == u"yes";
    const bool isByFile = textAt(domain, QStringLiteral("os/loader@secure")) == u"yes";
    return isAsked || isByFile ? QStringLiteral("yes") : QString();
}

Result<> setSecureBoot(xmlNodePtr domain, const QString& value)
{
    if (value == secureBoot(domain))
        return {};
    forgetFirmwareFiles(domain);
    const QString enabled = value.isEmpty() ? QStringLiteral("no") : QStringLiteral("yes");
    setTextAt(domain, QStringLiteral("os@firmware"), QStringLiteral("efi"));
    setTextAt(domain, QStringLiteral("os/firmware/feature[name=secure-boot]@enabled"), enabled);
    setTextAt(domain, QStringLiteral("os/firmware/feature[name=enrolled-keys]@enabled"), enabled);
    if (!value.isEmpty()) // the variables are kept from the guest by it
        setTextAt(domain, QStringLiteral("features/smm@state"), QStringLiteral("on"));
    return {};
}

} // namespace twinhull::machine
