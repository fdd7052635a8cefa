// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/images/image_jobs.h"
#include "core/registries/registry_search.h"

#include <QJsonArray>
#include <QJsonObject>

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace twinhull {

namespace {

struct PullOptions {
    std::string name;
    std::string platform;
    unsigned retries = 3;
    unsigned stallSeconds = 60;
    AccessOptions access;
};

struct PushOptions {
    std::string words;
    std::string destination;
    AccessOptions access;
};

struct RegistryCopyOptions {
    std::string from;
    std::string to;
    std::string fromTls;
    std::string toTls;
    bool takesAll = false;
};

struct LoginOptions {
    std::string host;
    std::string user;
    std::string password;
    bool readsPassword = false;
    AccessOptions access;
};

struct SearchOptions {
    std::string words;
    bool listsTags = false;
    AccessOptions access;
};

void pull(Program& program, const PullOptions& options)
{
    auto name = RegistryReference::parse(options.name);
    auto platform = options.platform.empty() ? Result<ImagePlatform>(hostPlatform()) : parsePlatform(options.platform);
    if (!name || !platform) {
        program.fail(name ? platform.error() : name.error());
        return;
    }
    const PullPlan plan{ *name, *platform, options.access.access(), options.retries,
        std::chrono::seconds(options.stallSeconds) };
    program.run(pullJob(program.images(), plan),
        [&program, stored = name->storeName()] { printImage(program, QString::fromStdString(stored)); });
}

void push(Program& program, const PushOptions& options)
{
    const auto image = chosenImage(program, options.words);
    if (!image)
        return;
    const std::string target
        = options.destination.empty() ? image->references.value(0).toStdString() : options.destination;
    auto destination = RegistryReference::parse(target);
    if (!destination) {
        program.fail(destination.error());
        return;
    }
    program.run(pushJob(program.images(),
                    { *Digest::parse(image->digest.toStdString()), *destination, options.access.access() }),
        [&program, digest = image->digest] { printImage(program, digest); });
}

void copyImage(Program& program, const RegistryCopyOptions& options)
{
    auto from = RegistryReference::parse(options.from);
    auto to = RegistryReference::parse(options.to);
    if (!from || !to) {
        program.fail(from ? to.error() : from.error());
        return;
    }
    RegistryCopy plan{ *from, *to };
    plan.fromAccess = AccessOptions{ options.fromTls, {} }.access();
    plan.toAccess = AccessOptions{ options.toTls, {} }.access();
    plan.takesAllPlatforms = options.takesAll;
    program.run(copyJob(plan), [&program] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("copied"), true } }));
        program.finish();
    });
}

/// A line from standard input; not shown where a person types it.
std::string readSecret()
{
    termios before{};
    const bool isTyped = ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (isTyped) {
        std::cerr << "Password: " << std::flush;
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent); // shown, where the terminal cannot hide it
    }
    std::string line;
    std::getline(std::cin, line);
    if (isTyped) {
        (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before); // as above
        std::cerr << std::endl;
    }
    return line;
}

void login(Program& program, const LoginOptions& options)
{
    RegistryLogin plan{ options.host, options.user, options.password, options.access.access() };
    if (plan.password.empty())
        plan.password = readSecret();
    if (plan.password.empty()) {
        program.fail(Error{ ErrorCode::InvalidArgument, "log in to " + options.host + ": there is no password", 0,
            "Type it, or give it with --password-stdin." });
        return;
    }
    program.run(loginJob(plan), [&program] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("logged_in"), true } }));
        program.finish();
    });
}

void logout(Program& program, const LoginOptions& options)
{
    if (auto done = logoutOfRegistry(options.host, options.access.access()); !done) {
        program.fail(done.error());
        return;
    }
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("logged_in"), false } }));
    program.finish();
}

