// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/known_disks.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kDiskMinute = 60'000'000'000;

std::int64_t diskClock = 0;

std::int64_t diskNow()
{
    return diskClock;
}

/// A domain whose root disk stands on a file that it only reads, and that can be made to answer nothing.
struct AskedDomain {
    std::string root = "/disks/root";
    std::optional<Error> problem;
    std::optional<std::uint64_t> capacity = 1000;
    std::optional<std::uint64_t> ofBase = 500;
    int filesAsked = 0;
    int definitionsAsked = 0;

    DiskQuestions questions()
    {
        const auto files = [this]() -> Result<std::vector<BlockFile>> {
            ++filesAsked;
            if (problem)
                return *problem;
            return std::vector<BlockFile>{ { "vda", root, 300, capacity }, { "vda", "/disks/base", ofBase, 1000 },
                { "sda", "/media/system.iso", 7, 7 } };
        };
        const auto definition = [this]() -> Result<DomainDescription> {
            ++definitionsAsked;
            DomainDescription told;
            told.diskPaths = QStringList{ QString::fromStdString(root), QStringLiteral("/media/system.iso") };
            told.mediaPaths = QStringList{ QStringLiteral("/media/system.iso") };
            return told;
        };
        return { files, definition };
    }
};

} // namespace

/// What is known of VMs' disks while libvirt answers now and then.
class KnownDisksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        diskClock = kDiskMinute;
        m_disks = std::make_unique<KnownDisks>(std::string(), &diskNow); // elsewhere: the files are not looked at
        m_domain = AskedDomain();
        m_disks->setDomains({ { m_uuid, rolesOfTheSame() } });
    }

    void asksOnceAMinute()
    {
        QCOMPARE(parts().writable.needs(), Needs::FirstReading);
        ask();
        QCOMPARE(parts().writable.value_or(0), std::uint64_t{ 300 });
        QCOMPARE(parts().layers.value_or(0), std::uint64_t{ 500 });
        QCOMPARE(parts().virtualSize.value_or(0), std::uint64_t{ 1000 });
        QCOMPARE(parts().volumes.needs(), Needs::NamedVolume);
        diskClock += kDiskMinute - 1;
        ask();
        QCOMPARE(m_domain.filesAsked, 1);
        diskClock += 1;
        ask();
        QCOMPARE(m_domain.filesAsked, 2);
    }

    void tellsNoSumWithoutAFileWhoseSizeIsNotTold()
    {
        m_domain.ofBase.reset();
        ask();
        QCOMPARE(parts().layers.needs(), Needs::LibvirtAnswer);
        QCOMPARE(parts().writable.value_or(0), std::uint64_t{ 300 });
    }

    void keepsTheLastAnswerWhileOthersFail()
    {
        ask();
        const auto refused = [this] { m_domain.problem = Error{ ErrorCode::Timeout, "silent", 0, {} }; };
        refused();
        diskClock += 9 * kDiskMinute;
        ask();
        QCOMPARE(m_domain.filesAsked, 2);
        QCOMPARE(parts().writable.value_or(0), std::uint64_t{ 300 });
        QCOMPARE(m_disks->parts(m_uuid, true).writable.value_or(0), std::uint64_t{ 300 });
        diskClock += kDiskMinute; // too old to be told
        QCOMPARE(parts().writable.needs(), Needs::LibvirtAnswer);
        m_domain.problem.reset();
        ask();
        QCOMPARE(parts().writable.value_or(0), std::uint64_t{ 300 });
    }

    void keepsItWhileLibvirtTellsOnlyAPart()
    {
        m_domain.capacity.reset(); // it is at work on the domain
        ask();
        QCOMPARE(parts().writable.needs(), Needs::LibvirtAnswer);
        m_domain.capacity = 1000;
        ask(); // at once: nothing is known yet
        m_domain.capacity.reset();
        diskClock += 2 * kDiskMinute;
        ask();
        QCOMPARE(m_domain.filesAsked, 3);
        QCOMPARE(parts().virtualSize.value_or(0), std::uint64_t{ 1000 });
    }

    void saysWhatIsMissingWhenNobodyAskedForLong()
    {
        ask();
        diskClock += 10 * kDiskMinute;
        QCOMPARE(parts().writable.needs(), Needs::NextLibvirtReading);
        QCOMPARE(m_disks->parts(m_uuid, true).writable.needs(), Needs::LibvirtAnswer);
    }

    void readsTheDefinitionOnlyWhereAFileIsNew()
    {
        for (int minute = 0; minute < 3; ++minute) {
            ask();
            diskClock += kDiskMinute;
        }
        QCOMPARE(m_domain.definitionsAsked, 0); // an event told it
        m_domain.root = "/disks/after-a-snapshot";
        for (int minute = 0; minute < 3; ++minute) {
            ask();
            diskClock += kDiskMinute;
        }
        QCOMPARE(m_domain.definitionsAsked, 1);
        DiskRoles changed = rolesOfTheSame(); // and so it is again: the disk is only read now
        changed.paths << QString::fromStdString(m_domain.root);
        changed.readOnlyPaths << QString::fromStdString(m_domain.root);
        m_disks->setDomains({ { m_uuid, changed } });
        ask();
        QCOMPARE(m_domain.definitionsAsked, 1);
        QCOMPARE(parts().layers.value_or(0), std::uint64_t{ 800 });
    }

    void asksOnceAboutAFileThatNoDefinitionNames()
    {
        DiskRoles roles;
        const auto ask = m_domain.questions();
        const DiskQuestions nameless{ ask.files, [&ask]() -> Result<DomainDescription> {
                                         auto told = ask.definition();
                                         told->diskPaths.clear(); // of a disk in a network
                                         return told;
                                     } };
        QVERIFY(readDisks(nameless, roles, {}));
        QVERIFY(readDisks(nameless, roles, {}));
        QCOMPARE(m_domain.definitionsAsked, 1);
    }

    void forgetsARunThatEnded()
    {
        ask();
        m_disks->setDomains({});
        m_disks->setDomains({ { m_uuid, rolesOfTheSame() } });
        QCOMPARE(parts().writable.needs(), Needs::FirstReading);
        const auto questions = m_domain.questions();
        const DiskQuestions late{ [&] {
                                     m_disks->setDomains({}); // while libvirt is about to answer
                                     m_disks->setDomains({ { m_uuid, rolesOfTheSame() } });
                                     return questions.files();
                                 },
            questions.definition };
        m_disks->ask(m_uuid, late);
        QCOMPARE(parts().writable.needs(), Needs::FirstReading);
    }

private:
    static DiskRoles rolesOfTheSame()
    {
        const QString medium = QStringLiteral("/media/system.iso");
        return { { QStringLiteral("/disks/root"), medium }, { medium }, {}, {} };
    }
    void ask() { m_disks->ask(m_uuid, m_domain.questions()); }
    DiskParts parts() const { return m_disks->parts(m_uuid, false); }

    const QString m_uuid = QStringLiteral("00000000-0000-4000-8000-000000000001");
    AskedDomain m_domain;
    std::unique_ptr<KnownDisks> m_disks;
};

QTEST_GUILESS_MAIN(KnownDisksTest)
#include "known_disks_test.moc"
