// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/image_actions.h"

#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/thread_job.h"
#include "core/registries/registry_login.h"
#include "ui/images/build_dialog.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/images/image_details_dialog.h"
#include "ui/images/prune_dialog.h"
#include "ui/images/search_dialog.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>

namespace twinhull {

namespace {

using Values = FieldsDialog::Values;
using Verdict = FieldsDialog::Verdict;

const QString kName = QStringLiteral("Name");
const QString kPlatform = QStringLiteral("Platform");
const QString kPlain = QStringLiteral("NoTls");
const QString kUser = QStringLiteral("User");
const QString kPassword = QStringLiteral("Password");
const QString kCommand = QStringLiteral("Command");
const QString kSource = QStringLiteral("Source");
const QString kPlainSource = QStringLiteral("SourceNoTls");
const QString kAllPlatforms = QStringLiteral("AllPlatforms");

RegistryAccess accessIn(const Values& values)
{
    return { values[kPlain].isEmpty() ? std::optional<bool>() : std::optional(false), {} };
}

Verdict problem(const Error& error)
{
    return { errorParagraph(error), false };
}

Field plainField()
{
    return { kPlain, QObject::tr("This registry has no TLS, or a certificate of its own"), Field::Kind::Check };
}

QStringList usualPlatforms()
{
    return { QString::fromStdString(platformText(hostPlatform())), QStringLiteral("linux/amd64"),
        QStringLiteral("linux/arm64"), QStringLiteral("linux/arm/v7"), QStringLiteral("linux/riscv64") };
}

Result<PullPlan> pullPlanOf(const Values& values)
{
    auto name = RegistryReference::parse(values[kName].toStdString());
    auto platform = parsePlatform(values[kPlatform].toStdString());
    if (!name || !platform)
        return name ? std::move(platform).error() : std::move(name).error();
    PullPlan plan{ *std::move(name), *std::move(platform) };
    plan.access = accessIn(values);
    return plan;
}

Verdict judgePull(const Values& values)
{
    if (values[kName].isEmpty())
        return { QObject::tr("For example alpine:3.18, quay.io/team/web:1 or localhost:5000/web."), false };
    const auto plan = pullPlanOf(values);
    if (!plan)
        return problem(plan.error());
    QString command = QStringLiteral("twinhullctl images pull ") + values[kName];
    if (platformText(plan->platform) != platformText(hostPlatform()))
        command += QStringLiteral(" --platform ") + values[kPlatform];
    if (!values[kPlain].isEmpty())
        command += QStringLiteral(" --tls-verify=false");
    return { command, true };
}

struct SaveChoice {
    QString filter;
    SaveFormat format;
};

std::unique_ptr<Job> savingJob(
    ImageStore& store, const std::vector<ImageInfo>& images, const QString& path, SaveFormat format)
{
    if (images.size() == 1)
        return saveJob(store,
            { *Digest::parse(images.front().digest.toStdString()), images.front().references.value(0).toStdString(),
                path.toStdString(), format });
    SaveManyPlan plan{ {}, path.toStdString(), format };
    for (const ImageInfo& image : images) {
        ArchivedImage entry{ *Digest::parse(image.digest.toStdString()), {} };
        for (const QString& reference : image.references)
            entry.references.push_back(reference.toStdString());
        plan.images.push_back(std::move(entry));
    }
    return saveManyJob(store, plan);
}

Result<RegistryCopy> copyOf(const Values& values)
{
    auto from = RegistryReference::parse(values[kSource].toStdString());
    auto to = RegistryReference::parse(values[kName].toStdString());
    if (!from || !to)
        return from ? std::move(to).error() : std::move(from).error();
    RegistryCopy copy{ *std::move(from), *std::move(to) };
    copy.toAccess = accessIn(values);
    if (!values[kPlainSource].isEmpty())
        copy.fromAccess.verifiesTls = false;
    copy.takesAllPlatforms = !values[kAllPlatforms].isEmpty();
    return copy;
}

Verdict judgeCopy(const Values& values)
{
    if (values[kSource].isEmpty() || values[kName].isEmpty())
        return { QObject::tr("From registry to registry; nothing of it is kept on this computer."), false };
    const auto copy = copyOf(values);
    if (!copy)
        return problem(copy.error());
    QString command = QStringLiteral("twinhullctl images copy %1 %2").arg(values[kSource], values[kName]);
    if (copy->takesAllPlatforms)
        command += QStringLiteral(" --all");
    if (copy->fromAccess.verifiesTls)
        command += QStringLiteral(" --src-tls-verify=false");
    if (copy->toAccess.verifiesTls)
        command += QStringLiteral(" --dest-tls-verify=false");
    return { command, true };
}

} // namespace

ImageActions::ImageActions(AppContext& context, QWidget* window) : QObject(window), m_context(context), m_window(window)
{
}

ImageActions::~ImageActions() = default;

void ImageActions::search()
{
    auto* dialog = new SearchDialog(m_context, m_window);
    connect(dialog, &SearchDialog::chosen, this, &ImageActions::pull);
    dialog->open();
}

void ImageActions::pull(const QString& name)
{
    QStringList platforms = usualPlatforms();
    platforms.removeDuplicates();
    auto* dialog = new FieldsDialog({ tr("Pull image"), tr("Pull image"), QStringLiteral("imagesPullDialog") },
        { { kName, tr("Image"), Field::Kind::Text, name, tr("name in a registry") },
            { kPlatform, tr("Platform"), Field::Kind::Choice, platforms.front(), {}, platforms }, plainField() },
        &judgePull, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this](const Values& values) {
        const auto plan = pullPlanOf(values);
        if (!plan)
            return;
        Job* job = submitWithRetry(
            m_context.jobs, [&images = m_context.images, plan = *plan] { return pullJob(images, plan); });
        Q_EMIT pullBegan(job, QString::fromStdString(plan->name.storeName()));
    });
    dialog->open();
}

