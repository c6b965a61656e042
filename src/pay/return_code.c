/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/return_code.h"

static const struct ReturnCode {
    const char *code, *words;
    bool ends_mandate;
} CODES[] = {
    {"AC01", "Die IBAN stimmt nicht.", true},
    {"AC04", "Das Konto ist aufgelöst.", true},
    {"AC06", "Das Konto ist gesperrt.", true},
    {"AC13", "Das Konto gehört einem Unternehmen; die Lastschrift ist nur für Privatkonten.", true},
    {"AG01", "Von diesem Konto darf nicht abgebucht werden.", true},
    {"AG02", "Die Bank hat die Lastschrift nicht angenommen.", false},
    {"AM04", "Das Konto war nicht gedeckt.", false},
    {"AM05", "Die Zahlung kam doppelt an.", false},
    {"BE05", "Die Gläubiger-Identifikationsnummer ist der Bank nicht bekannt.", false},
    {"FF05", "Die Art der Lastschrift passt nicht.", false},
    {"FOCR", "Die Bank hat die Zahlung auf Bitte der zahlenden Bank zurückgegeben.", false},
    {"MD01", "Es gibt kein gültiges Mandat.", true},
    {"MD06", "Die zahlende Person hat der Lastschrift widersprochen.", true},
    {"MD07", "Die Kontoinhaberin oder der Kontoinhaber ist verstorben.", true},
    {"MS02", "Die zahlende Person hat die Lastschrift abgelehnt.", true},
    {"MS03", "Die Bank nennt keinen Grund.", false},
    {"RC01", "Die BIC stimmt nicht.", false},
    {"RR01", "Angaben über die zahlende Person fehlen.", false},
    {"RR04", "Die Bank darf den Grund nicht nennen.", false},
    {"SL01", "Die zahlende Person hat Lastschriften der Stadt sperren lassen.", true},
    {"TM01", "Die Datei kam zu spät bei der Bank an.", false},
};

static const struct ReturnCode *find(Str code)
{
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (str_is(code, CODES[i].code))
            return &CODES[i];
    return NULL;
}

Str return_code_words(Str code)
{
    const struct ReturnCode *known = find(code);

    if (!code.ptr)
        return STR_NONE;
    return known ? str_c(known->words) : STR("Die Bank hat die Zahlung zurückgegeben.");
}

bool return_code_ends_mandate(Str code)
{
    const struct ReturnCode *known = find(code);

    return known && known->ends_mandate;
}
