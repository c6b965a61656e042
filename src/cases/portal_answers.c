/* SPDX-License-Identifier: EUPL-1.2 */
/* What somebody has answered on a page of a form, as label and text, groups as headings. */
#include "base/vec.h"
#include "cases/field.h"
#include "cases/portal.h"
#include "cases/portal_fields.html.h"
#include "core/page/parts.html.h"

typedef struct Answering {
    Out *out;
    const FieldsView *view;
    Arena *arena;
} Answering;

typedef struct Facts {
    FactView *items;
    size_t count, capacity;
} Facts;

static void flush(Answering *d, Facts *facts)
{
    if (facts->count)
        page_facts(d->out, facts->items, facts->count);
    *facts = (Facts){0};
}

static void answer_fields(Answering *d, FormField *const *fields, size_t count, Str prefix,
                          Facts *facts, Str change);

static void answer_group(Answering *d, const FormField *field, Str path, Facts *facts, Str change)
{
    const Node *value = node_path(d->view->state->data, path);
    size_t items = field->repeats ? (value ? value->count : 0) : 1;
    Str lang = d->view->lang;

    for (size_t i = 0; i < items; i++) {
        Facts own = {0};
        Buf buf = buf_in(d->arena);
        Buf *outer;
        Str prefix = field->repeats ? str_printf(d->arena, "%.*s[%zu].", STR_ARG(path), i)
                                    : str_printf(d->arena, "%.*s.", STR_ARG(path));
        Str title = text_in(field->label, lang);
        if (field->repeats)
            title = str_printf(
                d->arena, "%.*s %zu",
                STR_ARG(text_in(field->item_label ? field->item_label : field->label, lang)),
                i + 1);
        flush(d, facts);
        outer = d->out->buf;
        d->out->buf = &buf;
        answer_fields(d, field->fields, field->field_count, prefix, &own, change);
        flush(d, &own);
        d->out->buf = outer;
        if (buf.len)
            page_portal_answer_group(d->out, title, (Html){buf_str(&buf)});
    }
}

static void answer_fields(Answering *d, FormField *const *fields, size_t count, Str prefix,
                          Facts *facts, Str change)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        Str path = str_printf(d->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(field->id));
        if (!field_has_value(field) || !form_visible(d->view->state, path))
            continue;
        if (field->type == FIELD_GROUP) {
            answer_group(d, field, path, facts, change);
            continue;
        }
        const Node *value = node_path(d->view->state->data, path);
        FactView fact = {.label = text_in(field->label, d->view->lang),
                         .value = form_value_to_text(field, value, d->view->lang, d->arena),
                         .missing =
                             change.ptr && !field->compute && form_required(d->view->state, path),
                         .change = change.ptr && !field->compute
                                       ? str_printf(d->arena, "%.*s#%.*s", STR_ARG(change),
                                                    STR_ARG(portal_field_id(d->arena, path)))
                                       : STR_NONE};
        VEC_PUSH(d->arena, facts, fact);
    }
}

Html portal_answers(Out *out, const FieldsView *view, FormField *const *fields, size_t count,
                    Str change)
{
    Answering d = {out, view, out->buf->arena};
    Buf buf = buf_in(d.arena);
    Buf *outer = out->buf;
    Facts facts = {0};

    out->buf = &buf;
    answer_fields(&d, fields, count, STR(""), &facts, change);
    flush(&d, &facts);
    out->buf = outer;
    return (Html){buf_str(&buf)};
}
