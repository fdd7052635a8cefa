// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/machine_facts.h"

#include "core/base/files.h"

#include <sys/utsname.h>
#include <unistd.h>

namespace twinhull {

namespace {

QString processorName()
{
    const auto text = readFile("/proc/cpuinfo");
    if (!text)
        return {};
    const std::string key = "model name";
    const auto start = text->find(key);
    const auto colon = start == std::string::npos ? start : text->find(':', start);
    if (colon == std::string::npos)
        return {}; // some architectures have no such line
    return QString::fromStdString(text->substr(colon + 1, text->find('\n', colon) - colon - 1)).simplified();
}

} // namespace

MachineFacts readMachineFacts(const QString& acceleration)
{
    MachineFacts facts;
    utsname names{};
    if (::uname(&names) == 0)
        facts.kernel = QString::fromLocal8Bit(names.release);
    facts.processor = processorName();
    facts.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long pageBytes = ::sysconf(_SC_PAGESIZE);
    if (pages > 0 && pageBytes > 0)
        facts.memoryBytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(pageBytes);
    facts.acceleration = acceleration;
    return facts;
}

} // namespace twinhull
