/*
 * The line discipline: what happens to bytes between a terminal and its readers
 * and writers.
 *
 * Input in canonical mode (ICANON) is gathered into lines, which the typist can
 * edit until newline, ^D or the like ends them; in raw mode every byte is there
 * to be read.  Either way it is echoed.
 */
#include <sys/param.h>
#include <sys/kstat_sdt.h>
#include <sys/signal.h>
#include <sys/systm.h>
#include <sys/tty.h>

#define	CTRL_MASK	0x40		/* ^X is 'X' ^ CTRL_MASK. */

#define	IFLAG(f)	((tp->t_termios.c_iflag & (f)) != 0)
#define	OFLAG(f)	((tp->t_termios.c_oflag & (f)) != 0)
#define	LFLAG(f)	((tp->t_termios.c_lflag & (f)) != 0)

/* Is c the control character n? */
static bool
is_cc(struct tty *tp, char c, int n)
{

	return (tp->t_termios.c_cc[n] != _POSIX_VDISABLE &&
	    (unsigned char)c == tp->t_termios.c_cc[n]);
}

/* Does c end a line? */
static bool
is_break(struct tty *tp, char c)
{

	return (c == '\n' || is_cc(tp, c, VEOF) || is_cc(tp, c, VEOL) ||
	    is_cc(tp, c, VEOL2));
}

/*
 * Output: to the driver, in pieces without a character that needs treatment.
 */
void
ttydisc_write(struct tty *tp, const char *buf, size_t len)
{
	size_t i, start;

	tty_assert_locked(tp);
	SDT_PROBE2(sysinfo, , , outch, len, 0);
	start = 0;
	for (i = 0; i < len; i++) {
		if (buf[i] == '\n' || buf[i] == '\r')
			tp->t_column = 0;
		else
			tp->t_column++;
		if (buf[i] == '\n' && OFLAG(OPOST) && OFLAG(ONLCR)) {
			tp->t_devsw->tsw_write(tp, buf + start, i - start);
			tp->t_devsw->tsw_write(tp, "\r", 1);
			start = i;
		}
	}
	if (len > start)
		tp->t_devsw->tsw_write(tp, buf + start, len - start);
}

static void
ttydisc_echo(struct tty *tp, char c)
{
	char buf[2];

	if (!LFLAG(ECHO) && !(c == '\n' && LFLAG(ECHONL)))
		return;
	if (LFLAG(ECHOCTL) && (unsigned char)c < ' ' && c != '\n' &&
	    c != '\t') {
		buf[0] = '^';
		buf[1] = c ^ CTRL_MASK;
		ttydisc_write(tp, buf, 2);
	} else
		ttydisc_write(tp, &c, 1);
}

/* Take back the last character of the line being typed. */
static bool
ttydisc_rubchar(struct tty *tp)
{
	char c;

	if (tp->t_inend == tp->t_inlines)
		return (false);
	c = tp->t_inq[TTYINQ(--tp->t_inend)];
	if (LFLAG(ECHO) && LFLAG(ECHOE)) {
		ttydisc_write(tp, "\b \b", 3);
		if (LFLAG(ECHOCTL) && (unsigned char)c < ' ')
			ttydisc_write(tp, "\b \b", 3);
	}
	return (true);
}

/* There is something to read. */
static void
ttydisc_wakeup_reader(struct tty *tp)
{

	wakeup(&tp->t_inwait);
	selwakeup(&tp->t_inpoll);
}

/*
 * One byte came in.  Nonzero if there was no room for it.
 */
int
ttydisc_rint(struct tty *tp, char c)
{
	int sig;

	tty_assert_locked(tp);
	SDT_PROBE2(sysinfo, , , rawch, 1, 0);
	if (c == '\r' && IFLAG(ICRNL))
		c = '\n';

	if (LFLAG(ISIG)) {
		sig = is_cc(tp, c, VINTR) ? SIGINT :
		    is_cc(tp, c, VQUIT) ? SIGQUIT :
		    is_cc(tp, c, VSUSP) ? SIGTSTP :
		    is_cc(tp, c, VSTATUS) ? SIGINFO : 0;
		if (sig != 0) {
			/* What was typed before is void, but for status. */
			if (sig != SIGINFO && !LFLAG(NOFLSH))
				tp->t_inbegin = tp->t_inlines = tp->t_inend;
			ttydisc_echo(tp, c);
			tty_signal_pgrp(tp, sig);
			return (0);
		}
	}

	if (LFLAG(ICANON)) {
		if (is_cc(tp, c, VERASE) || is_cc(tp, c, VERASE2)) {
			(void)ttydisc_rubchar(tp);
			return (0);
		}
		if (is_cc(tp, c, VKILL)) {
			while (ttydisc_rubchar(tp))
				continue;
			return (0);
		}
	}

	/* Keep room for the end of the line. */
	if (tp->t_inend - tp->t_inbegin >= TTYINQSIZE - 1 &&
	    !(LFLAG(ICANON) && is_break(tp, c) &&
	    tp->t_inend - tp->t_inbegin < TTYINQSIZE))
		return (-1);
	tp->t_inq[TTYINQ(tp->t_inend++)] = c;
	if (!(LFLAG(ICANON) && is_cc(tp, c, VEOF)))
		ttydisc_echo(tp, c);
	if (!LFLAG(ICANON) || is_break(tp, c)) {
		tp->t_inlines = tp->t_inend;
		ttydisc_wakeup_reader(tp);
	}
	return (0);
}

/* Bytes that can be read now. */
size_t
ttydisc_read_poll(struct tty *tp)
{

	tty_assert_locked(tp);
	return (tp->t_inlines - tp->t_inbegin);
}

/*
 * Take up to len bytes for a reader, in canonical mode no more than one line.
 * *done: the line has ended, or in raw mode, all is taken; a line that was only
 * the end-of-file character is an empty one.
 */
size_t
ttydisc_take(struct tty *tp, char *buf, size_t len, bool *done)
{
	size_t n;
	char c;

	tty_assert_locked(tp);
	*done = false;
	n = 0;
	while (tp->t_inbegin != tp->t_inlines && !*done && n < len) {
		c = tp->t_inq[TTYINQ(tp->t_inbegin++)];
		if (LFLAG(ICANON) && is_break(tp, c)) {
			*done = true;
			if (is_cc(tp, c, VEOF))
				break;		/* Not part of the line. */
		}
		buf[n++] = c;
	}
	if (LFLAG(ICANON))
		SDT_PROBE2(sysinfo, , , canch, n, 0);
	else if (tp->t_inbegin == tp->t_inlines)
		*done = true;
	return (n);
}
