// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/scope_unit.h"

#include "core/runtime/cgroups/cgroup_limits.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kUnitNameLimit = 255;
constexpr std::uint32_t kHighestNumber = 8'191; // CONFIG_NR_CPUS at its most
constexpr std::uint64_t kUsecPerSecond = 1'000'000;
constexpr std::uint64_t kDefaultPeriod = 100'000;
constexpr std::uint64_t kUsualWeight = 100;
constexpr std::uint64_t kUnlimited = UINT64_MAX; // systemd's "infinity"

bool mayStandInName(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-'
        || c == '_' || c == '.';
}

std::string escaped(const std::string& text)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result;
    for (const char c : text) {
        if (mayStandInName(c)) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += std::string("\\x") + kDigits[byte >> 4U] + kDigits[byte & 15U];
    }
    return result;
}

Error wrongPath(const std::string& path)
{
    return Error{ ErrorCode::InvalidArgument,
        "config.json: linux.cgroupsPath: expected SLICE:PREFIX:NAME for systemd, not \"" + path + "\"", 0,
        "For example machine.slice:hull:web; or use --cgroup-manager cgroupfs" };
}

bool readNumber(std::string_view& text, std::uint32_t& number)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return read.ec == std::errc() && number <= kHighestNumber;
}

bool readRange(std::string_view text, std::string& mask)
{
    std::uint32_t first = 0;
    if (!readNumber(text, first))
        return false;
    std::uint32_t last = first;
    if (!text.empty() && text[0] == '-') {
        text.remove_prefix(1);
        if (!readNumber(text, last))
            return false;
    }
    if (!text.empty() || last < first)
        return false;
    if (mask.size() <= last / 8)
        mask.resize(last / 8 + 1, '\0');
    for (std::uint32_t bit = first; bit <= last; ++bit)
        mask[bit / 8] = static_cast<char>(static_cast<unsigned char>(mask[bit / 8]) | (1U << bit % 8));
    return true;
}

void add(std::vector<UnitProperty>& properties, const char* name, const std::optional<std::int64_t>& value)
{
    if (value)
        properties.push_back({ name, static_cast<std::uint64_t>(*value) });
}

void addQuota(std::vector<UnitProperty>& properties, std::uint64_t quota, std::optional<std::uint64_t> givenPeriod)
{
    const std::uint64_t period = givenPeriod.value_or(kDefaultPeriod);
    if (period == 0 || quota > UINT64_MAX / kUsecPerSecond)
        return; // the kernel says what is wrong with it
    // systemd rounds to hundredths of a processor
    const std::uint64_t hundredth = kUsecPerSecond / 100;
    const std::uint64_t perSecond = (quota * kUsecPerSecond / period + hundredth - 1) / hundredth * hundredth;
    properties.push_back({ "CPUQuotaPerSecUSec", perSecond });
    if (givenPeriod)
        properties.push_back({ "CPUQuotaPeriodUSec", period });
}

std::optional<std::uint64_t> wholeNumber(std::string_view text)
{
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// "max", "50000", "50000 100000" or "max 100000".
void addCpuMax(std::vector<UnitProperty>& properties, std::string_view text)
{
    const auto space = std::min(text.find(' '), text.size());
    const std::uint64_t period
        = space < text.size() ? wholeNumber(text.substr(space + 1)).value_or(0) : 0; // 0: not said
    if (text.substr(0, space) == "max") {
        properties.push_back({ "CPUQuotaPerSecUSec", kUnlimited });
        if (period > 0)
            properties.push_back({ "CPUQuotaPeriodUSec", period });
    } else if (const auto quota = wholeNumber(text.substr(0, space)))
        addQuota(properties, *quota, period > 0 ? std::optional(period) : std::nullopt);
}

/// One value a name, the last.
void set(std::vector<UnitProperty>& properties, UnitProperty property)
{
    for (auto& known : properties) {
        if (known.name == property.name) {
            known = std::move(property);
            return;
        }
    }
    properties.push_back(std::move(property));
}

/// "200" or "default 200"; the weight of one device ("8:0 200") is not systemd's to write.
void addIoWeight(std::vector<UnitProperty>& properties, std::string_view text)
{
    constexpr std::string_view kDefault = "default ";
    const bool isDefault = text.substr(0, kDefault.size()) == kDefault;
    if (const auto weight = wholeNumber(isDefault ? text.substr(kDefault.size()) : text))
        set(properties, { "IOWeight", *weight });
}

/// The kernel gives a group that is idle no longer the usual weight.
void addIdle(std::vector<UnitProperty>& properties, std::string_view text)
{
    const bool hasWeight = std::any_of(
        properties.begin(), properties.end(), [](const UnitProperty& known) { return known.name == "CPUWeight"; });
    if (text == "1")
        set(properties, { "CPUWeight", kIdleWeight });
    else if (text == "0" && !hasWeight)
        set(properties, { "CPUWeight", kUsualWeight });
}

/// Files of `unified` that systemd writes too: it must not take back the last word. What the kernel alone can read
/// ("1M") stays in the file.
void addUnified(std::vector<UnitProperty>& properties, const std::map<std::string, std::string>& unified)
{
    static constexpr std::pair<std::string_view, const char*> kNames[] = { { "memory.max", "MemoryMax" },
        { "memory.high", "MemoryHigh" }, { "memory.low", "MemoryLow" }, { "memory.min", "MemoryMin" },
        { "memory.swap.max", "MemorySwapMax" }, { "pids.max", "TasksMax" }, { "cpu.weight", "CPUWeight" } };
    static constexpr std::pair<std::string_view, const char*> kLists[]
        = { { "cpuset.cpus", "AllowedCPUs" }, { "cpuset.mems", "AllowedMemoryNodes" } };
    for (const auto& [file, text] : unified) {
        if (file == "cpu.max")
            addCpuMax(properties, text);
        if (file == "io.weight")
            addIoWeight(properties, text);
        if (file == "cpu.idle")
            addIdle(properties, text);
        for (const auto& [candidate, name] : kLists) {
            if (candidate != file)
                continue;
            auto mask = text.empty() ? Result(std::string()) : maskOfList(text); // none: any
            if (mask)
                set(properties, { name, UnitProperty::Bytes{ *std::move(mask) } });
        }
        const auto number = text == "max" ? std::optional(kUnlimited) : wholeNumber(text);
        for (const auto& [candidate, name] : kNames) {
            if (candidate == file && number)
                set(properties, { name, *number });
        }
    }
}

Result<> addMask(std::vector<UnitProperty>& properties, const char* name, const std::string& list, const char* field)
{
    if (list.empty())
        return {};
    auto mask = maskOfList(list);
    if (!mask)
        return std::move(mask).error().withContext(std::string("config.json: linux.resources.cpu.") + field);
    properties.push_back({ name, UnitProperty::Bytes{ *std::move(mask) } });
    return {};
}

} // namespace

