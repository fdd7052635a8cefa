// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/install_tree.h"

#include "core/vms/making/os_catalog.h"
#include "core/workload/machine_import.h"

#include <QMap>
#include <QRegularExpression>

namespace twinhull {

namespace {

/// Where a family of systems keeps its installer, below what a person gives.
struct KnownPlace {
    const char* kernel;
    const char* initrd;
    const char* sums; ///< the list of sums; null: none
    const char* sumsOf; ///< the folder that the list's names begin in
};

constexpr KnownPlace kPlaces[] = {
    // Debian: the suite, its installer, the netboot archive; a medium
    { "main/installer-amd64/current/images/netboot/debian-installer/amd64/linux",
        "main/installer-amd64/current/images/netboot/debian-installer/amd64/initrd.gz",
        "main/installer-amd64/current/images/SHA256SUMS", "main/installer-amd64/current/images/" },
    { "current/images/netboot/debian-installer/amd64/linux", "current/images/netboot/debian-installer/amd64/initrd.gz",
        "current/images/SHA256SUMS", "current/images/" },
    { "debian-installer/amd64/linux", "debian-installer/amd64/initrd.gz", nullptr, nullptr },
    { "install.amd/vmlinuz", "install.amd/initrd.gz", nullptr, nullptr },
    // Ubuntu, until 20.04
    { "main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/linux",
        "main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/initrd.gz",
        "main/installer-amd64/current/legacy-images/SHA256SUMS", "main/installer-amd64/current/legacy-images/" },
    { "main/installer-amd64/current/images/netboot/ubuntu-installer/amd64/linux",
        "main/installer-amd64/current/images/netboot/ubuntu-installer/amd64/initrd.gz",
        "main/installer-amd64/current/images/SHA256SUMS", "main/installer-amd64/current/images/" },
    { "casper/vmlinuz", "casper/initrd", nullptr, nullptr },
    // Fedora and its like, where nothing describes the tree
    { "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img", nullptr, nullptr },
    // openSUSE
    { "boot/x86_64/loader/linux", "boot/x86_64/loader/initrd", nullptr, nullptr },
    // Arch, Alpine
    { "arch/boot/x86_64/vmlinuz-linux", "arch/boot/x86_64/initramfs-linux.img", nullptr, nullptr },
    { "boot/vmlinuz-lts", "boot/initramfs-lts", nullptr, nullptr },
    { "boot/vmlinuz-virt", "boot/initramfs-virt", nullptr, nullptr },
    // somebody's own
    { "linux", "initrd.gz", nullptr, nullptr },
    { "vmlinuz", "initrd.img", nullptr, nullptr },
};

using Section = QMap<QByteArray, QByteArray>;

/// Sections of "key = value"; a line that is neither is left out.
QMap<QByteArray, Section> sectionsOf(const QByteArray& text)
{
    QMap<QByteArray, Section> sections;
    QByteArray name;
    for (const QByteArray& raw : text.split('\n')) {
        const QByteArray line = raw.trimmed();
        const qsizetype cut = line.indexOf('=');
        if (line.startsWith('[') && line.endsWith(']'))
            name = line.mid(1, line.size() - 2).trimmed();
        else if (cut > 0 && !line.startsWith('#') && !line.startsWith(';'))
            sections[name][line.left(cut).trimmed()] = line.mid(cut + 1).trimmed();
    }
    return sections;
}

bool isSum(const QByteArray& hex)
{
    return hex.size() == 64 && QByteArray::fromHex(hex).toHex() == hex.toLower();
}

QByteArray sumOf(const Section& checksums, const QString& path)
{
    const QByteArray told = checksums.value(path.toUtf8());
    return told.startsWith("sha256:") && isSum(told.mid(7)) ? told.mid(7).toLower() : QByteArray();
}

/// Installers of these families are told where the rest is; the others ask, or find a mirror.
QString argumentsFor(const QString& kernelPath, const QString& location)
{
    const InstallerSource source{ location, {} };
    if (kernelPath.endsWith(QLatin1String("images/pxeboot/vmlinuz")))
        return source.isAddress() ? QStringLiteral("inst.repo=") + location
            : source.isIsoFile()  ? QStringLiteral("inst.repo=cdrom")
                                  : QString();
    if (source.isAddress() && kernelPath.endsWith(QLatin1String("boot/x86_64/loader/linux")))
        return QStringLiteral("install=") + location;
    return {};
}

/// Debian's and Ubuntu's addresses name the release.
Result<std::optional<KnownOs>> systemByAddress(const QString& location, const QString& kernelPath)
{
    static const QRegularExpression kSuite(QStringLiteral("/dists/([a-z]+)(/|$)"));
    const auto match = kSuite.match(location);
    if (!match.hasMatch())
        return std::optional<KnownOs>();
    const bool isUbuntu = kernelPath.contains(QLatin1String("ubuntu-installer"));
    return systemOfRelease(isUbuntu ? QStringLiteral("ubuntu") : QStringLiteral("debian"), match.captured(1));
}

Result<InstallTree> treeByInfo(const QByteArray& text, const QString& location)
{
    auto tree = treeFromInfo(text);
    if (!tree)
        return tree;
    if (auto system = systemOfTree(text, location); system) // without the data there is no system
        tree->system = *std::move(system);
    return tree;
}

Result<bool> hasBoth(const InstallSource& source, const KnownPlace& place, JobContext& context)
{
    const auto kernel = source.has(QLatin1String(place.kernel), context);
    return kernel && *kernel ? source.has(QLatin1String(place.initrd), context) : kernel;
}

Result<> addSums(const InstallSource& source, const KnownPlace& place, InstallTree& tree, JobContext& context)
{
    if (place.sums == nullptr)
        return {};
    const auto list = source.read(QLatin1String(place.sums), context);
    if (!list)
        return list.error().code == ErrorCode::NotFound ? Result<>() : Result<>(list.error());
    const auto begin = static_cast<qsizetype>(qstrlen(place.sumsOf));
    tree.kernelSum = sumInList(*list, tree.kernelPath.mid(begin).toUtf8());
    tree.initrdSum = sumInList(*list, tree.initrdPath.mid(begin).toUtf8());
    return {};
}

Result<InstallTree> treeByPlace(const InstallSource& source, const QString& location, JobContext& context)
{
    for (const KnownPlace& place : kPlaces) {
        const auto has = hasBoth(source, place, context);
        if (!has)
            return has.error();
        if (!*has)
            continue;
        InstallTree tree;
        tree.kernelPath = QLatin1String(place.kernel);
        tree.initrdPath = QLatin1String(place.initrd);
        if (auto added = addSums(source, place, tree, context); !added)
            return std::move(added).error();
        if (auto system = systemByAddress(location, tree.kernelPath); system)
            tree.system = *std::move(system);
        return tree;
    }
    return Error{ ErrorCode::NotFound, "there is no installer that is known in " + location.toStdString(), 0,
        "Give the folder that has .treeinfo, of Debian the one of the suite (…/dists/bookworm), or an ISO file" };
}

} // namespace

QByteArray sumInList(const QByteArray& list, const QByteArray& name)
{
    for (const QByteArray& line : list.split('\n')) {
        const QByteArray hex = line.left(64);
        QByteArray told = line.mid(64).trimmed();
        if (told.startsWith('*'))
            told = told.mid(1);
        if (told.startsWith("./"))
            told = told.mid(2);
        if (told == name && isSum(hex))
            return hex.toLower();
    }
    return {};
}

Result<InstallTree> treeFromInfo(const QByteArray& text)
{
    const auto sections = sectionsOf(text);
    const QByteArray architecture = sections[QByteArrayLiteral("general")].value(QByteArrayLiteral("arch"));
    if (!architecture.isEmpty() && architecture != "x86_64")
        return Error{ ErrorCode::Unsupported, "the tree is for " + architecture.left(32).toStdString(), 0,
            "Choose the one for x86_64" };
    const Section images = sections[QByteArrayLiteral("images-x86_64")];
    InstallTree tree;
    tree.kernelPath = QString::fromUtf8(images.value(QByteArrayLiteral("kernel")));
    tree.initrdPath = QString::fromUtf8(images.value(QByteArrayLiteral("initrd")));
    if (!isPlainPath(tree.kernelPath) || !isPlainPath(tree.initrdPath))
        return Error{ ErrorCode::Corrupt, "the tree's description names no kernel and initrd for x86_64", 0,
            "Choose another mirror, or an ISO file" };
    const Section checksums = sections[QByteArrayLiteral("checksums")];
    tree.kernelSum = sumOf(checksums, tree.kernelPath);
    tree.initrdSum = sumOf(checksums, tree.initrdPath);
    return tree;
}

Result<InstallTree> lookAtTree(const InstallSource& source, const QString& location, JobContext& context)
{
    for (const char* name : { ".treeinfo", "treeinfo" }) {
        const auto info = source.read(QLatin1String(name), context);
        if (!info && info.error().code != ErrorCode::NotFound)
            return info.error();
        if (!info)
            continue;
        auto tree = treeByInfo(*info, location);
        if (tree)
            tree->arguments = argumentsFor(tree->kernelPath, location);
        return tree;
    }
    auto tree = treeByPlace(source, location, context);
    if (tree)
        tree->arguments = argumentsFor(tree->kernelPath, location);
    return tree;
}

} // namespace twinhull
