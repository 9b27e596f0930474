/*
 * The guest's libc and programs on Linux: __syscall() with FreeBSD's numbers and
 * structures over Linux's system calls, so that user code can be tested with gcc
 * before there is a compiler or a kernel.  Only what the tests need.
 */
#include <sys/types.h>
#include <sys/fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/ttycom.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>

void	guest_start(int, char **, char **);

__asm__(".globl _start\n_start:\n"
    "	mov (%rsp), %rdi\n"
    "	lea 8(%rsp), %rsi\n"
    "	lea 16(%rsp,%rdi,8), %rdx\n"
    "	and $-16, %rsp\n"
    "	call guest_start\n"
    "	hlt\n");

static long
lx(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e,
	    r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c),
	    "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return (r);
}

static long
fix(long r)
{
	static const unsigned char map[] = {
		[11] = EAGAIN, [35] = EDEADLK, [36] = ENAMETOOLONG,
		[38] = ENOSYS, [39] = ENOTEMPTY, [40] = ELOOP,
		[75] = EOVERFLOW, [110] = ETIMEDOUT
	};

	if (r < 0 && r >= -4095 && -r < (long)sizeof(map) && map[-r] != 0)
		return (-(long)map[-r]);
	return (r);
}

static long
oflags(long f)
{
	return ((f & 3) | (f & O_CREAT ? 0100 : 0) | (f & O_TRUNC ? 01000 : 0) |
	    (f & O_EXCL ? 0200 : 0) | (f & O_APPEND ? 02000 : 0) |
	    (f & O_CLOEXEC ? 02000000 : 0) | (f & O_DIRECTORY ? 0200000 : 0));
}

struct lxstat {
	unsigned long dev, ino, nlink;
	unsigned mode, uid, gid, pad;
	unsigned long rdev;
	long size, blksize, blocks;
	struct timespec at, mt, ct;
	long unused[3];
};

static long
put_stat(long r, const struct lxstat *l, struct stat *st)
{
	if (r < 0)
		return (fix(r));
	memset(st, 0, sizeof(*st));
	st->st_dev = l->dev;
	st->st_ino = l->ino;
	st->st_nlink = l->nlink;
	st->st_mode = l->mode;
	st->st_uid = l->uid;
	st->st_gid = l->gid;
	st->st_rdev = l->rdev;
	st->st_size = l->size;
	st->st_blksize = l->blksize;
	st->st_blocks = l->blocks;
	st->st_atim = l->at;
	st->st_mtim = l->mt;
	st->st_ctim = l->ct;
	return (0);
}

static long
get_dirents(long fd, char *out, long size)
{
	static char in[2048];
	struct { unsigned long ino, off; unsigned short reclen; unsigned char type; char name[]; } *l;
	struct dirent *e;
	long n, i, o = 0;

	(void)size;
	n = lx(217, fd, (long)in, 1024, 0, 0, 0);
	for (i = 0; i < n; i += l->reclen) {
		l = (void *)(in + i);
		e = (struct dirent *)(out + o);
		e->d_fileno = l->ino;
		e->d_off = l->off;
		e->d_type = l->type;
		e->d_namlen = strlen(l->name);
		e->d_reclen = _GENERIC_DIRLEN(e->d_namlen);
		strcpy(e->d_name, l->name);
		o += e->d_reclen;
	}
	return (n < 0 ? fix(n) : o);
}

static unsigned long brk_now;
extern char _end[];

