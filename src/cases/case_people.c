/* SPDX-License-Identifier: EUPL-1.2 */
/* Who applies, by the fields of the core blocks: a group with familienname and vornamen is a
 * person, one with name and vertretung an organisation, one with strasse and ort an address. The
 * first of each that is filled in counts; hidden ones have no data. */
#include "cases/case_store.h"

static const FormField *child(const FormField *group, const char *id)
{
    for (size_t i = 0; i < group->field_count; i++)
        if (str_is(group->fields[i]->id, id))
            return group->fields[i];
    return NULL;
}

/* The first filled group (outside repeated ones) that has both fields. */
static const Node *find_group(FormField *const *fields, size_t count, const Node *data,
                              const char *first, const char *second)
{
    for (size_t i = 0; i < count; i++) {
        const Node *value = node_get_str(data, fields[i]->id);

        if (fields[i]->type != FIELD_GROUP || fields[i]->repeats || !value)
            continue;
        if (child(fields[i], first) && child(fields[i], second) &&
            !str_empty(node_get_text(value, first)))
            return value;
        const Node *inside =
            find_group(fields[i]->fields, fields[i]->field_count, value, first, second);

        if (inside)
            return inside;
    }
    return NULL;
}

static Str join(Arena *arena, Str a, Str b)
{
    if (str_empty(a) || str_empty(b))
        return str_empty(a) ? (b.ptr ? b : STR("")) : a;
    return str_printf(arena, "%.*s %.*s", STR_ARG(a), STR_ARG(b));
}

Str case_applicant_name(const Form *form, const Node *data, Arena *arena)
{
    const Node *person =
        find_group(form->fields, form->field_count, data, "familienname", "vornamen");
    const Node *organisation =
        find_group(form->fields, form->field_count, data, "name", "vertretung");

    if (person)
        return join(arena, node_get_text(person, "vornamen"),
                    node_get_text(person, "familienname"));
    if (organisation)
        return node_get_text(organisation, "name");
    return STR("");
}

static Str find_email(FormField *const *fields, size_t count, const Node *data)
{
    for (size_t i = 0; i < count; i++) {
        const Node *value = node_get_str(data, fields[i]->id);
        Str found = STR_NONE;

        if (fields[i]->type == FIELD_EMAIL)
            found = node_text(value);
        else if (fields[i]->type == FIELD_GROUP && !fields[i]->repeats)
            found = find_email(fields[i]->fields, fields[i]->field_count, value);
        if (!str_empty(found))
            return found;
    }
    return STR_NONE;
}

Str case_applicant_email(const Form *form, const Node *data)
{
    return find_email(form->fields, form->field_count, data);
}

size_t case_recipient(const Form *form, const Node *data, Arena *arena, Str lines[6])
{
    const Node *address = find_group(form->fields, form->field_count, data, "strasse", "ort");
    const Node *organisation =
        find_group(form->fields, form->field_count, data, "name", "vertretung");
    Str name = case_applicant_name(form, data, arena);
    Str representative = node_get_text(organisation, "vertretung");
    size_t count = 0;

    if (!str_empty(name))
        lines[count++] = name;
    if (!str_empty(representative) && !str_eq(representative, name))
        lines[count++] = representative;
    if (!address)
        return count;
    if (!str_empty(node_get_text(address, "zusatz")))
        lines[count++] = node_get_text(address, "zusatz");
    lines[count++] =
        join(arena, node_get_text(address, "strasse"), node_get_text(address, "hausnummer"));
    lines[count++] = join(arena, node_get_text(address, "plz"), node_get_text(address, "ort"));
    return count;
}
