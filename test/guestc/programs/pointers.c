/* Pointer arithmetic, comparison, indirection, pointers to pointers and arrays. */
#include <stdio.h>

static int	 grid[4][5];
static int	 line[10] = { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };

static void
swap(int **a, int **b)
{
	int *t = *a;

	*a = *b;
	*b = t;
}

int
main(void)
{
	int *p = line, *q = &line[9], (*row)[5] = grid, i, j;
	char *s = "pointer", *e;
	void *v = p;
	long *lp = (long *)line;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 5; j++)
			grid[i][j] = i * 10 + j;
	printf("%ld %d %d\n", q - p, p < q, *(q - 3));
	swap(&p, &q);
	printf("%ld %d\n", q - p, *p);
	printf("%d %d %d\n", row[2][3], (*(row + 1))[4], *(*(grid + 3) + 2));
	row++;
	printf("%d %ld\n", (*row)[0], (long)(row - grid));
	for (e = s; *e != '\0'; e++)
		;
	while (e-- > s)
		putchar(*e);
	putchar('\n');
	printf("%d %d\n", ((int *)v)[2], *++q);
	printf("%d %d\n", *q++, *q);
	printf("%lx %ld\n", lp[1], (char *)&lp[3] - (char *)lp);
	q -= 2;
	*q = 77;
	(*q)++;
	printf("%d %d %d\n", line[0], &line[3] == line + 3, !v);
	p = &grid[0][0];
	for (i = 0; i < 20; i += 7)
		printf("%d ", p[i]);
	printf("%d\n", -1[&p[3]]);
	return (0);
}
