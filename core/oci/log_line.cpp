// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/log_line.h"

#include "core/oci/json_fields.h"

#include <ctime>

namespace twinhull::oci {

namespace {
using Json = nlohmann::ordered_json;
} // namespace

std::string timeText(std::int64_t milliseconds)
{
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    const std::string fraction = std::to_string(1000 + milliseconds % 1000);
    return std::string(text, length) + "." + fraction.substr(1) + "Z";
}

std::string encodeLogLine(std::string_view level, std::string_view message, std::int64_t wallMilliseconds)
{
    const Json line{ { "msg", message }, { "level", level }, { "time", timeText(wallMilliseconds) } };
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace twinhull::oci
