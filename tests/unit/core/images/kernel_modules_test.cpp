// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kernel_modules.h"

#include "core/images/elf_image.h"
#include "core/images/kernel_image.h"

#include <QTest>

#include <elf.h>

#include <cstring>

using namespace twinhull;

namespace {

/// An ELF file with one section of that name and content, and the section of names.
std::string elfWithSection(const std::string& name, const std::string& content)
{
    const std::string names = std::string("\0", 1) + name + '\0';
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_shoff = sizeof header + content.size() + names.size();
    header.e_shnum = 2;
    header.e_shstrndx = 1;
    Elf64_Shdr sections[2]{};
    sections[0].sh_name = 1;
    sections[0].sh_type = SHT_PROGBITS;
    sections[0].sh_offset = sizeof header;
    sections[0].sh_size = content.size();
    sections[1].sh_type = SHT_STRTAB;
    sections[1].sh_offset = sizeof header + content.size();
    sections[1].sh_size = names.size();
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + content + names
        + std::string(reinterpret_cast<const char*>(sections), sizeof sections);
}

const std::map<std::string, ModuleInfo> kModules{
    { "virtio", {} },
    { "virtio_ring", { { "virtio" }, {} } },
    { "virtio_net", { { "virtio_ring", "virtio", "net_failover" }, {} } },
    { "net_failover", { { "failover" }, {} } },
    { "failover", {} },
    { "erofs", { { "libcrc32c" }, {} } },
    { "libcrc32c", { {}, { "crc32c" } } },
};

} // namespace

class KernelModulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leavesASignatureAway()
    {
        const std::string_view mark = "~Module signature appended~\n";
        const std::string module = "what the module is";
        const std::string signature(300, 's');
        const std::string header("\0\0\2\3\1\0\0\0\0\0\1\x2c", 12); // signer 3, key 1, signature 300 bytes
        const std::string tail = header + std::string(mark);
        const std::string ko = module + "who" + "k" + signature + tail;
        QVERIFY(withoutSignature(ko) == module);
        QVERIFY(withoutSignature(module) == module);
        QVERIFY(withoutSignature(mark) == mark);
        QVERIFY(withoutSignature(signature + tail) == signature + tail); // longer than the file
        const std::string most = std::string(8, '\xff') + std::string(4, '\xff') + std::string(mark);
        QVERIFY(withoutSignature(most) == most);
    }

    void readsWhatAModuleNeeds()
    {
        const std::string text("name=a\0depends=virtio-ring,virtio\0softdep=pre: crc32c post: late\0", 66);
        const std::string ko = elfWithSection(".modinfo", text);
        const auto info = readModuleInfo(ko);
        QVERIFY(info);
        QVERIFY((info->needs == std::vector<std::string>{ "virtio_ring", "virtio" }));
        QVERIFY((info->wants == std::vector<std::string>{ "crc32c" }));
    }

    void refusesDamagedElfFiles_data()
    {
        QTest::addColumn<int>("length");
        const auto whole = static_cast<int>(elfWithSection(".modinfo", "depends=").size());
        for (const int length : { 0, 3, 16, 63, 64, 70, whole - 1 })
            QTest::addRow("%d bytes", length) << length;
    }
    void refusesDamagedElfFiles()
    {
        QFETCH(int, length);
        const std::string ko = elfWithSection(".modinfo", "depends=").substr(0, static_cast<std::size_t>(length));
        QVERIFY(!readModuleInfo(ko));
    }

    void refusesOffsetsThatWrapAround()
    {
        std::string ko = elfWithSection(".modinfo", "depends=");
        const std::uint64_t huge = ~std::uint64_t{ 0 } - 8;
        std::memcpy(ko.data() + offsetof(Elf64_Ehdr, e_shoff), &huge, sizeof huge);
        QVERIFY(!ElfImage::parse(ko));
    }

    void namesAModuleByItsFile()
    {
        QCOMPARE(moduleNameOf("a/b/virtio-rng.ko.xz"), std::string("virtio_rng"));
        QCOMPARE(moduleNameOf("erofs.ko"), std::string("erofs"));
        QCOMPARE(moduleNameOf("a/modules.order"), std::string());
        QCOMPARE(moduleNameOf("a/x.kopf"), std::string());
    }

    void putsEachModuleAfterWhatItNeeds()
    {
        const auto order = loadOrder(kModules, {}, { { "virtio_net", "erofs" }, { "virtio_ring", "missing" } });
        QVERIFY(order);
        QVERIFY((*order
            == std::vector<std::string>{
                "virtio", "virtio_ring", "failover", "net_failover", "virtio_net", "libcrc32c", "erofs" }));
    }

    void passesOverWhatIsBuiltIn()
    {
        const auto order = loadOrder(kModules, { "libcrc32c", "overlay" }, { { "erofs", "overlay" }, {} });
        QVERIFY(order);
        QVERIFY((*order == std::vector<std::string>{ "erofs" }));
    }

    void namesTheModuleThatIsMissing()
    {
        const auto order = loadOrder(kModules, {}, { { "overlay" }, {} });
        QVERIFY(!order);
        QCOMPARE(order.error().code, ErrorCode::Unsupported);
        QVERIFY(order.error().message.find("overlay") != std::string::npos);
    }

    void refusesWhatIsNoKernel_data()
    {
        QTest::addColumn<QByteArray>("image");
        QByteArray header(1024, '\0');
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("zeros") << header;
        header.replace(0x202, 4, "HdrS");
        QTest::newRow("old protocol") << header;
        header[0x207] = 2;
        header[0x206] = 15;
        QTest::newRow("no payload") << header;
        header.replace(0x24c, 4, QByteArray("\xff\xff\xff\xff", 4));
        QTest::newRow("payload outside") << header;
    }
    void refusesWhatIsNoKernel()
    {
        QFETCH(QByteArray, image);
        auto vmlinux = extractVmlinux({ image.constData(), static_cast<std::size_t>(image.size()) });
        QVERIFY(!vmlinux);
        QCOMPARE(vmlinux.error().code, ErrorCode::Corrupt);
    }
};

QTEST_GUILESS_MAIN(KernelModulesTest)
#include "kernel_modules_test.moc"
