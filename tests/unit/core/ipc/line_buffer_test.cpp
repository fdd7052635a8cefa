// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/line_buffer.h"

#include <QTest>

using namespace twinhull;

class LineBufferTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cutsAStreamIntoLines()
    {
        LineBuffer lines(100);
        lines.append("on");
        QVERIFY(!lines.takeLine());
        lines.append("e\ntwo\n\nthr");
        QCOMPARE(lines.takeLine(), std::optional<std::string>("one"));
        QCOMPARE(lines.takeLine(), std::optional<std::string>("two"));
        QVERIFY(!lines.takeLine());
        lines.append("ee\n");
        QCOMPARE(lines.takeLine(), std::optional<std::string>("three"));
    }

    void dropsALineThatIsTooLong()
    {
        LineBuffer lines(8);
        lines.append("short\n");
        for (int i = 0; i < 1000; ++i)
            lines.append("endless ");
        lines.append("still the same\nnext\n");
        QCOMPARE(lines.takeLine(), std::optional<std::string>("short"));
        QCOMPARE(lines.takeLine(), std::optional<std::string>("next"));
        QVERIFY(!lines.takeLine());
    }
};

QTEST_GUILESS_MAIN(LineBufferTest)
#include "line_buffer_test.moc"
