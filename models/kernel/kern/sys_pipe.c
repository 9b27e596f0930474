/*
 * Pipes.
 *
 * A pipe is a ring buffer with two ends.  "pipe mutex" guards its state; the bytes
 * themselves are moved without it (the user's page may have to be brought in), so
 * whoever moves bytes takes the pipe's long lock PIPE_LOCKFL, a flag to sleep on.
 *
 *   writer -> pipe_write() -> pp_rpipe.pipe_buffer -> pipe_read() -> reader
 */
#include <sys/param.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/filio.h>
#include <sys/kernel.h>
#include <sys/pipe.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/selinfo.h>
#include <sys/signalvar.h>
#include <sys/stat.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <vm/uma.h>
#include <vm/vm_extern.h>

static fo_rdwr_t	pipe_read;
static fo_rdwr_t	pipe_write;
static fo_ioctl_t	pipe_ioctl;
static fo_poll_t	pipe_poll;
static fo_stat_t	pipe_stat;
static fo_close_t	pipe_close;

struct fileops pipeops = {
	.fo_read = pipe_read,
	.fo_write = pipe_write,
	.fo_truncate = invfo_truncate,
	.fo_ioctl = pipe_ioctl,
	.fo_poll = pipe_poll,
	.fo_stat = pipe_stat,
	.fo_close = pipe_close,
	.fo_flags = DFLAG_PASSABLE,
};

static uma_zone_t pipe_zone;
static ino_t pipe_nextino;

static int
pipe_zone_init(void *mem, int size, int flags)
{
	struct pipepair *pp;

	pp = mem;
	bzero(pp, sizeof(*pp));
	mtx_init(&pp->pp_mtx, "pipe mutex", NULL, MTX_DEF | MTX_NEW);
	return (0);
}

static void
pipeinit(const void *dummy)
{

	pipe_zone = uma_zcreate("pipe", sizeof(struct pipepair), NULL, NULL,
	    pipe_zone_init, NULL, UMA_ALIGN_PTR, 0);
}
SYSINIT(vfs_pipe, SI_SUB_VFS, SI_ORDER_ANY, pipeinit, NULL);

static void
pipe_init(struct pipepair *pp, struct pipe *pipe, struct pipe *peer)
{

	pipe->pipe_pair = pp;
	pipe->pipe_peer = peer;
	pipe->pipe_state = 0;
	pipe->pipe_busy = 0;
	pipe->pipe_present = 1;
	pipe->pipe_sel.si_waiting = 0;
	pipe->pipe_ino = ++pipe_nextino;
	bzero(&pipe->pipe_buffer, sizeof(pipe->pipe_buffer));
	getnanotime(&pipe->pipe_mtime);
	pipe->pipe_atime = pipe->pipe_mtime;
}

int
kern_pipe(struct thread *td, int fildes[2], int flags)
{
	struct pipepair *pp;
	struct pipe *rpipe, *wpipe;
	struct file *rf, *wf;
	int error, fd, fflags;

	fflags = (flags & O_NONBLOCK) != 0 ? FNONBLOCK : 0;
	pp = uma_zalloc(pipe_zone, M_WAITOK);
	rpipe = &pp->pp_rpipe;
	wpipe = &pp->pp_wpipe;
	pipe_init(pp, rpipe, wpipe);
	pipe_init(pp, wpipe, rpipe);
	rpipe->pipe_buffer.size = PIPE_SIZE;
	rpipe->pipe_buffer.buffer = kmem_malloc(PIPE_SIZE, M_WAITOK);

	error = falloc(td, &rf, &fd, flags);
	if (error != 0) {
		kmem_free(rpipe->pipe_buffer.buffer, PIPE_SIZE);
		uma_zfree(pipe_zone, pp);
		return (error);
	}
	fildes[0] = fd;
	finit(rf, FREAD | fflags, DTYPE_PIPE, rpipe, &pipeops);
	error = falloc(td, &wf, &fd, flags);
	if (error != 0) {
		/* The write end is closed before it was open. */
		PIPE_LOCK(wpipe);
		wpipe->pipe_present = 0;
		rpipe->pipe_state |= PIPE_EOF;
		PIPE_UNLOCK(wpipe);
		fdclose(td, rf, fildes[0]);
		fdrop(rf, td);
		return (error);
	}
	fildes[1] = fd;
	finit(wf, FWRITE | fflags, DTYPE_PIPE, wpipe, &pipeops);
	fdrop(wf, td);
	fdrop(rf, td);
	return (0);
}

