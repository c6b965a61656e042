/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts as SEPA payments may carry them: letters, digits and / - ? : ( ) . , ' + and blank
 * (EPC217-08, "SEPA requirements for an extended character set"; Anlage 3 of the DFÜ-Abkommen for ä
 * ö ü ß). */
#pragma once

#include "base/str.h"

/* The text in that character set, blanks joined, at most `most` characters. */
Str sepa_text(Arena *arena, Str text, size_t most);
/* Is every character one of the set? */
bool sepa_text_ok(Str text);
/* May it be the name of a message, payment or mandate: of the set, at most 35 characters, no slash
 * at either end and no two together? */
bool sepa_id_ok(Str text);
/* By what two spellings of a name are compared: "Müller, Anna-Lena" and "ANNA LENA MUELLER" are
 * "anna lena mueller". */
Str name_key(Arena *arena, Str name);
