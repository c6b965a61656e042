/* SPDX-License-Identifier: EUPL-1.2 */
/* Effects of a day: the deadline, reminders, actions that come later. */
#include "cases/process_effect.h"

void effect_read_deadline(EffectReader *reader)
{
    reader->effect->op = EFFECT_DEADLINE;
    read_keys(reader->base, reader->node, "deadline", "date each when");
    reader->effect->deadline =
        read_feel(reader->base, reader->node, "date", reader->scope, FEEL_DATE, true);
}

void effect_read_reminder(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;

    effect->op = EFFECT_REMINDER;
    read_keys(base, reader->node, "reminder", "date text office each when");
    effect->deadline = read_feel(base, reader->node, "date", reader->scope, FEEL_DATE, true);
    effect->reminder = read_feel(base, reader->node, "text", reader->scope, FEEL_STRING, true);
    effect->office = node_get_text(reader->node, "office");
    if (!package_has_office(base->package, effect->office))
        problem_add(base->problems, false, reader->node,
                    "`office` must be one of the offices of service.yaml");
}

/* The day is told by the process's names whenever it is asked for, so it reads nothing of the
 * decision. Which action it is can be said when all are read, see process_action.c. */
void effect_read_later(EffectReader *reader)
{
    ProcessReader *base = reader->base;

    reader->effect->op = EFFECT_LATER;
    read_keys(base, reader->node, "later", "date action when");
    reader->effect->days = read_feel(base, reader->node, "date", base->scope, FEEL_ANY, true);
    reader->effect->later = node_get_text(reader->node, "action");
    if (!reader->effect->days)
        return;
    const FeelType *type = feel_program_type(reader->effect->days);
    const FeelType *day = type->kind == FEEL_LIST && type->item ? type->item : type;

    if (day->kind != FEEL_DATE && day->kind != FEEL_ANY && day->kind != FEEL_NULL &&
        day->kind != FEEL_LIST)
        problem_add(base->problems, false, node_get(reader->node, "date"),
                    "`date` must be a date or a list of dates");
}
