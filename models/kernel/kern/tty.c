/*
 * Terminals as devices: open, read, write, ioctl, and whose terminal it is.
 *
 * A session without a terminal gets the first one its leader opens (or asks for:
 * TIOCSCTTY); /dev/tty is whatever terminal the caller's session has.  Keyboard
 * signals go to the foreground group, which the shell sets (TIOCSPGRP).
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/fcntl.h>
#include <sys/filio.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/stat.h>
#include <sys/sx.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <sys/vnode.h>

MALLOC_DEFINE(M_TTY, "tty", "tty device");

#define	TTYBUFSIZE	256		/* Moved from and to users at a time. */

static d_open_t		ttydev_open;
static d_close_t	ttydev_close;
static d_read_t		ttydev_read;
static d_write_t	ttydev_write;
static d_ioctl_t	ttydev_ioctl;
static d_poll_t		ttydev_poll;

static struct cdevsw ttydev_cdevsw = {
	.d_version = D_VERSION,
	.d_open = ttydev_open,
	.d_close = ttydev_close,
	.d_read = ttydev_read,
	.d_write = ttydev_write,
	.d_ioctl = ttydev_ioctl,
	.d_poll = ttydev_poll,
	.d_name = "ttydev",
	.d_flags = D_TTY,
};

/*
 * Line settings to start with: lines, echo, signals.  ONLCR is off: the console
 * begins a new line at newline by itself.
 */
