// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/hull_client.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/monitor/waiting.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kRestoreDeadline = 10min; // memory comes from a disk
constexpr std::size_t kMarkTextLimit = 4096;
constexpr std::size_t kMessageLimitBytes = 16U << 10U;
constexpr std::size_t kRecordLimitBytes = 1U << 20U;

/// hull's last line; of a checkpoint and a restore without its "hull: VERB ID: ". Others name a program there.
std::string reasonIn(const std::string& said, const std::string& verb)
{
    const std::string reason = lastLineOf(said);
    const std::string start = "hull: " + verb + ' ';
    const bool namesId = (verb == "checkpoint" || verb == "restore") && reason.starts_with(start);
    const auto end = namesId ? reason.find(": ", start.size()) : std::string::npos;
    return end == std::string::npos ? reason : reason.substr(end + 2);
}

Error failed(const std::string& verb, int status, const std::string& said)
{
    const std::string reason = reasonIn(said, verb);
    return Error{ ErrorCode::Unknown,
        "hull " + verb + ": " + (reason.empty() ? "exit status " + std::to_string(status) : reason), 0, {} };
}

/// As hull and criu call them.
void addWords(std::vector<std::string>& words, const HullClient::Checkpoint& checkpoint)
{
    words.insert(words.end(), { "--image-path", checkpoint.images, "--work-path", checkpoint.log });
    if (checkpoint.hasEmptyNetwork)
        words.insert(words.end(), { "--empty-ns", "network" });
    if (checkpoint.choice.keepsConnections)
        words.emplace_back("--tcp-established");
    if (checkpoint.choice.closesConnections)
        words.emplace_back("--tcp-close");
    if (checkpoint.choice.keepsLocks)
        words.emplace_back("--file-locks");
}

void readMarks(std::string_view text, std::vector<MonitorMark>& marks)
{
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        const auto space = line.find(' ');
        if (space == std::string_view::npos)
            continue;
        MonitorMark mark{ std::string(line.substr(0, space)), 0 };
        const char* last = line.data() + line.size();
        if (std::from_chars(line.data() + space + 1, last, mark.monotonicNanoseconds).ec == std::errc())
            marks.push_back(std::move(mark));
    }
}

} // namespace

HullClient::HullClient(std::string hullPath, std::string stateFolder, std::string id)
    : m_hullPath(std::move(hullPath)), m_stateFolder(std::move(stateFolder)), m_id(std::move(id))
{
}

Result<int> HullClient::run(std::vector<std::string> words, ChildStdio stdio, std::chrono::milliseconds deadline)
{
    auto marks = makePipe();
    if (!marks)
        return std::move(marks).error();
    std::vector<std::string> arguments{ m_hullPath, "--root", m_stateFolder, "--marks-fd", "3" };
    std::move(words.begin(), words.end(), std::back_inserter(arguments));
    stdio.extra = marks->writeEnd.fd();
    auto child = spawn({ arguments, {}, {} }, stdio);
    if (!child)
        return std::move(child).error();
    auto status = waitForExit(*child, deadline);
    std::string text(kMarkTextLimit, '\0');
    const ssize_t count = ::read(marks->readEnd.fd(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    readMarks(text, m_marks);
    return status;
}

Result<> HullClient::create(const Creation& creation, const OutputFifo& output, OutputFifo& error)
{
    auto outputEnd = output.writeEnd();
    auto errorEnd = error.writeEnd();
    if (!outputEnd || !errorEnd)
        return outputEnd ? std::move(errorEnd).error() : std::move(outputEnd).error();
    m_marks.clear(); // of the run before
    // under systemd an ordinary user has no other cgroup that can be limited
    std::vector<std::string> words{ "--cgroup-manager", "auto", "create", "--bundle", creation.bundle };
    if (!creation.consoleSocket.empty())
        words.insert(words.end(), { "--console-socket", creation.consoleSocket });
    words.push_back(m_id);
    auto status = run(std::move(words), { creation.input, outputEnd->fd(), errorEnd->fd() });
    if (!status)
        return std::move(status).error().withContext("hull create");
    return *status == 0 ? Result<>() : failed("create", *status, error.read());
}

Result<Child> HullClient::beginCheckpoint(const Checkpoint& checkpoint, int messages) const
{
    std::vector<std::string> words{ m_hullPath, "--root", m_stateFolder, "checkpoint" };
    addWords(words, checkpoint);
    if (checkpoint.choice.leavesRunning)
        words.emplace_back("--leave-running");
    words.push_back(m_id);
    return spawn({ words, {}, {} }, ChildStdio{ -1, -1, messages, -1 });
}

Result<> HullClient::judgeCheckpoint(int exitStatus, const std::string& said)
{
    return exitStatus == 0 ? Result<>() : failed("checkpoint", exitStatus, said);
}

Result<> HullClient::restore(
    const Creation& creation, const Checkpoint& checkpoint, const OutputFifo& output, OutputFifo& error)
{
    auto outputEnd = output.writeEnd();
    auto errorEnd = error.writeEnd();
    if (!outputEnd || !errorEnd)
        return outputEnd ? std::move(errorEnd).error() : std::move(outputEnd).error();
    m_marks.clear(); // of the run before
    std::vector<std::string> words{ "--cgroup-manager", "auto", "restore", "--detach", "--bundle", creation.bundle };
    addWords(words, checkpoint);
    if (!creation.consoleSocket.empty())
        words.insert(words.end(), { "--console-socket", creation.consoleSocket });
    words.push_back(m_id);
    auto status = run(std::move(words), { -1, outputEnd->fd(), errorEnd->fd() }, kRestoreDeadline);
    if (!status)
        return std::move(status).error().withContext("hull restore");
    return *status == 0 ? Result<>() : failed("restore", *status, error.read());
}

Result<> HullClient::runAndTell(const std::vector<std::string>& words)
{
    auto messages = makePipe();
    if (!messages)
        return std::move(messages).error();
    auto status = run(words, { -1, -1, messages->writeEnd.fd() });
    if (!status)
        return std::move(status).error().withContext("hull " + words.front());
    if (*status == 0)
        return {};
    std::string text(kMessageLimitBytes, '\0');
    const ssize_t count = ::read(messages->readEnd.fd(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return failed(words.front(), *status, text);
}

Result<> HullClient::start()
{
    return runAndTell({ "start", m_id });
}

Result<> HullClient::remove()
{
    if (!exists(m_stateFolder + "/" + m_id))
        return {};
    return runAndTell({ "delete", "--force", m_id });
}

Result<oci::ContainerRecord> HullClient::record() const
{
    const std::string path = m_stateFolder + "/" + m_id + "/state.json";
    auto text = readFile(path, kRecordLimitBytes);
    if (!text)
        return std::move(text).error();
    return oci::decodeRecord(*text, path);
}

} // namespace twinhull
