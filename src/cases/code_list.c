/* SPDX-License-Identifier: EUPL-1.2 */
/* Code lists: codes/NAME.csv with the header value,de,en,de-leicht[,further columns]. */
#include "base/csv.h"
#include "base/utf8.h"
#include "cases/load.h"

enum { MAX_COLUMNS = 40, FIXED_COLUMNS = 4 };

static const char *const HEADER[FIXED_COLUMNS] = {"value", "de", "en", "de-leicht"};

typedef struct Columns {
    Str names[MAX_COLUMNS];
    size_t count;
} Columns;

static bool read_header(Loader *loader, const PackageFile *file, Csv *csv, Columns *columns,
                        Err *err)
{
    if (!csv_next(csv, loader->arena, columns->names, MAX_COLUMNS, &columns->count, err))
        return false;
    for (size_t i = 0; i < FIXED_COLUMNS; i++)
        if (i >= columns->count || !str_is(columns->names[i], HEADER[i]))
            return err_at(err, NULL, 1, 0,
                          "the header must begin with value,de,en,de-leicht (column %zu is not "
                          "\"%s\")",
                          i + 1, HEADER[i]);
    for (size_t i = FIXED_COLUMNS; i < columns->count; i++) {
        if (!load_is_id(columns->names[i]))
            load_error_in(loader, file->path, 1,
                          "the column \"%.*s\" is no name: use a to z, 0 to 9 and _",
                          STR_ARG(columns->names[i]));
        for (size_t k = 0; k < i; k++)
            if (str_eq(columns->names[i], columns->names[k]))
                load_error_in(loader, file->path, 1, "the column \"%.*s\" stands there twice",
                              STR_ARG(columns->names[i]));
    }
    return true;
}

static Option make_option(Loader *loader, const PackageFile *file, int line, const Columns *columns,
                          const Str *values)
{
    Arena *arena = loader->arena;
    Node *label = node_map(arena);
    Node *row = NULL;

    for (size_t i = 1; i < FIXED_COLUMNS; i++) {
        if (str_empty(str_trim(values[i])))
            load_error_in(loader, file->path, line,
                          "the column \"%s\" of \"%.*s\" is empty: add the text", HEADER[i],
                          STR_ARG(values[0]));
        node_set(arena, label, str_c(HEADER[i]), node_string(arena, values[i]));
    }
    label->file = str_cstr(arena, file->path);
    label->line = line;
    if (columns->count > FIXED_COLUMNS) {
        row = node_map(arena);
        for (size_t i = FIXED_COLUMNS; i < columns->count; i++)
            node_set(arena, row, columns->names[i], node_string(arena, values[i]));
    }
    return (Option){.value = str_copy(arena, values[0]), .label = label, .row = row};
}

/* An open hash table of values seen, so that long lists load in linear time. */
typedef struct Seen {
    Str *slots;
    size_t mask;
    size_t count;
} Seen;

static bool seen_before(Arena *arena, Seen *seen, Str value)
{
    if (seen->count * 2 >= seen->mask) {
        Seen larger = {.mask = seen->mask ? seen->mask * 2 + 1 : 1023};
        larger.slots = arena_array(arena, Str, larger.mask + 1);
        for (size_t i = 0; seen->mask && i <= seen->mask; i++)
            if (seen->slots[i].ptr)
                seen_before(arena, &larger, seen->slots[i]);
        *seen = larger;
    }
    size_t at = str_hash(value) & seen->mask;
    for (; seen->slots[at].ptr; at = (at + 1) & seen->mask)
        if (str_eq(seen->slots[at], value))
            return true;
    seen->slots[at] = value;
    seen->count++;
    return false;
}

typedef struct OptionList {
    Option *items;
    size_t count, capacity;
} OptionList;

static bool read_rows(Loader *loader, const PackageFile *file, OptionList *options, Err *err)
{
    Csv csv = csv_read(file->bytes);
    Columns columns;
    Seen seen = {0};
    Str values[MAX_COLUMNS];
    size_t count;

    if (!read_header(loader, file, &csv, &columns, err))
        return false;
    for (;;) {
        if (!csv_next(&csv, loader->arena, values, MAX_COLUMNS, &count, err))
            return false;
        if (count == 0)
            return true;
        if (count == 1 && values[0].len == 0)
            continue;
        if (count != columns.count) {
            load_error_in(loader, file->path, csv.line,
                          "the row has %zu values, the header has %zu: put values with commas in "
                          "quotes",
                          count, columns.count);
            continue;
        }
        if (str_empty(values[0]))
            load_error_in(loader, file->path, csv.line, "the value is empty: give the row a value");
        else if (seen_before(loader->arena, &seen, values[0]))
            load_error_in(loader, file->path, csv.line,
                          "the value \"%.*s\" stands there twice: remove one row",
                          STR_ARG(values[0]));
        else
            VEC_PUSH(loader->arena, options, make_option(loader, file, csv.line, &columns, values));
    }
}

bool code_list_load(Loader *loader, const PackageFile *file, CodeList *out)
{
    OptionList options = {0};
    Str name = str_slice(file->path, strlen("codes/"), file->path.len - strlen(".csv"));
    Err err;

    if (!load_is_id(name))
        load_error_in(loader, file->path, 0,
                      "the file name is no name: use a to z, 0 to 9 and _ before .csv");
    if (!utf8_valid_text(file->bytes)) {
        load_error_in(loader, file->path, 0, "the file is not UTF-8 text: save it as UTF-8");
        return false;
    }
    if (!read_rows(loader, file, &options, &err)) {
        load_error_in(loader, file->path, err.line, "%s", err.message);
        return false;
    }
    if (options.count == 0)
        load_error_in(loader, file->path, 1, "the list has no rows: add values");
    *out = (CodeList){.name = name, .options = options.items, .count = options.count};
    return true;
}

/* One code as an expression sees it: value, label (German), the labels by language, and the further
 * columns. */
static Node *code_node(Arena *arena, const Option *option)
{
    Node *node = node_map(arena);
    const Node *label = option->label;

    node_set(arena, node, STR("value"), node_string(arena, option->value));
    node_set(arena, node, STR("label"), (Node *)node_get(label, "de"));
    node_set(arena, node, STR("de"), (Node *)node_get(label, "de"));
    node_set(arena, node, STR("en"), (Node *)node_get(label, "en"));
    node_set(arena, node, STR("de_leicht"), (Node *)node_get(label, "de-leicht"));
    for (size_t i = 0; option->row && i < option->row->count; i++)
        node_set(arena, node, option->row->keys[i], option->row->items[i]);
    return node;
}

const FeelValue *code_lists_value(Loader *loader)
{
    const Package *package = loader->package;
    const FeelValue *lists = feel_from_node(loader->arena, node_map(loader->arena), NULL);

    for (size_t i = 0; i < package->code_count; i++) {
        Node *list = node_map(loader->arena);
        const CodeList *codes = &package->codes[i];
        list->capacity = codes->count;
        list->keys = arena_array(loader->arena, Str, codes->count);
        list->items = arena_array(loader->arena, Node *, codes->count);
        /* Values are unique already: appended without the search of node_set(). */
        for (size_t k = 0; k < codes->count; k++) {
            list->keys[k] = codes->options[k].value;
            list->items[k] = code_node(loader->arena, &codes->options[k]);
        }
        list->count = codes->count;
        lists = feel_context_put(loader->arena, lists, codes->name,
                                 feel_from_node(loader->arena, list, NULL));
    }
    return lists;
}
