// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/guest/guest_agent.h"

#include <sys/reboot.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

using namespace twinhull;

namespace {

/// Everything a person may want to know stands on the console, which the host keeps as the VM's log.
void say(const GuestBoot& boot, const std::string& line)
{
    if (boot.console())
        (void)writeAll(boot.console(), line); // there is no other place to complain
}

int bootAndServe(GuestBoot& boot)
{
    boot.run();
    if (boot.error())
        say(boot, "[twinhull] " + boot.error()->message + "\n");
    GuestAgent agent(boot);
    const auto status = agent.run();
    if (!status)
        say(boot, "[twinhull] " + status.error().message + "\n");
    return status ? *status : 127;
}

} // namespace

int main()
{
    if (::getpid() != 1) {
        std::fputs("guest-init is the first process of a Twinhull VM and does nothing elsewhere\n", stderr);
        return 2;
    }
    ::reboot(RB_DISABLE_CAD);
    GuestBoot boot;
    const int status = bootAndServe(boot);
    ::kill(-1, SIGKILL);
    if (boot.output() != nullptr)
        boot.output()->passRest(boot.console());
    say(boot, guestExitLine(status));
    ::sync();
    ::reboot(RB_POWER_OFF);
    ::reboot(RB_AUTOBOOT); // a machine that cannot power off is destroyed by libvirt when it reboots
    return 1;
}
