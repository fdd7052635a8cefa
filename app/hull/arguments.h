// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull::hull {

enum class Takes {
    Nothing, ///< "--tty"; also "--tty=true" and "--tty=false"
    Value, ///< "--user 0", "--user=0", "-u 0", "-u0"
};

struct Option {
    std::string_view name; ///< without "--"
    char letter; ///< 0: none
    Takes takes;
};

/// Whether words after the first operand may still be options.
enum class Operands { Mixed, EndOptions };

/// One command line. A list of options and no more: this program lives for milliseconds, and a general library costs it
/// a tenth of them.
class Arguments {
public:
    /// Reads `words` until the end, or with Operands::EndOptions until the first operand.
    static Result<Arguments> parse(
        const std::vector<std::string>& words, std::span<const Option> options, Operands operands);

    bool has(std::string_view name) const { return m_values.count(name) != 0; }
    std::string value(std::string_view name) const; ///< the last one given; empty when none
    std::vector<std::string> values(std::string_view name) const;
    Result<int> number(std::string_view name, int otherwise) const; ///< 0..65535
    const std::vector<std::string>& operands() const { return m_operands; }

private:
    class Reader;

    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
    std::vector<std::string> m_operands;
};

} // namespace twinhull::hull
