// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/commit_dialog.h"

#include "core/images/image_reference.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

const QString kImageKey = QStringLiteral("Name");
const QString kMessageKey = QStringLiteral("Message");
const QString kAuthorKey = QStringLiteral("Author");
const QString kPauseKey = QStringLiteral("Pause");

QString commitText(const char* text)
{
    return QCoreApplication::translate("CommitDialog", text);
}

FieldsDialog::Verdict judgeCommit(const FieldsDialog::Values& values)
{
    const QString name = values[kImageKey];
    if (const auto reference = normalizedReference(name.toStdString()); !reference)
        return { QString::fromStdString(reference.error().toLine()), false };
    return { commitText("The image holds all that it wrote outside of its volumes and folders of this computer."),
        true };
}

} // namespace

FieldsDialog* makeCommitDialog(const WorkloadInfo& info, QWidget* parent)
{
    std::vector<Field> fields{ { kImageKey, commitText("Name of the image"), Field::Kind::Text,
                                   info.name.toLower() + QStringLiteral(":latest") },
        { kMessageKey, commitText("Message"), Field::Kind::Text, {}, commitText("for its history") },
        { kAuthorKey, commitText("Author"), Field::Kind::Text, {}, commitText("Ada Lovelace <ada@example.org>") } };
    if (info.capabilities.testFlag(Capability::Pause))
        fields.push_back({ kPauseKey, commitText("Freeze it meanwhile, so that no file changes"), Field::Kind::Check,
            QStringLiteral("true") });
    return new FieldsDialog(
        { commitText("Make an image of %1").arg(info.name), commitText("Make image"), QStringLiteral("commitDialog") },
        fields, &judgeCommit, parent);
}

CommitRequest commitRequestFrom(const QMap<QString, QString>& values)
{
    CommitRequest request;
    request.reference = values[kImageKey];
    request.message = values[kMessageKey];
    request.author = values[kAuthorKey];
    request.isPaused = values.value(kPauseKey, QStringLiteral("true")) == QStringLiteral("true");
    return request;
}

} // namespace twinhull
