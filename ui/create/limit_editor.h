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
    QString unset = {}; ///< what stands for the lowest value; empty: "no limit"
};

/// A limit as a slider for the eye and a number for the exact value. The slider is logarithmic.
class LimitEditor : public QWidget {
    Q_OBJECT

public:
    LimitEditor(const LimitScale& scale, const QString& name, QWidget* parent = nullptr);

    void setScale(const LimitScale& scale);
    /// Shows a value that nobody typed; it may be replaced by another proposal.
    void propose(std::optional<double> value);
    /// Shows a value that somebody chose before; it is not replaced.
    void setValue(std::optional<double> value);
    bool isTyped() const { return m_isTyped; } ///< a person has chosen the value
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
    bool m_isTyped = false;
};

} // namespace twinhull
