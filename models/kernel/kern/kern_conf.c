/*
 * make_dev(9): how a driver gets its device into /dev.
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/file.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <fs/devfs/devfs_int.h>

MALLOC_DEFINE(M_DEVT, "cdev", "cdev storage");

static struct mtx devmtx;		/* "cdev" */
MTX_SYSINIT(devmtx, &devmtx, "cdev", MTX_DEF);
static LIST_HEAD(, cdev) cdev_list = LIST_HEAD_INITIALIZER(cdev_list);

/* What a driver without an entry point answers. */
int
nullop_open(struct cdev *dev, int oflags, int devtype, struct thread *td)
{

	return (0);
}

int
nullop_close(struct cdev *dev, int fflag, int devtype, struct thread *td)
{

	return (0);
}

static int
no_rw(struct cdev *dev, struct uio *uio, int ioflag)
{

	return (ENODEV);
}

static int
no_ioctl(struct cdev *dev, u_long cmd, caddr_t data, int fflag,
    struct thread *td)
{

	return (ENODEV);
}

static int
no_poll(struct cdev *dev, int events, struct thread *td)
{

	return (events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM));
}

/* Fill the gaps of a driver's table, once. */
static void
prep_cdevsw(struct cdevsw *devsw)
{

	KASSERT(devsw->d_version == D_VERSION, ("%s: cdevsw version",
	    devsw->d_name));
	if (devsw->d_open == NULL)
		devsw->d_open = nullop_open;
	if (devsw->d_close == NULL)
		devsw->d_close = nullop_close;
	if (devsw->d_read == NULL)
		devsw->d_read = no_rw;
	if (devsw->d_write == NULL)
		devsw->d_write = no_rw;
	if (devsw->d_ioctl == NULL)
		devsw->d_ioctl = no_ioctl;
	if (devsw->d_poll == NULL)
		devsw->d_poll = no_poll;
}

struct cdev *
make_dev(struct cdevsw *devsw, int unit, uid_t uid, gid_t gid, int perms,
    const char *fmt, ...)
{
	struct cdev *dev;
	va_list ap;

	dev = malloc(sizeof(*dev), M_DEVT, M_WAITOK | M_ZERO);
	prep_cdevsw(devsw);
	va_start(ap, fmt);
	(void)vsnprintf(dev->si_name, sizeof(dev->si_name), fmt, ap);
	va_end(ap);
	dev->si_devsw = devsw;
	dev->si_unit = dev->si_drv0 = unit;
	dev->si_uid = uid;
	dev->si_gid = gid;
	dev->si_mode = perms;
	getnanotime(&dev->si_ctime);
	mtx_lock(&devmtx);
	LIST_INSERT_HEAD(&cdev_list, dev, si_list);
	mtx_unlock(&devmtx);
	devfs_add(dev);
	return (dev);
}

/*
 * The device is gone.  Its struct stays: files that have it open still point to it
 * and now get ENXIO.
 */
void
destroy_dev(struct cdev *dev)
{

	devfs_remove(dev);
	mtx_lock(&devmtx);
	LIST_REMOVE(dev, si_list);
	dev->si_devsw = NULL;
	mtx_unlock(&devmtx);
}

const char *
devtoname(struct cdev *dev)
{

	return (dev->si_name);
}

int
dev2unit(struct cdev *dev)
{

	return (dev->si_unit);
}

/* One opening more (1) or fewer (-1); how many there are then. */
u_long
dev_usecount(struct cdev *dev, int delta)
{
	u_long n;

	mtx_lock(&devmtx);
	dev->si_usecount += delta;
	n = dev->si_usecount;
	mtx_unlock(&devmtx);
	return (n);
}

/*
 * A driver's data for each opening, rather than for each device.  td_fpop is the
 * file that the driver has been called for.
 */
int
devfs_get_cdevpriv(void **datap)
{
	struct file *fp;

	fp = curthread->td_fpop;
	if (fp == NULL)
		return (EBADF);
	if (fp->f_cdevpriv == NULL)
		return (ENOENT);
	*datap = fp->f_cdevpriv;
	return (0);
}

int
devfs_set_cdevpriv(void *priv, d_priv_dtor_t *dtr)
{
	struct file *fp;

	fp = curthread->td_fpop;
	if (fp == NULL)
		return (ENOENT);
	if (fp->f_cdevpriv != NULL)
		return (EBUSY);
	fp->f_cdevpriv = priv;
	fp->f_cdevpriv_dtr = dtr;
	return (0);
}

/* Also called by devfs when the file goes. */
void
devfs_clear_cdevpriv(void)
{
	struct file *fp;
	void *priv;

	fp = curthread->td_fpop;
	if (fp == NULL || fp->f_cdevpriv == NULL)
		return;
	priv = fp->f_cdevpriv;
	fp->f_cdevpriv = NULL;
	fp->f_cdevpriv_dtr(priv);
}
