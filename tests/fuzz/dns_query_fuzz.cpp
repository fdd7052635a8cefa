// SPDX-License-Identifier: GPL-3.0-or-later
// What a container sends to the name server of its network.
#include "core/keeper/dns_message.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto packet = fuzz::textOf(bytes, size);
    const auto query = parseDnsQuery(packet);
    if (!query)
        return 0;
    fuzz::require(query->name.size() <= 253 && query->questionEnd <= packet.size(), "what is read keeps to its limits");
    const std::vector<IpAddress> addresses{ *IpAddress::parse("10.0.0.1"), *IpAddress::parse("fd00::1") };
    const auto answer = dnsAnswer(packet, *query, addresses, DnsCode::Fine);
    fuzz::require(answer.size() <= query->questionEnd + 28 && dnsId(answer) == query->id, "an answer is short");
    fuzz::require(!parseDnsQuery(answer), "an answer is no query");
    return 0;
}
