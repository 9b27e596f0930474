/*
 * From a vnode back to its path.
 *
 * FreeBSD keeps names in a cache; here each file system can tell a directory's name
 * in its parent (VOP_VPTOCNP()), and we walk up, writing the path from its end.
 *
 * Of the cache there are only its probes' names: scripts that watch it compile and
 * enable, and nothing fires.
 */
#include <sys/param.h>
#include <sys/filedesc.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>

SDT_PROVIDER_DECLARE(vfs);
SDT_PROBE_DEFINE3(vfs, namecache, lookup, hit, "struct vnode *", "char *",
    "struct vnode *");
SDT_PROBE_DEFINE2(vfs, namecache, lookup, hit__negative, "struct vnode *",
    "char *");
SDT_PROBE_DEFINE2(vfs, namecache, lookup, miss, "struct vnode *", "char *");
SDT_PROBE_DEFINE3(vfs, namecache, enter, done, "struct vnode *", "char *",
    "struct vnode *");
SDT_PROBE_DEFINE2(vfs, namecache, enter_negative, done, "struct vnode *",
    "char *");
SDT_PROBE_DEFINE1(vfs, namecache, fullpath, entry, "struct vnode *");
SDT_PROBE_DEFINE3(vfs, namecache, fullpath, hit, "struct vnode *", "char *",
    "struct vnode *");
SDT_PROBE_DEFINE1(vfs, namecache, fullpath, miss, "struct vnode *");
SDT_PROBE_DEFINE3(vfs, namecache, fullpath, return, "int", "struct vnode *",
    "char *");
SDT_PROBE_DEFINE1(vfs, namecache, purge, done, "struct vnode *");
SDT_PROBE_DEFINE1(vfs, namecache, purge_negative, done, "struct vnode *");
SDT_PROBE_DEFINE1(vfs, namecache, purgevfs, done, "struct mount *");
SDT_PROBE_DEFINE3(vfs, namecache, zap, done, "struct vnode *", "char *",
    "struct vnode *");
SDT_PROBE_DEFINE2(vfs, namecache, zap_negative, done, "struct vnode *",
    "char *");

/* The path of vp, referenced, as seen from the caller's root; at the end of buf. */
int
vn_fullpath(struct vnode *vp, char *buf, size_t buflen, char **retbuf)
{
	struct filedesc *fdp;
	struct vnode *dvp, *rdir;
	int error;

	fdp = curproc->p_fd;
	FILEDESC_SLOCK(fdp);
	rdir = fdp->fd_rdir;
	FILEDESC_SUNLOCK(fdp);
	if (buflen < 2)
		return (ENOMEM);
	buf[--buflen] = '\0';
	vref(vp);
	if (vp == rdir)
		buf[--buflen] = '/';
	error = 0;
	while (error == 0 && vp != rdir) {
		if ((vp->v_vflag & VV_ROOT) != 0) {
			/* Go on from the directory that it covers. */
			dvp = vp->v_mount->mnt_vnodecovered;
			if (dvp == NULL) {
				error = ENOENT;
				break;
			}
			vref(dvp);
			vrele(vp);
			vp = dvp;
			continue;
		}
		(void)vn_lock(vp, LK_SHARED);
		error = VOP_VPTOCNP(vp, &dvp, buf, &buflen);
		vput(vp);
		vp = NULL;
		if (error != 0)
			break;
		vp = dvp;
		if (buflen == 0) {
			error = ENOMEM;
			break;
		}
		buf[--buflen] = '/';
	}
	if (vp != NULL)
		vrele(vp);
	*retbuf = buf + buflen;
	return (error);
}

MALLOC_DEFINE(M_VFSCACHE, "vfscache", "VFS name cache");

/*
 * Remember the path by which vp was first found, in directory dvp: DTrace's fds[] shows it,
 * from where no file system can be asked.  It is a hint.  A rename forgets the
 * file's own, but files below a renamed directory keep what they had.
 */
void
vn_setpath(struct vnode *dvp, struct vnode *vp, const char *name,
    size_t namelen)
{
	char *path;
	size_t len;

	if (vp->v_path != NULL || (name[0] == '.' &&
	    (namelen == 1 || (namelen == 2 && name[1] == '.'))))
		return;
	if (dvp == rootvnode)
		len = 0;
	else if (dvp->v_path != NULL)
		len = strlen(dvp->v_path);
	else
		return;
	path = malloc(len + namelen + 2, M_VFSCACHE, M_WAITOK);
	if (len != 0)
		memcpy(path, dvp->v_path, len);
	path[len] = '/';
	memcpy(path + len + 1, name, namelen);
	path[len + 1 + namelen] = '\0';
	VI_LOCK(vp);
	if (vp->v_path == NULL) {
		vp->v_path = path;
		path = NULL;
	}
	VI_UNLOCK(vp);
	if (path != NULL)
		free(path, M_VFSCACHE);
}

/* Its name has changed, or the file is gone. */
void
vn_clearpath(struct vnode *vp)
{
	char *path;

	VI_LOCK(vp);
	path = vp->v_path;
	vp->v_path = NULL;
	VI_UNLOCK(vp);
	if (path != NULL)
		free(path, M_VFSCACHE);
}

int
sys___getcwd(struct thread *td, struct __getcwd_args *uap)
{
	struct filedesc *fdp;
	struct vnode *cdir;
	char *buf, *retbuf;
	size_t len;
	int error;

	fdp = td->td_proc->p_fd;
	FILEDESC_SLOCK(fdp);
	cdir = fdp->fd_cdir;
	vref(cdir);
	FILEDESC_SUNLOCK(fdp);
	buf = malloc(MAXPATHLEN, M_TEMP, M_WAITOK);
	error = vn_fullpath(cdir, buf, MAXPATHLEN, &retbuf);
	vrele(cdir);
	if (error == 0) {
		len = buf + MAXPATHLEN - retbuf;
		error = len > uap->buflen ? ERANGE :
		    copyout(retbuf, uap->buf, len);
	}
	free(buf, M_TEMP);
	return (error);
}
