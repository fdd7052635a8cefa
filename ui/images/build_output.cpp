// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/build_output.h"

#include <utility>

namespace twinhull {

namespace {

constexpr std::size_t kWaitingLimitBytes = 1U << 20U;

/// The end of the escape sequence that begins at `at` (ECMA-48: CSI, OSC and two-character ones).
std::size_t endOfSequence(std::string_view bytes, std::size_t at)
{
    std::size_t end = at + 1;
    if (end >= bytes.size())
        return bytes.size();
    if (bytes[end] == '[') {
        for (++end; end < bytes.size() && !(bytes[end] >= '@' && bytes[end] <= '~');)
            ++end;
    } else if (bytes[end] == ']') {
        while (end < bytes.size() && bytes[end] != '\a' && bytes[end] != '\n')
            ++end;
    }
    return std::min(end + 1, bytes.size());
}

} // namespace

void BuildOutput::add(std::string_view bytes)
{
    const std::lock_guard guard(m_mutex);
    m_waiting.text.append(bytes);
    if (m_waiting.text.size() > kWaitingLimitBytes) {
        m_waiting.text.erase(0, m_waiting.text.size() - kWaitingLimitBytes / 2);
        m_waiting.isCut = true;
    }
}

BuildOutput::Taken BuildOutput::take()
{
    const std::lock_guard guard(m_mutex);
    return std::exchange(m_waiting, {});
}

QString plainText(std::string_view bytes)
{
    std::string text;
    std::size_t lineStart = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto c = static_cast<unsigned char>(bytes[at]);
        if (c == 0x1B) {
            at = endOfSequence(bytes, at);
            continue;
        }
        if (c == '\r' && at + 1 < bytes.size() && bytes[at + 1] != '\n')
            text.resize(lineStart);
        if (c >= 0x20 || c == '\n' || c == '\t')
            text += bytes[at];
        if (c == '\n')
            lineStart = text.size();
        ++at;
    }
    return QString::fromStdString(text);
}

} // namespace twinhull
