/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

const Role IDENT_ROLES[] = {
    {"sachbearbeitung", "Sachbearbeitung", {"case.read", "case.decide", "case.protected"}},
    {"leitung", "Leitung", {"case.read", "case.assign", "statistics.read"}},
    {"kasse", "Kasse", {"money.read", "money.book"}},
    {"registerpflege", "Registerpflege", {"case.read", "register.export", "register.import"}},
    {"admin",
     "Verwaltung des Systems",
     {"staff.manage", "work.read", "mail.read", "settings.read"}},
    {0},
};

const Role *ident_role(Str name)
{
    for (const Role *role = IDENT_ROLES; role->name; role++)
        if (str_is(name, role->name))
            return role;
    return NULL;
}

bool ident_role_has(Str role_name, const char *permission)
{
    const Role *role = ident_role(role_name);

    if (!role)
        return false;
    for (size_t i = 0; i < ROLE_PERMISSIONS_MAX && role->permissions[i]; i++)
        if (strcmp(role->permissions[i], permission) == 0)
            return true;
    return false;
}

static bool covers(Str granted, Str asked)
{
    return !granted.len || !asked.ptr || str_eq(granted, asked);
}

bool ident_may(const Staff *staff, const char *permission, Str office, Str service)
{
    if (!staff)
        return false;
    if (strcmp(permission, "desk.use") == 0)
        return true;
    bool by_name = strcmp(permission, "case.protected") == 0;
    for (size_t i = 0; i < staff->grant_count; i++) {
        const Grant *grant = &staff->grants[i];
        if (by_name && !grant->office.len)
            continue;
        if (covers(grant->office, office) && covers(grant->service, service) &&
            ident_role_has(grant->role, permission))
            return true;
    }
    return false;
}
