/* SPDX-License-Identifier: EUPL-1.2 */
/* What the days, fields and keys of an entry must fulfil. */
#include "cases/register_timeline.h"

#include "core/page/out.h"

/* --- Days ------------------------------------------------------------------------------------ */

bool register_ends_before(Date a, Date b)
{
    return !date_absent(a) && (date_absent(b) || date_compare(a, b) < 0);
}

bool register_day_ok(Date day)
{
    return day.year >= 1000 && day.year <= 9999 && !date_absent(register_last_day(day));
}

Date register_last_day(Date until)
{
    return until.year == 9999 && until.month == 12 && until.day == 31 ? (Date){0} : until;
}

bool register_check_days(Date from, Date until, Str lang, Err *err)
{
    return (register_day_ok(from) && (date_absent(until) || register_day_ok(until))) ||
           err_set_in(err, ERR_INPUT, lang,
                      "Ein Tag im Register liegt zwischen dem 1.1.1000 und dem 30.12.9999.");
}

bool register_check_period(Date from, Date until, Str lang, Err *err)
{
    return register_check_days(from, until, lang, err) &&
           (!register_ends_before(until, from) ||
            err_set_in(
                err, ERR_CONFLICT, lang,
                "Der letzte Tag des Eintrags liegt vor seinem ersten. Prüfen Sie die Tage."));
}

/* --- Fields and keys -------------------------------------------------------------------------- */

static Str label_of(const FormField *field)
{
    Str label = field->label ? node_text(field->label) : STR_NONE;

    if (!label.ptr)
        label = node_get_text(field->label, "de");
    return label.ptr ? label : field->id;
}

bool register_check_required(const RegisterSpec *spec, const Node *data, Str lang, Err *err)
{
    for (size_t i = 0; i < spec->field_count; i++)
        if (spec->fields[i]->required_always &&
            node_is_null(node_get_str(data, spec->fields[i]->id)))
            return err_set_in(err, ERR_CONFLICT, lang, "Für das Register fehlt die Angabe „%.*s“.",
                              STR_ARG(label_of(spec->fields[i])));
    return true;
}

/* The values of the key fields; false: one is null, and null never collides. */
static bool key_of(const RegisterSpec *spec, const Node *data, Arena *arena, Str *out)
{
    for (size_t i = 0; i < spec->key_count; i++) {
        out[i] = register_text(spec, spec->key[i], node_get_str(data, spec->key[i]), arena);
        if (!out[i].ptr)
            return false;
    }
    return spec->key_count > 0;
}

static bool taken(Str key, const RegisterEntry *other, Str asked, Arena *arena, Err *err)
{
    Str lang = asked.ptr ? asked : STR("de");
    Str from = date_long(arena, other->from, lang);
    Str until = date_absent(other->until)
                    ? STR("")
                    : trf(arena, lang, " bis %.*s", STR_ARG(date_long(arena, other->until, lang)));

    return err_set_in(
        err, ERR_CONFLICT, lang,
        "Im Register steht schon ein Eintrag mit „%.*s“: %.*s, gültig ab %.*s%.*s. Zur "
        "selben Zeit kann nur einer gelten. Prüfen Sie die Tage, oder beenden Sie erst "
        "den anderen Eintrag.",
        STR_ARG(key), STR_ARG(other->title), STR_ARG(from), STR_ARG(until));
}

bool register_check_unique(Tx *tx, const RegisterChange *change, const Node *data, Date from,
                           Date until, int64_t except, Arena *arena, Err *err)
{
    const RegisterSpec *spec = change->spec;
    RegisterCondition *conditions = arena_array(arena, RegisterCondition, spec->key_count + 1);
    Str *key = arena_array(arena, Str, spec->key_count + 1);
    RegisterEntry other;
    bool found;

    if (!key_of(spec, data, arena, key))
        return true;
    for (size_t i = 0; i < spec->key_count; i++)
        conditions[i] = (RegisterCondition){spec->key[i], &key[i], 1};
    if (!register_holder(tx, spec, conditions, spec->key_count, from, until, except, arena, &other,
                         &found, err))
        return false;
    return !found || taken(key[0], &other, change->lang, arena, err);
}

static bool same_key(const Str *a, const Str *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!str_eq(a[i], b[i]))
            return false;
    return true;
}

/* Had the entry this key on all these days already? */
static bool had_key(const RegisterSpec *spec, const Timeline *line, const Stretch *stretch,
                    Arena *arena)
{
    Str *now = arena_array(arena, Str, spec->key_count + 1);
    Str *before = arena_array(arena, Str, spec->key_count + 1);

    if (!key_of(spec, stretch->data, arena, now))
        return true;
    for (size_t i = 0; i < line->stored_count; i++) {
        const Stretch *s = &line->stored[i];

        if (date_compare(s->from, stretch->from) <= 0 &&
            !register_ends_before(s->until, stretch->until) &&
            key_of(spec, s->data, arena, before) && same_key(now, before, spec->key_count))
            return true;
    }
    return false;
}

bool register_check_keys(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                         Err *err)
{
    for (size_t i = 0; i < line->now.count; i++) {
        const Stretch *s = &line->now.items[i];

        if (!s->row && !had_key(change->spec, line, s, arena) &&
            !register_check_unique(tx, change, s->data, s->from, s->until, line->id, arena, err))
            return false;
    }
    return true;
}
