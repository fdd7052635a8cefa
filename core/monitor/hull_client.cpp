// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/hull_client.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/monitor/waiting.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 30s;
constexpr std::size_t kMarkTextLimit = 4096;
constexpr std::size_t kRecordLimitBytes = 1U << 20U;

Error failed(const std::string& verb, int status, const std::string& said)
{
    const std::string reason = lastLineOf(said);
    return Error{ ErrorCode::Unknown,
        "hull " + verb + ": " + (reason.empty() ? "exit status " + std::to_string(status) : reason), 0, {} };
}

} // namespace

HullClient::HullClient(std::string hullPath, std::string stateFolder, std::string id)
    : m_hullPath(std::move(hullPath)), m_stateFolder(std::move(stateFolder)), m_id(std::move(id))
{
}

std::vector<std::string> HullClient::arguments(std::vector<std::string> more) const
{
    std::vector<std::string> all{ m_hullPath, "--root", m_stateFolder };
    std::move(more.begin(), more.end(), std::back_inserter(all));
    return all;
}

Result<> HullClient::create(const std::string& bundle, const OutputFifo& output, OutputFifo& error)
{
    auto marks = makePipe();
    auto outputEnd = output.writeEnd();
    auto errorEnd = error.writeEnd();
    if (!marks || !outputEnd || !errorEnd)
        return marks ? (outputEnd ? std::move(errorEnd).error() : std::move(outputEnd).error())
                     : std::move(marks).error();
    auto child = spawn({ arguments({ "create", "--bundle", bundle, "--marks-fd", "3", m_id }), {}, {} },
        ChildStdio{ -1, outputEnd->fd(), errorEnd->fd(), marks->writeEnd.fd() });
    if (!child)
        return std::move(child).error();
    m_marks = std::move(marks->readEnd);
    auto status = waitForExit(*child, kDeadline);
    if (!status)
        return std::move(status).error().withContext("hull create");
    return *status == 0 ? Result<>() : failed("create", *status, error.read());
}

Result<> HullClient::start()
{
    auto output = runCommand({ arguments({ "start", m_id }), {}, {} }, kDeadline);
    if (!output)
        return std::move(output).error();
    return output->exitStatus == 0 ? Result<>() : failed("start", output->exitStatus, output->standardError);
}

Result<> HullClient::remove()
{
    if (!exists(m_stateFolder + "/" + m_id))
        return {};
    auto output = runCommand({ arguments({ "delete", "--force", m_id }), {}, {} }, kDeadline);
    if (!output)
        return std::move(output).error();
    return output->exitStatus == 0 ? Result<>() : failed("delete", output->exitStatus, output->standardError);
}

Result<oci::ContainerRecord> HullClient::record() const
{
    const std::string path = m_stateFolder + "/" + m_id + "/state.json";
    auto text = readFile(path, kRecordLimitBytes);
    if (!text)
        return std::move(text).error();
    return oci::decodeRecord(*text, path);
}

std::vector<MonitorMark> HullClient::takeMarks()
{
    std::array<char, 1024> bytes{};
    ssize_t count = 0;
    while (
        m_marks && m_markText.size() < kMarkTextLimit && (count = ::read(m_marks.fd(), bytes.data(), bytes.size())) > 0)
        m_markText.append(bytes.data(), static_cast<std::size_t>(count));
    std::vector<MonitorMark> marks;
    for (auto end = m_markText.find('\n'); end != std::string::npos; end = m_markText.find('\n')) {
        const std::string line = m_markText.substr(0, end);
        m_markText.erase(0, end + 1);
        const auto space = std::min(line.find(' '), line.size());
        MonitorMark mark{ line.substr(0, space), 0 };
        const char* first = line.data() + std::min(space + 1, line.size());
        if (std::from_chars(first, line.data() + line.size(), mark.monotonicNanoseconds).ec == std::errc())
            marks.push_back(std::move(mark));
    }
    return marks;
}

} // namespace twinhull
