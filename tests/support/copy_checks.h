// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace twinhull::test {

// What `twinhullctl cp` must do with a running workload of the starter image, whatever its kind. `folder` is theirs on
// this computer; they fail the running test themselves.

void carriesATree(const std::string& workload, const std::string& folder);
void carriesBytes(const std::string& workload, const std::string& folder, std::size_t bytes);
void staysInside(const std::string& workload, const std::string& folder);
void carriesTar(const std::string& workload, const std::string& folder);
void saysWhatIsMissing(const std::string& workload, const std::string& folder);

} // namespace twinhull::test
