/* SPDX-License-Identifier: EUPL-1.2 */
/* The operations for programs of the town itself, in the same document. */
#include "cases/schema.h"

typedef struct Operation {
    const char *path, *method, *id, *summary;
    const char *body; /* an example, JSON; or NULL */
    const char *answer;
    bool done; /* 202 when a second person must approve */
} Operation;

static const Operation OPERATIONS[] = {
    {"/api/v1/cases", "get", "list_cases",
     "Cases that the key's account may see. Filters are those of the desk's address: ansicht "
     "(zutun, "
     "offen, meine, ueberfaellig, abgeschlossen), amt, leistung, verfahren, stand, aufgabe, wer, "
     "frist, von, bis, kanal, sprache, sortierung, suche; limit; nach: `next` of the page before.",
     NULL, "cases, total, next", false},
    {"/api/v1/cases/{case}", "get", "read_case", "A case by its number or id.", NULL,
     "version, data, findings, tasks, documents, actions, charges", false},
    {"/api/v1/cases/{case}/documents/{document}", "get", "read_document",
     "The bytes of a document.", NULL, "the file", false},
    {"/api/v1/cases/{case}/actions/{action}", "post", "act",
     "Decide. `entry` is what a clerk would enter; its schema stands with the action in the case. "
     "basis: the `version` of the case that you looked at; 409 when it has changed since. "
     "202: two people decide, it is proposed. 422 with the rule `unprintable` when a letter would "
     "show a box in the place of a sign; acceptUnprintable: true sends it so.",
     "{\"basis\": \"3f9a…\", \"entry\": {}}", "the case as it is then", true},
    {"/api/v1/cases/{case}/tasks/{task}", "post", "complete_task", "Complete a task.",
     "{\"result\": \"erledigt\"}", "the case as it is then", false},
    {"/api/v1/cases/{case}/notes", "post", "add_note", "Write a note.",
     "{\"text\": \"Akte liegt im Archiv.\"}", "the case as it is then", false},
    {"/api/v1/cases/{case}/assignee", "put", "assign", "Assign to a member of staff; 0: nobody.",
     "{\"staff\": 0}", "the case as it is then", false},
    {"/api/v1/registers", "get", "list_registers", "Registers that the account may see.", NULL,
     "registers", false},
    {"/api/v1/registers/{register}", "get", "list_entries",
     "Entries. suche, f_FIELD, gilt and bekannt (days) as at the desk; limit; `next` is the query "
     "of "
     "the next page.",
     NULL, "entries, next", false},
    {"/api/v1/registers/{register}/{entry}", "get", "read_entry",
     "An entry and every row that was ever known of it. `version` is what a correction rests on.",
     NULL, "the entry with its version and history", false},
    {"/api/v1/registers/{register}", "post", "add_entry",
     "Write a new entry by hand (register.correct). 202: two people decide, it is proposed. "
     "preview: only say what would stand there.",
     "{\"values\": {\"name\": \"Bello\", \"rasse\": \"mops\", \"haltung_seit\": \"2027-01-01\", "
     "\"steuer_ab\": \"2027-02-01\", \"halter_name\": \"Erika Mustermann\"}, \"from\": "
     "\"2027-01-01\", \"reason\": \"Altakte\"}",
     "the entry with its history; with preview: what, stretches, twoPeople", true},
    {"/api/v1/registers/{register}/{entry}/corrections", "post", "correct_entry",
     "Put an entry right by hand (register.correct). kind: changed (other since `from`), wrong "
     "(was never so), span (was wrong from `from` to `until`). Values that are not named stay. "
     "basis: the `version` of the entry that you looked at; 409 when it has changed since. 202: "
     "two people decide, it is proposed. preview: only say what would change.",
     "{\"kind\": \"wrong\", \"values\": {\"name\": \"Bella\"}, \"basis\": 17, \"reason\": "
     "\"Schreibfehler\"}",
     "the entry with its history; with preview: what, stretches, twoPeople", true},
    {"/api/v1/registers/{register}/{entry}/period", "post", "set_entry_period",
     "Another first or last day of an entry (register.correct); no `until`: it has no end. "
     "basis: as in a correction. 202: two people decide, it is proposed.",
     "{\"basis\": 17, \"from\": \"2027-01-01\", \"until\": \"2027-06-30\", \"endReason\": "
     "\"verstorben\", "
     "\"reason\": \"Anzeige am Schalter\"}",
     "the entry with its history; with preview: what, stretches, twoPeople", true},
    {"/api/v1/events", "get", "list_events",
     "CloudEvents after a position. after, limit, types (case.*, charge.paid).", NULL,
     "events, next", false},
};

