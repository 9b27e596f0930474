/*
 * What a vnode operation does where a file system has nothing to say: the last
 * table on each chain of vop_default.
 */
#include <sys/param.h>
#include <sys/poll.h>
#include <sys/systm.h>
#include <sys/vnode.h>

int
vop_null(void *ap)
{

	return (0);
}

int
vop_ebadf(void *ap)
{

	return (EBADF);
}

int
vop_einval(void *ap)
{

	return (EINVAL);
}

int
vop_enoent(void *ap)
{

	return (ENOENT);
}

int
vop_enotty(void *ap)
{

	return (ENOTTY);
}

int
vop_enotdir(void *ap)
{

	return (ENOTDIR);
}

int
vop_eopnotsupp(void *ap)
{

	return (EOPNOTSUPP);
}

int
vop_eperm(void *ap)
{

	return (EPERM);
}

/* A file that is just there can always be read and written. */
static int
vop_stdpoll(struct vop_poll_args *ap)
{

	return (ap->a_events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM));
}

const struct vop_vector default_vnodeops = {
	.vop_default = NULL,
	.vop_lookup = VOP_ENOTDIR,
	.vop_create = VOP_EOPNOTSUPP,
	.vop_open = VOP_NULL,
	.vop_close = VOP_NULL,
	.vop_access = VOP_NULL,
	.vop_getattr = VOP_EOPNOTSUPP,
	.vop_setattr = VOP_EOPNOTSUPP,
	.vop_read = VOP_EOPNOTSUPP,
	.vop_write = VOP_EOPNOTSUPP,
	.vop_ioctl = VOP_ENOTTY,
	.vop_poll = vop_stdpoll,
	.vop_fsync = VOP_NULL,
	.vop_remove = VOP_EOPNOTSUPP,
	.vop_rename = VOP_EOPNOTSUPP,
	.vop_mkdir = VOP_EOPNOTSUPP,
	.vop_rmdir = VOP_EOPNOTSUPP,
	.vop_readdir = VOP_ENOTDIR,
	.vop_inactive = VOP_NULL,
	.vop_reclaim = VOP_NULL,
	.vop_vptocnp = VOP_ENOENT,
};
