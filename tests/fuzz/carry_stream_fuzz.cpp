// SPDX-License-Identifier: GPL-3.0-or-later
// What a program inside of a container or a guest sends as files.
#include "core/carry/carry_message.h"
#include "tests/fuzz/fuzz_input.h"

using namespace twinhull;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    constexpr std::size_t kPiece = 97; // messages come in parts
    std::string_view left = fuzz::textOf(bytes, size);
    CarryDecoder decoder;
    while (!left.empty()) {
        decoder.append(left.substr(0, kPiece));
        left.remove_prefix(std::min(kPiece, left.size()));
        for (;;) {
            const auto message = decoder.take();
            fuzz::requireOneLine(message);
            if (!message)
                return 0;
            if (!*message)
                break;
            const CarryMessage& heard = **message;
            fuzz::require(heard.name.empty() || isCarriedName(heard.name), "a name is one component");
            fuzz::require(heard.text.size() <= kCarryBytesLimit, "a piece is small");
            CarryDecoder again;
            again.append(encodeCarryMessage(heard));
            const auto same = again.take();
            fuzz::require(same && *same && **same == heard, "what was written reads the same");
        }
    }
    return 0;
}
