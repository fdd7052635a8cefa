// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/hull_bundle.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <memory>

namespace twinhull::test {

/// What the tests of hull as root start from: a private world with a bundle in it. setUp() goes into init(), tearDown()
/// into cleanup(); the latter deletes what is left of the containers.
class HullTest : public QObject {
protected:
    void setUp()
    {
        if (::geteuid() != 0)
            QSKIP("needs root; hull_rootless_test covers ordinary users");
        m_world = std::make_unique<TemporaryWorld>();
        QVERIFY(m_world->isValid());
        m_bundle = std::make_unique<HullBundle>(m_world->path().toStdString() + "/bundle");
    }
    void tearDown()
    {
        m_bundle.reset();
        m_world.reset();
    }
    /// For tests whose containers have all ended by themselves.
    void tearDownClean()
    {
        if (m_bundle)
            QVERIFY(m_bundle->isClean());
        tearDown();
    }

    /// That hull fails by its own status and says `message` when it is called so.
    void refuses(const std::vector<std::string>& words, const QString& message) const
    {
        const auto output = m_bundle->hull(words);
        QCOMPARE(output.exitStatus, words[0] == "exec" ? 255 : 1); // 1 may be the program's own
        QVERIFY2(QString::fromStdString(output.standardError).contains(message), said(output));
    }

    std::unique_ptr<TemporaryWorld> m_world;
    std::unique_ptr<HullBundle> m_bundle;
};

} // namespace twinhull::test
