// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_user.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::string_view kPasswd = "root:x:0:0:root:/root:/bin/sh\nbroken line\nwww:x:33:34:Web:/srv:/bin/false\n"
                                     "1000:x:7:7::/seven:\nhalf:x:nine:9::/:\nnobody:x:65534:65534:::\n"
                                     "groupless:x:12:::/:\n";
constexpr std::string_view kGroup = "root:x:0:\nwww:x:34:\nadm:x:4:root,www\ntape:x:26:www\nshort\n";

} // namespace

class ImageUserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resolves_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<int>("uid");
        QTest::addColumn<int>("gid");
        QTest::addColumn<int>("groups");
        QTest::addColumn<QByteArray>("home");
        QTest::newRow("nobody named is root") << QByteArray("") << 0 << 0 << 1 << QByteArray("/root");
        QTest::newRow("a name") << QByteArray("www") << 33 << 34 << 2 << QByteArray("/srv");
        QTest::newRow("a number with an entry") << QByteArray("33") << 33 << 34 << 2 << QByteArray("/srv");
        QTest::newRow("a number without one") << QByteArray("4711") << 4711 << 0 << 0 << QByteArray();
        QTest::newRow("a number that is a name too") << QByteArray("1000") << 1000 << 0 << 0 << QByteArray();
        QTest::newRow("two numbers") << QByteArray("33:5") << 33 << 5 << 0 << QByteArray("/srv");
        QTest::newRow("a name and a group") << QByteArray("www:adm") << 33 << 4 << 0 << QByteArray("/srv");
        QTest::newRow("an empty home") << QByteArray("nobody") << 65534 << 65534 << 0 << QByteArray();
        QTest::newRow("a colon and no group") << QByteArray("www:") << 33 << 34 << 2 << QByteArray("/srv");
    }

    void resolves()
    {
        QFETCH(QByteArray, user);
        const auto found = resolveUser(user.toStdString(), kPasswd, kGroup);
        QVERIFY2(found, user.constData());
        QTEST(static_cast<int>(found->uid), "uid");
        QTEST(static_cast<int>(found->gid), "gid");
        QTEST(static_cast<int>(found->additionalGids.size()), "groups");
        QTEST(QByteArray::fromStdString(found->home), "home");
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::newRow("an unknown name") << QByteArray("mallory");
        QTest::newRow("an unknown group") << QByteArray("www:none");
        QTest::newRow("a number and more") << QByteArray("33x");
        QTest::newRow("a negative number") << QByteArray("-1");
        QTest::newRow("the id that is none") << QByteArray("4294967295");
        QTest::newRow("a number beyond") << QByteArray("4294967296");
        QTest::newRow("a broken entry") << QByteArray("half");
        QTest::newRow("an entry without a group") << QByteArray("groupless");
    }

    void refuses()
    {
        QFETCH(QByteArray, user);
        QVERIFY(!resolveUser(user.toStdString(), kPasswd, kGroup));
    }
};

QTEST_GUILESS_MAIN(ImageUserTest)
#include "image_user_test.moc"
