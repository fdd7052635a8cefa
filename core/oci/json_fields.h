// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace twinhull::oci {

/// Where the first error of a whole document is kept; later reads go on with defaults.
struct JsonProblem {
    /// Whether strings may be as long as they like: an image's labels may, what goes to the kernel may not.
    enum class Limits { None, OfExecve };

    std::string fileName;
    std::optional<Error> first;
    Limits limits = Limits::None;

    void report(const std::string& path, std::string_view what);
    /// "expected a string, found a number"
    void reportKind(const std::string& path, std::string_view expected, const nlohmann::json& found);
    /// No NUL, and no more than `longest` bytes where there are limits.
    void checkText(const std::string& path, const std::string& text, std::size_t longest);
};

/// In double quotes, cut where it is long, without line breaks: for a message of one line.
std::string shownText(std::string_view text);

inline constexpr std::size_t kLongestText = 131071; ///< one argument of execve(2)
inline constexpr std::size_t kLongestPath = 4095; ///< PATH_MAX
inline constexpr std::size_t kLongestName = 255; ///< NAME_MAX

/// Typed reads from one JSON object. A missing or null member leaves the value as it was; a wrong type or range is
/// reported with its path. Internal to core/oci.
class JsonFields {
public:
    JsonFields(const nlohmann::json& object, std::string path, JsonProblem& problem);

    bool has(const char* key) const { return find(key) != nullptr; }
    bool isEmpty() const { return m_object.empty(); }
    const std::string& path() const { return m_path; }
    std::string pathOf(std::string_view key) const;
    JsonProblem& problem() const { return m_problem; }

    void read(const char* key, std::string& out) const;
    void readName(const char* key, std::string& out, std::size_t longest = kLongestName) const;
    void readPath(const char* key, std::string& out) const;
    void readNames(const char* key, std::vector<std::string>& out) const;
    void readPaths(const char* key, std::vector<std::string>& out) const;
    /// "0-3,7", of processors or memory nodes; the text is kept.
    void readNumberList(const char* key, std::string& out) const;

    /// Reports what is not an absolute path.
    void requireAbsolute(std::string_view key, const std::string& path) const;
    /// Reports what is none of the names.
    void requireOneOf(std::string_view key, const std::string& name, const std::vector<std::string_view>& names) const;
    /// The same of every element of an array that was read.
    void requireEachOf(
        const char* key, const std::vector<std::string>& values, const std::vector<std::string_view>& names) const;

    void read(const char* key, bool& out) const;
    void read(const char* key, std::vector<std::string>& out) const;
    void read(const char* key, std::vector<std::uint32_t>& out) const;
    void read(const char* key, std::map<std::string, std::string>& out) const;

    template <typename Number, typename = std::enable_if_t<std::is_integral_v<Number>>>
    void read(const char* key, Number& out) const
    {
        const nlohmann::json* value = find(key);
        if (value != nullptr)
            readNumber(*value, key, out);
    }

    template <typename T>
    void read(const char* key, std::optional<T>& out) const
    {
        if (!has(key))
            return;
        T value{};
        read(key, value);
        out = value;
    }

    /// Calls `each(JsonFields)` for the member where it is an object.
    template <typename Each>
    void object(const char* key, Each each) const
    {
        const nlohmann::json* value = find(key);
        if (value != nullptr && isObject(*value, pathOf(key)))
            each(JsonFields(*value, pathOf(key), m_problem));
    }

    /// Calls `each(name, JsonFields)` for every member of an object of objects.
    template <typename Each>
    void members(const char* key, Each each) const
    {
        const nlohmann::json* value = find(key);
        if (value == nullptr || !isObject(*value, pathOf(key)))
            return;
        const JsonFields inside(*value, pathOf(key), m_problem);
        for (const auto& [name, element] : value->items()) {
            const std::string path = inside.pathOf(name);
            if (isObject(element, path))
                each(name, JsonFields(element, path, m_problem));
        }
    }

    /// Calls `each(JsonFields)` for every element of an array of objects.
    template <typename Each>
    void objects(const char* key, Each each) const
    {
        const nlohmann::json* value = find(key);
        if (value == nullptr || !isArray(*value, pathOf(key)))
            return;
        std::size_t index = 0;
        for (const auto& element : *value) {
            const std::string path = pathOf(key) + "[" + std::to_string(index++) + "]";
            if (isObject(element, path))
                each(JsonFields(element, path, m_problem));
        }
    }

private:
    const nlohmann::json* find(const char* key) const;
    bool isObject(const nlohmann::json& value, const std::string& path) const;
    bool isArray(const nlohmann::json& value, const std::string& path) const;
    void readText(const nlohmann::json& value, const std::string& path, std::size_t longest, std::string& out) const;
    void readTexts(const char* key, std::size_t longest, std::vector<std::string>& out) const;

    template <typename Number>
    void readNumber(
        const nlohmann::json& value, const char* key, Number& out, std::optional<std::size_t> index = {}) const
    {
        const auto place = [&] { return index ? pathOf(key) + "[" + std::to_string(*index) + "]" : pathOf(key); };
        if (value.is_number_unsigned()) {
            const auto number = value.get<std::uint64_t>();
            if (std::in_range<Number>(number)) {
                out = static_cast<Number>(number);
                return;
            }
        } else if (value.is_number_integer()) {
            const auto number = value.get<std::int64_t>();
            if (std::in_range<Number>(number)) {
                out = static_cast<Number>(number);
                return;
            }
        } else {
            return m_problem.reportKind(place(), "a whole number", value);
        }
        m_problem.report(place(),
            "expected a number from " + std::to_string(std::numeric_limits<Number>::min()) + " to "
                + std::to_string(std::numeric_limits<Number>::max()) + ", found " + value.dump());
    }

    const nlohmann::json& m_object;
    std::string m_path;
    JsonProblem& m_problem;
};

/// Parses without exceptions.
Result<nlohmann::json> parseJson(std::string_view text, std::string_view fileName);

/// The same; the root must be an object.
Result<nlohmann::json> parseObject(std::string_view text, std::string_view fileName);

} // namespace twinhull::oci
