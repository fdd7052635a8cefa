// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/address_book.h"

#include <QTest>

using namespace twinhull;

class AddressBookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesEachOnce()
    {
        AddressBook book(*IpSubnet::parse("10.1.0.0/29"), *IpAddress::parse("10.1.0.1"));
        QCOMPARE(book.take({})->text(), std::string("10.1.0.2"));
        QCOMPARE(book.take("10.1.0.4")->text(), std::string("10.1.0.4"));
        QCOMPARE(book.take({})->text(), std::string("10.1.0.3"));
        QCOMPARE(book.take({})->text(), std::string("10.1.0.5"));
        QCOMPARE(book.take({})->text(), std::string("10.1.0.6"));
        QCOMPARE(book.take({}).error().code, ErrorCode::Busy);
        book.giveBack(*IpAddress::parse("10.1.0.3"));
        book.giveBack(*IpAddress::parse("10.1.0.1")); // the gateway's stays
        QCOMPARE(book.take({})->text(), std::string("10.1.0.3"));
        QCOMPARE(book.take({}).error().code, ErrorCode::Busy);
    }

    void refusesWhatCannotBe()
    {
        AddressBook book(*IpSubnet::parse("fd00::/64"), *IpAddress::parse("fd00::1"));
        QCOMPARE(book.take("fd00::1").error().code, ErrorCode::Busy);
        for (const char* wish : { "fd00::", "fd01::2", "10.0.0.1", "x" })
            QCOMPARE(book.take(wish).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(book.take({})->text(), std::string("fd00::2"));
    }
};

QTEST_GUILESS_MAIN(AddressBookTest)
#include "address_book_test.moc"
