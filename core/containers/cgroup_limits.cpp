// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/cgroup_limits.h"

#include "core/base/files.h"

#include <QFileInfo>

#include <cmath>

namespace twinhull {

namespace {

constexpr std::size_t kMostBytes = 256;
constexpr std::uint64_t kLargestPageBytes = 64U << 10U;
constexpr double kCpuRounding = 1e-5; ///< a microsecond of a period of 100 ms

const QString kMemoryFile = QStringLiteral("/memory.max");
const QString kCpuFile = QStringLiteral("/cpu.max");
const QString kPidsFile = QStringLiteral("/pids.max");
const QString kSwapFile = QStringLiteral("memory.swap.max");
const QString kCpuSetFile = QStringLiteral("cpuset.cpus");
const QString kWeightFile = QStringLiteral("cpu.weight");
const QString kRatesFile = QStringLiteral("io.max");
constexpr std::size_t kMostFineBytes = 4096; ///< a line for each disk

/// The words of its one line; none where it cannot be read.
QStringList wordsIn(const QString& path)
{
    const auto text = readFile(path.toStdString(), kMostBytes);
    return text ? QString::fromStdString(*text).simplified().split(u' ', Qt::SkipEmptyParts) : QStringList();
}

/// "max" is no limit.
template <typename Number>
std::optional<Number> limitOf(const QString& word)
{
    bool isNumber = false;
    const qulonglong number = word.toULongLong(&isNumber);
    return isNumber ? std::optional(static_cast<Number>(number)) : std::nullopt;
}

std::optional<std::uint64_t> memoryLimit(const QStringList& words, std::optional<std::uint64_t> asked)
{
    const auto limit = limitOf<std::uint64_t>(words.front());
    const bool isRounded = limit && asked && *limit <= *asked && *asked - *limit < kLargestPageBytes;
    return isRounded ? asked : limit;
}

/// "QUOTA PERIOD" in microseconds.
std::optional<double> cpuLimit(const QStringList& words, std::optional<double> asked)
{
    const auto quota = limitOf<double>(words.front());
    const auto period = words.size() > 1 ? limitOf<double>(words[1]) : std::nullopt;
    if (!quota || !period || *period <= 0)
        return std::nullopt;
    const double cpus = *quota / *period;
    return asked && std::abs(cpus - *asked) <= kCpuRounding ? asked : std::optional(cpus);
}

} // namespace

ResourceLimits limitsIn(const QString& cgroupPath, const ResourceLimits& asked)
{
    ResourceLimits limits = asked;
    if (const QStringList words = wordsIn(cgroupPath + kMemoryFile); !words.isEmpty())
        limits.memoryBytes = memoryLimit(words, asked.memoryBytes);
    if (const QStringList words = wordsIn(cgroupPath + kCpuFile); !words.isEmpty())
        limits.cpus = cpuLimit(words, asked.cpus);
    if (const QStringList words = wordsIn(cgroupPath + kPidsFile); !words.isEmpty())
        limits.pids = limitOf<std::uint32_t>(words.front());
    return limits;
}

QMap<QString, QString> fineLimitsIn(const QString& cgroupPath, QMap<QString, QString> asked)
{
    for (const QString& file : { kSwapFile, kCpuSetFile, kWeightFile, kRatesFile }) {
        if (const auto text = readFile((cgroupPath + u'/' + file).toStdString(), kMostFineBytes))
            asked[file] = QString::fromStdString(*text).trimmed();
    }
    return asked;
}

QMap<QString, QString> fineLimitsOf(const ContainerFineLimits& limits)
{
    QMap<QString, QString> texts;
    if (limits.memoryAndSwapBytes)
        texts[kSwapFile] = QString::number(*limits.memoryAndSwapBytes);
    if (!limits.cpuSet.empty())
        texts[kCpuSetFile] = QString::fromStdString(limits.cpuSet);
    if (limits.cpuShares)
        texts[kWeightFile] = QString::number(*limits.cpuShares);
    QStringList rates;
    for (const auto& rate : limits.deviceRates)
        rates << QString::fromStdString(rate.device + ' ' + rate.kind + '=' + std::to_string(rate.perSecond));
    if (!rates.isEmpty())
        texts[kRatesFile] = rates.join(u'\n');
    return texts;
}

QStringList limitFilesIn(const QString& cgroupPath)
{
    QStringList paths;
    for (const QString& file : { kMemoryFile, kCpuFile, kPidsFile, QString(u'/' + kSwapFile),
             QString(u'/' + kCpuSetFile), QString(u'/' + kWeightFile), QString(u'/' + kRatesFile) }) {
        if (QFileInfo::exists(cgroupPath + file))
            paths << cgroupPath + file;
    }
    return paths;
}

} // namespace twinhull
