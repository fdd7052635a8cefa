// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_card.h"

#include <QRegularExpression>

namespace twinhull {

namespace {

Error noCard(const QString& text)
{
    return Error{ ErrorCode::InvalidArgument, "network: \"" + text.toStdString() + "\" makes no sense", 0,
        "Write user, network=NAME, bridge=NAME or none; with a model: network=NAME,model=virtio" };
}

Result<> setConnection(const QString& word, MachineCard& card)
{
    const QString key = word.section(u'=', 0, 0);
    card.name = word.section(u'=', 1);
    if (key == u"network")
        card.kind = MachineCard::Kind::Network;
    else if (key == u"bridge")
        card.kind = MachineCard::Kind::Bridge;
    else if ((word != u"user" && word != u"default"))
        return noCard(word);
    const bool isNamed = card.kind != MachineCard::Kind::User;
    return isNamed == card.name.isEmpty() ? noCard(word) : Result<>();
}

} // namespace

Result<MachineCard> cardFromText(const QString& text)
{
    static const QRegularExpression kModel(QStringLiteral("^[a-z0-9][a-z0-9-]{0,31}$"));
    const QStringList words = text.split(u',');
    MachineCard card;
    if (auto set = setConnection(words.front(), card); !set)
        return std::move(set).error();
    for (const QString& word : words.mid(1)) {
        card.model = word.section(u'=', 1);
        if (word.section(u'=', 0, 0) != u"model" || !kModel.match(card.model).hasMatch())
            return noCard(text);
    }
    return card;
}

QString cardText(const MachineCard& card)
{
    QString text = QStringLiteral("user");
    if (card.kind == MachineCard::Kind::Network)
        text = QStringLiteral("network=") + card.name;
    else if (card.kind == MachineCard::Kind::Bridge)
        text = QStringLiteral("bridge=") + card.name;
    return card.model.isEmpty() ? text : text + QStringLiteral(",model=") + card.model;
}

} // namespace twinhull