static void
tty_init_termios(struct tty *tp)
{
	struct termios *t;

	t = &tp->t_termios;
	t->c_iflag = BRKINT | ICRNL | IMAXBEL | IXON | IXANY;
	t->c_oflag = OPOST;
	t->c_cflag = CREAD | CS8 | HUPCL;
	t->c_lflag = ICANON | ISIG | IEXTEN | ECHO | ECHOE | ECHOKE | ECHOCTL;
	t->c_ispeed = t->c_ospeed = B115200;
	memset(t->c_cc, _POSIX_VDISABLE, sizeof(t->c_cc));
	t->c_cc[VEOF] = 4;		/* ^D */
	t->c_cc[VERASE] = 0x7f;
	t->c_cc[VERASE2] = 8;		/* ^H */
	t->c_cc[VINTR] = 3;		/* ^C */
	t->c_cc[VKILL] = 21;		/* ^U */
	t->c_cc[VQUIT] = 28;		/* ^\ */
	t->c_cc[VSUSP] = 26;		/* ^Z */
	t->c_cc[VSTATUS] = 20;		/* ^T */
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

struct tty *
tty_alloc(const struct ttydevsw *tsw, void *softc)
{
	struct tty *tp;

	tp = malloc(sizeof(*tp), M_TTY, M_WAITOK | M_ZERO);
	mtx_init(&tp->t_mtx, "ttymtx", NULL, MTX_DEF);
	tp->t_devsw = tsw;
	tp->t_devswsoftc = softc;
	tp->t_winsize.ws_row = 25;
	tp->t_winsize.ws_col = 80;
	tty_init_termios(tp);
	return (tp);
}

struct cdev *
tty_makedev(struct tty *tp, const char *name)
{
	struct cdev *dev;

	dev = make_dev(&ttydev_cdevsw, 0, 0, 0, 0600, "%s", name);
	dev->si_drv1 = tp;
	if (tp->t_dev == NULL)
		tp->t_dev = dev;
	return (dev);
}

/*
 * Sessions.
 */

/* Make tp the controlling terminal of td's session, which td must lead. */
static int
tty_ctty(struct tty *tp, struct thread *td)
{
	struct proc *p;
	int error;

	p = td->td_proc;
	error = 0;
	sx_xlock(&proctree_lock);
	tty_lock(tp);
	if (!SESS_LEADER(p) || (p->p_session->s_ttyp != NULL &&
	    p->p_session->s_ttyp != tp) ||
	    (tp->t_session != NULL && tp->t_session != p->p_session))
		error = EPERM;
	else {
		p->p_session->s_ttyp = tp;
		tp->t_session = p->p_session;
		tp->t_pgrp = p->p_pgrp;
		PROC_LOCK(p);
		p->p_flag |= P_CONTROLT;
		PROC_UNLOCK(p);
	}
	tty_unlock(tp);
	sx_xunlock(&proctree_lock);
	return (error);
}

/* A session gives its terminal up: its leader exits. */
void
tty_rel_sess(struct tty *tp, struct session *sess)
{

	sx_assert(&proctree_lock, SA_XLOCKED);
	tty_lock(tp);
	if (tp->t_session == sess) {
		tp->t_session = NULL;
		tp->t_pgrp = NULL;
	}
	tty_unlock(tp);
	sess->s_ttyp = NULL;
}

/* A process group ends: nobody is in the foreground. */
void
tty_rel_pgrp(struct tty *tp, struct pgrp *pg)
{

	tty_lock(tp);
	if (tp->t_pgrp == pg)
		tp->t_pgrp = NULL;
	tty_unlock(tp);
}

/* A key was struck that means a signal. */
void
tty_signal_pgrp(struct tty *tp, int sig)
{
	ksiginfo_t ksi;

	tty_assert_locked(tp);
	if (tp->t_pgrp == NULL)
		return;
	bzero(&ksi, sizeof(ksi));
	ksi.ksi_signo = sig;
	ksi.ksi_code = SI_KERNEL;
	PGRP_LOCK(tp->t_pgrp);
	pgsignal(tp->t_pgrp, sig, 1, &ksi);
	PGRP_UNLOCK(tp->t_pgrp);
}

/*
 * The device.
 */

static int
ttydev_open(struct cdev *dev, int oflags, int devtype, struct thread *td)
{
	struct tty *tp;
	struct proc *p;

	tp = dev->si_drv1;
	p = td->td_proc;
	/* A leader without a terminal takes this one, if it is free. */
	if ((oflags & O_NOCTTY) == 0 && SESS_LEADER(p) &&
	    p->p_session->s_ttyp == NULL && tp->t_session == NULL)
		(void)tty_ctty(tp, td);
	return (0);
}

static int
ttydev_close(struct cdev *dev, int fflag, int devtype, struct thread *td)
{

	return (0);
}

static int
ttydev_read(struct cdev *dev, struct uio *uio, int ioflag)
{
	char buf[TTYBUFSIZE];
	struct tty *tp;
	size_t n;
	bool done;
	int error;

	tp = dev->si_drv1;
	error = 0;
	done = false;
	tty_lock(tp);
	/* Wait for the first byte; then take what there is. */
	while (ttydisc_read_poll(tp) == 0) {
		if (ioflag & IO_NDELAY) {
			tty_unlock(tp);
			return (EWOULDBLOCK);
		}
		error = msleep(&tp->t_inwait, &tp->t_mtx, PSOCK | PCATCH,
		    "ttyin", 0);
		if (error != 0) {
			tty_unlock(tp);
			return (error);
		}
	}
	while (!done && error == 0 && uio->uio_resid > 0 &&
	    ttydisc_read_poll(tp) != 0) {
		n = ttydisc_take(tp, buf, ulmin(sizeof(buf), uio->uio_resid),
		    &done);
		tty_unlock(tp);		/* The user's page may not be there. */
		error = uiomove(buf, n, uio);
		tty_lock(tp);
	}
	tty_unlock(tp);
	return (error);
}

static int
ttydev_write(struct cdev *dev, struct uio *uio, int ioflag)
{
	char buf[TTYBUFSIZE];
	struct tty *tp;
	size_t n;
	int error;

	tp = dev->si_drv1;
	error = 0;
	while (uio->uio_resid > 0 && error == 0) {
		n = ulmin(sizeof(buf), uio->uio_resid);
		error = uiomove(buf, n, uio);
		if (error != 0)
			break;
		tty_lock(tp);
		ttydisc_write(tp, buf, n);
		tty_unlock(tp);
	}
	return (error);
}

static int
ttydev_poll(struct cdev *dev, int events, struct thread *td)
{
	struct tty *tp;
	int revents;

	tp = dev->si_drv1;
	revents = events & (POLLOUT | POLLWRNORM);
	tty_lock(tp);
	if (events & (POLLIN | POLLRDNORM)) {
		if (ttydisc_read_poll(tp) > 0)
			revents |= events & (POLLIN | POLLRDNORM);
		else
			selrecord(td, &tp->t_inpoll);
	}
	tty_unlock(tp);
	return (revents);
}

/* TIOCSPGRP: only to a group of the terminal's own session. */
static int
tty_setpgrp(struct tty *tp, struct thread *td, pid_t pgid)
{
	struct pgrp *pg;
	int error;

	error = 0;
	sx_slock(&proctree_lock);
	tty_lock(tp);
	pg = pgfind(pgid);
	if (tp->t_session == NULL ||
	    td->td_proc->p_session != tp->t_session)
		error = ENOTTY;
	else if (pg == NULL || pg->pg_session != tp->t_session)
		error = EPERM;
	else
		tp->t_pgrp = pg;
	tty_unlock(tp);
	sx_sunlock(&proctree_lock);
	return (error);
}

static int
ttydev_ioctl(struct cdev *dev, u_long cmd, caddr_t data, int fflag,
    struct thread *td)
{
	struct tty *tp;
	int error;

	tp = dev->si_drv1;
	switch (cmd) {
	case TIOCSCTTY:
		return (tty_ctty(tp, td));
	case TIOCSPGRP:
		return (tty_setpgrp(tp, td, *(int *)data));
	}
	error = 0;
	tty_lock(tp);
	switch (cmd) {
	case TIOCGETA:
		memcpy(data, &tp->t_termios, sizeof(struct termios));
		break;
	case TIOCSETAF:
		tp->t_inbegin = tp->t_inlines = tp->t_inend;
		/* FALLTHROUGH */
	case TIOCSETAW:
	case TIOCSETA:
		memcpy(&tp->t_termios, data, sizeof(struct termios));
		if ((tp->t_termios.c_lflag & ICANON) == 0)
			tp->t_inlines = tp->t_inend;
		break;
	case TIOCGPGRP:
		/* No foreground group is one that does not exist. */
		*(int *)data = tp->t_pgrp != NULL ? tp->t_pgrp->pg_id :
		    NO_PID;
		break;
	case TIOCGSID:
		if (tp->t_session != NULL)
			*(int *)data = tp->t_session->s_sid;
		else
			error = ENOTTY;
		break;
	case TIOCGWINSZ:
		memcpy(data, &tp->t_winsize, sizeof(struct winsize));
		break;
	case TIOCSWINSZ:
		memcpy(&tp->t_winsize, data, sizeof(struct winsize));
		tty_signal_pgrp(tp, SIGWINCH);
		break;
	case TIOCOUTQ:
		*(int *)data = 0;	/* Output does not wait. */
		break;
	case FIONREAD:
		*(int *)data = ttydisc_read_poll(tp);
		break;
	case FIONBIO:
		break;			/* Comes with each request. */
	default:
		error = ENOTTY;
	}
	tty_unlock(tp);
	return (error);
}

/*
 * /dev/tty: the terminal of the caller's session, whichever it is.
 */
static struct tty *
ctty(struct thread *td)
{

	return (td->td_proc->p_session->s_ttyp);
}

static int
cttydev_open(struct cdev *dev, int oflags, int devtype, struct thread *td)
{

	return (ctty(td) != NULL ? 0 : ENXIO);
}

static int
cttydev_read(struct cdev *dev, struct uio *uio, int ioflag)
{
	struct tty *tp;

	tp = ctty(uio->uio_td);
	return (tp != NULL ? ttydev_read(tp->t_dev, uio, ioflag) : ENXIO);
}

static int
cttydev_write(struct cdev *dev, struct uio *uio, int ioflag)
{
	struct tty *tp;

	tp = ctty(uio->uio_td);
	return (tp != NULL ? ttydev_write(tp->t_dev, uio, ioflag) : ENXIO);
}

static int
cttydev_ioctl(struct cdev *dev, u_long cmd, caddr_t data, int fflag,
    struct thread *td)
{
	struct tty *tp;

	tp = ctty(td);
	return (tp != NULL ? ttydev_ioctl(tp->t_dev, cmd, data, fflag, td) :
	    ENXIO);
}

static int
cttydev_poll(struct cdev *dev, int events, struct thread *td)
{
	struct tty *tp;

	tp = ctty(td);
	return (tp != NULL ? ttydev_poll(tp->t_dev, events, td) : POLLHUP);
}

static struct cdevsw ctty_cdevsw = {
	.d_version = D_VERSION,
	.d_open = cttydev_open,
	.d_close = ttydev_close,
	.d_read = cttydev_read,
	.d_write = cttydev_write,
	.d_ioctl = cttydev_ioctl,
	.d_poll = cttydev_poll,
	.d_name = "ctty",
	.d_flags = D_TTY,
};

static void
ctty_drvinit(const void *unused)
{

	(void)make_dev(&ctty_cdevsw, 0, 0, 0, 0666, "tty");
}
SYSINIT(cttydev, SI_SUB_DRIVERS, SI_ORDER_MIDDLE, ctty_drvinit, NULL);
