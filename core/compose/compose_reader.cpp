// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_reader.h"

#include "core/base/files.h"
#include "core/compose/compose_include.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_merge.h"
#include "core/compose/compose_order.h"
#include "core/compose/compose_service.h"
#include "core/compose/compose_yaml.h"
#include "core/volumes/secrets.h"
#include "core/workload/option_text.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace twinhull {

namespace {

constexpr qsizetype kLongestContent = 1 << 20;

/// Which of the two a file of the top level is.
enum class FileUse { Secret, Config };
constexpr std::size_t kMostServices = 200;

/// Lower-case letters, digits, "-" and "_", a letter or digit first.
QString plainProjectName(const QString& text)
{
    static const QRegularExpression kStrange(QStringLiteral("[^a-z0-9_-]|\\A[_-]+"));
    return text.toLower().remove(kStrange).left(40);
}

QStringList namesIn(const QString& commas)
{
    QStringList names;
    for (const QString& name : commas.split(u',', Qt::SkipEmptyParts))
        names << name.trimmed();
    return names;
}

QString projectNameOf(const ComposeText& text, const ComposeValue* said, ComposeFindings& findings)
{
    QString asked
        = text.projectName.isEmpty() ? text.variables.value(QStringLiteral("COMPOSE_PROJECT_NAME")) : text.projectName;
    if (asked.isEmpty() && said != nullptr) {
        QStringList unset;
        const auto given = interpolated(said->text, text.variables, unset);
        asked = given ? *given : QString(); // the finding comes with all others
    }
    const QString name = asked.isEmpty() ? plainProjectName(QFileInfo(text.file).absoluteDir().dirName()) : asked;
    if (name.isEmpty() || name != plainProjectName(name))
        findings.refuse(said != nullptr ? said->place : ComposePlace(), QStringLiteral("name"),
            trCompose("\"%1\" is no name for a project: use up to 40 small letters, digits, \"-\" and \"_\"")
                .arg(name));
    return name;
}

void refuseDriver(const ComposeCursor& value, const char* usual)
{
    const auto driver = value.child(QStringLiteral("driver"));
    if (driver && !driver->isNull() && driver->value().text != QLatin1String(usual))
        driver->refuse(trCompose("there is no other driver than %1").arg(QLatin1String(usual)));
    const auto options = value.child(QStringLiteral("driver_opts"));
    if (options && !options->value().entries.empty())
        options->refuse(trCompose("options of drivers are not known here"));
}

/// Name and "external" of a network or volume.
void readResource(const ComposeCursor& value, const QString& project, ComposeResource& resource)
{
    resource.place = value.value().place;
    resource.name = project + u'_' + resource.key;
    if (const auto external = value.child(QStringLiteral("external"))) {
        if (external->isMap()) // of old files: external: {name: …}
            external->refuse(trCompose("write external: true, and name beside it"));
        else
            take(resource.isExternal, external->truth());
    }
    if (resource.isExternal)
        resource.name = resource.key;
    if (const auto name = value.child(QStringLiteral("name")))
        take(resource.name, name->text());
}

ComposeResource volumeFrom(const QString& key, const ComposeCursor& value, const QString& project)
{
    ComposeResource volume{ key, {}, {}, false };
    warnOfUnused(value,
        { QStringLiteral("driver"), QStringLiteral("driver_opts"), QStringLiteral("external"), QStringLiteral("name") },
        { QStringLiteral("labels") });
    refuseDriver(value, "local");
    readResource(value, project, volume);
    return volume;
}

void readAddresses(const ComposeCursor& value, ComposeNetwork& network)
{
    warnOfUnused(value, { QStringLiteral("config") }, { QStringLiteral("driver"), QStringLiteral("options") });
    const auto config = value.child(QStringLiteral("config"));
    for (const auto& item : config ? config->items() : std::vector<ComposeCursor>()) {
        warnOfUnused(item, { QStringLiteral("subnet"), QStringLiteral("gateway") },
            { QStringLiteral("ip_range"), QStringLiteral("aux_addresses") });
        if (const auto subnet = item.child(QStringLiteral("subnet")))
            network.subnets << subnet->text().value_or(QString());
        if (const auto gateway = item.child(QStringLiteral("gateway")))
            network.gateways << gateway->text().value_or(QString());
    }
}

ComposeNetwork networkDefinitionFrom(const QString& key, const ComposeCursor& value, const QString& project)
{
    ComposeNetwork network{ { key, {}, {}, false }, false, false, {}, {} };
    warnOfUnused(value,
        { QStringLiteral("driver"), QStringLiteral("driver_opts"), QStringLiteral("external"), QStringLiteral("name"),
            QStringLiteral("internal"), QStringLiteral("enable_ipv6"), QStringLiteral("ipam"),
            QStringLiteral("attachable"), QStringLiteral("enable_ipv4") },
        { QStringLiteral("labels") });
    refuseDriver(value, "bridge");
    readResource(value, project, network);
    if (const auto internal = value.child(QStringLiteral("internal")))
        take(network.isInternal, internal->truth());
    if (const auto ipv6 = value.child(QStringLiteral("enable_ipv6")))
        take(network.hasIpv6, ipv6->truth());
    if (const auto addresses = value.child(QStringLiteral("ipam")))
        readAddresses(*addresses, network);
    return network;
}

/// The content of a secret's file; a config's is mounted where it is.
void readFileOf(const ComposeCursor& path, FileUse use, const QString& folder, ComposeFile& file)
{
    const QString absolute = absolutePath(path.text().value_or(QString()), folder);
    if (!QFileInfo(absolute).isFile()) {
        path.refuse(trCompose("there is no file %1").arg(absolute));
        return;
    }
    if (use == FileUse::Config) {
        file.path = absolute;
        return;
    }
    const auto content = readFile(absolute.toStdString(), kSecretLimitBytes);
    if (content)
        file.content = QByteArray::fromStdString(*content);
    else
        path.refuse(content.error());
}

/// What the store of secrets knows it by, and whether it takes it.
void nameSecret(const ComposeCursor& value, const QString& project, ComposeFile& file)
{
    file.secretName = file.isExternal ? file.key : composeSecretPrefix(project) + file.key;
    if (const auto name = value.child(QStringLiteral("name")); name && file.isExternal)
        take(file.secretName, name->text());
    else if (name)
        name->warn(trCompose("this has no effect here")); // what is kept goes with the project
    if (const auto named = checkSecretName(file.secretName); !named)
        value.refuse(named.error());
    const bool isEmpty = !file.isExternal && !file.content.isNull() && file.content.isEmpty(); // null: refused before
    if (isEmpty || file.content.size() > static_cast<qsizetype>(kSecretLimitBytes))
        value.refuse(isEmpty ? trCompose("it is empty") : trCompose("it is too long"));
}

/// What a secret or a config says that it is.
void readContent(const ComposeCursor& value, FileUse use, const ComposeVariables& variables, const QString& folder,
    ComposeFile& file)
{
    const auto path = value.child(QStringLiteral("file"));
    const auto variable = value.child(QStringLiteral("environment"));
    const auto content = value.child(QStringLiteral("content"));
    const auto external = value.child(QStringLiteral("external"));
    file.isExternal = external && external->truth().value_or(false);
    if (file.isExternal && (path || variable || content))
        external->refuse(trCompose("what is there already has no file, environment or content"));
    if (file.isExternal && use == FileUse::Config) {
        external->refuse(trCompose("it must be a file, a variable or a content of this project"));
    } else if (file.isExternal) {
        return;
    } else if (path) {
        readFileOf(*path, use, folder, file);
    } else if (variable) {
        const auto found = variables.find(variable->value().text);
        if (found == variables.end())
            variable->refuse(trCompose("the variable %1 is not set").arg(variable->value().text));
        else
            file.content = found->toUtf8();
    } else if (content) {
        file.content = content->value().text.toUtf8();
    } else {
        value.refuse(trCompose("file, environment or content is missing"));
    }
    if (file.content.size() > kLongestContent)
        value.refuse(trCompose("it is too long"));
}

/// A secret or a config of the top level.
ComposeFile fileFrom(const QString& key, const ComposeCursor& value, FileUse use, const ComposeVariables& variables,
    const ComposeProject& project)
{
    ComposeFile file{ key, value.value().place, {}, {} };
    warnOfUnused(value,
        { QStringLiteral("file"), QStringLiteral("environment"), QStringLiteral("content"), QStringLiteral("external"),
            QStringLiteral("name") },
        { QStringLiteral("labels"), QStringLiteral("driver"), QStringLiteral("template_driver") });
    readContent(value, use, variables, project.folder, file);
    if (use == FileUse::Secret)
        nameSecret(value, project.name, file);
    return file;
}

/// Reads the top level.
class ProjectReader {
public:
    ProjectReader(const ComposeText& text, const ComposeValue& root, ComposeReading& reading)
        : m_text(text), m_root(root, {}, reading.findings), m_reading(reading)
    {
    }

