// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/tree_size.h"

#include "core/base/files.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

class TreeSizeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsWhatIsAllocatedAndHardLinksOnce()
    {
        QDir(m_folder.path()).mkpath(QStringLiteral("tree/below"));
        write("tree/one", QByteArray(100'000, 'x'));
        write("tree/below/two", QByteArray(200'000, 'x'));
        QCOMPARE(::link(path("tree/one").c_str(), path("tree/below/again").c_str()), 0);
        QCOMPARE(::symlink("/usr", path("tree/elsewhere").c_str()), 0); // is not followed
        QFile sparse(QString::fromStdString(path("tree/sparse")));
        QVERIFY(sparse.open(QIODevice::WriteOnly) && sparse.resize(1 << 30));
        const auto bytes = treeBytes(path("tree"), {});
        QVERIFY(bytes);
        QCOMPARE(*bytes, *allocatedBytes(path("tree")));
        QVERIFY(*bytes >= 300'000 && *bytes < 500'000);
        QCOMPARE(*treeBytes(path("nowhere"), {}), std::uint64_t{ 0 });
    }

    void endsAtItsLimits()
    {
        QDir(m_folder.path()).mkpath(QStringLiteral("many/a/b/c/d"));
        for (int i = 0; i < 100; ++i)
            write("many/" + QByteArray::number(i), "x");
        QCOMPARE(treeBytes(path("many"), { 50, 200, [] { return false; } }).error().code, ErrorCode::OutOfSpace);
        QCOMPARE(treeBytes(path("many"), { 1000, 3, [] { return false; } }).error().code, ErrorCode::OutOfSpace);
        QCOMPARE(treeBytes(path("many"), { 1000, 200, [] { return true; } }).error().code, ErrorCode::Cancelled);
        QVERIFY(treeBytes(path("many"), { 1000, 200, [] { return false; } }));
    }

private:
    std::string path(const QByteArray& name) const { return m_folder.path().toStdString() + "/" + name.toStdString(); }
    void write(const QByteArray& name, const QByteArray& text) const
    {
        QFile file(QString::fromStdString(path(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TreeSizeTest)
#include "tree_size_test.moc"
