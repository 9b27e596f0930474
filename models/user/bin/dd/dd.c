/*
 * dd: copy a file, block by block.
 *
 * A block is one read(2) of ibs bytes; writes are of obs bytes.  With bs= every
 * block that was read is written as it is, so a record costs exactly one read
 * and one write: that is what makes dd a good load to measure.  A short read is a
 * partial block.  What is left of input blocks that do not fill an output block
 * stays in the buffer for the next.
 */
#include <sys/stat.h>
#include <sys/time.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dd.h"

IO		 in, out;
STAT		 st;
u_int		 ddflags;
uintmax_t	 cpy_cnt;
u_char		 fillchar;
const u_char	*ctab;

static void
open_files(void)
{
	if (in.name == NULL) {
		in.name = "stdin";
		in.fd = STDIN_FILENO;
	} else if ((in.fd = open(in.name, O_RDONLY)) == -1)
		err(1, "%s", in.name);
	in.seekable = lseek(in.fd, 0, SEEK_CUR) != -1;

	if (out.name == NULL) {
		out.name = "stdout";
		out.fd = STDOUT_FILENO;
	} else {
		/* Seeking in the output: what is before must stay. */
		int flags = O_CREAT |
		    (ddflags & (C_SEEK | C_NOTRUNC) ? 0 : O_TRUNC);

		out.fd = open(out.name, O_RDWR | flags, 0666);
		if (out.fd == -1)
			out.fd = open(out.name, O_WRONLY | flags, 0666);
		if (out.fd == -1)
			err(1, "%s", out.name);
	}
	out.seekable = lseek(out.fd, 0, SEEK_CUR) != -1;
}

static void
setup(void)
{
	open_files();

	/* Room for an output block and an input block that goes beyond it. */
	if ((in.db = malloc(out.dbsz + in.dbsz - 1)) == NULL)
		err(1, "input buffer");
	out.db = in.db;
	in.dbp = in.db;
	out.dbp = out.db;

	/* Cut the output file where we begin to write. */
	if ((ddflags & (C_OF | C_SEEK | C_NOTRUNC)) == (C_OF | C_SEEK) &&
	    out.seekable)
		if (ftruncate(out.fd, out.offset * (off_t)out.dbsz) == -1 &&
		    errno != EINVAL)
			err(1, "truncating %s", out.name);
	if (clock_gettime(CLOCK_MONOTONIC, &st.start) == -1)
		err(1, "clock_gettime");
}

/* Skips input blocks, by seeking or by reading. */
static void
pos_in(void)
{
	off_t left;
	ssize_t n;

	if (in.seekable) {
		if (lseek(in.fd, in.offset * (off_t)in.dbsz, SEEK_CUR) == -1)
			err(1, "%s", in.name);
		return;
	}
	for (left = in.offset; left > 0; left--) {
		n = read(in.fd, in.db, in.dbsz);
		if (n == -1)
			err(1, "%s", in.name);
		if (n == 0)
			errx(1, "skip reached end of input");
		check_info();
	}
}

static void
pos_out(void)
{
	off_t left;
	ssize_t n;

	if (out.seekable) {
		if (lseek(out.fd, out.offset * (off_t)out.dbsz, SEEK_CUR) == -1)
			err(1, "%s", out.name);
		return;
	}
	for (left = out.offset; left > 0; left--) {
		n = read(out.fd, out.db, out.dbsz);
		if (n == -1)
			err(1, "%s", out.name);
		if (n == 0)
			break;
	}
}

/*
 * Writes whole output blocks, and with `force' the rest as a partial one.
 */
static void
dd_out(int force)
{
	u_char *p = out.db;
	size_t n, left;
	ssize_t w;

	for (n = force ? out.dbcnt : out.dbsz;; n = out.dbsz) {
		if (force && out.dbcnt < n)
			n = out.dbcnt;
		for (left = n; left > 0; left -= w, p += w) {
			w = write(out.fd, p, left);
			if (w == 0)
				errx(1, "%s: end of device", out.name);
			if (w == -1) {
				if (errno != EINTR)
					err(1, "%s", out.name);
				w = 0;
				check_info();
				continue;
			}
			st.bytes += w;
			if ((size_t)w == n && n == out.dbsz)
				st.out_full++;
			else
				st.out_part++;
		}
		out.dbcnt -= n;
		if (out.dbcnt < out.dbsz)
			break;
	}
	/* The rest moves to the front. */
	if (out.dbcnt > 0)
		memmove(out.db, p, out.dbcnt);
	in.dbp = out.db + out.dbcnt;
}

/* What conv= asks to be done to the bytes of one input block. */
static void
convert(u_char *p, size_t n)
{
	size_t i;

	if (ddflags & C_SWAB) {
		if (n & 1)
			st.swab++;
		swab(p, p, n & ~1UL);
	}
	if (ctab != NULL)
		for (i = 0; i < n; i++)
			p[i] = ctab[p[i]];
}

static void
dd_in(void)
{
	ssize_t n;

	for (;;) {
		if (cpy_cnt != 0 && (cpy_cnt == UINTMAX_MAX ||
		    st.in_full + st.in_part >= cpy_cnt))
			return;
		/* A block that comes up short is to be filled up. */
		if (ddflags & C_SYNC)
			memset(in.dbp, fillchar, in.dbsz);
		n = read(in.fd, in.dbp, in.dbsz);
		if (n == 0)
			return;
		if (n == -1) {
			if (errno == EINTR) {
				check_info();
				continue;
			}
			if ((ddflags & C_NOERROR) == 0)
				err(1, "%s", in.name);
			warn("%s", in.name);
			summary();
			/* Step over the bad block. */
			if (in.seekable)
				lseek(in.fd, (off_t)in.dbsz, SEEK_CUR);
			st.in_part++;
			if ((ddflags & C_SYNC) == 0)
				continue;
			n = in.dbsz;
		} else if ((size_t)n == in.dbsz)
			st.in_full++;
		else {
			st.in_part++;
			if (ddflags & C_SYNC)
				n = in.dbsz;
		}
		in.dbrcnt = n;
		convert(in.dbp, n);
		out.dbcnt += n;
		in.dbp += n;
		if (ddflags & C_BS)
			dd_out(1);
		else if (out.dbcnt >= out.dbsz)
			dd_out(0);
		check_info();
	}
}

static void
dd_close(void)
{
	if (out.dbcnt > 0) {
		if (ddflags & C_OSYNC) {
			memset(out.db + out.dbcnt, fillchar,
			    out.dbsz - out.dbcnt);
			out.dbcnt = out.dbsz;
		}
		dd_out(1);
	}
	if (ddflags & C_FSYNC && fsync(out.fd) == -1)
		err(1, "fsyncing %s", out.name);
	if (close(out.fd) == -1)
		err(1, "closing %s", out.name);
}

int
main(int argc, char **argv)
{
	struct itimerval second = { { 1, 0 }, { 1, 0 } };

	(void)argc;
	jcl(argv);
	setup();
	signal(SIGINFO, summary_handler);
	if (ddflags & C_PROGRESS) {
		signal(SIGALRM, progress_handler);
		setitimer(ITIMER_REAL, &second, NULL);
	}
	signal(SIGINT, terminate);
	atexit(summary);

	if (in.offset > 0)
		pos_in();
	if (out.offset > 0)
		pos_out();
	dd_in();
	dd_close();
	return (0);
}
