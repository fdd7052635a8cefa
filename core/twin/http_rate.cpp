// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/http_rate.h"

#include "core/base/clock.h"
#include "core/twin/http_answer.h"

namespace twinhull {

namespace {

constexpr auto kFirstAnswer = std::chrono::minutes(1);

std::string requestFor(std::uint16_t port, const std::string& path)
{
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port)
        + "\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n\r\n";
}

/// Refused, ended or reset: by the server, or by the network in between while nobody listens inside.
bool isEnded(const Error& error)
{
    return error.code != ErrorCode::Corrupt && error.code != ErrorCode::Cancelled && error.code != ErrorCode::Timeout;
}

/// Asks over one connection until `goesOn` says no or the server ends it; at least one answer. What each took, in
/// milliseconds, is added to `turns`.
template <typename GoesOn>
Result<> askOver(std::uint16_t port, const std::string& request, const ClientPatience& patience, const GoesOn& goesOn,
    std::vector<double>& turns)
{
    std::int64_t asked = monotonicNanoseconds(); // of the first answer the connection is a part
    const auto client = LoopbackClient::connectTo(port, patience);
    if (!client)
        return client.error();
    HttpAnswers answers(*client);
    bool isFirst = true;
    bool isKept = true;
    while (isKept && (isFirst || goesOn())) {
        auto sent = client->send(request);
        const auto head = sent ? answers.next() : Result<HttpHead>(std::move(sent).error());
        if (!head && !isFirst && isEnded(head.error()))
            return {}; // it may end a kept connection between two answers
        if (!head)
            return head.error();
        if (head->status != 200)
            return Error{ ErrorCode::Corrupt, "answered " + std::to_string(head->status), 0, {} };
        const std::int64_t now = monotonicNanoseconds();
        turns.push_back(double(now - asked) / 1e6);
        asked = now;
        isFirst = false;
        isKept = head->keepsConnection;
    }
    return {};
}

Error cancelled()
{
    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
}

} // namespace

Result<NetworkFigures> measureHttpRate(
    std::uint16_t port, const std::string& path, const ClientPatience& patience, std::chrono::nanoseconds stretch)
{
    const std::string request = requestFor(port, path);
    const std::string what = "GET http://127.0.0.1:" + std::to_string(port) + path;
    std::int64_t began = monotonicNanoseconds();
    const auto passed = [&began] { return std::chrono::nanoseconds(monotonicNanoseconds() - began); };
    while (true) {
        std::vector<double> uncounted;
        const auto first = askOver(
            port, request, patience, [] { return false; }, uncounted);
        if (first)
            break;
        if (!isEnded(first.error()) || passed() > kFirstAnswer)
            return Error(first.error()).withContext(what);
        if (patience.isWorn())
            return cancelled();
        ClientPatience::pause();
    }
    began = monotonicNanoseconds();
    std::vector<double> turns;
    while (passed() < stretch) {
        const auto more = askOver(
            port, request, patience, [&] { return passed() < stretch; }, turns);
        if (!more)
            return Error(more.error()).withContext(what);
        if (patience.isWorn())
            return cancelled();
    }
    const auto took = passed();
    return NetworkFigures{ double(turns.size()) / (double(took.count()) / 1e9), took, turnTimesOf(turns) };
}

} // namespace twinhull
