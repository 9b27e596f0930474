/*
 * System call numbers.  They are FreeBSD's, so that a trace, a truss(1) habit
 * or a D script written for the real system means the same thing here.  Calls
 * that this kernel does not have answer ENOSYS; gaps are left as gaps.
 *
 * kern/init_sysent.c gives each number its handler, sys/sysproto.h each handler
 * its arguments.  Shared with user land.
 */
#ifndef _SYS_SYSCALL_H_
#define	_SYS_SYSCALL_H_

#define	SYS_exit		1
#define	SYS_fork		2
#define	SYS_read		3
#define	SYS_write		4
#define	SYS_open		5
#define	SYS_close		6
#define	SYS_wait4		7
#define	SYS_unlink		10
#define	SYS_chdir		12
#define	SYS_fchdir		13
#define	SYS_chmod		15
#define	SYS_break		17
#define	SYS_getpid		20
#define	SYS_getuid		24
#define	SYS_geteuid		25
#define	SYS_access		33
#define	SYS_sync		36
#define	SYS_kill		37
#define	SYS_getppid		39
#define	SYS_dup			41
#define	SYS_getegid		43
#define	SYS_getgid		47
#define	SYS_ioctl		54
#define	SYS_reboot		55
#define	SYS_execve		59
#define	SYS_umask		60
#define	SYS_vfork		66
#define	SYS_munmap		73
#define	SYS_mprotect		74
#define	SYS_madvise		75
#define	SYS_getpgrp		81
#define	SYS_setpgid		82
#define	SYS_setitimer		83
#define	SYS_getitimer		86
#define	SYS_dup2		90
#define	SYS_fcntl		92
#define	SYS_select		93
#define	SYS_fsync		95
#define	SYS_gettimeofday	116
#define	SYS_getrusage		117
#define	SYS_readv		120
#define	SYS_writev		121
#define	SYS_rename		128
#define	SYS_mkdir		136
#define	SYS_rmdir		137
#define	SYS_setsid		147
#define	SYS_sysarch		165
#define	SYS___sysctl		202
#define	SYS_getpgid		207
#define	SYS_poll		209
#define	SYS_clock_gettime	232
#define	SYS_clock_getres	234
#define	SYS_nanosleep		240
#define	SYS_clock_nanosleep	244
#define	SYS_rfork		251
#define	SYS_issetugid		253
#define	SYS_getsid		310
#define	SYS_yield		321
#define	SYS___getcwd		326
#define	SYS_sched_yield		331
#define	SYS_sigprocmask		340
#define	SYS_sigsuspend		341
#define	SYS_sigpending		343
#define	SYS_sigaction		416
#define	SYS_sigreturn		417
#define	SYS_thr_exit		431
#define	SYS_thr_self		432
#define	SYS_thr_kill		433
#define	SYS__umtx_op		454
#define	SYS_thr_new		455
#define	SYS_thr_set_name	464
#define	SYS_pread		475
#define	SYS_pwrite		476
#define	SYS_mmap		477
#define	SYS_lseek		478
#define	SYS_truncate		479
#define	SYS_ftruncate		480
#define	SYS_cpuset_setaffinity	488
#define	SYS_openat		499
#define	SYS_pipe2		542
#define	SYS_fstat		551
#define	SYS_fstatat		552
#define	SYS_getdirentries	554
#define	SYS_MAXSYSCALL		580

#endif /* !_SYS_SYSCALL_H_ */
