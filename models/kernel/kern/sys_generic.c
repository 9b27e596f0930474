/*
 * read(2), write(2) and their variants, ioctl(2), poll(2) and select(2): the calls
 * that work on any open file.
 *
 * A read goes sys_read -> kern_readv -> dofileread -> fo_read, and from there
 * into whatever the file is.  Below kern_readv() a request is a struct uio; the
 * number of bytes moved is what the request has lost by the time it comes back.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/filio.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/selinfo.h>
#include <sys/signalvar.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/uio.h>

MALLOC_DEFINE(M_IOCTLOPS, "ioctlops", "ioctl data buffer");
MALLOC_DEFINE(M_SELECT, "select", "select() buffer");

static int	dofileread(struct thread *td, int fd, struct file *fp,
		    struct uio *auio, off_t offset, int flags);
static int	dofilewrite(struct thread *td, int fd, struct file *fp,
		    struct uio *auio, off_t offset, int flags);

int
sys_read(struct thread *td, struct read_args *uap)
{
	struct uio auio;
	struct iovec aiov;
	int error;

	if (uap->nbyte > IOSIZE_MAX)
		return (EINVAL);
	aiov.iov_base = uap->buf;
	aiov.iov_len = uap->nbyte;
	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	auio.uio_resid = uap->nbyte;
	auio.uio_segflg = UIO_USERSPACE;
	error = kern_readv(td, uap->fd, &auio);
	return (error);
}

int
sys_readv(struct thread *td, struct readv_args *uap)
{
	struct uio *auio;
	int error;

	error = copyinuio(uap->iovp, uap->iovcnt, &auio);
	if (error != 0)
		return (error);
	error = kern_readv(td, uap->fd, auio);
	free(auio, M_IOV);
	return (error);
}

int
kern_readv(struct thread *td, int fd, struct uio *auio)
{
	struct file *fp;
	int error;

	error = fget_read(td, fd, &fp);
	if (error != 0)
		return (error);
	error = dofileread(td, fd, fp, auio, (off_t)-1, 0);
	fdrop(fp, td);
	return (error);
}

int
sys_pread(struct thread *td, struct pread_args *uap)
{

	return (kern_pread(td, uap->fd, uap->buf, uap->nbyte, uap->offset));
}

int
kern_pread(struct thread *td, int fd, void *buf, size_t nbyte, off_t offset)
{
	struct file *fp;
	struct uio auio;
	struct iovec aiov;
	int error;

	if (nbyte > IOSIZE_MAX)
		return (EINVAL);
	aiov.iov_base = buf;
	aiov.iov_len = nbyte;
	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	auio.uio_resid = nbyte;
	auio.uio_segflg = UIO_USERSPACE;
	error = fget_read(td, fd, &fp);
	if (error != 0)
		return (error);
	if ((fp->f_ops->fo_flags & DFLAG_SEEKABLE) == 0)
		error = ESPIPE;
	else if (offset < 0)
		error = EINVAL;
	else
		error = dofileread(td, fd, fp, &auio, offset, FOF_OFFSET);
	fdrop(fp, td);
	return (error);
}

/*
 * An error after some bytes have moved is no error, if it is one that will show
 * again: the caller learns of the bytes first.
 */
static int
dofileread(struct thread *td, int fd, struct file *fp, struct uio *auio,
    off_t offset, int flags)
{
	ssize_t cnt;
	int error;

	/* A request for nothing. */
	if (auio->uio_resid == 0) {
		td->td_retval[0] = 0;
		return (0);
	}
	auio->uio_rw = UIO_READ;
	auio->uio_offset = offset;
	auio->uio_td = td;
	cnt = auio->uio_resid;
	error = fo_read(fp, auio, td->td_ucred, flags, td);
	if (error != 0 && auio->uio_resid != cnt && (error == ERESTART ||
	    error == EINTR || error == EWOULDBLOCK))
		error = 0;
	td->td_retval[0] = cnt - auio->uio_resid;
	SDT_PROBE2(sysinfo, , , readch, cnt - auio->uio_resid, 0);
	SDT_PROBE2(sysinfo, , , sysread, 1, 0);
	return (error);
}

