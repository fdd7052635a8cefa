// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/copy_checks.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl.h"
#include "tests/support/tar_builder.h"

#include <QCryptographicHash>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

namespace twinhull::test {

namespace {

constexpr const char* kCtl = TH_BUILD_BIN_DIR "/twinhullctl";

void succeeds(const std::vector<std::string>& words)
{
    const auto done = ctl(words);
    QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
}

struct stat statOf(const std::string& path)
{
    struct stat info { };
    (void)::lstat(path.c_str(), &info);
    return info;
}

QByteArray inside(const std::string& workload, const std::string& script)
{
    const auto run = ctl({ "exec", "-u", "0", workload, "sh", "-c", script });
    return run.exitCode == 0 ? run.out : run.err;
}

} // namespace

void carriesATree(const std::string& workload, const std::string& folder)
{
    QVERIFY(makeFolders(folder + "/app/sub"));
    QVERIFY(writeFileAtomically(folder + "/app/sub/run", "#!/bin/sh\n", 0755));
    QVERIFY(writeFileAtomically(folder + "/app/text", "text"));
    QCOMPARE(::symlink("sub/run", (folder + "/app/way").c_str()), 0);
    const timespec times[2] = { { 1'600'000'000, 0 }, { 1'600'000'000, 0 } };
    QCOMPARE(::utimensat(AT_FDCWD, (folder + "/app/text").c_str(), times, 0), 0);
    succeeds({ "cp", folder + "/app", workload + ":/tmp" });
    QCOMPARE(inside(workload,
                 "cat /tmp/app/text; stat -c ' %Y %u' /tmp/app/text; readlink /tmp/app/way; test -x /tmp/app/way && "
                 "echo runs"),
        QByteArray("text 1600000000 0\nsub/run\nruns\n"));
    succeeds({ "cp", folder + "/app/.", workload + ":/tmp/app/sub" });
    QCOMPARE(inside(workload, "ls /tmp/app/sub"), QByteArray("run\nsub\ntext\nway\n"));
    succeeds({ "cp", workload + ":/tmp/app", folder + "/back" });
    QCOMPARE(*readFile(folder + "/back/sub/sub/run"), std::string("#!/bin/sh\n"));
    QCOMPARE(statOf(folder + "/back/text").st_mtime, time_t{ 1'600'000'000 });
    QCOMPARE(statOf(folder + "/back/sub/run").st_mode & 07777U, 0755U);
    QVERIFY(S_ISLNK(statOf(folder + "/back/way").st_mode));
    QVERIFY(inside(workload, "rm -r /tmp/app").isEmpty());
}

void carriesBytes(const std::string& workload, const std::string& folder, std::size_t bytes)
{
    QVERIFY(makeFolders(folder));
    std::string content(bytes, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>((i * 2654435761U) >> 13U);
    QVERIFY(writeFileAtomically(folder + "/sent", content));
    succeeds({ "cp", folder + "/sent", workload + ":/tmp/bytes" });
    const QByteArray digest
        = QCryptographicHash::hash({ content.data(), static_cast<qsizetype>(bytes) }, QCryptographicHash::Sha256)
              .toHex();
    QCOMPARE(inside(workload, "sha256sum < /tmp/bytes").left(64), digest);
    succeeds({ "cp", workload + ":/tmp/bytes", folder });
    const auto back = readFile(folder + "/bytes", bytes + 1);
    QVERIFY(back && *back == content);
    QVERIFY(inside(workload, "rm /tmp/bytes").isEmpty());
}

/// Links to paths of this computer mean those of the workload.
void staysInside(const std::string& workload, const std::string& folder)
{
    QVERIFY(makeFolders(folder + "/secret"));
    QVERIFY(writeFileAtomically(folder + "/secret/file", "of the host"));
    QVERIFY(inside(workload, "mkdir /tmp/in; ln -s " + folder + "/secret /tmp/in/way; ln -s / /tmp/in/root").isEmpty());
    const auto out = ctl({ "cp", workload + ":/tmp/in/way/file", folder + "/stolen" });
    QVERIFY2(out.exitCode == 3 && !exists(folder + "/stolen"), qPrintable(out.text()));
    QVERIFY(writeFileAtomically(folder + "/sent", "from outside"));
    const auto in = ctl({ "cp", folder + "/sent", workload + ":/tmp/in/way/file" });
    QVERIFY2(in.exitCode != 0, qPrintable(in.text()));
    QCOMPARE(*readFile(folder + "/secret/file"), std::string("of the host"));
    succeeds({ "cp", folder + "/sent", workload + ":/tmp/in/root/../../../tmp/in/landed" });
    QCOMPARE(inside(workload, "cat /tmp/in/landed"), QByteArray("from outside"));
    QVERIFY(!exists("/tmp/in/landed"));
    succeeds({ "cp", workload + ":/tmp/in/way", folder + "/link" });
    QVERIFY(S_ISLNK(statOf(folder + "/link").st_mode));
    QVERIFY(inside(workload, "rm -r /tmp/in").isEmpty());
}

void carriesTar(const std::string& workload, const std::string& folder)
{
    QVERIFY(makeFolders(folder));
    const auto withStreams = [](std::vector<std::string> words, const std::string& input, const std::string& output) {
        auto from = openPath(input, O_RDONLY);
        std::string text;
        CommandRun run{ std::chrono::minutes(2) };
        run.input = from ? from->fd() : -1;
        words.insert(words.begin(), kCtl);
        const auto done = runCommand({ words, {}, {} }, run);
        (void)writeFileAtomically(output, done ? done->standardOutput : std::string());
        return done ? done->exitStatus : -1;
    };
    QVERIFY(writeFileAtomically(
        folder + "/in.tar", TarBuilder().folder("made").file("made/by", "tar").file("plain", "file").build()));
    QVERIFY(inside(workload, "mkdir /tmp/tar").isEmpty());
    QCOMPARE(withStreams({ "cp", "-", workload + ":/tmp/tar" }, folder + "/in.tar", folder + "/none"), 0);
    QCOMPARE(inside(workload, "cat /tmp/tar/made/by /tmp/tar/plain"), QByteArray("tarfile"));
    QCOMPARE(withStreams({ "cp", workload + ":/tmp/tar", "-" }, "/dev/null", folder + "/out.tar"), 0);
    const auto listed = runChecked({ { "tar", "tf", folder + "/out.tar" }, {}, {} }, std::chrono::seconds(60));
    QVERIFY(listed);
    QVERIFY2(listed->find("tar/made/by\n") != std::string::npos && listed->find("tar/plain\n") != std::string::npos,
        listed->c_str());
    QVERIFY(writeFileAtomically(folder + "/bad.tar", TarBuilder().file("../../landed", "out").build()));
    QVERIFY(withStreams({ "cp", "-", workload + ":/tmp/tar" }, folder + "/bad.tar", folder + "/none") != 0);
    QVERIFY(inside(workload, "rm -r /tmp/tar; ls / /tmp | grep landed || true").isEmpty());
}

void saysWhatIsMissing(const std::string& workload, const std::string& folder)
{
    QVERIFY(makeFolders(folder));
    const auto out = ctl({ "cp", workload + ":/no/such", folder + "/x" });
    QVERIFY2(out.exitCode == 3 && out.errorLines().size() == 1, qPrintable(out.text()));
    QVERIFY2(out.err.contains("in " + QByteArray::fromStdString(workload) + ": /no/such: No such file or directory"),
        qPrintable(out.text()));
    const auto in = ctl({ "cp", folder + "/nothing", workload + ":/tmp" });
    QVERIFY2(in.exitCode == 3 && in.err.contains("/nothing: No such file"), qPrintable(in.text()));
    const auto place = ctl({ "cp", "/etc/passwd", workload + ":/no/such/place" });
    QVERIFY2(place.exitCode == 3 && place.err.contains("Make that folder first"), qPrintable(place.text()));
}

} // namespace twinhull::test
