// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/guest_tab.h"

#include "core/jobs/job_queue.h"
#include "core/workload/machine_hardware.h"
#include "core/workload/workload_connection.h"
#include "ui/details/guest_work.h"
#include "ui/jobs/retry.h"
#include "ui/metrics/units.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fact_grid.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/property_style.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kAskAgain{ 10 };

/// A guest's text is shown as it is: never as a link, which a grid of facts makes of what begins like one.
QString told(const QString& text)
{
    if (text.isEmpty())
        return noFigureText();
    return text.startsWith(u'<') ? QLatin1Char(' ') + text : text;
}

QString usersText(const GuestFacts& facts)
{
    if (!facts.users)
        return noFigureText();
    QStringList names;
    for (const auto& user : *facts.users)
        names << (user.domain.isEmpty() ? user.name : user.domain + u'\\' + user.name);
    names.removeDuplicates();
    return names.isEmpty() ? GuestTab::tr("nobody") : told(names.join(QStringLiteral(", ")));
}

std::vector<Fact> systemFacts(const GuestFacts& facts)
{
    const QString from = GuestTab::tr("Told by %1.").arg(sourceText(GuestAddress::Source::Agent));
    return { { GuestTab::tr("Host name"), told(facts.hostName), from },
        { GuestTab::tr("System"), told(facts.system), from }, { GuestTab::tr("Kernel"), told(facts.kernel), from },
        { GuestTab::tr("Time zone"), told(facts.timeZone), from },
        { GuestTab::tr("Freeze"), facts.isFrozen ? GuestTab::tr("frozen, as for a backup") : GuestTab::tr("not frozen"),
            frozenText(facts) },
        { GuestTab::tr("Logged in"), usersText(facts), from } };
}

std::vector<Fact> addressFacts(const GuestFacts& facts)
{
    std::vector<Fact> all;
    for (const auto& each : facts.addresses) {
        QString explanation = GuestTab::tr("Told by %1.").arg(sourceText(each.source));
        if (!each.hardwareAddress.isEmpty())
            explanation += u'\n' + GuestTab::tr("MAC address %1").arg(each.hardwareAddress.toHtmlEscaped());
        const QString source = each.source == GuestAddress::Source::Agent ? GuestTab::tr("Agent")
            : each.source == GuestAddress::Source::Lease                  ? GuestTab::tr("DHCP lease")
                                                                          : GuestTab::tr("ARP");
        all.push_back(
            { source, QStringLiteral("%1/%2 · %3").arg(each.address, QString::number(each.prefix), told(each.device)),
                explanation });
    }
    if (all.empty())
        all.push_back({ GuestTab::tr("None known"), {}, {} });
    return all;
}

std::vector<Fact> fileSystemFacts(const GuestFacts& facts)
{
    const QString from = GuestTab::tr("Told by %1.").arg(sourceText(GuestAddress::Source::Agent));
    std::vector<Fact> all;
    for (const auto& each : facts.fileSystems.value_or(std::vector<GuestFileSystem>())) {
        const QString fill = each.usedBytes ? GuestTab::tr("%1 of %2")
                                                  .arg(byteCountText(static_cast<double>(*each.usedBytes)),
                                                      byteCountText(static_cast<double>(*each.sizeBytes)))
                                            : GuestTab::tr("fill not told");
        all.push_back({ fill, QStringLiteral("%1 · %2").arg(told(each.mountPoint), each.type), from });
    }
    if (all.empty())
        all.push_back({ facts.fileSystems ? GuestTab::tr("None on a disk") : GuestTab::tr("Not told"), {}, {} });
    return all;
}

} // namespace

MachineGuest* GuestTab::guestOf(AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineGuest*>(providerOf(context.workloads, info.id));
    return owner != nullptr ? &owner->guest() : nullptr;
}

GuestTab::GuestTab(AppContext& context, QWidget* parent) : QScrollArea(parent), m_context(context)
{
    setObjectName(QStringLiteral("guestTab"));
    setAccessibleName(tr("Guest"));
    setWidgetResizable(true);
    auto* content = new QWidget(this);
    content->setProperty("ground", true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    addStrip(*column);
    addCards(*column);
    column->addStretch();
    setWidget(content);
    m_timer.setInterval(kAskAgain);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_info.state == WorkloadState::Running)
            read();
    });
    fill({});
}

QPushButton* GuestTab::makeButton(const QString& text, const QString& name)
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    return button;
}

void GuestTab::addStrip(QBoxLayout& column)
{
    m_status = new QLabel(this);
    m_status->setObjectName(QStringLiteral("guestStatus"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_channel = makeButton(tr("Add the channel"), QStringLiteral("guestAddChannel"));
    m_channel->setToolTip(tr("Adds the hardware through which qemu-guest-agent speaks"));
    m_copy = makeButton(tr("Copy address"), QStringLiteral("guestCopyAddress"));
    m_ssh = makeButton(tr("Copy ssh command"), QStringLiteral("guestCopySsh"));
    m_clock = makeButton(tr("Set its clock"), QStringLiteral("guestSyncTime"));
    m_clock->setToolTip(tr("Sets the guest's clock to this computer's"));
    m_refresh = makeButton(tr("Read again"), QStringLiteral("guestRefresh"));
    auto* strip = new QHBoxLayout;
    strip->setSpacing(8);
    strip->addWidget(m_status, 1);
    for (auto* button : { m_channel, m_copy, m_ssh, m_clock, m_refresh })
        strip->addWidget(button, 0, Qt::AlignTop);
    column.addLayout(strip);
    connect(m_channel, &QPushButton::clicked, this, &GuestTab::addChannel);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(firstAddress()); });
    connect(m_ssh, &QPushButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(QStringLiteral("ssh %1").arg(firstAddress())); });
    connect(m_clock, &QPushButton::clicked, this, &GuestTab::syncTime);
    connect(m_refresh, &QPushButton::clicked, this, &GuestTab::read);
}

