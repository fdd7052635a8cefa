// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin_record.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

using namespace twinhull;

class VmBinRecordTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsAllOfIt()
    {
        const test::TemporaryWorld world;
        const VmFolder folder(world.folders(), QStringLiteral("8f8c8c57-1111-2222-3333-444455556666"));
        QCOMPARE(readBinRecord(folder).error().code, ErrorCode::NotFound);
        QVERIFY(makeFolders(folder.path().toStdString()));
        VmBinRecord record;
        record.name = QStringLiteral("a \"name\" <ä>");
        record.removedMilliseconds = 1'700'000'000'123;
        record.untilMilliseconds = record.removedMilliseconds + 1;
        record.startsByItself = true;
        record.definition = "<domain>\n  <name>x</name>\n</domain>\n";
        record.snapshots = { { "<domainsnapshot/>", false }, { "<domainsnapshot><a/></domainsnapshot>", true } };
        QVERIFY(writeBinRecord(folder, record));
        const auto read = readBinRecord(folder);
        QVERIFY(read && *read == record);
        const auto permissions = QFile::permissions(folder.path() + QStringLiteral("/removed.json"));
        QVERIFY(!(permissions & (QFile::ReadGroup | QFile::ReadOther)));
        const std::string partial = folder.binRecordPath().toStdString() + ".1.partial"; // of one that was killed
        QVERIFY(writeFileAtomically(partial, "{"));
        QVERIFY(removeBinRecord(folder));
        QVERIFY(!exists(partial));
        QCOMPARE(readBinRecord(folder).error().code, ErrorCode::NotFound);
    }

    void refusesWhatIsBroken()
    {
        const test::TemporaryWorld world;
        const VmFolder folder(world.folders(), QStringLiteral("8f8c8c57-1111-2222-3333-444455556666"));
        QVERIFY(makeFolders(folder.path().toStdString()));
        for (const char* text : { "", "{", "[]", R"({"name":"x"})", R"({"name":7,"definition":[]})" }) {
            QVERIFY(writeFileAtomically((folder.path() + QStringLiteral("/removed.json")).toStdString(), text));
            QCOMPARE(readBinRecord(folder).error().code, ErrorCode::Corrupt);
        }
    }
};

QTEST_GUILESS_MAIN(VmBinRecordTest)
#include "vm_bin_record_test.moc"
