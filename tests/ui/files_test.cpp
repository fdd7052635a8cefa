// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/workload/command_runner.h"
#include "core/workload/image_difference.h"
#include "tests/support/context_world.h"
#include "ui/files/file_table.h"
#include "ui/files/files_tab.h"
#include "ui/files/text_file_dialog.h"

#include <QAbstractItemModelTester>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// Runs file-carrier itself, here in place of inside; tests/integration has it in a container.
class LocalProvider : public FakeProvider, public CommandRunner, public ImageDifference {
public:
    LocalProvider() : FakeProvider(WorkloadKind::Container) { }

    std::unique_ptr<Job> runInside(const WorkloadId&, InsideCommand, std::shared_ptr<CommandOutcome>) override
    {
        return std::make_unique<InstantJob>(QStringLiteral("none"), [] { return Result<>(); });
    }
    Result<InsideRun> prepareInside(const WorkloadId&, InsideCommand command) override
    {
        command.arguments[0] = command.programPath;
        return InsideRun([command](const InsideStreams& streams) -> Result<int> {
            const auto done = runCommand({ command.arguments, {}, {} },
                { std::chrono::seconds(60), streams.isCancelled, -1, streams.input, streams.output,
                    streams.errorOutput });
            return done ? Result<int>(done->exitStatus) : Result<int>(done.error());
        });
    }
    std::unique_ptr<Job> findDifferences(const WorkloadId&, std::shared_ptr<std::vector<FileDifference>> into) override
    {
        return std::make_unique<InstantJob>(QStringLiteral("compare"), [this, into] {
            *into = differences;
            return Result<>();
        });
    }

    bool hasFilesAtRest(const WorkloadId&) const override { return isAtRest; }

    std::vector<FileDifference> differences;
    bool isAtRest = false;
};

} // namespace

