// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"

#include <charconv>

namespace twinhull::hull {

namespace {

Error usageError(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, "`hull --help` shows what there is" };
}

const Option* findOption(const std::vector<Option>& options, std::string_view word)
{
    const bool isLong = word.substr(0, 2) == "--";
    const auto name = isLong ? word.substr(2, word.find('=') - 2) : word.substr(1);
    for (const auto& option : options) {
        if (isLong ? option.name == name : name.size() == 1 && option.letter == name[0])
            return &option;
    }
    return nullptr;
}

} // namespace

Result<Arguments> Arguments::parse(
    const std::vector<std::string>& words, const std::vector<Option>& options, Operands operands)
{
    Arguments result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const bool isOption = word.size() > 1 && word[0] == '-';
        if (!isOption || word == "--") {
            const std::size_t first = isOption ? i + 1 : i;
            if (isOption || operands == Operands::EndOptions) {
                result.m_operands.insert(
                    result.m_operands.end(), words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
                return result;
            }
            result.m_operands.push_back(word);
            continue;
        }
        const Option* option = findOption(options, word);
        if (option == nullptr)
            return usageError("unknown option " + word);
        const auto equals = word.find('=');
        auto& values = result.m_values[std::string(option->name)];
        if (option->takes == Takes::Nothing && equals != std::string::npos)
            return usageError("option --" + std::string(option->name) + " takes no value");
        if (option->takes == Takes::Nothing)
            values.emplace_back();
        else if (word[1] == '-' && equals != std::string::npos)
            values.push_back(word.substr(equals + 1));
        else if (++i < words.size())
            values.push_back(words[i]);
        else
            return usageError("option --" + std::string(option->name) + " needs a value");
    }
    return result;
}

std::string Arguments::value(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::vector<std::string>() : found->second;
}

Result<int> Arguments::number(std::string_view name, int otherwise) const
{
    if (!has(name))
        return otherwise;
    const std::string text = value(name);
    int number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0 && number <= 65'535)
        return number;
    return usageError("option --" + std::string(name) + ": \"" + text + "\" is no number from 0 to 65535");
}

} // namespace twinhull::hull
