// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/short_of_memory.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

using namespace twinhull;
using test::ctl;

namespace {

constexpr double kMebibyte = 1048576;
/// Takes some memory of its own, so that a few of them are told from what else a computer does.
const std::vector<std::string> kFilling{ "/bin/sh", "-c",
    "x=$(head -c 16000000 /dev/zero | tr '\\0' a); exec 3>&1; while :; do sleep 1000; done" };

} // namespace

/// How many more fit, by the command line: real containers and emulated VMs, and what is foretold is started.
class TwinCapacityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests({ { "images", "starter" } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
    }

    /// What is foretold from three is checked by starting as many as were named: so many have room above the reserve,
    /// one more would not, and nobody waits for memory.
    void tellsHowManyMoreFit()
    {
        const auto bytes = [](const QJsonValue& reading, QStringView key) { return reading[key].toDouble(); };
        const auto look
            = capacity({ "--kind", "container", "--start", "3", "--reserve", "64M", "--pressure", "100" }, kFilling);
        QCOMPARE(look.size(), 1);
        const double further = look[0][u"further_bytes"][u"median"].toDouble();
        QVERIFY2(further > 8 * kMebibyte, qPrintable(QString::number(further)));
        QVERIFY(look[0][u"fit"][u"value"].toDouble() > 10);
        // Room for about six, whatever else this computer does: it is taken from what was available just now.
        const double reserve
            = bytes(look[0][u"before"], u"available_bytes") - look[0][u"first_bytes"].toDouble() - 5.5 * further;
        const std::string reserveWord = std::to_string(static_cast<std::int64_t>(reserve));
        const auto named = capacity(
            { "--kind", "container", "--start", "3", "--reserve", reserveWord, "--pressure", "100", "--check" },
            kFilling);
        const int fit = named[0][u"fit"][u"value"].toInt();
        if (fit < 3 || fit > 20 || named[0][u"pressure_figure"].isNull())
            QSKIP("needs pressure figures, and memory that is not taken and given back meanwhile");
        QCOMPARE(named[0][u"check_outcome"].toString(), QStringLiteral("true"));
        const double room = bytes(named[0][u"before"], u"available_bytes") - reserve;
        QJsonArray after = named[0][u"after"].toArray();
        for (const auto& one : named[0][u"check"].toArray())
            after.append(one);
        QCOMPARE(after.size(), fit);
        const auto told = QStringLiteral("%1 fit into %2; %1 cost %3; %4")
                              .arg(fit)
                              .arg(room)
                              .arg(bytes(after[fit - 1], u"cost_bytes"))
                              .arg(named[0][u"check_sentence"].toString());
        const double slack = further / 4;
        QVERIFY2(bytes(after[fit - 1], u"cost_bytes") <= room + slack, qPrintable(told));
        QVERIFY2(bytes(after[fit - 1], u"cost_bytes") + further > room - slack, qPrintable(told));
        const bool isQuiet = bytes(named[0][u"before"], u"memory_pressure_percent") < 1; // 0 where none is read, too
        QVERIFY2(!isQuiet || bytes(after[fit - 1], u"memory_pressure_percent") <= 10, qPrintable(told));
    }

    /// Many fit, and one more than the three that are measured is started to see it.
    void countsVmsTooAndChecksThemSoFar()
    {
        const auto vms = capacity({ "--kind", "vm", "--start", "3", "--reserve", "64M", "--pressure", "100", "--check",
            "--check-limit", "4" });
        QCOMPARE(vms[0][u"kind"].toString(), QStringLiteral("vm"));
        const double first = vms[0][u"first_bytes"].toDouble();
        const double further = vms[0][u"further_bytes"][u"median"].toDouble();
        QVERIFY2(further > 0 && further <= first, qPrintable(QString::number(further)));
        const auto fit = vms[0][u"fit"][u"value"].toInteger();
        const QString sentence = vms[0][u"check_sentence"].toString();
        if (fit <= 4 || vms[0][u"pressure_figure"].isNull())
            QSKIP(qPrintable(QStringLiteral("needs pressure figures and memory for five: ") + sentence));
        QCOMPARE(vms[0][u"check_outcome"].toString(), QStringLiteral("partial"));
        QCOMPARE(vms[0][u"after"].toArray().size() + vms[0][u"check"].toArray().size(), 4);
        QVERIFY(vms[0][u"check"][0][u"cost_bytes"].toDouble() > vms[0][u"after"][2][u"cost_bytes"].toDouble());
        QVERIFY2(
            sentence.startsWith(QStringLiteral("Holds as far as it was checked, up to 4 of ")), qPrintable(sentence));
    }

    /// Real pressure: something rereads a file that does not fit into the memory that it may use.
    void stopsWhenMemoryIsShort()
    {
        const test::ShortOfMemory shortage(m_world.path().toStdString());
        if (!shortage.problem().empty())
            QSKIP(shortage.problem().c_str());
        constexpr double kLimit = 1;
        const auto stopped = capacity({ "--kind", "container", "--start", "64", "--pressure", "1" });
        const QJsonArray after = stopped[0][u"after"].toArray();
        QVERIFY(stopped[0][u"stopped_by_pressure"].toBool());
        QVERIFY(after.size() < 64);
        const auto pressureIn
            = [](const QJsonValue& reading) { return reading[u"memory_pressure_percent"].toDouble(); };
        for (qsizetype i = 0; i < after.size(); ++i) // until the first that passes it
            QCOMPARE(pressureIn(after[i]) > kLimit, i == after.size() - 1);
        QVERIFY(after.isEmpty() ? pressureIn(stopped[0][u"before"]) > kLimit : true);
        QCOMPARE(stopped[0][u"fit"][u"high"].toDouble(), double(std::max<qsizetype>(after.size() - 1, 0)));
    }

    void startsNothingWithoutConsentAndFitsNoneInAReserve()
    {
        const auto refused = ctl({ "capacity", "twinhull/starter" });
        QCOMPARE(refused.exitCode, 2);
        const auto none = ctl({ "capacity", "--kind", "container", "--start", "3", "--reserve", "1000000G", "--check",
            "twinhull/starter" });
        QCOMPARE(none.exitCode, 0);
        for (const char* said :
            { "claim:      About 0 ", "assumption: Assumed: free is what the kernel calls available",
                "of the 3 that were started", "verdict:    Not checked: " }) // in words, without --json
            QVERIFY2(QString::fromUtf8(none.out).contains(QLatin1String(said)), qPrintable(none.text()));
        QVERIFY(ctl({ "list", "-q" }).out.isEmpty());
    }

    /// A claim takes for granted that nothing else on this computer grows. Here something does once the three are
    /// measured, so the check ends long before all that were foretold run, and says so.
    void refutesAClaimThatDoesNotHold()
    {
        std::vector<std::string> words{ TH_BIN_DIR "/twinhullctl", "capacity", "--json", "--kind", "container",
            "--start", "3", "--pressure", "5", "--check", "twinhull/starter" }; // sixty more take a minute and longer
        words.insert(words.end(), kFilling.begin(), kFilling.end());
        const QString said = m_world.path(QStringLiteral("refuted.json"));
        auto output = openPath(said.toStdString(), O_WRONLY | O_CREAT | O_TRUNC);
        QVERIFY(output);
        auto child = spawn({ words, {}, {} }, { -1, output->fd(), -1, -1 });
        QVERIFY(child);
        const QDir containers(QString::fromStdString(m_world.folders().containers()));
        const auto made = [&] { return containers.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(); };
        pollfd ended{ child->pidfd.fd(), POLLIN, 0 };
        QTRY_VERIFY_WITH_TIMEOUT(made() > 3 || ::poll(&ended, 1, 0) == 1, 60'000);
        const test::ShortOfMemory shortage(m_world.path().toStdString());
        QCOMPARE(::poll(&ended, 1, 240'000), 1);
        int status = -1;
        QCOMPARE(::waitpid(child->pid, &status, 0), child->pid);
        QCOMPARE(status, 0);
        QVERIFY(ctl({ "list", "-q" }).out.isEmpty());
        QFile answer(said);
        QVERIFY(answer.open(QIODevice::ReadOnly));
        const auto told = QJsonDocument::fromJson(answer.readAll()).array().at(0);
        if (!shortage.problem().empty() || told[u"check_outcome"].toString() == u"not_made")
            QSKIP(qPrintable(QStringLiteral("needs root, a memory controller, and memory that is not short before: ")
                + told[u"check_sentence"].toString()));
        QCOMPARE(told[u"check_outcome"].toString(), QStringLiteral("refuted"));
        const auto check = told[u"check"].toArray();
        const auto fit = told[u"fit"][u"value"].toInt();
        QVERIFY(3 + check.size() < fit);
        for (qsizetype i = 0; i < check.size(); ++i) // until the first that passes it
            QCOMPARE(check[i][u"memory_pressure_percent"].toDouble() > 5, i == check.size() - 1);
        const QString sentence = told[u"check_sentence"].toString();
        QVERIFY2(
            QString(sentence)
                .remove(u',') // of thousands, too
                .startsWith(QStringLiteral("Refuted by starting them: memory pressure passed 5 % with number %1 and %2 "
                                           "were foretold. What broke first: ")
                                .arg(3 + check.size())
                                .arg(fit)),
            qPrintable(sentence));
        const auto broken = told[u"broken_first"];
        QVERIFY2(!broken[u"assumption"].toString().isEmpty() && broken[u"number"].toInt() <= 3 + check.size(),
            qPrintable(sentence));
    }

private:
    /// The answers of twinhullctl capacity, which leaves nothing behind; empty after a failure.
    static QJsonArray capacity(std::vector<std::string> options, const std::vector<std::string>& command = {})
    {
        std::vector<std::string> words{ "capacity", "--json" };
        words.insert(words.end(), options.begin(), options.end());
        words.emplace_back("twinhull/starter");
        words.insert(words.end(), command.begin(), command.end());
        const auto told = ctl(words, std::chrono::minutes(5));
        if (told.exitCode != 0)
            qWarning("%s", qPrintable(told.text()));
        const auto left = ctl({ "list", "-q" });
        return left.out.isEmpty() ? QJsonDocument::fromJson(told.out).array() : QJsonArray();
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(TwinCapacityTest)
#include "twin_capacity_test.moc"
