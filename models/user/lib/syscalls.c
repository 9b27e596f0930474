/*
 * The system calls as C functions: the kernel answers with a result or -errno,
 * C wants -1 and errno.  Files and memory here, the rest in syscalls_proc.c; calls
 * that need more than passing their arguments on are in files of their own.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/poll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "libc_private.h"

long
__sysret(long r)
{
	if ((unsigned long)r >= (unsigned long)-4095L) {
		errno = (int)-r;
		return (-1);
	}
	return (r);
}

/* Any call, by number. */
long
syscall(int number, ...)
{
	va_list ap;
	long a[6];
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return (__sysret(__syscall(number, a[0], a[1], a[2], a[3], a[4], a[5])));
}

/*
 * Files.
 */
int
open(const char *path, int flags, ...)
{
	va_list ap;
	int mode = 0;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, int);
		va_end(ap);
	}
	return (SYSCALL3(SYS_open, path, flags, mode));
}

int
openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	int mode = 0;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, int);
		va_end(ap);
	}
	return (SYSCALL4(SYS_openat, fd, path, flags, mode));
}

int
creat(const char *path, mode_t mode)
{
	return (open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
}

int
close(int fd)
{
	return (SYSCALL1(SYS_close, fd));
}

ssize_t
read(int fd, void *buf, size_t n)
{
	return (SYSCALL3(SYS_read, fd, buf, n));
}

ssize_t
write(int fd, const void *buf, size_t n)
{
	return (SYSCALL3(SYS_write, fd, buf, n));
}

ssize_t
pread(int fd, void *buf, size_t n, off_t off)
{
	return (SYSCALL4(SYS_pread, fd, buf, n, off));
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t off)
{
	return (SYSCALL4(SYS_pwrite, fd, buf, n, off));
}

ssize_t
readv(int fd, const struct iovec *iov, int n)
{
	return (SYSCALL3(SYS_readv, fd, iov, n));
}

ssize_t
writev(int fd, const struct iovec *iov, int n)
{
	return (SYSCALL3(SYS_writev, fd, iov, n));
}

off_t
lseek(int fd, off_t off, int whence)
{
	return (SYSCALL3(SYS_lseek, fd, off, whence));
}

int
ftruncate(int fd, off_t length)
{
	return (SYSCALL2(SYS_ftruncate, fd, length));
}

int
truncate(const char *path, off_t length)
{
	return (SYSCALL2(SYS_truncate, path, length));
}

int
fsync(int fd)
{
	return (SYSCALL1(SYS_fsync, fd));
}

int
dup(int fd)
{
	return (SYSCALL1(SYS_dup, fd));
}

int
dup2(int from, int to)
{
	return (SYSCALL2(SYS_dup2, from, to));
}

int
fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return (SYSCALL3(SYS_fcntl, fd, cmd, arg));
}

int
ioctl(int fd, unsigned long cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return (SYSCALL3(SYS_ioctl, fd, cmd, arg));
}

int
pipe2(int *fds, int flags)
{
	return (SYSCALL2(SYS_pipe2, fds, flags));
}

int
pipe(int *fds)
{
	return (pipe2(fds, 0));
}

int
poll(struct pollfd *fds, nfds_t n, int timeout)
{
	return (SYSCALL3(SYS_poll, fds, n, timeout));
}

int
select(int n, fd_set *in, fd_set *out, fd_set *ex, struct timeval *timeout)
{
	return (SYSCALL5(SYS_select, n, in, out, ex, timeout));
}

int
fstat(int fd, struct stat *st)
{
	return (SYSCALL2(SYS_fstat, fd, st));
}

int
fstatat(int fd, const char *path, struct stat *st, int flags)
{
	return (SYSCALL4(SYS_fstatat, fd, path, st, flags));
}

int
stat(const char *path, struct stat *st)
{
	return (fstatat(AT_FDCWD, path, st, 0));
}

int
lstat(const char *path, struct stat *st)
{
	return (fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW));
}

int
access(const char *path, int mode)
{
	return (SYSCALL2(SYS_access, path, mode));
}

int
chmod(const char *path, mode_t mode)
{
	return (SYSCALL2(SYS_chmod, path, mode));
}

mode_t
umask(mode_t mask)
{
	return (SYSCALL1(SYS_umask, mask));
}

int
unlink(const char *path)
{
	return (SYSCALL1(SYS_unlink, path));
}

int
rename(const char *from, const char *to)
{
	return (SYSCALL2(SYS_rename, from, to));
}

int
mkdir(const char *path, mode_t mode)
{
	return (SYSCALL2(SYS_mkdir, path, mode));
}

int
rmdir(const char *path)
{
	return (SYSCALL1(SYS_rmdir, path));
}

int
chdir(const char *path)
{
	return (SYSCALL1(SYS_chdir, path));
}

int
fchdir(int fd)
{
	return (SYSCALL1(SYS_fchdir, fd));
}

void
sync(void)
{
	/* There is nothing to write back: file systems live in memory. */
}

/*
 * Memory.
 */
void *
mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	return ((void *)SYSCALL6(SYS_mmap, addr, len, prot, flags, fd, off));
}

int
munmap(void *addr, size_t len)
{
	return (SYSCALL2(SYS_munmap, addr, len));
}

int
mprotect(void *addr, size_t len, int prot)
{
	return (SYSCALL3(SYS_mprotect, addr, len, prot));
}

int
madvise(void *addr, size_t len, int advice)
{
	return (SYSCALL3(SYS_madvise, addr, len, advice));
}
