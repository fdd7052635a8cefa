// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/pool_changes.h"

#include "core/base/files.h"
#include "core/vms/domain/definition_access.h"
#include "core/vms/storage/pool_access.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"

namespace twinhull {

namespace {

bool standsInFolder(const QString& type)
{
    return type == u"dir" || type == u"fs" || type == u"netfs";
}

/// Nothing where nothing is to be made. Only what formats something takes a flag (virStoragePoolBuildFlags).
std::optional<unsigned> makingFlags(const PoolWish& wish)
{
    if (wish.making == PoolWish::Making::Folder || wish.type == u"dir" || wish.type == u"netfs")
        return standsInFolder(wish.type) ? std::optional<unsigned>(0) : std::nullopt;
    if (wish.type == u"zfs")
        return 0;
    return wish.making == PoolWish::Making::Empty ? VIR_STORAGE_POOL_BUILD_NO_OVERWRITE
                                                  : VIR_STORAGE_POOL_BUILD_OVERWRITE;
}

/// A pool until it is started; nothing is left of it when that fails.
class PoolInMaking {
public:
    PoolInMaking(PoolHandle handle, bool ownsFolder) : m_handle(std::move(handle)), m_ownsFolder(ownsFolder) { }
    PoolInMaking(const PoolInMaking&) = delete;
    PoolInMaking& operator=(const PoolInMaking&) = delete;
    ~PoolInMaking()
    {
        if (m_isKept)
            return;
        if (virStoragePoolIsActive(m_handle.get()) == 1)
            (void)virStoragePoolDestroy(m_handle.get()); // nothing more can be done about it, here and below
        if (m_ownsFolder)
            (void)virStoragePoolDelete(m_handle.get(), 0);
        (void)virStoragePoolUndefine(m_handle.get());
    }

