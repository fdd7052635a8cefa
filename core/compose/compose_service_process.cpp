// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_service.h"

#include "core/base/files.h"
#include "core/images/image_platform.h"
#include "core/images/image_reference.h"
#include "core/workload/option_text.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace twinhull {

namespace {

void readImage(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.image, value.text());
}

/// A key without a value takes it from the environment, and is left out where there is none.
QStringList variablesIn(const ComposeCursor& value, const ComposeVariables& variables)
{
    QStringList all;
    for (const auto& [key, given] : value.pairs()) {
        const auto found = variables.find(key);
        if (given)
            all << key + QLatin1Char('=') + *given;
        else if (found != variables.end())
            all << key + QLatin1Char('=') + *found;
    }
    return all;
}

/// Keys without which another image would come out.
void refuseBuildKeys(const ComposeCursor& value)
{
    for (const char* key : { "additional_contexts", "secrets", "ssh", "entitlements", "privileged" }) {
        if (const auto child = value.child(QLatin1String(key)))
            child->refuse(trCompose("a build has its context, args and network alone"));
    }
}

void checkBuildKeys(const ComposeCursor& value)
{
    warnOfUnused(value,
        { QStringLiteral("context"), QStringLiteral("dockerfile"), QStringLiteral("dockerfile_inline"),
            QStringLiteral("args"), QStringLiteral("target"), QStringLiteral("network"), QStringLiteral("no_cache"),
            QStringLiteral("pull"), QStringLiteral("labels"), QStringLiteral("tags"),
            QStringLiteral("additional_contexts"), QStringLiteral("secrets"), QStringLiteral("ssh"),
            QStringLiteral("entitlements"), QStringLiteral("privileged") },
        { QStringLiteral("cache_from"), QStringLiteral("cache_to"), QStringLiteral("extra_hosts"),
            QStringLiteral("isolation"), QStringLiteral("no_cache_filter"), QStringLiteral("platforms"),
            QStringLiteral("provenance"), QStringLiteral("sbom"), QStringLiteral("shm_size"),
            QStringLiteral("ulimits") });
    refuseBuildKeys(value);
    if (value.child(QStringLiteral("dockerfile")) && value.child(QStringLiteral("dockerfile_inline")))
        value.refuse(trCompose("dockerfile and dockerfile_inline say two things; leave one out"));
}

/// What the image is called and labelled besides.
void readBuildNames(const ComposeCursor& value, ServiceBuild& build)
{
    if (const auto tags = value.child(QStringLiteral("tags"))) {
        for (const QString& tag : tags->texts()) {
            if (const auto reference = normalizedReference(tag.toStdString()); !reference)
                tags->refuse(reference.error());
            build.tags << tag;
        }
    }
    const auto labels = value.child(QStringLiteral("labels"));
    for (const auto& [key, given] : labels ? labels->pairs() : decltype(labels->pairs())())
        build.labels << key + QLatin1Char('=') + given.value_or(QString());
}

void readBuildMap(const ComposeCursor& value, const ServiceReading& reading, ServiceBuild& build)
{
    checkBuildKeys(value);
    readBuildNames(value, build);
    if (const auto text = value.child(QStringLiteral("dockerfile_inline")))
        take(build.containerfileText, text->text());
    if (const auto context = value.child(QStringLiteral("context")))
        take(build.contextFolder, context->text());
    if (const auto file = value.child(QStringLiteral("dockerfile")))
        take(build.containerfile, file->text());
    if (const auto arguments = value.child(QStringLiteral("args")))
        build.arguments = variablesIn(*arguments, reading.variables);
    if (const auto target = value.child(QStringLiteral("target")))
        take(build.target, target->text());
    if (const auto network = value.child(QStringLiteral("network"))) {
        take(build.network, network->text());
        if (build.network != u"host" && build.network != u"none")
            network->refuse(trCompose("a build has the network host or none"));
    }
    if (const auto noCache = value.child(QStringLiteral("no_cache")))
        build.usesCache = !noCache->truth().value_or(false);
    if (const auto pull = value.child(QStringLiteral("pull")))
        take(build.pullsAlways, pull->truth());
}

void readBuild(const ComposeCursor& value, ServiceReading& reading)
{
    ServiceBuild build;
    build.contextFolder = QStringLiteral(".");
    if (value.isScalar())
        take(build.contextFolder, value.text());
    else
        readBuildMap(value, reading, build);
    if (build.contextFolder.contains(QLatin1String("://")) || build.contextFolder.startsWith(QLatin1String("git@"))) {
        value.refuse(trCompose("a build reads a folder of this computer; fetch that address first"));
        return;
    }
    build.contextFolder = absolutePath(build.contextFolder, reading.folder);
    if (!build.containerfile.isEmpty())
        build.containerfile = absolutePath(build.containerfile, build.contextFolder);
    reading.service.build = std::move(build);
}

