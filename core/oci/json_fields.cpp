// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/json_fields.h"

#include "core/oci/number_list.h"

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

void JsonProblem::report(const std::string& path, std::string_view what)
{
    if (first)
        return;
    const std::string place = path.empty() ? fileName : fileName + ": " + path;
    first = Error{ ErrorCode::InvalidArgument, place + ": " + std::string(what), 0, {} };
}

JsonFields::JsonFields(const nlohmann::json& object, std::string path, JsonProblem& problem)
    : m_object(object), m_path(std::move(path)), m_problem(problem)
{
}

std::string JsonFields::pathOf(std::string_view key) const
{
    return m_path.empty() ? std::string(key) : m_path + "." + std::string(key);
}

const nlohmann::json* JsonFields::find(const char* key) const
{
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::isObject(const nlohmann::json& value, const std::string& path) const
{
    if (!value.is_object())
        m_problem.report(path, "expected an object");
    return value.is_object();
}

bool JsonFields::isArray(const nlohmann::json& value, const std::string& path) const
{
    if (!value.is_array())
        m_problem.report(path, "expected an array of objects");
    return value.is_array();
}

void JsonFields::read(const char* key, std::string& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_string())
        return m_problem.report(pathOf(key), "expected a string");
    out = value->get_ref<const std::string&>();
    if (out.find('\0') != std::string::npos)
        m_problem.report(pathOf(key), "a string must not contain a NUL");
}

void JsonFields::readNumberList(const char* key, std::string& out) const
{
    read(key, out);
    if (!parseNumberList(out))
        m_problem.report(pathOf(key), "expected a list of numbers as in \"0-3,7\", found " + shownText(out));
}

void JsonFields::requireAbsolute(const char* key, const std::string& path) const
{
    if (path.empty() || path[0] != '/')
        m_problem.report(pathOf(key), "expected an absolute path, found " + shownText(path));
}

void JsonFields::requireOneOf(
    const char* key, const std::string& name, const std::vector<std::string_view>& names) const
{
    if (std::find(names.begin(), names.end(), name) != names.end())
        return;
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i)
        all += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
    m_problem.report(pathOf(key), "expected " + all + ", found " + shownText(name));
}

void JsonFields::read(const char* key, bool& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_boolean())
        return m_problem.report(pathOf(key), "expected true or false");
    out = value->get<bool>();
}

void JsonFields::read(const char* key, std::vector<std::string>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_array())
        return m_problem.report(pathOf(key), "expected an array of strings");
    out.clear();
    out.reserve(value->size());
    for (const auto& element : *value) {
        if (!element.is_string())
            return m_problem.report(pathOf(key), "expected an array of strings");
        out.push_back(element.get_ref<const std::string&>());
        if (out.back().find('\0') != std::string::npos)
            return m_problem.report(pathOf(key), "a string must not contain a NUL");
    }
}

void JsonFields::read(const char* key, std::vector<std::uint32_t>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_array())
        return m_problem.report(pathOf(key), "expected an array of whole numbers");
    out.clear();
    for (const auto& element : *value) {
        std::uint32_t number = 0;
        readNumber(element, key, number);
        out.push_back(number);
    }
}

void JsonFields::read(const char* key, std::map<std::string, std::string>& out) const
{
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_object())
        return m_problem.report(pathOf(key), "expected an object of strings");
    for (const auto& [name, element] : value->items()) {
        if (!element.is_string())
            return m_problem.report(pathOf(key) + "." + name, "expected a string");
        out[name] = element.get_ref<const std::string&>();
    }
}

Result<nlohmann::json> parseObject(std::string_view text, std::string_view fileName)
{
    const std::string place(fileName);
    auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded())
        return Error{ ErrorCode::Corrupt, place + ": not valid JSON", 0,
            "Check the file with a JSON tool, for example: python3 -m json.tool " + place };
    if (!document.is_object())
        return Error{ ErrorCode::Corrupt, place + ": expected an object", 0, {} };
    return document;
}

} // namespace twinhull::oci
