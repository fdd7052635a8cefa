// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_order.h"

#include <QSet>

namespace twinhull {

namespace {

/// Goes through what services depend on, deepest first.
class OrderWalk {
public:
    explicit OrderWalk(const ComposeProject& project) : m_project(project) { }

    Result<> visit(const QString& name)
    {
        if (m_order.contains(name))
            return {};
        const auto begin = m_way.indexOf(name);
        m_way << name;
        if (begin >= 0)
            return Error{ ErrorCode::InvalidArgument,
                "services that wait for each other: " + m_way.mid(begin).join(QStringLiteral(" -> ")).toStdString(), 0,
                "Leave one of these depends_on out." };
        const auto* service = m_project.service(name);
        for (const auto& dependency : service->dependencies) {
            if (m_project.service(dependency.service) == nullptr) // told where the file is read
                continue;
            if (auto visited = visit(dependency.service); !visited)
                return visited;
        }
        m_way.removeLast();
        m_order << name;
        return {};
    }

    const QStringList& order() const { return m_order; }

private:
    const ComposeProject& m_project;
    QStringList m_way;
    QStringList m_order;
};

bool isChosen(const ComposeService& service, const QStringList& profiles)
{
    if (service.profiles.isEmpty() || profiles.contains(QStringLiteral("*")))
        return true;
    return std::any_of(service.profiles.begin(), service.profiles.end(),
        [&profiles](const QString& profile) { return profiles.contains(profile); });
}

/// With what is needed, unless it cannot be had and need not be.
Result<> chooseWithNeeds(
    const ComposeProject& project, const ComposeService& service, const QStringList& profiles, QSet<QString>& chosen)
{
    if (chosen.contains(service.name))
        return {};
    chosen.insert(service.name);
    for (const auto& dependency : service.dependencies) {
        const auto* needed = project.service(dependency.service);
        const bool isThere = needed != nullptr && isChosen(*needed, profiles); // or named
        if (!isThere && !dependency.isRequired)
            continue;
        if (!isThere)
            return Error{ ErrorCode::InvalidArgument,
                "service " + service.name.toStdString() + " depends on " + dependency.service.toStdString()
                    + ", which is of a profile that is not chosen",
                0,
                needed == nullptr || needed->profiles.isEmpty()
                    ? std::string()
                    : "Add --profile " + needed->profiles.front().toStdString() };
        if (auto done = chooseWithNeeds(project, *needed, profiles, chosen); !done)
            return done;
    }
    return {};
}

} // namespace

Result<QStringList> startOrder(const ComposeProject& project)
{
    OrderWalk walk(project);
    for (const auto& service : project.services) {
        if (auto visited = walk.visit(service.name); !visited)
            return std::move(visited).error();
    }
    return walk.order();
}

Result<QStringList> chosenServices(const ComposeProject& project, const QStringList& names, const QStringList& asked)
{
    QStringList profiles = asked;
    const auto order = startOrder(project);
    if (!order)
        return order;
    for (const QString& name : names) {
        if (project.service(name) == nullptr)
            return Error{ ErrorCode::NotFound, "there is no service " + name.toStdString(), 0, {} };
        profiles << project.service(name)->profiles; // what is named brings its profiles
    }
    QSet<QString> chosen;
    for (const auto& service : project.services) {
        const bool isWanted = names.isEmpty() ? isChosen(service, profiles) : names.contains(service.name);
        if (!isWanted)
            continue;
        if (auto done = chooseWithNeeds(project, service, profiles, chosen); !done)
            return std::move(done).error();
    }
    QStringList result;
    for (const QString& name : *order) {
        if (chosen.contains(name))
            result << name;
    }
    return result;
}

} // namespace twinhull
