/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/field.h"

#include "core/page/out.h"

#include <assert.h>

bool field_refuse_shape(const FieldTask *task)
{
    return field_refuse(task, "type",
                        task->field->repeats
                            ? trf(task->arena, task->lang,
                                  "„%s“ muss eine Liste von Einträgen sein.", field_label(task))
                            : trf(task->arena, task->lang,
                                  "„%s“ muss aus mehreren benannten Angaben bestehen.",
                                  field_label(task)));
}

bool field_normalise(const FieldTask *task, const Node *raw, Node **out)
{
    *out = NULL;
    switch (task->field->type) {
    case FIELD_TEXT:
    case FIELD_LONGTEXT: return field_normalise_text(task, raw, out);
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return field_normalise_number(task, raw, out);
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE:
    case FIELD_TIME: return field_normalise_moment(task, raw, out);
    case FIELD_EMAIL:
    case FIELD_PHONE: return field_normalise_contact(task, raw, out);
    case FIELD_IBAN:
    case FIELD_TAX_ID: return field_normalise_identifier(task, raw, out);
    case FIELD_CHOICE:
    case FIELD_CHOICES:
    case FIELD_YES_NO:
    case FIELD_CONSENT: return field_normalise_choice(task, raw, out);
    case FIELD_UPLOAD: return field_normalise_upload(task, raw, out);
    case FIELD_GROUP:
    case FIELD_HEADING:
    case FIELD_NOTE: break;
    }
    assert(false && "groups, headings and notes have no value of their own");
    return false;
}
