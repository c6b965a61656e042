/* SPDX-License-Identifier: EUPL-1.2 */
/* One POST to a subscriber (libcurl), signed as Standard Webhooks says. */
#include "hooks/hook.h"

#include "core/crypto.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 5000, TOTAL_MS = 20000, ANSWER_MAX = 64 << 10, RETRY_MAX_S = 3600 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

Str hook_signature(Str key, Str id, int64_t seconds, Str body, Arena *arena)
{
    unsigned char bytes[32] = {0};
    Str raw = STR_NONE;
    Str text = str_printf(arena, "%.*s.%lld.%.*s", STR_ARG(id), (long long)seconds, STR_ARG(body));

    memcpy(bytes, key.ptr, key.len < sizeof bytes ? key.len : sizeof bytes);
    crypto_base64url_decode(arena, crypto_hmac(arena, bytes, text), &raw);
    return str_printf(arena, "v1,%.*s", STR_ARG(crypto_base64(arena, raw)));
}

/* One message on its way. */
typedef struct Sending {
    const HookPost *post;
    bool refused; /* an address that we do not talk to */
    size_t taken; /* bytes of the answer */
} Sending;

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    Sending *sending = context;

    (void)purpose;
    sending->refused = !sending->post->local && hook_address_local(&to->addr);
    if (sending->refused)
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* --- The request
 * -----------------------------------------------------------------------------------
 */

/* What the other side says beyond its status is of no interest; it may not be endless. */
static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    Sending *sending = context;

    (void)bytes;
    sending->taken += size * count;
    return sending->taken > ANSWER_MAX ? 0 : size * count;
}

static struct curl_slist *headers_of(const HookPost *post, Arena *arena)
{
    int64_t seconds = post->now / 1000;
    Str signature = hook_signature(post->key, post->id, seconds, post->body, arena);
    const char *lines[] = {
        "Content-Type: application/cloudevents-batch+json; charset=utf-8",
        "Expect:",
        arena_printf(arena, "webhook-id: %.*s", STR_ARG(post->id)),
        arena_printf(arena, "webhook-timestamp: %lld", (long long)seconds),
        arena_printf(arena, "webhook-signature: %.*s", STR_ARG(signature)),
    };
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = curl_slist_append(list, lines[i]);
        if (!longer) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static void set_options(CURL *curl, Sending *sending, struct curl_slist *headers, Arena *arena)
{
    const HookPost *post = sending->post;

    curl_easy_setopt(curl, CURLOPT_URL, str_cstr(arena, post->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, post->local ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Rathaus/" RATHAUS_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.ptr);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, sending);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
}

/* Why the other side was not reached, as the page of the hook tells it. */
static const char *words_of(const Sending *sending, CURLcode code, Arena *arena)
{
    if (sending->refused)
        return "Die Adresse gehört zu diesem Rechner oder zu seinem Netzabschnitt. Dorthin wird "
               "nichts gesendet.";
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "Der Name in der Adresse ist im Netz nicht bekannt.";
    case CURLE_COULDNT_CONNECT: return "Die Gegenstelle nimmt keine Verbindung an.";
    case CURLE_OPERATION_TIMEDOUT: return "Die Gegenstelle antwortet nicht rechtzeitig.";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION: return "Das Zertifikat der Gegenstelle ist nicht gültig.";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return "Die Gegenstelle hat die Verbindung abgebrochen.";
    default:
        return arena_printf(arena, "Die Gegenstelle ist nicht erreichbar (Fehler %d von libcurl).",
                            (int)code);
    }
}

bool hook_post(const HookPost *post, Arena *arena, HookAnswer *out, Err *err)
{
    Sending sending = {.post = post};
    curl_off_t wait = 0;

    *out = (HookAnswer){0};
    pthread_once(&once, start_curl);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl ? headers_of(post, arena) : NULL;
    if (!curl || !headers) {
        curl_easy_cleanup(curl);
        return err_set(err, ERR_INTERNAL, "Das Programm kann keine Verbindung beginnen.");
    }
    set_options(curl, &sending, headers, arena);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
    out->retry_after_s = wait > RETRY_MAX_S ? RETRY_MAX_S : (int64_t)wait;
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && out->status))
        return true;
    return err_set(err, ERR_TEMPORARY, "%s", words_of(&sending, code, arena));
}