void ImageActions::build()
{
    (new BuildDialog(m_context, m_window))->show(); // beside the window: a build takes its time
}

void ImageActions::push(const ImageInfo& image)
{
    const auto judge = [](const Values& values) {
        const auto name = RegistryReference::parse(values[kName].toStdString());
        if (values[kName].isEmpty() || !name)
            return values[kName].isEmpty() ? Verdict{ {}, false } : problem(name.error());
        return Verdict{ QObject::tr("Goes to %1. Layers that are there already are not sent.")
                            .arg(QString::fromStdString(name->transport().substr(9))),
            true };
    };
    auto* dialog = new FieldsDialog(
        { tr("Push %1").arg(image.shortName()), tr("Push image"), QStringLiteral("imagesPushDialog") },
        { { kName, tr("Destination"), Field::Kind::Text, image.references.value(0), tr("name in a registry") },
            plainField() },
        judge, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this, digest = image.digest](const Values& values) {
        const PushPlan plan{ *Digest::parse(digest.toStdString()),
            *RegistryReference::parse(values[kName].toStdString()), accessIn(values) };
        submitWithRetry(m_context.jobs, [&images = m_context.images, plan] { return pushJob(images, plan); });
    });
    dialog->open();
}

void ImageActions::login()
{
    const auto judge = [](const Values& values) {
        const bool isWhole = !values[kName].isEmpty() && !values[kUser].isEmpty() && !values[kPassword].isEmpty();
        return Verdict{ QObject::tr(
                            "The registry is asked; the login is kept where skopeo and podman look for it, until "
                            "the session ends."),
            isWhole };
    };
    auto* dialog = new FieldsDialog({ tr("Log in to a registry"), tr("Log in"), QStringLiteral("imagesLoginDialog") },
        { { kName, tr("Registry"), Field::Kind::Text, QStringLiteral("docker.io") }, { kUser, tr("User name") },
            { kPassword, tr("Password"), Field::Kind::Password }, plainField() },
        judge, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this](const Values& values) {
        m_context.jobs.submit(loginJob({ values[kName].toStdString(), values[kUser].toStdString(),
            values[kPassword].toStdString(), accessIn(values) }));
    });
    dialog->open();
}

