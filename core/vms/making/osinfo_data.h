// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/making/osinfo_functions.h"

#include <QString>

#include <memory>

namespace twinhull {

struct ObjectRelease {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename Object>
using ObjectHandle = std::unique_ptr<Object, ObjectRelease>;

struct ErrorRelease {
    void operator()(GError* error) const { g_error_free(error); }
};
using ErrorHandle = std::unique_ptr<GError, ErrorRelease>;

/// The data, with the loader that owns it. Unavailable where it is not installed. Takes a second.
Result<ObjectHandle<OsinfoLoader>> loadOsinfoData();

/// Null where there is no system of that id.
ObjectHandle<OsinfoOs> osinfoSystem(OsinfoLoader* loader, const QString& id);

/// The script of the small profile (a console and a way in, as for a server) that an initrd can carry; null: none.
ObjectHandle<OsinfoInstallScript> osinfoScript(OsinfoOs* os);

} // namespace twinhull