    virStoragePoolPtr get() const { return m_handle.get(); }
    void keep() { m_isKept = true; }

private:
    PoolHandle m_handle;
    bool m_ownsFolder;
    bool m_isKept = false;
};

Result<> makeAndStart(virStoragePoolPtr pool, const PoolWish& wish)
{
    const std::string name = wish.name.toStdString();
    if (const auto flags = makingFlags(wish)) {
        if (virStoragePoolBuild(pool, *flags) != 0)
            return libvirtError("make what pool " + name + " stands on");
    }
    if (virStoragePoolCreate(pool, 0) != 0)
        return libvirtError("start pool " + name);
    return answerOf(
        virStoragePoolSetAutostart(pool, wish.isAutostarted ? 1 : 0), "let pool " + name + " start by itself");
}

/// What a running machine stands on is not taken away.
Result<> checkNothingRuns(virConnectPtr connection, const VmToolbox& tools, const QString& name)
{
    const auto pools = readPoolsOf(connection, tools, { name });
    if (!pools)
        return pools.error();
    for (const auto& volume : pools->front().volumes) {
        if (volume.isUsedByRunning())
            return Error{ ErrorCode::Busy,
                "volume " + volume.name.toStdString() + " of pool " + name.toStdString() + " is used by "
                    + usersInWords(volume.users).toStdString(),
                0, "Shut it down first" };
    }
    return {};
}

Result<> stopPool(virConnectPtr connection, const VmToolbox& tools, virStoragePoolPtr pool, const QString& name)
{
    if (auto idle = checkNothingRuns(connection, tools, name); !idle)
        return idle;
    return answerOf(virStoragePoolDestroy(pool), "stop pool " + name.toStdString());
}

Result<> deletePool(virConnectPtr connection, const VmToolbox& tools, virStoragePoolPtr pool, const QString& name)
{
    const bool isPersistent = virStoragePoolIsPersistent(pool) != 0;
    if (virStoragePoolIsActive(pool) == 1) {
        if (auto stopped = stopPool(connection, tools, pool, name); !stopped)
            return stopped;
    }
    return isPersistent ? answerOf(virStoragePoolUndefine(pool), "delete pool " + name.toStdString()) : Result<>();
}

Result<> letIn(virConnectPtr connection, const VmToolbox& tools, virStoragePoolPtr pool)
{
    const auto described = describePool(pool);
    if (!described)
        return described.error();
    const auto user = guestUserOf(connection, tools);
    if (!user || described->target.isEmpty())
        return Error{ ErrorCode::Unsupported, "whom to let into it cannot be told from here", 0,
            "Look at the permissions on the computer that has the pool" };
    return openTheWay(described->target, *user, folderUseOf(tools));
}

DefinitionAccess definitionOfPool(virConnectPtr connection, virStoragePoolPtr pool, const QString& name)
{
    return { "pool " + name.toStdString(), kPoolDefinition,
        [pool](unsigned flags) { return virStoragePoolGetXMLDesc(pool, flags); },
        [pool] { return virStoragePoolIsActive(pool); }, [pool] { return virStoragePoolIsPersistent(pool); },
        [connection](const char* xml, unsigned flags) {
            return PoolHandle(virStoragePoolDefineXML(connection, xml, flags)) != nullptr;
        } };
}

} // namespace

Result<> createPoolOf(virConnectPtr connection, const VmToolbox& tools, const PoolWish& wish)
{
    const auto xml = poolXmlOf(wish);
    if (!xml)
        return xml.error();
    if (const auto there = findPool(connection, wish.name); there || there.error().code != ErrorCode::NotFound)
        return there ? Error{ ErrorCode::AlreadyExists, "there is a pool " + wish.name.toStdString() + " already", 0,
            "Choose another name" }
                     : there.error();
    const QString target = wish.fields.value(QStringLiteral("target"));
    const bool ownsFolder
        = tools.place == HypervisorPlace::Here && standsInFolder(wish.type) && !exists(target.toStdString());
    PoolHandle handle(virStoragePoolDefineXML(connection, xml->constData(), 0));
    if (!handle)
        return withStorageStep(libvirtError("define pool " + wish.name.toStdString()), tools, wish.type);
    PoolInMaking pool(std::move(handle), ownsFolder);
    if (auto made = makeAndStart(pool.get(), wish); !made)
        return withStorageStep(std::move(made).error(), tools, wish.type);
    pool.keep();
    return {};
}

Result<> changePoolOf(virConnectPtr connection, const VmToolbox& tools, const QString& name, PoolChange change)
{
    const auto pool = findPool(connection, name);
    if (!pool)
        return pool.error();
    const auto described = describePool(pool->get());
    const std::string words = " pool " + name.toStdString();
    auto done = [&]() -> Result<> {
        switch (change) {
        case PoolChange::Start:
            return answerOf(virStoragePoolCreate(pool->get(), 0), "start" + words);
        case PoolChange::Stop:
            return stopPool(connection, tools, pool->get(), name);
        case PoolChange::Refresh:
            return answerOf(virStoragePoolRefresh(pool->get(), 0), "refresh" + words);
        case PoolChange::Delete:
            return deletePool(connection, tools, pool->get(), name);
        case PoolChange::LetIn:
            return letIn(connection, tools, pool->get());
        case PoolChange::Autostart:
            return answerOf(virStoragePoolSetAutostart(pool->get(), 1), "let it start by itself:" + words);
        default:
            return answerOf(virStoragePoolSetAutostart(pool->get(), 0), "no longer start by itself:" + words);
        }
    }();
    return done ? done : withStorageStep(std::move(done).error(), tools, described ? described->type : QString());
}

Result<NamedDefinition> readPoolDefinition(virConnectPtr connection, const QString& name)
{
    const auto pool = findPool(connection, name);
    return pool ? readDefinitionOf(definitionOfPool(connection, pool->get(), name)) : pool.error();
}

Result<DefinitionOutcome> replacePoolDefinition(
    virConnectPtr connection, const QString& name, const NewDefinition& definition)
{
    const auto pool = findPool(connection, name);
    return pool ? replaceDefinitionOf(connection, definitionOfPool(connection, pool->get(), name), definition)
                : pool.error();
}

} // namespace twinhull
