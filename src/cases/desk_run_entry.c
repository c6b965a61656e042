/* SPDX-License-Identifier: EUPL-1.2 */
/* The letters of runs to those whom a register entry concerns: at the entry. */
#include "base/vec.h"
#include "cases/desk_register.h"
#include "cases/desk_run.h"
#include "core/store/file.h"

enum { MOST_LETTERS = 50 };

/* The key of the entry's group in a run; the second field where the first is null. */
static Str key_of(const Run *run, const RegisterSpec *spec, const Node *data, Arena *arena)
{
    Str key = STR_NONE;

    for (size_t i = 0; i < 2 && !key.ptr; i++)
        if (run->group[i].len)
            key = register_text(spec, run->group[i], node_get_str(data, run->group[i]), arena);
    return key;
}

static bool add_letters(Tx *tx, const DeskRegister *reg, const Run *run, const RegisterEntry *entry,
                        Arena *arena, RunEntryLetters *out, Err *err)
{
    Str key = key_of(run, reg->spec, entry->data, arena);

    if (!key.ptr)
        return true;
    err_clear(err);
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT l.id, l.title, l.created_at, l.citizen_id, l.sha256 "
                 "FROM run_letter l JOIN run r ON r.id = l.run_id WHERE l.key = $1 AND "
                 "r.service = $2 AND r.name = $3 AND l.sha256 IS NOT NULL "
                 "ORDER BY l.id DESC LIMIT $4",
                 P_TEXT(key), P_TEXT(reg->package->id), P_TEXT(run->id), P_INT(MOST_LETTERS));

    while (rows && rows_next(rows, err)) {
        RunEntryLetter letter = {
            .id = row_int(rows, 0), .title = row_text(rows, 1), .sha256 = row_text(rows, 4)};

        letter.path = str_printf(arena, "%.*s/%lld/briefe/%lld", STR_ARG(reg->path),
                                 (long long)entry->id, (long long)letter.id);
        letter.about =
            str_printf(arena, "%.*s, %s",
                       STR_ARG(date_long(arena, date_in_berlin(row_int(rows, 2)), STR("de"))),
                       row_int(rows, 3) ? "ins Postfach" : "mit der Post");
        VEC_PUSH(arena, out, letter);
    }
    return rows && err->kind == ERR_NONE;
}

bool desk_run_letters(Tx *tx, const DeskRegister *reg, const RegisterEntry *entry, Arena *arena,
                      RunEntryLetters *out, Err *err)
{
    *out = (RunEntryLetters){0};
    for (size_t i = 0; i < reg->package->run_count; i++) {
        const Run *run = reg->package->runs[i];

        if (str_eq(run->spec->id, reg->spec->id) &&
            !add_letters(tx, reg, run, entry, arena, out, err))
            return false;
    }
    return true;
}

static bool read_letter(Request *req, Tx *tx, const DeskRegister *reg, RegisterEntry *entry,
                        Str *bytes, Err *err)
{
    RunEntryLetters letters;
    int64_t id = 0, wanted = 0;

    str_to_i64(request_param(req, "eintrag"), &id);
    str_to_i64(request_param(req, "brief"), &wanted);
    if (!register_by_id(tx, reg->spec->id, id, req->arena, entry, err) ||
        !desk_run_letters(tx, reg, entry, req->arena, &letters, err))
        return false;
    for (size_t i = 0; i < letters.count; i++)
        if (letters.items[i].id == wanted)
            return file_read(tx, req->tenant, letters.items[i].sha256, req->arena, bytes, err);
    return err_set(err, ERR_NOT_FOUND, "Diesen Brief gibt es nicht.");
}

/* GET /desk/register/:register/:eintrag/briefe/:brief */
bool desk_run_entry_letter(Request *req, Response *res, Err *err)
{
    DeskRegister reg;
    Str bytes;
    RegisterEntry entry;
    Tx *tx = desk_register(req, &reg, err) ? db_read(req->tenant->db, err) : NULL;
    bool ok = tx && read_letter(req, tx, &reg, &entry, &bytes, err);

    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    return desk_register_note_look(req, &reg, &entry, "Brief angesehen", err) &&
           respond_bytes(res, req->arena, STR("application/pdf"), bytes, STR_NONE);
}
