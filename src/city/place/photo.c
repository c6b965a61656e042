/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/photo.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/tenant.h"

static const char *const TYPES[] = {"image/jpeg", "image/png", NULL};

bool photos_load(Tx *tx, int64_t thing, Arena *arena, Photos *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, sha256, type, alt FROM city_place_photo WHERE thing = $1 "
                          "ORDER BY id",
                          P_INT(thing));

    *out = (Photos){0};
    if (!rows)
        return false;
    while (rows_next(rows, err))
        VEC_PUSH(arena, out,
                 ((Photo){row_int(rows, 0), thing, str_copy(arena, row_text(rows, 1)),
                          str_copy(arena, row_text(rows, 2)), str_copy(arena, row_text(rows, 3))}));
    rows_end(rows);
    return err->kind == ERR_NONE;
}

static Str owner_of(int64_t thing, Arena *arena)
{
    return str_printf(arena, "place/%lld", (long long)thing);
}

typedef struct Adding {
    Tenant *tenant;
    FileInfo info;
    Str bytes, alt, actor, lang;
    int64_t thing;
    Arena *arena;
} Adding;

static bool add(Tx *tx, void *context, Err *err)
{
    Adding *adding = context;
    Str sha256 = str_c(adding->info.sha256);
    int64_t same = 0, all = 0, id;

    if (!tx_query_int(tx, err, &same,
                      "SELECT COUNT(*) FROM city_place_photo WHERE thing = $1 AND sha256 = $2",
                      P_INT(adding->thing), P_TEXT(sha256)) ||
        !tx_query_int(tx, err, &all, "SELECT COUNT(*) FROM city_place_photo WHERE thing = $1",
                      P_INT(adding->thing)))
        return false;
    if (same)
        return true;
    if (all >= PHOTOS_PER_PLACE)
        return err_field_in(err, "foto", adding->lang,
                            "Ein Ort hat höchstens %d Fotos. Bitte entfernen Sie zuerst eines.",
                            PHOTOS_PER_PLACE);
    Str owner = owner_of(adding->thing, adding->arena);
    return file_put(tx, adding->tenant, &adding->info, adding->bytes, owner, err) &&
           tx_insert(tx, err, &id,
                     "INSERT INTO city_place_photo (thing, sha256, type, alt, created_at) VALUES "
                     "($1, $2, $3, $4, $5)",
                     P_INT(adding->thing), P_TEXT(sha256), P_TEXT(adding->info.type),
                     P_TEXT(adding->alt), P_INT(tx_now(tx))) &&
           event_add(tx, "place.photo-added", owner, adding->actor, NULL, err);
}

bool photo_add(Tenant *tenant, int64_t thing, Str bytes, Str alt, Str actor, Str lang, Arena *arena,
               Err *err)
{
    FileRules rules = {.types = TYPES, .max_size = PHOTO_MAX_BYTES, .lang = lang};
    Adding adding = {.tenant = tenant,
                     .alt = str_trim(alt),
                     .actor = actor,
                     .lang = lang,
                     .thing = thing,
                     .arena = arena};

    if (!adding.alt.len || utf8_length(adding.alt) > PHOTO_ALT_MAX)
        return err_field_in(err, "alt", lang,
                            "Bitte beschreiben Sie in wenigen Worten, was auf dem Foto zu sehen "
                            "ist. Menschen, die nicht sehen, bekommen das vorgelesen.");
    adding.bytes = photo_stripped(bytes, arena);
    if (!adding.bytes.ptr)
        return err_field_in(err, "foto", lang, "Bitte wählen Sie ein Foto aus, als JPG oder PNG.");
    if (!file_prepare(tenant, adding.bytes, STR("foto"), &rules, arena, &adding.info, err)) {
        if (err->kind == ERR_INPUT)
            snprintf(err->field, sizeof err->field, "foto");
        return false;
    }
    return db_write(tenant->db, add, &adding, err);
}

bool photo_remove(Tx *tx, int64_t thing, int64_t id, Str actor, Arena *arena, Err *err)
{
    Photos photos;
    Str owner = owner_of(thing, arena);

    if (!photos_load(tx, thing, arena, &photos, err))
        return false;
    for (size_t i = 0; i < photos.count; i++)
        if (photos.items[i].id == id)
            return file_drop_owner(tx, photos.items[i].sha256, owner, err) &&
                   tx_exec(tx, err, "DELETE FROM city_place_photo WHERE id = $1", P_INT(id)) &&
                   event_add(tx, "place.photo-removed", owner, actor, NULL, err);
    return true;
}

static bool tidy(Tx *tx, void *context, Err *err)
{
    Arena *arena = context;
    Photos gone = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT p.id, p.thing FROM city_place_photo p LEFT JOIN city_entity e ON "
                          "e.id = p.thing WHERE e.id IS NULL");
    bool ok = rows != NULL;

    while (ok && rows_next(rows, err))
        VEC_PUSH(arena, &gone, ((Photo){.id = row_int(rows, 0), .thing = row_int(rows, 1)}));
    if (rows)
        rows_end(rows);
    ok = ok && err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < gone.count; i++)
        ok = photo_remove(tx, gone.items[i].thing, gone.items[i].id, STR("system"), arena, err);
    return ok;
}

bool photos_tidy(Tenant *tenant, Arena *arena, Err *err)
{
    return db_write(tenant->db, tidy, arena, err);
}
