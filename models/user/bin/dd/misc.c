/*
 * dd's accounts: the summary at the end or on SIGINFO, and progress.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "dd.h"

volatile int	need_summary, need_progress;
static int	progress_shown;

static double
secs_elapsed(void)
{
	struct timespec now;
	double secs;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		return (1e-9);
	secs = (double)(now.tv_sec - st.start.tv_sec) +
	    (double)(now.tv_nsec - st.start.tv_nsec) * 1e-9;
	return (secs > 0 ? secs : 1e-9);
}

void
summary(void)
{
	double secs;

	if (ddflags & C_NOINFO)
		return;
	if (progress_shown)
		fprintf(stderr, "\n");
	progress_shown = 0;
	secs = secs_elapsed();
	fprintf(stderr, "%ju+%ju records in\n%ju+%ju records out\n",
	    st.in_full, st.in_part, st.out_full, st.out_part);
	if (st.swab > 0)
		fprintf(stderr, "%ju odd length swab %s\n", st.swab,
		    st.swab == 1 ? "block" : "blocks");
	if ((ddflags & C_NOXFER) == 0)
		fprintf(stderr,
		    "%ju bytes transferred in %.6f secs (%.0f bytes/sec)\n",
		    st.bytes, secs, (double)st.bytes / secs);
}

/* Four digits at most, in steps of 1000 or 1024. */
static void
humanize(char *buf, size_t size, double v, int step, const char *const *units)
{
	int u = 0;

	for (; v >= 9999.5 && u < 6; u++)
		v /= step;
	snprintf(buf, size, "%.0f %s", v, units[u]);
}

void
progress(void)
{
	static const char *const si[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	static const char *const iec[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	char a[32], b[32], r[32];
	double secs = secs_elapsed();

	humanize(a, sizeof(a), (double)st.bytes, 1000, si);
	humanize(b, sizeof(b), (double)st.bytes, 1024, iec);
	humanize(r, sizeof(r), (double)st.bytes / secs, 1000, si);
	fprintf(stderr, "%s  %ju bytes (%s, %s) transferred %.3fs, %s/s",
	    progress_shown ? "\r" : "", st.bytes, a, b, secs, r);
	progress_shown = 1;
}

void
summary_handler(int sig)
{
	(void)sig;
	need_summary = 1;
}

void
progress_handler(int sig)
{
	(void)sig;
	need_progress = 1;
}

/* Between blocks: what the handlers have asked for. */
void
check_info(void)
{
	if (need_summary) {
		need_summary = 0;
		summary();
	}
	if (need_progress) {
		need_progress = 0;
		progress();
	}
}

void
terminate(int sig)
{
	summary();
	_exit(sig == 0 ? 0 : 128 + sig);
}
