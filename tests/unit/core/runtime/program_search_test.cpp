// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/process/program_search.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::runtime;

class ProgramSearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("first"), 0755) && makeFolders(path("second"), 0755));
    }

    void takesTheFirstOfThePath()
    {
        put("first/tool", 0755);
        put("second/tool", 0755);
        QCOMPARE(search("tool", path("first") + ":" + path("second"))->path, path("first") + "/tool");
    }

    void passesByWhatCannotBeExecuted()
    {
        put("first/tool", 0644);
        put("second/tool", 0755);
        QCOMPARE(search("tool", path("first") + ":" + path("second"))->path, path("second") + "/tool");
    }

    void passesByFolders()
    {
        QVERIFY(makeFolders(path("first/tool"), 0755));
        put("second/tool", 0755);
        QCOMPARE(search("tool", path("first") + ":" + path("second"))->path, path("second") + "/tool");
    }

    void takesNoEmptyPartForTheWorkingFolder()
    {
        put("tool", 0755);
        const std::string before = QDir::currentPath().toStdString();
        QVERIFY(QDir::setCurrent(m_folder->path()));
        auto found = search("tool", "::" + path("first") + ":");
        QVERIFY(QDir::setCurrent(QString::fromStdString(before)));
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::NotFound);
        QCOMPARE(found.error().message, std::string("start tool: executable file not found in the container's PATH"));
    }

    void searchesNothingForAPath()
    {
        QCOMPARE(search("/no/such/tool", path("first"))->path, std::string("/no/such/tool"));
        QCOMPARE(search("./tool", path("first"))->path, std::string("./tool"));
    }

    void hasAPathWhereTheProcessHasNone()
    {
        oci::Process process;
        process.args = { "sh" };
        auto found = findProgramCall(process);
        QVERIFY(found);
        QVERIFY2(found->path == "/usr/bin/sh" || found->path == "/bin/sh", found->path.c_str());
    }

    void addsAHomeOnlyWhereThereIsNone()
    {
        oci::Process process;
        process.args = { "/bin/sh" };
        process.user.uid = 0;
        QCOMPARE(findProgramCall(process)->environment, std::vector<std::string>{ "HOME=/root" });
        process.env = { "HOME=/elsewhere", "HOMER=x" };
        QCOMPARE(findProgramCall(process)->environment, process.env);
        process.env = { "HOMER=x" };
        process.user.uid = 4'000'000'000U; // nobody has it
        QCOMPARE(findProgramCall(process)->environment, (std::vector<std::string>{ "HOMER=x", "HOME=/" }));
    }

    void readsHomesOfPasswd_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("home");
        QTest::newRow("among others") << QStringLiteral(
            "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/var/www:/bin/sh\n")
                                      << QStringLiteral("/var/www");
        QTest::newRow("no line end") << QStringLiteral("web:x:33:33::/var/www:") << QStringLiteral("/var/www");
        QTest::newRow("after rubbish") << QStringLiteral("bad line\n\n::::\nweb:x:33:33::/w:/bin/sh")
                                       << QStringLiteral("/w");
        QTest::newRow("relative") << QStringLiteral("web:x:33:33::www:/bin/sh") << QStringLiteral("/");
        QTest::newRow("group is no user") << QStringLiteral("web:x:5:33::/w:/bin/sh") << QStringLiteral("/");
        QTest::newRow("longer number") << QStringLiteral("web:x:333:33::/w:/bin/sh") << QStringLiteral("/");
        QTest::newRow("cut") << QStringLiteral("web:x:33") << QStringLiteral("/");
        QTest::newRow("empty") << QString() << QStringLiteral("/");
    }
    void readsHomesOfPasswd()
    {
        QFETCH(QString, text);
        QFETCH(QString, home);
        QCOMPARE(QString::fromStdString(homeOf(text.toStdString(), 33)), home);
    }

    void saysWhyAProgramDidNotStart_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("hint");
        QTest::newRow("missing") << ENOENT << QStringLiteral("interpreter");
        QTest::newRow("forbidden") << EACCES << QStringLiteral("executable");
        QTest::newRow("other machine") << ENOEXEC << QStringLiteral("this processor");
        QTest::newRow("anything else") << E2BIG << QString();
    }
    void saysWhyAProgramDidNotStart()
    {
        QFETCH(int, number);
        QFETCH(QString, hint);
        const Error error = describeExecFailure(number, "/bin/x");
        QCOMPARE(error.sysErrno, number);
        QVERIFY(error.message.rfind("start /bin/x: ", 0) == 0);
        QVERIFY2(hint.isEmpty() ? error.hint.empty() : QString::fromStdString(error.hint).contains(hint),
            error.hint.c_str());
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }
    void put(const char* below, mode_t mode) const
    {
        QVERIFY(writeFileAtomically(path(below), "#!/bin/sh\n", mode));
        QCOMPARE(::chmod(path(below).c_str(), mode), 0);
    }
    static Result<ProgramCall> search(const std::string& name, const std::string& folders)
    {
        oci::Process process;
        process.args = { name };
        process.env = { "PATH=" + folders, "HOME=/" };
        return findProgramCall(process);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ProgramSearchTest)
#include "program_search_test.moc"
