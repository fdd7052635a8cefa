// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/seccomp_file.h"

#include "core/base/small_file.h"
#include "core/oci/runtime_spec.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSysInfo>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kProfileBytes = 512U << 10U;

/// As QSysInfo, as container engines and as libseccomp name it.
struct ArchitectureName {
    const char* system;
    const char* engine;
    const char* seccomp;
};
constexpr ArchitectureName kArchitectures[] = {
    { "x86_64", "amd64", "SCMP_ARCH_X86_64" },
    { "arm64", "arm64", "SCMP_ARCH_AARCH64" },
    { "riscv64", "riscv64", "SCMP_ARCH_RISCV64" },
    { "s390x", "s390x", "SCMP_ARCH_S390X" },
    { "power64", "ppc64le", "SCMP_ARCH_PPC64LE" },
};

bool isThere(const QJsonValue& list, const std::string& text)
{
    return list.toArray().contains(QString::fromStdString(text));
}

/// "4.8" or less; nothing said is no condition.
bool hasKernel(const QString& least, const SeccompGround& ground)
{
    const int major = least.section(u'.', 0, 0).toInt();
    return ground.kernelMajor > major
        || (ground.kernelMajor == major && ground.kernelMinor >= least.section(u'.', 1, 1).toInt());
}

bool holdsAll(const QJsonArray& capabilities, const SeccompGround& ground)
{
    return std::all_of(capabilities.begin(), capabilities.end(), [&](const QJsonValue& name) {
        const auto& held = ground.capabilities;
        return std::find(held.begin(), held.end(), name.toString().toStdString()) != held.end();
    });
}

bool holdsAny(const QJsonArray& capabilities, const SeccompGround& ground)
{
    return std::any_of(capabilities.begin(), capabilities.end(),
        [&](const QJsonValue& name) { return holdsAll(QJsonArray{ name }, ground); });
}

/// Includes: all of it must hold. Excludes: none of it may.
bool applies(const QJsonObject& rule, const SeccompGround& ground)
{
    const QJsonObject includes = rule[u"includes"].toObject();
    const QJsonObject excludes = rule[u"excludes"].toObject();
    const QString least = includes[u"minKernel"].toString();
    const QString most = excludes[u"minKernel"].toString();
    const bool isIncluded = holdsAll(includes[u"caps"].toArray(), ground)
        && (includes[u"arches"].toArray().isEmpty() || isThere(includes[u"arches"], ground.architecture))
        && (least.isEmpty() || hasKernel(least, ground));
    const bool isExcluded = holdsAny(excludes[u"caps"].toArray(), ground)
        || isThere(excludes[u"arches"], ground.architecture) || (!most.isEmpty() && hasKernel(most, ground));
    return isIncluded && !isExcluded;
}

QJsonArray architecturesIn(const QJsonArray& map, const SeccompGround& ground)
{
    QJsonArray names;
    for (const auto& known : kArchitectures) {
        if (ground.architecture != known.engine)
            continue;
        for (const auto& value : map) {
            const QJsonObject entry = value.toObject();
            if (entry.value(u"architecture").toString() != QLatin1String(known.seccomp))
                continue;
            names.append(entry.value(u"architecture"));
            for (const auto& other : entry.value(u"subArchitectures").toArray())
                names.append(other);
        }
    }
    return names;
}

QJsonObject resolved(QJsonObject profile, const SeccompGround& ground)
{
    if (profile.contains(u"archMap") && !profile.contains(u"architectures"))
        profile.insert(u"architectures", architecturesIn(profile.value(u"archMap").toArray(), ground));
    profile.remove(u"archMap");
    QJsonArray rules;
    for (const auto& value : profile.value(u"syscalls").toArray()) {
        QJsonObject rule = value.toObject();
        if (!applies(rule, ground))
            continue;
        for (const char* key : { "includes", "excludes", "comment" })
            rule.remove(QLatin1String(key));
        if (rule.value(u"args").isNull())
            rule.remove(u"args");
        rules.append(rule);
    }
    profile.insert(u"syscalls", rules);
    return profile;
}

/// Whether anything stands there that the runtime would pass over: a rule would hold where it must not.
bool isEngineForm(const QJsonObject& profile)
{
    const QJsonArray rules = profile.value(u"syscalls").toArray();
    return profile.contains(u"archMap") || std::any_of(rules.begin(), rules.end(), [](const QJsonValue& value) {
        const QJsonObject rule = value.toObject();
        return rule.contains(u"includes") || rule.contains(u"excludes");
    });
}

} // namespace

SeccompGround SeccompGround::ofThisComputer(std::vector<std::string> capabilities)
{
    SeccompGround ground;
    ground.capabilities = std::move(capabilities);
    const std::string system = QSysInfo::currentCpuArchitecture().toStdString();
    ground.architecture = system;
    for (const auto& known : kArchitectures) {
        if (system == known.system)
            ground.architecture = known.engine;
    }
    const QString kernel = QSysInfo::kernelVersion();
    ground.kernelMajor = kernel.section(u'.', 0, 0).toInt();
    ground.kernelMinor = kernel.section(u'.', 1, 1).toInt();
    return ground;
}

Result<std::string> runtimeSeccompProfile(const std::string& text, const std::string& name, const SeccompGround& ground)
{
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(text), &problem);
    if (!document.isObject())
        return Error{ ErrorCode::Corrupt,
            name + ": no seccomp profile: " + (document.isNull() ? problem.errorString().toStdString() : "no object"),
            0, "Name a JSON file as the OCI runtime specification or docker has it" };
    std::string profile = text;
    if (isEngineForm(document.object()))
        profile = QJsonDocument(resolved(document.object(), ground)).toJson(QJsonDocument::Compact).toStdString();
    auto checked = oci::decodeSeccomp(profile, name);
    return checked ? Result<std::string>(std::move(profile)) : std::move(checked).error();
}

Result<std::string> readSeccompProfile(const std::string& path, std::vector<std::string> capabilities)
{
    const auto text = readSmallFile(path, kProfileBytes);
    if (!text)
        return Error(text.error()).withContext("seccomp profile");
    return runtimeSeccompProfile(*text, path, SeccompGround::ofThisComputer(std::move(capabilities)));
}

} // namespace twinhull
