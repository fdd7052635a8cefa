// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/isolation_json.h"
#include "core/isolation/isolation_reader.h"

#include <cstdio>

/// Run inside a workload: tells in one line of JSON what a process sees there and what it may do.
int main()
{
    const auto view = twinhull::readOwnView();
    if (!view) {
        std::fprintf(stderr, "isolation-probe: %s\n", view.error().toLine().c_str());
        return 1;
    }
    return std::fputs(twinhull::encodeIsolationView(*view).c_str(), stdout) < 0 ? 1 : 0;
}
