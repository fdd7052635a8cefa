// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/data_folders.h"

#include "core/base/files.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace twinhull;

class DataFoldersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qputenv("HOME", "/home/someone");
        qputenv("XDG_RUNTIME_DIR", "/run/someone");
        for (const char* name : { "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TWINHULL_LIBEXEC" })
            qunsetenv(name);
    }

    void standsBelowHomeByDefault()
    {
        const auto folders = DataFolders::fromEnvironment();
        QCOMPARE(folders.data, std::string("/home/someone/.local/share/twinhull"));
        QCOMPARE(folders.config, std::string("/home/someone/.config/twinhull"));
        QCOMPARE(folders.cache, std::string("/home/someone/.cache/twinhull"));
        QCOMPARE(folders.runtime, std::string("/run/someone/twinhull"));
        QCOMPARE(folders.images(), folders.data + "/images");
    }

    void followsTheXdgVariables()
    {
        qputenv("XDG_DATA_HOME", "/mnt/data");
        QCOMPARE(DataFolders::fromEnvironment().data, std::string("/mnt/data/twinhull"));
    }

    void ignoresARelativeVariable()
    {
        qputenv("XDG_DATA_HOME", "data");
        QCOMPARE(DataFolders::fromEnvironment().data, std::string("/home/someone/.local/share/twinhull"));
    }

    void hasARuntimeFolderWithoutALogin()
    {
        qunsetenv("XDG_RUNTIME_DIR");
        QVERIFY(DataFolders::fromEnvironment().runtime.ends_with("/twinhull")
            || DataFolders::fromEnvironment().runtime.starts_with("/tmp/twinhull-"));
    }

    void findsAProgramWhereTheVariablePoints()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("hull")).toStdString();
        QVERIFY(writeFileAtomically(path, "#!/bin/sh\n", 0755));
        qputenv("TWINHULL_LIBEXEC", folder.path().toUtf8());
        QCOMPARE(findProgram("hull"), path);
    }

    void findsAProgramBesideItself()
    {
        const auto own = QCoreApplication::applicationFilePath().toStdString();
        QCOMPARE(findProgram(own.substr(own.find_last_of('/') + 1)), own);
    }

    void isEmptyWhereAProgramIsNowhere() { QVERIFY(findProgram("no-such-program-here").empty()); }
};

QTEST_GUILESS_MAIN(DataFoldersTest)
#include "data_folders_test.moc"
