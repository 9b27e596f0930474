/*
 * Processes: fork, vfork, exec, exit, wait; what a child gets, what is left of it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static int shared = 1;

static int
status_of(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	return (status);
}

static void
test_fork(void)
{
	pid_t parent, pid;
	char c;
	int fd[2];

	parent = getpid();
	pid = fork();
	if (pid == 0)
		_exit(getppid() == parent && getpid() != parent &&
		    ++shared == 2 ? 7 : 8);
	CHECK(pid > 0 && status_of(pid) == 7 << 8);
	CHECK(shared == 1);
	/* vfork(2): the child has our memory, and we wait for it. */
	pid = vfork();
	if (pid == 0) {
		shared = 5;
		_exit(0);
	}
	CHECK(shared == 5 && status_of(pid) == 0);
	FAILS(wait(NULL), ECHILD);
	FAILS(waitpid(1, NULL, 0), ECHILD);

	/* An orphan goes to init. */
	CHECK(pipe(fd) == 0);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			while (getppid() != 1)
				usleep(1000);
			write(fd[1], "o", 1);
		}
		_exit(0);
	}
	CHECK(status_of(pid) == 0);
	CHECK(read(fd[0], &c, 1) == 1 && c == 'o');
	close(fd[0]);
	close(fd[1]);
}

static int
run(const char *path, char *const argv[], char *const envp[])
{
	pid_t pid;

	pid = vfork();
	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno);
	}
	return (status_of(pid) >> 8);
}

static void
test_exec(void)
{
	char *argv[] = { "x", NULL }, *env[] = { "A=b", NULL };
	char *big[3000], *sh[] = { "script", "one", "two", NULL };
	char *self[] = { "processes", "child", "arg with blanks", NULL };
	int fd, i;

	CHECK(run("/bin/true", argv, env) == 0);
	CHECK(run("/bin/false", argv, env) == 1);
	CHECK(run("/bin/nope", argv, env) == ENOENT);
	CHECK(run("/bin", argv, env) == EACCES);
	CHECK(run("/etc/rc", argv, env) == EACCES);
	CHECK(run("/bin/processes", self, env) == 42);

	/* Scripts go to their interpreter; one level deep. */
	fd = open("/tmp/script", O_CREAT | O_WRONLY, 0755);
	dprintf(fd, "#! /bin/processes  child arg  \n");
	close(fd);
	CHECK(run("/tmp/script", sh, env) == 43);
	fd = open("/tmp/script2", O_CREAT | O_WRONLY, 0755);
	dprintf(fd, "#!/tmp/script\n");
	close(fd);
	CHECK(run("/tmp/script2", sh, env) == ELOOP);
	fd = open("/tmp/junk", O_CREAT | O_WRONLY, 0755);
	dprintf(fd, "junk");
	close(fd);
	CHECK(run("/tmp/junk", sh, env) == ENOEXEC);

	for (i = 0; i < 2999; i++)
		big[i] = "a hundred bytes of an argument, or very nearly "
		    "so: it is there to make the list too long to be taken";
	big[2999] = NULL;
	CHECK(run("/bin/true", big, env) == E2BIG);
	big[100] = NULL;
	CHECK(run("/bin/true", big, env) == 0);

	/* Close on exec; handlers go, what is ignored stays. */
	fcntl(2, F_DUPFD, 20);
	CHECK(fcntl(20, F_SETFD, FD_CLOEXEC) == 0);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, (void (*)(int))abort);
	self[1] = "inherited";
	CHECK(run("/bin/processes", self, env) == 44);
	close(20);
}

/* The other side of test_exec(). */
static int
child(int argc, char **argv)
{
	struct sigaction sa;

	if (argc == 3 && strcmp(argv[0], "processes") == 0 &&
	    strcmp(argv[1], "child") == 0 &&
	    strcmp(argv[2], "arg with blanks") == 0 &&
	    strcmp(getenv("A"), "b") == 0)
		return (42);
	/* #! interpreter, its one argument, the script, its arguments. */
	if (argc == 5 && strcmp(argv[0], "/bin/processes") == 0 &&
	    strcmp(argv[1], "child arg") == 0 &&
	    strcmp(argv[2], "/tmp/script") == 0 &&
	    strcmp(argv[3], "one") == 0 && strcmp(argv[4], "two") == 0)
		return (43);
	if (strcmp(argv[1], "inherited") == 0) {
		FAILS(fcntl(20, F_GETFD), EBADF);
		CHECK(sigaction(SIGUSR1, NULL, &sa) == 0);
		CHECK(sa.sa_handler == SIG_IGN);
		CHECK(sigaction(SIGUSR2, NULL, &sa) == 0);
		CHECK(sa.sa_handler == SIG_DFL);
		return (failures == 0 ? 44 : 45);
	}
	return (1);
}

static jmp_buf env;

static void
jumper(int n)
{

	if (n == 0)
		longjmp(env, 9);
	jumper(n - 1);
}

static void
test_misc(void)
{
	struct rusage ru;
	struct timespec a, b;
	pid_t pid;
	volatile int i, n;

	n = 0;
	i = setjmp(env);
	if (i == 0)
		jumper(5);
	CHECK(i == 9 && ++n == 1);

	CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0);
	CHECK(usleep(3000) == 0);
	CHECK(clock_gettime(CLOCK_MONOTONIC, &b) == 0);
	n = (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
	CHECK(n >= 3000 && n < 15000);

	/* Time used is charged to whom it was used by. */
	pid = fork();
	if (pid == 0) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		do
			clock_gettime(CLOCK_MONOTONIC, &b);
		while (b.tv_sec * 1000 + b.tv_nsec / 1000000 <
		    a.tv_sec * 1000 + a.tv_nsec / 1000000 + 30);
		_exit(0);
	}
	CHECK(status_of(pid) == 0);
	CHECK(getrusage(RUSAGE_CHILDREN, &ru) == 0);
	n = (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000 +
	    (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
	CHECK(n >= 29);

	/* Groups and sessions. */
	pid = fork();
	if (pid == 0) {
		CHECK(setpgid(0, 0) == 0 && getpgrp() == getpid());
		FAILS(setsid(), EPERM);
		if (fork() == 0) {
			CHECK(setsid() == getpid());
			CHECK(getpgrp() == getpid());
			_exit(failures);
		}
		wait((int *)&n);
		_exit(failures + (n != 0));
	}
	CHECK(status_of(pid) == 0);
	CHECK(umask(077) == 022 && umask(022) == 077);
	signal(SIGSYS, SIG_IGN);
	FAILS(syscall(570), ENOSYS);
}

int
main(int argc, char **argv)
{

	if (argc > 1)
		return (child(argc, argv));
	test_fork();
	test_exec();
	test_misc();
	return (checked());
}
