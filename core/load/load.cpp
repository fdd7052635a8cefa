// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/load.h"

#include "core/load/cpu_loads.h"
#include "core/load/file_loads.h"
#include "core/load/memory_loads.h"
#include "core/load/network_serve.h"
#include "core/load/process_loads.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace twinhull {

namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t(1) << 20U;

constexpr std::array kKinds{
    LoadKind{
        "cpu", "rounds of integer arithmetic in registers", "million rounds/s", true, "rounds", 400'000'000, 0, &spin },
    LoadKind{ "memory", "bytes copied between two blocks of 64 MiB", "MiB/s", true, "bytes", 4096 * kMebibyte, 0,
        &copyMemory },
    LoadKind{ "syscalls", "calls of getppid(2)", "ns a call", false, "calls", 2'000'000, 0, &callKernel },
    LoadKind{ "fork", "children that are forked, execute a program that ends at once, and are waited for", "µs a child",
        false, "children", 1000, 0, &forkAndExecute },
    LoadKind{ "file-cached", "bytes written to a file and read back, through the page cache", "MiB/s", true, "bytes",
        256 * kMebibyte, 0, &useFileCached },
    LoadKind{ "file-direct", "bytes written to a file and read back, past the page cache (O_DIRECT)", "MiB/s", true,
        "bytes", 64 * kMebibyte, 0, &useFileDirect },
    LoadKind{
        "burn", "thousandths of one core, used by turns of work and rest", "", false, "thousandths", 250, 30, &burn },
    LoadKind{
        "touch", "bytes of memory, each page written once and held", "", false, "bytes", 64 * kMebibyte, 30, &touch },
    LoadKind{ "write", "bytes a second, written directly to a file of 64 MiB again and again", "", false, "bytes/s",
        10 * kMebibyte, 30, &writeSteadily },
    LoadKind{ "net-serve", "connections answered on the TCP port of that number, until a client ends it", "", false,
        "connections", kServePort, 600, &serveNetwork },
};

} // namespace

std::span<const LoadKind> loadKinds()
{
    return kKinds;
}

std::string encodeLoadReport(const LoadReport& report)
{
    std::array<char, 320> line{};
    const int length = std::snprintf(line.data(), line.size(),
        R"({"load":"%s","value":%.9g,"amount":%llu,"wallNanoseconds":%lld,"cpuNanoseconds":%lld,"lifeCpuNanoseconds":%lld})"
        "\n",
        report.load.c_str(), report.value, static_cast<unsigned long long>(report.amount),
        static_cast<long long>(report.wallNanoseconds), static_cast<long long>(report.cpuNanoseconds),
        static_cast<long long>(report.lifeCpuNanoseconds));
    return { line.data(), static_cast<std::size_t>(length) };
}

Result<LoadReport> runLoad(std::string_view name, LoadOptions options)
{
    const auto* kind
        = std::find_if(kKinds.begin(), kKinds.end(), [name](const auto& each) { return name == each.name; });
    if (kind == kKinds.end())
        return Error{ ErrorCode::InvalidArgument, "there is no load " + std::string(name), 0,
            "The loads are listed by --help" };
    if (options.amount == 0)
        options.amount = kind->amount;
    if (options.seconds == 0)
        options.seconds = kind->seconds;
    auto report = kind->run(options);
    if (report)
        report->load = kind->name;
    return report;
}

} // namespace twinhull
