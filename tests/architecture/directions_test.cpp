// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/source_tree.h"

#include <QFileInfo>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace twinhull::test;

namespace {

/// Which rooms a room may include beside itself. The same arrows as in core/README.md.
struct Room {
    const char* folder;
    const char* mayInclude; ///< folders, separated by blanks
    bool isQtAllowed;
};

constexpr Room kRooms[] = {
    { "core/base", "", false },
    { "core/oci", "core/base", false },
    { "core/ipc", "core/base", false },
    { "core/runtime", "core/base core/oci", false },
    { "core/monitor", "core/base core/ipc core/oci", false },
    { "core/keeper", "core/base core/ipc core/oci core/runtime core/monitor", false },
    { "core/guest", "core/base core/ipc core/oci", false },
    { "core/load", "core/base", false },
    { "core/isolation", "core/base core/ipc", false },
    { "core/carry", "core/base", false },
    { "core/settings", "core/base", true },
    { "core/jobs", "core/base", true },
    { "core/workload", "core/base core/ipc core/jobs", true },
    { "core/metrics", "core/base core/jobs core/workload", true },
    { "core/history", "core/base core/jobs core/workload core/metrics", true },
    { "core/images", "core/base core/jobs core/oci core/ipc", true },
    { "core/registries", "core/base core/jobs core/oci core/images", true },
    { "core/downloads", "core/base core/jobs", true },
    { "core/volumes", "core/base core/jobs core/images core/ipc core/workload", true },
    { "core/networks", "core/base core/jobs core/images core/ipc", true },
    { "core/copy", "core/base core/carry core/jobs core/workload core/images", true },
    { "core/vms", "core/base core/jobs core/downloads core/workload core/metrics core/images core/ipc core/oci", true },
    { "core/containers",
        "core/base core/jobs core/workload core/metrics core/images core/ipc core/oci core/volumes core/networks",
        true },
    { "core/compose", "core/base core/ipc core/jobs core/workload core/images core/volumes core/networks", true },
    { "core/twin", "core/base core/jobs core/isolation core/load core/workload core/metrics core/images", true },
    { "ui",
        "core/base core/ipc core/jobs core/workload core/metrics core/images core/settings core/twin core/volumes "
        "core/registries core/oci core/copy core/carry core/networks core/compose",
        true },
    { "app/hull", "core/base core/oci core/ipc core/runtime", false },
    { "app/hull-monitor", "core/base core/ipc core/oci core/monitor", false },
    { "app/network-keeper", "core/base core/ipc core/keeper core/monitor core/runtime", false },
    { "app/port-relay", "core/base core/ipc core/monitor", false },
    { "app/guest-init", "core/base core/ipc core/oci core/guest", false },
    { "app/twinhull-load", "core/base core/load", false },
    { "app/isolation-probe", "core/isolation", false },
    { "app/file-carrier", "core/base core/carry", false },
    { "app/container-init", "", false },
    { "app/image-worker", "core/base core/jobs core/oci core/images", true },
    { "app/twinhullctl",
        "core/base core/ipc core/jobs core/workload core/metrics core/history core/images core/settings core/twin "
        "core/copy core/carry core/compose core/volumes core/networks core/registries core/oci core/vms "
        "core/containers",
        true },
    { "app/twinhull",
        "core/base core/jobs core/workload core/metrics core/history core/images core/settings core/twin core/vms "
        "core/containers "
        "ui",
        true },
};

/// Packages that have one door each.
struct Door {
    const char* package;
    const char* header; ///< regular expression
    const char* folders; ///< separated by blanks
};

constexpr Door kDoors[] = {
    { "nlohmann json", "^nlohmann/", "core/oci core/ipc" },
    { "libvirt", "^libvirt/", "core/vms" },
    { "libxml2", "^libxml/", "core/vms" },
    { "libseccomp", "^seccomp\\.h$", "core/runtime/seccomp" },
    { "libarchive", "^archive(_entry)?\\.h$", "core/images" },
    { "Qt Charts",
        "^(QtCharts/|Q(Abstract)?(Chart|LineSeries|SplineSeries|ScatterSeries|AreaSeries|BarSeries|BarSet|"
        "XYSeries|ValueAxis|DateTimeAxis|LogValueAxis|CategoryAxis|BarCategoryAxis|Axis|Legend)\\w*$)",
        "ui/metrics" },
    { "yaml-cpp", "^yaml-cpp/", "core/compose" },
    { "libosinfo", "^osinfo/", "core/vms" },
    { "libvterm", "^vterm", "ui/console" },
    { "libvncclient", "^rfb/", "ui/console" },
    { "CLI11", "^CLI/", "app" },
    { "SQLite through Qt", "^(QtSql/|QSql)", "core/history" },
};

const QStringList kSources{ QStringLiteral("*.cpp"), QStringLiteral("*.h") };

QStringList words(const char* text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

bool isBelowAny(const QString& path, const QStringList& folders)
{
    return std::any_of(folders.begin(), folders.end(),
        [&path](const QString& folder) { return path.startsWith(folder + QLatin1Char('/')); });
}

Rule includesOnly(const Room& room)
{
    const QStringList allowed = words(room.mayInclude)
        << QString::fromLatin1(room.folder) << QStringLiteral("embedded"); // texts made headers by the build
    return [allowed](const SourceFile& file) {
        QStringList wrong;
        for (const auto& include : includesOf(file)) {
            const bool isOurs = include.isQuoted && !include.name.endsWith(QLatin1String(".moc"));
            if (isOurs && !isBelowAny(include.name, allowed))
                wrong += at(file, include.line, QStringLiteral("must not include ") + include.name);
        }
        return wrong;
    };
}

QStringList includesNoQt(const SourceFile& file)
{
    static const QRegularExpression qt(QStringLiteral("^(Qt?[A-Z]|q[a-z]+\\.h$)"));
    QStringList wrong;
    for (const auto& include : includesOf(file)) {
        if (qt.match(include.name).hasMatch())
            wrong += at(file, include.line, QStringLiteral("stands above the Qt line and includes ") + include.name);
    }
    return wrong;
}

/// A header of a module of Qt by name: as the installed headers say, not by a list of ours.
bool isOfScreenModule(const QString& header)
{
    const QString headers = QLibraryInfo::path(QLibraryInfo::HeadersPath);
    for (const char* module : { "QtWidgets", "QtGui", "QtCharts", "QtSvg" }) {
        const QString folder = QString::fromLatin1(module);
        if (header.startsWith(folder) || QFileInfo::exists(headers + u'/' + folder + u'/' + header))
            return true;
    }
    return false;
}

QStringList needsNoScreen(const SourceFile& file)
{
    QStringList wrong;
    for (const auto& include : includesOf(file)) {
        if (!include.isQuoted && include.name.startsWith(QLatin1Char('Q')) && isOfScreenModule(include.name))
            wrong += at(file, include.line, QStringLiteral("core must not include ") + include.name);
    }
    return wrong;
}

Rule entersOnlyBy(const Door& door)
{
    const QRegularExpression header(QString::fromLatin1(door.header));
    const QStringList folders = words(door.folders);
    return [header, folders](const SourceFile& file) {
        QStringList wrong;
        for (const auto& include : includesOf(file)) {
            if (header.match(include.name).hasMatch() && !isBelowAny(file.path, folders))
                wrong
                    += at(file, include.line, include.name + QStringLiteral(" has its door in ") + folders.join(u' '));
        }
        return wrong;
    };
}

QStringList roomsOnDisk()
{
    QStringList rooms;
    for (const auto& file : sourcesBelow({ QStringLiteral("core"), QStringLiteral("app") }, kSources))
        rooms += file.path.section(QLatin1Char('/'), 0, 1);
    rooms.removeDuplicates();
    return rooms;
}

/// "ui/FOLDER" of a path below ui; of others nothing.
QString pageFolderOf(const QString& path)
{
    return path.startsWith(QLatin1String("ui/")) ? path.section(QLatin1Char('/'), 0, 1) : QString();
}

/// What folders of ui include of each other, in a circle: what is left when the folders that lead nowhere are taken
/// away, and then those that led only to them.
QStringList circlesOf(const std::vector<SourceFile>& files)
{
    std::map<QString, std::map<QString, QString>> arrows; // from, to, one file that does
    for (const auto& file : files) {
        const QString from = pageFolderOf(file.path);
        for (const auto& include : includesOf(file)) {
            const QString to = pageFolderOf(include.name);
            if (!to.isEmpty() && to != from)
                arrows[from].emplace(
                    to, at(file, include.line, QStringLiteral("in a circle includes ") + include.name));
        }
    }
    const auto leadsNowhere = [&arrows](const auto& arrow) { return arrows[arrow.first].empty(); };
    bool wasTaken = true;
    while (wasTaken) {
        wasTaken = false;
        for (auto& [from, targets] : arrows)
            wasTaken = std::erase_if(targets, leadsNowhere) > 0 || wasTaken;
    }
    QStringList wrong;
    for (const auto& [from, targets] : arrows) {
        for (const auto& [to, what] : targets)
            wrong += what;
    }
    return wrong;
}

void nothingIsWrong(const QStringList& wrong)
{
    QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1Char('\n') + wrong.join(QLatin1Char('\n'))));
}

}

class DirectionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void includesGoDownOnly_data()
    {
        QTest::addColumn<int>("room");
        for (int i = 0; i < static_cast<int>(std::size(kRooms)); ++i)
            QTest::newRow(kRooms[i].folder) << i;
    }
    void includesGoDownOnly()
    {
        QFETCH(int, room);
        const auto files = sourcesBelow({ QString::fromLatin1(kRooms[room].folder) }, kSources);
        nothingIsWrong(violations(files, includesOnly(kRooms[room])));
    }

    void everyRoomIsInTheTable()
    {
        QStringList known;
        for (const auto& room : kRooms)
            known += QString::fromLatin1(room.folder);
        for (const auto& room : roomsOnDisk())
            QVERIFY2(known.contains(room), qPrintable(room));
    }

    void noQtStandsAboveTheLine_data()
    {
        QTest::addColumn<QString>("folder");
        for (const auto& room : kRooms) {
            if (!room.isQtAllowed)
                QTest::newRow(room.folder) << QString::fromLatin1(room.folder);
        }
    }
    void noQtStandsAboveTheLine()
    {
        QFETCH(QString, folder);
        nothingIsWrong(violations(sourcesBelow({ folder }, kSources), includesNoQt));
    }

    void coreNeedsNoScreen()
    {
        QVERIFY(isOfScreenModule(QStringLiteral("QWidget"))); // the headers are found at all
        QVERIFY(!isOfScreenModule(QStringLiteral("QString")));
        nothingIsWrong(violations(sourcesBelow({ QStringLiteral("core") }, kSources), needsNoScreen));
    }

    void everyPackageHasOneDoor_data()
    {
        QTest::addColumn<int>("door");
        for (int i = 0; i < static_cast<int>(std::size(kDoors)); ++i)
            QTest::newRow(kDoors[i].package) << i;
    }
    void everyPackageHasOneDoor()
    {
        QFETCH(int, door);
        const QStringList product{ QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app") };
        nothingIsWrong(violations(sourcesBelow(product, kSources), entersOnlyBy(kDoors[door])));
    }

    void foldersOfUiIncludeNoCircle()
    {
        nothingIsWrong(circlesOf(sourcesBelow({ QStringLiteral("ui") }, kSources)));
        const auto page = sourceFrom(
            QStringLiteral("ui/a/page.h"), QStringLiteral("#include \"ui/b/row.h\"\n#include \"ui/c/box.h\"\n"));
        const auto row = sourceFrom(QStringLiteral("ui/b/row.h"), QStringLiteral("#include \"ui/a/page.h\"\n"));
        QCOMPARE(circlesOf({ page }).size(), 0);
        QCOMPARE(circlesOf({ page, row }).size(), 2); // each of the two arrows, and not the one to c
    }

    void theRulesCanFail_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("wrong");
        const auto row = [](const char* name, const char* path, const char* text, int wrong) {
            QTest::newRow(name) << QString::fromLatin1(path) << QString::fromLatin1(text) << wrong;
        };
        row("clean", "core/base/a.cpp", "#include \"core/base/a.h\"\n#include <vector>\n", 0);
        row("a room above", "core/base/a.cpp", "#include \"core/jobs/job.h\"\n", 1);
        row("not from the root", "core/base/a.cpp", "#include \"a.h\"\n", 1);
        row("Qt class", "core/base/a.cpp", "#include <QString>\n", 1);
        row("Qt module", "core/base/a.cpp", "#include <QtCore/QString>\n", 1);
        row("old Qt header", "core/base/a.cpp", "# include <qstring.h>\n", 1);
        row("a widget", "core/base/a.cpp", "#include <QWidget>\n", 2); // both a Qt header and one of the screen
        row("json", "core/base/a.cpp", "#include <nlohmann/json.hpp>\n", 1);
        row("libvirt", "core/base/a.cpp", "#include <libvirt/libvirt.h>\n", 1);
        row("a name that only begins alike", "core/base/a.cpp", "#include <archives>\n#include <queue>\n", 0);
    }
    void theRulesCanFail()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        const auto file = sourceFrom(path, text);
        QStringList wrong = includesOnly(kRooms[0])(file) + includesNoQt(file) + needsNoScreen(file);
        for (const auto& door : kDoors)
            wrong += entersOnlyBy(door)(file);
        QTEST(static_cast<int>(wrong.size()), "wrong");
    }
};

QTEST_GUILESS_MAIN(DirectionsTest)
#include "directions_test.moc"
