// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_storage.h"

#include <QByteArray>

namespace twinhull {

// Where a pool's fields stand in its XML. Source: https://libvirt.org/formatstorage.html and storage.html.

/// Every type that libvirt has; `capabilities` is its word on which of them it was built with
/// (virConnectGetStoragePoolCapabilities), empty: nothing is known, and all may be tried.
std::vector<PoolKind> poolKinds(const QByteArray& capabilities);

/// The definition of a pool. InvalidArgument names a type or field that is not there, or a field that is missing.
Result<QByteArray> poolXmlOf(const PoolWish& wish);

/// Name, type, source and target, by the XML that libvirt has of it. Corrupt where it is no pool.
Result<MachinePool> parsePool(const QByteArray& xml);

/// The definition of a volume. Format "" and backing format "" are left to libvirt.
QByteArray volumeXmlOf(const VolumeWish& wish, const QString& backingFormat);

/// All but its pool and users. Corrupt where it is no volume.
Result<MachineVolume> parseVolume(const QByteArray& xml);

} // namespace twinhull
