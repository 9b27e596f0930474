/* Control flow, with the odd corners. */
int printf(const char *, ...);
static int duff(char *to, const char *from, int count)
{
	int n = (count + 7) / 8;
	switch (count % 8) {
	case 0: do {	*to++ = *from++;
	case 7:		*to++ = *from++;
	case 6:		*to++ = *from++;
	case 5:		*to++ = *from++;
	case 4:		*to++ = *from++;
	case 3:		*to++ = *from++;
	case 2:		*to++ = *from++;
	case 1:		*to++ = *from++;
		} while (--n > 0);
	}
	return (n);
}
static int sw(long v)
{
	switch (v) { case 1 ... 5: return 1; case -3L: return 2; case 'x': case 100: { case 200: return 3; } default: break; case 0x7fffffffffffffff: return 4; }
	switch (v) case 3: return 5;
	switch (v) default: ;
	switch ((char)v) { case 255: return 6; }
	switch (v > 3) { case 0: case 1: ; }
	while (v) { switch (v) { case 1: break; case 2: continue; } break; }
	return 0;
}
static void jumps(int n)
{
	int i;
again:
	if (n > 0) { n--; goto again; }
	goto inside;
	for (i = 0; i < 3; i++) { inside: if (n) continue; else break; }
	do if (n) break; else continue; while (0);
	for (;;) { if (n) for (;;) break; break; }
	while (n--) ; do ; while (n-- > 0);
	if (n) if (n > 1) n = 2; else n = 3;
	{ ; ; { } }
	goto end;
label1: label2: n = 1;
	if (0) { lab: n = 4; } 
	goto lab;
end:	;
}
static int decl_after(void) { switch (1) { case 1: ; int x = 3; return x; } lab: __attribute__((unused)); return 0; goto lab; }
static void fall(int n) { switch (n) { case 1: n++; __attribute__((fallthrough)); case 2: n++; } return; }
static void vret(void) { return (void)0; }
int main(void)
{
	char a[20] = "", b[] = "hello, world, duff"; duff(a, b, sizeof b); jumps(3); fall(1); vret();
	for (int i = 0, *p = &i; i < 2; ++*p) { static int count; count++; }
	for (struct { int i; } s = { 0 }; s.i < 3; s.i++) ;
	int x; { int x = 2; { extern int printf(const char *, ...); int x = 3; (void)x; } (void)x; } x = 1;
	if (x) ; else ; 
	return sw(3) + decl_after() + x - 1;
}
