// SPDX-License-Identifier: GPL-3.0-or-later
#define G_DISABLE_CAST_CHECKS // their look at types is no function that osinfo_functions.h could load

#include "core/vms/making/os_catalog.h"

#include "core/jobs/thread_job.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/making/osinfo_data.h"

#include <QCoreApplication>

#include <dlfcn.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

bool isOfInitrd(OsinfoInstallScript* script)
{
    return (osinfo_install_script_get_injection_methods(script) & OSINFO_INSTALL_SCRIPT_INJECTION_METHOD_INITRD) != 0
        && QLatin1String(osinfo_install_script_get_profile(script)) == QLatin1String("jeos");
}

std::uint64_t sizeOrNone(gint64 bytes)
{
    return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

/// Those for x86_64 over those for any.
OsNeeds needsFrom(OsinfoResourcesList* list)
{
    const ObjectHandle<OsinfoResourcesList> owned(list);
    OsNeeds needs;
    bool isExact = false;
    const int count = owned ? osinfo_list_get_length(OSINFO_LIST(list)) : 0;
    for (int index = 0; index < count; ++index) {
        auto* each = OSINFO_RESOURCES(osinfo_list_get_nth(OSINFO_LIST(list), index));
        const QLatin1String architecture(osinfo_resources_get_architecture(each));
        const bool isOurs = architecture == QLatin1String("x86_64");
        if (!isOurs && (isExact || architecture != QLatin1String("all")))
            continue;
        isExact = isOurs;
        needs = { sizeOrNone(osinfo_resources_get_ram(each)), sizeOrNone(osinfo_resources_get_storage(each)),
            std::max(0, osinfo_resources_get_n_cpus(each)) };
    }
    return needs;
}

bool hasDriver(OsinfoOs* os, std::initializer_list<const char*> names)
{
    const ObjectHandle<OsinfoDeviceList> devices(osinfo_os_get_all_devices(os, nullptr));
    const int count = devices ? osinfo_list_get_length(OSINFO_LIST(devices.get())) : 0;
    for (int index = 0; index < count; ++index) {
        auto* device = OSINFO_DEVICE(osinfo_list_get_nth(OSINFO_LIST(devices.get()), index));
        const QLatin1String name(osinfo_device_get_name(device));
        if (std::any_of(
                names.begin(), names.end(), [name](const char* wanted) { return name == QLatin1String(wanted); }))
            return true;
    }
    return false;
}

/// By what of the firmware for x86_64 the data speaks, also through the systems that this one comes from.
void addFirmware(OsinfoOs* os, KnownOs& known)
{
    const ObjectHandle<OsinfoFirmwareList> all(osinfo_os_get_complete_firmware_list(os, nullptr));
    const int count = all ? osinfo_list_get_length(OSINFO_LIST(all.get())) : 0;
    for (int index = 0; index < count; ++index) {
        auto* each = OSINFO_FIRMWARE(osinfo_list_get_nth(OSINFO_LIST(all.get()), index));
        if (QLatin1String(osinfo_firmware_get_architecture(each)) != QLatin1String("x86_64"))
            continue;
        const QLatin1String type(osinfo_firmware_get_firmware_type(each));
        const bool isSupported = osinfo_firmware_is_supported(each) != FALSE;
        if (type == QLatin1String("efi"))
            known.bootsByUefi = isSupported;
        else if (type == QLatin1String("bios"))
            known.bootsByBios = isSupported;
    }
}

KnownOs describeOs(OsinfoOs* os)
{
    auto* product = OSINFO_PRODUCT(os);
    KnownOs known;
    known.id = QString::fromUtf8(osinfo_product_get_short_id(product));
    known.name = QString::fromUtf8(osinfo_product_get_name(product));
    known.minimum = needsFrom(osinfo_os_get_minimum_resources(os));
    known.recommended = needsFrom(osinfo_os_get_recommended_resources(os));
    known.hasVirtioDisk = hasDriver(os, { "virtio-block", "virtio1.0-block" });
    known.hasVirtioNetwork = hasDriver(os, { "virtio-net", "virtio1.0-net" });
    known.isWindows = QLatin1String(osinfo_os_get_family(os)) == QLatin1String("winnt");
    addFirmware(os, known);
    known.hasInstallScript = osinfoScript(os) != nullptr;
    return known;
}

} // namespace

Result<ObjectHandle<OsinfoLoader>> loadOsinfoData()
{
    ObjectHandle<OsinfoLoader> loader(osinfo_loader_new());
    if (!loader)
        return Error{ ErrorCode::Unavailable, "libosinfo, which knows operating systems, is not installed", ENOENT,
            "sudo apt install libosinfo-1.0-0 osinfo-db" };
    GError* failure = nullptr;
    osinfo_loader_process_default_path(loader.get(), &failure);
    if (const ErrorHandle error(failure); error)
        return Error{ ErrorCode::Unavailable, std::string("the list of operating systems: ") + error->message, 0,
            "sudo apt install osinfo-db" };
    const ObjectHandle<OsinfoOsList> all(osinfo_db_get_os_list(osinfo_loader_get_db(loader.get())));
    if (!all || osinfo_list_get_length(OSINFO_LIST(all.get())) == 0)
        return Error{ ErrorCode::Unavailable, "the list of operating systems is not installed", 0,
            "sudo apt install osinfo-db" };
    return loader;
}

