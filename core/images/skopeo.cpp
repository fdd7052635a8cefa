// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/skopeo.h"

#include "core/base/subprocess.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kCauseLimit = 600;

/// What skopeo's words mean. First match wins; lower case.
struct Trouble {
    std::string_view words;
    ErrorCode code;
    std::string_view cause; ///< put before its words
    std::string_view nextStep; ///< %1: the registry
};

constexpr Trouble kTroubles[] = {
    { "no space left", ErrorCode::OutOfSpace, "the disk is full",
        "Free some space, or remove images: twinhullctl images prune" },
    { "digest did not match", ErrorCode::Corrupt, "what came is not what its digest says",
        "Try again; when it stays so, the registry %1 or something on the way to it is damaged." },
    { "does not match digest", ErrorCode::Corrupt, "what came is not what its digest says",
        "Try again; when it stays so, the registry %1 or something on the way to it is damaged." },
    { "toomanyrequests", ErrorCode::Busy, "the registry wants fewer requests",
        "Wait a while, or log in: twinhullctl images login %1" },
    { "server gave http response to https client", ErrorCode::Unsupported, "the registry speaks no TLS",
        "If %1 is yours, tick the box for it in the window or use --tls-verify=false, or set insecure = true for it in "
        "~/.config/containers/registries.conf." },
    { "tls: first record does not look like", ErrorCode::Unsupported, "the registry speaks no TLS",
        "If %1 is yours, tick the box for it in the window or use --tls-verify=false, or set insecure = true for it in "
        "~/.config/containers/registries.conf." },
    { "x509:", ErrorCode::PermissionDenied, "the registry's certificate is not trusted",
        "Put its certificate into ~/.config/containers/certs.d/%1/ca.crt, or if you know that registry tick the box in "
        "the "
        "window or use --tls-verify=false." },
    { "invalid username/password", ErrorCode::PermissionDenied, "the registry refuses this user name or password",
        "Try again: twinhullctl images login %1" },
    { "unauthorized", ErrorCode::PermissionDenied, "the registry wants another login",
        "Log in with: twinhullctl images login %1" },
    { "authentication required", ErrorCode::PermissionDenied, "the registry wants a login",
        "Log in with: twinhullctl images login %1" },
    { "access to the resource is denied", ErrorCode::PermissionDenied, "the registry does not show it to you",
        "Check the name, or log in with: twinhullctl images login %1" },
    { "manifest unknown", ErrorCode::NotFound, "the registry has no such image",
        "See its tags with: twinhullctl images search --list-tags REPOSITORY" },
    { "name unknown", ErrorCode::NotFound, "the registry has no such repository",
        "Check the name; twinhullctl images search %1/WORD lists what there is." },
    { "not found", ErrorCode::NotFound, "the registry has no such image", "Check the name and the tag." },
    { "no image found in", ErrorCode::Unsupported, "the image is not made for this platform",
        "Choose one of its platforms with --platform." },
    { "no such host", ErrorCode::Unavailable, "the registry's name is unknown", "Check the name %1 and the network." },
    { "connection refused", ErrorCode::Unavailable, "nobody answers there",
        "Check that the registry %1 runs and that the port is right." },
    { "network is unreachable", ErrorCode::Unavailable, "there is no network",
        "Connect to the network, then try again." },
    { "timeout", ErrorCode::Unavailable, "the registry does not answer", "Check the network, then try again." },
    { "deadline exceeded", ErrorCode::Unavailable, "the registry does not answer",
        "Check the network, then try again." },
    { "eof", ErrorCode::Unavailable, "the connection broke", "Try again: layers that are whole are kept." },
    { "connection reset", ErrorCode::Unavailable, "the connection broke",
        "Try again: layers that are whole are kept." },
    { "broken pipe", ErrorCode::Unavailable, "the connection broke", "Try again: layers that are whole are kept." },
    { "policy", ErrorCode::PermissionDenied, "the signature policy refuses it",
        "See containers-policy.json(5): ~/.config/containers/policy.json or /etc/containers/policy.json." },
    { "status: 5", ErrorCode::Unavailable, "the registry has trouble of its own", "Try again later." },
};

