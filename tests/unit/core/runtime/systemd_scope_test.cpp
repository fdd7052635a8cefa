// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/cgroups/intent_note.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "tests/support/one_answer_bus.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// The scope that a killed hull noted: it is forgotten only when it is known to be gone. What a real systemd does is in
/// lab.scope.
class SystemdScopeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_places = { true, 0, path("nobody-listens"), {}, path("run") };
        QVERIFY(makeFolders(path("state")));
        auto state = openPath(path("state"), O_RDONLY | O_DIRECTORY);
        QVERIFY(state);
        m_state = *std::move(state);
        QVERIFY(writeNote(m_state.fd(), "scope", "hull-web.scope"));
    }

    void isGoneWithASystemdThatDoesNotRun() { QVERIFY(removeNotedScope(m_places, m_state)); }

    void isRememberedAsLongAsSystemdCannotBeAsked()
    {
        QVERIFY(makeFolders(path("run/systemd/system")));
        const auto removed = removeNotedScope(m_places, m_state);
        QVERIFY(!removed);
        QVERIFY2(removed.error().message.find("remove hull-web.scope") != std::string::npos,
            removed.error().message.c_str());
        QVERIFY2(!removed.error().hint.empty(), removed.error().message.c_str());
        QCOMPARE(readNote(m_state, "scope"), std::string("hull-web.scope"));
    }

    void isGoneWhereSystemdDoesNotKnowIt()
    {
        QVERIFY(makeFolders(path("run/systemd/system")));
        const OneAnswerBus bus(kAccepted + answerTo(1) + answerTo(2) + answerTo(3)
            + answerTo(4, DBusKind::Error, "org.freedesktop.systemd1.NoSuchUnit"));
        QVERIFY(bus.isReady);
        m_places.socket = bus.path();
        const auto removed = removeNotedScope(m_places, m_state);
        QVERIFY2(removed, removed ? "" : removed.error().message.c_str());
    }

    // what systemd did not make needs no systemd to be removed
    void isForgottenWhenSystemdRefusesToMakeIt_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("note");
        QTest::newRow("it refuses") << QStringLiteral("org.freedesktop.DBus.Error.AccessDenied") << QString();
        QTest::newRow("it may still answer")
            << QStringLiteral("org.freedesktop.DBus.Error.NoReply") << QStringLiteral("hull-web.scope");
    }
    void isForgottenWhenSystemdRefusesToMakeIt()
    {
        QFETCH(QString, answer);
        QFETCH(QString, note);
        const OneAnswerBus bus(
            kAccepted + answerTo(1) + answerTo(2) + answerTo(3) + answerTo(4, DBusKind::Error, answer.toStdString()));
        QVERIFY(bus.isReady);
        const oci::Resources resources;
        const auto started = startScope(bus.path(), { "web", {}, resources, m_state.fd() }, ::getpid());
        QVERIFY(!started);
        QVERIFY2(
            started.error().message.find(answer.toStdString()) != std::string::npos, started.error().message.c_str());
        QCOMPARE(readNote(m_state, "scope"), note.toStdString());
    }

    void asksNobodyWhereNoneWasNoted()
    {
        QVERIFY(makeFolders(path("run/systemd/system")));
        QVERIFY(::unlinkat(m_state.fd(), "scope", 0) == 0);
        QVERIFY(removeNotedScope(m_places, m_state));
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    SystemdPlaces m_places;
    UniqueFd m_state;
};

QTEST_GUILESS_MAIN(SystemdScopeTest)
#include "systemd_scope_test.moc"
