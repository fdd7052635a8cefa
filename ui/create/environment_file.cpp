// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/environment_file.h"

#include "core/base/small_file.h"
#include "core/workload/option_text.h"
#include "ui/create/form_row.h"

#include <QApplication>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QThreadPool>

namespace twinhull {

namespace {

constexpr std::size_t kEnvironmentBytes = 1U << 20U;

Result<QStringList> linesOf(const std::string& path)
{
    const auto text = readSmallFile(path, kEnvironmentBytes);
    return text ? environmentFromFileText(QString::fromStdString(*text)) : Result<QStringList>(text.error());
}

void show(const Result<QStringList>& lines, QPlainTextEdit& editor, FormRow& row)
{
    row.setNote(lines ? QString() : QString::fromStdString(lines.error().message));
    if (lines && !lines->isEmpty())
        editor.appendPlainText(lines->join(QLatin1Char('\n')));
}

void readInto(const QString& path, QPlainTextEdit& editor, FormRow& row)
{
    QThreadPool::globalInstance()->start([path = path.toStdString(), to = QPointer(&editor), under = QPointer(&row)] {
        auto lines = linesOf(path);
        QMetaObject::invokeMethod(qApp, [lines = std::move(lines), to, under] {
            if (to && under)
                show(lines, *to, *under);
        });
    });
}

} // namespace

QPushButton* makeEnvironmentFileLink(QPlainTextEdit& editor, FormRow& row, QWidget* parent)
{
    auto* link = new QPushButton(QApplication::translate("EnvironmentFile", "Add lines from a file…"), parent);
    link->setObjectName(QStringLiteral("environmentFile"));
    link->setProperty("link", true);
    link->setProperty("small", true);
    link->setAutoDefault(false);
    link->setCursor(Qt::PointingHandCursor);
    QObject::connect(link, &QPushButton::clicked, &editor, [&editor, &row] {
        auto* dialog = new QFileDialog(editor.window());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        QObject::connect(dialog, &QFileDialog::fileSelected, &editor,
            [&editor, &row](const QString& path) { readInto(path, editor, row); });
        dialog->open();
    });
    return link;
}

} // namespace twinhull
