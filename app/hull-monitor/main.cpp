// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/monitor/monitor.h"
#include "core/monitor/start_report.h"

#include <unistd.h>

using namespace twinhull;

int main(int argc, char** argv)
{
    auto arguments = decodeMonitorArguments(std::vector<std::string>(argv + 1, argv + argc));
    if (!arguments) {
        log(LogLevel::Error, arguments.error());
        (void)reportStart(std::move(arguments).error()); // said above too
        return 2;
    }
    const auto side = forkAway();
    if (!side) {
        log(LogLevel::Error, side.error());
        return 1;
    }
    if (*side == ForkSide::Starter)
        ::_exit(0);
    Monitor monitor(*std::move(arguments));
    const auto begun = monitor.begin();
    (void)reportStart(begun); // a starter that has gone away does not end a container
    return begun && monitor.run() ? 0 : 1;
}
