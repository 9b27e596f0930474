/*
 * scanf: conversions, fields, sets, and what stays in the input when one fails.
 */
#include <stdio.h>
#include <string.h>

int
main(void)
{
	int a = -1, b = -1, r, n = -1;
	unsigned char uc = 0;
	char s[50] = "", t[50] = "";
	double d = 0;
	float f = 0;
	long l = 0;

	r = sscanf("12 abc 3.5e2 0x1f", "%d %s %lf %i%n", &a, s, &d, &b, &n);
	printf("%d %d %s %g %d %d\n", r, a, s, d, b, n);
	r = sscanf("  -7,hello world", "%d,%[a-z] %c", &a, s, t);
	printf("%d %d %s %c\n", r, a, s, t[0]);
	r = sscanf("123456", "%3d%2d%hhu", &a, &b, &uc);
	printf("%d %d %d %d\n", r, a, b, uc);
	printf("%d %d\n", sscanf("", "%d", &a), sscanf("x", "%d", &a));
	r = sscanf("5%", "%d%%", &a);
	printf("%d %d\n", r, a);
	r = sscanf("0x", "%i", &a);
	printf("%d %d\n", r, a);
	r = sscanf("1e5x", "%f%s", &f, s);
	printf("%d %g %s\n", r, f, s);
	r = sscanf("nan inf -infinity", "%lf %f", &d, &f);
	printf("%d %d %f\n", r, d != d, f);
	r = sscanf("a:b", "%[^:]:%s", s, t);
	printf("%d %s %s\n", r, s, t);
	r = sscanf("-99999999999", "%ld", &l);
	printf("%d %ld\n", r, l);
	r = sscanf("abc", "%*s%n", &n);
	printf("%d %d\n", r, n);
	printf("%d\n", sscanf("12 ", "%d %d", &a, &b));
	r = sscanf("]x", "%[]]%c", s, t);
	printf("%d %s %c\n", r, s, t[0]);
	r = sscanf("077 08", "%i %i", &a, &b);
	printf("%d %d %d\n", r, a, b);
	while ((r = scanf("%d %49s", &a, s)) == 2)
		printf("<%d %s>\n", a, s);
	printf("%d\n", r);
	return (0);
}
