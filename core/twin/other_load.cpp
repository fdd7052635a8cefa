// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/other_load.h"

#include "core/base/files.h"

#include <QCoreApplication>

#include <algorithm>
#include <ctime>
#include <sstream>

#include <unistd.h>

namespace twinhull {

namespace {

double ownSeconds()
{
    timespec own{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    return static_cast<double>(own.tv_sec) + static_cast<double>(own.tv_nsec) * 1e-9;
}

/// Since the computer started, without the time of this process.
std::optional<double> secondsOfOthers(const std::string& proc)
{
    const auto text = readFile(proc + "/stat");
    if (!text || !text->starts_with("cpu "))
        return std::nullopt;
    std::istringstream line(text->substr(4, text->find('\n') - 4));
    double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0;
    if (!(line >> user >> nice >> system >> idle >> wait >> irq >> softIrq))
        return std::nullopt;
    line >> steal; // that a computer below this one took away: others, too
    const double ticks = user + nice + system + irq + softIrq + steal;
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)) - ownSeconds();
}

} // namespace

OtherLoad::OtherLoad(std::string proc)
    : m_proc(std::move(proc)), m_seconds(secondsOfOthers(m_proc)), m_begin(std::chrono::steady_clock::now())
{
}

Figure OtherLoad::finish(const Figure& sideSeconds) const
{
    const auto now = secondsOfOthers(m_proc);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - m_begin;
    if (!m_seconds || !now || passed.count() <= 0)
        return Figure::absent(QCoreApplication::translate("OtherLoad", "needs /proc/stat"));
    if (!sideSeconds.value)
        return sideSeconds;
    return Figure::of(std::max(*now - *m_seconds - *sideSeconds.value, 0.0) / passed.count());
}

} // namespace twinhull
