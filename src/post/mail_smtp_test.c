/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages are handed to a server. */
#include "post/mail_fixture.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server for one conversation: says its answers by the first letters of what it hears. */
typedef struct Responder {
    const char *mail, *rcpt, *data, *end; /* answers; NULL hangs up instead */
    bool login;
    int socket;
    unsigned port;
    char heard[8192];
} Responder;

static void say(FILE *stream, const char *text)
{
    fprintf(stream, "%s\r\n", text);
    fflush(stream);
}

static bool answer(Responder *responder, FILE *stream, const char *line, bool *in_data)
{
    const char *text = "250 ok";

    if (*in_data) {
        if (strcmp(line, ".\r\n") != 0)
            return true;
        *in_data = false;
        text = responder->end;
    } else if (strncmp(line, "EHLO", 4) == 0) {
        say(stream, responder->login ? "250-test\r\n250 AUTH PLAIN" : "250 test");
        return true;
    } else if (strncmp(line, "AUTH", 4) == 0) {
        text = "535 go away";
    } else if (strncmp(line, "MAIL", 4) == 0) {
        text = responder->mail;
    } else if (strncmp(line, "RCPT", 4) == 0) {
        text = responder->rcpt;
    } else if (strncmp(line, "DATA", 4) == 0) {
        text = responder->data;
        *in_data = text && text[0] == '3';
    } else if (strncmp(line, "QUIT", 4) == 0) {
        say(stream, "221 bye");
        return false;
    }
    if (text)
        say(stream, text);
    return text != NULL;
}

static void *respond(void *data)
{
    Responder *responder = data;
    int connection = accept(responder->socket, NULL, NULL);
    FILE *stream = fdopen(connection, "r+");
    bool in_data = false;
    char line[2048];

    say(stream, "220 test");
    while (fgets(line, sizeof line, stream)) {
        strncat(responder->heard, line, sizeof responder->heard - strlen(responder->heard) - 1);
        if (!answer(responder, stream, line, &in_data))
            break;
    }
    fclose(stream);
    return NULL;
}

static bool talk(Responder *responder, const MailTransport *settings, const MailMessage *message,
                 Err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    MailTransport transport = *settings;
    pthread_t thread;
    char url[64];
    bool sent;

    responder->socket = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(responder->socket, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(responder->socket, 1), 0);
    getsockname(responder->socket, (struct sockaddr *)&address, &len);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", ntohs(address.sin_port));
    transport.url = str_c(url);
    pthread_create(&thread, NULL, respond, responder);
    sent = mail_send(&transport, message, err);
    pthread_join(thread, NULL);
    close(responder->socket);
    return sent;
}

static const char ok[] = "250 ok", go_on[] = "354 go on";

static void a_server_gets_the_composed_message(void **state)
{
    Responder responder = {.mail = ok, .rcpt = ok, .data = go_on, .end = ok};
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    Err err = {0};
    Str text;

    (void)state;
    message.body = STR("Zeile\n.\n..zwei\nEnde");
    assert_ok(talk(&responder, &(MailTransport){0}, &message, &err), &err);
    assert_ok(mail_compose(&message, arena, &text, &err), &err);
    assert_non_null(strstr(responder.heard, "EHLO musterstadt.example\r\n"));
    assert_non_null(strstr(responder.heard, "MAIL FROM:<steueramt@musterstadt.example>"));
    assert_non_null(strstr(responder.heard, "RCPT TO:<jw@example.org>\r\n"));
    assert_non_null(strstr(responder.heard, str_cstr(arena, text)));
    arena_destroy(arena);
}

static void refusals_are_told_apart(void **state)
{
    static const struct {
        Responder responder;
        ErrKind kind;
        const char *words;
    } cases[] = {
        {{.mail = ok, .rcpt = "550 5.1.1 no such user"}, ERR_INPUT, "550 5.1.1 no such user"},
        {{.mail = ok, .rcpt = "451 4.7.1 greylisted"}, ERR_TEMPORARY, "451 4.7.1 greylisted"},
        {{.mail = "452 full"}, ERR_TEMPORARY, "452 full"},
        {{.mail = "552 too big"}, ERR_INPUT, "552 too big"},
        {{.mail = ok, .rcpt = ok, .data = go_on, .end = "554 is spam"}, ERR_INPUT, "554 is spam"},
        {{.mail = ok, .rcpt = ok, .data = go_on, .end = "451 later"}, ERR_TEMPORARY, "451 later"},
        {{.mail = ok, .rcpt = ok, .data = go_on}, ERR_TEMPORARY, ""},
        {{.mail = NULL}, ERR_TEMPORARY, ""},
    };
    MailMessage message = sample();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Responder responder = cases[i].responder;
        Err err = {0};

        assert_false(talk(&responder, &(MailTransport){0}, &message, &err));
        assert_int_equal(err.kind, cases[i].kind);
        if (!strstr(err.message, cases[i].words))
            fail_msg("\"%s\" says nothing of \"%s\"", err.message, cases[i].words);
    }
}

static void a_refused_login_is_temporary_and_tells_no_secret(void **state)
{
    Responder responder = {.mail = ok, .rcpt = ok, .data = go_on, .end = ok, .login = true};
    MailTransport transport = {.user = STR("stadt"), .password = STR("sehr-geheim")};
    MailMessage message = sample();
    Err err = {0};

    (void)state;
    assert_false(talk(&responder, &transport, &message, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_null(strstr(err.message, "geheim"));
    assert_null(strstr(responder.heard, "MAIL FROM"));
}

static void required_tls_is_never_given_up(void **state)
{
    Responder responder = {.mail = ok, .rcpt = ok, .data = go_on, .end = ok};
    MailTransport transport = {.tls = MAIL_TLS_REQUIRED};
    MailMessage message = sample();
    Err err = {0};

    (void)state;
    assert_false(talk(&responder, &transport, &message, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_null(strstr(responder.heard, "MAIL FROM"));
}

static void no_server_is_temporary(void **state)
{
    MailTransport transport = {.url = STR("smtp://127.0.0.1:1")};
    MailMessage message = sample();
    Err err = {0};

    (void)state;
    assert_false(mail_send(&transport, &message, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    transport.url = STR("smtp://user:geheim@127.0.0.1:1");
    assert_false(mail_send(&transport, &message, &err));
    assert_null(strstr(err.message, "geheim"));
    transport.url = STR("file:///etc/passwd");
    assert_false(mail_send(&transport, &message, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_gets_the_composed_message),
        cmocka_unit_test(refusals_are_told_apart),
        cmocka_unit_test(a_refused_login_is_temporary_and_tells_no_secret),
        cmocka_unit_test(required_tls_is_never_given_up),
        cmocka_unit_test(no_server_is_temporary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
