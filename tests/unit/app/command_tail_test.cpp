// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/command_tail.h"

#include "app/twinhullctl/plan_options.h"
#include "app/twinhullctl/twin_options.h"

#include <QTest>

#include <algorithm>

using namespace twinhull;

namespace {

using Words = std::vector<std::string>;

const char* const kRefused = "refused";

} // namespace

Q_DECLARE_METATYPE(Words)

/// Where a workload's command begins on the command line, with and without "--".
class CommandTailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isTheVerbsCommand_data()
    {
        QTest::addColumn<Words>("line");
        QTest::addColumn<Words>("command");
        QTest::newRow("no command") << Words{ "create", "image" } << Words{};
        QTest::newRow("without dashes") << Words{ "create", "image", "sh", "-c", "ls" } << Words{ "sh", "-c", "ls" };
        QTest::newRow("after dashes") << Words{ "create", "image", "--", "sh", "-c", "ls" }
                                      << Words{ "sh", "-c", "ls" };
        QTest::newRow("first word with a dash")
            << Words{ "create", "image", "--", "-weird", "arg" } << Words{ "-weird", "arg" };
        QTest::newRow("an option of ours as first word")
            << Words{ "create", "image", "--", "--json" } << Words{ "--json" };
        QTest::newRow("dashes alone") << Words{ "create", "image", "--" } << Words{};
        QTest::newRow("dashes after dashes") << Words{ "create", "image", "--", "--", "x" } << Words{ "--", "x" };
        QTest::newRow("the command's own dashes")
            << Words{ "create", "image", "sh", "-c", "ls", "--", "-x" } << Words{ "sh", "-c", "ls", "--", "-x" };
        QTest::newRow("options before the image")
            << Words{ "create", "--name", "twin", "image", "--", "-x" } << Words{ "-x" };
        QTest::newRow("a global option before the verb")
            << Words{ "--json", "create", "image", "--", "-x" } << Words{ "-x" };
        QTest::newRow("twin") << Words{ "twin", "run", "image", "--", "-weird", "arg" } << Words{ "-weird", "arg" };
        QTest::newRow("twin without dashes") << Words{ "twin", "run", "image", "sh", "-c" } << Words{ "sh", "-c" };
        QTest::newRow("a verb without a command") << Words{ "start", "--", "-name" } << Words{};
        QTest::newRow("unknown option before the image") << Words{ "create", "--what", "image" } << Words{ kRefused };
        QTest::newRow("unknown option after the image") << Words{ "create", "image", "--what" } << Words{ kRefused };
        QTest::newRow("unknown option before the dashes")
            << Words{ "create", "image", "--what", "--", "x" } << Words{ kRefused };
        QTest::newRow("no image") << Words{ "create", "--", "image" } << Words{ kRefused };
        QTest::newRow("dashes without a verb") << Words{ "--", "create" } << Words{ kRefused };
    }

    void isTheVerbsCommand()
    {
        QFETCH(Words, line);
        QFETCH(Words, command);
        QCOMPARE(read(line), command);
    }

private:
    /// Through verbs as twinhullctl has them.
    static Words read(const Words& words)
    {
        CLI::App app;
        CreateOptions create;
        TwinOptions twin;
        Words command;
        std::string name;
        CommandTail tail;
        bool isJson = false;
        app.add_flag("--json", isJson);
        app.require_subcommand(1);
        auto* start = app.add_subcommand("start");
        start->add_option("NAME", name)->required();
        auto* run = app.add_subcommand("twin")->add_subcommand("run");
        addTwinPlanOptions(*run, twin);
        auto* make = addPlanVerb(app, "create", "", create);
        make->callback([make, &tail, &create, &command] {
            finishPlan(*make, tail, create);
            command = create.arguments.command;
        });
        for (auto* verb : { run, start })
            verb->callback([verb, &tail, &command] { command = commandAfter(*verb, tail); });
        auto line = cutCommandTail(app, words);
        tail = line.tail;
        std::reverse(line.words.begin(), line.words.end());
        try {
            app.parse(line.words);
        } catch (const CLI::ParseError&) {
            return { kRefused };
        }
        return command;
    }
};

QTEST_GUILESS_MAIN(CommandTailTest)
#include "command_tail_test.moc"
