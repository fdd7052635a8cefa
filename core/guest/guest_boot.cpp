// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_boot.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/guest/firmware_setup.h"
#include "core/guest/guest_disks.h"
#include "core/guest/guest_network.h"
#include "core/guest/guest_program.h"

#include <sys/resource.h>
#include <termios.h>

#include <chrono>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kDiskDeadline{ 10 };

/// A tenth of a processor beside an entrypoint that takes it all, and the whole of one that it leaves.
constexpr int kNiceBesideEntrypoint = 10;

/// While it lives this process gives way to the entrypoint.
class GivingWay {
public:
    GivingWay() { (void)::setpriority(PRIO_PROCESS, 0, kNiceBesideEntrypoint); } // without it: as before
    ~GivingWay() { (void)::setpriority(PRIO_PROCESS, 0, 0); }
    GivingWay(const GivingWay&) = delete;
    GivingWay& operator=(const GivingWay&) = delete;
};

/// Raw, so that the log on the host has the entrypoint's bytes and no added carriage returns.
Result<UniqueFd> openConsole()
{
    auto console = openPath("/dev/console", O_RDWR | O_NOCTTY);
    termios settings{};
    if (console && ::tcgetattr(console->fd(), &settings) == 0) {
        settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
        (void)::tcsetattr(console->fd(), TCSANOW, &settings); // a console without it is readable too
    }
    return console;
}

} // namespace

void GuestBoot::run()
{
    m_marks.add("kernel", 0);
    mark("init");
    auto booted = bootUpToEntrypoint();
    if (!booted)
        m_error = std::move(booted).error();
}

Result<> GuestBoot::bootUpToEntrypoint()
{
    if (auto ready = prepareHardware(); !ready)
        return ready;
    if (auto entered = enterImage(); !entered)
        return std::move(entered).withContext("make the root file system");
    if (auto connected = connectNetwork(); !connected)
        return std::move(connected).withContext("connect the network");
    auto output = GuestOutput::make();
    if (!output)
        return std::move(output).error();
    auto started
        = startProgram(m_setup, { -1, output->writeEnd(LogStream::Output), output->writeEnd(LogStream::Error), false });
    if (!started)
        return std::move(started).error().withContext("start the entrypoint");
    output->closeWriteEnds();
    m_output = *std::move(output);
    m_entrypoint = *started;
    mark("ready");
    return {};
}

Result<> GuestBoot::readSetup()
{
    auto text = readFirmwareFile(kGuestSetupFirmwareName, kGuestSetupLimitBytes);
    if (!text)
        return std::move(text).error();
    auto setup = decodeGuestSetup(*text);
    if (!setup)
        return std::move(setup).error();
    m_setup = std::move(*setup);
    return {};
}

Result<> GuestBoot::prepareHardware()
{
    if (auto mounted = mountKernelFolders(); !mounted)
        return mounted;
    auto console = openConsole();
    if (!console)
        return std::move(console).error();
    m_console = std::move(*console);
    auto uevents = Uevents::open();
    if (!uevents)
        return std::move(uevents).error();
    m_uevents = std::move(*uevents);
    auto read = readSetup();
    const auto list = readFile("/modules/load", 64U << 10U);
    if (!list)
        return Error(list.error());
    m_modules = planModules(*list, { exists("/sys/bus/pci/devices/0000:00:00.0"), m_setup.network.has_value() });
    auto folder = openPath("/modules", O_PATH | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    m_moduleFolder = std::move(*folder);
    if (!read) // told only now, so that the agent's modules are known
        return std::move(read).withContext("read the setup");
    auto loaded = loadModules(m_moduleFolder, m_modules.beforeEntrypoint);
    mark("modules");
    return loaded;
}

Result<> GuestBoot::enterImage()
{
    std::string image;
    std::string overlay;
    const auto bothThere = [&] {
        const auto root = diskBySerial("/sys/block", kGuestRootDiskSerial);
        const auto layer = diskBySerial("/sys/block", kGuestOverlayDiskSerial);
        image = root ? *root : std::string();
        overlay = layer ? *layer : std::string();
        return root && layer;
    };
    if (auto found = m_uevents->waitFor("the image's disk", bothThere, kDiskDeadline); !found)
        return found;
    auto entered = enterRoot(image, overlay);
    mark("root");
    return entered;
}

Result<> GuestBoot::connectNetwork()
{
    if (auto up = bringUpLoopback(); !up)
        return up;
    if (m_setup.network) {
        if (auto up = bringUpNetwork(*m_setup.network); !up)
            return up;
    }
    auto written = writeNames({}, m_setup);
    mark("network");
    return written;
}

Result<> GuestBoot::loadAgentModules()
{
    if (m_error) { // the boot may have stopped before the bus was loaded
        if (auto loaded = loadModules(m_moduleFolder, m_modules.beforeEntrypoint); !loaded)
            return loaded;
    }
    const GivingWay toEntrypoint;
    return loadModules(m_moduleFolder, m_modules.afterEntrypoint);
}

void GuestBoot::mark(const char* name)
{
    m_marks.add(name, monotonicNanoseconds());
}

} // namespace twinhull
