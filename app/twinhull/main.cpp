// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/arguments.h"
#include "app/twinhull/program.h"
#include "core/base/files.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"
#include "core/vms/link/libvirt_guard.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_list.h"
#include "ui/shell/single_instance.h"
#include "ui/shell/timed_application.h"
#include "ui/shell/wait_probe.h"
#include "ui/page/window_watch.h"
#include "ui/theme/theme.h"
#include "ui/twin/report_picture.h"

#include <QApplication>
#include <QTimer>
#include <QTranslator>

#include <malloc.h>

#include <algorithm>
#include <cstdio>

using namespace twinhull;

namespace {

constexpr std::chrono::milliseconds kLongestWait{ 1000 };
constexpr unsigned kReadableMode = 0644;

int complain(const Error& error)
{
    std::fprintf(stderr, "twinhull: %s\n", error.toLine().c_str());
    return 2;
}

/// Ends the program with a picture of the window, or with status 1 when the file cannot be written.
void takeShotLater(MainWindow& window, const Arguments& arguments)
{
    QTimer::singleShot(arguments.shotDelay, &window, [&window, file = arguments.shotFile] {
        const bool isSaved = window.grab().save(file, "PNG");
        if (!isSaved)
            std::fprintf(stderr, "twinhull: cannot write %s\n", qPrintable(file));
        QApplication::exit(isSaved ? 0 : 1);
    });
}

/// Of a report in JSON, or in SVG as it is.
Result<QByteArray> pictureOf(const QString& file)
{
    if (file.endsWith(u".svg")) {
        const auto svg = readFile(file.toStdString());
        return svg ? picturePng(QByteArray::fromStdString(*svg)) : Result<QByteArray>(svg.error());
    }
    const auto comparison = readComparisonFile(file);
    return comparison ? reportPng(ComparisonReport(*comparison)) : Result<QByteArray>(comparison.error());
}

/// Without a window, and whatever else runs.
int paintReport(const Arguments& arguments)
{
    const auto picture = pictureOf(arguments.reportFile);
    if (!picture)
        return complain(picture.error());
    const std::string_view bytes(picture->constData(), static_cast<std::size_t>(picture->size()));
    const auto written = writeFileAtomically(arguments.shotFile.toStdString(), bytes, kReadableMode);
    return written ? 0 : complain(written.error());
}

bool isKnownPage(const QString& name)
{
    const auto pages = pageList();
    return name.isEmpty()
        || std::any_of(pages.begin(), pages.end(), [&name](const PageEntry& page) { return page.name == name; });
}

void show(MainWindow& window, const QString& page, const QString& workload)
{
    if (!page.isEmpty())
        window.showPage(page);
    if (!workload.isEmpty())
        window.selectWorkload(workload);
}

void followLaterStarts(const SingleInstance& instance, MainWindow& window)
{
    QObject::connect(
        &instance, &SingleInstance::requested, &window, [&window](const QString& page, const QString& name) {
            show(window, page, name);
            window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
            window.raise();
            window.activateWindow();
        });
}

int run(const Arguments& arguments)
{
    if (!isKnownPage(arguments.page))
        return complain({ ErrorCode::NotFound, "no page is called " + arguments.page.toStdString(), 0, {} });
    SingleInstance instance(DataFolders::fromEnvironment().runtime);
    if (arguments.shotFile.isEmpty()) { // a picture is taken beside the window that is open
        const auto role = instance.claim({ arguments.page, arguments.select });
        if (!role)
            return complain(role.error());
        if (*role == SingleInstance::Role::Later)
            return 0;
    }
    forbidLibvirtOnThisThread();
    Program program;
    const QString theme = arguments.theme.isEmpty() ? program.settings().value(setting::kTheme) : arguments.theme;
    Theme::current().apply(themeModeFromText(theme));
    MainWindow window(program.context());
    if (arguments.size.isValid())
        window.resize(arguments.size);
    show(window, arguments.page, arguments.select);
    followLaterStarts(instance, window);
    const WindowWatch watch(window);
    QObject::connect(&watch, &WindowWatch::seenChanged, &program, &Program::setSeen);
    window.show();
    window.activateWindow(); // where there is no window manager nobody else does, and no key reaches it
    QObject::connect(&window, &MainWindow::painted, &program, &Program::startBackEnds);
    QTimer::singleShot(kLongestWait, &program, &Program::startBackEnds); // a window that nobody sees is not painted
    if (!arguments.shotFile.isEmpty())
        takeShotLater(window, arguments);
    return QApplication::exec();
}

int runTimed(TimedApplication& application, const Arguments& arguments)
{
    FrameLog log;
    const WaitProbe probe(log);
    application.setFrameLog(&log);
    const int status = run(arguments);
    application.setFrameLog(nullptr);
    const QByteArray text = log.toJson();
    const auto written = writeFileAtomically(arguments.framesFile.toStdString(), text.toStdString(), kReadableMode);
    return written ? status : complain(written.error());
}

} // namespace

int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_XCB_GL_INTEGRATION"))
        qputenv("QT_XCB_GL_INTEGRATION", "none"); // nothing here is painted by OpenGL, and its driver costs memory
    // A dozen threads that sleep would each keep free memory of their own (mallopt(3)); none of them is in a hurry.
    (void)::mallopt(M_ARENA_MAX, 2);
    TimedApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("twinhull"));
    QApplication::setApplicationDisplayName(QStringLiteral("Twinhull"));
    QApplication::setApplicationVersion(QStringLiteral(TWINHULL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("twinhull"));
    QTranslator plurals; // the texts are English already; their singular and plural are not
    if (plurals.load(QStringLiteral(":/translations/twinhull_en.qm")))
        QApplication::installTranslator(&plurals);
    const auto arguments = Arguments::parse(QApplication::arguments());
    if (!arguments)
        return complain(arguments.error());
    if (!arguments->reportFile.isEmpty())
        return paintReport(*arguments);
    return arguments->framesFile.isEmpty() ? run(*arguments) : runTimed(application, *arguments);
}
