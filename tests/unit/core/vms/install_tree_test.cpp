// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/install_tree.h"

#include "core/base/files.h"
#include "core/vms/making/installer_files.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

const QByteArray kKernelSum(64, 'a');

/// As productmd writes it for a release of Fedora.
QByteArray treeInfo(const QByteArray& kernel = "images/pxeboot/vmlinuz", const QByteArray& architecture = "x86_64")
{
    return "[header]\ntype = productmd.treeinfo\nversion = 1.2\n\n[checksums]\n" + kernel + " = sha256:" + kKernelSum
        + "\nimages/pxeboot/initrd.img = md5:0123\n\n[general]\n; WARNING.0 = old\narch = " + architecture
        + "\nfamily = Fedora\nname = Fedora 36\nversion = 36\nvariant = Server\nplatforms = x86_64,xen\n\n"
          "[images-x86_64]\nkernel = "
        + kernel + "\ninitrd = images/pxeboot/initrd.img\n\n[tree]\narch = x86_64\n";
}

} // namespace

/// What installation trees say of themselves.
class InstallTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsADescription()
    {
        const auto tree = treeFromInfo(treeInfo());
        QVERIFY2(tree, tree ? "" : tree.error().message.c_str());
        QCOMPARE(tree->kernelPath, QStringLiteral("images/pxeboot/vmlinuz"));
        QCOMPARE(tree->initrdPath, QStringLiteral("images/pxeboot/initrd.img"));
        QCOMPARE(tree->kernelSum, kKernelSum);
        QVERIFY(tree->initrdSum.isEmpty()); // md5 proves nothing
    }

    void refusesADescriptionThatLeadsElsewhere_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* path :
            { "../../etc/shadow", "/etc/shadow", "images/../../x", "a b", "", "http://x/y", "x\\y" })
            QTest::newRow(path) << treeInfo(path);
        QTest::newRow("another architecture") << treeInfo("images/pxeboot/vmlinuz", "aarch64");
        QTest::newRow("a page") << QByteArray("<html>[no]</html>");
        QTest::newRow("nothing") << QByteArray();
    }
    void refusesADescriptionThatLeadsElsewhere()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!treeFromInfo(text));
    }

    void findsASumInAList()
    {
        const QByteArray sum(64, 'B');
        const QByteArray list = "0123  ./short\n" + QByteArray(64, 'z') + "  ./wrong\n" + sum + " *./netboot/linux\n";
        QCOMPARE(sumInList(list, "netboot/linux"), sum.toLower());
        for (const char* name : { "linux", "wrong", "short", "" })
            QVERIFY2(sumInList(list, name).isEmpty(), name);
    }

    void findsAnInstallerInAFolderAndChecksIt()
    {
        QTemporaryDir folder;
        const std::string at = folder.path().toStdString();
        QVERIFY(makeFolders(at + "/boot/x86_64/loader"));
        std::string kernel(2048, '\0');
        kernel.replace(0x202, 4, "HdrS");
        QVERIFY(writeFileAtomically(at + "/boot/x86_64/loader/linux", kernel));
        const auto source = openInstallSource(folder.path());
        QVERIFY(source);
        JobContext context(nullptr);
        QVERIFY(!lookAtTree(**source, folder.path(), context)); // no initrd
        QVERIFY(writeFileAtomically(at + "/boot/x86_64/loader/initrd", "x"));
        const auto tree = lookAtTree(**source, folder.path(), context);
        QVERIFY2(tree, tree ? "" : tree.error().message.c_str());
        QVERIFY((*source)->fetch(tree->kernelPath, at + "/kernel", context));
        const QString fetched = folder.path() + QStringLiteral("/kernel");
        QVERIFY(checkInstallerFile(fetched, {}, true));
        QVERIFY(!checkInstallerFile(fetched, QByteArray(64, 'a'), true));
        QVERIFY(!checkInstallerFile(folder.path() + QStringLiteral("/boot/x86_64/loader/initrd"), {}, true));
    }

    void putsTheInstallerBesideTheDefinition()
    {
        const auto xml = installerDomain("<domain><name>x</name><os><type>hvm</type></os><on_reboot>restart</on_reboot>"
                                         "<!-- mine --></domain>",
            { QStringLiteral("/k"), QStringLiteral("/i"), QStringLiteral("a=<b>") });
        QVERIFY(xml);
        QVERIFY2(xml->contains("<kernel>/k</kernel>") && xml->contains("<initrd>/i</initrd>")
                && xml->contains("<cmdline>a=&lt;b&gt;</cmdline>") && xml->contains("<on_reboot>destroy</on_reboot>")
                && xml->contains("<!-- mine -->"),
            xml->constData());
    }
};

QTEST_GUILESS_MAIN(InstallTreeTest)
#include "install_tree_test.moc"
