// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"

#include <charconv>

namespace twinhull::hull {

namespace {

Error usageError(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, "`hull --help` shows what there is" };
}

} // namespace

class Arguments::Reader {
public:
    Reader(const std::vector<std::string>& words, std::span<const Option> options, Arguments& result)
        : m_words(words), m_options(options), m_result(result)
    {
    }

    Result<> read(Operands operands)
    {
        for (; m_at < m_words.size(); ++m_at) {
            const std::string& word = m_words[m_at];
            const bool isOption = word.size() > 1 && word[0] == '-';
            if (word == "--" || (!isOption && operands == Operands::EndOptions))
                return takeRest(word == "--" ? m_at + 1 : m_at), Result<>();
            auto done = Result<>();
            if (!isOption)
                m_result.m_operands.push_back(word);
            else
                done = word[1] == '-' ? readLong(word) : readLetters(word);
            if (!done)
                return done;
        }
        return {};
    }

private:
    void takeRest(std::size_t from)
    {
        auto& operands = m_result.m_operands;
        operands.insert(operands.end(), m_words.begin() + static_cast<std::ptrdiff_t>(from), m_words.end());
    }

    Result<> readLong(const std::string& word)
    {
        const auto equals = word.find('=');
        const auto name = std::string_view(word).substr(2, equals == std::string::npos ? equals : equals - 2);
        for (const auto& option : m_options) {
            if (option.name != name)
                continue;
            if (option.takes == Takes::Nothing)
                return setSwitch(option, equals == std::string::npos ? "true" : word.substr(equals + 1));
            return equals == std::string::npos ? takeNext(option) : set(option, word.substr(equals + 1));
        }
        return usageError("unknown option --" + std::string(name));
    }

    /// "-d", "-dt", "-u 0", "-u0", "-dtu0".
    Result<> readLetters(const std::string& word)
    {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const Option* option = byLetter(word[i]);
            if (option == nullptr)
                return usageError("unknown option -" + word.substr(i, 1));
            if (option->takes == Takes::Value && i + 1 < word.size())
                return set(*option, word.substr(word[i + 1] == '=' ? i + 2 : i + 1));
            auto done = option->takes == Takes::Value ? takeNext(*option) : setSwitch(*option, "true");
            if (!done)
                return done;
        }
        return {};
    }

    const Option* byLetter(char letter) const
    {
        for (const auto& option : m_options) {
            if (option.letter != 0 && option.letter == letter)
                return &option;
        }
        return nullptr;
    }

    Result<> takeNext(const Option& option)
    {
        if (m_at + 1 >= m_words.size())
            return usageError("option --" + std::string(option.name) + " requires an argument");
        return set(option, m_words[++m_at]);
    }

    Result<> set(const Option& option, std::string value)
    {
        m_result.m_values[std::string(option.name)].push_back(std::move(value));
        return {};
    }

    Result<> setSwitch(const Option& option, const std::string& value)
    {
        if (value == "true" || value == "1")
            return set(option, {});
        if (value != "false" && value != "0")
            return usageError("option --" + std::string(option.name) + " is true or false, not \"" + value + "\"");
        m_result.m_values.erase(std::string(option.name));
        return {};
    }

    const std::vector<std::string>& m_words;
    std::span<const Option> m_options;
    Arguments& m_result;
    std::size_t m_at = 0;
};

Result<Arguments> Arguments::parse(
    const std::vector<std::string>& words, std::span<const Option> options, Operands operands)
{
    Arguments result;
    auto done = Reader(words, options, result).read(operands);
    return done ? Result<Arguments>(std::move(result)) : std::move(done).error();
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
