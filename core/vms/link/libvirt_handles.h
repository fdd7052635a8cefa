// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/link/libvirt_functions.h"

#include <QString>

#include <memory>

namespace twinhull {

/// A libvirt handle in one line per type; the deleter is the API's own function.
template <auto Free>
struct VirDeleter {
    template <typename T>
    void operator()(T* handle) const noexcept
    {
        (*Free)(handle);
    }
};
/// With what is counted while the handle lives; may be null.
struct ConnectionCloser {
    void operator()(virConnectPtr handle) const noexcept { (void)virConnectClose(handle); }

    std::shared_ptr<void> lease = {};
};
using ConnectionHandle = std::unique_ptr<virConnect, ConnectionCloser>;
using DomainHandle = std::unique_ptr<virDomain, VirDeleter<&virDomainFree>>;
using PoolHandle = std::unique_ptr<virStoragePool, VirDeleter<&virStoragePoolFree>>;
using VolumeHandle = std::unique_ptr<virStorageVol, VirDeleter<&virStorageVolFree>>;
using NetworkHandle = std::unique_ptr<virNetwork, VirDeleter<&virNetworkFree>>;
using StreamHandle = std::unique_ptr<virStream, VirDeleter<&virStreamFree>>;
using SnapshotHandle = std::unique_ptr<virDomainSnapshot, VirDeleter<&virDomainSnapshotFree>>;

/// What libvirt said last on this thread, as an error of ours with a next step where one is known.
Error libvirtError(const std::string& what);

/// Whether the connection broke in the middle of a call: then what the call was about is as it was, and not known.
bool hasBrokenOff(const Error& error);

/// What a call gave back that answers below 0 where it failed; on the thread of the call.
Result<> answerOf(int answer, const std::string& what);

/// Text that libvirt allocated; empty for null.
QString takeText(char* text);

/// What libvirt wrote, never empty; why it wrote nothing where it is null. On the thread of the call.
Result<QByteArray> xmlFrom(char* text, const std::string& what);

/// The canonical text of a domain's UUID; empty when it cannot be had.
QString uuidOf(virDomainPtr domain);

Result<bool> isDomainActive(virDomainPtr domain);

/// By its UUID, or by the key of a workload of this connection.
Result<DomainHandle> findDomain(virConnectPtr connection, const QString& key);

} // namespace twinhull