void ImageActions::logout()
{
    if (m_reading)
        return;
    const auto hosts = std::make_shared<std::vector<std::string>>();
    m_reading = std::make_unique<ThreadJob>(tr("Read the logins"), QThreadPool::globalInstance(), [hosts](JobContext&) {
        *hosts = keptLoginHosts();
        return Result<>();
    });
    connect(m_reading.get(), &Job::finished, this, [this, hosts] {
        m_reading.release()->deleteLater(); // it is still telling that it finished
        QStringList names;
        for (const std::string& host : *hosts)
            names << QString::fromStdString(host);
        askToLogOut(names);
    });
    m_reading->start();
}

void ImageActions::askToLogOut(const QStringList& hosts)
{
    if (hosts.isEmpty()) {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Log out of a registry"),
            tr("No login is kept for any registry."), QMessageBox::Close, m_window);
        box->setObjectName(QStringLiteral("imagesNoLogin"));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
        return;
    }
    const auto judge = [hosts](const Values& values) {
        return hosts.contains(values[kName])
            ? Verdict{ QStringLiteral("twinhullctl images logout ") + values[kName], true }
            : Verdict{ QObject::tr("No login is kept for that registry."), false };
    };
    auto* dialog
        = new FieldsDialog({ tr("Log out of a registry"), tr("Log out"), QStringLiteral("imagesLogoutDialog") },
            { { kName, tr("Registry"), Field::Kind::Choice, hosts.front(), {}, hosts } }, judge, m_window);
    connect(dialog, &FieldsDialog::chosen, this,
        [this](const Values& values) { m_context.jobs.submit(logoutJob(values[kName].toStdString())); });
    dialog->open();
}

void ImageActions::copy(const QString& from)
{
    auto* dialog = new FieldsDialog({ tr("Copy between registries"), tr("Copy"), QStringLiteral("imagesCopyDialog") },
        { { kSource, tr("From"), Field::Kind::Text, from, tr("docker.io/library/alpine:3.18") },
            { kName, tr("To"), Field::Kind::Text, {}, tr("registry.example/team/alpine:3.18") },
            { kAllPlatforms, tr("For every platform, not this computer's alone"), Field::Kind::Check },
            { kPlainSource, tr("The registry it comes from has no TLS, or a certificate of its own"),
                Field::Kind::Check },
            { kPlain, tr("The registry it goes to has no TLS, or a certificate of its own"), Field::Kind::Check } },
        &judgeCopy, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this](const Values& values) {
        if (const auto plan = copyOf(values))
            submitWithRetry(m_context.jobs, [plan = *plan] { return copyJob(plan); });
    });
    dialog->open();
}

void ImageActions::tag(const ImageInfo& image)
{
    const auto judge = [this](const Values& values) {
        const auto name = normalizedReference(values[kName].toStdString());
        if (!name)
            return values[kName].isEmpty() ? Verdict{ {}, false } : problem(name.error());
        const auto other = m_context.images.find(QString::fromStdString(*name));
        return Verdict{ other ? tr("%1 is the name of an image already; it is taken from that one.")
                                    .arg(QString::fromStdString(*name))
                              : QString(),
            true };
    };
    auto* dialog = new FieldsDialog(
        { tr("Another name for %1").arg(image.shortName()), tr("Give name"), QStringLiteral("imagesTagDialog") },
        { { kName, tr("Name"), Field::Kind::Text, {}, tr("team/web:1") } }, judge, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this, digest = image.digest](const Values& values) {
        m_context.jobs.submit(tagJob(m_context.images, digest, { values[kName] }));
    });
    dialog->open();
}

void ImageActions::untag(const ImageInfo& image, const QString& reference)
{
    m_context.jobs.submit(untagJob(m_context.images, image.digest, { reference }));
}