std::string ScopeName::unit() const
{
    return (prefix.empty() ? "" : prefix + "-") + name + ".scope";
}

Result<ScopeName> scopeNameOf(const std::string& cgroupsPath, const std::string& id)
{
    ScopeName scope{ {}, "hull", escaped(id) };
    if (!cgroupsPath.empty()) {
        const auto first = cgroupsPath.find(':');
        const auto second = first == std::string::npos ? first : cgroupsPath.find(':', first + 1);
        if (second == std::string::npos || second + 1 == cgroupsPath.size())
            return wrongPath(cgroupsPath);
        scope.slice = escaped(cgroupsPath.substr(0, first));
        scope.prefix = escaped(cgroupsPath.substr(first + 1, second - first - 1));
        scope.name = escaped(cgroupsPath.substr(second + 1));
    }
    constexpr std::string_view kSlice = ".slice";
    const bool isSlice = scope.slice.size() > kSlice.size()
        && scope.slice.compare(scope.slice.size() - kSlice.size(), kSlice.size(), kSlice) == 0;
    if ((!scope.slice.empty() && !isSlice) || scope.unit().size() > kUnitNameLimit)
        return wrongPath(cgroupsPath);
    return scope;
}

Result<std::string> maskOfList(const std::string& list)
{
    std::string mask;
    for (std::string_view rest = list;;) {
        const auto comma = rest.find(',');
        if (!readRange(rest.substr(0, comma), mask))
            return Error{ ErrorCode::InvalidArgument, "expected numbers and ranges as in 0-3,7, not \"" + list + "\"",
                0, {} };
        if (comma == std::string_view::npos)
            return mask;
        rest.remove_prefix(comma + 1);
    }
}

Result<std::vector<UnitProperty>> limitProperties(const oci::Resources& resources)
{
    std::vector<UnitProperty> properties;
    add(properties, "MemoryMax", resources.memoryLimitBytes);
    add(properties, "MemoryLow", resources.memoryReservationBytes);
    if (resources.memoryLimitBytes && resources.memorySwapBytes
        && *resources.memorySwapBytes >= *resources.memoryLimitBytes)
        add(properties, "MemorySwapMax", *resources.memorySwapBytes - *resources.memoryLimitBytes);
    if (resources.cpuShares)
        properties.push_back({ "CPUWeight", weightOfShares(*resources.cpuShares) });
    if (resources.cpuIdle)
        addIdle(properties, std::to_string(*resources.cpuIdle));
    if (resources.cpuQuotaMicroseconds)
        addQuota(
            properties, static_cast<std::uint64_t>(*resources.cpuQuotaMicroseconds), resources.cpuPeriodMicroseconds);
    add(properties, "TasksMax", resources.pidsLimit);
    if (resources.ioWeight)
        properties.push_back({ "IOWeight", ioWeightOf(*resources.ioWeight) });
    auto done = addMask(properties, "AllowedCPUs", resources.cpus, "cpus");
    if (done)
        done = addMask(properties, "AllowedMemoryNodes", resources.mems, "mems");
    addUnified(properties, resources.unified);
    return done ? Result(std::move(properties)) : std::move(done).error();
}

Result<std::vector<UnitProperty>> sameProperties(const oci::Resources& resources, const oci::Resources& before)
{
    const auto asked = limitProperties(resources);
    auto properties = asked ? limitProperties(before) : asked;
    if (!properties)
        return properties;
    std::erase_if(*properties, [&asked](const UnitProperty& property) {
        return std::none_of(
            asked->begin(), asked->end(), [&property](const auto& other) { return other.name == property.name; });
    });
    return properties;
}

} // namespace twinhull::runtime
