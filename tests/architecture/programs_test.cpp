// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <elf.h>

#include <cstring>
#include <optional>

namespace {

/// What the loader would have to find for a program (elf(5)).
struct Needs {
    QStringList libraries; ///< DT_NEEDED
    bool hasInterpreter = false; ///< false: a static program
};

/// A value at an offset; nothing when the file is too short.
template <typename T>
std::optional<T> valueAt(const QByteArray& bytes, std::uint64_t offset)
{
    if (offset > static_cast<std::uint64_t>(bytes.size()) || bytes.size() - offset < sizeof(T))
        return std::nullopt;
    T value;
    std::memcpy(&value, bytes.constData() + offset, sizeof value);
    return value;
}

std::vector<Elf64_Phdr> segmentsOf(const QByteArray& bytes)
{
    std::vector<Elf64_Phdr> segments;
    const auto header = valueAt<Elf64_Ehdr>(bytes, 0);
    for (int i = 0; header && i < header->e_phnum; ++i) {
        const auto offset = header->e_phoff + static_cast<std::uint64_t>(i) * header->e_phentsize;
        if (const auto segment = valueAt<Elf64_Phdr>(bytes, offset))
            segments.push_back(*segment);
    }
    return segments;
}

std::uint64_t fileOffset(const std::vector<Elf64_Phdr>& segments, std::uint64_t address)
{
    for (const auto& segment : segments) {
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address < segment.p_vaddr + segment.p_filesz)
            return address - segment.p_vaddr + segment.p_offset;
    }
    return 0;
}

std::vector<Elf64_Dyn> dynamicEntriesOf(const QByteArray& bytes, const Elf64_Phdr& segment)
{
    std::vector<Elf64_Dyn> entries;
    for (std::uint64_t at = 0; at < segment.p_filesz; at += sizeof(Elf64_Dyn)) {
        const auto entry = valueAt<Elf64_Dyn>(bytes, segment.p_offset + at);
        if (!entry || entry->d_tag == DT_NULL)
            break;
        entries.push_back(*entry);
    }
    return entries;
}

std::optional<Needs> needsOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray bytes = file.readAll();
    if (!bytes.startsWith(ELFMAG))
        return std::nullopt;
    Needs needs;
    const auto segments = segmentsOf(bytes);
    for (const auto& segment : segments) {
        needs.hasInterpreter = needs.hasInterpreter || segment.p_type == PT_INTERP;
        if (segment.p_type != PT_DYNAMIC)
            continue;
        std::uint64_t names = 0;
        const auto entries = dynamicEntriesOf(bytes, segment);
        for (const auto& entry : entries)
            names = entry.d_tag == DT_STRTAB ? fileOffset(segments, entry.d_un.d_ptr) : names;
        for (const auto& entry : entries) {
            if (entry.d_tag == DT_NEEDED)
                needs.libraries += QString::fromLatin1(bytes.constData() + names + entry.d_un.d_val);
        }
    }
    return needs;
}

QString program(const char* name)
{
    return QStringLiteral(TH_BIN_DIR "/") + QString::fromLatin1(name);
}

}

class ProgramsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thisTestNeedsQt() // or the ones below could not fail
    {
        const auto needs = needsOf(QCoreApplication::applicationFilePath());
        QVERIFY(needs);
        QVERIFY(needs->hasInterpreter);
        QVERIFY(!needs->libraries.filter(QStringLiteral("libQt6Core.so")).isEmpty());
    }

    void programsBelowTheDesktopNeedNoQt_data()
    {
        QTest::addColumn<QString>("path");
        for (const char* name : { "hull", "hull-monitor", "network-keeper", "port-relay", "guest-init", "twinhull-load",
                 "isolation-probe", "file-carrier", "container-init" })
            QTest::newRow(name) << program(name);
    }
    void programsBelowTheDesktopNeedNoQt()
    {
        QFETCH(QString, path);
        const auto needs = needsOf(path);
        QVERIFY2(needs, qPrintable(path));
        QVERIFY2(needs->libraries.filter(QStringLiteral("Qt")).isEmpty(), qPrintable(needs->libraries.join(u' ')));
    }

    void programsThatRunInsideAreStatic_data()
    {
        QTest::addColumn<QString>("path");
        for (const char* name : { "guest-init", "twinhull-load", "isolation-probe", "file-carrier", "container-init" })
            QTest::newRow(name) << program(name);
    }
    void programsThatRunInsideAreStatic()
    {
        QFETCH(QString, path);
        const auto needs = needsOf(path);
        QVERIFY2(needs, qPrintable(path));
        QVERIFY(!needs->hasInterpreter);
        QVERIFY2(needs->libraries.isEmpty(), qPrintable(needs->libraries.join(u' ')));
    }

    void theCommandLineNeedsNoScreen()
    {
        const auto needs = needsOf(program("twinhullctl"));
        QVERIFY(needs);
        for (const char* library : { "libQt6Gui", "libQt6Widgets", "libQt6Charts" })
            QVERIFY2(needs->libraries.filter(QString::fromLatin1(library)).isEmpty(), library);
    }

    /// It brings forty libraries along; see core/vms/link/libvirt_functions.h.
    void libvirtIsLoadedWhenItIsNeeded_data()
    {
        QTest::addColumn<QString>("path");
        for (const char* name : { "twinhullctl", "twinhull" })
            QTest::newRow(name) << program(name);
    }
    void libvirtIsLoadedWhenItIsNeeded()
    {
#ifdef TWINHULL_SANITIZED
        QSKIP("a sanitized program has to know all libraries when it starts");
#endif
        QFETCH(QString, path);
        const auto needs = needsOf(path);
        QVERIFY2(needs, qPrintable(path));
        for (const char* library : { "libvirt", "libosinfo", "libvncclient" })
            QVERIFY2(
                needs->libraries.filter(QLatin1String(library)).isEmpty(), qPrintable(needs->libraries.join(u' ')));
    }

    /// The rule above for builds in which it cannot be seen.
    void theirFunctionsAreInTheLists()
    {
        static const QRegularExpression kCall(QStringLiteral("\\b(vir[A-Z]\\w+|osinfo_\\w+|g_\\w+)\\("));
        static const QRegularExpression kListed(QStringLiteral("\\bTH_(LIBVIRT|OSINFO)\\((\\w+)\\)"));
        static const QRegularExpression kComment(QStringLiteral("//[^\\n]*"));
        QSet<QString> called;
        QSet<QString> listed;
        QDirIterator files(QStringLiteral(TH_SOURCE_DIR "/core/vms"),
            { QStringLiteral("*.cpp"), QStringLiteral("*.h") }, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll()).remove(kComment);
            for (const auto& call : kCall.globalMatch(text))
                called.insert(call.captured(1));
            for (const auto& entry : kListed.globalMatch(text))
                listed.insert(entry.captured(2));
        }
        QVERIFY(listed.size() > 50);
        const QStringList strangers = (called - listed).values();
        QVERIFY2(strangers.isEmpty(), qPrintable(strangers.join(u' ')));
    }

    void theDesktopDoesNotNeedTheRuntimesLibraries()
    {
        const auto needs = needsOf(program("twinhull"));
        QVERIFY(needs);
        QVERIFY(needs->libraries.filter(QStringLiteral("libseccomp")).isEmpty());
    }
};

QTEST_GUILESS_MAIN(ProgramsTest)
#include "programs_test.moc"
