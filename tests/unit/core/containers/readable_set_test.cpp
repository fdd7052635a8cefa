// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/readable_set.h"

#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <numeric>
#include <vector>

using namespace twinhull;

namespace {

struct Pair {
    UniqueFd near;
    UniqueFd far;
};

Pair makePair()
{
    std::array<int, 2> ends{ -1, -1 };
    (void)::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
    return { UniqueFd(ends[0]), UniqueFd(ends[1]) };
}

void say(const Pair& pair)
{
    (void)!::write(pair.far.fd(), "x", 1);
}

void hear(const Pair& pair)
{
    char byte = 0;
    (void)!::read(pair.near.fd(), &byte, 1);
}

}

class ReadableSetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsOfEachThatHasSomethingToRead()
    {
        const auto set = ReadableSet::ofThisThread();
        std::vector<Pair> pairs(200); // more than one answer of the kernel holds
        std::vector<int> heard(pairs.size(), 0);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            pairs[i] = makePair();
            QVERIFY(set->add(pairs[i].near.fd(), [&, i] {
                hear(pairs[i]);
                ++heard[i];
            }));
        }
        for (std::size_t i = 0; i < pairs.size(); i += 2)
            say(pairs[i]);
        QTRY_COMPARE(std::accumulate(heard.begin(), heard.end(), 0), 100);
        QCOMPARE(heard[0], 1);
        QCOMPARE(heard[1], 0);
    }

    void tellsOfAnEnd()
    {
        const auto set = ReadableSet::ofThisThread();
        Pair pair = makePair();
        bool isTold = false;
        ReadableSet::Id id = 0;
        id = *set->add(pair.near.fd(), [&] {
            isTold = true;
            set->remove(id);
        });
        pair.far.reset();
        QTRY_VERIFY(isTold);
    }

    void saysNothingOfOneThatWasRemovedByTheCallBefore()
    {
        const auto set = ReadableSet::ofThisThread();
        std::array pairs{ makePair(), makePair() };
        std::array<ReadableSet::Id, 2> ids{};
        int calls = 0;
        for (std::size_t i = 0; i < 2; ++i)
            ids.at(i) = *set->add(pairs.at(i).near.fd(), [&] {
                ++calls;
                set->remove(ids[0]);
                set->remove(ids[1]);
            });
        say(pairs[0]);
        say(pairs[1]);
        QTRY_COMPARE(calls, 1);
        QTest::qWait(20);
        QCOMPARE(calls, 1);
    }

    void endsWithTheLastOfItsHolders()
    {
        auto set = ReadableSet::ofThisThread();
        const std::weak_ptr<ReadableSet> watched = set;
        const Pair pair = makePair();
        QVERIFY(set->add(pair.near.fd(), [&set] { set.reset(); })); // it is at work then
        say(pair);
        QTRY_VERIFY(watched.expired());
        QVERIFY(ReadableSet::ofThisThread()->add(pair.near.fd(), [] {}));
    }

    void saysThatADescriptorCannotBeWatched()
    {
        QVERIFY(!ReadableSet::ofThisThread()->add(-1, [] {}));
    }
};

QTEST_GUILESS_MAIN(ReadableSetTest)
#include "readable_set_test.moc"
