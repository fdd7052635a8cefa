// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/kept_file.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

#include <sys/resource.h>

using namespace twinhull;

class KeptFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leavesDescriptorsToOthers()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString() + "/figures";
        QVERIFY(writeFileAtomically(path, "1"));
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
        const rlimit few{ 128, before.rlim_max };
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &few), 0);
        std::vector<KeptFile> files;
        for (int i = 0; i < 200; ++i) {
            auto file = KeptFile::open(path);
            QVERIFY2(file, std::to_string(i).c_str());
            files.push_back(*std::move(file));
        }
        const auto other = openPath(path, O_RDONLY);
        auto buffer = std::make_unique<ReadBuffer>();
        const auto text = files.back().read(*buffer);
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &before), 0);
        QVERIFY(other);
        QVERIFY(text);
        QCOMPARE(std::string(*text), std::string("1"));
    }
};

QTEST_GUILESS_MAIN(KeptFileTest)
#include "kept_file_test.moc"