    void read()
    {
        ComposeProject& project = m_reading.project;
        for (const auto& entry : m_root.value().entries)
            readTop(entry);
        addDefaultNetwork();
        if (project.services.empty())
            m_root.refuse(trCompose("there are no services"));
        for (const auto& service : project.services)
            checkNames(service);
        if (const auto order = startOrder(project); !order)
            m_reading.findings.refuse(
                m_root.value().place, QStringLiteral("services"), QString::fromStdString(order.error().toLine()));
    }

private:
    void readTop(const ComposeEntry& entry)
    {
        const ComposeCursor value = m_root.of(entry);
        ComposeProject& project = m_reading.project;
        if (entry.key == u"services")
            readServices(value);
        else if (entry.key == u"volumes")
            readAll(value, project.volumes,
                [&](const QString& key, const ComposeCursor& item) { return volumeFrom(key, item, project.name); });
        else if (entry.key == u"networks")
            readAll(value, project.networks, [&](const QString& key, const ComposeCursor& item) {
                return networkDefinitionFrom(key, item, project.name);
            });
        else if (entry.key == u"secrets")
            readFiles(value, FileUse::Secret, project.secrets);
        else if (entry.key == u"configs")
            readFiles(value, FileUse::Config, project.configs);
        else if (entry.key == u"models")
            value.refuse(trCompose("models are not known here"));
        else if (entry.key != u"name" && entry.key != u"version" && !isExtensionKey(entry.key))
            refuseStranger(m_root, entry,
                { QStringLiteral("services"), QStringLiteral("volumes"), QStringLiteral("networks"),
                    QStringLiteral("secrets"), QStringLiteral("configs"), QStringLiteral("name"),
                    QStringLiteral("include") });
    }