void readCommand(const ComposeCursor& value, ServiceReading& reading)
{
    const auto words = value.command();
    if (words && words->isEmpty())
        value.refuse(trCompose("an empty command; leave the key out for the image's own"));
    take(reading.service.plan.command, words);
}

void readEntrypoint(const ComposeCursor& value, ServiceReading& reading)
{
    if (auto words = value.command())
        reading.service.plan.process.entrypoint = *std::move(words);
}

void readEnvironment(const ComposeCursor& value, ServiceReading& reading)
{
    reading.environment = variablesIn(value, reading.variables);
    for (const auto& [key, given] : value.pairs()) {
        if (!given && !reading.variables.contains(key))
            reading.unsetVariables << key;
    }
}

struct EnvFileWish {
    QString path;
    bool isRequired = true;
    bool isRaw = false; ///< no quotes and variables
};

void readEnvFile(const ComposeCursor& value, const EnvFileWish& wish, ServiceReading& reading)
{
    const QString path = absolutePath(wish.path, reading.folder);
    if (!wish.isRequired && !QFileInfo::exists(path))
        return;
    if (QFileInfo::exists(path) && !QFileInfo(path).isFile()) { // a FIFO would hold us up
        value.refuse(trCompose("%1 is no file").arg(path));
        return;
    }
    const auto text = readFile(path.toStdString(), kEnvFileBytes);
    if (!text) {
        value.refuse(text.error());
        return;
    }
    if (wish.isRaw) {
        auto lines = environmentFromFileText(QString::fromStdString(*text));
        if (lines)
            reading.fileEnvironment += *lines;
        else
            value.refuse(lines.error());
        return;
    }
    const auto entries = environmentFileEntries(QString::fromStdString(*text), reading.variables);
    if (!entries) {
        value.refuse(Result<>(entries.error()).withContext(path.toStdString()).error());
        return;
    }
    for (const auto& [key, given] : *entries)
        reading.fileEnvironment << key + QLatin1Char('=') + given;
}

void readEnvFiles(const ComposeCursor& value, ServiceReading& reading)
{
    if (value.isScalar()) {
        if (const auto path = value.text())
            readEnvFile(value, { *path }, reading);
        return;
    }
    for (const auto& item : value.items()) {
        EnvFileWish wish;
        if (item.isScalar()) {
            take(wish.path, item.text());
        } else {
            refuseStrangers(item, { QStringLiteral("path"), QStringLiteral("required"), QStringLiteral("format") });
            if (const auto path = item.child(QStringLiteral("path")))
                take(wish.path, path->text());
            if (const auto required = item.child(QStringLiteral("required")))
                take(wish.isRequired, required->truth());
            const auto format = item.child(QStringLiteral("format"));
            wish.isRaw = format && format->text() == QStringLiteral("raw");
            if (format && !wish.isRaw)
                format->refuse(trCompose("the only other format is raw"));
        }
        if (wish.path.isEmpty())
            item.refuse(trCompose("no path"));
        else
            readEnvFile(item, wish, reading);
    }
}

void readLabels(const ComposeCursor& value, ServiceReading& reading)
{
    for (const auto& [key, given] : value.pairs()) {
        if (key.startsWith(QLatin1String("com.docker.compose"))) {
            value.refuse(trCompose("%1: labels of that beginning are kept for what made the container").arg(key));
            continue;
        }
        const auto label = labelFromText(key + QLatin1Char('=') + given.value_or(QString()));
        if (label)
            reading.service.plan.labels.insert(label->first, label->second);
        else
            value.refuse(label.error());
    }
}

void readUser(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.process.user, value.text());
}

/// podman's keep-id; "host" is how it is without.
void readUserNamespace(const ComposeCursor& value, ServiceReading& reading)
{
    const auto text = value.text();
    if (!text || *text == u"host")
        return;
    const auto keep = keepIdFromText(*text);
    if (keep)
        reading.service.plan.process.keepId = *keep;
    else
        value.refuse(keep.error());
}

void readWorkingFolder(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.process.workingFolder, value.text());
}

void readInit(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.process.hasInit, value.truth());
}

void readTerminal(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.hasTerminal, value.truth());
}

void readOpenInput(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.hasInput, value.truth());
}

void readStopSignal(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.process.stopSignal, value.text());
}

void readStopTime(const ComposeCursor& value, ServiceReading& reading)
{
    if (const auto time = value.duration())
        reading.service.plan.process.stopSeconds
            = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(*time).count());
}

void readPrivileged(const ComposeCursor& value, ServiceReading&)
{
    if (value.truth().value_or(false))
        value.refuse(
            trCompose("no container has all rights over this computer; name what it needs with cap_add and devices"));
}

void readAddedCapabilities(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.security.addedCapabilities, &capabilityFromText);
}

void readDroppedCapabilities(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.security.droppedCapabilities, &capabilityFromText);
}

