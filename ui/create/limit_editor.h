// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

class QDoubleSpinBox;
class QLabel;
class QSlider;

namespace twinhull {

/// What a limit may be. The lowest value of the editor stands for "no limit" where that is allowed.
struct LimitScale {
    QString title;
    QString unit; ///< " MiB"
    double least = 1;
    double most = 1;
    int decimals = 0;
    bool isOptional = true;
};

/// A limit as a slider for the eye and a number for the exact value. The slider is logarithmic.
class LimitEditor : public QWidget {
    Q_OBJECT

public:
    LimitEditor(const LimitScale& scale, const QString& name, QWidget* parent = nullptr);

    void setScale(const LimitScale& scale);
    void setValue(std::optional<double> value);
    std::optional<double> value() const; ///< nothing: no limit
    void setNote(const QString& note);
    void setProblem(const QString& sentence); ///< empty: all is well

Q_SIGNALS:
    void changed();

private:
    void followSlider(int position);
    void followNumber(double number);
    int positionOf(double number) const;

    LimitScale m_scale;
    QLabel* m_title;
    QDoubleSpinBox* m_number;
    QSlider* m_slider;
    QLabel* m_note;
    bool m_isFollowing = false;
};

} // namespace twinhull