int
sys_write(struct thread *td, struct write_args *uap)
{
	struct uio auio;
	struct iovec aiov;
	int error;

	if (uap->nbyte > IOSIZE_MAX)
		return (EINVAL);
	aiov.iov_base = __DECONST(void *, uap->buf);
	aiov.iov_len = uap->nbyte;
	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	auio.uio_resid = uap->nbyte;
	auio.uio_segflg = UIO_USERSPACE;
	error = kern_writev(td, uap->fd, &auio);
	return (error);
}

int
sys_writev(struct thread *td, struct writev_args *uap)
{
	struct uio *auio;
	int error;

	error = copyinuio(uap->iovp, uap->iovcnt, &auio);
	if (error != 0)
		return (error);
	error = kern_writev(td, uap->fd, auio);
	free(auio, M_IOV);
	return (error);
}

int
kern_writev(struct thread *td, int fd, struct uio *auio)
{
	struct file *fp;
	int error;

	error = fget_write(td, fd, &fp);
	if (error != 0)
		return (error);
	error = dofilewrite(td, fd, fp, auio, (off_t)-1, 0);
	fdrop(fp, td);
	return (error);
}

int
sys_pwrite(struct thread *td, struct pwrite_args *uap)
{

	return (kern_pwrite(td, uap->fd, uap->buf, uap->nbyte, uap->offset));
}

int
kern_pwrite(struct thread *td, int fd, const void *buf, size_t nbyte,
    off_t offset)
{
	struct file *fp;
	struct uio auio;
	struct iovec aiov;
	int error;

	if (nbyte > IOSIZE_MAX)
		return (EINVAL);
	aiov.iov_base = __DECONST(void *, buf);
	aiov.iov_len = nbyte;
	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	auio.uio_resid = nbyte;
	auio.uio_segflg = UIO_USERSPACE;
	error = fget_write(td, fd, &fp);
	if (error != 0)
		return (error);
	if ((fp->f_ops->fo_flags & DFLAG_SEEKABLE) == 0)
		error = ESPIPE;
	else if (offset < 0)
		error = EINVAL;
	else
		error = dofilewrite(td, fd, fp, &auio, offset, FOF_OFFSET);
	fdrop(fp, td);
	return (error);
}

static int
dofilewrite(struct thread *td, int fd, struct file *fp, struct uio *auio,
    off_t offset, int flags)
{
	ssize_t cnt;
	int error;

	auio->uio_rw = UIO_WRITE;
	auio->uio_offset = offset;
	auio->uio_td = td;
	cnt = auio->uio_resid;
	error = fo_write(fp, auio, td->td_ucred, flags, td);
	if (error != 0) {
		if (auio->uio_resid != cnt && (error == ERESTART ||
		    error == EINTR || error == EWOULDBLOCK))
			error = 0;
		/* Nobody will read it: who ignores that learns of EPIPE. */
		if (error == EPIPE && fp->f_type == DTYPE_PIPE) {
			PROC_LOCK(td->td_proc);
			tdsignal(td, SIGPIPE);
			PROC_UNLOCK(td->td_proc);
		}
	}
	td->td_retval[0] = cnt - auio->uio_resid;
	SDT_PROBE2(sysinfo, , , writech, cnt - auio->uio_resid, 0);
	SDT_PROBE2(sysinfo, , , syswrite, 1, 0);
	return (error);
}

int
sys_ftruncate(struct thread *td, struct ftruncate_args *uap)
{
	struct file *fp;
	int error;

	if (uap->length < 0)
		return (EINVAL);
	error = fget_write(td, uap->fd, &fp);
	if (error != 0)
		return (error == EBADF ? EINVAL : error);
	error = fo_truncate(fp, uap->length, td->td_ucred, td);
	fdrop(fp, td);
	return (error);
}

