/* SPDX-License-Identifier: EUPL-1.2 */
/* A valid request for the API, from the package's own examples. */
#include "cases/field.h"
#include "core/crypto.h"

static const char SAMPLE_PDF[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                 "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                                 "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
                                 "trailer<</Root 1 0 R>>\n%%EOF\n";
/* One white pixel. */
static const unsigned char SAMPLE_PNG[] = {
    137, 80, 78,  71, 13, 10, 26, 10,  0,   0,  0,   13, 73,  72,  68,  82, 0,
    0,   0,  1,   0,  0,  0,  1,  8,   0,   0,  0,   0,  58,  126, 155, 85, 0,
    0,   0,  10,  73, 68, 65, 84, 120, 156, 99, 248, 15, 0,   1,   1,   1,  0,
    177, 56, 246, 20, 0,  0,  0,  0,   73,  69, 78,  68, 174, 66,  96,  130};
/* The head of a picture without a picture. */
static const unsigned char SAMPLE_JPEG[] = {255, 216, 255, 224, 0, 16, 74, 70, 73, 70,  0,
                                            1,   1,   0,   0,   1, 0,  1,  0,  0,  255, 217};

Str form_sample_file(Str type)
{
    if (str_is(type, "application/pdf"))
        return (Str){SAMPLE_PDF, sizeof SAMPLE_PDF - 1};
    if (str_is(type, "image/png"))
        return (Str){(const char *)SAMPLE_PNG, sizeof SAMPLE_PNG};
    if (str_is(type, "image/jpeg"))
        return (Str){(const char *)SAMPLE_JPEG, sizeof SAMPLE_JPEG};
    return STR("Beispiel\n");
}

static bool is_file(const Node *node)
{
    return node->kind == NODE_MAP && node_get(node, "file") && node_get(node, "type");
}

/* What form_evaluate() wants to know of a file. */
static Node *stored_file(const Node *node, Arena *arena)
{
    Node *file = node_map(arena);
    Str bytes = form_sample_file(node_get_text(node, "type"));

    node_set(arena, file, STR("sha256"), node_string(arena, crypto_sha256_hex(arena, bytes)));
    node_set(arena, file, STR("name"), node_string(arena, node_get_text(node, "file")));
    node_set(arena, file, STR("type"), node_string(arena, node_get_text(node, "type")));
    node_set(arena, file, STR("size"), node_int(arena, (int64_t)bytes.len));
    return file;
}

/* What a request carries. Only types whose samples are what they say. */
static Node *inline_file(const Node *node, Arena *arena)
{
    Node *file = node_map(arena);
    Str bytes = form_sample_file(node_get_text(node, "type"));

    node_set(arena, file, STR("name"), node_string(arena, node_get_text(node, "file")));
    node_set(arena, file, STR("type"), node_string(arena, node_get_text(node, "type")));
    node_set(arena, file, STR("content"), node_string(arena, crypto_base64(arena, bytes)));
    return file;
}

/* A copy with the files written out, and every date moved by `days`. */
static Node *copy(const Node *node, int64_t days, bool stored, Arena *arena)
{
    Date date;

    if (is_file(node))
        return stored ? stored_file(node, arena) : inline_file(node, arena);
    if (node->kind == NODE_STRING && days && date_parse_iso(node->text, &date))
        return node_string(arena, date_iso(arena, date_add_days(date, days)));
    Node *out = node_clone(arena, node);
    for (size_t i = 0; i < node->count; i++)
        out->items[i] = copy(node->items[i], days, stored, arena);
    return out;
}

static bool valid(const Package *package, const Form *form, const Node *input, int64_t days,
                  Date today, Arena *arena)
{
    FeelEnv env = {.today = today, .now = timestamp_of_berlin_day(today) + 12 * 3600 * 1000};
    FormInput order = {.package = package,
                       .form = form,
                       .data = copy(input, days, true, arena),
                       .env = &env,
                       .lang = STR("de"),
                       .strict = true};
    FormState state;
    Err err;

    return form_evaluate(&order, arena, &state, &err) && state.error_count == 0;
}

Node *form_example(const Package *package, const Procedure *procedure, Date today, Arena *arena)
{
    for (size_t i = 0; i < package->file_count; i++) {
        const PackageFile *file = &package->files[i];
        Date then;
        Err err;
        if (!str_starts_with(file->path, "examples/"))
            continue;
        Node *example = node_parse_yaml(arena, file->bytes, NULL, &NODE_LIMITS_PACKAGE, &err);
        const Node *input = node_get(example, "input");
        if (!input || !str_eq(node_get_text(example, "procedure"), procedure->id))
            continue;
        if (valid(package, procedure->form, input, 0, today, arena))
            return copy(input, 0, false, arena);
        /* Written for another day: as valid as then, when every date moves with the day. */
        if (!date_parse_iso(node_get_text(example, "today"), &then))
            continue;
        int64_t days = date_to_days(today) - date_to_days(then);
        if (valid(package, procedure->form, input, days, today, arena))
            return copy(input, days, false, arena);
    }
    return NULL;
}
