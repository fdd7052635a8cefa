// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/connection_list.h"

#include "core/base/files.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kFileLimitBytes = 256 * 1024;
constexpr std::size_t kMostConnections = 64;
constexpr qsizetype kLongestUri = 1024;
constexpr qsizetype kLongestName = 64;
const QString kReserved = QStringLiteral("home"); // how the one in the settings is called

bool isName(const QString& name)
{
    static const QRegularExpression wellFormed(QStringLiteral("\\A[a-z0-9][a-z0-9_.-]*\\z"));
    return name.size() <= kLongestName && name != kReserved && wellFormed.match(name).hasMatch();
}

std::vector<SavedConnection>::const_iterator named(const std::vector<SavedConnection>& all, const QString& name)
{
    return std::find_if(all.begin(), all.end(), [&name](const auto& one) { return one.name == name; });
}

Error unknown(const QString& name)
{
    return { ErrorCode::NotFound, "there is no connection " + name.toStdString(), 0,
        "See them with: twinhullctl connections" };
}

Result<> checkNew(const std::vector<SavedConnection>& all, const SavedConnection& wish, const QString& homeUri)
{
    if (!isName(wish.name))
        return Error{ ErrorCode::InvalidArgument, '"' + wish.name.toStdString() + "\" cannot name a connection", 0,
            "Lower-case letters, digits, - _ and . after the first; home is the one in the settings." };
    if (all.size() >= kMostConnections)
        return Error{ ErrorCode::InvalidArgument, "there are " + std::to_string(all.size()) + " connections already", 0,
            "Remove one first: twinhullctl disconnect NAME" };
    const auto same = std::find_if(all.begin(), all.end(), [&wish](const auto& one) { return one.uri == wish.uri; });
    if (same != all.end() || wish.uri == homeUri)
        return Error{ ErrorCode::AlreadyExists,
            wish.uri.toStdString() + " is there already, as "
                + (same != all.end() ? same->name : kReserved).toStdString(),
            0, {} };
    if (named(all, wish.name) != all.end())
        return Error{ ErrorCode::AlreadyExists, "a connection is named " + wish.name.toStdString() + " already", 0,
            "Choose another with --name." };
    return {};
}

} // namespace

ConnectionList::ConnectionList(const DataFolders& folders) : m_folder(folders.config) { }

QString ConnectionList::path() const
{
    return QString::fromStdString(m_folder) + QStringLiteral("/connections.json");
}

Result<std::vector<SavedConnection>> ConnectionList::read() const
{
    const auto text = readFile(path().toStdString(), kFileLimitBytes);
    if (!text && text.error().code == ErrorCode::NotFound)
        return std::vector<SavedConnection>();
    if (!text)
        return text.error();
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(*text));
    if (!document.isArray())
        return Error{ ErrorCode::Corrupt, path().toStdString() + " is no list of connections", 0,
            "Repair it, or move it away and connect anew." };
    std::vector<SavedConnection> all;
    for (const QJsonValue value : document.array()) {
        SavedConnection one{ value[u"name"].toString(), value[u"uri"].toString(), value[u"autoconnect"].toBool(true) };
        if (isName(one.name) && checkConnectionUri(one.uri) && all.size() < kMostConnections
            && named(all, one.name) == all.end())
            all.push_back(std::move(one));
    }
    return all;
}

Result<SavedConnection> ConnectionList::find(const QString& nameOrUri) const
{
    const auto all = read();
    if (!all)
        return all.error();
    const auto found = std::find_if(all->begin(), all->end(),
        [&nameOrUri](const auto& one) { return one.name == nameOrUri || one.uri == nameOrUri; });
    return found == all->end() ? Result<SavedConnection>(unknown(nameOrUri)) : Result<SavedConnection>(*found);
}

Result<SavedConnection> ConnectionList::add(SavedConnection wish, const QString& homeUri) const
{
    if (auto checked = checkConnectionUri(wish.uri); !checked)
        return std::move(checked).error();
    if (wish.name.isEmpty())
        wish.name = connectionNameFrom(wish.uri);
    const auto lock = waitForFolder(m_folder);
    if (!lock)
        return lock.error();
    auto all = read();
    if (!all)
        return std::move(all).error();
    if (auto checked = checkNew(*all, wish, homeUri); !checked)
        return std::move(checked).error();
    all->push_back(wish);
    auto written = write(*all);
    return written ? Result<SavedConnection>(std::move(wish)) : Result<SavedConnection>(std::move(written).error());
}

Result<> ConnectionList::remove(const QString& name) const
{
    const auto lock = waitForFolder(m_folder);
    if (!lock)
        return lock.error();
    auto all = read();
    if (!all)
        return std::move(all).error();
    const auto found = named(*all, name);
    if (found == all->end())
        return unknown(name);
    all->erase(found);
    return write(*all);
}

Result<> ConnectionList::write(const std::vector<SavedConnection>& all) const
{
    QJsonArray array;
    for (const SavedConnection& one : all)
        array.append(QJsonObject{ { QStringLiteral("name"), one.name }, { QStringLiteral("uri"), one.uri },
            { QStringLiteral("autoconnect"), one.isAutoconnected } });
    return writeFileAtomically(path().toStdString(), QJsonDocument(array).toJson().toStdString());
}

QString connectionNameFrom(const QString& uri)
{
    const QUrl url(uri);
    QString name = url.host().isEmpty() ? url.path().section(u'/', 1, 1) : url.host();
    if (name.isEmpty() || name == u"default")
        name = url.scheme();
    name = name.toLower();
    static const QRegularExpression other(QStringLiteral("[^a-z0-9_.-]"));
    return name.replace(other, QStringLiteral("-")).left(kLongestName);
}

Result<> checkConnectionUri(const QString& uri)
{
    static const QRegularExpression wellFormed(
        QStringLiteral("\\A[a-z][a-z0-9]*(\\+[a-z0-9]+)?://[^\\s\\x00-\\x1f]*\\z"));
    if (uri.size() <= kLongestUri && wellFormed.match(uri).hasMatch() && QUrl(uri).isValid())
        return {};
    return Error{ ErrorCode::InvalidArgument, '"' + uri.toStdString() + "\" is no address of libvirt's", 0,
        "Such as qemu:///system, qemu+ssh://USER@HOST/system, xen:///system, lxc:///system or test:///default." };
}

} // namespace twinhull
