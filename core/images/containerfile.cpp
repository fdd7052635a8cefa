// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/containerfile.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace twinhull {

namespace {

using Values = std::map<std::string, std::string>;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// Instructions, one a string: comments and empty lines are gone, continued lines joined.
std::vector<std::string> instructionsOf(std::string_view text)
{
    std::vector<std::string> instructions;
    std::istringstream lines{ std::string(text) };
    std::string whole;
    for (std::string line; std::getline(lines, line);) {
        while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0)
            line.pop_back();
        const auto start = line.find_first_not_of(" \t");
        if (start == std::string::npos || line[start] == '#') // within a continued instruction too
            continue;
        const bool goesOn = line.back() == '\\';
        if (goesOn)
            line.pop_back();
        whole += line + " ";
        if (!goesOn)
            instructions.push_back(std::exchange(whole, {}));
    }
    if (!whole.empty())
        instructions.push_back(whole);
    return instructions;
}

std::vector<std::string> wordsOf(const std::string& instruction)
{
    std::istringstream stream(instruction);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

/// What a variable stands for; nothing where nobody says it.
std::optional<std::string> valueOf(std::string name, const Values& values)
{
    std::string otherwise;
    bool hasOther = false;
    if (const auto colon = name.find(":-"); colon != std::string::npos) {
        otherwise = name.substr(colon + 2);
        hasOther = true;
        name.resize(colon);
    }
    const auto found = values.find(name);
    if (found != values.end() && !(hasOther && found->second.empty()))
        return found->second;
    return hasOther ? std::optional(otherwise) : std::nullopt;
}

/// $NAME, ${NAME} and ${NAME:-OTHER} filled in.
std::optional<std::string> filledIn(const std::string& text, const Values& values)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '$') {
            result += text[at++];
            continue;
        }
        std::size_t end = ++at;
        std::string name;
        if (at < text.size() && text[at] == '{') {
            end = text.find('}', at);
            if (end == std::string::npos)
                return {};
            name = text.substr(at + 1, end - at - 1);
            ++end;
        } else {
            while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
                ++end;
            name = text.substr(at, end - at);
        }
        const auto value = valueOf(name, values);
        if (!value)
            return {};
        result += *value;
        at = end;
    }
    return result;
}

/// The value of "from=" in --from=X or --mount=…,from=X,…; empty where the word has none.
std::string sourceIn(const std::string& word)
{
    if (word.starts_with("--from="))
        return word.substr(7);
    if (!word.starts_with("--mount="))
        return {};
    std::istringstream parts(word.substr(8));
    for (std::string part; std::getline(parts, part, ',');) {
        if (part.starts_with("from="))
            return part.substr(5);
    }
    return {};
}

/// Reads the instructions one after another.
class Reader {
public:
    explicit Reader(const std::vector<std::string>& arguments)
    {
        for (const auto& argument : arguments) {
            const auto equals = argument.find('=');
            if (equals != std::string::npos)
                m_given[argument.substr(0, equals)] = argument.substr(equals + 1);
        }
    }

    void read(const std::vector<std::string>& words)
    {
        if (words.empty())
            return;
        const std::string verb = lower(words.front());
        if (verb == "arg" && m_isBefore)
            readArgument(words);
        else if (verb == "from")
            readStage(words);
        else if (verb == "copy" || verb == "add" || verb == "run")
            readSources(words);
    }

    std::vector<std::string> take() { return std::move(m_images); }

private:
    void readArgument(const std::vector<std::string>& words)
    {
        for (std::size_t i = 1; i < words.size(); ++i) {
            const auto equals = words[i].find('=');
            const std::string name = words[i].substr(0, equals);
            std::string value = equals == std::string::npos ? std::string() : words[i].substr(equals + 1);
            value.erase(
                std::remove_if(value.begin(), value.end(), [](char c) { return c == '"' || c == '\''; }), value.end());
            if (const auto given = m_given.find(name); given != m_given.end())
                m_values[name] = given->second;
            else if (equals != std::string::npos)
                m_values[name] = filledIn(value, m_values).value_or(std::string());
        }
    }

    void readStage(const std::vector<std::string>& words)
    {
        m_isBefore = false;
        std::size_t at = 1;
        while (at < words.size() && words[at].starts_with("--"))
            ++at;
        if (at == words.size())
            return;
        note(words[at]);
        if (at + 2 < words.size() && lower(words[at + 1]) == "as")
            m_stages.insert(lower(words[at + 2]));
    }

    void readSources(const std::vector<std::string>& words)
    {
        for (std::size_t i = 1; i < words.size() && words[i].starts_with("--"); ++i) {
            if (const std::string source = sourceIn(words[i]); !source.empty())
                note(source);
        }
    }

    void note(const std::string& text)
    {
        const auto name = filledIn(text, m_values);
        if (!name || name->empty() || *name == "scratch" || m_stages.count(lower(*name)) > 0)
            return;
        const bool isNumber = std::all_of(name->begin(), name->end(), [](unsigned char c) { return std::isdigit(c); });
        if (!isNumber && std::find(m_images.begin(), m_images.end(), *name) == m_images.end())
            m_images.push_back(*name);
    }

    Values m_given;
    Values m_values;
    bool m_isBefore = true; ///< the first FROM
    std::set<std::string> m_stages;
    std::vector<std::string> m_images;
};

} // namespace

std::vector<std::string> imagesNamedIn(std::string_view text, const std::vector<std::string>& arguments)
{
    Reader reader(arguments);
    for (const auto& instruction : instructionsOf(text))
        reader.read(wordsOf(instruction));
    return reader.take();
}

} // namespace twinhull
