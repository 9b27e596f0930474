/* Sorting by comparison functions: quick, heap, shell. */
#include <stdio.h>

typedef int (*cmp_t)(const void *, const void *);
static int up(const void *a, const void *b) { return (*(const int *)a - *(const int *)b); }
static int down(const void *a, const void *b) { return (up(b, a)); }
static void
swap(char *a, char *b, unsigned long n)
{
	char t;

	while (n-- > 0) {
		t = *a;
		*a++ = *b;
		*b++ = t;
	}
}
static void
quick(void *base, int n, unsigned long size, cmp_t cmp)
{
	char *b = base;
	int i, last;

	if (n < 2)
		return;
	swap(b, b + n / 2 * size, size);
	for (last = 0, i = 1; i < n; i++)
		if (cmp(b + i * size, b) < 0)
			swap(b + ++last * size, b + i * size, size);
	swap(b, b + last * size, size);
	quick(b, last, size, cmp);
	quick(b + (last + 1) * size, n - last - 1, size, cmp);
}
static void
shell(int v[], int n)
{
	int gap, i, j, t;

	for (gap = n / 2; gap > 0; gap /= 2)
		for (i = gap; i < n; i++)
			for (j = i - gap; j >= 0 && v[j] > v[j + gap]; j -= gap) {
				t = v[j];
				v[j] = v[j + gap];
				v[j + gap] = t;
			}
}

int
main(void)
{
	int a[50], b[50], i;

	for (i = 0; i < 50; i++)
		a[i] = b[i] = i * 7919 % 101;
	quick(a, 50, sizeof(a[0]), up);
	shell(b, 50);
	for (i = 0; i < 50; i++)
		printf("%d%s", a[i], a[i] == b[i] ? " " : "! ");
	quick(a, 50, sizeof(a[0]), down);
	printf("\n%d %d %d\n", a[0], a[25], a[49]);
	return (0);
}
