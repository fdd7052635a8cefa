// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/single_instance.h"

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <future>

#include <sys/wait.h>
#include <unistd.h>

using namespace twinhull;

class SingleInstanceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void handsOverToTheFirst()
    {
        SingleInstance first(folder());
        QVERIFY(*first.claim({}) == SingleInstance::Role::First);
        QSignalSpy requested(&first, &SingleInstance::requested);
        auto later = std::async(std::launch::async, [path = folder()] {
            SingleInstance second(path);
            const auto role = second.claim({ QStringLiteral("compare"), QStringLiteral("web") });
            return role && *role == SingleInstance::Role::Later;
        });
        QVERIFY(requested.wait(twinhull::test::kTestPatienceMilliseconds));
        QVERIFY(later.get());
        QCOMPARE(requested[0][0].toString(), QStringLiteral("compare"));
        QCOMPARE(requested[0][1].toString(), QStringLiteral("web"));
    }

    void isNotHinderedByAKilledOne()
    {
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            SingleInstance killed(folder());
            const bool isFirst = static_cast<bool>(killed.claim({}));
            (void)!::write(ready[1], isFirst ? "1" : "0", 1);
            ::pause();
            ::_exit(0);
        }
        char answer = 0;
        QCOMPARE(::read(ready[0], &answer, 1), ssize_t{ 1 });
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ready[0]);
        ::close(ready[1]);
        QCOMPARE(answer, '1');
        QVERIFY(QFile::exists(path("window.sock")));
        SingleInstance next(folder());
        const auto role = next.claim({});
        QVERIFY2(role, role ? "" : role.error().toLine().c_str());
        QVERIFY(*role == SingleInstance::Role::First);
    }

    void lastsAsLongAsTheFirst()
    {
        auto first = std::make_unique<SingleInstance>(folder());
        QVERIFY(first->claim({}));
        first.reset();
        SingleInstance next(folder());
        QVERIFY(*next.claim({}) == SingleInstance::Role::First);
    }

    void saysThatTheFirstDoesNotAnswer()
    {
        SingleInstance first(folder());
        QVERIFY(first.claim({}));
        SingleInstance second(folder()); // on this thread: the first one cannot answer
        const auto role = second.claim({});
        QVERIFY(!role);
        QVERIFY(QString::fromStdString(role.error().message).contains(QStringLiteral("does not answer")));
    }

    void isClosedToOthers()
    {
        SingleInstance first(folder());
        QVERIFY(first.claim({}));
        const auto others = QFile::permissions(path("window.sock"))
            & (QFile::ReadOther | QFile::WriteOther | QFile::ReadGroup | QFile::WriteGroup);
        QVERIFY(!others);
    }

private:
    std::string folder() const { return m_folder->filePath(QStringLiteral("run")).toStdString(); }
    QString path(const char* name) const
    {
        return QString::fromStdString(folder()) + QLatin1Char('/') + QLatin1String(name);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(SingleInstanceTest)
#include "shell_single_instance_test.moc"
