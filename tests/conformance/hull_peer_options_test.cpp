// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QMap>
#include <QRegularExpression>
#include <QStringList>
#include <QTest>

#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

/// hull's command line takes what those of crun and runc take: scripts and engines were written for these.
class HullPeerOptionsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void knowsEachOfThePeers_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::newRow("crun") << QStringLiteral("crun");
        QTest::newRow("runc") << QStringLiteral("runc");
    }
    void knowsEachOfThePeers()
    {
        QFETCH(QString, peer);
        const QString help = helpOf(peer, {});
        if (help.isEmpty())
            QSKIP("this peer is not installed");
        QStringList missing = missingOptions({}, help);
        const QStringList verbs = verbsIn(help);
        QVERIFY2(verbs.size() > 12, qPrintable(verbs.join(u' ')));
        for (const QString& verb : verbs) {
            if (kOpen.contains(verb))
                continue;
            if (told({ verb.toStdString() }).contains(QLatin1String("unknown verb")))
                missing << verb;
            else
                missing << missingOptions(verb, helpOf(peer, verb));
        }
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
    }

    void wouldSeeWhatIsMissing()
    {
        QCOMPARE(missingOptions(QStringLiteral("run"), QStringLiteral("  -Z, --no-such-thing  does nothing\n")),
            (QStringList{ QStringLiteral("run --no-such-thing"), QStringLiteral("run -Z") }));
        QVERIFY(told({ "no-such-verb" }).contains(QLatin1String("unknown verb")));
    }

private:
    /// Not made yet.
    const QStringList kOpen{ QStringLiteral("checkpoint"), QStringLiteral("restore") };

    QString helpOf(const QString& peer, const QString& verb) const
    {
        Command command{ { peer.toStdString() }, {}, {} };
        if (!verb.isEmpty())
            command.arguments.push_back(verb.toStdString());
        command.arguments.emplace_back("--help");
        auto output = runCommand(command, std::chrono::seconds(30));
        return output ? QString::fromStdString(output->standardOutput + output->standardError) : QString();
    }

    /// The lines below "COMMANDS:", up to an empty one.
    static QStringList verbsIn(const QString& help)
    {
        static const QRegularExpression line(QStringLiteral("^\\s+([a-z]+)[,\\s]"));
        QStringList verbs;
        bool isInside = false;
        const auto lines = help.split(u'\n');
        for (const QString& text : lines) {
            if (text.startsWith(QLatin1String("COMMANDS:")))
                isInside = true;
            else if (isInside && text.trimmed().isEmpty() && !verbs.isEmpty())
                return verbs;
            else if (const auto match = line.match(text); isInside && match.hasMatch())
                verbs << match.captured(1);
        }
        return verbs;
    }

    /// Options at the start of a line: "  -b, --bundle=DIR" and "   --bundle value, -b value".
    static QStringList optionsIn(const QString& help)
    {
        static const QRegularExpression line(QStringLiteral("^\\s+(--?[^\\s].*?)(?:\\s{2,}|$)"));
        static const QRegularExpression option(QStringLiteral("(?:^|, )(--[a-z0-9][a-z0-9-]*|-[A-Za-z?])"));
        QStringList options;
        const auto lines = help.split(u'\n');
        for (const QString& text : lines) {
            const auto match = line.match(text);
            for (auto each = option.globalMatch(match.captured(1)); each.hasNext();)
                options << each.next().captured(1);
        }
        options.sort();
        return options;
    }

    QStringList missingOptions(const QString& verb, const QString& help) const
    {
        QStringList missing;
        const auto options = optionsIn(help);
        for (const QString& option : options) {
            std::vector<std::string> words;
            if (!verb.isEmpty())
                words.push_back(verb.toStdString());
            words.push_back(option.toStdString()); // nothing follows: at most an option's value is missed
            if (told(words).contains(QLatin1String("unknown option")))
                missing << (verb.isEmpty() ? option : verb + u' ' + option);
        }
        return missing;
    }

    QString told(const std::vector<std::string>& words) const
    {
        Command command{ { "env", "--chdir=" + m_bundle->path(), m_bundle->program, "--root", m_bundle->root() }, {},
            {} };
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        auto output = runCommand(command, std::chrono::seconds(30));
        return output ? QString::fromStdString(output->standardError) : QStringLiteral("unknown option: did not end");
    }
};

QTEST_GUILESS_MAIN(HullPeerOptionsTest)
#include "hull_peer_options_test.moc"
