/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_file.h"

#include "core/store/file.h"

enum { FILE_MAX = 256 << 20 };

typedef struct Keeping {
    Tenant *tenant;
    const SepaFile *file;
    FileInfo info;
    Arena *arena;
} Keeping;

static bool keep(Tx *tx, void *context, Err *err)
{
    const Keeping *keeping = context;
    const SepaFile *file = keeping->file;
    bool wanted = true;

    return file->note(tx, file, str_c(keeping->info.sha256), &wanted, err) &&
           (!wanted ||
            file_put(tx, keeping->tenant, &keeping->info, file->xml,
                     str_printf(keeping->arena, "%s/%lld", file->owner, (long long)file->id), err));
}

bool sepa_file_keep(Tenant *tenant, const SepaFile *file, Arena *arena, Err *err)
{
    Keeping keeping = {.tenant = tenant, .file = file, .arena = arena};
    SepaTotals totals;

    if (!sepa_check(file->xml, file->message, &totals, err))
        return err_set(err, ERR_INTERNAL, "the file of %s %lld is not right: %s", file->owner,
                       (long long)file->id, str_cstr(arena, str_c(err->message)));
    if (totals.count != file->count || totals.cents != file->cents)
        return err_set(err, ERR_INTERNAL, "%s %lld has %lld payments, its file %lld", file->owner,
                       (long long)file->id, (long long)file->count, (long long)totals.count);
    return file_prepare(tenant, file->xml, str_printf(arena, "%.*s.xml", STR_ARG(file->message_id)),
                        &(FileRules){.max_size = FILE_MAX}, arena, &keeping.info, err) &&
           db_write(tenant->db, keep, &keeping, err);
}
