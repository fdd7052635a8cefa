// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/input_pipe.h"

#include <QTest>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>

using namespace twinhull;
using State = InputPipe::State;

/// What is fed into a container's standard input.
class InputPipeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        (void)std::signal(SIGPIPE, SIG_IGN);
        auto pipe = InputPipe::make();
        QVERIFY(pipe);
        m_pipe.emplace(*std::move(pipe));
        m_reader.reset(::fcntl(m_pipe->readEnd(), F_DUPFD_CLOEXEC, 3)); // what the container has
        m_pipe->letGoOfReadEnd();
    }

    void comesOutAsItWentIn()
    {
        QCOMPARE(m_pipe->feed("one"), State::Open);
        QCOMPARE(m_pipe->feed("two"), State::Open);
        QCOMPARE(read(), std::string("onetwo"));
    }

    void keepsWhatDoesNotFitUntilItDoes()
    {
        const std::string much(std::size_t(200) << 10U, 'x'); // a pipe holds 64 KiB
        QCOMPARE(m_pipe->feed(much), State::Waiting);
        QCOMPARE(m_pipe->end(), State::Waiting);
        std::string all;
        for (auto state = State::Waiting; state == State::Waiting; state = m_pipe->feed({}))
            all += read();
        m_pipe.reset();
        for (std::string rest = read(); !rest.empty(); rest = read())
            all += rest;
        QVERIFY(all == much);
    }

    void endsAtOnceWhereNothingWaits()
    {
        QCOMPARE(m_pipe->feed("one"), State::Open);
        QCOMPARE(m_pipe->end(), State::Closed);
        m_pipe.reset();
        QCOMPARE(read(), std::string("one"));
        QCOMPARE(read(), std::string());
    }

    void seesThatNobodyReadsAnyMore()
    {
        m_reader.reset();
        QCOMPARE(m_pipe->feed("one"), State::Closed);
    }

private:
    std::string read() const
    {
        std::array<char, 65536> bytes{};
        const ssize_t count = ::read(m_reader.fd(), bytes.data(), bytes.size());
        return { bytes.data(), static_cast<std::size_t>(count > 0 ? count : 0) };
    }

    std::optional<InputPipe> m_pipe;
    UniqueFd m_reader;
};

QTEST_GUILESS_MAIN(InputPipeTest)
#include "input_pipe_test.moc"
