// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_services.h"

#include "core/vms/vm_provider.h"

namespace twinhull {

VmServices::VmServices(const VmToolbox& tools, const VmOptions& options, QThreadPool* calls)
    : hardware(tools, calls)
    , power(tools, calls)
    , storage(tools, calls)
    , access(tools, calls)
    , removal(tools, calls)
    , networks(tools, calls)
    , making(tools, options, calls)
    , snapshots(tools, calls)
    , copies(tools, calls)
    , migration(tools, calls)
    , screens(tools, calls)
    , guest(tools, calls)
    , consoles(tools, calls)
{
}

MachineHardware& VmProvider::hardware()
{
    return m_services->hardware;
}

MachinePower& VmProvider::power()
{
    return m_services->power;
}

MachineStorage& VmProvider::storage()
{
    return m_services->storage;
}

MachineAccess& VmProvider::access()
{
    return m_services->access;
}

MachineRemoval& VmProvider::removal()
{
    return m_services->removal;
}

MachineNetworks& VmProvider::networks()
{
    return m_services->networks;
}

MachineMaking& VmProvider::making()
{
    return m_services->making;
}

MachineSnapshots& VmProvider::snapshots()
{
    return m_services->snapshots;
}

MachineCopies& VmProvider::copies()
{
    return m_services->copies;
}

MachineMigration& VmProvider::migration()
{
    return m_services->migration;
}

MachineScreens& VmProvider::screens()
{
    return m_services->screens;
}

MachineConsoles& VmProvider::consoles()
{
    return m_services->consoles;
}

MachineGuest& VmProvider::guest()
{
    return m_services->guest;
}

} // namespace twinhull
