/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/mailbox.h"

#include "core/engine.h"

bool mailbox_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                     Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++) {
        if (!engines[i]->letter_address)
            continue;
        if (engines[i]->letter_address(tx, tenant, subject, arena, out, err))
            return true;
        if (err->kind != ERR_NOT_FOUND)
            return false;
    }
    return err_set(err, ERR_NOT_FOUND, "no address is known for %.*s", STR_ARG(subject));
}

bool mailbox_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                  Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);
    Str given;

    for (size_t i = 0; i < count; i++) {
        if (!engines[i]->letter_send)
            continue;
        if (engines[i]->letter_send(tx, tenant, letter, arena, name ? name : &given, err))
            return true;
        if (err->kind != ERR_NOT_FOUND)
            return false;
    }
    return err_set(err, ERR_NOT_FOUND, "no address is known for %.*s", STR_ARG(letter->subject));
}

bool mailbox_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    *taken = false;
    for (size_t i = 0; i < count && !*taken; i++)
        if (engines[i]->letter_take_back &&
            !engines[i]->letter_take_back(tx, name, arena, taken, err))
            return false;
    return true;
}
