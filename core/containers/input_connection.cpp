// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/input_connection.h"

namespace twinhull {

Result<std::unique_ptr<InputConnection>> InputConnection::open(const std::string& runtimeFolder)
{
    MonitorRequest request;
    request.verb = MonitorVerb::Feed;
    auto socket = openFor(request, runtimeFolder);
    if (!socket)
        return std::move(socket).error();
    return std::unique_ptr<InputConnection>(new InputConnection(*std::move(socket)));
}

bool InputConnection::pass(const QByteArray& bytes)
{
    append(bytes);
    return flush();
}

void InputConnection::end()
{
    m_isEnding = true;
    if (flush())
        onDrained();
}

void InputConnection::onDrained()
{
    if (m_isEnding)
        endSending();
    else
        Q_EMIT wanted();
}

} // namespace twinhull
