// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/loaded_function.h"
#include "core/jobs/unbounded_call.h"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace twinhull {

/// The address of a function of libvirt, which is loaded when the first is asked for; null where it is not installed.
/// Any thread. A call of one hangs for as long as libvirtd or one QEMU does, so each is an UnboundedCall.
void* libvirtSymbol(const char* name);

// libvirt brings some forty libraries along, two thirds of the time in which a program of ours starts; most commands
// need none of them. Here, in our namespace, these names come before the functions themselves. One that is not listed
// is linked as usual, and then libvirt is loaded at each start again (tests/architecture).
#define TH_LIBVIRT(name)                                                                                               \
    inline constexpr LoadedFunction<decltype(&::name), &libvirtSymbol, UnboundedCall> name                             \
    {                                                                                                                  \
#name                                                                                                          \
    }
TH_LIBVIRT(virConnectClose);
TH_LIBVIRT(virConnectCompareCPU);
TH_LIBVIRT(virConnectCompareHypervisorCPU);
TH_LIBVIRT(virConnectDomainEventRegisterAny);
TH_LIBVIRT(virConnectDomainQemuMonitorEventDeregister);
TH_LIBVIRT(virConnectDomainQemuMonitorEventRegister);
TH_LIBVIRT(virConnectGetCapabilities);
TH_LIBVIRT(virConnectGetDomainCapabilities);
TH_LIBVIRT(virConnectGetLibVersion);
TH_LIBVIRT(virConnectGetStoragePoolCapabilities);
TH_LIBVIRT(virConnectGetType);
TH_LIBVIRT(virConnectGetVersion);
TH_LIBVIRT(virConnectIsAlive);
TH_LIBVIRT(virConnectListAllDomains);
TH_LIBVIRT(virConnectListAllInterfaces);
TH_LIBVIRT(virConnectListAllNetworks);
TH_LIBVIRT(virConnectListAllNodeDevices);
TH_LIBVIRT(virConnectListAllStoragePools);
TH_LIBVIRT(virConnectOpen);
TH_LIBVIRT(virConnectRef);
TH_LIBVIRT(virConnectRegisterCloseCallback);
TH_LIBVIRT(virConnectSetKeepAlive);
TH_LIBVIRT(virDomainAbortJob);
TH_LIBVIRT(virDomainAddIOThread);
TH_LIBVIRT(virDomainAgentSetResponseTimeout);
TH_LIBVIRT(virDomainAttachDeviceFlags);
TH_LIBVIRT(virDomainBlockResize);
TH_LIBVIRT(virDomainBlockCommit);
TH_LIBVIRT(virDomainBlockJobAbort);
TH_LIBVIRT(virDomainCreate);
TH_LIBVIRT(virDomainCreateXML);
TH_LIBVIRT(virDomainDefineXML);
TH_LIBVIRT(virDomainDefineXMLFlags);
TH_LIBVIRT(virDomainDelIOThread);
TH_LIBVIRT(virDomainDestroy);
TH_LIBVIRT(virDomainDetachDeviceFlags);
TH_LIBVIRT(virDomainFree);
TH_LIBVIRT(virDomainGetAutostart);
TH_LIBVIRT(virDomainGetBlockJobInfo);
TH_LIBVIRT(virDomainGetBlockInfo);
TH_LIBVIRT(virDomainGetConnect);
TH_LIBVIRT(virDomainGetGuestInfo);
TH_LIBVIRT(virDomainGetID);
TH_LIBVIRT(virDomainGetInfo);
TH_LIBVIRT(virDomainGetJobInfo);
TH_LIBVIRT(virDomainGetJobStats);
TH_LIBVIRT(virDomainGetName);
TH_LIBVIRT(virDomainGetState);
TH_LIBVIRT(virDomainGetUUIDString);
TH_LIBVIRT(virDomainGetXMLDesc);
TH_LIBVIRT(virDomainHasManagedSaveImage);
TH_LIBVIRT(virDomainInterfaceAddresses);
TH_LIBVIRT(virDomainInterfaceFree);
TH_LIBVIRT(virDomainIsActive);
TH_LIBVIRT(virDomainIsPersistent);
TH_LIBVIRT(virDomainListAllCheckpoints);
TH_LIBVIRT(virDomainListAllSnapshots);
TH_LIBVIRT(virDomainListGetStats);
TH_LIBVIRT(virDomainLookupByName);
TH_LIBVIRT(virDomainLookupByUUIDString);
TH_LIBVIRT(virDomainManagedSave);
TH_LIBVIRT(virDomainManagedSaveRemove);
TH_LIBVIRT(virDomainMigrate3);
TH_LIBVIRT(virDomainOpenGraphicsFD);
TH_LIBVIRT(virDomainOpenConsole);
TH_LIBVIRT(virDomainPinEmulator);
TH_LIBVIRT(virDomainPinVcpuFlags);
TH_LIBVIRT(virDomainQemuAgentCommand);
TH_LIBVIRT(virDomainQemuMonitorCommand);
TH_LIBVIRT(virDomainReboot);
TH_LIBVIRT(virDomainRename);
TH_LIBVIRT(virDomainPMWakeup);
TH_LIBVIRT(virDomainReset);
TH_LIBVIRT(virDomainRestoreFlags);
TH_LIBVIRT(virDomainResume);
TH_LIBVIRT(virDomainRevertToSnapshot);
TH_LIBVIRT(virDomainSaveFlags);
TH_LIBVIRT(virDomainSaveImageGetXMLDesc);
TH_LIBVIRT(virDomainScreenshot);
TH_LIBVIRT(virDomainSendKey);
TH_LIBVIRT(virDomainSetAutostart);
TH_LIBVIRT(virDomainSetBlockIoTune);
TH_LIBVIRT(virDomainSetMemoryFlags);
TH_LIBVIRT(virDomainSetMemoryStatsPeriod);
TH_LIBVIRT(virDomainSetSchedulerParametersFlags);
TH_LIBVIRT(virDomainSetTime);
TH_LIBVIRT(virDomainSetVcpusFlags);
TH_LIBVIRT(virDomainShutdownFlags);
TH_LIBVIRT(virDomainSnapshotCreateXML);
TH_LIBVIRT(virDomainSnapshotDelete);
TH_LIBVIRT(virDomainSnapshotFree);
TH_LIBVIRT(virDomainSnapshotGetName);
TH_LIBVIRT(virDomainSnapshotGetXMLDesc);
TH_LIBVIRT(virDomainSnapshotIsCurrent);
TH_LIBVIRT(virDomainSnapshotLookupByName);
TH_LIBVIRT(virDomainSnapshotNum);
TH_LIBVIRT(virDomainStatsRecordListFree);
TH_LIBVIRT(virDomainSuspend);
TH_LIBVIRT(virDomainUndefine);
TH_LIBVIRT(virDomainUndefineFlags);
TH_LIBVIRT(virDomainUpdateDeviceFlags);
TH_LIBVIRT(virEventRegisterImpl);
TH_LIBVIRT(virGetLastError);
TH_LIBVIRT(virGetLastErrorCode);
TH_LIBVIRT(virInitialize);
TH_LIBVIRT(virInterfaceFree);
TH_LIBVIRT(virInterfaceGetName);
TH_LIBVIRT(virInterfaceGetXMLDesc);
TH_LIBVIRT(virNetworkCreate);
TH_LIBVIRT(virNetworkDHCPLeaseFree);
TH_LIBVIRT(virNetworkDefineXML);
TH_LIBVIRT(virNetworkDefineXMLFlags);
TH_LIBVIRT(virNetworkDestroy);
TH_LIBVIRT(virNetworkFree);
TH_LIBVIRT(virNetworkGetAutostart);
TH_LIBVIRT(virNetworkGetDHCPLeases);
TH_LIBVIRT(virNetworkGetName);
TH_LIBVIRT(virNetworkGetXMLDesc);
TH_LIBVIRT(virNetworkIsActive);
TH_LIBVIRT(virNetworkIsPersistent);
TH_LIBVIRT(virNetworkLookupByName);
TH_LIBVIRT(virNetworkSetAutostart);
TH_LIBVIRT(virNetworkUndefine);
TH_LIBVIRT(virNetworkUpdate);
TH_LIBVIRT(virNodeDeviceFree);
TH_LIBVIRT(virNodeDeviceGetXMLDesc);
TH_LIBVIRT(virNodeGetCPUMap);
TH_LIBVIRT(virNodeGetInfo);
TH_LIBVIRT(virNodeGetMemoryStats);
TH_LIBVIRT(virSetErrorFunc);
TH_LIBVIRT(virStoragePoolBuild);
TH_LIBVIRT(virStoragePoolCreate);
TH_LIBVIRT(virStoragePoolDefineXML);
TH_LIBVIRT(virStoragePoolDelete);
TH_LIBVIRT(virStoragePoolDestroy);
TH_LIBVIRT(virStoragePoolFree);
TH_LIBVIRT(virStoragePoolGetAutostart);
TH_LIBVIRT(virStoragePoolGetInfo);
TH_LIBVIRT(virStoragePoolGetName);
TH_LIBVIRT(virStoragePoolGetXMLDesc);
TH_LIBVIRT(virStoragePoolIsActive);
TH_LIBVIRT(virStoragePoolIsPersistent);
TH_LIBVIRT(virStoragePoolListAllVolumes);
TH_LIBVIRT(virStoragePoolLookupByName);
TH_LIBVIRT(virStoragePoolLookupByVolume);
TH_LIBVIRT(virStoragePoolRefresh);
TH_LIBVIRT(virStoragePoolSetAutostart);
TH_LIBVIRT(virStoragePoolUndefine);
TH_LIBVIRT(virStorageVolCreateXML);
TH_LIBVIRT(virStorageVolCreateXMLFrom);
TH_LIBVIRT(virStorageVolDelete);
TH_LIBVIRT(virStorageVolDownload);
TH_LIBVIRT(virStorageVolFree);
TH_LIBVIRT(virStorageVolGetInfo);
TH_LIBVIRT(virStorageVolGetName);
TH_LIBVIRT(virStorageVolGetPath);
TH_LIBVIRT(virStorageVolGetXMLDesc);
TH_LIBVIRT(virStorageVolLookupByName);
TH_LIBVIRT(virStorageVolLookupByPath);
TH_LIBVIRT(virStorageVolResize);
TH_LIBVIRT(virStorageVolUpload);
TH_LIBVIRT(virStorageVolWipe);
TH_LIBVIRT(virStreamAbort);
TH_LIBVIRT(virStreamEventAddCallback);
TH_LIBVIRT(virStreamEventRemoveCallback);
TH_LIBVIRT(virStreamEventUpdateCallback);
TH_LIBVIRT(virStreamFinish);
TH_LIBVIRT(virStreamFree);
TH_LIBVIRT(virStreamNew);
TH_LIBVIRT(virStreamRecv);
TH_LIBVIRT(virStreamRecvFlags);
TH_LIBVIRT(virStreamRecvHole);
TH_LIBVIRT(virStreamSend);
TH_LIBVIRT(virStreamSendHole);
TH_LIBVIRT(virTypedParamsAddLLong);
TH_LIBVIRT(virTypedParamsAddString);
TH_LIBVIRT(virTypedParamsAddULLong);
TH_LIBVIRT(virTypedParamsFree);
TH_LIBVIRT(virTypedParamsGetDouble);
TH_LIBVIRT(virTypedParamsGetInt);
TH_LIBVIRT(virTypedParamsGetString);
TH_LIBVIRT(virTypedParamsGetUInt);
TH_LIBVIRT(virTypedParamsGetULLong);
#undef TH_LIBVIRT

} // namespace twinhull
