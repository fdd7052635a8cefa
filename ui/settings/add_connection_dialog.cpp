// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/add_connection_dialog.h"

#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/error_text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <array>

namespace twinhull {

namespace {

constexpr int kAddPadding = 16;
constexpr int kAddWidth = 560;
constexpr int kNeedsLines = 5;

/// A sort of host, the address that it begins with, and what it needs.
struct HostKind {
    const char* title;
    const char* address;
    const char* needs;
};

constexpr std::array kHostKinds{
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "This computer, VMs of the system"), "qemu:///system",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "VMs that belong to nobody in particular and can use bridges and devices. libvirt asks polkit whether you "
            "may manage them: you are asked for a password, unless you are in the group libvirt (sudo usermod -aG "
            "libvirt USER, then log in again).") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "Another computer, by ssh"), "qemu+ssh://USER@HOST/system",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "The host needs libvirt and an ssh server; USER must be root there or in its group libvirt. ssh must get "
            "in "
            "with a key and know the host: connect once in a terminal, then ssh-copy-id USER@HOST. Nobody is asked for "
            "a password here.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "Xen"), "xen:///system",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "For a computer that runs the hypervisor Xen: needs libvirt-daemon-driver-xen, and root or the group "
            "libvirt.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "LXC containers of libvirt"), "lxc:///system",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "Containers that libvirt runs; they are listed with the VMs. Needs libvirt-daemon-driver-lxc, and root or "
            "the group libvirt.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "VirtualBox"), "vbox:///session",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "Your VMs of VirtualBox on this computer. Needs VirtualBox and libvirt-daemon-driver-vbox.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "bhyve of FreeBSD, by ssh"), "bhyve+ssh://USER@HOST/system",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "A FreeBSD host with libvirt. As with the other computer, ssh must get in with a key.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "libvirt's test driver"), "test:///default",
        QT_TRANSLATE_NOOP("AddConnectionDialog",
            "A made-up host inside this program, to try things out. What you change is gone when the program ends.") },
    HostKind{ QT_TRANSLATE_NOOP("AddConnectionDialog", "Another address"), "",
        QT_TRANSLATE_NOOP("AddConnectionDialog", "Any address that libvirt takes; see libvirt.org/uri.html.") },
};

QString hostWords(const char* text)
{
    return AddConnectionDialog::tr(text);
}

template <typename Label>
Label* worded(Label* label, const char* objectName)
{
    label->setObjectName(QLatin1String(objectName));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

AddConnectionDialog::AddConnectionDialog(ConnectionList saved, QString homeUri, QWidget* parent)
    : QDialog(parent)
    , m_saved(std::move(saved))
    , m_homeUri(std::move(homeUri))
    , m_kind(new QComboBox)
    , m_needs(worded(new QLabel, "connectionNeeds"))
    , m_address(new QLineEdit)
    , m_name(new QLineEdit)
    , m_complaint(worded(new QLabel, "connectionComplaint"))
{
    setWindowTitle(tr("Add connection"));
    setObjectName(QStringLiteral("addConnectionDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    for (const HostKind& kind : kHostKinds)
        m_kind->addItem(hostWords(kind.title));
    m_kind->setObjectName(QStringLiteral("connectionKind"));
    m_kind->setAccessibleName(tr("Kind of host"));
    m_address->setObjectName(QStringLiteral("connectionAddress"));
    m_address->setAccessibleName(tr("Address"));
    m_name->setObjectName(QStringLiteral("connectionName"));
    m_name->setAccessibleName(tr("Name of the connection"));
    m_needs->setProperty("muted", true);
    m_needs->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_needs->setFixedHeight(fontMetrics().lineSpacing() * kNeedsLines);
    const auto buttons = makeAcceptButtons(*this, tr("Add connection"), QStringLiteral("connectionAccept"));
    m_add = buttons.accept;
    connect(buttons.box, &QDialogButtonBox::accepted, this, &AddConnectionDialog::add);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &AddConnectionDialog::chooseKind);
    connect(m_address, &QLineEdit::textChanged, this, &AddConnectionDialog::look);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(kAddPadding, kAddPadding, kAddPadding, kAddPadding);
    form->setSpacing(kAddPadding / 2);
    form->addRow(tr("Host"), m_kind);
    form->addRow(QString(), m_needs);
    form->addRow(tr("Address"), m_address);
    form->addRow(tr("Name"), m_name);
    form->addRow(m_complaint);
    form->addRow(buttons.box);
    setMinimumWidth(kAddWidth);
    chooseKind();
}

void AddConnectionDialog::chooseKind()
{
    const HostKind& kind = kHostKinds[static_cast<std::size_t>(m_kind->currentIndex())];
    m_needs->setText(hostWords(kind.needs));
    m_address->setText(QLatin1String(kind.address));
    look();
}

/// What was made of the address is named where the person names nothing.
void AddConnectionDialog::look()
{
    const QString address = m_address->text().trimmed();
    const bool isTemplate = address.contains(u"USER@") || address.contains(u"@HOST");
    const auto checked = checkConnectionUri(address);
    m_name->setPlaceholderText(checked && !isTemplate ? connectionNameFrom(address) : QString());
    m_add->setEnabled(checked && !isTemplate);
    if (isTemplate)
        m_complaint->setText(tr("Put the user and the host into the address, in place of USER and HOST."));
    else
        m_complaint->setText(checked || address.isEmpty() ? QString() : errorParagraph(checked.error()));
}

void AddConnectionDialog::add()
{
    const auto added = m_saved.add({ m_name->text().trimmed(), m_address->text().trimmed(), true }, m_homeUri);
    if (added)
        return accept();
    m_complaint->setText(
        QString::fromStdString(added.error().message) + u' ' + QString::fromStdString(added.error().hint));
}

} // namespace twinhull