long
__syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	struct lxstat ls;
	unsigned long from, to;
	long r, flags;

	switch (nr) {
	case SYS_exit: return (lx(231, a, 0, 0, 0, 0, 0));
	case SYS_fork:
	case SYS_vfork: return (fix(lx(57, 0, 0, 0, 0, 0, 0)));
	case SYS_read: return (fix(lx(0, a, b, c, 0, 0, 0)));
	case SYS_write: return (fix(lx(1, a, b, c, 0, 0, 0)));
	case SYS_open: return (fix(lx(2, a, oflags(b), c, 0, 0, 0)));
	case SYS_close: return (fix(lx(3, a, 0, 0, 0, 0, 0)));
	case SYS_wait4: return (fix(lx(61, a, b, c & 3, d, 0, 0)));
	case SYS_unlink: return (fix(lx(87, a, 0, 0, 0, 0, 0)));
	case SYS_chdir: return (fix(lx(80, a, 0, 0, 0, 0, 0)));
	case SYS_getpid: return (lx(39, 0, 0, 0, 0, 0, 0));
	case SYS_getppid: return (lx(110, 0, 0, 0, 0, 0, 0));
	case SYS_getuid:
	case SYS_geteuid: return (0);
	case SYS_access: return (fix(lx(21, a, b, 0, 0, 0, 0)));
	case SYS_kill: return (fix(lx(62, a, b, 0, 0, 0, 0)));
	case SYS_dup: return (fix(lx(32, a, 0, 0, 0, 0, 0)));
	case SYS_dup2: return (fix(lx(33, a, b, 0, 0, 0, 0)));
	case SYS_execve: return (fix(lx(59, a, b, c, 0, 0, 0)));
	case SYS_umask: return (lx(95, a, 0, 0, 0, 0, 0));
	case SYS_rename: return (fix(lx(82, a, b, 0, 0, 0, 0)));
	case SYS_mkdir: return (fix(lx(83, a, b, 0, 0, 0, 0)));
	case SYS_rmdir: return (fix(lx(84, a, 0, 0, 0, 0, 0)));
	case SYS_lseek: return (fix(lx(8, a, b, c, 0, 0, 0)));
	case SYS_ftruncate: return (fix(lx(77, a, b, 0, 0, 0, 0)));
	case SYS_pread: return (fix(lx(17, a, b, c, d, 0, 0)));
	case SYS_pwrite: return (fix(lx(18, a, b, c, d, 0, 0)));
	case SYS_fsync: return (fix(lx(74, a, 0, 0, 0, 0, 0)));
	case SYS_gettimeofday: return (fix(lx(96, a, b, 0, 0, 0, 0)));
	case SYS_getrusage: return (fix(lx(98, a, b, 0, 0, 0, 0)));
	case SYS_clock_gettime:
		return (fix(lx(228, a == 4 ? 1 : a, b, 0, 0, 0, 0)));
	case SYS_nanosleep: return (fix(lx(35, a, b, 0, 0, 0, 0)));
	case SYS_sched_yield: return (lx(24, 0, 0, 0, 0, 0, 0));
	case SYS_setpgid: return (fix(lx(109, a, b, 0, 0, 0, 0)));
	case SYS_getpgrp: return (lx(111, 0, 0, 0, 0, 0, 0));
	case SYS_fcntl:
		return (fix(lx(72, a, b == F_DUPFD_CLOEXEC ? 1030 : b, c, 0, 0, 0)));
	case SYS_pipe2: return (fix(lx(293, a, oflags(b), 0, 0, 0, 0)));
	case SYS_fstat:
		return (put_stat(lx(5, a, (long)&ls, 0, 0, 0, 0), &ls,
		    (struct stat *)b));
	case SYS_fstatat:
		return (put_stat(lx(d & AT_SYMLINK_NOFOLLOW ? 6 : 4, b, (long)&ls,
		    0, 0, 0, 0), &ls, (struct stat *)c));
	case SYS_getdirentries: return (get_dirents(a, (char *)b, c));
	case SYS___getcwd:
		r = lx(79, a, b, 0, 0, 0, 0);
		return (r < 0 ? fix(r) : 0);
	case SYS_mmap:
		flags = (d & 3) | (d & MAP_FIXED ? 0x10 : 0) |
		    (d & MAP_ANON ? 0x20 : 0);
		return (fix(lx(9, a, b, c, flags, e, f)));
	case SYS_munmap: return (fix(lx(11, a, b, 0, 0, 0, 0)));
	case SYS_break:
		if (brk_now == 0)
			brk_now = (unsigned long)_end;
		from = (brk_now + 4095) & ~4095UL;
		to = ((unsigned long)a + 4095) & ~4095UL;
		if (to > from) {
			r = lx(9, from, to - from, 3, 0x32, -1, 0);
			if (r < 0)
				return (fix(r));
		}
		brk_now = a;
		return (0);
	case SYS_ioctl:
		if (b == (long)TIOCGETA) {
			char t[64];

			return (fix(lx(16, a, 0x5401, (long)t, 0, 0, 0)));
		}
		return (-EINVAL);
	case SYS_sigaction:
	case SYS_sigprocmask:
		if (c != 0)
			memset((void *)c, 0, 16);
		return (0);
	}
	return (-ENOSYS);
}

long
__rep_movsb(void *d, const void *s, unsigned long n)
{
	unsigned long left = 4096 - ((unsigned long)d & 4095), m = n;

	if (m > left)
		m = left;
	left = 4096 - ((unsigned long)s & 4095);
	if (m > left)
		m = left;
	n = m;
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(m) : : "memory");
	return (n);
}

long
__rep_stosb(void *d, int c, unsigned long n)
{
	unsigned long left = 4096 - ((unsigned long)d & 4095), m;

	m = n = n > left ? left : n;
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(m) : "a"(c) : "memory");
	return (n);
}

unsigned
__fn_index(void *f)
{
	return ((unsigned)(unsigned long)f);
}

unsigned long
__hw(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	(void)op; (void)a; (void)b; (void)c; (void)d;
	return (0);
}

unsigned long
__rdtsc(void)
{
	return (__builtin_ia32_rdtsc());
}

void
__pause(void)
{
	__builtin_ia32_pause();
}
