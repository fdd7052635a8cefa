// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_changes.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace twinhull;

class LayerChangesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_root = std::make_unique<QTemporaryDir>(); }

    void tellsWhatIsNewAndOther()
    {
        write("low/etc/passwd");
        write("up/etc/passwd");
        write("up/etc/new");
        write("up/opt/tool/bin");
        QCOMPARE(found({ "low" }),
            (QStringList{ A("C /etc"), A("A /etc/new"), A("C /etc/passwd"), A("A /opt"), A("A /opt/tool"),
                A("A /opt/tool/bin") }));
    }

    void tellsWhatIsGone()
    {
        if (::geteuid() != 0)
            QSKIP("only root makes whiteouts");
        write("low/a");
        write("low2/b/c");
        write("up/x");
        for (const char* name : { "up/a", "up/b", "up/never" })
            QCOMPARE(::mknod(path(name).constData(), S_IFCHR, ::makedev(0, 0)), 0);
        QCOMPARE(found({ "low", "low2" }), (QStringList{ A("D /a"), A("D /b"), A("A /x") }));
    }

    void tellsWhatAnOpaqueFolderHides()
    {
        write("low/d/old");
        write("low/d/kept");
        write("up/d/kept");
        if (::setxattr(path("up/d").constData(), "user.overlay.opaque", "y", 1, 0) != 0)
            QSKIP("no user attributes on this file system");
        QCOMPARE(found({ "low" }), (QStringList{ A("C /d"), A("D /d/old"), A("C /d/kept") }));
    }

    void readsTheNamesOfFuseOverlayfs()
    {
        for (const char* name : { "low/gone", "low/d/old", "low/d/kept", "low2/hidden", "low/.wh.hidden" })
            write(name);
        for (const char* name : { "up/.wh.gone", "up/.wh.never", "up/d/.wh..wh..opq", "up/d/kept", "up/hidden" })
            write(name);
        QCOMPARE(found({ "low", "low2" }, UpperForm::FuseOverlay),
            (QStringList{ A("D /gone"), A("C /d"), A("D /d/old"), A("C /d/kept"), A("A /hidden") }));
    }

    void followsNoLink()
    {
        write("low/real/secret");
        write("up/dir/secret");
        QVERIFY(QFile::link(QStringLiteral("real"), QString::fromUtf8(path("low/dir")))); // a hostile image
        QVERIFY(QFile::link(QStringLiteral("/etc"), QString::fromUtf8(path("up/out")))); // a hostile container
        QCOMPARE(found({ "low" }), (QStringList{ A("C /dir"), A("A /dir/secret"), A("A /out") }));
    }

    void aLineIsReadBack_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("plain") << QByteArray("/etc/passwd");
        QTest::newRow("hostile") << QByteArray("/a b\n%41\x7f\xff%");
    }

    void aLineIsReadBack()
    {
        QFETCH(QByteArray, path);
        const LayerChange change{ LayerChange::Kind::Removed, path.toStdString() };
        const std::string line = changeLine(change);
        QCOMPARE(line.find('\n'), line.size() - 1);
        const auto read = parseChange(std::string_view(line).substr(7, line.size() - 8));
        QVERIFY(read && *read == change);
        QVERIFY(!parseChange("X /a") && !parseChange("") && !parseChange("A /%4"));
    }

private:
    static QString A(const char* text) { return QString::fromLatin1(text); }
    QByteArray path(const char* below) const { return m_root->filePath(QLatin1String(below)).toUtf8(); }
    void write(const char* below) const
    {
        const QString file = QString::fromUtf8(path(below));
        QVERIFY(QDir().mkpath(QFileInfo(file).path()));
        QFile made(file);
        QVERIFY(made.open(QIODevice::WriteOnly));
    }

    QStringList found(const std::vector<const char*>& lower, UpperForm form = UpperForm::Overlay) const
    {
        std::vector<std::string> layers;
        for (const char* layer : lower)
            layers.push_back(path(layer).toStdString());
        QStringList all;
        const auto tell = [&all](const LayerChange& change) {
            all << QString::fromStdString(std::string(1, "ACD"[static_cast<int>(change.kind)]) + " " + change.path);
        };
        const auto done = findLayerChanges(path("up").toStdString(), layers, tell, form);
        return done ? all : QStringList{ QString::fromStdString(done.error().message) };
    }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(LayerChangesTest)
#include "layer_changes_test.moc"
