/* SPDX-License-Identifier: EUPL-1.2 */
/* The manifest: a small text that says which files make up the index. It is replaced as a whole
 * when the files that it names are on disk; that is the commit.
 *
 *     rathaus-search 1
 *     version 3 number! name! data        (the caller's, and its fields; ! exact)
 *     position 17
 *     segment 4.segment 4.7.removed       (or - : none removed)
 *     sum 1234abcd                        (CRC-32 of all before) */
#include "search/index.h"

#include "base/buf.h"
#include "core/folder.h"

#include <stdlib.h>
#include <zlib.h>

enum { MANIFEST_MAX = 1 << 20, SEGMENTS_MAX = 1000, REMOVED_MAX = 1 << 29 };

static const char *path_in(const Search *search, Str name, Arena *arena)
{
    return arena_printf(arena, "%s/%.*s", search->folder, STR_ARG(name));
}

static void add_signature(const Search *search, Buf *out)
{
    buf_addf(out, "version %d", search->version);
    for (size_t i = 0; i < search->field_count; i++)
        buf_addf(out, " %s%s", search->fields[i].name, search->fields[i].exact ? "!" : "");
    buf_add_c(out, "\n");
}

/* --- Reading ---------------------------------------------------------------------------------- */

static bool wrong(Err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "the index's manifest is damaged: %s", what);
}

/* Of the files of an index only those have names that begin with a digit. */
static bool is_file_name(Str name)
{
    return name.len > 0 && name.len < 32 && name.ptr[0] >= '0' && name.ptr[0] <= '9' &&
           !memchr(name.ptr, '/', name.len);
}

static bool read_removed(const Search *search, Str name, ViewSegment *item, Arena *arena, Err *err)
{
    Str bytes;
    size_t size = (item->segment->doc_count + 7u) / 8;

    if (!folder_read_file(path_in(search, name, arena), REMOVED_MAX, arena, &bytes, err))
        return false;
    if (bytes.len != size + 4 || load_u32((const uint8_t *)bytes.ptr + size) !=
                                     (uint32_t)crc32_z(0, (const Bytef *)bytes.ptr, size))
        return err_set(err, ERR_INPUT, "%.*s: the checksum is wrong", STR_ARG(name));
    item->removed = removed_copy(NULL, item->segment->doc_count);
    memcpy(item->removed->bits, bytes.ptr, size);
    for (uint32_t i = 0; i < item->segment->doc_count; i++)
        item->removed->count += removed_has(item->removed, i);
    memcpy(item->removed->name, name.ptr, name.len);
    return true;
}

/* A name that the manifest knows must never be given again. */
static void count_file(Search *search, Str name)
{
    uint64_t number = strtoull(name.ptr, NULL, 10);

    if (number >= atomic_load(&search->next_file))
        atomic_store(&search->next_file, number + 1);
}

static bool read_segment(Search *search, Str line, ViewSegment *item, Arena *arena, Err *err)
{
    Str name = str_cut(&line, ' ');

    if (!is_file_name(name) || !(is_file_name(line) || str_is(line, "-")))
        return wrong(err, "a line makes no sense");
    item->segment = segment_open_file(path_in(search, name, arena), err);
    if (!item->segment)
        return false;
    memcpy(item->segment->name, name.ptr, name.len);
    count_file(search, name);
    count_file(search, line);
    if (item->segment->field_count != search->field_count)
        return wrong(err, "a segment has other fields");
    return str_is(line, "-") || read_removed(search, line, item, arena, err);
}

static bool check_sum(Str *text, Err *err)
{
    const char *sum = text->len > 13 ? text->ptr + text->len - 13 : NULL;

    if (!sum || memcmp(sum, "sum ", 4) != 0)
        return wrong(err, "it ends too early");
    text->len -= 13;
    if (strtoul(sum + 4, NULL, 16) != crc32_z(0, (const Bytef *)text->ptr, text->len))
        return wrong(err, "its checksum is wrong");
    return true;
}

