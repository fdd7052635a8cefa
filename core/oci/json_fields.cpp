// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/json_fields.h"

#include "core/base/number_list.h"

#include <algorithm>

namespace twinhull::oci {

std::string shownText(std::string_view text)
{
    constexpr std::size_t kShownBytes = 64;
    std::string shown(text.substr(0, kShownBytes));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    return '"' + shown + (text.size() > kShownBytes ? "…\"" : "\"");
}

std::string shownKind(const nlohmann::json& value)
{
    if (value.is_object() || value.is_array())
        return value.is_object() ? "an object" : "an array";
    if (value.is_string() || value.is_number())
        return value.is_string() ? "a string" : "a number";
    return value.is_null() ? "null" : value.get<bool>() ? "true" : "false";
}

void JsonProblem::report(const std::string& path, std::string_view what)
{
    if (first)
        return;
    const std::string place = path.empty() ? fileName : fileName + ": " + path;
    first = Error{ ErrorCode::InvalidArgument, place + ": " + std::string(what), 0, {} };
}

void JsonProblem::reportKind(const std::string& path, std::string_view expected, const nlohmann::json& found)
{
    if (!first)
        report(path, "expected " + std::string(expected) + ", found " + shownKind(found));
}

void JsonProblem::checkText(const std::string& path, const std::string& text, std::size_t longest)
{
    const std::size_t limit = limits == Limits::OfExecve ? longest : text.max_size();
    if (!first && text.find('\0') != std::string::npos)
        report(path, "expected a string without a NUL");
    if (!first && text.size() > limit)
        report(path, "expected at most " + std::to_string(limit) + " bytes, found " + std::to_string(text.size()));
}

JsonFields::JsonFields(const nlohmann::json& object, std::string path, JsonProblem& problem)
    : m_object(object), m_path(std::move(path)), m_problem(problem)
{
}

std::string JsonFields::pathOf(std::string_view key) const
{
    constexpr std::size_t kShownBytes = 128; // a name of the file's own, which may be long and may hold anything
    std::string shown(key.substr(0, kShownBytes));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    if (key.size() > kShownBytes)
        shown += "…";
    return m_path.empty() ? shown : m_path + "." + shown;
}

const nlohmann::json* JsonFields::find(const char* key) const
{
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::isObject(const nlohmann::json& value, const std::string& path) const
{
    if (!value.is_object())
        m_problem.reportKind(path, "an object", value);
    return value.is_object();
}

bool JsonFields::isArray(const nlohmann::json& value, const std::string& path) const
{
    if (!value.is_array())
        m_problem.reportKind(path, "an array of objects", value);
    return value.is_array();
}

void JsonFields::read(const char* key, std::string& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    readText(*value, pathOf(key), kLongestText, out);
}

void JsonFields::readText(
    const nlohmann::json& value, const std::string& path, std::size_t longest, std::string& out) const
{
    if (!value.is_string())
        return m_problem.reportKind(path, "a string", value);
    const auto& text = value.get_ref<const std::string&>();
    m_problem.checkText(path, text, longest);
    if (!m_problem.first)
        out = text;
}

void JsonFields::readName(const char* key, std::string& out, std::size_t longest) const
{
    const auto* value = find(key);
    if (value != nullptr)
        readText(*value, pathOf(key), longest, out);
}

void JsonFields::readPath(const char* key, std::string& out) const
{
    const auto* value = find(key);
    if (value != nullptr && !value->is_string())
        m_problem.reportKind(pathOf(key), "a path", *value);
    readName(key, out, kLongestPath);
}

void JsonFields::readNames(const char* key, std::vector<std::string>& out) const
{
    readTexts(key, kLongestName, out);
}

void JsonFields::readPaths(const char* key, std::vector<std::string>& out) const
{
    readTexts(key, kLongestPath, out);
}

void JsonFields::readNumberList(const char* key, std::string& out) const
{
    readName(key, out, kLongestPath);
    if (!parseNumberList(out))
        m_problem.report(pathOf(key), "expected a list of numbers as in \"0-3,7\", found " + shownText(out));
}

void JsonFields::requireAbsolute(std::string_view key, const std::string& path) const
{
    if (path.empty() || path[0] != '/')
        m_problem.report(pathOf(key), "expected an absolute path, found " + shownText(path));
}

void JsonFields::requireOneOf(
    std::string_view key, const std::string& name, const std::vector<std::string_view>& names) const
{
    if (std::find(names.begin(), names.end(), name) != names.end())
        return;
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i)
        all += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
    m_problem.report(pathOf(key), "expected " + all + ", found " + shownText(name));
}

void JsonFields::requireEachOf(
    const char* key, const std::vector<std::string>& values, const std::vector<std::string_view>& names) const
{
    for (std::size_t i = 0; i < values.size(); ++i)
        requireOneOf(key + ("[" + std::to_string(i) + "]"), values[i], names);
}

void JsonFields::read(const char* key, bool& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_boolean())
        return m_problem.reportKind(pathOf(key), "true or false", *value);
    out = value->get<bool>();
}

void JsonFields::read(const char* key, std::vector<std::string>& out) const
{
    readTexts(key, kLongestText, out);
}

void JsonFields::readTexts(const char* key, std::size_t longest, std::vector<std::string>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_array())
        return m_problem.reportKind(pathOf(key), "an array of strings", *value);
    out.clear();
    out.reserve(value->size());
    for (const auto& element : *value) {
        const auto* text = element.is_string() ? &element.get_ref<const std::string&>() : nullptr;
        // the path is made for a mistake only: a seccomp profile has hundreds of names
        if (text == nullptr || text->size() > longest || text->find('\0') != std::string::npos) {
            std::string unread;
            readText(element, pathOf(key) + "[" + std::to_string(out.size()) + "]", longest, unread);
            if (m_problem.first)
                return;
        }
        out.push_back(*text);
    }
}

void JsonFields::read(const char* key, std::vector<std::uint32_t>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_array())
        return m_problem.reportKind(pathOf(key), "an array of whole numbers", *value);
    out.clear();
    for (const auto& element : *value) {
        std::uint32_t number = 0;
        readNumber(element, key, number, out.size());
        out.push_back(number);
    }
}

void JsonFields::read(const char* key, std::map<std::string, std::string>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_object())
        return m_problem.reportKind(pathOf(key), "an object of strings", *value);
    const JsonFields inside(*value, pathOf(key), m_problem);
    for (const auto& [name, element] : value->items()) {
        m_problem.checkText(inside.pathOf(name), name, kLongestPath);
        readText(element, inside.pathOf(name), kLongestText, out[name]);
        if (m_problem.first)
            return;
    }
}

Result<nlohmann::json> parseJson(std::string_view text, std::string_view fileName)
{
    const std::string place(fileName);
    auto document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_discarded())
        return document;
    return Error{ ErrorCode::Corrupt, place + ": not valid JSON", 0,
        "Check the file with a JSON tool, for example: python3 -m json.tool " + place };
}

Result<nlohmann::json> parseObject(std::string_view text, std::string_view fileName)
{
    auto document = parseJson(text, fileName);
    if (document && !document->is_object())
        return Error{ ErrorCode::Corrupt, std::string(fileName) + ": expected an object", 0, {} };
    return document;
}

} // namespace twinhull::oci
