/* SPDX-License-Identifier: EUPL-1.2 */
/* What a command reads beside a server: a copy of the store (hard links but for its log), and then
 * the entities, so that each series of the copy has its Datastream. */
#include "city/command/command.h"

#include "city/hub/load.h"
#include "core/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A new name; backups leave out what is called so. */
static bool choose_folder(CityView *view, Err *err)
{
    char *name =
        arena_printf(view->arena, "%.*s/city.new-XXXXXX", STR_ARG(view->beside.tenant->folder));

    if (!mkdtemp(name) || rmdir(name) != 0)
        return folder_failure(err, errno, "write", name);
    view->folder = name;
    return true;
}

static bool copy_store(CityView *view, Err *err)
{
    const char *from = arena_printf(view->arena, "%.*s/city", STR_ARG(view->beside.tenant->folder));

    return choose_folder(view, err) &&
           (!folder_exists(from) || obs_copy(from, view->folder, err)) &&
           (view->store = obs_open(view->folder, NULL, err)) != NULL;
}

static bool read_entities(CityView *view, Err *err)
{
    Tx *tx = db_read(view->beside.tenant->db, err);
    bool ok = tx && city_datasets_load(tx, view->arena, &view->datasets, err) &&
              city_graph_load(tx, &view->graph, err);

    tx_end(tx);
    return ok;
}

bool city_view_open(CityView *view, const CityTown *town, Arena *arena, Err *err)
{
    *view = (CityView){.arena = arena};
    return beside_open(&view->beside, town->data, NULL, town->tenant, err) &&
           copy_store(view, err) && read_entities(view, err);
}

Str city_view_words(const CityView *view, const char *text, Arena *arena)
{
    if (!view->folder)
        return str_c(text);
    Str original = str_printf(arena, "%.*s/city", STR_ARG(view->beside.tenant->folder));
    return str_replace(arena, str_c(text), str_c(view->folder), original);
}

void city_view_close(CityView *view)
{
    Err ignored = {0}; /* what is left has a name that nobody reads */

    obs_close(view->store);
    city_graph_clear(&view->graph);
    if (view->folder)
        folder_remove(view->folder, &ignored);
    beside_close(&view->beside);
    *view = (CityView){0};
}