/* Fetch the argument by what the command word says of it, call, store it. */
int
sys_ioctl(struct thread *td, struct ioctl_args *uap)
{
	u_long com;
	size_t size;
	caddr_t data;
	int arg, error;

	com = uap->com & 0xffffffffUL;
	size = IOCPARM_LEN(com);
	if ((com & (IOC_VOID | IOC_IN | IOC_OUT)) == 0 ||
	    ((com & (IOC_IN | IOC_OUT)) != 0 && size == 0))
		return (ENOTTY);
	data = NULL;
	if (size > 0) {
		if ((com & IOC_VOID) != 0) {
			/* The argument is an integer. */
			arg = (intptr_t)uap->data;
			return (kern_ioctl(td, uap->fd, com, (void *)&arg));
		}
		data = malloc(size, M_IOCTLOPS, M_WAITOK | M_ZERO);
		if ((com & IOC_IN) != 0) {
			error = copyin(uap->data, data, size);
			if (error != 0)
				goto out;
		}
	} else
		data = (caddr_t)&uap->data;	/* A bare pointer or nothing. */
	error = kern_ioctl(td, uap->fd, com, data);
	if (error == 0 && size > 0 && (com & IOC_OUT) != 0)
		error = copyout(data, uap->data, size);
out:
	if (size > 0)
		free(data, M_IOCTLOPS);
	return (error);
}

int
kern_ioctl(struct thread *td, int fd, u_long com, caddr_t data)
{
	struct filedesc *fdp;
	struct file *fp;
	int error;

	error = fget(td, fd, &fp);
	if (error != 0)
		return (error);
	fdp = td->td_proc->p_fd;
	switch (com) {
	case FIOCLEX:
	case FIONCLEX:
		FILEDESC_XLOCK(fdp);
		if (fget_locked(fdp, fd) == fp)
			fdp->fd_ofiles[fd].fde_flags = com == FIOCLEX ?
			    UF_EXCLOSE : 0;
		FILEDESC_XUNLOCK(fdp);
		break;
	case FIONBIO:
		if (*(int *)data != 0)
			fp->f_flag |= FNONBLOCK;
		else
			fp->f_flag &= ~FNONBLOCK;
		error = fo_ioctl(fp, FIONBIO, data, td->td_ucred, td);
		if (error == ENOTTY)
			error = 0;
		break;
	default:
		error = fo_ioctl(fp, com, data, td->td_ucred, td);
		break;
	}
	fdrop(fp, td);
	return (error);
}

/*
 * Waiting for one of several files.  A file with nothing to offer now notes, in
 * its struct selinfo, that somebody waits; all who wait sleep on one channel
 * (selwait) and look again when any file has news.  Simple rather than quick: a
 * generation count tells a poller that something happened while it scanned.
 */
static struct mtx sellock;
static u_int selgen;			/* (sellock) */
static int selwait;
MTX_SYSINIT(select, &sellock, "sellck", MTX_DEF);

void
selrecord(struct thread *td, struct selinfo *sip)
{

	sip->si_waiting = 1;
}

void
selwakeup(struct selinfo *sip)
{

	if (sip->si_waiting == 0)
		return;
	sip->si_waiting = 0;
	mtx_lock(&sellock);
	selgen++;
	wakeup(&selwait);
	mtx_unlock(&sellock);
}

/* Look at each file once; the number of those that have something. */
static int
pollscan(struct thread *td, struct pollfd *fds, u_int nfd)
{
	struct file *fp;
	u_int i;
	int n;

	n = 0;
	for (i = 0; i < nfd; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (fget(td, fds[i].fd, &fp) != 0) {
			fds[i].revents = POLLNVAL;
			n++;
			continue;
		}
		/* Errors and hang-up need not be asked for. */
		fds[i].revents = fo_poll(fp, fds[i].events, td->td_ucred, td);
		fdrop(fp, td);
		if (fds[i].revents != 0)
			n++;
	}
	return (n);
}

/* Wait until pollscan() finds something; sbt: how long, or -1 for ever. */
static int
pollwait(struct thread *td, struct pollfd *fds, u_int nfd, sbintime_t sbt,
    const char *wmesg, int *result)
{
	sbintime_t asbt;
	u_int gen;
	int error;

	asbt = sbt > 0 ? sbinuptime() + sbt : 0;
	for (;;) {
		mtx_lock(&sellock);
		gen = selgen;
		mtx_unlock(&sellock);
		*result = pollscan(td, fds, nfd);
		if (*result != 0 || sbt == 0)
			return (0);
		mtx_lock(&sellock);
		error = 0;
		if (gen == selgen)
			error = msleep_sbt(&selwait, &sellock, PSOCK | PCATCH,
			    wmesg, asbt, 0, asbt != 0 ? C_ABSOLUTE : 0);
		mtx_unlock(&sellock);
		if (error == EWOULDBLOCK)
			sbt = 0;		/* Look once more. */
		else if (error != 0)
			return (error == ERESTART ? EINTR : error);
	}
}

