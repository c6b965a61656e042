/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/manifest.h"

#include "base/vec.h"
#include "core/app_internal.h"
#include "core/crypto.h"

static const char FORMAT[] = "rathaus-backup-1";

static Node *file_node(const TarFile *file, Arena *arena)
{
    Node *node = node_map(arena);

    node_set(arena, node, STR("name"), node_string(arena, file->name));
    node_set(arena, node, STR("size"), node_int(arena, file->size));
    node_set(arena, node, STR("sha256"), node_string(arena, str_c(file->sha256)));
    return node;
}

static Node *tenant_node(const ManifestTenant *tenant, Arena *arena)
{
    Node *node = node_map(arena);

    node_set(arena, node, STR("name"), node_string(arena, tenant->name));
    node_set(arena, node, STR("events"), node_int(arena, tenant->events));
    node_set(arena, node, STR("last_event_hash"), node_string(arena, tenant->last_event_hash));
    return node;
}

Str manifest_seal(const Manifest *manifest, const ManifestTenant *tenant,
                  const unsigned char key[32], Arena *arena)
{
    unsigned char subkey[32];
    Node *node = tenant_node(tenant, arena);
    Node *files = node_list(arena);
    Buf text = buf_in(arena);

    for (size_t i = 0; i < manifest->files.count; i++)
        if (str_eq(manifest_tenant_of(manifest->files.items[i].name), tenant->name) &&
            !str_starts_with(manifest->files.items[i].name, "keys/"))
            node_append(arena, files, file_node(&manifest->files.items[i], arena));
    node_set(arena, node, STR("files"), files);
    node_set(arena, node, STR("created"), node_int(arena, manifest->created));
    node_write_json_canonical(node, &text);
    crypto_subkey(key, "backup", subkey);
    return crypto_hmac(arena, subkey, buf_str(&text));
}

Str manifest_write(const Manifest *manifest, Arena *arena)
{
    Node *root = node_map(arena);
    Node *tenants = node_list(arena);
    Node *files = node_list(arena);
    Buf text = buf_in(arena);

    for (size_t i = 0; i < manifest->tenants.count; i++) {
        Node *tenant = tenant_node(&manifest->tenants.items[i], arena);
        node_set(arena, tenant, STR("seal"), node_string(arena, manifest->tenants.items[i].seal));
        node_append(arena, tenants, tenant);
    }
    for (size_t i = 0; i < manifest->files.count; i++)
        node_append(arena, files, file_node(&manifest->files.items[i], arena));
    node_set(arena, root, STR("format"), node_string(arena, str_c(FORMAT)));
    node_set(arena, root, STR("program"), node_string(arena, STR(RATHAUS_VERSION)));
    node_set(arena, root, STR("created"),
             node_string(arena, timestamp_iso(arena, manifest->created)));
    node_set(arena, root, STR("with_keys"), node_bool(arena, manifest->with_keys));
    node_set(arena, root, STR("tenants"), tenants);
    node_set(arena, root, STR("files"), files);
    node_write_json_pretty(root, &text);
    buf_add_char(&text, '\n');
    return buf_str(&text);
}

static bool read_tenants(const Node *list, Arena *arena, Manifest *out)
{
    for (size_t i = 0; list && i < list->count; i++) {
        const Node *node = list->items[i];
        ManifestTenant tenant = {.name = node_get_text(node, "name"),
                                 .events = node_get_i64(node, "events", -1),
                                 .last_event_hash = node_get_text(node, "last_event_hash"),
                                 .seal = node_get_text(node, "seal")};
        if (!tenant_name_valid(tenant.name) || tenant.events < 0 || !tenant.last_event_hash.ptr ||
            !tenant.seal.ptr)
            return false;
        VEC_PUSH(arena, &out->tenants, tenant);
    }
    return out->tenants.count > 0;
}

static bool read_files(const Node *list, Arena *arena, Manifest *out)
{
    for (size_t i = 0; list && i < list->count; i++) {
        const Node *node = list->items[i];
        Str hash = node_get_text(node, "sha256");
        TarFile file = {.name = node_get_text(node, "name"),
                        .size = node_get_i64(node, "size", -1)};
        if (!manifest_tenant_of(file.name).ptr || file.size < 0 || hash.len != 64)
            return false;
        memcpy(file.sha256, hash.ptr, 64);
        VEC_PUSH(arena, &out->files, file);
    }
    return out->files.count > 0;
}

bool manifest_read(Str json, const char *file, Arena *arena, Manifest *out, Err *err)
{
    static const NodeLimits limits = {512u << 20, 16, 50000000};
    const Node *root = node_parse_json(arena, json, MANIFEST_NAME, &limits, err);

    *out = (Manifest){0};
    if (!root)
        return err_context(err, "%s", file);
    if (!str_is(node_get_text(root, "format"), FORMAT))
        return err_set(err, ERR_INPUT,
                       "%s: the format \"%.*s\" is not known; this program reads %s", file,
                       STR_ARG(node_get_text(root, "format")), FORMAT);
    out->with_keys = node_get_bool(root, "with_keys", false);
    if (!timestamp_parse_iso(node_get_text(root, "created"), &out->created) ||
        !read_tenants(node_get(root, "tenants"), arena, out) ||
        !read_files(node_get(root, "files"), arena, out))
        return err_set(err, ERR_INPUT, "%s: the manifest is not one of rathaus", file);
    return true;
}

const ManifestTenant *manifest_tenant(const Manifest *manifest, Str name)
{
    for (size_t i = 0; i < manifest->tenants.count; i++)
        if (str_eq(manifest->tenants.items[i].name, name))
            return &manifest->tenants.items[i];
    return NULL;
}

Str manifest_tenant_of(Str name)
{
    Str rest = name;
    Str top = str_cut(&rest, '/');

    if (str_is(top, "keys") && str_ends_with(rest, ".key")) {
        Str tenant = str_slice(rest, 0, rest.len - 4);
        return tenant_name_valid(tenant) ? tenant : STR_NONE;
    }
    if (!str_is(top, "tenants") || !rest.ptr)
        return STR_NONE;
    Str tenant = str_cut(&rest, '/');
    if (!tenant_name_valid(tenant) || !rest.ptr)
        return STR_NONE;
    while (rest.ptr) {
        Str part = str_cut(&rest, '/');
        if (part.len == 0 || str_is(part, ".") || str_is(part, "..") ||
            memchr(part.ptr, 0, part.len))
            return STR_NONE;
    }
    return tenant;
}
