// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/registry_reference.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::string_view kTransport = "docker://";
constexpr std::size_t kNameLimit = 255; // distribution-spec
constexpr std::size_t kTagLimit = 128;

bool isLowerAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isAlnum(char c)
{
    return isLowerAlnum(c) || (c >= 'A' && c <= 'Z');
}

template <typename Accepts>
bool all(std::string_view text, Accepts accepts)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), accepts);
}

bool isRepository(std::string_view text)
{
    return all(text, [](char c) { return isLowerAlnum(c) || c == '.' || c == '_' || c == '-' || c == '/'; })
        && isLowerAlnum(text.front()) && isLowerAlnum(text.back()) && text.find("//") == std::string_view::npos;
}

bool isHost(std::string_view text)
{
    return all(text, [](char c) { return isAlnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']'; });
}

bool isTag(std::string_view text)
{
    return text.size() <= kTagLimit && all(text, [](char c) { return isAlnum(c) || c == '.' || c == '_' || c == '-'; })
        && text.front() != '.' && text.front() != '-';
}

bool namesHost(std::string_view first)
{
    return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

Error notAReference(std::string_view text)
{
    return Error{ ErrorCode::InvalidArgument,
        "\"" + std::string(text.substr(0, kNameLimit)) + "\" is not the name of an image in a registry", 0,
        "Use a name like docker.io/library/alpine:3.18 or localhost:5000/team/web:1; the path is lower case." };
}

} // namespace

Result<RegistryReference> RegistryReference::parse(std::string_view text)
{
    std::string_view rest = text;
    if (rest.starts_with(kTransport))
        rest.remove_prefix(kTransport.size());
    RegistryReference reference;
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        auto digest = Digest::parse(rest.substr(at + 1));
        if (!digest)
            return notAReference(text);
        reference.digest = *std::move(digest);
        rest = rest.substr(0, at);
    }
    const auto slash = rest.find('/');
    const bool hasHost = slash != std::string_view::npos && namesHost(rest.substr(0, slash));
    reference.host = hasHost ? rest.substr(0, slash) : "docker.io";
    std::string_view path = hasHost ? rest.substr(slash + 1) : rest;
    if (const auto colon = path.find(':'); colon != std::string_view::npos) {
        reference.tag = path.substr(colon + 1);
        path = path.substr(0, colon);
        if (!isTag(reference.tag))
            return notAReference(text);
    } else if (!reference.digest) {
        reference.tag = "latest";
    }
    reference.repository = path;
    if (reference.host == "docker.io" && path.find('/') == std::string_view::npos)
        reference.repository = "library/" + reference.repository;
    if (!isHost(reference.host) || !isRepository(path) || reference.place().size() > kNameLimit)
        return notAReference(text);
    return reference;
}

std::string RegistryReference::transport() const
{
    return digest ? transportOf(*digest) : std::string(kTransport) + place() + ":" + tag;
}

std::string RegistryReference::transportOf(const Digest& manifest) const
{
    return std::string(kTransport) + place() + "@" + manifest.toString();
}

} // namespace twinhull
