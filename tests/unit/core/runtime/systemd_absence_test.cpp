// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/cgroups/systemd/systemd_absence.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;
using namespace twinhull::runtime;

/// Which piece is said to be missing on the way to systemd. The lab shows that what is said helps.
class SystemdAbsenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesThePiece_data()
    {
        QTest::addColumn<bool>("isRoot");
        QTest::addColumn<QString>("there");
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("step");
        const auto row = [](const char* name, bool isRoot, const char* there, const char* variable, const char* step) {
            QTest::newRow(name) << isRoot << QString::fromLatin1(there) << QString::fromLatin1(variable)
                                << QString::fromLatin1(step);
        };
        row("no systemd", true, "", "", "--cgroup-manager cgroupfs");
        row("no system bus", true, "systemd/system", "", "sudo apt install dbus");
        row("no user manager", false, "", "", "sudo loginctl enable-linger");
        row("no user bus", false, "user/1000/systemd", "user/1000", "sudo apt install dbus-user-session");
        row("no variable", false, "user/1000/systemd user/1000/bus", "", "export XDG_RUNTIME_DIR=");
        row("another folder", false, "user/1000/systemd user/1000/bus", "other", "export XDG_RUNTIME_DIR=");
    }
    void namesThePiece()
    {
        QFETCH(bool, isRoot);
        QFETCH(QString, there);
        QFETCH(QString, variable);
        QFETCH(QString, step);
        const QTemporaryDir folder;
        SystemdPlaces places{ isRoot, 1000, {}, {}, folder.path().toStdString() };
        for (const QString& below : there.split(u' ', Qt::SkipEmptyParts))
            QVERIFY(makeFolders(folder.filePath(below).toStdString()));
        if (!variable.isEmpty()) {
            places.runtimeFolder = folder.filePath(variable).toStdString();
            places.socket = places.runtimeFolder + "/bus";
        }
        const auto absence = systemdAbsence(places);
        QVERIFY(absence);
        QCOMPARE(static_cast<int>(absence->code), static_cast<int>(ErrorCode::Unavailable));
        QVERIFY2(absence->hint.find(step.toStdString()) != std::string::npos, absence->toLine().c_str());
    }

    void saysNothingWhereTheSocketIs()
    {
        const QTemporaryDir folder;
        const std::string socket = folder.filePath(QStringLiteral("bus")).toStdString();
        QVERIFY(writeFileAtomically(socket, ""));
        QVERIFY(!systemdAbsence({ false, 1000, socket, {}, "/nowhere" }));
    }
};

QTEST_GUILESS_MAIN(SystemdAbsenceTest)
#include "systemd_absence_test.moc"
