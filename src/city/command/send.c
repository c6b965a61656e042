/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/command/send.h"

#include "base/percent.h"
#include "core/folder.h"
#include "ident/ident.h"

#include <curl/curl.h>
#include <unistd.h>

enum { ADDRESS_MAX = 200, ANSWER_MAX = 4 << 20, CONNECT_MS = 5000 };

struct CitySender {
    Tenant *tenant;
    Str root; /* "http://127.0.0.1:8080/t/musterstadt" */
    Str key;
    CURL *curl;
    Arena *arena;
};

/* --- The key ---------------------------------------------------------------------------------- */

static DeviceKey key_for(Arena *arena)
{
    return (DeviceKey){.name = str_printf(arena, "rathaus city import %ld", (long)getpid()),
                       .login = STR(CITY_DEVICES_LOGIN),
                       .account = STR(CITY_DEVICES_NAME),
                       .role = STR(CITY_DEVICES_ROLE),
                       .scopes = STR("city.read, city.write"),
                       .per_minute = CITY_DEVICES_PER_MINUTE,
                       /* of one that stays because the command was killed */
                       .expires = date_add_days(date_in_berlin(clock_now()), 1)};
}

static bool make_key(Tx *tx, void *context, Err *err)
{
    CitySender *sender = context;
    DeviceKey key = key_for(sender->arena);

    return ident_device_key_add(tx, &key, STR("system"), sender->arena, &sender->key, err);
}

static bool end_key(Tx *tx, void *context, Err *err)
{
    const CitySender *sender = context;

    return ident_device_key_remove(tx, sender->key, STR("system"), sender->arena, err);
}

/* --- The server --------------------------------------------------------------------------------
 */

/* Where the server of this folder listens, as it wrote it down. */
static bool find_server(CitySender *sender, const CityTown *town, Err *err)
{
    Str address;
    const char *path = arena_printf(sender->arena, "%s/server.address", town->data);

    if (!folder_read_file(path, ADDRESS_MAX, sender->arena, &address, err)) {
        err_clear(err);
        return err_set(err, ERR_CONFLICT,
                       "the measured values of \"%s\" are in use by another command; wait until it "
                       "is done",
                       town->tenant);
    }
    sender->root = str_printf(sender->arena, "%.*s/t/%s", STR_ARG(str_trim(address)), town->tenant);
    return true;
}

CitySender *city_sender_begin(Beside *beside, const CityTown *town, Arena *arena, Err *err)
{
    CitySender *sender = arena_new(arena, CitySender);

    *sender = (CitySender){.tenant = beside->tenant, .arena = arena};
    if (!find_server(sender, town, err) || !db_write(sender->tenant->db, make_key, sender, err))
        return NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sender->curl = curl_easy_init();
    return sender;
}

void city_sender_end(CitySender *sender)
{
    Err ignored = {0}; /* who manages the staff sees a key that stayed */

    if (!sender)
        return;
    db_write(sender->tenant->db, end_key, sender, &ignored);
    curl_easy_cleanup(sender->curl);
}

/* --- One file ----------------------------------------------------------------------------------
 */

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    Buf *answer = context;

    if (answer->len + size * count > ANSWER_MAX)
        return 0;
    buf_add(answer, (Str){bytes, size * count});
    return size * count;
}

static void add_word(Buf *address, const char *name, Str value)
{
    buf_addf(address, "&%s=", name);
    percent_encode(address, value, "");
}

static const char *address_of(const CitySender *sender, const CityImport *import, CityAccess access)
{
    Buf out = buf_in(sender->arena);

    buf_addf(&out, "%.*s/api/v1/city/datasets/%.*s/import?make=%s", STR_ARG(sender->root),
             STR_ARG(import->dataset), access == CITY_PUBLIC ? "public" : "internal");
    add_word(&out, "source", import->source);
    add_word(&out, "folder", import->folder);
    add_word(&out, "thing", import->thing);
    add_word(&out, "property", import->property);
    add_word(&out, "unit", import->unit);
    return str_cstr(sender->arena, buf_str(&out));
}

static CURLcode post(const CitySender *sender, const char *address, Str body, Buf *answer,
                     long *status)
{
    CURL *curl = sender->curl;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/octet-stream");
    const char *bearer =
        arena_printf(sender->arena, "Authorization: Bearer %.*s", STR_ARG(sender->key));

    headers = curl_slist_append(headers, bearer);
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.ptr);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(headers);
    return code;
}

static int64_t number_of(const Node *report, const char *name)
{
    int64_t number = 0;

    str_to_i64(node_text(node_get(report, name)), &number);
    return number;
}

static void read_report(const Node *json, const CityImport *import, Arena *arena,
                        CityImportReport *out)
{
    const Node *problems = node_get(json, "problems");

    *out = (CityImportReport){.kind = str_cstr(arena, node_get_text(json, "kind")),
                              .lines = number_of(json, "lines"),
                              .observations = number_of(json, "observations"),
                              .streams = number_of(json, "new_datastreams"),
                              .things = number_of(json, "new_things"),
                              .wrong = number_of(json, "left_out")};
    for (size_t i = 0; problems && i < problems->count; i++)
        import->tell(import->context, (int)number_of(problems->items[i], "line"),
                     str_cstr(arena, node_get_text(problems->items[i], "message")));
}

bool city_send(CitySender *sender, const CityImport *import, CityAccess access, bool *made,
               CityImportReport *out, Err *err)
{
    Buf answer = buf_in(sender->arena);
    Err why = {0};
    long status = 0;
    CURLcode code =
        post(sender, address_of(sender, import, access), import->text, &answer, &status);
    const Node *json =
        node_parse_json(sender->arena, buf_str(&answer), NULL, &NODE_LIMITS_PACKAGE, &why);

    if (code != CURLE_OK && !status)
        return err_set(err, ERR_TEMPORARY, "the server at %.*s does not answer: %s",
                       STR_ARG(sender->root), curl_easy_strerror(code));
    if (status == 413)
        return err_set(err, ERR_TOO_LARGE,
                       "a running server takes files of up to 60 MB; part it, or stop the server");
    if (status != 200 || !json)
        return err_set(err, ERR_INPUT, "%.*s (the server answered %ld)",
                       STR_ARG(node_get_text(json, "detail")), status);
    *made = node_get(json, "made_dataset") != NULL;
    read_report(json, import, sender->arena, out);
    return true;
}
