// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_config.h"

#include "core/oci/image_json.h"

namespace twinhull {

namespace {

using Json = nlohmann::json;

/// Takes one member into `target`, or tells why not.
template <typename T>
Result<> take(Result<T> value, T& target)
{
    if (!value)
        return std::move(value).error().withContext("image config");
    target = *std::move(value);
    return {};
}

Result<> takeHealth(const Json& object, ImageHealth& health)
{
    const Json* check = image_json::member(object, "Healthcheck");
    if (check == nullptr)
        return {};
    if (auto taken = take(image_json::texts(*check, "Test"), health.test); !taken)
        return taken;
    for (const auto& [name, value] : { std::pair{ "Interval", &health.interval }, { "Timeout", &health.timeout },
             { "StartPeriod", &health.startPeriod }, { "StartInterval", &health.startInterval },
             { "Retries", &health.retries } }) {
        if (auto taken = take(image_json::size(*check, name), *value); !taken)
            return taken;
    }
    return {};
}

Result<> takeProcess(const Json& object, ImageConfig& config)
{
    if (auto taken = take(image_json::texts(object, "Entrypoint"), config.entrypoint); !taken)
        return taken;
    if (auto taken = take(image_json::texts(object, "Cmd"), config.command); !taken)
        return taken;
    if (auto taken = take(image_json::texts(object, "Env"), config.environment); !taken)
        return taken;
    if (auto taken = take(image_json::text(object, "WorkingDir"), config.workingFolder); !taken)
        return taken;
    if (auto taken = take(image_json::text(object, "User"), config.user); !taken)
        return taken;
    if (auto taken = take(image_json::keys(object, "ExposedPorts"), config.exposedPorts); !taken)
        return taken;
    if (auto taken = take(image_json::textMap(object, "Labels"), config.labels); !taken)
        return taken;
    if (auto taken = takeHealth(object, config.health); !taken)
        return taken;
    return take(image_json::text(object, "StopSignal"), config.stopSignal);
}

Result<> takeDiffIds(const Json& object, ImageConfig& config)
{
    const Json* rootfs = image_json::member(object, "rootfs");
    if (rootfs == nullptr)
        return Error{ ErrorCode::Corrupt, "image config: no rootfs", 0, {} };
    auto texts = image_json::texts(*rootfs, "diff_ids");
    if (!texts)
        return std::move(texts).error().withContext("image config");
    for (const auto& text : *texts) {
        auto digest = Digest::parse(text);
        if (!digest)
            return std::move(digest).error().withContext("image config");
        config.diffIds.push_back(*std::move(digest));
    }
    return {};
}

Result<> takeHistory(const Json& object, ImageConfig& config)
{
    constexpr std::size_t kHistoryLimit = 10'000;
    auto list = image_json::array(object, "history");
    if (!list || *list == nullptr)
        return list ? Result<>() : Result<>(std::move(list).error().withContext("image config"));
    if ((*list)->size() > kHistoryLimit)
        return Error{ ErrorCode::Corrupt, "image config: more than 10000 entries of history", 0, {} };
    for (const auto& item : **list) {
        ImageHistoryEntry entry;
        if (auto taken = take(image_json::text(item, "created"), entry.created); !taken)
            return taken;
        if (auto taken = take(image_json::text(item, "created_by"), entry.createdBy); !taken)
            return taken;
        if (auto taken = take(image_json::text(item, "comment"), entry.comment); !taken)
            return taken;
        const Json* empty = image_json::member(item, "empty_layer");
        entry.isEmptyLayer = empty != nullptr && empty->is_boolean() && empty->get<bool>();
        config.history.push_back(std::move(entry));
    }
    return {};
}

/// Go writes a set as an object of empty objects.
Json setOf(const std::vector<std::string>& keys)
{
    Json set = Json::object();
    for (const auto& key : keys)
        set[key] = Json::object();
    return set;
}

} // namespace

Result<ImageConfig> decodeImageConfig(std::string_view json)
{
    auto object = image_json::parse(json, "image config");
    if (!object)
        return std::move(object).error();
    ImageConfig config;
    if (auto taken = take(image_json::text(*object, "created"), config.created); !taken)
        return std::move(taken).error();
    if (auto taken = take(image_json::text(*object, "architecture"), config.architecture); !taken)
        return std::move(taken).error();
    if (auto taken = take(image_json::text(*object, "os"), config.os); !taken)
        return std::move(taken).error();
    if (auto taken = take(image_json::text(*object, "variant"), config.variant); !taken)
        return std::move(taken).error();
    if (auto taken = take(image_json::text(*object, "author"), config.author); !taken)
        return std::move(taken).error();
    if (const Json* process = image_json::member(*object, "config"); process != nullptr) {
        if (auto taken = takeProcess(*process, config); !taken)
            return std::move(taken).error();
    }
    if (auto taken = takeDiffIds(*object, config); !taken)
        return std::move(taken).error();
    if (auto taken = takeHistory(*object, config); !taken)
        return std::move(taken).error();
    return config;
}

std::string encodeImageConfig(const ImageConfig& config)
{
    Json process{ { "Entrypoint", config.entrypoint }, { "Cmd", config.command }, { "Env", config.environment },
        { "WorkingDir", config.workingFolder }, { "User", config.user }, { "ExposedPorts", setOf(config.exposedPorts) },
        { "Labels", config.labels }, { "StopSignal", config.stopSignal } };
    if (!config.health.test.empty())
        process["Healthcheck"] = { { "Test", config.health.test }, { "Interval", config.health.interval },
            { "Timeout", config.health.timeout }, { "StartPeriod", config.health.startPeriod },
            { "Retries", config.health.retries } };
    if (!config.health.test.empty() && config.health.startInterval > 0) // newer than the others
        process["Healthcheck"]["StartInterval"] = config.health.startInterval;
    Json diffIds = Json::array();
    for (const auto& digest : config.diffIds)
        diffIds.push_back(digest.toString());
    Json object{ { "architecture", config.architecture }, { "os", config.os }, { "config", std::move(process) },
        { "rootfs", { { "type", "layers" }, { "diff_ids", std::move(diffIds) } } } };
    if (!config.created.empty())
        object["created"] = config.created;
    for (const auto& entry : config.history)
        object["history"].push_back(image_json::fromHistory(entry));
    return image_json::dump(object);
}

} // namespace twinhull
