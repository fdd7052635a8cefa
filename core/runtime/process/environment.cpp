// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/environment.h"

namespace twinhull::runtime {

void setVariable(std::vector<std::string>& environment, const std::string& entry)
{
    const std::string name = entry.substr(0, entry.find('=') + 1);
    for (auto& old : environment) {
        if (!name.empty() && old.compare(0, name.size(), name) == 0) {
            old = entry;
            return;
        }
    }
    environment.push_back(entry);
}

} // namespace twinhull::runtime