void ImageActions::save(const std::vector<ImageInfo>& images)
{
    std::vector<SaveChoice> choices{ { tr("docker-archive (*.tar)"), SaveFormat::DockerArchive },
        { tr("OCI archive (*.oci)"), SaveFormat::OciArchive } };
    if (images.size() == 1)
        choices.push_back({ tr("OCI layout folder (*)"), SaveFormat::OciFolder });
    auto* dialog = new QFileDialog(m_window,
        images.size() == 1 ? tr("Save %1").arg(images.front().shortName()) : tr("Save %1 images").arg(images.size()));
    dialog->setObjectName(QStringLiteral("imagesSaveDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    QStringList filters;
    for (const SaveChoice& choice : choices)
        filters << choice.filter;
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(QStringLiteral("tar"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QLatin1String("*.tar")) ? QStringLiteral("tar")
                : filter.contains(QLatin1String("*.oci"))                ? QStringLiteral("oci")
                                                                         : QString());
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, choices, images](const QString& path) {
        auto format = SaveFormat::DockerArchive;
        for (const SaveChoice& choice : choices) {
            if (choice.filter == dialog->selectedNameFilter())
                format = choice.format;
        }
        submitWithRetry(m_context.jobs,
            [&store = m_context.images, images, path, format] { return savingJob(store, images, path, format); });
    });
    dialog->open();
}

void ImageActions::importRoot()
{
    auto* dialog = new QFileDialog(m_window, tr("Import root"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Tars of a root (*.tar *.tar.gz *.tgz *.tar.xz *.tar.zst)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &ImageActions::askForImport);
    dialog->open();
}

void ImageActions::askForImport(const QString& path)
{
    const auto judge = [](const Values& values) {
        const auto name = normalizedReference(values[kName].toStdString());
        return name
            ? Verdict{ QObject::tr("The command is what runs where no other is given; a shell takes it."), true }
            : problem(name.error());
    };
    auto* dialog = new FieldsDialog({ tr("Import root"), tr("Import"), QStringLiteral("imagesImportDialog") },
        { { kName, tr("Name"), Field::Kind::Text, QFileInfo(path).baseName().toLower() },
            { kCommand, tr("Command"), Field::Kind::Text, QStringLiteral("/bin/sh") } },
        judge, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this, path](const Values& values) {
        ImportPlan plan;
        plan.path = path.toStdString();
        plan.words.reference = *normalizedReference(values[kName].toStdString());
        if (!values[kCommand].isEmpty())
            plan.words.instructions.push_back("CMD " + values[kCommand].toStdString());
        submitWithRetry(m_context.jobs, [&images = m_context.images, plan] { return importJob(images, plan); });
    });
    dialog->open();
}

void ImageActions::prune()
{
    (new PruneDialog(m_context, m_window))->open();
}

void ImageActions::showDetails(const ImageInfo& image)
{
    (new ImageDetailsDialog(m_context, image, m_window))->open();
}

void ImageActions::fillMenu(QMenu& menu, const std::vector<ImageInfo>& chosen)
{
    menu.clear();
    const ImageInfo* image = chosen.size() == 1 ? &chosen.front() : nullptr;
    const auto add = [&](const QString& text, auto act) {
        QAction* action = menu.addAction(text);
        action->setEnabled(image != nullptr);
        if (image != nullptr)
            connect(action, &QAction::triggered, this, [act, kept = *image] { act(kept); });
    };
    add(tr("Layers, history, files\u2026"), [this](const ImageInfo& kept) { showDetails(kept); });
    add(tr("Another name\u2026"), [this](const ImageInfo& kept) { tag(kept); });
    for (const QString& reference : image != nullptr ? image->references : QStringList())
        add(tr("Take away the name %1").arg(reference),
            [this, reference](const ImageInfo& kept) { untag(kept, reference); });
    QAction* saving = menu.addAction(tr("Save as\u2026"));
    saving->setEnabled(!chosen.empty());
    connect(saving, &QAction::triggered, this, [this, chosen] { save(chosen); });
    add(tr("Push\u2026"), [this](const ImageInfo& kept) { push(kept); });
    menu.addSeparator();
    connect(menu.addAction(tr("Log in to a registry\u2026")), &QAction::triggered, this, &ImageActions::login);
    connect(menu.addAction(tr("Log out of a registry\u2026")), &QAction::triggered, this, &ImageActions::logout);
    connect(menu.addAction(tr("Copy between registries\u2026")), &QAction::triggered, this,
        [this, from = image != nullptr ? image->references.value(0) : QString()] { copy(from); });
    connect(menu.addAction(tr("Free space\u2026")), &QAction::triggered, this, &ImageActions::prune);
}

} // namespace twinhull
