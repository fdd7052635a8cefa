// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/disks/disk_chain.h"

#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

using namespace twinhull;

/// Real disks of qemu-img, and what a stranger may write into them.
class DiskChainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatASnapshotKeeps()
    {
        const QString path = diskWithSnapshot(quint64{ 5 } << 20U);
        const auto saved = savedMemoryBytes({ path, QStringLiteral("qcow2") });
        QVERIFY(saved);
        QCOMPARE(saved->value(QStringLiteral("one")), 5U << 20U);
    }

    void tellsNothingOfWhatItCannotRead()
    {
        const QString none = m_folder.filePath(QStringLiteral("none.qcow2"));
        QVERIFY(!savedMemoryBytes({ none, QStringLiteral("qcow2") }));
        QVERIFY(writeFileAtomically(none.toStdString(), "no disk"));
        QVERIFY(!savedMemoryBytes({ none, QStringLiteral("qcow2") }));
    }

    void believesNoSizeThatCannotBe_data()
    {
        QTest::addColumn<quint64>("said");
        QTest::newRow("all bits") << ~quint64{ 0 };
        QTest::newRow("the sign") << (quint64{ 1 } << 63U);
        QTest::newRow("just below it") << (quint64{ 1 } << 63U) - 1;
    }

    void believesNoSizeThatCannotBe()
    {
        QFETCH(quint64, said);
        const QString path = diskWithSnapshot(said);
        const auto saved = savedMemoryBytes({ path, QStringLiteral("qcow2") });
        QVERIFY(saved && saved->isEmpty());
    }

private:
    /// The layout of the snapshot table is that of docs/interop/qcow2.txt.
    QString diskWithSnapshot(quint64 memoryBytes)
    {
        const std::string path = m_folder.filePath(QStringLiteral("disk.qcow2")).toStdString();
        const std::string qemuImg = findExecutable("qemu-img");
        const std::vector<std::vector<std::string>> commands{ { qemuImg, "create", "-q", "-f", "qcow2", path, "1M" },
            { qemuImg, "snapshot", "-c", "one", path } };
        for (const auto& command : commands) {
            if (!runChecked({ command, {}, {} }, std::chrono::seconds(60)))
                return {};
        }
        auto bytes = *readFile(path);
        const auto table = qFromBigEndian<quint64>(bytes.data() + 64);
        qToBigEndian(memoryBytes, bytes.data() + table + 40); // of the extra data, which comes first
        return writeFileAtomically(path, bytes) ? QString::fromStdString(path) : QString();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(DiskChainTest)
#include "disk_chain_test.moc"
