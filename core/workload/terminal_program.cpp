// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/terminal_program.h"

#include "core/base/data_folders.h"

#include <QCoreApplication>
#include <QTimer>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace twinhull {

namespace {

constexpr std::size_t kPieceBytes = 16384;
constexpr int kMostPiecesAtTheEnd = 64;

void setTerminalSize(const UniqueFd& terminal, const QSize& size)
{
    winsize cells{};
    cells.ws_col = static_cast<unsigned short>(size.width());
    cells.ws_row = static_cast<unsigned short>(size.height());
    (void)::ioctl(terminal.fd(), TIOCSWINSZ, &cells); // a wrong size is no reason to end
}

/// Between fork and exec: no heap.
void becomeLeader(int terminal)
{
    ::setsid();
    (void)::ioctl(terminal, TIOCSCTTY, 0);
    for (const int stream : { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO })
        (void)::dup2(terminal, stream);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// The beginning of a command line of twinhullctl.
Result<QStringList> wordsOfOurs(const QString& verb)
{
    const std::string program = findProgram("twinhullctl");
    if (program.empty())
        return Error{ ErrorCode::NotFound, "twinhullctl, a part of Twinhull, is missing", 0, {} };
    return QStringList{ QString::fromStdString(program), verb };
}

} // namespace

TerminalProgram::TerminalProgram(QObject* parent) : QObject(parent) { }

TerminalProgram::~TerminalProgram()
{
    m_readable.reset();
    m_writable.reset();
    m_master.reset(); // SIGHUP
    if (m_process && m_process->state() != QProcess::NotRunning)
        leaveToItsEnd();
}

/// Nobody waits for it here; what does not hear the hang-up is ended.
void TerminalProgram::leaveToItsEnd()
{
    constexpr std::chrono::seconds kHangUpPatience{ 3 };
    QProcess* process = m_process.release();
    process->disconnect(this);
    process->setParent(QCoreApplication::instance());
    connect(process, &QProcess::finished, process, &QObject::deleteLater);
    QTimer::singleShot(kHangUpPatience, process, &QProcess::kill);
}

Result<> TerminalProgram::start(const QStringList& words, const QSize& size)
{
    m_master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!m_master || ::unlockpt(m_master.fd()) != 0)
        return Error::fromErrno(errno, "make a terminal");
    const UniqueFd theirs(::ioctl(m_master.fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!theirs)
        return Error::fromErrno(errno, "open the terminal");
    setTerminalSize(m_master, size);
    m_process = std::make_unique<QProcess>();
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("TERM"), QStringLiteral("xterm-256color"));
    m_process->setProcessEnvironment(environment);
    m_process->setInputChannelMode(QProcess::ForwardedInputChannel);
    m_process->setProcessChannelMode(QProcess::ForwardedChannels);
    m_process->setChildProcessModifier([terminal = theirs.fd()] { becomeLeader(terminal); });
    connect(m_process.get(), &QProcess::finished, this, &TerminalProgram::onFinished);
    m_process->start(words.first(), words.mid(1));
    if (m_process->state() == QProcess::NotRunning)
        return Error{ ErrorCode::Unavailable,
            "start " + words.first().toStdString() + ": " + m_process->errorString().toStdString(), 0, {} };
    m_readable = std::make_unique<QSocketNotifier>(m_master.fd(), QSocketNotifier::Read);
    m_writable = std::make_unique<QSocketNotifier>(m_master.fd(), QSocketNotifier::Write);
    m_writable->setEnabled(false);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &TerminalProgram::readMore);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &TerminalProgram::writeMore);
    return {};
}

void TerminalProgram::write(const QByteArray& bytes)
{
    if (!m_writable)
        return;
    m_waiting += bytes;
    writeMore();
}

void TerminalProgram::resize(const QSize& size)
{
    if (m_master)
        setTerminalSize(m_master, size);
}

void TerminalProgram::readMore()
{
    std::array<char, kPieceBytes> piece; // not cleared: it is as large for one letter
    const ssize_t count = ::read(m_master.fd(), piece.data(), piece.size());
    if (count > 0)
        Q_EMIT received(QByteArray(piece.data(), static_cast<qsizetype>(count)));
    else if (count == 0 || (errno != EAGAIN && errno != EINTR)) // EIO: nobody has it open any more
        m_readable->setEnabled(false);
}

void TerminalProgram::writeMore()
{
    while (!m_waiting.isEmpty()) {
        const ssize_t count = ::write(m_master.fd(), m_waiting.constData(), static_cast<std::size_t>(m_waiting.size()));
        if (count > 0)
            m_waiting.remove(0, static_cast<qsizetype>(count));
        else if (errno != EINTR)
            break;
    }
    m_writable->setEnabled(!m_waiting.isEmpty());
}

void TerminalProgram::onFinished(int exitCode, QProcess::ExitStatus status)
{
    constexpr int kBySignal = 128;
    for (int i = 0; i < kMostPiecesAtTheEnd && m_readable->isEnabled(); ++i)
        readMore();
    m_readable.reset();
    m_writable.reset();
    m_master.reset();
    Q_EMIT ended(status == QProcess::NormalExit ? exitCode : kBySignal + exitCode);
}

Result<QStringList> terminalCommand(const WorkloadInfo& info, const QString& user, const QStringList& command)
{
    auto words = wordsOfOurs(QStringLiteral("exec"));
    if (!words)
        return words;
    *words << QStringLiteral("-t") << QStringLiteral("--kind")
           << (info.id.kind == WorkloadKind::Container ? QStringLiteral("container") : QStringLiteral("vm"));
    if (!user.isEmpty())
        *words << QStringLiteral("--user") << user;
    *words << info.name << QStringLiteral("--") << command;
    return words;
}

Result<QStringList> attachCommand(const WorkloadInfo& info)
{
    auto words = wordsOfOurs(QStringLiteral("attach"));
    if (words)
        *words << info.id.key;
    return words;
}

} // namespace twinhull