int
sys_pipe2(struct thread *td, struct pipe2_args *uap)
{
	int error, fildes[2];

	if (uap->flags & ~(O_CLOEXEC | O_NONBLOCK))
		return (EINVAL);
	error = kern_pipe(td, fildes, uap->flags);
	if (error != 0)
		return (error);
	error = copyout(fildes, uap->fildes, sizeof(fildes));
	if (error != 0) {
		(void)kern_close(td, fildes[0]);
		(void)kern_close(td, fildes[1]);
	}
	return (error);
}

/* The long lock: for whoever moves bytes. */
static int
pipelock(struct pipe *cpipe, int catch)
{
	int error, prio;

	PIPE_LOCK_ASSERT(cpipe, MA_OWNED);
	prio = PRIBIO;
	if (catch)
		prio |= PCATCH;
	while (cpipe->pipe_state & PIPE_LOCKFL) {
		cpipe->pipe_state |= PIPE_LWANT;
		error = msleep(&cpipe->pipe_state, PIPE_MTX(cpipe), prio,
		    "pipelk", 0);
		if (error != 0)
			return (error);
	}
	cpipe->pipe_state |= PIPE_LOCKFL;
	return (0);
}

static void
pipeunlock(struct pipe *cpipe)
{

	PIPE_LOCK_ASSERT(cpipe, MA_OWNED);
	KASSERT(cpipe->pipe_state & PIPE_LOCKFL,
	    ("Unlocked pipe passed to pipeunlock"));
	cpipe->pipe_state &= ~PIPE_LOCKFL;
	if (cpipe->pipe_state & PIPE_LWANT) {
		cpipe->pipe_state &= ~PIPE_LWANT;
		wakeup(&cpipe->pipe_state);
	}
}

