// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/arguments.h"
#include "app/twinhull/program.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QTimer>

#include <cstdio>

using namespace twinhull;

namespace {

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

int run(const Arguments& arguments)
{
    Program program;
    const QString theme = arguments.theme.isEmpty() ? program.settings().value(setting::kTheme) : arguments.theme;
    Theme::current().apply(themeModeFromText(theme));
    MainWindow window(program.context());
    if (arguments.size.isValid())
        window.resize(arguments.size);
    if (!arguments.page.isEmpty() && !window.showPage(arguments.page))
        return complain({ ErrorCode::NotFound, "no page is called " + arguments.page.toStdString(), 0, {} });
    if (!arguments.select.isEmpty())
        window.selectWorkload(arguments.select);
    window.show();
    QTimer::singleShot(0, &program, &Program::startBackEnds);
    if (!arguments.shotFile.isEmpty())
        takeShotLater(window, arguments);
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("twinhull"));
    QApplication::setApplicationDisplayName(QStringLiteral("Twinhull"));
    QApplication::setApplicationVersion(QStringLiteral(TWINHULL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("twinhull"));
    const auto arguments = Arguments::parse(QApplication::arguments());
    return arguments ? run(*arguments) : complain(arguments.error());
}
