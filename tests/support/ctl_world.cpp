// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl_world.h"

#include "tests/support/process_search.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <array>
#include <csignal>
#include <utility>

namespace twinhull::test {

namespace {

constexpr int kMonitorsEndWithin = 20'000; ///< ms; after a removal they are about to

/// Of the world that the environment names.
std::vector<pid_t> monitorsHere()
{
    return processesNaming(QFileInfo(qEnvironmentVariable("HOME")).path() + u'/', "hull-monitor");
}

/// What went wrong, a paragraph each. The folders are looked through and no program is asked, which would first wait
/// for each monitor.
QStringList removeAllOnce()
{
    const QDir containers(QString::fromStdString(DataFolders::fromEnvironment().containers()));
    QStringList problems;
    for (const QString& id : containers.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (id.endsWith(QStringLiteral(".partial")))
            continue;
        const auto removed = ctl({ "remove", id.toStdString(), "--kind", "container" });
        if (removed.exitCode != 0)
            problems << QStringLiteral("Container %1 was not removed: %2").arg(id, removed.text());
    }
    return problems;
}

bool haveMonitorsEnded()
{
    return QTest::qWaitFor([] { return monitorsHere().empty(); }, kMonitorsEndWithin);
}

} // namespace

CtlWorld::~CtlWorld()
{
    const std::array before{ std::pair("HOME", qgetenv("HOME")),
        std::pair("XDG_RUNTIME_DIR", qgetenv("XDG_RUNTIME_DIR")) };
    qputenv("HOME", path(QStringLiteral("home")).toUtf8()); // a later world may have been made
    qputenv("XDG_RUNTIME_DIR", path(QStringLiteral("run")).toUtf8());
    const QString problem = endContainers();
    for (const auto& [name, value] : before)
        qputenv(name, value);
    if (problem.isEmpty())
        return;
    if (QTest::currentTestFunction() == nullptr) // too late to be counted
        qFatal("%s", qPrintable(problem));
    QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
}

QString CtlWorld::endContainers()
{
    QStringList problems = removeAllOnce();
    if (problems.isEmpty() && !haveMonitorsEnded())
        problems << QStringLiteral("A monitor outlived its container.");
    if (problems.isEmpty())
        return {};
    for (const pid_t pid : monitorsHere())
        ::kill(pid, SIGKILL);
    problems += removeAllOnce(); // each without the monitor that held it
    if (!haveMonitorsEnded())
        problems << QStringLiteral("Monitors are left.");
    return problems.join(u'\n');
}

void CtlWorld::removeContainers()
{
    const QString problem = endContainers();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

} // namespace twinhull::test
