/* SPDX-License-Identifier: EUPL-1.2 */
/* A message to an SMTP server (libcurl). */
#include "post/mail.h"

#include "base/buf.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

enum { CONNECT_TIMEOUT_MS = 10000, TOTAL_TIMEOUT_MS = 60000, WORDS_MAX = 300 };

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* One delivery. */
typedef struct Delivery {
    Str rest;              /* of the message, still to be sent */
    bool message_begun;    /* "MAIL FROM" was said: a refusal from here on means this message */
    char words[WORDS_MAX]; /* the server's last refusal: "550 5.1.1 no such user" */
} Delivery;

static size_t read_message(char *to, size_t size, size_t count, void *data)
{
    Delivery *delivery = data;
    size_t len = size * count < delivery->rest.len ? size * count : delivery->rest.len;

    memcpy(to, delivery->rest.ptr, len);
    delivery->rest = str_slice(delivery->rest, len, delivery->rest.len);
    return len;
}

/* A refusal without control characters: it goes into an error message. */
static void keep_words(Delivery *delivery, Str line)
{
    size_t len = 0;

    line = str_trim(line);
    if (str_empty(line) || (line.ptr[0] != '4' && line.ptr[0] != '5'))
        return;
    for (size_t i = 0; i < line.len && len + 1 < WORDS_MAX; i++)
        if ((unsigned char)line.ptr[i] >= ' ' && (unsigned char)line.ptr[i] < 0x7f)
            delivery->words[len++] = line.ptr[i];
    delivery->words[len] = 0;
}

/* Curl tells what goes over the wire. Of what we say, only the begin of the message is
 * noted; logins pass here too and are not looked at. */
static int watch(CURL *curl, curl_infotype type, char *data, size_t len, void *user)
{
    Delivery *delivery = user;
    Str line = {data, len};

    (void)curl;
    if (type == CURLINFO_HEADER_OUT && str_starts_with(line, "MAIL FROM:"))
        delivery->message_begun = true;
    if (type == CURLINFO_HEADER_IN)
        keep_words(delivery, line);
    return 0;
}

static bool url_allowed(Str url)
{
    return (str_starts_with(url, "smtp://") || str_starts_with(url, "smtps://")) &&
           str_find_char(url, '@') < 0;
}

/* The name for EHLO is the domain that the mail comes from. */
static const char *url_with_name(const MailTransport *transport, const MailMessage *message,
                                 Arena *arena)
{
    Str address = message->from.address, url = transport->url;
    ptrdiff_t at = str_find_char(address, '@');

    if (str_ends_with(url, "/"))
        url.len--;
    return arena_printf(arena, "%.*s/%.*s", STR_ARG(url),
                        STR_ARG(str_slice(address, (size_t)at + 1, address.len)));
}

static void set_options(CURL *curl, const MailTransport *transport, const MailMessage *message,
                        Delivery *delivery, Arena *arena)
{
    static const long tls[] = {[MAIL_TLS_TRY] = CURLUSESSL_TRY,
                               [MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
                               [MAIL_TLS_NONE] = CURLUSESSL_NONE};
    long connect =
        transport->connect_timeout_ms ? (long)transport->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    long total = transport->total_timeout_ms ? (long)transport->total_timeout_ms : TOTAL_TIMEOUT_MS;

    curl_easy_setopt(curl, CURLOPT_URL, url_with_name(transport, message, arena));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, total);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, tls[transport->tls]);
    if (!str_empty(transport->user)) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, str_cstr(arena, transport->user));
        curl_easy_setopt(curl, CURLOPT_PASSWORD, str_cstr(arena, transport->password));
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM,
                     arena_printf(arena, "<%.*s>", STR_ARG(message->from.address)));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)delivery->rest.len);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(curl, CURLOPT_READDATA, delivery);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, delivery);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
}

static bool explain(CURLcode code, const MailTransport *transport, const Delivery *delivery,
                    Err *err)
{
    long answer = strtol(delivery->words, NULL, 10);

    if (code == CURLE_LOGIN_DENIED || answer == 530 || answer == 534 || answer == 535)
        return err_set(err, ERR_TEMPORARY, "mail: %.*s refuses our login (%ld)",
                       STR_ARG(transport->url), answer);
    if (delivery->message_begun && answer >= 500 && answer < 600)
        return err_field(err, "server", "%s", delivery->words);
    if (answer >= 400)
        return err_set(err, ERR_TEMPORARY, "mail: %.*s cannot take mail now: %s",
                       STR_ARG(transport->url), delivery->words);
    return err_set(err, ERR_TEMPORARY, "mail: %.*s: %s", STR_ARG(transport->url),
                   curl_easy_strerror(code));
}

static bool deliver(const MailTransport *transport, const MailMessage *message, Str text,
                    Arena *arena, Err *err)
{
    Delivery delivery = {.rest = text};
    struct curl_slist *recipients;
    CURL *curl;
    CURLcode code;
    bool sent;

    if (!url_allowed(transport->url))
        return err_set(err, ERR_TEMPORARY,
                       "mail: the address of the server must be smtp://HOST:PORT or "
                       "smtps://HOST:PORT, with user and password in settings of their own");
    pthread_once(&prepared, prepare);
    curl = curl_easy_init();
    recipients =
        curl_slist_append(NULL, arena_printf(arena, "<%.*s>", STR_ARG(message->to.address)));
    if (!curl || !recipients) {
        curl_easy_cleanup(curl);
        curl_slist_free_all(recipients);
        return err_set(err, ERR_TEMPORARY, "mail: out of memory");
    }
    set_options(curl, transport, message, &delivery, arena);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    code = curl_easy_perform(curl);
    sent = code == CURLE_OK || explain(code, transport, &delivery, err);
    curl_easy_cleanup(curl);
    curl_slist_free_all(recipients);
    return sent;
}

bool mail_send(const MailTransport *transport, const MailMessage *message, Err *err)
{
    Arena *arena = arena_create(64 * 1024);
    Str text;
    bool sent = mail_compose(message, arena, &text, err) &&
                (str_empty(transport->url)
                     ? mail_spool_save(transport->spool, message->message_id, text, err)
                     : deliver(transport, message, text, arena, err));

    arena_destroy(arena);
    return sent;
}
