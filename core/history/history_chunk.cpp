// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_chunk.h"

#include <QDataStream>
#include <QIODevice>

#include <cmath>
#include <cstring>

namespace twinhull {

namespace {

constexpr std::size_t kMostColumns = 255;
enum Form : quint8 { Constant = 0, Each = 1 };

/// Little endian, floats of four bytes, whatever this computer is.
void prepare(QDataStream& stream)
{
    stream.setVersion(QDataStream::Qt_6_0);
    stream.setByteOrder(QDataStream::LittleEndian);
    stream.setFloatingPointPrecision(QDataStream::SinglePrecision);
}

bool isSame(float a, float b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool isConstant(const std::vector<float>& values)
{
    return std::all_of(values.begin(), values.end(), [&](float value) { return isSame(value, values.front()); });
}

Error corrupt()
{
    return Error{ ErrorCode::Corrupt, "the history holds what this program did not write", 0, {} };
}

bool readColumn(QDataStream& stream, std::size_t count, std::vector<float>& values)
{
    quint8 form = 0;
    stream >> form;
    if (form != Constant && form != Each)
        return false;
    float value = 0;
    for (std::size_t i = 0; i < (form == Constant ? 1 : count); ++i) {
        stream >> value;
        values.push_back(value);
    }
    values.resize(count, value);
    return stream.status() == QDataStream::Ok;
}

bool isWholly(QDataStream& stream)
{
    return stream.status() == QDataStream::Ok && stream.atEnd();
}

} // namespace

QByteArray encodeHistoryChunk(const HistoryChunk& chunk)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    prepare(stream);
    stream << static_cast<quint8>(chunk.offsets.size() - 1) << static_cast<quint8>(chunk.columns.size());
    for (const std::uint16_t offset : chunk.offsets)
        stream << offset;
    for (const auto& [figure, values] : chunk.columns) {
        stream << static_cast<quint8>(figure) << static_cast<quint8>(isConstant(values) ? Constant : Each);
        if (isConstant(values))
            stream << values.front();
        else
            for (const float value : values)
                stream << value;
    }
    return bytes;
}

Result<HistoryChunk> decodeHistoryChunk(std::int64_t startMilliseconds, const QByteArray& bytes)
{
    QDataStream stream(bytes);
    prepare(stream);
    quint8 last = 0;
    quint8 columns = 0;
    stream >> last >> columns;
    HistoryChunk chunk;
    chunk.startMilliseconds = startMilliseconds;
    chunk.offsets.resize(std::size_t{ last } + 1);
    for (std::uint16_t& offset : chunk.offsets)
        stream >> offset;
    if (!std::is_sorted(chunk.offsets.begin(), chunk.offsets.end()))
        return corrupt();
    for (int i = 0; i < columns; ++i) {
        quint8 figure = 0;
        stream >> figure;
        auto& values = chunk.columns[figure];
        if (!values.empty() || !readColumn(stream, chunk.offsets.size(), values))
            return corrupt();
    }
    return isWholly(stream) ? Result<HistoryChunk>(std::move(chunk)) : corrupt();
}

QByteArray encodeHistoryMinute(const HistoryMinute& minute)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    prepare(stream);
    for (const auto& [figure, range] : minute)
        stream << static_cast<quint8>(figure) << range.least << range.mean << range.greatest;
    return bytes;
}

Result<HistoryMinute> decodeHistoryMinute(const QByteArray& bytes)
{
    QDataStream stream(bytes);
    prepare(stream);
    HistoryMinute minute;
    while (!stream.atEnd()) {
        quint8 figure = 0;
        HistoryRange range;
        stream >> figure >> range.least >> range.mean >> range.greatest;
        if (stream.status() != QDataStream::Ok || minute.size() >= kMostColumns)
            return corrupt();
        minute[figure] = range;
    }
    return minute;
}

} // namespace twinhull
