/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys by which cases are found to belong together. They are found again by equality only. */
#include "base/vec.h"
#include "cases/case_link.h"

typedef struct Keys {
    CaseWork *work;
    TermList list;
} Keys;

static void add_key(Keys *keys, Str key)
{
    for (size_t i = 0; i < keys->list.count; i++)
        if (str_eq(keys->list.items[i], key))
            return;
    VEC_PUSH(keys->work->arena, &keys->list, key);
}

/* "Müller-Lüdenscheid" as the search has it, so that spelling does not part what is one. */
static Str plain(Arena *arena, Str text)
{
    Str *terms;
    size_t count = search_query_terms(text, arena, &terms);
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "", STR_ARG(terms[i]));
    return out.len ? buf_str(&out) : STR("");
}

static void add_people(Keys *keys, const Node *group)
{
    Arena *arena = keys->work->arena;
    Str family = node_get_text(group, "familienname"), given = node_get_text(group, "vornamen");
    Str born = node_get_text(group, "geburtsdatum");
    Str name = node_get_text(group, "name"),
        register_number = node_get_text(group, "registernummer");

    if (!str_empty(family) && !str_empty(given) && !str_empty(born))
        add_key(keys, str_printf(arena, "person|%.*s|%.*s|%.*s", STR_ARG(plain(arena, family)),
                                 STR_ARG(plain(arena, given)), STR_ARG(born)));
    if (!str_empty(name) && !str_empty(register_number))
        add_key(keys, str_printf(arena, "organisation|%.*s|%.*s", STR_ARG(plain(arena, name)),
                                 STR_ARG(plain(arena, register_number))));
}

/* A field that is named like a key of one of the package's registers. */
static void add_register_key(Keys *keys, const FormField *field, Str value)
{
    const Package *package = keys->work->package;
    Arena *arena = keys->work->arena;

    for (size_t i = 0; i < package->register_count; i++)
        for (size_t k = 0; k < package->registers[i].key_count; k++)
            if (str_eq(package->registers[i].key[k], field->id))
                add_key(keys, str_printf(arena, "%.*s.%.*s|%.*s", STR_ARG(package->registers[i].id),
                                         STR_ARG(field->id),
                                         STR_ARG(str_replace(arena, value, STR(" "), STR("")))));
}

static void walk(Keys *keys, FormField *const *fields, size_t count, const Node *data)
{
    for (size_t i = 0; i < count; i++) {
        const Node *value = node_get_str(data, fields[i]->id);

        if (node_is_null(value))
            continue;
        if (fields[i]->type != FIELD_GROUP) {
            if (!str_empty(node_text(value)))
                add_register_key(keys, fields[i], node_text(value));
            continue;
        }
        size_t items = fields[i]->repeats ? value->count : 1;

        for (size_t k = 0; k < items; k++) {
            const Node *item = fields[i]->repeats ? value->items[k] : value;

            if (!fields[i]->repeats)
                add_people(keys, item);
            walk(keys, fields[i]->fields, fields[i]->field_count, item);
        }
    }
}

bool case_index_keys(CaseWork *work, Err *err)
{
    const Form *form = work->process->form;
    Keys keys = {.work = work};

    walk(&keys, form->fields, form->field_count, work->c->data);
    if (work->c->data_version > 1 &&
        !tx_exec(work->tx, err, "DELETE FROM case_key WHERE case_id = $1", P_INT(work->c->id)))
        return false;
    for (size_t i = 0; i < keys.list.count; i++)
        if (!tx_exec(work->tx, err, "INSERT INTO case_key (key, case_id) VALUES ($1, $2)",
                     P_TEXT(keys.list.items[i]), P_INT(work->c->id)))
            return false;
    return true;
}
