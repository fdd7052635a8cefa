// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/registry_account.h"

#include "core/oci/registry_answers.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr auto kAskDeadline = std::chrono::seconds(60);

SkopeoCall askingCall(std::vector<std::string> arguments, const RegistryAccess& access, JobContext* context)
{
    SkopeoCall call{ std::move(arguments) };
    for (auto& argument : accessArguments(access, ""))
        call.arguments.push_back(std::move(argument));
    call.deadline = kAskDeadline;
    if (context != nullptr)
        call.isCancelled = [context] { return context->isCancelled(); };
    return call;
}

Result<std::string> ask(SkopeoCall call, const std::string& last, const std::string& host)
{
    call.arguments.insert(call.arguments.end(), { "--", last }); // what a person typed is no option
    auto answer = runSkopeo(call, host);
    if (!answer && answer.error().code == ErrorCode::Timeout)
        return Error{ ErrorCode::Timeout, "the registry " + host + " does not answer", 0,
            "Check the network and the registry, then try again." };
    return answer;
}

} // namespace

Result<> loginToRegistry(const RegistryLogin& login, JobContext& context)
{
    auto call = askingCall({ "login", "--username", login.user, "--password-stdin" }, login.access, &context);
    call.input = login.password;
    auto done = ask(std::move(call), login.host, login.host);
    return done ? Result<>() : std::move(done).error().withContext("log in to " + login.host);
}

Result<> logoutOfRegistry(const std::string& host, const RegistryAccess& access)
{
    auto call = askingCall({ "logout" }, { {}, access.authFile }, nullptr);
    auto done = ask(std::move(call), host, host);
    if (done)
        return {};
    auto error = std::move(done).error();
    if (error.message.find("ogged into") != std::string::npos)
        error = Error{ ErrorCode::NotFound, "there is no login for " + host, 0, {} };
    return std::move(error).withContext("log out of " + host);
}

Result<std::vector<std::string>> listTags(
    const RegistryReference& repository, const RegistryAccess& access, JobContext& context)
{
    auto text = ask(askingCall({ "list-tags" }, access, &context), "docker://" + repository.place(), repository.host);
    if (!text)
        return std::move(text).error().withContext("list the tags of " + repository.place());
    return decodeTagList(*text).withContext("list the tags of " + repository.place());
}

Result<> copyBetweenRegistries(const RegistryCopy& copy, JobContext& context)
{
    SkopeoCall call{ { "copy", "--multi-arch", copy.takesAllPlatforms ? "all" : "system" } };
    for (auto& argument : accessArguments(copy.fromAccess, "src-"))
        call.arguments.push_back(std::move(argument));
    for (auto& argument : accessArguments(copy.toAccess, "dest-"))
        call.arguments.push_back(std::move(argument));
    call.arguments.insert(call.arguments.end(), { copy.from.transport(), copy.to.transport() });
    call.isCancelled = [&context] { return context.isCancelled(); };
    call.line = [&context](std::string_view line) {
        context.setStep(
            QString::fromUtf8(line.data(), static_cast<qsizetype>(std::min<std::size_t>(line.size(), 200))));
    };
    auto done = runSkopeo(call, copy.to.host == copy.from.host ? copy.to.host : copy.from.host + " or " + copy.to.host);
    return done ? Result<>()
                : std::move(done).error().withContext("copy " + copy.from.place() + " to " + copy.to.place());
}

} // namespace twinhull
