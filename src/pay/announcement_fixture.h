/* SPDX-License-Identifier: EUPL-1.2 */
/* A town whose announcements are letters or mails, beside an engine that keeps mailboxes. */
#pragma once

#include "core/mailbox.h"
#include "pay/collection_fixture.h"

#include <stdio.h>

static int letters; /* that came in, less those that were taken back */
static Str last_body, last_title;
static bool nobody;  /* is known */
static bool printed; /* all that came in: too late to take back */

static bool address_fn(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                       Err *err)
{
    (void)tx, (void)tenant, (void)subject, (void)arena;
    *out = (LetterAddress){.lines = {STR("A"), STR("B"), STR("C")}, .count = 3};
    return !nobody || err_set(err, ERR_NOT_FOUND, "no address");
}

static bool send_fn(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                    Err *err)
{
    (void)tx, (void)tenant, (void)arena, (void)err;
    *name = str_printf(arena, "letter/%d", ++letters);
    last_body = str_copy(town.arena, letter->body);
    last_title = str_copy(town.arena, letter->title);
    return true;
}

static bool take_back_fn(Tx *tx, Str name, Arena *arena, bool *taken, Err *err)
{
    (void)tx, (void)arena, (void)err;
    *taken = !printed && str_starts_with(name, "letter/");
    letters -= *taken;
    return true;
}

static const Engine MAILBOX = {.name = "mailbox",
                               .letter_address = address_fn,
                               .letter_send = send_fn,
                               .letter_take_back = take_back_fn};
static const Engine *const WITH_MAILBOX[] = {&WORK_ENGINE, &PAY_ENGINE, &MAILBOX};

static inline int open_town(const char *more)
{
    char settings[600];

    letters = 0;
    nobody = printed = false;
    snprintf(settings, sizeof settings,
             "title: Musterstadt\nmoney:\n  creditor: Stadt Musterstadt\n"
             "  iban: DE02 1203 0000 0000 2020 51\n  creditor_id: DE98ZZZ09999999999\n"
             "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n%s"
             "  accounts:\n    hundesteuer: {number: 340}\n",
             more);
    test_town_open(&town, WITH_MAILBOX, 3, settings);
    return 0;
}

static inline int set_up_mailbox(void **state)
{
    (void)state;
    return open_town("");
}

/* One part due, of somebody whose mandate has no e-mail address. */
static inline void prepare(void)
{
    test_assess_parts("a", "p/1");
    test_sign("p/1", IBAN_A);
}

static inline SepaOrder in_days(const char *key, int days)
{
    Date today = date_in_berlin(clock_now());

    return (SepaOrder){.key = str_c(key),
                       .due_until = today,
                       .collect_on = target_from(date_add_days(today, days)),
                       .actor = STR("staff/1")};
}
