// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registries/registry_search.h"

#include "core/base/text.h"
#include "core/registries/registry_http.h"

#include <QUrl>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace twinhull {

namespace {

constexpr std::size_t kMostFound = 100;
constexpr int kMostPages = 10; // of a thousand names

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

Error refusal(const RegistryAnswer& answer, const std::string& host)
{
    if (answer.status == 401 || answer.status == 403)
        return { ErrorCode::PermissionDenied, "the registry " + host + " does not let this person search", 0,
            "Log in to it: twinhullctl images login " + host };
    if (answer.status == 404 || answer.status == 405)
        return { ErrorCode::Unsupported, "the registry " + host + " offers no search", 0,
            "Ask for the tags of a repository that you know: twinhullctl images search --list-tags" };
    return { ErrorCode::Unavailable,
        "the registry " + host + " answers with the status " + std::to_string(answer.status), 0, "Try again later." };
}

/// Nothing where it has no such search, so that another way is tried.
Result<std::optional<std::vector<FoundRepository>>> bySearch(RegistryHttp& http, const RegistrySearch& search)
{
    const QString words = QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(search.words)));
    auto answer = http.get(QStringLiteral("/v1/search?n=%1&q=%2").arg(kMostFound).arg(words));
    if (!answer)
        return std::move(answer).error();
    if (answer->status != 200)
        return std::optional<std::vector<FoundRepository>>();
    auto found = decodeSearchAnswer({ answer->body.constData(), static_cast<std::size_t>(answer->body.size()) });
    if (!found)
        return std::move(found).error();
    return std::optional(*std::move(found));
}

Result<std::vector<FoundRepository>> byCatalogue(RegistryHttp& http, const RegistrySearch& search)
{
    const std::string words = lowerCase(search.words);
    std::vector<FoundRepository> found;
    QString path = QStringLiteral("/v2/_catalog?n=1000");
    for (int page = 0; page < kMostPages && !path.isEmpty(); ++page) {
        auto answer = http.get(path);
        if (!answer)
            return std::move(answer).error();
        if (answer->status != 200)
            return refusal(*answer, search.host);
        auto names = decodeCatalogue({ answer->body.constData(), static_cast<std::size_t>(answer->body.size()) });
        if (!names)
            return std::move(names).error();
        for (auto& name : *names) {
            if (lowerCase(name).find(words) != std::string::npos && found.size() < kMostFound)
                found.push_back({ std::move(name), {}, {}, false });
        }
        path = answer->next.path()
            + (answer->next.hasQuery() ? u'?' + answer->next.query(QUrl::FullyEncoded) : QString());
    }
    return found;
}

} // namespace

Result<RegistrySearch> RegistrySearch::parse(std::string_view text)
{
    RegistrySearch search;
    const std::size_t slash = text.find('/');
    const std::string_view first = text.substr(0, slash);
    const bool namesHost = slash != std::string_view::npos
        && (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
    if (namesHost)
        search.host = first;
    search.words = namesHost ? text.substr(slash + 1) : text;
    const bool isOdd = std::any_of(text.begin(), text.end(),
        [](unsigned char c) { return std::iscntrl(c) != 0 || c == '@' || c == '#' || c == '?'; });
    if (isOdd || (search.words.empty() && !namesHost) || search.host == ".")
        return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is nothing to look for", 0,
            "Write a part of a name, or with a registry: quay.io/nginx" };
    return search;
}

Result<std::vector<FoundRepository>> searchRegistry(const RegistrySearch& search, JobContext& context)
{
    RegistryHttp http(search.host, search.access, context);
    auto found = Result<std::optional<std::vector<FoundRepository>>>(std::nullopt);
    if (!search.words.empty())
        found = bySearch(http, search);
    if (!found)
        return std::move(found).error().withContext("search " + search.host);
    auto repositories = *found ? Result<std::vector<FoundRepository>>(**std::move(found)) : byCatalogue(http, search);
    if (!repositories)
        return std::move(repositories).error().withContext("search " + search.host);
    for (auto& repository : *repositories) {
        const bool isOfficial = search.host == "docker.io" && repository.name.find('/') == std::string::npos;
        repository.name = search.host + (isOfficial ? "/library/" : "/") + repository.name;
    }
    return repositories;
}

} // namespace twinhull
