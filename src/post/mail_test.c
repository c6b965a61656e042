/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of a message. */
#include "post/mail_fixture.h"
#include "post/mail_text.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_is_ascii_with_crlf),
        cmocka_unit_test(long_subject_is_folded_between_characters),
        cmocka_unit_test(quoted_printable_comes_back_unchanged),
        cmocka_unit_test(attachments_follow_the_text),
        cmocka_unit_test(no_value_can_begin_another_header),
        cmocka_unit_test(addresses_follow_rfc_5321),
        cmocka_unit_test(message_id_comes_from_the_key_alone),
        cmocka_unit_test(a_long_key_still_makes_a_valid_message_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
