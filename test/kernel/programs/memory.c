/*
 * Memory as a process sees it: demand-zero, copy on write, sharing, protection,
 * the break.  Prints "ok" or what went wrong.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	PAGE	4096
#define	PAGES	300

static int failures;

#define	CHECK(what)							\
	do {								\
		if (!(what)) {						\
			printf("line %d: %s\n", __LINE__, #what);	\
			failures++;					\
		}							\
	} while (0)

static unsigned long seed = 88172645463325252UL;

static unsigned long
rnd(void)
{

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed);
}

static char *
anon(size_t len, int flags)
{
	void *p;

	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_ANON | flags, -1, 0);
	if (p == MAP_FAILED) {
		printf("mmap: errno %d\n", errno);
		exit(1);
	}
	return (p);
}

/* Runs f in a child; its wait status. */
static int
in_child(int (*f)(void *), void *arg)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0) {
		printf("fork: errno %d\n", errno);
		exit(1);
	}
	if (pid == 0)
		_exit(f(arg));
	waitpid(pid, &status, 0);
	return (status);
}

static void
zeros(void)
{
	char *p;
	int i, sum;

	p = anon(PAGES * PAGE, MAP_PRIVATE);
	for (sum = i = 0; i < PAGES * PAGE; i += 64)
		sum += p[i];
	CHECK(sum == 0);
	for (i = 0; i < PAGES; i++)
		p[i * PAGE + i] = (char)i;
	for (i = 0; i < PAGES; i++)
		CHECK(p[i * PAGE + i] == (char)i);
	CHECK(munmap(p, PAGES * PAGE) == 0);
	p = anon(PAGES * PAGE, MAP_PRIVATE);
	for (sum = i = 0; i < PAGES * PAGE; i += 64)
		sum += p[i];
	CHECK(sum == 0);
	CHECK(munmap(p, PAGES * PAGE) == 0);
}

/* A tree of processes, each of which writes to its own copy. */
static int
family(void *arg)
{
	static unsigned char model[PAGES];
	unsigned char *p;
	int depth, i, k, status;
	pid_t pid;

	p = (unsigned char *)anon(PAGES * PAGE, MAP_PRIVATE);
	for (depth = 0; depth < 4; depth++) {
		for (k = 0; k < 200; k++) {
			i = rnd() % PAGES;
			if (rnd() % 3 != 0)
				model[i] = p[i * PAGE + 7] = (unsigned char)rnd();
		}
		pid = fork();
		if (pid < 0)
			return (2);
		if (pid == 0)
			seed += (unsigned long)getpid();
		for (k = 0; k < 200; k++) {
			i = rnd() % PAGES;
			if (p[i * PAGE + 7] != model[i])
				return (3);
			if (rnd() % 3 == 0)
				model[i] = p[i * PAGE + 7] = (unsigned char)rnd();
		}
		if (pid != 0) {
			/* Some wait, some end before their children. */
			if (rnd() % 2 == 0) {
				waitpid(pid, &status, 0);
				if (status != 0)
					return (4);
			} else {
				for (i = 0; i < PAGES; i++)
					if (p[i * PAGE + 7] != model[i])
						return (5);
				if (depth > 0)
					return (0);
				waitpid(pid, &status, 0);
				return (status != 0);
			}
		}
	}
	for (i = 0; i < PAGES; i++)
		if (p[i * PAGE + 7] != model[i])
			return (6);
	return (0);
}

static int
write_shared(void *arg)
{

	((volatile char *)arg)[0] = 1;
	((volatile char *)arg)[5 * PAGE] = 2;
	return (0);
}

static void
sharing(void)
{
	volatile char *priv, *shared;

	shared = anon(8 * PAGE, MAP_SHARED);
	priv = anon(8 * PAGE, MAP_PRIVATE);
	priv[0] = 9;
	shared[5 * PAGE] = 7;
	CHECK(in_child(write_shared, (void *)shared) == 0);
	CHECK(in_child(write_shared, (void *)priv) == 0);
	CHECK(shared[0] == 1);
	CHECK(shared[5 * PAGE] == 2);
	CHECK(priv[0] == 9);
	CHECK(priv[5 * PAGE] == 0);
}

static int
do_write(void *arg)
{

	*(volatile char *)arg = 1;
	return (0);
}

static int
do_read(void *arg)
{

	return (*(volatile char *)arg);
}

static int
do_recurse(void *arg)
{
	volatile char frame[4096];

	frame[0] = (char)(long)arg;
	return (do_recurse((char *)arg + 1) + frame[0]);
}

