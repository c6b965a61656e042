/* SPDX-License-Identifier: EUPL-1.2 */
/* What a register is counted by, and which of these counts are kept. */
#include "base/vec.h"
#include "cases/publish.h"
#include "cases/register.h"

/* Fewer entries are counted as fast as they are read, and an import of a whole stock is not slowed
 * down by keeping its counts. */
enum { COUNTS_LEAST = 1000 };

size_t register_counts(const RegisterSpec *spec, Arena *arena, RegisterCount **out)
{
    size_t count = 0;

    *out = spec->counts;
    if (spec->count_count)
        return spec->count_count;
    *out = arena_array(arena, RegisterCount, spec->field_count + 1);
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        bool day = field->type == FIELD_DATE || field->type == FIELD_PARTIAL_DATE;

        if (day || field->type == FIELD_CHOICE || field->type == FIELD_YES_NO)
            (*out)[count++] =
                (RegisterCount){.id = field->id,
                                .label = field->label,
                                .field = field,
                                .take = day ? REGISTER_TAKE_YEAR : REGISTER_TAKE_VALUE};
    }
    (*out)[count++] = (RegisterCount){.id = STR("beginn"),
                                      .label = node_string(arena, STR("Monat des Beginns")),
                                      .take = REGISTER_TAKE_MONTH};
    return count;
}

typedef struct Kept {
    Tenant *tenant;
    const RegisterSpec *spec;
    struct KeptGroups {
        RegisterGroup groups[2];
        size_t count;
    } * items;
    size_t count, capacity;
} Kept;

static bool same_group(const RegisterGroup *a, const RegisterGroup *b)
{
    return str_eq(a->field, b->field) && a->take == b->take;
}

/* In whatever order, once. */
static void want(Kept *kept, Arena *arena, const RegisterCount *a, const RegisterCount *b)
{
    struct KeptGroups wanted = {.groups = {register_group(a)}, .count = b ? 2 : 1};

    if (b)
        wanted.groups[1] = register_group(b);
    for (size_t i = 0; i < kept->count; i++) {
        const struct KeptGroups *other = &kept->items[i];
        bool same = true;

        for (size_t k = 0; k < wanted.count; k++)
            same = same && (same_group(&wanted.groups[k], &other->groups[0]) ||
                            (other->count > 1 && same_group(&wanted.groups[k], &other->groups[1])));
        if (same && other->count == wanted.count)
            return;
    }
    VEC_PUSH(arena, kept, wanted);
}

/* The desk filters by choices and yes or no. */
static bool is_filter(const RegisterCount *count)
{
    return count->field && count->take == REGISTER_TAKE_VALUE &&
           (count->field->type == FIELD_CHOICE || count->field->type == FIELD_YES_NO);
}

static void collect(Kept *kept, Arena *arena)
{
    RegisterCount *counts;
    size_t count = register_counts(kept->spec, arena, &counts);

    for (size_t i = 0; i < count; i++)
        want(kept, arena, &counts[i], NULL);
    for (size_t i = 0; i < kept->spec->open_data_count; i++) {
        const OpenData *open = &kept->spec->open_data[i];

        want(kept, arena, open->by[0], open->by_count > 1 ? open->by[1] : NULL);
    }
    for (size_t i = 0; i < kept->spec->count_count; i++)
        for (size_t k = 0; is_filter(&counts[i]) && k < count; k++)
            if (counts[k].field != counts[i].field)
                want(kept, arena, &counts[i], &counts[k]);
}

static bool is_large(Tenant *tenant, Str register_id, bool *large, Err *err)
{
    int64_t count = 0;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        register_count(tx, &(RegisterQuery){.register_id = register_id}, COUNTS_LEAST, &count, err);

    tx_end(tx);
    *large = count >= COUNTS_LEAST;
    return ok;
}

static bool keep_all(Kept *kept, Arena *arena, Err *err)
{
    bool large;

    if (!is_large(kept->tenant, kept->spec->id, &large, err))
        return false;
    if (large)
        collect(kept, arena);
    for (size_t i = 0; i < kept->count; i++)
        if (!register_counts_keep(kept->tenant->db, kept->spec->id, kept->items[i].groups,
                                  kept->items[i].count, err))
            return false;
    return true;
}

bool register_counts_schedule(Tenant *tenant, Arena *arena, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->register_count; k++) {
            Kept kept = {.tenant = tenant, .spec = &packages[i]->registers[k]};

            if (!keep_all(&kept, arena, err))
                return false;
        }
    return true;
}
