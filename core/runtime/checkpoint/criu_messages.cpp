// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/criu_messages.h"

#include "core/runtime/checkpoint/protobuf.h"

namespace twinhull::runtime {

namespace {

constexpr int kLogEverything = 4;

void addPair(ProtobufWriter& options, unsigned field, std::string_view first, std::string_view second)
{
    ProtobufWriter pair;
    pair.addText(1, first);
    pair.addText(2, second);
    options.addMessage(field, pair);
}

void addIf(ProtobufWriter& options, unsigned field, bool isOn)
{
    if (isOn)
        options.addSwitch(field, true);
}

void addIf(ProtobufWriter& options, unsigned field, const std::string& text)
{
    if (!text.empty())
        options.addText(field, text);
}

void addSwitches(ProtobufWriter& written, const CriuOptions& options)
{
    addIf(written, 3, options.leavesRunning);
    addIf(written, 4, options.allowsUnixSockets);
    addIf(written, 5, options.allowsTcp);
    addIf(written, 6, options.becomesSibling); // evasive devices: a device may be found under another name
    addIf(written, 7, options.isShellJob);
    addIf(written, 8, options.hasFileLocks);
    addIf(written, 15, options.tracksMemory);
    addIf(written, 16, options.dedupesImages);
    addIf(written, 18, options.linksDeletedFiles);
    addIf(written, 26, options.becomesSibling);
    addIf(written, 46, options.skipsTcpInFlight);
    addIf(written, 48, options.isLazy);
    addIf(written, 52, options.closesTcp);
}

void addTexts(ProtobufWriter& written, const CriuOptions& options)
{
    addIf(written, 10, options.logFile);
    addIf(written, 13, options.root);
    addIf(written, 14, options.parentImages);
    addIf(written, 44, options.freezeCgroup);
    addIf(written, 53, options.lsmProfile);
    addIf(written, 63, options.lsmMountContext);
    for (const auto& external : options.externals)
        written.addText(37, external);
}

void addGroups(ProtobufWriter& written, const CriuOptions& options)
{
    for (const auto& [key, value] : options.externalMounts)
        addPair(written, 23, key, value);
    for (const auto& [key, fd] : options.inherited) {
        ProtobufWriter inherited;
        inherited.addText(1, key);
        inherited.addNumber(2, fd);
        written.addMessage(27, inherited);
    }
    for (const auto& [kind, path] : options.joined)
        addPair(written, 39, kind, path);
    if (options.cgroupRoot)
        addPair(written, 25, "", *options.cgroupRoot); // the tree of version 2 has no name
    if (options.pageServer) {
        ProtobufWriter server;
        server.addText(1, options.pageServer->address);
        server.addNumber(2, options.pageServer->port);
        written.addMessage(11, server);
    }
}

ProtobufWriter encodeOptions(const CriuOptions& options)
{
    ProtobufWriter written;
    written.addNumber(1, options.imagesFolder);
    if (options.pid != 0)
        written.addNumber(2, options.pid);
    written.addNumber(9, kLogEverything);
    written.addSwitch(12, true); // moments are told
    if (options.workFolder >= 0)
        written.addNumber(17, options.workFolder);
    written.addSwitch(24, options.cgroups != CgroupMode::Ignore);
    written.addSwitch(29, true); // mounts that are shared with, or follow, mounts outside
    written.addSwitch(30, true);
    written.addNumber(34, static_cast<int>(options.cgroups));
    if (options.emptyNamespaces != 0)
        written.addNumber(38, std::uint64_t{ options.emptyNamespaces });
    written.addSwitch(50, true); // a terminal whose other end is outside
    if (options.networkLock)
        written.addNumber(64, static_cast<int>(*options.networkLock));
    addSwitches(written, options);
    addTexts(written, options);
    addGroups(written, options);
    return written;
}

void readMoment(std::string_view bytes, CriuResponse& response, bool& isWhole)
{
    ProtobufReader reader(bytes);
    while (const auto field = reader.next()) {
        if (field->field == 1)
            response.moment = field->text;
        else if (field->field == 2)
            response.pid = static_cast<int>(field->number);
    }
    isWhole = isWhole && reader.isWhole();
}

void readRestored(std::string_view bytes, CriuResponse& response, bool& isWhole)
{
    ProtobufReader reader(bytes);
    while (const auto field = reader.next()) {
        if (field->field == 1)
            response.pid = static_cast<int>(field->number);
    }
    isWhole = isWhole && reader.isWhole();
}

void readFeatures(std::string_view bytes, CriuResponse& response, bool& isWhole)
{
    ProtobufReader reader(bytes);
    while (const auto field = reader.next()) {
        if (field->field == 1)
            response.canTrackMemory = field->number != 0;
        else if (field->field == 2)
            response.canRestoreLazily = field->number != 0;
    }
    isWhole = isWhole && reader.isWhole();
}

void readField(const ProtobufField& field, CriuResponse& response, bool& isWhole)
{
    switch (field.field) {
    case 1:
        response.type = static_cast<CriuRequest>(field.number);
        break;
    case 2:
        response.isSuccess = field.number != 0;
        break;
    case 4:
        return readRestored(field.text, response, isWhole);
    case 5:
        return readMoment(field.text, response, isWhole);
    case 7:
        response.number = static_cast<int>(field.number);
        break;
    case 8:
        return readFeatures(field.text, response, isWhole);
    case 9:
        response.error = field.text;
        break;
    default:
        break;
    }
}

} // namespace

std::string encodeRequest(CriuRequest request, const CriuOptions& options)
{
    ProtobufWriter written;
    written.addNumber(1, static_cast<int>(request));
    written.addMessage(2, encodeOptions(options));
    return written.bytes();
}

std::string encodeFeatureQuestion()
{
    ProtobufWriter features;
    features.addSwitch(1, true);
    features.addSwitch(2, true);
    ProtobufWriter written;
    written.addNumber(1, static_cast<int>(CriuRequest::FeatureCheck));
    written.addMessage(5, features);
    return written.bytes();
}

std::string encodeNotifyAnswer(Answer answer)
{
    ProtobufWriter written;
    written.addNumber(1, static_cast<int>(CriuRequest::Notify));
    written.addSwitch(3, answer == Answer::GoOn);
    return written.bytes();
}

Result<CriuResponse> decodeResponse(std::string_view bytes)
{
    CriuResponse response;
    bool isWhole = true;
    bool hasType = false;
    ProtobufReader reader(bytes);
    while (const auto field = reader.next()) {
        hasType = hasType || field->field == 1;
        readField(*field, response, isWhole);
    }
    if (isWhole && hasType && reader.isWhole())
        return response;
    return Error{ ErrorCode::Corrupt, "criu sent what is no answer", 0,
        "Is the program named criu the one of criu.org?" };
}

} // namespace twinhull::runtime
