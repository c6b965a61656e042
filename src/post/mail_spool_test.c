/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages are kept in a folder instead of being sent. */
#include "core/test_folder.h"
#include "post/mail_fixture.h"

#include <dirent.h>
#include <stdio.h>

static char folder[TEST_FOLDER_MAX];

static int make_folder(void **state)
{
    (void)state;
    test_folder_make(folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_message_twice_is_one_file),
        TEST(a_spooled_message_can_be_read_again),
        TEST(only_messages_of_the_spool_can_be_read),
        TEST(a_spool_that_cannot_be_written_is_temporary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
