// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/screen_thumbnail.h"

#include "core/workload/machine_power.h"
#include "tests/support/context_world.h"
#include "ui/hardware/autostart_box.h"

#include <QBuffer>
#include <QImage>
#include <QTest>

using namespace twinhull;

namespace {

/// A machine with a screen and a switch for its start, which the test sets.
class SeenProvider : public test::FakeProvider,
                     public HasMachineCopies,
                     public MachineCopies,
                     public HasMachinePower,
                     public MachinePower {
public:
    SeenProvider() : FakeProvider(WorkloadKind::Vm) { }

    QByteArray png;
    int pictures = 0;
    bool startsByItself = true;

    MachineCopies& copies() override { return *this; }
    MachinePower& power() override { return *this; }
    std::unique_ptr<Job> screenshot(const WorkloadInfo&, std::shared_ptr<QByteArray> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("screenshot"), [this, into]() -> Result<> {
            ++pictures;
            if (png.isEmpty())
                return Error{ ErrorCode::Unsupported, "no screen", 0, {} };
            *into = png;
            return {};
        });
    }
    std::unique_ptr<Job> readAutostart(const WorkloadId&, std::shared_ptr<bool> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into]() -> Result<> {
            *into = startsByItself;
            return {};
        });
    }
    std::unique_ptr<Job> setAutostart(const WorkloadId&, bool isOn) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("set"), [this, isOn]() -> Result<> {
            startsByItself = isOn;
            return {};
        });
    }
    std::unique_ptr<Job> rename(const WorkloadInfo&, const QString&) override { return nullptr; }
    std::unique_ptr<Job> clone(const WorkloadInfo&, const CloneRequest&) override { return nullptr; }
    std::unique_ptr<Job> reboot(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> reset(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> save(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> discardSaved(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> sendKeys(const WorkloadId&, const QStringList&) override { return nullptr; }
    QStringList keyNames() const override { return {}; }
};

struct SeenWorld : test::ContextWorld {
    SeenProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;

    SeenWorld()
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        machines.put(box);
    }
};

QByteArray pngOfSize(const QSize& size)
{
    QImage picture(size, QImage::Format_RGB32);
    picture.fill(Qt::darkBlue);
    QByteArray png;
    QBuffer buffer(&png);
    picture.save(&buffer, "png");
    return png;
}

} // namespace

class ScreenThumbnailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesASmallPictureOnlyWhileItIsSeen()
    {
        SeenWorld world;
        world.machines.png = pngOfSize({ 800, 600 });
        ScreenThumbnail thumbnail(world.machineContext);
        thumbnail.present(world.box);
        QCoreApplication::processEvents();
        QCOMPARE(world.machines.pictures, 0);
        thumbnail.setSeen(true);
        QTRY_VERIFY(!thumbnail.isHidden());
        QCOMPARE(world.machines.pictures, 1);
        QVERIFY(thumbnail.pixmap().height() <= 140 * thumbnail.devicePixelRatioF());
        world.box.state = WorkloadState::Stopped;
        thumbnail.present(world.box);
        QVERIFY(thumbnail.isHidden());
    }

    void isNotThereWithoutAScreen_data()
    {
        QTest::addColumn<QByteArray>("png");
        QTest::newRow("no screen") << QByteArray();
        QTest::newRow("no picture") << QByteArray("\x89PNG\r\n\x1a\nnonsense");
    }

    void isNotThereWithoutAScreen()
    {
        QFETCH(QByteArray, png);
        SeenWorld world;
        world.machines.png = png;
        ScreenThumbnail thumbnail(world.machineContext);
        thumbnail.present(world.box);
        thumbnail.setSeen(true);
        QTRY_COMPARE(world.machines.pictures, 1);
        QTest::qWait(50); // what it would show comes from another thread
        QVERIFY(thumbnail.isHidden());
    }

    void isAskedForAgainAfterOneFailure()
    {
        SeenWorld world;
        ScreenThumbnail thumbnail(world.machineContext);
        thumbnail.present(world.box);
        thumbnail.setSeen(true);
        QTRY_COMPARE(world.machines.pictures, 1);
        world.machines.png = pngOfSize({ 800, 600 });
        thumbnail.setSeen(false);
        thumbnail.setSeen(true);
        QTRY_VERIFY(!thumbnail.isHidden());
    }

    void saysAndChangesWhetherItStartsByItself()
    {
        SeenWorld world;
        AutostartBox box(world.machineContext);
        box.present(world.box);
        QTRY_VERIFY(box.isEnabled() && box.isChecked());
        box.click();
        QTRY_VERIFY(box.isEnabled() && !box.isChecked());
        QVERIFY(!world.machines.startsByItself);
    }
};

QTEST_MAIN(ScreenThumbnailTest)
#include "screen_thumbnail_test.moc"
