// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/tar_builder.h"

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace twinhull::test {

/// Adds programs of this computer to a layer, in /bin, and all libraries that they name (ldd(1)), each where it is
/// here, with the folders above. NotFound with the name of one that is not installed.
inline Result<> addPrograms(TarBuilder& layer, const std::vector<std::string>& programs)
{
    constexpr std::size_t kMostBytes = std::size_t(256) << 20U; // ICU's data alone are 30 MiB
    std::map<std::string, std::string> sources; // by the path in the layer
    for (const auto& program : programs) {
        const std::string path = findExecutable(program);
        if (path.empty())
            return Error{ ErrorCode::NotFound, program + " is not installed", 0, "installer/packages.sh test" };
        sources["bin/" + program] = path;
        const auto names = runChecked({ { "ldd", path }, {}, {} }, std::chrono::minutes(1));
        if (!names)
            return Error(names.error());
        std::istringstream words(*names);
        for (std::string word; words >> word;) {
            if (word.front() == '/')
                sources[word.substr(1)] = word;
        }
    }
    std::set<std::string> folders;
    for (const auto& [path, source] : sources) {
        for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            const std::string folder = path.substr(0, slash + 1);
            if (folders.insert(folder).second)
                layer.folder(folder);
        }
        auto content = readFile(source, kMostBytes);
        if (!content)
            return std::move(content).error();
        layer.add({ path, '0', *std::move(content), {}, 0755 });
    }
    return {};
}

} // namespace twinhull::test
