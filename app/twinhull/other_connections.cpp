// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/other_connections.h"

#include "core/base/files.h"
#include "core/metrics/metric_source.h"

#include <algorithm>
#include <mutex>

namespace twinhull {

/// Sources that come while the sampler runs. Thread-safe.
class JoinedSource : public MetricSource {
public:
    void add(std::shared_ptr<MetricSource> source)
    {
        const std::lock_guard lock(m_mutex);
        source->setAttention(m_attention);
        m_sources.push_back(std::move(source));
    }

    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& source : m_sources)
            source->read(targets, samples);
    }

    void setAttention(Attention attention) override
    {
        const std::lock_guard lock(m_mutex);
        m_attention = attention;
        for (const auto& source : m_sources)
            source->setAttention(attention);
    }

private:
    std::mutex m_mutex;
    std::vector<std::shared_ptr<MetricSource>> m_sources;
    Attention m_attention = Attention::Watched;
};

OtherConnections::OtherConnections(const DataFolders& folders, ImageStore& images, WorkloadRegistry& registry)
    : m_folders(folders), m_images(images), m_registry(registry), m_figures(std::make_shared<JoinedSource>())
{
    if (auto made = makeFolders(m_folders.config); !made)
        qWarning("%s", made.error().toLine().c_str());
    m_watcher.addPath(QString::fromStdString(m_folders.config));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &OtherConnections::follow);
    follow();
}

/// Hosts that hang are told first, so that they are waited for together.
OtherConnections::~OtherConnections()
{
    for (const auto& [saved, provider] : m_open) {
        const QSignalBlocker quiet(provider.get());
        provider->retire();
    }
}

std::shared_ptr<MetricSource> OtherConnections::figuresSource() const
{
    return m_figures;
}

void OtherConnections::follow()
{
    const auto listed = ConnectionList(m_folders).read();
    if (!listed) {
        qWarning("%s", listed.error().toLine().c_str());
        return;
    }
    std::vector<Open> kept;
    for (Open& one : m_open) {
        if (std::find(listed->begin(), listed->end(), one.saved) != listed->end()) {
            kept.push_back(std::move(one));
            continue;
        }
        one.provider->retire();
        m_retired.push_back(std::move(one.provider));
    }
    m_open = std::move(kept);
    for (const SavedConnection& saved : *listed) {
        const auto isSame = [&saved](const Open& one) { return one.saved == saved; };
        if (saved.isAutoconnected && std::none_of(m_open.begin(), m_open.end(), isSame))
            open(saved);
    }
}

void OtherConnections::open(const SavedConnection& saved)
{
    VmOptions options;
    options.uri = saved.uri;
    options.connection = saved.name;
    m_open.push_back({ saved, std::make_unique<VmProvider>(m_folders, m_images, options) });
    VmProvider& provider = *m_open.back().provider;
    m_figures->add(provider.figuresSource());
    m_registry.add(&provider);
}

} // namespace twinhull
