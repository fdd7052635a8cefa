// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/loaded_function.h"

#include <rfb/rfbclient.h>

namespace twinhull {

/// The address of a function of libvncclient, which is loaded with the first screen that is looked at: it brings TLS,
/// SASL and JPEG along. Null where it is not installed. Any thread.
void* vncSymbol(const char* name);

// As in core/vms/link/libvirt_functions.h. Those that answer rfbBool say TRUE where it is missing: rfbGetClient comes
// first.
#define TH_VNC(name)                                                                                                   \
    inline constexpr LoadedFunction<decltype(&::name), &vncSymbol> name                                                \
    {                                                                                                                  \
#name                                                                                                          \
    }
TH_VNC(HandleRFBServerMessage);
TH_VNC(InitialiseRFBConnection);
TH_VNC(SendClientCutText);
TH_VNC(SendExtendedKeyEvent);
TH_VNC(SendFramebufferUpdateRequest);
TH_VNC(SendKeyEvent);
TH_VNC(SendPointerEvent);
TH_VNC(SetClientAuthSchemes);
TH_VNC(WriteToRFBServer);
TH_VNC(rfbClientCleanup);
TH_VNC(rfbClientGetClientData);
TH_VNC(rfbClientSetClientData);
TH_VNC(rfbGetClient);
#undef TH_VNC

} // namespace twinhull