static Node *text(Arena *arena, const char *value)
{
    return node_string(arena, str_c(value));
}

static Node *one(Arena *arena, const char *key, Node *value)
{
    Node *map = node_map(arena);

    node_set(arena, map, str_c(key), value);
    return map;
}

static Node *response(Arena *arena, const char *description, bool problem)
{
    Node *node = one(arena, "description", text(arena, description));

    if (problem)
        node_set(arena, node, STR("content"),
                 one(arena, "application/problem+json",
                     one(arena, "schema",
                         one(arena, "$ref", text(arena, "#/components/schemas/Problem")))));
    return node;
}

static Node *parameters(Arena *arena, const char *path)
{
    Node *list = node_list(arena);
    Str rest = str_c(path);

    str_cut(&rest, '{');
    while (rest.ptr) {
        Node *parameter = node_map(arena);
        node_set(arena, parameter, STR("name"), node_string(arena, str_cut(&rest, '}')));
        node_set(arena, parameter, STR("in"), text(arena, "path"));
        node_set(arena, parameter, STR("required"), node_bool(arena, true));
        node_set(arena, parameter, STR("schema"), one(arena, "type", text(arena, "string")));
        node_append(arena, list, parameter);
        str_cut(&rest, '{');
    }
    return list;
}

static Node *operation(Arena *arena, const Operation *o)
{
    Node *node = node_map(arena), *responses = node_map(arena);
    Node *tags = node_list(arena), *security = node_list(arena);
    Err err = {0};

    node_append(arena, tags, text(arena, "Staff"));
    node_append(arena, security, one(arena, "key", node_list(arena)));
    node_set(arena, node, STR("operationId"), text(arena, o->id));
    node_set(arena, node, STR("summary"), text(arena, o->summary));
    node_set(arena, node, STR("tags"), tags);
    node_set(arena, node, STR("security"), security);
    node_set(arena, node, STR("parameters"), parameters(arena, o->path));
    if (o->body) {
        Node *content = one(arena, "schema", one(arena, "type", text(arena, "object")));
        Node *body = node_map(arena);
        node_set(arena, content, STR("example"),
                 node_parse_json(arena, str_c(o->body), NULL, &NODE_LIMITS_PACKAGE, &err));
        node_set(arena, body, STR("required"), node_bool(arena, true));
        node_set(arena, body, STR("content"), one(arena, "application/json", content));
        node_set(arena, node, STR("requestBody"), body);
    }
    node_set(arena, responses, STR("200"), response(arena, o->answer, false));
    if (o->done)
        node_set(arena, responses, STR("202"),
                 response(arena, "It is proposed; a second person must approve.", false));
    node_set(arena, responses, STR("401"), response(arena, "There is no valid key.", true));
    node_set(arena, responses, STR("403"),
             response(arena, "The key or its account may not do this.", true));
    node_set(arena, responses, STR("404"), response(arena, "There is none.", true));
    if (o->body)
        node_set(arena, responses, STR("409"),
                 response(arena, "The state does not allow it (any more).", true));
    node_set(arena, responses, STR("422"), response(arena, "A value is wrong.", true));
    node_set(arena, responses, STR("429"),
             response(arena, "The key is used too often; Retry-After says when.", true));
    node_set(arena, node, STR("responses"), responses);
    return node;
}

void openapi_add_staff(Node *paths, Arena *arena)
{
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        const Operation *o = &OPERATIONS[i];
        Node *path = (Node *)node_get(paths, o->path);

        if (!path) {
            path = node_map(arena);
            node_set(arena, paths, str_c(o->path), path);
        }
        node_set(arena, path, str_c(o->method), operation(arena, o));
    }
}
