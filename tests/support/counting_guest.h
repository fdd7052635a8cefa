// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <QByteArray>
#include <QFile>
#include <QString>

#include <string>

namespace twinhull::test {

/// A disk of 1 MiB that boots by its first sector. Nine times a second the guest adds one to the number in its second
/// sector, writes that to the disk, and says it on the first serial port: four letters, A for 0 to P for 15, and a new
/// line. Between starts it goes on from the disk; with its memory, from that. One that counts in its memory only begins
/// with 1 at every start.
enum class Counting { OnDisk, InMemory };

inline Result<> writeCountingDisk(
    const std::string& path, Counting counting = Counting::OnDisk, std::size_t diskBytes = 1U << 20U)
{
    constexpr unsigned char kCode[] = {
        0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, 0xfb, // segments and stack
        0x88, 0x16, 0x00, 0x7b, // the disk's number to 7b00
        0xb8, 0x01, 0x02, 0xe8, 0x35, 0x00, // read sector 2 to 7e00
        0xff, 0x06, 0x00, 0x7e, // again: add one
        0xb8, 0x01, 0x03, 0xe8, 0x2b, 0x00, // write it back
        0x8b, 0x1e, 0x00, 0x7e, 0xb9, 0x04, 0x00, // four digits
        0xc1, 0xc3, 0x04, 0x88, 0xd8, 0x24, 0x0f, 0x04, 0x41, 0xe8, 0x27, 0x00, 0xe2, 0xf2, // say each
        0xb0, 0x0a, 0xe8, 0x20, 0x00, // and a new line
        0x8b, 0x1e, 0x6c, 0x04, // rest for two ticks of the clock
        0xf4, 0xa1, 0x6c, 0x04, 0x29, 0xd8, 0x83, 0xf8, 0x02, 0x72, 0xf5, 0xeb, 0xcb, // and again
        0xbb, 0x00, 0x7e, 0xb9, 0x02, 0x00, 0x30, 0xf6, 0x8a, 0x16, 0x00, 0x7b, 0xcd, 0x13,
        0xc3, // the BIOS's disk call
        0xba, 0xf8, 0x03, 0xee, 0xc3, // a letter to the port
    };
    std::string disk(reinterpret_cast<const char*>(kCode), sizeof kCode);
    if (counting == Counting::InMemory) {
        constexpr std::size_t kWriting = 30; // where it is written back
        disk.replace(kWriting, 3, 3, '\x90'); // no call there
    }
    disk.resize(510, '\0');
    disk += "\x55\xaa";
    disk.resize(1U << 20U, '\0');
    for (std::size_t i = disk.size(); i < diskBytes; ++i) // nothing that is left out for being empty
        disk += static_cast<char>((i * 2654435761U) >> 13U);
    return writeFileAtomically(path, disk);
}

/// Of a raw disk; -1 where it is none.
inline int countOnDisk(const std::string& rawDisk)
{
    QFile file(QString::fromStdString(rawDisk));
    if (!file.open(QIODevice::ReadOnly) || !file.seek(512))
        return -1;
    const QByteArray bytes = file.read(2);
    return bytes.size() == 2 ? static_cast<unsigned char>(bytes[0]) + 256 * static_cast<unsigned char>(bytes[1]) : -1;
}

/// The last that was said whole in a console's log behind `from` bytes of it; -1: none.
inline int lastCount(const QString& logPath, qint64 from)
{
    QFile file(logPath);
    if (!file.open(QIODevice::ReadOnly) || !file.seek(from))
        return -1;
    QByteArray text = file.readAll();
    text.replace("\r", "");
    const qsizetype end = text.lastIndexOf('\n');
    const qsizetype begin = end < 1 ? -1 : text.lastIndexOf('\n', end - 1);
    const QByteArray word = end < 0 ? QByteArray() : text.mid(begin + 1, end - begin - 1);
    int count = 0;
    for (const char letter : word) {
        if (letter < 'A' || letter > 'P')
            return -1;
        count = 16 * count + (letter - 'A');
    }
    return word.size() == 4 ? count : -1;
}

} // namespace twinhull::test
