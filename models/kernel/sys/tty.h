/*
 * Terminals.
 *
 * A terminal is a device with a line discipline: what is typed is echoed, edited
 * and gathered into lines; ^C becomes a signal for the foreground process group.
 * The driver gives us bytes (ttydisc_rint()) and takes ours (tsw_write).
 *
 * Locking key: (t) t_mtx, (e) proctree_lock too, to change.
 */
#ifndef _SYS_TTY_H_
#define	_SYS_TTY_H_

#include <sys/types.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/selinfo.h>
#include <sys/ttycom.h>

struct cdev;
struct pgrp;
struct session;
struct tty;

struct ttydevsw {
	void		(*tsw_write)(struct tty *tp, const char *buf, size_t len);
};

#define	TTYINQSIZE	4096		/* A power of two. */
#define	TTYINQ(n)	((n) & (TTYINQSIZE - 1))

struct tty {
	struct mtx	 t_mtx;		/* "ttymtx" */
	struct termios	 t_termios;	/* (t) */
	struct winsize	 t_winsize;	/* (t) */
	/*
	 * Input: a ring; the counters only grow.  Bytes from t_inbegin to t_inlines
	 * are whole lines, ready to be read; from there to t_inend is the line
	 * being typed.
	 */
	u_int		 t_inbegin;	/* (t) */
	u_int		 t_inlines;	/* (t) */
	u_int		 t_inend;	/* (t) */
	char		 t_inq[TTYINQSIZE]; /* (t) */
	int		 t_inwait;	/* Channel: readers sleep. */
	struct selinfo	 t_inpoll;	/* (t) */
	struct pgrp	*t_pgrp;	/* (t, e) Foreground. */
	struct session	*t_session;	/* (t, e) */
	u_int		 t_column;	/* (t) Of the cursor, for erasing. */
	const struct ttydevsw *t_devsw;
	void		*t_devswsoftc;
	struct cdev	*t_dev;
};

#define	tty_lock(tp)	mtx_lock(&(tp)->t_mtx)
#define	tty_unlock(tp)	mtx_unlock(&(tp)->t_mtx)
#define	tty_assert_locked(tp)	mtx_assert(&(tp)->t_mtx, MA_OWNED)
#define	tty_softc(tp)	((tp)->t_devswsoftc)

struct tty *tty_alloc(const struct ttydevsw *tsw, void *softc);
struct cdev *tty_makedev(struct tty *tp, const char *name);
void	tty_rel_sess(struct tty *tp, struct session *sess);
void	tty_signal_pgrp(struct tty *tp, int sig);

/* kern/tty_ttydisc.c: the line discipline.  Terminal locked. */
int	ttydisc_rint(struct tty *tp, char c);
size_t	ttydisc_read_poll(struct tty *tp);
size_t	ttydisc_take(struct tty *tp, char *buf, size_t len, bool *eof);
void	ttydisc_write(struct tty *tp, const char *buf, size_t len);

#endif /* !_SYS_TTY_H_ */
