/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/mail.h"

#include "base/test.h"
#include "post/mail_text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static MailMessage sample(void)
{
    return (MailMessage){.from = {STR("Stadt Musterstadt"), STR("steueramt@musterstadt.example")},
                         .to = {STR("Jürgen Weiß"), STR("jw@example.org")},
                         .subject = STR("Bescheid"),
                         .body = STR("Guten Tag,\n\nIhr Bescheid über 12,30 € liegt bereit.\n"),
                         .message_id = STR("case-17-notice@musterstadt.example"),
                         .date = 1803893400123};
}

/* ------------------------------------------------------------------- text */

static void message_is_ascii_with_crlf(void **state)
{
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    Err err = {0};
    Str text;

    (void)state;
    assert_ok(mail_compose(&message, arena, &text, &err), &err);
    assert_str(text, "Date: Mon, 01 Mar 2027 09:30:00 +0000\r\n"
                     "From: \"Stadt Musterstadt\"\r\n <steueramt@musterstadt.example>\r\n"
                     "To: =?UTF-8?Q?J=C3=BCrgen_Wei=C3=9F?=\r\n <jw@example.org>\r\n"
                     "Subject: Bescheid\r\n"
                     "Message-ID: <case-17-notice@musterstadt.example>\r\n"
                     "Auto-Submitted: auto-generated\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                     "Guten Tag,\r\n\r\n"
                     "Ihr Bescheid =C3=BCber 12,30 =E2=82=AC liegt bereit.\r\n");
    arena_destroy(arena);
}

/* Value of a header in the message, folds kept. */
static Str header_of(Str text, const char *name)
{
    ptrdiff_t from = str_find(text, str_c(name));
    size_t to;

    assert_true(from >= 0);
    to = (size_t)from + strlen(name);
    text = str_slice(text, to, text.len);
    for (to = 0; to + 2 < text.len; to++)
        if (str_starts_with(str_slice(text, to, text.len), "\r\n") && text.ptr[to + 2] != ' ')
            break;
    return str_slice(text, 0, to);
}

static void long_subject_is_folded_between_characters(void **state)
{
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    Err err = {0};
    Str text, subject, rest;

    (void)state;
    message.subject = STR("Änderung Ihrer Hundesteuer für „Bärchen“: Bitte prüfen Sie die "
                          "Größe des Hundes und die Angaben zur Versicherung =?x?=");
    assert_ok(mail_compose(&message, arena, &text, &err), &err);
    subject = header_of(text, "Subject: ");
    rest = subject;
    while (rest.ptr) {
        Str line = str_cut(&rest, '\n');
        Str word = str_trim(line);

        assert_true(line.len <= 76);
        assert_true(str_starts_with(word, "=?UTF-8?Q?") && str_ends_with(word, "?="));
        /* No word begins in the middle of a character (UTF-8 continuation 80-BF). */
        assert_false(word.ptr[10] == '=' && strchr("89AB", word.ptr[11]));
    }
    assert_str(mail_decode_header(arena, subject), message.subject.ptr);
    arena_destroy(arena);
}

static void quoted_printable_comes_back_unchanged(void **state)
{
    static const char text[] = "kurz\n"
                               "eine sehr lange Zeile mit Umlauten äöüß, die weit über die "
                               "sechsundsiebzig Zeichen hinausgeht, die erlaubt sind.............."
                               "...............................................................\n"
                               "Ende mit Leerzeichen \n"
                               ".\n"
                               "From hier\n"
                               "a=b\tc\n";
    Arena *arena = arena_create(0);
    Buf encoded = buf_in(arena);
    Str rest;

    (void)state;
    mail_add_quoted_printable(&encoded, str_c(text));
    assert_str(mail_decode_quoted_printable(arena, buf_str(&encoded)), text);
    rest = buf_str(&encoded);
    while (!str_empty(rest)) {
        Str line = str_cut(&rest, '\n');

        assert_true(line.len <= 77); /* with CR */
        assert_true(str_ends_with(line, "\r"));
        assert_false(str_starts_with(line, ".") || str_starts_with(line, "From "));
        assert_false(str_ends_with(line, " \r"));
    }
    arena_destroy(arena);
}