    template <typename Part, typename Read>
    void readAll(const ComposeCursor& value, std::vector<Part>& parts, Read read)
    {
        for (const auto& [key, item] : value.entries())
            parts.push_back(read(key, item));
    }

    void readFiles(const ComposeCursor& value, FileUse use, std::vector<ComposeFile>& files)
    {
        readAll(value, files, [&](const QString& key, const ComposeCursor& item) {
            return fileFrom(key, item, use, m_text.variables, m_reading.project);
        });
    }

    void readServices(const ComposeCursor& value)
    {
        static const QRegularExpression kName(QStringLiteral("\\A[A-Za-z0-9._-]{1,40}\\z"));
        if (value.value().entries.size() > kMostServices) {
            value.refuse(trCompose("more than %1 services").arg(kMostServices));
            return;
        }
        for (const auto& [name, item] : value.entries()) {
            if (!kName.match(name).hasMatch())
                item.refuse(trCompose("a service's name is of up to 40 letters, digits, \".\", \"-\" and \"_\""));
            auto& service = m_reading.project.services.emplace_back(
                readService(name, item, m_text.variables, m_reading.project.folder));
            if (service.image.isEmpty()) // a built one
                service.image = m_reading.project.name + u'-' + name.toLower();
        }
    }

    void addDefaultNetwork()
    {
        ComposeProject& project = m_reading.project;
        const QString key = QStringLiteral("default");
        const bool isUsed = std::any_of(project.services.begin(), project.services.end(), [&](const auto& service) {
            return std::any_of(service.networks.begin(), service.networks.end(),
                [&key](const ServiceNetwork& network) { return network.network == key; });
        });
        if (isUsed && partOf(project.networks, key) == nullptr)
            project.networks.push_back({ { key, {}, project.name + u'_' + key, false }, false, false, {}, {} });
    }

