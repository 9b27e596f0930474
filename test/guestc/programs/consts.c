/* Constants: bases, suffixes, characters, limits, constant folding. */
#include <limits.h>
#include <stdio.h>

int
main(void)
{

	printf("%d %d %d %d\n", 0x7f, 0177, 0b1011, 'A');
	printf("%d %d %d %d %d\n", '\n', '\0', '\x7f', '\177', '\'');
	printf("%ld %lu %u %ld\n", 0x80000000, 18446744073709551615u, 4294967295u, 2147483648);
	printf("%d %d %d\n", INT_MAX, INT_MIN, SCHAR_MIN);
	printf("%ld %ld %lu\n", LONG_MAX, LONG_MIN, ULONG_MAX);
	printf("%zu %zu %zu %zu\n", sizeof(1), sizeof(1L), sizeof(1u), sizeof(0x100000000));
	printf("%d %d\n", -1 >> 1, (int)(-1u >> 1));
	printf("%d %ld\n", 7 / 2 * 2 - -3 % 2, (1L << 40) / 3);
	printf("%d %d\n", 1 ? 2 : 1 / 1, 'ab' == 24930);
	printf("%u %lu\n", 1u - 2, 1ul - 2);
	return (0);
}
