// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/isolation_json.h"

#include "core/isolation/isolation_reader.h"

#include <QTest>

using namespace twinhull;

class IsolationJsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        auto view = readOwnView();
        QVERIFY(view);
        view->seccomp = SeccompMode::Filter;
        view->securityLabel = "label (enforce)";
        view->capabilities = ~std::uint64_t{ 0 };
        const auto again = decodeIsolationView(encodeIsolationView(*view));
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(*again == *view);
        const auto empty = decodeIsolationView(encodeIsolationView({}));
        QVERIFY(empty && *empty == IsolationView{});
    }

    void trustsNoStranger_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("another kind") << QByteArray("[]");
        QTest::newRow("nothing in it") << QByteArray("{}");
        QByteArray whole = QByteArray::fromStdString(encodeIsolationView({}));
        QTest::newRow("a number that is a text") << QByteArray(whole).replace("\"userId\":0", "\"userId\":\"0\"");
        QTest::newRow("a negative number") << QByteArray(whole).replace("\"userId\":0", "\"userId\":-1");
        QTest::newRow("a fraction") << QByteArray(whole).replace("\"userId\":0", "\"userId\":1e99");
        QTest::newRow("a list that is a number") << QByteArray(whole).replace("\"mounts\":[]", "\"mounts\":7");
    }
    void trustsNoStranger()
    {
        QFETCH(QByteArray, line);
        const auto view = decodeIsolationView(line.toStdString());
        QVERIFY(!view);
        QCOMPARE(view.error().code, ErrorCode::Corrupt);
    }

    void limitsWhatAStrangerSays()
    {
        IsolationView view;
        view.kernelRelease = std::string(100'000, 'x');
        view.securityLabel = "\x1b[2J";
        view.devices.emplace(10'000, "/dev/x");
        const auto read = decodeIsolationView(encodeIsolationView(view));
        QVERIFY(read);
        QVERIFY(read->kernelRelease.size() <= 1024);
        QVERIFY(read->securityLabel.find('\x1b') == std::string::npos);
        QCOMPARE(read->devices->size(), kIsolationListLimit);
        const auto large = decodeIsolationView(QByteArray::fromStdString(encodeIsolationView({}))
                                                   .replace("\"userId\":0", "\"userId\":99999999999")
                                                   .toStdString());
        QVERIFY(large);
        QCOMPARE(large->userId, UINT32_MAX);
    }
};

QTEST_GUILESS_MAIN(IsolationJsonTest)
#include "isolation_json_test.moc"