ObjectHandle<OsinfoOs> osinfoSystem(OsinfoLoader* loader, const QString& id)
{
    const ObjectHandle<OsinfoOsList> list(osinfo_db_get_os_list(osinfo_loader_get_db(loader)));
    const int count = osinfo_list_get_length(OSINFO_LIST(list.get()));
    for (int index = 0; index < count; ++index) {
        auto* os = OSINFO_OS(osinfo_list_get_nth(OSINFO_LIST(list.get()), index));
        if (id == QString::fromUtf8(osinfo_product_get_short_id(OSINFO_PRODUCT(os))))
            return ObjectHandle<OsinfoOs>(OSINFO_OS(g_object_ref(os)));
    }
    return nullptr;
}

ObjectHandle<OsinfoInstallScript> osinfoScript(OsinfoOs* os)
{
    const ObjectHandle<OsinfoInstallScriptList> all(osinfo_os_get_install_script_list(os));
    const int count = all ? osinfo_list_get_length(OSINFO_LIST(all.get())) : 0;
    for (int index = 0; index < count; ++index) {
        auto* each = OSINFO_INSTALL_SCRIPT(osinfo_list_get_nth(OSINFO_LIST(all.get()), index));
        if (isOfInitrd(each))
            return ObjectHandle<OsinfoInstallScript>(OSINFO_INSTALL_SCRIPT(g_object_ref(each)));
    }
    return nullptr;
}

void* osinfoSymbol(const char* name)
{
    static void* const library = ::dlopen("libosinfo-1.0.so.0", RTLD_LAZY | RTLD_LOCAL);
    return library != nullptr ? ::dlsym(library, name) : nullptr; // dlsym(3) looks into what a library needs, too
}

Result<std::vector<KnownOs>> knownSystems()
{
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    const ObjectHandle<OsinfoOsList> list(osinfo_db_get_os_list(osinfo_loader_get_db(loader->get())));
    std::vector<KnownOs> all;
    const int count = osinfo_list_get_length(OSINFO_LIST(list.get()));
    for (int index = 0; index < count; ++index)
        all.push_back(describeOs(OSINFO_OS(osinfo_list_get_nth(OSINFO_LIST(list.get()), index))));
    std::sort(all.begin(), all.end(), [](const KnownOs& a, const KnownOs& b) { return a.id < b.id; });
    return all;
}

Result<KnownOs> knownSystem(const QString& id)
{
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    if (const auto os = osinfoSystem(loader->get(), id))
        return describeOs(os.get());
    return Error{ ErrorCode::NotFound, "there is no system \"" + id.toStdString() + "\"", 0,
        "List them with: twinhullctl vm systems" };
}

Result<std::optional<KnownOs>> systemOnMedium(const QString& path)
{
    using Found = std::optional<KnownOs>;
    if (const auto file = openDisk(path); !file) // libosinfo would wait for a FIFO
        return file.error();
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    GError* failure = nullptr;
    const ObjectHandle<OsinfoMedia> medium(
        osinfo_media_create_from_location(path.toUtf8().constData(), nullptr, &failure));
    const ErrorHandle error(failure);
    if (!medium)
        return Found(); // no ISO 9660, or none that boots
    auto* data = osinfo_loader_get_db(loader->get());
    if (osinfo_db_identify_media(data, medium.get()) == FALSE)
        return Found();
    const ObjectHandle<OsinfoOs> os(osinfo_media_get_os(medium.get()));
    return os ? Found(describeOs(os.get())) : Found();
}

Result<std::optional<KnownOs>> systemOfTree(const QByteArray& treeinfo, const QString& location)
{
    using Found = std::optional<KnownOs>;
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    GError* failure = nullptr;
    const ObjectHandle<OsinfoTree> tree(
        osinfo_tree_create_from_treeinfo(treeinfo.constData(), location.toUtf8().constData(), &failure));
    const ErrorHandle error(failure);
    if (!tree || osinfo_db_identify_tree(osinfo_loader_get_db(loader->get()), tree.get()) == FALSE)
        return Found();
    const ObjectHandle<OsinfoOs> os(osinfo_tree_get_os(tree.get()));
    return os ? Found(describeOs(os.get())) : Found();
}

Result<std::optional<KnownOs>> systemOfRelease(const QString& family, const QString& codename)
{
    using Found = std::optional<KnownOs>;
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    const ObjectHandle<OsinfoOsList> list(osinfo_db_get_os_list(osinfo_loader_get_db(loader->get())));
    const int count = osinfo_list_get_length(OSINFO_LIST(list.get()));
    for (int index = 0; index < count; ++index) {
        auto* os = OSINFO_OS(osinfo_list_get_nth(OSINFO_LIST(list.get()), index));
        const QString told = QString::fromUtf8(osinfo_product_get_codename(OSINFO_PRODUCT(os)));
        const bool isOurs = told.section(u' ', 0, 0).compare(codename, Qt::CaseInsensitive) == 0
            && QString::fromUtf8(osinfo_product_get_short_id(OSINFO_PRODUCT(os))).startsWith(family);
        if (isOurs && !codename.isEmpty())
            return Found(describeOs(os));
    }
    return Found();
}

std::unique_ptr<Job> listSystemsJob(std::shared_ptr<std::vector<KnownOs>> all)
{
    return std::make_unique<ThreadJob>(QCoreApplication::translate("OsCatalog", "Read the operating systems"),
        QThreadPool::globalInstance(), [all = std::move(all)](JobContext&) -> Result<> {
            auto known = knownSystems();
            if (!known)
                return std::move(known).error();
            *all = *std::move(known);
            return {};
        });
}

} // namespace twinhull
