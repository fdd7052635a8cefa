// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/files.h"
#include "core/base/small_file.h"
#include "core/base/text.h"
#include "core/volumes/secrets.h"

#include <QJsonArray>
#include <QJsonObject>

#include <unistd.h>

namespace twinhull {

namespace {

struct SecretCreation {
    std::string name;
    std::string path;
    bool replaces = false;
};

struct SecretNames {
    std::vector<std::string> names;
};

QJsonObject secretJson(const SecretInfo& secret)
{
    return { { QStringLiteral("name"), secret.name }, { QStringLiteral("bytes"), static_cast<double>(secret.bytes) },
        { QStringLiteral("changed_at"), secret.changed.toUTC().toString(Qt::ISODate) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(secret.users) } };
}

Result<std::string> readSecret(const std::string& path)
{
    if (path != "-")
        return readSmallFile(path, kSecretLimitBytes);
    const UniqueFd input(::dup(STDIN_FILENO));
    return readAll(input, kSecretLimitBytes).withContext("standard input");
}

void createIt(Program& program, const SecretCreation& options)
{
    const QString name = QString::fromStdString(options.name);
    auto secret = readSecret(options.path);
    auto made = secret
        ? createSecret(program.folders(), name, *secret, options.replaces ? SameSecret::Replace : SameSecret::Refuse)
        : Result<>(std::move(secret).error());
    if (!made)
        return program.fail(made.error());
    if (program.wantsJson())
        program.print(QJsonValue(name));
    else
        program.print(name + u'\n');
    program.finish();
}

void listSecretsOf(Program& program, const SecretNames&)
{
    const auto secrets = listSecrets(program.folders());
    if (!secrets)
        return program.fail(secrets.error());
    QJsonArray array;
    TextTable table(
        { QStringLiteral("NAME"), QStringLiteral("SIZE"), QStringLiteral("CHANGED"), QStringLiteral("USED BY") });
    for (const auto& secret : *secrets) {
        array.append(secretJson(secret));
        table.add({ secret.name, QString::fromStdString(formatBytes(secret.bytes)),
            secret.changed.toUTC().toString(Qt::ISODate), secret.users.join(QStringLiteral(", ")) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void inspectThem(Program& program, const SecretNames& options)
{
    QJsonArray array;
    for (const auto& name : options.names) {
        const auto secret = findSecret(program.folders(), QString::fromStdString(name));
        if (!secret)
            return program.fail(secret.error());
        array.append(secretJson(*secret));
    }
    program.print(QJsonValue(array));
    program.finish();
}

void removeThem(Program& program, const SecretNames& options)
{
    QJsonArray removed;
    for (const auto& name : options.names) {
        if (auto done = removeSecret(program.folders(), QString::fromStdString(name)); !done)
            return program.fail(done.error());
        removed.append(QString::fromStdString(name));
        if (!program.wantsJson())
            program.print(QString::fromStdString(name) + u'\n');
    }
    if (program.wantsJson())
        program.print(QJsonValue(removed));
    program.finish();
}

} // namespace

void addSecretVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* secrets = app.add_subcommand("secret", "passwords and keys that containers get as files in memory");
    secrets->footer("A secret is kept as a file that you alone can read (mode 0600); it is not encrypted. A container "
                    "gets those that it names with --secret, read-only in /run/secrets, as they are when it starts. "
                    "Nothing tells them but the container itself.");
    secrets->require_subcommand(1);
    secrets->fallthrough();

    const auto creation = std::make_shared<SecretCreation>();
    auto* create = secrets->add_subcommand("create", "keep what a file says, not encrypted, as a secret");
    create->add_option("NAME", creation->name)->required();
    create->add_option("FILE", creation->path, "- for standard input; at most 512000 bytes")->required();
    create->add_flag("--replace", creation->replaces, "in place of the one of that name");
    onVerb(*create, chosen, creation, Need::Images, &createIt);

    const auto names = std::make_shared<SecretNames>();
    onVerb(*secrets->add_subcommand("list", "their names, sizes, and who uses them"), chosen, names, Need::Images,
        &listSecretsOf);
    auto* inspect = secrets->add_subcommand("inspect", "what list tells, of these; never the secret itself");
    inspect->add_option("NAME", names->names)->required();
    onVerb(*inspect, chosen, names, Need::Images, &inspectThem);
    auto* remove = secrets->add_subcommand("remove", "secrets that no container uses");
    remove->add_option("NAME", names->names)->required();
    onVerb(*remove, chosen, names, Need::Images, &removeThem);
}

} // namespace twinhull
