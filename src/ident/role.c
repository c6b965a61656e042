/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

const Role IDENT_ROLES[] = {
    {"sachbearbeitung", "Sachbearbeitung", {"case.read", "case.decide", "case.protected"}},
    {"teamleitung",
     "Teamleitung",
     {"case.read", "case.decide", "case.assign", "case.lead", "statistics.read"}},
    {"leitung", "Leitung", {"case.read", "case.assign", "case.lead", "statistics.read"}},
    {"kasse", "Kasse", {"money.read", "money.book", "money.decide", "money.dun", "money.close"}},
    {"laeufe", "Läufe", {"run.execute"}},
    {"registerpflege",
     "Registerpflege",
     {"case.read", "register.export", "register.import", "register.correct"}},
    {"registerberichtigung", "Registerberichtigung", {"case.read", "register.correct"}},
    {"datenschutz", "Datenschutz", {"privacy.read"}},
    {"planung", "Planung", {"twin.plan"}},
    {"stadtdaten", "Stadtdaten", {"city.read", "city.write"}},
    {"admin",
     "Verwaltung des Systems",
     {"staff.manage", "work.read", "mail.read", "hook.manage", "event.read"}},
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

/* A list of words with commas. */
static bool in_scopes(Str scopes, const char *permission)
{
    while (scopes.ptr)
        if (str_is(str_trim(str_cut(&scopes, ',')), permission))
            return true;
    return false;
}

/* "city.write@luft" is given by the roles that give city.write. */
static bool role_gives(Str role, const char *permission)
{
    char whole[40];
    size_t length = strcspn(permission, "@");

    if (!permission[length])
        return ident_role_has(role, permission);
    if (length >= sizeof whole)
        return false;
    memcpy(whole, permission, length);
    whole[length] = '\0';
    return ident_role_has(role, whole);
}

bool ident_may(const Staff *staff, const char *permission, Str office, Str service)
{
    if (!staff)
        return false;
    if (staff->scopes.ptr && !in_scopes(staff->scopes, permission))
        return false;
    if (strcmp(permission, "desk.use") == 0)
        return true;
    bool by_name = strcmp(permission, "case.protected") == 0;
    for (size_t i = 0; i < staff->grant_count; i++) {
        const Grant *grant = &staff->grants[i];
        if (by_name && !grant->office.len)
            continue;
        if (covers(grant->office, office) && covers(grant->service, service) &&
            role_gives(grant->role, permission))
            return true;
    }
    return false;
}

bool ident_stands_beside(const Staff *one, const Staff *other)
{
    for (size_t i = 0; i < one->grant_count; i++)
        for (size_t k = 0; k < other->grant_count; k++)
            if (str_eq(one->grants[i].role, other->grants[k].role) &&
                covers(other->grants[k].office,
                       one->grants[i].office.len ? one->grants[i].office : STR("*")))
                return true;
    return false;
}

bool ident_works_in(const Staff *staff, Str office)
{
    for (size_t i = 0; i < staff->grant_count; i++)
        if (covers(staff->grants[i].office, office))
            return true;
    return false;
}

bool ident_leads(const Staff *leader, const Staff *other)
{
    for (size_t i = 0; i < other->grant_count; i++)
        if (ident_may(leader, "case.lead",
                      other->grants[i].office.len ? other->grants[i].office : STR("*"), STR_NONE))
            return true;
    return false;
}
