// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/disks/disk_conversion.h"
#include "core/vms/disks/disk_probe.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// Real disks of qemu-img, and some that lie.
class DiskProbeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        QVERIFY(made({ "create", "-q", "-f", "raw", at("base.raw"), "3M" }));
    }

    void knowsEachFormat_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* format : { "qcow2", "raw", "vmdk", "vdi", "vhdx", "vpc" })
            QTest::newRow(format) << QString::fromLatin1(format);
    }

    void knowsEachFormat()
    {
        QFETCH(QString, format);
        const std::string path = at("disk." + format.toStdString());
        QVERIFY(made({ "convert", "-f", "raw", "-O", format.toStdString(), at("base.raw"), path }));
        const auto facts = probed(path);
        QVERIFY2(facts, facts ? "" : facts.error().message.c_str());
        QCOMPARE(facts->format, format);
        QVERIFY(facts->virtualBytes >= 3U << 20U); // vpc counts in cylinders
        const auto other = probed(path, QStringLiteral("qcow2"));
        QCOMPARE(static_cast<bool>(other), format == u"qcow2");
    }

    void refusesABackingFileByName()
    {
        const std::string path = at("backed.qcow2");
        QVERIFY(made({ "create", "-q", "-f", "qcow2", "-F", "raw", "-b", at("base.raw"), path }));
        const auto facts = probed(path);
        QVERIFY(!facts);
        QVERIFY2(facts.error().message.find(at("base.raw")) != std::string::npos, facts.error().message.c_str());
        QVERIFY(probed(path, QStringLiteral("raw"))); // its bytes alone
    }

    void refusesADataFile()
    {
        const std::string path = at("data.qcow2");
        QVERIFY(made({ "create", "-q", "-f", "qcow2", "-o", "data_file=" + at("elsewhere.raw"), path, "1M" }));
        QVERIFY(!probed(path));
    }

    void refusesVmwareDisksThatNameFiles()
    {
        const std::string flat = at("flat.vmdk");
        QVERIFY(made({ "create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", flat, "1M" }));
        QVERIFY(!probed(flat));
        const std::string backed = at("backed.vmdk");
        QVERIFY(made({ "create", "-q", "-f", "vmdk", at("parent.vmdk"), "1M" }));
        QVERIFY(made({ "create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", at("parent.vmdk"), backed }));
        QVERIFY(!probed(backed));
        auto text = readFile(at("parent.vmdk"));
        QVERIFY(text);
        text->replace(12, 8, 8, '\0'); // a capacity of nothing: QEMU looks for extents in the description
        QVERIFY(writeFileAtomically(at("hollow.vmdk"), *text));
        QVERIFY(!probed(at("hollow.vmdk")));
    }

    void refusesWhatIsNoFile()
    {
        QVERIFY(!openDisk(m_folder.path()));
        QVERIFY(!openDisk(QStringLiteral("/dev/null")));
        QVERIFY(!openDisk(m_folder.filePath(QStringLiteral("missing"))));
        QVERIFY(writeFileAtomically(at("nothing.raw"), ""));
        QVERIFY(!probed(at("nothing.raw")));
    }

    void refusesRandomBytesThatClaimToBeADisk()
    {
        QVERIFY(writeFileAtomically(at("torn.qcow2"), std::string("QFI\xfb\0\0\0\3", 8) + std::string(1000, '\x5a')));
        QVERIFY(!probed(at("torn.qcow2")));
        QVERIFY(writeFileAtomically(at("torn.vhdx"), "vhdxfile" + std::string(5000, '\x5a')));
        QVERIFY(!probed(at("torn.vhdx")));
    }

    void readsTheProgress()
    {
        QCOMPARE(conversionProgress("    (0.00/100%)\r    (12.34/100%)\r"), 1234);
        QCOMPARE(conversionProgress("    (100.00/100%)\r\n"), 10'000);
        QCOMPARE(conversionProgress("/100%"), -1);
        QCOMPARE(conversionProgress("(x/100%)"), -1);
        QCOMPARE(conversionProgress(""), -1);
    }

private:
    std::string at(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    static bool made(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), findExecutable("qemu-img"));
        const auto done = runChecked({ std::move(arguments), {}, {} }, std::chrono::seconds(60));
        if (!done)
            qWarning("%s", done.error().message.c_str());
        return static_cast<bool>(done);
    }

    static Result<DiskFacts> probed(const std::string& path, const QString& claimed = {})
    {
        const auto file = openDisk(QString::fromStdString(path));
        return file ? probeDisk(*file, claimed) : Result<DiskFacts>(file.error());
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(DiskProbeTest)
#include "disk_probe_test.moc"