std::string lowerCase(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return text;
}

/// The words of the last line of the form level=fatal msg="…" (logrus), unescaped; else the last line.
std::string causeIn(std::string_view text)
{
    constexpr std::string_view kStart = "msg=\"";
    const auto fatal = text.rfind("level=fatal ");
    const auto start = fatal == std::string_view::npos ? fatal : text.find(kStart, fatal);
    std::string cause;
    if (start == std::string_view::npos) {
        while (!text.empty() && text.back() == '\n')
            text.remove_suffix(1);
        cause = text.substr(text.find_last_of('\n') + 1);
    } else {
        for (auto at = start + kStart.size(); at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && at + 1 < text.size())
                ++at;
            cause += text[at];
        }
    }
    cause.resize(std::min(cause.size(), kCauseLimit));
    std::replace_if(
        cause.begin(), cause.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return cause;
}

std::string filled(std::string_view text, const std::string& host)
{
    std::string result(text);
    if (const auto at = result.find("%1"); at != std::string::npos)
        result.replace(at, 2, host.empty() ? "the registry" : host);
    return result;
}

/// A descriptor that reads `text`, for a child; the text is in no file.
Result<UniqueFd> inputOf(const std::string& text)
{
    UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
    if (!file)
        return Error::fromErrno(errno, "memfd");
    if (::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size())
        || ::lseek(file.fd(), 0, SEEK_SET) != 0)
        return Error::fromErrno(errno, "write to memfd");
    return file;
}

/// Cuts what comes into lines.
std::function<Result<>(std::string_view)> linesTo(const std::function<void(std::string_view)>& line)
{
    return [line, rest = std::string()](std::string_view bytes) mutable -> Result<> {
        rest.append(bytes);
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            line(std::string_view(rest).substr(0, end));
            rest.erase(0, end + 1);
        }
        if (rest.size() > kCauseLimit)
            rest.clear();
        return {};
    };
}

} // namespace

Error skopeoError(std::string_view standardError, const std::string& host)
{
    const std::string cause = causeIn(standardError);
    const std::string lower = lowerCase(cause);
    for (const auto& trouble : kTroubles) {
        if (lower.find(trouble.words) != std::string::npos)
            return Error{ trouble.code, std::string(trouble.cause) + " (" + cause + ")", 0,
                filled(trouble.nextStep, host) };
    }
    return Error{ ErrorCode::Io, "skopeo: " + cause, 0, {} };
}

Result<std::string> runSkopeo(const SkopeoCall& call, const std::string& host)
{
    Command command{ { "skopeo" }, {}, call.workingFolder };
    command.arguments.insert(command.arguments.end(), call.arguments.begin(), call.arguments.end());
    if (findExecutable("skopeo").empty())
        return Error{ ErrorCode::Unsupported, "the program skopeo, which speaks with registries, is not installed", 0,
            "Install it with: sudo apt install skopeo" };
    CommandRun run{ call.deadline };
    run.isCancelled = call.isCancelled;
    auto input = inputOf(call.input);
    if (!input)
        return std::move(input).error();
    run.input = call.input.empty() ? -1 : input->fd();
    if (call.line)
        run.output = linesTo(call.line);
    auto output = runCommand(command, run);
    if (!output)
        return std::move(output).error();
    if (output->exitStatus == 0)
        return std::move(output->standardOutput);
    return skopeoError(output->standardError, host);
}

std::vector<std::string> accessArguments(const RegistryAccess& access, const std::string& prefix)
{
    std::vector<std::string> arguments;
    if (access.verifiesTls)
        arguments.push_back("--" + prefix + "tls-verify=" + (*access.verifiesTls ? "true" : "false"));
    if (!access.authFile.empty())
        arguments.push_back("--" + prefix + "authfile=" + access.authFile);
    return arguments;
}

bool isPassingTrouble(const Error& error)
{
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Timeout;
}

} // namespace twinhull