void printTags(Program& program, const std::vector<std::string>& tags)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("TAG") });
    for (const auto& tag : tags) {
        array.append(QString::fromStdString(tag));
        table.add({ QString::fromStdString(tag) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void printFound(Program& program, const std::vector<FoundRepository>& all)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("STARS"), QStringLiteral("DESCRIPTION") });
    for (const auto& found : all) {
        const QString name = QString::fromStdString(found.name);
        const QString description = QString::fromStdString(found.description);
        QJsonObject object{ { QStringLiteral("name"), name }, { QStringLiteral("description"), description },
            { QStringLiteral("isOfficial"), found.isOfficial } };
        object[QStringLiteral("stars")] = found.stars ? QJsonValue(static_cast<qint64>(*found.stars)) : QJsonValue();
        array.append(object);
        table.add({ name, found.stars ? QString::number(*found.stars) : QStringLiteral("-"), description });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void listTagsOf(Program& program, const SearchOptions& options)
{
    auto name = RegistryReference::parse(options.words);
    if (!name) {
        program.fail(name.error());
        return;
    }
    const auto tags = std::make_shared<std::vector<std::string>>();
    auto job = program.images().work(QObject::tr("List the tags of %1").arg(QString::fromStdString(name->place())),
        [name = *name, access = options.access.access(), tags](const DataFolders&, JobContext& context) {
            auto list = listTags(name, access, context);
            if (!list)
                return Result<>(std::move(list).error());
            *tags = *std::move(list);
            return Result<>();
        });
    program.run(std::move(job), [&program, tags] { printTags(program, *tags); });
}

void search(Program& program, const SearchOptions& options)
{
    if (options.listsTags) {
        listTagsOf(program, options);
        return;
    }
    auto asked = RegistrySearch::parse(options.words);
    if (!asked) {
        program.fail(asked.error());
        return;
    }
    asked->access = options.access.access();
    const auto all = std::make_shared<std::vector<FoundRepository>>();
    auto job = program.images().work(QObject::tr("Search %1").arg(QString::fromStdString(asked->host)),
        [asked = *asked, all](const DataFolders&, JobContext& context) {
            auto found = searchRegistry(asked, context);
            if (!found)
                return Result<>(std::move(found).error());
            *all = *std::move(found);
            return Result<>();
        });
    program.run(std::move(job), [&program, all] { printFound(program, *all); });
}

void addLoginVerbs(CLI::App& images, ChosenVerb& chosen)
{
    const auto options = std::make_shared<LoginOptions>();
    auto* loginVerb
        = images.add_subcommand("login", "keep a login for a registry, where skopeo and podman look for it");
    loginVerb->add_option("REGISTRY", options->host, "like docker.io or localhost:5000")->required();
    loginVerb->add_option("-u,--username", options->user, "whom the registry knows")->required();
    loginVerb->add_option("-p,--password", options->password, "others may see it in the list of processes");
    loginVerb->add_flag("--password-stdin", options->readsPassword, "read it from standard input, as without -p");
    addAccessOptions(*loginVerb, options->access);
    onVerb(*loginVerb, chosen, options, Need::Images, &login);

    auto* logoutVerb = images.add_subcommand("logout", "forget a login");
    logoutVerb->add_option("REGISTRY", options->host, "as it was given to login")->required();
    addAccessOptions(*logoutVerb, options->access);
    onVerb(*logoutVerb, chosen, options, Need::Images, &logout);
}

} // namespace

void addImageRegistryVerbs(CLI::App& images, ChosenVerb& chosen)
{
    const auto pulling = std::make_shared<PullOptions>();
    auto* pullVerb
        = images.add_subcommand("pull", "bring an image from a registry; goes on with what is there already");
    pullVerb->add_option("NAME", pulling->name, "like alpine:3.18 or localhost:5000/team/web:1")->required();
    pullVerb->add_option("--platform", pulling->platform, "OS/ARCH[/VARIANT] instead of this computer's");
    pullVerb->add_option("--retry", pulling->retries, "after a broken connection")->capture_default_str();
    pullVerb->add_option("--stall-timeout", pulling->stallSeconds, "seconds a registry may send nothing")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
    addAccessOptions(*pullVerb, pulling->access);
    onVerb(*pullVerb, chosen, pulling, Need::Images, &pull);

    const auto pushing = std::make_shared<PushOptions>();
    auto* pushVerb = images.add_subcommand("push", "send an image to a registry");
    pushVerb->add_option("IMAGE", pushing->words, "reference or digest")->required();
    pushVerb->add_option(
        "DESTINATION", pushing->destination, "like localhost:5000/team/web:1; the image's own name by default");
    addAccessOptions(*pushVerb, pushing->access);
    onVerb(*pushVerb, chosen, pushing, Need::Images, &push);

    const auto copying = std::make_shared<RegistryCopyOptions>();
    auto* copyVerb = images.add_subcommand("copy", "from registry to registry, without storing it here");
    copyVerb->add_option("SOURCE", copying->from, "name in a registry")->required();
    copyVerb->add_option("DESTINATION", copying->to, "name in a registry")->required();
    copyVerb->add_option("--src-tls-verify", copying->fromTls, "true or false")
        ->check(CLI::IsMember({ "true", "false" }));
    copyVerb->add_option("--dest-tls-verify", copying->toTls, "true or false")
        ->check(CLI::IsMember({ "true", "false" }));
    copyVerb->add_flag("-a,--all", copying->takesAll, "every platform of a multi-platform image");
    onVerb(*copyVerb, chosen, copying, Need::Images, &copyImage);

    const auto searching = std::make_shared<SearchOptions>();
    auto* searchVerb = images.add_subcommand("search", "repositories by a part of their names, where a registry tells");
    searchVerb->add_option("TERM", searching->words, "like nginx (of docker.io), quay.io/nginx or localhost:5000/")
        ->required();
    searchVerb->add_flag("--list-tags", searching->listsTags, "TERM is a repository: its tags");
    addAccessOptions(*searchVerb, searching->access);
    onVerb(*searchVerb, chosen, searching, Need::Images, &search);
    addLoginVerbs(images, chosen);
}

} // namespace twinhull
