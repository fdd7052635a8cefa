// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/settings.h"

#include <QSettings>

namespace twinhull {

Settings::Settings(const DataFolders& folders, QObject* parent)
    : QObject(parent)
    , m_store(std::make_unique<QSettings>(
          QString::fromStdString(folders.config) + QStringLiteral("/settings.ini"), QSettings::IniFormat))
{
}

Settings::~Settings() = default;

QVariant Settings::read(const char* key, const QVariant& defaultValue) const
{
    return m_store->value(QLatin1String(key), defaultValue);
}

void Settings::write(const char* key, const QVariant& value)
{
    const QString name = QLatin1String(key);
    if (m_store->value(name) == value)
        return;
    m_store->setValue(name, value);
    Q_EMIT changed(name);
}

} // namespace twinhull
