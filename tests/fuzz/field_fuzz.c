/* SPDX-License-Identifier: EUPL-1.2 */
/* What people type into a field of each type: what is understood is shown and understood again as
 * the same value. */
#include "base/utf8.h"
#include "cases/field.h"
#include "cases/form.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the type. */
static const FieldType TYPES[] = {FIELD_TEXT,  FIELD_LONGTEXT, FIELD_INTEGER, FIELD_DECIMAL,
                                  FIELD_MONEY, FIELD_DATE,     FIELD_TIME,    FIELD_PARTIAL_DATE,
                                  FIELD_EMAIL, FIELD_PHONE,    FIELD_IBAN,    FIELD_TAX_ID};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Arena *arena = arena_create(0);
    FieldFault fault = {0};
    FormField field = {.type = TYPES[data[0] % (sizeof TYPES / sizeof *TYPES)],
                       .id = STR("feld"),
                       .decimals = 3,
                       .max_length = 200};
    FieldTask task = {&field, STR("de"), arena, &fault};
    Str text = {(const char *)data + 1, size - 1};
    Node *value = utf8_valid(text) ? form_value_from_text(&field, text, arena) : NULL;
    Node *clean = NULL, *again = NULL;

    if (value && field_normalise(&task, value, &clean) && clean) {
        Str shown = form_value_to_input(&field, clean, arena);
        if (!field_normalise(&task, form_value_from_text(&field, shown, arena), &again) ||
            !node_equal(clean, again))
            abort();
    }
    arena_destroy(arena);
    return 0;
}
