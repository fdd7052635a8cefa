// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl_world.h"
#include "tests/support/image_archive.h"
#include "tests/support/registry.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cstdio>

using namespace twinhull;
using namespace std::chrono_literals;
using namespace twinhull::test;

/// The verbs of "twinhullctl images" on images that the tests make, as a person uses them.
class CtlImagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<CtlWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
    }
    void cleanup() { m_world.reset(); }

    void namesAndUnnames()
    {
        QCOMPARE(ctl({ "images", "tag", "starter", "team/web:1", "team/web" }).exitCode, 0);
        QCOMPARE(references(),
            (QStringList{ QStringLiteral("twinhull/starter:latest"), QStringLiteral("team/web:1"),
                QStringLiteral("team/web:latest") }));
        QCOMPARE(ctl({ "images", "untag", "starter", "team/web:1" }).exitCode, 0);
        QCOMPARE(references(),
            (QStringList{ QStringLiteral("twinhull/starter:latest"), QStringLiteral("team/web:latest") }));
        QCOMPARE(ctl({ "images", "untag", "starter", "nobody:1" }).exitCode, 3);
        QCOMPARE(ctl({ "images", "tag", "starter", "Not A Name" }).exitCode, 2);
        QCOMPARE(ctl({ "images", "untag", "starter" }).exitCode, 0);
        QCOMPARE(references(), QStringList()); // it is still there
    }

    void inspectsAndTellsTheHistory()
    {
        const auto inspected = ctl({ "images", "inspect", "starter" }).json().object();
        QCOMPARE(inspected[u"os"].toString(), QStringLiteral("linux"));
        QCOMPARE(inspected[u"layers"].toArray().size(), 1);
        QVERIFY(inspected[u"layers"][0][u"diff_id"].toString().startsWith(QStringLiteral("sha256:")));
        QCOMPARE(ctl({ "images", "history", "starter" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "inspect", "nobody" }).exitCode, 3);
    }

    void savesAndLoadsWhatItSaved_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* format : { "docker-archive", "oci-archive", "oci-dir" })
            QTest::newRow(format) << QString::fromLatin1(format);
    }
    void savesAndLoadsWhatItSaved()
    {
        QFETCH(QString, format);
        const std::string path = m_world->path(QStringLiteral("saved")).toStdString();
        const auto saved = ctl({ "images", "save", "starter", "-o", path, "--format", format.toStdString() });
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        const auto before = ctl({ "images", "inspect", "starter" }).json().object();
        QCOMPARE(ctl({ "images", "save", "starter", "-o", path }).exitCode, 4); // never over something
        QCOMPARE(ctl({ "images", "remove", "starter" }).exitCode, 0);
        const auto loaded = ctl({ "images", "load", path });
        QVERIFY2(loaded.exitCode == 0, qPrintable(loaded.text()));
        const auto after = ctl({ "images", "inspect", "starter" }).json().object();
        QCOMPARE(after[u"layers"][0][u"diff_id"], before[u"layers"][0][u"diff_id"]);
        QCOMPARE(after[u"entrypoint"], before[u"entrypoint"]);
        QCOMPARE(after[u"labels"], before[u"labels"]);
        QVERIFY(hasNoPartials());
    }

    void savesSeveralIntoOneArchive_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* format : { "docker-archive", "oci-archive" })
            QTest::newRow(format) << QString::fromLatin1(format);
    }
    void savesSeveralIntoOneArchive()
    {
        QFETCH(QString, format);
        const std::string shared = TarBuilder().file("shared", std::string(400'000, 's')).build();
        QVERIFY(writeFileAtomically(file("web.tar"), dockerArchive("web:1", { shared })));
        QVERIFY(writeFileAtomically(
            file("other.tar"), dockerArchive("other:1", { shared, TarBuilder().file("own", "o").build() })));
        QCOMPARE(ctl({ "images", "load", file("web.tar") }).exitCode, 0);
        QCOMPARE(ctl({ "images", "load", file("other.tar") }).exitCode, 0);
        QCOMPARE(ctl({ "images", "tag", "web:1", "team/web:2" }).exitCode, 0);
        const auto save = [&](const std::string& name, const std::string& as) {
            return ctl(
                { "images", "save", "web:1", name, "team/web:2", "starter", "-o", file("many"), "--format", as });
        };
        QCOMPARE(save("other:1", "oci-dir").exitCode, 2); // holds one
        QCOMPARE(save("nobody", format.toStdString()).exitCode, 3);
        QVERIFY(!QFile::exists(m_world->path(QStringLiteral("many"))));
        const auto saved = save("other:1", format.toStdString());
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        QCOMPARE(save("other:1", format.toStdString()).exitCode, 4); // never over something
        const auto listed = runChecked({ { "tar", "-tf", file("many") }, {}, {} }, 20s);
        QVERIFY(listed);
        const QString members = QString::fromStdString(*listed);
        QCOMPARE(members.count(QString::fromStdString(sha256(shared))), 1); // there once, for both
        for (const char* name : { "web:1", "team/web:2", "other:1" }) { // as another program reads it
            const auto read = runChecked(
                { { "skopeo", "inspect", "--config", format.toStdString() + ":" + file("many") + ":" + name }, {}, {} },
                20s);
            QVERIFY2(read && read->find(sha256(shared)) != std::string::npos, name);
        }
        const auto before = ctl({ "images", "inspect", "starter" }).json().object();
        QCOMPARE(ctl({ "images", "remove", "web:1", "other:1", "team/web:2", "starter" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 0);
        const auto loaded = ctl({ "images", "load", file("many") });
        QVERIFY2(loaded.exitCode == 0, qPrintable(loaded.text()));
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 3);
        const auto after = ctl({ "images", "inspect", "starter" }).json().object();
        QCOMPARE(after[u"layers"][0][u"diff_id"], before[u"layers"][0][u"diff_id"]);
        const auto web = ctl({ "images", "inspect", "team/web:2" }).json().object();
        QCOMPARE(web[u"references"].toArray(),
            (QJsonArray{ QStringLiteral("web:1"), QStringLiteral("team/web:2") })); // one image by two names
        QVERIFY(hasNoPartials());
    }

    void tellsHowALayerOfAnArchiveIsPacked()
    {
        QVERIFY(writeFileAtomically(file("root.tar"), TarBuilder().folder("bin").file("bin/x", "x").build()));
        const auto packed = runChecked({ { "zstd", "-c", file("root.tar") }, {}, {} }, 20s);
        QVERIFY(packed);
        QVERIFY(writeFileAtomically(file("root.packed"), *packed));
        QCOMPARE(ctl({ "images", "import", file("root.packed"), "team/root:1" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "save", "team/root:1", "starter", "-o", file("many") }).exitCode, 0);
        QCOMPARE(ctl({ "images", "remove", "team/root:1" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "load", file("many") }).exitCode, 0);
        const auto image = ctl({ "images", "inspect", "team/root:1" }).json().object();
        QVERIFY(image[u"layers"][0][u"media_type"].toString().endsWith(QStringLiteral("+zstd")));
        QCOMPARE(image[u"layers"][0][u"diff_id"].toString().mid(7).toStdString(), sha256(*readFile(file("root.tar"))));
    }

    void savesNothingOfABlobThatIsDamaged()
    {
        const std::string layer = TarBuilder().file("whole", std::string(100'000, 'w')).build();
        QVERIFY(writeFileAtomically(file("web.tar"), dockerArchive("web:1", { layer })));
        QCOMPARE(ctl({ "images", "load", file("web.tar") }).exitCode, 0);
        std::string damaged = layer;
        damaged[700] = 'X';
        QVERIFY(writeFileAtomically(blobs() + sha256(layer), damaged));
        const auto refused = ctl({ "images", "save", "web:1", "starter", "-o", file("many") });
        QVERIFY(refused.exitCode != 0);
        QVERIFY2(refused.err.contains("damaged"), qPrintable(refused.text()));
        QVERIFY(!QFile::exists(m_world->path(QStringLiteral("many"))));
        QVERIFY(hasNoPartials());
    }

    void removesAllOrNone()
    {
        QCOMPARE(ctl({ "images", "tag", "starter", "team/free:1" }).exitCode, 0);
        QVERIFY(writeFileAtomically(file("web.tar"), dockerArchive("web:1", { TarBuilder().file("x", "x").build() })));
        QCOMPARE(ctl({ "images", "load", file("web.tar") }).exitCode, 0);
        QCOMPARE(ctl({ "create", "--name", "user", "starter" }).exitCode, 0);
        const auto refused = ctl({ "images", "remove", "web:1", "nobody", "starter" });
        QVERIFY(refused.exitCode != 0);
        QVERIFY2(refused.err.contains("nobody is not in the store") && refused.err.contains("used by user")
                && refused.err.contains("None was removed"),
            qPrintable(refused.text()));
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 2);
        QCOMPARE(ctl({ "remove", "--to-bin", "user" }).exitCode, 0); // which still needs it
        QVERIFY(ctl({ "images", "remove", "web:1", "starter" }).exitCode != 0);
        refusesWhereTheBinCannotBeRead();
        QCOMPARE(ctl({ "bin", "remove", "user" }).exitCode, 0);
        const auto removed = ctl({ "images", "remove", "web:1", "web:1", "starter", "team/free:1" }); // one named twice
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 0);
    }

    void importsARoot_data()
    {
        QTest::addColumn<QString>("packer");
        QTest::addColumn<QString>("mediaType");
        QTest::newRow("plain") << "cat"
                               << ".tar";
        QTest::newRow("gzip") << "gzip"
                              << ".tar+gzip";
        QTest::newRow("zstd") << "zstd"
                              << ".tar+zstd";
        QTest::newRow("xz") << "xz"
                            << ".tar"; // no layer may be packed so
    }
    void importsARoot()
    {
        QFETCH(QString, packer);
        QFETCH(QString, mediaType);
        QVERIFY(writeFileAtomically(file("root.tar"), TarBuilder().folder("bin").file("bin/x", "x").build()));
        const std::string program = packer.toStdString();
        auto packed = program == "cat" ? runChecked({ { program, file("root.tar") }, {}, {} }, 20s)
                                       : runChecked({ { program, "-c", file("root.tar") }, {}, {} }, 20s);
        QVERIFY(packed);
        QVERIFY(writeFileAtomically(file("root.packed"), *packed));
        const auto imported = ctl({ "images", "import", "-c", "CMD [\"/bin/x\"]", "-c", "ENV A=b c", "-m", "by hand",
            file("root.packed"), "team/root:1" });
        QVERIFY2(imported.exitCode == 0, qPrintable(imported.text()));
        const auto image = ctl({ "images", "inspect", "team/root:1" }).json().object();
        QVERIFY(image[u"layers"][0][u"media_type"].toString().endsWith(mediaType));
        QCOMPARE(image[u"command"].toArray(), QJsonArray{ QStringLiteral("/bin/x") });
        QCOMPARE(image[u"environment"].toArray(), QJsonArray{ QStringLiteral("A=b c") });
        QCOMPARE(image[u"history"][0][u"comment"].toString(), QStringLiteral("by hand"));
        QCOMPARE(image[u"layers"][0][u"diff_id"].toString().mid(7).toStdString(), sha256(*readFile(file("root.tar"))));
    }

    void refusesToImportWhatIsNoTar()
    {
        QVERIFY(writeFileAtomically(file("text"), "just words"));
        const auto refused = ctl({ "images", "import", file("text"), "x:1" });
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains("must be a tar"), qPrintable(refused.text()));
        QVERIFY(hasNoPartials());
    }

    void tellsWhatALayerDoes()
    {
        const std::string lower
            = TarBuilder().folder("a").file("a/gone", "1").file("a/kept", "2").folder("b").file("b/c", "3").build();
        const std::string upper = TarBuilder()
                                      .file("a/.wh.gone", "")
                                      .file("a/kept", "22")
                                      .file("new", "4")
                                      .file("b/.wh..wh..opq", "")
                                      .build();
        QVERIFY(writeFileAtomically(file("web.tar"), dockerArchive("web:1", { lower, upper })));
        QCOMPARE(ctl({ "images", "load", file("web.tar") }).exitCode, 0);
        QStringList lines;
        const auto files = ctl({ "images", "files", "web:1", "--json" }).json().array();
        for (const auto& value : files)
            lines << value[u"change"].toString() + u' ' + value[u"path"].toString();
        QCOMPARE(lines,
            (QStringList{ QStringLiteral("removed a/gone"), QStringLiteral("changed a/kept"),
                QStringLiteral("removed b/c"), QStringLiteral("added new") }));
        QCOMPARE(ctl({ "images", "files", "web:1", "--layer", "1", "--json" }).json().array().size(), 5);
        QCOMPARE(ctl({ "images", "files", "web:1", "--layer", "3" }).exitCode, 3);
    }

    void countsSharedLayersOnceAndShowsWhatPruneFrees()
    {
        const std::string shared = TarBuilder().file("shared", std::string(400'000, 's')).build();
        const std::string own = TarBuilder().file("own", std::string(200'000, 'o')).build();
        QVERIFY(writeFileAtomically(file("1.tar"), dockerArchive("web:1", { shared })));
        QVERIFY(writeFileAtomically(file("2.tar"), dockerArchive("web:2", { shared, own })));
        QCOMPARE(ctl({ "images", "load", file("1.tar") }).exitCode, 0);
        QCOMPARE(ctl({ "images", "load", file("2.tar") }).exitCode, 0);
        const auto use = ctl({ "images", "df", "--json" }).json().object();
        double sum = 0;
        for (const auto& value : use[u"images"].toArray()) {
            if (value[u"references"][0].toString().startsWith(QStringLiteral("web")))
                QVERIFY(value[u"shared_bytes"].toDouble() >= 400'000);
            sum += value[u"unique_bytes"].toDouble();
        }
        const double whole = use[u"total_bytes"].toDouble();
        QVERIFY2(whole > sum + 400'000 && whole < sum + 800'000, qPrintable(QString::number(whole - sum)));

        QCOMPARE(ctl({ "images", "untag", "web:2" }).exitCode, 0);
        QVERIFY(writeFileAtomically(blobs() + std::string(64, 'e'), std::string(100'000, 'x'))); // nobody needs it
        const auto preview = ctl({ "images", "prune", "--dry-run", "--json" }).json().object();
        QVERIFY(!preview[u"removed"].toBool());
        QCOMPARE(preview[u"images"].toArray().size(), 1);
        const double freed = preview[u"freed_bytes"].toDouble();
        QVERIFY2(freed >= 300'000 && freed < 400'000, qPrintable(QString::number(freed)));
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 3);
        QCOMPARE(ctl({ "images", "prune", "--json" }).exitCode, 2); // neither asked nor forced
        const auto both = ctl({ "images", "prune", "--dry-run", "--force", "--json" }); // one document, nothing removed
        QVERIFY2(!both.json().object()[u"removed"].toBool(true), qPrintable(both.text()));
        const auto said = ctl({ "images", "prune", "--dry-run", "--force" });
        QVERIFY2(!said.out.contains("Freed"), qPrintable(said.text()));
        QCOMPARE(ctl({ "images", "prune", "--force" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 2);
        const auto after = ctl({ "images", "df", "--json" }).json().object();
        QCOMPARE(after[u"total_bytes"].toDouble(), whole + 102'400 - freed); // 25 blocks of the blob of nobody
        QCOMPARE(after[u"leftover_bytes"].toDouble(), 0.0);
    }

    void prunesNothingThatAContainerUses()
    {
        QCOMPARE(ctl({ "create", "--name", "user", "starter" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "untag", "starter" }).exitCode, 0);
        const auto pruned = ctl({ "images", "prune", "--all", "--force" });
        QVERIFY2(pruned.exitCode == 0, qPrintable(pruned.text()));
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 1);
    }

    void pullsWhatIsMissing()
    {
        const LocalRegistry registry(m_world->path(QStringLiteral("registry")), LocalRegistry::Access::Open);
        QVERIFY2(registry.problem().isEmpty(), qPrintable(registry.problem()));
        QVERIFY(trustLoopbackRegistries());
        const std::string name = registry.named("team/web:1");
        const auto pushed = ctl({ "images", "push", "starter", name });
        QVERIFY2(pushed.exitCode == 0, qPrintable(pushed.text()));
        const auto refused = ctl({ "create", "--pull", "never", "--name", "web", name });
        QCOMPARE(refused.exitCode, 3);
        QVERIFY2(
            refused.text().contains(QStringLiteral("twinhullctl images pull 127.0.0.1")), qPrintable(refused.text()));
        const auto ran = ctl({ "run", "--name", "web", name });
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.text()));
        QCOMPARE(CtlWorld::only()[u"state"].toString(), QStringLiteral("running"));
        QCOMPARE(ctl({ "create", "--pull", "always", "--name", "again", name }).exitCode, 0);
        QVERIFY(ctl({ "create", "--name", "none", registry.named("team/none:1") }).exitCode != 0);
        QCOMPARE(ctl({ "list", "--json" }).json().array().size(), 2);
    }

    void commitsWhatAContainerWrote()
    {
        QCOMPARE(ctl({ "run", "--name", "web", "starter" }).exitCode, 0);
        const auto wrote = ctl({ "exec", "-u", "0", "web", "sh", "-c",
            "echo new > /srv/new && ln /srv/new /srv/twin && rm -r /srv/www/cgi-bin && mkdir /srv/www/cgi-bin && rm "
            "/etc/passwd && "
            "dd if=/dev/zero of=/srv/sparse bs=1 count=1 seek=50M 2>/dev/null && chown 1000:1000 /srv/new" });
        QVERIFY2(wrote.exitCode == 0, qPrintable(wrote.text()));
        const auto committed = ctl({ "commit", "-m", "by hand", "-c", "ENV MADE=yes", "web", "team/web:2", "--json" });
        QVERIFY2(committed.exitCode == 0, qPrintable(committed.text()));
        QCOMPARE(CtlWorld::only()[u"state"].toString(), QStringLiteral("running"));
        const auto image = ctl({ "images", "inspect", "team/web:2" }).json().object();
        QCOMPARE(image[u"layers"].toArray().size(), 2);
        QVERIFY2(image[u"layers"][1][u"bytes"].toDouble() < 1'000'000, "the sparse file's hole was packed");
        QStringList removed;
        for (const auto& value : ctl({ "images", "files", "team/web:2", "--json" }).json().array()) {
            if (value[u"change"].toString() == QLatin1String("removed"))
                removed << value[u"path"].toString();
        }
        QVERIFY2(
            removed.contains(QStringLiteral("etc/passwd")) && removed.contains(QStringLiteral("srv/www/cgi-bin/work")),
            qPrintable(removed.join(u' ')));
        QCOMPARE(ctl({ "run", "--name", "again", "team/web:2" }).exitCode, 0);
        const auto seen = ctl({ "exec", "again", "sh", "-c",
            "cat /srv/twin; stat -c '%u %h' /srv/new; stat -c '%s' /srv/sparse; ls /srv/www/cgi-bin | wc -l; ls "
            "/etc/passwd; echo $MADE" });
        QCOMPARE(seen.out.simplified(), QByteArray("new 1000 2 52428801 0 yes"));
    }

private:
    static QStringList references()
    {
        QStringList list;
        for (const auto& value : ctl({ "images", "--json" }).json().array()[0][u"references"].toArray())
            list << value.toString();
        return list;
    }

    /// Who could not look does not know what nobody needs.
    void refusesWhereTheBinCannotBeRead()
    {
        const std::string bin = m_world->folders().bin();
        const auto id = QDir(QString::fromStdString(bin)).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        const std::string settings = bin + "/" + id.toStdString() + "/settings.json";
        QCOMPARE(::rename(settings.c_str(), (settings + ".away").c_str()), 0);
        QVERIFY(makeFolders(settings)); // read(2) fails
        const auto unknown = ctl({ "images", "remove", "web:1" });
        QVERIFY2(
            unknown.exitCode == 1 && unknown.err.contains("bin remove " + id.toUtf8()), qPrintable(unknown.text()));
        QCOMPARE(ctl({ "bin", "list", "--json" }).json()[0][u"until_ms"].type(), QJsonValue::Null);
        QVERIFY(removeTree(settings));
        QCOMPARE(::rename((settings + ".away").c_str(), settings.c_str()), 0);
        QCOMPARE(::rename(bin.c_str(), (bin + ".away").c_str()), 0);
        QVERIFY(writeFileAtomically(bin, {}));
        const auto blind = ctl({ "images", "prune", "--all", "--force" });
        QVERIFY2(blind.exitCode != 0 && blind.err.contains("read the bin " + QByteArray::fromStdString(bin)),
            qPrintable(blind.text()));
        QCOMPARE(blind.err.toLower().count("look into the bin"), 1); // the job says it
        QCOMPARE(ctl({ "images", "--json" }).json().array().size(), 2);
        QVERIFY(removeTree(bin));
        QCOMPARE(::rename((bin + ".away").c_str(), bin.c_str()), 0);
    }

    std::string file(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }
    std::string blobs() const { return m_world->folders().images() + "/blobs/sha256/"; }
    bool hasNoPartials() const
    {
        const QDir images(QString::fromStdString(m_world->folders().images()));
        return images.entryList({ QStringLiteral("*.partial") }).isEmpty()
            && QDir(m_world->path()).entryList({ QStringLiteral("*.partial") }).isEmpty();
    }

    std::unique_ptr<CtlWorld> m_world;
};

QTEST_GUILESS_MAIN(CtlImagesTest)
#include "ctl_images_test.moc"
