/*
 * intbench [-n iterations]: an integer benchmark in one file that any C compiler
 * takes: linked lists, a matrix, a state machine and a CRC, each checked.
 *
 * The parts are what programs spend their time on: pointer chasing and sorting,
 * regular loops over arrays, unpredictable branches over text, and bit work with a
 * table.  The printed value depends on all results, so it must come out the same
 * wherever it runs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t	seed;

static uint32_t
next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return (seed);
}

/*
 * CRC-32, by bytes from a table.
 */
static uint32_t	crc_table[256];

static void
crc_init(void)
{
	uint32_t i, k, c;

	for (i = 0; i < 256; i++) {
		c = i;
		for (k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
		crc_table[i] = c;
	}
}

static uint32_t
crc(uint32_t c, const void *buf, size_t n)
{
	const unsigned char *p = buf;

	c = ~c;
	while (n-- > 0)
		c = crc_table[(c ^ *p++) & 0xff] ^ c >> 8;
	return (~c);
}

static uint32_t
crc_word(uint32_t c, uint32_t w)
{
	unsigned char b[4];

	b[0] = (unsigned char)w;
	b[1] = (unsigned char)(w >> 8);
	b[2] = (unsigned char)(w >> 16);
	b[3] = (unsigned char)(w >> 24);
	return (crc(c, b, 4));
}

/*
 * Lists: built in random order, sorted by merging, searched, reversed.
 */
#define	NODES	500

struct node {
	struct node	*next;
	uint32_t	 key;
	uint32_t	 value;
};

static struct node	nodes[NODES];

static struct node *
merge(struct node *a, struct node *b)
{
	struct node head, *tail = &head;

	while (a != NULL && b != NULL) {
		if (a->key <= b->key) {
			tail->next = a;
			a = a->next;
		} else {
			tail->next = b;
			b = b->next;
		}
		tail = tail->next;
	}
	tail->next = a != NULL ? a : b;
	return (head.next);
}

static struct node *
sort(struct node *l)
{
	struct node *slow = l, *fast;

	if (l == NULL || l->next == NULL)
		return (l);
	for (fast = l->next; fast != NULL && fast->next != NULL;
	    fast = fast->next->next)
		slow = slow->next;
	fast = slow->next;
	slow->next = NULL;
	return (merge(sort(l), sort(fast)));
}

static struct node *
reverse(struct node *l)
{
	struct node *r = NULL, *n;

	for (; l != NULL; l = n) {
		n = l->next;
		l->next = r;
		r = l;
	}
	return (r);
}

static uint32_t
lists(void)
{
	struct node *l = NULL, *n;
	uint32_t c = 0, i;

	for (i = 0; i < NODES; i++) {
		nodes[i].key = next() & 0xffff;
		nodes[i].value = i;
		nodes[i].next = l;
		l = &nodes[i];
	}
	l = sort(l);
	for (n = l; n != NULL; n = n->next)
		c = crc_word(c, n->key << 16 ^ n->value);
	l = reverse(l);
	for (i = 0; i < 50; i++) {
		uint32_t want = next() & 0xffff, steps = 0;

		for (n = l; n != NULL && n->key > want; n = n->next)
			steps++;
		c = crc_word(c, steps);
	}
	return (c);
}

/*
 * Matrices of small integers: product, and sums that depend on comparisons.
 */
#define	ORDER	32

static int32_t	ma[ORDER][ORDER], mb[ORDER][ORDER], mc[ORDER][ORDER];

static uint32_t
matrix(void)
{
	int32_t i, j, k, sum, last = 0, acc = 0;
	uint32_t c = 0;

	for (i = 0; i < ORDER; i++)
		for (j = 0; j < ORDER; j++) {
			ma[i][j] = (int32_t)(next() & 0xff) - 128;
			mb[i][j] = (int32_t)(next() & 0xff) - 128;
		}
	for (i = 0; i < ORDER; i++)
		for (j = 0; j < ORDER; j++) {
			sum = 0;
			for (k = 0; k < ORDER; k++)
				sum += ma[i][k] * mb[k][j];
			mc[i][j] = sum;
		}
	for (i = 0; i < ORDER; i++)
		for (j = 0; j < ORDER; j++) {
			if (mc[i][j] > last)
				acc += 10;
			else
				acc -= mc[i][j] & 7;
			last = mc[i][j];
			c = crc_word(c, (uint32_t)last);
		}
	return (crc_word(c, (uint32_t)acc));
}

/*
 * A state machine: what kind of number is each field of a text?
 */
enum state { START, SIGN, INT, POINT, FRAC, EXP, EXPSIGN, EXPINT, BAD, NSTATES };

static enum state
step(enum state s, char ch, uint32_t *moves)
{
	enum state n = BAD;
	int digit = ch >= '0' && ch <= '9';

	switch (s) {
	case START:
		n = digit ? INT : ch == '+' || ch == '-' ? SIGN :
		    ch == '.' ? POINT : BAD;
		break;
	case SIGN:
		n = digit ? INT : ch == '.' ? POINT : BAD;
		break;
	case INT:
		n = digit ? INT : ch == '.' ? FRAC : ch == 'e' ? EXP : BAD;
		break;
	case POINT:
		n = digit ? FRAC : BAD;
		break;
	case FRAC:
		n = digit ? FRAC : ch == 'e' ? EXP : BAD;
		break;
	case EXP:
		n = digit ? EXPINT : ch == '+' || ch == '-' ? EXPSIGN : BAD;
		break;
	case EXPSIGN:
	case EXPINT:
		n = digit ? EXPINT : BAD;
		break;
	default:
		break;
	}
	if (n != s)
		moves[n]++;
	return (n);
}

static uint32_t
machine(void)
{
	static const char *const fields[] = {
		"5012", "-874", "+122", "35.54400", ".1234500", "-110.700",
		"+0.64400", "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12",
		"T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^", "12.5ex"
	};
	static char text[2048];
	uint32_t moves[NSTATES] = { 0 }, finals[NSTATES] = { 0 }, c = 0, i;
	enum state s = START;
	size_t n = 0, len;
	char *p;

	while (n < sizeof(text) - 16) {
		const char *f = fields[next() % 16];

		len = strlen(f);
		memcpy(text + n, f, len);
		n += len;
		text[n++] = ',';
	}
	text[n] = '\0';
	for (p = text; *p != '\0'; p++) {
		if (*p == ',') {
			finals[s]++;
			s = START;
		} else if (s != BAD)
			s = step(s, *p, moves);
	}
	for (i = 0; i < NSTATES; i++)
		c = crc_word(crc_word(c, moves[i]), finals[i]);
	return (c);
}

int
main(int argc, char **argv)
{
	static unsigned char block[4096];
	uint32_t total = 0;
	long n = 10, i;
	size_t k;

	if (argc == 3 && strcmp(argv[1], "-n") == 0)
		n = strtol(argv[2], NULL, 10);
	else if (argc != 1) {
		fprintf(stderr, "usage: intbench [-n iterations]\n");
		return (1);
	}
	crc_init();
	for (i = 0; i < n; i++) {
		seed = 0x2545f491u + (uint32_t)i;
		total = crc_word(total, lists());
		total = crc_word(total, matrix());
		total = crc_word(total, machine());
		for (k = 0; k < sizeof(block); k++)
			block[k] = (unsigned char)next();
		total = crc(total, block, sizeof(block));
	}
	printf("%ld iterations, check %08x\n", n, total);
	return (0);
}
