// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_output.h"

#include "core/jobs/job.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr std::size_t kOutputLimitBytes = 1U << 19U; // the list keeps many jobs
constexpr std::size_t kMostLineBytes = 4096; // a longer one would hold the view up

/// Lives and dies with its job.
class OutputOfJob : public QObject {
public:
    OutputOfJob(std::shared_ptr<JobOutput> of, QObject* job) : QObject(job), output(std::move(of)) { }

    std::shared_ptr<JobOutput> output;
};

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

void JobOutput::add(std::string_view bytes)
{
    const std::lock_guard guard(m_mutex);
    const std::size_t before = m_text.size();
    for (const char byte : bytes) {
        m_lineBytes = byte == '\n' ? 0 : m_lineBytes + 1;
        const bool isWithinLetter = (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
        if (m_lineBytes > kMostLineBytes + (isWithinLetter ? 3 : 0)) {
            m_text += '\n';
            m_lineBytes = 1;
        }
        m_text += byte;
    }
    m_end += m_text.size() - before;
    if (m_text.size() > kOutputLimitBytes)
        m_text.erase(0, m_text.size() - kOutputLimitBytes / 2);
}

JobOutput::Piece JobOutput::from(std::uint64_t begin) const
{
    const std::lock_guard guard(m_mutex);
    const std::uint64_t first = m_end - m_text.size();
    const std::uint64_t at = std::min(std::max(begin, first), m_end);
    return { m_text.substr(static_cast<std::size_t>(at - first)), m_end, begin < first };
}

bool JobOutput::isEmpty() const
{
    const std::lock_guard guard(m_mutex);
    return m_end == 0;
}

void attachOutput(Job& job, std::shared_ptr<JobOutput> output)
{
    new OutputOfJob(std::move(output), &job);
}

std::shared_ptr<const JobOutput> outputOf(const Job& job)
{
    for (const QObject* child : job.children()) {
        if (const auto* own = dynamic_cast<const OutputOfJob*>(child))
            return own->output;
    }
    return nullptr;
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
