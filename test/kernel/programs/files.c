/*
 * Files: descriptors, regular files, directories, devices, pipes, and the errors
 * that each must give.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

#define	BIG	20000
static char out[BIG], in[BIG];

static void
test_regular(void)
{
	struct stat sb;
	int fd, fd2, i;

	for (i = 0; i < BIG; i++)
		out[i] = i * 7 + (i >> 8);
	FAILS(open("nofile", O_RDONLY), ENOENT);
	FAILS(open("/nodir/x", O_CREAT | O_RDWR, 0644), ENOENT);
	FAILS(open("/dev/null/x", O_RDONLY), ENOTDIR);
	FAILS(open("", O_RDONLY), ENOENT);
	FAILS(open("/", O_RDWR), EISDIR);
	FAILS(open((char *)0x10, O_RDONLY), EFAULT);
	CHECK((fd = open("f", O_CREAT | O_RDWR | O_EXCL, 0640)) == 3);
	FAILS(open("f", O_CREAT | O_RDWR | O_EXCL, 0640), EEXIST);
	CHECK(write(fd, out, BIG) == BIG);
	CHECK(lseek(fd, 5000, SEEK_SET) == 5000);
	CHECK(read(fd, in, 100) == 100 && memcmp(in, out + 5000, 100) == 0);
	CHECK(pread(fd, in, BIG, 0) == BIG && memcmp(in, out, BIG) == 0);
	CHECK(pread(fd, in, 100, BIG - 10) == 10);
	CHECK(lseek(fd, 0, SEEK_CUR) == 5100);
	FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
	FAILS(write(fd, (char *)0x10, 5), EFAULT);

	/* Holes read as zeros, whether made by seeking or by truncating. */
	CHECK(lseek(fd, 10, SEEK_END) == BIG + 10);
	CHECK(write(fd, "zz", 2) == 2);
	CHECK(fstat(fd, &sb) == 0 && sb.st_size == BIG + 12);
	CHECK(sb.st_mode == (S_IFREG | 0640) && sb.st_nlink == 1);
	CHECK(pread(fd, in, 12, BIG) == 12);
	for (i = 0; i < 10; i++)
		CHECK(in[i] == 0);
	CHECK(ftruncate(fd, 4097) == 0 && ftruncate(fd, 9000) == 0);
	CHECK(pread(fd, in, BIG, 0) == 9000 && memcmp(in, out, 4097) == 0);
	CHECK(in[4097] == 0 && in[8999] == 0);

	/* Descriptors of one file share its position. */
	CHECK((fd2 = dup(fd)) == 4);
	CHECK(lseek(fd, 100, SEEK_SET) == 100 && lseek(fd2, 0, SEEK_CUR) == 100);
	CHECK(dup2(fd, 10) == 10 && dup2(10, 10) == 10);
	CHECK(fcntl(10, F_GETFD) == 0);
	CHECK(fcntl(10, F_SETFD, FD_CLOEXEC) == 0);
	CHECK(fcntl(10, F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(fd, F_GETFL) == O_RDWR);
	CHECK(close(10) == 0);
	FAILS(close(10), EBADF);
	FAILS(dup2(10, 11), EBADF);

	/* Without a name a file lives as long as it is open. */
	CHECK(unlink("f") == 0);
	FAILS(stat("f", &sb), ENOENT);
	CHECK(fstat(fd, &sb) == 0 && sb.st_nlink == 0);
	CHECK(pwrite(fd, "still", 5, 0) == 5 && pread(fd2, in, 5, 0) == 5);
	CHECK(memcmp(in, "still", 5) == 0);
	CHECK(close(fd) == 0 && close(fd2) == 0);

	CHECK((fd = open("f", O_CREAT | O_WRONLY | O_APPEND, 0600)) == 3);
	FAILS(read(fd, in, 1), EBADF);
	CHECK(write(fd, "abc", 3) == 3 && lseek(fd, 0, SEEK_SET) == 0);
	CHECK(write(fd, "def", 3) == 3);
	close(fd);
	CHECK((fd = open("f", O_RDONLY)) == 3 && read(fd, in, 10) == 6);
	CHECK(memcmp(in, "abcdef", 6) == 0);
	FAILS(write(fd, "x", 1), EBADF);
	close(fd);
	CHECK((fd = open("f", O_WRONLY | O_TRUNC)) == 3);
	CHECK(fstat(fd, &sb) == 0 && sb.st_size == 0);
	close(fd);
	unlink("f");
}

