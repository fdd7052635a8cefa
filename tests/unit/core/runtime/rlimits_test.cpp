// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/rlimits.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <fcntl.h>
#include <sys/resource.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// Resource limits and descriptors of a process, set in children and read back.
class RlimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void setsBothLimits()
    {
        const std::string report = inChild([] {
            const auto applied = applyRlimits({ { "RLIMIT_NOFILE", 64, 128 }, { "RLIMIT_CORE", 0, 0 } });
            return told(applied) + " " + limitText(RLIMIT_NOFILE) + " " + limitText(RLIMIT_CORE);
        });
        QCOMPARE(report, std::string("done 64/128 0/0"));
    }

    void knowsEveryNameOfTheSpecification_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "AS", "CORE", "CPU", "DATA", "FSIZE", "LOCKS", "MEMLOCK", "MSGQUEUE", "NICE",
                 "NOFILE", "NPROC", "RSS", "RTPRIO", "RTTIME", "SIGPENDING", "STACK" })
            QTest::newRow(name) << QStringLiteral("RLIMIT_") + QLatin1String(name);
    }
    void knowsEveryNameOfTheSpecification()
    {
        QFETCH(QString, name);
        const std::string type = name.toStdString();
        const std::string report = inChild([&] {
            rlimit64 now{}; // its own value again: that is always allowed
            const int number = numberOf(type);
            (void)::prlimit64(0, static_cast<__rlimit_resource>(number), nullptr, &now);
            return told(applyRlimits({ { type, now.rlim_cur, now.rlim_max } }));
        });
        QCOMPARE(report, std::string("done"));
    }

    void namesAnUnknownOne()
    {
        auto applied = applyRlimits({ { "RLIMIT_LUCK", 1, 1 } });
        QCOMPARE(applied.error().code, ErrorCode::InvalidArgument);
        QVERIFY(applied.error().message.find("unknown limit RLIMIT_LUCK") != std::string::npos);
    }

    void saysThatTheSessionHasLess()
    {
        if (::geteuid() != 0)
            QSKIP("needs root to become an ordinary user");
        const std::string report = inChild([] {
            const auto lowered = applyRlimits({ { "RLIMIT_NOFILE", 64, 64 } });
            if (::setresuid(65534, 65534, 65534) != 0 || !lowered)
                return std::string("no ordinary user");
            const auto raised = applyRlimits({ { "RLIMIT_NOFILE", 64, 128 } });
            return raised ? "allowed" : raised.error().message + "; " + raised.error().hint;
        });
        QCOMPARE(report,
            std::string("set RLIMIT_NOFILE to 128: Operation not permitted; The limit is above that of this session: "
                        "lower it in config.json"));
    }

    void closesAllDescriptorsButTheNamed()
    {
        const std::string report = inChild([] {
            for (int fd = 10; fd <= 20; ++fd)
                (void)::dup2(STDERR_FILENO, fd);
            // the report's own pipe is closed with the rest: the answer goes out as the exit status
            (void)closeDescriptorsExcept({ 15, 12, 900 }, 0);
            int open = 0;
            for (int fd = 3; fd < 64; ++fd)
                open += ::fcntl(fd, F_GETFD) >= 0 ? fd : 0;
            ::_exit(open);
            return std::string();
        });
        QCOMPARE(report, std::string("status 27")); // 12 + 15
    }

    void keepsTheDescriptorsThatArePassedOn()
    {
        const std::string report = inChild([] {
            for (int fd = 3; fd <= 20; ++fd)
                (void)::dup2(STDERR_FILENO, fd);
            (void)closeDescriptorsExcept({ 4, 9 }, 3);
            int open = 0;
            for (int fd = 3; fd < 64; ++fd)
                open += ::fcntl(fd, F_GETFD) >= 0 ? fd : 0;
            ::_exit(open);
            return std::string();
        });
        QCOMPARE(report, std::string("status 21")); // 3 + 4 + 5 + 9
    }

    void namesTheDescriptorThatIsNotOpen()
    {
        auto open = requireDescriptors(2000); // more than a process of this test ever has
        QVERIFY(!open);
        QCOMPARE(open.error().sysErrno, EBADF);
        QVERIFY(open.error().message.rfind("--preserve-fds (and LISTEN_FDS): descriptor ", 0) == 0);
        QVERIFY(requireDescriptors(0));
    }

private:
    static std::string limitText(__rlimit_resource resource)
    {
        rlimit now{};
        (void)::getrlimit(resource, &now);
        return std::to_string(now.rlim_cur) + "/" + std::to_string(now.rlim_max);
    }
    static int numberOf(const std::string& type)
    {
        static const std::vector<std::pair<std::string, int>> kAll{ { "RLIMIT_AS", RLIMIT_AS },
            { "RLIMIT_CORE", RLIMIT_CORE }, { "RLIMIT_CPU", RLIMIT_CPU }, { "RLIMIT_DATA", RLIMIT_DATA },
            { "RLIMIT_FSIZE", RLIMIT_FSIZE }, { "RLIMIT_LOCKS", RLIMIT_LOCKS }, { "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
            { "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE }, { "RLIMIT_NICE", RLIMIT_NICE }, { "RLIMIT_NOFILE", RLIMIT_NOFILE },
            { "RLIMIT_NPROC", RLIMIT_NPROC }, { "RLIMIT_RSS", RLIMIT_RSS }, { "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
            { "RLIMIT_RTTIME", RLIMIT_RTTIME }, { "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
            { "RLIMIT_STACK", RLIMIT_STACK } };
        for (const auto& [name, number] : kAll) {
            if (name == type)
                return number;
        }
        return -1;
    }
};

QTEST_GUILESS_MAIN(RlimitsTest)
#include "rlimits_test.moc"