int
sys_poll(struct thread *td, struct poll_args *uap)
{
	struct pollfd *fds;
	sbintime_t sbt;
	int error, n;

	if (uap->nfds > (u_int)maxfilesperproc)
		return (EINVAL);
	sbt = uap->timeout < 0 ? -1 : mstosbt(uap->timeout);
	fds = malloc((uap->nfds + 1) * sizeof(*fds), M_SELECT, M_WAITOK);
	error = copyin(uap->fds, fds, uap->nfds * sizeof(*fds));
	if (error == 0)
		error = pollwait(td, fds, uap->nfds, sbt, "select", &n);
	if (error == 0) {
		td->td_retval[0] = n;
		error = copyout(fds, uap->fds, uap->nfds * sizeof(*fds));
	}
	free(fds, M_SELECT);
	return (error);
}

/* select(2) is poll(2) with bit sets. */
#define	SELBITS	(8 * sizeof(fd_mask))
#define	SELSETSIZE(nd)	(howmany((nd), SELBITS) * sizeof(fd_mask))

static int
selcopyin(fd_mask *uset, fd_mask *set, size_t size)
{

	if (uset == NULL) {
		bzero(set, size);
		return (0);
	}
	return (copyin(uset, set, size));
}

int
sys_select(struct thread *td, struct select_args *uap)
{
	struct timeval tv;
	struct pollfd *fds;
	fd_mask *sets[3], *uset[3];
	size_t size;
	sbintime_t sbt;
	u_int nfd;
	int error, fd, i, n;
	short events;
	static const short want[3] = { POLLIN, POLLOUT, POLLPRI };

	if (uap->nd < 0 || uap->nd > maxfilesperproc)
		return (EINVAL);
	sbt = -1;
	if (uap->tv != NULL) {
		error = copyin(uap->tv, &tv, sizeof(tv));
		if (error != 0)
			return (error);
		if (tv.tv_sec < 0 || tv.tv_usec < 0 || tv.tv_usec >= 1000000)
			return (EINVAL);
		sbt = tvtosbt(tv);
	}
	size = SELSETSIZE(uap->nd);
	sets[0] = malloc(3 * size + sizeof(fd_mask), M_SELECT, M_WAITOK);
	sets[1] = (fd_mask *)((char *)sets[0] + size);
	sets[2] = (fd_mask *)((char *)sets[1] + size);
	uset[0] = uap->in;
	uset[1] = uap->ou;
	uset[2] = uap->ex;
	fds = malloc((uap->nd + 1) * sizeof(*fds), M_SELECT, M_WAITOK);
	for (i = 0; i < 3; i++) {
		error = selcopyin(uset[i], sets[i], size);
		if (error != 0)
			goto out;
	}
	nfd = 0;
	for (fd = 0; fd < uap->nd; fd++) {
		events = 0;
		for (i = 0; i < 3; i++)
			if ((sets[i][fd / SELBITS] >> (fd % SELBITS)) & 1)
				events |= want[i];
		if (events == 0)
			continue;
		fds[nfd].fd = fd;
		fds[nfd].events = events;
		nfd++;
	}
	fds[nfd].fd = -1;		/* Ends the loop below. */
	error = pollwait(td, fds, nfd, sbt, "select", &n);
	if (error != 0)
		goto out;
	bzero(sets[0], 3 * size);
	n = 0;
	for (nfd = 0, fd = 0; fd < uap->nd; fd++) {
		if (fds[nfd].fd != fd)
			continue;
		events = fds[nfd].revents;
		if (events & POLLNVAL) {
			error = EBADF;
			goto out;
		}
		/* Both ends of file and errors can be read or written to. */
		if (events & (POLLHUP | POLLERR))
			events |= POLLIN | POLLOUT;
		for (i = 0; i < 3; i++)
			if ((events & want[i] & fds[nfd].events) != 0) {
				sets[i][fd / SELBITS] |=
				    (fd_mask)1 << (fd % SELBITS);
				n++;
			}
		nfd++;
	}
	td->td_retval[0] = n;
	for (i = 0; i < 3 && error == 0; i++)
		if (uset[i] != NULL)
			error = copyout(sets[i], uset[i], size);
out:
	free(fds, M_SELECT);
	free(sets[0], M_SELECT);
	return (error);
}
