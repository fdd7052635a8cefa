// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/open_domain.h"

#include <optional>

namespace twinhull {

/// What becomes of a file of libvirt's own when it forgets a domain.
enum class FileFate { Kept, Removed };

struct ForgetWish {
    FileFate nvram = FileFate::Kept; ///< variables of the firmware
    std::optional<FileFate> tpm = {}; ///< the state of an emulated TPM; absent where it has none
};

/// libvirt forgets the domain, its snapshots and what it had saved of its memory; no disk goes. One that libvirt says
/// it does not know is forgotten.
Result<> forgetDomain(const OpenDomain& domain, const ForgetWish& wish);

bool hasEmulatedTpm(const QByteArray& definition);

/// Whether libvirt there can forget a domain and keep the state of its TPM: from 8.9 on.
bool canKeepTpm(virConnectPtr connection);

} // namespace twinhull
