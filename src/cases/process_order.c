/* SPDX-License-Identifier: EUPL-1.2 */
/* Lookups and values: in which order, and which of them when. */
#include "cases/process_read.h"

#include <assert.h>

typedef struct Ordering {
    ProcessReader *reader;
    char *marks; /* per lookup, then per value: 0 new, 1 under way, 2 done */
} Ordering;

static void order_step(Ordering *ordering, size_t index);

static void order_reads(Ordering *ordering, const FeelProgram *program)
{
    const Process *process = ordering->reader->process;
    Str *paths = NULL;
    size_t count = feel_program_reads(program, ordering->reader->arena, &paths);

    assert(count == 0 || paths);
    for (size_t i = 0; i < count; i++) {
        Str rest = paths[i];
        Str name = str_cut(&rest, '.');

        for (size_t k = 0; process->lookups && k < process->lookup_count; k++)
            if (str_eq(process->lookups[k].id, name))
                order_step(ordering, k);
        for (size_t k = 0; k < process->value_count; k++)
            if (str_eq(process->values[k].id, name))
                order_step(ordering, process->lookup_count + k);
    }
}

static void order_step(Ordering *ordering, size_t index)
{
    Process *process = ordering->reader->process;
    const Lookup *lookup = index < process->lookup_count ? &process->lookups[index] : NULL;
    const ProcessValue *value = lookup ? NULL : &process->values[index - process->lookup_count];

    if (ordering->marks[index] == 2)
        return;
    if (ordering->marks[index] == 1) {
        problem_add(ordering->reader->problems, false, ordering->reader->yaml,
                    "\"%.*s\" depends on itself through lookups and values",
                    STR_ARG(lookup ? lookup->id : value->id));
        return;
    }
    ordering->marks[index] = 1;
    if (lookup)
        for (size_t i = 0; i < lookup->where_count; i++)
            order_reads(ordering, lookup->where[i].value);
    else
        order_reads(ordering, value->program);
    ordering->marks[index] = 2;
    process->steps[process->step_count++] = (Step){.lookup = lookup, .value = value};
}

void process_order_steps(ProcessReader *reader)
{
    Process *process = reader->process;
    size_t count = process->lookup_count + process->value_count;
    Ordering ordering = {reader, arena_alloc(reader->arena, count + 1)};

    process->steps = arena_array(reader->arena, Step, count);
    for (size_t i = 0; i < count; i++)
        order_step(&ordering, i);
}

/* --- What a review needs --------------------------------------------------------------- */

typedef struct Marking {
    ProcessReader *reader;
    enum { MARK_REVIEW, MARK_OFFERS, MARK_LOOKING } what;
} Marking;

static void mark_reads(const FeelProgram *program, void *context);

static void mark_step(Marking *marking, Step *step)
{
    bool *mark = marking->what == MARK_LOOKING  ? &step->looking
                 : marking->what == MARK_OFFERS ? &step->offers
                                                : &step->review;

    if (*mark)
        return;
    *mark = true;
    for (size_t i = 0; step->lookup && i < step->lookup->where_count; i++)
        mark_reads(step->lookup->where[i].value, marking);
    if (step->value)
        mark_reads(step->value->program, marking);
}

static void mark_reads(const FeelProgram *program, void *context)
{
    Marking *marking = context;
    Process *process = marking->reader->process;
    Str *paths = NULL;
    size_t count = program ? feel_program_reads(program, marking->reader->arena, &paths) : 0;

    for (size_t i = 0; i < count; i++) {
        Str rest = paths[i];
        Str name = str_cut(&rest, '.');

        for (size_t k = 0; k < process->step_count; k++) {
            Step *step = &process->steps[k];

            if (str_eq(step->lookup ? step->lookup->id : step->value->id, name))
                mark_step(marking, step);
        }
    }
}

static void mark_letter(Marking *reader, const LetterTemplate *letter)
{
    for (size_t i = 0; letter && i < letter->text_count; i++) {
        text_visit(letter->texts[i].subject, mark_reads, reader);
        text_visit(letter->texts[i].body, mark_reads, reader);
    }
}

/* Every expression of a form. */
static void mark_fields(Marking *marking, FormField *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];

        mark_reads(field->visible, marking);
        mark_reads(field->required, marking);
        mark_reads(field->compute, marking);
        mark_reads(field->default_value, marking);
        mark_reads(field->min, marking);
        mark_reads(field->max, marking);
        for (size_t k = 0; k < field->rule_count; k++) {
            mark_reads(field->rules[k].test, marking);
            text_visit(field->rules[k].message, mark_reads, marking);
        }
        mark_fields(marking, field->fields, field->field_count);
    }
}

static void mark_actions(Marking *marking)
{
    const Process *process = marking->reader->process;

    for (size_t i = 0; i < process->action_count; i++) {
        mark_reads(process->actions[i].when, marking);
        mark_reads(process->actions[i].guard, marking);
        text_visit(process->actions[i].guard_message, mark_reads, marking);
    }
}

void process_mark_review(ProcessReader *reader)
{
    Process *process = reader->process;
    Marking review = {reader, MARK_REVIEW};
    Marking offers = {reader, MARK_OFFERS};
    Marking looking = {reader, MARK_LOOKING};

    for (size_t i = 0; i < process->task_count; i++)
        mark_reads(process->tasks[i].when, &review);
    for (size_t i = 0; i < process->finding_count; i++) {
        mark_reads(process->findings[i].items, &review);
        mark_reads(process->findings[i].when, &review);
        text_visit(process->findings[i].message, mark_reads, &review);
        text_visit(process->findings[i].request, mark_reads, &review);
    }
    mark_actions(&review);
    mark_actions(&offers);
    mark_letter(&review, process->receipt_mail);
    mark_letter(&review, process->request_mail);
    for (size_t i = 0; i < process->form->page_count; i++)
        mark_reads(process->form->pages[i].visible, &looking);
    mark_fields(&looking, process->form->fields, process->form->field_count);
    for (size_t i = 0; i < process->step_count; i++)
        process->looks = process->looks || (process->steps[i].lookup && process->steps[i].looking);
}
