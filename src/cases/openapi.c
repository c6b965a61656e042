/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenAPI 3.1: one POST for every procedure, with its schema and a valid example. */
#include "cases/schema.h"
#include "core/page/out.h"

typedef struct Writer {
    Arena *arena;
    const OpenApiInput *input;
} Writer;

static Node *text(const Writer *w, const char *value)
{
    return node_string(w->arena, str_c(value));
}

/* A map of the given keys and values, ended by a NULL key. */
static Node *map_of(const Writer *w, ...)
{
    Node *map = node_map(w->arena);
    va_list args;
    const char *key;

    va_start(args, w);
    while ((key = va_arg(args, const char *)))
        node_set(w->arena, map, str_c(key), va_arg(args, Node *));
    va_end(args);
    return map;
}

static Node *list_of(const Writer *w, Node *item)
{
    Node *list = node_list(w->arena);

    node_append(w->arena, list, item);
    return list;
}

static Node *typed(const Writer *w, const char *type)
{
    return map_of(w, "type", text(w, type), NULL);
}

static Node *reference(const Writer *w, const char *path)
{
    return map_of(w, "$ref", text(w, path), NULL);
}

static Node *problem_schema(const Writer *w)
{
    Node *error = map_of(w, "type", text(w, "object"), "properties",
                         map_of(w, "field", typed(w, "string"), "rule", typed(w, "string"),
                                "message", typed(w, "string"), NULL),
                         NULL);
    Node *errors = map_of(w, "type", text(w, "array"), "items", error, NULL);

    return map_of(w, "type", text(w, "object"), "description",
                  text(w, "RFC 9457. `errors` names each field by its path, e.g. hunde[1].chip."),
                  "properties",
                  map_of(w, "type", typed(w, "string"), "title", typed(w, "string"), "status",
                         typed(w, "integer"), "detail", typed(w, "string"), "errors", errors, NULL),
                  NULL);
}

static Node *receipt_schema(const Writer *w)
{
    Node *required = node_list(w->arena);

    node_append(w->arena, required, text(w, "caseNumber"));
    node_append(w->arena, required, text(w, "statusUrl"));
    return map_of(
        w, "type", text(w, "object"), "properties",
        map_of(w, "caseNumber", typed(w, "string"), "statusUrl",
               map_of(w, "type", text(w, "string"), "format", text(w, "uri"), "description",
                      text(w, "Shows how the case stands, without signing in. "
                              "Treat it as a secret."),
                      NULL),
               NULL),
        "required", required, NULL);
}

static Node *status_schema(const Writer *w)
{
    return map_of(w, "type", text(w, "object"), "properties",
                  map_of(w, "caseNumber", typed(w, "string"), "service", typed(w, "string"),
                         "procedure", typed(w, "string"), "state", typed(w, "string"), "message",
                         typed(w, "string"), "submitted",
                         map_of(w, "type", text(w, "string"), "format", text(w, "date-time"), NULL),
                         "final", typed(w, "boolean"), NULL),
                  NULL);
}

static Node *json_content(const Writer *w, const char *type, Node *schema)
{
    return map_of(w, type, map_of(w, "schema", schema, NULL), NULL);
}

static Node *problem_response(const Writer *w, const char *description)
{
    return map_of(
        w, "description", text(w, description), "content",
        json_content(w, "application/problem+json", reference(w, "#/components/schemas/Problem")),
        NULL);
}

static Node *post_responses(const Writer *w)
{
    Node *created = map_of(
        w, "description",
        text(w, "The application is received and has a number. It cannot get lost any more."),
        "headers", map_of(w, "Location", map_of(w, "schema", typed(w, "string"), NULL), NULL),
        "content",
        json_content(w, "application/json", reference(w, "#/components/schemas/Receipt")), NULL);

    return map_of(w, "201", created, "400", problem_response(w, "The body is no JSON object."),
                  "404", problem_response(w, "There is no such service or procedure."), "409",
                  problem_response(w, "The Idempotency-Key was used with other data."), "413",
                  problem_response(w, "The body is too large."), "415",
                  problem_response(w, "The body is not application/json."), "422",
                  problem_response(w, "Fields are missing or wrong; each is named."), "503",
                  problem_response(w, "Please try again later with the same Idempotency-Key."),
                  NULL);
}

