/*
 * A block I/O request: what a file system or a pager asks of a disk, and what the io
 * provider's probes show.
 *
 * The machine has no disk yet, so nobody makes one.  The structure and the probes are
 * declared so that D programs about disks compile; see kern/subr_devstat.c.
 */
#ifndef _SYS_BIO_H_
#define	_SYS_BIO_H_

#include <sys/types.h>

/* bio_cmd */
#define	BIO_READ	0x01
#define	BIO_WRITE	0x02
#define	BIO_DELETE	0x03	/* The blocks are not needed any more. */
#define	BIO_GETATTR	0x04
#define	BIO_FLUSH	0x05	/* Everything written must be on the medium. */
#define	BIO_CMD0	0x06
#define	BIO_CMD1	0x07
#define	BIO_CMD2	0x08
#define	BIO_ZONE	0x09

/* bio_flags */
#define	BIO_ERROR	0x01	/* Failed: bio_error says how. */
#define	BIO_DONE	0x02
#define	BIO_ONQUEUE	0x04
#define	BIO_ORDERED	0x08	/* Not to be overtaken. */
#define	BIO_UNMAPPED	0x10	/* bio_data is no address. */
#define	BIO_TRANSIENT_MAPPING 0x20
#define	BIO_VLIST	0x40

struct cdev;
struct disk;
struct g_consumer;
struct g_provider;
struct vnode;

struct bio {
	uint16_t	 bio_cmd;	/* BIO_READ and the like. */
	uint16_t	 bio_flags;	/* BIO_ERROR and the like. */
	struct cdev	*bio_dev;	/* Device it is meant for. */
	off_t		 bio_offset;	/* Where on the device, bytes. */
	long		 bio_bcount;	/* How much, bytes. */
	caddr_t		 bio_data;	/* Where in memory. */
	int		 bio_error;	/* errno, with BIO_ERROR. */
	long		 bio_resid;	/* Not transferred, bytes. */
	void		(*bio_done)(struct bio *);
	off_t		 bio_length;
	off_t		 bio_completed;
	uint64_t	 bio_pblkno;	/* Block on the provider. */
	struct vnode	*bio_vnode;	/* File it is for, or NULL. */
	struct disk	*bio_disk;
	struct g_consumer *bio_from;	/* GEOM: who asks ... */
	struct g_provider *bio_to;	/* ... and whom. */
	struct bio	*bio_parent;
	const char	*bio_attribute;	/* BIO_GETATTR: which. */
	void		*bio_driver1, *bio_driver2;
	void		*bio_caller1, *bio_caller2;
	uint8_t		 bio_children, bio_inbed;
};

#endif /* !_SYS_BIO_H_ */
