// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison_plan.h"
#include "ui/twin/measure_dialog.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace twinhull {

class TwinFields;
class WorkFigureFields;

/// Asks what a comparison run measures: which image, which work, how often.
class ComparisonDialog : public MeasureDialog {
    Q_OBJECT

public:
    ComparisonDialog(const std::vector<ImageInfo>& images, WorkDefinitions definitions, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const twinhull::ComparisonPlan& plan);

protected:
    QString problem() const override;
    QString whatWillBeDone() const override;
    QString equivalentCommand() const override;
    void finish() override;

private:
    enum class Work { Image, Command, Http, HttpRate, Rest, Load, Definition };

    void buildFields();
    void addWorks();
    void buildPinning();
    void buildLayout();
    void onWorkChosen();
    static bool isRequest(Work work);
    Work chosenWork() const;
    QString workName() const; ///< as comparedWork() takes it
    const WorkDefinition* definition() const; ///< null for another work
    std::optional<WorkloadKind> bothAs() const; ///< as ComparisonPlan::bothAs
    Result<ComparisonPlan> plan() const; ///< all that was written
    QString startOfTheDescription() const; ///< what is started and how often
    QString unusableDefinitions() const; ///< paragraphs; empty where all files can be read
    QString meaningOfTheWork() const; ///< a sentence for works that are chosen by name, else empty

    WorkDefinitions m_definitions;
    QComboBox* m_sides; ///< container and VM, or a kind against itself
    QComboBox* m_work;
    QLineEdit* m_detail; ///< the command, or the request's port and path
    QLabel* m_detailLabel;
    WorkFigureFields* m_figure; ///< of a command
    QLabel* m_figureLabel;
    QSpinBox* m_warmUps;
    QSpinBox* m_repeats;
    QComboBox* m_caches; ///< FileCaches
    QCheckBox* m_isPinned;
    QLineEdit* m_cpus; ///< the processors, as pinnedCpusFrom() takes them
    TwinFields* m_fields;
};

} // namespace twinhull
