/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "ident/internal.h"

static const unsigned char *const KEY = (const unsigned char *)"12345678901234567890";

/* RFC 6238, appendix B, the rows of SHA-1; the last six of eight digits. */
static void codes_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(totp_code(KEY, 59 / 30), 287082);
    assert_int_equal(totp_code(KEY, 1111111109 / 30), 81804);
    assert_int_equal(totp_code(KEY, 1111111111 / 30), 50471);
    assert_int_equal(totp_code(KEY, 1234567890 / 30), 5924);
    assert_int_equal(totp_code(KEY, 2000000000 / 30), 279037);
    assert_int_equal(totp_code(KEY, 20000000000 / 30), 353130);
}

static void a_code_holds_one_step_before_and_after(void **state)
{
    (void)state;
    Timestamp now = 1111111109LL * 1000;
    int64_t step = 1111111109 / 30;

    assert_int_equal(totp_check(KEY, STR("081804"), now), step);
    assert_int_equal(totp_check(KEY, STR("081 804"), now), step);
    assert_int_equal(totp_check(KEY, STR("081804"), now + 30000), step);
    assert_int_equal(totp_check(KEY, STR("081804"), now - 30000), step);
    assert_int_equal(totp_check(KEY, STR("081804"), now + 61000), -1);
    assert_int_equal(totp_check(KEY, STR("081805"), now), -1);
    assert_int_equal(totp_check(KEY, STR("81804"), now), -1);
    assert_int_equal(totp_check(KEY, STR("0818040"), now), -1);
    assert_int_equal(totp_check(KEY, STR(""), now), -1);
    assert_int_equal(totp_check(KEY, STR("-81804"), now), -1);
}

/* RFC 4648, section 10. */
static void base32_is_that_of_the_standard(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    const char *plain = "foobar";
    const char *const encoded[] = {"", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"};

    for (size_t i = 0; i <= 6; i++)
        assert_str(totp_base32(arena, (const unsigned char *)plain, i), encoded[i]);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_holds_one_step_before_and_after),
        cmocka_unit_test(base32_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
