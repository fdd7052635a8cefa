// SPDX-License-Identifier: GPL-3.0-or-later
// log_bench: a log of a million lines in the window's view: how long until all of it is there and searched, what a
// frame takes while it is scrolled through, and while 100,000 lines a second arrive. The flood is a container's log
// with its rotations; at the end the lines are counted. Milliseconds; for a person to read.
#include "core/base/clock.h"
#include "core/ipc/log_line.h"
#include "ui/console/log_view.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

constexpr int kLines = 1'000'000;
constexpr int kFrames = 500;
constexpr int kLinesASecond = 100'000;
constexpr int kFloodSeconds = 10;
constexpr std::uintmax_t kRotatedAtBytes = 10U << 20U;

double millisecondsSince(std::int64_t begin)
{
    return static_cast<double>(monotonicNanoseconds() - begin) / 1e6;
}

void print(const char* what, std::vector<double> milliseconds)
{
    std::sort(milliseconds.begin(), milliseconds.end());
    const auto at = [&](double share) {
        return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
    };
    std::printf("%-44s median %7.2f   95 %% %7.2f   longest %7.2f\n", what, at(0.5), at(0.95), at(1));
}

std::string lines(int first, int count)
{
    std::string text;
    const std::string time = logTime(wallClockNanoseconds());
    for (int i = first; i < first + count; ++i)
        text += time + (i % 50 == 0 ? " stderr F " : " stdout F ") + "GET /item/" + std::to_string(i)
            + " HTTP/1.1 200 in 12 ms, level=" + (i % 20 == 0 ? "warning" : "info") + "\n";
    return text;
}

/// As a monitor writes: a batch each 10 ms, rotated at 10 MiB, many files kept.
void flood(const std::string& path, std::atomic<int>& written)
{
    std::ofstream file(path, std::ios::app | std::ios::binary);
    const auto begin = std::chrono::steady_clock::now();
    constexpr int kBatch = kLinesASecond / 100;
    for (int batch = 0; batch < kFloodSeconds * 100; ++batch) {
        std::this_thread::sleep_until(begin + batch * 10ms);
        file << lines(batch * kBatch, kBatch) << std::flush;
        written += kBatch;
        if (std::filesystem::file_size(path) < kRotatedAtBytes)
            continue;
        file.close();
        for (int n = 98; n > 0; --n) {
            const std::string older = path + "." + std::to_string(n);
            if (std::filesystem::exists(older))
                std::filesystem::rename(older, path + "." + std::to_string(n + 1));
        }
        std::filesystem::rename(path, path + ".1");
        file.open(path, std::ios::app | std::ios::binary);
    }
}

void scroll(LogCanvas& canvas)
{
    std::vector<double> frames;
    QScrollBar& bar = *canvas.verticalScrollBar();
    for (int i = 0; i < kFrames; ++i) { // a new place each time: nothing is kept of the frame before
        const auto begin = monotonicNanoseconds();
        bar.setValue(static_cast<int>(static_cast<std::int64_t>(bar.maximum()) * i / kFrames));
        canvas.viewport()->repaint();
        frames.push_back(millisecondsSince(begin));
    }
    print("a frame, dragged through all lines", frames);
    frames.clear();
    for (int i = 0; i < kFrames; ++i) {
        const auto begin = monotonicNanoseconds();
        bar.setValue(bar.value() - 3);
        canvas.viewport()->repaint();
        frames.push_back(millisecondsSince(begin));
    }
    print("a frame, by the wheel", frames);
}

void drown(LogView& view, LogCanvas& canvas, const std::string& path)
{
    canvas.setFollowing(true);
    const std::size_t before = canvas.rowCount();
    std::atomic<int> written = 0;
    std::thread writer([&] { flood(path, written); });
    std::vector<double> waits;
    QElapsedTimer clock;
    for (clock.start(); clock.elapsed() < kFloodSeconds * 1000 + 500;) {
        const auto begin = monotonicNanoseconds();
        QCoreApplication::processEvents(QEventLoop::AllEvents);
        waits.push_back(millisecondsSince(begin));
        QThread::usleep(500);
    }
    writer.join();
    (void)QTest::qWaitFor(
        [&] { return view.isSettled() && canvas.rowCount() >= before + static_cast<std::size_t>(written); }, 120'000);
    std::sort(waits.begin(), waits.end());
    waits.erase(waits.begin(), std::lower_bound(waits.begin(), waits.end(), 0.5)); // turns with nothing to do
    print("a turn with work, 100,000 lines/s arriving", waits);
    std::printf("%-44s %d written, %zu shown\n", "lines", written.load(), canvas.rowCount() - before);
}

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    Theme::current().apply(ThemeMode::Light);
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("log")).toStdString();
    std::ofstream(path, std::ios::binary) << lines(0, kLines);
    LogView view;
    view.resize(1000, 600);
    view.show();
    auto begin = monotonicNanoseconds();
    view.setPath(QString::fromStdString(path));
    auto& canvas = *view.findChild<LogCanvas*>();
    (void)QTest::qWaitFor([&] { return view.isSettled() && canvas.rowCount() == kLines; }, 120'000);
    std::printf("%-44s %7.0f ms\n", "1,000,000 lines read", millisecondsSince(begin));
    begin = monotonicNanoseconds();
    view.findChild<QLineEdit*>()->setText(QStringLiteral("item/99999"));
    (void)QTest::qWaitFor([&] { return view.isSettled(); }, 120'000);
    std::printf("%-44s %7.0f ms (%s)\n", "searched", millisecondsSince(begin),
        qPrintable(view.findChild<QLabel*>(QStringLiteral("logFound"))->text()));
    scroll(canvas);
    view.findChild<QLineEdit*>()->clear();
    drown(view, canvas, path);
    return 0;
}
