// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/exit_record.h"

#include "core/ipc/exit_record_json.h"
#include "core/ipc/message_json.h"

namespace twinhull {

namespace {

constexpr int kFormatVersion = 1;
constexpr std::size_t kReasonLimit = 4096;

Error corruptRecord(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "exit record: " + what, 0, {} };
}

} // namespace

nlohmann::json exitRecordJson(const ExitRecord& record)
{
    nlohmann::json json{ { "version", kFormatVersion }, { "signal", record.signal },
        { "wasOutOfMemory", record.wasOutOfMemory }, { "wallMilliseconds", record.wallMilliseconds },
        { "reason", record.reason }, { "wasAsked", record.wasAsked } };
    if (record.exitStatus)
        json["exitStatus"] = *record.exitStatus;
    if (record.wasCheckpointed)
        json["wasCheckpointed"] = true;
    return json;
}

Result<ExitRecord> exitRecordFrom(const nlohmann::json& json)
{
    try {
        if (json.at("version").get<int>() != kFormatVersion)
            return corruptRecord("unknown version");
        ExitRecord record;
        if (json.contains("exitStatus"))
            record.exitStatus = json.at("exitStatus").get<int>();
        record.signal = json.at("signal").get<int>();
        record.wasOutOfMemory = json.at("wasOutOfMemory").get<bool>();
        record.wallMilliseconds = json.at("wallMilliseconds").get<std::int64_t>();
        record.reason = json.at("reason").get<std::string>().substr(0, kReasonLimit);
        record.wasAsked = json.value("wasAsked", false);
        record.wasCheckpointed = json.value("wasCheckpointed", false);
        const int status = record.exitStatus.value_or(0);
        if (status < 0 || status > 255 || record.signal < 0 || record.signal > 64)
            return corruptRecord("a number is out of range");
        return record;
    } catch (const nlohmann::json::exception& error) {
        return corruptRecord(error.what());
    }
}

std::string encodeExitRecord(const ExitRecord& record)
{
    return exitRecordJson(record).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<ExitRecord> decodeExitRecord(std::string_view json)
{
    return exitRecordFrom(nlohmann::json::parse(json, wholeNumbersOnly(), false));
}

} // namespace twinhull
