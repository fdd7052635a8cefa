// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/guest_world.h"

#include "tests/support/ctl.h"
#include "tests/support/kernel_package.h"

namespace twinhull::test {

namespace {

Result<> run(const std::vector<std::string>& words)
{
    const CtlOutput done = ctl(words);
    if (done.exitCode != 0)
        return Error{ ErrorCode::Unknown, done.text().toStdString(), 0, {} };
    return {};
}

} // namespace

Result<> prepareGuests(const std::vector<std::vector<std::string>>& begin)
{
    const auto package = sharedKernelPackage(TH_SOURCE_DIR, TH_BUILD_BIN_DIR "/..");
    if (!package)
        return Error(package.error());
    if (auto kernel = run({ "kernel", "prepare", package->toStdString() }); !kernel)
        return kernel;
    for (const auto& words : begin) {
        if (auto done = run(words); !done)
            return done;
    }
    return {};
}

} // namespace twinhull::test