void GuestTab::addCards(QBoxLayout& column)
{
    m_system = new FactGrid(tr("What is inside"), FactColumns::One, this);
    m_addresses = new FactGrid(tr("Addresses"), FactColumns::One, this);
    m_fileSystems = new FactGrid(tr("File systems"), FactColumns::One, this);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(10);
    for (auto* card : { m_system, m_addresses, m_fileSystems })
        cards->addWidget(card, 1);
    column.addLayout(cards);
    m_work = new GuestWork(m_context, this);
    column.addWidget(m_work);
}

void GuestTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool isNews = isOther || info.state != m_info.state;
    m_info = info;
    m_work->present(info);
    if (isOther) {
        m_isChannelAdded = false;
        fill({});
        tell(tr("Asking…"), false);
    }
    if (isNews)
        read();
}

void GuestTab::showEvent(QShowEvent* event)
{
    QScrollArea::showEvent(event);
    m_timer.start();
    read();
}

void GuestTab::hideEvent(QHideEvent* event)
{
    QScrollArea::hideEvent(event);
    m_timer.stop();
}

void GuestTab::read()
{
    auto* guest = guestOf(m_context, m_info);
    if (guest == nullptr || m_info.id.key.isEmpty() || !isVisible())
        return;
    if (m_reading && !m_reading->isFinished()) {
        m_isStale = true;
        return;
    }
    m_isStale = false;
    const auto facts = std::make_shared<GuestFacts>();
    if (m_reading)
        m_reading.release()->deleteLater(); // this may be its own signal
    m_reading = guest->read(m_info, facts);
    connect(m_reading.get(), &Job::finished, this, [this, facts, id = m_info.id, job = m_reading.get()] {
        if (m_isStale || id != m_info.id) {
            QMetaObject::invokeMethod(this, &GuestTab::read, Qt::QueuedConnection);
            return;
        }
        if (job->state() == Job::State::Succeeded)
            fill(*facts);
        else
            tell(errorParagraph(job->result().error()), true);
    });
    m_reading->start();
}

void GuestTab::fill(const GuestFacts& facts)
{
    m_facts = facts;
    m_system->setFacts(systemFacts(facts));
    m_addresses->setFacts(addressFacts(facts));
    m_fileSystems->setFacts(fileSystemFacts(facts));
    const bool doesAnswer = facts.agent == GuestFacts::Agent::Answers;
    if (facts.agent == GuestFacts::Agent::NoChannel && m_isChannelAdded)
        tell(tr("The channel is there with the next start: shut it down and start it."), false);
    else
        tell(doesAnswer ? tr("qemu-guest-agent answers.") : sentenceFor(facts.agent), false);
    m_system->setVisible(doesAnswer);
    m_fileSystems->setVisible(doesAnswer);
    m_addresses->setVisible(doesAnswer || !facts.addresses.empty());
    m_work->setVisible(doesAnswer);
    showButtons();
}

void GuestTab::showButtons()
{
    const bool isReachable = !firstAddress().isEmpty();
    const bool hasHardware = dynamic_cast<HasMachineHardware*>(providerOf(m_context.workloads, m_info.id)) != nullptr;
    m_channel->setVisible(m_facts.agent == GuestFacts::Agent::NoChannel && !m_isChannelAdded && hasHardware);
    m_copy->setVisible(isReachable);
    m_ssh->setVisible(isReachable);
    if (isReachable) {
        m_copy->setToolTip(firstAddress());
        m_ssh->setToolTip(QStringLiteral("ssh %1").arg(firstAddress()));
    }
    m_clock->setVisible(m_facts.agent == GuestFacts::Agent::Answers);
}

void GuestTab::tell(const QString& sentence, bool isProblem)
{
    setStyleProperty(*m_status, "warning", isProblem);
    setStyleProperty(*m_status, "muted", !isProblem);
    m_status->setText(sentence);
}

QString GuestTab::firstAddress() const
{
    for (const auto& each : m_facts.addresses) {
        if (each.isReachable())
            return each.address;
    }
    return {};
}

void GuestTab::addChannel()
{
    auto* owner = dynamic_cast<HasMachineHardware*>(providerOf(m_context.workloads, m_info.id));
    if (owner == nullptr)
        return;
    const auto outcome = std::make_shared<HardwareOutcome>();
    const HardwareEdit edit{ HardwareEdit::Verb::Add, QStringLiteral("channel"), {} };
    m_channel->setEnabled(false);
    Job* job = submitWithRetry(
        m_context.jobs, [owner, info = m_info, edit, outcome] { return owner->hardware().edit(info, edit, outcome); });
    connect(job, &Job::finished, this, [this, job, id = m_info.id] {
        m_channel->setEnabled(true);
        if (id != m_info.id)
            return;
        if (job->state() != Job::State::Succeeded) {
            tell(errorParagraph(job->result().error()), true);
            return;
        }
        m_isChannelAdded = true;
        read();
    });
}

void GuestTab::syncTime()
{
    auto* guest = guestOf(m_context, m_info);
    if (guest == nullptr)
        return;
    m_clock->setEnabled(false);
    Job* job = submitWithRetry(m_context.jobs, [guest, info = m_info] { return guest->syncTime(info); });
    connect(job, &Job::finished, this, [this, job, id = m_info.id] {
        m_clock->setEnabled(true);
        if (id == m_info.id && job->state() == Job::State::Succeeded)
            tell(tr("Its clock is this computer's now."), false);
        else if (id == m_info.id)
            tell(errorParagraph(job->result().error()), true);
    });
}

} // namespace twinhull