static void attachments_follow_the_text(void **state)
{
    MailAttachment file = {STR("Bescheid für Rex.pdf"), STR("application/pdf"), STR("%PDF-1.7")};
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    Err err = {0};
    Str text;

    (void)state;
    message.attachments = &file;
    message.attachment_count = 1;
    assert_ok(mail_compose(&message, arena, &text, &err), &err);
    assert_true(str_find(text, STR("filename*=UTF-8''Bescheid%20f%C3%BCr%20Rex.pdf\r\n")) > 0);
    assert_true(str_find(text, STR("base64\r\n\r\nJVBERi0xLjc=\r\n--=_")) > 0);
    assert_true(str_ends_with(text, "--\r\n"));
    file.type = STR("application/pdf\r\nX: y");
    assert_false(mail_compose(&message, arena, &text, &err));
    arena_destroy(arena);
}

/* ---------------------------------------------------------------- refusals */

static void no_value_can_begin_another_header(void **state)
{
    static const char *const values[] = {"a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\002c",
                                         "a\x7f"};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        Str value = str_c(values[i]), text;

        for (int field = 0; field < 7; field++) {
            MailMessage message = sample();
            Err err = {0};

            switch (field) {
            case 0: message.subject = value; break;
            case 1: message.from.name = value; break;
            case 2: message.to.name = value; break;
            case 3: message.to.address = str_printf(arena, "%s@example.org", values[i]); break;
            case 4: message.from.address = str_printf(arena, "a@%s", values[i]); break;
            case 5: message.message_id = str_printf(arena, "%s@x", values[i]); break;
            case 6: message.reply_to = value; break;
            }
            assert_false(mail_compose(&message, arena, &text, &err));
            assert_int_equal(err.kind, ERR_INPUT);
        }
    }
    arena_destroy(arena);
}

