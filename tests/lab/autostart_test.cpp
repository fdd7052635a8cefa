// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

/// Containers of an ordinary user when the user's own systemd ends and begins again, as with a restart of the computer:
/// for the lab's guest, whose user "tester" lingers. integration.ctl_autostart has the rules, without a systemd.
class AutostartTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bringsBackWhatThePoliciesSay()
    {
        QVERIFY(does({ "images", "starter" }));
        const auto enabled = answer({ "autostart", "enable", "--json" });
        QVERIFY2(QJsonDocument::fromJson(enabled)[u"lingering"].toBool(), enabled.constData());
        // in a unit that stays with what it started, as the terminal of a person's session does
        const auto written = writeFileAtomically(kFirst,
            "for each in always:always unless:unless-stopped left:unless-stopped once:no; do\n"
            "  \"$1\" run --name ${each%:*} --no-network --restart ${each#*:} starter /bin/sh -c "
            "'trap \"exit 0\" TERM; while :; do sleep 1; done' &\n"
            "done\nwait\n"
            "\"$1\" stop --force left --kind container\n",
            0644);
        QVERIFY(written);
        QVERIFY(runs({ "systemd-run", "--machine=tester@", "--user", "--quiet", "--service-type=oneshot",
            "--remain-after-exit", "/bin/sh", kFirst, program() }));
        QVERIFY(runs({ "systemctl", "restart", kManager }));
        QTRY_COMPARE_WITH_TIMEOUT(state(kUnit), QByteArray("active\n"), kLong);
        QCOMPARE(states(), QByteArray("always running,left stopped,once stopped,unless running"));
        // what the unit looks after ends in order with it
        QVERIFY(runs(manager({ "stop", kUnit })));
        QCOMPARE(states(), QByteArray("always stopped,left stopped,once stopped,unless stopped"));
    }

    void cleanupTestCase()
    {
        QVERIFY(does({ "autostart", "disable" }));
        QVERIFY(does({ "remove", "always", "unless", "left", "once", "--kind", "container" }));
    }

private:
    static constexpr int kLong = 400'000; // it is emulated, and the computer may be busy
    static constexpr const char* kManager = "user@1000.service";
    static constexpr const char* kUnit = "twinhull-autostart.service";
    static constexpr const char* kFirst = "/var/tmp/first.sh";

    static QByteArray answerOf(std::vector<std::string> words)
    {
        words.front() = findExecutable(words.front());
        const auto ended = runCommand({ words, {}, {} }, std::chrono::milliseconds(kLong));
        if (!ended || ended->exitStatus != 0) {
            qWarning("%s: %s", words.back().c_str(),
                ended ? (ended->standardOutput + ended->standardError).c_str() : ended.error().message.c_str());
            return "failed";
        }
        return QByteArray::fromStdString(ended->standardOutput);
    }
    static bool runs(std::vector<std::string> words) { return answerOf(std::move(words)) != "failed"; }
    static std::vector<std::string> manager(std::vector<std::string> words)
    {
        words.insert(words.begin(), { "systemctl", "--machine=tester@", "--user" });
        return words;
    }
    static QByteArray state(const char* unit)
    {
        return answerOf(manager({ "show", "--property=ActiveState", "--value", unit }));
    }
    static std::string program() { return qEnvironmentVariable("TWINHULL_TEST_BIN").toStdString() + "/twinhullctl"; }
    static std::vector<std::string> asTester(const std::vector<std::string>& words)
    {
        std::vector<std::string> all{ "setpriv", "--reuid", "tester", "--regid", "tester", "--init-groups", "env",
            "HOME=/home/tester", "XDG_RUNTIME_DIR=/run/user/1000", program() };
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }
    static QByteArray answer(const std::vector<std::string>& words) { return answerOf(asTester(words)); }
    static bool does(const std::vector<std::string>& words) { return answer(words) != "failed"; }
    static QByteArray states()
    {
        QStringList all;
        const auto listed = QJsonDocument::fromJson(answer({ "list", "--kind", "container", "--json" })).array();
        for (const auto& one : listed)
            all.append(one[u"name"].toString() + u' ' + one[u"state"].toString());
        all.sort();
        return all.join(u',').toUtf8();
    }
};

QTEST_GUILESS_MAIN(AutostartTest)
#include "autostart_test.moc"
