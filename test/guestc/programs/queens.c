/* Backtracking with arrays and early exit. */
#include <stdio.h>

static int col[10], d1[20], d2[20], count, first[8];
static int
place(int r, int n)
{
	int c;

	if (r == n) {
		if (count++ == 0)
			for (c = 0; c < n && c < 8; c++)
				first[c] = col[c];
		return (1);
	}
	for (c = 0; c < n; c++) {
		int i;

		for (i = 0; i < r; i++)
			if (col[i] == c)
				break;
		if (i < r || d1[r + c] || d2[r - c + n])
			continue;
		col[r] = c;
		d1[r + c] = d2[r - c + n] = 1;
		place(r + 1, n);
		d1[r + c] = d2[r - c + n] = 0;
	}
	return (0);
}

int
main(void)
{
	int i;

	place(0, 7);
	printf("%d:", count);
	for (i = 0; i < 7; i++)
		printf(" %d", first[i]);
	printf("\n");
	return (0);
}