static Node *idempotency_parameter(const Writer *w)
{
    return map_of(
        w, "name", text(w, "Idempotency-Key"), "in", text(w, "header"), "required",
        node_bool(w->arena, false), "description",
        text(w, "Any text of your choice that is unique to this application. Sent again with the "
                "same data it gives the same case number, so that a lost answer never makes two "
                "cases."),
        "schema",
        map_of(w, "type", text(w, "string"), "minLength", node_int(w->arena, 1), "maxLength",
               node_int(w->arena, 200), NULL),
        NULL);
}

static Node *post_operation(const Writer *w, const Package *package, const Procedure *procedure,
                            const char *schema_name)
{
    Node *content =
        map_of(w, "schema",
               reference(w, arena_printf(w->arena, "#/components/schemas/%s", schema_name)), NULL);
    Node *example = form_example(package, procedure, w->input->today, w->arena);

    if (example)
        node_set(w->arena, content, STR("example"), example);
    return map_of(w, "operationId", text(w, arena_printf(w->arena, "apply_%s", schema_name)),
                  "summary", node_string(w->arena, text_in(procedure->name, w->input->lang)),
                  "description", node_string(w->arena, text_in(procedure->summary, w->input->lang)),
                  "tags", list_of(w, node_string(w->arena, text_in(package->name, w->input->lang))),
                  "parameters", list_of(w, idempotency_parameter(w)), "requestBody",
                  map_of(w, "required", node_bool(w->arena, true), "content",
                         map_of(w, "application/json", content, NULL), NULL),
                  "responses", post_responses(w), NULL);
}

static Node *status_operation(const Writer *w)
{
    Node *parameter = map_of(
        w, "name", text(w, "token"), "in", text(w, "path"), "required", node_bool(w->arena, true),
        "description", text(w, "The last part of statusUrl."), "schema", typed(w, "string"),
        "example", text(w, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), NULL);
    Node *found = map_of(
        w, "description", text(w, "How the case stands."), "content",
        json_content(w, "application/json", reference(w, "#/components/schemas/Status")), NULL);

    return map_of(
        w, "operationId", text(w, "status"), "summary", text(w, "How a case stands"), "parameters",
        list_of(w, parameter), "responses",
        map_of(w, "200", found, "404", problem_response(w, "There is no such case."), NULL), NULL);
}

static void add_package(const Writer *w, const Package *package, Node *paths, Node *schemas)
{
    for (size_t i = 0; i < package->procedure_count; i++) {
        const Procedure *procedure = &package->procedures[i];
        if (procedure->office.ptr)
            continue;
        const char *name =
            arena_printf(w->arena, "%.*s_%.*s", STR_ARG(package->id), STR_ARG(procedure->id));
        const char *path = arena_printf(w->arena, "/api/v1/services/%.*s/%.*s/applications",
                                        STR_ARG(package->id), STR_ARG(procedure->id));
        node_set(w->arena, schemas, str_c(name),
                 form_json_schema(package, procedure->form, w->input->lang, w->arena));
        node_set(w->arena, paths, str_c(path),
                 map_of(w, "post", post_operation(w, package, procedure, name), NULL));
    }
}

Node *openapi_document(const OpenApiInput *input, Arena *arena)
{
    Writer writer = {arena, input};
    const Writer *w = &writer;
    Node *paths = node_map(arena);
    Node *schemas = map_of(w, "Problem", problem_schema(w), "Receipt", receipt_schema(w), "Status",
                           status_schema(w), NULL);

    for (size_t i = 0; i < input->count; i++)
        add_package(w, input->packages[i], paths, schemas);
    node_set(arena, paths, STR("/api/v1/status/{token}"),
             map_of(w, "get", status_operation(w), NULL));
    openapi_add_staff(paths, arena);
    return map_of(
        w, "openapi", text(w, "3.1.0"), "info",
        map_of(w, "title",
               node_string(arena, str_printf(arena, "Rathaus %.*s", STR_ARG(input->title))),
               "version", text(w, "1"), "description",
               text(w, "Applications to the town hall. The data is what the forms of the portal "
                       "hold, and is checked in the same way."),
               NULL),
        "servers", list_of(w, map_of(w, "url", node_string(arena, input->server), NULL)), "paths",
        paths, "components",
        map_of(w, "schemas", schemas, "securitySchemes",
               map_of(w, "key",
                      map_of(w, "type", text(w, "http"), "scheme", text(w, "bearer"), "description",
                             text(w, "A key of an account of staff, made under Personal."), NULL),
                      NULL),
               NULL),
        NULL);
}
