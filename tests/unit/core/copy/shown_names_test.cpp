// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/inside_files.h"

#include <QTest>

using namespace twinhull;

class ShownNamesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsNamesAsTheyAre_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char* title, const QByteArray& name, const char* shown) {
            QTest::newRow(title) << name << QString::fromUtf8(shown);
        };
        row("plain", "a file.txt", "a file.txt");
        row("other letters", "größe 日本 🙂", "größe 日本 🙂");
        row("no UTF-8",
            "a\xff"
            "b\xc3",
            "a\\xffb\\xc3");
        row("cut in the middle", "\xe6\x97", "\\xe6\\x97");
        row("overlong", "\xc0\xaf", "\\xc0\\xaf");
        row("half of a pair", "\xed\xa0\x80", "\\xed\\xa0\\x80");
        row("control characters", "a\x1b[31m\n\t\x7f", "a\\x1b[31m\\x0a\\x09\\u{007f}");
        row("turned writing",
            "\xe2\x80\xae"
            "cod.exe",
            "\\u{202e}cod.exe");
        row("nothing", "", "");
    }
    void showsNamesAsTheyAre()
    {
        QFETCH(QByteArray, name);
        QFETCH(QString, shown);
        QCOMPARE(shownFileName({ name.constData(), static_cast<std::size_t>(name.size()) }), shown);
    }

    void writesPermissionsAsLsDoes()
    {
        ListedFile file;
        file.kind = ListedKind::Folder;
        file.attributes.permissions = 01755;
        QCOMPARE(shownPermissions(file), QStringLiteral("drwxr-xr-t"));
        file.kind = ListedKind::File;
        file.attributes.permissions = 06640;
        QCOMPARE(shownPermissions(file), QStringLiteral("-rwSr-S---"));
        QCOMPARE(pathBelow("/", "a"), std::string("/a"));
        QCOMPARE(pathBelow("/a", "b"), std::string("/a/b"));
    }
};

QTEST_GUILESS_MAIN(ShownNamesTest)
#include "shown_names_test.moc"
