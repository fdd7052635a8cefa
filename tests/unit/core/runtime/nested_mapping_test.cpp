// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/nested_mapping.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::runtime;

class NestedMappingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheKernelsLines()
    {
        const auto read
            = parseMappingText("         0       1000          1\n         1     100000      65536\nno line\n");
        QCOMPARE(mappingText(read), std::string("0 1000 1\n1 100000 65536\n"));
    }

    void theSameIdsStayTheSame()
    {
        const auto same = mappingsWithin(m_parent, m_parent);
        QVERIFY(same);
        QCOMPARE(mappingText(*same), std::string("0 0 1\n1 1 65536\n"));
    }

    void otherNumbersInsideBecomeTheParents()
    {
        const auto nested
            = mappingsWithin(m_parent, { { 1000, 1000, 1 }, { 0, 100'000, 1000 }, { 1001, 101'000, 64'536 } });
        QVERIFY(nested);
        QCOMPARE(mappingText(*nested), std::string("1000 0 1\n0 1 1000\n1001 1001 64536\n"));
    }

    void aRangeIsCutWhereTheParentsAre()
    {
        const auto nested = mappingsWithin({ { 0, 100, 10 }, { 50, 110, 10 } }, { { 0, 105, 10 } });
        QVERIFY(nested);
        QCOMPARE(mappingText(*nested), std::string("0 5 5\n5 50 5\n"));
    }

    void namesAnIdThatTheParentDoesNotHave()
    {
        const auto nested = mappingsWithin(m_parent, { { 0, 165'535, 2 } });
        QVERIFY(!nested);
        QCOMPARE(nested.error().message, std::string("the parent user namespace has no id for 165536"));
    }

private:
    const IdMappings m_parent{ { 0, 1000, 1 }, { 1, 100'000, 65'536 } };
};

QTEST_GUILESS_MAIN(NestedMappingTest)
#include "nested_mapping_test.moc"