    /// That what a service names is there.
    void checkNames(const ComposeService& service)
    {
        const ComposeProject& project = m_reading.project;
        const auto need = [&](bool isThere, const QString& key, const QString& name) {
            if (!isThere)
                m_reading.findings.refuse(service.place, QStringLiteral("services.%1.%2").arg(service.name, key),
                    trCompose("%1 is not there on the top level").arg(name));
        };
        for (const auto& network : service.networks)
            need(partOf(project.networks, network.network) != nullptr, QStringLiteral("networks"), network.network);
        for (const auto& mount : service.mounts)
            need(mount.kind != ServiceMount::Kind::Volume || partOf(project.volumes, mount.source) != nullptr,
                QStringLiteral("volumes"), mount.source);
        for (const auto& secret : service.secrets)
            need(partOf(project.secrets, secret.name) != nullptr, QStringLiteral("secrets"), secret.name);
        for (const auto& config : service.configs)
            need(partOf(project.configs, config.name) != nullptr, QStringLiteral("configs"), config.name);
        for (const auto& dependency : service.dependencies) {
            if (project.service(dependency.service) == nullptr && dependency.isRequired)
                m_reading.findings.refuse(service.place, QStringLiteral("services.%1.depends_on").arg(service.name),
                    trCompose("there is no service %1").arg(dependency.service));
        }
    }

    const ComposeText& m_text;
    ComposeCursor m_root;
    ComposeReading& m_reading;
};

/// Each file as it stands; nothing, and findings, where one is no Compose file.
std::vector<ComposeValue> parsedFiles(const ComposeText& text, ComposeReading& reading)
{
    std::vector<ComposeValue> roots;
    if (auto root = parseComposeYaml(text.text, reading.findings))
        roots.push_back(*std::move(root));
    for (const auto& layer : text.layers) {
        const QString shown = QDir(reading.project.folder).relativeFilePath(layer.file);
        if (auto root = parseOtherFile(layer.text, shown, reading.findings))
            roots.push_back(*std::move(root));
    }
    if (roots.size() != text.layers.size() + 1)
        roots.clear();
    return roots;
}

} // namespace

ComposeReading readCompose(const ComposeText& text)
{
    ComposeReading reading;
    reading.project.file = text.file;
    reading.project.folder = QFileInfo(text.file).absolutePath();
    reading.project.environmentFiles = text.environmentFiles;
    for (const auto& layer : text.layers)
        reading.project.otherFiles << layer.file;
    reading.project.usualProfiles = namesIn(text.variables.value(QStringLiteral("COMPOSE_PROFILES")));
    auto roots = parsedFiles(text, reading);
    if (roots.empty())
        return reading;
    const ComposeValue* name = nullptr;
    for (const auto& root : roots) {
        if (const auto* said = root.find(u"name"))
            name = said;
    }
    reading.project.name = projectNameOf(text, name, reading.findings);
    ComposeText named = text;
    named.variables.insert(QStringLiteral("COMPOSE_PROJECT_NAME"), reading.project.name);
    ServiceExtension extension(named.variables, reading.project.folder, reading.findings);
    FileInclusion inclusion(named.variables, reading.project.folder, extension, reading.findings);
    ComposeValue whole;
    for (std::size_t i = 0; i < roots.size(); ++i) {
        interpolateAll(roots[i], {}, named.variables, reading.findings);
        const QString& file = i == 0 ? text.file : text.layers[i - 1].file;
        inclusion.resolve(roots[i], file);
        extension.resolve(roots[i], file, reading.project.folder);
        whole = i == 0 ? std::move(roots[i]) : mergedProject(std::move(whole), std::move(roots[i]));
    }
    settle(whole);
    ProjectReader(named, whole, reading).read();
    reading.findings.sort();
    return reading;
}

} // namespace twinhull
