// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/united_test.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twinhull::test {

namespace {

std::vector<std::pair<std::string_view, UnitedTest::Main>>& tests()
{
    static std::vector<std::pair<std::string_view, UnitedTest::Main>> all;
    return all;
}

} // namespace

UnitedTest::UnitedTest(const char* file, Main run)
{
    tests().emplace_back(file, run);
}

} // namespace twinhull::test

int main(int argc, char** argv)
{
    const std::string ending = argc > 1 ? "/" + std::string(argv[1]) + "_test.cpp" : std::string();
    for (const auto& [file, run] : twinhull::test::tests()) {
        const bool isIt
            = !ending.empty() && file.size() >= ending.size() && file.substr(file.size() - ending.size()) == ending;
        if (!isIt)
            continue;
        argv[1] = argv[0];
        return run(argc - 1, argv + 1);
    }
    std::fprintf(stderr, "%s: name one of these tests first:\n", argv[0]);
    for (const auto& [file, run] : twinhull::test::tests())
        std::fprintf(stderr, "  %.*s\n", static_cast<int>(file.size()), file.data());
    return 2;
}
