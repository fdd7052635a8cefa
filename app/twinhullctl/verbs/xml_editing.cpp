// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/xml_editing.h"

#include "core/base/files.h"
#include "core/workload/line_difference.h"
#include "core/workload/plan_command.h"

#include <QProcess>
#include <QTemporaryFile>

#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::size_t kMostDefinitionBytes = 4U << 20U;

bool isChangeAgreed()
{
    std::cerr << Program::tr("Define it like this? [y/N] ").toStdString() << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

struct RunningEdit {
    XmlEdit wish;
    QTemporaryFile file;
    QProcess editor;
};

void defineEdited(Program& program, const std::shared_ptr<RunningEdit>& edit)
{
    const auto text = readFile(edit->file.fileName().toStdString(), kMostDefinitionBytes);
    if (!text) {
        program.fail(text.error());
        return;
    }
    const QByteArray after = QByteArray::fromStdString(*text);
    const auto difference = lineDifference(QString::fromUtf8(edit->wish.before), QString::fromUtf8(after));
    if (difference.empty()) {
        program.note(Program::tr("Nothing was changed."));
        program.finish();
        return;
    }
    if (!program.wantsJson())
        program.print(differenceText(difference));
    edit->file.setAutoRemove(false); // from here it goes only when it is defined
    if (!edit->wish.isAgreed && !isChangeAgreed()) {
        program.note(Program::tr("Not defined. What you wrote is in %1").arg(edit->file.fileName()));
        program.finish(ExitCode::Cancelled);
        return;
    }
    program.runToTheEnd(edit->wish.define(after), [&program, edit](const Job& job) {
        if (job.state() == Job::State::Succeeded) {
            edit->file.remove();
            edit->wish.defined();
            return;
        }
        program.note(
            Program::tr("What you wrote is in %1; define it with: %2")
                .arg(edit->file.fileName(), shellLine(edit->wish.redoWords + QStringList{ edit->file.fileName() })));
        program.finish(exitCodeOf(job.result() ? ErrorCode::Cancelled : job.result().error().code));
    });
}

/// A line of the environment, as visudo and git read it too; there is always a vi.
QStringList editorWords()
{
    for (const char* name : { "VISUAL", "EDITOR" }) {
        const QStringList words = QProcess::splitCommand(qEnvironmentVariable(name));
        if (!words.isEmpty())
            return words;
    }
    return { QStringLiteral("vi") };
}

} // namespace

Result<QByteArray> readDefinitionFile(const std::string& path)
{
    const UniqueFd input(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : -1);
    const auto text = input ? readAll(input, kMostDefinitionBytes) : readFile(path, kMostDefinitionBytes);
    return text ? Result<QByteArray>(QByteArray::fromStdString(*text)) : text.error();
}

void editXml(Program& program, XmlEdit wish)
{
    const auto edit = std::make_shared<RunningEdit>();
    edit->wish = std::move(wish);
    edit->file.setFileTemplate(edit->file.fileTemplate() + QStringLiteral(".xml"));
    if (!edit->file.open() || edit->file.write(edit->wish.before) != edit->wish.before.size() || !edit->file.flush()) {
        program.fail(Error{ ErrorCode::Io, "write a file to edit: " + edit->file.errorString().toStdString(), 0, {} });
        return;
    }
    QStringList words = editorWords();
    const QString editor = words.takeFirst();
    edit->editor.setProcessChannelMode(QProcess::ForwardedChannels);
    edit->editor.setInputChannelMode(QProcess::ForwardedInputChannel);
    QObject::connect(
        &edit->editor, &QProcess::errorOccurred, &program, [&program, editor](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                program.fail(Error{ ErrorCode::NotFound, "the editor " + editor.toStdString() + " cannot be started", 0,
                    "Set EDITOR to one that is installed." });
        });
    QObject::connect(&edit->editor, &QProcess::finished, &program, [&program, edit](int code) {
        if (code == 0) {
            defineEdited(program, edit);
            return;
        }
        program.note(Program::tr("The editor failed, so nothing was changed."));
        program.finish(ExitCode::Failed);
    });
    edit->editor.start(editor, words << edit->file.fileName());
}

} // namespace twinhull
