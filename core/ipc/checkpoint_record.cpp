// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/checkpoint_record.h"

#include "core/ipc/checkpoint_json.h"
#include "core/ipc/message_json.h"

namespace twinhull {

namespace {

using CheckpointJson = nlohmann::json;

constexpr int kRecordVersion = 1;

Error corruptRecord(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "checkpoint record: " + what, 0, {} };
}

} // namespace

nlohmann::json checkpointChoiceJson(const CheckpointChoice& choice)
{
    return { { "leavesRunning", choice.leavesRunning }, { "keepsConnections", choice.keepsConnections },
        { "closesConnections", choice.closesConnections }, { "keepsLocks", choice.keepsLocks } };
}

CheckpointChoice checkpointChoiceFrom(const nlohmann::json& json)
{
    return { json.value("leavesRunning", false), json.value("keepsConnections", false),
        json.value("closesConnections", false), json.value("keepsLocks", false) };
}

std::string encodeCheckpointRecord(const CheckpointRecord& record)
{
    CheckpointJson places = CheckpointJson::array();
    for (const auto& place : record.places)
        places.push_back({ { "network", place.network }, { "ipv4", place.ipv4 }, { "ipv6", place.ipv6 } });
    const CheckpointJson json{ { "version", kRecordVersion }, { "wallMilliseconds", record.wallMilliseconds },
        { "choice", checkpointChoiceJson(record.choice) }, { "places", std::move(places) } };
    return json.dump(2, ' ', false, CheckpointJson::error_handler_t::replace) + "\n";
}

Result<CheckpointRecord> decodeCheckpointRecord(std::string_view text)
{
    if (text.size() > kCheckpointRecordLimitBytes)
        return corruptRecord("too long");
    try {
        const CheckpointJson json = CheckpointJson::parse(text, wholeNumbersOnly());
        if (json.at("version").get<int>() != kRecordVersion)
            return corruptRecord("unknown version");
        CheckpointRecord record{ json.at("wallMilliseconds").get<std::int64_t>(),
            checkpointChoiceFrom(json.at("choice")), {} };
        for (const auto& place : json.at("places"))
            record.places.push_back({ place.at("network").get<std::string>(), place.at("ipv4").get<std::string>(),
                place.at("ipv6").get<std::string>() });
        return record;
    } catch (const CheckpointJson::exception& error) {
        return corruptRecord(error.what());
    }
}

} // namespace twinhull
