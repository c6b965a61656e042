/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/demo.h"

#include "base/utf8.h"
#include "core/folder.h"
#include "core/share.h"

#include <stdio.h>
#include <stdlib.h>

#define PEOPLE_MAX (1 << 20) /* bytes of people.yaml */

bool demo_make(App *app, const char *tenants_dir, Err *err)
{
    Err problem = {0};
    char *folder = share_folder("tenants", tenants_dir, err);

    if (!folder)
        return false;
    char *from = NULL;
    if (asprintf(&from, "%s/demo", folder) < 0)
        from = NULL;
    free(folder);
    bool made = from && tenant_create(app, DEMO_TENANT, from, &problem);
    free(from);
    if (!made && problem.kind != ERR_CONFLICT) {
        *err = problem;
        return err_context(err, "the demonstration town");
    }
    return true;
}

/* "sachbearbeitung, laeufe (steueramt)": an office's roles together, as they follow each other. */
static Str roles_text(const Node *grants, Arena *arena)
{
    Str text = STR("");
    Str office = STR_NONE;

    for (size_t i = 0; grants && i < grants->count; i++) {
        Str role = node_get_text(grants->items[i], "role");
        Str here = node_get_text(grants->items[i], "office");
        bool other = i > 0 && !str_eq(here, office);
        if (other && office.len)
            text = str_printf(arena, "%.*s (%.*s)", STR_ARG(text), STR_ARG(office));
        text = str_printf(arena, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "", STR_ARG(role));
        office = here;
    }
    return office.len ? str_printf(arena, "%.*s (%.*s)", STR_ARG(text), STR_ARG(office)) : text;
}

static void person_print(const Node *person, Arena *arena)
{
    Str login = node_get_text(person, "login");
    Str password = node_get_text(person, "password");
    Str name = node_get_text(person, "name");
    Str roles = roles_text(node_get(person, "grants"), arena);
    /* Columns by characters: a name may hold letters of two bytes. */
    size_t letters = utf8_length(name);

    printf("  %-12.*s %-20.*s %.*s%*s %.*s\n", STR_ARG(login), STR_ARG(password), STR_ARG(name),
           letters < 16 ? (int)(16 - letters) : 0, "", STR_ARG(roles));
}

void demo_people_print(App *app, Str address)
{
    Err err = {0};
    Tenant *tenant = tenant_acquire(app, DEMO_TENANT, &err);

    if (!tenant)
        return;
    Arena *arena = arena_create(0);
    char *path = arena_printf(arena, "%.*s/people.yaml", STR_ARG(tenant->folder));
    Str text;
    Node *people = folder_read_file(path, PEOPLE_MAX, arena, &text, &err)
                       ? node_parse_yaml(arena, text, path, &NODE_LIMITS_PACKAGE, &err)
                       : NULL;
    if (people && people->count) {
        printf("Staff of the demonstration town sign in at %.*s/desk/anmelden:\n",
               STR_ARG(address));
        for (size_t i = 0; i < people->count; i++)
            person_print(people->items[i], arena);
    }
    arena_destroy(arena);
    tenant_release(tenant);
}
