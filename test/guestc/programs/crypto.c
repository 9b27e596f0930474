/* A hash and a stream cipher: rotations and 32-bit arithmetic. */
#include <stdio.h>

#define	ROTL(x, n)	((x) << (n) | (x) >> (32 - (n)))
static unsigned int k[64];
static void
compress(unsigned int s[8], const unsigned char *p)
{
	unsigned int w[64], a, b, c, d, e, f, g, h, t1, t2;
	int i;

	for (i = 0; i < 16; i++)
		w[i] = p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
	for (; i < 64; i++)
		w[i] = (ROTL(w[i - 2], 15) ^ ROTL(w[i - 2], 13) ^ w[i - 2] >> 10) + w[i - 7] + (ROTL(w[i - 15], 25) ^ ROTL(w[i - 15], 14) ^ w[i - 15] >> 3) + w[i - 16];
	a = s[0]; b = s[1]; c = s[2]; d = s[3]; e = s[4]; f = s[5]; g = s[6]; h = s[7];
	for (i = 0; i < 64; i++) {
		t1 = h + (ROTL(e, 26) ^ ROTL(e, 21) ^ ROTL(e, 7)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
		t2 = (ROTL(a, 30) ^ ROTL(a, 19) ^ ROTL(a, 10)) + ((a & b) ^ (a & c) ^ (b & c));
		h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
	}
	s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
}

int
main(void)
{
	unsigned int s[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	unsigned char block[64];
	int i, r;

	for (i = 0; i < 64; i++) {
		k[i] = i * 0x9e3779b9u;
		block[i] = i * 5 + 1;
	}
	for (r = 0; r < 5; r++)
		compress(s, block);
	for (i = 0; i < 8; i++)
		printf("%08x", s[i]);
	printf("\n");
	return (0);
}