static int
pipe_read(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{
	struct pipe *rpipe;
	struct pipebuf *pb;
	u_int size;
	int error, nread;

	rpipe = fp->f_data;
	pb = &rpipe->pipe_buffer;
	nread = 0;
	PIPE_LOCK(rpipe);
	++rpipe->pipe_busy;
	error = pipelock(rpipe, 1);
	if (error != 0)
		goto unlocked_error;
	while (uio->uio_resid > 0) {
		if (pb->cnt > 0) {
			/* Up to the end of the ring, or of the request. */
			size = imin(pb->size - pb->out, pb->cnt);
			size = ulmin(size, uio->uio_resid);
			PIPE_UNLOCK(rpipe);
			error = uiomove(pb->buffer + pb->out, size, uio);
			PIPE_LOCK(rpipe);
			if (error != 0)
				break;
			pb->out += size;
			if (pb->out == pb->size)
				pb->out = 0;
			pb->cnt -= size;
			if (pb->cnt == 0)
				pb->in = pb->out = 0;
			nread += size;
			continue;
		}
		if (rpipe->pipe_state & PIPE_EOF)
			break;
		/* Empty: there is room for a writer. */
		if (rpipe->pipe_state & PIPE_WANTW) {
			rpipe->pipe_state &= ~PIPE_WANTW;
			wakeup(rpipe);
		}
		if (nread > 0)
			break;
		/* Let others in while we sleep. */
		pipeunlock(rpipe);
		if (fp->f_flag & FNONBLOCK)
			error = EAGAIN;
		else {
			rpipe->pipe_state |= PIPE_WANTR;
			error = msleep(rpipe, PIPE_MTX(rpipe), PRIBIO | PCATCH,
			    "piperd", 0);
			if (error == 0)
				error = pipelock(rpipe, 1);
		}
		if (error != 0)
			goto unlocked_error;
	}
	pipeunlock(rpipe);
	if (error == 0)
		getnanotime(&rpipe->pipe_atime);
unlocked_error:
	--rpipe->pipe_busy;
	if (rpipe->pipe_busy == 0 && (rpipe->pipe_state & PIPE_WANTCLOSE) != 0)
		wakeup(&rpipe->pipe_busy);
	else if (pb->size - pb->cnt >= PIPE_BUF &&
	    (rpipe->pipe_state & PIPE_WANTW) != 0) {
		rpipe->pipe_state &= ~PIPE_WANTW;
		wakeup(rpipe);
	}
	if (pb->size - pb->cnt >= PIPE_BUF)
		selwakeup(&rpipe->pipe_sel);
	PIPE_UNLOCK(rpipe);
	return (error);
}

static int
pipe_write(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{
	struct pipe *rpipe, *wpipe;
	struct pipebuf *pb;
	ssize_t orig_resid;
	u_int segsize, size, space;
	int error;

	wpipe = fp->f_data;
	rpipe = wpipe->pipe_peer;	/* Its buffer is what we fill. */
	pb = &rpipe->pipe_buffer;
	PIPE_LOCK(rpipe);
	error = pipelock(rpipe, 1);
	if (error != 0) {
		PIPE_UNLOCK(rpipe);
		return (error);
	}
	if (rpipe->pipe_present != 1 || (wpipe->pipe_state & PIPE_EOF) != 0) {
		pipeunlock(rpipe);
		PIPE_UNLOCK(rpipe);
		return (EPIPE);
	}
	++rpipe->pipe_busy;
	orig_resid = uio->uio_resid;
	while (uio->uio_resid > 0) {
		if (wpipe->pipe_state & PIPE_EOF) {
			error = EPIPE;
			break;
		}
		space = pb->size - pb->cnt;
		/* A short write goes in whole or not yet. */
		if (space < uio->uio_resid && orig_resid <= PIPE_BUF)
			space = 0;
		if (space > 0) {
			size = ulmin(space, uio->uio_resid);
			segsize = imin(pb->size - pb->in, size);
			PIPE_UNLOCK(rpipe);
			error = uiomove(pb->buffer + pb->in, segsize, uio);
			if (error == 0 && segsize < size)
				/* Around the end of the ring. */
				error = uiomove(pb->buffer, size - segsize, uio);
			PIPE_LOCK(rpipe);
			if (error != 0)
				break;
			pb->in += size;
			if (pb->in >= pb->size)
				pb->in -= pb->size;
			pb->cnt += size;
			continue;
		}
		/* Full: wake the reader, wait for him. */
		if (rpipe->pipe_state & PIPE_WANTR) {
			rpipe->pipe_state &= ~PIPE_WANTR;
			wakeup(rpipe);
		}
		if (fp->f_flag & FNONBLOCK) {
			error = EAGAIN;
			break;
		}
		selwakeup(&rpipe->pipe_sel);
		pipeunlock(rpipe);
		rpipe->pipe_state |= PIPE_WANTW;
		error = msleep(rpipe, PIPE_MTX(rpipe), PRIBIO | PCATCH,
		    "pipewr", 0);
		if (error == 0)
			error = pipelock(rpipe, 1);
		if (error != 0)
			goto unlocked;
	}
	pipeunlock(rpipe);
unlocked:
	--rpipe->pipe_busy;
	if (rpipe->pipe_busy == 0 && (rpipe->pipe_state & PIPE_WANTCLOSE) != 0)
		wakeup(&rpipe->pipe_busy);
	else if (pb->cnt > 0 && (rpipe->pipe_state & PIPE_WANTR) != 0) {
		rpipe->pipe_state &= ~PIPE_WANTR;
		wakeup(rpipe);
	}
	if (pb->cnt > 0)
		selwakeup(&rpipe->pipe_sel);
	/* What has gone in is gone: the caller hears of the rest next time. */
	if (error == EPIPE && uio->uio_resid != orig_resid)
		error = 0;
	if (error == 0)
		getnanotime(&rpipe->pipe_mtime);
	PIPE_UNLOCK(rpipe);
	return (error);
}

static int
pipe_ioctl(struct file *fp, u_long cmd, void *data, struct ucred *active_cred,
    struct thread *td)
{
	struct pipe *mpipe;
	int error;

	mpipe = fp->f_data;
	error = 0;
	PIPE_LOCK(mpipe);
	switch (cmd) {
	case FIONBIO:
		break;
	case FIONREAD:
		*(int *)data = mpipe->pipe_buffer.cnt;
		break;
	default:
		error = ENOTTY;
	}
	PIPE_UNLOCK(mpipe);
	return (error);
}

static int
pipe_poll(struct file *fp, int events, struct ucred *active_cred,
    struct thread *td)
{
	struct pipe *pipe, *rpipe;
	int revents;

	pipe = fp->f_data;
	revents = 0;
	PIPE_LOCK(pipe);
	rpipe = (fp->f_flag & FREAD) != 0 ? pipe : pipe->pipe_peer;
	if ((fp->f_flag & FREAD) != 0 && (events & (POLLIN | POLLRDNORM)) != 0 &&
	    (rpipe->pipe_buffer.cnt > 0 || (pipe->pipe_state & PIPE_EOF)))
		revents |= events & (POLLIN | POLLRDNORM);
	if ((fp->f_flag & FWRITE) != 0 && (events & (POLLOUT | POLLWRNORM)) != 0 &&
	    ((pipe->pipe_state & PIPE_EOF) != 0 ||
	    rpipe->pipe_buffer.size - rpipe->pipe_buffer.cnt >= PIPE_BUF))
		revents |= events & (POLLOUT | POLLWRNORM);
	if (pipe->pipe_state & PIPE_EOF) {
		revents |= POLLHUP;
		revents &= ~(POLLOUT | POLLWRNORM);
	}
	if (revents == 0)
		selrecord(td, &rpipe->pipe_sel);
	PIPE_UNLOCK(pipe);
	return (revents);
}

static int
pipe_stat(struct file *fp, struct stat *ub, struct ucred *active_cred,
    struct thread *td)
{
	struct pipe *pipe;

	pipe = fp->f_data;
	bzero(ub, sizeof(*ub));
	ub->st_mode = S_IFIFO;
	ub->st_blksize = PAGE_SIZE;
	ub->st_size = pipe->pipe_buffer.cnt;
	ub->st_blocks = howmany(ub->st_size, ub->st_blksize);
	ub->st_atim = pipe->pipe_atime;
	ub->st_mtim = ub->st_ctim = pipe->pipe_mtime;
	ub->st_uid = fp->f_cred->cr_uid;
	ub->st_gid = fp->f_cred->cr_gid;
	ub->st_ino = pipe->pipe_ino;
	ub->st_nlink = 1;
	return (0);
}

/* Close one end; the second to close frees both. */
static int
pipe_close(struct file *fp, struct thread *td)
{
	struct pipe *cpipe, *ppipe;
	struct pipepair *pp;
	bool last;

	cpipe = fp->f_data;
	pp = cpipe->pipe_pair;
	ppipe = cpipe->pipe_peer;
	PIPE_LOCK(cpipe);
	/* The other side learns of it: end of file, or EPIPE. */
	ppipe->pipe_state |= PIPE_EOF;
	cpipe->pipe_state |= PIPE_EOF;
	pp->pp_rpipe.pipe_state &= ~(PIPE_WANTR | PIPE_WANTW);
	wakeup(&pp->pp_rpipe);
	selwakeup(&pp->pp_rpipe.pipe_sel);
	while (cpipe->pipe_busy != 0) {
		cpipe->pipe_state |= PIPE_WANTCLOSE;
		(void)msleep(&cpipe->pipe_busy, PIPE_MTX(cpipe), PRIBIO,
		    "pipecl", 0);
	}
	cpipe->pipe_state &= ~PIPE_WANTCLOSE;
	cpipe->pipe_present = 0;
	last = ppipe->pipe_present == 0;
	PIPE_UNLOCK(cpipe);
	if (last) {
		kmem_free(pp->pp_rpipe.pipe_buffer.buffer, PIPE_SIZE);
		uma_zfree(pipe_zone, pp);
	}
	fp->f_data = NULL;
	return (0);
}
