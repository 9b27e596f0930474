/*
 * The switch between the kernel and its file systems: one VOP_XXX_APV() for each
 * operation of vnode_if.h, with the probes vfs:vop:vop_xxx:entry and return.
 *
 * They are all alike; the macro below is one of them, spelled out once.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/sdt.h>
#include <sys/uio.h>
#include <sys/vnode.h>

SDT_PROVIDER_DEFINE(vfs);

/*
 * Find the function along the chain of defaults; the last table,
 * default_vnodeops, has an answer for everything.
 */
#define	VOP_DEFINE(name, NAME, first)					\
SDT_PROBE_DEFINE2(vfs, vop, vop_##name, entry, "struct vnode *",	\
    "struct vop_" #name "_args *");					\
SDT_PROBE_DEFINE3(vfs, vop, vop_##name, return, "struct vnode *",	\
    "struct vop_" #name "_args *", "int");				\
int									\
VOP_##NAME##_APV(const struct vop_vector *vop, struct vop_##name##_args *ap) \
{									\
	int rc;								\
									\
	while (vop->vop_##name == NULL)					\
		vop = vop->vop_default;					\
	SDT_PROBE2(vfs, vop, vop_##name, entry, ap->first, ap);		\
	rc = vop->vop_##name(ap);					\
	SDT_PROBE3(vfs, vop, vop_##name, return, ap->first, ap, rc);	\
	return (rc);							\
}

VOP_DEFINE(lookup, LOOKUP, a_dvp)
VOP_DEFINE(create, CREATE, a_dvp)
VOP_DEFINE(open, OPEN, a_vp)
VOP_DEFINE(close, CLOSE, a_vp)
VOP_DEFINE(access, ACCESS, a_vp)
VOP_DEFINE(getattr, GETATTR, a_vp)
VOP_DEFINE(setattr, SETATTR, a_vp)
VOP_DEFINE(read, READ, a_vp)
VOP_DEFINE(write, WRITE, a_vp)
VOP_DEFINE(ioctl, IOCTL, a_vp)
VOP_DEFINE(poll, POLL, a_vp)
VOP_DEFINE(fsync, FSYNC, a_vp)
VOP_DEFINE(remove, REMOVE, a_dvp)
VOP_DEFINE(rename, RENAME, a_fdvp)
VOP_DEFINE(mkdir, MKDIR, a_dvp)
VOP_DEFINE(rmdir, RMDIR, a_dvp)
VOP_DEFINE(readdir, READDIR, a_vp)
VOP_DEFINE(inactive, INACTIVE, a_vp)
VOP_DEFINE(reclaim, RECLAIM, a_vp)
VOP_DEFINE(vptocnp, VPTOCNP, a_vp)