void readSecurityOptions(const ComposeCursor& value, ServiceReading& reading)
{
    SecurityOptions& security = reading.service.plan.security;
    for (const QString& text : value.texts()) {
        if (auto added = addSecurityOption(text, security); !added)
            value.refuse(added.error());
    }
    if (!security.seccompPath.isEmpty())
        security.seccompPath = absolutePath(security.seccompPath, reading.folder);
}

void readPlatform(const ComposeCursor& value, ServiceReading&)
{
    const auto text = value.text();
    const auto platform = text ? parsePlatform(text->toStdString()) : Result<ImagePlatform>(hostPlatform());
    if (!platform)
        value.refuse(platform.error());
    else if (platform->architecture != hostPlatform().architecture)
        value.refuse(trCompose("this computer runs no programs for %1").arg(*text));
}

void readPullPolicy(const ComposeCursor& value, ServiceReading& reading)
{
    const QString word = value.text().value_or(QString());
    if (word == u"always")
        reading.service.pullPolicy = PullPolicy::Always;
    else if (word == u"never")
        reading.service.pullPolicy = PullPolicy::Never;
    else if (word == u"build")
        reading.service.pullPolicy = PullPolicy::Build;
    else if (word == u"daily" || word == u"weekly" || word.startsWith(QLatin1String("every_")))
        value.warn(trCompose("it is pulled only where it is missing"));
    else if (!word.isEmpty() && word != u"missing" && word != u"if_not_present")
        value.refuse(trCompose("always, never, missing or build is wanted here"));
}

void readProfiles(const ComposeCursor& value, ServiceReading& reading)
{
    static const QRegularExpression kProfile(QStringLiteral("\\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\\z"));
    reading.service.profiles = value.texts();
    for (const QString& profile : reading.service.profiles) {
        if (!kProfile.match(profile).hasMatch())
            value.refuse(
                trCompose("\"%1\" is no name for a profile: use letters, digits, \".\", \"-\" and \"_\"").arg(profile));
    }
}

void readContainerName(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.containerName, value.text());
}

void readScale(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.scale, value.number(0, kMostReplicas));
}

ServiceDependency dependencyFrom(const QString& name, const ComposeCursor& value)
{
    ServiceDependency dependency{ name };
    refuseStrangers(value, { QStringLiteral("condition"), QStringLiteral("required"), QStringLiteral("restart") });
    if (const auto restart = value.child(QStringLiteral("restart")))
        take(dependency.restarts, restart->truth());
    if (const auto required = value.child(QStringLiteral("required")))
        take(dependency.isRequired, required->truth());
    const auto condition = value.child(QStringLiteral("condition"));
    const QString word = condition ? condition->text().value_or(QString()) : QStringLiteral("service_started");
    if (word == u"service_healthy")
        dependency.condition = StartCondition::Healthy;
    else if (word == u"service_completed_successfully")
        dependency.condition = StartCondition::CompletedSuccessfully;
    else if (word != u"service_started")
        condition->refuse(
            trCompose("service_started, service_healthy or service_completed_successfully is wanted here"));
    return dependency;
}

void addDependency(ComposeService& service, ServiceDependency dependency)
{
    for (auto& known : service.dependencies) {
        if (known.service == dependency.service) // "links" too
            return;
    }
    service.dependencies.push_back(std::move(dependency));
}

void readDependencies(const ComposeCursor& value, ServiceReading& reading)
{
    if (value.isList()) {
        for (const QString& name : value.texts())
            addDependency(reading.service, { name });
        return;
    }
    for (const auto& [name, item] : value.entries())
        addDependency(reading.service, dependencyFrom(name, item));
}

/// Of old files: services find each other by name anyway.
void readLinks(const ComposeCursor& value, ServiceReading& reading)
{
    for (const QString& text : value.texts()) {
        const QString name = text.section(u':', 0, 0);
        if (text.contains(u':') && text.section(u':', 1) != name)
            value.refuse(trCompose("another name for a service: give it to that service as an alias of its network"));
        addDependency(reading.service, { name });
    }
}

} // namespace

const std::vector<ServiceKey> kProcessKeys{
    { "image", &readImage },
    { "build", &readBuild },
    { "command", &readCommand },
    { "entrypoint", &readEntrypoint },
    { "environment", &readEnvironment },
    { "env_file", &readEnvFiles },
    { "labels", &readLabels },
    { "user", &readUser },
    { "working_dir", &readWorkingFolder },
    { "init", &readInit },
    { "userns_mode", &readUserNamespace },
    { "tty", &readTerminal },
    { "stdin_open", &readOpenInput },
    { "stop_signal", &readStopSignal },
    { "stop_grace_period", &readStopTime },
    { "privileged", &readPrivileged },
    { "cap_add", &readAddedCapabilities },
    { "cap_drop", &readDroppedCapabilities },
    { "security_opt", &readSecurityOptions },
    { "platform", &readPlatform },
    { "pull_policy", &readPullPolicy },
    { "profiles", &readProfiles },
    { "container_name", &readContainerName },
    { "scale", &readScale },
    { "depends_on", &readDependencies },
    { "links", &readLinks },
};

} // namespace twinhull
