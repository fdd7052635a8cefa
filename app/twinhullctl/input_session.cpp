// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/input_session.h"

#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr qsizetype kPieceOfInput = 64 << 10;

} // namespace

InputSession::InputSession(std::unique_ptr<InputConnection> connection, Begin begin, QObject* parent)
    : QObject(parent)
    , m_connection(std::move(connection))
    , m_input(STDIN_FILENO, QSocketNotifier::Read)
    , m_isAtEnd(begin == Begin::AtEnd)
{
    m_input.setEnabled(false); // nothing is taken from it that nobody may want
    connect(&m_input, &QSocketNotifier::activated, this, &InputSession::onReadable);
    connect(m_connection.get(), &InputConnection::wanted, this, &InputSession::onWanted);
    connect(m_connection.get(), &InputConnection::closed, this, [this] {
        m_input.setEnabled(false);
        Q_EMIT closed();
    });
    connect(m_connection.get(), &InputConnection::refused, this, &InputSession::refused);
}

void InputSession::onWanted()
{
    if (m_isAtEnd)
        m_connection->end();
    else
        m_input.setEnabled(true);
}

void InputSession::onReadable()
{
    QByteArray bytes(kPieceOfInput, Qt::Uninitialized);
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), static_cast<std::size_t>(bytes.size()));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) { // its end, or what cannot be read at all
        m_input.setEnabled(false);
        m_isAtEnd = true;
        m_connection->end();
        return;
    }
    bytes.truncate(static_cast<qsizetype>(count));
    if (!m_connection->pass(bytes))
        m_input.setEnabled(false);
}

} // namespace twinhull
