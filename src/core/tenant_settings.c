/* SPDX-License-Identifier: EUPL-1.2 */
/* tenant.yaml: what core needs of it, checked when it is read. Engines check their own parts. */
#include "core/app_internal.h"
#include "core/folder.h"

bool tenant_name_valid(Str name)
{
    if (name.len < 1 || name.len > TENANT_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return name.ptr[0] != '-';
}

bool tenant_name_check(Str name, Err *err)
{
    return tenant_name_valid(name) ||
           err_set(err, ERR_INPUT,
                   "\"%.*s\" is no name for a tenant: lower-case letters, digits and hyphens, at "
                   "most %d",
                   STR_ARG(name), TENANT_NAME_MAX);
}

static bool complain(const Node *node, const char *file, const char *message, Str value, Err *err)
{
    return err_at(err, file, node ? node->line : 1, node ? node->column : 1, message,
                  STR_ARG(value));
}

static bool host_valid(Str host)
{
    if (host.len < 1 || host.len > 253 || host.ptr[0] == '.' || host.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return true;
}

static bool check_hosts(const Node *hosts, const char *file, Err *err)
{
    if (node_is_null(hosts))
        return true;
    if (hosts->kind != NODE_LIST)
        return complain(hosts, file, "\"hosts\" is a list of host names, e.g. [www.musterstadt.de]",
                        STR_NONE, err);
    for (size_t i = 0; i < hosts->count; i++) {
        Str host = node_text(hosts->items[i]);
        if (!host_valid(host))
            return complain(hosts->items[i], file,
                            "\"%.*s\" is not a host name: lower-case letters, digits, hyphens and "
                            "dots, without scheme and port",
                            host, err);
        for (size_t k = 0; k < i; k++)
            if (str_eq(host, node_text(hosts->items[k])))
                return complain(hosts->items[i], file, "host \"%.*s\" is listed twice", host, err);
    }
    return true;
}

static bool check_files(const Node *files, const char *file, Err *err)
{
    const Node *clamd = node_get(files, "clamd");
    Str address = node_text(clamd);

    if (node_is_null(clamd))
        return true;
    if (str_starts_with(address, "unix:/") || (str_starts_with(address, "tcp:") && address.len > 6))
        return true;
    return complain(clamd, file,
                    "\"files.clamd\" is \"unix:/path/of/clamd.ctl\" or \"tcp:host:port\", not "
                    "\"%.*s\"",
                    address, err);
}

static bool check(const Node *settings, const char *file, Err *err)
{
    const Node *title = node_get(settings, "title");

    if (settings->kind != NODE_MAP)
        return complain(settings, file,
                        "the settings are a map, beginning with e.g. \"title: "
                        "Musterstadt\"",
                        STR_NONE, err);
    if (str_empty(str_trim(node_text(title))))
        return complain(title ? title : settings, file,
                        "\"title\" is missing: the name of the municipality in pages and letters",
                        STR_NONE, err);
    return check_hosts(node_get(settings, "hosts"), file, err) &&
           check_files(node_get(settings, "files"), file, err);
}

const Node *tenant_settings_read(const char *folder, Arena *arena, Err *err)
{
    char *file = arena_printf(arena, "%s/tenant.yaml", folder);
    Str text;

    if (!folder_read_file(file, NODE_LIMITS_PACKAGE.max_bytes, arena, &text, err))
        return NULL;
    Node *settings = node_parse_yaml(arena, text, file, &NODE_LIMITS_PACKAGE, err);
    return settings && check(settings, file, err) ? settings : NULL;
}

Str tenant_setting(const Tenant *tenant, const char *path)
{
    return node_text(node_path(tenant->settings, str_c(path)));
}

Str tenant_title(const Tenant *tenant)
{
    return tenant_setting(tenant, "title");
}
