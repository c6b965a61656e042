/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/golden.h"
#include "core/store/file.h"
#include "pay/charge.h"

/* The smallest files of their kinds. */
static const char PDF[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                          "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                          "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
                          "trailer<</Root 1 0 R>>\n%%EOF\n";
static const unsigned char PNG[] = {0x89, 'P', 'N', 'G',  '\r', '\n', 0x1a, '\n', 0,    0, 0, 13,
                                    'I',  'H', 'D', 'R',  0,    0,    0,    1,    0,    0, 0, 1,
                                    8,    0,   0,   0,    0,    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0,
                                    10,   'I', 'D', 'A',  'T',  0x78, 0x9c, 0x63, 0x60, 0, 0, 0,
                                    2,    0,   1,   0x48, 0xaf, 0xa4, 0x71, 0,    0,    0, 0, 'I',
                                    'E',  'N', 'D', 0xae, 0x42, 0x60, 0x82};
static const unsigned char JPEG[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F',  0,
                                     1,    1,    0,    0,    1, 0,  1,   0,   0,   0xff, 0xd9};

static Str bytes_of(Str type, Str name, Arena *arena)
{
    if (str_is(type, "image/png"))
        return (Str){(const char *)PNG, sizeof PNG};
    if (str_is(type, "image/jpeg"))
        return (Str){(const char *)JPEG, sizeof JPEG};
    if (str_is(type, "application/pdf")) /* a comment makes each name a content of its own */
        return str_printf(arena, "%s%% %.*s\n", PDF, STR_ARG(name));
    return str_printf(arena, "Beispiel %.*s\n", STR_ARG(name));
}

typedef struct PutFile {
    Golden *golden;
    FileInfo info;
    Str bytes;
} PutFile;

static bool put_file(Tx *tx, void *context, Err *err)
{
    const PutFile *put = context;

    return file_put(tx, put->golden->tenant, &put->info, put->bytes, STR("example"), err);
}

static bool upload(Golden *golden, const Node *given, Node **out, Err *err)
{
    PutFile put = {.golden = golden};
    Str name = node_get_text(given, "file");

    put.bytes = bytes_of(node_get_text(given, "type"), name, golden->arena);
    if (!file_prepare(golden->tenant, put.bytes, name, NULL, golden->arena, &put.info, err) ||
        !db_write(golden->tenant->db, put_file, &put, err))
        return err_context(err, "upload %.*s", STR_ARG(name));
    *out = node_map(golden->arena);
    node_set(golden->arena, *out, STR("sha256"),
             node_string(golden->arena, str_c(put.info.sha256)));
    node_set(golden->arena, *out, STR("name"), node_string(golden->arena, name));
    node_set(golden->arena, *out, STR("type"),
             node_string(golden->arena, node_get_text(given, "type")));
    node_set(golden->arena, *out, STR("size"), node_int(golden->arena, put.info.size));
    return true;
}

bool golden_uploads(Golden *golden, const Node *data, Node **out, Err *err)
{
    if (data && data->kind == NODE_MAP && node_get(data, "file") && node_get(data, "type"))
        return upload(golden, data, out, err);
    if (!data || (data->kind != NODE_MAP && data->kind != NODE_LIST)) {
        *out = data ? node_clone(golden->arena, data) : node_map(golden->arena);
        return true;
    }
    *out = data->kind == NODE_MAP ? node_map(golden->arena) : node_list(golden->arena);
    for (size_t i = 0; i < data->count; i++) {
        Node *item;

        if (!golden_uploads(golden, data->items[i], &item, err))
            return false;
        if (data->kind == NODE_MAP)
            node_set(golden->arena, *out, data->keys[i], item);
        else
            node_append(golden->arena, *out, item);
    }
    return true;
}

/* --- Register and charges ------------------------------------------------------------------- */

static Date date_of(const Node *node, const char *key, Date otherwise)
{
    Date date = otherwise;

    date_parse_iso(node_get_text(node, key), &date);
    return date;
}

static bool add_entry(Tx *tx, Golden *golden, const RegisterSpec *spec, const Node *given, Err *err)
{
    static const char *const NOT_DATA[] = {"from", "until", "reason"};
    RegisterChange change = {
        .spec = spec, .package = golden->package, .actor = STR("example"), .today = golden->today};
    Node *data = node_clone(golden->arena, given);
    int64_t id;

    for (size_t i = 0; i < 3; i++)
        node_remove(data, str_c(NOT_DATA[i]));
    RegisterPeriod period = {.from = date_of(given, "from", golden->today),
                             .reason = node_get_text(given, "reason")};

    if (!node_is_null(node_get(given, "until")))
        period.until = date_of(given, "until", golden->today);
    return register_add_period(tx, &change, data, &period, golden->arena, &id, err);
}

static bool given_parts(Golden *golden, const Node *list, AssessOrder *order, Err *err)
{
    size_t count = list ? list->count : 0;
    AssessPart *parts = arena_array(golden->arena, AssessPart, count + 1);

    for (size_t i = 0; i < count; i++) {
        const FeelValue *amount = feel_from_node(golden->arena, node_get(list->items[i], "amount"),
                                                 feel_type(FEEL_NUMBER));

        parts[i].due = date_of(list->items[i], "due", (Date){0});
        if (date_absent(parts[i].due) || !feel_to_cents(amount, &parts[i].cents))
            return err_set(err, ERR_INPUT,
                           "part %zu of a charge of the example needs due and amount", i + 1);
    }
    order->parts = parts;
    order->part_count = count;
    return true;
}

static bool add_charge(Tx *tx, Golden *golden, const Node *given, Err *err)
{
    AssessOrder order = {.key = node_get_text(given, "key"),
                         .subject = STR("example"),
                         .revenue = node_get_text(given, "revenue"),
                         .purpose = node_get_text(given, "purpose"),
                         .debtor = STR("Beispiel"),
                         .due = date_of(given, "due", golden->today),
                         .actor = STR("example"),
                         .payer = node_get_text(given, "payer")};
    const FeelValue *amount =
        feel_from_node(golden->arena, node_get(given, "amount"), feel_type(FEEL_NUMBER));
    const FeelValue *paid =
        feel_from_node(golden->arena, node_get(given, "paid"), feel_type(FEEL_NUMBER));
    int64_t paid_cents = 0;
    Charge charge;

    if (!feel_to_cents(amount, &order.cents))
        return err_set(err, ERR_INPUT, "a charge of the example has no amount");
    if (!given_parts(golden, node_get(given, "parts"), &order, err) ||
        !pay_assess(tx, golden->tenant, &order, golden->arena, &charge, NULL, err))
        return false;
    if (!feel_to_cents(paid, &paid_cents) || paid_cents == 0)
        return true;
    return charge_pay(tx, &charge, paid_cents, STR("bank"), STR("Beispiel"), golden->today,
                      STR("example"), err);
}

static bool write_given(Tx *tx, void *context, Err *err)
{
    Golden *golden = context;
    const Node *registers = node_get(golden->example, "register");
    const Node *charges = node_get(golden->example, "charges");

    for (size_t i = 0; registers && i < registers->count; i++) {
        const RegisterSpec *spec = package_register(golden->package, registers->keys[i]);

        if (!spec)
            return err_set(err, ERR_INPUT, "register %.*s: the package has no such register",
                           STR_ARG(registers->keys[i]));
        for (size_t k = 0; k < registers->items[i]->count; k++)
            if (!add_entry(tx, golden, spec, registers->items[i]->items[k], err))
                return err_context(err, "register.%.*s[%zu]", STR_ARG(spec->id), k);
    }
    for (size_t i = 0; charges && i < charges->count; i++)
        if (!add_charge(tx, golden, charges->items[i], err))
            return err_context(err, "charges[%zu]", i);
    return true;
}

bool golden_given(Golden *golden, Err *err)
{
    return db_write(golden->tenant->db, write_given, golden, err);
}

/* --- Parameters ---------------------------------------------------------------------------------
 */

const PackageFile *golden_files(const PackageFile *files, size_t *count, const Node *example,
                                Arena *arena)
{
    const Node *given = node_get(example, "parameters");
    Node *values = node_map(arena);
    size_t used = 0;
    PackageFile *out = arena_array(arena, PackageFile, *count + 1);
    bool placed = false;

    if (!given)
        return files;
    for (size_t i = 0; i < *count; i++) {
        Err err = {0};

        if (!str_is(files[i].path, "parameters.yaml"))
            continue;
        Node *before = node_parse_yaml(arena, files[i].bytes, NULL, &NODE_LIMITS_PACKAGE, &err);

        if (before && before->kind == NODE_MAP)
            values = before;
    }
    for (size_t i = 0; i < given->count; i++)
        node_set(arena, values, given->keys[i], node_clone(arena, given->items[i]));
    PackageFile file = {STR("parameters.yaml"), node_json(values, arena)};

    for (size_t i = 0; i < *count; i++) { /* sorted by path */
        if (!placed && str_compare(files[i].path, file.path) >= 0) {
            out[used++] = file;
            placed = true;
        }
        if (!str_eq(files[i].path, file.path))
            out[used++] = files[i];
    }
    if (!placed)
        out[used++] = file;
    *count = used;
    return out;
}
