// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"

#include <QObject>
#include <QStringList>
#include <QVariant>

#include <memory>

class QSettings;

namespace twinhull {

/// One row of the table of settings: its key on disk, its type and its default.
template <typename T>
struct Setting {
    const char* key;
    T defaultValue;
};

namespace setting {
inline const Setting<QString> kLibvirtUri{ "vms/libvirtUri", QStringLiteral("qemu:///session") };
inline const Setting<bool> kConfirmRemove{ "confirm/remove", true };
inline const Setting<bool> kConfirmForceOff{ "confirm/forceOff", true }; ///< of machines with a system of their own
inline const Setting<QString> kTheme{ "window/theme", QStringLiteral("system") }; ///< "system", "light", "dark"
inline const Setting<QString> kVmAcceleration{ "vms/acceleration", QStringLiteral("auto") }; ///< "auto", "kvm", "tcg"
inline const Setting<int> kMetricsPort{ "metrics/prometheusPort", 0 }; ///< on 127.0.0.1; 0: closed
inline const Setting<QByteArray> kWindowGeometry{ "window/geometry", QByteArray() };
inline const Setting<QByteArray> kWorkloadsSplitter{ "workloads/splitter", QByteArray() };
inline const Setting<QStringList> kCompareFigures{ "compare/figures", {} }; ///< nameOf(Quantity); none: the usual four
inline const Setting<QStringList> kCompareOpenFigures{ "compare/openFigures", {} }; ///< groups that stand open
inline const Setting<QString> kCompareMode{ "compare/mode", QStringLiteral("difference") }; ///< nameOf(ChartMode)
inline const Setting<int> kCompareSpan{ "compare/spanSeconds", 600 };
inline const Setting<QString> kCompareOverlay{ "compare/overlay", QStringLiteral("none") }; ///< nameOf(Overlay)
inline const Setting<int> kChartsSpan{ "charts/spanSeconds", 600 }; ///< of one workload's charts
inline const Setting<QStringList> kChartsFigures{ "charts/figures", {} }; ///< nameOf(Quantity); none: the usual six
inline const Setting<QString> kChartsOverlay{ "charts/overlay", QStringLiteral("none") };
inline const Setting<QStringList> kSshUsers{ "vms/sshUsers", {} }; ///< "KEY USER", the latest first (ssh_users.h)
inline const Setting<QString> kDetailsTab{ "workloads/detailsTab", QStringLiteral("overview") };
}

/// Typed access to config/settings.ini. GUI thread.
class Settings : public QObject {
    Q_OBJECT

public:
    explicit Settings(const DataFolders& folders, QObject* parent = nullptr);
    ~Settings() override;

    template <typename T>
    T value(const Setting<T>& row) const
    {
        return read(row.key, QVariant::fromValue(row.defaultValue)).template value<T>();
    }

    template <typename T>
    void setValue(const Setting<T>& row, const T& value)
    {
        write(row.key, QVariant::fromValue(value));
    }

Q_SIGNALS:
    void changed(const QString& key);

private:
    QVariant read(const char* key, const QVariant& defaultValue) const;
    void write(const char* key, const QVariant& value);

    std::unique_ptr<QSettings> m_store;
};

} // namespace twinhull
