// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/temporary_world.h"
#include "ui/console/screen_view.h"

#include <QLocalSocket>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <fcntl.h>

using namespace twinhull;

namespace {

constexpr int kPatience = 30'000;

/// The firmware of an emulated machine that asks on its screen what to start from, and waits for a minute. It stands
/// still until begin().
class FirmwareMachine {
public:
    explicit FirmwareMachine(const QString& socketPath) : m_socketPath(socketPath)
    {
        m_qemu.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_qemu.start(QStringLiteral("qemu-system-x86_64"),
            { QStringLiteral("-nodefaults"), QStringLiteral("-machine"), QStringLiteral("pc,accel=tcg"),
                QStringLiteral("-m"), QStringLiteral("32"), QStringLiteral("-vga"), QStringLiteral("std"),
                QStringLiteral("-boot"), QStringLiteral("menu=on,splash-time=60000"), QStringLiteral("-vnc"),
                QStringLiteral("unix:") + socketPath, QStringLiteral("-S"), QStringLiteral("-monitor"),
                QStringLiteral("stdio") });
    }
    ~FirmwareMachine()
    {
        m_qemu.kill();
        m_qemu.waitForFinished();
    }

    /// Empty where it does not come.
    UniqueFd connectScreen()
    {
        QLocalSocket socket;
        (void)QTest::qWaitFor(
            [&] {
                socket.abort();
                socket.connectToServer(m_socketPath);
                return socket.waitForConnected(100) || m_qemu.state() == QProcess::NotRunning;
            },
            kPatience);
        return UniqueFd(::fcntl(static_cast<int>(socket.socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    }

    void begin() { m_qemu.write("cont\n"); }

private:
    QString m_socketPath;
    QProcess m_qemu;
};

/// By more than the text cursor, which blinks.
bool areDifferent(const QImage& one, const QImage& other)
{
    constexpr int kPixels = 300;
    if (one.size() != other.size())
        return true;
    int count = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            count += one.pixel(x, y) != other.pixel(x, y) ? 1 : 0;
    }
    return count > kPixels;
}

/// What is on the screen once it stays as it is; null where nothing comes.
QImage restingPicture(const ScreenLink& link)
{
    constexpr qint64 kRest = 700;
    QImage empty = link.frame().copy();
    empty.fill(Qt::black);
    QImage picture = empty;
    QElapsedTimer clock;
    clock.start();
    const bool rests = QTest::qWaitFor(
        [&] {
            const QImage now = link.frame().copy();
            if (!areDifferent(now, empty) || areDifferent(now, picture))
                clock.restart();
            picture = now;
            return clock.elapsed() > kRest;
        },
        kPatience);
    return rests ? picture : QImage();
}

} // namespace

/// A real machine's screen in the view.
class ScreenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFirmwareIsSeenAndHearsTheKeyboard()
    {
        const test::TemporaryWorld world;
        FirmwareMachine machine(world.path(QStringLiteral("vnc")));
        OpenedScreen opened;
        opened.descriptor = machine.connectScreen();
        QVERIFY(opened.descriptor);
        ScreenLink link(std::move(opened));
        ScreenView view;
        QSignalSpy resized(&link, &ScreenLink::resized);
        view.resize(900, 500);
        view.setLink(&link);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(link.isReady(), kPatience);
        QVERIFY(link.frame().size() != QSize(720, 400)); // QEMU's own words come first, on another
        machine.begin();
        QTRY_COMPARE_WITH_TIMEOUT(link.frame().size(), QSize(720, 400), kPatience); // the text screen of a PC
        QTRY_VERIFY(resized.count() >= 2);
        const QImage question = restingPicture(link);
        QVERIFY(!question.isNull());
        QCOMPARE(view.viewport()->grab().toImage().pixelColor(view.pictureArea().center().toPoint()),
            question.pixelColor(question.rect().center()));
        view.activateWindow();
        view.setFocus();
        QTRY_VERIFY(view.isHeld());
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(QTest::qWaitFor([&] { return areDifferent(link.frame().copy(), question); }, kPatience));
        view.setLink(nullptr);
    }
};

QTEST_MAIN(ScreenTest)
#include "screen_test.moc"
