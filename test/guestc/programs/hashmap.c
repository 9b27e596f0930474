/* A hash table with chains and growth. */
#include <stdio.h>

struct ent { struct ent *next; char key[12]; int val; };
static struct ent pool[300], *small[7], *large[61], **tab = small;
static unsigned size = 7, used;
static unsigned hash(const char *s) { unsigned h = 5381; while (*s) h = h * 33 ^ (unsigned char)*s++; return (h); }
static int same(const char *a, const char *b) { for (; *a == *b; a++, b++) if (*a == 0) return (1); return (0); }
static struct ent *
get(const char *k)
{
	struct ent *e;

	for (e = tab[hash(k) % size]; e != 0; e = e->next)
		if (same(e->key, k))
			return (e);
	return (0);
}
static void
grow(void)
{
	struct ent *e, *n;
	unsigned i;

	for (i = 0; i < 7; i++)
		for (e = small[i]; e != 0; e = n) {
			n = e->next;
			e->next = large[hash(e->key) % 61];
			large[hash(e->key) % 61] = e;
		}
	tab = large;
	size = 61;
}
static void
put(const char *k, int v)
{
	struct ent *e = get(k);
	int i;

	if (e == 0) {
		if (used == 20)
			grow();
		e = &pool[used++];
		for (i = 0; (e->key[i] = k[i]) != 0; i++)
			;
		e->next = tab[hash(k) % size];
		tab[hash(k) % size] = e;
	}
	e->val += v;
}

int
main(void)
{
	char key[12] = "k";
	int i, longest = 0;
	unsigned j;

	for (i = 0; i < 200; i++) {
		key[1] = 'a' + i % 11;
		key[2] = 'a' + i * i % 7;
		key[3] = 0;
		put(key, i);
	}
	for (j = 0; j < size; j++) {
		struct ent *e;

		for (i = 0, e = tab[j]; e != 0; e = e->next)
			i++;
		if (i > longest)
			longest = i;
	}
	printf("%u %d %d %d\n", used, longest, get("kab")->val, get("zzz") == 0);
	return (0);
}
