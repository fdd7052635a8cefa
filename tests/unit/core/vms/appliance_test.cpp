// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/appliance.h"
#include "core/vms/disks/tar_index.h"
#include "tests/support/appliance.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;
using test::applianceItem;
using test::ApplianceText;
using test::applianceText;

Q_DECLARE_METATYPE(test::ApplianceText)

/// Descriptions and archives of others, some of which lie.
class ApplianceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatAMachineHas()
    {
        ApplianceText asked;
        asked.more = applianceItem("14", "floppy", "") + "<vmw:Config vmw:key=\"firmware\" vmw:value=\"efi\"/>";
        const auto read = readOvf(applianceText(asked));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, QStringLiteral("Shop / Büro <1>"));
        QCOMPARE(read->cpus, 2);
        QCOMPARE(read->memoryBytes, std::uint64_t{ 160 } << 20U);
        QVERIFY(read->bootsByUefi);
        QCOMPARE(read->systemIds, QStringList{ QStringLiteral("debian11") });
        QCOMPARE(read->networkCards, 2);
        QCOMPARE(read->foreignBuses, QStringList{ QStringLiteral("SCSI (lsilogic)") });
        QCOMPARE(read->leftOut, QStringList{ QStringLiteral("thing floppy") });
        QCOMPARE(read->disks.size(), 2U); // by their addresses, not as they stand there
        QCOMPARE(read->disks[0].fileName, QStringLiteral("first.vmdk"));
        QCOMPARE(read->disks[0].capacityBytes, 1U << 20U);
        QCOMPARE(read->disks[1].fileName, QStringLiteral("second.vmdk"));
        QCOMPARE(read->disks[1].capacityBytes, 2U << 20U);
    }

    void guessesTheSystem_data()
    {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QString>("id");
        const auto row = [](const char* said, const char* id) {
            QTest::newRow(said) << QByteArray(said) << QString::fromLatin1(id);
        };
        row("windows9_64Guest", "win10");
        row("windows2019srv_64Guest", "win2k19");
        row("Windows11_64", "win11");
        row("Ubuntu 22.04 LTS", "ubuntu22.04");
        row("ubuntu64Guest", "");
        row("centos7_64Guest", "centos7.0");
        row("otherLinux64Guest", "");
    }

    void guessesTheSystem()
    {
        QFETCH(QByteArray, said);
        QFETCH(QString, id);
        ApplianceText asked;
        asked.system = "<OperatingSystemSection vmw:osType=\"" + said + "\"/>";
        const auto read = readOvf(applianceText(asked));
        QVERIFY(read);
        QCOMPARE(read->systemIds.value(0), id);
    }

    void refusesADescriptionThatLies_data()
    {
        QTest::addColumn<ApplianceText>("text");
        const auto row = [](const char* name, const std::function<void(ApplianceText&)>& change) {
            ApplianceText text;
            change(text);
            QTest::newRow(name) << text;
        };
        for (const char* href : { "../first.vmdk", "/etc/passwd", "a/b.vmdk", "", ".hidden", "..", "http://x/y.vmdk" })
            row(href, [href](ApplianceText& text) { text.firstHref = href; });
        row("entities", [](ApplianceText& text) { text.prolog = "<!DOCTYPE Envelope [<!ENTITY a \"aaaa\">]>"; });
        row("no memory", [](ApplianceText& text) {
            text.more = applianceItem("4", "9", "<rasd:VirtualQuantity>-5</rasd:VirtualQuantity>");
        });
        row("too much memory", [](ApplianceText& text) {
            text.more = applianceItem("4", "9",
                "<rasd:AllocationUnits>byte * 2^50</rasd:AllocationUnits>"
                "<rasd:VirtualQuantity>99999999</rasd:VirtualQuantity>");
        });
        row("an unknown disk", [](ApplianceText& text) {
            text.more = applianceItem("17", "9", "<rasd:HostResource>ovf:/disk/none</rasd:HostResource>");
        });
        row("a thousand devices", [](ApplianceText& text) { text.more = applianceItem("14", "9", "").repeated(1001); });
        row("cut off", [](ApplianceText& text) { text.more = "</Item>"; });
    }

    void refusesADescriptionThatLies()
    {
        QFETCH(ApplianceText, text);
        QVERIFY(!readOvf(applianceText(text)));
    }

    void findsFilesInAnArchive()
    {
        QVERIFY(write("a.ovf", applianceText().toStdString()));
        QVERIFY(write("first.vmdk", std::string(3000, 'x')) && write("second.vmdk", "two"));
        QVERIFY(write("a.mf", test::manifestOf(folder(), { "a.ovf", "first.vmdk", "second.vmdk" })));
        QVERIFY(test::packAppliance(folder(), at("a.ova"), { "a.ovf", "a.mf", "first.vmdk", "second.vmdk" }));
        for (const char* name : { "a.ova", "a.ovf" }) {
            const auto appliance = Appliance::open(QString::fromStdString(at(name)));
            QVERIFY2(appliance, appliance ? "" : appliance.error().message.c_str());
            const auto second = appliance->file(QStringLiteral("second.vmdk"));
            QVERIFY(second);
            QCOMPARE(*readWhole(*second, 100), QByteArray("two"));
            QVERIFY(!appliance->file(QStringLiteral("third.vmdk")));
            QVERIFY((*appliance->digestOf(QStringLiteral("second.vmdk")))->hex.size() == 64);
            QVERIFY(!appliance->digestOf(QStringLiteral("third.vmdk")));
        }
        QVERIFY(write("a.ovf", applianceText().replace("160", "161").toStdString()));
        const auto changed = Appliance::open(QString::fromStdString(at("a.ovf")));
        QVERIFY(!changed);
        QVERIFY2(changed.error().message.find("a.ovf is not what the manifest says") != std::string::npos,
            changed.error().message.c_str());
    }

    void takesNoLinkForADisk()
    {
        QVERIFY(write("l.ovf", applianceText().replace("first.vmdk", "link.vmdk").toStdString()));
        QVERIFY(QFile::link(QStringLiteral("/etc/passwd"), QString::fromStdString(at("link.vmdk"))));
        const auto appliance = Appliance::open(QString::fromStdString(at("l.ovf")));
        QVERIFY(appliance);
        QVERIFY(!appliance->file(QStringLiteral("link.vmdk")));
        QVERIFY(test::packAppliance(folder(), at("l.ova"), { "l.ovf", "link.vmdk" }));
        const auto packed = Appliance::open(QString::fromStdString(at("l.ova")));
        QVERIFY(packed);
        QVERIFY(!packed->file(QStringLiteral("link.vmdk")));
    }

    void refusesABrokenArchive()
    {
        QVERIFY(write("a.ovf", applianceText().toStdString()) && write("first.vmdk", std::string(3000, 'x')));
        QVERIFY(test::packAppliance(folder(), at("b.ova"), { "a.ovf", "first.vmdk" }));
        const auto whole = *readFile(at("b.ova"));
        const std::size_t second = whole.find("first.vmdk", 512 + 2000); // its header
        const auto opens = [this](std::string bytes) {
            return write("b.ova", bytes) && Appliance::open(QString::fromStdString(at("b.ova")));
        };
        QVERIFY(opens(whole));
        QVERIFY(!opens(whole.substr(0, second + 1000))); // within a file
        std::string wrong = whole;
        wrong[second + 1] = 'X'; // the sum no longer fits
        QVERIFY(!opens(wrong));
        QVERIFY(!opens(whole.substr(second))); // no description
        QVERIFY(!opens("no archive at all, though it is called one" + std::string(1000, '.')));
        QVERIFY(test::packAppliance(folder(), at("t.ova"), { "a.ovf", "first.vmdk" }));
        QVERIFY(runChecked({ { findExecutable("tar"), "-C", folder(), "-rf", at("t.ova"), "first.vmdk" }, {}, {} },
            std::chrono::seconds(30)));
        QVERIFY(!Appliance::open(QString::fromStdString(at("t.ova"))));
    }

    void readsLongNamesAndSizes()
    {
        const std::string longName = std::string(120, 'n') + ".vmdk";
        QVERIFY(write(longName.c_str(), "long"));
        for (const char* format : { "--format=pax", "--format=gnu" }) {
            QVERIFY(
                runChecked({ { findExecutable("tar"), format, "-C", folder(), "-cf", at("n.tar"), longName }, {}, {} },
                    std::chrono::seconds(30)));
            const auto file = openPath(at("n.tar"), O_RDONLY);
            const auto members = indexTar(*file);
            QVERIFY(members);
            QCOMPARE(members->size(), 1U);
            QCOMPARE(members->front().name, longName);
            QCOMPARE(members->front().bytes, 4U);
        }
    }

private:
    std::string folder() const { return m_folder.path().toStdString(); }
    std::string at(const char* name) const { return folder() + '/' + name; }
    bool write(const char* name, const std::string& text) const
    {
        return static_cast<bool>(writeFileAtomically(at(name), text));
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ApplianceTest)
#include "appliance_test.moc"
