// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_progress.h"

#include "core/base/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kShortHex = 12;
constexpr std::size_t kShownLayers = 3;

QString layerText(const LayerProgress::Row& row)
{
    return QStringLiteral("%1 %2 / %3")
        .arg(QString::fromStdString(row.digest.hex().substr(0, kShortHex)),
            QString::fromStdString(formatBytes(row.done)), QString::fromStdString(formatBytes(row.bytes)));
}

} // namespace

LayerProgress::LayerProgress(const ImageManifest& manifest)
{
    auto blobs = manifest.layers;
    blobs.push_back(manifest.config);
    for (const auto& blob : blobs) {
        if (find(blob.digest) == nullptr)
            m_rows.push_back({ blob.digest, blob.size });
    }
}

LayerProgress::Row* LayerProgress::find(const Digest& digest)
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.digest == digest; });
    return found == m_rows.end() ? nullptr : &*found;
}

void LayerProgress::hear(std::string_view line)
{
    constexpr std::string_view kBegun[] = { "Copying blob ", "Copying config " };
    for (const auto start : kBegun) {
        if (!line.starts_with(start))
            continue;
        line.remove_prefix(start.size());
        const auto end = std::min(line.find(' '), line.size());
        const auto digest = Digest::parse(line.substr(0, end));
        Row* row = digest ? find(*digest) : nullptr;
        if (row == nullptr)
            return;
        if (!row->isBegun) {
            row->isBegun = true;
            m_begun.push_back(static_cast<std::size_t>(row - m_rows.data()));
        }
        return;
    }
}

void LayerProgress::setThere(const Digest& digest)
{
    setWhole(digest);
    if (Row* row = find(digest); row != nullptr)
        row->wasThere = true;
}

void LayerProgress::setWhole(const Digest& digest)
{
    if (Row* row = find(digest); row != nullptr)
        row->done = row->bytes;
}

void LayerProgress::setDone(const Digest& digest, std::uint64_t done)
{
    if (Row* row = find(digest); row != nullptr)
        row->done = std::clamp(done, row->done, row->bytes);
}

LayerProgress::Row* LayerProgress::rowFor(const std::string& file, std::uint64_t size)
{
    const auto isTaken = [this](std::size_t index) {
        return std::any_of(
            m_files.begin(), m_files.end(), [index](const auto& known) { return known.second == index; });
    };
    const auto fits
        = [&](std::size_t index) { return m_rows[index].done < m_rows[index].bytes && size <= m_rows[index].bytes; };
    if (const auto known = m_files.find(file); known != m_files.end()) {
        if (fits(known->second))
            return &m_rows[known->second];
        m_rows[known->second].done
            = m_rows[known->second].done == m_rows[known->second].bytes ? m_rows[known->second].bytes : 0;
        m_files.erase(known);
    }
    for (const std::size_t index : m_begun) {
        if (!isTaken(index) && fits(index)) {
            m_files.emplace(file, index);
            return &m_rows[index];
        }
    }
    return nullptr;
}

void LayerProgress::seeGrowing(const std::map<std::string, std::uint64_t>& files)
{
    std::erase_if(m_files, [&](const auto& known) { return !files.contains(known.first); });
    for (const auto& [name, size] : files) {
        if (Row* row = rowFor(name, size); row != nullptr)
            row->done = size;
    }
}

std::uint64_t LayerProgress::doneBytes() const
{
    std::uint64_t sum = 0;
    for (const Row& row : m_rows)
        sum += row.done;
    return sum;
}

std::uint64_t LayerProgress::wholeBytes() const
{
    std::uint64_t sum = 0;
    for (const Row& row : m_rows)
        sum += row.bytes;
    return sum;
}

QString LayerProgress::text() const
{
    const auto whole
        = std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.done == row.bytes; });
    const auto kept = std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.wasThere; });
    QString text = QCoreApplication::translate("LayerProgress", "%1 of %2 parts").arg(whole).arg(m_rows.size());
    if (kept > 0)
        text += QCoreApplication::translate("LayerProgress", " (%1 were there)").arg(kept);
    std::size_t shown = 0;
    for (const Row& row : m_rows) {
        if (row.done > 0 && row.done < row.bytes && shown++ < kShownLayers)
            text += QStringLiteral(" \u00b7 ") + layerText(row);
    }
    return text;
}

} // namespace twinhull
