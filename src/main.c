/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>

int main(void)
{
    puts("rathaus");
    return 0;
}
