// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

namespace twinhull::oci {

struct ResourceChange {
    Resources resources;
    std::vector<std::string> ignored; ///< JSON paths of what is asked for and not done
};

/// What `update --resources FILE` reads: the member linux.resources on its own. What it does not name stays as it is;
/// -1 takes a limit away, as an entry of `unified`, because an absent limit means no change here.
Result<ResourceChange> decodeResourceChange(std::string_view json, std::string_view fileName);

/// What decodeResourceChange() reads; -1 as a limit takes it away.
std::string encodeResourceChange(const Resources& resources);

} // namespace twinhull::oci
