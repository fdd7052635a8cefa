// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/source_tree.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace twinhull::test;

namespace {

constexpr int kLongestSource = 500;
constexpr int kLongestHeader = 250;
constexpr int kLongestFunction = 60;

const QStringList kProduct{ QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app") };
const QStringList kAll = kProduct + QStringList{ QStringLiteral("tests") };
const QStringList kSources{ QStringLiteral("*.cpp"), QStringLiteral("*.h") };

QStringList hasLicenceFirst(const SourceFile& file)
{
    const QString first = file.lines.value(file.lines.value(0).startsWith(QLatin1String("#!")) ? 1 : 0);
    if (first.contains(QLatin1String("SPDX-License-Identifier: GPL-3.0-or-later")))
        return {};
    return { at(file, 1, QStringLiteral("no SPDX line")) };
}

QStringList isShortEnough(const SourceFile& file)
{
    const int limit = file.isHeader() ? kLongestHeader : kLongestSource;
    if (file.lines.size() <= limit)
        return {};
    return { at(file, limit, QStringLiteral("%1 lines, the limit is %2").arg(file.lines.size()).arg(limit)) };
}

/// clang-format puts both braces of a function outside of a class into the first column.
QStringList hasShortFunctions(const SourceFile& file)
{
    QStringList wrong;
    int begin = -1;
    for (int i = 0; i < file.lines.size(); ++i) {
        if (file.lines.at(i) == QLatin1String("{"))
            begin = i;
        if (!file.lines.at(i).startsWith(QLatin1Char('}')) || begin < 0)
            continue;
        if (i - begin - 1 > kLongestFunction)
            wrong += at(file, begin + 1, QStringLiteral("function of %1 lines").arg(i - begin - 1));
        begin = -1;
    }
    return wrong;
}

Rule hasNo(const QString& pattern, const QString& what)
{
    const QRegularExpression form(pattern);
    return [form, what](const SourceFile& file) {
        QStringList wrong;
        for (int i = 0; i < file.lines.size(); ++i) {
            const auto match = form.match(codeOf(file.lines.at(i)));
            if (match.hasMatch())
                wrong += at(file, i + 1, what + QStringLiteral(": ") + match.captured().trimmed());
        }
        return wrong;
    };
}

/// Types say what they do. Forward declarations of Qt's and libraries' own names are theirs.
const Rule kHasSpeakingNames = hasNo(
    QStringLiteral("\\b(class|struct|enum class|enum|union|concept)\\s+(?!Q[A-Z])\\w*(Manager|Helper|Utils?|Data)\\b"
                   "(?!\\s*::)"),
    QStringLiteral("a name that says nothing"));

const Rule kCallsNoShell
    = hasNo(QStringLiteral("(?<![\\w.>:])(std::|::)?(system|popen|wordexp)\\s*\\("), QStringLiteral("a shell string"));

const Rule kWaitsForEvents = hasNo(
    QStringLiteral("\\b(usleep|nanosleep|clock_nanosleep|this_thread::sleep_\\w+|QThread::(m|u)?sleep|processEvents|"
                   "waitFor(Finished|Started|ReadyRead|BytesWritten|Connected|Disconnected|Encrypted|NewConnection"
                   "))\\s*\\(|(?<![\\w.>])::sleep\\s*\\("),
    QStringLiteral("waiting without an event"));

const Rule kUsesNoKeywordMacros
    = hasNo(QStringLiteral("^\\s*((public|protected|private)\\s+slots\\s*:|signals\\s*:|slots\\s*:)|\\bemit\\s+\\w"),
        QStringLiteral("Qt keyword macro"));

QStringList hasNoUnfinishedWork(const SourceFile& file)
{
    static const QRegularExpression mark(QStringLiteral("\\b(TODO|FIXME|XXX|HACK)\\b"));
    QStringList wrong;
    for (int i = 0; i < file.lines.size(); ++i) {
        if (mark.match(file.lines.at(i)).hasMatch())
            wrong += at(file, i + 1, QStringLiteral("unfinished work"));
    }
    return wrong;
}

QStringList isNamedInSnakeCase(const SourceFile& file)
{
    static const QRegularExpression form(QStringLiteral("^\\.?[a-z0-9]+(_[a-z0-9]+)*\\.(cpp|h)$"));
    const QString name = file.path.section(QLatin1Char('/'), -1);
    return form.match(name).hasMatch() ? QStringList() : QStringList{ at(file, 1, QStringLiteral("file name")) };
}

QStringList guardsOnce(const SourceFile& file)
{
    if (!file.isHeader() || file.lines.contains(QStringLiteral("#pragma once")))
        return {};
    return { at(file, 1, QStringLiteral("no #pragma once")) };
}

/// A header of the same name comes first.
QStringList includesItsHeaderFirst(const SourceFile& file)
{
    const QString own = file.path.chopped(4) + QStringLiteral(".h");
    const auto includes = includesOf(file);
    const auto found = std::find_if(
        includes.begin(), includes.end(), [&own](const Include& include) { return include.name == own; });
    if (found == includes.end() || found == includes.begin())
        return {};
    return { at(file, found->line, QStringLiteral("its own header is not the first")) };
}

/// `.keep.cpp` lets an empty room build; a room with sources needs none.
QStringList keepersOfFullRooms()
{
    QStringList wrong;
    const auto all = sourcesBelow(kProduct, { QStringLiteral("*.cpp") });
    for (const auto& keeper : all) {
        if (!keeper.path.endsWith(QLatin1String("/.keep.cpp")))
            continue;
        const QString room = keeper.path.section(QLatin1Char('/'), 0, -2);
        const auto isOther = [&](const SourceFile& file) { return file.isIn(room) && file.path != keeper.path; };
        if (std::any_of(all.begin(), all.end(), isOther))
            wrong += at(keeper, 1, QStringLiteral("the room has sources now"));
    }
    return wrong;
}

void nothingIsWrong(const QStringList& wrong)
{
    QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1Char('\n') + wrong.join(QLatin1Char('\n'))));
}

}

class StyleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySourceAndScriptBearsTheLicence()
    {
        const QStringList patterns = kSources
            + QStringList{ QStringLiteral("*.sh"), QStringLiteral("*.cmake"), QStringLiteral("CMakeLists.txt"),
                  QStringLiteral("*.py") };
        const QStringList places = kAll
            + QStringList{ QStringLiteral("installer"), QStringLiteral("CMakeLists.txt"), QStringLiteral(".ci/run"),
                  QStringLiteral("resources") };
        const auto files = sourcesBelow(places, patterns);
        QVERIFY(files.size() > 50);
        nothingIsWrong(violations(files, hasLicenceFirst));
    }

    void filesStayShort() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), isShortEnough)); }
    void functionsStayShort() { nothingIsWrong(violations(sourcesBelow(kProduct, kSources), hasShortFunctions)); }
    void typeNamesSaySomething() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), kHasSpeakingNames)); }
    void noShellStrings() { nothingIsWrong(violations(sourcesBelow(kProduct, kSources), kCallsNoShell)); }
    void nothingSleepsToWait()
    {
        auto files = sourcesBelow(kProduct, kSources);
        // A load of a given rate is made of work and rests: it waits for nothing.
        const auto rests
            = [](const SourceFile& file) { return file.path == QStringLiteral("core/load/load_clock.cpp"); };
        QCOMPARE(std::erase_if(files, rests), 1U);
        nothingIsWrong(violations(files, kWaitsForEvents));
    }
    void noQtKeywords() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), kUsesNoKeywordMacros)); }
    void nothingIsLeftForLater() { nothingIsWrong(violations(sourcesBelow(kProduct, kSources), hasNoUnfinishedWork)); }
    void filesAreNamedAlike() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), isNamedInSnakeCase)); }
    void headersGuardThemselves() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), guardsOnce)); }
    void ownHeadersComeFirst() { nothingIsWrong(violations(sourcesBelow(kAll, kSources), includesItsHeaderFirst)); }
    void noKeeperStaysInAFullRoom() { nothingIsWrong(keepersOfFullRooms()); }

    void theRulesCanFail_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("wrong");
        const auto row = [](const char* name, const QString& text, int wrong) { QTest::newRow(name) << text << wrong; };
        const auto text = [](const char* latin1) { return QString::fromLatin1(latin1); };
        row("clean", text("struct DataFolders { };\nint filesystem();\nclass QMimeData;\nreader->system(1);\n"), 0);
        row("too long", QStringLiteral("int a;\n").repeated(kLongestSource), 1);
        row("a long function", text("void f()\n{\n") + QStringLiteral("    g();\n").repeated(61) + text("}\n"), 1);
        row("a manager", text("class ImageManager {\n"), 1);
        row("a helper", text("struct PathHelper;\n"), 1);
        row("a shell", text("std::system(command);\n"), 1);
        row("a pipe", text("auto* f = popen(command, \"r\");\n"), 1);
        row("in a comment or a text only", text("f(\"system(\"); // never system(x) or usleep(1)\n"), 0);
        row("sleeping", text("QThread::msleep(5);\n"), 1);
        row("sleeping by the library", text("std::this_thread::sleep_for(1s);\n"), 1);
        row("waiting for a process", text("process.waitForFinished();\n"), 1);
        row("turning the loop", text("QCoreApplication::processEvents();\n"), 1);
        row("keyword macro", text("private slots:\n    void f();\n"), 1);
        row("emit", text("    emit changed();\n"), 1);
        row("unfinished", text("// TODO later\n"), 1);
        row("own header later", text("#include <vector>\n#include \"core/base/sample.h\"\n"), 1);
    }
    void theRulesCanFail()
    {
        QFETCH(QString, text);
        const auto file = sourceFrom(QStringLiteral("core/base/sample.cpp"),
            QStringLiteral("// SPDX-License-Identifier: GPL-3.0-or-later\n") + text);
        QStringList wrong;
        for (const Rule& rule : { Rule(hasLicenceFirst), Rule(isShortEnough), Rule(hasShortFunctions),
                 kHasSpeakingNames, kCallsNoShell, kWaitsForEvents, kUsesNoKeywordMacros, Rule(hasNoUnfinishedWork),
                 Rule(isNamedInSnakeCase), Rule(guardsOnce), Rule(includesItsHeaderFirst) })
            wrong += rule(file);
        QTEST(static_cast<int>(wrong.size()), "wrong");
    }

    void theRulesForNamesAndFirstLinesCanFail()
    {
        const QString code = QStringLiteral("int a;\n");
        QCOMPARE(hasLicenceFirst(sourceFrom(QStringLiteral("core/base/a.cpp"), code)).size(), 1);
        QCOMPARE(hasLicenceFirst(sourceFrom(QStringLiteral("a.sh"), QStringLiteral("#!/bin/sh\necho"))).size(), 1);
        QCOMPARE(isNamedInSnakeCase(sourceFrom(QStringLiteral("core/base/MyClass.cpp"), code)).size(), 1);
        QCOMPARE(guardsOnce(sourceFrom(QStringLiteral("core/base/a.h"), code)).size(), 1);
        QCOMPARE(isShortEnough(sourceFrom(QStringLiteral("core/base/a.h"), code.repeated(251))).size(), 1);
    }
};

QTEST_GUILESS_MAIN(StyleTest)
#include "style_test.moc"
