/* Three-dimensional arrays and arrays as parameters. */
#include <stdio.h>

static long cube[3][4][5];
static long total(long a[][4][5], int n) { long s = 0; int i, j, k; for (i = 0; i < n; i++) for (j = 0; j < 4; j++) for (k = 0; k < 5; k++) s = s * 3 + a[i][j][k]; return (s); }
static void fill(long *p, int n) { while (n--) *p++ = n * n; }
static int last(const char v[8]) { return (v[7] + (int)sizeof(v)); }

int
main(void)
{
	char v[2][8] = { "abcdefg", "hijklmn" };
	unsigned i;

	fill(&cube[0][0][0], 60);
	printf("%ld %ld %d\n", total(cube, 3), total(cube + 1, 2), last(v[1]));
	v[0][7] = '!';
	for (i = 0; i < sizeof(v); i++)
		putchar(((char *)v)[i] ? ((char *)v)[i] : '0');
	printf("\n%ld %zu %zu\n", cube[2][3][4] + *(*(*(cube + 1) + 1) + 1), sizeof(cube[1]), sizeof(cube) / sizeof(**cube));
	return (0);
}
