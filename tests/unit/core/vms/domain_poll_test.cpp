// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/domain_poll.h"

#include "core/base/subprocess.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

using PollClock = std::chrono::steady_clock;

constexpr int kDomains = 4;
constexpr auto kNever = 10min;

QString uuidAt(int number)
{
    return QStringLiteral("00000000-0000-4000-8000-%1").arg(number, 12, 10, QLatin1Char('0'));
}

/// A hypervisor inside libvirt (its test driver) with so many machines that are on.
QByteArray nodeXml()
{
    QByteArray domains;
    for (int i = 0; i < kDomains; ++i)
        domains += "<domain type='test'><name>vm" + QByteArray::number(i) + "</name><uuid>" + uuidAt(i).toLatin1()
            + "</uuid><memory unit='MiB'>8</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os></domain>";
    return "<node><cpu><mhz>2000</mhz><model>x86_64</model><active>4</active><nodes>1</nodes><sockets>1</sockets>"
           "<cores>4</cores><threads>1</threads></cpu><memory>16777216</memory>"
        + domains + "</node>";
}

/// What was asked, in its order; and a door that a question about one of them stands before.
struct Questions {
    std::mutex mutex;
    std::condition_variable opened;
    std::vector<std::pair<QString, PollClock::time_point>> asked;
    QString held; ///< nobody's: empty
    QString empty; ///< of which there is nobody to tell

    Result<DomainStatistics> answer(virDomainPtr domain)
    {
        const QString uuid = uuidOf(domain);
        std::unique_lock lock(mutex);
        asked.emplace_back(uuid, PollClock::now());
        opened.wait(lock, [&] { return held != uuid; });
        DomainStatistics statistics;
        statistics.diskReadBytes = asked.size();
        statistics.isToStay = uuid == empty;
        return statistics;
    }
    int count(const QString& uuid)
    {
        const std::lock_guard lock(mutex);
        return static_cast<int>(
            std::count_if(asked.begin(), asked.end(), [&](const auto& each) { return each.first == uuid; }));
    }
    void hold(const QString& uuid)
    {
        const std::lock_guard lock(mutex);
        held = uuid;
        opened.notify_all();
    }
};

} // namespace

