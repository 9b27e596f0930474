/*
 * /dev/null swallows, /dev/zero gives zeros, /dev/full is always full.
 *
 * zero_read() hands out zero_region: 2 MiB of zeros on a server, 64 KiB on a small
 * board.  On FreeBSD the region is a single page, mapped again and again.  Kernel
 * memory here is a direct map of physical memory, in which no page can appear
 * twice; so these are real pages, and a copy of them meets more of the caches.
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/filio.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>

#ifdef ARM_UNWIND
#define	ZERO_REGION_SIZE	(64 * 1024)
#else
#define	ZERO_REGION_SIZE	(2 * 1024 * 1024)
#endif

static void *zero_region;

static d_write_t	full_write;
static d_write_t	null_write;
static d_read_t		null_read;
static d_ioctl_t	null_ioctl;
static d_read_t		zero_read;

static struct cdevsw full_cdevsw = {
	.d_version = D_VERSION,
	.d_read = zero_read,
	.d_write = full_write,
	.d_ioctl = null_ioctl,
	.d_name = "full",
};

static struct cdevsw null_cdevsw = {
	.d_version = D_VERSION,
	.d_read = null_read,
	.d_write = null_write,
	.d_ioctl = null_ioctl,
	.d_name = "null",
};

static struct cdevsw zero_cdevsw = {
	.d_version = D_VERSION,
	.d_read = zero_read,
	.d_write = null_write,
	.d_ioctl = null_ioctl,
	.d_name = "zero",
};

static int
full_write(struct cdev *dev, struct uio *uio, int flags)
{

	return (ENOSPC);
}

/* Nothing is copied: the bytes are said to have been taken. */
static int
null_write(struct cdev *dev, struct uio *uio, int flags)
{

	uio->uio_resid = 0;
	return (0);
}

/* The end of the file, at once. */
static int
null_read(struct cdev *dev, struct uio *uio, int flags)
{

	return (0);
}

static int
null_ioctl(struct cdev *dev, u_long cmd, caddr_t data, int flags,
    struct thread *td)
{

	switch (cmd) {
	case FIONBIO:
		return (0);
	case FIONREAD:
		*(int *)data = 0;
		return (0);
	default:
		return (ENOTTY);
	}
}

static int
zero_read(struct cdev *dev, struct uio *uio, int flags)
{
	void *zbuf;
	ssize_t len;
	int error;

	KASSERT(uio->uio_rw == UIO_READ,
	    ("Can't be in %s for write", __func__));
	zbuf = zero_region;
	error = 0;
	while (uio->uio_resid > 0 && error == 0) {
		len = uio->uio_resid;
		if (len > ZERO_REGION_SIZE)
			len = ZERO_REGION_SIZE;
		error = uiomove(zbuf, len, uio);
	}
	return (error);
}

static void
null_drvinit(const void *unused)
{

	zero_region = kmem_malloc(ZERO_REGION_SIZE, M_WAITOK | M_ZERO);
	(void)make_dev(&full_cdevsw, 0, 0, 0, 0666, "full");
	(void)make_dev(&null_cdevsw, 0, 0, 0, 0666, "null");
	(void)make_dev(&zero_cdevsw, 0, 0, 0, 0666, "zero");
}
SYSINIT(null, SI_SUB_DRIVERS, SI_ORDER_MIDDLE, null_drvinit, NULL);