static int
do_divide(void *arg)
{
	volatile int zero = 0;

	return (1 / zero);
}

static void
protection(void)
{
	char *p;
	int st;

	p = anon(4 * PAGE, MAP_PRIVATE);
	p[PAGE] = 42;
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK(p[PAGE] == 42);
	st = in_child(do_write, p + PAGE);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
	CHECK(in_child(do_write, p) == 0);
	CHECK(in_child(do_write, p + 2 * PAGE) == 0);
	CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
	st = in_child(do_read, p + PAGE);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(p[PAGE] == 42);
	CHECK(mprotect(p + 100 * PAGE, PAGE, PROT_READ) == -1 && errno == ENOMEM);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	st = in_child(do_read, p + PAGE);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
	st = in_child(do_read, NULL);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
	st = in_child(do_write, (char *)0xfffffe0001000000UL);
	CHECK(WIFSIGNALED(st));
	st = in_child(do_recurse, NULL);
	CHECK(WIFSIGNALED(st));
	st = in_child(do_divide, NULL);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGFPE);
}

/* Bad addresses given to system calls. */
static void
efault(void)
{
	char *p;
	int fd;

	p = anon(2 * PAGE, MAP_PRIVATE);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(write(1, NULL, 1) == -1 && errno == EFAULT);
	CHECK(write(1, (char *)0xfffffe0001000000UL, 1) == -1 && errno == EFAULT);
	fd = open("/dev/zero", O_RDONLY);
	CHECK(fd >= 0);
	memset(p, 1, PAGE);
	CHECK(read(fd, p + PAGE - 8, 8) == 8 && p[PAGE - 1] == 0);
	CHECK(read(fd, p + PAGE - 8, 16) == -1 && errno == EFAULT);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(read(fd, p, 8) == -1 && errno == EFAULT);
	CHECK(open((char *)1, O_RDONLY) == -1 && errno == EFAULT);
	close(fd);
}

static void
breaks(void)
{
	char *old, *p;
	int i, sum;

	/* Whole pages: the kernel keeps the rest of a page that is in use. */
	old = sbrk(0);
	if (((unsigned long)old & (PAGE - 1)) != 0)
		(void)sbrk(PAGE - ((unsigned long)old & (PAGE - 1)));
	old = sbrk(0);
	p = sbrk(64 * PAGE);
	CHECK(p == old);
	memset(p, 0x55, 64 * PAGE);
	CHECK(sbrk(-32 * PAGE) != (void *)-1);
	CHECK(sbrk(32 * PAGE) == p + 32 * PAGE);
	for (sum = i = 0; i < 32 * PAGE; i++)
		sum += p[32 * PAGE + i] != 0 || p[i] != 0x55;
	CHECK(sum == 0);
	CHECK(sbrk(-64 * PAGE) != (void *)-1);
}

static void
fixed(void)
{
	char *p, *q;

	p = anon(6 * PAGE, MAP_PRIVATE);
	memset(p, 3, 6 * PAGE);
	q = mmap(p + 2 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1, 0);
	CHECK(q == p + 2 * PAGE);
	CHECK(p[PAGE] == 3 && p[2 * PAGE] == 0 && p[4 * PAGE - 1] == 0 &&
	    p[4 * PAGE] == 3);
	CHECK(mmap(p, PAGE, PROT_READ, MAP_ANON | MAP_PRIVATE | MAP_FIXED |
	    MAP_EXCL, -1, 0) == MAP_FAILED);
	CHECK(mmap(NULL, 0, PROT_READ, MAP_ANON | MAP_PRIVATE, -1, 0) ==
	    MAP_FAILED && errno == EINVAL);
	CHECK(munmap(p, 6 * PAGE) == 0);
}

/*
 * A function whose first store makes a new page of the stack resident: its other
 * parameters are what they were.
 */
static int *seen;

static int
fresh_frame(int stored, int *kept, long other)
{
	char page[3 * PAGE];

	seen = &stored;
	page[0] = page[sizeof(page) - 1] = 1;
	return (*kept + *seen + (int)other + page[0]);
}

static void
new_stack_page(void)
{
	int n = 30;

	CHECK(fresh_frame(2, &n, 400) == 433);
}

int
main(int argc, char **argv)
{
	int i, st;

	zeros();
	new_stack_page();
	sharing();
	protection();
	efault();
	breaks();
	fixed();
	for (i = 0; i < 6; i++) {
		st = in_child(family, NULL);
		CHECK(st == 0);
		if (st != 0)
			printf("family: status %#x\n", st);
		rnd();
	}
	if (failures == 0)
		printf("ok\n");
	return (failures != 0);
}