/// How often libvirt is asked about whom, by real calls to a hypervisor that is inside libvirt.
class DomainPollTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_questions = std::make_shared<Questions>();
        QFile file(m_folder.filePath(QStringLiteral("node.xml")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(nodeXml()) > 0);
    }
    void cleanup()
    {
        m_questions->hold({});
        m_poll.reset();
    }

    void asksOnlyAboutWhatIsRead()
    {
        begin({ 10ms, kNever, kNever, 0ms });
        QTRY_VERIFY(readAgain(0) && m_questions->count(uuidAt(0)) >= 3);
        for (int i = 1; i < kDomains; ++i)
            QCOMPARE(m_questions->count(uuidAt(i)), 0);
    }

    void asksSeldomAboutWhatNobodyLooksAt()
    {
        begin({ 10ms, kNever, kNever, 0ms });
        const DomainPoll::Wish unwatched{ Attention::Unwatched };
        const auto both = [&] {
            (void)m_poll->read(uuidAt(1), unwatched);
            return readAgain(0) && m_questions->count(uuidAt(0)) >= 10;
        };
        QTRY_VERIFY(both());
        QCOMPARE(m_questions->count(uuidAt(1)), 1);
        const auto looked = [&] { return readAgain(1) && m_questions->count(uuidAt(1)) >= 2; };
        QTRY_VERIFY(looked()); // it is due as soon as somebody looks
    }

    void asksSeldomWhereThereIsNobodyToTell()
    {
        m_questions->empty = uuidAt(1);
        begin({ 10ms, kNever, kNever, 0ms });
        const auto both = [&] { return readAgain(1) && readAgain(0) && m_questions->count(uuidAt(0)) >= 10; };
        QTRY_VERIFY(both());
        QCOMPARE(m_questions->count(uuidAt(1)), 1);
    }

    void restsBetweenQuestionsHoweverManyThereAre()
    {
        constexpr auto kRest = 40ms;
        begin({ 1ms, kNever, kNever, kRest });
        const auto turns = [&] {
            for (int i = 0; i < kDomains; ++i)
                (void)readAgain(i);
            return m_questions->count(uuidAt(kDomains - 1)) >= 4;
        };
        QTRY_VERIFY_WITH_TIMEOUT(turns(), 20'000);
        const std::lock_guard lock(m_questions->mutex);
        const auto& asked = m_questions->asked;
        for (std::size_t i = kDomains; i < asked.size(); ++i) {
            const auto rests = static_cast<int>(i) - kDomains + 1; // the first of each do not wait
            QVERIFY(asked[i].second - asked[0].second >= rests * kRest);
            QCOMPARE(asked[i].first, asked[i - kDomains].first); // all in turn
        }
    }

    void asksNobodyAboutAStoppedQemu()
    {
        auto child = spawn({ { "sleep", "1000" }, {}, {} }, {});
        QVERIFY(child);
        ::kill(child->pid, SIGSTOP);
        QCOMPARE(::waitpid(child->pid, nullptr, WUNTRACED), child->pid);
        begin({ 10ms, kNever, 10ms, 0ms });
        DomainPoll::Wish wish;
        wish.qemu = child->pid;
        QTRY_VERIFY(m_poll->read(uuidAt(0), wish)->isSilent);
        QCOMPARE(m_questions->count(uuidAt(0)), 0);
        ::kill(child->pid, SIGCONT);
        QTRY_VERIFY(m_poll->read(uuidAt(0), wish)->statistics.has_value());
        QVERIFY(!m_poll->read(uuidAt(0), wish)->isSilent);
        ::kill(child->pid, SIGKILL);
        QCOMPARE(::waitpid(child->pid, nullptr, 0), child->pid);
    }

    void goesOnWithTheOthersWhileOneHangs()
    {
        m_questions->hold(uuidAt(0));
        begin({ 10ms, kNever, 10ms, 0ms });
        const auto isLeftBehind = [&] {
            m_poll->watch();
            (void)readAgain(1);
            return m_poll->read(uuidAt(0), {})->isSilent;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isLeftBehind(), 20'000);
        QCOMPARE(m_questions->count(uuidAt(0)), 1);
        const int before = m_questions->count(uuidAt(1));
        QTRY_VERIFY_WITH_TIMEOUT(readAgain(1) && m_questions->count(uuidAt(1)) >= before + 3, 20'000);
        QVERIFY(!m_poll->read(uuidAt(1), {})->isHeldUp);
        m_questions->hold({});
        QTRY_VERIFY_WITH_TIMEOUT(m_poll->read(uuidAt(0), {})->statistics.has_value(), 20'000);
    }

private:
    void begin(const DomainPoll::Pace& pace)
    {
        const auto ask = [questions = m_questions](
                             virDomainPtr domain, const DomainPoll::Asked&) { return questions->answer(domain); };
        m_poll = std::make_unique<DomainPoll>(
            QStringLiteral("test://") + m_folder.filePath(QStringLiteral("node.xml")), ask, pace);
        std::set<QString> uuids;
        for (int i = 0; i < kDomains; ++i)
            uuids.insert(uuidAt(i));
        m_poll->setDomains(uuids);
        m_poll->watch(); // the first thread begins
    }
    bool readAgain(int number) { return m_poll->read(uuidAt(number), {}).has_value(); }

    QTemporaryDir m_folder;
    std::shared_ptr<Questions> m_questions;
    std::unique_ptr<DomainPoll> m_poll;
};

QTEST_GUILESS_MAIN(DomainPollTest)
#include "domain_poll_test.moc"