/// The tab of a workload's files, by keys.
class FilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_provider = std::make_unique<LocalProvider>();
        m_registry = std::make_unique<WorkloadRegistry>();
        m_registry->add(m_provider.get());
        m_world = std::make_unique<ContextWorld>();
        m_context = std::make_unique<AppContext>(AppContext{ *m_registry, m_world->jobs, m_world->images,
            m_world->rings, m_world->twins, m_world->settings, m_world->temporary.folders() });
        QVERIFY(makeFolders(path("top/sub/empty")) && writeFileAtomically(path("top/file"), "one\ntwo\n"));
        QVERIFY(writeFileAtomically(path("top/other"), "x"));
        m_provider->differences = { { FileDifference::Kind::Changed, path("top/file") },
            { FileDifference::Kind::Added, path("top/sub/empty") },
            { FileDifference::Kind::Removed, path("top/gone") } };
        m_info = makeWorkload(WorkloadKind::Container, QStringLiteral("box"));
        m_info.capabilities |= Capability::Exec;
        m_tab = std::make_unique<FilesTab>(*m_context);
        m_tab->resize(1000, 400);
        m_tab->show();
        QVERIFY(QTest::qWaitForWindowActive(m_tab.get()));
        m_tab->present(m_info);
        go("top");
    }
    void cleanup() { m_tab.reset(); }

    void goesThroughFoldersByKeys()
    {
        QAbstractItemModelTester tester(table()->model());
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        QCOMPARE(marks(), QStringLiteral("changed inside|changed||removed"));
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("empty/"));
        QCOMPARE(marks(), QStringLiteral("added"));
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_VERIFY2(notice().contains(QStringLiteral("empty")), qPrintable(notice()));
        QTest::keyClick(field("filesPath"), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(field("filesPath"), QString::fromStdString(path("top")));
        QTest::keyClick(field("filesPath"), Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        QTest::keyClicks(field("filesFilter"), QStringLiteral("OTH"));
        QCOMPARE(names(), QStringLiteral("other"));
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_Backspace);
        QTRY_VERIFY2(names().contains(QStringLiteral("top/")), qPrintable(names()));
    }

    void makesRenamesAndDeletes()
    {
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        m_tab->findChild<QAction*>(QStringLiteral("filesNewFolder"))->trigger();
        answer("made");
        QTRY_VERIFY(exists(path("top/made")));
        QTRY_COMPARE(names(), QStringLiteral("made/ sub/ file other gone"));
        choose("other");
        QTest::keyClick(table(), Qt::Key_F2);
        answer("another");
        QTRY_COMPARE(names(), QStringLiteral("made/ sub/ another file gone"));
        choose("sub/");
        QTest::keyClick(table(), Qt::Key_Delete);
        auto* box = m_tab->findChild<QMessageBox*>(QStringLiteral("confirmFileRemoval"));
        QVERIFY(box != nullptr && exists(path("top/sub")));
        for (auto* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                button->click();
        }
        QTRY_COMPARE(names(), QStringLiteral("made/ another file gone"));
        choose("gone"); // only the image has it
        QVERIFY(!m_tab->findChild<QAction*>(QStringLiteral("filesRemove"))->isEnabled());
    }

    void editsATextAndRefusesOneThatChanged()
    {
        TextFileDialog* dialog = open("file");
        QVERIFY(dialog != nullptr);
        auto* edit = dialog->findChild<QPlainTextEdit*>();
        auto* note = dialog->findChild<QLabel*>(QStringLiteral("textFileNote"));
        QCOMPARE(edit->toPlainText(), QStringLiteral("one\ntwo\n"));
        QTest::keyClicks(edit, QStringLiteral("zero "));
        QTest::keyClick(edit, Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!note->text().isEmpty());
        QCOMPARE(*readFile(path("top/file")), std::string("zero one\ntwo\n"));
        QVERIFY(writeFileAtomically(path("top/file"), "of another\n"));
        QTest::keyClicks(edit, QStringLiteral("x"));
        QTest::keyClick(edit, Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY2(note->text() != QStringLiteral("Saved."), qPrintable(note->text()));
        QCOMPARE(*readFile(path("top/file")), std::string("of another\n"));
        QTest::keyClick(edit, Qt::Key_Escape); // asks, for something is unsaved
        QVERIFY(dialog->isVisible() && dialog->findChild<QMessageBox*>() != nullptr);
    }

    void showsWhatIsNoTextOnlyToRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("canBeEdited");
        QTest::newRow("UTF-8") << QByteArray("größe\n") << true;
        QTest::newRow("lines of Windows") << QByteArray("one\r\ntwo\r\n") << true;
        QTest::newRow("no end of the last line") << QByteArray("one") << true;
        QTest::newRow("mixed lines") << QByteArray("one\r\ntwo\n") << false;
        QTest::newRow("bytes") << QByteArray("\xff\xfe") << false;
        QTest::newRow("zeros") << QByteArray("a\0b", 3) << false;
    }
    void showsWhatIsNoTextOnlyToRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, canBeEdited);
        QVERIFY(writeFileAtomically(path("top/file"), text.toStdString()));
        TextFileDialog* dialog = open("file");
        QVERIFY(dialog != nullptr);
        QCOMPARE(!dialog->findChild<QPlainTextEdit*>()->isReadOnly(), canBeEdited);
    }

    void takesWhatIsDropped()
    {
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        QVERIFY(writeFileAtomically(path("brought"), "mine"));
        QMimeData mime;
        mime.setUrls({ QUrl::fromLocalFile(QString::fromStdString(path("brought"))) });
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(table()->viewport(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(table()->viewport(), &drop);
        QTRY_COMPARE(names(), QStringLiteral("sub/ brought file other gone"));
        QCOMPARE(*readFile(path("top/brought")), std::string("mine"));
    }

    void saysWhatItNeeds()
    {
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        m_info.state = WorkloadState::Stopped;
        m_tab->present(m_info);
        QVERIFY2(notice().contains(QStringLiteral("running workload")), qPrintable(notice()));
        QVERIFY(!m_tab->findChild<QAction*>(QStringLiteral("filesUpload"))->isEnabled());
        m_info.state = WorkloadState::Running;
        m_tab->present(m_info);
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        go("none");
        QTRY_VERIFY2(notice().contains(QStringLiteral("none")) || !notice().isEmpty(), qPrintable(notice()));
        QCOMPARE(table()->isVisible(), false);
    }

    void showsTheFilesOfAStoppedContainer()
    {
        auto* rest = m_tab->findChild<QLabel*>(QStringLiteral("filesAtRest"));
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        QVERIFY(!rest->isVisible());
        m_provider->isAtRest = true;
        m_info.state = WorkloadState::Failed;
        m_info.capabilities = Capability::Start;
        m_tab->present(m_info);
        QTRY_COMPARE(names(), QStringLiteral("sub/ file other gone"));
        QVERIFY2(rest->isVisible() && rest->text().contains(QStringLiteral("stopped")), qPrintable(rest->text()));
        QVERIFY(m_tab->findChild<QAction*>(QStringLiteral("filesUpload"))->isEnabled());
        m_provider->isAtRest = false;
        m_info.state = WorkloadState::Starting;
        m_tab->present(m_info);
        QVERIFY(!rest->isVisible() && !notice().isEmpty());
    }

private:
    FileTable* table() const { return m_tab->findChild<FileTable*>(); }
    QLineEdit* field(const char* name) const { return m_tab->findChild<QLineEdit*>(QLatin1String(name)); }
    QString notice() const
    {
        auto* label = m_tab->findChild<QLabel*>(QStringLiteral("filesNotice"));
        return label->isVisible() ? label->text() : QString();
    }
    void go(const char* below)
    {
        field("filesPath")->setText(QString::fromStdString(path(below)));
        QTest::keyClick(field("filesPath"), Qt::Key_Return);
    }
    QString column(int column) const
    {
        QStringList texts;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            texts << table()->model()->index(row, column).data().toString();
        return texts.join(column == FileListModel::Name ? u' ' : u'|');
    }
    QString names() const { return column(FileListModel::Name); }
    QString marks() const { return column(FileListModel::Mark); }
    void choose(const char* name) const
    {
        for (int row = 0; row < table()->model()->rowCount(); ++row) {
            if (table()->model()->index(row, 0).data().toString() == QLatin1String(name))
                table()->selectRow(row);
        }
        table()->setFocus();
    }
    TextFileDialog* open(const char* name)
    {
        if (!QTest::qWaitFor([this] { return names().startsWith(u"sub/"); }, kTestPatienceMilliseconds))
            return nullptr;
        choose(name);
        QTest::keyClick(table(), Qt::Key_Return);
        (void)QTest::qWaitFor(
            [this] { return m_tab->findChild<TextFileDialog*>() != nullptr; }, kTestPatienceMilliseconds);
        return m_tab->findChild<TextFileDialog*>();
    }
    /// Types a name into the small dialog that is open, and Enter.
    void answer(const char* name) const
    {
        auto* dialog = m_tab->findChild<QDialog*>(QStringLiteral("fileDialog"));
        QVERIFY(dialog != nullptr);
        auto* line = dialog->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, QLatin1String(name));
        QTest::keyClick(line, Qt::Key_Return);
    }
    std::string path(const char* below) const { return m_world->temporary.path(QLatin1String(below)).toStdString(); }

    std::unique_ptr<LocalProvider> m_provider;
    std::unique_ptr<WorkloadRegistry> m_registry;
    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<AppContext> m_context;
    WorkloadInfo m_info;
    std::unique_ptr<FilesTab> m_tab;
};

QTEST_MAIN(FilesTest)
#include "files_test.moc"