static void
test_directories(void)
{
	struct stat sb;
	DIR *d;
	struct dirent *e;
	char cwd[100];
	int n;

	CHECK(mkdir("d", 0755) == 0);
	FAILS(mkdir("d", 0755), EEXIST);
	FAILS(mkdir("/", 0755), EEXIST);
	close(open("f", O_CREAT | O_RDWR, 0644));
	FAILS(rmdir("f"), ENOTDIR);
	FAILS(chdir("f"), ENOTDIR);
	CHECK(rename("f", "g") == 0);
	FAILS(rename("f", "g"), ENOENT);
	CHECK(rename("g", "d/h") == 0);
	FAILS(rmdir("d"), ENOTEMPTY);
	FAILS(unlink("d"), EPERM);
	CHECK(mkdir("d/e", 0700) == 0);
	CHECK(stat("d", &sb) == 0 && S_ISDIR(sb.st_mode) && sb.st_nlink == 3);
	FAILS(rename("d", "d/e/x"), EINVAL);
	FAILS(rename("d/h", "d/e"), EISDIR);
	FAILS(rename("d/e", "d/h"), ENOTDIR);
	CHECK(chdir("d/e") == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, "/tmp/d/e") == 0);
	CHECK(stat("../h", &sb) == 0 && stat("/tmp/d//e/./../h", &sb) == 0);
	FAILS(stat("../h/", &sb), ENOTDIR);
	CHECK(chdir("../../../../..") == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, "/") == 0);
	CHECK(chdir("/dev") == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, "/dev") == 0);
	CHECK(chdir("../tmp") == 0);
	n = 0;
	CHECK((d = opendir("d")) != NULL);
	while (d != NULL && (e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") == 0 ? 1 :
		    strcmp(e->d_name, "..") == 0 ? 10 :
		    strcmp(e->d_name, "h") == 0 && e->d_type == DT_REG ? 100 :
		    strcmp(e->d_name, "e") == 0 && e->d_type == DT_DIR ? 1000 :
		    100000;
	closedir(d);
	CHECK(n == 1111);
	CHECK(unlink("d/h") == 0 && rmdir("d/e") == 0 && rmdir("d") == 0);
	FAILS(rmdir("/dev"), EBUSY);
	FAILS(rmdir("/"), EBUSY);
	CHECK(access("/bin/true", X_OK) == 0 && access("/etc/rc", R_OK) == 0);
	FAILS(access("/etc/rc", X_OK), EACCES);
}

static void
test_devices(void)
{
	struct stat sb;
	int fd, i;

	CHECK((fd = open("/dev/null", O_RDWR)) == 3);
	CHECK(write(fd, out, BIG) == BIG && read(fd, in, BIG) == 0);
	CHECK(fstat(fd, &sb) == 0 && S_ISCHR(sb.st_mode));
	CHECK(isatty(fd) == 0 && isatty(1) == 1);
	close(fd);
	CHECK((fd = open("/dev/zero", O_RDONLY)) == 3);
	memset(in, 1, BIG);
	CHECK(read(fd, in, BIG) == BIG);
	for (i = 0; i < BIG; i++)
		if (in[i] != 0)
			break;
	CHECK(i == BIG);
	FAILS(read(fd, (char *)0x10, 5), EFAULT);
	FAILS(write(fd, "x", 1), EBADF);
	close(fd);
	CHECK((fd = open("/dev/full", O_WRONLY)) == 3);
	FAILS(write(fd, "x", 1), ENOSPC);
	close(fd);
	FAILS(open("/dev/nope", O_RDONLY), ENOENT);
}

static void
test_pipes(void)
{
	struct pollfd pf[2];
	struct timeval tv;
	struct iovec v[2];
	fd_set set;
	pid_t pid;
	long n, sum;
	int fd[2], i, status;

	CHECK(pipe(fd) == 0);
	pf[0].fd = fd[0];
	pf[0].events = POLLIN;
	pf[1].fd = fd[1];
	pf[1].events = POLLOUT;
	CHECK(poll(pf, 2, 0) == 1);
	CHECK(pf[0].revents == 0 && pf[1].revents == POLLOUT);
	CHECK(poll(pf, 1, 2) == 0);
	CHECK(write(fd[1], "abc", 3) == 3);
	CHECK(poll(pf, 1, -1) == 1 && pf[0].revents == POLLIN);
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	tv.tv_sec = 1;
	tv.tv_usec = 0;
	CHECK(syscall(SYS_select, fd[0] + 1, &set, NULL, NULL, &tv) == 1);
	CHECK(FD_ISSET(fd[0], &set));
	FAILS(lseek(fd[0], 0, SEEK_SET), ESPIPE);
	v[0].iov_base = in;
	v[0].iov_len = 2;
	v[1].iov_base = in + 100;
	v[1].iov_len = 10;
	CHECK(readv(fd[0], v, 2) == 3);
	CHECK(in[0] == 'a' && in[1] == 'b' && in[100] == 'c');

	CHECK(fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0);
	CHECK(fcntl(fd[1], F_SETFL, O_NONBLOCK) == 0);
	FAILS(read(fd[0], in, 1), EAGAIN);
	for (sum = 0; (n = write(fd[1], out, 1000)) > 0; sum += n)
		continue;
	CHECK(sum == 16384 && errno == EAGAIN);
	CHECK(close(fd[1]) == 0);
	while ((n = read(fd[0], in, 3000)) > 0)
		sum -= n;
	CHECK(n == 0 && sum == 0);
	CHECK(poll(pf, 1, 0) == 1 && (pf[0].revents & POLLHUP) != 0);
	close(fd[0]);

	/* Much through a pipe that holds little. */
	CHECK(pipe(fd) == 0);
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		for (i = 0; i < 10; i++)
			if (write(fd[1], out, BIG) != BIG)
				_exit(1);
		_exit(0);
	}
	close(fd[1]);
	for (sum = 0; (n = read(fd[0], in, 7777)) > 0; sum += n)
		for (i = 0; i < n; i++)
			if (in[i] != out[(sum + i) % BIG])
				break;
	CHECK(n == 0 && sum == 10 * BIG);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(fd[0]);
}

static void
test_limits(void)
{
	int fd, n;

	for (n = 0; open("/dev/null", O_RDONLY) >= 0; n++)
		continue;
	CHECK(errno == EMFILE && n == 1024 - 3);
	for (fd = 3; fd < 1024; fd++)
		CHECK(close(fd) == 0);
	CHECK(open("/dev/null", O_RDONLY) == 3);
	close(3);
}

int
main(void)
{

	CHECK(chdir("/tmp") == 0);
	test_regular();
	test_directories();
	test_devices();
	test_pipes();
	test_limits();
	return (checked());
}
