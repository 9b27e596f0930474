/* sizeof, alignment and offsets of everything. */
#include <stddef.h>
#include <stdio.h>

struct a { char c; int i; char d; long l; };
struct b { char c[3]; short s; };
struct c { struct b b[2]; char x; };
union d { struct a a; char b[30]; };
struct e { int a : 3; char b; int c : 20; long d : 50; };
struct f { char c; } __attribute__((aligned(16)));
struct flex { int n; char data[]; };

int
main(void)
{
	int arr[7][3];
	struct a *p = 0;

	printf("%zu %zu %zu %zu %zu %zu %zu\n", sizeof(struct a), sizeof(struct b), sizeof(struct c), sizeof(union d), sizeof(struct e), sizeof(struct f), sizeof(struct flex));
	printf("%zu %zu %zu %zu\n", offsetof(struct a, i), offsetof(struct a, l), offsetof(struct c, x), offsetof(struct c, b[1].s));
	printf("%zu %zu %zu %zu\n", sizeof(arr), sizeof(arr[0]), sizeof(p->l), sizeof("string"));
	printf("%zu %zu %zu\n", _Alignof(struct a), _Alignof(struct f), sizeof(char *));
	printf("%zu %zu\n", sizeof(int (*)[4]), sizeof('a'));
	return (0);
}