static bool read_lines(Search *search, Str text, ViewSegment *items, size_t *count, Arena *arena,
                       Err *err)
{
    Buf signature = buf_in(arena);
    Str line;

    add_signature(search, &signature);
    if (!check_sum(&text, err))
        return false;
    if (!str_is(str_cut(&text, '\n'), "rathaus-search 1"))
        return wrong(err, "it is of another program");
    line = str_cut(&text, '\n');
    if (!str_eq(line, str_slice(buf_str(&signature), 0, signature.len - 1)))
        return err_set(err, ERR_INPUT, "the index was made for other fields: \"%.*s\"",
                       STR_ARG(line));
    line = str_cut(&text, '\n');
    if (!str_starts_with(line, "position ") || line.len - 9 > SEARCH_POSITION_MAX)
        return wrong(err, "there is no position");
    memcpy(search->position, line.ptr + 9, line.len - 9);
    search->position[line.len - 9] = 0;
    while (!str_empty(line = str_cut(&text, '\n'))) {
        if (!str_starts_with(line, "segment ") || *count == SEGMENTS_MAX)
            return wrong(err, "a line makes no sense");
        items[*count] = (ViewSegment){0};
        bool ok = read_segment(search, str_slice(line, 8, line.len), &items[*count], arena, err);

        *count += items[*count].segment != NULL;
        if (!ok)
            return false;
    }
    return true;
}

bool index_files_read(Search *search, View **out, Err *err)
{
    Arena *arena = arena_create(0);
    ViewSegment *items = arena_array(arena, ViewSegment, SEGMENTS_MAX);
    size_t count = 0;
    Str text;

    bool ok = folder_read_file(path_in(search, STR("manifest"), arena), MANIFEST_MAX, arena, &text,
                               err) &&
              read_lines(search, text, items, &count, arena, err);
    if (ok)
        *out = view_make(items, count);
    else
        search->position[0] = 0;
    for (size_t i = 0; i < count; i++) {
        segment_release(items[i].segment);
        removed_release(items[i].removed);
    }
    arena_destroy(arena);
    return ok;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static bool write_removed(Search *search, const ViewSegment *item, Arena *arena, Err *err)
{
    Removed *removed = item->removed;
    Buf bytes = buf_in(arena);
    size_t size = (removed->doc_count + 7u) / 8;
    uint32_t sum = (uint32_t)crc32_z(0, removed->bits, size);

    if (removed->name[0])
        return true;
    buf_add(&bytes, (Str){(const char *)removed->bits, size});
    buf_add(&bytes, (Str){(const char *)&sum, 4});
    Str name = str_printf(arena, "%llu.removed",
                          (unsigned long long)atomic_fetch_add(&search->next_file, 1));

    if (!folder_write_file(path_in(search, name, arena), buf_str(&bytes), 0600, err))
        return false;
    memcpy(removed->name, name.ptr, name.len);
    return true;
}

static bool is_needed(const View *view, Str name)
{
    for (size_t i = 0; view && i < view->count; i++)
        if (str_is(name, view->items[i].segment->name) ||
            (view->items[i].removed && str_is(name, view->items[i].removed->name)))
            return true;
    return view && str_is(name, "manifest");
}

/* A file that cannot be taken away now is tried again at the next commit. */
static void remove_others(Search *search, const View *view, Arena *arena)
{
    Str *names;
    size_t count = 0;
    Err err = {0};

    folder_list(search->folder, arena, &names, &count, &err);
    for (size_t i = 0; i < count; i++)
        if (!is_needed(view, names[i]))
            folder_remove(path_in(search, names[i], arena), &err);
}

bool index_files_write(Search *search, const View *view, Err *err)
{
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);
    bool ok = true;

    buf_add_c(&text, "rathaus-search 1\n");
    add_signature(search, &text);
    buf_addf(&text, "position %s\n", search->position);
    for (size_t i = 0; ok && i < view->count; i++) {
        const ViewSegment *item = &view->items[i];

        if (item->removed)
            ok = write_removed(search, item, arena, err);
        buf_addf(&text, "segment %s %s\n", item->segment->name,
                 item->removed ? item->removed->name : "-");
    }
    uint32_t sum = (uint32_t)crc32_z(0, (const Bytef *)text.ptr, text.len);

    buf_addf(&text, "sum %08x\n", sum);
    ok =
        ok && folder_write_file(path_in(search, STR("manifest"), arena), buf_str(&text), 0600, err);
    if (ok && !search->merging)
        remove_others(search, view, arena);
    arena_destroy(arena);
    return ok;
}

void index_files_sweep(Search *search, const View *view)
{
    Arena *arena = arena_create(0);

    remove_others(search, view, arena);
    arena_destroy(arena);
}
