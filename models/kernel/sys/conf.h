/*
 * Device drivers as devfs sees them: a table of entry points (struct cdevsw)
 * and, for each node under /dev, a struct cdev made by make_dev(9).
 *
 * Locking key: (d) dev_mtx ("cdev"), (c) constant after make_dev().
 */
#ifndef _SYS_CONF_H_
#define	_SYS_CONF_H_

#include <sys/types.h>
#include <sys/queue.h>

struct cdev;
struct thread;
struct uio;
struct vm_object;

typedef int d_open_t(struct cdev *dev, int oflags, int devtype,
	    struct thread *td);
typedef int d_close_t(struct cdev *dev, int fflag, int devtype,
	    struct thread *td);
typedef int d_read_t(struct cdev *dev, struct uio *uio, int ioflag);
typedef int d_write_t(struct cdev *dev, struct uio *uio, int ioflag);
typedef int d_ioctl_t(struct cdev *dev, u_long cmd, caddr_t data, int fflag,
	    struct thread *td);
typedef int d_poll_t(struct cdev *dev, int events, struct thread *td);

struct cdevsw {
	int		 d_version;	/* D_VERSION */
	u_int		 d_flags;	/* D_. */
	const char	*d_name;
	d_open_t	*d_open;
	d_close_t	*d_close;
	d_read_t	*d_read;
	d_write_t	*d_write;
	d_ioctl_t	*d_ioctl;
	d_poll_t	*d_poll;
};
#define	D_VERSION	0x17122009
#define	D_TTY		0x0004		/* It is a terminal. */
#define	D_MEM		0x0008		/* /dev/mem and its like. */
#define	D_TRACKCLOSE	0x00080000	/* d_close at each close, not the last. */

#define	SPECNAMELEN	63
struct cdev {
	struct cdevsw	*si_devsw;	/* (c) */
	int		 si_drv0;	/* The driver's. */
	void		*si_drv1;
	void		*si_drv2;
	int		 si_unit;	/* (c) */
	u_int		 si_flags;	/* (d) SI_. */
	u_int		 si_refcount;	/* (d) */
	u_long		 si_usecount;	/* (d) Openings. */
	u_long		 si_inode;	/* (c) In devfs. */
	uid_t		 si_uid;	/* (c) */
	gid_t		 si_gid;	/* (c) */
	mode_t		 si_mode;	/* (c) */
	struct timespec	 si_ctime;	/* (c) */
	LIST_ENTRY(cdev) si_list;	/* (d) All of them. */
	char		 si_name[SPECNAMELEN + 1]; /* (c) Below /dev. */
};
#define	SI_ALIAS	0x0002

struct cdev *make_dev(struct cdevsw *devsw, int unit, uid_t uid, gid_t gid,
	    int perms, const char *fmt, ...) __printflike(6, 7);
void	destroy_dev(struct cdev *dev);
const char *devtoname(struct cdev *dev);
int	dev2unit(struct cdev *dev);
u_long	dev_usecount(struct cdev *dev, int delta);
d_open_t	nullop_open;
d_close_t	nullop_close;

typedef void d_priv_dtor_t(void *data);
int	devfs_get_cdevpriv(void **datap);
int	devfs_set_cdevpriv(void *priv, d_priv_dtor_t *dtr);
void	devfs_clear_cdevpriv(void);

#endif /* !_SYS_CONF_H_ */
