/* SPDX-License-Identifier: EUPL-1.2 */
/* Field: one value of a form by its type. What comes from outside becomes the type's normal form,
 * or a reason why not, in the words of the person who sent it. */
#pragma once

#include "cases/form.h"

/* Why a value was refused. */
typedef struct FieldFault {
    const char *rule; /* "type", "length", …; see FormError */
    Str message;
} FieldFault;

typedef struct FieldTask {
    const FormField *field;
    Str lang;
    Arena *arena;
    FieldFault *fault;
} FieldTask;

/* Sets the fault; returns false. */
bool field_refuse(const FieldTask *task, const char *rule, Str message);
/* A group that is no map, or no list of maps. */
bool field_refuse_shape(const FieldTask *task);
/* Bring a JSON value to the normal form of its type. `*out` is NULL when the value is empty (null,
 * a blank text); of lists it is the empty list. Groups are the evaluator's matter. */
bool field_normalise(const FieldTask *task, const Node *raw, Node **out);

bool field_normalise_text(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_number(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_moment(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_contact(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_identifier(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_choice(const FieldTask *task, const Node *raw, Node **out);
bool field_normalise_upload(const FieldTask *task, const Node *raw, Node **out);

/* The label as a C string, for messages. */
const char *field_label(const FieldTask *task);
/* The text of a JSON string, trimmed, in NFC and without what is not seen (zero-width characters,
 * controls of the writing direction); STR_NONE when nothing is left. False with a fault for other
 * kinds, for control characters and noncharacters, and for more than four marks on a letter.
 * `lines`: line breaks stay (as LF), else they become spaces. */
bool field_clean_text(const FieldTask *task, const Node *raw, bool lines, Str *out);

/* --- Rules of single types, each with its source -------------------------------------------- */

/* [-]digits[.digits] without needless zeros; false when it is no such number, has more than
 * `places` digits behind the point or more than 15 before it. */
bool field_decimal(Arena *arena, Str text, int places, Str *out, bool *too_many_places);
typedef enum IbanFault { IBAN_OK, IBAN_SHAPE, IBAN_COUNTRY, IBAN_LENGTH, IBAN_CHECKSUM } IbanFault;
/* ISO 13616: country, length, remainder 1 modulo 97. `iban` has no spaces and is upper case;
 * `*length` gets the length that the country's IBANs have. */
IbanFault field_iban_check(Str iban, int *length);
/* The German Steuer-Identifikationsnummer (§ 139b AO): 11 digits, ISO 7064 MOD 11,10. */
bool field_tax_id_check(Str digits);
/* "+491711234567" from what people write; false when it is no number. */
bool field_phone_normal(Arena *arena, Str text, Str *out);
/* RFC 5321 in the form that mail servers accept; the domain in lower case ASCII. */
bool field_email_normal(Arena *arena, Str text, Str *out);
/* "2019", "2019-05", "2019-05-03" with calendar validity. */
bool field_partial_date_valid(Str text);
/* "08:30" from "08:30" or "08:30:00". */
bool field_time_valid(Str text, Str *out);

/* "1,5 MB", "200 kB" */
Str field_size_text(Arena *arena, Str lang, int64_t bytes);

const char *field_type_nearest(Str wrong);
bool field_has_value(const FormField *field); /* false: headings and notes */
/* The value is a JSON list: choices, uploads, repeating groups. */
bool field_is_list(const FormField *field);
FeelTypeKind field_feel_kind(FieldType type);
const FeelType *field_feel_type(Arena *arena, const FormField *field);
