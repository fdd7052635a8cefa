// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/container_world.h"

#include "core/base/files.h"
#include "core/images/starter_image.h"
#include "core/ipc/log_line.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>

namespace twinhull::test {

namespace {

Error noSuch(const QString& name)
{
    return Error{ ErrorCode::NotFound, "no container " + name.toStdString(), 0, {} };
}

} // namespace

ContainerWorld::ContainerWorld()
{
    const QByteArray tested = qgetenv("TWINHULL_TEST_BIN"); // those of another build come first
    qputenv("TWINHULL_LIBEXEC", tested.isEmpty() ? QByteArray(TH_BUILD_BIN_DIR) : tested + ":" TH_BUILD_BIN_DIR);
    m_images = std::make_unique<ImageStore>(m_world.folders());
    const auto built = buildStarterImage(m_world.folders(), QStringLiteral("/bin/busybox"));
    if (auto result = runJob(*built); !result)
        m_problem = QString::fromStdString(result.error().toLine());
    m_images->refresh();
    m_provider = std::make_unique<ContainerProvider>(m_world.folders(), *m_images);
    if (auto available = m_provider->availability(); !available)
        m_problem = QString::fromStdString(available.error().toLine());
}

ContainerWorld::~ContainerWorld()
{
    for (const auto& info : m_provider->workloads()) {
        if (auto removed = remove(info.name); !removed)
            qWarning("%s", removed.error().toLine().c_str());
    }
}

void ContainerWorld::restartProvider()
{
    m_provider.reset();
    m_provider = std::make_unique<ContainerProvider>(m_world.folders(), *m_images);
}

WorkloadPlan ContainerWorld::plan(const QString& name, const QStringList& command)
{
    WorkloadPlan plan;
    plan.name = name;
    plan.source = ImageSource{ QStringLiteral("starter") };
    plan.command = command;
    plan.hasNetwork = false;
    return plan;
}

WorkloadPlan ContainerWorld::script(const QString& name, const QString& text)
{
    return plan(name, { QStringLiteral("/bin/sh"), QStringLiteral("-c"), text });
}

Result<> ContainerWorld::create(const WorkloadPlan& plan)
{
    return runJob(*m_provider->create(plan));
}

Result<> ContainerWorld::start(const QString& name)
{
    const auto found = info(name);
    return found.name.isEmpty() ? noSuch(name) : runJob(*m_provider->start(found.id));
}

Result<> ContainerWorld::stop(const QString& name, StopMode mode)
{
    const auto found = info(name);
    return found.name.isEmpty() ? noSuch(name) : runJob(*m_provider->stop(found.id, mode));
}

Result<> ContainerWorld::remove(const QString& name)
{
    const auto found = info(name);
    return found.name.isEmpty() ? noSuch(name) : runJob(*m_provider->remove(found.id));
}

WorkloadInfo ContainerWorld::info(const QString& name) const
{
    const auto all = m_provider->workloads();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.name == name; });
    return found == all.end() ? WorkloadInfo() : *found;
}

QByteArray ContainerWorld::log(const QString& name) const
{
    const auto records = readFile(info(name).logPath.toStdString());
    QByteArray text;
    for (const auto& record : QByteArray::fromStdString(records ? *records : std::string()).split('\n')) {
        const auto line = parseLogLine({ record.constData(), static_cast<std::size_t>(record.size()) });
        if (!line)
            continue;
        text.append(line->text.data(), static_cast<qsizetype>(line->text.size()));
        text.append(line->piece == LogPiece::Line ? "\n" : "");
    }
    return text;
}

std::uint16_t freePort()
{
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
        return 0;
    return ntohs(address.sin_port);
}

} // namespace twinhull::test