static void addresses_follow_rfc_5321(void **state)
{
    static const char *const good[] = {"a@b", "erika.muster+hund@mail.example.org",
                                       "o'neill@xn--mnchen-3ya.example", "x@localhost"};
    static const char *const bad[] = {
        "",          "a",      "@b",    "a@",    "a b@c",   "a@b c",         ".a@b",
        "a.@b",      "a..b@c", "a@-b",  "a@b-",  "a@b..c",  "a@b.",          "ä@b",
        "a@münchen", "a@b@c",  "<a@b>", "a,b@c", "\"a\"@b", "a@[127.0.0.1]", "a@b\r\nc"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_valid(str_c(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mail_address_valid(str_c(bad[i])));
}

static void message_id_comes_from_the_key_alone(void **state)
{
    Arena *arena = arena_create(0);
    Str id = mail_message_id(arena, STR("case/17:mail .x. ü"), STR("musterstadt.example"));

    (void)state;
    assert_str(id, "case=2F17=3Amail=20.x.=20=C3=BC@musterstadt.example");

    /* However long the key, the address is one; and another key gives another one. */
    Str key =
        STR("mail/draft/0123456789012345678901234567890123456789/0123456789abcdef/2027-03-01");
    id = mail_message_id(arena, key, STR("musterstadt.example"));
    assert_true(mail_address_valid(id));
    assert_true(str_eq(id, mail_message_id(arena, key, STR("musterstadt.example"))));
    key.len--;
    assert_false(str_eq(id, mail_message_id(arena, key, STR("musterstadt.example"))));
    arena_destroy(arena);
}

static void a_long_key_still_makes_a_valid_message_id(void **state)
{
    Arena *arena = arena_create(0);
    Str key = STR("login-link/2a2e8b6d471494a9504630c4708aa29bdabe340912fe770e1f07aa723892d9c2");
    Str id = mail_message_id(arena, key, STR("musterstadt.example"));

    (void)state;
    assert_true(mail_address_valid(id));
    assert_true(str_eq(id, mail_message_id(arena, key, STR("musterstadt.example"))));
    arena_destroy(arena);
}

/* ------------------------------------------------------------------- spool */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/mail-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    (void)state;
    if (!dir)
        return -1;
    while ((entry = readdir(dir)) != NULL)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    return rmdir(folder);
}

static size_t files_in_folder(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void the_same_message_twice_is_one_file(void **state)
{
    MailTransport spool = {.spool = str_c(folder)};
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    SpooledMail *mails;
    size_t count;
    Err err = {0};

    (void)state;
    assert_ok(mail_send(&spool, &message, &err), &err);
    assert_ok(mail_send(&spool, &message, &err), &err);
    assert_int_equal(files_in_folder(), 1);
    message.message_id = STR("case-18@musterstadt.example");
    message.date += 60000;
    message.subject = STR("Zweiter Bescheid für Sie");
    assert_ok(mail_send(&spool, &message, &err), &err);
    assert_int_equal(files_in_folder(), 2);
    assert_ok(mail_spool_list(str_c(folder), arena, &mails, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_str(mails[0].subject, "Zweiter Bescheid für Sie");
    assert_str(mails[1].file, "case-17-notice@musterstadt.example.eml");
    assert_str(mails[1].message_id, "case-17-notice@musterstadt.example");
    assert_str(mails[1].from, "Stadt Musterstadt <steueramt@musterstadt.example>");
    assert_str(mails[1].to, "Jürgen Weiß <jw@example.org>");
    assert_int_equal(mails[1].date, 1803893400000);
    arena_destroy(arena);
}

static void a_spooled_message_can_be_read_again(void **state)
{
    MailAttachment file = {STR("Bescheid für Rex.pdf"), STR("application/pdf"), STR("%PDF-1.7")};
    MailTransport spool = {.spool = str_c(folder)};
    Arena *arena = arena_create(0);
    MailMessage message = sample();
    SpooledMail mail;
    Err err = {0};

    (void)state;
    assert_ok(mail_send(&spool, &message, &err), &err);
    assert_ok(mail_spool_read(str_c(folder), STR("case-17-notice@musterstadt.example.eml"), arena,
                              &mail, &err),
              &err);
    assert_str(mail.body, message.body.ptr);
    assert_str(mail.attached, "");
    message.attachments = &file;
    message.attachment_count = 1;
    assert_ok(mail_send(&spool, &message, &err), &err);
    assert_ok(mail_spool_read(str_c(folder), STR("case-17-notice@musterstadt.example.eml"), arena,
                              &mail, &err),
              &err);
    assert_str(mail.body, message.body.ptr);
    assert_str(mail.attached, "Bescheid für Rex.pdf\n");
    arena_destroy(arena);
}

static void only_messages_of_the_spool_can_be_read(void **state)
{
    static const char *const names[] = {"../x.eml", "/etc/passwd", "a/b.eml", ".hidden.eml", "x",
                                        "",         "none.eml"};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        SpooledMail mail;
        Err err = {0};

        assert_false(mail_spool_read(str_c(folder), str_c(names[i]), arena, &mail, &err));
        assert_int_equal(err.kind, ERR_NOT_FOUND);
    }
    arena_destroy(arena);
}

static void a_spool_that_cannot_be_written_is_temporary(void **state)
{
    MailTransport spool = {.spool = STR("/proc/no-such-folder/spool")};
    MailMessage message = sample();
    Err err = {0};

    (void)state;
    assert_false(mail_send(&spool, &message, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
}

/* -------------------------------------------------------------------- SMTP */

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
#define WITH_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_is_ascii_with_crlf),
        cmocka_unit_test(long_subject_is_folded_between_characters),
        cmocka_unit_test(quoted_printable_comes_back_unchanged),
        cmocka_unit_test(attachments_follow_the_text),
        cmocka_unit_test(no_value_can_begin_another_header),
        cmocka_unit_test(addresses_follow_rfc_5321),
        cmocka_unit_test(message_id_comes_from_the_key_alone),
        cmocka_unit_test(a_long_key_still_makes_a_valid_message_id),
        WITH_FOLDER(the_same_message_twice_is_one_file),
        WITH_FOLDER(a_spooled_message_can_be_read_again),
        WITH_FOLDER(only_messages_of_the_spool_can_be_read),
        cmocka_unit_test(a_spool_that_cannot_be_written_is_temporary),
        cmocka_unit_test(a_server_gets_the_composed_message),
        cmocka_unit_test(refusals_are_told_apart),
        cmocka_unit_test(a_refused_login_is_temporary_and_tells_no_secret),
        cmocka_unit_test(required_tls_is_never_given_up),
        cmocka_unit_test(no_server_is_temporary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
