// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/filter_cache.h"

#include "core/base/files.h"
#include "tests/support/child_report.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <cstring>
#include <set>
#include <vector>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// Compiled filters on disk: a wrong one would run a container under another's rules, or under none.
class FilterCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_profile = profileWith("uname");
        auto filter = compileFilter(m_profile);
        QVERIFY(filter);
        m_right = *std::move(filter);
    }

    void servesWhatItStored()
    {
        QVERIFY(isRight(cache().filterFor(m_profile)));
        const std::string stored = bytes();
        QVERIFY(isRight(cache().filterFor(m_profile)));
        QCOMPARE(bytes(), stored);
    }

    // the file is the proof: what it says is what is served, so a check that is missing shows
    void readsTheFileAndDoesNotCompile()
    {
        QVERIFY(cache().filterFor(m_profile));
        std::string changed = bytes();
        changed.back() = static_cast<char>(changed.back() ^ 1); // in the last instruction
        put(changed);
        auto served = cache().filterFor(m_profile);
        QVERIFY(served);
        QVERIFY(!isRight(served));
    }

    void compilesAgainWhenTheFileIsCut_data()
    {
        QTest::addColumn<int>("percent");
        for (const int percent : { 0, 1, 3, 10, 50, 90, 99 })
            QTest::newRow(qPrintable(QString::number(percent))) << percent;
    }
    void compilesAgainWhenTheFileIsCut()
    {
        QFETCH(int, percent);
        QVERIFY(cache().filterFor(m_profile));
        const std::string whole = bytes();
        put(whole.substr(0, whole.size() * static_cast<std::size_t>(percent) / 100));
        QVERIFY(isRight(cache().filterFor(m_profile)));
        QCOMPARE(bytes(), whole); // and mends it
    }

    void trustsNoFileThatDoesNotFit_data()
    {
        QTest::addColumn<int>("at");
        QTest::addColumn<int>("value");
        QTest::newRow("another format") << 0 << 0;
        QTest::newRow("a longer key") << 4 << -1;
        QTest::newRow("more instructions") << 8 << 4096;
        QTest::newRow("no instructions") << 8 << 0;
        QTest::newRow("far too many") << 8 << -1;
    }
    void trustsNoFileThatDoesNotFit()
    {
        QFETCH(int, at);
        QFETCH(int, value);
        QVERIFY(cache().filterFor(m_profile));
        std::string changed = bytes();
        std::memcpy(changed.data() + at, &value, sizeof value); // the header's members are 32 bits each
        put(changed);
        QVERIFY(isRight(cache().filterFor(m_profile)));
    }

    void trustsNoFilterOfAnotherProfile()
    {
        const oci::Seccomp other = profileWith("sethostname");
        QVERIFY(cache().filterFor(other));
        auto text = readFile(cache().pathOf(other));
        QVERIFY(text);
        put(*text); // as if two profiles had one name
        QVERIFY(isRight(cache().filterFor(m_profile)));
    }

    void trustsNoFileOfAnother_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : { "owner", "group writes", "others write", "link", "pipe", "folder" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void trustsNoFileOfAnother()
    {
        QFETCH(QString, kind);
        if (kind == QStringLiteral("owner"))
            TH_NEEDS_ROOT;
        QVERIFY(cache().filterFor(m_profile));
        std::string changed = bytes();
        changed.back() = static_cast<char>(changed.back() ^ 1);
        put(changed);
        const std::string file = cache().pathOf(m_profile);
        if (kind == QStringLiteral("owner"))
            QCOMPARE(::chown(file.c_str(), 65534, 65534), 0);
        else if (kind == QStringLiteral("group writes"))
            QCOMPARE(::chmod(file.c_str(), 0660), 0);
        else if (kind == QStringLiteral("others write"))
            QCOMPARE(::chmod(file.c_str(), 0606), 0);
        else {
            const std::string aside = m_folder->filePath(QStringLiteral("aside")).toStdString();
            QCOMPARE(::rename(file.c_str(), aside.c_str()), 0);
            if (kind == QStringLiteral("link"))
                QCOMPARE(::symlink(aside.c_str(), file.c_str()), 0);
            if (kind == QStringLiteral("pipe"))
                QCOMPARE(::mkfifo(file.c_str(), 0600), 0); // opening it for reading would wait
            if (kind == QStringLiteral("folder"))
                QCOMPARE(::mkdir(file.c_str(), 0700), 0);
        }
        QVERIFY(isRight(cache().filterFor(m_profile)));
    }

    void doesWithoutAFolder()
    {
        const FilterCache nowhere("/proc/no/such/folder");
        QVERIFY(isRight(nowhere.filterFor(m_profile)));
    }

    void givesEachContentAPlaceOfItsOwn()
    {
        std::set<std::string> places{ cache().pathOf(m_profile) };
        oci::Seccomp changed = m_profile;
        changed.defaultAction = "SCMP_ACT_LOG";
        places.insert(cache().pathOf(changed));
        changed = m_profile;
        changed.syscalls[0].errnoRet = 5;
        places.insert(cache().pathOf(changed));
        changed = m_profile;
        changed.syscalls[0].args = { { 0, 1, 0, "SCMP_CMP_EQ" } };
        places.insert(cache().pathOf(changed));
        changed.syscalls[0].args[0].index = 1;
        places.insert(cache().pathOf(changed));
        changed = m_profile;
        changed.flags = { "SECCOMP_FILTER_FLAG_LOG" };
        places.insert(cache().pathOf(changed));
        QCOMPARE(places.size(), std::size_t{ 6 });
        QCOMPARE(cache().pathOf(profileWith("uname")), *places.find(cache().pathOf(m_profile)));
    }

    void keepsTheFlagsOfTheProfile()
    {
        m_profile.flags = { "SECCOMP_FILTER_FLAG_LOG" };
        const unsigned flags = cache().filterFor(m_profile)->flags;
        QVERIFY(flags != 0);
        QCOMPARE(cache().filterFor(m_profile)->flags, flags);
    }

    void letsManyWriteAtOnce()
    {
        std::vector<pid_t> writers;
        for (int i = 0; i < 8; ++i) {
            const pid_t pid = ::fork();
            if (pid == 0) {
                bool isGood = true;
                for (int round = 0; round < 25; ++round) {
                    isGood = isGood && isRight(cache().filterFor(m_profile));
                    if (round % 5 == 0)
                        (void)::unlink(cache().pathOf(m_profile).c_str()); // so that it is written again
                }
                ::_exit(isGood ? 0 : 1);
            }
            writers.push_back(pid);
        }
        int failures = 0;
        for (const pid_t pid : writers) {
            int status = -1;
            failures += ::waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
        }
        QCOMPARE(failures, 0);
        const QDir folder(m_folder->filePath(QStringLiteral("cache")));
        QVERIFY(folder.entryList({ QStringLiteral("*.partial") }).isEmpty());
    }

    void storesNothingThatDoesNotCompile()
    {
        m_profile.syscalls[0].action = "SCMP_ACT_MAYBE";
        QVERIFY(!cache().filterFor(m_profile));
        QVERIFY(!exists(cache().pathOf(m_profile)));
    }

private:
    static oci::Seccomp profileWith(const char* name)
    {
        oci::Seccomp profile;
        profile.defaultAction = "SCMP_ACT_ALLOW";
        profile.syscalls.push_back({ { name }, "SCMP_ACT_ERRNO", 1, {} });
        return profile;
    }
    FilterCache cache() const { return FilterCache(m_folder->filePath(QStringLiteral("cache")).toStdString()); }
    std::string bytes() const
    {
        auto text = readFile(cache().pathOf(m_profile));
        return text ? *text : std::string();
    }
    void put(const std::string& text) const { QVERIFY(writeFileAtomically(cache().pathOf(m_profile), text, 0600)); }
    bool isRight(const Result<SeccompFilter>& filter) const
    {
        return filter && filter->flags == m_right.flags && filter->program.size() == m_right.program.size()
            && std::memcmp(filter->program.data(), m_right.program.data(), m_right.program.size() * sizeof(sock_filter))
            == 0;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    oci::Seccomp m_profile;
    SeccompFilter m_right;
};

QTEST_GUILESS_MAIN(FilterCacheTest)
#include "filter_cache_test.moc"
